#include "opened_archive.hpp"

#include "names.hpp"
#include "spool.hpp"

#include <unordered_set>

namespace dragoman::bundle {
namespace {

std::string_view last_segment(std::string_view path) { return path.substr(path.rfind('/') == npos ? 0 : path.rfind('/') + 1); }
std::string_view first_segment(std::string_view path) { return path.substr(0, path.find('/')); }

std::uint64_t limit(const host& h, std::string_view option) { return static_cast<std::uint64_t>(h.integer(option)); }

// The octets of the archive, to be read at any place: where the host has them, or spooled from a pipe.
std::unique_ptr<octet_source> open_source(const host& h, const input& in) {
  std::string_view octets;
  if (in.contents(octets)) return std::make_unique<memory_source>(octets);
  if (in.can_seek() && in.length() >= 0) return std::make_unique<input_source>(in.raw());
  auto kept = std::make_unique<spool>();
  const std::uint64_t most = limit(h, "max-spool");
  std::string buffer(std::size_t{1} << 16, '\0');
  while (const std::size_t n = in.read(buffer.data(), buffer.size())) {
    if (kept->size() + n > most)
      throw unusable("bundle.limit-spool", "the stream has more than " + std::to_string(most) + " octets");
    kept->append(std::string_view(buffer).substr(0, n));
  }
  return kept;
}

}  // namespace

archive_rules rules_of(const host& h) {
  archive_rules rules;
  rules.limits.entries = limit(h, "max-entries");
  rules.limits.directory = limit(h, "max-directory");
  rules.limits.entry = limit(h, "max-payload");
  rules.limits.total = limit(h, "max-total");
  rules.limits.entry_ratio = limit(h, "max-ratio");
  rules.limits.total_ratio = limit(h, "max-total-ratio");
  const auto charset = h.option("name-charset");
  rules.names.charset = charset == "utf-8"        ? name_charset::utf8
                        : charset == "cp437"      ? name_charset::cp437
                        : charset == "iso-8859-1" ? name_charset::latin1
                                                  : name_charset::automatic;
  rules.names.backslash_separates = h.option("backslash") == "separator";
  rules.all_methods = h.option("methods") == "all";
  return rules;
}

std::unique_ptr<container> open_checked(const host& services, const octet_source& source, const archive_rules& rules) {
  std::map<std::string, std::uint64_t, std::less<>> told;
  auto opened = open_container(source, rules, [&](std::string_view code, const std::string& text, std::uint64_t offset) {
    auto& times = told[std::string(code)];
    if (++times <= most_of_a_kind) services.warning(code, text, {static_cast<std::int64_t>(offset), 0, 0, 0});
  });
  for (const auto& [code, times] : told)
    if (times > most_of_a_kind)
      services.note("bundle.more-findings", std::to_string(times - most_of_a_kind) + " more findings of the code " + code);
  return opened;
}

opened_archive::opened_archive(const host& services, const input& in)
    : source_(open_source(services, in)), container_(open_checked(services, *source_, rules_of(services))) {}

std::optional<std::string> find_bag(const host& services, const container& archive, std::string_view name, bool lenient) {
  std::unordered_set<std::string_view> tops, bags;
  bool at_root = false;
  for (std::size_t i = 0; i < archive.count(); ++i) {
    const auto path = archive.path(i);
    const auto top = first_segment(path);
    if (top == "__MACOSX" || is_system_file(path)) continue;
    tops.insert(top);
    at_root |= path == "bagit.txt";
    if (path.size() == top.size() + 10 && path.ends_with("/bagit.txt")) bags.insert(top);
  }
  if (at_root) {
    if (!lenient) throw unusable("bundle.bag-serial", "bagit.txt stands at the top of the archive, not in one folder");
    services.warning("bundle.base-name", "bagit.txt stands at the top of the archive, not in one folder");
    return std::string();
  }
  if (bags.empty()) return std::nullopt;
  if (bags.size() > 1 || tops.size() > 1)
    throw unusable("bundle.bag-serial",
                   bags.size() > 1 ? "the archive holds several bags" : "the archive holds other things beside a bag");
  const std::string folder(*bags.begin());
  name = last_segment(name);
  if (const auto dot = name.rfind('.'); dot != npos && dot > 0 && name != folder) name = name.substr(0, dot);
  if (name.size() > folder.size() && name.starts_with(folder) && name[folder.size()] == '.') name = folder;  // .tar.gz
  if (!name.empty() && name != folder)
    services.warning("bundle.base-name", "the folder " + quoted(folder) + " in the archive has another name than the archive");
  return folder + "/";
}

archived_bag::archived_bag(container& archive, const std::string& folder) : archive_(archive), skip_(folder.size()) {
  for (std::size_t i = 0; i < archive.count(); ++i) {
    const auto path = archive.path(i);
    if (!path.starts_with(folder)) continue;
    const auto inside = path.substr(skip_);
    has_data_ |= inside.starts_with("data/") || (inside == "data" && archive.is_folder(i));
    if (!archive.is_folder(i)) entries_.push_back(i);
  }
}

}  // namespace dragoman::bundle
