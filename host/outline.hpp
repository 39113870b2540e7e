// What a document holds, as rows for people and scripts: heading fields, blocks of the body, what was not understood.
#pragma once
#include "input.hpp"

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

// The heading for people: a row for each field, or each record of one.
struct heading_row {
  std::string name, text;  // no name: as the row before
  source_place place;
};
std::vector<heading_row> heading_rows_of(node document);

// One block of the body.
struct block {
  enum class kind { heading, paragraph, list, preformatted, opaque, page_break, running_header, rule, gap, other };
  kind what = kind::other;
  std::string name;            // of the element; "#text", "#comment", "#pi"
  std::size_t depth = 0;       // sections around it
  std::string number, mark;    // of a paragraph: as meant; its portion mark
  std::string text;            // its words, white space collapsed; of preformatted and opaque ones as they are
  std::size_t parts = 0;       // items of a list, lines of preformatted and opaque ones
  bool is_joined = false;      // a page break stands inside
  node where;
  source_place place;
};
const char* name_of(block::kind k) noexcept;
std::vector<block> outline_of(node document);

// Where a node stands: its own span, or that from its first to its last child that has one.
source_place place_of(node n);

// The octets in which the spans of a document count, and where people find them: in the input itself when the source
// of the document is a part of it, else in the source alone.
class source_lines {
public:
  // `at` is where the documents told so far end in the input; it is moved on when this one stands there.
  source_lines(node document, const std::shared_ptr<const octets>& input, std::uint64_t& at);
  text_position locate(std::uint64_t offset) const;
  bool is_known() const noexcept { return content_ != nullptr; }

private:
  std::shared_ptr<const octets> content_;
  std::uint64_t base_ = 0;
};

}  // namespace dragoman::hosting
