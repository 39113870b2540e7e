#!/bin/sh
# Puts the plugin into build/ and runs its tests. Needs dragoman on the PATH, or in DRAGOMAN.
set -eu
cd "$(dirname "$0")"
mkdir -p build
cp @NAME@.dgm.json *.py build/
. ./tests.sh
