#!/bin/sh
# cpack makes a Debian package that names what it needs, and runs from where it is unpacked.
set -eu
cpack=$1 build=$2 work=$3 samples=$4
rm -rf "$work"
mkdir -p "$work/home"
cd "$work"
"$cpack" -G DEB --config "$build/CPackConfig.cmake" -B . >cpack.log || { cat cpack.log; exit 1; }
set -- *.deb
[ $# -eq 1 ]
dpkg-deb -I "$1"
depends=$(dpkg-deb -f "$1" Depends)
for library in libc6 libstdc++6 libarchive13 libdeflate0; do
  case $depends in *$library*) ;; *) echo "does not depend on $library"; exit 1 ;; esac
done
dpkg-deb -x "$1" root
dragoman() { env -i HOME="$work/home" LC_ALL=C.UTF-8 "$work/root/usr/bin/dragoman" "$@"; }
dragoman formats
dragoman convert "$samples/cables/09VELDRIK214.txt" -t json | grep -q '"id": *"09VELDRIK214"'
[ -f root/usr/share/doc/dragoman/copyright ]
