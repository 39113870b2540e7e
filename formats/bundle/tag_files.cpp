#include "tag_files.hpp"

#include <dragoman/text.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace dragoman::bundle {

std::string manifest_line(std::string_view hex, std::string_view path) {
  std::string line(hex);
  line += "  ";
  for (const char c : path) {
    if (c == '%') line += "%25";
    else if (c == '\r') line += "%0D";
    else if (c == '\n') line += "%0A";
    else line += c;
  }
  return line += '\n';
}

std::string info_line(std::string_view label, std::string_view value) {
  std::string line(label);
  line += ": ";
  for (std::string_view rest = trim(value); !rest.empty();) {
    const auto c = decode_utf8(rest);
    if (c.length == 0) line += "\xEF\xBF\xBD";
    else if (c.code == '\r' || c.code == '\n') line += ' ';
    else line += rest.substr(0, c.length);
    rest.remove_prefix(std::max<std::size_t>(c.length, 1));
  }
  return line += '\n';
}

std::string size_for_people(std::uint64_t octets) {
  constexpr std::array<std::string_view, 5> units{"KB", "MB", "GB", "TB", "PB"};
  if (octets < 1000) return std::to_string(octets) + " B";
  std::uint64_t scale = 1000;
  std::size_t unit = 0;
  while (unit + 1 < units.size() && octets / scale >= 1000) {
    scale *= 1000;
    ++unit;
  }
  const std::uint64_t tenths = octets / (scale / 10) + (octets % (scale / 10) >= scale / 20 ? 1 : 0);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " " + std::string(units[unit]);
}

}  // namespace dragoman::bundle
