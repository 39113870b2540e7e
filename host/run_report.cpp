#include "run_report.hpp"

#include "csv.hpp"
#include "options.hpp"
#include "strings.hpp"

#include <filesystem>

namespace dragoman::hosting {

run_report::run_report(const std::string& file, bool overwrite) {
  const auto suffix = ascii_lower(std::filesystem::path(file).extension().string());
  if (suffix != ".jsonl" && suffix != ".csv") throw usage_error("--report writes .jsonl or .csv, as the name of the file says: " + printable(file));
  std::error_code ignored;
  if (!overwrite && std::filesystem::exists(file, ignored)) throw usage_error("the file " + printable(file) + " exists: give --force to write over it");
  is_csv_ = suffix == ".csv";
  file_ = std::make_unique<atomic_file>(file, true);
  if (is_csv_)
    file_->write(csv_row({"seq", "id", "source", "bytes", "sha256", "format", "reader", "status", "documents", "failed", "codes", "outputs", "stage",
                          "code", "line", "column", "text"}));
}

void run_report::add(const input_record& r) {
  ++count_;
  if (is_csv_) add_csv(r);
  else file_->write(to_json(r, count_) + "\n");
}

// What an input has many of stands in one cell, separated by blanks; of its failures the first is told.
void run_report::add_csv(const input_record& r) {
  std::string codes, outputs;
  for (const auto& [code, told] : r.codes) codes += (codes.empty() ? "" : " ") + code;
  for (const auto& o : r.outputs) outputs += (outputs.empty() ? "" : " ") + escaped(o.path);
  const auto number = [](auto n) { return n == 0 ? std::string() : std::to_string(n); };
  const problem_record none;
  const auto& first = r.problems.empty() ? none : r.problems.front();
  file_->write(csv_row({std::to_string(count_), escaped(r.id), escaped(r.source), std::to_string(r.bytes), r.sha256, r.format, r.reader,
                        std::string(r.status()), std::to_string(r.converted), std::to_string(r.failed), codes, outputs, first.stage, first.what.code,
                        number(first.what.line), number(first.what.column), first.what.text}));
}

}  // namespace dragoman::hosting
