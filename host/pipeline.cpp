#include "pipeline.hpp"

#include "crew.hpp"
#include "cutting.hpp"
#include "destination.hpp"
#include "opening.hpp"
#include "stop.hpp"
#include "strings.hpp"
#include "walk.hpp"

#include <filesystem>
#include <thread>

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

// An input on its way through the run.
struct input_state {
  std::shared_ptr<const origin> where;
  const format_entry* format = nullptr;  // once it was opened
  bool found_anything = false;           // documents or failures, as far as its parts have ended
};

class run final : receiver {
public:
  run(environment& env, reporter& messages, const conversion& job)
      : env_(env),
        messages_(messages),
        job_(job),
        report_([this](const origin& about, const finding& f) { report(about, f); }),
        destination_(make_destination()) {}

  tally go() {
    if (env_.jobs > 1) {
      go_with_threads();
    } else {
      walk([this](std::unique_ptr<task> t) {
        if (go_on()) run_here(std::move(t), *this, [this] { return go_on(); });
        return go_on();
      });
    }
    counts_.stopped = env_.stop;
    if (!counts_.stopped) destination_->finish();
    destination_->settle();
    messages_.end(scope_, "");
    destination_.reset();  // what was not finished is taken away
    return counts_;
  }

private:
  class problem_task;
  class input_task;

  std::unique_ptr<destination> make_destination() {
    destination_needs needs{env_, job_, counts_, folders_, report_};
    if (job_.kind == conversion::target::standard_output) return single_output(std::move(needs), "");
    if (job_.kind == conversion::target::file) return single_output(std::move(needs), job_.out);
    if (job_.to->has(DGM_ARCHIVE)) return single_output(std::move(needs), archive_path(env_.formats, job_));
    return output_folder(std::move(needs));
  }
  bool go_on() const { return !env_.stop && destination_->is_usable(); }

  // Finds the inputs and gives a task for each to `add`, which says whether to go on.
  void walk(const std::function<bool(std::unique_ptr<task>)>& add);
  void go_with_threads();

  // -- receiver, and both ends of inputs: in the order of the run
  void report(const origin& about, const finding& f) override { messages_.report(scope_, about, f); }
  void failed(failure f) override {
    counts_.failed += f.documents;
    destination_->failed(f);
  }
  void document(document_reader::step s) override {
    if (!env_.stop) destination_->document(std::move(s));
  }
  void file(finished_file f) override { destination_->file(std::move(f)); }
  void begin_input() { ++counts_.inputs; }
  void end_input(const input_state& input) {
    if (input.format != nullptr && !input.found_anything && go_on())
      report(*input.where, {level::warning, "input.no-documents", "no document in it"});
    messages_.end(scope_, input.where->display);
  }

  environment& env_;
  reporter& messages_;
  const conversion& job_;
  tally counts_;
  reporter::scope scope_;
  const listener report_;
  made_folders folders_;
  std::unique_ptr<destination> destination_;
};

// Something about a path that is no input.
class run::problem_task final : public task {
public:
  problem_task(hosting::run& owner, const std::string& path, finding f)
      : owner_(owner), where_(origin_of(owner.env_, {path, path})), what_(std::move(f)) {}
  void begin() override {
    if (what_.severity == level::error) owner_.begin_input();
  }
  void end() override {}
  void run(receiver& to, const hand_on&) override {
    to.report(*where_, what_);
    if (what_.severity == level::error) to.failed({where_, "read", what_});
  }

private:
  hosting::run& owner_;
  const std::shared_ptr<const origin> where_;
  const finding what_;
};

// Reads the documents of an input, or those of a part of it, and prepares them.
class run::input_task final : public task {
public:
  input_task(hosting::run& owner, found_input found)
      : owner_(owner), found_(std::move(found)), input_(std::make_shared<input_state>()), begin_(0) {}
  // What comes after a part of it.
  input_task(hosting::run& owner, std::shared_ptr<input_state> input, std::uint64_t begin)
      : owner_(owner), input_(std::move(input)), begin_(begin) {}

  void begin() override {
    if (begin_ == 0) owner_.begin_input();
  }
  void end() override {
    input_->found_anything |= found_anything_;
    if (is_last_) owner_.end_input(*input_);
  }
  void run(receiver& to, const hand_on& next) override {
    if (begin_ == 0 && !open(to)) return;
    if (begin_ != 0) part_ = cut_part(*input_->format, input_->where->content, begin_);
    const auto& content = input_->where->content;
    const auto length = content->length();
    if (begin_ != 0 && !part_.content) part_ = {octets::of_part(content, begin_, length - begin_), begin_};
    if (part_.content && begin_ + part_.content->length() < length) {
      is_last_ = false;
      next(std::make_unique<input_task>(owner_, input_, begin_ + part_.content->length()));
    }
    read(to);
  }

private:
  // False: there is nothing to read, for a reason that was told.
  bool open(receiver& to) {
    const auto where = origin_of(owner_.env_, found_);
    input_->where = where;
    if (!owner_.destination_->admits(where, to)) return false;
    const bool in_parts = owner_.destination_->takes_parts();
    auto opened = open_input(owner_.env_, found_, where, owner_.job_.from, in_parts);
    if (owner_.env_.stop) return false;
    if (opened.format == nullptr) return fail(to, opened.why);
    input_->format = opened.format;
    const auto length = where->content->length();
    if (in_parts && can_be_cut(*opened.format) && length > small_input) part_ = cut_part(*opened.format, where->content, 0);
    if (part_.content && part_.content->length() < length) return true;
    part_ = {};
    if (std::string problem; !where->content->is_in_memory() && length <= octets::memory_bound) {
      where->content = where->content->loaded(problem);
      if (!where->content) return fail(to, {where, "read", {level::error, "input.unreadable", "cannot be read: " + problem}});
    }
    if (where->content->is_in_memory()) to.holds(static_cast<std::size_t>(length));
    return true;
  }
  static bool fail(receiver& to, const failure& why) {
    to.report(*why.where, why.reason);
    to.failed(why);
    return false;
  }

  void read(receiver& to) {
    const auto& stop = owner_.env_.stop;
    const auto prepared = owner_.destination_->prepare(*input_->where, part_.content != nullptr, to);
    document_reader reader(owner_.env_, *input_->format, input_->where, [&to](const origin& about, const finding& f) { to.report(about, f); }, 0, part_);
    for (bool more = true; more && !stop;) {
      auto step = reader.next();
      more = step.more;
      for (const auto& f : step.failures) {
        to.failed(f);
        prepared->failed(f);
      }
      found_anything_ |= !step.failures.empty() || step.found;
      if (step.found && !stop) prepared->take(std::move(step));
    }
    if (!stop) prepared->end();
  }

  hosting::run& owner_;
  const found_input found_;
  const std::shared_ptr<input_state> input_;
  const std::uint64_t begin_;
  input_part part_;  // empty: the input is read whole
  bool is_last_ = true, found_anything_ = false;
};

void run::walk(const std::function<bool(std::unique_ptr<task>)>& add) {
  std::vector<std::filesystem::path> outputs;
  if (job_.kind != conversion::target::standard_output) outputs.push_back(job_.out);
  input_walk walk([&](const found_input& f) { return add(std::make_unique<input_task>(*this, f)); },
                  [&](const std::string& path, finding f) { add(std::make_unique<problem_task>(*this, path, std::move(f))); }, std::move(outputs));
  for (const auto& argument : job_.inputs)
    if (env_.stop || !walk.walk(argument)) break;
}

// The inputs are looked for here; another thread takes what is made of them.
void run::go_with_threads() {
  crew workers(env_.jobs);
  std::exception_ptr problem;
  const auto take_all = [&] {
    try {
      while (go_on() && workers.take(*this)) {}
    } catch (...) {
      problem = std::current_exception();
    }
    workers.dismiss();
  };
  std::thread taker = [&] {
    const no_signals guard;
    return std::thread(take_all);
  }();
  try {
    walk([&](std::unique_ptr<task> t) { return workers.add(std::move(t)); });
    workers.close();
  } catch (...) {
    workers.dismiss();
    taker.join();
    throw;
  }
  taker.join();
  if (problem) std::rethrow_exception(problem);
}

}  // namespace

tally convert(environment& env, reporter& messages, const conversion& job) { return run(env, messages, job).go(); }

}  // namespace dragoman::hosting
