#!/bin/sh
# Runs a fuzz target with libFuzzer; telegrams with the domain's words and the catalogue's cases as seeds.
#
#   scripts/fuzz.sh [TARGET [SECONDS]]      telegram 60; TARGET is the name before _fuzz
#
# What it finds stays in build/fuzz/found/TARGET, its corpus in build/fuzz/corpus/TARGET. Exit code 0: nothing was found.
set -eu
cd "$(dirname "$0")/.."
case ${1:-} in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;; esac
target=${1:-telegram}
seconds=${2:-60}
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --parallel "$(nproc 2>/dev/null || echo 2)" --target "${target}_fuzz"
corpus=build/fuzz/corpus/$target
found=build/fuzz/found/$target/
mkdir -p "$corpus" "$found"
dictionary=formats/$target/${target}_fuzz.dict
set -- -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$found"
[ ! -f "$dictionary" ] || set -- "$@" -dict="$dictionary"
set -- "$@" "$corpus"
if [ "$target" = telegram ]; then
  seeds=build/fuzz/seeds/telegram
  tests/telegram/fuzz_seeds.py "$seeds"
  set -- "$@" "$seeds"
fi
exec "build/fuzz/bin/${target}_fuzz" "$@"
