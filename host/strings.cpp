#include "strings.hpp"

#include <dragoman/text.hpp>

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

std::string printable(std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const character c = decode_utf8(text);
    const bool is_control = c.code < 0x20 || (c.code >= 0x7F && c.code < 0xA0);
    if (c.length != 0 && !is_control) {
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

std::size_t columns(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
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
    const auto word = text.substr(0, std::min(text.find_first_of(" \n", text.front() == ' ' ? text.find_first_not_of(' ') : 0), text.size()));
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
  if (columns(text) <= limit) return std::string(text);
  std::size_t at = 0, column = 0;
  while (at < text.size()) {
    std::size_t next = at + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    if (column + 1 > (limit > 3 ? limit - 3 : 0)) break;
    ++column;
    at = next;
  }
  return std::string(text.substr(0, at)) + "...";
}

std::string counted(std::size_t count, std::string_view thing) {
  return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

}  // namespace dragoman::hosting
