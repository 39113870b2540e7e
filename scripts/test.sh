#!/bin/sh
# Sets the system up, builds, and runs the tests with CTest.
#
#   scripts/test.sh [PRESET] [CTEST-ARGUMENT...]
#
#   scripts/test.sh                    everything, preset release
#   scripts/test.sh asan -L unit       the unit tests with address and undefined-behaviour sanitizers
#   scripts/test.sh release -R bundle  the tests whose names hold "bundle"
set -eu
cd "$(dirname "$0")/.."
preset=release
case ${1:-} in
  -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  '' | -*) ;;
  *) preset=$1; shift ;;
esac
processors=$(nproc 2>/dev/null || echo 2)

scripts/setup.sh test
cmake --preset "$preset"
cmake --build --preset "$preset" --parallel "$processors"
exec ctest --preset "$preset" --parallel "$processors" "$@"
