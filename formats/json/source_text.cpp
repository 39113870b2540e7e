#include <json/source_text.hpp>

#include <dragoman/text.hpp>

#include <utility>

namespace dragoman::json {
namespace {

constexpr bool is_noncharacter(std::uint32_t code) noexcept {
  return (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

bool is_interchangeable_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; (at = find_non_ascii(text)) != npos;) {
    const character c = decode_utf8(text.substr(at, 4));
    if (c.length == 0 || is_noncharacter(c.code)) return false;
    text.remove_prefix(at + c.length);
  }
  return true;
}

}  // namespace

std::optional<std::string_view> decode(std::string_view octets, charset from, std::string& storage) {
  if (from == charset::utf_8) return is_interchangeable_utf8(octets) ? std::optional(octets) : std::nullopt;
  if (find_non_ascii(octets) == npos) return octets;
  storage.clear();
  for (const char c : octets) {
    const std::uint32_t code = character_of(static_cast<unsigned char>(c), from);
    if (code == no_character) return std::nullopt;
    append_utf8(storage, code);
  }
  return storage;
}

std::optional<std::string_view> encode(std::string_view text, charset to, std::string& storage) {
  if (to == charset::utf_8 || find_non_ascii(text) == npos) return text;
  std::string octets;
  while (!text.empty()) {
    const character c = decode_utf8(text);
    const int octet = c.length == 0 ? -1 : octet_of(c.code, to);
    if (octet < 0) return std::nullopt;
    octets += static_cast<char>(octet);
    text.remove_prefix(c.length);
  }
  storage = std::move(octets);
  return storage;
}

}  // namespace dragoman::json
