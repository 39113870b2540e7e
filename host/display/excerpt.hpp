// A line of an input with a place in it marked below, as compilers show it.
#pragma once
#include "inputs/input.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::hosting {

// Both for a terminal: nothing in them but what may stand there, in at most so many columns. The marks are blanks, a ^
// below the first character of the place, and ~ below the others of that line.
struct excerpt {
  std::string line, marks;
  bool empty() const noexcept { return line.empty(); }
};

// The place [begin, end) of `line`, which has no line end in it. A line that is too long is cut to what stands around the
// place, with "..." where more was; `more_before` and `more_behind` say that the line was cut already. Tabs go to the
// next column of eight. An empty place is marked by ^ alone, also behind the last character.
excerpt excerpt_of(std::string_view line, std::size_t begin, std::size_t end, std::size_t width, bool more_before = false,
                   bool more_behind = false);

// The line around `offset` in an input, from there `length` octets marked as far as the line goes. Empty when it cannot
// be read. Takes a bounded time and memory, however long the line is.
excerpt excerpt_at(const octets& content, std::uint64_t offset, std::uint64_t length, std::size_t width);

}  // namespace dragoman::hosting
