#include "run/rejects.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace dragoman::hosting {
namespace {

bool copy(const octets& from, byte_sink& to) {
  constexpr std::size_t piece = std::size_t{1} << 16;
  for (std::uint64_t at = 0; at < from.length();) {
    const auto text = from.slice(at, piece);
    if (text.empty() || !to.write(text)) return false;
    at += text.size();
  }
  return to.commit();
}

}  // namespace

bool rejects::add(const input_record& r, const origin* where, bool was_done, std::string& problem) {
  const auto wanted = safe_path(r.source);
  bool ignored = false;
  const auto path = (std::filesystem::path(folder_) / names_.take(wanted.empty() ? "input" : wanted, "", ignored)).string();
  if (was_done) return true;
  std::string unreadable;
  auto content = where != nullptr ? where->content : nullptr;
  if (!content && !r.sha256.empty()) content = octets::of_file(r.id, unreadable, std::size_t{1} << 20);
  if (content) {
    atomic_file file(path, true, &folders_);
    if (!copy(*content, file)) {
      problem = file.problem().empty() ? "the original cannot be read again" : file.problem();
      return false;
    }
  }
  atomic_file file(path + ".error.json", true, &folders_);
  const auto text = nlohmann::json::parse(to_json(r)).dump(2) + "\n";
  if (file.write(text) && file.commit()) return true;
  problem = file.problem();
  return false;
}

}  // namespace dragoman::hosting
