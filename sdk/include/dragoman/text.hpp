// dragoman/text.hpp - what a string of the model may hold, and small tools on text.
//
// Rule: every name and text of the model is UTF-8 and holds only characters that XML 1.0 allows (docs/model.md,
// "Text"; XML 1.0 section 2.2, production Char). Octets are free.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dragoman {

// One decoded character: its code point and how many octets it took. `length` 0: these octets are not UTF-8.
struct character {
  std::uint32_t code = 0;
  std::size_t length = 0;
};

// Decodes the first character of `text` strictly (no overlong forms, no surrogates). Empty text gives length 0.
inline character decode_utf8(std::string_view text) noexcept {
  if (text.empty()) return {};
  const auto octet = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t lead = octet(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF ? 2 : (lead & 0xF0) == 0xE0 ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
  if (length == 0 || text.size() < length) return {};
  std::uint32_t code = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (octet(i) & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, length};
}

// Appends the UTF-8 form of a code point below 0x110000.
inline void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// XML 1.0 production Char.
constexpr bool is_xml_character(std::uint32_t code) noexcept {
  return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) || (code >= 0xE000 && code <= 0xFFFD) ||
         (code >= 0x10000 && code <= 0x10FFFF);
}

constexpr std::size_t npos = std::string_view::npos;

namespace detail {
constexpr bool is_plain_octet(char octet) noexcept {
  const auto c = static_cast<unsigned char>(octet);
  return (c >= 0x20 && c < 0x80) || c == '\t' || c == '\n' || c == '\r';
}

// The first place at or after `at` whose octet is 0x80 or above, or a control character that XML does not allow; the size
// of the text where there is none. Sixty-four octets a step, line ends among them or not, then sixteen, and eight of what is
// left.
inline std::size_t find_strange(std::string_view text, std::size_t at) noexcept {
#if defined(__SSE2__)
  // What may be strange: all below a blank that is no line end, and, as numbers with a sign, 0x80 and above.
  const auto doubtful = [&](std::size_t place) {
    const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + place));
    const __m128i line_ends =
        _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('\r')));
    return _mm_andnot_si128(line_ends, _mm_cmplt_epi8(octets, _mm_set1_epi8(0x20)));
  };
  for (; at + 64 <= text.size(); at += 64) {
    const __m128i front = _mm_or_si128(doubtful(at), doubtful(at + 16)),
                  back = _mm_or_si128(doubtful(at + 32), doubtful(at + 48));
    if (_mm_movemask_epi8(_mm_or_si128(front, back)) != 0) break;
  }
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i below = _mm_cmplt_epi8(octets, _mm_set1_epi8(0x20));  // as numbers with a sign: 0x80 and above, too
    if (_mm_movemask_epi8(below) == 0) continue;
    const auto is = [&](char c) { return _mm_cmpeq_epi8(octets, _mm_set1_epi8(c)); };
    const __m128i space = _mm_or_si128(is('\n'), _mm_or_si128(is('\t'), is('\r')));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_andnot_si128(space, below)));
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
  }
#endif
  for (; at < text.size(); ++at) {
    constexpr std::uint64_t ones = 0x0101010101010101ull, high = 0x8080808080808080ull;
    for (std::uint64_t word; at + 8 <= text.size(); at += 8) {
      std::memcpy(&word, text.data() + at, 8);
      if (((word | (word - ones * 0x20)) & high) != 0) break;
    }
    if (at == text.size() || !is_plain_octet(text[at])) break;
  }
  return at;
}
}  // namespace detail

// Offset of the first octet that is not UTF-8 or not an XML character, or npos. Linear.
inline std::size_t find_bad_text(std::string_view text) noexcept {
  std::size_t at = 0;
  while ((at = detail::find_strange(text, at)) < text.size()) {
    const character decoded = decode_utf8(text.substr(at, 4));
    if (decoded.length == 0 || !is_xml_character(decoded.code)) return at;
    at += decoded.length;
  }
  return npos;
}

// Is the text ASCII without control characters that XML does not allow? All slices of it are text, too.
inline bool is_plain_text(std::string_view text) noexcept { return detail::find_strange(text, 0) == text.size(); }

// The white space of XML: blank, tab, CR, LF.
constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

inline bool is_blank(std::string_view text) noexcept {
  for (const char c : text)
    if (!is_space(c)) return false;
  return true;
}

inline std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

namespace detail {
#if defined(__SSE2__)
inline __m128i sixteen_octets(std::string_view text, std::size_t at) noexcept {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
}
inline unsigned where_equal(__m128i octets, char c) noexcept {
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(octets, _mm_set1_epi8(c))));
}
#endif
// The first place at or after `at` with a tab, a line end, or a blank behind another; `last_was_blank` carries over, and is
// true where the octet before that place is a blank.
inline std::size_t end_of_single_blanks(std::string_view text, std::size_t at, bool& last_was_blank) noexcept {
#if defined(__SSE2__)
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i octets = sixteen_octets(text, at);
    const unsigned blanks = where_equal(octets, ' ');
    const unsigned others = where_equal(octets, '\n') | where_equal(octets, '\t') | where_equal(octets, '\r');
    const unsigned behind_blanks = blanks << 1 | (last_was_blank ? 1u : 0u);
    const auto plain = static_cast<unsigned>(std::countr_zero(others | (blanks & behind_blanks) | 1u << 16));
    last_was_blank = (behind_blanks >> plain & 1) != 0;
    if (plain < 16) return at + plain;
  }
#endif
  for (; at < text.size(); ++at) {
    if (is_space(text[at]) && (text[at] != ' ' || last_was_blank)) break;
    last_was_blank = text[at] == ' ';
  }
  return at;
}
inline std::size_t end_of_blanks(std::string_view text, std::size_t at) noexcept {
#if defined(__SSE2__)
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i octets = sixteen_octets(text, at);
    const unsigned blanks =
        where_equal(octets, ' ') | where_equal(octets, '\n') | where_equal(octets, '\t') | where_equal(octets, '\r');
    if (blanks != 0xFFFF) return at + static_cast<unsigned>(std::countr_one(blanks));
  }
#endif
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}
}  // namespace detail

// Appends `text` with each run of white space as one blank; `last_was_blank` carries over from the text before. Most text is
// words with single blanks between them, which are appended as one piece.
inline void append_collapsed(std::string& out, std::string_view text, bool& last_was_blank) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = detail::end_of_single_blanks(text, at, last_was_blank);
    out.append(text, at, end - at);
    if (end == text.size()) return;
    if (!last_was_blank) out += ' ';
    last_was_blank = true;
    at = detail::end_of_blanks(text, end);
  }
}

// Appends text so that it says the same in XML and in HTML, in content and in values of attributes in double quotes.
inline void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\r': out += "&#13;"; break;
      default: out += c;
    }
  }
}

// The text in one line: each run of white space is one blank, at the ends too.
inline std::string one_line(std::string_view text) {
  std::string out;
  bool last_was_blank = false;
  append_collapsed(out, text, last_was_blank);
  return out;
}

// Cuts off `rest` what stands before `mark`, and the mark itself; all of it where there is no mark.
inline std::string_view take_until(std::string_view& rest, std::string_view mark) noexcept {
  const std::size_t end = rest.find(mark);
  const auto found = rest.substr(0, end);
  rest = end == npos ? std::string_view() : rest.substr(end + mark.size());
  return found;
}

// XML 1.0 production Name (namespaces not looked at). Code points above ASCII that XML excludes from names are refused.
inline bool is_xml_name(std::string_view name) noexcept {
  bool first = true;
  while (!name.empty()) {
    const char octet = name.front();
    const bool letter = (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
    if (letter || (!first && octet >= '0' && octet <= '9')) {  // nearly all of them
      first = false;
      name.remove_prefix(1);
      continue;
    }
    const character c = decode_utf8(name);
    if (c.length == 0) return false;
    const std::uint32_t u = c.code;
    const bool start = (u >= 'A' && u <= 'Z') || (u >= 'a' && u <= 'z') || u == '_' || u == ':' ||
                       (u >= 0xC0 && u <= 0x2FF && u != 0xD7 && u != 0xF7) || (u >= 0x370 && u <= 0x1FFF && u != 0x37E) ||
                       u == 0x200C || u == 0x200D || (u >= 0x2070 && u <= 0x218F) || (u >= 0x2C00 && u <= 0x2FEF) ||
                       (u >= 0x3001 && u <= 0xD7FF) || (u >= 0xF900 && u <= 0xFDCF) || (u >= 0xFDF0 && u <= 0xFFFD) ||
                       (u >= 0x10000 && u <= 0xEFFFF);
    const bool other =
        (u >= '0' && u <= '9') || u == '-' || u == '.' || u == 0xB7 || (u >= 0x300 && u <= 0x36F) || u == 0x203F || u == 0x2040;
    if (!start && (first || !other)) return false;
    first = false;
    name.remove_prefix(c.length);
  }
  return !first;
}

}  // namespace dragoman
