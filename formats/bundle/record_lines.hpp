// formats/bundle/record_lines.hpp - the lines of records.jsonl in an archive. [session-thread]
#pragma once
#include "container.hpp"
#include "spool.hpp"

#include <functional>

namespace dragoman::bundle {

// Calls `take` for each line of an entry with its place in `kept`, which gets a copy of the entry. Throws unusable for a
// line longer than any honest one.
void for_each_line(container& archive, std::size_t entry, spool& kept,
                   const std::function<void(std::string_view line, piece place)>& take);

}  // namespace dragoman::bundle
