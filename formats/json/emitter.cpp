#include <json/emitter.hpp>

#include <dragoman/charset.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace dragoman::json {
namespace {

constexpr std::size_t enough = std::size_t{1} << 16;  // octets that are worth a call of the output

constexpr bool needs_escape(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

// First octet from `at` on that must be escaped, or the end; eight octets a step.
std::size_t skip_plain(std::string_view text, std::size_t at) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101ull, high = 0x8080808080808080ull;
  while (text.size() - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    const std::uint64_t stops = ((word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones)) & ~word & high;
    if (stops != 0) {
      if constexpr (std::endian::native == std::endian::little) return at + static_cast<std::size_t>(std::countr_zero(stops)) / 8;
      else break;
    }
    at += 8;
  }
  while (at < text.size() && !needs_escape(text[at])) ++at;
  return at;
}

}  // namespace

void emitter::string(std::string_view text) {
  text_ += '"';
  for (std::size_t at = 0;;) {
    const std::size_t stop = skip_plain(text, at);
    text_.append(text, at, stop - at);
    if (stop == text.size()) break;
    const char c = text[stop];
    switch (c) {
      case '"': text_ += "\\\""; break;
      case '\\': text_ += "\\\\"; break;
      case '\b': text_ += "\\b"; break;
      case '\t': text_ += "\\t"; break;
      case '\n': text_ += "\\n"; break;
      case '\f': text_ += "\\f"; break;
      case '\r': text_ += "\\r"; break;
      default: {
        constexpr char digits[] = "0123456789abcdef";
        text_ += "\\u00";
        text_ += digits[c >> 4];
        text_ += digits[c & 15];
      }
    }
    at = stop + 1;
  }
  text_ += '"';
}

void emitter::base64(std::string_view octets) {
  text_ += '"';
  append_base64(text_, octets);
  text_ += '"';
}

void emitter::begin(char bracket) {
  text_ += bracket;
  ++level_;
  first_ = true;
}

void emitter::end(char bracket) {
  --level_;
  if (!first_) new_line();
  text_ += bracket;
  first_ = false;
}

void emitter::item() {
  if (out_ != nullptr && text_.size() >= enough) flush();
  if (!first_) text_ += ',';
  first_ = false;
  new_line();
}

void emitter::name(std::string_view name) {
  item();
  string(name);
  text_ += ':';
  if (indent_ != 0) text_ += ' ';
}

void emitter::new_line() {
  if (indent_ == 0) return;
  text_ += '\n';
  text_.append(level_ * indent_, ' ');
}

// Between the lines of our JSON there is layout only: a newline inside a string is escaped.
void emitter::indented(std::string_view json) {
  while (true) {
    const std::size_t newline = json.find('\n');
    text_ += json.substr(0, newline);
    if (newline == npos) return;
    new_line();
    json.remove_prefix(newline + 1);
  }
}

void emitter::flush() {
  out_->write(text_);
  text_.clear();
}

std::string emitter::take() { return std::exchange(text_, {}); }

}  // namespace dragoman::json
