// formats/page/original.hpp - the original of a document as numbered lines, and what was noticed where in it.
//
// Offsets count octets in the document's source. An object lends everything from its document_view and is valid as long
// as that. Any thread.
#pragma once
#include <dragoman/plugin.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::page {

class original {
public:
  // `place`: where the source stands in the input in which findings count; nothing: their places are not in it.
  original(const document_view& document, std::optional<std::uint64_t> place);

  struct line {
    std::uint64_t begin, end;   // without its end of line
    bool is_furniture = false;  // a running header, a page break
    bool is_opaque = false;     // no rule understood it
  };
  const std::vector<line>& lines() const noexcept { return lines_; }
  // Number, from 1, of the line that holds an offset; 0 when there are none.
  std::size_t line_at(std::uint64_t offset) const noexcept;

  struct mark {
    std::uint64_t begin, end;
    std::size_t finding;  // its index in document.findings()
  };
  // What was noticed about the document and has a place in it, in order of place.
  const std::vector<mark>& marks() const noexcept { return marks_; }
  // The first mark at or behind an offset.
  std::vector<mark>::const_iterator first_mark(std::uint64_t offset) const noexcept;

  // Appends the lines as items of an HTML list, each with the id "<prefix>L<number>", marks as links to "#<prefix>F<number>".
  void append_html(std::string& out, const document_view& document, std::string_view prefix) const;

private:
  void cut_lines();
  void flag_lines(const document_view& document);
  std::string_view octets_;
  std::string_view charset_;
  std::vector<line> lines_;
  std::vector<mark> marks_;
};

}  // namespace dragoman::page
