// The report of a run, with every input: JSON Lines or CSV, a line for each; or HTML, a page for people.
//
// Source: bundles.md 12.
#pragma once
#include "outputs/output.hpp"
#include "reports/sample.hpp"

#include <memory>
#include <string>

namespace dragoman::hosting {

class run_report {
public:
  // Can a report be written under this name? The kind is seen from the suffix: .jsonl, .csv or .html. Throws usage_error for
  // others and for a file that exists, without `overwrite`. Writes nothing.
  static void check(const std::string& file, bool overwrite);
  // Begins one under a name that was checked: from here on a part of it is on the disk.
  static std::unique_ptr<run_report> begin(const std::string& file, sample_wish wish = {});
  virtual ~run_report() = default;

  // The next input. [in the order of the run]
  void add(const input_record& r) {
    drawn_.consider(r);
    take(r, ++count_);
  }
  // Of the inputs so far.
  const spot_sample& drawn() const noexcept { return drawn_; }
  // The file gets its name. False, with the reason in problem(), when it could not be written.
  bool finish() {
    complete(count_);
    return file_->commit();
  }
  const std::string& problem() const noexcept { return file_->problem(); }

protected:
  explicit run_report(std::unique_ptr<byte_sink> file) : file_(std::move(file)) {}
  virtual void take(const input_record& r, std::uint64_t seq) = 0;
  virtual void complete(std::uint64_t count) { (void)count; }
  byte_sink& out() noexcept { return *file_; }

private:
  std::unique_ptr<byte_sink> file_;
  std::uint64_t count_ = 0;
  spot_sample drawn_;
};

// The HTML kind: one file that needs no other. What it shows is counted as inputs come; of failures, and of inputs with a
// code, the first ones are named. `samples` is the name of the folder beside it that has the pages of what was drawn.
std::unique_ptr<run_report> html_report(std::unique_ptr<byte_sink> file, std::string samples);

}  // namespace dragoman::hosting
