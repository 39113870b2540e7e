// dragoman verify
#include "inputs/disk_folder.hpp"
#include "inputs/identification.hpp"
#include "inputs/walk.hpp"
#include "program.hpp"
#include "reports/verify_report.hpp"
#include "run/stop.hpp"
#include "sessions/verification.hpp"
#include "strings.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <thread>

namespace dragoman::hosting {
namespace {

constexpr unsigned deepest_folder = 256;

struct arguments {
  std::vector<std::string> inputs;
  std::string level = "full", report, schema;
  bool lenient = false, strict = false, recursive = false, force = false;
  unsigned jobs = 0;
  std::shared_ptr<const octets> schema_content;
};

manual text() {
  manual m;
  m.paragraphs = {
      "A bag - a folder, a ZIP, a tar - is judged by the rules of BagIt, versions 0.93 to 1.0. Level structure reads the tag "
      "files only, complete also looks whether every file is there with the right total size, full reads everything and "
      "compares every digest. Another archive is sound when all of it can be unpacked. TEI, JSON and telegrams are read "
      "whole; what they carry of an original must be what its digest says. Nothing is ever fetched or changed.",
      "TEI is judged by a schema, too, RELAX NG or XML Schema: by the one of --schema; else by one that lies beside the file, "
      "which its xml-model instruction names, or which has its name with .rng or .xsd; else, if it is a cable as dragoman writes "
      "them, by the schema of those.",
      "A line for each input is printed: path, format, verdict. Every finding goes to standard error, and to the report.",
      "A directory is taken as a bag. With --recursive, bags are looked for in it at any depth, and every file outside of a bag "
      "is "
      "verified by itself; there, a file of no known format is only noted.",
  };
  m.examples = {
      {"dragoman verify cables.bag.zip", "is the bag whole and unchanged?"},
      {"dragoman verify --level complete /mnt/bags/1974", "quickly: is every file there?"},
      {"dragoman verify --recursive /mnt/drive --report drive.csv", "a whole drive, with a row for each finding"},
      {"dragoman verify edited/*.xml --schema tei_all.rng", "TEI files, by a schema"},
  };
  m.tables = {{"Exit status of verify",
               {{"0", "everything is valid"},
                {"1", "something is not valid"},
                {"2", "the command line makes no sense"},
                {"3", "something could not be read"}}}};
  return m;
}

class verify_run {
public:
  verify_run(program& p, const arguments& a, environment& env) : program_(p), env_(env), recursive_(a.recursive) {
    rules_.level = a.level == "structure" ? DGM_VERIFY_STRUCTURE : a.level == "complete" ? DGM_VERIFY_COMPLETE : DGM_VERIFY_FULL;
    rules_.lenient = a.lenient;
    rules_.strict = a.strict;
    rules_.threads = a.jobs != 0 ? a.jobs : std::max(1u, std::thread::hardware_concurrency());
    rules_.schema = a.schema;
    rules_.schema_content = a.schema_content;
    if (!a.report.empty()) report_ = std::make_unique<verify_report>(a.report, a.force);
  }

  void input(const std::string& argument) {
    std::error_code ignored;
    if (argument != "-" && argument.front() != '@' && std::filesystem::is_directory(argument, ignored))
      return folder(argument, 0);
    input_walk walk([this](const found_input& found) { return one(found, true); },
                    [this](const std::string& path, const finding& f) { unreadable(path, f); }, {});
    walk.walk(argument);
  }

  int finish() {
    if (report_ && !report_->finish()) {
      program_.messages().report(scope_, "",
                                 {level::error, "output.write", "the report cannot be written: " + report_->problem()});
      return no_read_write;
    }
    if (stop_flag()) return was_stopped;
    return any_unreadable_ ? no_read_write : any_not_valid_ ? some_failed : all_well;
  }

private:
  bool one(const found_input& found, bool is_named) {
    const std::string display = found.path.empty() ? "stdin" : found.path;
    std::error_code ignored;
    if (!found.path.empty() && std::filesystem::is_directory(found.path, ignored)) folder(found.path, 0);  // of a list
    else tell(display, verify_input(env_, found, is_named, rules_, taker()));
    return !stop_flag();
  }

  // A bag, or with --recursive what lies in it.
  void folder(const std::string& path, unsigned depth) {
    std::string problem;
    const auto top = disk_folder::open(path, problem, disk_folder::extent::top);
    if (!top) return unreadable(path, {level::error, "input.unreadable", "cannot be read: " + problem});
    const auto answer = identify_folder(program_.formats(), *top->table());
    const bool is_sure = answer.score >= sure_enough;
    if (recursive_ && !is_sure) return below(path, *top, depth);
    if (answer.format == nullptr)
      return unreadable(path, {level::error, "verify.no-folder", "no installed format judges folders"});
    const auto whole = disk_folder::open(path, problem);
    if (!whole) return unreadable(path, {level::error, "input.unreadable", "cannot be read: " + problem});
    tell(path, verify_folder(env_, path, *answer.format, *whole, rules_, taker()));
  }

  void below(const std::string& path, const disk_folder& top, unsigned depth) {
    if (depth == deepest_folder) return unreadable(path, {level::error, "input.loop", "folders are too deep"});
    for (std::size_t i = 0; i < top.table()->count && !stop_flag(); ++i) {
      dgm_entry e{};
      e.size = sizeof e;
      top.table()->entry(top.table()->ctx, i, &e);
      const std::string name(view(e.path)), inside = (std::filesystem::path(path) / name).string();
      if (name.front() == '.') continue;
      if (e.type == DGM_ENTRY_FOLDER) folder(inside, depth + 1);
      else if (e.type == DGM_ENTRY_FILE) one({inside, name}, false);
    }
    for (const auto& [inside, why] : top.problems())
      unreadable(path + "/" + inside, {level::error, "input.unreadable", "cannot be read: " + why});
  }

  take_line taker() {
    lines_.clear();
    return [this](const origin& about, const verdict_line& line) {
      program_.messages().report(scope_, about, line.what);
      if (report_) lines_.push_back(line);
    };
  }
  void unreadable(const std::string& path, const finding& f) {
    lines_ = {{f, {}, {}, {}, {}}};
    program_.messages().report(scope_, path, f);
    verified v;
    v.errors = 1;
    tell(path, v);
  }
  void tell(const std::string& path, const verified& v) {
    if (stop_flag()) return;
    program_.messages().end(scope_, path);
    any_not_valid_ |= v.state == verdict_state::not_valid || v.errors > 0;
    any_unreadable_ |= v.state == verdict_state::unreadable;
    fmt::print("{}\t{}\t{}\n", printable(path), v.format.empty() ? "unknown" : v.format, name_of(v.state));
    std::fflush(stdout);
    if (report_) report_->add(path, v, lines_);
    lines_.clear();
  }

  program& program_;
  environment& env_;
  verification_rules rules_;
  const bool recursive_;
  std::unique_ptr<verify_report> report_;
  std::vector<verdict_line> lines_;  // of the input at hand, for the report
  reporter::scope scope_;
  bool any_not_valid_ = false, any_unreadable_ = false;
};

int act(program& p, arguments& a) {
  p.complete_options();
  if (!a.schema.empty()) {
    std::string problem;
    a.schema_content = octets::of_file(a.schema, problem);
    if (!a.schema_content) {
      reporter::scope scope;
      p.messages().report(scope, a.schema, {level::error, "input.unreadable", "cannot be read: " + problem});
      return no_read_write;
    }
  }
  const auto env = p.make_environment();
  verify_run run(p, a, *env);
  for (const auto& argument : a.inputs) {
    if (stop_flag()) break;
    run.input(argument);
  }
  return run.finish();
}

}  // namespace

void add_verify(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command("verify", "Judge bags, archives and documents: are they whole, valid, unchanged?", text(),
                          [&p, a] { return act(p, *a); });
  c.add_option("INPUT", a->inputs, "Files, directories, - or @LIST")->required();
  c.add_option("--level", a->level, "How much of a bag is verified: structure, complete or full (the default)")
      ->check(CLI::IsMember({"structure", "complete", "full"}))
      ->type_name("LEVEL");
  c.add_flag("--lenient", a->lenient, "Forgive a listed file found under another case only, and an absent system file");
  c.add_flag("--strict", a->strict, "Warnings are errors");
  c.add_flag("-r,--recursive", a->recursive, "Look for bags and files below directories");
  c.add_option("--schema", a->schema, "Judge by this schema")->type_name("FILE");
  c.add_option("--report", a->report, "Write the findings to FILE.jsonl or FILE.csv")->type_name("FILE");
  c.add_flag("--force", a->force, "Write over a report that exists");
  c.add_option("-j,--jobs", a->jobs, "Threads that read and digest; by default one a core")
      ->type_name("N")
      ->check(CLI::Range(1u, 1024u));
  p.add_format_options(c);
}

}  // namespace dragoman::hosting
