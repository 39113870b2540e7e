// Lines of running text: broken at blanks, where the reader will not take what follows for something else.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::telegram {

// Stands in text for a blank at which no line ends: inside a reference, a number, a mark.
inline constexpr char fixed_blank = '\x1F';

// Which lines may not be begun by a break.
using line_guard = bool (*)(std::string_view line);

// Appends `text` to `lines`, broken at white space so that no line is longer than `width` characters where that can be;
// 0: one line. Runs of blanks are kept inside a line, at most two. A line that `guard` refuses is not begun: it goes on
// with the one before. `first` stands at the front of the first line, `indent` blanks before the others.
void wrap_text(std::string_view text, std::size_t width, std::string_view first, std::size_t indent, line_guard guard,
               std::vector<std::string>& lines);

// Number of characters of UTF-8 text.
std::size_t count_characters(std::string_view text) noexcept;

}  // namespace dragoman::telegram
