#include "plugins/plugin_json.hpp"

#include "display/diagnostics.hpp"

namespace dragoman::hosting {
namespace {

using json = nlohmann::json;

json texts(const char* const* list) {
  json out = json::array();
  for (; *list != nullptr; ++list) out.push_back(*list);
  return out;
}

const char* type_of(const dgm_option& o) {
  switch (o.type) {
    case DGM_OPTION_BOOL: return "bool";
    case DGM_OPTION_INTEGER: return "integer";
    case DGM_OPTION_CHOICE: return "choice";
    default: return "text";
  }
}

json option_as_json(const dgm_option& o) {
  json out{{"name", o.name}, {"help", o.help}, {"type", type_of(o)}, {"default", o.fallback}};
  if (o.type == DGM_OPTION_CHOICE) out["choices"] = texts(o.choices);
  if (o.type == DGM_OPTION_INTEGER) {
    out["minimum"] = o.minimum;
    out["maximum"] = o.maximum;
  }
  return out;
}

json code_as_json(const dgm_code& c) {
  json out{{"code", c.code}, {"severity", name_of(static_cast<level>(c.severity))}, {"meaning", c.meaning}};
  if (c.advice != nullptr) out["advice"] = c.advice;
  return out;
}

// Octets that are no text are shown in hexadecimal.
json magic_as_json(const dgm_magic& m) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string octets;
  for (std::uint32_t i = 0; i < m.length; ++i) {
    const auto octet = static_cast<unsigned char>(m.octets[i]);
    octets += digits[octet >> 4];
    octets += digits[octet & 15];
  }
  return {{"score", m.score}, {"offset", m.offset}, {"hex", octets}};
}

json format_as_json(const dgm_format& f) {
  const auto has = [&](std::uint32_t flag) { return (f.flags & flag) != 0; };
  json out{{"id", f.id},
           {"title", f.title},
           {"suffixes", texts(f.suffixes)},
           {"media_types", texts(f.media_types)},
           {"reads", f.reader != nullptr},
           {"writes", f.writer != nullptr},
           {"lossless", has(DGM_LOSSLESS)},
           {"collection", has(DGM_COLLECTION)},
           {"frame", has(DGM_FRAME)},
           {"archive", has(DGM_ARCHIVE)},
           {"view", has(DGM_VIEW)},
           {"standalone", has(DGM_STANDALONE)}};
  for (const char* list : {"magic", "options", "codes"}) out[list] = json::array();
  for (std::size_t i = 0; i < f.magic_count; ++i) out["magic"].push_back(magic_as_json(f.magic[i]));
  for (std::size_t i = 0; i < f.option_count; ++i) out["options"].push_back(option_as_json(f.options[i]));
  for (std::size_t i = 0; i < f.code_count; ++i) out["codes"].push_back(code_as_json(f.codes[i]));
  if (f.reader != nullptr) {
    out["probes"] = f.reader->probe != nullptr;
    out["splits"] = DGM_HAS(f.reader, dgm_reader, split) && f.reader->split != nullptr;
  }
  if (DGM_HAS(&f, dgm_format, term_count)) out["terms"] = f.term_count;
  if (DGM_HAS(&f, dgm_format, unpacker)) {
    out["verifies"] = f.verifier != nullptr;
    out["unpacks"] = f.unpacker != nullptr;
  }
  return out;
}

}  // namespace

json plugin_as_json(const candidate& c) {
  json out{{"path", c.path}, {"state", name_of(c.state)}};
  if (!c.reason.empty()) out["reason"] = c.reason;
  if (c.plugin == nullptr) return out;
  const auto& p = *c.plugin;
  out.update(
      {{"id", p.id}, {"version", p.version}, {"license", p.license}, {"model", p.model}, {"abi", p.abi}, {"size", p.size}});
  out["formats"] = json::array();
  for (std::size_t i = 0; p.formats[i] != nullptr; ++i) out["formats"].push_back(format_as_json(*p.formats[i]));
  return out;
}

}  // namespace dragoman::hosting
