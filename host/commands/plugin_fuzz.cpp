// dragoman plugin fuzz
#include "commands/plugin_plan.hpp"
#include "kit/fuzz.hpp"
#include "program.hpp"
#include "run/stop.hpp"
#include "strings.hpp"

#include <fmt/core.h>

#include <fstream>

namespace dragoman::hosting {
namespace {

struct arguments {
  std::string plugin, folder = ".";
  std::vector<std::string> samples;
  double seconds = 60;
  std::uint64_t seed = 1, reproduce = 0;
};

manual text() {
  manual m;
  m.paragraphs = {
      "Reads damaged samples with the plugin, in child processes, and writes what came of them again. A crash, a hang, or events "
      "that the contract forbids are findings: the input is saved as PLUGIN-SEED.input, and --reproduce SEED with the same "
      "samples "
      "makes it once more. Without samples, what the plugin's own writer writes is damaged.",
  };
  m.examples = {
      {"dragoman plugin fuzz build/memo.dgm card.memo --seconds 600", "ten minutes"},
      {"dragoman plugin fuzz build/memo.dgm card.memo --reproduce 4711", "one input again"},
  };
  return m;
}

int act(program& p, const arguments& a, bool reproduces) {
  const auto plan = plan_to_check(p, a.plugin, a.samples);
  fuzz_choice choice;
  choice.seconds = a.seconds;
  choice.first_seed = a.seed;
  if (reproduces) choice.only = a.reproduce;
  std::size_t findings = 0;
  const auto result = fuzz_plugin(plan, choice, [&](const fuzz_finding& f) {
    const auto name = std::filesystem::path(a.folder) / (plan.plugin.stem().string() + "-" + std::to_string(f.seed) + ".input");
    std::ofstream out(name, std::ios::binary);
    out << f.input;
    out.close();
    if (!out) throw std::system_error(errno, std::generic_category(), name.string());
    fmt::print("seed {}: {}; input in {}\n", f.seed, printable(f.what), printable(name.string()));
    std::fflush(stdout);
    ++findings;
  });
  if (!result.problem.empty()) throw std::runtime_error(result.problem);
  fmt::print("{}, {}\n", counted(result.inputs, "input"), counted(findings, "finding"));
  if (stop_flag()) return was_stopped;
  return findings == 0 ? all_well : some_failed;
}

}  // namespace

void add_plugin_fuzz(program& p) {
  const auto a = std::make_shared<arguments>();
  const auto reproduce = std::make_shared<CLI::Option*>(nullptr);
  CLI::App& c = p.command(
      "plugin fuzz", "Feed damaged samples to a plugin", text(),
      [&p, a, reproduce] { return act(p, *a, (*reproduce)->count() != 0); }, true);
  c.add_option("PLUGIN", a->plugin, "A module *.dgm or a manifest *.dgm.json")->required();
  c.add_option("SAMPLE", a->samples, "Files of its formats")->type_name("SAMPLE");
  c.add_option("--seconds", a->seconds, "How long (60)")->type_name("SECONDS")->check(CLI::PositiveNumber);
  c.add_option("--seed", a->seed, "The seed to begin with (1)")->type_name("SEED");
  *reproduce = c.add_option("--reproduce", a->reproduce, "Make and read the input of this seed only")->type_name("SEED");
  c.add_option("-o,--output", a->folder, "Folder for inputs that were found")->type_name("FOLDER");
}

}  // namespace dragoman::hosting
