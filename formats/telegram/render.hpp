// The canonical rendering of a document as telegram text (telegram.md 6.7).
#pragma once
#include <dragoman/plugin.hpp>

#include <cstddef>
#include <set>
#include <string>

namespace dragoman::telegram {

struct rendering_options {
  bool is_transmission = false;  // dialect acp127: with BT, number and NNNN
  std::size_t wrap = 65;         // longest line in characters; 0: no wrapping
  bool pilcrow = false;          // before the numbers of paragraphs
};

struct rendering {
  std::string text;                         // in UTF-8 with LF
  std::set<std::string, std::less<>> lossy_fields;  // names in meta of what was reported as lost
  bool is_body_lossy = false;               // something of the body was reported as lost
};

// The text of a document. What it cannot hold is reported to `services` as telegram.loss.*; the words of unknown elements
// are kept. What of a cable is not reported reads back as the same model, unless text of it looks like a part of a
// telegram that it is not: the writer asks the reader.
rendering render(const document_view& document, const rendering_options& options, const host& services);

}  // namespace dragoman::telegram
