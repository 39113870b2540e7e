#include "reports/verify_report.hpp"

#include "plugins/options.hpp"
#include "reports/csv.hpp"
#include "strings.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace dragoman::hosting {
namespace {

using json = nlohmann::ordered_json;

std::string number(std::int64_t n, std::int64_t none) { return n == none ? "" : std::to_string(n); }

}  // namespace

verify_report::verify_report(const std::string& file, bool overwrite) {
  const auto suffix = ascii_lower(std::filesystem::path(file).extension().string());
  if (suffix != ".jsonl" && suffix != ".csv")
    throw usage_error("--report writes .jsonl or .csv, as the name of the file says: " + printable(file));
  std::error_code ignored;
  if (!overwrite && std::filesystem::exists(file, ignored))
    throw usage_error("the file " + printable(file) + " exists: give --force to write over it");
  is_csv_ = suffix == ".csv";
  file_ = std::make_unique<atomic_file>(file, overwrite);
  if (is_csv_)
    file_->write(csv_row({"input", "format", "verdict", "severity", "code", "path", "line", "column", "offset", "algorithm",
                          "expected", "found", "text"}));
}

void verify_report::add(const std::string& input, const verified& verdict, const std::vector<verdict_line>& lines) {
  if (is_csv_) add_csv(input, verdict, lines);
  else add_json(input, verdict, lines);
}

void verify_report::add_json(const std::string& input, const verified& verdict, const std::vector<verdict_line>& lines) {
  json row{{"input", printable(input)}};
  if (!verdict.format.empty()) row["format"] = verdict.format;
  row["verdict"] = name_of(verdict.state);
  row["errors"] = verdict.errors;
  row["warnings"] = verdict.warnings;
  row["findings"] = json::array();
  for (const auto& line : lines) {
    json f{{"severity", name_of(line.what.severity)}, {"code", line.what.code}};
    if (!line.path.empty()) f["path"] = printable(line.path);
    if (line.what.line != 0) f["line"] = line.what.line;
    if (line.what.column != 0) f["column"] = line.what.column;
    if (line.what.offset >= 0) f["offset"] = line.what.offset;
    if (!line.algorithm.empty()) f["algorithm"] = line.algorithm;
    if (!line.expected.empty()) f["expected"] = printable(line.expected);
    if (!line.found.empty()) f["found"] = printable(line.found);
    f["text"] = printable(line.what.text);
    row["findings"].push_back(std::move(f));
  }
  file_->write(row.dump() + "\n");
}

void verify_report::add_csv(const std::string& input, const verified& verdict, const std::vector<verdict_line>& lines) {
  const auto write = [&](const verdict_line& line, const std::string& severity) {
    file_->write(
        csv_row({printable(input), verdict.format, name_of(verdict.state), severity, line.what.code, printable(line.path),
                 number(line.what.line, 0), number(line.what.column, 0), number(line.what.offset, -1), line.algorithm,
                 printable(line.expected), printable(line.found), printable(line.what.text)}));
  };
  for (const auto& line : lines) write(line, name_of(line.what.severity));
  if (lines.empty()) write({}, "");
}

bool verify_report::finish() { return file_->commit(); }

}  // namespace dragoman::hosting
