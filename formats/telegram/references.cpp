// References: the list behind REF, item by item, and what each item points to (telegram.md 2.9, 5.5).
#include "references.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "ascii.hpp"
#include "grammar.hpp"
#include "identity.hpp"
#include "opening.hpp"

namespace dragoman::telegram {
namespace {

constexpr std::size_t longest_target = 100;  // no reference to a telegram is longer with its note
constexpr std::size_t longest_note = 160;    // in parentheses or quotes

bool is_in(std::string_view word, std::initializer_list<std::string_view> list) noexcept {
  return std::any_of(list.begin(), list.end(), [&](std::string_view w) { return same(w, word); });
}
std::size_t skip_space(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}
// Behind the group that text[at], a parenthesis or quote, opens; `at` when it is not closed soon.
std::size_t skip_group(std::string_view text, std::size_t at) noexcept {
  const char close = text[at] == '(' ? ')' : '"';
  const auto end = text.substr(0, at + longest_note).find(close, at + 1);
  return end == npos ? at : end + 1;
}
// Digits, where a letter O in front stands for zero (telegram.md 5.5 no. 65); how many.
std::size_t count_number(std::string_view text) noexcept {
  std::size_t n = !text.empty() && text[0] == 'O' && text.size() > 1 && is_digit(text[1]) ? 1 : 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  return n;
}
bool ends_number(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return true;
  if (is_alnum(text[at])) return false;
  return text[at] != '.' || at + 1 >= text.size() || !is_digit(text[at + 1]);  // "41.3" is no number of a telegram
}

// The year at text[at], with an apostrophe or parentheses; its length, 0 when none stands there.
std::size_t match_year(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return 0;
  const std::size_t begin = at;
  const bool parenthesis = text[at] == '(';
  if (parenthesis) ++at;
  if (at < text.size() && text[at] == '\'') ++at;
  const auto digits = count_number(text.substr(at));
  if (digits != 2 && digits != 4) return 0;
  at += digits;
  if (parenthesis && (at >= text.size() || text[at++] != ')')) return 0;
  return read_year(text.substr(begin, at - begin)) != 0 ? at - begin : 0;
}

// Words of other sources than telegrams (telegram.md 5.5 no. 69).
bool is_other_source(std::string_view text) noexcept {
  static constexpr std::array<std::string_view, 36> words{
      "MAIL",    "MAILS",      "EMAIL",  "EMAILS",  "TELCON",  "TELCONS", "PHONE",        "PHONECON", "LETTER",
      "LETTERS", "TD",         "TDX",    "IIR",     "FBIS",    "OSC",     "FAM",          "FAH",      "MEMO",
      "MEMCON",  "MEMORANDUM", "REPORT", "REPORTS", "AIRGRAM", "FAX",     "CONVERSATION", "CALL",     "CALLS",
      "NOTE",    "CFR",        "USC",    "UNSCR",   "MEETING", "BOOK",    "APPENDIX",     "HTTP",     "WWW"};
  text = text.substr(0, 240);
  for (std::size_t at = 0; at < text.size();) {
    if (!is_alnum(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_alnum(text[end])) ++end;
    const auto word = text.substr(at, end - at);
    if (std::any_of(words.begin(), words.end(), [&](std::string_view w) { return same(w, word); })) return true;
    // A date-time group, "171435Z"; an airgram, "A-1089", "CA-3400".
    if (word.size() >= 7 && word.size() <= 8 && upper(word.back()) == 'Z' && all_digits(word.substr(word.size() - 7, 6)))
      return true;
    if ((same(word, "A") || same(word, "CA")) && end + 1 < text.size() && text[end] == '-' && is_digit(text[end + 1]))
      return true;
    at = end;
  }
  return false;
}

// Could these words be a station? Capitals, or names with capitals in front; no words of dates and of parts of a text.
bool is_station_name(std::string_view name) noexcept {
  if (name.size() < 2 || name.size() > 40) return false;
  std::string_view rest = name, last;
  std::size_t words = 0;
  const bool is_small = is_lower(name[0]);
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
    if (++words > 4 ||
        is_in(word, {"PARA", "PARAS", "PARAGRAPH", "PAGE", "SECTION", "CHAPTER", "PART", "ANNEX", "SEE", "MY", "OUR", "YOUR"}))
      return false;
    const bool is_particle = is_in(word, {"de", "da", "do", "du", "la", "of", "the", "am"});
    if (words > 1 && !is_small && is_lower(word[0]) && !is_particle) return false;
    if (is_lower(word[0]) != is_small && !is_particle && words > 1) return false;
    last = word;
  }
  return month_of(last) == 0;
}

bool is_known_station(std::string_view name) noexcept { return !station_names().find(name).name.empty(); }

// Are these words a qualifier that says nothing else than a telegram before it (telegram.md 2.9)?
bool is_qualifier(std::string_view text) noexcept {
  if (text.empty() || !is_alnum(text[0])) return true;
  return starts_with_word(text, "NOTAL") || starts_with_word(text, "AND") || starts_with(text, "ET AL") ||
         starts_with_word(text, "ET SEQ") || starts_with_word(text, "ETC") || match_caption(text) != 0;
}
std::string_view without_marks(std::string_view text) noexcept {
  const auto is_mark = [](char c) { return is_space(c) || char_set(",;:.-").has(c); };
  while (!text.empty() && is_mark(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_mark(text.back())) text.remove_suffix(1);
  if (text.size() > 2 && ((text.front() == '(' && text.find(')') == text.size() - 1) ||
                          (text.front() == '"' && text.find('"', 1) == text.size() - 1)))
    return without_marks(text.substr(1, text.size() - 2));
  return text;
}

// The words of a station from text[at] on: up to a digit, a parenthesis, a quote or '#'. A zero or one inside a word is a
// letter that was misread.
std::size_t station_end(std::string_view text, std::size_t at) noexcept {
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_digit(c)) {
      const bool misread = (c == '0' || c == '1') && at + 1 < text.size() && is_letter(text[at + 1]);
      if (!misread) return at;
    } else if (c == 'O' && at + 1 < text.size() && is_digit(text[at + 1]) && (at == 0 || !is_alnum(text[at - 1]))) {
      return at;
    } else if (!is_letter(c) && !is_space(c) && c != '.' && c != '\'' && c != '-' && static_cast<unsigned char>(c) < 0x80) {
      return at;
    }
  }
  return at;
}

}  // namespace

std::uint32_t read_year(std::string_view text) noexcept {
  std::string_view digits = text;
  while (!digits.empty() && (digits.front() == '(' || digits.front() == '\'')) digits.remove_prefix(1);
  if (!digits.empty() && digits.back() == ')') digits.remove_suffix(1);
  const bool has_letter = digits.size() == 2 && digits[0] == 'O';
  std::uint32_t year = 0;
  if ((digits.size() != 2 && digits.size() != 4) || !parse_number(digits.substr(has_letter ? 1 : 0), year)) return 0;
  if (digits.size() == 2) year += year >= 50 ? 1900 : 2000;
  return year >= 1950 && year <= 2049 ? year : 0;
}

reference_target parse_target(std::string_view item) noexcept {
  reference_target out;
  auto text = without_marks(item);
  if (text.empty() || text.size() > longest_target) {
    out.is_other = is_other_source(text);
    return out;
  }
  const auto other = [&] {
    reference_target none;
    none.is_other = is_other_source(item);
    return none;
  };
  text = text.substr(match_portion(text).length);  // "(S/NF) TD-000"

  // The year in front: "07 STATE 12", "'07", "2007", "07STATE12", "07-STATE-12".
  std::size_t at = 0;
  const auto number_in_front = count_number(text);
  if (const auto length = match_year(text, 0); length != 0) {
    std::size_t next = skip_space(text, length);
    if (next == length && next < text.size() && text[next] == '-') ++next;
    if (next < text.size() && is_letter(text[next]) && text.find_first_of("0123456789", next) != npos) {
      out.year = text.substr(0, length);
      at = next;
    }
  }
  if (out.year.empty() && number_in_front != 0 && ends_number(text, number_in_front)) {
    // A number first: alone ("13"), or before its station ("412 Ormunde").
    out.serial = text.substr(0, number_in_front);
    const std::size_t next = skip_space(text, number_in_front);
    const auto end = station_end(text, next);
    const auto name = trim(text.substr(next, end - next));
    if (next > number_in_front && !name.empty() && is_letter(name[0]) && !is_qualifier(name)) {
      if (!is_qualifier(text.substr(end)) || !is_station_name(name) || is_other_source(name) || number_in_front > 7)
        return other();
      out.station = name;
      out.swapped = true;
      out.qualifier = without_marks(text.substr(end));
      return out;
    }
    at = number_in_front;
  } else {
    if (at < text.size() && text[at] == '#') {
      ++at;
    } else {
      const auto end = station_end(text, at);
      auto name = text.substr(at, end - at);
      while (!name.empty() && !is_letter(name.back()) && static_cast<unsigned char>(name.back()) < 0x80) name.remove_suffix(1);
      if (const auto word = last_word(name); is_in(word, {"CABLE", "CABLES", "TELEGRAM", "TELEGRAMS", "NO", "NR"}))
        name = trim_right(name.substr(0, name.size() - word.size()));
      if (!is_station_name(name) || is_other_source(name)) return other();
      out.station = name;
      at = end;
      // Between station and serial: a mark or a year in parentheses, '#'.
      if (const auto mark = match_portion(text.substr(at)); mark.length != 0) {
        out.qualifier = mark.level;
        at += mark.length;
      } else if (const auto length = match_year(text, at); length != 0 && text[at] == '(') {
        out.year = text.substr(at, length);
        at = skip_space(text, at + length);
      }
      if (at < text.size() && text[at] == '#') at = skip_space(text, at + 1);
    }
    const auto digits = count_number(text.substr(at));
    if (digits == 0 || !ends_number(text, at + digits)) return other();
    out.serial = text.substr(at, digits);
    at += digits;
  }
  if (out.serial.size() > 7) return other();

  // The year behind: "STATE 12 (07)", "STATE 12 07", "STATE 12-07", "STATE 12/07".
  const bool is_joined = at < text.size() && (text[at] == '/' || text[at] == '-');
  const std::size_t year_at = is_joined ? at + 1 : skip_space(text, at);
  if (const auto length = out.year.empty() && year_at > at ? match_year(text, year_at) : 0;
      length != 0 && ends_number(text, year_at + length)) {
    out.year = text.substr(year_at, length);
    at = year_at + length;
  } else if (is_joined) {
    return other();
  }
  const auto rest = trim(text.substr(at));
  if (!is_qualifier(rest) && !is_known_station(out.station)) return other();
  if (!rest.empty()) out.qualifier = without_marks(rest);
  return out;
}

std::string_view match_item_label(std::string_view text, std::size_t& end) noexcept {
  end = 0;
  std::string_view inner;
  std::size_t at = 0;
  if (text.substr(0, 2) == "\xC2\xB6") at = 2;
  else if (const auto link = match_empty_link(text, inner); link != 0) {
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
  if (marks < text.size() && text[after] == '.' && marks == after + 1 && !is_space(text[marks]) && !is_alnum(text[marks]))
    return {};
  // "U.S. NOTE" is not an item U.
  if (text[after] == '.' && marks + 1 < text.size() && is_letter(text[marks]) && text[marks + 1] == '.') return {};
  end = marks;
  return text.substr(letter, 1);
}

// -- The list -------------------------------------------------------------------------------------------------------

namespace {

class list_splitter {
public:
  list_splitter(const stage& s, const gathered& list, std::uint32_t year, std::vector<reference>& refs)
      : s_(s), list_(list), text_(list.text()), year_(year), refs_(refs), first_(refs.size()) {}

  void split() {
    if (is_none(without_marks(text_))) return;
    std::size_t at = begin_item(0);
    while (at < text_.size()) at = step(at);
    finish_item(text_.size());
    order_columns();
  }

private:
  // "REF: NONE", "N/A": an empty list (telegram.md 5.5 no. 73).
  static bool is_none(std::string_view text) noexcept { return text.empty() || is_in(text, {"NONE", "N/A", "NA", "NIL"}); }

  std::size_t step(std::size_t at) {
    const char c = text_[at];
    if (c == ';') return next_item(at, at + 1, false);
    if (c == '(' || c == '"') return std::max(skip_group(text_, at), at + 1);
    if (c == ',') {
      const auto next = skip_space(text_, at + 1);
      return label_at(next).empty() ? at + 1 : next_item(at, next, false);
    }
    if (!is_space(c)) return at + 1;
    // A label behind blanks, or on the next line; a line that begins with a reference of its own.
    std::size_t next = at;
    bool new_line = false;
    for (; next < text_.size() && is_space(text_[next]); ++next) new_line |= text_[next] == '\n';
    if (new_line && text_.substr(next, 1) == "-" && next + 1 < text_.size() && is_space(text_[next + 1]))
      next = skip_space(text_, next + 1);
    const bool wide = !new_line && (next - at >= 2 || c == '\t');
    const auto label = label_at(next);
    if (!label.empty() && (new_line || wide || begins_item(at, next, label))) return next_item(at, next, wide);
    if (label.empty() && new_line && at - begin_ <= longest_target && points_somewhere(text_.substr(begin_, at - begin_)) &&
        begins_reference(next))
      return next_item(at, next, false);
    return next;
  }
  std::string_view label_at(std::size_t at) const noexcept {
    std::size_t end = 0;
    return match_item_label(text_.substr(at), end);
  }
  // Does a label behind one blank begin an item? Where a number ends, or where the letter is the next one.
  bool begins_item(std::size_t before, std::size_t at, std::string_view label) const noexcept {
    std::size_t end = 0;
    match_item_label(text_.substr(at), end);
    const bool is_next = !label_.empty() && upper(label[0]) == upper(label_[0]) + 1;
    const bool is_mark = match_portion(text_.substr(at)).length != 0;  // "STATE 12 (C)"
    const char last = before > 0 ? text_[before - 1] : ' ';
    if (is_digit(last) || last == ')' || last == ',') return is_next || !is_mark;
    const bool is_bracketed = text_[at + end - 1] == ')' || text_[at + end - 1] == ']';
    return is_next && is_bracketed && !(is_mark && at + end < text_.size() && is_digit(text_[at + end]));
  }
  static bool points_somewhere(std::string_view text) noexcept {
    const auto t = parse_target(text);
    return !t.serial.empty() && !t.swapped;
  }
  bool begins_reference(std::size_t at) const noexcept {
    const auto near = text_.substr(at, longest_target);
    const auto t = parse_target(near.substr(0, find_any(near, char_set(",;\n&"))));
    return !t.serial.empty() && !t.station.empty() && !t.swapped;
  }

  std::size_t next_item(std::size_t end, std::size_t at, bool is_column) {
    finish_item(end);
    is_column_ = is_column;
    return begin_item(at);
  }
  // Takes the label, also when it stands twice, and the word REF before or behind it (telegram.md 5.5 nos. 60, 61).
  std::size_t begin_item(std::size_t at) {
    label_ = first_label_ = {};
    bool after_word = false;
    for (int turn = 0; turn < 5; ++turn) {
      at = skip_space(text_, at);
      const auto rest = text_.substr(at);
      std::size_t end = 0;
      auto label = match_item_label(rest, end);
      if (label.empty() && after_word && rest.size() > 2 && is_letter(rest[0]) && is_space(rest[1])) {
        label = rest.substr(0, 1);
        end = 1;
      }
      if (!label.empty() && (label_.empty() || same(label, label_))) {
        if (label_.empty()) first_label_ = label;
        label_ = label;
        at += end;
        continue;
      }
      const auto word = match_reference_word(rest);
      if (word == 0) break;
      at += word;
      after_word = true;
    }
    return begin_ = at;
  }
  static std::size_t match_reference_word(std::string_view text) noexcept {
    for (const auto word : word_list{"REFERENCE", "REFTELS", "REFTEL", "REFS", "REF"})
      if (starts_with_word(text, word)) {
        std::size_t end = word.size();
        while (end < text.size() && (text[end] == ':' || text[end] == '.')) ++end;
        return end;
      }
    return 0;
  }
  // An item may hold several numbers: "ORMUNDE 12, 13 AND 14", "12/13/14" (telegram.md 5.5 no. 62).
  void finish_item(std::size_t end) {
    const auto item = text_.substr(begin_, end - begin_);
    auto label = label_;
    std::size_t from = 0, at = 0;
    bool after_slash = false;
    while (at < item.size()) {
      if (item[at] == '(' || item[at] == '"') {
        at = std::max(skip_group(item, at), at + 1);
        continue;
      }
      const auto next = behind_separator(item, at);
      if (next == 0 || !parts_there(item, from, at, next, after_slash)) {
        ++at;
        continue;
      }
      add(label, item.substr(from, at - from));
      after_slash = item[at] == '/';
      label = {};
      from = at = next;
    }
    add(label, item.substr(from));
  }
  // Where the part behind a comma, "&", "AND" or "/" at `at` begins; 0 when none of them stands there.
  static std::size_t behind_separator(std::string_view item, std::size_t at) noexcept {
    const char c = item[at];
    std::size_t next = at + 1;
    if (c == '/') return at > 0 && is_digit(item[at - 1]) && next < item.size() && is_digit(item[next]) ? next : 0;
    if (c != ',' && c != '&' && !(is_space(c) && starts_with_word(item.substr(next), "AND"))) return 0;
    next = skip_space(item, next);
    if (starts_with_word(item.substr(next), "AND")) next = skip_space(item, next + 3);
    return next < item.size() ? next : 0;
  }
  bool parts_there(std::string_view item, std::size_t from, std::size_t at, std::size_t next, bool after_slash) const noexcept {
    if (at - from > longest_target) return false;
    const auto near = item.substr(next, longest_target);
    std::size_t end = 0;
    while (end < near.size() && near[end] != ',' && near[end] != '&' && near[end] != '/' &&
           !(is_space(near[end]) && starts_with_word(near.substr(end + 1), "AND")))
      ++end;
    const auto right = parse_target(near.substr(0, end));
    if (right.serial.empty() || right.swapped) return false;
    if (item[at] == '/') {
      // One slash and a year that can be: the year of the number before it.
      const auto digits = count_digits(near);
      const bool is_list = after_slash || (digits < near.size() && near[digits] == '/');
      const auto year = read_year(near.substr(0, digits));
      if (!is_list && year != 0 && (year_ == 0 || year <= year_)) return false;
      if (after_slash) return true;
      // Behind other words a slash is that of a date: "STATE 12 OF 10/16/2009".
      const auto left = item.substr(from, at - from);
      if (const auto serial = parse_target(left).serial; serial.data() + serial.size() != left.data() + left.size()) return false;
    }
    return points_somewhere(item.substr(from, at - from));
  }

  void add(std::string_view label, std::string_view text) {
    while (!text.empty() && (is_space(text.front()) || text.front() == ',' || text.front() == ';')) text.remove_prefix(1);
    while (!text.empty() && (is_space(text.back()) || text.back() == ',' || text.back() == ';')) text.remove_suffix(1);
    if (text.empty() && label.empty()) return;
    reference r;
    r.label = list_.piece(label);
    if (!label.empty() && is_lower(label[0])) r.label.text = s_.upper_copy(label);
    r.text = list_.piece(text);
    const auto whole = label.empty() ? text
                       : text.empty()
                           ? label
                           : std::string_view(label.data(), static_cast<std::size_t>(text.data() + text.size() - label.data()));
    const auto place = list_.piece(whole);
    if (!label.empty()) r.label.begin = list_.piece(first_label_).begin;  // one that stands twice has the place of both
    r.begin = label.empty() ? place.begin : r.label.begin;
    r.end = place.end;
    if (text.find('\n') != npos) r.text.text = s_.memory().copy(on_one_line(text));
    refs_.push_back(r);
    columns_ |= is_column_;
  }
  static std::string on_one_line(std::string_view text) {
    std::string out;
    bool blank = true;
    append_collapsed(out, text, blank);
    return out;
  }

  // Two columns are read line by line, but meant one after the other (telegram.md 5.5 no. 72): their letters tell.
  void order_columns() {
    if (!columns_) return;
    const auto begin = refs_.begin() + static_cast<std::ptrdiff_t>(first_);
    std::array<bool, 26> seen{};
    for (auto r = begin; r != refs_.end(); ++r) {
      if (r->label.empty()) return;
      auto& letter = seen[static_cast<std::size_t>(upper(r->label.text[0]) - 'A')];
      if (letter) return;
      letter = true;
    }
    std::stable_sort(begin, refs_.end(),
                     [](const reference& a, const reference& b) { return upper(a.label.text[0]) < upper(b.label.text[0]); });
  }

  const stage& s_;
  const gathered& list_;
  std::string_view text_;
  std::uint32_t year_;
  std::vector<reference>& refs_;
  std::size_t first_;
  std::string_view label_;        // of the item that is open
  std::string_view first_label_;  // the same, where it stands twice
  std::size_t begin_ = 0;         // of its text
  bool is_column_ = false;        // it stands behind a wide gap on its line
  bool columns_ = false;
};

}  // namespace

void split_references(const stage& s, const gathered& list, std::uint32_t year, std::vector<reference>& refs) {
  list_splitter(s, list, year, refs).split();
}

namespace {

// An item that is an id in one word with something to repair in it, or without a number (telegram.md 5.1). Others are
// for parse_target. `station` becomes that of the id, for items that follow without one.
bool read_repaired_id(stage& s, reference& r, std::string_view& station) {
  std::string_view rest = r.text.text;
  auto word = take_word(rest);
  while (!word.empty() && (word.back() == ',' || word.back() == ';' || word.back() == '.')) word.remove_suffix(1);
  if (!looks_like_id(word)) return false;
  const auto id = parse_id(word, {});
  const auto printed = s.piece_of(r.text, word);
  if (!id.is_valid()) {
    if (!trim(rest).empty() || is_other_source(word)) return false;
    s.report(code::id_invalid, "\"" + std::string(word) + "\" has no number, or no station", printed.begin, printed.end);
    return true;
  }
  if (id.findings == 0) return false;
  report_findings(s, id, printed);
  r.qualifier = s.piece_of(r.text, without_marks(rest));
  r.id = {canonical_id(s, id.year, id.station, id.serial), printed.begin, printed.end};
  station = id.station;
  return true;
}

// The station of a reference: another of its names is told, a digit for a letter is repaired.
std::string_view known_station(stage& s, std::string_view station, const reference& r) {
  const auto quoted = [&] { return "\"" + std::string(station) + "\""; };
  if (std::any_of(station.begin(), station.end(), is_digit)) {
    const auto meant = station_behind_digits(station, {});
    if (meant.empty()) return station;
    s.report(code::id_ocr, quoted() + " has a digit for a letter: " + std::string(meant), r.text.begin, r.text.end);
    return meant;
  }
  if (const auto known = station_names().find(station); known.is_alias)
    s.report(code::id_alias, quoted() + " names the station " + std::string(known.name), r.text.begin, r.text.end);
  return station;
}

}  // namespace

void resolve_references(stage& s, std::uint32_t year, bool has_year, const message_number& own) {
  std::string_view station;
  std::uint32_t given_year = 0;  // of the item before, when it is printed there
  for (auto& r : s.out().refs) {
    if (read_repaired_id(s, r, station)) {
      given_year = 0;
      continue;
    }
    const auto target = parse_target(r.text.text);
    r.qualifier = s.piece_of(r.text, target.qualifier);
    if (target.swapped) s.report(code::ref_swapped, "\"" + std::string(r.text.text) + "\"", r.begin, r.end);
    if (target.serial.empty()) {
      if (!target.is_other) s.report(code::ref_unresolved, "\"" + std::string(r.text.text.substr(0, 60)) + "\"", r.begin, r.end);
      continue;
    }
    // A bare number takes the station of the item before; in the same item its year, too.
    const bool is_bare = target.station.empty();
    if (!is_bare) station = known_station(s, target.station, r);
    else if (station.empty()) station = own.station;
    if (!target.year.empty()) given_year = read_year(target.year);
    else if (!is_bare || !r.label.empty()) given_year = 0;
    std::uint32_t meant = given_year;
    if (meant == 0 && has_year && !station.empty()) {
      meant = year;
      std::uint32_t theirs = 0, ours = 0;
      const bool is_own =
          is_same_station(station, own.station) && parse_number(target.serial, theirs) && parse_number(own.serial, ours);
      if (is_own && theirs >= ours) --meant;  // the station's own later number is of the year before
    }
    if (meant == 0 || station.empty()) {
      s.report(code::ref_unresolved, "\"" + std::string(r.text.text.substr(0, 60)) + "\"", r.begin, r.end);
      continue;
    }
    std::string serial(target.serial);
    if (serial[0] == 'O') serial[0] = '0';
    r.id = {canonical_id(s, meant, station, serial), r.text.begin, r.text.end};
  }
}

}  // namespace dragoman::telegram
