// dragoman/charset.hpp - the character sets in which original octets are read, and base64 for octets that are no text.
//
// Only sets whose decoding is injective are here, so that encoding what was decoded gives the octets again (tei.md 2.3
// "Octets in TEI", 5.2 "source"): utf-8, us-ascii, iso-8859-1, windows-1252. Pure functions; any thread.
#pragma once
#include <dragoman/text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman {

enum class charset { utf_8, us_ascii, iso_8859_1, windows_1252 };

// The charset of an IANA name or common alias, in any case of letters; nothing for one that is not here.
inline std::optional<charset> find_charset(std::string_view name) noexcept {
  struct alias {
    std::string_view name;
    charset is;
  };
  static constexpr alias aliases[] = {{"utf-8", charset::utf_8},
                                      {"utf8", charset::utf_8},
                                      {"us-ascii", charset::us_ascii},
                                      {"ascii", charset::us_ascii},
                                      {"iso-8859-1", charset::iso_8859_1},
                                      {"iso_8859-1", charset::iso_8859_1},
                                      {"latin1", charset::iso_8859_1},
                                      {"l1", charset::iso_8859_1},
                                      {"windows-1252", charset::windows_1252},
                                      {"cp1252", charset::windows_1252}};
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  for (const alias& a : aliases)
    if (std::equal(name.begin(), name.end(), a.name.begin(), a.name.end(), [&](char x, char y) { return lower(x) == y; }))
      return a.is;
  return std::nullopt;
}

namespace detail {
// Characters of the octets 80 to 9F in windows-1252; 0: none.
inline constexpr std::array<std::uint16_t, 32> windows_1252_80_to_9f{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178};
}  // namespace detail

inline constexpr std::uint32_t no_character = 0xFFFFFFFFu;

// Code point of an octet of a single-byte charset; no_character when it has none. Octets of 80 and above have none in utf_8.
constexpr std::uint32_t character_of(unsigned char octet, charset from) noexcept {
  if (octet < 0x80) return octet;
  switch (from) {
    case charset::iso_8859_1: return octet;
    case charset::windows_1252: {
      if (octet >= 0xA0) return octet;
      const std::uint16_t code = detail::windows_1252_80_to_9f[octet - 0x80u];
      return code ? code : no_character;
    }
    default: return no_character;
  }
}

// The octet of a code point in a single-byte charset, or -1.
constexpr int octet_of(std::uint32_t code, charset to) noexcept {
  if (code < 0x80) return static_cast<int>(code);
  if (to == charset::iso_8859_1) return code <= 0xFF ? static_cast<int>(code) : -1;
  if (to != charset::windows_1252) return -1;
  if (code >= 0xA0 && code <= 0xFF) return static_cast<int>(code);
  for (std::size_t i = 0; i < detail::windows_1252_80_to_9f.size(); ++i)
    if (detail::windows_1252_80_to_9f[i] == code) return static_cast<int>(0x80 + i);
  return -1;
}

// Offset of the first octet at or above 80, or npos. Eight octets a step.
inline std::size_t find_non_ascii(std::string_view octets) noexcept {
  std::size_t at = 0;
  for (; octets.size() - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, octets.data() + at, 8);
    if (word & 0x8080808080808080ull) break;
  }
  for (; at < octets.size(); ++at)
    if (static_cast<unsigned char>(octets[at]) >= 0x80) return at;
  return npos;
}

inline constexpr char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Appends the base64 form of octets (RFC 4648 section 4, with padding).
inline void append_base64(std::string& out, std::string_view octets) {
  out.reserve(out.size() + (octets.size() + 2) / 3 * 4);
  const auto at = [&](std::size_t i) { return i < octets.size() ? std::uint32_t{static_cast<unsigned char>(octets[i])} : 0u; };
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::uint32_t bits = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    out += base64_digits[bits >> 18];
    out += base64_digits[bits >> 12 & 63];
    out += i + 1 < octets.size() ? base64_digits[bits >> 6 & 63] : '=';
    out += i + 2 < octets.size() ? base64_digits[bits & 63] : '=';
  }
}

// The octets that a base64 text says; nothing when it is not the one canonical form of any octets. With `spaced`, white
// space between the digits is passed over (XML).
inline std::optional<std::string> decode_base64(std::string_view text, bool spaced = false) {
  static constexpr std::array<std::int8_t, 256> values = [] {
    std::array<std::int8_t, 256> v{};
    v.fill(-1);
    for (std::int8_t i = 0; i < 64; ++i) v[static_cast<unsigned char>(base64_digits[i])] = i;
    return v;
  }();
  std::string octets;
  octets.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int count = 0;
  std::size_t digits = 0, padding = 0;
  for (const char c : text) {
    if (spaced && is_space(c)) continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int digit = values[static_cast<unsigned char>(c)];
    if (digit < 0 || padding) return std::nullopt;
    ++digits;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    octets += static_cast<char>(bits >> count & 0xFF);
  }
  const std::size_t expected_padding = digits % 4 == 0 ? 0 : 4 - digits % 4;
  if (padding != expected_padding || digits % 4 == 1 || (bits & ((1u << count) - 1)) != 0) return std::nullopt;
  return octets;
}

}  // namespace dragoman
