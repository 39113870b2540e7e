// What a document holds, as rows for people and scripts: heading fields, blocks of the body, what was not understood.
#pragma once
#include "inputs/input.hpp"

#include <dragoman/node.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// Octets [begin, end) of the source.
struct source_place {
  bool known = false;
  std::uint64_t begin = 0, end = 0;
};

// One value of the heading: "from/name", "to/0/route", "tags/2".
struct heading_value {
  std::string path;
  std::string_view text;
  source_place place;
};
std::vector<heading_value> heading_of(node document);

// The heading for people, in the order of the source: a row for each field, or each record of one.
struct heading_row {
  std::string name, text;  // no name: as the row before
  source_place place;
};
std::vector<heading_row> heading_rows_of(node document);

// Where a block goes on behind something that stood in its way: a running header, a page break, a gap.
struct seam {
  std::string page;  // the page or section that begins
  std::string text;  // what stood there; empty: nothing but a blank line
  bool is_gap = false;
  source_place place;
};

// One block of the body.
struct block {
  enum class kind { heading, paragraph, list, preformatted, opaque, page_break, running_header, rule, gap, other };
  kind what = kind::other;
  std::string name;          // of the element; "#text", "#comment", "#pi"
  std::size_t depth = 0;     // sections around it
  std::string number, mark;  // of a paragraph: as meant; its portion mark
  std::string text;          // its words, white space collapsed; of preformatted and opaque ones as they are
  std::size_t parts = 0;     // items of a list, lines of preformatted and opaque ones
  std::vector<seam> seams;
  node where;
  source_place place;
};
const char* name_of(block::kind k) noexcept;
std::vector<block> outline_of(node document);

// What no rule understood, kept at its place: a line of the heading, or lines of the body.
struct residue {
  bool is_heading = false;
  std::string text;  // lines with newlines between them
  source_place place;
};
std::vector<residue> residue_of(node document);
// How many octets of the source that is.
std::uint64_t octets_of(const std::vector<residue>& all);

// Where a node stands: its own span, or that from its first to its last child that has one.
source_place place_of(node n);

// The octets in which the spans of a document count, and where people find them: in the input itself when the source
// of the document is a part of it, else in the source alone.
class source_lines {
public:
  // `at` is where the documents told so far end in the input; it is moved on when this one stands there.
  source_lines(node document, const std::shared_ptr<const octets>& input, std::uint64_t& at);
  text_position locate(std::uint64_t offset) const;
  bool is_known() const noexcept { return content_ != nullptr || !source_.empty(); }
  bool is_in_input() const noexcept { return content_ != nullptr; }
  std::uint64_t begin() const noexcept { return base_; }  // in the octets in which locate counts
  std::string_view source() const noexcept { return source_; }

private:
  std::string_view source_;
  std::shared_ptr<const octets> content_;
  mutable std::shared_ptr<const octets> copy_;  // of the source, once somebody asks for a line of it
  std::uint64_t base_ = 0;
};

// A residue line by line, each with its number where people find it; 0 unknown.
struct numbered_line {
  std::uint32_t number = 0;
  std::string text;  // without blanks at its end; never blank
};
std::vector<numbered_line> lines_of(const residue& r, const source_lines& lines);

// "100", "99.93": the share in percent that is left when `lost` of `all` is taken away; 100 only when nothing is.
std::string percent_left(std::uint64_t lost, std::uint64_t all);

}  // namespace dragoman::hosting
