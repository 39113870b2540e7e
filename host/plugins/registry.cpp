#include "plugins/registry.hpp"

#include "inputs/input.hpp"
#include "plugins/codes.hpp"
#include "strings.hpp"

#include <dragoman/digest.hpp>

#include <algorithm>

namespace dragoman::hosting {

const char* name_of(outcome o) noexcept {
  switch (o) {
    case outcome::loaded: return "loaded";
    case outcome::refused: return "refused";
    case outcome::shadowed: return "shadowed";
    default: return "quarantined";
  }
}

const dgm_option* format_entry::option(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < table->option_count; ++i)
    if (table->options[i].name == name) return &table->options[i];
  return nullptr;
}

std::size_t format_entry::suffix_length(std::string_view file) const {
  std::size_t longest = 0;
  for (std::size_t i = 0; table->suffixes[i] != nullptr; ++i) {
    const std::string_view suffix = table->suffixes[i];
    if (file.size() <= suffix.size() + 1 || file[file.size() - suffix.size() - 1] != '.') continue;
    if (ascii_lower(file.substr(file.size() - suffix.size())) == suffix) longest = std::max(longest, suffix.size() + 1);
  }
  return longest;
}

void registry::add(const dgm_plugin* plugin, std::string path, std::string remark) {
  if (auto reason = why_shadowed(plugin); !reason.empty()) {
    candidates_.push_back({std::move(path), outcome::shadowed, std::move(reason), plugin});
    return;
  }
  const std::string name = std::string(plugin->id) + "@" + plugin->version;
  for (std::size_t i = 0; plugin->formats[i] != nullptr; ++i) formats_.push_back({plugin->formats[i], plugin, name});
  candidates_.push_back({std::move(path), outcome::loaded, std::move(remark), plugin});
}

void registry::add_refused(std::string path, outcome state, std::string reason) {
  candidates_.push_back({std::move(path), state, std::move(reason), nullptr});
}

std::string registry::why_shadowed(const dgm_plugin* plugin) const {
  for (const auto& other : candidates_) {
    if (other.state != outcome::loaded) continue;
    if (std::string_view(other.plugin->id) == plugin->id)
      return "plugin " + std::string(plugin->id) + " was found before, in " + other.path;
    for (std::size_t i = 0; plugin->formats[i] != nullptr; ++i)
      for (std::size_t j = 0; other.plugin->formats[j] != nullptr; ++j)
        if (std::string_view(plugin->formats[i]->id) == other.plugin->formats[j]->id)
          return "format " + std::string(plugin->formats[i]->id) + " was found before, in " + other.path;
  }
  return {};
}

void registry::replace_table(const format_entry& format, const dgm_format* table) noexcept {
  for (auto& f : formats_)
    if (&f == &format) f.table = table;
}

const format_entry* registry::find(std::string_view id) const noexcept {
  for (const auto& f : formats_)
    if (f.id() == id) return &f;
  return nullptr;
}

const format_entry* registry::writer_for(std::string_view file) const {
  const format_entry* best = nullptr;
  std::size_t longest = 0;
  for (const auto& f : formats_) {
    if (!f.writes()) continue;
    if (const auto length = f.suffix_length(file); length > longest) {
      longest = length;
      best = &f;
    }
  }
  return best;
}

std::vector<std::string_view> registry::ids(bool reading, bool writing) const {
  std::vector<std::string_view> out;
  for (const auto& f : formats_)
    if ((reading && f.reads()) || (writing && f.writes())) out.push_back(f.id());
  std::sort(out.begin(), out.end());
  return out;
}

std::string_view registry::stem(std::string_view file) const {
  std::size_t longest = 0;
  for (const auto& f : formats_) longest = std::max(longest, f.suffix_length(file));
  return file.substr(0, file.size() - longest);
}

std::size_t registry::longest_id() const {
  std::size_t longest = 0;
  for (const auto& f : formats_) longest = std::max(longest, f.id().size());
  return longest;
}

const std::string& registry::plugin_sha256(const format_entry& format) const {
  const std::lock_guard lock(cache_->mutex);
  const auto [found, is_new] = cache_->digests.try_emplace(format.plugin);
  if (!is_new) return found->second;
  for (const auto& c : candidates_) {
    if (c.plugin != format.plugin || c.state != outcome::loaded) continue;
    std::string problem;
    if (const auto file = octets::of_file(c.path, problem))
      found->second = sha256_hex(file->head(static_cast<std::size_t>(file->length())));
  }
  return found->second;
}

const dgm_code* registry::declared(std::string_view code) const {
  const auto find_in = [&](const dgm_code* codes, std::size_t count) -> const dgm_code* {
    const auto* found = std::find_if(codes, codes + count, [&](const dgm_code& c) { return c.code == code; });
    return found == codes + count ? nullptr : found;
  };
  for (const auto& f : formats_)
    if (const auto* found = find_in(f.table->codes, f.table->code_count)) return found;
  return find_in(host_codes().data(), host_codes().size());
}

std::string_view registry::advice(std::string_view code) const {
  const auto* found = declared(code);
  return found != nullptr && found->advice != nullptr ? found->advice : "";
}

}  // namespace dragoman::hosting
