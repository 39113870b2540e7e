#include "grammar.hpp"

#include <algorithm>
#include <array>

#include "ascii.hpp"
#include "opening.hpp"

namespace dragoman::telegram {
namespace {

constexpr std::string_view pilcrow = "\xC2\xB6";

constexpr char_set prosigns("ZOPRYW");
bool is_prosign(char c) noexcept { return prosigns.has(c); }

// Year of a two-digit one: 50 to 99 are 19yy (telegram.md 2.2).
unsigned full_year(unsigned two_digits) noexcept { return two_digits >= 50 ? 1900 + two_digits : 2000 + two_digits; }

unsigned days_in_month(unsigned year, unsigned month) noexcept {
  static constexpr std::array<unsigned char, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

std::size_t skip_blanks(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_blank_char(text[at])) ++at;
  return at;
}

// Value of a roman number of small size in one case; 0 for other words.
std::uint32_t roman(std::string_view word) noexcept {
  static constexpr std::array<std::string_view, 20> numbers{"I",    "II",  "III",  "IV",    "V",   "VI",   "VII",
                                                            "VIII", "IX",  "X",    "XI",    "XII", "XIII", "XIV",
                                                            "XV",   "XVI", "XVII", "XVIII", "XIX", "XX"};
  for (std::uint32_t i = 0; i < numbers.size(); ++i)
    if (same(word, numbers[i])) return i + 1;
  return 0;
}

// Does an item of references begin here: a label or a telegram's number?
bool begins_item(std::string_view text) noexcept {
  std::size_t end = 0;
  text = text.substr(0, 100);
  return !match_item_label(text, end).empty() || !parse_target(text.substr(0, find_any(text, char_set(",;(")))).serial.empty();
}

}  // namespace

bool is_routing_indicator(std::string_view word) noexcept {
  if (word.size() < 4 || word.size() > 8 || word[0] != 'R') return false;
  return std::all_of(word.begin(), word.end(), is_upper);
}

bool is_transmission_id(std::string_view line) noexcept {
  if (starts_with(line, "VZCZC")) return line.size() == 5 || is_alnum(line[5]);
  return starts_with(line, "ZCZC") && (line.size() == 4 || is_blank_char(line[4]) || is_alnum(line[4]));
}

std::size_t find_glued_transmission_id(std::string_view line) noexcept {
  // VZCZC + three letters + three or four digits at the end.
  for (const std::size_t length : {std::size_t{12}, std::size_t{11}}) {
    if (line.size() <= length) continue;
    const auto tail = line.substr(line.size() - length);
    if (tail.substr(0, 5) == "VZCZC" && is_upper(tail[5]) && is_upper(tail[6]) && is_upper(tail[7]) && all_digits(tail.substr(8)))
      return line.size() - length;
  }
  return npos;
}

bool is_routing(std::string_view line) noexcept {
  if (line.size() < 6 || !is_prosign(line[0]) || line[1] != line[0] || !is_blank_char(line[2])) return false;
  return is_routing_more(line.substr(3));
}

std::size_t find_glued_routing(std::string_view line) noexcept {
  std::string_view rest = trim_right(line);
  // Indicators from the end, then a doubled prosign that may be glued to what stands before it.
  while (!rest.empty()) {
    const auto word = last_word(rest);
    const auto begin = static_cast<std::size_t>(word.data() - line.data());
    if (!is_routing_indicator(word)) {
      const bool has_indicator = rest.size() < trim_right(line).size();
      if (has_indicator && word.size() >= 2 && is_prosign(word.back()) && word[word.size() - 2] == word.back())
        return begin + word.size() - 2;
      return npos;
    }
    rest = trim_right(line.substr(0, begin));
  }
  return npos;
}

bool is_routing_more(std::string_view line) noexcept {
  std::string_view rest = line;
  std::size_t words = 0;
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest), ++words)
    if (!is_routing_indicator(word)) return false;
  return words > 0;
}

bool is_calling(std::string_view line) noexcept {
  if (!starts_with(line, "DE ")) return false;
  std::string_view rest = line.substr(3);
  if (!is_routing_indicator(take_word(rest))) return false;
  rest = trim_left(rest);
  if (!rest.empty() && rest[0] == '#') rest.remove_prefix(1);
  return count_digits(rest) >= 3;
}

bool is_security(std::string_view line) noexcept { return starts_with_word(line, "ZNR") || starts_with_word(line, "ZNY"); }

format_line kind_of_format_line(std::string_view line) noexcept {
  if (line.size() < 2) return format_line::none;
  date_time_group group;
  const auto date = [&] { return parse_date_time(line, group) ? format_line::date_time : format_line::none; };
  const auto word = [&](std::string_view w, format_line kind) { return starts_with_word(line, w) ? kind : format_line::none; };
  switch (upper(line[0])) {
    case 'V': return is_transmission_id(line) ? format_line::transmission_id : format_line::none;
    case 'Z':
      if (is_transmission_id(line)) return format_line::transmission_id;
      if (is_security(line)) return format_line::security;
      return is_routing(line) ? format_line::routing : date();
    case 'D': return is_calling(line) ? format_line::calling : format_line::none;
    case 'F': return word("FM", format_line::from);
    case 'T': return word("TO", format_line::to);
    case 'I': return word("INFO", format_line::info);
    case 'X': return word("XMT", format_line::exempt);
    case 'G': return starts_with(line, "GR") && all_digits(trim(line.substr(2))) ? format_line::group_count : format_line::none;
    case 'O':
    case 'P':
    case 'R':
    case 'Y':
    case 'W': return is_routing(line) ? format_line::routing : date();
    default: return is_digit(line[0]) || is_blank_char(line[0]) ? date() : format_line::none;
  }
}

bool is_end_of_message(std::string_view line) noexcept {
  if (line.size() < 3) return false;
  std::size_t n = 0;
  while (n < line.size() && line[n] == 'N') ++n;
  return (n == 3 || n == 4) && (n == line.size() || starts_with(line.substr(n), "MAFVVZCZ"));
}

bool is_validation(std::string_view line) noexcept { return line.size() == 5 && line[0] == '#' && all_digits(line.substr(1)); }

bool is_partial_notice(std::string_view line) noexcept {
  return line.size() > 30 && starts_with(trim_left(line), "This record is a partial extract");
}

bool is_print_date(std::string_view line) noexcept {
  const auto text = trim(line);
  if (text.size() < 12 || text.size() > 48 || !is_digit(text.back())) return false;
  const auto comma = text.find("day,");
  return comma != npos && comma >= 3 && comma <= 6 && text.find(':') != npos;
}

// telegram.md 5.2 no. 30
bool is_print_remains(std::string_view line) noexcept {
  const auto text = trim(line);
  if (text.empty()) return false;
  switch (upper(text[0])) {
    case '>': return text == ">";
    case 'N': return same(text, "null");
    case 'I': return starts_with(text, "ID: ") && all_digits(trim(text.substr(4)));
    case 'M':
    case 'T':
    case 'W':
    case 'F':
    case 'S': return is_print_date(text);
    default: return false;
  }
}

bool is_print_title(std::string_view line) noexcept {
  const auto text = trim(line);
  return text.size() > 20 && text.size() < 120 && same(last_word(text), "Results") && find_word(text, "Search Results") != npos;
}

// "TELEGRAM          June 3, 2007"
bool is_form_title(std::string_view line) noexcept {
  const auto text = trim(line);
  if (text.size() < 16 || text.substr(0, 9) != "TELEGRAM " || !is_digit(text.back())) return false;
  std::string_view rest = text.substr(9);
  return month_of(take_word(rest)) != 0;
}

bool parse_date_time(std::string_view line, date_time_group& group) noexcept {
  group = {};
  std::size_t at = skip_blanks(line, 0);
  // A letter O before five digits is one of them: "O41435Z" (5.2 no. 20).
  const auto prosign_at = [&](std::size_t i) {
    if (i + 2 >= line.size() || !is_prosign(line[i])) return false;
    if (is_blank_char(line[i + 1])) return true;
    return is_digit(line[i + 1]) && !(line[i] == 'O' && count_digits(line.substr(i + 1)) == 5);
  };
  if (prosign_at(at)) {
    group.precedence = line[at];
    at = skip_blanks(line, at + 1);
    if (prosign_at(at)) {
      group.info_precedence = line[at];
      at = skip_blanks(line, at + 1);
    }
  }
  // Six digits, a letter O among them standing for zero; blanks inside are repaired.
  group.begin = at;
  unsigned digits[6];
  for (unsigned& d : digits) {
    const std::size_t before = at;
    if (&d != digits) at = skip_blanks(line, at);
    if (at > before) group.repaired = true;
    if (at >= line.size()) return false;
    if (line[at] == 'O' && at + 1 < line.size() && (&d != digits || is_digit(line[at + 1]))) {
      group.repaired = true;
      d = 0;
    } else if (is_digit(line[at])) {
      d = static_cast<unsigned>(line[at] - '0');
    } else {
      return false;
    }
    ++at;
  }
  group.day = digits[0] * 10 + digits[1];
  group.hour = digits[2] * 10 + digits[3];
  group.minute = digits[4] * 10 + digits[5];
  const std::size_t after_digits = at;
  at = skip_blanks(line, at);
  const auto letters_at = [&](std::size_t i) {
    std::size_t n = 0;
    while (i + n < line.size() && is_letter(line[i + n])) ++n;
    return n;
  };
  // A zone letter, alone or glued to the month.
  bool has_zone = false;
  std::size_t n = letters_at(at);
  if (n == 0) return false;
  const auto zero_for_letter = [&] { return starts_with(line.substr(at), "0CT"); };
  if (n == 1 || month_of(line.substr(at, n)) == 0) {
    has_zone = true;
    group.zone = upper(line[at]);
    if (at > after_digits) group.repaired = true;
    ++at;
    at = skip_blanks(line, at);
    n = letters_at(at);
  }
  group.month = month_of(line.substr(at, n));
  if (n == 0 && zero_for_letter()) {
    group.month = 10;
    group.repaired = true;
    n = 3;
  }
  if (group.month == 0) return false;
  if (!has_zone || n > 3) group.repaired = true;
  at += n;
  group.end = at;
  // The year: two or four digits, perhaps with blanks between.
  std::size_t y = skip_blanks(line, at);
  if (y < line.size() && (line[y] == '.' || line[y] == ',')) {  // "DEC. 09"
    y = skip_blanks(line, y + 1);
    group.repaired = true;
  }
  unsigned year = 0, count = 0;
  std::size_t year_end = y;
  while (y < line.size() && count < 4) {
    if (is_digit(line[y])) {
      year = year * 10 + static_cast<unsigned>(line[y] - '0');
      ++count;
      year_end = ++y;
      continue;
    }
    // "7 5": a blank between two single digits.
    if (count == 1 && is_blank_char(line[y]) && y + 1 < line.size() && is_digit(line[y + 1]) &&
        (y + 2 >= line.size() || !is_digit(line[y + 2]))) {
      group.repaired = true;
      ++y;
      continue;
    }
    break;
  }
  if ((count == 2 || count == 4) && (year_end >= line.size() || !is_alnum(line[year_end]))) {
    group.year = count == 2 ? full_year(year) : year;
    group.has_year = true;
    group.end = year_end;
  } else {
    group.repaired = true;
  }
  group.tail = trim(line.substr(group.end));
  if (group.has_year) set_year(group, group.year);
  return true;
}

void set_year(date_time_group& group, unsigned year) noexcept {
  group.year = year;
  group.has_year = true;
  group.valid = group.hour < 24 && group.minute < 60 && group.day >= 1 && group.day <= days_in_month(year, group.month);
}

std::size_t normal_date(const date_time_group& group, char out[20]) noexcept {
  if (!group.valid) return 0;
  // Zones: A to I are +1 to +9, K to M +10 to +12, N to Y -1 to -12; UTC is the printed time minus the zone.
  int offset = 0;
  const char z = group.zone;
  if (z >= 'A' && z <= 'I') offset = z - 'A' + 1;
  else if (z >= 'K' && z <= 'M') offset = z - 'K' + 10;
  else if (z >= 'N' && z <= 'Y') offset = -(z - 'N' + 1);
  int hour = static_cast<int>(group.hour) - offset;
  int day = static_cast<int>(group.day), month = static_cast<int>(group.month), year = static_cast<int>(group.year);
  if (hour < 0) {
    hour += 24;
    if (--day == 0) {
      if (--month == 0) {
        month = 12;
        --year;
      }
      day = static_cast<int>(days_in_month(static_cast<unsigned>(year), static_cast<unsigned>(month)));
    }
  } else if (hour > 23) {
    hour -= 24;
    if (++day > static_cast<int>(days_in_month(group.year, group.month))) {
      day = 1;
      if (++month > 12) {
        month = 1;
        ++year;
      }
    }
  }
  const auto two = [](char* to, int v) {
    to[0] = static_cast<char>('0' + v / 10 % 10);
    to[1] = static_cast<char>('0' + v % 10);
  };
  two(out, year / 100);
  two(out + 2, year % 100);
  out[4] = '-';
  two(out + 5, month);
  out[7] = '-';
  two(out + 8, day);
  out[10] = 'T';
  two(out + 11, hour);
  out[13] = ':';
  two(out + 14, static_cast<int>(group.minute));
  out[16] = ':';
  out[17] = out[18] = '0';
  out[19] = 'Z';
  return z == 'J' ? 19 : 20;  // local time of an unknown place has no zone
}

bool filing_delay(std::string_view date, std::string_view filing, std::int64_t& minutes) noexcept {
  std::uint32_t year = 0, month = 0, day = 0, hour = 0, minute = 0;
  if (date.size() < 16 || !parse_number(date.substr(0, 4), year) || !parse_number(date.substr(5, 2), month) ||
      !parse_number(date.substr(8, 2), day) || !parse_number(date.substr(11, 2), hour) ||
      !parse_number(date.substr(14, 2), minute))
    return false;
  std::uint32_t day_of_year = day;
  for (unsigned m = 1; m < month; ++m) day_of_year += days_in_month(year, m);
  std::uint32_t filed_day = 0, filed_hour = 0, filed_minute = 0;
  const bool of_month = filing.size() == 7 && upper(filing[6]) == 'Z' && all_digits(filing.substr(0, 6));
  if (!of_month && (filing.size() != 7 || !all_digits(filing))) return false;
  const std::size_t days = of_month ? 2 : 3;
  parse_number(filing.substr(0, days), filed_day);
  parse_number(filing.substr(days, 2), filed_hour);
  parse_number(filing.substr(days + 2, 2), filed_minute);
  if (filed_hour > 23 || filed_minute > 59 || filed_day == 0 || filed_day > (of_month ? 31 : 366)) return false;
  // The day nearest to that of the date: across the end of a year or month (telegram.md 2.2).
  auto between = static_cast<std::int64_t>(filed_day) - static_cast<std::int64_t>(of_month ? day : day_of_year);
  if (of_month) {
    if (between < -15) between += days_in_month(year, month);
    else if (between > 15) between -= days_in_month(month == 1 ? year - 1 : year, month == 1 ? 12 : month - 1);
  } else if (between < -180) {
    between += days_in_month(year, 2) == 29 ? 366 : 365;
  } else if (between > 180) {
    between -= days_in_month(year - 1, 2) == 29 ? 366 : 365;
  }
  minutes =
      between * 1440 + (static_cast<std::int64_t>(filed_hour) - hour) * 60 + static_cast<std::int64_t>(filed_minute) - minute;
  return true;
}

bool parse_number_at_end(std::string_view text, message_number& out) noexcept {
  text = trim(text);
  const auto serial = last_word(text);
  if (serial.size() > 7 || !all_digits(serial)) return false;
  const auto station = trim(text.substr(0, text.size() - serial.size()));
  if (station.empty() || station.size() > 40) return false;
  for (const char c : station)
    if (!is_letter(c) && c != ' ' && c != '.' && c != '\'' && c != '-' && static_cast<unsigned char>(c) < 0x80) return false;
  out = {station, serial};
  return true;
}

namespace {

// Parts "QUILMAR 000123 NODIS SIPDIS" into the number, which stays in `text`, and the captions behind it; these are empty when
// other words stand there.
std::string_view take_captions_behind(std::string_view& text) noexcept {
  constexpr char_set between(" \t/,;");
  auto end = text.size();
  while (end > 0 && !is_digit(text[end - 1])) --end;
  auto captions = text.substr(end);
  while (!captions.empty() && between.has(captions[0])) captions.remove_prefix(1);
  for (auto rest = captions; !rest.empty();) {
    const auto length = match_caption(rest);
    if (length == 0) return {};
    rest.remove_prefix(length);
    while (!rest.empty() && between.has(rest[0])) rest.remove_prefix(1);
  }
  text = text.substr(0, end);
  return captions;
}

}  // namespace

bool parse_class_line(std::string_view line, bool tolerant, class_line& out) noexcept {
  line = trim(line);
  if (line.size() > 160) return false;
  const auto level = match_level(line, tolerant);
  // Where only a classification line can stand, one without its level: "SECTION 01 OF 03 PORT ALTAIR 1284" (5.3 no. 33).
  const bool lacks_level = level.name.empty();
  if (lacks_level && (!tolerant || !(starts_with(line, "SECTION ") || starts_with(line, "FINAL SECTION ")))) return false;
  out = {};
  out.level = level;
  std::string_view rest = line.substr(out.level.length);
  const char* captions_begin = nullptr;
  const char* captions_end = nullptr;
  for (;;) {
    const auto before = rest;
    while (!rest.empty() && (is_space(rest[0]) || rest[0] == '/' || rest[0] == ',' || rest[0] == ';')) rest.remove_prefix(1);
    const auto length = match_caption(rest);
    if (length == 0 || length == rest.size()) {
      if (length != 0) {  // a caption and nothing behind it
        if (captions_begin == nullptr) captions_begin = rest.data();
        captions_end = rest.data() + length;
        rest.remove_prefix(length);
      } else if (before.size() != rest.size() && before[0] == '/') {
        return false;  // SECRET/SOMETHING ELSE
      }
      break;
    }
    if (captions_begin == nullptr) captions_begin = rest.data();
    captions_end = rest.data() + length;
    rest.remove_prefix(length);
  }
  if (captions_begin != nullptr) out.captions = {captions_begin, static_cast<std::size_t>(captions_end - captions_begin)};
  // SECTION 01 OF 02, FINAL SECTION OF 02
  std::string_view words = rest;
  auto word = take_word(words);
  if (same(word, "FINAL")) {
    out.final = true;
    word = take_word(words);
  }
  if (is_near(word, "SECTION") && word.size() >= 6) {
    auto next = take_word(words);
    std::uint32_t n = 0, m = 0;
    if (!out.final) {
      if (same(next, "FINAL")) out.final = true;
      else if (!parse_number(next, n)) return false;
      next = take_word(words);
    }
    if (!same(next, "OF") || !parse_number(take_word(words), m)) return false;
    out.section = {out.final ? m : n, m};
    out.section_words = trim(rest.substr(0, rest.size() - words.size()));
    rest = words;
  } else if (out.final) {
    return false;
  }
  rest = trim(rest);
  if (!rest.empty() && !parse_number_at_end(rest, out.number)) {
    out.captions_behind = take_captions_behind(rest);
    if (out.captions_behind.empty() || !parse_number_at_end(rest, out.number)) return false;
  }
  return !lacks_level || (out.section.total != 0 && !out.number.empty());
}

bool parse_likely_page_header(std::string_view line, page_header& out) noexcept {
  line = trim(line);
  if (line.size() < 16 || line.size() > 110) return false;
  out = {};
  if (starts_with(line, "PAGE ") && is_digit(line[5])) {  // NARA and ACP-127 page lines
    std::string_view rest = line.substr(5);
    const auto page = take_word(rest);
    if (!all_digits(page) || page.size() > 3) return false;
    const auto next = take_word(rest);
    if (next.empty() || !is_upper(next[0])) return false;
    if (!std::any_of(line.begin() + 8, line.end(), is_digit)) return false;
    out.page = without_zeros(page);
    out.is_archive = true;
    if (const auto of = rest.find(" OF "); of != npos && of >= 2) {
      parse_number(last_word(rest.substr(0, of)), out.section);
      std::string_view after = rest.substr(of + 4);
      parse_number(take_word(after), out.total);
    }
    return true;
  }
  // QUILMAR 00000123  002 OF 002, from the end.
  if (!is_letter(line[0]) || !all_digits(line.substr(line.size() - 3)) || !is_space(line[line.size() - 4])) return false;
  const auto total = last_word(line);
  auto rest = trim_right(line.substr(0, line.size() - total.size()));
  const auto of = last_word(rest);
  if (!same(of, "OF")) return false;
  rest = trim_right(rest.substr(0, rest.size() - of.size()));
  const auto page = last_word(rest);
  const auto digits = count_digits(page);
  if (digits != 3 || (page.size() > 3 && (page[3] != '.' || !all_digits(page.substr(4)) || page.size() > 6))) return false;
  rest = trim_right(rest.substr(0, rest.size() - page.size()));
  const auto serial = last_word(rest);
  if (serial.size() != 8 || !all_digits(serial)) return false;
  const auto station = trim(rest.substr(0, rest.size() - serial.size()));
  if (station.empty() || station.size() > 16) return false;
  for (const char c : station)
    if (is_digit(c)) return false;
  out.page = without_zeros(page);
  parse_number(page.substr(0, 3), out.section);
  parse_number(total, out.total);
  return true;
}

labelled match_label(std::string_view line) noexcept {
  const std::size_t indent = skip_blanks(line, 0);
  const auto text = line.substr(indent);
  if (text.size() < 3) return {};
  labelled result;
  const auto found = [&](label what, std::size_t length, bool repaired) {
    result = {what, indent + length, repaired};
    return result;
  };
  // The value begins behind the separators of the label.
  const auto behind = [&](std::size_t at) {
    at = skip_blanks(text, at);
    while (at < text.size() && (text[at] == ':' || text[at] == ';')) ++at;
    return skip_blanks(text, at);
  };
  const auto separated = [&](std::size_t at) {
    return at >= text.size() || text[at] == ':' || text[at] == ';' || is_blank_char(text[at]);
  };

  switch (upper(text[0])) {
    case 'E': {
      // E.O. 12958, EO 12958, E. O. 12958, EO12958
      std::size_t at = 1;
      if (at < text.size() && text[at] == '.') ++at;
      at = skip_blanks(text, at);
      if (at >= text.size() || upper(text[at]) != 'O') return {};
      ++at;
      if (at < text.size() && text[at] == '.') ++at;
      std::size_t digits = skip_blanks(text, at);
      if (const auto n = count_digits(text.substr(digits)); n == 5 || (n >= 4 && n <= 6 && separated(digits + n)))
        return found(label::order, 0, false);
      if (text[1] == '.' && digits < text.size() && text[digits] == ':') return found(label::order, 0, false);
      return {};
    }
    case 'T': {
      if (starts_with(text, "TAGS") && separated(4)) return found(label::tags, behind(4), text.size() > 4 && text[4] == ';');
      return {};
    }
    case 'S': {
      for (const auto word : word_list{"SUBJECT", "SUBJ"})
        if (starts_with(text, word)) {
          const std::size_t at = skip_blanks(text, word.size());
          if (at >= text.size()) return found(label::subject, at, false);
          if (text[at] == ':') return found(label::subject, behind(at), false);
          if (text[at] == '-') return found(label::subject, skip_blanks(text, at + 1), true);
        }
      return {};
    }
    case 'R': {
      if (upper(text[1]) != 'E') return {};  // indicators, RUEHC, are many
      for (const auto word :
           word_list{"REF(S)", "REFERENCES", "REFERENCE", "REFTELS", "REFTEL", "RETELS", "RETEL", "REFS", "REF"})
        if (starts_with(text, word)) {
          std::size_t at = skip_blanks(text, word.size());
          if (at >= text.size()) return word == "REF" || word == "REFS" ? found(label::refs, at, false) : labelled{};
          if (text[at] == ':') return found(label::refs, behind(at), false);
          break;
        }
      // "REFA:": the label of the first item is part of the word.
      if (starts_with(text, "REF") && text.size() > 4 && is_letter(text[3]) && text[4] == ':') return found(label::refs, 3, true);
      if (starts_with(text, "REASON")) {
        std::size_t at = 6;
        if (at < text.size() && upper(text[at]) == 'S') ++at;
        at = skip_blanks(text, at);
        // "reasons 1.4 (b)" may be the rest of a sentence.
        if (at < text.size() && (text[at] == ':' || (is_digit(text[at]) && is_upper(text[0]))))
          return found(label::reason, behind(at), false);
      }
      return {};
    }
    case 'P':
      if (starts_with(text, "PROGRAM REF") && text.size() > 11 && separated(11)) return found(label::refs, behind(11), false);
      return {};
    case 'C': {
      if (!starts_with(text, "CLASSIFIED")) return {};
      std::size_t at = skip_blanks(text, 10);
      if (!starts_with(text.substr(at), "BY")) return {};
      at += 2;
      const std::size_t colon = skip_blanks(text, at);
      if (colon < text.size() && (text[colon] == ':' || text[colon] == '-'))
        return found(label::classified, skip_blanks(text, colon + 1), text[colon] == '-');
      if (colon > at) return found(label::classified, colon, false);
      return {};
    }
    case 'D': {
      if (starts_with(text, "DERIVED FROM")) return found(label::derived, behind(12), false);
      if (starts_with(text, "DECLASSIFY ON")) return found(label::declassify_on, behind(13), false);
      return {};
    }
    default: return {};
  }
}

labelled match_misprinted_label(std::string_view line) noexcept {
  const std::size_t indent = skip_blanks(line, 0);
  const auto text = line.substr(indent);
  if (text.size() < 4) return {};
  if (text[0] == '1' && count_digits(text) == 5) {  // "11653: 6DS"
    const std::size_t colon = skip_blanks(text, 5);
    bool repaired = false;
    if (colon < text.size() && text[colon] == ':' && !nearest_order(text.substr(0, 5), 0, repaired).empty())
      return {label::order, 0, true};
    return {};
  }
  std::size_t end = 0;
  while (end < text.size() && end < 10 && is_letter(text[end])) ++end;
  const auto word = text.substr(0, end);
  std::size_t at = skip_blanks(text, end);
  if (word.empty() || at >= text.size()) return {};
  const char mark = text[at];
  const bool is_marked = mark == ':' || mark == ';' || mark == '.' || mark == '-' || mark == '8';
  if (!is_marked && at == end) return {};
  const std::size_t value = indent + skip_blanks(text, is_marked ? at + 1 : at);
  if (word.size() >= 3 && word.size() <= 5 && is_near(word, "TAGS")) return {label::tags, value, true};
  const bool is_subject = same(word, "SUBJECT") || same(word, "SUBJ");
  if (is_subject && !is_marked)
    return starts_with_word(text.substr(at), "TO") || starts_with_word(text.substr(at), "LINE")
               ? labelled{}
               : labelled{label::subject, value, false};
  const bool is_near_subject = word.size() >= 6 ? is_near(word, "SUBJECT") : word.size() >= 3 && is_near(word, "SUBJ");
  if (is_near_subject && (is_marked || same(word, "SUJ"))) return {label::subject, value, true};
  // Without a colon, where an item follows: "REF A) STATE 12", "REF PORT ALTAIR 12"; "A. REF PORT ALTAIR 12".
  for (const auto known : word_list{"REF", "REFS", "REFTEL", "REFTELS", "REFERENCE"})
    if (same(word, known) && !is_marked && begins_item(text.substr(at))) return {label::refs, indent + at, false};
  if (std::size_t label_end = 0; word.size() == 1 && !match_item_label(text, label_end).empty()) {
    const auto rest = trim_left(text.substr(label_end));
    if (starts_with(rest, "REF ") && begins_item(trim_left(rest.substr(4)))) return {label::refs, indent, true};
  }
  return {};
}

std::size_t match_link(std::string_view text, std::string_view& inner) noexcept {
  if (text.size() < 5 || text[0] != '[') return 0;
  const auto close = text.substr(0, 64).find("](");
  if (close == npos || close == 1) return 0;
  const auto end = text.substr(0, close + 200).find(')', close);
  if (end == npos) return 0;
  inner = text.substr(1, close - 1);
  return end + 1;
}
std::size_t match_empty_link(std::string_view text, std::string_view& inner) noexcept {
  const auto link = match_link(text, inner);
  return link != 0 && text.substr(inner.size() + 1, link - inner.size() - 1) == "](#)" ? link : 0;
}

paragraph_start match_paragraph(std::string_view line) noexcept {
  paragraph_start p;
  std::size_t at = skip_blanks(line, 0);
  if (at >= line.size()) return p;
  if (line[at] == pilcrow[0] && line.substr(at, 2) == pilcrow) {
    p.pilcrow = true;
    at += 2;
    at = skip_blanks(line, at);
  } else if (line[at] == '[' && line.substr(at, 6) == "[1](#)" && at + 6 < line.size() && is_digit(line[at + 6])) {
    p.pilcrow = true;
    at += 6;
  }
  const auto digits = count_digits(line.substr(at));
  if (digits == 0 || digits > 3 || line[at] == '0') return p;
  for (const char digit : line.substr(at, digits)) p.number = p.number * 10 + static_cast<std::uint32_t>(digit - '0');
  p.label = at;
  at += digits;
  if (at < line.size() && (line[at] == '.' || line[at] == ')')) p.closing = line[at++];
  p.label_end = skip_blanks(line, at);
  p.spaced = p.label_end > at || at >= line.size() || line[at] == '(';
  if (p.closing == 0 && !p.spaced) return p;
  const auto behind = line.substr(p.label_end);
  p.mark = match_portion(behind);
  if (p.mark.length == 0 && p.closing != 0 && behind.size() > 3 && (behind[1] == ')' || behind[3] == ')')) {
    // "3.C) text": the opening parenthesis is lost.
    for (const auto lost : word_list{"U)", "C)", "S)", "SBU)"})
      if (starts_with(line.substr(p.label_end), lost) && p.label_end + lost.size() < line.size() &&
          is_blank_char(line[p.label_end + lost.size()])) {
        p.mark.level = lost.substr(0, lost.size() - 1);
        p.mark.length = skip_blanks(line, p.label_end + lost.size()) - p.label_end;
        p.mark.repaired = true;
      }
  }
  if (p.closing == 0) {
    p.found = p.mark.length != 0;  // "1 (C) text"
    return p;
  }
  if (p.label_end < line.size() && !p.spaced) {
    // "1.Text", but not "1.4 (b)" and not "1.b".
    p.found = p.mark.length != 0 || is_upper(line[p.label_end]) || line[p.label_end] == '"' || line[p.label_end] == '[';
    return p;
  }
  p.found = true;
  return p;
}

list_mark match_list(std::string_view line) noexcept {
  list_mark m;
  m.begin = skip_blanks(line, 0);
  std::size_t at = m.begin;
  if (at >= line.size()) return m;
  const auto finish = [&](std::size_t end) {
    m.end = end;
    m.text = skip_blanks(line, end);
    m.found = true;
    return m;
  };
  if (line[at] == '-' || line[at] == '*' || line.substr(at, 3) == "\xE2\x80\xA2") {
    m.bullet = true;
    if (line[at] == '-') {
      std::size_t end = at;
      // "--", "-", and doubled ones "- --" count as one mark.
      for (;;) {
        std::size_t run = end;
        while (run < line.size() && line[run] == '-' && run - end < 2) ++run;
        if (run < line.size() && line[run] == '-') return m;  // three hyphens are no bullet
        end = run;
        const std::size_t next = skip_blanks(line, end);
        if (next > end && next + 1 < line.size() && line[next] == '-' &&
            (line[next + 1] == '-' || is_blank_char(line[next + 1]))) {
          end = next;
          continue;
        }
        break;
      }
      if (end >= line.size()) return m;
      const bool spaced = is_blank_char(line[end]);
      if (!spaced && !is_letter(line[end]) && line[end] != '"' && line[end] != '(' &&
          static_cast<unsigned char>(line[end]) < 0x80)
        return m;
      if (spaced && skip_blanks(line, end) >= line.size()) return m;
      return finish(end);
    }
    const std::size_t end = at + (line[at] == '*' ? 1 : 3);
    if (end >= line.size() || !is_blank_char(line[end])) return m;
    return finish(end);
  }
  // Remains of a pilcrow before a letter: "¶B.", "[1](#)B.", "[B](#).", "1B." (telegram.md 4.3).
  std::string_view inner;
  if (line.substr(at, 2) == pilcrow) {
    m.pilcrow = true;
    at = skip_blanks(line, at + 2);
    if (at >= line.size() || !is_letter(line[at])) return m;
  } else if (const auto link = match_empty_link(line.substr(at), inner); link != 0) {
    if (inner.size() == 1 && is_letter(inner[0]) && at + link < line.size() &&
        (line[at + link] == '.' || line[at + link] == ')')) {
      m.flattened = m.pilcrow = true;
      m.kind = is_upper(inner[0]) ? 'A' : 'a';
      m.ordinal = static_cast<std::uint32_t>(lower(inner[0]) - 'a' + 1);
      m.begin = at + 1;  // the letter; the writer of the mark adds the point
      m.found = true;
      m.end = at + 2;
      m.text = skip_blanks(line, at + link + 1);
      return m;
    }
    if (inner != "1") return m;
    m.pilcrow = true;
    at += link;
    if (at >= line.size() || !is_letter(line[at])) return m;
  } else if (line[at] == '1' && at + 2 < line.size() && is_upper(line[at + 1]) && line[at + 2] == '.') {
    ++at;
    m.flattened = m.pilcrow = true;
  }
  m.begin = at;
  const bool parenthesis = line[at] == '(';
  if (parenthesis) ++at;
  std::size_t end = at;
  while (end < line.size() && is_alnum(line[end]) && end - at < 6) ++end;
  const auto word = line.substr(at, end - at);
  if (word.empty() || end >= line.size()) return m;
  const char close = line[end];
  if (parenthesis ? close != ')' : (close != ')' && close != '.')) return m;
  if (end + 1 < line.size() && !is_blank_char(line[end + 1])) return m;
  if (skip_blanks(line, end + 1) >= line.size()) return m;
  if (word.size() <= 2 && all_digits(word)) {
    if (!parenthesis && close == '.') return m;  // a paragraph's number
    m.kind = '1';
    parse_number(word, m.ordinal);
  } else if (word.size() == 1 && is_letter(word[0])) {
    m.kind = is_upper(word[0]) ? 'A' : 'a';
    m.ordinal = static_cast<std::uint32_t>(lower(word[0]) - 'a' + 1);
  } else if (const auto value = roman(word); value != 0 && (is_all_upper(word) || is_lower(word[0]))) {
    m.kind = 'i';
    m.ordinal = value;
  } else {
    return m;
  }
  return finish(end + 1);
}

bool is_rule(std::string_view line) noexcept {
  line = trim(line);
  if (line.size() < 3) return false;
  const char c = line[0];
  if (c != '-' && c != '*' && c != '=' && c != '_') return false;
  std::size_t run = 0, longest = 0;
  for (const char x : line) {
    if (x == c) longest = std::max(longest, ++run);
    else if (x == ' ') run = 0;
    else return false;
  }
  return longest >= 3;
}

std::string_view framed_heading(std::string_view line) noexcept {
  line = trim(line);
  if (line.size() < 9 || line.size() > 100 || line.substr(0, 3) != line.substr(line.size() - 3)) return {};
  const char c = line[0];
  if ((c != '-' && c != '*' && c != '=') || line.substr(0, 3) != std::string_view(std::array<char, 3>{c, c, c}.data(), 3))
    return {};
  while (!line.empty() && line.front() == c) line.remove_prefix(1);
  while (!line.empty() && line.back() == c) line.remove_suffix(1);
  if (line.empty() || !is_space(line.front()) || !is_space(line.back())) return {};
  line = trim(line);
  return !line.empty() && is_letter(line[0]) ? line : std::string_view();
}

std::string_view markdown_heading(std::string_view line) noexcept {
  line = trim(line);
  std::size_t n = 0;
  while (n < line.size() && line[n] == '#') ++n;
  if (n < 2 || n > 6 || n >= line.size() || !is_blank_char(line[n])) return {};
  return trim(line.substr(n));
}

bool is_table_row(std::string_view line) noexcept {
  const std::size_t indent = skip_blanks(line, 0);
  std::size_t columns = 1, run = 0;
  for (std::size_t i = indent; i < line.size(); ++i) {
    if (line[i] == ' ') {
      ++run;
    } else if (line[i] == '\t') {
      run += 4;
    } else {
      columns += run >= 3;
      run = 0;
    }
  }
  return columns >= 3;
}

bool is_system_noise(std::string_view line) noexcept {
  line = trim(line);
  if (line == ">" || starts_with(line, "@@@")) return true;
  // A receipt number, "PTQ4410".
  if (line.size() == 7 && all_digits(line.substr(3)) && is_upper(line[0]) && is_upper(line[1]) && is_upper(line[2])) return true;
  if (line.size() < 20 || line.substr(0, 10) != "----------") return false;
  // A dash counter: hyphens, then a relay number or time.
  std::size_t dashes = 0;
  while (dashes < line.size() && line[dashes] == '-') ++dashes;
  const auto rest = trim(line.substr(dashes));
  return rest.size() >= 6 && std::any_of(rest.begin(), rest.end(), is_digit) &&
         std::all_of(rest.begin(), rest.end(), [](char c) { return is_digit(c) || is_upper(c) || c == ' ' || c == '/'; });
}

relay_parts split_relay(std::string_view text) noexcept {
  relay_parts out;
  for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
    if (word.size() == 7 && word.back() == 'Z' && all_digits(word.substr(0, 6))) out.time = word;
    else if (out.serial.empty() && word.size() >= 5 && word[0] != '/') out.serial = word;
  }
  return out;
}

bool is_footer(std::string_view line) noexcept {
  line = trim(line);
  if (starts_with(line, "***") && line.size() > 8 && !is_rule(line)) return true;
  if (starts_with(line, "(NOT PASSED TO") || starts_with(line, "NOTE BY OC/T")) return true;
  if (starts_with(line, "http://") || starts_with(line, "https://")) return true;
  if (starts_with(line, "<< END OF DOCUMENT >>")) return true;
  if (line.find(" - Classification:") != npos) return true;
  return false;
}

bool is_passing(std::string_view line) noexcept {
  line = trim(line);
  if (line.empty() || !is_upper(line[0])) return false;
  std::string_view rest = line;
  for (std::size_t i = 0; i < 9; ++i) {
    auto word = take_word(rest);
    if (word.empty()) return false;
    if (i > 0) {
      if (same(word, "FOR") || same(word, "PASS") ||
          (same(word, "PLEASE") && (starts_with(trim_left(rest), "PASS") || trim(rest).empty())) ||
          (same(word, "ALSO") && (starts_with(trim_left(rest), "FOR") || starts_with(trim_left(rest), "PASS"))))
        return true;
    }
    for (const char c : word)
      if (is_lower(c)) return false;
    if (word.back() == ';' || word.back() == '.') return false;
  }
  return false;
}

bool is_correction(std::string_view line) noexcept {
  line = trim(line);
  if (line.size() > 1 && line[0] == '(') line.remove_prefix(1);
  if (line.empty() || upper(line[0]) != 'C' || line.size() > 200) return false;
  constexpr std::string_view letters = "CORRECTEDCOPY";
  std::size_t at = 0;
  for (const char c : letters) {
    while (at < line.size() && is_blank_char(line[at])) ++at;
    if (at >= line.size() || upper(line[at]) != c) return false;
    ++at;
  }
  return at == line.size() || !is_alnum(line[at]);
}

namespace {

// "##", ".", "GP-3" or "10/17/07" behind a name.
std::string_view without_signature_marks(std::string_view line) noexcept {
  for (;;) {
    line = trim(line);
    while (!line.empty() && (line.back() == '#' || line.back() == '.' || line.back() == ',')) line.remove_suffix(1);
    const auto word = last_word(line);
    const bool is_code = starts_with(word, "GP") && word.size() <= 5 && word.size() >= 3 && is_digit(word.back());
    const bool is_date_word = word.size() >= 6 && word.size() <= 10 && is_digit(word[0]) &&
                              std::all_of(word.begin(), word.end(), [](char c) { return is_digit(c) || c == '/'; });
    if (word.size() == line.size() || (!is_code && !is_date_word)) return line;
    line.remove_suffix(word.size());
  }
}

// OLDCASTLE, O'BRANNOCK, McMEAR; Oldcastle, too, when `mixed`.
bool is_name_word(std::string_view word, bool& mixed) noexcept {
  if (!is_upper(word[0]) && static_cast<unsigned char>(word[0]) < 0x80) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    const bool name_letter = is_upper(c) || c == '-' || c == '\'' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
    const bool small = is_lower(c) && i == 1 && (word.substr(0, 2) == "Mc" || word.substr(0, 2) == "De");
    if (name_letter || small) continue;
    if (!is_lower(c)) return false;
    mixed = true;
  }
  return true;
}

}  // namespace

std::string_view match_signature(std::string_view line) noexcept {
  if (is_escaped_line(trim(line))) return {};
  const auto name = without_signature_marks(line);
  if (name.size() < 2 || name.size() > 40) return {};
  std::string_view rest = name;
  std::size_t words = 0;
  bool mixed = false;
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest))
    if (++words > 4 || is_marker_word(word) || !is_name_word(word, mixed)) return {};
  if (mixed && (words > 2 || name.size() < 4 || name.size() != trim(line).size() || month_of(name) != 0)) return {};
  if (is_end_of_message(name) || name == "BT" || match_caption(name) != 0 || !match_level(name, false).name.empty()) return {};
  return name;
}

bool is_date(unsigned year, unsigned month, unsigned day) noexcept {
  return month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

bool is_plain_date(std::string_view text) noexcept {
  std::uint32_t day = 0;
  return parse_number(take_word(text), day) && day >= 1 && day <= 31 && month_of(take_word(text)) != 0 &&
         count_digits(trim(text)) == 4 && trim(text).size() == 4;
}

std::pair<std::size_t, std::size_t> find_review_stamp(std::string_view line) noexcept {
  const auto place = line.find(review_words);
  if (place == npos) return {npos, npos};
  // Back over the name of the official: words with small letters, and initials.
  std::size_t begin = place;
  for (int words = 0; words < 4; ++words) {
    const auto word = last_word(line.substr(0, begin));
    const bool initial = word.size() == 2 && is_upper(word[0]) && word[1] == '.';
    if (word.size() < 2 || !is_upper(word[0]) || (!initial && !is_lower(word[1]))) break;
    begin = static_cast<std::size_t>(word.data() - line.data());
  }
  if (trim(line.substr(0, begin)).empty()) begin = 0;
  // On over the date.
  std::size_t end = place + review_words.size();
  auto rest = line.substr(end);
  for (int words = 0; words < 3; ++words) take_word(rest);
  if (is_plain_date(line.substr(end, line.size() - rest.size() - end))) end = line.size() - rest.size();
  return {begin, end};
}

bool is_terminated(std::string_view text) noexcept {
  if (text.empty()) return true;
  const char c = text.back();
  if (static_cast<unsigned char>(c) >= 0x80) return ends_with(text, "\xE2\x80\x9D") || ends_with(text, "\xE2\x80\xA6");
  return !is_alnum(c) && c != ',' && c != '-' && c != '/' && c != '&';
}

bool is_sentence_end(std::string_view text) noexcept {
  constexpr char_set ends(".:;!?");
  return !text.empty() && ends.has(text.back());
}

bool is_heading_text(std::string_view words) noexcept {
  if (words.empty() || words.size() > longest_heading || words.back() == '.' || words.back() == ';') return false;
  page_header page;
  return std::any_of(words.begin(), words.end(), [](char c) { return is_letter(c) || static_cast<unsigned char>(c) >= 0x80; }) &&
         !is_end_of_message(words) && !parse_page_header(words, page);
}

std::size_t usual_rule_length(std::string_view words) noexcept {
  std::size_t length = 0;
  bool blank = false;
  for (const char c : trim(words)) {
    const bool is_blank = is_space(c);
    length += is_blank ? !blank : (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    blank = is_blank;
  }
  return std::clamp<std::size_t>(length, 3, 65);
}

bool is_lone_heading_text(std::string_view words) noexcept {
  if (words.size() < 4 || !is_all_upper(words) || !is_letter(words[0])) return false;
  return !is_terminated(words) && words.back() != ',' && words.back() != '-';
}

bool begins_something(std::string_view line) noexcept {
  if (line.empty()) return false;
  if (is_escaped_line(line)) return true;
  const char c = line[0];
  if (is_lower(c)) {
    // Small letters begin nothing but labels, list marks and classification lines in small letters.
    if (c != 's' && c != 't' && c != 'e' && c != 'r' && c != 'c' && c != 'd' && c != 'u' && c != 'p' && line.size() > 1 &&
        is_letter(line[1]))
      return false;
  }
  if (match_paragraph(line).found || match_list(line).found || match_portion(line).length != 0) return true;
  if (match_label(line).what != label::none || is_rule(line) || !markdown_heading(line).empty() || !framed_heading(line).empty())
    return true;
  if (is_transmission_id(line) || is_routing(line) || is_calling(line) || is_security(line) || is_end_of_message(line))
    return true;
  if (is_validation(line) || is_partial_notice(line) || is_print_remains(line) || is_system_noise(line) || is_footer(line))
    return true;
  if (same(trim(line), "BT") || same(trim(line), "Message Text") || same(trim(line), "Message Attributes")) return true;
  page_header page;
  if (parse_page_header(line, page)) return true;
  class_line classification;
  if (parse_class_line(line, false, classification)) return true;
  date_time_group group;
  return parse_date_time(line, group);
}

}  // namespace dragoman::telegram
