#!/bin/sh
# Measures whole runs of the program, each pair of formats, beside `cat` and `sha256sum` of the same files.
#
#   scripts/bench.sh [COUNT]     COUNT telegrams (2000); the table goes to standard output
#
# The ratios are what to compare between machines: all were measured in this one run, each the best of three, with the
# files in the cache. For the shares of the stages inside one thread run build/release/bin/bench.
set -eu
cd "$(dirname "$0")/.."
count=${1:-2000}
processors=$(nproc 2>/dev/null || echo 2)
{
  scripts/setup.sh test
  cmake --preset release -DDRAGOMAN_BENCH=ON
  cmake --build --preset release --parallel "$processors" --target dragoman make_telegrams plugin_telegram plugin_tei plugin_json plugin_bundle
} >&2
PATH=$PWD/build/release/bin:$PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/dragoman-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir in
make_telegrams "$count" corpus
mv corpus/cables in/telegram
for format in tei json; do dragoman convert in/telegram -t $format -o in/$format/; done
dragoman convert in/telegram -t jsonl -o in/jsonl
dragoman convert in/telegram -t bundle -o in/bundle

# Seconds of a command: the best of three.
best() {
  best=
  for round in 1 2 3; do
    rm -rf out
    begin=$(date +%s%N)
    "$@" >/dev/null
    end=$(date +%s%N)
    [ -n "$best" ] && [ $((end - begin)) -ge "$best" ] || best=$((end - begin))
  done
  rm -rf out
  echo "$best" | awk '{ print $1 / 1e9 }'
}
each_file() { find "in/$1" -type f -print0 | xargs -0 "$2"; }
row() { # what, seconds, octets
  awk -v what="$1" -v s="$2" -v octets="$3" -v count="$count" -v cat="$cat" -v sha="$sha" 'BEGIN {
    printf "| %s | %.3f | %.0f | %.1f | %.1f | %.1f |\n", what, s, count / s, octets / s / 1e6, s / cat, s / sha }'
}

printf '%s telegrams\n\n' "$count"
echo '| run | seconds | cables/s | MB/s in | times cat | times sha256sum |'
echo '|---|---:|---:|---:|---:|---:|'
for from in telegram tei json jsonl bundle; do
  octets=$(find "in/$from" -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')
  cat=$(best each_file $from cat)
  sha=$(best each_file $from sha256sum)
  row "cat $from" "$cat" "$octets"
  row "sha256sum $from" "$sha" "$octets"
  for to in telegram tei json jsonl bundle; do
    case $to in jsonl | bundle) out=out ;; *) out=out/ ;; esac
    row "$from → $to" "$(best dragoman convert "in/$from" -t $to -o $out)" "$octets"
  done
done
