#include "frame.hpp"

#include "carried.hpp"

#include <dragoman/equality.hpp>

#include <algorithm>

namespace dragoman::tei {
namespace {

std::string_view local_name(std::string_view name) noexcept {
  const auto colon = name.find(':');
  return colon == npos ? name : name.substr(colon + 1);
}

bool has_slot(node tree) {
  std::vector<node> open;  // nodes that are looked at, with what is in them and behind them
  for (node at = tree.first_child(); at || !open.empty();) {
    if (!at) {
      at = open.back().next();
      open.pop_back();
      continue;
    }
    if (at.is(node_type::slot)) return true;
    open.push_back(at);
    at = at.first_child();
  }
  return false;
}

bool has_text_child(node parent) {
  for (node n : parent)
    if (n.is(node_type::text)) return true;
  return false;
}

}  // namespace

std::string corpus_start(std::string_view id) {
  xml_writer out;
  out.raw("<teiCorpus xmlns=\"").raw(tei_namespace).raw("\">\n  <teiHeader>\n    <fileDesc>\n");
  out.raw("      <titleStmt><title>").text(id.empty() ? "Cables" : id).raw("</title></titleStmt>\n");
  out.raw("      <publicationStmt><authority>dragoman</authority>");
  if (!id.empty()) out.raw("<idno type=\"collection\">").text(id).raw("</idno>");
  out.raw("</publicationStmt>\n");
  out.raw("      <sourceDesc><p>Cables, each described in its own header.</p></sourceDesc>\n    </fileDesc>\n  </teiHeader>");
  return out.take();
}

frame_plan::frame_plan(node collection) {
  xml_writer out;
  out.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  lost_doctype = !write_doctype(out, collection["carrier"]["tei"]);
  const node tree = collection["tree"];
  if (root_of_tree(tree, "")) {
    add_tree(out, tree);
  } else {
    out.raw(corpus_start(collection["id"].text()));
    slots.push_back({out.take(), {}, {}, true});
    slots.back().scope.emplace_back("", tei_namespace);
    is_corpus = true;
    out.raw("\n</").raw(corpus_name).raw(">\n");
  }
  rest = out.take();
  lost_markup_text = out.lost_markup_text();
  if (!slots.empty()) {
    open_scope = slots.back().scope;
    is_corpus = slots.back().in_corpus;
  }
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (!slots[i].id.empty()) by_id_.emplace(slots[i].id, i);
}

void frame_plan::add_tree(xml_writer& out, node tree) {
  const bool is_open = !has_slot(tree);
  const xml_writer::slot_visitor cut = [&](node slot) {
    const auto& around = out.open_elements();
    frame_slot added{{}, std::string(slot.name()), {}, !around.empty() && local_name(around.back().name) == corpus_name};
    for (const auto& e : around) append_declarations(added.scope, e.element);
    added.before = out.take();
    slots.push_back(std::move(added));
  };
  out.visit_slots(&cut);
  name_check names;
  for (node n : tree) {
    if (n.is(node_type::element) && is_open) add_open_root(out, n);
    else out.copy(n, &names);
    out.raw("\n");
  }
  out.visit_slots(nullptr);
}

// Without slots: what the document element holds, and then the documents; each on a line of its own unless it has text.
void frame_plan::add_open_root(xml_writer& out, node root) {
  used_prefixes(root);
  out.begin(root).raw(">");
  on_lines = !has_text_child(root);
  for (node n : root) {
    if (on_lines) out.line(1);
    out.copy(n);
  }
  frame_slot slot{out.take(), {}, {}, local_name(root.name()) == corpus_name};
  append_declarations(slot.scope, root);
  slots.push_back(std::move(slot));
  out.raw(on_lines ? "\n</" : "</").raw(root.name()).raw(">");
}

std::size_t frame_plan::find(std::string_view id, std::size_t from) const {
  if (from < slots.size() && slots[from].id == id) return from;
  std::size_t best = slots.size();
  const auto [first, last] = by_id_.equal_range(std::string(id));
  for (auto at = first; at != last; ++at)
    if (at->second >= from) best = std::min(best, at->second);
  return best;
}

}  // namespace dragoman::tei
