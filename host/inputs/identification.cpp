#include "inputs/identification.hpp"

#include "strings.hpp"

#include <dragoman/node.hpp>

#include <algorithm>
#include <optional>

namespace dragoman::hosting {
namespace {

bool matches(const dgm_magic& magic, std::string_view head) {
  return magic.offset <= head.size() && head.substr(magic.offset, magic.length) == std::string_view(magic.octets, magic.length);
}

// What a probe says; nothing of a reader that has none.
std::optional<reader_service::score> probe(const format_entry& format, std::string_view head, bool at_end,
                                           const reader_service::answers& remote) {
  if (const auto found = remote.scores.find(&format); found != remote.scores.end()) return found->second;
  const auto* reader = format.table->reader;
  if (reader->probe == nullptr) return std::nullopt;
  dgm_str why{};
  const int score = reader->probe(head.data(), head.size(), at_end ? 1 : 0, &why);
  return reader_service::score{score, std::string(view(why))};
}

verdict judge(const format_entry& format, std::string_view head, bool at_end, std::string_view name,
              const reader_service::answers& remote) {
  verdict v{&format, 0, "nothing speaks for it", format.suffix_length(name) != 0};
  for (std::size_t i = 0; i < format.table->magic_count; ++i) {
    const auto& magic = format.table->magic[i];
    if (magic.score <= v.score || !matches(magic, head)) continue;
    v.score = magic.score;
    v.reason = "it has the magic octets of the format at " + std::to_string(magic.offset);
  }
  const auto said = probe(format, head, at_end, remote);
  if (!said) return v;
  const int score = std::clamp<int>(said->value, 0, 100);
  if (score >= v.score) {
    if (!said->reason.empty()) v.reason = printable(said->reason);
    else if (score > v.score) v.reason = "its probe says so";
    v.score = score;
  }
  return v;
}

std::string list(const std::vector<verdict>& verdicts, int at_least) {
  std::string out;
  for (const auto& v : verdicts) {
    if (v.score < at_least || v.score == 0) continue;
    if (!out.empty()) out += "; ";
    out += std::string(v.format->id()) + " " + std::to_string(v.score) + " (" + v.reason + ")";
  }
  return out;
}

}  // namespace

identification identify(const registry& formats, std::string_view head, bool at_end, std::string_view name) {
  identification out;
  const auto remote = formats.service() != nullptr ? formats.service()->probe(head, at_end) : reader_service::answers();
  for (const auto& format : formats.formats())
    if (format.reads()) out.verdicts.push_back(judge(format, head, at_end, name, remote));
  // Equals in order of suffix, plugin, and the plugin's own order of its formats, so that the answer does not depend on the order of the plugins.
  std::stable_sort(out.verdicts.begin(), out.verdicts.end(), [](const verdict& a, const verdict& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.suffix_matches != b.suffix_matches) return a.suffix_matches;
    return std::string_view(a.format->plugin->id) < b.format->plugin->id;
  });
  const auto& all = out.verdicts;
  if (head.empty() && at_end) {
    out.problem = {level::error, "input.empty", "the input is empty"};
  } else if (all.empty() || all[0].score == 0) {
    out.problem = {level::error, "format.unknown",
                   all.empty() ? "no plugin that reads anything is installed" : "no installed reader recognises the input"};
  } else if (all[0].score < sure_enough) {
    out.problem = {level::error, "format.weak", "no reader is sure of the input: " + list(all, 1)};
  } else if (all.size() > 1 && all[1].score == all[0].score && all[0].suffix_matches == all[1].suffix_matches &&
             all[0].format->plugin != all[1].format->plugin) {  // its own formats a plugin tells apart by their order
    out.problem = {level::error, "format.tie", "several readers are equally sure of the input: " + list(all, all[0].score)};
  } else {
    out.format = all[0].format;
  }
  // Trouble with one reader is no matter when another one is sure; else it is why nobody knows the input.
  for (const auto& t : remote.troubles) out.remarks.push_back({level::warning, t.code, t.text});
  if (const auto& why = remote.troubles.empty() ? remote.not_asked : remote.troubles; out.format == nullptr && !why.empty()) {
    out.problem = {level::error, why.front().code, why.front().text};
    out.remarks.clear();
  }
  return out;
}

}  // namespace dragoman::hosting
