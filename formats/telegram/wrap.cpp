#include "wrap.hpp"

#include <algorithm>

#include "ascii.hpp"

namespace dragoman::telegram {

std::size_t count_characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void wrap_text(std::string_view text, std::size_t width, std::string_view first, std::size_t indent, line_guard guard,
               std::vector<std::string>& lines) {
  const std::size_t begin = lines.size();
  lines.emplace_back(first);
  std::size_t column = count_characters(first), previous = 0;  // characters of the last line and of the one before
  bool has_word = !first.empty();
  bool is_start = true;  // no word of the text yet
  std::size_t at = 0;
  // Joins the last line to the one before when it may not be begun.
  const auto settle = [&] {
    if (lines.size() < begin + 2 || !guard(trim_left(lines.back()))) return;
    const auto last = std::string(trim_left(lines.back()));
    lines.pop_back();
    lines.back() += ' ';
    lines.back() += last;
    column = previous + 1 + column - indent;
  };
  while (at < text.size()) {
    std::size_t word = at;
    bool has_line_end = false;
    while (word < text.size() && is_space(text[word])) has_line_end |= text[word++] == '\n';
    if (word == text.size()) break;
    std::size_t end = word;
    while (end < text.size() && !is_space(text[end])) ++end;
    const std::size_t blanks = is_start ? 0 : has_line_end ? 1 : std::min<std::size_t>(word - at, 2);
    const auto piece = text.substr(word, end - word);
    const std::size_t length = count_characters(piece);
    if (width != 0 && has_word && !is_start && column + blanks + length > width) {
      settle();
      if (column + blanks + length > width) {
        lines.emplace_back(indent, ' ');
        previous = column;
        column = indent;
      } else {
        lines.back().append(blanks, ' ');
        column += blanks;
      }
    } else {
      lines.back().append(blanks, ' ');
      column += blanks;
    }
    lines.back() += piece;
    column += length;
    has_word = true;
    is_start = false;
    at = end;
  }
  settle();
  for (std::size_t i = begin; i < lines.size(); ++i) {
    std::replace(lines[i].begin(), lines[i].end(), fixed_blank, ' ');
    while (!lines[i].empty() && is_space(lines[i].back())) lines[i].pop_back();
  }
}

}  // namespace dragoman::telegram
