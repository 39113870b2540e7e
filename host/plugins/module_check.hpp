// Is a file a module that can be loaded, as far as that can be known without running any of it?
#pragma once
#include <filesystem>
#include <string>

namespace dragoman::hosting {

struct module_verdict {
  std::string refusal;  // why it must not be loaded; empty when it may
  std::string remark;   // what its author should mend; empty when nothing
};

// Reads the headers of `file`. Never throws, never maps the file.
//
// A module is a shared object of this machine, whole (every loadable segment lies inside the file: the dynamic loader
// itself dies of one that does not), that exports dgm_plugin_v1. That it should export nothing else is a remark.
module_verdict check_module(const std::filesystem::path& file) noexcept;

}  // namespace dragoman::hosting
