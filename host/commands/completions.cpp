// dragoman completions
#include "../completions.hpp"
#include "../program.hpp"
#include "../strings.hpp"

#include <fmt/core.h>

namespace dragoman::hosting {
namespace {

struct arguments {
  std::string shell, words;
};

// What completions ask the program for when they run: it knows what is installed.
int print_words(program& p, const std::string& kind) {
  for (const auto& f : p.formats().formats()) {
    if (kind == "formats" || (kind == "readers" && f.reads()) || (kind == "writers" && f.writes())) fmt::print("{}\n", f.id());
    if (kind != "options") continue;
    for (std::size_t i = 0; i < f.table->option_count; ++i) fmt::print("{}.{}=\n", f.id(), f.table->options[i].name);
  }
  return all_well;
}

int act(program& p, const arguments& a) {
  if (!a.words.empty()) return print_words(p, a.words);
  if (a.shell == "bash") fmt::print("{}", bash_completions(p));
  else if (a.shell == "zsh") fmt::print("{}", zsh_completions(p));
  else if (a.shell == "fish") fmt::print("{}", fish_completions(p));
  else throw usage_error("for which shell? bash, zsh or fish");
  return all_well;
}

}  // namespace

void add_completions(program& p) {
  const auto a = std::make_shared<arguments>();
  manual m;
  m.examples = {
      {". <(dragoman completions bash)", "for this shell, now"},
      {"dragoman completions fish > ~/.config/fish/completions/dragoman.fish", "for good"},
  };
  CLI::App& c = p.command("completions", "Print completions for a shell", std::move(m), [&p, a] { return act(p, *a); });
  c.add_option("SHELL", a->shell, "bash, zsh or fish");
  c.add_option("--words", a->words, "What may follow, for the completions themselves: formats, readers, writers or options")
      ->type_name("KIND")
      ->check(CLI::IsMember({"formats", "readers", "writers", "options"}));
}

}  // namespace dragoman::hosting
