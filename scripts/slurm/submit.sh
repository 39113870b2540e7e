#!/bin/sh
# Submits a run to Slurm as an array of shards, and a job that merges their reports.
#
#   scripts/slurm/submit.sh [-r OPTION]... [-s OPTION]... SHARDS FOLDER CONVERT-ARGUMENT...
#
#   scripts/slurm/submit.sh 64 /shared/run1 @/shared/input.list -o /shared/run1/cables.bag.zip
#
# FOLDER, on a file system that all nodes see, gets reports/ (one of each shard), logs/ and report.html. The same command
# again goes on with whatever is not done: shards that are, end at once. -s hands an option to sbatch for the shards, such
# as -s --partition=long, or -s --array=3,17 for some of them only; -r one about reports to shards and merge, such as
# -r --sample=20. Prints the numbers of the two jobs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
options= reporting=
while getopts r:s: option; do
  case $option in
    r) reporting="$reporting $OPTARG" ;;
    s) options="$options $OPTARG" ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
if [ $# -lt 3 ]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
  exit 2
fi
SHARDS=$1 folder=$2
shift 2
export SHARDS
mkdir -p "$folder/reports" "$folder/logs"
# Neither kind of option has blanks in it, so that both may be lists of words. The last --array counts.
shards=$(sbatch --parsable --array="0-$((SHARDS - 1))" --output="$folder/logs/shard-%a.log" $options "$here/shard.sbatch" "$@" \
  --report "$folder/reports/run.jsonl" $reporting)
merge=$(sbatch --parsable --dependency="afterany:$shards" --output="$folder/logs/merge.log" "$here/merge.sbatch" "$folder/reports" -o "$folder/report.html" $reporting)
echo "$shards $merge"
