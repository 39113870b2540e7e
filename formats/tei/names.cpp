#include "names.hpp"

#include <dragoman/equality.hpp>
#include <dragoman/text.hpp>

#include <algorithm>

namespace dragoman::tei {
namespace {

std::string_view prefix_of(std::string_view name) noexcept {
  const auto colon = name.find(':');
  return colon == npos ? std::string_view() : name.substr(0, colon);
}

bool declared_prefix(std::string_view attribute, std::string_view& prefix) noexcept {
  if (attribute == "xmlns") prefix = {};
  else if (attribute.substr(0, 6) == "xmlns:") prefix = attribute.substr(6);
  else return false;
  return true;
}

// The model takes any XML name; namespaces ask for more.
void check_qualified(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == npos) return;
  if (!is_xml_name(name.substr(0, colon)) || !is_xml_name(name.substr(colon + 1)) || name.find(':', colon + 1) != npos)
    throw unusable("tei.name", "\"" + std::string(name.substr(0, 80)) + "\" is no name in XML with namespaces");
}
bool is_reserved_target(std::string_view target) noexcept {
  return target.size() == 3 && (target[0] | 32) == 'x' && (target[1] | 32) == 'm' && (target[2] | 32) == 'l';
}
void check_declaration(const attribute& a, std::string_view prefix) {
  if (!prefix.empty() &&
      (a.value.empty() || prefix == "xmlns" || (prefix == "xml") != (a.value == "http://www.w3.org/XML/1998/namespace")))
    throw unusable("tei.name", "the declaration " + std::string(a.name.substr(0, 80)) + " is none that XML namespaces allow");
}

}  // namespace

void name_check::instruction(std::string_view target) {
  if (is_reserved_target(target)) throw unusable("tei.name", "no processing instruction can be named \"xml\"");
}

void name_check::look_at(const dragoman::attribute& a) {
  check_qualified(a.name);
  std::string_view prefix;
  if (declared_prefix(a.name, prefix)) {
    check_declaration(a, prefix);
    declares_.push_back(prefix);
  } else {
    attributes_.push_back(prefix_of(a.name));
  }
}

void name_check::look_at(std::string_view element, std::size_t depth) {
  while (!declared_.empty() && declared_.back().depth >= depth) declared_.pop_back();
  for (const auto prefix : declares_) declared_.push_back({prefix, depth});
  declares_.clear();
  check_qualified(element);
  use(prefix_of(element));
  for (const auto prefix : attributes_) use(prefix);
  attributes_.clear();
}

void name_check::use(std::string_view prefix) {
  if (prefix == "xml" || (prefix.empty() && uses_default_)) return;
  for (const auto& d : declared_)
    if (d.prefix == prefix) return;
  uses_default_ |= prefix.empty();
  if (std::find(used_.begin(), used_.end(), prefix) == used_.end()) used_.push_back(prefix);
}

prefixes used_prefixes(node parent) {
  name_check names;
  std::size_t depth = 0;
  walk(
      parent,
      [&](node n) {
        if (n.is(node_type::element)) {
          for (std::size_t i = 0, count = n.attribute_count(); i < count; ++i) names.attribute(n.attribute_at(i));
          const std::string_view name = n.name();
          names.element(name, name.find(':') != npos, depth);
        } else if (n.is(node_type::pi)) {
          name_check::instruction(n.name());
        }
        ++depth;
      },
      [&](node) { --depth; });
  return names.used();
}

std::string_view uri_of(const bindings& scope, std::string_view prefix) noexcept {
  const auto found = std::find_if(scope.rbegin(), scope.rend(), [&](const auto& b) { return b.first == prefix; });
  return found == scope.rend() ? std::string_view() : std::string_view(found->second);
}

void append_declarations(bindings& scope, node element) {
  std::string_view prefix;
  for (std::size_t i = 0, count = element.attribute_count(); i < count; ++i) {
    const auto a = element.attribute_at(i);
    if (declared_prefix(a.name, prefix)) scope.emplace_back(prefix, a.value);
  }
}

prefixes check_names(node document) {
  prefixes of_body;
  for (node member : document) {
    prefixes used = used_prefixes(member);
    if (member.name() == "body") of_body = std::move(used);
  }
  return of_body;
}

void check_names_beside(node document, std::string_view member) {
  for (node m : document)
    if (m.name() != member) used_prefixes(m);
}

bindings missing_namespaces(node document, node parent, const bindings& scope) {
  return missing_namespaces(document, used_prefixes(parent), scope);
}

bindings missing_namespaces(node document, const prefixes& used, const bindings& scope) {
  bindings missing;
  const node stated = document["namespaces"];
  for (const std::string_view prefix : used) {
    const node binding = stated[prefix.empty() ? default_namespace : prefix];
    std::string wanted(binding ? binding.text() : prefix.empty() ? tei_namespace : std::string_view());
    const std::string_view found = uri_of(scope, prefix);
    if (!prefix.empty() && wanted.empty()) {
      if (!found.empty()) continue;
      wanted = std::string(unbound_namespace) + std::string(prefix);
    }
    if (wanted != found) missing.emplace_back(prefix, wanted);
  }
  return missing;
}

node root_of_tree(node tree, std::string_view mark) {
  node root;
  for (node n : tree) {
    const bool is_root = n.is(node_type::element) || (n.is(node_type::pi) && !mark.empty() && n.name() == mark);
    const bool is_beside = n.is(node_type::comment) || n.is(node_type::pi);
    if (is_root ? bool(root) : !is_beside) return {};
    if (is_root) root = n;
  }
  return root;
}

bool is_carried(node document) {
  const node carrier = document["carrier"]["tei"], body = document["body"];
  if (document["kind"].text() == "cable" || !carrier["tree"]) return false;
  const node root = root_of_tree(carrier["tree"], carrier["mark"].text());
  if (!root || root.is(node_type::element)) return bool(root);
  return body.first_child().is(node_type::element) && !body.first_child().next();
}

std::string make_unique_name(const std::string& name, used_names& taken) {
  std::string unique = name;
  std::size_t& next = taken.try_emplace(name, 1).first->second;
  if (next++ == 1) return unique;
  for (std::size_t n = next - 1;; ++n) {
    unique = name + "." + std::to_string(n);
    if (!taken.try_emplace(unique, 2).second) continue;
    taken[name] = n + 1;
    return unique;
  }
}

}  // namespace dragoman::tei
