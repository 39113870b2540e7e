// Schemas for a verifier that never opens a path itself: the one that the user named, and files beside it or beside what is
// verified (dgm_verification.schema).
#pragma once
#include "inputs/input.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace dragoman::hosting {

// The folder that a file lies in; empty for standard input (an empty path).
std::string folder_of(const std::string& path);

// For one verification; one thread at a time. Never leaves the folder, neither by name nor by symbolic links.
class schema_lender {
public:
  // `named` is the path of the schema that the user named, with its octets; empty: none. Then files are looked for in `beside`,
  // the folder of the input; empty: nowhere.
  schema_lender(std::string named, std::shared_ptr<const octets> content, std::string beside);

  // As dgm_verification.schema: null when there is none. What is lent lives as long as this.
  const dgm_input* lend(std::string_view name) noexcept;
  // Was the schema that the user named asked for?
  bool gave_named() const noexcept { return gave_named_; }

private:
  struct lent_file {
    std::string name;
    std::shared_ptr<const octets> content;
    std::unique_ptr<input_table> table;
  };
  const dgm_input* keep(std::string name, std::shared_ptr<const octets> content);
  std::string path_inside(std::string_view name) const;

  const std::string named_;
  const std::shared_ptr<const octets> named_content_;
  const std::string folder_;
  std::map<std::string, lent_file, std::less<>> files_;  // by the name asked for
  bool gave_named_ = false;
};

}  // namespace dragoman::hosting
