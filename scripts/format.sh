#!/bin/sh
# Lays out the C++ of this tree as .clang-format says; C keeps its own layout, which the contract is written in.
#
#   scripts/format.sh [--check]     --check changes nothing: exit code 1 names what would be laid out otherwise,
#                                   77 says that clang-format 14 is not here (other versions differ)
set -eu
cd "$(dirname "$0")/.."
program=$(command -v clang-format-14 || command -v clang-format || true)
case $("${program:-true}" --version 2>/dev/null) in
  *' version 14.'*) ;;
  *) echo 'skipped: there is no clang-format 14'; exit 77 ;;
esac
if [ -d .git ] || [ -f .git ]; then git ls-files -co --exclude-standard '*.cpp' '*.hpp' ':!sdk/templates'; else find host plugins formats sdk tests -name '*.[ch]pp' ! -path 'sdk/templates/*'; fi |
  if [ "${1:-}" = --check ]; then xargs -P 2 -n 40 "$program" --dry-run --Werror; else xargs -P 2 -n 40 "$program" -i; fi
