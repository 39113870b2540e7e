// dragoman convert
#include "isolation/isolation.hpp"
#include "outputs/naming.hpp"
#include "program.hpp"
#include "run/crew.hpp"
#include "run/pipeline.hpp"
#include "strings.hpp"

#include <unistd.h>

#include <dragoman/version.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <thread>

namespace dragoman::hosting {
namespace {

struct arguments {
  std::vector<std::string> inputs;
  std::string from, to, out = "-", name, report, quarantine, most_failures, part, progress = "auto", isolate = "none",
                        worker_limits;
  unsigned jobs = 0;
  std::size_t sample = 0;
  std::string seed = "1";
  bool force = false, strict = false, no_source = false, dry_run = false;
  bool fail_fast = false, resume = false, retry_failed = false, recheck = false;
};

manual text() {
  manual m;
  m.paragraphs = {
      "INPUT is a file, a directory, - for standard input, or @LIST: a file with one path a line (@- for a list on standard "
      "input; ./@name for a file that begins with @). Directories are walked in the sorted order of their names; names that "
      "begin with a dot are left out; symbolic links are followed. Each input's format is seen from its content; a suffix "
      "only decides between readers that are equally sure.",
      "OUT is a file (or a device, or a named pipe), - for standard output, or a directory (one that exists, or a name that ends "
      "in /). In a directory each "
      "input keeps its name - a file its own, a file of a directory its path below it, a file of a list its path as listed - "
      "with the suffix of the format; an input of several documents becomes a folder with a file for each, named by its id. "
      "Formats that hold many documents make one file of an input, and archives one file of the whole run, named after the "
      "first INPUT.",
      "Every output appears whole or not at all. What cannot be converted is said on standard error, with file, line and "
      "column, a code in brackets, and what to do about it; the other inputs go on.",
  };
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& f : name_template::fields()) fields.emplace_back("{" + std::string(f.name) + "}", std::string(f.meaning));
  fields.emplace_back("", "What a document does not say becomes \"unknown\". Names are made safe and stay inside OUT.");
  m.tables = {{"Fields of --name", std::move(fields)}};
  m.examples = {
      {"dragoman convert cable.txt -o cable.xml", "to TEI, as the suffix says"},
      {"dragoman convert cable.xml -t telegram", "back to the very octets, on standard output"},
      {"dragoman convert cables/ -t json -o out/", "a folder to a folder of the same shape"},
      {"dragoman convert cables/ -o cables.jsonl", "a folder to one file, a line for each document"},
      {"dragoman convert cables/ -t tei -o out/ --name '{year}/{id}'", "sorted by year"},
      {"dragoman convert cables/ -o cables.bag.zip -O bundle.derivatives=tei,json",
       "an archive bundle, with options of its format"},
      {"find . -name '*.txt' -newer stamp | dragoman convert @- -t json -o out/", "what a list names"},
      {"dragoman convert cables/ -t tei -o out/ --dry-run", "what would be written, and what would be lost"},
  };
  return m;
}

// What OUT is. A device is written into, as by any program; a link stands for its file.
void find_output(const std::string& out, conversion& job) {
  namespace fs = std::filesystem;
  using target = conversion::target;
  if (out.empty()) throw usage_error("-o is empty; - is standard output");
  std::error_code ignored;
  const auto what = fs::status(out, ignored).type();
  job.out = out;
  if (out == "-" || what == fs::file_type::character || what == fs::file_type::fifo) job.kind = target::stream;
  else if (out.back() == '/' || what == fs::file_type::directory) job.kind = target::folder;
  else job.kind = target::file;
  if (job.kind == target::file && what == fs::file_type::regular && fs::is_symlink(out, ignored))
    job.out = fs::canonical(out).string();
}

// Where the documents go, and in which format, from -o and -t.
void choose_output(program& p, const arguments& a, conversion& job) {
  find_output(a.out, job);
  if (!a.to.empty()) {
    job.to = &p.writer(a.to);
  } else if (job.kind != conversion::target::folder && !job.is_standard_output()) {
    job.to = p.formats().writer_for(std::filesystem::path(a.out).filename().string());
    if (job.to == nullptr)
      throw usage_error("the name " + printable(a.out) +
                        " does not say which format to write: add -t FORMAT, or a suffix that 'dragoman formats' lists");
  } else {
    throw usage_error("which format to write? add -t FORMAT ('dragoman formats' lists them)");
  }
  if (!a.name.empty()) {
    if (job.kind != conversion::target::folder || job.to->has(DGM_ARCHIVE))
      throw usage_error("--name names the files of a directory: give -o DIR/ and a format that is no archive");
    job.names.emplace(a.name);
  }
  if (job.kind != conversion::target::folder && p.options().splits(*job.to))
    throw usage_error("-O " + std::string(job.to->id()) + ".split=true makes a file of each document: give -o DIR/");
  if (job.is_standard_output() && job.to->has(DGM_ARCHIVE) && !a.dry_run && ::isatty(STDOUT_FILENO) == 1)
    throw usage_error("a " + std::string(job.to->id()) + " is not for a terminal: give -o FILE, or send it through a pipe");
}

// --max-failures N or P%, and --fail-fast.
void limit_failures(const arguments& a, conversion& job) {
  if (a.fail_fast) job.most_failures = 0;
  if (a.most_failures.empty()) return;
  if (a.fail_fast) throw usage_error("--fail-fast allows no failure: leave --max-failures out");
  const bool is_percent = a.most_failures.back() == '%';
  const std::string_view digits(a.most_failures.data(), a.most_failures.size() - is_percent);
  std::size_t number = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || problem != std::errc() || end != digits.data() + digits.size() || (is_percent && number > 100))
    throw usage_error("--max-failures takes a number of documents, or a percentage of the inputs such as 5%: " +
                      printable(a.most_failures));
  if (is_percent) job.most_failures_percent = static_cast<double>(number);
  else job.most_failures = number;
}

// --isolate and --worker-limits.
std::unique_ptr<isolation> isolate_plugins(program& p, const arguments& a, const environment& env) {
  const auto which = a.isolate == "all" ? isolate::all : a.isolate == "third-party" ? isolate::third_party : isolate::none;
  if (which == isolate::none && !a.worker_limits.empty())
    throw usage_error("--worker-limits are for --isolate=third-party or --isolate=all");
  if (which == isolate::none) return nullptr;
  auto& messages = p.messages();
  return std::make_unique<isolation>(
      p.formats(), which,
      worker_setting{"/proc/self/exe", worker_limits_of(a.worker_limits), env.stop, [&messages](const finding& f) {
                       reporter::scope once;
                       messages.report(once, std::string_view(), f);
                     }});
}

void keep_account(const arguments& a, const environment& env, conversion& job) {
  job.resume = a.resume || a.retry_failed || a.recheck;
  job.account.retry_failed = a.retry_failed;
  job.account.recheck = a.recheck;
  job.account.report = a.report;
  job.account.rejects = a.quarantine;
  if (a.sample > 0 && a.report.empty())
    throw usage_error("--sample draws from a report: give --report FILE, .html for a page that links to what was drawn");
  job.account.sample = {a.sample, a.seed};
  if (!a.part.empty()) job.part = shard::of(a.part);
  job.identity = a.part + "\n" + env.options_json + "\n" + a.name + "\n" + job.to->plugin_name + "\n" DRAGOMAN_VERSION;
  if (job.resume && job.kind == conversion::target::stream)
    throw usage_error("--resume goes on with files that are there: give -o FILE or -o DIR/");
}

// Documents on standard output may go to the same terminal: nothing is drawn between them unless it was asked for.
progress_form shown_progress(const arguments& a, const conversion& job, bool quiet) {
  if (a.progress == "plain") return progress_form::plain;
  if (a.progress == "json") return progress_form::json;
  if (a.progress == "none" || quiet || job.dry_run || job.kind == conversion::target::stream) return progress_form::none;
  return progress::for_standard_error();
}

// Fewer threads than were asked for are better than inputs that fail.
unsigned threads(program& p, const arguments& a) {
  const unsigned wanted = a.jobs != 0 ? a.jobs : std::max(1u, std::thread::hardware_concurrency());
  const unsigned affordable = threads_for_open_files(wanted);
  if (affordable < wanted)
    p.messages().say("only " + counted(affordable, "thread") + " of " + std::to_string(wanted) +
                     ", because the limit of open files (ulimit -n) allows no more");
  return affordable;
}

void tell_end(program& p, const conversion& job, const tally& result) {
  if (result.inputs > 1)
    p.messages().say("converted " + counted(result.converted, "document") + " from " + counted(result.inputs, "input") +
                     (result.failed > 0 ? ", " + std::to_string(result.failed) + " failed" : "") +
                     (result.done_before > 0 ? "; " + counted(result.done_before, "input") + " had been done before" : ""));
  if (result.stopped)
    p.messages().say(job.resume ? "stopped on request; the same command goes on"
                                : "stopped on request; runs that are begun with --resume can go on");
}

int act(program& p, const arguments& a) {
  p.complete_options();
  conversion job;
  job.inputs = a.inputs;
  job.force = a.force;
  job.dry_run = a.dry_run;
  if (!a.from.empty()) job.from = &p.reader(a.from);
  choose_output(p, a, job);
  std::map<std::string, std::string> further{{"to", std::string(job.to->id())}};
  if (job.from != nullptr) further["from"] = job.from->id();
  if (a.no_source) further["no-source"] = "true";
  const auto env = p.make_environment(p.options().as_json(further));
  env->drop_source = a.no_source;
  env->jobs = threads(p, a);
  if (a.no_source)
    p.messages().say("--no-source: original octets are left out, so the original files cannot be restored from the output");
  limit_failures(a, job);
  keep_account(a, *env, job);
  job.shown = shown_progress(a, job, p.is_quiet());
  const auto workers = isolate_plugins(p, a, *env);
  const tally result = convert(*env, p.messages(), job);
  tell_end(p, job, result);
  if (result.stopped) return was_stopped;
  if (result.reader_left || (result.failed > 0 && result.converted == 0)) return no_read_write;
  const auto& messages = p.messages();
  const bool is_clean = messages.count(level::error) == 0 && result.failed == 0;
  const bool is_strictly_clean = !result.warned_before && messages.count(level::warning) == 0 && messages.count(level::loss) == 0;
  return is_clean && (!a.strict || is_strictly_clean) ? all_well : some_failed;
}

}  // namespace

void add_convert(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command("convert", "Convert documents from any format that is installed to any other", text(),
                          [&p, a] { return act(p, *a); });
  c.add_option("INPUT", a->inputs, "Files, directories, - or @LIST")->required();
  c.add_option("-f,--from", a->from, "Format of all inputs, instead of looking at them")->type_name("FORMAT");
  c.add_option("-t,--to", a->to, "Format to write; without it the suffix of OUT says")->type_name("FORMAT");
  c.add_option("-o,--output", a->out, "File, directory, or - (standard output, the default)")->type_name("OUT");
  p.add_format_options(c);
  c.add_option("--name", a->name, "How files in a directory are named, e.g. '{year}/{id}'")->type_name("TEMPLATE");
  c.add_option("-j,--jobs", a->jobs, "Threads that work at the same time; by default one a core")
      ->type_name("N")
      ->check(CLI::Range(1u, 1024u));
  c.add_option("--shard", a->part, "Take only the inputs of shard K of N (K from 0): N such runs do all of them")
      ->type_name("K/N");
  c.add_flag("--resume", a->resume, "Keep a journal beside the output; where there is one, go on where the same command stopped");
  c.add_flag("--retry-failed", a->retry_failed, "As --resume, and take inputs again of which something failed");
  c.add_flag("--recheck", a->recheck, "As --resume, and digest outputs again that should be there");
  c.add_option("--report", a->report, "Write what became of every input to this file: .jsonl, .csv or .html")->type_name("FILE");
  c.add_option("--sample", a->sample,
               "Draw so many documents, and make a page of each in FILE.samples/: the original beside what was made of it")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}));
  c.add_option("--seed", a->seed, "Another seed (any text) draws others")->type_name("S")->needs("--sample");
  c.add_option("--progress", a->progress,
               "How far the run has come, on standard error: auto is a line on a terminal and one every 10 s elsewhere, none for "
               "documents on standard output")
      ->type_name("FORM")
      ->check(CLI::IsMember({"auto", "plain", "json", "none"}));
  c.add_option("--quarantine", a->quarantine, "Copy each input of which something failed into this directory, with the reason")
      ->type_name("DIR");
  c.add_option("--isolate", a->isolate,
               "Run plugins in processes of their own, so that a crash costs one document: none, third-party or all")
      ->type_name("WHICH")
      ->check(CLI::IsMember({"none", "third-party", "all"}));
  c.add_option("--worker-limits", a->worker_limits,
               "What these may use, e.g. silence=60,total=600,memory=4096 (seconds, seconds for a document, MiB); also "
               "documents=N, crashes=N")
      ->type_name("LIMITS");
  c.add_flag("--fail-fast", a->fail_fast, "End the run at the first failure");
  c.add_option("--max-failures", a->most_failures,
               "End the run when more documents failed than N, or more than P% of at least 100 inputs")
      ->type_name("N|P%");
  c.add_flag("--force", a->force, "Write over files that exist");
  c.add_flag("--strict", a->strict, "Warnings and losses count as failure: exit status 1");
  c.add_flag("--no-source", a->no_source, "Leave the original octets out of the output");
  c.add_flag("--dry-run", a->dry_run, "Do everything but write, and print the names of the outputs");
}

}  // namespace dragoman::hosting
