#include "names.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/text.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

namespace dragoman::bundle {
namespace {

// Room is left for the top folder, data/derivatives/<format>/, a document's id and a mark.
constexpr std::size_t longest_segment = 240;
constexpr std::size_t longest_path = 512;
constexpr std::size_t most_segments = 28;

constexpr std::string_view shortened = "=~";

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string mapped(std::string_view text, int options) {
  utf8proc_uint8_t* raw = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &raw, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(raw, std::free);
  if (length < 0) return std::string(text);  // not UTF-8: its own key
  return {reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length)};
}

// Control characters, and those that turn the direction of writing.
bool is_steering(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool is_forbidden(std::uint32_t c) {
  if (is_steering(c)) return true;
  return c < 0x80 && std::string_view("%<>:\"/\\|?*=").find(static_cast<char>(c)) != npos;
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

void append_escaped(std::string& out, std::string_view octets) {
  for (const char c : octets) {
    const std::string hex = hexadecimal({&c, 1});
    out += '=';
    out += upper(hex[0]);
    out += upper(hex[1]);
  }
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// A short extension of letters and digits, with its dot, or nothing.
std::string_view plain_extension(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == npos || name.size() - dot > 9) return {};
  const auto extension = name.substr(dot);
  const bool plain = std::all_of(extension.begin() + 1, extension.end(),
                                 [](char c) { return (c >= '0' && c <= '9') || (upper(c) >= 'A' && upper(c) <= 'Z'); });
  return plain ? extension : std::string_view();
}

std::string digest_name(std::string_view of) {
  return std::string(shortened) + sha256_hex(of).substr(0, 32) + std::string(plain_extension(of));
}

template <class F>
void for_each_segment(std::string_view path, F&& f) {
  for (std::size_t begin = 0;;) {
    const auto end = std::min(path.find('/', begin), path.size());
    f(path.substr(begin, end - begin));
    if (end == path.size()) return;
    begin = end + 1;
  }
}

std::size_t extension_place(std::string_view path) {
  const auto name = path.rfind('/') == npos ? 0 : path.rfind('/') + 1;
  const auto dot = path.rfind('.');
  return dot == npos || dot <= name ? path.size() : dot;
}

std::string with_mark(std::string_view path, std::size_t number) {
  const auto place = extension_place(path);
  return std::string(path.substr(0, place)) + "~" + std::to_string(number) + std::string(path.substr(place));
}

}  // namespace

std::uint64_t hash_of_name(std::string_view name) noexcept {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return h;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto c = decode_utf8(text);
    if (c.length == 0) return false;
    text.remove_prefix(c.length);
  }
  return true;
}

std::string quoted(std::string_view name) {
  std::string out;
  out += '"';
  for (std::size_t at = 0; at < name.size();) {
    const auto c = decode_utf8(name.substr(at));
    const std::size_t length = std::max<std::size_t>(c.length, 1);
    if (c.length == 0 || is_steering(c.code)) out += '?';
    else out += name.substr(at, length);
    at += length;
  }
  out += '"';
  return out;
}

std::string nfc_key(std::string_view name) {
  return is_ascii(name) ? std::string(name) : mapped(name, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string fold_key(std::string_view name) {
  if (!is_ascii(name)) {
    const std::string folded = mapped(name, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD);
    return mapped(folded, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  }
  std::string key(name);
  for (char& c : key)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return key;
}

bool is_nfc(std::string_view text) { return is_ascii(text) || (is_utf8(text) && nfc_key(text) == text); }

bool is_reserved(std::string_view segment) {
  auto stem = segment.substr(0, segment.find('.'));
  while (!stem.empty() && stem.back() == ' ') stem.remove_suffix(1);
  std::string name(stem);
  for (char& c : name) c = upper(c);
  if (name == "CON" || name == "PRN" || name == "AUX" || name == "NUL") return true;
  const bool is_port = name.size() == 4 && (name.starts_with("COM") || name.starts_with("LPT"));
  return is_port && name[3] >= '1' && name[3] <= '9';
}

std::string safe_segment(std::string_view segment) {
  if (segment.empty()) return "=";
  const bool composed = is_nfc(segment);
  const bool reserved = is_reserved(segment);
  std::string out;
  for (std::size_t at = 0; at < segment.size();) {
    const auto c = decode_utf8(segment.substr(at));
    const std::size_t length = std::max<std::size_t>(c.length, 1);
    const bool is_end = at == 0 || at + length == segment.size();
    const bool bad = c.length == 0 || is_forbidden(c.code) || (!composed && c.code >= 0x80) ||
                     (is_end && (c.code == ' ' || c.code == '.')) || (reserved && at == 0);
    if (bad) append_escaped(out, segment.substr(at, length));
    else out += segment.substr(at, length);
    at += length;
  }
  return out.size() > longest_segment ? digest_name(segment) : out;
}

std::string safe_path(std::string_view path) {
  std::string out;
  std::size_t segments = 0;
  for_each_segment(path, [&](std::string_view segment) {
    if (segments++ != 0) out += '/';
    out += safe_segment(segment);
  });
  return out.size() > longest_path || segments > most_segments ? digest_name(path) : out;
}

std::optional<std::string> received_path(std::string_view safe) {
  std::string out;
  bool first = true, good = true;
  for_each_segment(safe, [&](std::string_view segment) {
    if (!first) out += '/';
    first = false;
    if (segment == "=") return;
    for (std::size_t i = 0; i < segment.size() && good; ++i) {
      if (segment[i] != '=') {
        out += segment[i];
        continue;
      }
      const int high = i + 2 < segment.size() ? hex_value(segment[i + 1]) : -1;
      const int low = high < 0 ? -1 : hex_value(segment[i + 2]);
      good = low >= 0;
      out += static_cast<char>(good ? high * 16 + low : 0);
      i += 2;
    }
  });
  if (!good) return std::nullopt;
  return out;
}

std::string_view without_suffix(std::string_view path) { return path.substr(0, extension_place(path)); }

std::string with_suffix(std::string_view path, std::string_view suffix) {
  return std::string(without_suffix(path)) + "." + std::string(suffix);
}

std::string name_register::claim(std::string_view path) {
  std::string taken;
  for_each_segment(path, [&](std::string_view segment) {
    if (!taken.empty()) {
      folders_.try_add(hash_of_name(fold_key(taken)), 0);
      taken += '/';
    }
    const bool is_file = segment.data() + segment.size() == path.data() + path.size();
    const std::string folder = taken;
    const auto is_free = [&](const std::string& candidate) {
      const auto key = hash_of_name(fold_key(candidate));
      return !files_.contains(key) && !(is_file && folders_.contains(key));
    };
    taken = folder + std::string(segment);
    for (std::size_t number = 2; !is_free(taken); ++number) taken = folder + with_mark(segment, number);
  });
  files_.try_add(hash_of_name(fold_key(taken)), 0);
  return taken;
}

}  // namespace dragoman::bundle
