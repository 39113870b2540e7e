// References (telegram.md 2.9): the list behind REF becomes items, the items become ids.
#pragma once
#include <cstdint>
#include <vector>

#include "gathered.hpp"
#include "stage.hpp"

namespace dragoman::telegram {

// Adds the items of a list, whose lines end in '\n', to `refs`, without ids. `year` is the telegram's, 0 when it is not
// known. Linear in the length of the list.
void split_references(const stage& s, const gathered& list, std::uint32_t year, std::vector<reference>& refs);

// Gives the items of the telegram their ids and qualifiers; reports those that are no telegram's. Without a year the
// telegram's own is meant, but the year before when its own station has a number that is not below its own.
void resolve_references(stage& s, std::uint32_t year, bool has_year, const message_number& own);

}  // namespace dragoman::telegram
