#include "entry_names.hpp"

#include "names.hpp"

#include <dragoman/text.hpp>

#include <algorithm>
#include <array>

namespace dragoman::bundle {
namespace {

[[noreturn]] void refuse(std::string_view code, const std::string& text, std::uint64_t offset) {
  throw unusable(code, text, {static_cast<std::int64_t>(offset), 0, 0, 0});
}

// IBM code page 437, upper half.
constexpr std::array<std::uint16_t, 128> cp437{
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF, 0x00EE, 0x00EC, 0x00C4,
    0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9, 0x00FF, 0x00D6, 0x00DC, 0x00A2, 0x00A3, 0x00A5,
    0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA, 0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC,
    0x00A1, 0x00AB, 0x00BB, 0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
    0x255D, 0x255C, 0x255B, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F, 0x255A, 0x2554, 0x2569,
    0x2566, 0x2560, 0x2550, 0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518,
    0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580, 0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4, 0x03A6,
    0x0398, 0x03A9, 0x03B4, 0x221E, 0x03C6, 0x03B5, 0x2229, 0x2261, 0x00B1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00F7, 0x2248,
    0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0};

std::string from_single_octets(std::string_view raw, name_charset charset) {
  std::string out;
  for (const char c : raw) {
    const auto octet = static_cast<unsigned char>(c);
    append_utf8(out, octet < 0x80 || charset == name_charset::latin1 ? octet : cp437[octet - 0x80]);
  }
  return out;
}

}  // namespace

std::string decode_entry_name(std::string_view raw, const name_rules& rules, name_charset fallback, std::uint64_t offset,
                              const warn_function& warn) {
  if (std::all_of(raw.begin(), raw.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return std::string(raw);
  if (rules.charset == name_charset::utf8) {
    if (!is_utf8(raw)) refuse("bundle.entry-name", "the name of an entry is not the UTF-8 that it should be", offset);
    return std::string(raw);
  }
  if (rules.charset != name_charset::automatic) return from_single_octets(raw, rules.charset);
  std::string name = is_utf8(raw) ? std::string(raw) : from_single_octets(raw, fallback);
  warn("bundle.name-guessed", "the character set of the name " + quoted(name) + " is a guess", offset);
  return name;
}

std::string safe_entry_name(std::string_view name, const name_rules& rules, const archive_limits& limits, std::uint64_t offset,
                            bool& cleaned) {
  const auto bad = [&](const char* why) { refuse("bundle.entry-name", std::string("the name of an entry ") + why, offset); };
  std::string path(name);
  if (rules.backslash_separates) std::replace(path.begin(), path.end(), '\\', '/');
  if (path.empty()) bad("is empty");
  for (std::size_t at = 0; at < path.size();) {
    const auto c = decode_utf8(std::string_view(path).substr(at));
    if (c.length == 0) bad("is not UTF-8");
    if (c.code == 0) bad("holds a NUL octet");
    if (c.code < 0x20 || (c.code >= 0x7F && c.code <= 0x9F)) bad("holds a control character");
    if (c.code == '\\') bad("holds a backslash");
    at += c.length;
  }
  if (path[0] == '/') bad("is an absolute path");
  const char first = path[0];
  const bool is_letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
  if (path.size() >= 2 && is_letter && path[1] == ':') bad("names a drive");
  if (path.size() > limits.path)
    refuse("bundle.limit-path", "the path of an entry has more than " + std::to_string(limits.path) + " octets", offset);

  std::string out;
  std::size_t depth = 0;
  if (path.back() == '/') path.pop_back();
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = std::string_view(path).substr(begin, end - begin);
    begin = end + 1;
    if (segment == "..") bad("leads out of its folder");
    if (segment.empty() || segment == ".") {
      cleaned = true;
      continue;
    }
    if (segment.size() > limits.segment)
      refuse("bundle.limit-path", "a part of the path of an entry has more than " + std::to_string(limits.segment) + " octets",
             offset);
    if (++depth > limits.depth)
      refuse("bundle.limit-path", "the path of an entry has more than " + std::to_string(limits.depth) + " parts", offset);
    if (!out.empty()) out += '/';
    out += segment;
  }
  return out;
}

void check_distinct(std::size_t count, const std::function<entry_name(std::size_t)>& name_of, const warn_function& warn) {
  std::vector<std::uint64_t> folders;
  {
    alike_names composed(count);
    std::uint64_t last_folder = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = nfc_key(name_of(i).path);
      composed.add(key);
      for (auto slash = key.find('/'); slash != std::string::npos; slash = key.find('/', slash + 1)) {
        const auto folder = alike_names::hash(std::string_view(key).substr(0, slash));
        if (folder != last_folder) folders.push_back(last_folder = folder);
      }
    }
    for (const auto& [later, earlier] : composed.pairs([&](std::uint32_t i) { return nfc_key(name_of(i).path); }))
      refuse("bundle.entry-duplicate", "two entries have the name " + quoted(name_of(later).path), name_of(later).offset);
  }
  std::sort(folders.begin(), folders.end());
  folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
  alike_names folded(count);
  for (std::size_t i = 0; i < count; ++i) {
    const entry_name n = name_of(i);
    if (!n.is_folder && std::binary_search(folders.begin(), folders.end(), alike_names::hash(nfc_key(n.path))))
      refuse("bundle.entry-duplicate", quoted(n.path) + " is a file and the folder of another entry", n.offset);
    folded.add(fold_key(n.path));
  }
  for (const auto& [later, earlier] : folded.pairs([&](std::uint32_t i) { return fold_key(name_of(i).path); }))
    warn("bundle.name-clash",
         quoted(name_of(later).path) + " and " + quoted(name_of(earlier).path) + " are one name where case does not count",
         name_of(later).offset);
}

}  // namespace dragoman::bundle
