// Cuts a large input into parts of whole documents, which can be read at the same time.
#pragma once
#include "inputs/input.hpp"
#include "plugins/registry.hpp"

namespace dragoman::hosting {

// The documents that begin at `begin`: as many as make a part, by what the format's reader says of where they end. A part
// that reaches to the end of the input is the last. Depends on the input alone, so that the same is read whatever the number
// of threads. Without `content` the rest of the input cannot be cut.
input_part cut_part(const registry& formats, const format_entry& format, const std::shared_ptr<const octets>& input,
                    std::uint64_t begin);

// Octets of the whole documents that `text` begins with, of as many as it takes to have `enough`. 0: more text is needed;
// negative: the reader cannot say.
std::int64_t whole_documents(const dgm_reader& reader, std::string_view text, bool at_end, std::size_t enough);

}  // namespace dragoman::hosting
