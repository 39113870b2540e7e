// names.hpp - namespaces of the model's nodes: what a body needs, and what is in scope where it is written.
#pragma once
#include "tree.hpp"

#include <dragoman/plugin.hpp>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragoman::tei {

// The member of "namespaces" that is the default namespace.
inline constexpr std::string_view default_namespace = "#default";
// A prefix that nothing declares gets this namespace and its own name, so that what is written is XML.
inline constexpr std::string_view unbound_namespace = "urn:x-dragoman:unbound:";

// The prefixes that a walk meets, inner declarations left out; throws unusable ("tei.name") at a name or declaration that XML
// namespaces do not allow. Told of each element after its attributes, in document order.
class name_check {
public:
  void attribute(const dragoman::attribute& a) {
    if (a.name.find(':') != npos ? a.name != "xml:id" : a.name == "xmlns") look_at(a);  // of few
  }
  // `depth` elements are open around it.
  void element(std::string_view name, bool has_colon, std::size_t depth) {
    // Nearly all are as the one before.
    if (has_colon || !uses_default_ || !declared_.empty() || !declares_.empty() || !attributes_.empty()) look_at(name, depth);
  }
  static void instruction(std::string_view target);
  const std::vector<std::string_view>& used() const noexcept { return used_; }

private:
  void look_at(const dragoman::attribute& a);
  void look_at(std::string_view element, std::size_t depth);
  void use(std::string_view prefix);

  struct declaration {
    std::string_view prefix;
    std::size_t depth;
  };
  std::vector<declaration> declared_;
  std::vector<std::string_view> declares_, attributes_;  // prefixes of the element whose attributes are told
  std::vector<std::string_view> used_;
  bool uses_default_ = false;
};

// The prefixes that the nodes below `parent` use without declaring them; "" when there are names without prefix that
// no xmlns of theirs covers. Throws unusable ("tei.name") at a name or declaration that XML namespaces do not allow.
using prefixes = std::vector<std::string_view>;
prefixes used_prefixes(node parent);

// Throws like used_prefixes for anything in a document; so that a document is refused before any of it is written. Returns
// what its body uses.
prefixes check_names(node document);
// The same of all but one member, whose names are looked at as it is written.
void check_names_beside(node document, std::string_view member);

// What must be declared for the nodes below `parent` where `scope` holds: those of the document's "namespaces" (without
// "#default": TEI's) that they use and the scope has otherwise, and the prefixes that nobody declares.
bindings missing_namespaces(node document, node parent, const bindings& scope);
bindings missing_namespaces(node document, const prefixes& used, const bindings& scope);

// URI of a prefix in a scope, inner ones last; empty when there is none.
std::string_view uri_of(const bindings& scope, std::string_view prefix) noexcept;

// The prefixes that an element declares.
void append_declarations(bindings& scope, node element);

// True when a document brings the tree of the TEI that it was read from, one that makes a file with its body: then it is
// written as that, otherwise as TEI of our own.
bool is_carried(node document);
// The document element of a tree, comments and processing instructions beside it; empty when it is not just one.
// `mark` names the processing instruction that stands for a body, "" none.
node root_of_tree(node tree, std::string_view mark);

// Names that are taken, each with the number that the next of that name gets.
using used_names = std::unordered_map<std::string, std::size_t>;
// The name itself when it is free, else with ".2", ".3" ... after it; takes it.
std::string make_unique_name(const std::string& name, used_names& taken);

}  // namespace dragoman::tei
