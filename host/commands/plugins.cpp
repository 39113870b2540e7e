// dragoman plugins
#include "plugins/loader.hpp"
#include "plugins/plugin_json.hpp"
#include "plugins/quarantine.hpp"
#include "program.hpp"
#include "strings.hpp"

#include <fmt/core.h>

namespace dragoman::hosting {
namespace {

manual text() {
  manual m;
  m.paragraphs = {
      "Plugins are files *.dgm, or manifests *.dgm.json of programs, looked for in the folders of --plugin-path, of "
      "DRAGOMAN_PLUGIN_PATH, in the user's own "
      "(~/.local/share/dragoman/plugins), and beside the program; never in the working directory. Each one that was found "
      "is loaded, or refused because something is wrong with it, or shadowed by an earlier one with the same id or format, "
      "or in quarantine because loading it crashed the program.",
  };
  m.examples = {
      {"dragoman plugins", "every plugin file that was found, and what became of it"},
      {"dragoman plugins tei --json", "everything that one of them declares; it is named by id, file, or format"},
      {"dragoman plugins --retry", "load those in quarantine again"},
      {"dragoman plugins --plugin-path ./build", "with plugins of your own"},
  };
  return m;
}

struct arguments {
  std::string plugin;
  bool retry = false, json = false;
};

bool is_named(const candidate& c, const std::string& name) {
  const std::filesystem::path path(c.path);
  if (name.empty() || path.filename() == name || path.stem() == name || path.stem().stem() == name) return true;
  if (c.plugin == nullptr) return false;
  bool found = c.plugin->id == name;
  for (std::size_t i = 0; c.plugin->formats[i] != nullptr; ++i) found = found || c.plugin->formats[i]->id == name;
  return found;
}

int act(program& p, const arguments& a) {
  const auto places = plugin_search_path(p.plugin_path());
  const auto state = quarantine::default_file();
  if (a.retry) fmt::print("released from quarantine: {}\n", quarantine(state).forget());
  load_plugins(places, state, p.formats());
  std::vector<const candidate*> chosen;
  for (const auto& c : p.formats().candidates())
    if (is_named(c, a.plugin)) chosen.push_back(&c);
  if (chosen.empty() && !a.plugin.empty())
    throw usage_error("no plugin \"" + printable(a.plugin) + "\" was found ('dragoman plugins' lists them)");
  if (a.json) {
    auto all = nlohmann::json::array();
    for (const auto* c : chosen) all.push_back(plugin_as_json(*c));
    fmt::print("{}\n", all.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
    return all_well;
  }
  for (const auto* each : chosen) {
    const auto& c = *each;
    fmt::print("{:<11} {}\n", name_of(c.state), printable(c.path));
    if (c.plugin != nullptr) {
      std::string formats;
      for (std::size_t i = 0; c.plugin->formats[i] != nullptr; ++i)
        formats += (i ? ", " : "") + std::string(c.plugin->formats[i]->id);
      fmt::print("            {} {} ({}): {}\n", c.plugin->id, c.plugin->version, c.plugin->license, formats);
    }
    if (!c.reason.empty()) fmt::print("            {}\n", wrapped(printable(c.reason), 80, std::string(12, ' ')));
  }
  if (!a.plugin.empty()) return all_well;
  fmt::print("{}looked in:\n", p.formats().candidates().empty() ? "no plugin was found; " : "");
  for (const auto& place : places) fmt::print("  {}\n", printable(place.string()));
  return all_well;
}

}  // namespace

void add_plugins(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command(
      "plugins", "Show where each plugin came from, or why it is not loaded", text(), [&p, a] { return act(p, *a); }, true);
  c.add_option("PLUGIN", a->plugin, "One of them: an id, a file name, or a format");
  c.add_flag("--json", a->json, "Print everything that is declared, as JSON");
  c.add_flag("--retry", a->retry, "Forget which plugins crashed, and load them again");
}

}  // namespace dragoman::hosting
