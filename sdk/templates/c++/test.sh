#!/bin/sh
# Builds the plugin and runs its tests. Needs dragoman and its SDK where CMake looks, or in CMAKE_PREFIX_PATH.
set -eu
cd "$(dirname "$0")"
cmake -S . -B build
cmake --build build
cd build && exec ctest --output-on-failure
