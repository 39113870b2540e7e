#include "reports/csv.hpp"

namespace dragoman::hosting {

// RFC 4180.
std::string csv_row(const std::vector<std::string>& cells) {
  std::string out;
  for (const auto& cell : cells) {
    if (&cell != cells.data()) out += ',';
    const bool quote = cell.find_first_of(",\"\r\n") != std::string::npos;
    if (quote) out += '"';
    for (const char c : cell) {
      if (c == '"') out += '"';
      out += c;
    }
    if (quote) out += '"';
  }
  return out + "\r\n";
}

}  // namespace dragoman::hosting
