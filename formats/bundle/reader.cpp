#include "reader.hpp"

#include "layout.hpp"
#include "names.hpp"
#include "opened_archive.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace dragoman::bundle {
namespace {

constexpr std::size_t longest_record_line = std::size_t{16} << 20;

std::string_view last_segment(std::string_view path) { return path.substr(path.rfind('/') == npos ? 0 : path.rfind('/') + 1); }
std::string_view first_segment(std::string_view path) { return path.substr(0, path.find('/')); }

// Findings to the host: errors of a bag that is accepted all the same become warnings, and no code floods the report.
class finding_reporter {
public:
  finding_reporter(const host& h, bool accept) : host_(h), accept_(accept) {}
  void operator()(const finding& f) {
    if (++told_[f.code] > most_of_a_kind) return;
    std::string text = f.text;
    if (!f.expected.empty() && !f.found.empty()) text += " (expected " + f.expected + ", found " + f.found + ")";
    host_.report(accept_ && f.level == severity::error ? severity::warning : f.level, f.code, text);
  }
  void finish() const {
    for (const auto& [code, times] : told_)
      if (times > most_of_a_kind)
        host_.note("bundle.more-findings", std::to_string(times - most_of_a_kind) + " more findings of the code " + code);
  }

private:
  const host& host_;
  bool accept_;
  std::map<std::string, std::uint64_t> told_;
};

}  // namespace

// An entry in memory as the input of a nested reader session.
class reader::open_entry {
public:
  open_entry(const dgm_nested* nested, std::string octets, std::string name)
      : nested_(nested), octets_(std::move(octets)), name_(std::move(name)) {
    table_.length = static_cast<std::int64_t>(octets_.size());
    table_.name = span(name_);
  }
  ~open_entry() {
    if (session_ != nullptr) nested_->close_reader(session_);
  }
  open_entry(const open_entry&) = delete;
  open_entry& operator=(const open_entry&) = delete;

  dgm_status open(std::string_view format_id) { return nested_->open_reader(nested_->ctx, &table_, span(format_id), &session_); }
  dgm_status next(const dgm_sink* sink) { return nested_->next(session_, sink); }

private:
  static std::int64_t DGM_CALL read(void* ctx, void* buffer, std::size_t capacity) noexcept {
    auto& self = *static_cast<open_entry*>(ctx);
    const auto n = read_at(ctx, self.at_, buffer, capacity);
    self.at_ += static_cast<std::uint64_t>(n);
    return n;
  }
  static std::int64_t DGM_CALL read_at(void* ctx, std::uint64_t offset, void* buffer, std::size_t capacity) noexcept {
    const auto& octets = static_cast<open_entry*>(ctx)->octets_;
    if (offset >= octets.size()) return 0;
    return static_cast<std::int64_t>(octets.copy(static_cast<char*>(buffer), capacity, static_cast<std::size_t>(offset)));
  }
  static std::int32_t DGM_CALL contents(void* ctx, dgm_str* out) noexcept {
    *out = span(static_cast<open_entry*>(ctx)->octets_);
    return 1;
  }
  const dgm_nested* nested_;
  const std::string octets_, name_;
  std::uint64_t at_ = 0;
  dgm_input table_{sizeof(dgm_input), this, read, read_at, contents, 0, {nullptr, 0}};
  void* session_ = nullptr;
};

reader::reader(host services, input in) : host_(services), nested_(services.nested()) {
  if (nested_ == nullptr)
    throw unusable("bundle.no-nested", "this program cannot read what lies inside an archive");
  opened_.emplace(host_, in);
  archive_ = &opened_->entries();
  find_kind();
}

reader::~reader() = default;

void reader::find_kind() {
  if (const auto folder = opened_->bag_folder(host_.flag("lenient"))) open_bag(*folder);
  else add_plain_files();
  archive_->restart();
  if (archive_->is_sequential())
    std::stable_sort(candidates_.begin(), candidates_.end(), [](const auto& a, const auto& b) { return a.entry < b.entry; });
}

void reader::open_bag(const std::string& folder) {
  const archived_bag bag(*archive_, folder);
  const auto level = host_.option("verify");
  const bool accept = host_.flag("accept-invalid");
  finding_reporter report(host_, accept);
  const bool silent = level == "none";
  const check_rules rules{silent ? check_level::structure : level == "complete" ? check_level::complete : check_level::full,
                          host_.flag("lenient"), host_.flag("strict"), 1};
  const bag_verdict verdict = check_bag(bag, rules, [&](const finding& f) {
    if (!silent) report(f);
  });
  report.finish();
  if (!silent && !verdict.valid) {
    if (!accept) {
      host_.error("bundle.not-valid", "the bag is not valid, so nothing of it is converted");
      throw stop{DGM_FATAL};
    }
    host_.warning("bundle.accepted-invalid", "the bag is not valid and is read all the same");
  }
  const auto version = info_value(verdict.info, "Dragoman-Bundle-Version");
  if (!version) return add_payload(folder);
  if (std::string_view(*version).substr(0, version->find('.')) != bundle_version.substr(0, bundle_version.find('.')))
    throw unusable("bundle.version", "bundle of version " + *version + "; this program reads " + std::string(bundle_version));
  add_bundle(folder);
}

bool reader::is_worth_reading(std::size_t entry, std::string_view path) const {
  if (archive_->is_folder(entry)) return false;
  const place where{static_cast<std::int64_t>(archive_->offset(entry)), 0, 0, 0};
  if (first_segment(path) == "__MACOSX" || is_system_file(path)) {
    host_.note("bundle.skipped", quoted(path) + " was left behind by an operating system", where);
    return false;
  }
  if (archive_->size(entry) == 0) {
    host_.warning("bundle.empty", quoted(path) + " is empty", where);
    return false;
  }
  return true;
}

void reader::add(std::size_t entry, std::string name, std::string format_id) {
  candidates_.push_back({entry, std::move(name), std::move(format_id)});
}

void reader::add_plain_files() {
  for (std::size_t i = 0; i < archive_->count(); ++i)
    if (is_worth_reading(i, archive_->path(i))) add(i, std::string(archive_->path(i)));
}

// Every payload file of a bag that others made, in order of path.
void reader::add_payload(const std::string& folder) {
  const std::string data = folder + "data/";
  for (std::size_t i = 0; i < archive_->count(); ++i) {
    const auto path = archive_->path(i);
    if (path.starts_with(data) && is_worth_reading(i, path)) add(i, std::string(path.substr(data.size())));
  }
  std::sort(candidates_.begin(), candidates_.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

// The originals of a bundle, in the order of its records and under the names that they were received with. A record
// without original is read from a derivative; other derivatives are left alone.
void reader::add_bundle(const std::string& folder) {
  std::unordered_map<std::string_view, std::size_t> entries;
  for (std::size_t i = 0; i < archive_->count(); ++i)
    if (!archive_->is_folder(i) && archive_->path(i).starts_with(folder)) entries.emplace(archive_->path(i).substr(folder.size()), i);
  std::unordered_set<std::size_t> added;
  const auto add_once = [&](const std::string& path, std::string name, const std::string& format_id) {
    const auto it = entries.find(path);
    if (it != entries.end() && added.insert(it->second).second && is_worth_reading(it->second, path))
      add(it->second, std::move(name), format_id);
  };
  const auto take_record = [&](std::string_view line) {
    const auto r = from_json_line(line);
    if (!r) {
      host_.warning("bundle.record-syntax", "a line of records.jsonl is no record");
      return;
    }
    if (r->original) return add_once(*r->original, r->source_path.empty() ? *r->original : r->source_path, r->error ? "" : r->format);
    const auto best = std::find_if(r->derivatives.begin(), r->derivatives.end(), [](const auto& d) { return d.format == "json"; });
    if (r->derivatives.empty()) return;
    const derivative& d = best != r->derivatives.end() ? *best : r->derivatives.front();
    add_once(d.path, std::string(last_segment(d.path)), d.format);
  };
  if (const auto records = entries.find(records_path); records != entries.end()) {
    std::string rest;
    archive_->unpack(records->second, [&](std::string_view octets) {
      rest += octets;
      std::size_t begin = 0;
      for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', begin)) {
        take_record(std::string_view(rest).substr(begin, end - begin));
        begin = end + 1;
      }
      rest.erase(0, begin);
      if (rest.size() > longest_record_line) throw unusable("bundle.limit-line", "a line of records.jsonl is too long");
    });
    if (!rest.empty()) take_record(rest);
  }
  // What no record names is an original all the same.
  std::vector<std::string> left;
  for (const auto& [path, entry] : entries)
    if (path.starts_with(originals_folder) && !added.contains(entry)) left.emplace_back(path);
  std::sort(left.begin(), left.end());
  for (const auto& path : left) {
    const auto below = std::string_view(path).substr(originals_folder.size());
    add_once(path, received_path(below).value_or(std::string(below)), "");
  }
}

// Opens the next entry that a reader takes. False at the end.
bool reader::open_next() {
  if (at_ == candidates_.size()) return false;
  const candidate& c = candidates_[at_++];
  std::string octets;
  octets.reserve(static_cast<std::size_t>(archive_->size(c.entry)));
  archive_->unpack(c.entry, [&](std::string_view piece) { octets += piece; });
  std::string_view why;
  if (probe_container(octets, why) >= 40)
    throw unusable("bundle.archive-in-archive", quoted(c.name) + " is an archive inside the archive and is not opened",
                   {static_cast<std::int64_t>(archive_->offset(c.entry)), 0, 0, 0});
  dgm_format_facts facts{};
  facts.size = sizeof facts;
  const bool known = !c.format_id.empty() && nested_->format(nested_->ctx, span(c.format_id), &facts) == 1;
  auto opened = std::make_unique<open_entry>(nested_, std::move(octets), c.name);
  check(opened->open(known ? std::string_view(c.format_id) : std::string_view()));
  open_ = std::move(opened);
  return true;
}

bool reader::next(builder& to) {
  while (true) {
    host_.check_cancelled();
    if (!open_ && !open_next()) return false;
    const dgm_status status = open_->next(to.raw());
    if (status == DGM_OK) return true;
    if (status == DGM_SKIP) throw stop{status};
    open_.reset();
    if (status == DGM_FATAL) throw stop{DGM_SKIP};  // of that entry's reader; the next entry may be fine
    check(status);
  }
}

}  // namespace dragoman::bundle
