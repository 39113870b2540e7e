// Is a file a module that can be loaded, as far as that can be known without running any of it?
#pragma once
#include <filesystem>
#include <string>

namespace dragoman::hosting {

// Reads the headers of `file` and returns why it must not be loaded, or nothing. Never throws, never maps the file.
//
// A module is a shared object of this machine, whole (every loadable segment lies inside the file: the dynamic loader
// itself dies of one that does not), that exports dgm_plugin_v1 and nothing else.
std::string why_not_a_module(const std::filesystem::path& file) noexcept;

}  // namespace dragoman::hosting
