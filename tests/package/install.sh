#!/bin/sh
# Installs the build, then moves the tree to where the other tests look for it.
set -eu
cmake=$1 build=$2 installed=$3

rm -rf "$installed" "$installed.first"
"$cmake" --install "$build" --prefix "$installed.first" >/dev/null
mv "$installed.first" "$installed"

for file in bin/dragoman lib/dragoman/plugins/telegram.dgm lib/dragoman/plugins/tei.dgm lib/dragoman/plugins/json.dgm \
    lib/dragoman/plugins/bundle.dgm include/dragoman/plugin.h include/dragoman/plugin.hpp \
    share/cmake/dragoman/dragomanConfig.cmake share/pkgconfig/dragoman.pc share/doc/dragoman/copyright; do
  [ -f "$installed/$file" ] || { echo "not installed: $file"; exit 1; }
done
if grep -rlF "$build" "$installed"; then
  echo 'the files above name the build folder'
  exit 1
fi
