// What the stages of the parser share: the lines, their owners, the arena and the reports of one telegram.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "grammar.hpp"
#include "parse.hpp"

namespace dragoman::telegram {

class stage {
public:
  stage(parser& p, reporter& r) noexcept : parser_(p), report(r) {}

  std::vector<line>& lines() const noexcept { return parser_.table_.lines; }
  const line& at(std::size_t i) const noexcept { return parser_.table_.lines[i]; }
  std::string_view text(std::size_t i) const noexcept { return parser_.table_.lines[i].text; }
  // The text of a line without the blanks that set it in; it has none behind it.
  std::string_view words(std::size_t i) const noexcept { return at(i).may_be(is_indented) ? trim(at(i).text) : at(i).text; }
  std::size_t count() const noexcept { return parser_.table_.lines.size(); }
  bool is_empty(std::size_t i) const noexcept { return text(i).empty(); }
  telegram& out() const noexcept { return parser_.telegram_; }
  arena& memory() const noexcept { return parser_.memory_; }
  said_by_first& said() const noexcept { return parser_.said_; }

  owner owner_of(std::size_t i) const noexcept { return parser_.owners_[i]; }
  // Gives line `i` to its owner; each line has one.
  void claim(std::size_t i, owner o) const noexcept {
    auto& place = parser_.owners_[i];
    if (place != owner::none) ++parser_.claimed_twice_;
    place = o;
  }
  // Takes a line back from its owner for another, when later lines show what it was.
  void reclaim(std::size_t i, owner o) const noexcept { parser_.owners_[i] = o; }
  // Keeps line `i` of the heading `h`, which no rule understood, at its place. One escape is taken off.
  void keep_unknown(heading& h, std::size_t i, std::string_view where) const {
    claim(i, owner::opaque);
    auto words = trim(text(i));
    const auto place = piece(i, words);
    report(code::line_unknown, "\"" + std::string(words.substr(0, 60)) + "\"" + std::string(where), place.begin, place.end);
    if (is_escaped_line(words) && words.size() > escape.size()) words.remove_prefix(escape.size());
    h.unknown.push_back({0, piece(i, words)});
  }
  // Gives the blank lines from `i` on away; returns the first other one before `end`.
  std::size_t skip_blank(std::size_t i, std::size_t end) const noexcept {
    for (; i < end && is_empty(i); ++i) claim(i, owner::blank);
    return i;
  }

  // The value of a piece of line `i`; where the line is a copy, the whole line is its place.
  value piece(std::size_t i, std::string_view part) const noexcept {
    const line& l = at(i);
    if (part.data() >= octets.data() && part.data() + part.size() <= octets.data() + octets.size()) {
      const auto begin = static_cast<std::uint32_t>(part.data() - octets.data());
      return {part, begin, begin + static_cast<std::uint32_t>(part.size())};
    }
    return {part, l.begin, l.end};
  }
  // The same for a part of a value.
  value piece_of(const value& whole, std::string_view part) const noexcept {
    if (part.empty()) return {};
    if (part.data() < octets.data() || part.data() + part.size() > octets.data() + octets.size())
      return {part, whole.begin, whole.end};
    const auto begin = static_cast<std::uint32_t>(part.data() - octets.data());
    return {part, begin, begin + static_cast<std::uint32_t>(part.size())};
  }
  // `left` and `right` with `between` them: one slice when they already stand so, else a copy.
  std::string_view join(std::string_view left, std::string_view between, std::string_view right) const {
    if (left.empty()) return right;
    char* place = memory().allocate(left.size() + between.size() + right.size());
    std::memcpy(place, left.data(), left.size());
    std::memcpy(place + left.size(), between.data(), between.size());
    std::memcpy(place + left.size() + between.size(), right.data(), right.size());
    return {place, left.size() + between.size() + right.size()};
  }
  std::string_view upper_copy(std::string_view text) const;

  // Cuts line `i` in two before `position` of its text (lines that lost their end). Each gets its own octets; both those of
  // the whole when the text is a copy.
  // Ask may_split() before: each cut moves all lines behind it.
  void split_line(std::size_t i, std::size_t position) const {
    ++parser_.splits_;
    line first = at(i), second = first;
    if (const auto place = piece(i, first.text); place.end - place.begin == first.text.size())
      first.end = second.begin = place.begin + static_cast<std::uint32_t>(position);
    auto before = first.text.substr(0, position);
    while (!before.empty() && is_space(before.back())) before.remove_suffix(1);
    second.set_text(first.text.substr(position));
    first.set_text(before);
    lines()[i] = first;
    lines().insert(lines().begin() + static_cast<std::ptrdiff_t>(i) + 1, second);
    parser_.owners_.insert(parser_.owners_.begin() + static_cast<std::ptrdiff_t>(i) + 1, owner::none);
  }

  // Was line `i` cut off the one before it? False for one whose text is a copy: that has the place of the whole.
  bool is_rest_of_line(std::size_t i) const noexcept { return i > 0 && at(i - 1).end == at(i).begin; }
  // The text of line `i`, which was cut off the one before it, with the blanks between them.
  std::string_view rest_with_blanks(std::size_t i) const noexcept {
    const char* const from = text(i - 1).data() + text(i - 1).size();
    return {from, static_cast<std::size_t>(text(i).data() + text(i).size() - from)};
  }
  // May line `i` be cut, too? The lines of a document that hold several are few; what has more is kept as it stands.
  bool may_split(std::size_t i) const {
    if (parser_.splits_ < most_splits) return true;
    report(code::limit_splits, "more than " + std::to_string(most_splits) + " lines to cut", at(i).begin, at(i).end);
    return false;
  }
  static constexpr std::size_t most_splits = 256;

  std::string_view octets;  // of the document

private:
  parser& parser_;

public:
  reporter& report;
};

// The stages. Each takes the first line that is not yet given away and returns the first that it left.
std::size_t read_preamble(stage& s, std::size_t at, std::size_t end, heading& h);
std::size_t read_heading(stage& s, std::size_t at, std::size_t end, heading& h);
std::size_t read_opening(stage& s, std::size_t at, std::size_t end, heading& h, bool is_first);
// Makes running headers and stamps of review that are glued into the lines [at, end) lines of their own (telegram.md 5.6
// no. 84, 5.7 no. 100).
void split_glued_furniture(stage& s, std::size_t at, std::size_t end);
// The authority of a line "Classified By", without its label (telegram.md 2.10), and the normal form of its reasons.
void read_authority(stage& s, const value& v);
void read_reasons(stage& s);

// Take attributes; end markers, footers and signature off the end: return the end of what stands before.
std::size_t read_attributes(stage& s, std::size_t at, std::size_t end);
std::size_t read_ending(stage& s, std::size_t at, std::size_t end, heading& h);
// Takes the signature off the end of the text [at, end).
std::size_t read_signature(stage& s, std::size_t at, std::size_t end);

// The lines of one section. Behind the text, up to `stop`, stand lines that other stages took; those of pages among them
// are told with the text.
struct body_section {
  std::size_t begin = 0, end = 0, stop = 0;
  std::uint32_t number = 1;
  std::uint32_t seam = 0;     // octet at which the section's heading begins
  std::size_t letters = 0;    // of the text, when there are several sections
  bool is_duplicate = false;  // another of this number is longer: kept as it stands
};
void read_body(stage& s, const std::vector<body_section>& sections);
// Is what stands where the text should be only a word that it is lost (telegram.md 2.12, 5.7 no. 98)?
bool is_text_lost(const stage& s, const std::vector<body_section>& sections);
void keep_lost_text(stage& s, const body_section& section);
// Compares the archive's attributes with the telegram's text, which is right (telegram.md 6.4).
void check_attributes(stage& s);

// Canonical MRN "07PORTALTAIR1284" (telegram.md 1.4).
std::string_view canonical_id(stage& s, std::uint32_t year, std::string_view station, std::string_view serial);
// Reports what was repaired in an id as it is printed (telegram.md 5.1).
struct printed_id;
void report_findings(stage& s, const printed_id& id, const value& printed);
// Makes the id of other lines when the classification line has no number; leaves it empty when none can be made.
void infer_id(stage& s, std::uint32_t year, bool has_year);

}  // namespace dragoman::telegram
