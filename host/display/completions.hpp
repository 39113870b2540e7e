// Completions of shells, made of what the commands declare.
#pragma once
#include "program.hpp"

#include <string>

namespace dragoman::hosting {

std::string bash_completions(const program& p);
std::string zsh_completions(const program& p);
std::string fish_completions(const program& p);

}  // namespace dragoman::hosting
