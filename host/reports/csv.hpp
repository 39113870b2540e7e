// Rows of CSV (RFC 4180).
#pragma once
#include <string>
#include <vector>

namespace dragoman::hosting {

// A row with its end, CR LF. Cells with commas, quotes or line ends are quoted.
std::string csv_row(const std::vector<std::string>& cells);

}  // namespace dragoman::hosting
