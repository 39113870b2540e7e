#include "carried.hpp"

#include "derive.hpp"
#include "guard.hpp"
#include "header.hpp"
#include "profile.hpp"
#include "xeno.hpp"

#include <algorithm>
#include <array>

namespace dragoman::tei {
namespace {

// The element that is the body: the text of a TEI, else its first element that is no header; another element itself.
pugi::xml_node body_of(pugi::xml_node root, const tei_names& names) {
  if (!names.is(root, "TEI")) return root;
  if (const auto text = names.child(root, "text")) return text;
  for (const auto n : root.children())
    if (is_element(n) && !names.is(n, "teiHeader")) return n;
  return {};
}

// Our own xenoData stands last in the header, or before its revisionDesc, where we put it; then nothing of it is left
// in the tree. Elsewhere its place is kept.
bool stands_where_we_put_it(pugi::xml_node xeno, const tei_names& names) {
  const auto next = xeno.next_sibling();
  return !next || names.is(next, "revisionDesc");
}

constexpr std::string_view xeno_type = "dragoman";

// A processing instruction marks the place of the body in the tree; its name is told beside it, for it must be one that
// the file does not have there itself.
std::string make_mark(pugi::xml_node root) {
  std::string mark = "dragoman-body";
  const auto is_taken = [&] {
    return std::any_of(root.begin(), root.end(), [&](pugi::xml_node n) { return n.type() == pugi::node_pi && mark == n.name(); });
  };
  while (is_taken()) mark += "-";
  return mark;
}

}  // namespace

std::string stated_id(pugi::xml_node root, const tei_names& names) {
  if (const auto id = root.attribute("xml:id"); id && *id.value()) return id.value();
  const auto statement = names.find(root, "teiHeader/fileDesc/publicationStmt");
  for (const auto n : statement.children())
    if (names.is(n, "idno"))
      if (auto id = collapsed_text_of(n); !id.empty()) return id;
  return {};
}

void tell_carried(builder& out, const host& services, const carried_input& in, const tei_names& names) {
  const pugi::xml_node body = body_of(in.root, names);
  const pugi::xml_node header = names.child(in.root, "teiHeader");
  const pugi::xml_node xeno = names.child(header, "xenoData", "type", xeno_type);
  const document rest_document = xeno ? read_json_object(text_of(xeno)) : document();
  if (xeno && !rest_document) services.warning("tei.xeno-unreadable", "the JSON in xenoData cannot be read; it is kept as it is");
  const node rest = rest_document.root()["data"];

  out.map("document");
  if (const node source = rest["source"]; source.is(node_type::map)) out.copy(source);
  out.value("id", in.id).value("kind", "document");
  bindings needed = body ? needed_namespaces(body, scope_of(body, in.scope)) : bindings();
  for (const auto& b : needed_namespaces(in.root, in.scope))  // of the header in a corpus, too
    if (std::none_of(needed.begin(), needed.end(), [&](const auto& x) { return x.first == b.first; })) needed.push_back(b);
  if (!needed.empty()) {
    out.map("namespaces");
    for (const auto& [prefix, uri] : needed) out.value(prefix.empty() ? default_namespace : std::string_view(prefix), uri);
    out.close();
  }
  if (header) tell_derived_from_header(out, header, names);
  out.list("body");
  if (body) tell(out, body);
  out.close();

  out.map("carrier");
  for (node m : rest["carrier"])
    if (m.name() != "tei") out.copy(m);
  out.map("tei");
  tell_surroundings(out, {in.doctype, in.file});
  const std::string mark = make_mark(in.root);
  out.value("id", in.id).value("mark", mark).list("tree");
  tell_where(out, in.root, [&](tree_node n) {
    if (n == body) {
      out.open(node_type::pi, mark).close();
      return false;
    }
    if (n != xeno || !rest_document) return true;
    if (!stands_where_we_put_it(xeno, names)) out.element(n.name()).attr("type", xeno_type).close();
    return false;
  });
  out.close();
  constexpr std::array<std::string_view, 6> told{"doctype", "before", "after", "id", "mark", "tree"};
  for (node m : rest["carrier"]["tei"])
    if (std::find(told.begin(), told.end(), m.name()) == told.end()) out.copy(m);
  out.close().close();
  for (node m : rest)
    if (m.name().substr(0, 2) == "x_") out.copy(m);
  out.close();
}

void tree_copier::copy(node top, bindings scope) {
  std::vector<std::size_t> outer;  // how many bindings were in scope outside each open element
  std::size_t depth = 0;
  bool in_header = false;
  const auto is_header = [&](node n) {
    return depth == 2 && n.name().substr(n.name().find(':') == npos ? 0 : n.name().find(':') + 1) == "teiHeader";
  };
  const auto add = [&] {
    out.raw(header_addition);
    header_addition.clear();
  };
  walk(
      top,
      [&](node n) {
        if (n.is(node_type::slot) || (depth < 2 && n.is(node_type::pi) && n.name() == mark)) return slot(n, scope);
        if (!n.is(node_type::element)) {
          out.copy(n);
          return;
        }
        ++depth;
        if (in_header && depth == 3 && n.is_element("revisionDesc")) add();
        outer.push_back(scope.size());
        append_declarations(scope, n);
        out.begin(n);
        if (depth == 1)
          for (const auto& [prefix, uri] : root_declarations) {
            out.attribute(prefix.empty() ? "xmlns" : "xmlns:" + prefix, uri);
            scope.emplace_back(prefix, uri);
          }
        in_header |= is_header(n);
        const bool filled = in_header && depth == 3 && n.is_element("xenoData") && n.attr("type") == xeno_type && n.empty() &&
                            !header_addition.empty();
        const bool is_empty = n.empty() && !filled && !(is_header(n) && !header_addition.empty());
        out.raw(is_empty ? "/>" : ">");
        if (filled) {  // the addition is the whole element; its content belongs here
          const auto begin = header_addition.find('>') + 1, end = header_addition.rfind("</");
          out.raw(std::string_view(header_addition).substr(begin, end - begin));
          header_addition.clear();
          out.raw("</").raw(n.name()).raw(">");
        }
      },
      [&](node n) {
        if (!n.is(node_type::element)) return;
        const bool ends_header = is_header(n);
        const bool had_addition = ends_header && !header_addition.empty();
        if (had_addition) add();
        if (ends_header) in_header = false;
        if (!n.empty() || had_addition) out.raw("</").raw(n.name()).raw(">");
        --depth;
        scope.resize(outer.back());
        outer.pop_back();
      });
}

bool write_doctype(xml_writer& out, node carrier) {
  const node doctype = carrier["doctype"];
  if (!doctype) return true;
  try {  // it may have come by way of a file that anybody can edit
    const std::string alone = std::string(doctype.text()) + "<a/>";
    const source_text source(alone, alone.size());
    if (doctype.text().substr(0, 9) != "<!DOCTYPE" || scan(source).doctype.end != doctype.text().size()) return false;
  } catch (const unusable&) {
    return false;
  }
  out.raw(doctype.text()).raw("\n");
  return true;
}

void write_body(xml_writer& out, node document, const prefixes& of_body, const bindings& scope) {
  const bindings missing = missing_namespaces(document, of_body, scope);
  for (node n : document["body"]) {
    if (missing.empty() || !n.is(node_type::element)) {
      out.copy(n);
      continue;
    }
    tree_copier copier{out, [](node, const bindings&) {}, {}, {}, {}};
    bindings own;  // of the element itself, which win
    append_declarations(own, n);
    for (const auto& b : missing)
      if (std::none_of(own.begin(), own.end(), [&](const auto& x) { return x.first == b.first; }))
        copier.root_declarations.push_back(b);
    copier.copy(n, scope);
  }
}

void write_unchecked_body(xml_writer& out, node document, const bindings& scope) {
  const auto before = out.hold();
  name_check names;
  for (node n : document["body"]) out.copy(n, &names);
  if (missing_namespaces(document, names.used(), scope).empty()) return;
  out.take_back(before);  // as if nothing were missing: that was wrong
  write_body(out, document, names.used(), scope);
}

bool write_carried(xml_writer& out, node document, const prefixes& of_body, const bindings& scope) {
  const node carrier = document["carrier"]["tei"];
  const std::string rest = rest_of(document, false);
  bool has_place = document["body"].empty();
  const auto write_here = [&](node, const bindings& in_scope) {
    has_place = true;
    write_body(out, document, of_body, in_scope);
  };
  tree_copier copier{out, write_here, carrier["mark"].text(), {}, {}};
  if (!rest.empty())
    copier.header_addition = xml_writer().raw("<xenoData type=\"dragoman\">").text(rest).raw("</xenoData>").take();
  for (node n : carrier["tree"]) {
    if (!n.is(node_type::element)) {
      copier.copy(n, scope);
      continue;
    }
    bindings own = scope;
    append_declarations(own, n);
    copier.root_declarations = missing_namespaces(document, carrier["tree"], own);
    copier.copy(n, scope);
  }
  return has_place;
}

}  // namespace dragoman::tei
