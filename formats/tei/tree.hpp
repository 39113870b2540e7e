// tree.hpp - what pugixml has read, as the rest of the reader wants it.
//
// Everything here has passed the scan (guard.hpp), so names, prefixes and depth (512) can be relied on.
#pragma once
#include "xml_writer.hpp"

#include <dragoman/plugin.hpp>
#include <pugixml.hpp>

#include <bit>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragoman::tei {

// Parses a text that passed the scan. Throws unusable ("tei.parser") when pugixml thinks otherwise.
std::unique_ptr<pugi::xml_document> parse_xml(std::string_view text);

// Which node or attribute it is, null for none. A walk asks that at every step, and pugixml's own comparisons are calls into
// its library.
template <class Handle>
requires(std::is_same_v<Handle, pugi::xml_node> || std::is_same_v<Handle, pugi::xml_attribute>) const
    void* identity_of(Handle n) noexcept {
  return std::bit_cast<const void*>(n);
}

inline std::string_view name_of(pugi::xml_node n) noexcept { return n.name(); }
inline std::string_view attribute_of(pugi::xml_node n, const char* name) noexcept { return n.attribute(name).value(); }
inline bool is_element(pugi::xml_node n) noexcept { return n.type() == pugi::node_element; }
inline bool is_text(pugi::xml_node n) noexcept { return n.type() == pugi::node_pcdata || n.type() == pugi::node_cdata; }
// White space that only lays out: not written as a CDATA section, which says that it counts.
bool is_layout(pugi::xml_node n) noexcept;

// All text inside a node, as it stands.
std::string text_of(pugi::xml_node n);
// The same with runs of white space as one blank, none at the ends, and without the elements `skip` ("" = none).
// At most the beginning that has so many octets, and what belongs to the same piece of text.
std::string collapsed_text_of(pugi::xml_node n, std::string_view skip = {}, std::size_t enough = npos);

// Names of the TEI namespace as a file writes them: the prefix of its document element, if any.
class tei_names {
public:
  tei_names() = default;
  explicit tei_names(pugi::xml_node root);
  bool is(pugi::xml_node n, std::string_view local) const noexcept;
  // The first octet of the name of an element of TEI; what it says of other nodes means nothing.
  char initial_of(pugi::xml_node n) const noexcept {
    const char* const name = n.name();
    return prefix_.empty() ? *name : std::strlen(name) > prefix_.size() ? name[prefix_.size()] : '\0';
  }
  pugi::xml_node child(pugi::xml_node parent, std::string_view local) const noexcept;
  // First child of that name whose attribute has the value.
  pugi::xml_node child(pugi::xml_node parent, std::string_view local, const char* attribute,
                       std::string_view value) const noexcept;
  // The place reached by a path of names, "fileDesc/titleStmt"; null when there is none.
  pugi::xml_node find(pugi::xml_node from, std::string_view path) const noexcept;
  // True when `n` declares that names like ours mean something else inside it.
  bool leaves_tei(pugi::xml_node n) const noexcept;

private:
  std::string prefix_;  // with its colon; or empty
};

// Tells a node with everything in it. Iterative.
void tell(builder& out, pugi::xml_node top);
// The same, but asks `takes` of every node first: where it says no, the node is left out with everything in it, and
// `takes` may have told something in its place.
void tell_where(builder& out, pugi::xml_node top, const std::function<bool(pugi::xml_node)>& takes);
// The same for the body of a cable: white space that lays out elements with element content is left out (tei.md 2.1).
void tell_without_layout(builder& out, pugi::xml_node top, bool preserve);
// Tells the content of `parent` so, leaving out the nodes of `except`.
void tell_content_without_layout(builder& out, pugi::xml_node parent, const std::vector<pugi::xml_node>& except);

// The text of a node as the serializer writes it; `compact` leaves out white space that only lays out.
std::string serialize(pugi::xml_node top, bool compact);

using bindings = std::vector<std::pair<std::string, std::string>>;  // prefix ("" = default), URI; inner ones later

// The namespaces that are in scope at `n`, its own declarations left out.
bindings scope_of(pugi::xml_node n, const bindings& outside = {});
// Of those in scope, the ones that the subtree depends on: the prefixes used and not declared inside, and the default
// namespace when it is not TEI's and there are names without prefix.
bindings needed_namespaces(pugi::xml_node top, const bindings& scope);
// The same where the prefixes are known: in the order of their first use, "" when there are names without prefix.
bindings needed_of_used(const std::vector<std::string_view>& used, const bindings& scope);

}  // namespace dragoman::tei
