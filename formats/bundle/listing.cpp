#include "listing.hpp"

#include "bounded_json.hpp"
#include "layout.hpp"
#include "names.hpp"
#include "opened_archive.hpp"
#include "record_lines.hpp"

#include <algorithm>
#include <map>

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

}  // namespace

listing::listing(const host& services, container& archive, std::string_view name) : host_(services), archive_(archive) {
  if (const auto folder = find_bag(host_, archive_, name, host_.flag("lenient"))) add_bag(*folder);
  else add_plain_files();
  archive_.restart();
  if (archive_.is_sequential())
    std::stable_sort(items_.begin(), items_.end(), [](const auto& a, const auto& b) { return a.entry < b.entry; });
}

void listing::add_bag(const std::string& folder) {
  const archived_bag bag(archive_, folder);
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
  for (std::size_t i = 0; i < archive_.count(); ++i)
    if (is_worth_reading(i, archive_.path(i))) items_.push_back({i, std::string(archive_.path(i)), {}, {}, 0});
}

// Every payload file of a bag that others made, in order of path.
void listing::add_payload(const std::string& folder) {
  const std::string data = folder + "data/";
  for (std::size_t i = 0; i < archive_.count(); ++i) {
    const auto path = archive_.path(i);
    if (path.starts_with(data) && is_worth_reading(i, path)) items_.push_back({i, std::string(path.substr(data.size())), {}, {}, 0});
  }
  std::sort(items_.begin(), items_.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

// The originals of a bundle, in the order of its records and under the names that they were received with. A record
// without original is read from a derivative; other derivatives are left alone.
void listing::add_bundle(const std::string& folder) {
  for (std::size_t i = 0; i < archive_.count(); ++i)
    if (!archive_.is_folder(i) && archive_.path(i).starts_with(folder)) entries_.emplace(archive_.path(i).substr(folder.size()), i);
  records_ = std::make_unique<spool>();
  if (const auto about = entries_.find(bundle_path); about != entries_.end()) about_ = facts_of_bundle(archive_, about->second);
  if (const auto records = entries_.find(records_path); records != entries_.end())
    for_each_line(archive_, records->second, *records_, [&](std::string_view line, piece place) { add_record(line, place); });
  // What no record names is an original all the same.
  std::vector<std::string_view> left;
  for (const auto& [path, entry] : entries_)
    if (path.starts_with(originals_folder) && !listed_.contains(entry)) left.push_back(path);
  std::sort(left.begin(), left.end());
  for (const auto path : left) {
    const auto below = path.substr(originals_folder.size());
    add_once(entries_[path], path, {0, received_path(below).value_or(std::string(below)), {}, {}, 0});
  }
  entries_ = {};
  listed_ = {};
}

void listing::add_record(std::string_view line, piece place) {
  const auto r = from_json_line(line);
  if (!r) {
    host_.warning("bundle.record-syntax", "a line of records.jsonl is no record");
    return;
  }
  const auto add = [&](const std::string& path, std::string name, const std::string& format) {
    if (const auto entry = entries_.find(path); entry != entries_.end())
      add_once(entry->second, path, {0, std::move(name), kept(format), place, 1});
  };
  if (r->original) return add(*r->original, r->source_path.empty() ? *r->original : r->source_path, r->error ? "" : r->format);
  const auto best = std::find_if(r->derivatives.begin(), r->derivatives.end(), [](const auto& d) { return d.format == "json"; });
  if (r->derivatives.empty()) return;
  const derivative& d = best != r->derivatives.end() ? *best : r->derivatives.front();
  add(d.path, std::string(last_segment(d.path)), d.format);
}

void listing::add_once(std::size_t entry, std::string_view path, item i) {
  const auto [before, is_new] = listed_.try_emplace(entry, items_.size());
  if (!is_new) {
    if (before->second < items_.size()) ++items_[before->second].records;
    return;
  }
  if (!is_worth_reading(entry, path)) {
    before->second = npos;
    return;
  }
  i.entry = entry;
  items_.push_back(std::move(i));
}

std::string listing::history(const item& i) const {
  if (i.record.size == 0) return {};
  std::string line(static_cast<std::size_t>(i.record.size), '\0');
  records_->read(i.record.offset, line.data(), line.size());
  json record = bounded_json(line);
  if (!record.is_object()) return {};
  json list = json::array();
  if (const auto before = record.find("history"); before != record.end()) {
    if (before->is_array()) list = std::move(*before);
    record.erase(before);
  }
  json entry{{"bundle", bounded_json(about_)}, {"record", std::move(record)}};
  if (i.records > 1) entry["records"] = i.records;  // the first of them is told
  list.push_back(std::move(entry));
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace dragoman::bundle
