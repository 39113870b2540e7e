// Small tools on text that the rooms of the host share. Pure; any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// Text as it may stand on a terminal: control characters, marks of direction, and octets that are not UTF-8 as \xNN.
std::string printable(std::string_view text);
bool is_for_terminals(std::uint32_t code) noexcept;

// How many letters must be put in, left out, replaced, or changed with their neighbour to make the one of the other
// (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The one of `names` that is nearest to `wrong` by insertions, deletions, replacements and swaps; empty when none is near.
std::string_view nearest(std::string_view wrong, const std::vector<std::string_view>& names);

// ", did you mean "x"?" or nothing.
std::string did_you_mean(std::string_view wrong, const std::vector<std::string_view>& names);

// ASCII letters as small ones; everything else as it is.
std::string ascii_lower(std::string_view text);

// `text` in lines of at most `width` columns, broken at blanks; each line after the first begins with `indent`.
std::string wrapped(std::string_view text, std::size_t width, std::string_view indent);

// Columns of a terminal that UTF-8 text, or one character of it, takes: none for combining marks, two for wide ones.
std::size_t columns(std::string_view text) noexcept;
std::size_t columns_of(std::uint32_t code) noexcept;

// The first `limit` columns of `text`, with "..." at the end when something was cut.
std::string shortened(std::string_view text, std::size_t limit);

// "1 document", "12 documents".
std::string counted(std::size_t count, std::string_view thing);

}  // namespace dragoman::hosting
