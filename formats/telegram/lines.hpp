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

// What a line may begin, by its first two characters and its last two; the recognisers of grammar.hpp decide. A line without
// the trait of a recogniser is none of that kind, so that running text, most of a telegram, is asked nothing. Who makes a
// recogniser take more must widen its row in lines.cpp.
enum trait : std::uint32_t {
  may_be_transmission_id = 1u << 0,
  may_be_routing = 1u << 1,  // also further lines of indicators
  may_be_calling = 1u << 2,
  may_be_message_end = 1u << 3,
  may_be_notice = 1u << 4,
  may_be_print_remains = 1u << 5,
  may_be_date_time = 1u << 6,
  may_be_level = 1u << 7,            // of classification, spelt right
  may_be_archive_heading = 1u << 8,  // "Message Text", "Message Attributes"
  may_be_quotation_mark = 1u << 9,   // "Begin text", "End quote"
  may_be_page = 3u << 10,            // PAGE 02, or anything that ends in digits
  may_be_paragraph = 1u << 12,
  may_be_list = 7u << 13,
  may_be_portion = 1u << 16,
  may_be_rule = 1u << 17,  // or another line that hyphens, stars and the like begin
  ends_in_digit = 1u << 18,
  ends_in_capitals = 1u << 19,    // two: an indicator has four
  may_end_in_notice = 1u << 20,   // "... original cable."
  may_be_print_title = 3u << 21,  // or that of a form
  may_end_in_results = 1u << 21,
  may_be_review = 1u << 23,  // "Declassified/Released"; with its date the stamp ends in a digit
  has_wide_gap = 1u << 24,   // three blanks, or a tab
  is_indented = 1u << 25,
  has_zeros = 1u << 28,       // three in a row, as a serial in a running header
  may_be_mark = 1u << 29,     // a byte order mark, or the separator of telegrams
  ends_in_digits = 1u << 30,  // two
  // Of the octets, before anything is taken out:
  has_high_octet = 1u << 26,     // 0x80 and above
  has_special_octet = 1u << 27,  // a control character other than tab, an ampersand, or what a tag begins with
};

// Traits that the ends of a line's text give (it has no trailing blanks): may_be_..., ends_in_..., is_indented.
std::uint32_t traits_of(std::string_view text) noexcept;

// One line without its end and trailing blanks. Its text is a slice of the octets when nothing had to be taken out or
// decoded, else a copy in the arena. `begin` and `end` are octets of the document.
struct line {
  std::string_view text;
  std::uint32_t begin = 0, end = 0;
  std::uint32_t traits = 0;
  bool may_be(std::uint32_t any_of) const noexcept { return (traits & any_of) != 0; }
  // Keeps a part of its text.
  void set_text(std::string_view part) noexcept;
};

// A line as it was found in the octets: [begin, end) without its end, [begin, text_end) without trailing blanks.
struct found_line {
  std::uint32_t begin = 0, end = 0, text_end = 0, traits = 0;
  bool may_be(std::uint32_t any_of) const noexcept { return (traits & any_of) != 0; }
};

// A line of this alone parts two telegrams of one file that a reader would not tell apart otherwise: ASCII's record
// separator, which no telegram holds. It is blank, and belongs to the telegram before it.
inline constexpr std::string_view separator_line = "\x1E";

// Finds the lines of octets that grow, each octet once. The cutter asks for them one by one; the parser takes what the
// cutter found. One thread at a time.
class line_scanner {
public:
  void reset() noexcept;
  // Looks at some more of `octets`, which begin as they did before; false when all was seen that can be: with `at_end`
  // everything, else all but the last few octets.
  bool scan(std::string_view octets, bool at_end);
  void scan_all(std::string_view octets) {
    while (scan(octets, true)) {
    }
  }
  const std::vector<found_line>& lines() const noexcept { return lines_; }
  // Where the line behind line `i` begins: also the end of its line end. Known for all but the last line found.
  std::size_t behind(std::size_t i) const noexcept { return i + 1 < lines_.size() ? lines_[i + 1].begin : begin_; }
  // True when a control character that no text has (other than tab, FF, CR, LF) or DEL was seen.
  bool has_controls() const noexcept { return has_controls_; }

private:
  void block(const char* octets, const char* here);
  void marked_block(const char* octets, const char* here, std::uint64_t newlines, std::uint64_t runs);
  void strange_block(const char* octets, const char* here, std::uint64_t runs);
  std::uint32_t run_traits(const char* octets, std::uint64_t runs) const noexcept;
  void finish_line(const char* octets, std::size_t end, std::size_t skipped);
  std::vector<found_line> lines_;
  std::size_t at_ = 0;        // octets before this were seen
  std::size_t begin_ = 0;     // of the line that is not finished
  std::uint32_t traits_ = 0;  // of it, up to `at_`
  std::uint64_t wide_ = 0;    // blanks and zeros of the last block, for runs across two
  bool has_controls_ = false;
};

struct line_table {
  std::vector<line> lines;
  std::string_view charset;         // "utf-8", "windows-1252" or "iso-8859-1"
  std::vector<std::uint32_t> high;  // used while lines are read: those with other octets than ASCII
};

// Reads the lines of a document, found by `scanner` (which may have seen more octets than these): a byte order mark is
// dropped, octets that are not UTF-8 are taken as windows-1252, unless a charset is `stated`; control characters are taken
// out and reported, HTML's character references are decoded once and its tags taken out and reported. `table` is reused. Linear. Throws unusable when UTF-8 is stated and the
// octets are not.
void read_lines(std::string_view octets, const line_scanner& scanner, std::optional<dragoman::charset> stated, arena& memory,
                reporter& report, line_table& table);

// What a file is that begins so and is no text: "a PDF"; empty when nothing tells (telegram.md 6, "fatal").
std::string_view binary_name(std::string_view octets) noexcept;
// Do they begin with a byte order mark of UTF-16, and a character that is ASCII?
bool is_utf16(std::string_view octets) noexcept;

// Share of octets that no text has (control characters other than tab, FF, CR, LF and the separator), in percent.
unsigned control_percent(std::string_view octets) noexcept;

}  // namespace dragoman::telegram
