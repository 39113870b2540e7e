// In which of its dialects a telegram has come down (telegram.md 1, the table of dialects). No part of the model: it is
// told as a fact to who asks how documents were read.
#pragma once
#include <string_view>

#include "parse.hpp"

namespace dragoman::telegram {

// "nara", "acp127", "cablegate", or "unknown": the first rule that fits the telegram that `p` parsed last from `octets`,
// as `t`. Constant text. Linear in the number of lines, with little to do for each.
std::string_view dialect_of(const parser& p, const telegram& t, std::string_view octets) noexcept;

}  // namespace dragoman::telegram
