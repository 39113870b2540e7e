#include "strings.hpp"

#include <dragoman/text.hpp>

#include <utf8proc.h>

#include <algorithm>

namespace dragoman::hosting {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

// Controls, and what turns the direction of a line around so that it shows other text than it holds.
bool is_for_terminals(std::uint32_t code) noexcept {
  const bool is_control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool is_direction =
      (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x200E || code == 0x200F;
  return !is_control && !is_direction;
}

std::string printable(std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const character c = decode_utf8(text);
    if (c.length != 0 && is_for_terminals(c.code)) {
      out += text.substr(0, c.length);
    } else {
      const std::size_t octets = std::max<std::size_t>(c.length, 1);
      for (std::size_t i = 0; i < octets; ++i) {
        const auto octet = static_cast<unsigned char>(text[i]);
        out += {'\\', 'x', hex[octet >> 4], hex[octet & 15]};
      }
    }
    text.remove_prefix(std::max<std::size_t>(c.length, 1));
  }
  return out;
}

std::string_view nearest(std::string_view wrong, const std::vector<std::string_view>& names) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, wrong.size() / 3) + 1;
  for (const auto name : names) {
    if (const auto d = edit_distance(wrong, name); d < best_distance && d < name.size()) {
      best = name;
      best_distance = d;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view wrong, const std::vector<std::string_view>& names) {
  const auto name = nearest(wrong, names);
  return name.empty() ? std::string() : ", did you mean \"" + std::string(name) + "\"?";
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::size_t columns_of(std::uint32_t code) noexcept {
  if (code < 0x300) return 1;
  return static_cast<std::size_t>(std::max(0, utf8proc_charwidth(static_cast<utf8proc_int32_t>(code))));
}

std::size_t columns(std::string_view text) noexcept {
  std::size_t count = 0;
  while (!text.empty()) {
    const character c = decode_utf8(text);
    count += c.length == 0 ? 1 : columns_of(c.code);
    text.remove_prefix(std::max<std::size_t>(c.length, 1));
  }
  return count;
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out;
  std::size_t column = columns(indent);
  bool at_start = true;
  while (!text.empty()) {
    if (text.front() == '\n') {
      out += '\n';
      out += indent;
      column = columns(indent);
      at_start = true;
      text.remove_prefix(1);
      continue;
    }
    if (text.front() == ' ' && !at_start) {
      text.remove_prefix(1);
      continue;
    }
    const auto word =
        text.substr(0, std::min(text.find_first_of(" \n", text.front() == ' ' ? text.find_first_not_of(' ') : 0), text.size()));
    const std::size_t length = columns(word);
    if (!at_start && column + 1 + length > width) {
      out += '\n';
      out += indent;
      column = columns(indent);
      at_start = true;
    }
    if (!at_start) {
      out += ' ';
      ++column;
    }
    out += word;
    column += length;
    at_start = false;
    text.remove_prefix(word.size());
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t limit) {
  // Looked at as far as the limit, however long the text is.
  const std::size_t room = limit > 3 ? limit - 3 : 0;
  std::size_t at = 0, column = 0, cut = 0;
  while (at < text.size()) {
    const character c = decode_utf8(text.substr(at));
    column += c.length == 0 ? 1 : columns_of(c.code);
    at += std::max<std::size_t>(c.length, 1);
    if (column <= room) cut = at;
    if (column > limit) return std::string(text.substr(0, cut)) + "...";
  }
  return std::string(text);
}

std::string counted(std::size_t count, std::string_view thing) {
  return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

}  // namespace dragoman::hosting
