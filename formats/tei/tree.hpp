// tree.hpp - what pugixml has read, as the rest of the reader wants it.
//
// Everything here has passed the scan (guard.hpp), so names, prefixes and depth (512) can be relied on.
#pragma once
#include "tree_node.hpp"
#include "xml_writer.hpp"

#include <dragoman/plugin.hpp>
#include <pugixml.hpp>

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman::tei {

// Parses a text that passed the scan. Throws unusable ("tei.parser") when pugixml thinks otherwise. Those of its texts that are
// `left_out`, in their order, stand in the tree as references: their values are where they are now.
std::unique_ptr<pugi::xml_document> parse_xml(std::string_view text, std::span<const std::string_view> left_out = {});

inline bool is_element(tree_node n) noexcept { return n && n.type() == pugi::node_element; }
inline bool is_text(tree_node n) noexcept { return n && (n.type() == pugi::node_pcdata || n.type() == pugi::node_cdata); }
inline std::string_view name_of(tree_node n) noexcept { return n ? n.name() : std::string_view(); }
// Its value; empty, too, when there is none.
inline std::string_view attribute_of(tree_node n, const char* name) noexcept {
  for (auto a = n ? n.first_attribute() : tree_attribute(); a; a = a.next())
    if (a.is(name)) return a.value();
  return {};
}
// White space that only lays out: not written as a CDATA section, which says that it counts.
bool is_layout(tree_node n) noexcept;

// All text inside a node, as it stands.
std::string text_of(tree_node n);
// The same with runs of white space as one blank, none at the ends, and without the elements `skip` ("" = none).
// At most the beginning that has so many octets, and what belongs to the same piece of text.
std::string collapsed_text_of(tree_node n, std::string_view skip = {}, std::size_t enough = npos);

// Names of the TEI namespace as a file writes them: the prefix of its document element, if any.
class tei_names {
public:
  tei_names() = default;
  explicit tei_names(pugi::xml_node root);
  bool is(tree_node n, std::string_view local) const noexcept;
  // The first octet of the name of an element of TEI; what it says of other nodes means nothing.
  char initial_of(tree_node n) const noexcept {
    const char* const name = n.raw_name();
    return prefix_.empty() ? *name : std::strlen(name) > prefix_.size() ? name[prefix_.size()] : '\0';
  }
  pugi::xml_node child(tree_node parent, std::string_view local) const noexcept;
  // First child of that name whose attribute has the value.
  pugi::xml_node child(tree_node parent, std::string_view local, const char* attribute, std::string_view value) const noexcept;
  // The place reached by a path of names, "fileDesc/titleStmt"; null when there is none.
  pugi::xml_node find(tree_node from, std::string_view path) const noexcept;
  // True when `n` declares that names like ours mean something else inside it.
  bool leaves_tei(pugi::xml_node n) const noexcept;

private:
  std::string prefix_;  // with its colon; or empty
};

// Tells a node with everything in it. Iterative.
void tell(builder& out, tree_node top);
// The attributes of an element; anything but an element.
void tell_attributes(builder& out, tree_node n);
void tell_leaf(builder& out, tree_node n);
// As tell, but asks `takes` of every node first: where it says no, the node is left out with everything in it, and
// `takes` may have told something in its place.
template <class Takes>
void tell_where(builder& out, tree_node top, Takes&& takes) {
  tree_node at = top;
  while (true) {
    const bool taken = takes(at);
    if (taken && is_element(at)) {
      out.element(at.name());
      tell_attributes(out, at);
      if (const auto child = at.first_child()) {
        at = child;
        continue;
      }
      out.close();
    } else if (taken) {
      tell_leaf(out, at);
    }
    while (at != top && !at.next_sibling()) {
      at = at.parent();
      out.close();
    }
    if (at == top) return;
    at = at.next_sibling();
  }
}
// The same for the body of a cable: white space that lays out elements with element content is left out (tei.md 2.1).
void tell_without_layout(builder& out, pugi::xml_node top, bool preserve);
// Tells the content of `parent` so, leaving out the nodes of `except`.
void tell_content_without_layout(builder& out, pugi::xml_node parent, const std::vector<pugi::xml_node>& except);

// The text of a node as the serializer writes it; `compact` leaves out white space that only lays out.
std::string serialize(tree_node top, bool compact);

using bindings = std::vector<std::pair<std::string, std::string>>;  // prefix ("" = default), URI; inner ones later

// The namespaces that are in scope at `n`, its own declarations left out.
bindings scope_of(pugi::xml_node n, const bindings& outside = {});
// Of those in scope, the ones that the subtree depends on: the prefixes used and not declared inside, and the default
// namespace when it is not TEI's and there are names without prefix.
bindings needed_namespaces(tree_node top, const bindings& scope);
// The same where the prefixes are known: in the order of their first use, "" when there are names without prefix.
bindings needed_of_used(const std::vector<std::string_view>& used, const bindings& scope);

}  // namespace dragoman::tei
