// The first stage: octets of one document become lines of clean text (telegram.md 2.0).
#pragma once
#include <dragoman/charset.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "arena.hpp"
#include "codes.hpp"

namespace dragoman::telegram {

// One line without its end and trailing blanks. Its text is a slice of the octets when nothing had to be taken out or
// decoded, else a copy in the arena. `begin` and `end` are octets of the document.
struct line {
  std::string_view text;
  std::uint32_t begin = 0, end = 0;
};

struct line_table {
  std::vector<line> lines;
  std::string_view charset;  // "utf-8", "windows-1252" or "iso-8859-1"
};

// A line of this alone parts two telegrams of one file that a reader would not tell apart otherwise: ASCII's record
// separator, which no telegram holds. It is blank, and belongs to the telegram before it.
inline constexpr std::string_view separator_line = "\x1E";

// The end of the line that begins at `at`, and where the next one begins; both octets.size() at the end. LF, CR LF and
// CR end a line.
std::size_t find_line_end(std::string_view octets, std::size_t at, std::size_t& next) noexcept;

// Reads the lines of a document: a byte order mark is dropped, octets that are not UTF-8 are taken as windows-1252,
// unless a charset is `stated`; control characters are taken out and reported, HTML entities are decoded once. `table` is
// reused. Linear. Throws unusable when UTF-8 is stated and the octets are not.
void read_lines(std::string_view octets, std::optional<dragoman::charset> stated, arena& memory, reporter& report, line_table& table);

// Share of octets that no text has (control characters other than tab, FF, CR, LF and the separator), in percent.
unsigned control_percent(std::string_view octets) noexcept;

// Where a decodable HTML entity ends that begins at text[at] == '&', and what it stands for; 0 when it is none.
std::size_t decode_entity(std::string_view text, std::size_t at, std::uint32_t& character) noexcept;

}  // namespace dragoman::telegram
