// The command line: declarations from which help, manual page and completions come, and the commands themselves.
#pragma once
#include "display/diagnostics.hpp"
#include "plugins/options.hpp"
#include "plugins/registry.hpp"
#include "sessions/session.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// What is written down of the program's own exit codes.
enum exit_code : int {
  all_well = 0,
  some_failed = 1,  // finished, but some document failed, or two things differ
  bad_usage = 2,
  no_read_write = 3,  // nothing could be read or written
  was_stopped = 75    // on request
};

// Prose and examples of a command, beside what its options declare.
struct manual {
  struct example {
    std::string command, meaning;
  };
  std::vector<std::string> paragraphs;  // in help, after the options
  std::vector<example> examples;
  // Lists with a title: fields of --name, exit codes ...
  struct table {
    std::string title;
    std::vector<std::pair<std::string, std::string>> rows;
  };
  std::vector<table> tables;
};

class program {
public:
  // `word` is the first of the command line; empty when there is none.
  explicit program(std::string_view word);
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  // Parses and runs; returns the exit code. Nothing is thrown.
  int run(int argc, const char* const* argv) noexcept;

  // For the commands ------------------------------------------------------------------------------------------------
  using action = std::function<int()>;
  // Declares a command; `act` runs after everything was parsed and the plugins are loaded (unless `without_plugins`).
  // A name of two words, "plugin new", is a command of the group "plugin".
  CLI::App& command(const std::string& name, const std::string& summary, manual text, action act, bool without_plugins = false);

  // Declares the first word of the commands that have two.
  CLI::App& group(const std::string& name, const std::string& summary);

  CLI::App& app() noexcept { return app_; }
  const manual& text_of(const CLI::App& command) const;
  registry& formats() noexcept { return formats_; }
  option_set& options() noexcept { return options_; }
  reporter& messages() noexcept { return *messages_; }
  bool is_quiet() const noexcept { return quiet_; }
  const std::vector<std::string>& plugin_path() const noexcept { return plugin_path_; }

  // The option -O, of commands that read or write. complete_options is for their actions.
  void add_format_options(CLI::App& command);
  void complete_options();
  // The reading or writing format of this id; throws usage_error with the nearest name.
  const format_entry& reader(const std::string& id) const;
  const format_entry& writer(const std::string& id) const;
  // What sessions share, from what was parsed.
  std::unique_ptr<environment> make_environment(std::string options_json = "{}");

private:
  void add_commands(std::string_view word);
  const CLI::App& chosen() const;
  int run_checked(int argc, const char* const* argv);
  int usage(const std::string& text);

  CLI::App app_;
  std::map<const CLI::App*, manual> texts_;
  std::map<const CLI::App*, std::pair<action, bool>> actions_;
  std::vector<std::string> plugin_path_, format_options_;
  bool verbose_ = false, quiet_ = false;
  registry formats_;
  option_set options_;
  std::unique_ptr<reporter> messages_;
};

// Commands, each in a file of its own below commands/.
void add_convert(program& p);
void add_inspect(program& p);
void add_identify(program& p);
void add_diff(program& p);
void add_verify(program& p);
void add_extract(program& p);
void add_explain(program& p);
void add_formats(program& p);
void add_plugins(program& p);
void add_plugin_new(program& p);
void add_plugin_check(program& p);
void add_report_merge(program& p);
void add_plugin_fuzz(program& p);
void add_man(program& p);
void add_completions(program& p);

}  // namespace dragoman::hosting
