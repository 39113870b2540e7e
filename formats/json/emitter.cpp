#include <json/emitter.hpp>

#include <dragoman/charset.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace dragoman::json {
namespace {

constexpr std::size_t enough = std::size_t{1} << 16;  // octets that are worth a call of the output

constexpr bool needs_escape(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

// Writes the escape of a character; returns the place behind it.
char* write_escape(char* to, char c) noexcept {
  const auto two = [&](char second) {
    to[0] = '\\';
    to[1] = second;
    return to + 2;
  };
  switch (c) {
    case '"': return two('"');
    case '\\': return two('\\');
    case '\b': return two('b');
    case '\t': return two('t');
    case '\n': return two('n');
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

// Copies text with its escapes, eight octets a step: each step is stored whole, and counts up to the first octet that
// needs an escape. `to` has room for an escape of every octet.
char* write_escaped(char* to, std::string_view text) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101ull, high = 0x8080808080808080ull;
  const char* from = text.data();
  const char* const end = from + text.size();
  if constexpr (std::endian::native == std::endian::little) {
    while (end - from >= 8) {
      std::uint64_t word;
      std::memcpy(&word, from, 8);
      std::memcpy(to, &word, 8);
      const std::uint64_t stops =
          ((word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones)) & ~word & high;
      if (stops == 0) {
        from += 8;
        to += 8;
        continue;
      }
      const auto plain = static_cast<std::size_t>(std::countr_zero(stops)) / 8;
      to = write_escape(to + plain, from[plain]);
      from += plain + 1;
    }
  }
  for (; from != end; ++from) {
    if (needs_escape(*from)) to = write_escape(to, *from);
    else *to++ = *from;
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
    char* const to = room(now.size() * longest_escape);
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
