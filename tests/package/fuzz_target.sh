#!/bin/sh
# dragoman_fuzz_plugin of the installed CMake package makes a libFuzzer target, which runs.
set -eu
installed=$1 work=$2
command -v clang++ >/dev/null || { echo 'skipped: there is no clang'; exit 77; }
rm -rf "$work"
mkdir -p "$work/home"
cd "$work"
export HOME="$work/home" CC=clang CXX=clang++
"$installed/bin/dragoman" plugin new record-jar --reader
echo 'dragoman_fuzz_plugin(record-jar)' >>record-jar/CMakeLists.txt
"$CMAKE" -S record-jar -B build -DCMAKE_PREFIX_PATH="$installed" >/dev/null
"$CMAKE" --build build --target fuzz_record-jar
mkdir corpus
cp record-jar/samples/*.record-jar corpus/
build/fuzz_record-jar -runs=2000 -seed=1 corpus
