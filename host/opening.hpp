// Opens one input: reads its octets and finds its format.
#pragma once
#include "identification.hpp"
#include "session.hpp"
#include "walk.hpp"

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

// `as` is the format to read it as; null: recognise it.
opened_input open_input(environment& env, const found_input& found, std::shared_ptr<origin> where, const format_entry* as);

}  // namespace dragoman::hosting
