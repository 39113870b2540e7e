#include "outputs/destination.hpp"

#include "outputs/standalone.hpp"
#include "outputs/volume.hpp"
#include "strings.hpp"

#include <atomic>
#include <deque>
#include <filesystem>

namespace dragoman::hosting {
namespace {

namespace fs = std::filesystem;

bool has_tree(const document& frame) { return !frame.root()["tree"].empty(); }

finding frame_dropped(const document& frame) {
  return {has_tree(frame) ? level::loss : level::note, "host.frame-dropped",
          "the frame of collection " + printable(frame.root()["id"].text()) + " is left out"};
}

// An origin for messages about what is no input.
origin named(const std::string& path) {
  origin about;
  about.name = about.display = path;
  return about;
}

// Why no file of that name may be written: there is one that must not be written over.
std::optional<finding> in_the_way(const conversion& job, const std::string& path) {
  std::error_code problem;
  const auto status = fs::symlink_status(path, problem);
  if (!fs::exists(status)) return std::nullopt;
  const char* const what = fs::is_directory(path, problem) ? "a folder of this name exists"
                           : !fs::is_regular_file(status) && !fs::is_symlink(status)
                               ? "a device, pipe or socket of this name exists"
                           : !job.force ? "this file exists already"
                                        : nullptr;
  if (what == nullptr) return std::nullopt;
  return finding{level::error, "output.exists", what};
}

void announce(const destination_needs& needs, const std::string& path) {
  if (needs.job.dry_run)
    std::fprintf(stdout, "would write %s\n", printable(path.empty() ? needs.job.stream_name() : path).c_str());
}

// One output for the whole run, or as many volumes as its writer asks for.
class single final : public destination {
public:
  single(destination_needs needs, std::string path, std::uint32_t kept)
      : needs_(std::move(needs)), path_(std::move(path)), kept_(kept) {
    if (!path_.empty() && is_in_the_way(path_)) ++needs_.counts.failed;
    else begin_volume(kept_ + 1);
  }

  bool is_usable() const override { return filling_ && filling_->out().is_usable(); }
  std::unique_ptr<preparation> prepare(const origin&, bool, receiver& to) override { return std::make_unique<share>(*this, to); }
  // Only of a writer elsewhere there is more to ask about many documents than about each.
  bool looks_ahead() const override {
    const auto* service = needs_.env.formats.service();
    return beside_.have_begun() && service != nullptr && service->answers_for(*needs_.job.to);
  }
  std::shared_ptr<void> expect(const std::vector<const document_reader::step*>& next) override { return beside_.expect(next); }

  std::optional<finding> document(document_reader::step s) override {
    if (s.found.is_collection() && !needs_.job.to->has(DGM_FRAME)) {
      needs_.report(*s.from, frame_dropped(s.found));
      return std::nullopt;
    }
    const bool has_digests = s.found.has_digests();
    bool is_written = is_usable() && filling_->out().write(s);
    if (!is_written && is_full() && next_volume()) is_written = filling_->out().write(s);
    if (!has_digests && s.found.has_digests()) reads_digests_ = true;
    if (is_written && needs_.env.jobs > 1 && needs_.job.to->has(DGM_STANDALONE)) beside_.begin_beside(filling_->out());
    note_input();
    if (is_written) return std::nullopt;
    if (!filling_) return finding{level::error, "output.abandoned", "not written, because its output was given up"};
    const finding why = filling_->out().reason();
    tell_failure({s.from, "write", why});
    if (filling_) note_reader_left(*filling_);
    return why;
  }

  std::optional<finding> written(written_documents&& w) override {
    channel& out = filling_->out();
    note_input();
    if (!out.append(w.octets, w.documents)) return out.reason();
    if (w.problem) out.give_up(std::move(*w.problem));
    return std::nullopt;
  }

  void failed(const failure& f) override {
    tell_failure(f);
    note_input();
    failures_ += f.documents > 0;  // an input without documents is no failure
    kept_failures_ += f.where->content != nullptr && filling_ && filling_->out().wants_failures();
  }

  bool has_nothing_new() const override {
    return kept_ > 0 && filling_ && filling_->index() == kept_ + 1 && filling_->out().written() + failures_ == 0;
  }
  void finish() override {
    if (!filling_) return settle();
    channel& out = filling_->out();
    if (has_nothing_new()) {
      filling_.reset();
      count_ = kept_;
      number_volumes(kept_);
      if (is_whole_ && !needs_.job.dry_run) look_for_surplus();
      return;
    }
    // An output of which nothing was converted is no output, but an archive keeps the originals of what failed.
    const bool is_worth_it = out.written() > 0 || failures_ == 0 || (needs_.job.to->has(DGM_ARCHIVE) && kept_failures_ > 0);
    const std::uint32_t count = filling_->index();
    const bool is_in_volumes = !path_.empty() && out.numbers_volumes();
    if (is_worth_it && is_usable() && (count == 1 || can_name(count))) {
      close_volume(count);
    } else {
      if (is_worth_it) note_abandoned(*filling_);
      needs_.counts.failed += out.written();
      note_reader_left(*filling_);
      is_whole_ = false;
    }
    count_ = is_worth_it ? count : count - 1;
    number_volumes(count - 1);
    if (is_whole_ && is_in_volumes && !needs_.job.dry_run) look_for_surplus();
  }

  std::vector<std::string> finished() const override {
    std::vector<std::string> paths;
    if (!is_whole_ || path_.empty()) return paths;
    for (std::uint32_t index = 1; index <= count_; ++index)
      paths.push_back(count_ == 1 ? path_ : volume_path(*needs_.job.to, path_, index));
    return paths;
  }

  // Volumes that are closed get into place, also when somebody asked to stop.
  void settle() override {
    while (!closing_.empty()) settle_first();
  }

private:
  // What an input, or a part of it, has for the output: documents, or octets of documents where the writer allows for that.
  class share final : public preparation {
  public:
    share(single& owner, receiver& to) : owner_(owner), to_(to), beside_(owner.beside_, to) {}
    void take(document_reader::step s) override {
      if (owner_.beside_.have_begun() && beside_.is_usable() && !s.found.is_collection()) return beside_.write(s);
      beside_.hand_on();
      if (owner_.reads_digests_) s.found.root()["source"]["model_sha256"].text();  // made here, where many work
      to_.document(std::move(s));
    }
    void end() override { beside_.hand_on(); }

  private:
    const single& owner_;
    receiver& to_;
    standalone_writer beside_;
  };

  bool is_in_the_way(const std::string& path) const {
    const auto problem = in_the_way(needs_.job, path);
    if (problem) needs_.report(named(path), *problem);
    return problem.has_value();
  }
  bool is_full() const { return filling_ && filling_->out().is_full(); }
  // The first volumes were closed when nobody knew how many there would be. They are written anew side by side, and while the
  // last one is completed; they take their places when that is in its place.
  void number_volumes(std::uint32_t last) {
    while (!closing_.empty() && closing_.front()->index() <= last) settle_first();
    std::deque<std::unique_ptr<numbered_volume>> begun;
    const auto when = needs_.env.jobs > 1 ? std::launch::async : std::launch::deferred;
    const auto put_first = [&] {
      settle();
      is_whole_ = is_whole_ && begun.front()->settle();
      begun.pop_front();
    };
    const std::size_t at_once = 2 * std::size_t{needs_.env.jobs};  // half of a copy is waiting for the disk
    for (std::uint32_t index = 1; is_whole_ && !needs_.job.dry_run && index <= last; ++index) {
      while (begun.size() >= at_once) put_first();
      begun.push_back(std::make_unique<numbered_volume>(needs_, path_, index, count_, when));
    }
    settle();
    while (!begun.empty()) put_first();
  }
  // Files that look like volumes of this series and are none: an earlier run made more of them, or fewer. What the journal
  // knows for the output of an earlier run goes; anything else may be somebody's and is told.
  void look_for_surplus() {
    const auto look_at = [&](const std::string& path) {
      std::error_code problem;
      if (!fs::exists(fs::symlink_status(path, problem))) return false;
      const bool is_ours = needs_.account != nullptr && needs_.account->is_untouched(fs::path(path).filename().string());
      if (is_ours && fs::remove(path, problem))
        needs_.print(named(path),
                     {level::note, "output.surplus-removed", "an earlier run made it, and this one has no such volume"});
      else
        needs_.print(named(path), {level::warning, "output.surplus",
                                   "it looks like a volume of this output and is none: this run made " + std::to_string(count_)});
      return true;
    };
    if (count_ > 1) look_at(path_);
    for (auto index = count_ > 1 ? count_ + 1 : 1; look_at(volume_path(*needs_.job.to, path_, index)); ++index) {
    }
  }
  // Something of the input whose turn it is was given to the volume that is filled.
  void note_input() {
    if (needs_.account != nullptr) last_input_ = needs_.account->current();
  }
  void tell_failure(const failure& f) {
    if (is_usable()) filling_->out().failed(f);
    if (is_full() && next_volume()) filling_->out().failed(f);
  }

  void begin_volume(std::uint32_t index) {
    filling_ = std::make_unique<volume>(needs_, path_, index);
    failures_ = kept_failures_ = 0;
    if (filling_->out().open()) return;
    ++needs_.counts.failed;
    note_reader_left(*filling_);
    is_whole_ = false;
  }

  // Closes the volume that is full and begins another. False when there is none.
  bool next_volume() {
    const std::uint32_t index = filling_->index();
    if (!can_name(index)) {
      needs_.counts.failed += filling_->out().written();
      filling_.reset();
      return is_whole_ = false;
    }
    // Does it end with an input, or does that go on in the next one?
    if (needs_.account != nullptr && last_input_ != needs_.account->current()) filling_->ends_at(needs_.account->so_far());
    close_volume(0);
    if (is_whole_) begin_volume(index + 1);
    return is_usable();
  }
  bool can_name(std::uint32_t index) { return needs_.job.dry_run || !is_in_the_way(volume_path(*needs_.job.to, path_, index)); }

  // Deflating is most of the work: it is done aside while the next volume is filled, for as many as may work at once.
  void close_volume(std::uint32_t count) {
    while (closing_.size() >= needs_.env.jobs) settle_first();
    filling_->name(count);
    filling_->close(needs_.env.jobs > 1 ? std::launch::async : std::launch::deferred);
    closing_.push_back(std::move(filling_));
    if (needs_.env.jobs == 1) settle();
  }
  void settle_first() {
    volume& first = *closing_.front();
    const bool is_there = first.settle();
    const bool is_interrupted = !is_there && needs_.env.stop;  // by request, which is no failure
    if (!is_interrupted) (is_there ? needs_.counts.converted : needs_.counts.failed) += first.out().written();
    if (is_there) announce(needs_, first.path());
    else if (!is_interrupted) note_abandoned(first);
    if (is_there && first.is_one_of_several()) first.account_for();
    is_whole_ &= is_there;
    note_reader_left(first);
    closing_.pop_front();
  }

  void note_abandoned(volume& v) {
    if (!path_.empty() && v.out().sink().problem().empty())
      needs_.report(named(v.path()), {level::error, "output.abandoned", "not written, because its writer gave up"});
  }
  void note_reader_left(volume& v) {
    if (const auto* stream = dynamic_cast<const stream_output*>(&v.out().sink()))
      needs_.counts.reader_left |= stream->reader_left();
  }
  destination_needs needs_;
  std::string path_;  // of the series; empty: a stream
  std::deque<std::unique_ptr<volume>> closing_;
  std::unique_ptr<volume> filling_;
  standalone_sessions beside_;                    // of filling_
  ledger::handle last_input_;                     // that gave it anything
  std::atomic<bool> reads_digests_ = false;       // the writer: has it ever?
  const std::uint32_t kept_;                      // volumes that were there before
  std::size_t failures_ = 0, kept_failures_ = 0;  // of the volume that is filled
  bool is_whole_ = true;                          // no volume is missing
  std::uint32_t count_ = 0;                       // of volumes, at the end
};

// Where the outputs of an input lie in a folder.
struct input_paths {
  std::string folder, stem, base;  // "a/b", "name", "a/b/name"
};
input_paths paths_of(const environment& env, const origin& input) {
  const auto slash = input.name.rfind('/');
  input_paths p;
  if (slash != std::string::npos) p.folder = input.name.substr(0, slash);
  p.stem = env.formats.stem(slash == std::string::npos ? input.name : std::string_view(input.name).substr(slash + 1));
  p.base = p.folder.empty() ? p.stem : p.folder + "/" + p.stem;
  return p;
}

// What those who render the files of a folder share. [any-thread]
struct folder_rules {
  const destination_needs& needs;
  const std::string suffix;
  const bool splits = needs.env.options.splits(*needs.job.to);
  bool has_many() const { return needs.job.to->has(DGM_COLLECTION) && !splits; }  // one file for all of an input
  std::string path_of(const std::string& name) const { return (fs::path(needs.job.out) / name).string(); }
};

// Renders the documents of one input into files that lack nothing but their names.
class file_maker final : public preparation {
public:
  file_maker(const folder_rules& rules, const origin& input, bool is_part, receiver& to)
      : rules_(rules), to_(to), input_(paths_of(rules.needs.env, input)), serial_(input.serial), several_(is_part) {}

  void take(document_reader::step s) override {
    if (channel_ && framed_entry_ != 0 && s.from->serial != framed_entry_) finish_collection();
    if (s.found.is_collection()) return take_frame(std::move(s));
    ++n_;
    if (rules_.has_many() && !channel_) begin_collection(s, input_.base);
    if (channel_) return add_to_collection(s);
    if (collection_problem_) return to_.failed({s.from, "write", *collection_problem_});
    if (rules_.needs.job.names) return emit(s, template_name(s.found));
    if (several_) return emit(s, document_name(s.found));
    // One document makes a file, more make a folder: which of them is known at the second.
    if (n_ == 1) {
      first_ = std::move(s);
      return;
    }
    emit_first();
    emit(s, document_name(s.found));
  }

  void failed(const failure& f) override {
    if (channel_ && channel_->is_usable()) channel_->failed(f);
    else if (rules_.has_many()) waiting_.push_back(f);
  }

  void end() override {
    if (first_) emit(*first_, input_.base);
    if (channel_) finish_collection();
  }

private:
  std::string template_name(const document& d) const {
    return rules_.needs.job.names->expand(d.root(), {input_.folder, input_.stem, std::max<std::size_t>(n_, 1)});
  }
  std::string document_name(const document& d) const { return input_.base + "/" + safe_segment(d.root()["id"].text()); }
  listener report() {
    return [this](const origin& about, const finding& f) { to_.report(about, f); };
  }
  void begin_channel(std::optional<channel>& one, const std::string& stem) {
    const auto name = stem + rules_.suffix;
    const auto path = rules_.path_of(name);
    auto sink = make_sink(rules_.needs, path, rules_.needs.job.force || rules_.needs.is_ours(name));
    if (auto* file = dynamic_cast<atomic_file*>(sink.get()); file != nullptr && rules_.needs.account != nullptr) file->watch();
    one.emplace(rules_.needs.env, *rules_.needs.job.to, std::move(sink), path, report());
  }

  // One document, one file.
  void emit(const document_reader::step& s, const std::string& stem) {
    std::optional<channel> one;
    begin_channel(one, stem);
    const bool has_frame = frame_ && frame_->from->serial == s.from->serial;
    if (one->open() && (!has_frame || one->write(*frame_)) && one->write(s) && one->finish_writing())
      to_.file({one->take_sink(), stem, 1, s.from});
    else to_.failed({s.from, "write", one->reason()});
  }
  void emit_first() {
    if (first_) emit(*first_, document_name(first_->found));
    first_.reset();
    several_ = true;
  }

  // One output for all documents of an input. A collection inside an archive gets an output of its own, among those of
  // the other entries, except where one output takes them all.
  void take_frame(document_reader::step s) {
    const auto& to = *rules_.needs.job.to;
    if (rules_.splits) {  // each document gets it, and none has all of it
      to_.report(*s.from, frame_dropped(s.found));
      emit_first();
      frame_ = std::move(s);
      return;
    }
    if (s.from->serial != serial_ && to.has(DGM_FRAME) && !to.has(DGM_COLLECTION) && has_tree(s.found))
      return begin_framed_entry(s);
    if (!to.has(DGM_FRAME) || (!to.has(DGM_COLLECTION) && !has_tree(s.found)) || n_ > 0)
      if (!channel_) return to_.report(*s.from, frame_dropped(s.found));
    if (!channel_) begin_collection(s, input_.base);
    write_frame(s);
  }
  void begin_framed_entry(const document_reader::step& s) {
    emit_first();
    ++n_;  // whatever comes beside it is one of several
    begin_collection(s, input_.base + "/" + paths_of(rules_.needs.env, *s.from).base);
    framed_entry_ = s.from->serial;
    write_frame(s);
  }
  void write_frame(const document_reader::step& s) {
    if (channel_ && !channel_->write(s)) to_.failed({s.from, "write", channel_->reason()});
  }
  void begin_collection(const document_reader::step& first, const std::string& base) {
    collection_stem_ = rules_.needs.job.names ? template_name(first.found) : base;
    collection_from_ = first.from;
    begin_channel(channel_, collection_stem_);
    collection_problem_.reset();
    if (!channel_->open()) {
      collection_problem_ = channel_->reason();
      channel_.reset();
    }
    if (channel_)
      for (const auto& f : waiting_) channel_->failed(f);
    waiting_.clear();
  }
  void add_to_collection(const document_reader::step& s) {
    if (channel_->write(s)) {
      ++documents_;
      return;
    }
    const failure f{s.from, "write", channel_->reason()};
    to_.failed(f);
    channel_->failed(f);
  }
  void finish_collection() {
    const bool is_worth_it = documents_ > 0 || n_ == 0;  // a frame alone is an output too
    if (is_worth_it && channel_->finish_writing())
      to_.file({channel_->take_sink(), collection_stem_, documents_, collection_from_});
    else if (documents_ > 0) to_.failed({collection_from_, "write", channel_->reason(), documents_});
    channel_.reset();
    documents_ = 0;
    framed_entry_ = 0;
    collection_problem_.reset();
  }

  const folder_rules& rules_;
  receiver& to_;
  const input_paths input_;
  const std::uint64_t serial_;                          // of the input
  std::uint64_t framed_entry_ = 0;                      // the entry of an archive whose collection is being written; 0: none
  bool several_;                                        // documents come, or came, from this input
  std::size_t n_ = 0;                                   // documents so far
  std::size_t documents_ = 0;                           // of them in the collection's output
  std::optional<document_reader::step> first_, frame_;  // frame_: of the documents that are split from it
  std::optional<channel> channel_;
  std::string collection_stem_;
  std::shared_ptr<const origin> collection_from_;
  std::optional<finding> collection_problem_;  // why its output could not be begun
  std::vector<failure> waiting_;               // for the collection's output to begin
};

class folder final : public destination {
public:
  explicit folder(destination_needs needs)
      : needs_(std::move(needs)),
        rules_{needs_, "." + std::string(needs_.job.to->suffix())},
        batch_(most_waiting, announcement()) {}

  // What is there from an earlier run is seen before any work is done; what this run wrote gets another name later. A file
  // that this run put there has given its name before.
  bool admits(const std::shared_ptr<const origin>& input, receiver& to) const override {
    if (needs_.job.names) return true;
    const std::string target = paths_of(needs_.env, *input).base + rules_.suffix;
    const auto problem = in_the_way(needs_.job, rules_.path_of(target));
    if (!problem || names_.has(target) || needs_.is_ours(target)) return true;
    to.report(named(rules_.path_of(target)), *problem);
    to.failed({input, "write", *problem});
    return false;
  }

  bool takes_parts() const override { return !rules_.has_many() && !(needs_.job.names && needs_.job.names->counts_documents()); }

  std::unique_ptr<preparation> prepare(const origin& input, bool is_part, receiver& to) override {
    return std::make_unique<file_maker>(rules_, input, is_part, to);
  }

  void file(finished_file f) override {
    bool renamed = false;
    const auto name = names_.take(f.stem, rules_.suffix, renamed);
    const auto path = rules_.path_of(name);
    const bool is_ours = needs_.is_ours(name);
    if (renamed) {
      needs_.report(*f.from, {level::warning, "output.renamed",
                              "the name " + f.stem + rules_.suffix + " is given already; written as " + name});
      if (auto* file = dynamic_cast<atomic_file*>(f.sink.get())) file->rename(path, needs_.job.force || is_ours);
    }
    const auto of = needs_.account != nullptr ? needs_.account->current() : nullptr;
    if (of) ++of->open_outputs;
    if (const auto problem = in_the_way(needs_.job, path); problem && !(is_ours && fs::is_regular_file(path)))
      return lose(of, path, f.documents, *problem);
    // It gets its name together with others.
    const bool some_are_done = batch_.add(
        std::move(f.sink),
        [this, of, name, path, documents = f.documents](const byte_sink& sink, bool is_there) {
          if (!is_there) return lose(of, path, documents, {level::error, "output.write", sink.problem()});
          needs_.counts.converted += documents;
          announce(needs_, path);
          const auto* file = dynamic_cast<const atomic_file*>(&sink);
          if (of && file != nullptr) needs_.account->output_done(of, documents, {name, file->size(), file->sha256()});
        },
        name);
    if (some_are_done && needs_.account != nullptr) needs_.account->flush();
  }

  void was_done(const input_record& r) override {
    for (const auto& o : r.outputs)
      if (bool ignored; o.path.ends_with(rules_.suffix))
        names_.take(o.path.substr(0, o.path.size() - rules_.suffix.size()), rules_.suffix, ignored);
  }

  void finish() override {}
  void settle() override { batch_.commit(); }

private:
  static constexpr std::size_t most_waiting = 256;
  // What has its name and is not in the journal yet must be known as ours.
  commit_batch::announce announcement() {
    if (needs_.account == nullptr) return nullptr;
    return [this](const std::vector<std::string>& names) { return needs_.account->publishing(names); };
  }
  void lose(const ledger::handle& of, const std::string& path, std::size_t documents, const finding& why) {
    needs_.counts.failed += documents;
    needs_.print(named(path), why);
    if (of) needs_.account->output_failed(of, documents, why);
  }

  const destination_needs needs_;
  const folder_rules rules_;
  given_names names_;
  commit_batch batch_;
};

}  // namespace

std::unique_ptr<destination> single_output(destination_needs needs, std::string path, std::uint32_t kept) {
  return std::make_unique<single>(std::move(needs), std::move(path), kept);
}

std::unique_ptr<destination> output_folder(destination_needs needs) { return std::make_unique<folder>(std::move(needs)); }

}  // namespace dragoman::hosting
