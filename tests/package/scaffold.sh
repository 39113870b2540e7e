#!/bin/sh
# `dragoman plugin new` of the installed program: the folder builds and passes its own tests before anything in it is edited.
#   scaffold.sh INSTALLED WORK LANGUAGE DIRECTION      DIRECTION: reader, writer, both
set -eu
installed=$1 work=$2 language=$3 direction=$4
[ "$language" != rust ] || [ -n "${RUSTC:-}" ] || { echo 'skipped: there is no rustc'; exit 77; }
rm -rf "$work"
mkdir -p "$work/home"
cd "$work"
export HOME="$work/home" LC_ALL=C.UTF-8 PATH="$installed/bin:$PATH" CMAKE_PREFIX_PATH="$installed" XDG_DATA_HOME= XDG_STATE_HOME=
case $direction in both) set -- ;; *) set -- "--$direction" ;; esac
dragoman plugin new record-jar --language "$language" "$@"
test -f record-jar/README.md -a -f record-jar/.github/workflows/test.yml
if grep -rn '@[a-zA-Z]*@' record-jar; then echo 'a mark of the template was left in the lines above'; exit 1; fi
sh record-jar/test.sh
