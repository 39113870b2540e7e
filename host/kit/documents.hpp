// Documents that the conformance kit writes with a plugin.
#pragma once
#include <dragoman/document.hpp>

#include <string>
#include <vector>

namespace dragoman::hosting {

struct named_document {
  std::string name;
  document what;
};

// A cable with everything in it that the vocabulary knows, one with nothing, awkward texts, and a document that is no cable.
std::vector<named_document> kit_documents();

// A document with one thing more than `plain_document`: something that a writer keeps, or names as lost. `mark` stands
// nowhere else; letters and digits only, of any case.
struct marked_document {
  std::string what;  // for people: "an unknown element"
  document content;
  std::string mark;
  bool by_lossless_only;  // does not count for meaning: only a format that claims to be lossless must keep it
};
document plain_document();
std::vector<marked_document> marked_documents();

// The same document told in small pieces, no text of it a slice of its source. Spans are left out.
document told_in_pieces(const document& d);

// Whether `mark` stands in a name, text or attribute of the document, its source left out; letters of any case.
bool has_mark(node root, const std::string& mark);

}  // namespace dragoman::hosting
