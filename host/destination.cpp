#include "destination.hpp"

#include "strings.hpp"
#include "volume.hpp"

#include <deque>
#include <filesystem>

namespace dragoman::hosting {
namespace {

namespace fs = std::filesystem;

bool has_tree(const document& frame) { return !frame.root()["tree"].empty(); }

void report_frame_dropped(const destination_needs& needs, const document& frame, const origin& from) {
  const bool says_something = has_tree(frame);
  needs.report(from, {says_something ? level::loss : level::note, "host.frame-dropped",
                      "the frame of collection " + printable(frame.root()["id"].text()) + " is left out"});
}

void report_on(const destination_needs& needs, const std::string& path, finding f) {
  origin about;
  about.name = about.display = path;
  needs.report(about, f);
}

// A file of that name that must not be written over. Reported.
bool is_in_the_way(const destination_needs& needs, const std::string& path) {
  std::error_code problem;
  const auto status = fs::symlink_status(path, problem);
  if (!fs::exists(status)) return false;
  if (needs.job.force && !fs::is_directory(path, problem)) return false;
  report_on(needs, path, {level::error, "output.exists", fs::is_directory(path, problem) ? "a folder of this name exists" : "this file exists already"});
  return true;
}

void announce(const destination_needs& needs, const std::string& path) {
  if (needs.job.dry_run) std::fprintf(stdout, "would write %s\n", printable(path.empty() ? "standard output" : path).c_str());
}

// One output for the whole run, or as many volumes as its writer asks for.
class single final : public destination {
public:
  single(destination_needs needs, std::string path) : needs_(std::move(needs)), path_(std::move(path)) {
    if (!path_.empty() && is_in_the_way(needs_, path_)) ++needs_.counts.failed;
    else begin_volume(1);
  }

  bool is_usable() const override { return filling_ && filling_->out().is_usable(); }
  bool begin(const origin&) override { return is_usable(); }

  void take(document_reader::step s) override {
    if (s.found.is_collection() && !needs_.job.to->has(DGM_FRAME)) return report_frame_dropped(needs_, s.found, *s.from);
    bool is_written = is_usable() && filling_->out().write(s);
    if (!is_written && is_full() && next_volume()) is_written = filling_->out().write(s);
    if (is_written) return;
    ++needs_.counts.failed;
    if (!filling_) return;
    tell_failure({s.from, "write", filling_->out().reason()});
    if (filling_) note_reader_left(*filling_);
  }

  void failed(const failure& f) override {
    tell_failure(f);
    ++failures_;
    kept_failures_ += f.where->content != nullptr && filling_ && filling_->out().wants_failures();
  }
  void end() override {}

  void finish() override {
    if (!filling_) return settle();
    channel& out = filling_->out();
    // An output of which nothing was converted is no output, but an archive keeps the originals of what failed.
    const bool is_worth_it = out.written() > 0 || failures_ == 0 || (needs_.job.to->has(DGM_ARCHIVE) && kept_failures_ > 0);
    const std::uint32_t count = filling_->index();
    if (is_worth_it && is_usable() && (count == 1 || can_name(count))) {
      close_volume(count);
    } else {
      if (is_worth_it) note_abandoned(*filling_);
      needs_.counts.failed += out.written();
      note_reader_left(*filling_);
      is_whole_ = false;
    }
    settle();
    for (std::uint32_t index = 1; is_whole_ && index < count; ++index) is_whole_ = number_volume(needs_, path_, index, count);
  }

  // Volumes that are closed get into place, also when somebody asked to stop.
  void settle() override {
    while (!closing_.empty()) settle_first();
  }

private:
  bool is_full() const { return filling_ && filling_->out().is_full(); }
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
    close_volume(0);
    if (is_whole_) begin_volume(index + 1);
    return is_usable();
  }
  bool can_name(std::uint32_t index) { return needs_.job.dry_run || !is_in_the_way(needs_, volume_path(*needs_.job.to, path_, index)); }

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
    (is_there ? needs_.counts.converted : needs_.counts.failed) += first.out().written();
    if (is_there) announce(needs_, first.path());
    else note_abandoned(first);
    is_whole_ &= is_there;
    note_reader_left(first);
    closing_.pop_front();
  }

  void note_abandoned(volume& v) {
    if (!path_.empty() && v.out().sink().problem().empty())
      report_on(needs_, v.path(), {level::error, "output.abandoned", "not written, because its writer gave up"});
  }
  void note_reader_left(volume& v) {
    if (const auto* standard = dynamic_cast<const standard_output*>(&v.out().sink())) needs_.counts.reader_left |= standard->reader_left();
  }
  destination_needs needs_;
  std::string path_;  // of the series; empty: standard output
  std::deque<std::unique_ptr<volume>> closing_;
  std::unique_ptr<volume> filling_;
  std::size_t failures_ = 0, kept_failures_ = 0;  // of the volume that is filled
  bool is_whole_ = true;                          // no volume is missing
};

class folder final : public destination {
public:
  explicit folder(destination_needs needs) : needs_(std::move(needs)), suffix_("." + std::string(needs_.job.to->suffix())) {}

  bool begin(const origin& input) override {
    input_ = input_paths(input);
    serial_ = input.serial;
    n_ = documents_ = 0;
    if (needs_.job.names) return true;
    // What is there from an earlier run is seen before any work is done; what this run wrote gets another name later.
    const std::string target = input_.base + suffix_;
    if (names_.has(target) || !is_in_the_way(needs_, path_of(target))) return true;
    ++needs_.counts.failed;
    return false;
  }

  void take(document_reader::step s) override {
    if (channel_ && framed_entry_ != 0 && s.from->serial != framed_entry_) finish_collection();
    if (s.found.is_collection()) return take_frame(std::move(s));
    ++n_;
    if (needs_.job.to->has(DGM_COLLECTION) && !channel_) begin_collection(s.found);
    if (channel_) return add_to_collection(s);
    if (collection_failed_) {
      ++needs_.counts.failed;
      return;
    }
    if (needs_.job.names) return emit(s, template_name(s.found));
    // One document makes a file, more make a folder: which of them is known at the second.
    if (n_ == 1) {
      first_ = std::move(s);
      return;
    }
    if (first_) {
      emit(*first_, document_name(first_->found));
      first_.reset();
    }
    emit(s, document_name(s.found));
  }

  void failed(const failure& f) override {
    if (channel_ && channel_->is_usable()) channel_->failed(f);
    else if (needs_.job.to->has(DGM_COLLECTION)) waiting_.push_back(f);
  }

  void end() override {
    if (first_) emit(*first_, input_.base);
    first_.reset();
    waiting_.clear();
    if (channel_) finish_collection();
    collection_failed_ = false;
  }
  void finish() override {}
  void settle() override { batch_.commit(); }

private:
  struct paths {
    std::string folder, stem, base;  // "a/b", "name", "a/b/name"
  };
  paths input_paths(const origin& input) const {
    const auto slash = input.name.rfind('/');
    paths p;
    if (slash != std::string::npos) p.folder = input.name.substr(0, slash);
    p.stem = needs_.env.formats.stem(slash == std::string::npos ? input.name : std::string_view(input.name).substr(slash + 1));
    p.base = p.folder.empty() ? p.stem : p.folder + "/" + p.stem;
    return p;
  }
  std::string path_of(const std::string& name) const { return (fs::path(needs_.job.out) / name).string(); }
  std::string template_name(const document& d) const {
    return needs_.job.names->expand(d.root(), {input_.folder, input_.stem, std::max<std::size_t>(n_, 1)});
  }
  std::string document_name(const document& d) const { return input_.base + "/" + safe_segment(d.root()["id"].text()); }

  // The path of a new output, or nothing when it cannot be had, which was reported.
  std::optional<std::string> new_output(const std::string& stem, const origin& about) {
    bool renamed = false;
    const auto name = names_.take(stem, suffix_, renamed);
    const auto path = path_of(name);
    if (renamed)
      needs_.report(about, {level::warning, "output.renamed", "the name " + stem + suffix_ + " is given already; written as " + name});
    if (is_in_the_way(needs_, path)) return std::nullopt;
    return path;
  }

  // One document, one file.
  void emit(const document_reader::step& s, const std::string& stem) {
    const auto path = new_output(stem, *s.from);
    if (!path) {
      ++needs_.counts.failed;
      return;
    }
    channel one(needs_.env, *needs_.job.to, make_sink(needs_.job, *path), *path, needs_.report);
    if (one.open() && one.write(s) && one.finish_writing()) put_into_place(one, *path, 1);
    else ++needs_.counts.failed;
  }

  // Gives an output its name, together with others.
  void put_into_place(channel& finished, const std::string& path, std::size_t documents) {
    batch_.add(finished.take_sink(), [this, path, documents](const byte_sink& sink, bool is_there) {
      (is_there ? needs_.counts.converted : needs_.counts.failed) += documents;
      if (is_there) announce(needs_, path);
      else report_on(needs_, path, {level::error, "output.write", sink.problem()});
    });
  }

  // One output for all documents of an input. A collection inside an archive gets an output of its own, among those of
  // the other entries, except where one output takes them all.
  void take_frame(document_reader::step s) {
    const auto& to = *needs_.job.to;
    if (s.from->serial != serial_ && to.has(DGM_FRAME) && !to.has(DGM_COLLECTION) && has_tree(s.found)) return begin_framed_entry(s);
    if (!to.has(DGM_FRAME) || (!to.has(DGM_COLLECTION) && !has_tree(s.found)) || n_ > 0)
      if (!channel_) return report_frame_dropped(needs_, s.found, *s.from);
    if (!channel_) begin_collection(s.found);
    if (channel_ && !channel_->write(s)) ++needs_.counts.failed;
  }
  void begin_framed_entry(const document_reader::step& s) {
    if (first_) emit(*first_, document_name(first_->found));
    first_.reset();
    ++n_;  // whatever comes beside it is one of several
    begin_collection(s.found, input_.base + "/" + input_paths(*s.from).base);
    framed_entry_ = s.from->serial;
    if (channel_ && !channel_->write(s)) ++needs_.counts.failed;
  }
  void begin_collection(const document& first) { begin_collection(first, input_.base); }
  void begin_collection(const document& first, const std::string& base) {
    origin about;
    about.name = about.display = base;
    const auto path = new_output(needs_.job.names ? template_name(first) : base, about);
    if (path) {
      collection_path_ = *path;
      channel_.emplace(needs_.env, *needs_.job.to, make_sink(needs_.job, *path), *path, needs_.report);
      if (!channel_->open()) channel_.reset();
    }
    collection_failed_ = !channel_;
    if (channel_)
      for (const auto& f : waiting_) channel_->failed(f);
    waiting_.clear();
  }
  void add_to_collection(const document_reader::step& s) {
    if (channel_->write(s)) {
      ++documents_;
      return;
    }
    ++needs_.counts.failed;
    channel_->failed({s.from, "write", channel_->reason()});
  }
  void finish_collection() {
    const bool is_worth_it = documents_ > 0 || n_ == 0;  // a frame alone is an output too
    if (is_worth_it && channel_->finish_writing()) put_into_place(*channel_, collection_path_, documents_);
    else needs_.counts.failed += documents_;
    channel_.reset();
    documents_ = 0;
    framed_entry_ = 0;
    collection_failed_ = false;
  }

  destination_needs needs_;
  const std::string suffix_;
  given_names names_;
  paths input_;
  std::uint64_t serial_ = 0;        // of the input
  std::uint64_t framed_entry_ = 0;  // the entry of an archive whose collection is being written; 0: none
  std::size_t n_ = 0;          // documents of this input so far
  std::size_t documents_ = 0;  // of them in the collection's output
  std::optional<document_reader::step> first_;
  std::optional<channel> channel_;
  std::string collection_path_;
  commit_batch batch_;
  bool collection_failed_ = false;
  std::vector<failure> waiting_;  // for the collection's output to begin
};

}  // namespace

std::unique_ptr<destination> single_output(destination_needs needs, std::string path) {
  return std::make_unique<single>(std::move(needs), std::move(path));
}

std::unique_ptr<destination> output_folder(destination_needs needs) { return std::make_unique<folder>(std::move(needs)); }

}  // namespace dragoman::hosting
