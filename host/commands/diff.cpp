// dragoman diff
#include "../comparison.hpp"
#include "../document_reader.hpp"
#include "../opening.hpp"
#include "../program.hpp"
#include "../stop.hpp"
#include "../strings.hpp"

#include <fmt/core.h>

#include <map>

namespace dragoman::hosting {
namespace {

struct arguments {
  std::string first, second, from;
};

manual text() {
  manual m;
  m.paragraphs = {
      "Compares by meaning: id, heading, and body without regard to layout; what the original files look like does not "
      "count, nor in which formats they are. Files of several documents are compared id by id.",
      "The exit status is 0 when they are equal, 1 when they differ, 3 when one cannot be read.",
  };
  m.examples = {
      {"dragoman diff cable.txt cable.xml", "is the TEI still the telegram?"},
      {"dragoman diff cables.jsonl cables.bag.zip && echo equal", "two collections"},
  };
  return m;
}

struct documents {
  std::vector<document> list;
  bool failed = false;
};

documents read_all(environment& env, program& p, const std::string& path, const format_entry* as) {
  documents out;
  reporter::scope scope;
  // What is only doubtful in one of the two is not what was asked for.
  const auto report = [&](const origin& about, const finding& f) {
    if (f.severity == level::error) p.messages().report(scope, about, f);
  };
  const found_input found{path == "-" ? "" : path, path == "-" ? "stdin" : std::filesystem::path(path).filename().string()};
  const auto input = open_input(env, found, origin_of(env, found), as);
  if (input.format == nullptr) {
    if (!env.stop) report(*input.where, input.why.reason);
    out.failed = true;
    return out;
  }
  document_reader reader(env, *input.format, input.where, report);
  for (bool more = true; more && !env.stop;) {
    auto step = reader.next();
    more = step.more;
    out.failed |= !step.failures.empty();
    if (step.found && !step.found.is_collection()) out.list.push_back(std::move(step.found));
  }
  p.messages().end(scope, input.where->display);
  return out;
}

void print(std::string_view id, const std::vector<difference>& list) {
  fmt::print("{}\n", printable(id));
  for (const auto& d : list) {
    fmt::print("  {}\n", printable(d.where));
    if (!d.first.empty()) fmt::print("    - {}\n", wrapped(printable(d.first), 80, "      "));
    if (!d.second.empty()) fmt::print("    + {}\n", wrapped(printable(d.second), 80, "      "));
  }
}

// Compares documents of one id; of equal ids the first with the first, and so on.
bool compare_by_id(const documents& a, const documents& b, const arguments& names) {
  bool equal = true;
  std::map<std::string_view, std::vector<const document*>> rest;
  for (const auto& d : b.list) rest[d.root()["id"].text()].push_back(&d);
  for (const auto& d : a.list) {
    const auto id = d.root()["id"].text();
    auto& others = rest[id];
    if (others.empty()) {
      fmt::print("{}\n  only in {}\n", printable(id), printable(names.first));
      equal = false;
      continue;
    }
    if (const auto list = differences(d.root(), others.front()->root()); !list.empty()) {
      print(id, list);
      equal = false;
    }
    others.erase(others.begin());
  }
  for (const auto& d : b.list) {
    const auto& others = rest[d.root()["id"].text()];
    if (std::find(others.begin(), others.end(), &d) == others.end()) continue;
    fmt::print("{}\n  only in {}\n", printable(d.root()["id"].text()), printable(names.second));
    equal = false;
  }
  return equal;
}

int act(program& p, const arguments& a) {
  if (a.first == "-" && a.second == "-") throw usage_error("only one of the two can be standard input");
  p.complete_options();
  const auto env = p.make_environment();
  const format_entry* as = a.from.empty() ? nullptr : &p.reader(a.from);
  const auto first = read_all(*env, p, a.first, as);
  const auto second = read_all(*env, p, a.second, as);
  if (env->stop) return was_stopped;
  if (first.failed || second.failed) return no_read_write;
  if (first.list.size() != 1 || second.list.size() != 1) return compare_by_id(first, second, a) ? all_well : some_failed;
  const node x = first.list.front().root(), y = second.list.front().root();
  const auto list = differences(x, y);
  if (!list.empty()) print(x["id"].text(), list);
  return list.empty() ? all_well : some_failed;
}

}  // namespace

void add_diff(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command("diff", "Compare two documents by meaning, whatever their formats", text(), [&p, a] { return act(p, *a); });
  c.add_option("A", a->first, "A file, or -")->required();
  c.add_option("B", a->second, "Another one")->required();
  c.add_option("-f,--from", a->from, "Format of both, instead of looking at them")->type_name("FORMAT");
  p.add_format_options(c);
}

}  // namespace dragoman::hosting
