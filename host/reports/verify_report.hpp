// The report of a verification as a file: JSON Lines (a line for each input) or CSV (a row for each finding).
#pragma once
#include "outputs/output.hpp"
#include "sessions/verification.hpp"

#include <memory>
#include <string>
#include <vector>

namespace dragoman::hosting {

class verify_report {
public:
  // The kind is seen from the suffix: .jsonl or .csv. Throws usage_error for others and for a file that exists, without `overwrite`.
  verify_report(const std::string& file, bool overwrite);

  void add(const std::string& input, const verified& verdict, const std::vector<verdict_line>& lines);
  // The file gets its name. False, with the reason in problem(), when it could not be written.
  bool finish();
  const std::string& problem() const noexcept { return file_->problem(); }

private:
  void add_json(const std::string& input, const verified& verdict, const std::vector<verdict_line>& lines);
  void add_csv(const std::string& input, const verified& verdict, const std::vector<verdict_line>& lines);
  std::unique_ptr<byte_sink> file_;
  bool is_csv_;
};

}  // namespace dragoman::hosting
