#include "run/ledger.hpp"

#include "plugins/options.hpp"
#include "strings.hpp"

#include <dragoman/digest.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace dragoman::hosting {
namespace {

constexpr std::size_t most_problems = 20;  // of one input, told in full

bool is_there(const output_record& o, const std::string& folder, bool recheck) {
  const auto path = std::filesystem::path(folder) / o.path;
  std::error_code problem;
  if (std::filesystem::is_symlink(path, problem) || std::filesystem::file_size(path, problem) != o.bytes || problem) return false;
  if (!recheck) return true;
  std::string unreadable;
  const auto content = octets::of_file(path.string(), unreadable);
  return content && sha256_of(*content) == o.sha256;
}

std::string folder_of(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

}  // namespace

ledger::ledger(const account_wishes& wishes, const std::string& identity, std::int64_t started, bool until_the_end, bool force,
               listener report)
    : wishes_(wishes), report_(std::move(report)) {
  if (!wishes.report.empty()) run_report::check(wishes.report, force || !wishes.journal.empty());
  // The journal comes first: whoever goes on finds in it which process left the parts of files that it finds.
  if (!wishes.journal.empty()) {
    journal_.emplace(wishes.journal, identity, started);
    earlier_ = journal_->finished();
    for (const auto& v : journal_->volumes()) earlier_.push_back(v.file);
  }
  if (!wishes.report.empty()) report_file_ = run_report::begin(wishes.report, wishes.sample);
  if (!wishes.rejects.empty()) rejects_.emplace(wishes.rejects);
  if (!until_the_end) return;
  later_ = std::tmpfile();
  if (later_ == nullptr) throw std::system_error(errno, std::generic_category(), "no temporary file can be made");
}

ledger::~ledger() {
  if (later_ != nullptr) std::fclose(later_);
}

std::string ledger::new_id(const std::string& path) {
  bool ignored = false;
  return ids_.take(path, "", ignored);
}

std::optional<input_record> ledger::done_before(const std::string& id, const std::string& sha256, const std::string& reader,
                                                const std::string& folder) const {
  if (!journal_) return std::nullopt;
  auto found = journal_->find(id);
  if (!found || found->sha256 != sha256 || found->reader != reader) return std::nullopt;
  if (wishes_.retry_failed && found->failed > 0) return std::nullopt;
  for (const auto& o : found->outputs)
    if (!is_there(o, folder, wishes_.recheck)) return std::nullopt;
  return found;
}

bool ledger::is_finished() const {
  if (!journal_ || journal_->finished().empty()) return false;
  for (const auto& o : journal_->finished())
    if (!is_there(o, folder_of(wishes_.journal), wishes_.recheck)) return false;
  return true;
}

std::vector<std::string> ledger::finished_outputs() const {
  std::vector<std::string> paths;
  for (const auto& o : journal_->finished())
    paths.push_back((std::filesystem::path(folder_of(wishes_.journal)) / o.path).string());
  return paths;
}

bool ledger::is_untouched(const std::string& output) const {
  return std::any_of(earlier_.begin(), earlier_.end(),
                     [&](const output_record& o) { return o.path == output && is_there(o, folder_of(wishes_.journal), true); });
}

ledger::kept_volumes ledger::kept() const {
  kept_volumes kept;
  if (!journal_) return kept;
  const auto& volumes = journal_->volumes();
  for (std::uint32_t i = 0; i < volumes.size() && is_there(volumes[i].file, folder_of(wishes_.journal), wishes_.recheck); ++i)
    if (volumes[i].inputs > 0) kept = {i + 1, {volumes[i].inputs, volumes[i].ids}};
  return kept;
}

ledger::handle ledger::begin(const std::string& id, std::shared_ptr<const origin> where) {
  current_ = std::make_shared<open_record>();
  current_->what.id = id;
  current_->what.source = where->name;
  current_->where = std::move(where);
  open_.push_back(current_);
  return current_;
}

void ledger::told(const finding& f) {
  if (!current_ || f.severity == level::note) return;
  auto& told = current_->what.codes[f.code];
  told.severity = std::max(told.severity, f.severity);
  ++told.count;
}

void ledger::failed(const failure& f) {
  if (!current_) return;
  auto& r = current_->what;
  r.failed += f.documents;
  if (r.problems.size() >= most_problems) return;
  r.problems.push_back({f.stage, f.reason});
  locate(r.problems.back().what, *f.where);
}

void ledger::was_done(input_record r) {
  current_->what = std::move(r);
  current_->was_done = true;
}

void ledger::end() {
  current_->is_ended = true;
  ++so_far_.inputs;
  if (later_ != nullptr) so_far_.ids = sha256_hex(so_far_.ids + "\n" + current_->what.id);
  // Octets are held on to only as long as they may be wanted.
  if (current_->what.failed == 0 && !current_->where->display.empty()) {
    auto light = std::make_shared<origin>(*current_->where);
    light->content.reset();
    current_->where = std::move(light);
  }
  current_.reset();
  flush();
}

void ledger::start_anew(const std::string& output) {
  if (journal_) journal_->start_anew(output);
}

void ledger::keep_volumes(std::uint32_t count) {
  if (journal_) journal_->keep_volumes(count);
}

void ledger::volume_done(std::uint32_t index, const output_record& file, const std::optional<position>& end) {
  if (!journal_) return;
  if (end) {
    std::fseek(later_, journaled_end_, SEEK_SET);
    for_each_later(end->inputs - journaled_, [&](input_record r, bool was_done) {
      if (!was_done) journal_->add(r);
    });
    journaled_ = end->inputs;
    journaled_end_ = std::ftell(later_);
    std::fseek(later_, 0, SEEK_END);
  }
  journal_->add_volume(index, {file, end ? end->inputs : 0, end ? end->ids : std::string()});
}

void ledger::volume_rewritten(std::uint32_t index, const output_record& file) {
  if (!journal_ || index > journal_->volumes().size()) return;
  auto volume = journal_->volumes()[index - 1];
  volume.file = file;
  journal_->add_volume(index, std::move(volume));
}

bool ledger::publishing(const std::vector<std::string>& outputs) { return !journal_ || journal_->publishing(outputs); }

void ledger::output_done(const handle& of, std::size_t documents, output_record output) {
  of->what.converted += documents;
  if (!output.path.empty()) of->what.outputs.push_back(std::move(output));
  if (of->open_outputs > 0) --of->open_outputs;
}

void ledger::output_failed(const handle& of, std::size_t documents, const finding& why) {
  of->what.failed += documents;
  auto& told = of->what.codes[why.code];
  told.severity = why.severity;
  ++told.count;
  if (of->what.problems.size() < most_problems) of->what.problems.push_back({"write", why});
  if (of->open_outputs > 0) --of->open_outputs;
}

void ledger::flush() {
  while (!open_.empty() && open_.front()->is_ended && open_.front()->open_outputs == 0) {
    open_record& first = *open_.front();
    if (later_ != nullptr) keep_for_later(first);
    else account(std::move(first.what), first.was_done, first.was_done, first.where.get());
    open_.pop_front();
  }
}

void ledger::account(input_record r, bool was_done, bool is_journaled, const origin* where) {
  if (journal_ && !is_journaled) journal_->add(r);
  if (report_file_) report_file_->add(r);
  if (rejects_ && r.failed > 0) {
    std::string problem;
    if (!rejects_->add(r, where, was_done, problem)) report_problem(wishes_.rejects, problem);
  }
  if (journal_ && !journal_->problem().empty() && !std::exchange(journal_failed_, true))
    report_problem(journal_->path(), journal_->problem());
}

void ledger::report_problem(const std::string& path, const std::string& problem) {
  origin about;
  about.name = about.display = path;
  report_(about, {level::error, "output.write", problem});
}

void ledger::keep_for_later(const open_record& r) {
  const std::string line = (r.was_done ? "=" : "+") + to_json(r.what) + "\n";
  std::fwrite(line.data(), 1, line.size(), later_);
}

// Reads on in the records that wait: at most `count` of them.
void ledger::for_each_later(std::uint64_t count, const std::function<void(input_record r, bool was_done)>& take) {
  char* line = nullptr;
  std::size_t room = 0;
  for (ssize_t n; count > 0 && (n = ::getline(&line, &room, later_)) > 0; --count)
    take(record_of(std::string_view(line + 1, static_cast<std::size_t>(n) - 1)), line[0] == '=');
  std::free(line);
}

void ledger::replay(const std::optional<finding>& why) {
  std::rewind(later_);
  std::uint64_t number = 0;
  for_each_later(~std::uint64_t{0}, [&](input_record r, bool was_done) {
    if (why && r.converted > 0) {
      auto& told = r.codes[why->code];
      told.severity = why->severity;
      ++told.count;
      r.problems.push_back({"write", *why});
      r.failed += std::exchange(r.converted, 0);
    }
    const bool is_journaled = was_done || number < journaled_;
    ++number;
    account(std::move(r), was_done, is_journaled, nullptr);
  });
}

void ledger::finish(const std::optional<finding>& why, const std::vector<std::string>& outputs,
                    const std::function<void(const std::vector<spot_sample::document>&)>& pages) {
  flush();
  if (later_ != nullptr && std::ferror(later_) != 0)
    report_problem("the account of the run", "no space left for temporary files");
  if (later_ != nullptr) replay(why);
  if (journal_ && (!outputs.empty() || later_ == nullptr)) {
    std::vector<output_record> all;
    for (const auto& path : outputs) {
      std::string unreadable;
      const auto content = octets::of_file(path, unreadable, std::size_t{1} << 20);
      if (content) all.push_back({std::filesystem::path(path).filename().string(), content->length(), sha256_of(*content)});
    }
    journal_->finish(all);
  }
  if (journal_) journal_->sync();
  if (report_file_ && report_file_->drawn().wish().count > 0) pages(report_file_->drawn().drawn());
  if (report_file_ && !report_file_->finish()) report_problem(wishes_.report, report_file_->problem());
}

void ledger::start_again() {
  current_.reset();
  open_.clear();
  ids_.clear();
  so_far_ = {};
  journaled_ = 0;
  journaled_end_ = 0;
  std::rewind(later_);
  if (::ftruncate(::fileno(later_), 0) != 0) report_problem("the account of the run", "a temporary file cannot be emptied");
}

}  // namespace dragoman::hosting
