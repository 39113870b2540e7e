// formats/bundle/names.hpp - names of files in a bundle: safe, reversible, and told apart on every system.
//
// Source: bundles.md 5 "Names". All names here are relative paths with '/' between segments. Pure; any thread.
#pragma once
#include "number_map.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman::bundle {

// True for UTF-8, whatever its characters.
bool is_utf8(std::string_view text);
// True for UTF-8 in normalization form C.
bool is_nfc(std::string_view text);

// A name for messages, in quotation marks: what is not UTF-8, and characters that steer a terminal, as '?'.
std::string quoted(std::string_view name);

// Two names that some file system would take for one have the same key: NFC, full case folding, NFC. Octets that are
// not UTF-8 are their own key.
std::string fold_key(std::string_view name);
// The same without case folding.
std::string nfc_key(std::string_view name);

// The path under which something received as `path` is stored. A path that keeps the rule comes back unchanged; each
// bad octet becomes =HH, '=' itself =3D. A path too long for the rule becomes a digest behind "=~".
std::string safe_path(std::string_view path);
// The same for one segment, e.g. a document id. Holds no '/'.
std::string safe_segment(std::string_view segment);
// The path that `safe` was made from; nothing when `safe` was shortened or could not come from safe_path.
std::optional<std::string> received_path(std::string_view safe);

// True for a name that Windows reserves (CON, NUL, COM1 ...), with or without extension.
bool is_reserved(std::string_view segment);

// "1974/a.txt" with "xml" is "1974/a.xml"; a name without extension gets one.
std::string with_suffix(std::string_view path, std::string_view suffix);
// "1974/a.txt" is "1974/a".
std::string_view without_suffix(std::string_view path);

// FNV-1a, 64 bits: the same everywhere. Two names of one value cost a needless mark, or a needless message.
std::uint64_t hash_of_name(std::string_view name) noexcept;

// The names given away so far; no two that some file system would take for one, and no file where a folder is.
// Holds some 16 octets a name, and as many a folder.
class name_register {
public:
  // Takes `path`, or the first of a~2, a~3 ... that is free ("a~2.txt" for "a.txt"; a folder that is a file gets the
  // mark, too). The answer depends on the names taken before, and on nothing else.
  std::string claim(std::string_view path);

private:
  number_map files_, folders_;
};

}  // namespace dragoman::bundle
