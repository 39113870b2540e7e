#include "run/pipeline.hpp"

#include "inputs/cutting.hpp"
#include "inputs/opening.hpp"
#include "inputs/walk.hpp"
#include "outputs/destination.hpp"
#include "run/crew.hpp"
#include "run/spot_checks.hpp"
#include "run/stop.hpp"
#include "strings.hpp"

#include <dragoman/digest.hpp>

#include <cstdlib>
#include <filesystem>
#include <utility>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace dragoman::hosting {
namespace {

// The allocator keeps blocks up to the size of the largest that was ever freed, and an archive frees some of many megabytes: with
// fixed limits, what is free goes back to the system. Readers of many large inputs are better off without.
void keep_little_free_memory() {
#if defined(__GLIBC__)
  ::mallopt(M_MMAP_THRESHOLD, 1 << 19);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}

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
  // When it is read in parts of what its reader tells:
  std::unique_ptr<document_reader> whole;
  std::uint64_t parts = 0;
  receiver* told = nullptr;  // of what is said while it is opened
  // When there is an account of the run:
  std::string id, sha256;
  std::optional<input_record> before;  // done by an earlier run
  bool is_kept = false;                // it should have been: it is in a volume that was kept
};

class run final : receiver {
public:
  run(environment& env, reporter& messages, conversion job)
      : env_(env),
        messages_(messages),
        job_(std::move(job)),
        report_([this](const origin& about, const finding& f) { report(about, f); }),
        print_([this](const origin& about, const finding& f) { messages_.report(scope_, about, f); }) {
    if (job_.resume && !job_.dry_run) job_.account.journal = journal_path();
    if (auto& report = job_.account.report; job_.part && !report.empty())
      report = job_.part->file(report, std::filesystem::path(report).extension().string().size());
    if (!job_.account.is_anything() || job_.dry_run) return;
    account_.emplace(job_.account, sha256_hex(job_.identity), env_.started, !is_folder(), job_.force, print_);
    if (!account_->has_journal()) return;
    if (std::getenv("SOURCE_DATE_EPOCH") == nullptr) env_.started = account_->past().started();  // else it is what was asked for
    take_leftovers_away();
  }

  tally go() {
    if (job_.to->has(DGM_ARCHIVE)) keep_little_free_memory();
    const progress shown(job_.shown, messages_, gauge_);
    if (!is_folder() && account_ && is_done_already()) return counts_;
    begin_output(account_ && !is_folder() ? account_->kept() : ledger::kept_volumes{});
    const bool can_begin = destination_->is_usable();
    pass();
    if (kept_.count > 0 && go_on())  // some are gone, or one volume is all and should have another name
      has_changed_ = account_->so_far().inputs < kept_.end.inputs || (kept_.count == 1 && destination_->has_nothing_new());
    if (has_changed_) {  // an input of a volume that was kept: everything anew
      begin_again();
      begin_output({});
      pass();
    }
    counts_.stopped = env_.stop;
    const bool is_through = !counts_.stopped && !counts_.gave_up;
    if (is_through) destination_->finish();
    destination_->settle();
    // Somebody may have asked while the one output was closed, and its writer heard of it.
    counts_.stopped |= env_.stop && !one_output().empty() && destination_->finished().empty();
    // A run that could not begin has nothing to account for, and leaves the report of an earlier one alone.
    if (account_ && can_begin && !counts_.stopped) settle_account(is_through);
    messages_.end(scope_, "");
    destination_.reset();  // what was not finished is taken away
    gauge_.failed = counts_.failed;
    return counts_;
  }

private:
  class problem_task;
  class input_task;
  // Stands for an output that is there already: is it still made of the same?
  struct nothing_to_write final : destination {
    std::unique_ptr<preparation> prepare(const origin&, bool, receiver&) override { return nullptr; }
    void finish() override {}
  };

  void begin_output(ledger::kept_volumes kept) {
    kept_ = std::move(kept);
    const auto name = std::filesystem::path(one_output()).filename().string();  // the journal lies beside it
    const bool goes_on = account_ && account_->has_journal() && !is_folder();
    if (goes_on) job_.force |= account_->past().is_ours(name);
    destination_ = make_destination();
    if (!goes_on || !destination_->is_usable()) return;
    if (kept_.count > 0) account_->keep_volumes(kept_.count);
    else account_->start_anew(name);
  }
  void begin_again() {
    has_changed_ = false;
    counts_ = {};
    gauge_.documents = gauge_.failed = 0;
    gauge_.octets = 0;
    account_->start_again();
  }
  bool is_folder() const { return job_.kind == conversion::target::folder && !job_.to->has(DGM_ARCHIVE); }
  // The path of the one output; empty: a stream, or a folder of outputs.
  std::string one_output() const {
    if (job_.kind == conversion::target::stream || is_folder()) return {};
    const auto path = job_.kind == conversion::target::file ? job_.out : archive_path(env_.formats, job_);
    return job_.part ? job_.part->file(path, job_.to->suffix_length(std::filesystem::path(path).filename().string())) : path;
  }
  // Beside the output, or in the folder of outputs, by a name that no walk of a folder reads.
  std::string journal_path() const {
    namespace fs = std::filesystem;
    std::error_code ignored;  // opening the journal will tell
    if (is_folder()) {
      fs::create_directories(job_.out, ignored);
      const std::string name = ".dragoman-journal.jsonl";
      return (fs::path(job_.out) / (job_.part ? job_.part->file(name, std::string_view(".jsonl").size()) : name)).string();
    }
    const fs::path out = one_output();
    if (!out.parent_path().empty() && job_.kind == conversion::target::folder) fs::create_directories(out.parent_path(), ignored);
    return (out.parent_path() / ("." + out.filename().string() + ".journal.jsonl")).string();
  }
  // What runs that were killed left half written.
  void take_leftovers_away() {
    const auto& processes = account_->past().processes();
    const auto in_folder_of = [&](const std::string& file) {
      return file.empty() ? 0 : remove_parts(std::filesystem::absolute(file).parent_path(), false, processes);
    };
    std::size_t count = is_folder() ? remove_parts(job_.out, true, processes) : in_folder_of(one_output());
    count += in_folder_of(job_.account.report);
    if (!job_.account.rejects.empty()) count += remove_parts(job_.account.rejects, true, processes);
    if (count > 0)
      messages_.report(
          scope_, job_.out,
          {level::note, "run.leftovers", counted(count, "file") + " that an earlier run left half written taken away"});
  }
  std::unique_ptr<destination> make_destination() {
    destination_needs needs{env_, job_, counts_, folders_, account_ ? &*account_ : nullptr, report_, print_};
    return is_folder() ? output_folder(std::move(needs)) : single_output(std::move(needs), one_output(), kept_.count);
  }
  bool go_on() const { return !env_.stop && !counts_.gave_up && !has_changed_ && destination_->is_usable(); }

  // All inputs, one after the other.
  void pass() {
    if (env_.jobs > 1) return pass_with_threads();
    walk([this](std::unique_ptr<task> t) {
      if (go_on()) run_here(std::move(t), *this, [this] { return go_on(); });
      return go_on();
    });
  }
  void pass_with_threads();
  // Finds the inputs and gives a task for each to `add`, which says whether to go on.
  void walk(const std::function<bool(std::unique_ptr<task>)>& add);

  // An earlier run made the one output of the same inputs, and it is as it was.
  bool is_done_already() {
    if (!account_->is_finished()) return false;
    destination_ = std::make_unique<nothing_to_write>();
    is_comparing_ = true;
    pass();
    is_comparing_ = false;
    if (!env_.stop && !has_changed_ && counts_.inputs == account_->past().done_before()) {
      const auto outputs = account_->finished_outputs();
      account_->finish(std::nullopt, {}, page_maker(outputs));
      return true;
    }
    begin_again();
    return env_.stop ? (counts_.stopped = true) : false;
  }

  void settle_account(bool is_through) {
    std::optional<finding> why;
    const auto outputs = destination_->finished();
    if (!is_folder() && !is_through) why = finding{level::error, "run.gave-up", "not written, because the run gave up"};
    else if (!is_folder() && outputs.empty() && !one_output().empty())
      why = finding{level::error, "output.abandoned", "not written, because its output was given up"};
    account_->finish(why, outputs, page_maker(outputs));
  }
  std::function<void(const std::vector<spot_sample::document>&)> page_maker(const std::vector<std::string>& outputs) {
    return [&](const std::vector<spot_sample::document>& drawn) {
      make_spot_checks(env_, job_, drawn, outputs, sample_folder(job_.account.report), print_);
    };
  }

  // -- receiver, and both ends of inputs: in the order of the run
  void report(const origin& about, const finding& f) override {
    messages_.report(scope_, about, f);
    if (account_) account_->told(f);
  }
  void failed(failure f) override {
    lost(f);
    destination_->failed(f);
  }
  void lost(const failure& f) {
    counts_.failed += f.documents;
    gauge_.failed = counts_.failed;
    has_failed_ = true;
    if (account_) account_->failed(f);
    if (job_.most_failures && counts_.failed > *job_.most_failures) give_up();
  }
  void document(document_reader::step s) override {
    if (env_.stop) return;
    const auto from = s.from;
    const bool is_frame = s.found.is_collection();
    if (auto why = destination_->document(std::move(s))) lost({from, "write", std::move(*why)});
    else if (!is_frame) {
      ++gauge_.documents;
      if (account_) ++account_->current()->what.converted;
    }
  }
  void written(written_documents&& w) override {
    if (env_.stop) return;
    const auto count = w.documents;
    const auto from = w.from;
    if (auto why = destination_->written(std::move(w))) return lost({from, "write", std::move(*why), count});
    gauge_.documents += count;
    if (account_) account_->current()->what.converted += count;
  }
  void file(finished_file f) override {
    gauge_.documents += f.documents;
    destination_->file(std::move(f));
  }

  void begin_input(const std::string& id, const std::shared_ptr<const origin>& where) {
    ++counts_.inputs;
    has_failed_ = false;
    if (account_) account_->begin(id, where);
  }
  void end_input(const input_state& input) {
    if (input.before) {
      count_as_before(*input.before);
    } else {
      if (input.format != nullptr && !input.found_anything && go_on()) note_emptiness(input.where);
      has_changed_ |= is_comparing_ || input.is_kept;
    }
    if (account_) {
      auto& r = account_->current()->what;
      if (!input.before) {
        r.bytes = input.where->content ? input.where->content->length() : 0;
        r.sha256 = input.sha256;
        r.format = input.where->format;
        r.reader = input.where->reader;
      }
      account_->end();
      if (input.is_kept && account_->so_far().inputs == kept_.end.inputs) has_changed_ |= account_->so_far().ids != kept_.end.ids;
    }
    gauge_.done = counts_.inputs;
    gauge_.failed = counts_.failed;
    if (input.where->content) gauge_.octets += input.where->content->length();
    failed_inputs_ += has_failed_;
    constexpr std::size_t enough = 100;
    if (job_.most_failures_percent && counts_.inputs >= enough &&
        static_cast<double>(failed_inputs_) * 100 > *job_.most_failures_percent * static_cast<double>(counts_.inputs))
      give_up();
    messages_.end(scope_, input.where->display);
  }
  void note_emptiness(const std::shared_ptr<const origin>& where) {
    const finding nothing{level::warning, "input.no-documents", "no document in it"};
    report(*where, nothing);
    destination_->failed({where, "read", nothing, 0});
  }
  void count_as_before(const input_record& r) {
    ++counts_.done_before;
    counts_.warned_before |= !r.codes.empty();
    counts_.converted += r.converted;
    counts_.failed += r.failed;
    gauge_.documents += r.converted;
    has_failed_ = r.failed > 0;
    destination_->was_done(r);
    account_->was_done(r);
  }
  void give_up() {
    if (!std::exchange(counts_.gave_up, true))
      messages_.report(scope_, std::string_view(), {level::error, "run.gave-up", "more failed than may: the run ends here"});
  }

  environment& env_;
  reporter& messages_;
  conversion job_;
  tally counts_;
  run_gauge gauge_;
  reporter::scope scope_;
  const listener report_, print_;
  made_folders folders_;
  std::optional<ledger> account_;
  std::unique_ptr<destination> destination_;
  std::size_t failed_inputs_ = 0;
  bool has_failed_ = false;  // something of the input whose turn it is
  bool is_comparing_ = false, has_changed_ = false;
  ledger::kept_volumes kept_;
};

// Something about a path that is no input.
class run::problem_task final : public task {
public:
  problem_task(hosting::run& owner, std::string id, bool is_kept, const std::string& path, finding f)
      : owner_(owner), id_(std::move(id)), is_kept_(is_kept), where_(origin_of(owner.env_, {path, path})), what_(std::move(f)) {}
  void begin() override {
    if (what_.severity == level::error) owner_.begin_input(id_, where_);
  }
  void end() override {
    if (what_.severity != level::error) return;
    input_state input;
    input.where = where_;
    input.is_kept = is_kept_;
    if (owner_.is_comparing_ || is_kept_) input.before = owner_.account_->done_before(id_, "", "", "");
    owner_.end_input(input);
  }
  void run(receiver& to, const hand_on&) override {
    if (owner_.is_comparing_ || is_kept_) return;
    to.report(*where_, what_);
    if (what_.severity == level::error) to.failed({where_, "read", what_});
  }

private:
  hosting::run& owner_;
  const std::string id_;
  const bool is_kept_;
  const std::shared_ptr<const origin> where_;
  const finding what_;
};

// Reads the documents of an input, or those of a part of it, and prepares them.
class run::input_task final : public task {
public:
  input_task(hosting::run& owner, std::string id, bool is_kept, found_input found)
      : owner_(owner), found_(std::move(found)), input_(std::make_shared<input_state>()), begin_(0) {
    input_->where = where_ = origin_of(owner_.env_, found_);
    input_->id = std::move(id);
    input_->is_kept = is_kept;
  }
  // What comes after a part of it: octets, or parts of what its reader tells.
  input_task(hosting::run& owner, std::shared_ptr<input_state> input, std::uint64_t begin)
      : owner_(owner), input_(std::move(input)), begin_(begin) {}

  void begin() override {
    if (begin_ == 0) owner_.begin_input(input_->id, input_->where);
  }
  void end() override {
    if (is_cut_short_) return;
    input_->found_anything |= found_anything_;
    if (owner_.account_) add_facets(owner_.account_->current()->what.facets);
    if (is_last_) owner_.end_input(*input_);
  }
  std::shared_ptr<void> look_ahead(const std::vector<task*>& run) override {
    auto* const service = owner_.env_.formats.service();
    if (service == nullptr) return nullptr;
    std::vector<input_task*> small;
    std::vector<reader_service::coming> coming;
    std::size_t octets = 0;
    for (auto* t : run) {
      auto* const of_input = dynamic_cast<input_task*>(t);
      if (of_input == nullptr || octets > most_ahead || !of_input->is_small()) continue;
      const auto& where = *of_input->where_;
      octets += static_cast<std::size_t>(where.content->length());
      small.push_back(of_input);
      coming.push_back({where.content, where.name, owner_.job_.from});
    }
    if (owner_.job_.from == nullptr) {
      const auto expected = service->expect(coming);
      for (std::size_t i = 0; i < small.size(); ++i) coming[i].format = small[i]->opened().format;
    }
    // What an earlier run has done need not be read.
    const bool is_resumed = owner_.account_ && owner_.account_->has_journal() && owner_.account_->past().done_before() > 0;
    if (is_resumed) return nullptr;
    auto expected = service->expect(coming);
    if (!owner_.destination_->looks_ahead()) return expected;
    std::vector<const document_reader::step*> documents;
    std::size_t weight = 0;
    for (auto* t : small) {
      if (weight > most_made_ahead || !t->read_ahead(most_made_ahead)) break;
      weight += t->ahead_->weight();
      for (const auto* d : t->ahead_->documents())
        if (!d->found.is_collection()) documents.push_back(d);
    }
    return owner_.destination_->expect(documents);
  }
  void run(receiver& to, const hand_on& next) override {
    if (ahead_) {
      if (!is_open_ahead_) ahead_->replay(to);
      else prepare(to, [this](receiver& all) { ahead_->replay(all); });
      return note_stop();
    }
    if (begin_ == 0 && !open(to)) return note_stop();
    auto opened = begin_ == 0 ? divide(to) : nullptr;
    if (input_->whole) read_part(to, next);
    else if (opened) read(*opened, to);
    else read_octets(to, next);
    note_stop();
  }

private:
  static constexpr std::size_t most_ahead = std::size_t{1} << 19;       // octets of inputs that are opened ahead
  static constexpr std::size_t most_made_ahead = std::size_t{1} << 20;  // octets of what is made of them

  // In a folder of outputs the first document's name waits for the second, which no part knows. Writing an archive takes longer
  // than reading one, so that there parts would cost memory and gain nothing.
  bool may_be_divided() const {
    return !part_.content && input_->format->reads_in_parts() && !owner_.is_folder() && !owner_.job_.to->has(DGM_ARCHIVE);
  }
  // Opens a reader that may tell the input in parts: if it does not, it is the one to read it.
  std::unique_ptr<document_reader> divide(receiver& to) {
    if (!may_be_divided()) return nullptr;
    input_->told = &to;
    auto opened = std::make_unique<document_reader>(owner_.env_, *input_->format, input_->where,
                                                    [state = input_.get()](const origin& about, const finding& f) {
                                                      if (state->told != nullptr) state->told->report(about, f);
                                                    });
    input_->parts = opened->parts();
    if (input_->parts < 2) return opened;
    input_->told = nullptr;
    input_->whole = std::move(opened);
    return nullptr;
  }
  void read_part(receiver& to, const hand_on& next) {
    if (begin_ + 1 < input_->parts) {
      is_last_ = false;
      next(std::make_unique<input_task>(owner_, input_, begin_ + 1));
    }
    document_reader reader(*input_->whole, begin_, listener_of(to));
    read(reader, to);
  }
  void read_octets(receiver& to, const hand_on& next) {
    if (begin_ != 0) part_ = cut_part(owner_.env_.formats, *input_->format, input_->where->content, begin_);
    const auto& content = input_->where->content;
    const auto length = content->length();
    if (begin_ != 0 && !part_.content) part_ = {octets::of_part(content, begin_, length - begin_), begin_};
    if (part_.content && begin_ + part_.content->length() < length) {
      is_last_ = false;
      next(std::make_unique<input_task>(owner_, input_, begin_ + part_.content->length()));
    }
    document_reader reader(owner_.env_, *input_->format, input_->where, listener_of(to), 0, part_);
    read(reader, to);
  }

  // Its octets are in memory, and few. What cannot be read will be told when its turn comes.
  bool is_small() {
    std::error_code ignored;
    std::string problem;
    if (begin_ != 0 || owner_.is_comparing_ || input_->is_kept || !std::filesystem::is_regular_file(found_.path, ignored))
      return false;
    where_->content = octets::of_file(found_.path, problem, small_input);
    return where_->content && where_->content->is_in_memory() && where_->content->length() <= head_size;
  }
  const opened_input& opened() {
    if (!opened_) opened_ = open_input(owner_.env_, found_, where_, owner_.job_.from, owner_.destination_->takes_parts());
    return *opened_;
  }
  // What was interrupted is not done.
  void note_stop() { is_cut_short_ = owner_.env_.stop; }

  // False: there is nothing to read, for a reason that was told, or because it was done before.
  bool open(receiver& to) {
    const bool in_parts = owner_.destination_->takes_parts();
    const auto& opened = this->opened();
    if (owner_.env_.stop) return false;
    for (const auto& f : opened.how.remarks) to.report(*where_, f);
    if (owner_.account_ && where_->content) input_->sha256 = sha256_of(*where_->content);
    // What goes into one output is done when all of it is.
    const bool should_be_done = owner_.is_comparing_ || input_->is_kept;
    const bool may_be_done = owner_.account_ && (owner_.is_folder() || should_be_done);
    if (may_be_done &&
        (input_->before = owner_.account_->done_before(input_->id, input_->sha256, where_->reader, owner_.job_.out)))
      return false;
    if (should_be_done) return false;
    if (!owner_.destination_->admits(where_, to)) return false;
    if (opened.format == nullptr) return fail(to, opened.why);
    input_->format = opened.format;
    const auto length = where_->content->length();
    if (in_parts && can_be_cut(*opened.format) && length > small_input)
      part_ = cut_part(owner_.env_.formats, *opened.format, where_->content, 0);
    if (part_.content && part_.content->length() < length) return true;
    part_ = {};
    const bool stays = opened.format->has(DGM_ARCHIVE) || where_->content->is_in_memory();
    if (std::string problem; !stays && length <= octets::memory_bound) {
      where_->content = where_->content->loaded(problem);
      if (!where_->content) return fail(to, {where_, "read", {level::error, "input.unreadable", "cannot be read: " + problem}});
    }
    if (where_->content->is_in_memory()) to.holds(static_cast<std::size_t>(length));
    return true;
  }
  static bool fail(receiver& to, const failure& why) {
    to.report(*why.where, why.reason);
    to.failed(why);
    return false;
  }

  // What a reader tells, on its way to who prepares it.
  class prepared_input final : public receiver {
  public:
    prepared_input(input_task& task, receiver& to)
        : task_(task),
          to_(to),
          prepared_(task.owner_.destination_->prepare(*task.input_->where, task.part_.content != nullptr, to)) {}
    void report(const origin& about, const finding& f) override { to_.report(about, f); }
    void failed(failure f) override {
      task_.found_anything_ = true;
      to_.failed(f);
      prepared_->failed(f);
    }
    void document(document_reader::step s) override {
      task_.found_anything_ = true;
      if (task_.owner_.account_ && !s.found.is_collection()) count_facets(task_.counted_, s.found.root());
      if (!task_.owner_.env_.stop) prepared_->take(std::move(s));
    }
    void written(written_documents&& w) override { to_.written(std::move(w)); }
    void file(finished_file f) override { to_.file(std::move(f)); }
    void holds(std::size_t octets) override { to_.holds(octets); }
    void end() {
      if (!task_.owner_.env_.stop) prepared_->end();
    }

  private:
    input_task& task_;
    receiver& to_;
    const std::unique_ptr<preparation> prepared_;
  };
  void prepare(receiver& to, const std::function<void(receiver&)>& tell) {
    prepared_input all(*this, to);
    tell(all);
    all.end();
  }
  static listener listener_of(receiver& to) {
    return [&to](const origin& about, const finding& f) { to.report(about, f); };
  }
  void read(document_reader& reader, receiver& to) {
    prepare(to, [&](receiver& all) { read_into(all, reader, [] { return true; }); });
  }
  void read_into(receiver& to, document_reader& reader, const std::function<bool()>& go_on) {
    const auto& stop = owner_.env_.stop;
    for (bool more = true; more && !stop && go_on();) {
      auto step = reader.next();
      more = step.more;
      for (const auto& f : step.failures) to.failed(f);
      if (step.found) to.document(std::move(step));
    }
  }
  // Reads all of it before its turn. False: that is too much; it is read again when its turn comes.
  bool read_ahead(std::size_t most) {
    recording made;
    is_open_ahead_ = open(made);
    const auto is_little = [&] { return made.weight() <= most; };
    if (is_open_ahead_) {
      document_reader reader(owner_.env_, *input_->format, input_->where, listener_of(made), 0, part_);
      read_into(made, reader, is_little);
    }
    if (!is_little()) return false;
    ahead_ = std::move(made);
    return true;
  }
  void add_facets(std::map<std::string, input_record::tally_by_value>& to) const {
    for (const auto& [facet, values] : counted_.facets)
      for (const auto& [value, count] : values) to[facet][value] += count;
  }

  hosting::run& owner_;
  const found_input found_;
  const std::shared_ptr<input_state> input_;
  std::shared_ptr<origin> where_;  // of the first part, until it is open
  const std::uint64_t begin_;
  std::optional<opened_input> opened_;
  std::optional<recording> ahead_;  // what was read before its turn: all of it
  bool is_open_ahead_ = false;
  input_part part_;  // empty: the input is read whole
  input_record counted_;
  bool is_last_ = true, found_anything_ = false, is_cut_short_ = false;
};

void run::walk(const std::function<bool(std::unique_ptr<task>)>& add) {
  std::vector<std::filesystem::path> outputs;
  if (job_.kind != conversion::target::stream) outputs.push_back(job_.out);
  const auto id_of = [&](const std::string& path) {
    return account_ ? account_->new_id(path.empty() ? "stdin" : path) : std::string();
  };
  std::uint64_t number = 0;
  const auto is_kept = [&] { return !is_comparing_ && number++ < kept_.end.inputs; };
  const auto is_ours = [&](const std::string& name) { return !job_.part || job_.part->takes(name); };
  std::optional<input_walk> walk;
  std::size_t handed = 0, arguments = job_.inputs.size();
  const auto hand_on = [&](std::unique_ptr<task> t, bool is_input) {
    handed += is_input;
    gauge_.found = handed + walk->ahead();
    gauge_.is_all_found = arguments == 0 && walk->is_all_listed();
    return add(std::move(t));
  };
  walk.emplace(
      [&](const found_input& f) { return hand_on(std::make_unique<input_task>(*this, id_of(f.path), is_kept(), f), true); },
      [&](const std::string& path, finding f) {
        if (!is_ours(path)) return;
        const bool is_input = f.severity == level::error;
        auto id = is_input ? id_of(path) : std::string();
        hand_on(std::make_unique<problem_task>(*this, std::move(id), is_input && is_kept(), path, std::move(f)), is_input);
      },
      std::move(outputs), is_ours);
  for (const auto& argument : job_.inputs) {
    --arguments;
    if (env_.stop || !walk->walk(argument)) return;
  }
  gauge_.found = handed;
  gauge_.is_all_found = true;
}

// The inputs are looked for here.
void run::pass_with_threads() {
  constexpr std::size_t many = 32;  // inputs that readers in other processes are asked about at one time
  constexpr std::size_t some = 8;   // so that threads seldom wait for each other
  crew workers(
      env_.jobs, *this, [this] { return go_on(); }, env_.formats.service() != nullptr ? many : some);
  walk([&](std::unique_ptr<task> t) { return workers.add(std::move(t)); });
  workers.finish();
}

}  // namespace

tally convert(environment& env, reporter& messages, const conversion& job) { return run(env, messages, job).go(); }

}  // namespace dragoman::hosting
