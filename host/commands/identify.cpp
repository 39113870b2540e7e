// dragoman identify
#include "inputs/identification.hpp"
#include "inputs/input.hpp"
#include "inputs/walk.hpp"
#include "program.hpp"
#include "run/stop.hpp"
#include "strings.hpp"

#include <fmt/core.h>

namespace dragoman::hosting {
namespace {

struct arguments {
  std::vector<std::string> inputs;
  bool explain = false;
};

manual text() {
  manual m;
  m.paragraphs = {
      "Readers look at the first 64 KiB and say how sure they are, from 0 (no) to 100; below 40 nobody is believed, and "
      "between equals the suffix decides. INPUT is as for convert.",
  };
  m.examples = {
      {"dragoman identify cable.txt", "one line: the file and its format"},
      {"dragoman identify --explain strange.dat", "every reader's score, with its reason"},
      {"dragoman identify cables/ | cut -f2 | sort | uniq -c", "what a folder holds"},
  };
  return m;
}

int act(program& p, const arguments& a) {
  std::size_t known = 0, failed = 0;
  reporter::scope scope;
  const auto problem = [&](const std::string& path, const finding& f) {
    failed += f.severity == level::error;
    p.messages().report(scope, path, f);
    p.messages().end(scope, path);
  };
  const auto look = [&](const found_input& found) {
    const std::string display = found.path.empty() ? "stdin" : found.path;
    std::string why;
    const auto content = found.path.empty() ? octets::of_stdin(why) : octets::of_file(found.path, why, head_size);
    if (!content) {
      if (!stop_flag()) problem(display, {level::error, "input.unreadable", "cannot be read: " + why});
      return !stop_flag();
    }
    const auto head = content->head(head_size);
    const auto answer = identify(p.formats(), head, head.size() == content->length(), found.name);
    if (answer.format != nullptr) {
      ++known;
      fmt::print("{}\t{}\n", printable(display), answer.format->id());
    } else {
      fmt::print("{}\t{}\n", printable(display), "unknown");
    }
    const auto width = p.formats().longest_id();
    if (a.explain)
      for (const auto& v : answer.verdicts)
        fmt::print(
            "  {:>3}  {:<{}} {}\n", v.score, v.format->id(), width,
            wrapped(v.reason() + (v.suffix_matches ? " (and the suffix is its own)" : ""), 80, std::string(width + 8, ' ')));
    if (answer.format == nullptr) {
      std::fflush(stdout);
      problem(display, answer.problem);
    }
    return !stop_flag();
  };
  input_walk walk(look, problem, {});
  for (const auto& argument : a.inputs)
    if (!walk.walk(argument)) break;
  if (stop_flag()) return was_stopped;
  return failed == 0 ? all_well : known == 0 ? no_read_write : some_failed;
}

}  // namespace

void add_identify(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command("identify", "Tell of which format inputs are", text(), [&p, a] { return act(p, *a); });
  c.add_option("INPUT", a->inputs, "Files, directories, - or @LIST")->required();
  c.add_flag("--explain", a->explain, "Show every reader's score and reason");
}

}  // namespace dragoman::hosting
