// Where one telegram ends and the next begins (telegram.md 4.4 "Joining sections", 5.6 no. 95): on octets, so that a file
// of any size is cut piece by piece without being parsed.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lines.hpp"

namespace dragoman::telegram {

// Finds the end of the first document in octets that grow. Sections of one telegram belong together: the same reference
// number, and a section number that goes on. Telegrams quoted inside a text begin none: what begins a telegram is a
// transmission identifier, or a routing line with a calling line, or a date-time line with originator and numbered
// classification line, or a publication's own heading.
// Looks ahead by one heading (at most `look_ahead` octets). Linear in what it is given. One thread at a time.
class cutter {
public:
  static constexpr std::size_t look_ahead = 64 * 1024;

  // Length of the first document in `octets`; 0 when more octets are needed (never when `at_end`). While the answer is
  // 0, call again with the same octets and more behind them; after another answer, call next() and give those behind the
  // document, or reset() before any others.
  std::size_t cut(std::string_view octets, bool at_end);
  void next();
  void reset();

  // Offsets in the document where its later sections begin. Valid after cut() gave a length.
  const std::vector<std::size_t>& sections() const noexcept { return sections_; }
  // The lines of the document, and perhaps some behind it. Valid after cut() gave a length.
  const line_scanner& scanner() const noexcept { return scanner_; }

private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  enum class anchor : std::uint8_t { no, sure, preface, with_class, class_line };  // what a line may begin
  struct heading_end {
    bool need_more = false, has_class = false;
    std::size_t end = 0;     // behind the last line of the heading
    std::string number;      // station and serial, canonical; empty: unknown
    std::string calling;     // indicator and serial of the line DE; empty: unknown
    std::uint32_t part = 0;  // of the transmission, as that line says
    std::uint32_t date = 0;  // month, day, hour and minute of the date-time group; 0: unknown
    std::uint32_t section = 0;
  };
  struct text_line {
    std::string_view text;  // without a byte order mark
    std::size_t begin = 0, text_begin = 0, next = 0;
    std::uint32_t traits = 0;
    bool may_be(std::uint32_t any_of) const noexcept { return (traits & any_of) != 0; }
  };
  // The heading that ended the document, which the next one begins with, and the line that it was read from.
  struct read_ahead {
    std::size_t line = none;
    bool from_own_line = false;
    heading_end heading;
  };
  std::size_t cut_document(std::string_view octets, bool at_end);
  heading_end heading_at(std::string_view octets, const text_line& line, bool from_own_line, bool at_end);
  bool has_line(std::size_t i, std::string_view octets, bool at_end);
  text_line line_at(std::size_t i, std::string_view octets) const noexcept;
  anchor find_anchor(const text_line& line, std::size_t& begin) const;
  heading_end read_heading(std::string_view octets, const text_line& anchor_line, std::size_t first, bool at_end);
  void note(const text_line& line);
  void skip_heading(std::string_view octets, bool at_end);
  void skip_text(std::string_view octets);

  line_scanner scanner_;
  std::size_t line_ = 0;        // lines before this are done
  std::size_t text_end_ = 0;    // behind the last line with text
  std::size_t remains_ = none;  // begin of print-out remains that lead up to `at_`
  std::size_t routing_ = none;  // where the heading of the routing line before `at_` begins
  std::size_t lines_ = 0;       // lines with text so far
  bool substance_ = false;      // the document has something of a telegram
  bool quoted_ = false;         // between "Begin text" and "End text"
  bool after_end_ = false;      // the last line with text was an end of message
  bool in_print_ = false;       // behind the title of a print-out or form, before its telegram
  std::string number_;          // of the document
  std::string calling_;         // of its line DE
  std::uint32_t date_ = 0;
  bool in_record_ = false;  // behind "Message Text", before "Message Attributes"
  bool has_first_ = false;  // the document has its first section, or is not in sections
  std::vector<std::size_t> sections_;
  std::size_t length_ = 0;  // of the document, once it is known
  read_ahead ahead_;
};

}  // namespace dragoman::telegram
