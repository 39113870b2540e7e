#!/bin/sh
# A module exports dgm_plugin_v1 and nothing else, finds all that it needs, and needs no library of this project.
set -eu
module=$1
symbols=$(nm -D --defined-only "$module" | cut -d' ' -f3)
[ "$symbols" = dgm_plugin_v1 ] || { echo "$module exports: $symbols"; exit 1; }
needed=$(readelf -d "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p')
echo "needs:" $needed
case $needed in *dragoman* | *format_* | *.dgm*) echo 'needs a library of this project'; exit 1 ;; esac
if readelf -d "$module" | grep -E '\((RPATH|RUNPATH)\)'; then echo 'has a run path'; exit 1; fi
if ldd "$module" | grep 'not found'; then exit 1; fi
