// The canonical rendering of a document as telegram text (telegram.md 6.7).
#pragma once
#include <dragoman/plugin.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "codes.hpp"

namespace dragoman::telegram {

struct rendering_options {
  bool is_transmission = false;   // dialect acp127: with BT, number and NNNN
  std::size_t wrap = 65;          // longest line in characters; 0: no wrapping
  bool pilcrow = false;           // before the numbers of paragraphs
  std::size_t section_lines = 0;  // longest section in lines (telegram.md 4.4); 0: the text is not cut
};

// Something of a document that the text does not say.
struct loss {
  code what;
  std::string text;  // for people
};

struct rendering {
  std::string text;  // in UTF-8 with LF
  std::vector<loss> losses;
  std::set<std::string, std::less<>> lossy_fields;  // names in meta of what is among the losses
  bool is_body_lossy = false;                       // something of the body is among them
  bool is_cut = false;                              // into sections that the model does not have
  bool is_uncut = false;                            // it should have been, but has no number that sections could share
};

// The text of a document. What it cannot hold is among the losses; the words of unknown elements are kept. What of a cable
// is not among them reads back as the same model, unless text of it looks like a part of a telegram that it is not: the
// writer asks the reader.
rendering render(const document_view& document, const rendering_options& options);

}  // namespace dragoman::telegram
