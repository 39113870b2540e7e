#include "display/help.hpp"

#include "strings.hpp"

#include <dragoman/version.h>

#include <algorithm>

namespace dragoman::hosting {
namespace {

constexpr std::size_t width = 80;

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const auto& w : words) out += (out.empty() ? "" : std::string(between)) + w;
  return out;
}

// Two columns: what, and what it means.
void rows(std::string& out, const std::vector<std::pair<std::string, std::string>>& list) {
  std::size_t left = 0;
  for (const auto& [name, meaning] : list)
    if (columns(name) <= 24) left = std::max(left, columns(name));
  const std::string indent(left + 4, ' ');
  for (const auto& [name, meaning] : list) {
    out += "  " + name;
    if (columns(name) > left) out += "\n" + indent;
    else out += std::string(left + 2 - columns(name), ' ');
    out += wrapped(meaning, width, indent) + "\n";
  }
}

// Blanks that no line is broken at.
constexpr char hard_blank = '\x1f';

std::string softened(std::string text) {
  std::replace(text.begin(), text.end(), hard_blank, ' ');
  return text;
}

std::string label(const declared& d) {
  if (d.is_argument) return d.names.front() + (d.is_repeated ? "..." : "");
  return joined(d.names, ", ") + (d.value.empty() ? "" : " " + d.value);
}

std::string roff(std::string_view text) {
  std::string out;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else if (c == '\'') out += "\\(aq";
    else if (c == '~') out += "\\(ti";
    else out += c;
    at_start = c == '\n';
  }
  return out;
}

void roff_options(std::string& out, const CLI::App& command) {
  for (const auto& d : declarations(command)) {
    std::string name;
    for (const auto& n : d.names)
      name += (name.empty() ? "" : ", ") + std::string(d.is_argument ? "\\fI" : "\\fB") + roff(n) + "\\fR";
    if (d.is_argument && d.is_repeated) name += "...";
    if (!d.value.empty() && !d.is_argument) name += " \\fI" + roff(d.value) + "\\fR";
    out += ".TP\n" + name + "\n" + roff(d.help) + "\n";
  }
}

void roff_text(std::string& out, const manual& m) {
  for (const auto& p : m.paragraphs) out += ".PP\n" + roff(p) + "\n";
  for (const auto& t : m.tables) {
    out += ".PP\n" + roff(t.title) + ":\n";
    for (const auto& [name, meaning] : t.rows) out += ".TP\n\\fB" + roff(name) + "\\fR\n" + roff(meaning) + "\n";
  }
  if (m.examples.empty()) return;
  out += ".PP\nExamples:\n";
  for (const auto& e : m.examples)
    out += ".PP\n.nf\n.RS\n\\fB" + roff(e.command) + "\\fR\n.RE\n.fi\n.RS\n" + roff(e.meaning) + "\n.RE\n";
}

}  // namespace

std::vector<declared> declarations(const CLI::App& command) {
  std::vector<declared> out;
  for (const CLI::Option* o : command.get_options()) {
    declared d;
    d.help = o->get_description();
    d.is_required = o->get_required();
    d.is_repeated = o->get_expected_max() > 1 || o->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    if (o->get_positional()) {
      d.is_argument = true;
      d.names = {o->get_name(true)};
      d.value = o->get_name(true);
    } else {
      for (const auto& n : o->get_snames()) d.names.push_back("-" + n);
      for (const auto& n : o->get_lnames()) d.names.push_back("--" + n);
      if (o->get_items_expected_max() > 0) d.value = o->get_type_name().substr(0, o->get_type_name().find(':'));
    }
    out.push_back(std::move(d));
  }
  // Arguments first, then options in order of declaration, help last.
  std::stable_sort(out.begin(), out.end(), [](const declared& a, const declared& b) {
    const auto rank = [](const declared& d) { return d.is_argument ? 0 : d.names.back() == "--help" ? 2 : 1; };
    return rank(a) < rank(b);
  });
  return out;
}

std::string name_below(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  if (parent == nullptr) return {};
  const auto before = name_below(*parent);
  return before + (before.empty() ? "" : " ") + command.get_name();
}

std::string called(const CLI::App& command) {
  const auto name = name_below(command);
  return "dragoman" + (name.empty() ? "" : " " + name);
}

std::string usage_line(const CLI::App& command) {
  std::string out = name_below(command);
  if (!command.get_subcommands(nullptr).empty()) return out + (out.empty() ? "" : " ") + "COMMAND [OPTION]...";
  for (const auto& d : declarations(command)) {
    if (d.names.back() == "--help") continue;
    if (d.is_argument) out += " " + std::string(d.is_required ? "" : "[") + label(d) + (d.is_required ? "" : "]");
    else out += " [" + d.names.front() + (d.value.empty() ? "" : hard_blank + d.value) + "]" + (d.is_repeated ? "..." : "");
  }
  return out;
}

std::vector<const CLI::App*> commands_below(const CLI::App& group) {
  std::vector<const CLI::App*> out;
  for (const CLI::App* c : group.get_subcommands(nullptr)) {
    const auto below = commands_below(*c);
    if (below.empty()) out.push_back(c);
    out.insert(out.end(), below.begin(), below.end());
  }
  return out;
}

std::vector<const CLI::App*> commands(const program& p) { return commands_below(const_cast<program&>(p).app()); }

std::string help_page(program& p, const CLI::App& command) {
  const bool is_program = &command == &p.app();
  const auto& text = p.text_of(command);
  std::string out = wrapped(command.get_description() + ".", width, "") + "\n\n";
  out += "Usage:\n  " + softened(wrapped("dragoman " + usage_line(command), width, "           ")) + "\n";
  if (const auto below = commands_below(command); !below.empty()) {
    std::vector<std::pair<std::string, std::string>> list;
    for (const auto* c : below) list.emplace_back(name_below(*c), c->get_description());
    out += "\nCommands:\n";
    rows(out, list);
  }
  std::vector<std::pair<std::string, std::string>> list;
  for (const auto& d : declarations(command)) list.emplace_back(label(d), d.help);
  out += "\nOptions:\n";
  rows(out, list);
  for (const auto& paragraph : text.paragraphs) out += "\n" + wrapped(paragraph, width, "") + "\n";
  for (const auto& t : text.tables) {
    out += "\n" + t.title + ":\n";
    rows(out, t.rows);
  }
  if (!text.examples.empty()) out += "\nExamples:\n";
  for (const auto& e : text.examples) out += "  " + e.command + "\n      " + wrapped(e.meaning, width, "      ") + "\n";
  if (!is_program) out += "\nOptions of the whole program: --plugin-path DIRS, -v, -q ('dragoman --help').\n";
  return out;
}

std::string man_page(program& p) {
  std::string out = ".\\\" Made by 'dragoman man' from the declarations of the command line.\n";
  out += ".TH DRAGOMAN 1 \"\" \"dragoman " DRAGOMAN_VERSION "\" \"User Commands\"\n";
  out += ".SH NAME\ndragoman \\- converts diplomatic telegrams between raw text, TEI, JSON and archive bundles\n";
  out += ".SH SYNOPSIS\n";
  for (const auto* c : commands(p)) out += ".br\n.B dragoman\n" + roff(softened(usage_line(*c))) + "\n";
  out += ".SH DESCRIPTION\n" + roff(p.app().get_description()) + ".\n";
  for (const auto& paragraph : p.text_of(p.app()).paragraphs) out += ".PP\n" + roff(paragraph) + "\n";
  out += ".SH OPTIONS\nOf the whole program, before or after a command:\n";
  roff_options(out, p.app());
  out += ".SH COMMANDS\n";
  for (const auto* c : commands(p)) {
    out += ".SS dragoman " + roff(name_below(*c)) + "\n" + roff(c->get_description()) + ".\n";
    roff_options(out, *c);
    roff_text(out, p.text_of(*c));
  }
  for (const auto& t : p.text_of(p.app()).tables) {
    std::string title = t.title;
    std::transform(title.begin(), title.end(), title.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    out += ".SH \"" + roff(title) + "\"\n";
    for (const auto& [name, meaning] : t.rows) out += ".TP\n\\fB" + roff(name) + "\\fR\n" + roff(meaning) + "\n";
  }
  out += ".SH EXAMPLES\n";
  for (const auto& e : p.text_of(p.app()).examples) out += ".TP\n\\fB" + roff(e.command) + "\\fR\n" + roff(e.meaning) + "\n";
  return out;
}

std::string unknown_word(program& p, const CLI::ParseError& e) {
  const CLI::App* chosen = &p.app();
  for (auto below = chosen->get_subcommands(); !below.empty(); below = chosen->get_subcommands()) chosen = below.front();
  const bool names_commands = !chosen->get_subcommands(nullptr).empty();
  const auto rest = p.app().remaining(true);
  if (dynamic_cast<const CLI::ExtrasError*>(&e) == nullptr || rest.empty()) return e.what();
  const auto& word = rest.front();
  std::vector<std::string> all;
  if (word.rfind('-', 0) == 0) {
    for (const CLI::App* a = chosen; a != nullptr; a = a->get_parent())
      for (const auto& d : declarations(*a))
        if (!d.is_argument) all.insert(all.end(), d.names.begin(), d.names.end());
  } else if (names_commands) {
    for (const auto* c : chosen->get_subcommands(nullptr)) all.push_back(c->get_name());
  }
  const std::vector<std::string_view> names(all.begin(), all.end());
  const char* what = word.rfind('-', 0) == 0 ? "no option " : names_commands ? "no command " : "too many arguments: ";
  return what + ("\"" + word + "\"") + did_you_mean(word, names);
}

}  // namespace dragoman::hosting
