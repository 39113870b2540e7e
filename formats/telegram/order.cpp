// The E.O. line: which order, what is to be done when, or why not (telegram.md 2.6, 3.3).
#include <algorithm>
#include <array>

#include "ascii.hpp"
#include "opening.hpp"
#include "vocabulary.hpp"
#include "words.hpp"

namespace dragoman::telegram {
namespace {

// How many digits of `a` are not in `b`, whatever their order: 12598 and 19528 differ from 12958 by none.
unsigned strange_digits(std::string_view a, std::string_view b) noexcept {
  std::array<int, 10> count{};
  for (const char c : b) ++count[static_cast<std::size_t>(c - '0')];
  unsigned strange = 0;
  for (const char c : a)
    if (count[static_cast<std::size_t>(c - '0')]-- <= 0) ++strange;
  return strange;
}

// -- Words of the value ---------------------------------------------------------------------------------------------

std::string_view skip_marks(std::string_view text) noexcept {
  while (!text.empty() && (is_space(text[0]) || char_set(":,;.-").has(text[0]))) text.remove_prefix(1);
  return text;
}
std::string_view strip_marks_behind(std::string_view text) noexcept {
  while (!text.empty() && (is_space(text.back()) || char_set(":,;.").has(text.back()))) text.remove_suffix(1);
  return text;
}
// A word ends at a blank or a mark; a hyphen is part of it ("XGDS-3").
std::string_view front_word(std::string_view text) noexcept {
  std::size_t end = 0;
  while (end < text.size() && (is_alnum(text[end]) || text[end] == '/' || (text[end] == '-' && end > 0) || text[end] == '*'))
    ++end;
  return text.substr(0, end);
}
std::string_view letters_in_front(std::string_view word) noexcept {
  std::size_t end = 0;
  while (end < word.size() && is_letter(word[end])) ++end;
  return word.substr(0, end);
}
// "-3", "3", "" behind the letters of a code.
bool is_code_number(std::string_view rest) noexcept {
  if (!rest.empty() && rest[0] == '-') rest.remove_prefix(1);
  return rest.size() <= 1 && (rest.empty() || is_digit(rest[0]));
}

enum class word_kind { none, schedule, exemption };

// Schedules: GDS, ADS, NGDS, GS, RDS-n, XDS-n, OADR, MR. Exemptions: XGDSn, X1 to X8, 25X1 to 25X9, 50X1-HUM, 50X2-WMD.
word_kind kind_of_code(std::string_view word) noexcept {
  const auto letters = letters_in_front(word);
  const auto rest = word.substr(letters.size());
  for (const auto plain : word_list{"GDS", "ADS", "NGDS", "GS", "OADR", "MR"})
    if (same(word, plain)) return word_kind::schedule;
  if ((same(letters, "RDS") || same(letters, "XDS")) && is_code_number(rest)) return word_kind::schedule;
  if (same(letters, "XGDS") && is_code_number(rest)) return word_kind::exemption;
  if (same(letters, "X") && rest.size() == 1 && rest[0] >= '1' && rest[0] <= '8') return word_kind::exemption;
  if (word.size() >= 4 && (word.substr(0, 2) == "25" || word.substr(0, 2) == "50") && upper(word[2]) == 'X' && is_digit(word[3]))
    return word.size() == 4 || word[4] == '-' ? word_kind::exemption : word_kind::none;
  return word_kind::none;
}
// Does the word begin the text, or a part of it behind a mark or a date?
bool stands_alone(std::string_view text, std::string_view word) noexcept {
  auto before = text.substr(0, static_cast<std::size_t>(word.data() - text.data()));
  while (!before.empty() && is_space(before.back())) before.remove_suffix(1);
  return before.empty() || is_digit(before.back()) || char_set(",;:(").has(before.back());
}
// GDS with one letter or digit misread: 6DS, LDS, GDA (telegram.md 2.6).
bool is_misread_schedule(std::string_view word) noexcept { return word.size() == 3 && is_near(word, "GDS") && !all_digits(word); }

bool is_declassify_word(std::string_view word, bool& is_misspelt) noexcept {
  is_misspelt = false;
  for (const auto known : word_list{"DECL", "DECLAS", "DECLASS", "DECLASSIFY", "DECLASSIFIED", "DECLASSIFICATION"})
    if (same(word, known)) return true;
  is_misspelt = word.size() >= 4 && (is_near(word, "DECL") || is_near(word, "DECLAS"));
  return is_misspelt;
}

// The level of a downgrade: "CO", "CONFIDENTIAL", "S", "LOU".
std::string_view level_of(std::string_view word) noexcept {
  struct short_form {
    std::string_view form, name;
  };
  static constexpr std::array<short_form, 10> forms{{{"C", "CONFIDENTIAL"},
                                                     {"CO", "CONFIDENTIAL"},
                                                     {"CON", "CONFIDENTIAL"},
                                                     {"CONF", "CONFIDENTIAL"},
                                                     {"S", "SECRET"},
                                                     {"SE", "SECRET"},
                                                     {"SEC", "SECRET"},
                                                     {"U", "UNCLASSIFIED"},
                                                     {"UN", "UNCLASSIFIED"},
                                                     {"UNCLAS", "UNCLASSIFIED"}}};
  for (const auto& f : forms)
    if (same(word, f.form)) return f.name;
  const auto level = match_level(word, false);
  return level.length == word.size() ? level.name : std::string_view();
}

bool is_not_applicable(std::string_view text) noexcept {
  text = strip_marks_behind(text);
  for (const auto form : word_list{"N/A", "NA", "N.A", "N A", "NONE", "NOT APPLICABLE", "UNCLASSIFIED"})
    if (same(text, form)) return true;
  return false;
}

// -- Dates ----------------------------------------------------------------------------------------------------------

bool read_number(std::string_view digits, unsigned& out) noexcept {
  std::uint32_t n = 0;
  if (digits.size() > 4 || !parse_number(digits, n)) return false;
  out = n;
  return true;
}
// A two-digit year of a declassification, which lies ahead of the telegram: 70 to 99 are 19yy.
unsigned full_year(unsigned year, std::size_t digits) noexcept {
  return digits == 4 ? year : year >= 70 ? 1900 + year : 2000 + year;
}

bool write_date(unsigned year, unsigned month, unsigned day, char out[10]) noexcept {
  static constexpr std::array<unsigned, 12> days{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1 || day > days[month - 1]) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (month == 2 && day == 29 && !leap) return false;
  const auto digit = [](unsigned v) { return static_cast<char>('0' + v % 10); };
  const char text[10] = {
      digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), '-', digit(month / 10), digit(month), '-',
      digit(day / 10),    digit(day)};
  std::copy(text, text + 10, out);
  return true;
}

// "10/17/2017", "6/3/08", "2019-02-12", "2034/01/09" at the front of `text`; its length, or 0.
std::size_t match_numeric_date(std::string_view text, char out[10]) noexcept {
  const auto first = text.substr(0, count_digits(text));
  std::size_t at = first.size();
  if (at >= text.size() || (text[at] != '/' && text[at] != '-' && text[at] != '.')) return 0;
  const char separator = text[at++];
  const auto second = text.substr(at, count_digits(text.substr(at)));
  at += second.size();
  if (at >= text.size() || text[at] != separator) return 0;
  const auto third = text.substr(at + 1, count_digits(text.substr(at + 1)));
  unsigned a = 0, b = 0, c = 0;
  if (second.size() > 2 || !read_number(first, a) || !read_number(second, b) || !read_number(third, c)) return 0;
  const std::size_t length = at + 1 + third.size();
  if (first.size() == 4 && third.size() <= 2) return write_date(a, b, c, out) ? length : 0;
  if (first.size() <= 2 && (third.size() == 4 || third.size() == 2))
    return write_date(full_year(c, third.size()), a, b, out) ? length : 0;
  return 0;
}

// "DECEMBER 31, 1982", "31 DEC 82" at the front of `text`; its length, or 0.
std::size_t match_written_date(std::string_view text, char out[10]) noexcept {
  const auto skip = [&](std::size_t at) {
    while (at < text.size() && (is_space(text[at]) || text[at] == ',' || text[at] == '.')) ++at;
    return at;
  };
  const auto month_at = [&](std::size_t at, unsigned& month) {
    const auto word = letters_in_front(text.substr(at));
    month = month_of(word);
    return month == 0 ? std::size_t{0} : at + word.size();
  };
  unsigned day = 0, month = 0, year = 0;
  std::size_t at = 0;
  if (is_digit(text[0])) {
    at = count_digits(text);
    if (at > 2 || !read_number(text.substr(0, at), day) || (at = month_at(skip(at), month)) == 0) return 0;
  } else {
    if ((at = month_at(0, month)) == 0) return 0;
    at = skip(at);
    const auto digits = text.substr(at, count_digits(text.substr(at)));
    if (digits.size() > 2 || !read_number(digits, day)) return 0;
    at += digits.size();
  }
  at = skip(at);
  const auto digits = text.substr(at, count_digits(text.substr(at)));
  if ((digits.size() != 2 && digits.size() != 4) || !read_number(digits, year)) return 0;
  return write_date(full_year(year, digits.size()), month, day, out) ? at + digits.size() : 0;
}

// The first date of `text`, at the begin of a word; empty when there is none.
std::string_view find_date(std::string_view text, char out[10]) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_alnum(text[i]) || (i > 0 && is_alnum(text[i - 1]))) continue;
    std::size_t length = is_digit(text[i]) ? match_numeric_date(text.substr(i), out) : 0;
    if (length == 0) length = match_written_date(text.substr(i), out);
    if (length != 0) return text.substr(i, length);
  }
  return {};
}

}  // namespace

std::string_view nearest_order(std::string_view number, std::uint32_t year, bool& repaired) noexcept {
  repaired = false;
  if (const auto* known = terms::executive_orders.find(number)) return known->number;
  repaired = true;
  // One letter's fault before digits in another order; of several orders the one that was in force.
  for (const bool is_strict : {true, false}) {
    const terms::executive_order* found = nullptr;
    std::size_t count = 0;
    bool is_sure = false;  // the one that was found was in force
    for (const auto& o : terms::executive_orders) {
      const std::string_view known = o.number;
      const bool near =
          is_strict ? is_near(number, known) : number.size() == 5 && strange_digits(number, known) <= 1 && number[0] == '1';
      const auto bears = terms::years_in_force(o);
      if (!near || bears.to == 0) continue;
      ++count;
      const bool in_force = year >= bears.from && year <= bears.to;
      if (found == nullptr || in_force) {
        found = &o;
        is_sure = in_force;
      }
    }
    if (count == 1 || (count > 1 && is_sure)) return found->number;
  }
  // Of several that are as near, the one that this misprint is known of.
  struct misprint {
    std::string_view printed, meant;
  };
  for (const auto& m :
       {misprint{"12598", "12958"}, {"19523", "12958"}, {"19528", "12958"}, {"16652", "11652"}, {"11653", "11652"}})
    if (number == m.printed) return m.meant;
  return {};
}

declassification read_declassification(std::string_view text, std::uint32_t year) noexcept {
  declassification out;
  // The number, unless the line has none ("E.O.: N/A").
  const auto at = text.substr(0, 16).find_first_of("0123456789");
  const auto digits = at == npos ? 0 : count_digits(text.substr(at));
  if (digits >= 4 && digits <= 6) {
    out.number = text.substr(at, digits);
    out.order = nearest_order(out.number, year, out.number_repaired);
    text = text.substr(at + digits);
  } else {
    std::size_t label = 0;
    for (const char letter : {'E', 'O'}) {
      while (label < text.size() && is_space(text[label])) ++label;
      if (label < text.size() && upper(text[label]) == letter) ++label;
      if (label < text.size() && text[label] == '.') ++label;
    }
    text = text.substr(label);
  }
  auto rest = strip_marks_behind(skip_marks(text));
  if (rest.empty() || is_not_applicable(rest)) {
    out.action = "NONE";
    return out;
  }
  out.date = find_date(rest, out.iso_date);

  // What is to be done, and the codes, word by word; what no rule knows is an event.
  auto word = front_word(rest);
  bool is_misspelt = false;
  if (const auto letters = letters_in_front(word); same(letters, "DNG") || same(letters, "DOWNGRADE")) {
    out.action = "DOWNGRADE";
    rest = skip_marks(rest.substr(letters.size()));
    if (starts_with_word(rest, "TO")) rest = skip_marks(rest.substr(2));
    word = front_word(rest);
    out.level = level_of(word);
    out.printed_level = word;
    if (!out.level.empty()) rest = skip_marks(rest.substr(word.size()));
  } else if (is_declassify_word(letters, is_misspelt)) {
    out.word_repaired = is_misspelt;
    out.repaired_word = letters;
    rest = skip_marks(rest.substr(letters.size()));
    if (starts_with_word(rest, "ON")) rest = skip_marks(rest.substr(2));
  }
  word = front_word(rest);
  if (is_not_applicable(rest)) {
    out.action = "NONE";
    return out;
  }
  for (auto words = rest; !words.empty();) {
    const auto next = front_word(words);
    if (next.empty()) {
      words.remove_prefix(1);
      continue;
    }
    switch (kind_of_code(next)) {
      case word_kind::schedule:  // a word of an event may look the same
        if (out.code.empty() && stands_alone(rest, next)) out.code = out.printed_code = next;
        break;
      case word_kind::exemption:
        if (out.exemption.empty()) out.exemption = next;
        break;
      case word_kind::none: break;
    }
    words.remove_prefix(next.size());
  }
  if (out.code.empty() && out.exemption.empty() && is_misread_schedule(word)) {
    out.code = "GDS";
    out.printed_code = out.repaired_word = word;
    out.word_repaired = true;
  }
  // "ADS, DECLAS <event>": the event stands behind the code.
  if (out.date.empty() && out.exemption.empty()) {
    auto event = rest;
    if (!out.code.empty()) {
      event = skip_marks(rest.substr(std::min<std::size_t>(
          rest.size(), static_cast<std::size_t>(out.printed_code.data() - rest.data()) + out.printed_code.size())));
      if (const auto letters = letters_in_front(front_word(event)); is_declassify_word(letters, is_misspelt)) {
        event = skip_marks(event.substr(letters.size()));
        if (starts_with_word(event, "ON")) event = skip_marks(event.substr(2));
      }
      if (!same(out.code, "ADS")) event = {};
    }
    out.event = event;
  }
  return out;
}

}  // namespace dragoman::telegram
