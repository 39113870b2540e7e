#!/bin/sh
# Sets the system up, builds the program, and converts the sample collection, showing each command and its result.
#
#   scripts/demo.sh        leaves its results in out/
set -eu
cd "$(dirname "$0")/.."
processors=$(nproc 2>/dev/null || echo 2)

scripts/setup.sh build
cmake --preset release -DDRAGOMAN_TESTS=OFF -DDRAGOMAN_BENCH=OFF
cmake --build --preset release --parallel "$processors"
PATH=$PWD/build/release/bin:$PATH

step() { printf '\n== %s\n' "$1"; }
run() { printf '$ %s\n' "$*"; "$@"; }
look() { printf '$ %s\n' "$1"; sh -c "$1"; }

rm -rf out
mkdir out

step 'What this dragoman reads and writes'
run dragoman formats
step 'The samples: telegrams as published, transmitted, scraped, and damaged; a letter, a small volume, a JSON document'
look 'find docs/samples -type f | LC_ALL=C sort'
run dragoman identify docs/samples/cables

step 'Every sample as TEI-XML, one file a document'
run dragoman convert docs/samples -t tei -o out/tei/
look 'find out/tei -type f | LC_ALL=C sort'
look "grep -m 12 -v '^ *<line' out/tei/cables/09VELDRIK214.xml"

step 'Every sample in one file of JSON Lines'
run dragoman convert docs/samples -o out/samples.jsonl
look 'cut -c 1-150 out/samples.jsonl'

step 'Every sample in a bag: the originals, and what was made of them, with digests'
run dragoman convert docs/samples -o out/samples.zip
look "dragoman inspect out/samples.zip | grep -A 1 -E '^[^ ]+ \((cable|document|collection)'"

step 'And back: the telegram out of its TEI is the one that went in, byte for byte'
run dragoman convert out/tei/cables/09VELDRIK214.xml -o out/09VELDRIK214.txt
run cmp out/09VELDRIK214.txt docs/samples/cables/09VELDRIK214.txt
echo 'equal'

printf '\nThe results are in %s/out, the program is build/release/bin/dragoman.\n' "$PWD"
