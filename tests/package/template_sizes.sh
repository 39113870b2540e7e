#!/bin/sh
# A template is small enough to be read before lunch: lines that each may have.
set -eu
cd "$1"
while read -r most file; do
  lines=$(wc -l <"$file")
  echo "$file: $lines of $most"
  [ "$lines" -le "$most" ] || { echo 'too long'; exit 1; }
done <<'END'
60 c++/src/reader.hpp
40 c++/src/writer.hpp
50 c/src/writer.c
60 rust/src/reader.rs
20 command/NAME-read.py
20 command/NAME-write.py
END
