// Small tests and scans on ASCII text. Telegram keywords are ASCII and matched without regard to case (telegram.md 2.0);
// nothing here depends on a locale.
#pragma once
#include <dragoman/text.hpp>

#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>

namespace dragoman::telegram {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) noexcept { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; }
constexpr bool is_alnum(char c) noexcept { return is_letter(c) || is_digit(c); }
constexpr bool is_blank_char(char c) noexcept { return c == ' ' || c == '\t'; }
// A set of ASCII characters.
class char_set {
  std::uint64_t bits_[2]{};

public:
  constexpr explicit char_set(std::string_view characters) noexcept {
    for (const char c : characters) bits_[c >> 6 & 1] |= std::uint64_t{1} << (c & 63);
  }
  constexpr bool has(char c) const noexcept {
    return static_cast<unsigned char>(c) < 0x80 && (bits_[c >> 6 & 1] >> (c & 63) & 1) != 0;
  }
};

// The first place at or after `from` with a character of the set, or the size of the text.
constexpr std::size_t find_any(std::string_view text, const char_set& set, std::size_t from = 0) noexcept {
  while (from < text.size() && !set.has(text[from])) ++from;
  return from < text.size() ? from : text.size();
}

constexpr char upper(char c) noexcept { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
constexpr char lower(char c) noexcept { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// Words written in place, whose lengths are known when this is compiled.
using word_list = std::initializer_list<std::string_view>;

// Case-insensitive comparison.
constexpr bool same(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && ((a[i] ^ b[i]) != 0x20 || !is_letter(a[i]))) return false;
  return true;
}
constexpr bool starts_with(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() && same(text.substr(0, prefix.size()), prefix);
}
constexpr bool ends_with(std::string_view text, std::string_view suffix) noexcept {
  return text.size() >= suffix.size() && same(text.substr(text.size() - suffix.size()), suffix);
}
// Does `text` begin with the word `word`, as against a longer one?
constexpr bool starts_with_word(std::string_view text, std::string_view word) noexcept {
  return starts_with(text, word) && (text.size() == word.size() || !is_alnum(text[word.size()]));
}
// First place of `needle`, case-insensitive, at or after `from`; npos when absent.
constexpr std::size_t find_word(std::string_view text, std::string_view needle, std::size_t from = 0) noexcept {
  if (needle.empty()) return npos;
  for (std::size_t i = from; i + needle.size() <= text.size(); ++i)
    if (upper(text[i]) == upper(needle[0]) && same(text.substr(i, needle.size()), needle)) return i;
  return npos;
}

constexpr std::string_view trim_left(std::string_view text) noexcept {
  while (!text.empty() && is_blank_char(text.front())) text.remove_prefix(1);
  return text;
}
constexpr std::string_view trim_right(std::string_view text) noexcept {
  while (!text.empty() && (is_blank_char(text.back()) || text.back() == '\r' || text.back() == '\f')) text.remove_suffix(1);
  return text;
}

// Takes the next blank-separated word off the front of `rest`; empty at the end.
constexpr std::string_view take_word(std::string_view& rest) noexcept {
  std::size_t i = 0;
  while (i < rest.size() && is_space(rest[i])) ++i;
  std::size_t end = i;
  while (end < rest.size() && !is_space(rest[end])) ++end;
  const auto word = rest.substr(i, end - i);
  rest.remove_prefix(end);
  return word;
}
// The last blank-separated word of `text`; empty when there is none.
constexpr std::string_view last_word(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  std::size_t begin = text.size();
  while (begin > 0 && !is_space(text[begin - 1])) --begin;
  return text.substr(begin);
}

constexpr bool all_digits(std::string_view text) noexcept {
  for (const char c : text)
    if (!is_digit(c)) return false;
  return !text.empty();
}
// How many digits stand at the front of `text`.
constexpr std::size_t count_digits(std::string_view text) noexcept {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  return n;
}
// Value of a run of digits; at most 9 of them, else false.
inline bool parse_number(std::string_view digits, std::uint32_t& value) noexcept {
  if (digits.empty() || digits.size() > 9) return false;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size();
}
constexpr std::string_view without_zeros(std::string_view digits) noexcept {
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

// Are the words the same, however many blanks part them?
constexpr bool same_words(std::string_view a, std::string_view b) noexcept {
  for (;;) {
    const auto x = take_word(a), y = take_word(b);
    if (x != y) return false;
    if (x.empty()) return true;
  }
}

// Appends the words of `text`, letters and digits, in capitals with a blank behind each; numbers without their zeros. Two texts
// that say the same, however they are set, have the same words.
inline void append_words(std::string& out, std::string_view text) {
  const auto is_part = [](char c) { return is_alnum(c) || static_cast<unsigned char>(c) >= 0x80; };
  for (std::size_t at = 0; at < text.size();) {
    if (!is_part(text[at])) {
      ++at;
      continue;
    }
    const auto begin = at;
    while (at < text.size() && is_part(text[at])) ++at;
    const auto word = text.substr(begin, at - begin);
    for (const char c : all_digits(word) ? without_zeros(word) : word) out += upper(c);
    out += ' ';
  }
}
inline std::string words_of(std::string_view text) {
  std::string out = " ";
  append_words(out, text);
  return out;
}

// True when `text` has capitals and no small letters.
constexpr bool is_all_upper(std::string_view text) noexcept {
  bool any = false;
  for (const char c : text) {
    if (is_lower(c)) return false;
    any |= is_upper(c);
  }
  return any;
}

}  // namespace dragoman::telegram
