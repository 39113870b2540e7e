// encoding.hpp - from the octets of an XML file to UTF-8, and back to the place of an error.
//
// Source of the rules: tei.md 4.2 "Encodings"; XML 1.0 section 4.3.3 and appendix F.
#pragma once
#include <dragoman/charset.hpp>
#include <dragoman/plugin.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::tei {

enum class encoding { utf8, ascii, latin1, windows1252, utf16le, utf16be, utf32le, utf32be };

// Code points of the 256 octets of a single-byte charset; no_character where the charset has no character. No two octets
// share a code point, so encoding what was decoded gives the octets again. Null: not a single-byte charset we know.
// Names are compared without regard to case ("windows-1252", "iso-8859-1", "us-ascii", and their usual aliases).
using charset_table = std::array<std::uint32_t, 256>;
const charset_table* find_charset(std::string_view name) noexcept;
bool is_utf8_name(std::string_view name) noexcept;

// True when both are equal but for the case of ASCII letters.
bool same_ascii(std::string_view a, std::string_view b) noexcept;

// How the octets of an XML file are encoded: by byte order mark, else by the first octets, else as declared. Throws
// unusable ("tei.encoding") when the declaration names an encoding that we do not read, or one that cannot be.
encoding detect_encoding(std::string_view octets);

// The text of an XML file as UTF-8 without byte order mark. Keeps a reference to `octets`, which must outlive it.
class source_text {
public:
  // Transcodes where needed. Throws unusable ("tei.encoding") at an octet that is no character; UTF-8 itself is checked
  // by the scanner. `limit` bounds the octets that are transcoded ("tei.limit.input").
  source_text(std::string_view octets, std::size_t limit);
  source_text(const source_text&) = delete;
  source_text& operator=(const source_text&) = delete;

  std::string_view text() const noexcept { return text_; }
  // Octets of the byte order mark, which the text begins behind when it is a part of the octets.
  std::size_t mark() const noexcept { return mark_; }
  // Where an offset of text() lies in the input. With line and column when the input was transcoded, for then the host
  // cannot work them out.
  place at(std::size_t offset, std::size_t length = 0) const noexcept;

private:
  std::string_view octets_;
  std::string storage_;
  std::string_view text_;
  encoding encoding_;
  std::size_t mark_ = 0;  // octets of the byte order mark
};

// The first `limit` characters or so of a head of a file as UTF-8, errors ignored: for probing only. `storage` keeps it.
std::string_view preview(std::string_view head, std::string& storage, std::size_t limit) noexcept;

}  // namespace dragoman::tei
