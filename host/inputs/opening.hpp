// Opens one input: reads its octets and finds its format.
#pragma once
#include "inputs/identification.hpp"
#include "inputs/walk.hpp"
#include "sessions/session.hpp"

#include <memory>

namespace dragoman::hosting {

// A new origin for an input, with its name and number and nothing else yet.
std::shared_ptr<origin> origin_of(environment& env, const found_input& found);

struct opened_input {
  std::shared_ptr<const origin> where;
  const format_entry* format = nullptr;  // null: it failed, for the reason in `why`
  failure why;                           // not reported yet
  identification how;                    // empty when the format was given
};

// Octets of an input that is read in parts when its format can be cut.
constexpr std::uint64_t small_input = std::uint64_t{1} << 19;

// `where` may have its content already. `as` is the format to read it as; null: recognise it. With `in_parts` a larger file that can be cut is left on the disk.
opened_input open_input(environment& env, const found_input& found, std::shared_ptr<origin> where, const format_entry* as,
                        bool in_parts = false);
// The reader can say where documents end.
bool can_be_cut(const format_entry& format);

}  // namespace dragoman::hosting
