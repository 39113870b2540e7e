// Cuts a large input into parts of whole documents, which can be read at the same time.
#pragma once
#include "inputs/input.hpp"
#include "plugins/registry.hpp"

namespace dragoman::hosting {

// The documents that begin at `begin`: as many as make a part, by what the format's reader says of where they end. A part
// that reaches to the end of the input is the last. Depends on the input alone, so that the same is read whatever the number
// of threads. Without `content` the rest of the input cannot be cut.
input_part cut_part(const format_entry& format, const std::shared_ptr<const octets>& input, std::uint64_t begin);

}  // namespace dragoman::hosting
