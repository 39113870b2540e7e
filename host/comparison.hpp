// What is different between two documents, by meaning, told for people.
#pragma once
#include <dragoman/node.hpp>

#include <string>
#include <vector>

namespace dragoman::hosting {

struct difference {
  std::string where;          // "meta/subject", "body, paragraph 2"
  std::string first, second;  // what each says; empty: nothing
};

// Empty exactly when the two mean the same (docs/model.md, "Equality"): what it compares is their canonical form.
std::vector<difference> differences(node first, node second);

}  // namespace dragoman::hosting
