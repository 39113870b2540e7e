#include "program.hpp"

#include "display/help.hpp"
#include "plugins/loader.hpp"
#include "plugins/quarantine.hpp"
#include "run/stop.hpp"
#include "strings.hpp"

#include <dragoman/version.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragoman::hosting {
namespace {

manual about_program() {
  manual m;
  m.paragraphs = {
      "An INPUT is a file, a directory, - for standard input, or @LIST for a list of paths. What format it is of is seen "
      "from its content.",
      "'dragoman COMMAND --help' teaches a command, with examples.",
  };
  m.examples = {
      {"dragoman convert cable.txt -t tei -o cable.xml", "one telegram to TEI"},
      {"dragoman convert cables/ -o cables.bag.zip", "a folder of anything to a BagIt bundle"},
      {"dragoman inspect cable.txt", "what was understood of it, and what was not"},
      {"dragoman explain PREL ZNY", "what words of telegrams mean"},
      {"dragoman formats", "what can be read and written"},
  };
  m.tables = {{"Exit status",
               {{"0", "all well"},
                {"1", "finished, but some document failed, or two things differ"},
                {"2", "the command line makes no sense"},
                {"3", "nothing could be read, or nothing written"},
                {"75", "stopped on request (SIGINT, SIGTERM)"}}},
              {"Environment",
               {{"DRAGOMAN_PLUGIN_PATH", "folders with plugins, separated by colons, before the installed ones"},
                {"XDG_DATA_HOME", "the user's plugins lie in dragoman/plugins below it (~/.local/share)"},
                {"XDG_STATE_HOME", "plugins that crashed are remembered below it (~/.local/state)"},
                {"SOURCE_DATE_EPOCH", "the time of the run that outputs record, in seconds since 1970"},
                {"NO_COLOR", "no colours, whatever its value"}}}};
  return m;
}

}  // namespace

program::program(std::string_view word)
    : app_("Converts diplomatic telegrams between raw text, TEI, JSON and archive bundles, and loses nothing", "dragoman") {
  app_.require_subcommand(0, 1);
  app_.fallthrough();
  app_.set_help_flag("-h,--help", "Show this help, or that of a command");
  app_.set_version_flag("--version", "dragoman " DRAGOMAN_VERSION, "Show the version");
  app_.add_option("--plugin-path", plugin_path_,
                  "Look for plugins in these folders first (separated by colons; a single .dgm file will do); may be repeated")
      ->type_name("DIRS")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  app_.add_flag("-v,--verbose", verbose_, "Show notes too");
  app_.add_flag("-q,--quiet", quiet_, "Show errors and losses only");
  texts_[&app_] = about_program();
  add_commands(word);
}

// To make all commands takes longer than to read a small file, and a command line that names one by its first word is for it alone.
void program::add_commands(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, void (*)(program&)>, 9> common{{{"convert", add_convert},
                                                                                   {"inspect", add_inspect},
                                                                                   {"identify", add_identify},
                                                                                   {"diff", add_diff},
                                                                                   {"verify", add_verify},
                                                                                   {"extract", add_extract},
                                                                                   {"explain", add_explain},
                                                                                   {"formats", add_formats},
                                                                                   {"plugins", add_plugins}}};
  for (const auto& [name, add] : common)
    if (name == word) return add(*this);
  for (const auto& [name, add] : common) add(*this);
  group("plugin", "For those who write plugins");
  add_plugin_new(*this);
  add_plugin_check(*this);
  group("report", "For reports of runs");
  add_report_merge(*this);
  add_plugin_fuzz(*this);
  add_man(*this);
  add_completions(*this);
}

CLI::App& program::command(const std::string& name, const std::string& summary, manual text, action act, bool without_plugins) {
  const auto blank = name.find(' ');
  CLI::App& parent = blank == std::string::npos ? app_ : *app_.get_subcommand(name.substr(0, blank));
  CLI::App& made = *parent.add_subcommand(name.substr(blank + 1), summary);
  made.set_help_flag("-h,--help", "Show this help");
  texts_[&made] = std::move(text);
  actions_[&made] = {std::move(act), without_plugins};
  return made;
}

CLI::App& program::group(const std::string& name, const std::string& summary) {
  CLI::App& made = *app_.add_subcommand(name, summary);
  made.require_subcommand(0, 1);
  made.fallthrough();
  made.set_help_flag("-h,--help", "Show this help");
  texts_[&made] = {};
  return made;
}

// The command that was named, a group without one of its commands, or the program itself.
const CLI::App& program::chosen() const {
  const CLI::App* found = &app_;
  for (auto below = found->get_subcommands(); !below.empty(); below = found->get_subcommands()) found = below.front();
  return *found;
}

const manual& program::text_of(const CLI::App& command) const { return texts_.at(&command); }

void program::add_format_options(CLI::App& command) {
  command
      .add_option("-O", format_options_,
                  "Set an option of a format: format.option=value ('dragoman formats ID' lists them); may be repeated")
      ->type_name("OPTION")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
}

void program::complete_options() {
  for (const auto& text : format_options_) options_.set(formats_, text);
  options_.complete(formats_);
}

const format_entry& program::reader(const std::string& id) const {
  const auto* format = formats_.find(id);
  if (format != nullptr && format->reads()) return *format;
  if (format != nullptr) throw usage_error("format " + id + " can be written, but not read");
  throw usage_error("no format \"" + printable(id) + "\"" + did_you_mean(id, formats_.ids(true, false)) +
                    " ('dragoman formats' lists them)");
}

const format_entry& program::writer(const std::string& id) const {
  const auto* format = formats_.find(id);
  if (format != nullptr && format->writes()) return *format;
  if (format != nullptr) throw usage_error("format " + id + " can be read, but not written");
  throw usage_error("no format \"" + printable(id) + "\"" + did_you_mean(id, formats_.ids(false, true)) +
                    " ('dragoman formats' lists them)");
}

std::unique_ptr<environment> program::make_environment(std::string options_json) {
  return std::unique_ptr<environment>(new environment{formats_, options_, stop_flag(), run_clock(), std::move(options_json)});
}

int program::usage(const std::string& text) {
  std::fprintf(stderr, "dragoman: error: %s\n  see '%s --help'\n", printable(text).c_str(), called(chosen()).c_str());
  return bad_usage;
}

int program::run_checked(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(help_page(*this, chosen()).c_str(), stdout);
    return all_well;
  } catch (const CLI::CallForVersion&) {
    std::fputs("dragoman " DRAGOMAN_VERSION "\n", stdout);
    return all_well;
  } catch (const CLI::ParseError& e) {
    return usage(unknown_word(*this, e));
  }
  const auto found = actions_.find(&chosen());
  if (found == actions_.end()) {
    std::fputs(help_page(*this, chosen()).c_str(), stdout);
    return all_well;
  }
  const auto& [act, without_plugins] = found->second;
  reporter::settings s;
  s.verbose = verbose_;
  s.quiet = quiet_;
  s.color = reporter::wants_color(stderr);
  messages_ = std::make_unique<reporter>(formats_, s);
  if (!without_plugins) load_plugins(plugin_search_path(plugin_path_), quarantine::default_file(), formats_);
  return act();
}

int program::run(int argc, const char* const* argv) noexcept {
  try {
    watch_signals();
    const int result = run_checked(argc, argv);
    if (std::fflush(stdout) == 0) return result;
    throw std::system_error(errno, std::generic_category(), "standard output");
  } catch (const usage_error& e) {
    return usage(e.what());
  } catch (const std::system_error& e) {  // printing failed; who stopped reading knows
    if (e.code() != std::errc::broken_pipe)
      std::fprintf(stderr, "dragoman: error: %s [output.write]\n", printable(e.what()).c_str());
  } catch (const std::bad_alloc&) {
    std::fputs("dragoman: error: out of memory\n", stderr);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "dragoman: error: %s\n", printable(e.what()).c_str());
  }
  return no_read_write;
}

}  // namespace dragoman::hosting
