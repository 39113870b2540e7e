#include "identity.hpp"

#include <algorithm>

#include "ascii.hpp"
#include "vocabulary.hpp"
#include "words.hpp"

namespace dragoman::telegram {
namespace {

constexpr std::size_t longest_id = 80;
constexpr std::size_t longest_station = 40;

bool is_name_char(char c) noexcept {
  return is_letter(c) || c == '.' || c == '\'' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

std::size_t count_letters(std::string_view text) noexcept {
  std::size_t n = 0;
  while (n < text.size() && is_name_char(text[n])) ++n;
  return n;
}

// The first six characters of a name as printed, compared without blanks (telegram.md 1.4).
bool has_code(std::string_view name, std::string_view code) noexcept {
  return name.size() > code.size() && is_same_station(trim(name).substr(0, 6), code);
}

// -- Words that get into ids (5.1 nos. 2 to 5) ----------------------------------------------------------------------

// Levels, captions and types of mission; the longer one first where one begins with the other.
constexpr std::array<std::string_view, 26> words_before_station{
    "LIMITEDOFFICIALUSE", "UNCLASSIFIED", "UNCLAS",    "CONFIDENTIAL", "TOPSECRET", "SECRET",    "RESTRICTED",
    "SENSITIVE",          "NOFORN",       "SIPDIS",    "NODIS",        "EXDIS",     "LIMDIS",    "STADIS",
    "NOCONTRACT",         "EFTO",         "FOUO",      "SBU",          "LOU",       "AMEMBASSY", "EMBASSY",
    "AMCONSUL",           "AMCONGEN",     "USMISSION", "USLO",         "USINT"};

struct remark {
  std::string_view word;
  flag_set flag;
};
constexpr std::array<remark, 10> remarks{{{"SUSPECTEDDUPLICATE", flags::duplicate},
                                          {"DUPLICATE", flags::duplicate},
                                          {"CORRECTEDCOPY", flags::correction},
                                          {"CORRECTION", flags::correction},
                                          {"CANCELLED", flags::cancelled},
                                          {"ZDK", flags::repeat},
                                          {"ZFD", flags::duplicate},
                                          {"ZDS", flags::corrected},
                                          {"ZEL", flags::correction},
                                          {"ZFR", flags::cancelled}}};

flag_set flag_of_remark(std::string_view text) noexcept {
  for (const auto& r : remarks)
    if (starts_with(text, r.word)) return r.flag;
  return 0;
}

bool add_noise(printed_id& id, std::string_view word) noexcept {
  if (id.noise_count == id.noise.size()) return false;
  id.noise[id.noise_count++] = word;
  id.findings |= static_cast<std::uint8_t>(id_finding::noise);
  return true;
}

// "01OF03" at the front of `rest`; false when it is none.
bool take_counts(std::string_view& rest, section_mark& section) noexcept {
  const auto n = count_digits(rest);
  if (n < 1 || n > 2 || !starts_with(rest.substr(n), "OF")) return false;
  const auto m = count_digits(rest.substr(n + 2));
  if (m < 1 || m > 2) return false;
  parse_number(rest.substr(0, n), section.number);
  parse_number(rest.substr(n + 2, m), section.total);
  rest.remove_prefix(n + 2 + m);
  return true;
}

// "SECTION01OF03", "FINALSECTIONOF03", with one wrong letter in the word.
bool take_section(std::string_view& rest, section_mark& section) noexcept {
  auto word = rest.substr(0, count_letters(rest));
  auto behind = rest.substr(word.size());
  if (starts_with(word, "FINAL") && ends_with(word, "OF") && word.size() > 12 &&
      is_near(word.substr(5, word.size() - 7), "SECTION")) {
    const auto m = count_digits(behind);
    if (m < 1 || m > 2) return false;
    parse_number(behind.substr(0, m), section.total);
    section.number = section.total;
    rest = behind.substr(m);
    return true;
  }
  if (!is_near(word, "SECTION") || !take_counts(behind, section)) return false;
  rest = behind;
  return true;
}

std::string_view take_word_before_station(std::string_view& rest, const station_names& stations) noexcept {
  const auto letters = rest.substr(0, count_letters(rest));
  if (!stations.find(letters).name.empty()) return {};
  for (const auto word : words_before_station) {
    if (!starts_with(letters, word)) continue;
    const auto left = letters.substr(word.size());
    if (left.size() < 2 || (word.size() < 4 && stations.find(left).name.empty())) continue;
    rest.remove_prefix(word.size());
    return letters.substr(0, word.size());
  }
  return {};
}

// -- The parts of an id ---------------------------------------------------------------------------------------------

std::uint32_t full_year(std::uint32_t two_digits) noexcept { return two_digits + (two_digits >= 50 ? 1900 : 2000); }

// Takes the year off `rest`: two digits, four, or one of them twice (no. 6); the archive writes four. 0: none.
std::uint32_t take_year(std::string_view& rest, printed_id& id, bool& is_archive) noexcept {
  std::uint32_t year = 0;
  if (rest.size() > 2 && rest[0] == 'O' && is_digit(rest[1]) && is_letter(rest[2])) {  // letter for zero
    id.findings |= static_cast<std::uint8_t>(id_finding::ocr);
    year = 2000u + static_cast<std::uint32_t>(rest[1] - '0');
    rest.remove_prefix(2);
    return year;
  }
  const auto digits = count_digits(rest);
  const auto twice = [&](std::size_t n) { return digits == 2 * n && rest.substr(0, n) == rest.substr(n, n); };
  if (digits < 2) return 0;
  // "0901OF02": the section stands behind the year without its word.
  const bool counts = (digits == 3 || digits == 4) && starts_with(rest.substr(digits), "OF") &&
                      is_digit(rest.substr(digits + 2, 1).empty() ? ' ' : rest[digits + 2]);
  std::size_t length = 2;
  if (!counts && (digits == 4 || twice(4)) && parse_number(rest.substr(0, 4), year) && year >= 1945 && year <= 2049) {
    length = 4;
    is_archive = digits == 4;
  } else {
    parse_number(rest.substr(0, 2), year);
    year = full_year(year);
  }
  const bool is_doubled = !counts && twice(length);
  if (is_doubled) add_noise(id, rest.substr(length, length));
  const bool digit_for_letter = digits == 3 && !counts;
  if (!counts && !is_doubled && !digit_for_letter && digits != length) return 0;
  rest.remove_prefix(is_doubled ? 2 * length : length);
  return year;
}

// What stands behind the serial: a signal or remark with a number (no. 5), or the begin of another id (no. 6).
bool read_remains(std::string_view rest, printed_id& id) noexcept {
  const auto letters = count_letters(rest);
  const auto digits = count_digits(rest.substr(letters));
  if (letters < 3 || letters + digits != rest.size()) return false;
  id.second = rest.substr(letters);
  id.flags |= flag_of_remark(rest);
  return add_noise(id, rest);
}

}  // namespace

// -- Stations -------------------------------------------------------------------------------------------------------

bool is_same_station(std::string_view a, std::string_view b) noexcept {
  std::size_t i = 0, k = 0;
  for (;;) {
    while (i < a.size() && a[i] == ' ') ++i;
    while (k < b.size() && b[k] == ' ') ++k;
    if (i == a.size() || k == b.size()) return i == a.size() && k == b.size();
    if (upper(a[i++]) != upper(b[k++])) return false;
  }
}

station_names::station_names(std::initializer_list<std::string_view> own) noexcept {
  std::copy_n(own.begin(), std::min(own.size(), own_.size()), own_.begin());
}

station_names::match station_names::find(std::string_view name) const noexcept {
  if (const auto known = terms::find_station(name); known.where != nullptr) return {known.where->name, known.is_alias, false};
  for (const auto own : own_)
    if (!own.empty() && is_same_station(own, name)) return {own, false, false};
  return {};
}

station_names::match station_names::find_code(std::string_view code) const noexcept {
  match found;
  for (const auto own : own_) {
    if (own.empty() || !(is_same_station(own, code) || has_code(own, code))) continue;
    if (!found.name.empty() && !is_same_station(found.name, own)) return {{}, false, true};
    found.name = own;
  }
  if (!found.name.empty()) return found;
  const auto known = terms::stations_of_nara_code(code);
  if (known.size() == 1) return {terms::stations[known[0]].name, false, false};
  if (known.size() > 1) return {{}, false, true};
  return find(code);
}

// -- Digits that were letters (no. 8) -------------------------------------------------------------------------------

std::string_view station_behind_digits(std::string_view word, const station_names& stations) noexcept {
  constexpr std::string_view looks_like = "OIZEASGTBG";  // of the digits 0 to 9
  std::array<char, longest_station> letters{};
  if (word.size() < 3 || word.size() > letters.size()) return {};
  for (std::size_t i = 0; i < word.size(); ++i)
    letters[i] = is_digit(word[i]) ? looks_like[static_cast<std::size_t>(word[i] - '0')] : word[i];
  const auto found = stations.find({letters.data(), word.size()});
  if (!found.name.empty()) return found.name;
  for (std::size_t i = 0; i < word.size(); ++i)
    if (word[i] == '1') letters[i] = 'L';
  return stations.find({letters.data(), word.size()}).name;
}

// -- Ids ------------------------------------------------------------------------------------------------------------

bool looks_like_id(std::string_view text) noexcept {
  if (text.size() < 5 || text.size() > longest_id || !(is_digit(text[0]) || text[0] == 'O') || !is_digit(text[1])) return false;
  const auto digits = std::max<std::size_t>(2, count_digits(text));
  if (digits > 8 || digits >= text.size() || !is_upper(text[digits])) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(digits), text.end(),
                     [](char c) { return is_upper(c) || is_digit(c) || is_name_char(c) || c == '_'; });
}

printed_id parse_id(std::string_view text, const station_names& stations) noexcept {
  printed_id id;
  auto rest = trim(text);
  if (rest.size() > longest_id) return id;
  if (const auto mark = rest.rfind('_'); mark != npos && rest.size() - mark <= 3) {
    id.suffix = rest.substr(mark);
    rest = rest.substr(0, mark);
  }
  bool is_archive = false;
  id.year = take_year(rest, id, is_archive);
  if (id.year == 0) return id;
  const auto before = rest;
  if (take_counts(rest, id.section)) add_noise(id, before.substr(0, before.size() - rest.size()));
  for (;;) {
    const auto at = rest;
    if (take_section(rest, id.section)) {
      if (!add_noise(id, at.substr(0, at.size() - rest.size()))) return id;
    } else if (const auto word = take_word_before_station(rest, stations); word.empty() || !add_noise(id, word)) {
      break;
    }
  }
  // Station and serial.
  auto station = rest.substr(0, count_letters(rest));
  auto serial = rest.substr(station.size(), count_digits(rest.substr(station.size())));
  auto remains = rest.substr(station.size() + serial.size());
  if (station.empty() || !remains.empty()) {
    // A digit among the letters: the whole word up to the last digits.
    auto word = rest;
    while (!word.empty() && is_digit(word.back())) word.remove_suffix(1);
    if (const auto meant = station_behind_digits(word, stations); !meant.empty() && word.size() < rest.size()) {
      id.findings |= static_cast<std::uint8_t>(id_finding::ocr);
      id.station = meant;
      serial = rest.substr(word.size());
      remains = {};
    } else if (station.empty()) {
      return id;
    }
  }
  // Two ids run together: the year of the second stands behind the first serial.
  if (!remains.empty() && flag_of_remark(remains) == 0 && serial.size() > 3 &&
      serial.substr(serial.size() - 2) == trim(text).substr(0, 2)) {
    const auto second = serial.size() - 2;
    remains = rest.substr(station.size() + second);
    serial = serial.substr(0, second);
    if (!add_noise(id, remains)) return id;
    remains = {};
  }
  if (serial.empty() || serial.size() > 7 || station.size() > longest_station) return id;
  if (!remains.empty() && !read_remains(remains, id)) return id;
  if (id.station.empty()) {
    const auto known = is_archive ? stations.find_code(station) : stations.find(station);
    if (known.is_alias) id.findings |= static_cast<std::uint8_t>(id_finding::alias);
    if (known.is_ambiguous) id.findings |= static_cast<std::uint8_t>(id_finding::ambiguous);
    id.station = known.name.empty() ? station : known.name;
  }
  id.serial = without_zeros(serial);
  if (is_placeholder(id.serial)) id.findings |= static_cast<std::uint8_t>(id_finding::placeholder);
  return id;
}

bool is_placeholder(std::string_view serial) noexcept {
  std::uint32_t n = 0;
  return parse_number(serial, n) && n >= 900000;
}

// -- Operating signals (3.5) ----------------------------------------------------------------------------------------

bool is_signal(std::string_view word) noexcept {
  while (!word.empty() && is_digit(word.back())) word.remove_suffix(1);
  return word == "SVC" || word == "TAO" || word == "CCY" ||
         (word.size() == 3 && (word[0] == 'Z' || word[0] == 'Q') && is_upper(word[1]) && is_upper(word[2]));
}

flag_set flag_of_signal(std::string_view word) noexcept {
  return is_signal(word) && word[0] == 'Z' ? flag_of_remark(word.substr(0, 3)) : 0;
}

}  // namespace dragoman::telegram
