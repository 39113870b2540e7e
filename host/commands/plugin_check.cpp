// dragoman plugin check
#include "commands/plugin_plan.hpp"
#include "kit/kit.hpp"
#include "plugins/loader.hpp"
#include "program.hpp"
#include "run/stop.hpp"
#include "strings.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

namespace dragoman::hosting {
namespace {

struct arguments {
  std::string plugin;
  std::vector<std::string> samples, only;
  bool json = false, list = false;
  double seconds = 60, patience = 4;
};

manual text() {
  manual m;
  m.paragraphs = {
      "Asks the plugin the questions of the conformance kit. Each runs in a process of its own, so a plugin that crashes or "
      "hangs fails one test. Samples are files of the plugin's formats; without any, what its own writer makes of the kit's "
      "documents is read. Tests that go over every place of a sample look at as many as there is time for, evenly spread.",
      "A test is passed, failed, crashed, timed out, or skipped with the reason: a plugin that only writes is asked "
      "nothing about reading.",
  };
  m.examples = {
      {"dragoman plugin check build/memo.dgm card.memo", "does my plugin work?"},
      {"dragoman plugin check build/memo.dgm card.memo --only reader", "one topic"},
      {"dragoman plugin check build/memo.dgm card.memo --json", "for a script"},
      {"dragoman plugin check --list", "the questions"},
  };
  return m;
}

std::string octets_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string out{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw usage_error(printable(path) + " cannot be read: " + std::strerror(errno));
  return out;
}

void check_names(const arguments& a) {
  const auto known = all_kit_tests();
  for (const auto& only : a.only) {
    const auto names = [&](const auto& t) { return t.first == only || t.first.starts_with(only + "."); };
    if (std::none_of(known.begin(), known.end(), names))
      throw usage_error("no test \"" + printable(only) + "\" ('dragoman plugin check --list' lists them)");
  }
}

void print(const test_result& r) {
  fmt::print("{:<9}  {:<22} {}\n", name_of(r.status), r.id, wrapped(r.sentence, 80, std::string(34, ' ')));
  if (r.status == test_status::passed && r.detail.find('\n') != std::string::npos) return;  // a table, for --json
  if (!r.detail.empty())
    fmt::print("{:34}{}: {}\n", "", r.status == test_status::passed ? "remark" : "why",
               wrapped(printable(r.detail), 80, std::string(34, ' ')));
  std::fflush(stdout);
}

std::string summary(const std::vector<test_result>& results) {
  std::map<test_status, std::size_t> counts;
  for (const auto& r : results) ++counts[r.status];
  std::string out;
  for (const auto& [status, count] : counts) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + name_of(status);
  return out;
}

nlohmann::json as_json(const check_plan& plan, const std::vector<test_result>& results) {
  nlohmann::json all = nlohmann::json::array();
  for (const auto& r : results) {
    nlohmann::json one{
        {"id", r.id}, {"sentence", r.sentence}, {"status", name_of(r.status)}, {"cases", r.cases}, {"seconds", r.seconds}};
    if (!r.detail.empty()) one["detail"] = r.detail;
    all.push_back(std::move(one));
  }
  return {{"plugin", plan.plugin.string()}, {"tests", std::move(all)}};
}

int act(program& p, const arguments& a) {
  if (a.list) {
    for (const auto& [id, sentence] : all_kit_tests()) fmt::print("{:<22} {}\n", id, wrapped(sentence, 80, std::string(23, ' ')));
    return all_well;
  }
  if (a.plugin.empty()) throw usage_error("which plugin? give a file *.dgm or *.dgm.json");
  check_names(a);
  auto plan = plan_to_check(p, a.plugin, a.samples);
  plan.patience = a.patience;
  const auto results = check_plugin(plan, {a.only, a.seconds}, [&](const test_result& r) {
    if (!a.json) print(r);
  });
  if (a.json) fmt::print("{}\n", as_json(plan, results).dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
  else fmt::print("{}\n", summary(results));
  if (stop_flag()) return was_stopped;
  const bool good = std::all_of(results.begin(), results.end(), [](const test_result& r) {
    return r.status == test_status::passed || r.status == test_status::skipped;
  });
  return good ? all_well : some_failed;
}

}  // namespace

check_plan plan_to_check(const program& p, const std::string& plugin, const std::vector<std::string>& samples) {
  check_plan plan;
  std::error_code problem;
  plan.plugin = std::filesystem::canonical(plugin, problem);
  if (problem) throw usage_error(printable(plugin) + " cannot be read: " + problem.message());
  plan.places = plugin_search_path(p.plugin_path());
  for (const auto& path : samples)
    plan.samples.push_back({std::filesystem::path(path).filename().string(), octets_of_file(path)});
  return plan;
}

void add_plugin_check(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command(
      "plugin check", "Ask a plugin the questions of the conformance kit", text(), [&p, a] { return act(p, *a); }, true);
  c.add_option("PLUGIN", a->plugin, "A module *.dgm or a manifest *.dgm.json");
  c.add_option("SAMPLE", a->samples, "Files of its formats")->type_name("SAMPLE");
  c.add_option("--only", a->only, "Run these tests only: ids, or topics such as reader; may be repeated")
      ->type_name("TEST")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  c.add_option("--timeout", a->seconds, "Seconds that a test may take (60)")->type_name("SECONDS")->check(CLI::PositiveNumber);
  c.add_option("--patience", a->patience, "Seconds that a test of many cases goes on (4)")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber);
  c.add_flag("--json", a->json, "Print the results as JSON");
  c.add_flag("--list", a->list, "List the tests");
}

}  // namespace dragoman::hosting
