#!/bin/sh
# Writes the generated parts of the documentation anew, below their marks, from the built program.
#
#   scripts/generate-docs.sh [BUILD-FOLDER]     default build/release
set -eu
cd "$(dirname "$0")/.."
program=${1:-build/release}/bin/dragoman
export DRAGOMAN_PLUGIN_PATH= XDG_DATA_HOME=/nonexistent

generate() {
  page=$1; shift
  { sed '/<!-- generated:/q' "$page"; echo; "$@"; } > "$page.new"
  mv "$page.new" "$page"
}
generate docs/model.md "$program" formats --model
generate docs/diagnostics.md "$program" formats --codes
generate docs/formats/telegram-irregularities.md scripts/list-irregularities.py
generate docs/plugins/reference.md scripts/list-contract.py
