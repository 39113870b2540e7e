#include <json/index.hpp>
#include <json/render.hpp>
#include <json/source_text.hpp>

#include <dragoman/vocabulary.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

namespace dragoman::json {
namespace {

class renderer {
public:
  renderer(const host& services, emitter& out) : host_(services), out_(out) {}

  void document(const document_view& d) {
    const node root = d.root();
    begin("dragoman.document");
    out_.member("id", root["id"].text());
    out_.member("kind", d.kind());
    if (d.meta() && d.kind() == "document") {
      out_.name("derived");
      out_.literal("true");
    }
    namespaces(root["namespaces"]);
    if (d.meta()) {
      out_.name("meta");
      record(d.meta(), vocabulary::meta_fields, {nullptr, "meta"});
    }
    out_.name("body");
    out_.begin_array();
    content(d.body());
    out_.end_array();
    if (d.source()) source(d.source());
    carrier(root["carrier"]);
    open_members(root, {"id", "kind", "namespaces", "meta", "body", "source", "carrier"});
    out_.end_object();
  }

  void frame(node root) {
    out_.member("id", root["id"].text());
    out_.member("kind", root["kind"].text());
    namespaces(root["namespaces"]);
    if (const node tree = root["tree"]) {
      out_.name("tree");
      out_.begin_array();
      content(tree);
      out_.end_array();
    }
    carrier(root["carrier"]);
    open_members(root, {"id", "kind", "namespaces", "tree", "carrier"});
  }

  void begin(std::string_view format) {
    out_.begin_object();
    out_.member("format", format);
    out_.name("version");
    out_.literal("1");
  }

private:
  void lose(const std::string& what) const { host_.loss("json.field", what); }

  void namespaces(node map) {
    if (!map) return;
    out_.name("namespaces");
    out_.begin_object();
    for (node binding : map) out_.member(binding.name() == "#default" ? std::string_view() : binding.name(), binding.text());
    out_.end_object();
  }

  // -- meta -----------------------------------------------------------------------------------------------------
  // Where a value of meta stands, put into words only when there is something to say of it.
  struct path {
    const path* above;
    std::string_view name;
    std::string text() const { return (above ? above->text() + "/" : std::string()) + std::string(name); }
  };
  void lose(const path& where, const std::string& what) const { lose(where.text() + what); }

  void record(node map, std::span<const vocabulary::field> known, const path& where) {
    // Members of the vocabulary in its order, then the others in theirs.
    std::array<node, std::size(vocabulary::meta_fields)> members{};
    bool all_known = true;
    for (node value : map) {
      const auto* f = vocabulary::find(known, value.name());
      if (f != nullptr) members[static_cast<std::size_t>(f - known.data())] = value;
      else all_known = false;
    }
    out_.begin_object();
    for (std::size_t i = 0; i < known.size(); ++i)
      if (members[i]) field(members[i], known[i], {&where, known[i].name});
    for (node value : map) {
      if (all_known) break;
      if (vocabulary::find(known, value.name()) != nullptr) continue;
      if (vocabulary::is_open_name(value.name())) open_member(value);
      else lose(where, " has a member \"" + std::string(value.name()) + "\" that the model does not know");
    }
    out_.end_object();
  }

  void field(node value, const vocabulary::field& f, const path& where) {
    const auto expected = f.form == vocabulary::shape::text     ? node_type::text
                          : f.form == vocabulary::shape::record ? node_type::map
                                                                : node_type::list;
    if (!value.is(expected)) return lose(where, " is not of the shape that the model gives it");
    switch (f.form) {
      case vocabulary::shape::text:
        if (value.text().empty()) return lose(where, " is empty, and what is absent is left out");
        out_.plain_name(f.name);
        out_.string(value.text());
        return;
      case vocabulary::shape::record:
        out_.plain_name(f.name);
        record(value, f.members, where);
        return;
      default: break;
    }
    const auto one = f.form == vocabulary::shape::texts ? node_type::text : node_type::map;
    if (value.empty()) return;  // an empty list is an absent one (tei.md 2.1)
    out_.plain_name(f.name);
    out_.begin_array();
    for (node item : value) {
      if (!item.is(one) || (item.is(node_type::text) && item.text().empty())) {
        lose("an item of " + where.text() + " is not of the shape that the model gives it");
        continue;
      }
      out_.item();
      if (one == node_type::text) out_.string(item.text());
      else record(item, f.members, where);
    }
    out_.end_array();
  }

  // -- body -----------------------------------------------------------------------------------------------------
  void content(node parent) {
    for (node n : parent) {
      out_.item();
      const auto type = n.type();
      if (type == node_type::text) out_.string(n.text());
      else tree_node(n, type);
    }
  }

  void tree_node(node n, node_type type) {
    out_.begin_object();
    out_.plain_name("type");
    switch (type) {
      case node_type::comment:
        out_.string("#comment");
        out_.member("text", n.text());
        break;
      case node_type::pi:
        out_.string("#pi");
        out_.member("target", n.name());
        if (!n.text().empty()) out_.member("data", n.text());
        break;
      case node_type::slot:
        out_.string("#document");
        out_.member("id", n.name());
        break;
      default: element(n);
    }
    out_.end_object();
  }

  void element(node n) {
    out_.string(n.name());
    if (const std::size_t count = n.attribute_count()) {
      out_.plain_name("attrs");
      out_.begin_object();
      for (std::size_t i = 0; i < count; ++i) {
        const attribute a = n.attribute_at(i);
        out_.member(a.name, a.value);
      }
      out_.end_object();
    }
    if (n.empty()) return;
    out_.plain_name("content");
    out_.begin_array();
    content(n);
    out_.end_array();
  }

  // -- source ---------------------------------------------------------------------------------------------------
  void source(node map) {
    out_.name("source");
    out_.begin_object();
    const node octets = map["octets"];
    for (const std::string_view name : {"media_type", "charset", "name"})
      if (const auto text = map[name].text(); !text.empty()) out_.member(name, text);
    const std::string size = octets ? std::to_string(octets.text().size()) : std::string(map["size"].text());
    if (!size.empty()) {
      out_.name("size");
      out_.literal(size);
    }
    for (const std::string_view name : {"sha256", "model_sha256"})
      if (const auto text = map[name].text(); !text.empty()) out_.member(name, text);
    if (octets) source_octets(octets.text(), map["charset"].text());
    for (node value : map)
      if (static constexpr std::array<std::string_view, 7> known{"octets", "media_type", "charset", "name", "size", "sha256",
                                                                 "model_sha256"};
          std::find(known.begin(), known.end(), value.name()) == known.end())
        lose("source has a member \"" + std::string(value.name()) + "\" that the model does not know");
    out_.end_object();
  }

  void source_octets(std::string_view octets, std::string_view charset_name) {
    std::string storage;
    const auto set = find_charset(charset_name);
    const auto text = set ? decode(octets, *set, storage) : std::nullopt;
    if (text) {
      out_.member("text", *text);
      return;
    }
    out_.name("base64");
    out_.base64(octets);
  }

  // -- free content ---------------------------------------------------------------------------------------------
  void open_members(node map, std::initializer_list<std::string_view> known) {
    for (node value : map) {
      if (vocabulary::is_open_name(value.name())) open_member(value);
      else if (std::find(known.begin(), known.end(), value.name()) == known.end())
        lose("the document has a member \"" + std::string(value.name()) + "\" that the model does not know");
    }
  }
  void open_member(node value) {
    if (!is_open_value(value)) return;
    out_.name(value.name());
    free_value(value, false);
  }
  // Open members hold values only (plugin.h "The document").
  bool is_open_value(node value) const {
    if (value.is(node_type::map) || value.is(node_type::list) || value.is(node_type::text) || value.is(node_type::literal))
      return true;
    lose("an open member (x_...) holds octets or nodes, where only values can stand");
    return false;
  }

  void carrier(node map) {
    if (!map) return;
    out_.name("carrier");
    out_.begin_object();
    for (node value : map) {
      out_.name(value.name());
      free_value(value, true);
    }
    out_.end_object();
  }

  void free_value(node value, bool in_carrier) {
    switch (value.type()) {
      case node_type::map:
        if (in_carrier && could_be_a_node(value)) {
          out_.begin_object();
          out_.member("type", "#map");
          out_.name("value");
          free_map(value, in_carrier);
          out_.end_object();
        } else {
          free_map(value, in_carrier);
        }
        return;
      case node_type::list:
        out_.begin_array();
        for (node item : value) {
          if (!in_carrier && !is_open_value(item)) continue;
          out_.item();
          free_value(item, in_carrier);
        }
        out_.end_array();
        return;
      case node_type::literal:
        if (is_scalar(value.text())) return out_.literal(value.text());
        host_.loss("json.literal", "a literal that is not a JSON number, true, false or null is written as a string");
        return out_.string(value.text());
      case node_type::octets:
        out_.begin_object();
        out_.member("type", "#octets");
        out_.name("base64");
        out_.base64(value.text());
        out_.end_object();
        return;
      case node_type::text: return out_.string(value.text());
      default: tree_node(value, value.type());
    }
  }

  void free_map(node map, bool in_carrier) {
    out_.begin_object();
    for (node value : map) {
      if (!in_carrier && !is_open_value(value)) continue;
      out_.name(value.name());
      free_value(value, in_carrier);
    }
    out_.end_object();
  }

  static bool could_be_a_node(node map) {
    if (!map["type"].is(node_type::text)) return false;
    for (node value : map)
      if (!is_node_member(value.name())) return false;
    return true;
  }

  const host& host_;
  emitter& out_;
};

}  // namespace

bool is_node_member(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 9> all{"type", "attrs", "content", "text", "target", "data", "id", "base64", "value"};
  return std::find(all.begin(), all.end(), name) != all.end();
}

void render_document(const host& services, emitter& out, const document_view& document) {
  renderer(services, out).document(document);
}

void render_frame_members(const host& services, emitter& out, const document_view* frame) {
  renderer r(services, out);
  r.begin("dragoman.collection");
  if (frame != nullptr) r.frame(frame->root());
}

}  // namespace dragoman::json
