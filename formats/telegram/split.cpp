#include "split.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "ascii.hpp"
#include "grammar.hpp"
#include "html.hpp"
#include "lines.hpp"

namespace dragoman::telegram {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t preamble_lines = 40;  // more text than this before a heading is a document of its own

std::string canonical_number(const message_number& n) {
  std::string out;
  for (const char c : n.station)
    if (c != ' ') out += upper(c);
  out += without_zeros(n.serial);
  return out;
}

// "RUEHZQX #1284/02 2901435" behind DE: indicator and serial, and the number of the part.
std::pair<std::string, std::uint32_t> read_calling(std::string_view line) {
  std::string_view rest = trim(line).substr(2);
  std::string calling(take_word(rest));
  rest = trim(rest);
  if (!rest.empty() && rest[0] == '#') rest.remove_prefix(1);
  const auto digits = count_digits(rest);
  calling += ' ';
  calling += rest.substr(0, digits);
  rest.remove_prefix(digits);
  std::uint32_t part = 0;
  if (!rest.empty() && rest[0] == '/') parse_number(rest.substr(1, count_digits(rest.substr(1))), part);
  return {calling, part};
}

bool is_blank_text(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_space(c) || c == '\f'; });
}

bool is_format_word(std::string_view text) noexcept {
  for (const auto word : word_list{"FM", "TO", "INFO", "XMT", "ACTION", "ORIGIN"})
    if (starts_with_word(text, word)) return true;
  return false;
}

// "This record is a partial extract ...", also behind the end of a line that lost its own.
std::size_t find_notice(std::string_view text) noexcept {
  if (is_partial_notice(text)) return 0;
  if (text.size() < 60 || text.back() != '.' || (!ends_with(text, "original cable.") && !ends_with(text, "is not available.")))
    return npos;
  return text.find("This record is a partial extract");
}

// Can the line be running text only, whatever the cutter asks of it? It must say no to what any recogniser of find_anchor and
// note takes; who makes one of them take more must see that this lets it through. Most lines of a telegram have no trait that
// tells, and of the others nearly all fail at another octet or two, so that the recognisers are called for few.
constexpr std::uint32_t rare = has_special_octet | may_be_transmission_id | may_be_message_end | may_be_date_time |
                               may_be_archive_heading | may_be_quotation_mark | may_be_mark;
constexpr std::uint32_t telling = rare | may_be_calling | may_be_notice | may_be_print_remains | may_be_page |
                                  may_be_print_title | ends_in_digit | ends_in_capitals | may_end_in_notice;
bool is_running_text(std::string_view text, std::uint32_t traits) noexcept {
  const std::size_t size = text.size();
  const auto may_be = [&](std::uint32_t any_of) { return (traits & any_of) != 0; };
  if (may_be(rare)) return false;
  if (may_be(may_be_calling) && size > 2 && text[2] == ' ') return false;
  if (may_be(ends_in_digit) && may_be(may_be_level | may_be_print_title)) return false;
  // An identifier, of which the number has three digits or four, glued to what stands before it.
  if (may_be(ends_in_digits) && size > 3 && is_digit(text[size - 3])) return false;
  if (may_be(may_be_page) && starts_with(text, "PAGE ")) return false;
  if (may_be(may_be_notice | may_end_in_notice) && find_notice(text) != npos) return false;
  if (may_be(may_be_print_title) && ends_with(text, "results")) return false;
  if (may_be(may_be_print_remains) && is_print_remains(text)) return false;
  return !may_be(ends_in_capitals) || !is_routing_indicator(last_word(text));
}

// Month, day, hour and minute as one number, the year not counting: it may be missing.
std::uint32_t date_number(const date_time_group& group) noexcept {
  return ((group.month * 32 + group.day) * 32 + group.hour % 32) * 64 + group.minute % 64;
}

}  // namespace

void cutter::reset() {
  scanner_.reset();
  line_ = text_end_ = lines_ = 0;
  remains_ = routing_ = none;
  substance_ = quoted_ = after_end_ = in_print_ = in_record_ = has_first_ = false;
  date_ = 0;
  number_.clear();
  calling_.clear();
  sections_.clear();
  length_ = 0;
  ahead_ = {};
}

// Nearly always the next document begins with the heading that ended this one: it is not read twice.
void cutter::next() {
  const std::size_t length = length_;
  read_ahead ahead = std::move(ahead_);
  reset();
  if (ahead.line == none || ahead.line < length) return;  // it is glued to a line of the document before it
  ahead.line -= length;
  ahead.heading.end -= length;
  ahead_ = std::move(ahead);
}

// Is line `i` there, with its end? The scanner goes on as far as it must.
bool cutter::has_line(std::size_t i, std::string_view octets, bool at_end) {
  while (i + 1 >= scanner_.lines().size())
    if (!scanner_.scan(octets, at_end)) return at_end && i < scanner_.lines().size();
  return true;
}

cutter::text_line cutter::line_at(std::size_t i, std::string_view octets) const noexcept {
  const auto& found = scanner_.lines()[i];
  text_line line{octets.substr(found.begin, found.text_end - found.begin), found.begin, found.begin, scanner_.behind(i),
                 found.traits};
  if (line.may_be(has_high_octet) && line.text.substr(0, 3) == byte_order_mark) {
    line.text.remove_prefix(3);
    line.text_begin += 3;
    line.traits = traits_of(line.text);
  }
  if (line.may_be(has_special_octet) && line.text.find('<') != npos) {
    const auto text = without_outer_tags(line.text);
    if (text.size() != line.text.size() && !text.empty()) {
      line.text_begin += static_cast<std::size_t>(text.data() - line.text.data());
      line.text = text;
      line.traits = traits_of(text);
    }
  }
  return line;
}

// What may begin at this line, and where exactly. Looks at the line alone.
cutter::anchor cutter::find_anchor(const text_line& line, std::size_t& begin) const {
  const auto text = line.text;
  begin = line.begin;
  if (line.may_be(has_high_octet) && is_escaped_line(text)) return anchor::no;
  if (line.may_be(may_be_transmission_id) && is_transmission_id(text)) return anchor::sure;
  if (const auto at = line.may_be(ends_in_digits) ? find_glued_transmission_id(text) : npos; at != npos) {
    begin = line.text_begin + at;
    return anchor::sure;
  }
  if (routing_ != none && line.may_be(may_be_calling) && is_calling(text)) {
    begin = routing_;
    return anchor::sure;
  }
  if (const auto at = line.may_be(may_be_notice | may_end_in_notice) ? find_notice(text) : npos; at != npos) {
    if (at != 0) begin = line.text_begin + at;
    return anchor::preface;
  }
  // A second header of a record of the archive begins none (telegram.md 2.12).
  if (line.may_be(may_be_archive_heading) && text == "Message Text" && (!in_record_ || after_end_)) return anchor::preface;
  if (line.may_be(may_be_print_title) && (is_print_title(text) || is_form_title(text))) return anchor::preface;
  page_header page;
  if (line.may_be(may_be_page) && starts_with(text, "PAGE 01 ") && parse_page_header(text, page)) return anchor::with_class;
  date_time_group group;
  if (!quoted_ && line.may_be(may_be_date_time) && text.size() < 120 && parse_date_time(text, group) && group.precedence != 0)
    return anchor::with_class;
  class_line classification;
  if (line.may_be(may_be_level) && line.may_be(ends_in_digit) && text.size() < 120 &&
      parse_class_line(text, false, classification) && !classification.number.empty())
    return anchor::class_line;
  return anchor::no;
}

// Reads on from the line behind an anchor to the classification line. A second anchor of the kind that a heading has
// once stops it, so that no octet is read ahead more than a few times.
cutter::heading_end cutter::read_heading(std::string_view octets, const text_line& anchor_line, std::size_t first, bool at_end) {
  heading_end heading;
  date_time_group anchor_group;
  if (parse_date_time(anchor_line.text, anchor_group)) heading.date = date_number(anchor_group);
  if (!has_line(first, octets, at_end)) {
    heading.end = octets.size();
    heading.need_more = !at_end;
    return heading;
  }
  const std::size_t begin = scanner_.lines()[first].begin;
  heading.end = begin;
  unsigned dates = 0, calls = 0, pages = 0;  // a second one of a kind is not of this heading: nothing is looked at often
  for (std::size_t i = first; has_line(i, octets, at_end); ++i) {
    const text_line line = line_at(i, octets);
    if (line.begin >= begin + look_ahead) return heading;
    const auto text = line.text;
    if (text == separator_line) return heading;
    class_line classification;
    date_time_group group;
    page_header page;
    if (parse_class_line(text, true, classification)) {
      if (!classification.number.empty() || classification.section.total != 0) {
        heading.has_class = !classification.number.empty();
        if (heading.has_class) heading.number = canonical_number(classification.number);
        heading.section = classification.section.number;
        heading.end = line.next;
        return heading;
      }
    } else if (line.may_be(may_be_date_time) && parse_date_time(text, group)) {
      if (++dates > 1) return heading;
      heading.date = date_number(group);
      heading.end = line.next;
    } else if (line.may_be(may_be_calling) && is_calling(text)) {
      if (++calls > 1) return heading;
      std::tie(heading.calling, heading.part) = read_calling(text);
      heading.end = line.next;
    } else if (parse_page_header(text, page)) {
      if (++pages > 1) return heading;
    } else if (is_partial_notice(text) || text == "Message Text") {
      return heading;
    } else if (match_label(text).what != label::none || (line.may_be(may_be_paragraph) && match_paragraph(text).found) ||
               (i > first && line.may_be(may_be_transmission_id) && is_transmission_id(text))) {
      return heading;
    } else if ((line.may_be(may_be_routing) && is_routing(text)) || is_security(text) || is_format_word(text)) {
      heading.end = line.next;
    }
  }
  heading.need_more = !at_end;
  return heading;
}

// Remembers of a line with text what later ones are judged by.
void cutter::note(const text_line& line) {
  const auto text = line.text;
  const bool may_route = line.may_be(ends_in_capitals) && !is_escaped_line(text);
  if (may_route && is_routing(text)) routing_ = text_end_;
  else if (const auto at = may_route ? find_glued_routing(text) : npos; at != npos) routing_ = line.text_begin + at;
  else if (!may_route || !is_routing_more(text)) routing_ = none;
  if (line.may_be(may_be_print_remains) && is_print_remains(text)) {
    if (remains_ == none) remains_ = text_end_;
  } else {
    remains_ = none;
  }
  text_end_ = line.next;
  after_end_ = line.may_be(may_be_message_end) && is_end_of_message(text);
  if (line.may_be(may_be_archive_heading)) {
    if (text == "Message Text") in_record_ = true;
    else if (text == "Message Attributes") in_record_ = false;
  }
  if (line.may_be(may_be_quotation_mark)) {
    if (starts_with(text, "Begin text") || starts_with(text, "Begin quote")) quoted_ = true;
    else if (starts_with(text, "End text") || starts_with(text, "End quote")) quoted_ = false;
  }
  if (in_print_ && (match_paragraph(text).found || starts_with(text, "E.O."))) in_print_ = false;
  if (in_print_) {
    ++lines_;
    return;
  }
  if (++lines_ > preamble_lines || (!substance_ && match_label(text).what != label::none)) substance_ = true;
}

// Takes the rest of a heading that was read, perhaps by the cut before: then the scanner has not come to it yet.
void cutter::skip_heading(std::string_view octets, bool at_end) {
  while (has_line(line_, octets, at_end) && scanner_.lines()[line_].begin < text_end_) ++line_;
}

// Takes lines that can only be running text, most of a telegram, and blank ones.
void cutter::skip_text(std::string_view octets) {
  if (!substance_ || in_print_) return;
  const auto& lines = scanner_.lines();
  std::size_t last = none;  // that has text
  std::size_t i = line_;
  for (; i + 1 < lines.size(); ++i) {
    const auto& l = lines[i];
    if (l.may_be(telling) && !is_running_text(octets.substr(l.begin, l.text_end - l.begin), l.traits)) break;
    if (l.text_end != l.begin) last = i;  // a blank line changes nothing
  }
  line_ = i;
  if (last == none) return;
  text_end_ = lines[last + 1].begin;
  routing_ = remains_ = none;
  after_end_ = false;
}

// The heading that `line`, the next one, begins: a classification line is read by itself, what else begins a heading is read
// on from its own line.
cutter::heading_end cutter::heading_at(std::string_view octets, const text_line& line, bool from_own_line, bool at_end) {
  if (ahead_.line != line.begin || ahead_.from_own_line != from_own_line)
    ahead_ = {line.begin, from_own_line, read_heading(octets, line, from_own_line ? line_ : line_ + 1, at_end)};
  return ahead_.heading.need_more ? std::exchange(ahead_, {}).heading : ahead_.heading;
}

std::size_t cutter::cut(std::string_view octets, bool at_end) { return length_ = cut_document(octets, at_end); }

std::size_t cutter::cut_document(std::string_view octets, bool at_end) {
  while (skip_heading(octets, at_end), skip_text(octets), has_line(line_, octets, at_end)) {
    const text_line line = line_at(line_, octets);
    const bool is_separator = line.text == separator_line;
    if (is_separator && text_end_ != 0) return line.next;
    if (is_separator || is_blank_text(line.text)) {
      ++line_;
      continue;
    }
    std::size_t begin = line.begin;
    const anchor kind = find_anchor(line, begin);
    if (kind == anchor::no) {
      note(line);
      ++line_;
      continue;
    }
    const heading_end heading = heading_at(octets, line, kind == anchor::class_line, at_end);
    if (heading.need_more) return 0;
    if (kind == anchor::with_class && !heading.has_class) {
      note(line);
      ++line_;
      continue;
    }
    // The archive gave one number to several telegrams: a section has the date of its first, too (telegram.md 5.1 no. 10).
    const bool same_date = heading.date == date_ || heading.date == 0 || date_ == 0;
    // A section that stands elsewhere in the file belongs to it, too; a second first one begins another copy (4.4).
    const bool is_section = heading.section >= 2 || (heading.section == 1 && !has_first_);
    // A heading that breaks off before its classification line is a section's, too, when its line DE says so.
    const bool is_part = !heading.has_class && heading.part >= 2 && heading.calling == calling_;
    const bool goes_on = (is_part || (heading.has_class && heading.number == number_ && is_section)) && same_date;
    const bool is_own = in_print_ && kind == anchor::sure;  // the telegram below its form
    const bool is_new = substance_ && !goes_on && !is_own && (kind != anchor::class_line || after_end_);
    if (is_new) {
      // Blank lines and print-out remains before a heading go with it; a glued one begins in the line.
      if (begin != line.begin) return begin;
      return remains_ != none ? remains_ : text_end_;
    }
    if (goes_on && substance_) sections_.push_back(begin);
    if (kind != anchor::class_line || goes_on || !substance_) {
      if (heading.has_class) number_ = heading.number;
      if (!heading.calling.empty()) calling_ = heading.calling;
      if (heading.date != 0) date_ = heading.date;
      has_first_ = (goes_on && has_first_) || (heading.section <= 1 && !is_part);
    }
    in_print_ = is_print_title(line.text) || is_form_title(line.text);
    // A preface may have a heading of its own behind it.
    substance_ = substance_ || kind != anchor::preface || heading.has_class;
    note(line);
    routing_ = none;
    text_end_ = std::max(heading.end, line.next);
  }
  return at_end ? octets.size() : 0;
}

}  // namespace dragoman::telegram
