// Between heading and paragraphs: classification line, captions, passing instructions, and the labelled lines E.O., TAGS,
// SUBJECT, REF and classification authority (telegram.md 2.4 to 2.10).
#include <algorithm>
#include <array>
#include <string>

#include "ascii.hpp"
#include "grammar.hpp"
#include "opening.hpp"
#include "stage.hpp"
#include "vocabulary.hpp"

namespace dragoman::telegram {
namespace {

class opening_reader {
public:
  opening_reader(stage& s, heading& h, bool is_first) : s_(s), h_(h), is_first_(is_first) {}

  std::size_t read(std::size_t at, std::size_t end) {
    last_label_ = find_last_label(at, end);
    while ((at = s_.skip_blank(at, end)) < end) {
      const auto count = s_.count();
      const auto next = line(at, end);
      end += s_.count() - count;  // lines that were cut in two
      if (next == at) break;
      at = next;
    }
    return at;
  }

private:
  // Where the labelled lines end: the last one before the first paragraph. Text between them that no rule knows is a line
  // of the heading, text behind them is the body. Of SUBJECT and TAGS only the first counts (telegram.md 5.4 no. 58).
  std::size_t find_last_label(std::size_t at, std::size_t end) const {
    std::size_t last = at, others = 0;
    bool has_subject = false, has_tags = false;
    for (std::size_t i = at; i < end && others < 60; ++i) {
      if (s_.is_empty(i)) continue;
      const auto text = s_.text(i);
      const auto what = match_label(text).what;
      const bool again = (what == label::subject && has_subject) || (what == label::tags && has_tags);
      if (what != label::none && !again && (is_first_ || first_has(what))) {
        has_subject |= what == label::subject;
        has_tags |= what == label::tags;
        last = i + 1;
        others = 0;
        continue;
      }
      const auto p = match_paragraph(text);
      if (p.found && (p.pilcrow || p.mark.length != 0 || p.number == 1)) break;
      if (!markdown_heading(text).empty()) break;
      ++others;
    }
    return last;
  }

  // Has the first section such a line, so that a later one may repeat it?
  bool first_has(label what) const {
    const auto& out = s_.out();
    switch (what) {
      case label::order: return !out.declassify.empty();
      case label::tags: return !out.tags.empty();
      case label::subject: return !out.subject.empty();
      case label::refs: return out.has_reference_line;
      default: return !out.classified_by.empty() || !out.derived_from.empty() || !out.declassify_on.empty();
    }
  }

  // Takes line `i` and what belongs to it; returns `i` when the text begins there.
  std::size_t line(std::size_t i, std::size_t end) {
    const auto text = trim(s_.text(i));
    if (same(text, "BT")) {
      s_.claim(i, owner::break_line);
      return i + 1;
    }
    page_header page;
    if (parse_page_header(text, page)) {
      s_.claim(i, owner::page);
      if (is_first_) h_.pages.push_back(s_.piece(i, text));
      return i + 1;
    }
    const labelled l = match_label(s_.text(i));
    if (l.what != label::none && i < last_label_) return labelled_lines(i, end, l);
    class_line classification;
    if (!has_class_ && labels_ == 0 && parse_class_line(text, true, classification)) return take_class_line(i, classification);
    if (match_paragraph(s_.text(i)).found) return i;
    if (labels_ == 0 && is_correction(text)) {
      s_.claim(i, owner::correction);
      if (is_first_) s_.out().corrections.push_back(s_.piece(i, text));
      return i + 1;
    }
    if (!is_first_ && !repeats(text)) return i;
    if (captions(i, text)) return i + 1;
    if (labels_ == 0 && is_passing(text) && (i < last_label_ || addresses_department(text))) return passing(i, end);
    if (!is_first_ || i >= last_label_) return i;
    s_.keep_unknown(i, {});
    return i + 1;
  }

  // A later section repeats captions and instructions of the first; other text is the telegram's.
  bool repeats(std::string_view text) const {
    const auto begins_like = [&](const value& v) { return starts_with(v.text, text.substr(0, std::min(text.size(), v.text.size()))) || starts_with(text, v.text); };
    const auto& out = s_.out();
    return std::any_of(out.captions.begin(), out.captions.end(), begins_like) || std::any_of(out.passing.begin(), out.passing.end(), begins_like) ||
           std::any_of(out.corrections.begin(), out.corrections.end(), begins_like);
  }
  // Without labelled lines behind it, only a sure word begins an instruction.
  static bool addresses_department(std::string_view text) noexcept {
    std::string_view rest = text;
    const auto word = take_word(rest);
    return same(word, "DEPT") || same(word, "STATE") || same(word, "DEPARTMENT");
  }

  std::size_t take_class_line(std::size_t i, const class_line& classification) {
    has_class_ = true;
    s_.claim(i, is_first_ ? owner::class_line : owner::repeated);
    h_.classification = {classification.level.name, s_.at(i).begin, s_.at(i).end};
    h_.section = classification.section;
    h_.number = classification.number;
    if (classification.level.repaired)
      s_.report(code::class_repaired, "read as " + std::string(classification.level.name), s_.at(i).begin, s_.at(i).end);
    if (is_first_) each_caption(i, classification.captions);
    return i + 1;
  }

  // Captions of a line, or of the classification line, one by one.
  void each_caption(std::size_t i, std::string_view text) {
    while (!text.empty()) {
      while (!text.empty() && (is_space(text[0]) || text[0] == '/' || text[0] == ',' || text[0] == ';')) text.remove_prefix(1);
      const auto length = match_caption(text);
      if (length == 0) return;
      auto caption = s_.piece(i, text.substr(0, length));
      if (!is_all_upper(caption.text)) caption.text = s_.upper_copy(caption.text);
      s_.out().captions.push_back(caption);
      text.remove_prefix(length);
    }
  }
  bool captions(std::size_t i, std::string_view text) {
    // A level repeated with a control, "SECRET//NOFORN", is a caption as it stands.
    class_line classification;
    const bool level_and_control = parse_class_line(text, false, classification) && classification.number.empty() && classification.section.total == 0;
    if (!level_and_control) {
      auto rest = text;
      while (!rest.empty()) {
        const auto length = match_caption(rest);
        if (length == 0) return false;
        rest.remove_prefix(length);
        while (!rest.empty() && (is_space(rest[0]) || rest[0] == '/' || rest[0] == ',' || rest[0] == ';' || rest[0] == '.')) rest.remove_prefix(1);
      }
    }
    s_.claim(i, is_first_ ? owner::caption : owner::repeated);
    if (!is_first_) return true;
    if (level_and_control) s_.out().captions.push_back(s_.piece(i, text));
    else each_caption(i, text);
    return true;
  }

  // An instruction, and the lines that go on with it (telegram.md 5.3 no. 37); a semicolon parts several.
  std::size_t passing(std::size_t i, std::size_t end) {
    const std::size_t first = i;
    for (++i; i < end && !s_.is_empty(i); ++i)
      if (is_passing(s_.text(i)) || ends_continuation(i) || match_caption(trim(s_.text(i))) != 0 || is_correction(s_.text(i))) break;
    auto text = joined(first, i, s_.text(first), owner::passing);
    if (!is_first_) return i;
    while (!text.empty()) {
      std::size_t cut = text.find(';');
      while (cut != npos && !is_passing(text.substr(cut + 1))) cut = text.find(';', cut + 1);
      const auto part = trim(text.substr(0, cut));
      s_.out().passing.push_back({part, s_.at(first).begin, s_.at(i - 1).end});
      if (cut == npos) break;
      text.remove_prefix(cut + 1);
    }
    return i;
  }

  // Does line `i` go on with the value of the labelled line above it? "for / reasons 1.4 (b)" is no line of its own.
  bool goes_on(label what, std::size_t i) const {
    if (what == label::classified && match_label(s_.text(i)).what == label::reason) return true;
    return !ends_continuation(i) && (what != label::tags || goes_on_with_tags(i));
  }
  // Does line `i` end the value of the labelled line above it?
  bool ends_continuation(std::size_t i) const {
    const auto text = s_.text(i);
    if (match_label(text).what != label::none) return true;
    const auto p = match_paragraph(text);
    if (p.found && (p.pilcrow || p.mark.length != 0 || p.number == 1)) return true;
    if (same(trim(text), "BT") || !markdown_heading(text).empty()) return true;
    class_line classification;
    page_header page;
    return parse_page_header(text, page) || (parse_class_line(text, false, classification) && !classification.number.empty());
  }

  // The value of a labelled line and its continuation, joined by one blank; a broken word keeps its hyphen and gets none.
  // Claims the lines [first, last).
  std::string_view joined(std::size_t first, std::size_t last, std::string_view value, owner o) {
    for (std::size_t i = first; i < last; ++i) s_.claim(i, is_first_ ? o : owner::repeated);
    if (last == first + 1) return trim(value);
    std::string out(trim(value));
    for (std::size_t i = first + 1; i < last; ++i) {
      const auto more = trim(s_.text(i));
      const bool broken = out.size() > 1 && out.back() == '-' && is_letter(out[out.size() - 2]) && !more.empty() && is_letter(more[0]);
      if (!broken && !out.empty()) out += ' ';
      out += more;
    }
    return s_.memory().copy(out);
  }
  value spanned(std::size_t first, std::size_t last, std::string_view text) const {
    if (last == first + 1) return s_.piece(first, text);
    return {text, s_.at(first).begin, s_.at(last - 1).end};
  }

  // Did another line say this before? The first one counts (telegram.md 5.4 no. 58).
  bool is_said(label what) const {
    const auto& out = s_.out();
    switch (what) {
      case label::order: return !out.declassify.empty();
      case label::tags: return !out.tags.empty();
      case label::subject: return !out.subject.empty();
      case label::refs: return out.has_reference_line;
      case label::classified: return !out.classified_by.empty();
      case label::reason: return !out.classified_by.reason.empty();
      case label::declassify_on: return !out.declassify_on.empty();
      case label::derived: return !out.derived_from.empty();
      default: return false;
    }
  }

  std::size_t labelled_lines(std::size_t i, std::size_t end, const labelled& l) {
    ++labels_;
    if (is_first_ && is_said(l.what)) {
      s_.keep_unknown(i, " says again what another line said");
      return i + 1;
    }
    if (l.repaired) s_.report(code::label_repaired, "\"" + std::string(trim(s_.text(i).substr(0, l.value))) + "\"", s_.at(i).begin, s_.at(i).end);
    if (split_glued_label(i, l.what, l.value + 1)) ++end;
    if (l.what == label::refs) return references(i, end, l.value);
    std::size_t last = i + 1;
    for (; last < end && !s_.is_empty(last) && goes_on(l.what, last); ++last)
      if (l.what == label::subject && split_glued_label(last, l.what, 1)) ++end;
    const auto text = joined(i, last, s_.text(i).substr(l.value), owner::labelled);
    if (!is_first_) return last;
    const value v = spanned(i, last, text);
    auto& out = s_.out();
    switch (l.what) {
      case label::order: read_order(v); break;
      case label::tags: read_tags(v); break;
      case label::subject:
        if (out.subject.empty()) out.subject = v;
        break;
      case label::classified:
        if (!out.classified_by.empty()) break;
        read_authority(s_, v);
        break;
      case label::reason:
        if (out.classified_by.reason.empty()) {
          out.classified_by.reason = v;
          while (!out.classified_by.reason.text.empty() && out.classified_by.reason.text.back() == '.') out.classified_by.reason.text.remove_suffix(1);
          read_reasons(s_);
        }
        break;
      case label::declassify_on: out.declassify_on = v; break;
      case label::derived: out.derived_from = v; break;
      default: break;
    }
    return last;
  }

  // Two labelled lines on one: "N/A TAGS: PREL", "DUESREF: A." (telegram.md 5.3 no. 45, 5.4 no. 55).
  bool split_glued_label(std::size_t i, label what, std::size_t from) {
    const auto text = s_.text(i);
    for (const std::string_view next : {"TAGS:", "SUBJECT:", "REF:", "Classified By:"}) {
      for (auto at = find_word(text, next, from); at != npos; at = find_word(text, next, at + 1)) {
        const bool after_blank = is_blank_char(text[at - 1]);
        const bool tags_behind_order = what == label::order && (after_blank || is_alnum(text[at - 1]));
        const bool glued = what == label::subject && is_letter(text[at - 1]) && next != "TAGS:" && next != "SUBJECT:";
        if (!tags_behind_order && !glued) continue;
        if (!s_.may_split(i)) return false;
        s_.report(code::label_glued, std::string(next) + " stood inside another line", s_.at(i).begin, s_.at(i).end);
        s_.split_line(i, at);
        last_label_ = std::max(last_label_ + 1, i + 2);
        return true;
      }
    }
    return false;
  }

  bool goes_on_with_tags(std::size_t i) const {
    std::string_view rest = trim(s_.text(i)), inner;
    bool any = false;
    while (!rest.empty()) {
      if (const auto link = match_link(rest, inner)) {
        rest.remove_prefix(link);
      } else if (rest[0] == '(' && rest.find(')') != npos) {
        rest.remove_prefix(rest.find(')') + 1);
      } else {
        auto end = rest.find_first_of(" \t,;");
        if (end == npos) end = rest.size();
        const auto word = rest.substr(0, end);
        if (!word.empty() && (!is_tag_shape(word) || !is_all_upper(word))) return false;
        rest.remove_prefix(end == rest.size() ? end : end + 1);
      }
      any = true;
      rest = trim_left(rest);
    }
    return any;
  }

  // -- E.O. (2.6) ---------------------------------------------------------------------------------------------------
  void read_order(const value& v) {
    auto& out = s_.out();
    if (!out.declassify.empty()) return;
    out.declassify = v;
    const auto digits = std::find_if(v.text.begin(), v.text.end(), is_digit);
    const auto at = static_cast<std::size_t>(digits - v.text.begin());
    auto number = v.text.substr(at, count_digits(v.text.substr(at)));
    if (number.size() != 5) return;
    if (!terms::executive_orders.find(number)) {
      const auto near = nearest_order(number);
      if (near.empty()) return;
      s_.report(code::eo_repaired, std::string(number) + " read as " + std::string(near), v.begin, v.end);
      number = near;
    }
    out.order = {s_.join("E.O.", " ", number), v.begin, v.end};
    char date[10];
    if (find_date(v.text.substr(at + 5), date)) out.declassify_date = {s_.memory().copy({date, 10}), v.begin, v.end};
  }
  static std::string_view nearest_order(std::string_view number) noexcept {
    struct fault { std::string_view printed, meant; };
    constexpr std::array<fault, 8> faults{{{"12598", "12958"}, {"19523", "12958"}, {"19528", "12958"}, {"16652", "11652"},
                                           {"11653", "11652"}, {"12985", "12958"}, {"13256", "13526"}, {"11625", "11652"}}};
    for (const auto& f : faults)
      if (f.printed == number) return f.meant;
    return {};
  }

  // -- TAGS (2.7) ---------------------------------------------------------------------------------------------------
  void read_tags(const value& v) {
    auto& tags = s_.out().tags;
    if (!tags.empty()) return;
    bool lower_case = false;
    const bool has_comma = v.text.find(',') != npos || v.text.find(';') != npos;
    std::string_view rest = v.text, inner;
    const auto add = [&](std::string_view word) {
      word = trim(word);
      if (word.empty()) return;
      if (match_caption(word) == word.size() && word != "SENSITIVE") {  // a caption among the tags (5.4 no. 52)
        s_.out().captions.push_back({is_all_upper(word) ? word : s_.upper_copy(word), v.begin, v.end});
        return;
      }
      if (!is_all_upper(word) && is_tag_shape(word)) {
        lower_case = true;
        word = s_.upper_copy(word);
      }
      tags.push_back({word, v.begin, v.end});
    };
    while (!(rest = trim_left(rest)).empty()) {
      if (rest[0] == ',' || rest[0] == ';') {
        rest.remove_prefix(1);
        continue;
      }
      if (const auto link = match_link(rest, inner)) {
        add(inner);
        rest.remove_prefix(link);
        continue;
      }
      if (rest[0] == '(') {  // a name
        const auto close = rest.find(')');
        add(rest.substr(1, close == npos ? npos : close - 1));
        rest.remove_prefix(close == npos ? rest.size() : close + 1);
        continue;
      }
      const auto end = std::min(rest.find_first_of(has_comma ? ",;([" : "([", 1), rest.size());  // from 1: a "[" that opens no link
      each_word(trim(rest.substr(0, end)), has_comma, add);
      rest.remove_prefix(end);
    }
    if (lower_case) s_.report(code::tags_case, "tags in small letters", v.begin, v.end);
  }
  // Codes one by one; words that are none are one tag together (telegram.md 5.4 no. 50).
  template <class Add>
  static void each_word(std::string_view text, bool has_comma, Add&& add) {
    std::string_view rest = text;
    std::size_t words = 0, doubtful = 0;
    bool is_prose = false;
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest), ++words) {
      is_prose |= !is_tag_shape(word);
      doubtful += !is_code_shape(word);
    }
    if (is_prose || (has_comma && words >= 3 && doubtful > 0)) {
      add(text);
      return;
    }
    rest = text;
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) add(word);
  }

  // -- REF (2.9) ----------------------------------------------------------------------------------------------------
  std::size_t references(std::size_t i, std::size_t end, std::size_t from) {
    std::size_t last = i;
    std::string item_label, item;
    std::uint32_t begin = 0, stop = 0;
    auto& refs = s_.out().refs;
    const bool take = is_first_ && refs.empty();
    if (is_first_) s_.out().has_reference_line = true;
    std::size_t opened = 0;
    bool after_semicolon = false;
    char first_label = 0;  // as printed
    const auto flush = [&] {
      if (opened++ > 0 && take) add_items(item_label, trim(item), begin, stop);
      item.clear();
      item_label.clear();
    };
    for (;;) {
      s_.claim(last, is_first_ ? owner::labelled : owner::repeated);
      std::string_view rest = trim(s_.text(last).substr(last == i ? from : 0));
      // Items of one line: "(A) PORT ALTAIR 871; (B) STATE 151022", two columns.
      while (!rest.empty()) {
        std::size_t label_end = 0;
        const auto label = match_item_label(rest, label_end);
        if (!label.empty() || opened == 0 || after_semicolon) {
          flush();
          if (opened == 0) opened = 1;
          item_label = upper_string(label);
          if (first_label == 0 && !label.empty()) first_label = label[0];
          begin = s_.at(last).begin;
          rest = trim(rest.substr(label_end));
          // "A. REF A", "REF: REF:", "A. A)": the same label again.
          std::size_t again = 0;
          if (const auto second = match_item_label(rest, again); !second.empty() && same(second, label)) rest = trim(rest.substr(again));
        } else if (!item.empty()) {
          item += ' ';
        }
        const auto cut = find_next_item(rest);
        item += rest.substr(0, cut);
        stop = s_.at(last).end;
        after_semicolon = cut < rest.size() && rest[cut] == ';';
        rest = cut == rest.size() ? std::string_view() : trim(rest.substr(cut));
        while (!rest.empty() && (rest[0] == ';' || rest[0] == ',')) rest = trim(rest.substr(1));
      }
      // The list goes on on the next line, or behind blank lines and running headers with the next label.
      std::size_t next = last + 1;
      if (next < end && !s_.is_empty(next) && !ends_continuation(next)) {
        last = next;
        continue;
      }
      page_header page;
      while (next < end && (s_.is_empty(next) || parse_page_header(s_.text(next), page))) ++next;
      std::size_t label_end = 0;
      if (next >= end || ends_continuation(next)) break;
      const auto label = match_item_label(trim(s_.text(next)), label_end);
      if (!goes_on_with_item(label, first_label, opened)) break;
      for (std::size_t k = last + 1; k < next; ++k) {
        s_.claim(k, s_.is_empty(k) ? owner::blank : owner::page);
        if (!s_.is_empty(k) && is_first_) h_.pages.push_back(s_.piece(k, trim(s_.text(k))));
      }
      last = next;
    }
    flush();
    return last + 1;
  }

  // Behind a blank line only a label of the same kind goes on with the list: "(d). The dues" may be text. A later section
  // repeats what the first has, and no more.
  bool goes_on_with_item(std::string_view label, char first_label, std::size_t items) const {
    if (label.empty() || (first_label != 0 && is_upper(label[0]) != is_upper(first_label))) return false;
    return is_first_ || items < s_.out().refs.size();
  }

  static std::string upper_string(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), upper);
    return out;
  }

  // Where the next item begins on the line: behind ";" before a label or reference, or at a label behind a wide gap.
  static std::size_t find_next_item(std::string_view text) noexcept {
    for (std::size_t i = 1; i < text.size(); ++i) {
      std::size_t label_end = 0;
      if (text[i] == ';') return i;
      if (text[i] == ',' && !match_item_label(trim(text.substr(i + 1)), label_end).empty()) return i;
      if (is_blank_char(text[i]) && i + 1 < text.size() && !is_blank_char(text[i + 1])) {
        const bool wide = i >= 1 && is_blank_char(text[i - 1]);
        const auto rest = text.substr(i + 1);
        const bool bracketed = rest[0] == '(' || (rest.size() > 1 && rest[1] == ')');
        if ((wide || (bracketed && is_digit(last_word(text.substr(0, i)).empty() ? ' ' : last_word(text.substr(0, i)).back()))) &&
            !match_item_label(rest, label_end).empty())
          return i;
      }
    }
    return text.size();
  }

  // The items of one label: usually one; several numbers of one station stand apart (telegram.md 5.5 no. 62).
  void add_items(const std::string& label, std::string_view text, std::uint32_t begin, std::uint32_t stop) {
    if (text.empty() && label.empty()) return;
    if (same(text, "NONE") || same(text, "N/A") || same(text, "NONE.")) return;
    auto& refs = s_.out().refs;
    const auto add = [&](std::string_view part, std::string_view with_label) {
      part = trim(part);
      while (!part.empty() && (part.back() == ';' || part.back() == ',')) part = trim(part.substr(0, part.size() - 1));
      if (part.empty() && with_label.empty()) return;
      reference r;
      r.label = s_.memory().copy(with_label);
      r.text = s_.memory().copy(part);
      r.begin = begin;
      r.end = stop;
      refs.push_back(r);
    };
    // "ORMUNDE 12, 13 AND 14": split only where every part behind the first is a number, or a whole reference.
    std::size_t from = 0;
    std::string_view with_label = label;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
      const bool comma = text[i] == ',';
      const bool word = is_blank_char(text[i]) && starts_with(text.substr(i + 1), "AND ");
      if (!comma && !word) continue;
      auto rest = trim(text.substr(i + (comma ? 1 : 5)));
      if (starts_with(rest, "AND ")) rest = trim(rest.substr(4));
      const auto near = rest.substr(0, 64);  // no reference is longer
      const auto stop_at = std::min({near.find(','), find_word(near, " AND "), rest.size()});
      const auto part = trim(rest.substr(0, stop_at));
      if (!all_digits(part) && !looks_like_reference(part)) continue;
      if (!looks_like_reference(trim(text.substr(from, i - from))) && !all_digits(trim(text.substr(from, i - from)))) continue;
      add(text.substr(from, i - from), with_label);
      with_label = {};
      from = static_cast<std::size_t>(rest.data() - text.data());
      i = from;
    }
    add(text.substr(from), with_label);
  }
  static bool looks_like_reference(std::string_view text) noexcept {
    message_number n;
    std::string_view rest = text;
    if (text.size() > 2 && all_digits(text.substr(0, 2)) && text[2] == ' ') rest = trim(text.substr(3));
    return parse_number_at_end(rest, n) && is_all_upper(n.station);
  }


  stage& s_;
  heading& h_;
  bool is_first_;
  bool has_class_ = false;
  std::size_t labels_ = 0;
  std::size_t last_label_ = 0;
};

bool read_two(std::string_view digits, unsigned& v) noexcept {
  std::uint32_t n = 0;
  if (digits.size() > 4 || !parse_number(digits, n)) return false;
  v = n;
  return true;
}

}  // namespace

bool find_date(std::string_view text, char out[10]) noexcept {
  // M/D/YYYY, M/D/YY, YYYY-MM-DD, YYYY/MM/DD (telegram.md 2.6).
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i])) continue;
    const auto first = text.substr(i, count_digits(text.substr(i)));
    std::size_t at = i + first.size();
    i = at;
    if (at + 3 >= text.size() + 1 || at >= text.size() || (text[at] != '/' && text[at] != '-' && text[at] != '.')) continue;
    const char separator = text[at++];
    const auto second = text.substr(at, count_digits(text.substr(at)));
    at += second.size();
    if (second.empty() || second.size() > 2 || at >= text.size() || text[at] != separator) continue;
    ++at;
    const auto third = text.substr(at, count_digits(text.substr(at)));
    unsigned a = 0, b = 0, c = 0;
    if (!read_two(first, a) || !read_two(second, b) || !read_two(third, c)) continue;
    unsigned year = 0, month = 0, day = 0;
    if (first.size() == 4 && third.size() <= 2) year = a, month = b, day = c;
    else if (first.size() <= 2 && (third.size() == 4 || third.size() == 2)) year = third.size() == 4 ? c : c >= 70 ? 1900 + c : 2000 + c, month = a, day = b;
    else continue;
    constexpr std::array<unsigned, 12> days{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1]) continue;
    const auto digit = [](unsigned v) { return static_cast<char>('0' + v % 10); };
    out[0] = digit(year / 1000);
    out[1] = digit(year / 100);
    out[2] = digit(year / 10);
    out[3] = digit(year);
    out[4] = out[7] = '-';
    out[5] = digit(month / 10);
    out[6] = digit(month);
    out[8] = digit(day / 10);
    out[9] = digit(day);
    return true;
  }
  return false;
}

namespace {

// "REASON" or "REASONS", also broken by a hyphen at a line's end: its length.
std::size_t match_reason_word(std::string_view text) noexcept {
  constexpr std::string_view word = "REASON";
  std::size_t at = 0;
  bool broken = false;
  for (std::size_t i = 0; i < word.size(); ++i, ++at) {
    if (i > 1 && !broken && at < text.size() && text[at] == '-') broken = true, ++at;
    if (at >= text.size() || upper(text[at]) != word[i]) return 0;
  }
  return at < text.size() && upper(text[at]) == 'S' ? at + 1 : at;
}

// Where "1.4 (b) and (d)" ends that `text` begins with: behind the last number or letter that is a reason.
std::size_t reason_end(std::string_view text) noexcept {
  std::size_t end = 3, at = 3;
  char before = '1';  // the last character that is no blank; 'n' for a number or "and"
  while (at < text.size()) {
    const char c = text[at];
    if (c == '1' && at + 2 < text.size() && std::string_view(".,/").find(text[at + 1]) != npos && is_digit(text[at + 2])) {
      at += 3;
      end = at;
      before = '1';
    } else if (is_letter(c)) {
      std::size_t stop = at;
      while (stop < text.size() && is_letter(text[stop])) ++stop;
      const auto word = text.substr(at, stop - at);
      const bool in_parentheses = stop < text.size() && (text[stop] == ')' || text[stop] == '/' || text[stop] == ',');
      if (same(word, "and") || same(word, "or")) {
        before = 'n';
      } else if (word.size() == 1 && lower(c) <= 'h' && (before == '(' ? in_parentheses : std::string_view("1n,/&").find(before) != npos)) {
        end = stop < text.size() && text[stop] == ')' ? stop + 1 : stop;
        before = ')';
        at = end;
        continue;
      } else {
        break;
      }
      at = stop;
    } else if (std::string_view("(),/&;").find(c) != npos) {
      before = c == ';' ? ',' : c;
      ++at;
    } else if (is_space(c)) {
      ++at;
    } else {
      break;
    }
  }
  return end;
}

}  // namespace

authority_parts split_authority(std::string_view text) noexcept {
  authority_parts parts;
  text = trim(text);
  // "Classified By: Classified by DCM"
  if (starts_with(text, "Classified by")) text = trim(text.substr(13));
  // The reason: from the word, or from the section number.
  std::size_t reason = npos, reason_length = 0;
  for (std::size_t at = 0; at < text.size() && reason == npos; ++at) {
    if (upper(text[at]) != 'R' || (at > 0 && is_alnum(text[at - 1]))) continue;
    reason_length = match_reason_word(text.substr(at));
    if (reason_length != 0) reason = at;
  }
  std::size_t number = npos;
  for (std::size_t i = reason == npos ? 0 : reason; i + 2 < text.size(); ++i)
    if (text[i] == '1' && (text[i + 1] == '.' || text[i + 1] == ',' || text[i + 1] == '/') && is_digit(text[i + 2]) && (i == 0 || !is_alnum(text[i - 1]))) {
      number = i;
      break;
    }
  std::size_t person_end = std::min({reason, number, text.size()});
  if (number != npos) {
    const auto end = number + reason_end(text.substr(number));
    auto rest = text.substr(end);
    while (!rest.empty() && (is_space(rest[0]) || std::string_view(".,;").find(rest[0]) != npos)) rest.remove_prefix(1);
    parts.rest = rest;
    auto r = trim(text.substr(number, end - number));
    while (!r.empty() && (r.back() == '.' || r.back() == ',' || r.back() == ';')) r = trim(r.substr(0, r.size() - 1));
    parts.reason = r;
  } else if (reason != npos) {
    auto r = text.substr(reason + reason_length);
    while (!r.empty() && (is_space(r[0]) || r[0] == ':')) r.remove_prefix(1);
    while (!r.empty() && (r.back() == '.' || is_space(r.back()))) r.remove_suffix(1);
    parts.reason = r;
    if (r.empty()) person_end = text.size();
  }
  auto person = trim(text.substr(0, person_end));
  const auto strip = [&](std::string_view word) {
    if (ends_with(person, word) && (person.size() == word.size() || is_space(person[person.size() - word.size() - 1]) || person[person.size() - word.size() - 1] == ','))
      person = trim(person.substr(0, person.size() - word.size()));
  };
  const auto strip_marks = [&] {
    while (!person.empty() && (person.back() == ',' || person.back() == ';' || person.back() == '.' || person.back() == ':' || person.back() == '-')) {
      // An initial keeps its point.
      if (person.back() == '.' && person.size() >= 2 && is_upper(person[person.size() - 2]) && (person.size() == 2 || !is_alnum(person[person.size() - 3]))) break;
      person = trim(person.substr(0, person.size() - 1));
    }
  };
  if (!parts.reason.empty()) {
    strip_marks();
    strip("for");
    strip("per");
  }
  strip_marks();
  if (person.empty()) return parts;
  // Title words in front, then the name; or "Name, Title". Among capitals a short word may be a name as well as an office.
  const bool may_be_offices = !is_all_upper(person);
  std::string_view rest = person;
  std::size_t title_end = 0;
  for (;;) {
    std::string_view probe = rest;
    const auto word = take_word(probe);
    if (word.empty() || !is_title_word(word, may_be_offices)) break;
    rest = probe;
    title_end = static_cast<std::size_t>(word.data() + word.size() - person.data());
  }
  if (title_end > 0) {
    auto title = person.substr(0, title_end);
    while (!title.empty() && (title.back() == ',' || title.back() == ':')) title.remove_suffix(1);
    parts.title = title;
    parts.name = trim(person.substr(title_end));
    return parts;
  }
  const auto comma = person.find(',');
  std::string_view after = comma == npos ? std::string_view() : trim(person.substr(comma + 1));
  std::string_view probe = after;
  if (comma != npos && is_title_word(take_word(probe), may_be_offices)) {
    parts.name = trim(person.substr(0, comma));
    parts.title = after;
  } else {
    parts.name = person;
  }
  return parts;
}

std::string_view match_item_label(std::string_view text, std::size_t& end) noexcept {
  end = 0;
  std::string_view inner;
  std::size_t at = 0;
  if (text.substr(0, 2) == "\xC2\xB6") at = 2;
  else if (const auto link = match_link(text, inner); link != 0) {
    if (inner.size() == 1 && is_letter(inner[0])) {
      std::size_t after = link;
      while (after < text.size() && (text[after] == '.' || text[after] == ')')) ++after;
      end = after;
      return after > link ? inner : std::string_view();
    }
    if (inner == "1") at = link;
  } else if (text.size() > 3 && text[0] == '1' && is_upper(text[1]) && (text[2] == '.' || text[2] == ')')) {
    at = 1;
  }
  const std::size_t open = at < text.size() && (text[at] == '(' || text[at] == '[') ? 1 : 0;
  const std::size_t letter = at + open;
  if (letter + 1 >= text.size() || !is_letter(text[letter])) return {};
  std::size_t after = letter + 1;
  if (open != 0 && text[after] != ')' && text[after] != ']') return {};
  if (text.substr(after, 2) == " -" && open == 0 && after + 2 < text.size() && is_blank_char(text[after + 2])) {
    end = after + 2;
    return text.substr(letter, 1);
  }
  std::size_t marks = after;
  while (marks < text.size() && (text[marks] == '.' || text[marks] == ')' || text[marks] == ']' || text[marks] == ':')) ++marks;
  if (marks == after) return {};
  if (marks < text.size() && text[after] == '.' && marks == after + 1 && !is_blank_char(text[marks]) && !is_alnum(text[marks])) return {};
  // "U.S. NOTE" is not an item U.
  if (text[after] == '.' && marks + 1 < text.size() && is_letter(text[marks]) && text[marks + 1] == '.') return {};
  end = marks;
  return text.substr(letter, 1);
}

// The reasons in normal form, "1.4(b)", each letter by itself; whether they are printed in an odd form (5.6 no. 76). Odd is
// what is not "1.4 (b) and (d)", "1.4 (b), (d)", "1.4(b)(d)".
std::vector<std::string> normal_reasons(std::string_view text, bool& odd) {
  std::vector<std::string> out;
  std::string section;
  odd = false;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '1' && at + 2 < text.size() && is_digit(text[at + 2]) && (text[at + 1] == '.' || text[at + 1] == ',' || text[at + 1] == '/')) {
      odd |= text[at + 1] != '.';
      section = std::string("1.") + text[at + 2];
      at += 3;
    } else if (is_letter(c)) {
      std::size_t end = at;
      while (end < text.size() && is_letter(text[end])) ++end;
      const auto word = text.substr(at, end - at);
      if (word.size() == 1 && lower(c) >= 'a' && lower(c) <= 'h' && !section.empty()) {
        odd |= at == 0 || text[at - 1] != '(' || end >= text.size() || text[end] != ')';
        out.push_back(section + '(' + lower(c) + ')');
      } else if (!same(word, "and") && !same(word, "or")) {
        odd = false;
        return {};
      }
      at = end;
    } else if (std::string_view(" \n(),/&;.-").find(c) != npos) {
      ++at;
    } else {
      odd = false;
      return {};
    }
  }
  return out;
}

void read_authority(stage& s, const value& v) {
  auto& a = s.out().classified_by;
  const auto parts = split_authority(v.text);
  const auto set = [&](value& to, std::string_view part) {
    if (!part.empty()) to = {part, v.begin, v.end};
  };
  set(a.title, parts.title);
  set(a.name, parts.name);
  set(a.rest, parts.rest);
  set(a.reason, parts.reason);
  read_reasons(s);
}

void read_reasons(stage& s) {
  auto& a = s.out().classified_by;
  bool odd = false;
  const auto reasons = normal_reasons(a.reason.text, odd);
  if (!odd || reasons.empty()) return;
  std::string together;
  for (const auto& r : reasons) {
    a.reasons.push_back({s.memory().copy(r), a.reason.begin, a.reason.end});
    together += (together.empty() ? "" : ", ") + r;
  }
  s.report(code::reason_repaired, "\"" + std::string(a.reason.text.substr(0, 60)) + "\" read as " + together, a.reason.begin, a.reason.end);
}

std::size_t read_opening(stage& s, std::size_t at, std::size_t end, heading& h, bool is_first) {
  return opening_reader(s, h, is_first).read(at, end);
}

}  // namespace dragoman::telegram
