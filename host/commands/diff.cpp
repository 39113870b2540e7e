// dragoman diff
#include "display/comparison.hpp"
#include "inputs/opening.hpp"
#include "program.hpp"
#include "run/stop.hpp"
#include "sessions/document_reader.hpp"
#include "strings.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace dragoman::hosting {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t width = 80;
constexpr std::size_t words_around = 5;  // of both sides, shown beside words of one

struct arguments {
  std::string first, second, from, color = "auto";
  bool json = false;
};

manual text() {
  manual m;
  m.paragraphs = {
      "Compares by meaning: id, heading, and body without regard to layout; what the original files look like does not "
      "count, nor in which formats they are. Files of several documents are compared id by id.",
      "A text that both have is shown once, with [-words of the first-] and {+words of the second+}; ... stands for words of "
      "both.",
      "With --json each document that differs is a line: its id, and only (first or second) or differences, each with where, "
      "first, "
      "second, and words as pairs of a side (both, first, second) and text.",
      "The exit status is 0 when they are equal, 1 when they differ, 3 when one cannot be read.",
  };
  m.examples = {
      {"dragoman diff cable.txt cable.xml", "is the TEI still the telegram?"},
      {"dragoman diff cables.jsonl cables.bag.zip && echo equal", "two collections"},
      {"dragoman diff --json a.xml b.json | jq -r '.differences[].where'", "which fields and paragraphs differ"},
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

// How what is different is told.
class teller {
public:
  virtual ~teller() = default;
  virtual void different(std::string_view id, const std::vector<difference>& list) = 0;
  virtual void only(std::string_view id, bool in_first) = 0;
};

// For people.
class page final : public teller {
public:
  page(const arguments& names, bool color) : names_(names), color_(color) {}

  void different(std::string_view id, const std::vector<difference>& list) override {
    fmt::print("{}\n", printable(id));
    for (const auto& d : list) {
      fmt::print("  {}\n", printable(d.where));
      const auto words = compare_words(d.first, d.second);
      if (is_one_text(words)) print_words(words);
      else print_both(d);
    }
  }
  void only(std::string_view id, bool in_first) override {
    fmt::print("{}\n  only in {}\n", printable(id), printable(in_first ? names_.first : names_.second));
  }

private:
  // Do the two have enough in common, and any word that differs, to be shown as one text?
  static bool is_one_text(const std::vector<compared_word>& words) {
    const auto of_both = static_cast<std::size_t>(
        std::count_if(words.begin(), words.end(), [](const auto& w) { return w.where == word_side::both; }));
    return of_both != words.size() && of_both * 3 >= words.size();
  }

  void print_both(const difference& d) const {
    const auto line = [&](char sign, const std::string& text, const char* color) {
      if (!text.empty())
        fmt::print("{}    {} {}{}\n", begin_of(color), sign, wrapped(printable(text), width - 6, "      "), end());
    };
    line('-', d.first, red);
    line('+', d.second, green);
  }

  void print_words(const std::vector<compared_word>& words) const {
    std::string line = "   ";
    std::size_t used = line.size();
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto side = words[i].where;
      std::string text = printable(words[i].text);
      if (side == word_side::both) {
        if (const auto next = end_of_gap(words, i); next > i) {
          text = "...";
          i = next - 1;
        }
      } else {
        const bool begins = i == 0 || words[i - 1].where != side, ends = i + 1 == words.size() || words[i + 1].where != side;
        const bool is_first = side == word_side::first;
        text = (begins ? (is_first ? "[-" : "{+") : "") + text + (ends ? (is_first ? "-]" : "+}") : "");
      }
      if (used + 1 + columns(text) > width && used > 4) {
        fmt::print("{}\n", line);
        line = "   ";
        used = line.size();
      }
      used += 1 + columns(text);
      line += " " + (side == word_side::both ? text : begin_of(side == word_side::first ? red : green) + text + end());
    }
    fmt::print("{}\n", line);
  }

  // Words of both sides that begin at `at` and are not near a word of one: the first one that is shown again, or `at`.
  static std::size_t end_of_gap(const std::vector<compared_word>& words, std::size_t at) {
    const auto is_of_one = [&](std::size_t i) { return words[i].where != word_side::both; };
    for (std::size_t i = at - std::min(at, words_around); i < at; ++i)
      if (is_of_one(i)) return at;
    std::size_t end = at;
    while (end < words.size() && !is_of_one(end)) ++end;
    if (end < words.size()) end -= std::min(end, words_around);
    return end > at + 1 ? end : at;
  }

  static constexpr const char *red = "\x1b[31m", *green = "\x1b[32m";
  std::string begin_of(const char* color) const { return color_ ? color : ""; }
  const char* end() const { return color_ ? "\x1b[0m" : ""; }

  const arguments& names_;
  const bool color_;
};

// For scripts: a line for each document.
class json_lines final : public teller {
public:
  void different(std::string_view id, const std::vector<difference>& list) override {
    ordered_json out{{"id", id}, {"differences", ordered_json::array()}};
    for (const auto& d : list) {
      ordered_json one{{"where", d.where}};
      if (!d.first.empty()) one["first"] = d.first;
      if (!d.second.empty()) one["second"] = d.second;
      if (!d.first.empty() && !d.second.empty()) one["words"] = runs_of(compare_words(d.first, d.second));
      out["differences"].push_back(std::move(one));
    }
    print(out);
  }
  void only(std::string_view id, bool in_first) override { print({{"id", id}, {"only", in_first ? "first" : "second"}}); }

private:
  static ordered_json runs_of(const std::vector<compared_word>& words) {
    constexpr const char* sides[] = {"both", "first", "second"};
    ordered_json out = ordered_json::array();
    for (std::size_t i = 0; i < words.size();) {
      const auto side = words[i].where;
      std::string text;
      for (; i < words.size() && words[i].where == side; ++i) text += (text.empty() ? "" : " ") + std::string(words[i].text);
      out.push_back({sides[static_cast<std::size_t>(side)], text});
    }
    return out;
  }
  static void print(const ordered_json& line) {
    fmt::print("{}\n", line.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  }
};

// Compares two documents; true when they are equal.
bool compare(const document& a, const document& b, teller& to) {
  const auto list = differences(a.root(), b.root());
  if (!list.empty()) to.different(a.root()["id"].text(), list);
  return list.empty();
}

// Compares documents of one id; of equal ids the first with the first, and so on.
bool compare_by_id(const documents& a, const documents& b, teller& to) {
  bool equal = true;
  std::map<std::string_view, std::vector<const document*>> rest;
  for (const auto& d : b.list) rest[d.root()["id"].text()].push_back(&d);
  for (const auto& d : a.list) {
    const auto id = d.root()["id"].text();
    auto& others = rest[id];
    if (others.empty()) {
      to.only(id, true);
      equal = false;
      continue;
    }
    equal &= compare(d, *others.front(), to);
    others.erase(others.begin());
  }
  for (const auto& d : b.list) {
    const auto& others = rest[d.root()["id"].text()];
    if (std::find(others.begin(), others.end(), &d) == others.end()) continue;
    to.only(d.root()["id"].text(), false);
    equal = false;
  }
  return equal;
}

std::unique_ptr<teller> make_teller(const arguments& a) {
  if (a.json) return std::make_unique<json_lines>();
  return std::make_unique<page>(a, a.color == "always" || (a.color == "auto" && reporter::wants_color(stdout)));
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
  const auto to = make_teller(a);
  const bool are_two = first.list.size() == 1 && second.list.size() == 1;
  const bool equal = are_two ? compare(first.list.front(), second.list.front(), *to) : compare_by_id(first, second, *to);
  return equal ? all_well : some_failed;
}

}  // namespace

void add_diff(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c =
      p.command("diff", "Compare two documents by meaning, whatever their formats", text(), [&p, a] { return act(p, *a); });
  c.add_option("A", a->first, "A file, or -")->required();
  c.add_option("B", a->second, "Another one")->required();
  c.add_option("-f,--from", a->from, "Format of both, instead of looking at them")->type_name("FORMAT");
  c.add_flag("--json", a->json, "Tell what differs as JSON, a line for each document");
  c.add_option("--color", a->color, "Colours: auto (on a terminal), always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
  p.add_format_options(c);
}

}  // namespace dragoman::hosting
