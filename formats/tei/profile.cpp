#include "profile.hpp"

#include "names.hpp"
#include "octets.hpp"
#include "xeno.hpp"

#include <dragoman/equality.hpp>
#include <dragoman/text.hpp>
#include <dragoman/time.hpp>

#include <algorithm>
#include <array>

namespace dragoman::tei {
namespace {

std::string_view local_name(std::string_view name) noexcept {
  const auto colon = name.find(':');
  return colon == npos ? name : name.substr(colon + 1);
}

// -- the parts that are made from the heading ----------------------------------------------------------------------

// An element as text that white space makes no difference to.
void append_normal_form(std::string& out, pugi::xml_node n) {
  if (is_text(n)) {
    std::string words;
    bool was_blank = true;
    append_collapsed(words, n.value(), was_blank);
    out += trim(words);
    return;
  }
  if (!is_element(n)) {
    out += serialize(n, true);
    return;
  }
  out += '<';
  out += n.name();
  for (const auto& a : n.attributes()) out += std::string(" ") + a.name() + "=\"" + a.value() + "\"";
  out += '>';
  for (const auto c : n.children()) append_normal_form(out, c);
  out += "</>";
}
std::string normal_form(pugi::xml_node n) {
  std::string out;
  append_normal_form(out, n);
  return out;
}
std::string normal_form(const std::string& xml) {
  pugi::xml_document tree;
  tree.load_buffer(xml.data(), xml.size(), pugi::parse_full | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  return normal_form(tree.document_element());
}
std::string normal_form(node n) { return normal_form(xml_writer().copy(n).take()); }

// TEI lets a closer stand only after a paragraph or the like: elements that may stand anywhere do not count.
bool is_component(std::string_view element) noexcept {
  constexpr std::array<std::string_view, 10> others{"head", "opener",    "closer", "trailer", "pb",
                                                    "fw",   "milestone", "gap",    "note",    "lb"};
  return std::find(others.begin(), others.end(), local_name(element)) == others.end();
}

// -- writing ---------------------------------------------------------------------------------------------------------

bool has_text_child(node parent) {
  for (node n : parent)
    if (n.is(node_type::text)) return true;
  return false;
}

// Blanks that count, where blanks would only lay out: a CDATA section says so, to us and to formatters. CR cannot stand
// in one.
void write_counting_blanks(xml_writer& out, std::string_view blanks) {
  bool has_section = false;
  while (!blanks.empty() || !has_section) {
    if (!blanks.empty() && blanks.front() == '\r') {
      out.raw("&#13;");
      blanks.remove_prefix(1);
      if (!blanks.empty() || has_section) continue;
    }
    const auto end = std::min(blanks.find('\r'), blanks.size());
    out.raw("<![CDATA[").raw(blanks.substr(0, end)).raw("]]>");
    blanks.remove_prefix(end);
    has_section = true;
  }
}

// The body of a cable: one line for each child of a div, everything else as it is (tei.md 2.1 "Layout"). Recursion is
// bounded by the store's limit of depth.
void write_laid_out(xml_writer& out, node n, std::size_t level, bool element_only, bool preserve) {
  if (n.is(node_type::text) && element_only && is_blank(n.text())) return write_counting_blanks(out, n.text());
  if (!n.is(node_type::element)) {
    out.copy(n);
    return;
  }
  out.begin(n);
  if (n.empty()) {
    out.raw("/>");
    return;
  }
  out.raw(">");
  if (n.has_attribute("xml:space")) preserve = n.attr("xml:space") == "preserve";
  const bool only_elements = !preserve && has_element_content(n.name());
  const bool lines = only_elements && n.name() == "div" && !has_text_child(n);
  for (node child : n) {
    if (lines) out.line(level + 1);
    write_laid_out(out, child, level + 1, only_elements, preserve);
  }
  if (lines) out.line(level);
  out.raw("</").raw(n.name()).raw(">");
}

// How the element is written that holds the body, and what it declares.
struct container_style {
  std::string prefix;  // with its colon, when the body's default namespace is not TEI's
  bindings declared;
};
container_style style_of(node document) {
  container_style style;
  for (node binding : document["namespaces"]) {
    const bool is_default = binding.name() == default_namespace;
    if (!is_default &&
        (binding.text().empty() || !is_xml_name(binding.name()) || binding.name().find(':') != npos || binding.name() == "xml"))
      continue;
    style.declared.emplace_back(is_default ? std::string_view() : binding.name(), binding.text());
  }
  if (const node binding = document["namespaces"][default_namespace]; binding && binding.text() != tei_namespace) {
    std::string prefix = "tei";
    while (document["namespaces"][prefix]) prefix += 'i';
    style.prefix = prefix + ":";
    style.declared.emplace_back(prefix, tei_namespace);
  }
  const bindings scope = style.declared;
  for (const auto& b : missing_namespaces(document, document["body"], scope))
    if (!b.first.empty()) style.declared.push_back(b);
  return style;
}
void write_declarations(xml_writer& out, const bindings& declared) {
  for (const auto& [prefix, uri] : declared) out.attribute(prefix.empty() ? "xmlns" : "xmlns:" + prefix, uri);
}

bool is_omitted(node document, std::string_view part) {
  for (node n : document["carrier"]["tei"]["omitted"])
    if (n.text() == part) return true;
  return false;
}

// The nodes of a cable's body with the generated parts among them. A part is not generated when the body has its own in
// its place, which says something else, or when the file that was read had none.
class cable_body {
public:
  cable_body(xml_writer& out, node document, const std::string& prefix, std::size_t level)
      : out_(out), document_(document), prefix_(prefix), level_(level), lines_(!has_text_child(document["body"])) {
    for (node n : document["body"]) nodes_.push_back(n);
  }
  void write() {
    std::size_t at = 0;
    leading("head", make_head(document_, prefix_), at);
    leading("opener", make_opener(document_, prefix_), at);
    std::size_t end = nodes_.size();
    while (end > at && nodes_[end - 1].is_element("trailer")) --end;
    for (; at < end; ++at) write(nodes_[at]);
    const bool can_close =
        std::any_of(nodes_.begin(), nodes_.end(), [](node n) { return n.is(node_type::element) && is_component(n.name()); });
    const std::string closer = can_close ? make_closer(document_, prefix_) : std::string();
    const bool has_own = end > 0 && is_own(nodes_[end - 1], "closer", closer);
    if (!closer.empty() && !has_own && !is_omitted(document_, "closer")) generated(closer);
    for (; at < nodes_.size(); ++at) write(nodes_[at]);
  }

private:
  bool is_own(node n, std::string_view name, const std::string& made) const {
    return n.is_element(std::string(prefix_) + std::string(name)) && (made.empty() || normal_form(n) != normal_form(made));
  }
  void leading(std::string_view name, const std::string& made, std::size_t& at) {
    if (at < nodes_.size() && is_own(nodes_[at], name, made)) {
      write(nodes_[at++]);
    } else if (!made.empty() && !is_omitted(document_, name)) {
      generated(made);
    }
  }
  void generated(const std::string& made) {
    if (lines_) out_.line(level_);
    out_.raw(made);
  }
  void write(node n) {
    if (lines_) out_.line(level_);
    write_laid_out(out_, n, level_, true, false);
  }

  xml_writer& out_;
  node document_;
  const std::string& prefix_;
  std::size_t level_;
  bool lines_;
  std::vector<node> nodes_;
};

void write_cable_container(xml_writer& out, node document, const std::string& xml_id, std::size_t level) {
  const container_style style = style_of(document);
  attributes attrs{{"type", "document"}, {"subtype", "telegram"}, {"xml:id", xml_id + ".d"}};
  if (const node other = document["carrier"]["tei"]["attributes"].first_child())
    for (std::size_t i = 0; i < other.attribute_count(); ++i) {
      const auto a = other.attribute_at(i);
      const auto found = std::find_if(attrs.begin(), attrs.end(), [&](const auto& x) { return x.first == a.name; });
      if (found == attrs.end()) attrs.emplace_back(a.name, a.value);
      else found->second = a.value;
    }
  out.raw("<").raw(style.prefix).raw("div");
  for (const auto& [name, value] : attrs) out.attribute(name, value);
  write_declarations(out, style.declared);
  out.raw(">");
  cable_body(out, document, style.prefix, level + 1).write();
  if (!has_text_child(document["body"])) out.line(level);
  out.raw("</").raw(style.prefix).raw("div>");
}

// A document whose body is a text of TEI is written as that; any other body stands in text/body.
bool body_is_text(node document) {
  const node first = document["body"].first_child();
  return first.is_element("text") && !first.next() && !document["namespaces"][default_namespace];
}

void write_document_container(xml_writer& out, node document) {
  if (body_is_text(document)) {
    out.copy(document["body"].first_child());
    return;
  }
  const container_style style = style_of(document);
  out.raw("<").raw(style.prefix).raw("body");
  write_declarations(out, style.declared);
  out.raw(">");
  for (node n : document["body"]) out.copy(n);
  out.raw("</").raw(style.prefix).raw("body>");
}

void tell_outline(outline& out, node document, const std::string& xml_id, bool with_octets) {
  const bool is_cable = document["kind"].text() == "cable";
  const bool as_text = !is_cable && body_is_text(document);
  attributes attrs{{"xmlns", std::string(tei_namespace)}, {"type", std::string(is_cable ? cable_type : document_type)}};
  if (!is_cable) attrs.emplace_back("subtype", as_text ? "text" : "body");
  attrs.emplace_back("n", profile_version);
  attrs.emplace_back("xml:id", xml_id);
  if (as_text)
    for (const auto& [prefix, uri] : style_of(document).declared) attrs.emplace_back("xmlns:" + prefix, uri);
  out.open("TEI", std::move(attrs));
  write_header(out, document);
  const node source = document["source"];
  if (with_octets)
    out.opaque("octets", [=](xml_writer& w, std::size_t level) {
      write_octets(w, source["octets"].text(), source["charset"].text(), source["media_type"].text(), level);
    });
  if (as_text) {
    out.opaque("document", [=](xml_writer& w, std::size_t) { write_document_container(w, document); });
  } else {
    out.open("text");
    if (is_cable) out.open("body");
    out.opaque("document", [=](xml_writer& w, std::size_t level) {
      if (is_cable) write_cable_container(w, document, xml_id, level);
      else write_document_container(w, document);
    });
    if (is_cable) out.close();
    out.close();
  }
  out.close();
}

// -- reading ---------------------------------------------------------------------------------------------------------

// The first child of `parent` by that name in any prefix.
pugi::xml_node child_of_any_prefix(pugi::xml_node parent, std::string_view local) noexcept {
  for (const auto n : parent.children())
    if (is_element(n) && local_name(n.name()) == local) return n;
  return {};
}

// An xml:id that we would write for this id, in a corpus with a number after it.
bool is_own_xml_id(std::string_view xml_id, std::string_view id) {
  const std::string own = xml_id_of(id);
  if (xml_id.substr(0, own.size()) != own) return false;
  const std::string_view rest = xml_id.substr(own.size());
  return rest.empty() || (rest.size() > 1 && rest[0] == '.' && rest.find_first_not_of("0123456789", 1) == npos);
}

class profile_reader {
public:
  profile_reader(builder& out, const host& services, const profile_parts& parts, const tei_names& names, std::string_view text,
                 const surroundings& around, const bindings& scope)
      : out_(out), services_(services), parts_(parts), names_(names), text_(text), around_(around), scope_(scope) {}

  void run() {
    read_rest();
    facts_ = tell_scratch([this](builder& b) { tell_facts(b); });
    find_octets();
    const bool is_own = is_own_xml_id(attribute_of(parts_.tei, "xml:id"), facts_.root()["id"].text());
    xml_id_ = is_own ? std::string(attribute_of(parts_.tei, "xml:id")) : xml_id_of(facts_.root()["id"].text());
    if (parts_.is_cable) find_generated();
    carrier_ = tell_scratch([this](builder& b) { tell_carrier(b); });
    tell_document();
  }

private:
  void read_rest() {
    const auto xeno = names_.child(parts_.header, "xenoData", "type", "dragoman");
    if (!xeno) return;
    rest_ = read_json_object(text_of(xeno));
    if (!rest_) services_.warning("tei.xeno-unreadable", "the JSON in xenoData cannot be read; it is kept as it is");
  }
  node rest(std::string_view member) const { return rest_.root()["data"][member]; }

  // Everything but octets, body and what only TEI can say: also what the header is compared with.
  void tell_facts(builder& out) {
    if (const auto bibl = octets_bibl(parts_.header, names_)) {
      out.map("source");
      tell_source_facts(out, bibl, names_, rest("source"));
      out.close();
    }
    std::string id = read_id(parts_.header, names_);
    if (id.empty()) {
      const std::string_view xml_id = attribute_of(parts_.tei, "xml:id");
      id = xml_id.empty() ? "cable" : std::string(xml_id.front() == 'c' && xml_id.size() > 1 ? xml_id.substr(1) : xml_id);
    }
    out.value("id", id).value("kind", parts_.is_cable ? "cable" : "document");
    tell_namespaces(out);
    if (parts_.is_cable) tell_meta(out, parts_.header, names_, rest("meta"));
    if (const node carrier = rest("carrier"); carrier.is(node_type::map)) out.copy(carrier);
    constexpr std::array<std::string_view, 7> known{"id", "kind", "namespaces", "meta", "body", "source", "carrier"};
    for (node m : rest_.root()["data"])
      if (std::find(known.begin(), known.end(), m.name()) == known.end()) out.copy(m);
  }

  void tell_namespaces(builder& out) {
    bindings found;
    const bool is_text = !parts_.is_cable && names_.is(parts_.container, "text");
    const pugi::xml_node declaring = is_text ? parts_.tei : parts_.container;
    const std::string own_prefix =
        declaring == parts_.container ? std::string(name_of(declaring)).substr(0, name_of(declaring).find(':')) : "";
    const bool is_prefixed = name_of(parts_.container).find(':') != npos && !is_text;
    for (const auto& a : declaring.attributes()) {
      const std::string_view name = a.name(), uri = a.value();
      if (uri.substr(0, unbound_namespace.size()) == unbound_namespace) continue;
      if (name == "xmlns") {
        if (!is_text) found.emplace_back("", uri);
      } else if (name.substr(0, 6) == "xmlns:" && !(is_prefixed && name.substr(6) == own_prefix)) {
        found.emplace_back(name.substr(6), uri);
      }
    }
    const auto is_known = [&](const std::string& prefix) {
      return std::any_of(found.begin(), found.end(), [&](const auto& b) { return b.first == prefix; });
    };
    for (const auto& b : needed_namespaces(parts_.container, scope_of(parts_.container, scope_)))
      if (!is_known(b.first) && b.second.substr(0, unbound_namespace.size()) != unbound_namespace &&
          !(is_prefixed && b.first == own_prefix))
        found.push_back(b);
    if (found.empty()) return;
    out.map("namespaces");
    for (const auto& [prefix, uri] : found) out.value(prefix.empty() ? default_namespace : std::string_view(prefix), uri);
    out.close();
  }

  void find_octets() {
    const node source = facts_.root()["source"];
    if (!source) return;
    for (const std::string_view name : {"sourceDoc", "facsimile"}) {
      octets_node_ = names_.child(parts_.tei, name);
      if (octets_node_) break;
    }
    if (!octets_node_) return;
    if (auto octets = read_octets(octets_node_, names_, source["charset"].text())) {
      octets_ = std::move(*octets);
      has_octets_ = true;
    } else if (source["sha256"]) {
      has_octets_ = true;  // whatever they were, they are not these: the digest says so
    } else {
      drops_source_ = true;
      services_.warning("tei.octets-unreadable", "the octets in sourceDoc cannot be made out; they are left out");
    }
  }

  // Finds which of the generated parts stand in the body as they would be generated.
  void find_generated() {
    const std::string_view name = name_of(parts_.container);
    const std::string prefix(name.substr(0, name.find(':') == npos ? 0 : name.find(':') + 1));
    std::vector<pugi::xml_node> nodes;
    for (const auto n : parts_.container.children())
      if (!is_layout(n)) nodes.push_back(n);
    std::size_t at = 0;
    const node facts = facts_.root();
    for (const auto& [part, made] : {std::pair<std::string_view, std::string>("head", make_head(facts, prefix)),
                                     std::pair<std::string_view, std::string>("opener", make_opener(facts, prefix))}) {
      const pugi::xml_node n = at < nodes.size() ? nodes[at] : pugi::xml_node();
      if (judge(n, prefix, part, made)) ++at;
    }
    std::size_t end = nodes.size();
    while (end > at && name_of(nodes[end - 1]) == "trailer") --end;
    const bool can_close =
        std::any_of(nodes.begin(), nodes.end(), [](auto n) { return is_element(n) && is_component(n.name()); });
    judge(end > at ? nodes[end - 1] : pugi::xml_node(), prefix, "closer", can_close ? make_closer(facts, prefix) : std::string());
  }
  // Returns true when the node stands in the part's place, be it generated or not.
  bool judge(pugi::xml_node n, const std::string& prefix, std::string_view part, const std::string& made) {
    const bool is_part = is_element(n) && name_of(n) == prefix + std::string(part);
    if (is_part && !made.empty() && normal_form(n) == normal_form(made)) {
      generated_.push_back(n);
    } else if (is_part) {
      if (!made.empty())
        services_.warning("tei.generated-edited", "the " + std::string(part) +
                                                      " of the text is not what the header says; it is kept as part of the body");
    } else if (!made.empty()) {
      omitted_.push_back(part);
    }
    return is_part;
  }

  // -- what only TEI can say -------------------------------------------------------------------------------------
  void tell_carrier(builder& out) {
    tell_surroundings(out, around_);
    if (!is_plain()) {
      outline expected;
      tell_outline(expected, facts_.root(), xml_id_, bool(octets_node_));
      tell_residue(out, parts_.tei, expected.recorded(),
                   [this](std::string_view what) { return what == "octets" ? octets_node_ : parts_.container; });
    }
    if (!omitted_.empty()) {
      out.list("omitted");
      for (const auto part : omitted_) out.value({}, part);
      out.close();
    }
    if (parts_.is_cable) tell_other_attributes(out);
  }
  // Fast: is the file what we would write, octet by octet up to the end of the header, and nothing but our own after it?
  bool is_plain() const {
    xml_writer w;
    outline o(w, 0);
    attributes attrs;
    for (const auto& a : parts_.tei.attributes()) attrs.emplace_back(a.name(), a.value());
    const attributes own{{"xmlns", std::string(tei_namespace)},
                         {"type", std::string(cable_type)},
                         {"n", std::string(profile_version)},
                         {"xml:id", xml_id_}};
    if (!parts_.is_cable || attrs != own) return false;
    o.open("TEI", own);
    write_header(o, facts_.root());
    const auto offset = parts_.tei.offset_debug();
    if (offset < 1 || text_.substr(static_cast<std::size_t>(offset) - 1, w.collected().size()) != w.collected()) return false;
    return has_children(parts_.tei, octets_node_ ? 3 : 2) && has_children(parts_.text, 1) && !parts_.text.first_attribute() &&
           has_children(parts_.container.parent(), 1) && !parts_.container.parent().first_attribute();
  }
  static bool has_children(pugi::xml_node parent, std::size_t count) {
    for (const auto n : parent.children()) {
      if (is_layout(n)) continue;
      if (!is_element(n) || count-- == 0) return false;
    }
    return count == 0;
  }
  void tell_other_attributes(builder& out) {
    attributes other;
    for (const auto& a : parts_.container.attributes()) {
      const std::string_view name = a.name(), value = a.value();
      const bool ours = (name == "type" && value == "document") || (name == "subtype" && value == "telegram") ||
                        (name == "xml:id" && value == xml_id_ + ".d") || name.substr(0, 5) == "xmlns";
      if (!ours) other.emplace_back(name, value);
    }
    if (other.empty()) return;
    out.list("attributes").element("div");
    for (const auto& [name, value] : other) out.attr(name, value);
    out.close().close();
  }

  // -- the document ----------------------------------------------------------------------------------------------
  void tell_document() {
    const node facts = facts_.root();
    out_.map("document");
    if (const node source = facts["source"]; source && !drops_source_) {
      out_.map("source");
      if (has_octets_) out_.octets("octets", octets_);
      for (node fact : source) out_.copy(fact);
      out_.close();
    }
    for (node m : facts)
      if (m.name() != "source" && m.name() != "carrier") out_.copy(m);
    tell_body();
    if (!facts["carrier"].empty() || !carrier_.root().empty()) {
      out_.map("carrier");
      for (node m : facts["carrier"])
        if (m.name() != "tei") out_.copy(m);
      if (!carrier_.root().empty() || facts["carrier"]["tei"]) {
        out_.map("tei");
        for (node m : carrier_.root()) out_.copy(m);
        for (node m : facts["carrier"]["tei"])
          if (!carrier_.root()[m.name()]) out_.copy(m);
        out_.close();
      }
      out_.close();
    }
    out_.close();
  }
  void tell_body() {
    out_.list("body");
    if (parts_.is_cable) {
      tell_content_without_layout(out_, parts_.container, generated_);
    } else if (attribute_of(parts_.tei, "subtype") == "text") {
      tell(out_, parts_.container);
    } else {
      for (const auto n : parts_.container.children()) tell(out_, n);
    }
    out_.close();
  }

  builder& out_;
  const host& services_;
  const profile_parts& parts_;
  const tei_names& names_;
  std::string_view text_;
  const surroundings& around_;
  const bindings& scope_;
  document rest_, facts_, carrier_;
  std::string octets_, xml_id_;
  pugi::xml_node octets_node_;
  bool has_octets_ = false, drops_source_ = false;
  std::vector<pugi::xml_node> generated_;
  std::vector<std::string_view> omitted_;
};

}  // namespace

profile_parts find_profile(pugi::xml_node tei, const tei_names& names) {
  profile_parts parts;
  const std::string_view type = attribute_of(tei, "type");
  if ((type != cable_type && type != document_type) || attribute_of(tei, "n") != profile_version) return parts;
  parts.tei = tei;
  parts.is_cable = type == cable_type;
  parts.header = names.child(tei, "teiHeader");
  parts.text = names.child(tei, "text");
  if (!parts.header || !parts.text) return parts;
  if (!parts.is_cable && attribute_of(tei, "subtype") == "text") {
    parts.container = parts.text;
    return parts;
  }
  const auto body = child_of_any_prefix(parts.text, "body");
  if (!parts.is_cable) {
    parts.container = body;
    return parts;
  }
  for (const auto n : body.children())
    if (is_element(n) && local_name(n.name()) == "div" && attribute_of(n, "type") == "document") {
      parts.container = n;
      break;
    }
  return parts;
}

void tell_profile(builder& out, const host& services, const profile_parts& parts, const tei_names& names, std::string_view text,
                  const surroundings& around, const bindings& scope) {
  profile_reader(out, services, parts, names, text, around, scope).run();
}

void tell_surroundings(builder& out, const surroundings& around) {
  if (!around.doctype.empty()) {
    std::string text;  // line ends as in all text that XML has read
    for (std::size_t i = 0; i < around.doctype.size(); ++i) {
      const char c = around.doctype[i];
      if (c != '\r') text += c;
      else if (around.doctype.substr(i + 1, 1) != "\n") text += '\n';
    }
    out.value("doctype", text);
  }
  bool is_open = false, after = false;
  const auto close = [&] {
    if (is_open) out.close();
    is_open = false;
  };
  for (const auto n : around.document.children()) {
    if (is_element(n)) {
      close();
      after = true;
    } else if (n.type() == pugi::node_comment || n.type() == pugi::node_pi) {
      if (!is_open) out.list(after ? "after" : "before");
      is_open = true;
      tell(out, n);
    }
  }
  close();
}

void write_cable_div(xml_writer& out, node document, const std::string& xml_id, std::size_t level) {
  write_cable_container(out, document, xml_id, level);
}

namespace {

std::string change_element(const dgm_run& run) {
  xml_writer out;
  out.raw("<change")
      .attribute("when", utc_time(run.started))
      .raw(">Written by ")
      .text(view(run.program))
      .raw(" ")
      .text(view(run.version));
  return out.raw(" (").text(view(run.writer)).raw(")</change>").take();
}

// The history of the file (tei.md 2.1, last row): behind what the header that was read already says of it.
void log_change(outline_item& tei, const host& services) {
  const auto* run = services.run();
  if (run == nullptr) return;
  auto& header = tei.children.front();
  const std::string change = change_element(*run);
  constexpr std::string_view begin = "<revisionDesc", end = "</revisionDesc>";
  for (auto& child : header.children)
    if (child.xml.starts_with(begin) && child.xml.ends_with(end)) {
      child.xml.insert(child.xml.size() - end.size(), change);
      return;
    }
  outline_item history;
  history.is = outline_item::kind::child;
  history.xml = std::string(begin) + ">" + change + std::string(end);
  header.children.push_back(std::move(history));
}

}  // namespace

void write_profile(xml_writer& out, const host& services, node document, const std::string& xml_id) {
  const bool with_octets = bool(document["source"]["octets"]), logs = services.flag("log-change");
  const node residue = document["carrier"]["tei"]["header"];
  if (!residue && !logs) {
    outline straight(out, 0);
    tell_outline(straight, document, xml_id, with_octets);
    return;
  }
  outline recording;
  tell_outline(recording, document, xml_id, with_octets);
  outline_item top = recording.recorded();
  for (const auto& path : apply_residue(top, residue))
    services.loss("tei.header-stale",
                  "a part of the header of the TEI that was read is left out, for what it said was changed: " + path);
  if (logs) log_change(top, services);
  print(out, top, 0);
}

}  // namespace dragoman::tei
