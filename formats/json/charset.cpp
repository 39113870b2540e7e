#include <json/charset.hpp>

#include <dragoman/text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace dragoman::json {
namespace {

// Characters of octets 80 to 9F in windows-1252; 0: none (WHATWG and IANA agree on the others).
constexpr std::array<std::uint16_t, 32> windows1252_controls{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178};

// Code point of an octet in a single-byte charset, or -1.
int code_of(unsigned char octet, charset from) noexcept {
  if (octet < 0x80) return octet;
  if (from == charset::ascii) return -1;
  if (from == charset::latin1 || octet >= 0xA0) return octet;
  const int code = windows1252_controls[octet - 0x80u];
  return code ? code : -1;
}
// Octet of a code point in a single-byte charset, or -1.
int octet_of(std::uint32_t code, charset to) noexcept {
  if (code < 0x80) return static_cast<int>(code);
  if (to == charset::ascii) return -1;
  if (code <= 0xFF && (to == charset::latin1 || code >= 0xA0)) return static_cast<int>(code);
  if (to == charset::latin1) return -1;
  const auto found = std::find(windows1252_controls.begin(), windows1252_controls.end(), code);
  return found == windows1252_controls.end() ? -1 : static_cast<int>(0x80 + (found - windows1252_controls.begin()));
}

bool is_ascii(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

constexpr bool is_noncharacter(std::uint32_t code) noexcept {
  return (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

bool is_interchangeable_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const character c = decode_utf8(text);
    if (c.length == 0 || is_noncharacter(c.code)) return false;
    text.remove_prefix(c.length);
  }
  return true;
}

constexpr char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> base64_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::int8_t i = 0; i < 64; ++i) values[static_cast<unsigned char>(base64_digits[i])] = i;
  return values;
}();

}  // namespace

std::optional<charset> find_charset(std::string_view name) noexcept {
  struct alias {
    std::string_view name;
    charset is;
  };
  static constexpr alias aliases[] = {
      {"utf-8", charset::utf8},      {"utf8", charset::utf8},           {"us-ascii", charset::ascii},
      {"ascii", charset::ascii},     {"iso-8859-1", charset::latin1},   {"latin1", charset::latin1},
      {"iso_8859-1", charset::latin1}, {"windows-1252", charset::windows1252}, {"cp1252", charset::windows1252}};
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  for (const auto& a : aliases)
    if (std::equal(name.begin(), name.end(), a.name.begin(), a.name.end(), [&](char x, char y) { return lower(x) == y; })) return a.is;
  return std::nullopt;
}

std::optional<std::string_view> decode(std::string_view octets, charset from, std::string& storage) {
  if (is_ascii(octets)) return octets;
  if (from == charset::utf8) return is_interchangeable_utf8(octets) ? std::optional(octets) : std::nullopt;
  storage.clear();
  for (const char c : octets) {
    const int code = code_of(static_cast<unsigned char>(c), from);
    if (code < 0) return std::nullopt;
    append_utf8(storage, static_cast<std::uint32_t>(code));
  }
  return storage;
}

std::optional<std::string_view> encode(std::string_view text, charset to, std::string& storage) {
  if (to == charset::utf8 || is_ascii(text)) return text;
  std::string octets;
  for (; !text.empty();) {
    const character c = decode_utf8(text);
    const int octet = c.length == 0 ? -1 : octet_of(c.code, to);
    if (octet < 0) return std::nullopt;
    octets += static_cast<char>(octet);
    text.remove_prefix(c.length);
  }
  storage = std::move(octets);
  return storage;
}

void append_base64(std::string& out, std::string_view octets) {
  out.reserve(out.size() + (octets.size() + 2) / 3 * 4);
  const auto at = [&](std::size_t i) { return i < octets.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(octets[i])) : 0u; };
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::uint32_t bits = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    out += base64_digits[bits >> 18];
    out += base64_digits[bits >> 12 & 63];
    out += i + 1 < octets.size() ? base64_digits[bits >> 6 & 63] : '=';
    out += i + 2 < octets.size() ? base64_digits[bits & 63] : '=';
  }
}

bool decode_base64(std::string_view text, std::string& octets) {
  octets.clear();
  if (text.size() % 4 != 0) return false;
  const std::size_t padding = text.empty() || text.back() != '=' ? 0 : text[text.size() - 2] == '=' ? 2 : 1;
  text.remove_suffix(padding);
  octets.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = base64_values[static_cast<unsigned char>(c)];
    if (digit < 0) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    octets += static_cast<char>(bits >> count & 0xFF);
  }
  return (bits & ((1u << count) - 1)) == 0;  // the bits that no octet takes are zero in the canonical form
}

}  // namespace dragoman::json
