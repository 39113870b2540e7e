#!/bin/sh
# Our own plugins need of us what any plugin needs: each builds against the installed package.
set -eu
installed=$1 work=$2 source=$3
rm -rf "$work"
"$CMAKE" -G Ninja -S "$source/tests/consumer/own" -B "$work" -DCMAKE_PREFIX_PATH="$installed" -DSOURCE="$source" \
  -DCMAKE_BUILD_TYPE=None >/dev/null
"$CMAKE" --build "$work"
for plugin in "$source"/plugins/*/; do
  [ -f "$work/lib/dragoman/plugins/$(basename "$plugin").dgm" ] || { echo "not built: $plugin"; exit 1; }
done
