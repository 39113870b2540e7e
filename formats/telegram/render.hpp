// The canonical rendering of a document as telegram text (telegram.md 6.7).
#pragma once
#include <dragoman/plugin.hpp>

#include <cstddef>
#include <string>

namespace dragoman::telegram {

struct rendering_options {
  bool is_transmission = false;  // dialect acp127: with BT, number and NNNN
  std::size_t wrap = 65;         // longest line in characters; 0: no wrapping
  bool pilcrow = false;          // before the numbers of paragraphs
};

// The text of a document, in UTF-8 with LF. What it cannot hold is reported to `services` as telegram.loss.*; the words of
// unknown elements are kept. A cable reads back as the same model, but for what was reported.
// `lossless` says whether nothing was.
std::string render(const document_view& document, const rendering_options& options, const host& services, bool& lossless);

}  // namespace dragoman::telegram
