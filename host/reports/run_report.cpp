#include "reports/run_report.hpp"

#include "plugins/options.hpp"
#include "reports/csv.hpp"
#include "strings.hpp"

#include <filesystem>

namespace dragoman::hosting {
namespace {

class lines final : public run_report {
public:
  explicit lines(std::unique_ptr<byte_sink> file) : run_report(std::move(file)) {}

private:
  void take(const input_record& r, std::uint64_t seq) override { out().write(to_json(r, seq) + "\n"); }
};

class rows final : public run_report {
public:
  explicit rows(std::unique_ptr<byte_sink> file) : run_report(std::move(file)) {
    out().write(csv_row({"seq", "id", "source", "bytes", "sha256", "format", "reader", "status", "documents", "failed", "codes",
                         "outputs", "stage", "code", "line", "column", "text"}));
  }

private:
  // What an input has many of stands in one cell, separated by blanks; of its failures the first is told.
  void take(const input_record& r, std::uint64_t seq) override {
    std::string codes, outputs;
    for (const auto& [code, told] : r.codes) codes += (codes.empty() ? "" : " ") + code;
    for (const auto& o : r.outputs) outputs += (outputs.empty() ? "" : " ") + escaped(o.path);
    const auto number = [](auto n) { return n == 0 ? std::string() : std::to_string(n); };
    const problem_record none;
    const auto& first = r.problems.empty() ? none : r.problems.front();
    out().write(csv_row({std::to_string(seq), escaped(r.id), escaped(r.source), std::to_string(r.bytes), r.sha256, r.format,
                         r.reader, std::string(r.status()), std::to_string(r.converted), std::to_string(r.failed), codes, outputs,
                         first.stage, first.what.code, number(first.what.line), number(first.what.column), first.what.text}));
  }
};

}  // namespace

namespace {

std::string suffix_of(const std::string& file) { return ascii_lower(std::filesystem::path(file).extension().string()); }

}  // namespace

void run_report::check(const std::string& file, bool overwrite) {
  const auto suffix = suffix_of(file);
  if (suffix != ".jsonl" && suffix != ".csv" && suffix != ".html")
    throw usage_error("--report writes .jsonl, .csv or .html, as the name of the file says: " + printable(file));
  std::error_code ignored;
  if (!overwrite && std::filesystem::exists(file, ignored))
    throw usage_error("the file " + printable(file) + " exists: give --force to write over it");
}

std::unique_ptr<run_report> run_report::begin(const std::string& file, sample_wish wish) {
  const auto suffix = suffix_of(file);
  auto sink = std::make_unique<atomic_file>(file, true);
  std::unique_ptr<run_report> report;
  if (suffix == ".jsonl") report = std::make_unique<lines>(std::move(sink));
  else if (suffix == ".csv") report = std::make_unique<rows>(std::move(sink));
  else report = html_report(std::move(sink), std::filesystem::path(sample_folder(file)).filename().string());
  report->drawn_ = spot_sample(std::move(wish));
  return report;
}

}  // namespace dragoman::hosting
