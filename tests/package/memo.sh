#!/bin/sh
# Builds the memo plugin against the installed package as its author would, and does with it what the guide says.
#   memo.sh INSTALLED WORK GUIDE CONSUMER guide|c
set -eu
installed=$1 work=$2 guide=$3 consumer=$4 which=$5
rm -rf "$work"
mkdir -p "$work"
cd "$work"
python3 "$consumer/extract_guide.py" "$guide" guide >/dev/null
project=guide
[ "$which" = guide ] || project=$consumer/$which
"$CMAKE" -S "$project" -B build -DCMAKE_PREFIX_PATH="$installed" >configure.log || { cat configure.log; exit 1; }
"$CMAKE" --build build >build.log || { cat build.log; exit 1; }

symbols=$(nm -D --defined-only build/memo.dgm | cut -d' ' -f3)
[ "$symbols" = dgm_plugin_v1 ] || { echo "exports: $symbols"; exit 1; }

mkdir home
dragoman() { env -i HOME="$work/home" LC_ALL=C.UTF-8 "$installed/bin/dragoman" --plugin-path build "$@"; }
dragoman plugins
dragoman formats memo
dragoman identify --explain guide/card.memo
[ "$(dragoman identify guide/card.memo | grep -c memo)" -ge 1 ]

# There and back: the original, octet by octet.
dragoman convert guide/card.memo -o card.json 2>messages
grep -q 'card.memo:4:1: .*colour: green.*\[memo.unknown-field\]' messages || { cat messages; exit 1; }
dragoman convert card.json -t memo -o back.memo
cmp back.memo guide/card.memo
dragoman convert guide/card.memo -t tei -o card.xml 2>/dev/null
dragoman diff card.xml card.json

# Rendered: the option counts, and what a memo cannot hold is named.
dragoman convert --no-source card.json -t memo -O memo.rule=true -o rendered.memo
printf 'MEMO\nid: HARBOR-7\nsubject: Harbor dues\n--\n\ncolour: green\nThe tariff is to be cut.\nA second round is set for January.\n' |
  cmp rendered.memo -
printf '%s' '{"format":"dragoman.document","version":1,"id":"X","kind":"cable","meta":{"subject":"S","tags":["T"]},"body":[]}' >tagged.json
dragoman convert tagged.json -t memo -o tagged.memo 2>messages
grep -q '\[memo.loss.meta\]' messages || { cat messages; exit 1; }

# Not a card.
printf 'MEMORANDUM\n' >other.memo
if dragoman convert -f memo other.memo -t json >/dev/null 2>messages; then echo 'accepted what is no card'; exit 1; fi
grep -q '\[memo.no-mark\]' messages || { cat messages; exit 1; }
