// The report of a run: JSON Lines or CSV, a line for each input.
//
// Source: bundles.md 12.
#pragma once
#include "output.hpp"
#include "record.hpp"

#include <memory>
#include <string>

namespace dragoman::hosting {

class run_report {
public:
  // The kind is seen from the suffix: .jsonl or .csv. Throws usage_error for others and for a file that exists, without `overwrite`.
  run_report(const std::string& file, bool overwrite);

  void add(const input_record& r);
  // The file gets its name. False, with the reason in problem(), when it could not be written.
  bool finish() { return file_->commit(); }
  const std::string& problem() const noexcept { return file_->problem(); }

private:
  void add_csv(const input_record& r);
  std::unique_ptr<byte_sink> file_;
  bool is_csv_;
  std::uint64_t count_ = 0;
};

}  // namespace dragoman::hosting
