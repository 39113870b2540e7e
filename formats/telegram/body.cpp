// The text: paragraphs, headings, rules, lists, tables, running headers and page breaks (telegram.md 4).
//
// Lines are taken one by one; the open block decides with the next line whether it goes on. Nothing is told that might
// have to be taken back: headings are found by looking at the lines up to their rule, everything else by the line itself.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>

#include "ascii.hpp"
#include "grammar.hpp"
#include "inline.hpp"
#include "stage.hpp"

namespace dragoman::telegram {
namespace {

// What is no text between two pieces of it: furniture of pages, seams of sections, gaps.
struct page_break {
  enum class kind : std::uint8_t { header, mark, review, seam, gap, words };
  kind what = kind::header;
  std::size_t first = 0, last = 0;   // lines of furniture
  std::string_view page;             // of headers
  std::uint32_t number = 0;          // of the section that begins; of a gap: how many are lost
  std::uint32_t begin = 0, end = 0;  // octets of seams and gaps
};

class body_reader {
public:
  explicit body_reader(stage& s) : s_(s), inline_(s) {}

  void read(const std::vector<body_section>& sections) {
    const bool in_sections = sections.size() > 1;
    section_ = in_sections ? 0 : sections.front().number;
    for (const auto& section : sections) {
      if (section.is_duplicate) {
        duplicate(section);
      } else {
        if (in_sections) seam(section);
        lines(section);
      }
      // At the foot of the last page.
      for (std::size_t i = section.end; i < section.stop; ++i)
        if (s_.owner_of(i) == owner::page) furniture(i);
    }
    // The classification line says how many sections there are (telegram.md 4.4).
    if (in_sections) missing(s_.out().first.section.total, s_.at(s_.count() - 1).end);
    close_block();
    tell_breaks();
    close_section();
    inline_.end_markers();
  }

private:
  enum class block : std::uint8_t { none, paragraph, list, table };
  static constexpr std::size_t longest_level = 56;  // spaced out
  // A line with none of these begins nothing.
  static constexpr std::uint32_t may_begin =
      may_be_rule | may_be_paragraph | may_be_list | may_be_portion | has_wide_gap | is_indented | ends_in_digits;

  stage& s_;
  inline_writer inline_;
  std::size_t end_ = 0;
  block open_ = block::none;
  bool in_section_ = false;          // a div is open
  std::vector<std::size_t> opened_;  // events that open the elements that are open
  std::vector<page_break> breaks_;   // met since the last block, not told yet
  std::uint32_t expected_ = 1;       // number of the next paragraph
  std::uint32_t section_ = 1;        // that is being read
  bool is_flattened_ = false;        // a number lost its link (4.3)
  bool is_linked_ = false;           // a number has one
  char number_style_ = 0;            // what closes the numbers of paragraphs: '.' or ')'
  // The open paragraph or item: its text up to now.
  std::size_t last_text_line_ = 0;
  std::size_t text_length_ = 0;   // of the whole paragraph
  bool is_marked_ = false;        // it has a number or mark
  std::size_t authority_ = npos;  // events from here on tell a classification authority
  std::string_view last_text_;    // of its last line
  // The open list.
  bool bulleted_ = false;
  char list_kind_ = 0;
  std::uint32_t ordinal_ = 0;
  std::string_view bullet_;
  std::vector<std::size_t> table_;  // lines of the open table

  std::vector<event>& events() { return s_.out().body; }
  void open(std::string_view name, std::size_t line_number) { open(name, s_.at(line_number).begin, s_.at(line_number).end); }
  void open(std::string_view name, std::uint32_t begin, std::uint32_t end) {
    opened_.push_back(events().size());
    events().push_back({event::kind::open, name, {}, begin, end});
  }
  // An element inside a line.
  void open(std::string_view name, std::size_t line_number, std::string_view printed) {
    const auto place = s_.piece(line_number, printed);
    open(name, place.begin, place.end);
  }
  void attribute(std::string_view name, std::string_view value) {
    events().push_back({event::kind::attribute, name, value, 0, 0});
  }
  void text(std::size_t line_number, std::string_view words) { text(line_number, words, words); }
  // `printed` is the slice of the line that `words` stand for.
  void text(std::size_t line_number, std::string_view words, std::string_view printed) {
    const auto v = s_.piece(line_number, printed);
    events().push_back({event::kind::text, {}, words, v.begin, v.end});
  }
  void newline(std::size_t line_number) {
    events().push_back({event::kind::text, {}, "\n", s_.at(line_number).begin, s_.at(line_number).begin});
  }
  // Ends the element that was opened last; its octets reach as far as those of its content.
  void close() {
    auto& element = events()[opened_.back()];
    opened_.pop_back();
    element.end = std::max(element.end, events().back().end);
    events().push_back({event::kind::close, {}, {}, 0, element.end});
  }

  std::string_view number_text(std::uint32_t n) {
    char digits[12];
    const auto [stop, error] = std::to_chars(digits, digits + sizeof digits, n);
    return s_.memory().copy({digits, static_cast<std::size_t>(stop - digits)});
  }

  // -- running headers, seams (4.4) ---------------------------------------------------------------------------------
  void lines(const body_section& section) {
    end_ = section.end;
    bool after_blank = true;
    for (std::size_t i = section.begin; i < end_;) {
      if (s_.is_empty(i)) {
        s_.claim(i, owner::blank);
        after_blank = true;
        ++i;
      } else if (const auto next = take_page_line(i); next != i) {
        after_blank = true;
        i = next;
      } else {
        i = line(i, after_blank);
        after_blank = false;
      }
    }
  }
  // Another section of this number is longer. This one is kept as it stands, behind all others.
  void duplicate(const body_section& section) {
    seam(section);
    std::size_t first = section.begin, last = section.end;
    while (first < last && s_.is_empty(first)) s_.claim(first++, owner::blank);
    while (last > first && s_.is_empty(last - 1)) s_.claim(--last, owner::blank);
    if (first == last) return;
    begin_block();
    for (std::size_t i = first; i < last; ++i) s_.claim(i, s_.is_empty(i) ? owner::blank : owner::opaque);
    open("ab", first);
    attribute("type", "opaque");
    attribute("xml:space", "preserve");
    tell_lines(first, last);
    close();
  }
  // Does a stamp of review stand at its end, without its date?
  static bool lacks_date(std::string_view text) noexcept {
    return text.back() == 'w' && text.size() >= review_words.size() &&
           text.substr(text.size() - review_words.size()) == review_words;
  }
  // Takes running headers and other furniture of pages; returns the line behind it, `i` when there is none.
  std::size_t take_page_line(std::size_t i) {
    const auto& l = s_.at(i);
    const bool may_be_stamp =
        l.may_be(may_be_review | ends_in_digits) || lacks_date(l.text) || (i + 1 < end_ && s_.at(i + 1).may_be(may_be_review));
    if (!may_be_stamp && !l.may_be(may_be_page | may_be_level)) return i;
    page_header page;
    if (l.may_be(may_be_page) && parse_page_header(l.text, page)) count_sections(page.total);
    else if (const auto end = may_be_stamp ? review_stamp(i) : i; end != i) {
      for (std::size_t k = i; k < end; ++k) s_.claim(k, s_.is_empty(k) ? owner::blank : owner::page);
      breaks_.push_back({page_break::kind::review, i, end - 1, {}, 0, 0, 0});
      return end;
    } else if (!is_page_word(i)) {
      return i;
    }
    s_.claim(i, owner::page);
    furniture(i);
    return i + 1;
  }
  // Line `i` is known to be furniture.
  void furniture(std::size_t i) {
    page_header page;
    const bool is_header = parse_page_header(s_.text(i), page);
    const bool is_stamp = !is_header && find_review_stamp(s_.text(i)).first != npos;
    breaks_.push_back({is_header  ? page_break::kind::header
                       : is_stamp ? page_break::kind::review
                                  : page_break::kind::mark,
                       i, i, page.page, 0, 0, 0});
  }
  // A stamp of review that begins at line `i`: the line behind it (telegram.md 5.7 no. 100). It stands on one line, or its
  // parts on one each, the official's name in front of them.
  std::size_t review_stamp(std::size_t i) const {
    const auto text = s_.words(i);
    if (text.size() >= review_words.size() && find_review_stamp(text).first == 0) return i + 1;
    std::size_t k = i;
    if (!text.empty() && is_upper(text[0]) && text.size() < 60 && k + 1 < end_ && !same(text, "Declassified/Released")) ++k;
    for (const auto part : word_list{"Declassified/Released", "US Department of State", "EO Systematic Review"})
      if (k >= end_ || !same(trim(s_.text(k++)), part)) return i;
    return k < end_ && is_plain_date(s_.text(k)) ? k + 1 : k;
  }
  // A classification word alone is furniture only beside an archive's page header, or at the end of a section.
  bool is_page_word(std::size_t i) const {
    class_line classification;
    if (!s_.at(i).may_be(may_be_level) || s_.text(i).size() > longest_level ||
        !parse_class_line(s_.text(i), false, classification))
      return false;
    if (!classification.number.empty() || classification.section.total != 0 || !classification.captions.empty()) return false;
    const auto is_archive_line = [&](std::size_t k) {
      page_header page;
      if (parse_page_header(s_.text(k), page)) return page.is_archive;
      class_line other;
      return parse_class_line(s_.text(k), false, other) && other.number.empty() && other.section.total == 0;
    };
    std::size_t next = i + 1;
    while (next < end_ && s_.is_empty(next)) ++next;
    if (next < end_ ? is_archive_line(next) : archive_) return true;
    return !breaks_.empty() && breaks_.back().what == page_break::kind::mark;
  }
  void seam(const body_section& section) {
    const auto text = std::max(section.seam, s_.at(std::min(section.begin, s_.count() - 1)).begin);
    if (!section.is_duplicate) missing(section.number - 1, section_ == 0 ? text : section.seam);
    if (section_ != 0) {
      const auto end = text > section.seam ? text : s_.at(std::min(section.begin, s_.count() - 1)).end;
      breaks_.push_back({page_break::kind::seam, 0, 0, {}, section.number, section.seam, end});
      count_sections(section.number);
    }
    if (!section.is_duplicate) section_ = section.number;
  }
  // Sections up to `number` should have stood before octet `place`.
  void missing(std::uint32_t number, std::uint32_t place) {
    if (number <= section_) return;
    s_.report(code::section_missing, std::to_string(number - section_) + " of the sections before this place", place, place);
    breaks_.push_back({page_break::kind::gap, 0, 0, {}, number - section_, place, place});
  }
  void count_sections(std::uint32_t total) { s_.out().sections_counted = std::max(s_.out().sections_counted, total); }
  // Tells the breaks met since the last text, where they stand now: inside a paragraph or between blocks.
  void tell_breaks() {
    for (const auto& b : breaks_) {
      switch (b.what) {
        case page_break::kind::gap:
          open("gap", b.begin, b.end);
          attribute("reason", "missing");
          attribute("unit", "section");
          attribute("quantity", number_text(b.number));
          break;
        case page_break::kind::words:
          open("gap", b.begin, b.end);
          attribute("reason", "missing");
          attribute("unit", "word");
          break;
        case page_break::kind::seam:
          open("milestone", b.begin, b.end);
          attribute("unit", "section");
          attribute("n", number_text(b.number));
          break;
        case page_break::kind::header:
          open("pb", b.first);
          attribute("n", b.page);
          close();
          [[fallthrough]];
        case page_break::kind::mark:
        case page_break::kind::review:
          open("fw", s_.at(b.first).begin, s_.at(b.last).end);
          attribute("type", b.what == page_break::kind::header ? "header" : b.what == page_break::kind::mark ? "mark" : "review");
          for (std::size_t i = b.first; i <= b.last; ++i) {
            if (i > b.first) newline(i);
            text(i, trim(s_.text(i)));
          }
          break;
      }
      close();
    }
    breaks_.clear();
  }

  // -- blocks -------------------------------------------------------------------------------------------------------
  std::size_t line(std::size_t i, bool after_blank) {
    const auto before = cut_;
    const auto next = tell_line(i, after_blank);
    // A heading is cut only by what stands directly behind it.
    if (cut_.line == before.line) cut_ = {};
    return next;
  }
  std::size_t tell_line(std::size_t i, bool after_blank) {
    const auto& l = s_.at(i);
    const auto raw = l.text;
    // Nearly all lines go on with the text and begin with a letter.
    const bool has_text = open_ == block::paragraph || open_ == block::list;
    if (!after_blank && has_text && !l.may_be(may_begin) && !(i + 1 < end_ && s_.at(i + 1).may_be(may_be_rule)))
      return running_text(go_on(i, raw));
    auto words = s_.words(i);
    const bool is_plain = is_escaped_line(words);  // text, whatever it looks like; behind a blank line a paragraph
    if (is_plain) {
      if (words.size() > escape.size()) words.remove_prefix(escape.size());  // alone it is text: nothing is lost
    } else if (!is_escaped(raw)) {
      if (l.may_be(may_be_rule | ends_in_digits) && is_system_noise(words)) return opaque(i);
      if (l.may_be(may_be_rule)) {
        if (const auto title = markdown_heading(raw); !title.empty()) return heading_by_mark(i, title);
        if (const auto title = framed_heading(raw); !title.empty()) return tell_heading(i, i + 1, title, {true, {}});
        if (is_rule(raw)) return open_ == block::table && !after_blank && is_column_rule(raw) ? table(i) : rule(i);
      }
      if (l.may_be(may_be_paragraph))
        if (const auto p = match_paragraph(raw); p.found && accepts(p, after_blank)) return paragraph(i, p);
      if (const auto last = heading_lines(i, after_blank); last != i) return heading_by_rule(i, last);
      if (l.may_be(may_be_list))
        if (const auto m = list_mark_at(i); m.found && accepts(m, i, after_blank)) return item(i, m);
      if (l.may_be(has_wide_gap) &&
          (is_table_head(i) || (is_table_row(raw) && (open_ != block::paragraph || after_blank || leading_blanks(raw) > 0))))
        return table(i);
      if (open_ == block::table && !after_blank && breaks_.empty()) return table(i);
      if (const auto mark = l.may_be(may_be_portion) ? match_portion(words) : portion_mark();
          mark.length != 0 && !mark.is_small && (after_blank || is_sentence_end(last_text_)) && mark.length < words.size())
        return marked(i, mark);
      if (after_blank)
        if (const auto last = lone_heading(i); last != i) return tell_heading(i, last, joined_lines(i, last), {});
    }
    if (goes_on(words, is_plain, after_blank)) return go_on(i, words);
    begin_block();
    if (after_blank && !is_plain && words.size() <= longest_heading / 2 && is_heading_text(words) && !is_terminated(words))
      cut_ = {i, events().size(), opened_.empty() ? npos : opened_.front(), words};
    open("p", i);
    open_ = block::paragraph;
    return begin_text(i, words, false);
  }

  // Exactly one blank before what would begin something else: it is text (telegram.md 6.7).
  bool is_escaped(std::string_view raw) const noexcept {
    if (raw.size() < 2 || raw[0] != ' ' || is_blank_char(raw[1])) return false;
    const auto p = match_paragraph(raw);
    if (p.found && p.number == expected_) return false;  // a real one, set in by a blank
    return begins_something(raw.substr(1));
  }
  static std::size_t leading_blanks(std::string_view text) noexcept {
    std::size_t n = 0;
    while (n < text.size() && is_blank_char(text[n])) ++n;
    return n;
  }

  // 4.1, 4.3: is this number that of a paragraph?
  bool accepts(const paragraph_start& p, bool after_blank) const {
    const auto meant = meant_number(p);
    const bool plausible = meant >= expected_ ? meant <= expected_ + 3 : meant + 1 == expected_ && expected_ > 1;
    const bool has_mark = p.mark.length != 0 && !p.mark.is_small;
    const bool cut = open_ != block::none && !is_terminated(last_text_);
    if (p.closing == ')' && !has_mark && number_style_ != ')') return false;  // an item
    if (has_mark) return plausible || after_blank || p.pilcrow;
    if (p.pilcrow) return after_blank ? plausible || !cut : meant == expected_ && is_sentence_end(last_text_);
    if (!p.spaced && meant != expected_) return false;
    // A header may cut a sentence before a number; the next paragraph's is one, unless those had links.
    if (after_blank) return plausible && (!cut || breaks_.empty() || (meant == expected_ && !is_linked_));
    return meant == expected_ && (open_ == block::none || is_sentence_end(last_text_)) && open_ != block::list;
  }
  // A pilcrow's link flattened into the number: "14." where 4 is next (4.3).
  std::uint32_t meant_number(const paragraph_start& p) const noexcept {
    if (p.pilcrow || p.number == expected_) return p.number;
    const auto without_link = behind_one(p.number);
    if (without_link == expected_) return expected_;
    // Where links were flattened before, a number that is skipped or repeated lost its own, too.
    const bool plausible = without_link != 0 && without_link + 1 >= expected_ && without_link <= expected_ + 3;
    return is_flattened_ && plausible && p.number > expected_ + 3 ? without_link : p.number;
  }
  // 4 of 14; 0 where no number stands behind a first digit 1.
  static std::uint32_t behind_one(std::uint32_t number) noexcept {
    std::uint32_t scale = 1;
    while (scale <= number / 10) scale *= 10;
    const auto rest = number / scale == 1 ? number - scale : 0;
    return rest * 10 >= scale ? rest : 0;
  }

  void report_label(code what, std::size_t i, std::string_view label, const std::string& words) {
    const auto place = s_.piece(i, label);
    s_.report(what, words, place.begin, place.end);
  }
  std::size_t paragraph(std::size_t i, const paragraph_start& p) {
    const auto raw = s_.text(i);
    const auto meant = meant_number(p);
    is_flattened_ |= meant != p.number;
    is_linked_ |= p.pilcrow;
    const auto number = trim(raw.substr(p.label, p.label_end - p.label));
    if (meant != p.number && s_.report.wants(code::para_flattened))
      report_label(code::para_flattened, i, number, "\"" + std::string(number) + "\" is paragraph " + std::to_string(meant));
    if (meant != expected_ && !(expected_ == 1 && meant <= 2) && s_.report.wants(code::para_sequence))
      report_label(code::para_sequence, i, number,
                   "paragraph " + std::to_string(meant) + " where " + std::to_string(expected_) + " was next");
    begin_block();
    open("p", i);
    attribute("n", meant == p.number ? number.substr(0, count_digits(number)) : number_text(meant));
    s_.out().has_numbered_paragraph = true;
    expected_ = meant + 1;
    if (number_style_ == 0) number_style_ = p.closing;
    open_ = block::paragraph;
    const auto printed = raw.substr(p.label, p.label_end - p.label);
    auto label = printed;
    const bool more = p.label_end < raw.size();
    if (!more && !label.empty() && !is_blank_char(label.back())) label = s_.join(label, " ", "");
    open("label", i, printed);
    text(i, label, printed);
    close();
    if (p.mark.length != 0 && !(p.mark.is_small && p.closing == 0)) {
      tell_mark(i, p.mark, raw.substr(p.label_end, p.mark.length), p.label_end + p.mark.length < raw.size());
      return begin_text(i, raw.substr(p.label_end + p.mark.length), true);
    }
    return begin_text(i, raw.substr(p.label_end), true);
  }
  std::size_t marked(std::size_t i, const portion_mark& mark) {
    const auto words = trim(s_.text(i));
    begin_block();
    open("p", i);
    open_ = block::paragraph;
    tell_mark(i, mark, words.substr(0, mark.length), mark.length < words.size());
    return begin_text(i, words.substr(mark.length), true);
  }
  void tell_mark(std::size_t i, const portion_mark& mark, std::string_view literal, bool more) {
    if (mark.repaired) {
      const auto printed = s_.piece(i, trim(literal));
      s_.report(code::mark_repaired, "\"" + std::string(printed.text) + "\"", printed.begin, printed.end);
    }
    open("seg", i, literal);
    attribute("type", "portion");
    attribute("subtype", mark.level);
    if (!mark.controls.empty()) attribute("n", s_.memory().copy(normal_mark(mark)));
    text(i, more || is_blank_char(literal.back()) ? literal : s_.join(literal, " ", ""), literal);
    close();
  }
  // -- lists (4.2) --------------------------------------------------------------------------------------------------
  bool accepts(const list_mark& m, std::size_t i, bool after_blank) const {
    const auto previous = last_text_;
    if (m.bullet) {
      // A running header may cut a sentence before a dash.
      if (!breaks_.empty() && open_ == block::paragraph && !is_terminated(previous)) return false;
      if (after_blank || open_ == block::none) return true;
      // In the middle of a text: a wrapped dash, unless the line before ends a clause or a short item.
      if (is_sentence_end(previous) ||
          (!previous.empty() && (previous.back() == ',' || previous.back() == '"' || previous.back() == ')')))
        return open_ == block::list || is_sentence_end(previous);
      return open_ == block::list && bulleted_ && previous.size() < 50 && trim(s_.text(i)).substr(0, m.end - m.begin) == bullet_;
    }
    const bool next = open_ == block::list && !bulleted_ && list_kind_ == kind_in_list(m) && ordinal_in_list(m) == ordinal_ + 1;
    if (next) return after_blank || is_sentence_end(previous) || previous.size() < 50;
    if (m.ordinal != 1 && !m.pilcrow) return false;
    // A wrapped sentence may end in "a." or begin with an initial; a list begins behind a colon or a blank line.
    if (!after_blank) return !previous.empty() && (previous.back() == ':' || previous.back() == ';');
    return open_ == block::none || is_terminated(previous) || (open_ == block::list && previous.size() < 50);
  }
  // The mark of a list at line `i`. "I." and "(i)" are letters, but where "II." comes next they are the first of a list.
  list_mark list_mark_at(std::size_t i) const {
    auto m = match_list(s_.text(i));
    if (!m.found || !is_letter_of_one(m)) return m;
    if (open_ == block::list && list_kind_ == m.kind && ordinal_ + 1 == m.ordinal) return m;
    constexpr std::size_t longest_item = 60;  // lines
    for (std::size_t k = i + 1; k < std::min(end_, i + longest_item); ++k) {
      if (s_.is_empty(k)) continue;
      const auto next = match_list(s_.text(k));
      if (next.found && !next.bullet) {
        if (!is_roman_two(next)) return m;
        m.kind = 'i';
        m.ordinal = 1;
        return m;
      }
      if (s_.is_empty(k - 1) || match_paragraph(s_.text(k)).found) return m;  // text behind the item
    }
    return m;
  }
  // "(i)" is a letter in a list of letters.
  char kind_in_list(const list_mark& m) const noexcept {
    if (list_kind_ == 'i' && (m.kind == 'a' || m.kind == 'A') && (m.ordinal == 9 || m.ordinal == 22 || m.ordinal == 24))
      return 'i';
    return m.kind;
  }
  std::uint32_t ordinal_in_list(const list_mark& m) const noexcept {
    if (kind_in_list(m) != 'i' || m.kind == 'i') return m.ordinal;
    return m.ordinal == 9 ? 1 : m.ordinal == 22 ? 5 : 10;
  }

  std::size_t item(std::size_t i, const list_mark& m) {
    const auto raw = s_.text(i);
    const bool same_list = open_ == block::list && bulleted_ == m.bullet &&
                           (m.bullet || (list_kind_ == kind_in_list(m) && ordinal_in_list(m) == ordinal_ + 1));
    if (same_list) {
      end_text();
      close();  // item
      tell_breaks();
    } else {
      begin_block();
      open("list", i);
      attribute("rend", m.bullet ? "bulleted" : "numbered");
      bulleted_ = m.bullet;
      list_kind_ = m.kind;
    }
    ordinal_ = same_list ? ordinal_in_list(m) : m.ordinal;
    open_ = block::list;
    bullet_ = raw.substr(m.begin, m.end - m.begin);
    auto label = bullet_;
    if (m.flattened) {
      const auto printed = s_.piece(i, bullet_);
      if (s_.report.wants(code::para_flattened))
        s_.report(code::para_flattened, "a link was flattened into the label \"" + std::string(label) + "\"", printed.begin,
                  printed.end);
      if (label.back() != '.' && label.back() != ')') label = s_.join(label.substr(0, 1), ".", "");
      if (label.size() == 2 && label[1] == ']') label = s_.join(label.substr(0, 1), ".", "");
    }
    open("label", i, bullet_);
    text(i, label, bullet_);
    close();
    open("item", i, m.text < raw.size() ? raw.substr(m.text) : bullet_);  // one without words stands where its label does
    return begin_text(i, raw.substr(m.text), false, owner::list);
  }

  // -- headings, rules (4.2) ----------------------------------------------------------------------------------------
  // Lines [i, last) that a rule below makes a heading; i when there is none.
  std::size_t heading_lines(std::size_t i, bool after_blank) const {
    std::size_t length = 0;
    std::size_t k = i;
    const bool fresh = after_blank || open_ == block::none;
    if (!fresh && !(i + 1 < end_ && s_.at(i + 1).may_be(may_be_rule))) return i;
    for (; k < end_ && !s_.is_empty(k); ++k) {
      const auto words = words_of(k);
      if (is_escaped_line(words)) return i;
      if (is_table_head(k)) return i;
      if (k > i && s_.at(k).may_be(may_be_rule) && is_rule(words))
        return is_heading_text(words_of(k - 1)) && (fresh || k == i + 1) ? k : i;
      length += words.size();
      if (length > longest_heading) return i;
      if (k > i && (is_sentence_end(words_of(k - 1)) || !fresh)) return i;
      if (s_.at(k).may_be(may_be_paragraph | may_be_rule) && (match_paragraph(words).found || !markdown_heading(words).empty()))
        return i;
    }
    // Blank lines allowed before the rule, when the heading stands alone.
    if (!fresh || !is_heading_text(words_of(k - 1)) || match_list(words_of(i)).found) return i;
    std::size_t below = k;
    while (below < end_ && s_.is_empty(below)) ++below;
    return below < end_ && below - k <= 2 && is_rule(s_.text(below)) ? k : i;
  }
  // Columns with a rule below each (telegram.md 4.2, tables).
  static bool is_column_rule(std::string_view line) noexcept { return is_rule(line) && trim(line).find("  ") != npos; }
  bool is_table_head(std::size_t i) const {
    return s_.at(i).may_be(has_wide_gap) && i + 1 < end_ && s_.at(i + 1).may_be(may_be_rule) && is_column_rule(s_.text(i + 1)) &&
           !is_rule(s_.text(i));
  }
  std::string_view words_of(std::size_t k) const { return s_.words(k); }
  // Lines [i, last) in capitals alone between blank lines, with a numbered or marked paragraph below; i: there are none.
  std::size_t lone_heading(std::size_t i) const {
    if (open_ != block::none && !is_terminated(last_text_)) return i;
    std::size_t k = i, length = 0;
    for (; k < end_ && !s_.is_empty(k); ++k) {
      length += words_of(k).size() + 1;
      if (length > longest_lone_heading + 1 || !is_lone_heading_text(words_of(k))) return i;
    }
    std::size_t next = k;
    while (next < end_ && s_.is_empty(next)) ++next;
    if (next >= end_) return i;
    const auto below = s_.text(next);
    const auto p = match_paragraph(below);
    return (p.found && meant_number(p) == expected_) || match_portion(trim(below)).length != 0 ? k : i;
  }

  std::size_t heading_by_mark(std::size_t i, std::string_view title) {
    std::size_t below = i + 1;
    while (below < end_ && s_.is_empty(below)) ++below;
    const bool ruled = below < end_ && is_rule(s_.text(below));
    const auto next = tell_heading(i, i + 1, title, ruled ? cut_rule(words_of(below)) : ruling());
    return ruled ? claim_rule(next, below) : next;
  }
  // A running header may cut a heading: its first part stands as a heading without a rule or as a line by itself.
  struct cut_heading {
    std::size_t line = npos;      // of the first part
    std::size_t first_event = 0;  // of what was told of it
    std::size_t section = npos;   // event of the section that was open before it
    std::string_view title;
  };
  cut_heading cut_;
  bool resumes_heading() const {
    return cut_.line != npos && !breaks_.empty() && breaks_.front().what != page_break::kind::seam &&
           breaks_.front().what != page_break::kind::gap && !is_terminated(cut_.title);
  }
  std::size_t resume_heading(std::size_t i, std::size_t last) {
    const auto first = cut_;
    // What was told of it is told anew.
    events().resize(first.first_event);
    in_section_ = first.section != npos;
    opened_.clear();
    if (in_section_) opened_.push_back(first.section);
    open_ = block::none;
    auto breaks = std::move(breaks_);
    breaks_.clear();
    s_.reclaim(first.line, owner::heading);
    std::size_t below = last;
    while (s_.is_empty(below)) ++below;
    const auto labelled = begin_heading(first.line, first.title, cut_rule(words_of(below)));
    inline_.begin();
    inline_.add(first.line, first.title.substr(labelled));
    inline_.flush(true);
    breaks_ = std::move(breaks);
    tell_breaks();
    for (std::size_t k = i; k < last; ++k) {
      s_.claim(k, owner::heading);
      inline_.add(k, words_of(k));
    }
    inline_.flush(false);
    close();
    last_text_ = {};
    cut_ = {};
    return claim_rule(last, below);
  }

  std::size_t heading_by_rule(std::size_t i, std::size_t last) {
    if (resumes_heading()) return resume_heading(i, last);
    std::size_t below = last;
    while (s_.is_empty(below)) ++below;
    const auto title = joined_lines(i, last);
    const auto rule = words_of(below);
    const bool is_usual = rule.size() == usual_rule_length(title) && rule.find_first_not_of('-') == npos;
    tell_heading(i, last, title, {true, is_usual ? std::string_view() : rule});
    return claim_rule(last, below);
  }
  std::string_view joined_lines(std::size_t first, std::size_t last) {
    if (last == first + 1) return words_of(first);
    std::string joined;
    for (std::size_t k = first; k < last; ++k) {
      if (!joined.empty()) joined += '\n';
      joined += words_of(k);
    }
    return s_.memory().copy(joined);
  }
  std::size_t claim_rule(std::size_t from, std::size_t below) {
    for (std::size_t k = from; k < below; ++k) s_.claim(k, owner::blank);
    s_.claim(below, owner::rule);
    return below + 1;
  }
  // The rule below a heading; its characters where they are not those that the writer would make (telegram.md 5.6 no. 87).
  struct ruling {
    bool is_there = false;
    std::string_view odd;
  };
  // Below a heading in markdown, or one that a running header cut.
  static ruling cut_rule(std::string_view rule) noexcept { return {true, rule == "-----" ? std::string_view() : rule}; }
  std::size_t tell_heading(std::size_t first, std::size_t last, std::string_view title, ruling rule) {
    for (std::size_t k = first; k < last; ++k) s_.claim(k, owner::heading);
    close_block();
    tell_breaks();
    if (!rule.is_there && last == first + 1) cut_ = {first, events().size(), opened_.empty() ? npos : opened_.front(), title};
    const auto labelled = begin_heading(first, title, rule);
    inline_.begin();
    inline_.add(first, (last == first + 1 ? title : words_of(first)).substr(labelled));
    for (std::size_t k = first + 1; k < last; ++k) inline_.add(k, words_of(k));
    inline_.flush(false);
    close();
    last_text_ = {};
    return last;
  }
  // Opens the section and its heading, and tells the label of the title; returns how long that is.
  std::size_t begin_heading(std::size_t first, std::string_view title, ruling rule) {
    close_section();
    in_section_ = true;
    open("div", first);
    attribute("type", "section");
    const auto m = match_list(title);
    const bool labelled = m.found && !m.bullet && m.kind != '1' && m.begin <= 6;
    if (const auto known = section_kind(labelled ? title.substr(m.text) : title); !known.empty()) attribute("subtype", known);
    open("head", first);
    if (rule.is_there) attribute("rend", "ruled");
    if (!rule.odd.empty()) attribute("n", rule.odd);
    note_marker(title, first, true);
    if (!labelled) return 0;
    auto printed = title.substr(m.begin, m.text - m.begin);
    auto label = printed;
    if (label.size() > 1 && label[1] == ']') {
      printed = title.substr(m.begin, 1);
      label = s_.join(printed, ". ", "");
    }
    // A title of several lines is a copy; its label stands in the first of them.
    const auto line_words = words_of(first);
    const bool is_copy = title.data() != line_words.data() && title.substr(0, line_words.size()) == line_words;
    if (is_copy) printed = line_words.substr(m.begin, printed.size());
    if (m.flattened) {
      const auto place = s_.piece(first, trim(printed));
      s_.report(code::para_flattened, "a link was flattened into the label of a heading", place.begin, place.end);
    }
    open("label", first, printed);
    text(first, label, printed);
    close();
    return m.text;
  }
  static std::string_view section_kind(std::string_view title) noexcept {
    while (!title.empty() && !is_alnum(title.back())) title.remove_suffix(1);
    if (same(title, "SUMMARY") || same(title, "SUMMARY AND COMMENT") || same(title, "INTRODUCTION AND SUMMARY")) return "summary";
    if (same(title, "COMMENT") || same(title, "COMMENTS")) return "comment";
    if (same(title, "ACTION") || same(title, "ACTION REQUEST") || same(title, "ACTION REQUESTED")) return "action";
    return {};
  }
  std::size_t rule(std::size_t i) {
    // A rule above a heading that has one below frames it.
    std::size_t next = i + 1;
    std::size_t last = next;
    if (next < end_ && !s_.is_empty(next) && !is_rule(s_.text(next))) {
      last = heading_lines(next, true);
      if (last != next && last < end_ && is_rule(s_.text(last))) {
        s_.claim(i, owner::rule);
        close_block();
        return heading_by_rule(next, last);
      }
    }
    s_.claim(i, owner::rule);
    begin_block();
    open("milestone", i);
    attribute("unit", "rule");
    attribute("n", words_of(i));
    close();
    last_text_ = {};
    return i + 1;
  }

  // -- tables, opaque lines -----------------------------------------------------------------------------------------
  std::size_t table(std::size_t i) {
    if (open_ != block::table || !breaks_.empty()) {
      begin_block();
      open_ = block::table;
    } else if (table_.empty() || table_.back() + 1 != i) {
      begin_block();
      open_ = block::table;
    }
    s_.claim(i, owner::preformatted);
    table_.push_back(i);
    last_text_ = {};
    return i + 1;
  }
  void tell_table() {
    open("ab", table_.front());
    attribute("type", "preformatted");
    attribute("xml:space", "preserve");
    tell_lines(table_.front(), table_.back() + 1);
    close();
    table_.clear();
  }
  // Lines as they stand, newline between them; one that was cut is whole again.
  void tell_lines(std::size_t first, std::size_t last) {
    for (std::size_t k = first; k < last; ++k) {
      const bool is_rest = k > first && s_.is_rest_of_line(k);
      if (k > first && !is_rest) newline(k);
      text(k, is_rest ? s_.rest_with_blanks(k) : s_.text(k));
    }
  }
  std::size_t opaque(std::size_t i) {
    s_.claim(i, owner::opaque);
    s_.report(code::noise_system, "\"" + std::string(words_of(i).substr(0, 60)) + "\"", s_.at(i).begin, s_.at(i).end);
    begin_block();
    open("ab", i);
    attribute("type", "opaque");
    attribute("xml:space", "preserve");
    text(i, words_of(i));
    close();
    return i + 1;
  }

  // -- running text -------------------------------------------------------------------------------------------------
  // Does this line, which begins nothing, go on with the open paragraph or item?
  bool goes_on(std::string_view words, bool is_plain, bool after_blank) {
    if (open_ != block::paragraph && open_ != block::list) return false;
    if (!breaks_.empty()) return is_plain || !begins_part(words) || !is_terminated(last_text_);  // a running header cut it
    if (!after_blank) return true;
    if (is_plain) return false;
    if (is_terminated(last_text_) || is_marker_line(words)) return false;
    const bool small = is_lower(words[0]);
    if (small) return true;
    if (open_ == block::list || last_text_.back() == ',') return false;
    return is_marked_ || text_length_ >= 50;
  }
  // "END TEXT.", "BEGIN TEXT:": behind a blank line it goes on with no sentence.
  static bool is_marker_line(std::string_view words) noexcept {
    return match_marker_end(words).what != marker::none || begins_part(words);
  }
  // Does a sentence begin here? A word that only begins one has a capital: no sentence that was cut goes on with it.
  static bool begins_sentence(std::string_view words) noexcept {
    if (words.size() < 2 || !is_upper(words[0]) || (is_upper(words[1]) && words[1] != ' ')) return false;
    const auto word = take_word(words);
    for (const auto first : word_list{"The",   "A",       "An",    "He",  "She", "It",    "They", "We",  "This", "These",
                                      "That",  "Those",   "There", "In",  "On",  "At",    "But",  "And", "If",   "When",
                                      "While", "However", "As",    "His", "Her", "Their", "Its",  "Our"})
      if (word == first) return true;
    return false;
  }
  std::size_t go_on(std::size_t i, std::string_view words) {
    const bool is_cut = last_text_line_ + 1 != i;
    const bool lacks_words = is_cut && begins_sentence(words) && !is_terminated(last_text_);
    if (lacks_words || (is_cut && breaks_.empty())) {
      std::string_view rest = words;
      const auto first = s_.piece(i, take_word(rest));
      if (s_.report.wants(code::text_gap))
        s_.report(code::text_gap,
                  (lacks_words ? "words are missing before \"" : "a blank line cut the sentence before \"") +
                      std::string(words.substr(0, 40)) + "\"",
                  first.begin, first.end);
      if (lacks_words) breaks_.push_back({page_break::kind::words, 0, 0, {}, 0, first.begin, first.begin});
    }
    if (!breaks_.empty()) {
      inline_.flush(true);
      tell_breaks();
    }
    s_.claim(i, open_ == block::list ? owner::list : owner::paragraph);
    add_text(i, words);
    return i + 1;
  }
  // Takes the lines from `first` on that neither begin anything nor are furniture, behind one that goes on with the text;
  // returns the line behind them. What is asked of each line elsewhere is answered here by its traits and those of the next.
  std::size_t running_text(std::size_t first) {
    constexpr std::uint32_t may_be_other = may_begin | may_be_page | may_be_level | may_be_review;
    const auto o = open_ == block::list ? owner::list : owner::paragraph;
    std::string_view run;  // lines of it that stand one behind the other
    std::size_t i = first;
    for (; i < end_; ++i) {
      const auto& l = s_.at(i);
      if (l.text.empty() || (l.may_be(may_be_other) && !is_long_text(i)) || lacks_date(l.text)) break;
      if (i + 1 < end_ && s_.at(i + 1).may_be(may_be_rule | may_be_review)) break;
      s_.claim(i, o);
      if (const char* behind = run.data() + run.size(); i > first && behind + 1 == l.text.data() && *behind == '\n') {
        run = {run.data(), run.size() + 1 + l.text.size()};
      } else {
        if (i > first) add_text(i - 1, run);
        run = l.text;
      }
    }
    if (i == first) return i;
    add_text(i - 1, run);
    last_text_ = s_.text(i - 1);
    cut_ = {};
    return i;
  }
  // Does the line only begin like a level, and is longer than one?
  bool is_long_text(std::size_t i) const noexcept {
    const auto& l = s_.at(i);
    return !l.may_be(may_begin | may_be_page | may_be_review) && l.text.size() > longest_level;
  }
  std::size_t begin_text(std::size_t i, std::string_view words, bool is_marked, owner o = owner::paragraph) {
    s_.claim(i, o);
    text_length_ = 0;
    is_marked_ = is_marked;
    inline_.begin();
    last_text_ = {};
    last_text_line_ = i;
    authority_ = npos;
    words = trim(words);
    if (words.empty()) return i + 1;
    const char c = upper(words[0]);
    if (c == 'C' && match_label(words).what == label::classified && s_.out().classified_by.empty()) authority_ = events().size();
    if (c == 'S' || c == 'B' || c == 'C' || c == 'N' || c == 'T' || c == '(') note_marker(words, i, false);
    add_text(i, words);
    return running_text(i + 1);
  }
  // The authority may stand in a paragraph, which is kept (telegram.md 2.10, 5.6 no. 75).
  void read_authority_of_text() {
    std::string words;
    std::uint32_t begin = std::numeric_limits<std::uint32_t>::max(), end = 0;
    for (std::size_t i = authority_; i < events().size(); ++i) {
      const auto& e = events()[i];
      if (e.what != event::kind::text) continue;
      begin = std::min(begin, e.begin);  // a section may stand before the one that it goes on with
      end = std::max(end, e.end);
      words += e.text;
    }
    authority_ = npos;
    std::string collapsed;
    bool blank = true;
    append_collapsed(collapsed, words, blank);
    const auto text = s_.memory().copy(collapsed);
    read_authority(s_, {trim(text.substr(match_label(text).value)), begin, end});
  }

  // -- markers (4.2): SUMMARY, END SUMMARY -----------------------------------------------------------------------------
  void note_marker(std::string_view words, std::size_t line_number, bool is_heading) {
    const auto whole = words;
    if (words.front() == '(') words.remove_prefix(1);
    const bool is_said = starts_with_word(words, "BEGIN");
    if (is_said) words = trim(words.substr(5));
    else if (starts_with_word(words, "TALKING")) words = trim(words.substr(7));
    const auto found = match_marker(words, true);
    if (found.what == marker::none) return;
    const auto word = words.substr(0, found.length), rest = trim(words.substr(found.length));
    const bool is_word_alone =
        is_all_upper(word) || rest.empty() || char_set(".:-").has(rest.front()) || starts_with_word(rest, "AND");
    if (!is_said && !is_word_alone) return;
    const auto printed = whole.substr(0, static_cast<std::size_t>(word.data() + word.size() - whole.data()));
    if (!found.is_exact) {
      const auto place = s_.piece(line_number, word);
      s_.report(code::marker_unbalanced, "\"" + std::string(word) + "\" is misspelt", place.begin, place.end);
    }
    // A heading's summary need not end, nor need a comment that is a paragraph.
    inline_.begin_marked(found.what, s_.piece(line_number, printed), is_said || (found.what == marker::summary && !is_heading));
  }
  void add_text(std::size_t i, std::string_view words) {
    inline_.add(i, words);
    text_length_ += words.size() + 1;
    last_text_ = words;
    last_text_line_ = i;
  }
  void end_text() {
    inline_.flush(false);
    if (authority_ != npos) read_authority_of_text();
  }

  // Ends the open block, tells the breaks behind it, and is ready for the next.
  void begin_block() {
    close_block();
    tell_breaks();
  }
  void close_block() {
    switch (open_) {
      case block::none: break;
      case block::paragraph:
        end_text();
        close();
        break;
      case block::list:
        end_text();
        close();
        close();
        break;
      case block::table: tell_table(); break;
    }
    open_ = block::none;
  }
  void close_section() {
    if (in_section_) close();
    in_section_ = false;
  }

public:
  bool archive_ = false;  // the text has an archive's page headers
};

}  // namespace

void read_body(stage& s, const std::vector<body_section>& sections) {
  body_reader reader(s);
  reader.archive_ = !s.out().attributes.empty();
  for (const auto& page : s.out().first.pages) reader.archive_ |= starts_with(page.text, "PAGE ");
  reader.read(sections);
}

}  // namespace dragoman::telegram
