#!/bin/sh
# Builds the plugin with rustc alone and runs its tests. Needs dragoman on the PATH, or in DRAGOMAN.
set -eu
cd "$(dirname "$0")"
mkdir -p build
"${RUSTC:-rustc}" --edition 2021 --crate-type cdylib --crate-name @IDENT@ -C opt-level=2 src/lib.rs -o build/@NAME@.dgm
. ./tests.sh
