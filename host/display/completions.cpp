#include "display/completions.hpp"

#include "display/help.hpp"

namespace dragoman::hosting {
namespace {

// What the value of an option or argument is, as far as a shell can help with it. The words come from the program
// itself, which knows what is installed.
enum class value { nothing, readers, writers, options, folders, files, shells, formats, terms };

value value_of(const CLI::App& command, const declared& d) {
  const std::string& last = d.names.back();
  if (last == "--from") return value::readers;
  if (last == "--to") return value::writers;
  if (last == "-O") return value::options;
  if (last == "--plugin-path") return value::folders;
  if (last == "--output" || last == "INPUT" || last == "A" || last == "B") return value::files;
  if (last == "SHELL") return value::shells;
  if (name_below(command) == "formats" && last == "ID") return value::formats;
  if (last == "TERM") return value::terms;
  return value::nothing;
}

const char* words_of(value v) {
  switch (v) {
    case value::readers: return "readers";
    case value::writers: return "writers";
    case value::options: return "options";
    case value::formats: return "formats";
    case value::terms: return "terms";
    default: return nullptr;
  }
}

std::string joined(const std::vector<std::string>& list, const char* between) {
  std::string out;
  for (const auto& s : list) out += (out.empty() ? "" : between) + s;
  return out;
}

// Text inside single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> out;
  for (const auto& d : declarations(command))
    if (!d.is_argument) out.insert(out.end(), d.names.begin(), d.names.end());
  return out;
}

const CLI::App& app_of(const program& p) { return const_cast<program&>(p).app(); }

// The words that may follow a group, or the program itself, and the groups among its commands.
std::vector<const CLI::App*> next_words(const CLI::App& group) { return group.get_subcommands(nullptr); }

std::vector<std::string> names(const std::vector<const CLI::App*>& list) {
  std::vector<std::string> out;
  for (const auto* c : list) out.push_back(c->get_name());
  return out;
}

std::vector<const CLI::App*> groups(const program& p) {
  auto out = next_words(app_of(p));
  std::erase_if(out, [](const CLI::App* c) { return next_words(*c).empty(); });
  return out;
}

// The name of a command as a pattern of `case`.
std::string pattern(const CLI::App& command) { return "'" + name_below(command) + "'"; }

std::string bash_values(value v) {
  if (const char* words = words_of(v))
    return std::string("COMPREPLY=($(compgen -W \"$(dragoman completions --words ") + words + " 2>/dev/null)\" -- \"$word\"))";
  if (v == value::folders) return "COMPREPLY=($(compgen -d -- \"$word\"))";
  if (v == value::shells) return "COMPREPLY=($(compgen -W \"bash zsh fish\" -- \"$word\"))";
  if (v == value::files) return "COMPREPLY=($(compgen -f -- \"$word\"))";
  return "COMPREPLY=()";
}

}  // namespace

std::string bash_completions(const program& p) {
  std::string out = "# Completions of dragoman for bash, made by 'dragoman completions bash'.\n_dragoman() {\n";
  out += "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i\n";
  std::string known;
  for (const auto* c : groups(p)) known += pattern(*c) + "|";
  for (const auto* c : commands(p)) known += (c == commands(p).front() ? "" : "|") + pattern(*c);
  out += "  for ((i = 1; i < COMP_CWORD; ++i)); do\n    case ${command:+$command }${COMP_WORDS[i]} in\n      " + known +
         ") command=${command:+$command }${COMP_WORDS[i]} ;;\n    esac\n  done\n";
  out += "  compopt -o default 2>/dev/null\n";
  const auto values = [&](const CLI::App& c) {
    std::string cases;
    for (const auto& d : declarations(c))
      if (!d.is_argument && !d.value.empty())
        cases += "        " + joined(d.names, "|") + ") " + bash_values(value_of(c, d)) + "; return ;;\n";
    return cases;
  };
  out += "  case $command in\n";
  for (const auto* c : commands(p)) {
    out += "    " + pattern(*c) + ")\n      case $before in\n" + values(*c) + values(app_of(p)) + "      esac\n";
    out += "      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W \"" + joined(option_names(*c), " ") + " " +
           joined(option_names(app_of(p)), " ") + "\" -- \"$word\")); return; fi\n";
    for (const auto& d : declarations(*c)) {
      if (!d.is_argument) continue;
      out += "      " + bash_values(value_of(*c, d)) + "\n";
      break;
    }
    out += "      ;;\n";
  }
  for (const auto* g : groups(p))
    out += "    " + pattern(*g) + ") COMPREPLY=($(compgen -W \"" + joined(names(next_words(*g)), " ") + "\" -- \"$word\")) ;;\n";
  out += "    *)\n      case $before in\n" + values(app_of(p)) + "      esac\n";
  out += "      COMPREPLY=($(compgen -W \"" + joined(names(next_words(app_of(p))), " ") + " " +
         joined(option_names(app_of(p)), " ") + "\" -- \"$word\"))\n      ;;\n";
  out += "  esac\n}\ncomplete -F _dragoman dragoman\n";
  return out;
}

std::string zsh_completions(const program& p) {
  const auto action = [](value v) -> std::string {
    if (const char* words = words_of(v))
      return std::string("{compadd -- $(dragoman completions --words ") + words + " 2>/dev/null)}";
    switch (v) {
      case value::folders: return "_files -/";
      case value::files: return "_files";
      case value::shells: return "(bash zsh fish)";
      default: return " ";
    }
  };
  const auto escaped = [](const std::string& text) {
    std::string safe;
    for (const char c : text) safe += c == '[' || c == ']' || c == ':' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return safe;
  };
  const auto specs = [&](const CLI::App& c, const std::string& indent) {
    std::string text;
    for (const auto& d : declarations(c)) {
      const std::string message = escaped(d.value.empty() ? d.names.front() : d.value);
      if (d.is_argument) {
        text += indent + quoted((d.is_repeated ? "*:" : ":") + message + ":" + action(value_of(c, d))) + " \\\n";
        continue;
      }
      for (const auto& name : d.names)
        text += indent +
                quoted((d.is_repeated ? "*" : "") + name + "[" + escaped(d.help) + "]" +
                       (d.value.empty() ? "" : ":" + message + ":" + action(value_of(c, d)))) +
                " \\\n";
    }
    return text;
  };
  std::string out = "#compdef dragoman\n# Completions of dragoman for zsh, made by 'dragoman completions zsh'.\n_dragoman() {\n";
  out += "  local context state state_descr line\n  typeset -A opt_args\n  _arguments -C \\\n" + specs(app_of(p), "    ") +
         "    '1:command:->command' '*::argument:->argument' && return\n";
  out += "  case $state in\n    command)\n      local -a commands=(\n";
  for (const auto* c : next_words(app_of(p)))
    out += "        " + quoted(c->get_name() + ":" + escaped(c->get_description())) + "\n";
  out += "      )\n      _describe command commands ;;\n    argument)\n      case $line[1] in\n";
  const auto cases = [&](const CLI::App& group) {
    std::string text;
    for (const auto* c : next_words(group))
      if (next_words(*c).empty())
        text += "        " + c->get_name() + ")\n          _arguments \\\n" + specs(*c, "            ") +
                "            && return ;;\n";
    return text;
  };
  out += cases(app_of(p));
  for (const auto* g : groups(p))
    out += "        " + g->get_name() + ")\n          _arguments -C '1:command:(" + joined(names(next_words(*g)), " ") +
           ")' '*::argument:->below' && return\n          case $line[1] in\n" + cases(*g) + "          esac ;;\n";
  out +=
      "      esac ;;\n  esac\n}\nif [ \"$funcstack[1]\" = _dragoman ]; then _dragoman \"$@\"; else compdef _dragoman dragoman; "
      "fi\n";
  return out;
}

std::string fish_completions(const program& p) {
  std::string out = "# Completions of dragoman for fish, made by 'dragoman completions fish'.\n";
  const auto options = [&](const CLI::App& c, const std::string& condition) {
    for (const auto& d : declarations(c)) {
      const auto v = value_of(c, d);
      std::string words;
      if (const char* kind = words_of(v)) words = std::string(" -x -a '(dragoman completions --words ") + kind + " 2>/dev/null)'";
      else if (v == value::shells) words = " -x -a 'bash zsh fish'";
      else if (v == value::folders) words = " -x -a '(__fish_complete_directories)'";
      else if (v == value::files) words = " -r -F";
      else if (!d.value.empty()) words = " -x";
      if (d.is_argument) {
        if (v != value::files && v != value::nothing) out += "complete -c dragoman " + condition + words + "\n";
        continue;
      }
      std::string names;
      for (const auto& n : d.names) names += n.rfind("--", 0) == 0 ? " -l " + n.substr(2) : " -s " + n.substr(1);
      out += "complete -c dragoman " + condition + names + words + " -d " + quoted(d.help) + "\n";
    }
  };
  const auto offer = [&](const CLI::App& group, const std::string& when) {
    for (const auto* c : next_words(group))
      out += "complete -c dragoman -n " + when + " -f -a " + c->get_name() + " -d " + quoted(c->get_description()) + "\n";
  };
  const auto seen = [](const CLI::App& command) { return "__fish_seen_subcommand_from " + command.get_name(); };
  offer(app_of(p), "__fish_use_subcommand");
  for (const auto* g : groups(p))
    offer(*g, quoted(seen(*g) + "; and not __fish_seen_subcommand_from " + joined(names(next_words(*g)), " ")));
  options(app_of(p), "");
  for (const auto* c : commands(p))
    options(*c, "-n " + quoted((c->get_parent() == &app_of(p) ? "" : seen(*c->get_parent()) + "; and ") + seen(*c)));
  return out;
}

}  // namespace dragoman::hosting
