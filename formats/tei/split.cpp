#include "split.hpp"

#include "carried.hpp"
#include "names.hpp"

#include <dragoman/equality.hpp>
#include <dragoman/text.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace dragoman::tei {
namespace {

// Attributes of TEI that hold pointers, one or several with blanks between them (TEI: teidata.pointer).
constexpr std::array<std::string_view, 24> pointer_attributes{
    "ana", "change",    "copyOf", "corresp", "decls",  "edRef",  "exclude", "facs",  "follow", "hand", "next", "prev",
    "ref", "rendition", "resp",   "sameAs",  "select", "source", "spanTo",  "synch", "target", "url",  "who",  "wit"};

bool has_pointers(std::string_view attribute) noexcept {
  return std::find(pointer_attributes.begin(), pointer_attributes.end(), attribute) != pointer_attributes.end();
}

std::set<std::string_view> ids_in(node top) {
  std::set<std::string_view> ids;
  walk(
      top,
      [&](node n) {
        if (const auto id = n.attr("xml:id"); !id.empty()) ids.insert(id);
      },
      [](node) {});
  return ids;
}

// A list of pointers with `file` before those that are not in `ids`.
std::string led_out(std::string_view pointers, const std::set<std::string_view>& ids, std::string_view file) {
  std::string out;
  for (std::size_t at = 0; at < pointers.size();) {
    const auto end = std::min(pointers.find_first_of(" \t\r\n", at), pointers.size());
    const auto one = pointers.substr(at, end - at);
    if (one.size() > 1 && one[0] == '#' && ids.count(one.substr(1)) == 0) out += file;
    out += one;
    const auto next = std::min(pointers.find_first_not_of(" \t\r\n", end), pointers.size());
    out += pointers.substr(end, next - end);
    at = next;
  }
  return out;
}

std::string_view local(std::string_view name) noexcept {
  const auto colon = name.find(':');
  return colon == npos ? name : name.substr(colon + 1);
}
node child(node parent, std::string_view name) {
  for (node n : parent)
    if (n.is(node_type::element) && local(n.name()) == name) return n;
  return {};
}

}  // namespace

volume_wrapper::volume_wrapper(node collection) : id_(collection["id"].text()) {
  const node root = root_of_tree(collection["tree"], "");
  is_volume_ = root && local(root.name()) == "TEI";
  if (!is_volume_) return;
  prefix_ = root.name().substr(0, root.name().size() - local(root.name()).size());
  append_declarations(scope_, root);
  const node description = child(child(root, "teiHeader"), "fileDesc");
  const node titles = child(description, "titleStmt");
  for (node n : titles)
    if (n.is(node_type::element) && local(n.name()) == "title" && (title_.empty() || n.attr("type") == "complete"))
      title_ = collapsed_text(n);

  xml_writer out;
  const auto tag = [&](const char* begin, const char* name) { out.raw(begin).raw(prefix_).raw(name).raw(">"); };
  const node source = child(description, "sourceDesc");
  if (!titles || !source) {  // no header that TEI would allow: one that says as much as we know
    tag("<", "fileDesc"), tag("<", "titleStmt"), tag("<", "title");
    out.text(title_.empty() ? id_ : title_);
    tag("</", "title"), tag("</", "titleStmt"), tag("<", "publicationStmt"), tag("<", "p"), tag("</", "p"),
        tag("</", "publicationStmt");
    tag("<", "sourceDesc");
    before_ = out.take();
    tag("</", "sourceDesc"), tag("</", "fileDesc");
    after_ = out.take();
    return;
  }
  out.begin(description).raw(">");
  for (node n : description) {
    if (!(n == source)) {
      out.copy(n);
      continue;
    }
    out.begin(n).raw(">");
    bool is_prose = false;
    for (node inside : n) {
      out.copy(inside);
      is_prose |= inside.is(node_type::element) && (local(inside.name()) == "p" || local(inside.name()) == "ab");
    }
    if (is_prose) tag("<", "p");  // prose and references cannot stand side by side
    before_ = out.take();
    if (is_prose) tag("</", "p");
    out.raw("</").raw(n.name()).raw(">");
  }
  out.raw("</").raw(description.name()).raw(">");
  after_ = out.take();
}

void volume_wrapper::write(xml_writer& out, node document, const prefixes& of_body) const {
  const std::string file = id_ + ".xml";
  const auto tag = [&](const char* begin, const char* name) { out.raw(begin).raw(prefix_).raw(name).raw(">"); };
  out.raw("<").raw(prefix_).raw("TEI");
  for (const auto& [prefix, uri] : scope_) out.attribute(prefix.empty() ? "xmlns" : "xmlns:" + prefix, uri);
  out.raw(">").line(1);
  tag("<", "teiHeader");
  out.line(2).raw(before_).raw("<").raw(prefix_).raw("bibl type=\"volume\">");
  if (!title_.empty()) {
    tag("<", "title");
    out.text(title_);
    tag("</", "title");
    out.raw(" ");
  }
  const auto id = document["body"].first_child().attr("xml:id");
  out.raw("<")
      .raw(prefix_)
      .raw("ref")
      .attribute("target", id.empty() ? file : file + "#" + std::string(id))
      .raw(">")
      .text(document["id"].text());
  tag("</", "ref"), tag("</", "bibl");
  out.raw(after_).line(1);
  tag("</", "teiHeader");
  out.line(1);
  tag("<", "text");
  out.line(2);
  tag("<", "body");
  out.line(3);
  const auto ids = ids_in(document["body"]);
  const value_filter lead_out = [&](std::string_view attribute, std::string_view value) -> std::optional<std::string> {
    if (value.find('#') == npos || !has_pointers(attribute)) return std::nullopt;
    return led_out(value, ids, file);
  };
  out.filter_values(&lead_out);
  write_body(out, document, of_body, scope_);
  out.filter_values(nullptr);
  out.line(2);
  tag("</", "body");
  out.line(1);
  tag("</", "text");
  out.line(0);
  tag("</", "TEI");
}

}  // namespace dragoman::tei
