#include "parse.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "ascii.hpp"
#include "grammar.hpp"
#include "identity.hpp"
#include "numbering.hpp"
#include "references.hpp"
#include "stage.hpp"

namespace dragoman::telegram {

std::string_view stage::upper_copy(std::string_view text) const {
  char* place = memory().allocate(text.size());
  std::transform(text.begin(), text.end(), place, upper);
  return {place, text.size()};
}

namespace {

// The line that holds octet `offset`, or the first behind it.
std::size_t line_at(const stage& s, std::size_t offset) {
  const auto& lines = s.lines();
  const auto found = std::lower_bound(lines.begin(), lines.end(), offset, [](const line& l, std::size_t o) { return l.end < o; });
  const auto i = static_cast<std::size_t>(found - lines.begin());
  return i + 1 < lines.size() && lines[i].end == offset && s.is_rest_of_line(i + 1) ? i + 1 : i;
}

// Where a running header of this telegram, "PORT ALTAI 00001284 002 OF 002", stands inside a line; {npos, npos}: nowhere.
std::pair<std::size_t, std::size_t> find_glued_header(std::string_view text, std::string_view station,
                                                      std::string_view padded_serial) {
  constexpr std::pair nowhere{npos, npos};
  const auto place = text.find(padded_serial);
  page_header page;
  if (place == npos || parse_page_header(text, page)) return nowhere;
  // Back over the station's name, on over "002 OF 003".
  std::size_t begin = place;
  while (begin > 0 && is_blank_char(text[begin - 1])) --begin;
  const auto name = trim(station.substr(0, 10));
  if (begin < name.size() || !same(text.substr(begin - name.size(), name.size()), name)) return nowhere;
  begin -= name.size();
  std::string_view rest = text.substr(place + padded_serial.size());
  take_word(rest);
  if (!same(take_word(rest), "OF")) return nowhere;
  const auto total = take_word(rest);
  if (total.size() < 3 || !all_digits(total.substr(0, 3))) return nowhere;
  const auto stop = static_cast<std::size_t>(total.data() + 3 - text.data());
  return parse_page_header(text.substr(begin, stop - begin), page) ? std::pair{begin, stop} : nowhere;
}

}  // namespace

void split_glued_furniture(stage& s, std::size_t at, std::size_t end) {
  const auto& number = s.out().first.number;
  const auto serial = without_zeros(number.serial);
  const bool has_number = !serial.empty() && serial.size() <= 8;
  const std::string padded = has_number ? std::string(8 - serial.size(), '0') + std::string(serial) : std::string();
  if (at >= end) return;
  const auto octets = s.octets.substr(s.at(at).begin, s.at(end - 1).end - s.at(at).begin);
  constexpr auto behind_slash = review_words.substr(review_words.find('/'));  // its first octet is rare, and so is found fast
  const bool may_have_stamp = octets.find(behind_slash) != npos;
  const std::uint32_t of_header = serial.size() <= 5 ? has_zeros : ~0u;  // the serial fills a field of eight digits
  for (std::size_t i = at; i < end; ++i) {
    if (!may_have_stamp && !s.at(i).may_be(of_header)) continue;  // nearly all of them
    const auto text = s.text(i);
    std::pair<std::size_t, std::size_t> place{npos, npos};
    if (has_number && s.at(i).may_be(of_header)) place = find_glued_header(text, number.station, padded);
    if (place.first == npos && may_have_stamp) place = find_review_stamp(text);
    if (place.first == npos || place.second - place.first == trim(text).size()) continue;
    if (!s.may_split(i)) return;
    const auto count = s.count();
    if (place.second < text.size()) s.split_line(i, place.second);
    if (place.first > 0) s.split_line(i++, place.first);
    end += s.count() - count;
  }
}

namespace {

// The heading whose number the telegram has: the first that says one on its classification line; null: none (telegram.md 1.4).
const heading* numbered_heading(const telegram& t) {
  if (!t.first.number.empty()) return &t.first;
  for (const auto& h : t.further)
    if (!h.number.empty()) return &h;
  return nullptr;
}

// The date-time group's, else that of an id or attribute (telegram.md 2.2); 0: none.
std::uint32_t find_year(const telegram& t) {
  if (t.first.has_year) return t.first.year;
  for (const auto& h : t.further)
    if (h.has_year) return h.year;
  return t.hinted_year;
}

// -- Ids as words (telegram.md 5.1) -----------------------------------------------------------------------------------

// "07PORTALTAIR1284" of "folder/07PORTALTAIR1284.txt"
std::string_view stem_of(std::string_view name) noexcept {
  if (const auto folder = name.find_last_of("/\\"); folder != npos) name.remove_prefix(folder + 1);
  return name.substr(0, name.find('.'));
}

// What stands outside of the heading and may hold the id, or at least the year.
void hint_ids(stage& s, std::string_view name) {
  auto& out = s.out();
  const auto hint = [&](std::string_view id) {
    if (out.hinted_year == 0) out.hinted_year = parse_id(id, {}).year;
  };
  for (const auto& a : out.attributes) {
    if (a.text.empty()) continue;
    if (a.key.text == "Document Number" && looks_like_id(a.text.text)) {
      out.printed_ids.push_back(a.text);
      hint(a.text.text);
    } else if ((a.key.text == "Draft Date" || a.key.text == "Sent Date") && out.hinted_year == 0 && !a.date.empty()) {
      parse_number(a.date.text.substr(0, 4), out.hinted_year);
    }
  }
  if (const auto stem = stem_of(name); looks_like_id(stem)) {
    out.printed_ids.push_back({stem, 0, 0});
    hint(stem);
  }
}

// The place that the originator writes from: "PORT ALTAIR" of "AMEMBASSY PORT ALTAIR".
std::string_view place_of(std::string_view originator) noexcept {
  std::string_view rest = originator;
  const auto type = take_word(rest);
  if (same(type, "SECSTATE")) return "STATE";
  return is_addressee_type(type) ? trim(rest) : trim(originator);
}

// Reads the ids outside of the classification line: the first that is one is the telegram's when it has no number of its
// own, the others are compared with it (telegram.md 6.4: the text counts, for times the date-time group).
void read_ids(stage& s, std::uint32_t& year, message_number& number) {
  auto& out = s.out();
  if (number.empty() && !out.form.number.empty()) number = out.form.number;
  const bool is_dated = out.first.has_year;
  std::string_view from_attribute;
  for (const auto& a : out.attributes)
    if (a.key.text == "From") from_attribute = a.text.text;
  const station_names stations{number.station, place_of(out.first.from.name), from_attribute};
  if (!number.empty()) {
    const auto& line = out.first.classification;
    if (const auto known = stations.find(number.station); known.is_alias)
      s.report(code::id_alias, "\"" + std::string(number.station) + "\" names the station " + std::string(known.name), line.begin,
               line.end);
    if (is_placeholder(number.serial))
      s.report(code::id_placeholder, std::string(number.serial) + " is a serial that the archive gave", line.begin, line.end);
  }
  for (const auto& printed : out.printed_ids) {
    const auto id = parse_id(printed.text, stations);
    const auto quoted = "\"" + std::string(printed.text) + "\"";
    if (!id.is_valid()) {
      if (number.empty()) s.report(code::id_invalid, quoted + " has no number, or no station", printed.begin, printed.end);
      continue;
    }
    report_findings(s, id, printed);
    out.flags |= id.flags;
    if (is_dated && id.year % 100 != year % 100)
      s.report(code::conflict_year, quoted + ", and the date is of " + std::to_string(year), printed.begin, printed.end);
    if (!number.empty() &&
        (without_zeros(number.serial) != id.serial || !is_same_station(stations.find(number.station).name, id.station)))
      s.report(code::conflict_number,
               quoted + ", and the text says " + std::string(number.station) + " " + std::string(number.serial), printed.begin,
               printed.end);
    if (number.empty()) {
      number = {id.station, id.serial};
      out.id.begin = printed.begin;
      out.id.end = printed.end;
      if (year == 0) year = id.year;
      if (out.first.section.total == 0) {
        out.first.section = id.section;
        out.first.section_place = printed;
      }
      for (std::size_t k = 0; k < id.noise_count; ++k) {
        const auto word = id.noise[k];
        const auto is_word = [&](const value& v) { return same(v.text, word); };
        if (match_caption(word) == word.size() && std::none_of(out.captions.begin(), out.captions.end(), is_word))
          out.captions.push_back({s.upper_copy(word), printed.begin, printed.end});
      }
    }
    if (out.id_text.empty() &&
        (id.noise_count != 0 || !id.suffix.empty() || id.has(id_finding::ocr) || id.has(id_finding::alias))) {
      out.id_text = printed;
      out.id_second = id.second;
      out.id_suffix = id.suffix;
    }
  }
  if (is_placeholder(number.serial)) out.flags |= flags::placeholder;
}

// What labelled lines leave open, a form above the heading says (telegram.md 5.2 no. 15).
void fill_from_form(stage& s) {
  auto& out = s.out();
  const auto words = [&s](const value& v, std::vector<value>& to, auto&& is_word) {
    if (!to.empty()) return;
    std::string_view rest = v.text;
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
      while (!word.empty() && (word.back() == ',' || word.back() == ';')) word.remove_suffix(1);
      if (!is_word(word)) continue;
      to.push_back(s.piece_of(v, word));
    }
  };
  words(out.form.tags, out.tags, is_tag_shape);
  words(out.form.captions, out.captions, [](std::string_view w) { return match_caption(w) == w.size(); });
  if (out.subject.empty()) out.subject = out.form.subject;
}

// What the operating signals and the notice say of the telegram (telegram.md 3.5).
void note_signals(telegram& out) {
  if (!out.notice.empty()) out.flags |= flags::partial;
  std::string_view security = out.first.lines.security.text;
  take_word(security);
  take_word(security);
  for (std::string_view rest : {security, out.first.signals.text})
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) out.flags |= flag_of_signal(word);
}

void check_number(stage& s, const heading& h) {
  if (h.number.empty() || h.lines.de.empty()) return;
  std::string_view rest = h.lines.de.text;
  take_word(rest);
  rest = trim(rest);
  if (!rest.empty() && rest[0] == '#') rest.remove_prefix(1);
  const auto digits = rest.substr(0, count_digits(rest));
  std::uint32_t transmitted = 0, serial = 0;
  if (!parse_number(digits, transmitted) || !parse_number(h.number.serial, serial)) return;
  if (digits.size() <= 4 && transmitted != serial % 10000)
    s.report(code::conflict_serial,
             "station serial number " + std::string(digits) + ", reference number " + std::string(h.number.serial),
             s.piece_of(h.lines.de, digits).begin, s.piece_of(h.lines.de, digits).end);
}

// A later section is compared with the first; what is equal needs no place in the model, what is not is told and reported
// (telegram.md 4.4). Lines of the opening are compared as they are read.
class heading_comparer {
public:
  // `number` is that of the later section.
  heading_comparer(stage& s, const heading& later, std::uint32_t number)
      : s_(s), first_(s.out().first), later_(later), number_(number) {}

  void compare() {
    one("the date-time group", later_.date_text, first_.date_text);
    one("the precedence", later_.precedence, first_.precedence);
    one("the information precedence", later_.info_precedence, first_.info_precedence);
    one("the signals", later_.signals, first_.signals);
    one("the group count", later_.group_count, first_.group_count);
    one("the classification", later_.classification, first_.classification);
    if (!later_.number.empty() && !first_.number.empty() && normal_number(later_.number) != normal_number(first_.number))
      report("the number", later_.number_place.begin, later_.number_place.end);
    const auto &from = later_.from, &first_from = first_.from;
    if (!from.name.empty() && !is_same_addressee(from, first_from)) report("the originator", from.begin, from.end);
    parties("the action addressees", later_.to, first_.to);
    parties("the information addressees", later_.info, first_.info);
    parties("the exempt addressees", later_.exempt, first_.exempt);
    if (later_.classification.empty() && later_.section.total == 0 && !first_.classification.empty())
      s_.report(code::class_missing, "no classification line in section " + std::to_string(number_), later_.place.begin,
                later_.place.begin);
    if (later_.section.total != 0 && first_.section.total != 0 && later_.section.total != first_.section.total)
      report("the count of sections", later_.section_place.begin, later_.section_place.end);
  }

private:
  void report(std::string_view what, std::uint32_t begin, std::uint32_t end) {
    s_.report(code::conflict_heading, std::string(what) + " of section " + std::to_string(number_) + " differs from the first",
              begin, end);
  }
  void one(std::string_view what, const value& later, const value& first) {
    if (!later.empty() && later.text != first.text) report(what, later.begin, later.end);
  }
  // Continuity numbers run on: they are no difference, although they are told.
  void parties(std::string_view what, const std::vector<party>& later, const std::vector<party>& first) {
    if (later.empty() || std::equal(later.begin(), later.end(), first.begin(), first.end(), is_same_addressee)) return;
    const auto differs = std::mismatch(later.begin(), later.end(), first.begin(), first.end(), is_same_addressee).first;
    const party& at = differs == later.end() ? later.back() : *differs;
    report(what, at.begin, at.end);
  }

  stage& s_;
  const heading &first_, &later_;
  std::uint32_t number_;
};

// What the model would not say again by itself: the number as printed, section words that the body does not bear out.
void keep_printed(stage& s) {
  auto& out = s.out();
  if (!out.first.number.empty()) {
    const auto printed = normal_number(out.first.number);
    if (printed != number_of_id(out.id.text, out.first.from.name) || out.first.classification.empty())
      out.printed_number = s.memory().copy(printed);
  } else if (!out.first.classification.empty() && !number_of_id(out.id.text, out.first.from.name).empty()) {
    out.printed_number = "none";  // the id is of other lines
  }
  if (out.first.classification.empty() && out.first.section.total == 0) return;
  const auto expected = expected_section(out.sections_counted);
  const bool is_expected = out.first.section.number == expected.number && out.first.section.total == expected.total;
  if (is_expected && !out.first.classification.empty()) return;
  out.printed_section = s.memory().copy(section_words(out.first.section));
  const auto& place = out.first.section_place.empty() ? out.first.classification : out.first.section_place;
  if (expected.total != 0 && !is_expected)
    s.report(
        code::conflict_section,
        "the classification line says " + section_words(out.first.section) + ", the text has " + std::to_string(expected.total),
        place.begin, place.end);
}

// Numbers the unknown lines by what stands before them in the heading.
void number_unknown_lines(telegram& t) {
  if (t.first.unknown.empty()) return;
  std::vector<std::uint32_t> begins;
  const auto one = [&](const value& v) {
    if (!v.empty()) begins.push_back(v.begin);
  };
  const auto first_of = [&](const auto& list) {
    if (!list.empty()) begins.push_back(list.front().begin);
  };
  const auto each = [&](const auto& list) {
    for (const auto& v : list) begins.push_back(v.begin);
  };
  const heading& h = t.first;
  each(t.preamble);
  one(t.notice);
  each(h.pages);
  for (const value* v :
       std::initializer_list<const value*>{&h.copies.number, &h.copies.action, &h.copies.total, &h.lines.relay, &h.lines.id,
                                           &h.lines.routing, &h.lines.de, &h.lines.security, &h.date_text, &h.group_count,
                                           &h.classification, &t.declassify, &t.declassify_on, &t.subject, &t.derived_from})
    one(*v);
  first_of(h.copies.info);
  each(h.copies.notes);
  if (!h.from.name.empty() || !h.from.route.empty()) begins.push_back(h.from.begin);
  each(h.to);
  each(h.info);
  each(h.exempt);
  each(t.captions);
  each(t.corrections);
  each(t.passing);
  first_of(t.tags);
  first_of(t.refs);
  const auto& a = t.classified_by;
  if (!a.empty())
    begins.push_back(a.title.empty() && a.name.empty() ? a.reason.begin : a.title.empty() ? a.name.begin : a.title.begin);
  std::sort(begins.begin(), begins.end());
  std::uint32_t before = 0;
  for (auto& line : t.first.unknown) {
    const auto values = std::lower_bound(begins.begin(), begins.end(), line.text.begin) - begins.begin();
    line.number = static_cast<std::uint32_t>(values) + ++before;
  }
}

// Has the text anything that a telegram has (telegram.md 6, "degraded")?
bool is_recognised(const telegram& t) {
  return !t.first.number.empty() || !t.first.date_text.empty() || !t.first.classification.empty() || !t.first.from.name.empty() ||
         !t.first.lines.empty() || !t.subject.empty() || !t.tags.empty() || !t.declassify.empty() || !t.refs.empty() ||
         !t.classified_by.empty() || !t.notice.empty() || !t.preamble.empty() || !t.attributes.empty() ||
         !t.first.pages.empty() || t.sections_counted != 0 || t.has_numbered_paragraph;
}

// Text that is no telegram: one opaque block for each run of lines, or one of all of them. A line that was cut is whole again.
void keep_as_opaque(stage& s, bool in_one_block) {
  auto& out = s.out();
  out.clear();
  out.octets = s.octets;
  auto& body = out.body;
  std::size_t last = npos;  // the last line of the open block
  const auto newline = [&](std::size_t i) { body.push_back({event::kind::text, {}, "\n", s.at(i).begin, s.at(i).begin}); };
  for (std::size_t i = 0; i < s.count(); ++i) {
    const bool empty = s.is_empty(i);
    s.reclaim(i, empty ? owner::blank : owner::opaque);
    if (empty) continue;
    const line& l = s.at(i);
    const bool goes_on = last != npos && (in_one_block || last + 1 == i);
    const bool is_rest = goes_on && last + 1 == i && s.is_rest_of_line(i);
    if (goes_on) {
      while (!is_rest && last++ < i) newline(last);
    } else {
      if (last != npos) body.push_back({event::kind::close, {}, {}, 0, 0});
      body.push_back({event::kind::open, "ab", {}, l.begin, l.end});
      body.push_back({event::kind::attribute, "type", "opaque", 0, 0});
      body.push_back({event::kind::attribute, "xml:space", "preserve", 0, 0});
    }
    body.push_back({event::kind::text, {}, is_rest ? s.rest_with_blanks(i) : l.text, l.begin, l.end});
    last = i;
  }
  if (last != npos) body.push_back({event::kind::close, {}, {}, 0, 0});
}

// Does a header of the archive's record stand twice (telegram.md 2.12)?
bool has_doubled_header(const stage& s) {
  std::size_t texts = 0, attributes = 0;
  for (const auto& l : s.lines()) {
    if (!l.may_be(may_be_archive_heading)) continue;
    texts += l.text == "Message Text";
    attributes += l.text == "Message Attributes";
  }
  return texts > 1 || attributes > 1;
}

// Makes a section that begins inside a line, "textVZCZCXRO4418", begin a line of its own.
void split_at(stage& s, std::size_t offset) {
  const auto i = line_at(s, offset);
  if (i >= s.count() || s.at(i).begin >= offset) return;
  const auto place = s.piece(i, s.text(i));
  if (place.begin < offset && offset < place.end && place.end - place.begin == s.text(i).size() && s.may_split(i))
    s.split_line(i, offset - place.begin);
}

// The part of the transmission in "RUEHZQX #1284/02 2901435"; 0 when it says none.
std::uint32_t part_of(std::string_view calling) noexcept {
  std::uint32_t part = 0;
  const auto slash = calling.find('/');
  if (slash != npos) parse_number(calling.substr(slash + 1, count_digits(calling.substr(slash + 1))), part);
  return part;
}

// The number of the section whose lines are [at, end), as its classification line says, or its line DE; 0 when none says it.
std::uint32_t section_number(const stage& s, std::size_t at, std::size_t end) {
  std::size_t words = 0;
  std::uint32_t part = 0;
  for (; at < end && words < 80; ++at) {
    if (s.is_empty(at)) continue;
    ++words;
    class_line c;
    if (parse_class_line(s.text(at), true, c) && (!c.number.empty() || c.section.total != 0)) return c.section.number;
    if (part == 0 && is_calling(s.text(at))) part = part_of(s.text(at));
  }
  return part;
}

// Letters of the lines [at, end): what a text is long by, however it is wrapped.
std::size_t count_letters(const stage& s, std::size_t at, std::size_t end) {
  std::size_t n = 0;
  for (; at < end; ++at) {
    const auto text = s.text(at);
    n += static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_letter));
  }
  return n;
}

// Reads heading, opening and ending of each section, in the order of their numbers, and finds of those with one number
// the longer (telegram.md 4.4, joining).
class section_reader {
public:
  explicit section_reader(stage& s) : s_(s), out_(s.out()) {}

  std::vector<body_section> read(const std::vector<std::size_t>& offsets, std::size_t text_end) {
    text_end_ = text_end;
    s_.said().has_later = !offsets.empty();
    for (std::size_t k = 0; k <= offsets.size(); ++k) {
      part p;
      p.begin = k == 0 ? 0 : std::min(line_at(s_, offsets[k - 1]), text_end);
      p.stop = k == offsets.size() ? text_end : std::min(line_at(s_, offsets[k]), text_end);
      p.text.number = offsets.empty() ? 1 : section_number(s_, p.begin, p.stop);
      if (p.text.number == 0) p.text.number = static_cast<std::uint32_t>(k + 1);
      parts_.push_back(p);
    }
    std::stable_sort(parts_.begin(), parts_.end(), [](const part& a, const part& b) { return a.text.number < b.text.number; });
    for (std::size_t k = 0; k < parts_.size(); ++k) read_part(k);
    set_duplicates_apart();
    return texts();
  }

private:
  struct part {
    std::size_t begin = 0, stop = 0;  // all lines of it
    body_section text;
    heading head;
  };

  void read_part(std::size_t k) {
    auto& p = parts_[k];
    const bool is_first = k == 0;
    heading& h = is_first ? out_.first : p.head;
    std::size_t at = p.begin;
    const auto step = [&](auto&& stage_of_reading) {
      // A stage may cut lines in two; all that stands behind moves.
      const auto count = s_.count();
      at = stage_of_reading();
      grow(k, s_.count() - count);
    };
    step([&] { return read_preamble(s_, at, p.stop, h); });
    step([&] { return read_heading(s_, at, p.stop, h); });
    step([&] { return read_opening(s_, at, p.stop, h, is_first); });
    step([&] { return split_glued_furniture(s_, at, p.stop), at; });
    p.text.seam = s_.at(std::min(p.begin, s_.count() - 1)).begin;
    p.text.begin = at;
    h.place = {{}, p.text.seam, std::max(p.text.seam, s_.at(at > p.begin ? at - 1 : p.begin).end)};
    p.text.end = read_ending(s_, at, p.stop, h);
    p.text.stop = p.stop;
    if (is_first) note_said(p.begin, at);
    else heading_comparer(s_, h, p.text.number).compare();
  }
  // The words of the first section's captions, instructions and corrections, for later ones to repeat.
  void note_said(std::size_t begin, std::size_t end) {
    if (!s_.said().has_later) return;
    constexpr std::size_t most = 4096;  // more is not repeated
    auto& said = s_.said().words;
    said = " ";
    for (std::size_t i = begin; i < end && said.size() < most; ++i) {
      const auto what = s_.owner_of(i);
      if (what == owner::caption || what == owner::passing || what == owner::correction) append_words(said, s_.text(i));
    }
    for (const auto& caption : out_.captions) append_words(said, caption.text);  // those of the classification line, too
  }
  // The lines of part `k` became `more`: what stands behind them in the file moves.
  void grow(std::size_t k, std::size_t more) {
    if (more == 0) return;
    const auto from = parts_[k].stop;
    parts_[k].stop += more;
    text_end_ += more;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      auto& p = parts_[i];
      if (i == k || p.begin < from) continue;
      for (auto* place : {&p.begin, &p.stop, &p.text.begin, &p.text.end, &p.text.stop}) *place += more;
    }
  }
  // Of sections with one number the longest is the text; the others stand behind all as they are.
  void set_duplicates_apart() {
    if (parts_.size() < 2) return;
    std::vector<part> kept, others;
    for (auto& p : parts_) {
      p.text.letters = count_letters(s_, p.text.begin, p.text.end);
      if (kept.empty() || kept.back().text.number != p.text.number) {
        kept.push_back(std::move(p));
        continue;
      }
      const auto place = s_.at(p.begin).begin;
      s_.report(code::section_duplicate, "section " + std::to_string(p.text.number) + " stands twice; the longer one is the text",
                place, place);
      if (kept.size() > 1 && p.text.letters > kept.back().text.letters) std::swap(kept.back(), p);
      p.text.is_duplicate = true;
      others.push_back(std::move(p));
    }
    parts_ = std::move(kept);
    std::move(others.begin(), others.end(), std::back_inserter(parts_));
  }
  std::vector<body_section> texts() {
    std::vector<body_section> out;
    std::size_t last = 0;  // the last section whose text counts
    for (std::size_t k = 0; k < parts_.size(); ++k)
      if (!parts_[k].text.is_duplicate) last = k;
    const auto count = s_.count();
    auto& text = parts_[last].text;
    text.end = read_signature(s_, text.begin, text.end);
    grow(last, s_.count() - count);
    text.stop = parts_[last].stop;
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      if (k > 0) {
        out_.further.push_back(std::move(parts_[k].head));
        if (out_.further.back().section.number == 0) out_.further.back().section.number = parts_[k].text.number;
      }
      out.push_back(parts_[k].text);
    }
    return out;
  }

  stage& s_;
  telegram& out_;
  std::vector<part> parts_;
  std::size_t text_end_ = 0;
};

}  // namespace

parser::parser() = default;
parser::~parser() = default;
parser::parser(parser&&) noexcept = default;
parser& parser::operator=(parser&&) noexcept = default;

const telegram& parser::parse(std::string_view octets, const std::vector<std::size_t>& section_offsets,
                              const line_scanner& scanned, reporter& report, std::optional<dragoman::charset> stated,
                              std::string_view name) {
  memory_.clear();
  telegram_.clear();
  said_.clear();
  claimed_twice_ = splits_ = 0;
  read_lines(octets, scanned, stated, memory_, report, table_);
  owners_.assign(table_.lines.size(), owner::none);

  stage s(*this, report);
  s.octets = octets;
  auto& out = telegram_;
  out.octets = octets;
  if (has_doubled_header(s)) {
    report(code::doc_doubled, "a header of the archive's record stands twice", 0, octets.size());
    keep_as_opaque(s, true);
    return out;
  }
  for (const auto offset : section_offsets) split_at(s, offset);
  const auto text_end = read_attributes(s, 0, s.count());
  hint_ids(s, name);
  const auto sections = section_reader(s).read(section_offsets, text_end);

  if (out.form.is_present) fill_from_form(s);
  std::uint32_t year = find_year(out);
  const heading* const numbered = numbered_heading(out);
  auto number = numbered ? numbered->number : message_number{};
  read_ids(s, year, number);
  bool has_year = year != 0;
  if (!number.empty() && has_year) {
    if (numbered) {
      out.id.begin = numbered->number_place.begin;
      out.id.end = numbered->number_place.end;
    }
    out.id.text = canonical_id(s, year, number.station, number.serial);
  } else {
    infer_id(s, year, has_year);
  }
  note_signals(out);
  resolve_references(s, year, has_year, number);
  check_number(s, out.first);
  const bool has_heading = is_recognised(out);
  if (has_heading && out.first.classification.empty()) s.report(code::class_missing, "no classification line", 0, 0);
  if (has_heading && out.subject.empty()) s.report(code::subject_missing, "no subject", 0, 0);

  if (is_text_lost(s, sections)) keep_lost_text(s, sections.front());
  else read_body(s, sections);
  if (!is_recognised(out)) {
    s.report(code::doc_unrecognised, "nothing of a telegram was found", 0, s.octets.size());
    keep_as_opaque(s, false);
    return out;
  }
  keep_printed(s);
  number_unknown_lines(out);
  check_attributes(s);
  return out;
}

}  // namespace dragoman::telegram
