#include "encoding.hpp"

#include <dragoman/text.hpp>

#include <algorithm>

namespace dragoman::tei {
namespace {

constexpr charset_table make_table(charset from) {
  charset_table t{};
  for (std::uint32_t i = 0; i < 256; ++i) t[i] = character_of(static_cast<unsigned char>(i), from);
  return t;
}
constexpr charset_table ascii_table = make_table(charset::us_ascii);
constexpr charset_table latin1_table = make_table(charset::iso_8859_1);
constexpr charset_table windows1252_table = make_table(charset::windows_1252);

// The value of encoding= in the XML declaration of an ASCII-compatible text; empty when there is none. The scanner
// checks the declaration's form.
std::string_view declared_encoding(std::string_view text) noexcept {
  if (text.substr(0, 5) != "<?xml" || text.size() < 6 || !is_space(text[5])) return {};
  const std::string_view declaration = text.substr(0, std::min(text.find("?>"), std::size_t{1024}));
  auto at = declaration.find("encoding");
  if (at == npos) return {};
  at += 8;
  while (at < declaration.size() && is_space(declaration[at])) ++at;
  if (at >= declaration.size() || declaration[at] != '=') return {};
  ++at;
  while (at < declaration.size() && is_space(declaration[at])) ++at;
  if (at >= declaration.size() || (declaration[at] != '"' && declaration[at] != '\'')) return {};
  const auto end = declaration.find(declaration[at], at + 1);
  return end == npos ? std::string_view() : declaration.substr(at + 1, end - at - 1);
}

bool begins_with(std::string_view octets, std::initializer_list<int> expected) noexcept {
  if (octets.size() < expected.size()) return false;
  std::size_t i = 0;
  for (const int e : expected)
    if (static_cast<unsigned char>(octets[i++]) != e) return false;
  return true;
}

std::size_t mark_length(std::string_view octets, encoding e) noexcept {
  switch (e) {
    case encoding::utf8: return begins_with(octets, {0xEF, 0xBB, 0xBF}) ? 3 : 0;
    case encoding::utf16le: return begins_with(octets, {0xFF, 0xFE}) ? 2 : 0;
    case encoding::utf16be: return begins_with(octets, {0xFE, 0xFF}) ? 2 : 0;
    case encoding::utf32le: return begins_with(octets, {0xFF, 0xFE, 0, 0}) ? 4 : 0;
    case encoding::utf32be: return begins_with(octets, {0, 0, 0xFE, 0xFF}) ? 4 : 0;
    default: return 0;
  }
}

const charset_table* table_of(encoding e) noexcept {
  switch (e) {
    case encoding::ascii: return &ascii_table;
    case encoding::latin1: return &latin1_table;
    case encoding::windows1252: return &windows1252_table;
    default: return nullptr;
  }
}

// One character of the octets at `at`; length 0 when there is none.
character decode(std::string_view octets, std::size_t at, encoding e) noexcept {
  const auto octet = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(octets[at + i])); };
  const std::size_t left = octets.size() - at;
  if (const auto* table = table_of(e)) {
    const std::uint32_t code = (*table)[octet(0)];
    return code == no_character ? character{} : character{code, 1};
  }
  if (e == encoding::utf8) return decode_utf8(octets.substr(at, 4));
  if (e == encoding::utf32le || e == encoding::utf32be) {
    if (left < 4) return {};
    const std::uint32_t code = e == encoding::utf32le ? octet(0) | octet(1) << 8 | octet(2) << 16 | octet(3) << 24
                                                      : octet(3) | octet(2) << 8 | octet(1) << 16 | octet(0) << 24;
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return {code, 4};
  }
  const auto unit = [&](std::size_t i) {
    return e == encoding::utf16le ? octet(i) | octet(i + 1) << 8 : octet(i + 1) | octet(i) << 8;
  };
  if (left < 2) return {};
  const std::uint32_t first = unit(0);
  if (first < 0xD800 || first > 0xDFFF) return {first, 2};
  if (first > 0xDBFF || left < 4) return {};
  const std::uint32_t second = unit(2);
  if (second < 0xDC00 || second > 0xDFFF) return {};
  return {0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), 4};
}

}  // namespace

bool same_ascii(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_utf8_name(std::string_view name) noexcept { return same_ascii(name, "utf-8") || same_ascii(name, "utf8"); }

const charset_table* find_charset(std::string_view name) noexcept {
  for (const std::string_view alias : {"us-ascii", "ascii"})
    if (same_ascii(name, alias)) return &ascii_table;
  for (const std::string_view alias : {"iso-8859-1", "latin1", "latin-1", "iso8859-1", "iso_8859-1"})
    if (same_ascii(name, alias)) return &latin1_table;
  for (const std::string_view alias : {"windows-1252", "cp1252", "cp-1252"})
    if (same_ascii(name, alias)) return &windows1252_table;
  return nullptr;
}

encoding detect_encoding(std::string_view octets) {
  if (begins_with(octets, {0xEF, 0xBB, 0xBF})) return encoding::utf8;
  if (begins_with(octets, {0xFF, 0xFE, 0, 0}) || begins_with(octets, {'<', 0, 0, 0})) return encoding::utf32le;
  if (begins_with(octets, {0, 0, 0xFE, 0xFF}) || begins_with(octets, {0, 0, 0, '<'})) return encoding::utf32be;
  if (begins_with(octets, {0xFF, 0xFE}) || begins_with(octets, {'<', 0, '?', 0})) return encoding::utf16le;
  if (begins_with(octets, {0xFE, 0xFF}) || begins_with(octets, {0, '<', 0, '?'})) return encoding::utf16be;
  const std::string_view declared = declared_encoding(octets);
  if (declared.empty() || is_utf8_name(declared)) return encoding::utf8;
  if (const auto* table = find_charset(declared))
    return table == &ascii_table ? encoding::ascii : table == &latin1_table ? encoding::latin1 : encoding::windows1252;
  const place where{static_cast<std::int64_t>(declared.data() - octets.data()), static_cast<std::int64_t>(declared.size())};
  const std::string name(declared.substr(0, 60));
  if (same_ascii(declared.substr(0, 3), "utf") || same_ascii(declared.substr(0, 3), "ucs") ||
      same_ascii(declared.substr(0, 9), "iso-10646"))
    throw unusable("tei.encoding", "the declaration says " + name + ", but the octets are not", where);
  throw unusable("tei.encoding", "the encoding " + name + " is not supported", where);
}

source_text::source_text(std::string_view octets, std::size_t limit) : octets_(octets), encoding_(detect_encoding(octets)) {
  mark_ = mark_length(octets, encoding_);
  if (encoding_ == encoding::utf8) {
    text_ = octets.substr(mark_);
    return;
  }
  if (octets.size() > limit) throw unusable("tei.limit.input", "the input is larger than " + std::to_string(limit) + " octets");
  storage_.reserve(octets.size());
  for (std::size_t at = mark_; at < octets.size();) {
    const character c = decode(octets, at, encoding_);
    if (c.length == 0)
      throw unusable("tei.encoding", "this octet is no character of the file's encoding",
                     place{static_cast<std::int64_t>(at), 1});
    append_utf8(storage_, c.code);
    at += c.length;
  }
  text_ = storage_;
}

place source_text::at(std::size_t offset, std::size_t length) const noexcept {
  if (encoding_ == encoding::utf8) return {static_cast<std::int64_t>(mark_ + offset), static_cast<std::int64_t>(length)};
  place p{static_cast<std::int64_t>(mark_), 0, 1, 1};
  for (std::size_t i = 0; i < std::min(offset, text_.size());) {
    const character c = decode_utf8(text_.substr(i, 4));
    if (c.length == 0) break;
    const bool wide = encoding_ == encoding::utf32le || encoding_ == encoding::utf32be;
    const bool pair = encoding_ == encoding::utf16le || encoding_ == encoding::utf16be;
    p.offset += wide ? 4 : pair ? (c.code > 0xFFFF ? 4 : 2) : 1;
    p.column = c.code == '\n' ? 1 : p.column + 1;
    p.line += c.code == '\n' ? 1u : 0u;
    i += c.length;
  }
  return p;
}

std::string_view preview(std::string_view head, std::string& storage, std::size_t limit) noexcept {
  encoding e = encoding::utf8;
  try {
    e = detect_encoding(head);
    if (e == encoding::utf8) return head.substr(mark_length(head, e), limit);
    storage.clear();
    for (std::size_t at = mark_length(head, e); at < head.size() && storage.size() < limit;) {
      const character c = decode(head, at, e);
      if (c.length == 0) break;
      append_utf8(storage, c.code);
      at += c.length;
    }
    return storage;
  } catch (...) {
    return head.substr(0, limit);
  }
}

}  // namespace dragoman::tei
