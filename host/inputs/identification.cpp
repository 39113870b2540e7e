#include "inputs/identification.hpp"

#include "strings.hpp"

#include <dragoman/node.hpp>

#include <algorithm>

namespace dragoman::hosting {
namespace {

bool matches(const dgm_magic& magic, std::string_view head) {
  return magic.offset <= head.size() && head.substr(magic.offset, magic.length) == std::string_view(magic.octets, magic.length);
}

verdict judge(const format_entry& format, std::string_view head, bool at_end, std::string_view name) {
  verdict v{&format, 0, "nothing speaks for it", format.suffix_length(name) != 0};
  for (std::size_t i = 0; i < format.table->magic_count; ++i) {
    const auto& magic = format.table->magic[i];
    if (magic.score <= v.score || !matches(magic, head)) continue;
    v.score = magic.score;
    v.reason = "it has the magic octets of the format at " + std::to_string(magic.offset);
  }
  const auto* reader = format.table->reader;
  if (reader->probe == nullptr) return v;
  dgm_str why{};
  const int score = std::clamp<int>(reader->probe(head.data(), head.size(), at_end ? 1 : 0, &why), 0, 100);
  if (score >= v.score) {
    if (why.len != 0) v.reason = printable(view(why));
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
  for (const auto& format : formats.formats())
    if (format.reads()) out.verdicts.push_back(judge(format, head, at_end, name));
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
  return out;
}

}  // namespace dragoman::hosting
