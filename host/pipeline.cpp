#include "pipeline.hpp"

#include "destination.hpp"
#include "opening.hpp"
#include "strings.hpp"
#include "walk.hpp"

#include <filesystem>

namespace dragoman::hosting {
namespace {

// The one output of an archive in a folder is named after the first INPUT.
std::string archive_path(const registry& formats, const conversion& job) {
  const std::string& first = job.inputs.front();
  std::string name = "stdin";
  if (first != "-") {
    auto path = std::filesystem::path(first.front() == '@' ? first.substr(1) : first).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    if (path.filename() == "." || path.filename() == ".." || path.empty()) {
      std::error_code ignored;
      path = std::filesystem::canonical(path, ignored);
    }
    name = std::string(formats.stem(path.filename().string()));
  }
  return (std::filesystem::path(job.out) / (safe_segment(name) + "." + std::string(job.to->suffix()))).string();
}

class run {
public:
  run(environment& env, reporter& messages, const conversion& job)
      : env_(env),
        messages_(messages),
        job_(job),
        report_([this](const origin& about, const finding& f) { messages_.report(scope_, about, f); }),
        destination_(make_destination()) {}

  tally go() {
    std::vector<std::filesystem::path> outputs;
    if (job_.kind != conversion::target::standard_output) outputs.push_back(job_.out);
    input_walk walk([this](const found_input& f) { return take(f); },
                    [this](const std::string& path, finding f) { take_problem(path, std::move(f)); }, std::move(outputs));
    for (const auto& argument : job_.inputs)
      if (!go_on() || !walk.walk(argument)) break;
    counts_.stopped = env_.stop;
    if (!counts_.stopped) destination_->finish();
    destination_->settle();
    messages_.end(scope_, "");
    destination_.reset();  // what was not finished is taken away
    return counts_;
  }

private:
  std::unique_ptr<destination> make_destination() {
    destination_needs needs{env_, job_, counts_, report_};
    if (job_.kind == conversion::target::standard_output) return single_output(std::move(needs), "");
    if (job_.kind == conversion::target::file) return single_output(std::move(needs), job_.out);
    if (job_.to->has(DGM_ARCHIVE)) return single_output(std::move(needs), archive_path(env_.formats, job_));
    return output_folder(std::move(needs));
  }
  bool go_on() const { return !env_.stop && destination_->is_usable(); }

  void fail(const failure& f) {
    ++counts_.failed;
    destination_->failed(f);
  }

  // Something about a path that is no input.
  void take_problem(const std::string& path, finding f) {
    auto where = origin_of(env_, {path, path});
    report_(*where, f);
    if (f.severity != level::error) return;
    ++counts_.inputs;
    fail({std::move(where), "read", std::move(f)});
  }

  bool take(const found_input& found) {
    if (!go_on()) return false;
    ++counts_.inputs;
    auto where = origin_of(env_, found);
    if (destination_->begin(*where)) {
      const std::string display = where->display;
      read(found, std::move(where));
      if (!env_.stop) destination_->end();
      messages_.end(scope_, display);
    }
    return go_on();
  }

  void read(const found_input& found, std::shared_ptr<origin> where) {
    const auto input = open_input(env_, found, std::move(where), job_.from);
    if (env_.stop) return;
    if (input.format != nullptr) return convert(*input.format, input.where);
    report_(*input.where, input.why.reason);
    fail(input.why);
  }

  void convert(const format_entry& format, const std::shared_ptr<const origin>& where) {
    document_reader reader(env_, format, where, report_);
    bool found_anything = false;
    for (bool more = true; more && go_on();) {
      auto step = reader.next();
      more = step.more;
      for (const auto& f : step.failures) fail(f);
      found_anything |= !step.failures.empty() || step.found;
      if (step.found && !env_.stop) destination_->take(std::move(step));
    }
    if (!found_anything && go_on())
      report_(*where, {level::warning, "input.no-documents", "no document in it"});
  }

  environment& env_;
  reporter& messages_;
  const conversion& job_;
  tally counts_;
  reporter::scope scope_;
  const listener report_;
  std::unique_ptr<destination> destination_;
};

}  // namespace

tally convert(environment& env, reporter& messages, const conversion& job) { return run(env, messages, job).go(); }

}  // namespace dragoman::hosting
