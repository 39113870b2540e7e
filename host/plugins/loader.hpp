// Finds plugin files and loads them. Source of the rules: docs/design.md 4, "Search" and "Loading".
#pragma once
#include "plugins/registry.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// The folders (or single files) to look for plugins in, in order: those of --plugin-path, of DRAGOMAN_PLUGIN_PATH, the
// user's data folder, the install folder beside the program. Absolute; none is made of nothing, so that the working
// directory is never meant by accident.
std::vector<std::filesystem::path> plugin_search_path(const std::vector<std::string>& given);

// Looks at every *.dgm and *.dgm.json in these places, in order, and loads what can be loaded, for good. `state_file` is that of the
// quarantine. Never throws for anything that lies there.
void load_plugins(const std::vector<std::filesystem::path>& places, const std::filesystem::path& state_file, registry& into);

// Loads one module for good; returns why not, or nothing and the plugin.
std::string load_module(const std::filesystem::path& file, const dgm_plugin*& plugin);

// Manifests of command plugins end in this.
constexpr std::string_view manifest_suffix = ".dgm.json";

// The file lies in the install folder beside the program: it came with it.
bool is_own_plugin(const std::filesystem::path& file);

}  // namespace dragoman::hosting
