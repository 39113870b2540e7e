// dragoman explain
#include "plugins/terms.hpp"
#include "program.hpp"
#include "strings.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace dragoman::hosting {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_near = 5;

struct arguments {
  std::vector<std::string> terms;
  bool list = false, json = false;
};

manual text() {
  manual m;
  m.paragraphs = {
      "Terms are words of the formats that are installed: TAGS, precedences, captions, executive orders, stations, routing "
      "indicators, signals. What is spelt exactly so is printed; else what differs in case, blanks and points only; else terms "
      "of several words of which it is one. All vocabularies that know a term answer, each with its source.",
  };
  m.examples = {
      {"dragoman explain PREL ZNY '1.4 (b)'", "what each of them means"},
      {"dragoman explain 12958", "an executive order"},
      {"dragoman explain --list", "the vocabularies, with their number of terms"},
      {"dragoman explain --list caption", "all terms of one"},
      {"dragoman explain --json PREL | jq -r '.found[].meaning'", "for scripts"},
  };
  return m;
}

std::string printed(const ordered_json& value) { return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

ordered_json as_json(const known_term& t) {
  return {{"term", t.term}, {"kind", t.kind}, {"meaning", t.meaning}, {"source", t.source}, {"format", t.format->id()}};
}

void print(const known_term& t) {
  fmt::print("{}: {} ({})\n  {}\n  source: {}\n", t.term, t.kind, t.format->id(), wrapped(t.meaning, 80, "  "),
             wrapped(t.source, 80, "          "));
}

std::string quoted_list(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + ("\"" + std::string(words[i]) + "\"");
  return out;
}

// Prints what is known of the term; says so and returns false when that is nothing.
bool explain(program& p, const term_list& all, const std::string& asked, bool as_lines, bool& is_first) {
  const auto found = all.find(asked);
  const auto near = found.empty() ? all.near(asked, most_near) : std::vector<std::string_view>();
  if (as_lines) {
    ordered_json line{{"asked", asked}, {"found", ordered_json::array()}};
    for (const auto& t : found) line["found"].push_back(as_json(t));
    if (found.empty()) line["near"] = near;
    fmt::print("{}\n", printed(line));
  } else {
    for (const auto& t : found) {
      fmt::print("{}", is_first ? "" : "\n");
      print(t);
      is_first = false;
    }
  }
  if (!found.empty()) return true;
  std::fflush(stdout);
  reporter::scope scope;
  p.messages().report(
      scope, "",
      {level::error, "term.unknown",
       "no vocabulary knows \"" + asked + "\"" + (near.empty() ? "" : ", did you mean " + quoted_list(near) + "?")});
  return false;
}

void list_kinds(const term_list& all, bool as_lines) {
  for (const auto& k : all.kinds()) {
    if (as_lines) fmt::print("{}\n", printed({{"kind", k.name}, {"terms", k.count}, {"format", k.format->id()}}));
    else fmt::print("{:<22} {:>5}  {}\n", k.name, k.count, k.format->id());
  }
}

void list_terms(const term_list& all, const std::string& kind, bool as_lines) {
  std::vector<std::string_view> names;
  for (const auto& k : all.kinds()) names.push_back(k.name);
  bool is_known = false;
  for (const auto& t : all.terms()) {
    if (folded(t.kind) != folded(kind)) continue;
    is_known = true;
    if (as_lines) fmt::print("{}\n", printed(as_json(t)));
    else fmt::print("{}\t{}\n", t.term, t.meaning);
  }
  if (!is_known)
    throw usage_error("no vocabulary \"" + printable(kind) + "\"" + did_you_mean(kind, names) +
                      " ('dragoman explain --list' lists them)");
}

int act(program& p, const arguments& a) {
  if (a.terms.empty() && !a.list) throw usage_error("name a TERM, or say --list");
  const term_list all(p.formats());
  reporter::scope scope;
  for (const auto& problem : all.problems()) p.messages().report(scope, "", {level::warning, "term.ill-formed", problem});
  p.messages().end(scope, "");
  if (a.list) {
    if (a.terms.empty()) list_kinds(all, a.json);
    for (const auto& kind : a.terms) list_terms(all, kind, a.json);
    return all_well;
  }
  bool all_known = true, is_first = true;
  for (const auto& asked : a.terms) all_known &= explain(p, all, asked, a.json, is_first);
  return all_known ? all_well : some_failed;
}

}  // namespace

void add_explain(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command("explain", "Tell what words of the formats mean, and where that is known from", text(),
                          [&p, a] { return act(p, *a); });
  c.add_option("TERM", a->terms, "Words to look up; with --list, vocabularies")->expected(0, -1);
  c.add_flag("--list", a->list, "List the vocabularies, or all terms of those that are named");
  c.add_flag("--json", a->json, "Print JSON, one line for each TERM, or for each line of a list");
}

}  // namespace dragoman::hosting
