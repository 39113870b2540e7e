// dragoman plugins
#include "../loader.hpp"
#include "../program.hpp"
#include "../quarantine.hpp"
#include "../strings.hpp"

#include <fmt/core.h>

namespace dragoman::hosting {
namespace {

manual text() {
  manual m;
  m.paragraphs = {
      "Plugins are files *.dgm, looked for in the folders of --plugin-path, of DRAGOMAN_PLUGIN_PATH, in the user's own "
      "(~/.local/share/dragoman/plugins), and beside the program; never in the working directory. Each one that was found "
      "is loaded, or refused because something is wrong with it, or shadowed by an earlier one with the same id or format, "
      "or in quarantine because loading it crashed the program.",
  };
  m.examples = {
      {"dragoman plugins", "every plugin file that was found, and what became of it"},
      {"dragoman plugins --retry", "load those in quarantine again"},
      {"dragoman plugins --plugin-path ./build", "with plugins of your own"},
  };
  return m;
}

int act(program& p, bool retry) {
  const auto places = plugin_search_path(p.plugin_path());
  const auto state = quarantine::default_file();
  if (retry) fmt::print("released from quarantine: {}\n", quarantine(state).forget());
  load_plugins(places, state, p.formats());
  for (const auto& c : p.formats().candidates()) {
    fmt::print("{:<11} {}\n", name_of(c.state), printable(c.path));
    if (c.plugin != nullptr) {
      std::string formats;
      for (std::size_t i = 0; c.plugin->formats[i] != nullptr; ++i) formats += (i ? ", " : "") + std::string(c.plugin->formats[i]->id);
      fmt::print("            {} {} ({}): {}\n", c.plugin->id, c.plugin->version, c.plugin->license, formats);
    }
    if (!c.reason.empty()) fmt::print("            {}\n", wrapped(printable(c.reason), 80, std::string(12, ' ')));
  }
  fmt::print("{}looked in:\n", p.formats().candidates().empty() ? "no plugin was found; " : "");
  for (const auto& place : places) fmt::print("  {}\n", printable(place.string()));
  return all_well;
}

}  // namespace

void add_plugins(program& p) {
  const auto retry = std::make_shared<bool>(false);
  CLI::App& c = p.command("plugins", "Show where each plugin came from, or why it is not loaded", text(), [&p, retry] { return act(p, *retry); }, true);
  c.add_flag("--retry", *retry, "Forget which plugins crashed, and load them again");
}

}  // namespace dragoman::hosting
