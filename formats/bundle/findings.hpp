// formats/bundle/findings.hpp - what is wrong or doubtful with a bag.
#pragma once
#include <dragoman/plugin.hpp>

#include <functional>
#include <string>

namespace dragoman::bundle {

// One line of a verdict. `code` is one of the bundle.* codes; the parts below it are empty where they say nothing.
struct finding {
  severity level = severity::error;
  std::string code, text;
  std::string path, algorithm, expected, found;
};
using finding_function = std::function<void(finding)>;

}  // namespace dragoman::bundle
