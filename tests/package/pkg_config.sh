#!/bin/sh
# Builds the memo plugin with the compiler and pkg-config alone, as the guide says for those without CMake.
set -eu
installed=$1 work=$2 guide=$3 consumer=$4
rm -rf "$work"
mkdir -p "$work/home"
cd "$work"
python3 "$consumer/extract_guide.py" "$guide" . >/dev/null
eval "set -- $(PKG_CONFIG_PATH=$installed/share/pkgconfig pkg-config --cflags --libs dragoman)"  # blanks in it are quoted
"$CXX" -std=c++20 -shared -fPIC -fvisibility=hidden memo.cpp "$@" -o memo.dgm
env -i HOME="$work/home" LC_ALL=C.UTF-8 "$installed/bin/dragoman" --plugin-path . convert card.memo -t json | grep -q HARBOR-7
