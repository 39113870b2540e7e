#!/bin/sh
# Builds the memo plugin with the compiler and pkg-config alone, as the guide says for those without CMake.
set -eu
installed=$1 work=$2 guide=$3 consumer=$4
rm -rf "$work"
mkdir -p "$work/home"
cd "$work"
python3 "$consumer/extract_guide.py" "$guide" . >/dev/null
include=$(PKG_CONFIG_PATH=$installed/share/pkgconfig pkg-config --variable=includedir dragoman)
[ -f "$include/dragoman/plugin.h" ] || { echo "no headers in $include"; exit 1; }
"$CXX" -std=c++20 -shared -fPIC -fvisibility=hidden -I "$include" memo.cpp -o memo.dgm
env -i HOME="$work/home" LC_ALL=C.UTF-8 "$installed/bin/dragoman" --plugin-path . convert card.memo -t json | grep -q HARBOR-7
