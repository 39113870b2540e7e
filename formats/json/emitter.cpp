#include <json/emitter.hpp>

#include <dragoman/charset.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dragoman::json {
namespace {

constexpr std::size_t enough = std::size_t{1} << 16;  // octets that are worth a call of the output

// Writes the escape of a character; returns the place behind it.
char* write_escape(char* to, char c) noexcept {
  const auto two = [&](char second) {
    to[0] = '\\';
    to[1] = second;
    return to + 2;
  };
  if (c == '\n') return two('n');  // nearly all of them
  switch (c) {
    case '"': return two('"');
    case '\\': return two('\\');
    case '\b': return two('b');
    case '\t': return two('t');
    case '\f': return two('f');
    case '\r': return two('r');
    default: break;
  }
  constexpr char digits[] = "0123456789abcdef";
  std::memcpy(to, "\\u00", 4);
  to[4] = digits[c >> 4];
  to[5] = digits[c & 15];
  return to + 6;
}

constexpr std::size_t longest_escape = 6;

constexpr bool needs_escape(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

// One to eight octets as a number, the first the lowest, and blanks above them.
std::uint64_t few_octets(const char* from, std::size_t count) noexcept {
  const auto octets = [&](std::size_t at, auto word) {
    std::memcpy(&word, from + at, sizeof word);
    return std::uint64_t{word} << (at * 8);
  };
  if (count == 8) return octets(0, std::uint64_t{});
  const std::uint64_t blanks = 0x2020202020202020ull << (count * 8);
  if (count >= 4) return octets(0, std::uint32_t{}) | octets(count - 4, std::uint32_t{}) | blanks;
  return octets(0, std::uint8_t{}) | octets(count / 2, std::uint8_t{}) | octets(count - 1, std::uint8_t{}) | blanks;
}

// How many of eight octets stand before the first that needs an escape; eight where none does.
std::size_t plain_octets(std::uint64_t octets) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101ull, high = 0x8080808080808080ull;
  const std::uint64_t stops =
      ((octets - ones * 0x20) | ((octets ^ ones * '"') - ones) | ((octets ^ ones * '\\') - ones)) & ~octets & high;
  return static_cast<std::size_t>(std::countr_zero(stops)) / 8;
}

// What is stored behind the text before it is known that it does not belong there.
constexpr std::size_t overhang = 8;

// Copies text with its escapes, sixteen octets a step and eight of the last: each step is stored whole, and counts up to the
// first octet that needs an escape. `to` has room for an escape of every octet, and the overhang.
char* write_escaped(char* to, std::string_view text) noexcept {
  const char* from = text.data();
  const char* const end = from + text.size();
  const auto pass = [&](std::size_t plain, std::size_t step) {
    if (plain >= step) {
      from += step;
      to += step;
    } else {
      to = write_escape(to + plain, from[plain]);
      from += plain + 1;
    }
  };
#if defined(__SSE2__)
  while (end - from >= 16) {
    const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), octets);
    const auto is = [&](char c) { return _mm_cmpeq_epi8(octets, _mm_set1_epi8(c)); };
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(octets, _mm_set1_epi8(0x1F)), octets);
    const auto stops = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(is('"'), is('\\')))));
    pass(static_cast<std::size_t>(std::countr_zero(stops | 1u << 16)), 16);
  }
#endif
  while (from != end) {
    if constexpr (std::endian::native == std::endian::little) {
      const auto step = std::min<std::size_t>(static_cast<std::size_t>(end - from), 8);
      const std::uint64_t octets = few_octets(from, step);
      std::memcpy(to, &octets, sizeof octets);
      pass(plain_octets(octets), step);
    } else {
      *to = *from;
      pass(needs_escape(*from) ? 0 : 1, 1);
    }
  }
  return to;
}

}  // namespace

void emitter::string(std::string_view text) {
  append('"');
  // A piece at a time, so that room for the worst of escapes stays small.
  constexpr std::size_t piece = std::size_t{1} << 14;
  while (!text.empty()) {
    const auto now = text.substr(0, piece);
    char* const to = room(now.size() * longest_escape + overhang);
    size_ += static_cast<std::size_t>(write_escaped(to, now) - to);
    text.remove_prefix(now.size());
  }
  append('"');
}

void emitter::base64(std::string_view octets) {
  std::string digits;
  append_base64(digits, octets);
  append('"');
  append(digits);
  append('"');
}

void emitter::item() {
  if (out_ != nullptr && size_ >= enough) flush();
  if (!first_) append(',');
  first_ = false;
  new_line();
}

void emitter::name(std::string_view name) {
  item();
  string(name);
  append(indent_ != 0 ? std::string_view(": ") : std::string_view(":"));
}

// Between the lines of our JSON there is layout only: a newline inside a string is escaped.
void emitter::indented(std::string_view json) {
  while (true) {
    const std::size_t newline = json.find('\n');
    append(json.substr(0, newline));
    if (newline == npos) return;
    new_line();
    json.remove_prefix(newline + 1);
  }
}

void emitter::flush() {
  out_->write({text_.get(), size_});
  size_ = 0;
}

std::string emitter::take() {
  std::string taken(text_.get(), size_);
  size_ = 0;
  return taken;
}

void emitter::grow(std::size_t more) {
  const std::size_t capacity = std::max(2 * capacity_, size_ + more);
  std::unique_ptr<char[]> larger(new char[capacity]);
  if (size_ != 0) std::memcpy(larger.get(), text_.get(), size_);
  text_ = std::move(larger);
  capacity_ = capacity;
}

}  // namespace dragoman::json
