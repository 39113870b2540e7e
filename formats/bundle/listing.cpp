#include "listing.hpp"

#include "bounded_json.hpp"
#include "layout.hpp"
#include "names.hpp"
#include "opened_archive.hpp"
#include "record_lines.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace dragoman::bundle {
namespace {

using json = nlohmann::json;

constexpr std::size_t longest_bundle_json = std::size_t{1} << 20;

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

// What a history says of the bundle that an item was taken from.
std::string facts_of_bundle(container& archive, std::size_t entry) {
  if (archive.size(entry) > longest_bundle_json) return "{}";
  std::string text;
  archive.unpack(entry, [&](std::string_view octets) { text += octets; });
  const json bundle = bounded_json(text);
  json facts = json::object();
  for (const char* member : {"base", "created", "group", "options_sha256", "tool"})
    if (bundle.is_object() && bundle.contains(member)) facts[member] = bundle[member];
  return facts.dump(-1, ' ', false, json::error_handler_t::replace);
}

// The file that a record is read from: its original, or else a derivative, of which JSON holds most.
const std::string* file_of(const record& r) {
  if (r.original) return &*r.original;
  const auto best = std::find_if(r.derivatives.begin(), r.derivatives.end(), [](const auto& d) { return d.format == "json"; });
  if (r.derivatives.empty()) return nullptr;
  return best != r.derivatives.end() ? &best->path : &r.derivatives.front().path;
}

}  // namespace

listing::listing(const host& services, container& archive, std::string_view name) : host_(services), archive_(archive) {
  if (const auto folder = find_bag(host_, archive_, name, host_.flag("lenient"))) add_bag(*folder);
  else add_plain_files();
  archive_.restart();
  if (archive_.is_sequential()) put_in_order_of_entries();
}

void listing::put_in_order_of_entries() {
  if (recorded_.empty()) return std::sort(items_.begin(), items_.end());
  std::vector<std::pair<std::uint32_t, recorded>> all;
  for (std::size_t i = 0; i < items_.size(); ++i) all.emplace_back(items_[i], recorded_[i]);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < items_.size(); ++i) std::tie(items_[i], recorded_[i]) = all[i];
}

void listing::add_bag(const std::string& folder) {
  const archived_bag bag(archive_, folder);
  const auto level = host_.option("verify");
  const bool accept = host_.flag("accept-invalid");
  finding_reporter report(host_, accept);
  const bool silent = level == "none";
  const check_rules rules{silent                ? check_level::structure
                          : level == "complete" ? check_level::complete
                                                : check_level::full,
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

bool listing::is_worth_reading(std::size_t entry, std::string_view path) const {
  if (archive_.is_folder(entry)) return false;
  const place where{static_cast<std::int64_t>(archive_.offset(entry)), 0, 0, 0};
  if (first_segment(path) == "__MACOSX" || is_system_file(path)) {
    host_.note("bundle.skipped", quoted(path) + " was left behind by an operating system", where);
    return false;
  }
  if (archive_.size(entry) == 0) {
    host_.warning("bundle.empty", quoted(path) + " is empty", where);
    return false;
  }
  return true;
}

void listing::add_plain_files() {
  items_.reserve(archive_.count());
  for (std::size_t i = 0; i < archive_.count(); ++i)
    if (is_worth_reading(i, archive_.path(i))) items_.push_back(static_cast<std::uint32_t>(i));
}

// Every payload file of a bag that others made, in order of path.
void listing::add_payload(const std::string& folder) {
  const std::string data = folder + "data/";
  skip_ = data.size();
  for (std::size_t i = 0; i < archive_.count(); ++i) {
    const auto path = archive_.path(i);
    if (path.starts_with(data) && is_worth_reading(i, path)) items_.push_back(static_cast<std::uint32_t>(i));
  }
  std::sort(items_.begin(), items_.end(), [&](auto a, auto b) { return archive_.path(a) < archive_.path(b); });
}

// The originals of a bundle, in the order of its records and under the names that they were received with. A record
// without original is read from a derivative; other derivatives are left alone.
void listing::add_bundle(const std::string& folder) {
  is_bundle_ = true;
  skip_ = folder.size();
  for (std::size_t i = 0; i < archive_.count(); ++i)
    if (!archive_.is_folder(i) && archive_.path(i).starts_with(folder)) by_path_.push_back(static_cast<std::uint32_t>(i));
  std::sort(by_path_.begin(), by_path_.end(), [&](auto a, auto b) { return archive_.path(a) < archive_.path(b); });
  item_of_entry_.resize(archive_.count());
  items_.reserve(by_path_.size());  // what is not written to costs no memory
  recorded_.reserve(by_path_.size());
  records_ = std::make_unique<spool>();
  if (const auto about = find(bundle_path)) about_ = facts_of_bundle(archive_, *about);
  if (const auto lines = find(records_path))
    for_each_line(archive_, *lines, *records_, [&](std::string_view line, piece where) { add_record(line, where); });
  // What no record names is an original all the same.
  for (const auto entry : by_path_)
    if (path_in_bag(entry).starts_with(originals_folder) && item_of_entry_[entry] == 0) add_once(entry, path_in_bag(entry), {});
  by_path_ = {};
  item_of_entry_ = {};
}

std::optional<std::size_t> listing::find(std::string_view path) const {
  const auto it =
      std::lower_bound(by_path_.begin(), by_path_.end(), path, [&](auto entry, auto p) { return path_in_bag(entry) < p; });
  if (it == by_path_.end() || path_in_bag(*it) != path) return std::nullopt;
  return *it;
}

void listing::add_record(std::string_view line, piece where) {
  const auto r = from_json_line(line);
  if (!r) {
    host_.warning("bundle.record-syntax", "a line of records.jsonl is no record");
    return;
  }
  const std::string* path = file_of(*r);
  if (const auto entry = path != nullptr ? find(*path) : std::nullopt) add_once(*entry, *path, where);
}

void listing::add_once(std::size_t entry, std::string_view path, piece record) {
  std::uint32_t& number = item_of_entry_[entry];
  constexpr std::uint32_t passed_over = ~std::uint32_t{0};
  if (number == passed_over) return;
  if (number != 0) {
    ++recorded_[number - 1].lines;
    return;
  }
  if (!is_worth_reading(entry, path)) {
    number = passed_over;
    return;
  }
  items_.push_back(static_cast<std::uint32_t>(entry));
  recorded_.push_back({record.offset, static_cast<std::uint32_t>(record.size), record.size != 0 ? 1u : 0u});
  number = static_cast<std::uint32_t>(items_.size());
}

listing::item listing::operator[](std::size_t index) const {
  item out{items_[index], std::string(path_in_bag(items_[index])), {}, {}};
  if (!is_bundle_) return out;
  const recorded& known = recorded_[index];
  if (known.length == 0) {  // an original that no record names
    out.name = out.name.substr(originals_folder.size());
    out.name = received_path(out.name).value_or(out.name);
    return out;
  }
  std::string line(known.length, '\0');
  records_->read(known.first, line.data(), line.size());
  json told = bounded_json(line);
  const auto r = from_json(told);
  if (!r) return out;
  const derivative* made = nullptr;
  for (const auto& d : r->derivatives)
    if (!r->original && d.path == *file_of(*r)) made = &d;
  if (made != nullptr) out.name = last_segment(made->path);
  else if (!r->source_path.empty()) out.name = r->source_path;
  out.format = made != nullptr ? made->format : r->error ? "" : r->format;

  json list = json::array();
  if (const auto before = told.find("history"); before != told.end()) {
    if (before->is_array()) list = std::move(*before);
    told.erase("history");
  }
  json entry{{"bundle", bounded_json(about_)}, {"record", std::move(told)}};
  if (known.lines > 1) entry["records"] = known.lines;  // the first of them is told
  list.push_back(std::move(entry));
  out.history = list.dump(-1, ' ', false, json::error_handler_t::replace);
  return out;
}

}  // namespace dragoman::bundle
