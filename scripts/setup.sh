#!/bin/sh
# Installs the Debian packages that dragoman is built with; does nothing when all are there.
#
#   scripts/setup.sh [build|test]     build: enough for the program; test (default): also what the tests use
#
# Works as root or with sudo. On another system it names what is needed and leaves the rest to you.
set -eu
list=$(dirname "$0")/packages.txt
wanted=${1:-test}
case $wanted in
  build) sections='build' ;;
  test) sections='build test' ;;
  *) echo "usage: $0 [build|test]" >&2; exit 2 ;;
esac

packages=$(awk -v sections="$sections" '
  /^\[/ { name = $1; gsub(/[][]/, "", name); inside = index(" " sections " ", " " name " "); next }
  { sub(/#.*/, "") }
  inside && NF { print $1 }' "$list")

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "setup: this is not Debian; please see to it that these are installed:" $packages
  exit 0
fi

missing=
for package in $packages; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "setup: all packages are there"
  exit 0
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "setup: please install as root:$missing" >&2; exit 1; }
  as_root=sudo
fi
echo "setup: installing$missing"
install_missing() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}
# The package index of a bare system is empty, that of an old one may be out of date: then it is fetched first.
if ! apt-cache show $missing >/dev/null 2>&1 || ! install_missing; then
  $as_root apt-get update -q
  install_missing
fi
