// The folder of rejected originals (--quarantine): for each input of which something failed a copy, and beside it NAME.error.json
// with what failed, where, and by which plugin.
//
// Source: bundles.md 11 "Failures never stop a run".
#pragma once
#include "outputs/naming.hpp"
#include "outputs/output.hpp"
#include "reports/record.hpp"

#include <string>

namespace dragoman::hosting {

class rejects {
public:
  explicit rejects(std::string folder) : folder_(std::move(folder)) {}
  // Copies the input as `where` has it, or as its path does. False, with the reason, when it could not; an input that cannot be
  // read has no copy, which is no failure of this. What is there from an earlier run is replaced; what that run did itself
  // (`was_done`) is left as it is, but keeps its name.
  bool add(const input_record& r, const origin* where, bool was_done, std::string& problem);

private:
  const std::string folder_;
  given_names names_;
  made_folders folders_;
};

}  // namespace dragoman::hosting
