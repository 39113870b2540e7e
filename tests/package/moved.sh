#!/bin/sh
# A moved tree runs with nothing set, finds its own plugins, and converts.
set -eu
installed=$1 samples=$2
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
cd "$empty"
dragoman() { env -i HOME="$empty" LC_ALL=C.UTF-8 "$installed/bin/dragoman" "$@"; }

dragoman plugins
for format in telegram tei json jsonl bundle; do
  dragoman formats | grep -q "^$format\\b" || { echo "no format $format"; exit 1; }
done
dragoman plugins | grep -qF "$installed/lib/dragoman/plugins/telegram.dgm" || { echo 'a plugin of another place'; exit 1; }
dragoman convert "$samples/cables/09VELDRIK214.txt" -o telegram.xml
dragoman convert telegram.xml -o telegram.txt
cmp telegram.txt "$samples/cables/09VELDRIK214.txt"

# Through a symbolic link, as /usr/local/bin often has it.
ln -s "$installed/bin/dragoman" link
env -i HOME="$empty" ./link convert telegram.xml -t json | grep -q '"id": *"09VELDRIK214"'
