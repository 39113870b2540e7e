// What `plugin check` and `plugin fuzz` work on, from their arguments.
#pragma once
#include "kit/subject.hpp"
#include "program.hpp"

#include <string>
#include <vector>

namespace dragoman::hosting {

// Throws std::system_error when a file cannot be read.
check_plan plan_to_check(const program& p, const std::string& plugin, const std::vector<std::string>& samples);

}  // namespace dragoman::hosting
