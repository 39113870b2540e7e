// Pages made of what the commands declare: help, the manual page.
#pragma once
#include "program.hpp"

#include <string>
#include <vector>

namespace dragoman::hosting {

// One option or argument, as pages and completions need it.
struct declared {
  std::vector<std::string> names;  // "-t", "--to"; of an argument its name
  std::string value;               // what it takes: "FORMAT"; empty for a switch
  std::string help;
  bool is_argument = false, is_required = false, is_repeated = false;
};
std::vector<declared> declarations(const CLI::App& command);

// How a command is called: "dragoman plugin new"; below: without the first word.
std::string called(const CLI::App& command);
std::string name_below(const CLI::App& command);

// "convert INPUT... [-t FORMAT] ..." without the program's name; blanks inside brackets are unit separators (0x1F).
std::string usage_line(const CLI::App& command);

// The commands that people use, in the order of their declaration; of a group its commands.
std::vector<const CLI::App*> commands(const program& p);
std::vector<const CLI::App*> commands_below(const CLI::App& group);

// The help of a command, or of the program, at 80 columns.
std::string help_page(program& p, const CLI::App& command);

// The whole manual page, as roff.
std::string man_page(program& p);

// What to say of a command line that cannot be parsed, with the nearest name of an unknown option or command.
std::string unknown_word(program& p, const CLI::ParseError& e);

}  // namespace dragoman::hosting
