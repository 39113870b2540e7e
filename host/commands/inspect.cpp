// dragoman inspect
#include "commands/inspect.hpp"

#include "inputs/unpacking.hpp"
#include "run/stop.hpp"
#include "strings.hpp"

#include <filesystem>

namespace dragoman::hosting {
namespace {

manual text() {
  manual m;
  m.paragraphs = {
      "Shows the heading with the lines that each value came from, the outline of the body with its seams, and then what no rule "
      "understood and what was doubted or repaired, each with its line. A document that came through another format has no "
      "lines, unless its "
      "reader knows them. Of an input of several documents there is a list; --document shows one of it.",
      "Of a bundle there is a list of its records with their status and what was made of each. BUNDLE RECORD, where RECORD is "
      "the "
      "number, id or name of one, shows the original beside what was made of it.",
      "INPUT is as for convert: files, directories, - or @LIST. What cannot be read is said, and the rest goes on.",
      "--residue exits with 0 when everything was understood and 1 when something was not, so that scripts can ask.",
  };
  m.examples = {
      {"dragoman inspect cable.txt", "what was understood, and what was not"},
      {"dragoman inspect volume.xml", "the documents of a volume, a line for each"},
      {"dragoman inspect volume.xml --document d12", "one of them"},
      {"dragoman inspect cables.bag.zip", "the records of a bundle"},
      {"dragoman inspect cables.bag.zip 12 --beside tei", "the 12th of them, its original on the left, the TEI on the right"},
      {"dragoman inspect --summary cables/", "what a collection holds and lacks, with examples"},
      {"dragoman inspect --residue cables/ | less", "every line that no rule understood, as FILE:LINE: text"},
      {"dragoman inspect --json cable.txt | jq '.documents[0].heading'", "the same for scripts"},
      {"dragoman inspect --trace cable.txt | less", "every event that the reader tells"},
  };
  return m;
}

// Counts for the exit code, on the way to the form.
class inspect_run {
public:
  inspect_run(inspector& form, program& p, environment& env, const format_entry* as) : form_(form), p_(p), env_(env), as_(as) {}

  int go(const std::vector<std::string>& inputs) {
    input_walk walk([this](const found_input& f) { return look(f); },
                    [this](const std::string& path, const finding& f) { problem(path, f); }, {});
    for (const auto& argument : inputs)
      if (!walk.walk(argument)) break;
    if (env_.stop) return was_stopped;
    return failures_ == 0 ? all_well : documents_ == 0 ? no_read_write : some_failed;
  }

private:
  void problem(const std::string& path, const finding& f) {
    const auto where = origin_of(env_, {path, path});
    if (f.severity != level::error) return form_.remark(*where, f);
    ++failures_;
    form_.refuse(*where, f);
  }

  bool look(const found_input& found) {
    const auto input = open_input(env_, found, origin_of(env_, found), as_);
    if (env_.stop) return false;
    if (input.format == nullptr) {
      ++failures_;
      form_.refuse(*input.where, input.why.reason);
      return true;
    }
    form_.begin(input);
    document_reader reader(env_, *input.format, input.where,
                           [this](const origin& about, const finding& f) { form_.say(about, f); });
    for (bool more = true; more && !env_.stop && !form_.is_done();) {
      auto step = reader.next();
      more = step.more;
      failures_ += step.failures.size();
      documents_ += step.found && !step.found.is_collection();
      form_.take(std::move(step));
    }
    form_.end();
    return !env_.stop;
  }

  inspector& form_;
  program& p_;
  environment& env_;
  const format_entry* const as_;
  std::size_t documents_ = 0, failures_ = 0;
};

int trace(program& p, environment& env, const inspection& a) {
  if (a.inputs.size() != 1 || a.inputs.front().front() == '@') throw usage_error("--trace takes one INPUT");
  const bool is_stdin = a.inputs.front() == "-";
  const found_input found{is_stdin ? "" : a.inputs.front(),
                          is_stdin ? "stdin" : std::filesystem::path(a.inputs.front()).filename().string()};
  const auto input = open_input(env, found, origin_of(env, found), a.from.empty() ? nullptr : &p.reader(a.from));
  if (stop_flag()) return was_stopped;
  if (input.format != nullptr) return inspect_events(env, input);
  reporter::scope scope;
  p.messages().report(scope, input.where->display, input.why.reason);
  return no_read_write;
}

// BUNDLE or BUNDLE RECORD; nothing when the inputs are neither.
std::optional<int> show_records(program& p, environment& env, const inspection& a) {
  std::error_code ignored;
  const bool names_record = a.inputs.size() == 2 && !std::filesystem::exists(a.inputs[1], ignored);
  if ((a.inputs.size() != 1 && !names_record) || !std::filesystem::is_regular_file(a.inputs[0], ignored)) return std::nullopt;
  const found_input found{a.inputs[0], std::filesystem::path(a.inputs[0]).filename().string()};
  const auto input = open_input(env, found, origin_of(env, found), a.from.empty() ? nullptr : &p.reader(a.from));
  if (input.format == nullptr || !unpacking::is_possible(*input.format)) return std::nullopt;
  return inspect_records(p, env, input, names_record ? a.inputs[1] : "", a.beside, styles::of_stdout(a.color));
}

int act(program& p, const inspection& a) {
  p.complete_options();
  for (const auto& input : a.inputs)
    if (input.empty()) throw usage_error("an INPUT is empty; - is standard input");
  const auto env = p.make_environment();
  env->wants_facts = true;
  if (a.trace) return trace(p, *env, a);
  if (a.residue) {
    bool found_any = false;
    const int code = inspect_with(*inspect_residue(p, found_any), p, *env, a);
    return code == all_well && found_any ? some_failed : code;
  }
  if (a.summary) {
    const auto counts = inspect_summary(p, a);
    const int code = inspect_with(*counts, p, *env, a);
    if (code != was_stopped) counts->print();
    return code;
  }
  if (!a.json && !a.all && a.document.empty())
    if (const auto code = show_records(p, *env, a)) return *code;
  const auto form = a.json ? inspect_json(p) : inspect_page(p, a);
  const int code = inspect_with(*form, p, *env, a);
  if (code != all_well || form->has_found()) return code;
  p.messages().say("no document \"" + a.document + "\" is there; without --document there is a list");
  return some_failed;
}

}  // namespace

styles styles::of_stdout(const std::string& color) {
  if (color == "never" || (color == "auto" && !reporter::wants_color(stdout))) return {};
  return {"\033[1m", "\033[2m", "\033[1;31m", "\033[1;35m", "\033[1;33m", "\033[36m", "\033[1;32m", "\033[0m"};
}

const char* styles::of(level l) const noexcept {
  switch (l) {
    case level::error: return error;
    case level::loss: return loss;
    case level::warning: return warning;
    default: return note;
  }
}

int inspect_with(inspector& form, program& p, environment& env, const inspection& what) {
  return inspect_run(form, p, env, what.from.empty() ? nullptr : &p.reader(what.from)).go(what.inputs);
}

void add_inspect(program& p) {
  const auto a = std::make_shared<inspection>();
  CLI::App& c =
      p.command("inspect", "Show what was understood of inputs, and what was not", text(), [&p, a] { return act(p, *a); });
  c.add_option("INPUT", a->inputs, "Files, directories, - or @LIST; or BUNDLE RECORD")->required();
  c.add_option("-f,--from", a->from, "Format of all inputs, instead of looking at them")->type_name("FORMAT");
  p.add_format_options(c);
  auto* json = c.add_flag("--json", a->json, "As JSON, for scripts; with --summary too");
  auto* trace = c.add_flag("--trace", a->trace, "The events that the reader tells, one a line")->excludes(json);
  auto* residue =
      c.add_flag("--residue", a->residue, "Only what no rule understood, as FILE:LINE: text")->excludes(json)->excludes(trace);
  auto* summary = c.add_flag("--summary", a->summary,
                             "Counts over all inputs: formats and dialects, share understood, years, missing fields, diagnostics")
                      ->excludes(trace)
                      ->excludes(residue);
  c.add_option("--examples", a->examples, "How many places --summary names of each kind")
      ->type_name("N")
      ->needs(summary)
      ->check(CLI::Range(0, 1000));
  auto* document = c.add_option("--document", a->document, "The document of this id, or the Nth of its input")
                       ->type_name("ID|N")
                       ->excludes(json)
                       ->excludes(trace)
                       ->excludes(residue)
                       ->excludes(summary);
  c.add_flag("--all", a->all, "Show every document of an input of several, instead of a list")
      ->excludes(json)
      ->excludes(trace)
      ->excludes(residue)
      ->excludes(summary)
      ->excludes(document);
  c.add_option("--beside", a->beside, "Of a record: the format to show beside its original; without it the first")
      ->type_name("FORMAT")
      ->excludes(json)
      ->excludes(trace)
      ->excludes(residue)
      ->excludes(summary)
      ->excludes(document);
  c.add_option("--color", a->color, "auto (on a terminal, unless NO_COLOR is set), always or never")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

}  // namespace dragoman::hosting
