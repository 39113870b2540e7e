#include "plugins/loader.hpp"

#include "command_plugins/manifest.hpp"
#include "plugins/module_check.hpp"
#include "plugins/quarantine.hpp"
#include "plugins/table_check.hpp"

#include <boost/dll/runtime_symbol_info.hpp>
#include <boost/dll/shared_library.hpp>

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string_view>
#include <system_error>

namespace dragoman::hosting {
namespace {

namespace fs = std::filesystem;

void add_list(std::string_view list, std::vector<fs::path>& out) {
  while (!list.empty()) {
    const auto end = std::min(list.find(':'), list.size());
    std::error_code problem;
    if (const auto part = list.substr(0, end); !part.empty())
      if (auto path = fs::absolute(part, problem); !problem) out.push_back(std::move(path));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

fs::path user_data_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && fs::path(data).is_absolute()) return data;
  if (const char* home = std::getenv("HOME"); home != nullptr && fs::path(home).is_absolute())
    return fs::path(home) / ".local" / "share";
  return {};
}

// The plugin files of one place, in order of name: modules and manifests of command plugins.
std::vector<fs::path> files_in(const fs::path& place) {
  std::vector<fs::path> out;
  std::error_code problem;
  if (fs::is_regular_file(place, problem)) return {place};
  for (auto it = fs::directory_iterator(place, problem); !problem && it != fs::directory_iterator(); it.increment(problem))
    if (it->path().extension() == ".dgm" || it->path().native().ends_with(manifest_suffix)) out.push_back(it->path());
  std::sort(out.begin(), out.end());
  return out;
}

// Modules are never unloaded, not at exit either: threads, handlers and thread-local data of theirs may live on.
void keep_for_good(boost::dll::shared_library module) {
  static auto* const modules = new std::vector<boost::dll::shared_library>();
  modules->push_back(std::move(module));
}

void consider_manifest(const fs::path& path, registry& into) {
  std::string why;
  const dgm_plugin* plugin = load_manifest(path, why);
  if (plugin == nullptr) into.add_refused(path.string(), outcome::refused, std::move(why));
  else into.add(plugin, path.string());
}

void consider(const fs::path& file, quarantine& marks, std::set<fs::path>& seen, registry& into) {
  std::error_code problem;
  const fs::path path = fs::canonical(file, problem);
  if (problem) return into.add_refused(file.string(), outcome::refused, "cannot be opened: " + problem.message());
  if (!seen.insert(path).second) return;
  if (path.native().ends_with(manifest_suffix)) return consider_manifest(path, into);
  auto verdict = check_module(path);
  if (!verdict.refusal.empty()) return into.add_refused(path.string(), outcome::refused, std::move(verdict.refusal));
  if (auto why = marks.why_not(path); !why.empty()) return into.add_refused(path.string(), outcome::quarantined, std::move(why));
  marks.about_to_load(path);
  const dgm_plugin* plugin = nullptr;
  auto why = load_module(path, plugin);
  marks.survived(path);
  if (plugin == nullptr) return into.add_refused(path.string(), outcome::refused, std::move(why));
  into.add(plugin, path.string(), std::move(verdict.remark));
}

// The install folders beside the program.
std::vector<fs::path> own_folders() {
  std::vector<fs::path> out;
  std::error_code problem;
  const auto program = boost::dll::program_location(problem);
  if (problem) return out;
  const auto folder = program.parent_path().parent_path();
  out.push_back(folder / "lib" / "dragoman" / "plugins");
  if (const fs::path libraries = DRAGOMAN_LIBDIR; libraries != "lib" && libraries.is_relative())
    out.push_back(folder / libraries / "dragoman" / "plugins");
  return out;
}

}  // namespace

std::string load_module(const fs::path& file, const dgm_plugin*& plugin) {
  using boost::dll::load_mode::rtld_local;
  using boost::dll::load_mode::rtld_now;
  fs::path path = file;
  std::error_code problem;
  boost::dll::shared_library module;
  module.load(path, problem, rtld_now | rtld_local);
  if (problem) {
    const char* why = ::dlerror();  // Boost keeps the error code only
    return std::string("cannot be loaded: ") + (why != nullptr ? why : problem.message());
  }
  if (!module.has("dgm_plugin_v1")) return "not a plugin: it does not export dgm_plugin_v1";
  const auto* table = &module.get<const dgm_plugin>("dgm_plugin_v1");
  keep_for_good(std::move(module));
  if (auto why = why_not_a_plugin(table); !why.empty()) return why;
  plugin = table;
  return {};
}

bool is_own_plugin(const fs::path& file) {
  for (const auto& folder : own_folders()) {
    std::error_code problem;
    if (fs::equivalent(file.parent_path(), folder, problem)) return true;
  }
  return false;
}

std::vector<fs::path> plugin_search_path(const std::vector<std::string>& given) {
  std::vector<fs::path> out;
  for (const auto& list : given) add_list(list, out);
  if (const char* list = std::getenv("DRAGOMAN_PLUGIN_PATH")) add_list(list, out);
  if (const auto data = user_data_folder(); !data.empty()) out.push_back(data / "dragoman" / "plugins");
  for (auto& folder : own_folders()) out.push_back(std::move(folder));
  return out;
}

void load_plugins(const std::vector<fs::path>& places, const fs::path& state_file, registry& into) {
  quarantine marks(state_file);
  std::set<fs::path> seen;
  for (const auto& place : places)
    for (const auto& file : files_in(place)) consider(file, marks, seen, into);
  marks.save();
}

}  // namespace dragoman::hosting
