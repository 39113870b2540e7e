// carried.hpp - other people's TEI: kept whole, so that it can be written back as it was (tei.md 0.4, 2.4).
//
// The body is the text (or the document's div, in a volume); everything around it is a tree with a mark where the body
// stood. The tree of one TEI travels in carrier.tei.tree, that of a volume or corpus in the frame, with slots.
#pragma once
#include "names.hpp"
#include "tree.hpp"

#include <dragoman/plugin.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::tei {

// A TEI element (or another element of TEI that stands alone), and where it stands.
struct carried_input {
  pugi::xml_node root;
  pugi::xml_node file;  // whose prolog and epilog belong to it; null for a TEI in a corpus
  std::string_view doctype;
  std::string id;
  bindings scope;  // what is declared outside of it
};

// Tells it as a document of kind "document".
void tell_carried(builder& out, const host& services, const carried_input& input, const tei_names& names);

// The id that a TEI states itself: its xml:id, else an idno of its publicationStmt; empty when there is none.
std::string stated_id(pugi::xml_node root, const tei_names& names);

// Writes a tree of nodes, with slots. `slot` is called at each with what is in scope there and writes what stands there;
// `mark` names a processing instruction, in or as the document element, that is one too; `root_declarations` are added to the document element; `before_end`, when given, writes into the teiHeader of the
// document element before its revisionDesc or its end.
struct tree_copier {
  xml_writer& out;
  std::function<void(node slot, const bindings& scope)> slot;
  std::string_view mark;
  bindings root_declarations;
  std::string header_addition;
  void copy(node top, bindings scope);
};

// Writes the document element of a carried document; `scope` is what is declared outside of it. False when its tree had
// no place for a body that there is.
bool write_carried(xml_writer& out, node document, const prefixes& of_body, const bindings& scope);
// Writes the DOCTYPE that a carrier.tei keeps, with a line end. False, and nothing written, when it is none.
bool write_doctype(xml_writer& out, node carrier);
// Writes the nodes of a body, which uses these prefixes (names.hpp), with the declarations that it needs where `scope` holds.
void write_body(xml_writer& out, node document, const prefixes& of_body, const bindings& scope);
// The same of a body whose names nobody has looked at yet. Throws unusable ("tei.name") at one that cannot be written; `out`
// is on hold, for what is written until then is to be taken back.
void write_unchecked_body(xml_writer& out, node document, const bindings& scope);

}  // namespace dragoman::tei
