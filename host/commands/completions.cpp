// dragoman completions
#include "display/completions.hpp"
#include "plugins/terms.hpp"
#include "program.hpp"
#include "strings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace dragoman::hosting {
namespace {

struct arguments {
  std::string shell, words;
};

// Terms are those that a shell takes as one word.
void print_terms(const registry& formats) {
  constexpr std::string_view plain = "-._/";
  const auto is_plain = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || plain.find(c) != std::string_view::npos;
  };
  const term_list all(formats);
  std::set<std::string_view> words;
  for (const auto& t : all.terms())
    if (std::all_of(t.term.begin(), t.term.end(), is_plain)) words.insert(t.term);
  for (const auto word : words) fmt::print("{}\n", word);
}

// What completions ask the program for when they run: it knows what is installed.
int print_words(program& p, const std::string& kind) {
  if (kind == "terms") print_terms(p.formats());
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
  c.add_option("--words", a->words,
               "What may follow, for the completions themselves: formats, readers, writers, options or terms")
      ->type_name("KIND")
      ->check(CLI::IsMember({"formats", "readers", "writers", "options", "terms"}));
}

}  // namespace dragoman::hosting
