// dragoman report merge
#include "reports/report_merge.hpp"

#include "plugins/options.hpp"
#include "program.hpp"
#include "strings.hpp"

#include <filesystem>

namespace dragoman::hosting {
namespace {

struct arguments {
  std::vector<std::string> reports;
  std::string out;
  bool force = false;
  sample_wish sample{0, "1"};
};

manual text() {
  manual m;
  m.paragraphs = {
      "Makes one report out of those of the shards of a run ('dragoman convert --shard K/N --report FILE.jsonl'), in the order "
      "of "
      "the inputs' paths. Reports are given as files, or as a folder that holds them. Shards that are missing, and lines that "
      "contradict each other, are errors, and nothing is written.",
  };
  m.examples = {
      {"dragoman report merge reports/ -o report.csv", "the reports of all shards as a table"},
      {"dragoman report merge run-s*.jsonl -o run.html", "as a page"},
  };
  return m;
}

int act(program& p, const arguments& a) {
  const auto result = merge_reports(a.reports, a.out, a.force, a.sample);
  reporter::scope scope;
  for (const auto& problem : result.problems)
    p.messages().report(scope, problem.where, {level::error, "report.merge", problem.text});
  if (!result.problems.empty()) return some_failed;
  p.messages().say(counted(result.inputs, "input") + " in " + a.out);
  return all_well;
}

}  // namespace

void add_report_merge(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command("report merge", "Make one report out of those of shards", text(), [&p, a] { return act(p, *a); });
  c.add_option("REPORT", a->reports, "Reports *.jsonl, or folders of them")->required();
  c.add_option("-o,--output", a->out, "The report: .jsonl, .csv or .html")->type_name("FILE")->required();
  c.add_option("--sample", a->sample.count,
               "Draw so many documents of all shards, which were given this, too, and copy their pages")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}));
  c.add_option("--seed", a->sample.seed, "As it was given to the shards")->type_name("S")->needs("--sample");
  c.add_flag("--force", a->force, "Write over a report that exists");
}

}  // namespace dragoman::hosting
