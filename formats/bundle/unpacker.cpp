#include "unpacker.hpp"

#include "layout.hpp"
#include "record_lines.hpp"

namespace dragoman::bundle {
namespace {

std::string told(const record_problem& p) {
  return (p.line == 0 ? std::string() : "line " + std::to_string(p.line) + ": ") + p.message + " [" + p.code + "]\n";
}

}  // namespace

unpacker::unpacker(host services, input in)
    : host_(services), name_(in.name()), archive_(std::make_unique<opened_archive>(services, in)) {}
unpacker::~unpacker() = default;
unpacker::unpacker(unpacker&&) noexcept = default;

std::size_t unpacker::count() const { return archive_->entries().count(); }
bool unpacker::is_parallel() const { return !archive_->entries().is_sequential(); }
dgm_entry unpacker::entry(std::size_t index) const {
  const auto& entries = archive_->entries();
  return {sizeof(dgm_entry), entries.is_folder(index) ? DGM_ENTRY_FOLDER : DGM_ENTRY_FILE, span(entries.path(index)),
          entries.size(index)};
}
void unpacker::unpack(std::size_t index, const std::function<void(std::string_view)>& take) {
  archive_->entries().unpack(index, take);
}

std::size_t unpacker::records() {
  if (!lines_) find_records();
  return places_.size();
}

void unpacker::find_records() {
  lines_ = std::make_unique<spool>();
  container& archive = archive_->entries();
  const auto folder = find_bag(host_, archive, name_, true);
  if (!folder) return;
  for (std::size_t i = 0; i < archive.count(); ++i)
    if (archive.path(i).starts_with(*folder)) entries_.emplace(archive.path(i).substr(folder->size()), i);
  if (const auto lines = entries_.find(records_path); lines != entries_.end())
    for_each_line(archive, lines->second, *lines_, [&](std::string_view, piece place) { places_.push_back(place); });
}

dgm_record unpacker::record(std::size_t index) {
  if (index >= records()) throw unusable("bundle.record-syntax", "there is no such record");
  std::string line(static_cast<std::size_t>(places_[index].size), '\0');
  lines_->read(places_[index].offset, line.data(), line.size());
  auto parsed = from_json_line(line);
  if (!parsed) throw unusable("bundle.record-syntax", "line " + std::to_string(index + 1) + " of records.jsonl is no record");
  bundle::record& r = told_.line = std::move(*parsed);
  told_.findings.clear();
  told_.files.clear();
  if (r.error) told_.findings += told(*r.error);
  for (const auto& w : r.warnings) told_.findings += told(w);
  const auto add = [&](const std::string& path, std::string_view format) {
    const auto entry = entries_.find(path);
    if (entry != entries_.end()) told_.files.push_back({entry->second, span(format)});
    return entry != entries_.end();
  };
  const bool has_original = r.original && add(*r.original, r.format);
  for (const auto& d : r.derivatives) add(d.path, d.format);
  dgm_record out{};
  out.has_original = has_original ? 1 : 0;
  out.id = r.id ? span(*r.id) : span("");
  out.name = span(r.source_path);
  out.status = span(r.status());
  out.findings = span(told_.findings);
  if (r.offset) {
    out.offset = *r.offset;
    out.length = r.length;
  }
  out.files = told_.files.data();
  out.file_count = told_.files.size();
  return out;
}

}  // namespace dragoman::bundle
