#include "numbering.hpp"

#include "ascii.hpp"

namespace dragoman::telegram {
namespace {

std::string padded(std::string_view serial) {
  serial = without_zeros(serial);
  return serial.size() < 6 ? std::string(6 - serial.size(), '0') + std::string(serial) : std::string(serial);
}

}  // namespace

std::string number_of_id(std::string_view id, std::string_view from_name) {
  if (id.size() < 4 || !is_digit(id[0]) || !is_digit(id[1]) || !is_upper(id[2])) return {};
  std::size_t digits = id.size();
  while (digits > 2 && is_digit(id[digits - 1])) --digits;
  const auto serial = id.substr(digits);
  const auto station = id.substr(2, digits - 2);
  if (serial.empty() || serial.size() > 7 || (serial.size() > 1 && serial[0] == '0')) return {};
  for (const char c : station)
    if (!is_upper(c) && c != '.' && c != '\'' && c != '-' && static_cast<unsigned char>(c) < 0x80) return {};
  // The words at the end of the originator that spell the station.
  std::size_t at = from_name.size(), left = station.size();
  while (at > 0 && left > 0) {
    const char c = upper(from_name[at - 1]);
    if (c == ' ') {
      --at;
    } else if (c == upper(station[left - 1])) {
      --at;
      --left;
    } else {
      break;
    }
  }
  const bool spelt = left == 0 && (at == 0 || from_name[at - 1] == ' ');
  std::string out;
  if (spelt) {
    bool blank = true;
    append_collapsed(out, trim(from_name.substr(at)), blank);
    for (char& c : out) c = upper(c);
  } else {
    out = station;
  }
  return out + " " + padded(serial);
}

std::string normal_number(const message_number& number) {
  std::string out;
  bool blank = true;
  append_collapsed(out, trim(number.station), blank);
  for (char& c : out) c = upper(c);
  return out + " " + padded(number.serial);
}

std::string validation_of(std::string_view serial) {
  serial = without_zeros(serial);
  if (serial.size() > 4) serial = serial.substr(serial.size() - 4);
  return "#" + std::string(4 - serial.size(), '0') + std::string(serial);
}

std::string section_words(const section_mark& section) {
  if (section.total == 0) return "none";
  return std::to_string(section.number) + " OF " + std::to_string(section.total);
}

}  // namespace dragoman::telegram
