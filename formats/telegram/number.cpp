// Message reference numbers: the id of a telegram and those of its references (telegram.md 1.4, 2.9).
#include <algorithm>
#include <string>

#include "ascii.hpp"
#include "grammar.hpp"
#include "identity.hpp"
#include "stage.hpp"

namespace dragoman::telegram {
namespace {

bool is_station(std::string_view text) noexcept {
  if (text.empty() || text.size() > 40 || !is_letter(text[0])) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || c == ' ' || c == '.' || c == '\'' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
  });
}

// A year of two or four digits, with an apostrophe or in parentheses; 0 digits: none.
bool read_year(std::string_view text, std::uint32_t& year) noexcept {
  if (text.size() >= 2 && text.front() == '(' && text.back() == ')') text = text.substr(1, text.size() - 2);
  if (!text.empty() && text.front() == '\'') text.remove_prefix(1);
  std::string digits(text);
  if (digits.size() == 2 && digits[0] == 'O') digits[0] = '0';  // letter O for zero
  if ((digits.size() != 2 && digits.size() != 4) || !parse_number(digits, year)) return false;
  if (digits.size() == 2) year += year >= 50 ? 1900 : 2000;
  return year >= 1950 && year <= 2049;
}

}  // namespace

std::string_view canonical_id(stage& s, std::uint32_t year, std::string_view station, std::string_view serial) {
  std::string id;
  id += static_cast<char>('0' + year / 10 % 10);
  id += static_cast<char>('0' + year % 10);
  const auto known = station_names().find(station);
  for (const char c : known.name.empty() ? station : known.name)
    if (!is_space(c)) id += upper(c);
  id += without_zeros(serial);
  return s.memory().copy(id);
}

resolved_reference resolve_reference(stage& s, std::string_view text, std::string_view inherited, std::uint32_t own_year, bool has_year,
                                     const message_number& own) {
  resolved_reference out;
  text = trim(text);
  // What stands behind the number does not count: (NOTAL), AND PREVIOUS, a title.
  auto core = text;
  for (auto note = core.find('(', 1); note != npos; note = core.find('(', note + 1)) {
    if (note <= 3) continue;
    const auto inside = core.substr(note);
    std::uint32_t ignored = 0;
    const auto close = inside.find(')');
    if (close != npos && read_year(inside.substr(0, close + 1), ignored)) continue;
    core = trim(core.substr(0, note));
    break;
  }
  for (const std::string_view word : {" NOTAL", " AND PREVIOUS", " ET AL", "\""})
    if (const auto at = find_word(core, word); at != npos && at > 0) core = trim(core.substr(0, at));
  while (!core.empty() && (core.back() == '.' || core.back() == ',' || core.back() == ';' || core.back() == ':')) core = trim(core.substr(0, core.size() - 1));
  if (core.empty() || core.size() > 60) return out;

  std::uint32_t year = 0;
  bool year_given = false;
  // The year in front: "07 STATE 12", "'07", "2007", also without the blank.
  std::string_view rest = core;
  const auto front = take_word(rest);
  if (!trim(rest).empty() && read_year(front, year) && !all_digits(trim(rest))) {
    year_given = true;
    core = trim(rest);
  } else if (core.size() > 4 && is_digit(core[0]) && is_digit(core[1]) && (is_upper(core[2]) || (core[2] == '-' && is_upper(core[3])))) {
    year_given = read_year(core.substr(0, 2), year);
    if (year_given) core = core.substr(core[2] == '-' ? 3 : 2);
  }
  // The year behind: "STATE 12 (07)", "STATE 12 07", "STATE 12-07", "STATE 12/07".
  if (!year_given) {
    const auto last = last_word(core);
    const auto before = trim(core.substr(0, core.size() - last.size()));
    const auto slash = last.find_first_of("-/");
    if (last.size() > 2 && last.front() == '(' && read_year(last, year)) {
      year_given = true;
      core = before;
    } else if (slash != npos && slash > 0 && all_digits(last.substr(0, slash)) && last.size() - slash - 1 == 2 && read_year(last.substr(slash + 1), year)) {
      year_given = true;
      core = core.substr(0, core.size() - (last.size() - slash));
    } else if (last.size() == 2 && all_digits(last) && !last_word(before).empty() && all_digits(last_word(before)) && last_word(before).size() >= 1 &&
               before.size() > last_word(before).size() && read_year(last, year)) {
      year_given = true;
      core = before;
    }
  }
  // Station and serial.
  auto serial = last_word(core);
  auto station = trim(core.substr(0, core.size() - serial.size()));
  if (!serial.empty() && serial.front() == '#') serial.remove_prefix(1);
  if (!all_digits(serial) && station.empty()) {
    // "STATE12", "STATE-12"
    std::size_t digits = serial.size();
    while (digits > 0 && is_digit(serial[digits - 1])) --digits;
    if (digits == 0 || digits == serial.size()) return out;
    station = serial.substr(0, digits);
    serial = serial.substr(digits);
    while (!station.empty() && (station.back() == '-' || station.back() == '#')) station.remove_suffix(1);
  }
  if (!all_digits(serial)) {
    // "412 ORMUNDE": the number first.
    std::string_view words = core;
    const auto number = take_word(words);
    if (!all_digits(number) || !is_station(trim(words)) || trim(words).find(' ') != npos) return out;
    station = trim(words);
    serial = number;
    out.swapped = true;
  }
  if (serial.size() > 7) return out;
  while (!station.empty() && (station.back() == '#' || station.back() == '-' || is_space(station.back()))) station.remove_suffix(1);
  if (station.empty()) station = inherited;
  if (!is_station(station) || station.size() == 1) return out;  // "A-1089" is an airgram
  // Prose with a number behind is no telegram: words in small letters, or many of them.
  if (!is_all_upper(station) && station.find(' ') != npos) return out;
  if (std::count(station.begin(), station.end(), ' ') > 3) return out;
  for (const std::string_view other : {"FAM", "FAH", "IIR", "FBIS", "TD", "MEMO", "EMAIL", "LETTER", "TELCON"})
    if (starts_with_word(station, other) || ends_with(station, other) || find_word(station, std::string(" ") + std::string(other)) != npos) return out;
  out.station = station;
  if (!year_given) {
    if (!has_year) return out;
    year = own_year;
    // The station's own later number is of the year before (telegram.md 2.9).
    std::uint32_t theirs = 0, ours = 0;
    std::string a, b;
    for (const char c : station)
      if (c != ' ') a += upper(c);
    for (const char c : own.station)
      if (c != ' ') b += upper(c);
    if (!b.empty() && a == b && parse_number(serial, theirs) && parse_number(own.serial, ours) && theirs >= ours) --year;
  }
  out.id = canonical_id(s, year, station, serial);
  return out;
}

void infer_id(stage& s, std::uint32_t year, bool has_year) {
  auto& out = s.out();
  // Station from FM, serial from the calling line: the serial modulo 10,000.
  const auto& de = out.first.lines.de;
  std::string_view rest = de.text;
  take_word(rest);
  rest = trim(rest);
  if (!rest.empty() && rest[0] == '#') rest.remove_prefix(1);
  const auto serial = rest.substr(0, count_digits(rest));
  std::string_view name = out.first.from.name;
  const auto type = take_word(name);
  if (is_addressee_type(type) && !trim(name).empty() && has_year && !serial.empty() && out.first.number.empty()) {
    const auto station = same(type, "SECSTATE") ? std::string_view("STATE") : trim(name);
    if (is_station(station)) {
      out.id = {canonical_id(s, year, station, serial), de.begin, de.end};
      s.report(code::id_inferred, std::string(out.id.text) + " from the lines DE and FM", de.begin, de.end);
      return;
    }
  }
  if (s.report.count(code::id_invalid) == 0) s.report(code::id_invalid, "no year, station and number together", 0, 0);
}

}  // namespace dragoman::telegram
