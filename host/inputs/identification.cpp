#include "inputs/identification.hpp"

#include "strings.hpp"

#include <dragoman/node.hpp>

#include <algorithm>
#include <utility>

namespace dragoman::hosting {
namespace {

bool matches(const dgm_magic& magic, std::string_view head) {
  return magic.offset <= head.size() && head.substr(magic.offset, magic.length) == std::string_view(magic.octets, magic.length);
}

// Takes what a probe says, where magic is no surer.
void take_probe(verdict& v, int said, bool has_reason) {
  const int score = std::clamp(said, 0, 100);
  if (score < v.score) return;
  if (has_reason || score > v.score) v.magic = nullptr;
  v.score = score;
}

verdict judge(const format_entry& format, std::string_view head, bool at_end, std::string_view name,
              const reader_service::answers& remote) {
  verdict v{&format, format.suffix_length(name) != 0};
  for (std::size_t i = 0; i < format.table->magic_count; ++i) {
    const auto& magic = format.table->magic[i];
    if (magic.score <= v.score || !matches(magic, head)) continue;
    v.score = magic.score;
    v.magic = &magic;
  }
  if (const auto found = remote.scores.find(&format); found != remote.scores.end()) {
    v.answered = found->second.reason;
    take_probe(v, found->second.value, !v.answered.empty());
  } else if (const auto* reader = format.table->reader; reader->probe != nullptr) {
    dgm_str why{};
    const int score = reader->probe(head.data(), head.size(), at_end ? 1 : 0, &why);
    v.said = view(why);
    take_probe(v, score, !v.said.empty());
  }
  return v;
}

// Equals stand in order of suffix, plugin, and the plugin's own order of its formats, so that the answer does not depend on the
// order of the plugins.
bool is_before(const verdict& a, const verdict& b) {
  if (a.score != b.score) return a.score > b.score;
  if (a.suffix_matches != b.suffix_matches) return a.suffix_matches;
  return std::string_view(a.format->plugin->id) < b.format->plugin->id;
}

std::string list(const std::vector<verdict>& verdicts, int at_least) {
  std::string out;
  for (const auto& v : verdicts) {
    if (v.score < at_least || v.score == 0) continue;
    if (!out.empty()) out += "; ";
    out += std::string(v.format->id()) + " " + std::to_string(v.score) + " (" + v.reason() + ")";
  }
  return out;
}

}  // namespace

std::string verdict::reason() const {
  if (magic != nullptr) return "it has the magic octets of the format at " + std::to_string(magic->offset);
  const std::string_view words = answered.empty() ? said : std::string_view(answered);
  if (!words.empty()) return printable(words);
  return score > 0 ? "its probe says so" : "nothing speaks for it";
}

identification identify(const registry& formats, std::string_view head, bool at_end, std::string_view name) {
  identification out;
  const auto remote = formats.service() != nullptr ? formats.service()->probe(head, at_end) : reader_service::answers();
  out.verdicts.reserve(formats.formats().size());
  for (const auto& format : formats.formats()) {
    if (!format.reads()) continue;
    verdict v = judge(format, head, at_end, name, remote);
    out.verdicts.insert(std::upper_bound(out.verdicts.begin(), out.verdicts.end(), v, is_before), std::move(v));
  }
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
