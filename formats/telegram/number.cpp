// Message reference numbers: the id of a telegram and those of its references (telegram.md 1.4, 2.9).
#include <algorithm>
#include <array>
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

void report_findings(stage& s, const printed_id& id, const value& printed) {
  struct row {
    id_finding finding;
    code what;
    std::string_view text;
  };
  static constexpr std::array<row, 5> rows{
      {{id_finding::alias, code::id_alias, " names the station "},
       {id_finding::noise, code::id_noise, " has words that are no part of it"},
       {id_finding::ocr, code::id_ocr, " has a digit for a letter: "},
       {id_finding::ambiguous, code::id_ambiguous, " has a short name that several stations have"},
       {id_finding::placeholder, code::id_placeholder, " has a serial that the archive gave"}}};
  for (const auto& r : rows) {
    if (!id.has(r.finding)) continue;
    std::string text = "\"" + std::string(printed.text) + "\"" + std::string(r.text);
    if (r.finding == id_finding::alias || r.finding == id_finding::ocr) text += id.station;
    s.report(r.what, text, printed.begin, printed.end);
  }
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
