#include <json/render.hpp>
#include <json/source_text.hpp>
#include <json/translate.hpp>

#include <dragoman/document.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace dragoman::json {
namespace {

constexpr document_limits limits{};

[[noreturn]] void fail(value at, std::string_view code, std::string text) { throw problem{code, std::move(text), at.offset()}; }

const char* title(value_type type) noexcept {
  switch (type) {
    case value_type::object: return "an object";
    case value_type::array: return "an array";
    case value_type::string: return "a string";
    case value_type::number: return "a number";
    default: return "true, false or null";
  }
}

value expect(value item, value_type type) {
  if (!item.is(type)) fail(item, "json.type", std::string("this must be ") + title(type) + ", not " + title(item.type()));
  return item;
}

value require(value item, value owner, std::string_view name) {
  if (!item) fail(owner, "json.missing", "the member \"" + std::string(name) + "\" is missing");
  return item;
}

// A constant that a member must be, compared with it as a string of plain characters.
bool says(value item, std::string_view constant) {
  std::string storage;
  return expect(item, value_type::string).text(storage) == constant;
}

value find(value object, std::string_view wanted) {
  std::string storage;
  for (const member m : object.members())
    if (m.name.text(storage) == wanted) return m.item;
  return {};
}

// A node in a list of a carrier is told from a map by its names (cable.schema.json, "carrier").
bool looks_like_node(value object) {
  if (!object.is(value_type::object)) return false;
  bool typed = false;
  std::string storage;
  for (const member m : object.members()) {
    const auto name = m.name.text(storage);
    if (name == "type") typed = m.item.is(value_type::string);
    else if (!is_node_member(name)) return false;
  }
  return typed;
}

bool is_wrapper(value object) {
  if (!looks_like_node(object)) return false;
  const value type = find(object, "type");
  return says(type, "#map") || says(type, "#octets");
}

// The model holds characters of XML 1.0 only (text.hpp); JSON can spell others.
void check_characters(value at, std::string_view text) {
  const std::size_t bad = find_bad_text(text);
  if (bad == npos) return;
  std::array<char, 8> hex{};
  const auto code = decode_utf8(text.substr(bad)).code;
  const auto end = std::to_chars(hex.data(), hex.data() + hex.size(), code, 16).ptr;
  std::string digits(static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, 4 - (end - hex.data()))), '0');
  for (const char* c = hex.data(); c != end; ++c) digits += *c >= 'a' ? static_cast<char>(*c - 'a' + 'A') : *c;
  fail(at, "json.character", "U+" + digits + " stands in it, and a text of a document holds characters of XML 1.0 only");
}

std::string base64(value item) {
  std::string storage;
  auto octets = decode_base64(expect(item, value_type::string).text(storage));
  if (!octets) fail(item, "json.base64", "this is not base64 in its canonical form");
  return *std::move(octets);
}

bool is_digest(std::string_view text) noexcept {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

form form_of(value root) {
  const value format = require(find(expect(root, value_type::object), "format"), root, "format");
  const bool is_document = says(format, "dragoman.document");
  if (!is_document && !says(format, "dragoman.collection"))
    fail(format, "json.format", "\"format\" is neither \"dragoman.document\" nor \"dragoman.collection\"");
  const value version = require(find(root, "version"), root, "version");
  if (expect(version, value_type::number).raw() != "1")
    fail(version, "json.version",
         "version " + std::string(version.raw().substr(0, 20)) + " of the form; this program reads version 1");
  return is_document ? form::document : form::collection;
}

value documents_of(value collection) {
  const value documents = find(collection, "documents");
  return documents ? expect(documents, value_type::array) : value();
}

bool has_frame(value collection) {
  std::string storage;
  for (const member m : collection.members()) {
    const auto name = m.name.text(storage);
    if (name != "format" && name != "version" && name != "documents" && name != "$schema") return true;
  }
  return false;
}

// -- the whole --------------------------------------------------------------------------------------------------
void translator::document(value root) {
  value format, version, schema, id, kind, derived, spaces, meta, body, from, carrier;
  const auto open_names = collect(root,
                                  {{"format", &format},
                                   {"version", &version},
                                   {"$schema", &schema},
                                   {"id", &id},
                                   {"kind", &kind},
                                   {"derived", &derived},
                                   {"namespaces", &spaces},
                                   {"meta", &meta},
                                   {"body", &body},
                                   {"source", &from},
                                   {"carrier", &carrier}},
                                  true);
  if (form_of(root) != form::document) fail(format, "json.format", "a collection stands where a document should be");
  const bool is_cable = says(require(kind, root, "kind"), "cable");
  if (!is_cable && !says(kind, "document")) fail(kind, "json.value", "\"kind\" must be \"cable\" or \"document\"");
  if (derived && (is_cable || derived.raw() != "true"))
    fail(derived, "json.derived", "\"derived\" is true for the meta of kind \"document\", and absent otherwise");
  if (!is_cable && meta && !derived)
    fail(meta, "json.derived", "meta of kind \"document\" is computed from the body: it needs \"derived\": true beside it");
  if (schema) expect(schema, value_type::string);

  open(node_type::map, "document", root);
  if (from) source(from);
  leaf(node_type::text, "id", full_text(require(id, root, "id")), id);
  leaf(node_type::text, "kind", is_cable ? "cable" : "document", kind);
  if (spaces) namespaces(spaces);
  if (meta) {
    open(node_type::map, "meta", meta);
    record(meta, vocabulary::meta_fields);
    close();
  }
  open(node_type::list, "body", root);
  content(require(body, root, "body"), false);
  close();
  if (carrier) free_map("carrier", expect(carrier, value_type::object), true);
  open_members(open_names);
  close();
}

void translator::frame(value root) {
  value format, version, schema, id, kind, spaces, tree, carrier, documents;
  const auto open_names = collect(root,
                                  {{"format", &format},
                                   {"version", &version},
                                   {"$schema", &schema},
                                   {"id", &id},
                                   {"kind", &kind},
                                   {"namespaces", &spaces},
                                   {"tree", &tree},
                                   {"carrier", &carrier},
                                   {"documents", &documents}},
                                  true);
  const bool is_volume = says(require(kind, root, "kind"), "volume");
  if (!is_volume && !says(kind, "cables")) fail(kind, "json.value", "\"kind\" of a collection must be \"cables\" or \"volume\"");
  if (schema) expect(schema, value_type::string);

  open(node_type::map, "collection", root);
  leaf(node_type::text, "id", full_text(require(id, root, "id")), id);
  leaf(node_type::text, "kind", is_volume ? "volume" : "cables", kind);
  if (spaces) namespaces(spaces);
  if (tree) {
    open(node_type::list, "tree", tree);
    content(tree, true);
    close();
  }
  if (carrier) free_map("carrier", expect(carrier, value_type::object), true);
  open_members(open_names);
  close();
}

// Sets the members that are known; gives those with open names. Any other is an error, never passed over.
std::vector<member> translator::collect(value object, slots known, bool open_names) {
  std::vector<member> open;
  for (const member m : expect(object, value_type::object).members()) {
    const auto key = m.name.text(names_);
    const auto slot = std::find_if(known.begin(), known.end(), [&](const auto& s) { return s.first == key; });
    if (slot != known.end()) *slot->second = m.item;
    else if (open_names && vocabulary::is_open_name(key)) open.push_back(m);
    else fail(m.name, "json.unknown-key", "unknown member " + std::string(m.name.raw().substr(0, 80)));
  }
  return open;
}

void translator::namespaces(value object) {
  open(node_type::map, "namespaces", object);
  for (const member m : expect(object, value_type::object).members()) {
    std::string_view prefix = m.name.text(names_);
    if (prefix.empty()) prefix = "#default";
    else if (!is_xml_name(prefix) || prefix.find(':') != npos || prefix.size() > limits.name)
      fail(m.name, "json.name", "this is not a namespace prefix");
    leaf(node_type::text, prefix, text(m.item), m.item);
  }
  close();
}

// -- meta -------------------------------------------------------------------------------------------------------
void translator::record(value object, fields known) {
  for (const member m : expect(object, value_type::object).members()) {
    const auto key = m.name.text(names_);
    if (const auto* f = vocabulary::find(known, key)) field(m.item, *f);
    else if (vocabulary::is_open_name(key)) open_value(name(m.name), m.item, false);
    else
      fail(m.name, "json.unknown-key",
           "unknown member " + std::string(m.name.raw().substr(0, 80)) + "; names of your own begin with x_");
  }
}

void translator::field(value item, const vocabulary::field& known) {
  switch (known.form) {
    case vocabulary::shape::text: leaf(node_type::text, known.name, full_text(item), item); return;
    case vocabulary::shape::record:
      open(node_type::map, known.name, expect(item, value_type::object));
      record(item, known.members);
      close();
      return;
    default: break;
  }
  const auto all = expect(item, value_type::array).items();
  if (all.begin() == all.end()) return;  // an empty list is an absent one (tei.md 2.1)
  open(node_type::list, known.name, item);
  for (const value one : all) {
    if (known.form == vocabulary::shape::texts) {
      leaf(node_type::text, {}, full_text(one), one);
      continue;
    }
    open(node_type::map, {}, expect(one, value_type::object));
    record(one, known.members);
    close();
  }
  close();
}

// -- source -----------------------------------------------------------------------------------------------------
void translator::source(value object) {
  value media_type, charset_name, file_name, size, sha256, model_sha256, as_text, as_base64;
  collect(object,
          {{"media_type", &media_type},
           {"charset", &charset_name},
           {"name", &file_name},
           {"size", &size},
           {"sha256", &sha256},
           {"model_sha256", &model_sha256},
           {"text", &as_text},
           {"base64", &as_base64}},
          false);
  if (as_text && as_base64) fail(as_base64, "json.value", "a source has text or base64, not both");
  if (as_text || as_base64) {
    require(size, object, "size");
    require(sha256, object, "sha256");
  }
  open(node_type::map, "source", object);
  std::string_view octets;
  if (as_text) {
    const auto known = find_charset(full_text(require(charset_name, object, "charset")));
    if (!known) fail(charset_name, "json.charset", "a source in this charset must stand as base64");
    octets_text_.clear();
    const auto characters = expect(as_text, value_type::string).text(octets_text_);
    // A character that the charset does not have was put in by an editor. The UTF-8 octets that stand in for it do not
    // have the digest that is stated, so the source is found damaged, as after any other edit.
    octets = encode(characters, *known, octets_).value_or(characters);
  } else if (as_base64) {
    octets_ = base64(as_base64);
    octets = octets_;
  }
  if (as_text || as_base64) out_.octets("octets", octets);
  for (const auto& [name, item] :
       {std::pair{"media_type", media_type}, std::pair{"charset", charset_name}, std::pair{"name", file_name}})
    if (item) leaf(node_type::text, name, full_text(item), item);
  if (size) {
    const auto token = expect(size, value_type::number).raw();
    if (token.size() > 16 || token.find_first_not_of("0123456789") != npos)
      fail(size, "json.value", "a size is a whole number of octets");
    leaf(node_type::text, "size", token, size);
  }
  for (const auto& [name, item] : {std::pair{"sha256", sha256}, std::pair{"model_sha256", model_sha256}}) {
    if (!item) continue;
    const auto hex = text(item);
    if (!is_digest(hex)) fail(item, "json.value", "a SHA-256 is 64 hexadecimal digits in lower case");
    leaf(node_type::text, name, hex, item);
  }
  close();
}

// -- nodes ------------------------------------------------------------------------------------------------------
void translator::content(value array, bool slots_allowed) {
  for (const value item : expect(array, value_type::array).items()) {
    if ((++told_ & 4095) == 0) host_.check_cancelled();
    if (item.is(value_type::string)) out_.text(text(item));
    else if (item.is(value_type::object)) node(item, slots_allowed);
    else fail(item, "json.type", std::string("content is made of strings and objects, not of ") + title(item.type()));
  }
}

void translator::node(value object, bool slots_allowed) {
  value type, attrs, inside, words, target, data, id;
  collect(object,
          {{"type", &type},
           {"attrs", &attrs},
           {"content", &inside},
           {"text", &words},
           {"target", &target},
           {"data", &data},
           {"id", &id}},
          false);
  const std::string_view what = text(require(type, object, "type"));
  const auto only = [&](std::initializer_list<value> allowed) {
    for (const value v : {attrs, inside, words, target, data, id})
      if (v && std::none_of(allowed.begin(), allowed.end(), [&](value a) { return a && a.offset() == v.offset(); }))
        fail(v, "json.unknown-key", "a node of this type has no such member");
  };
  if (what == "#comment") {
    only({words});
    const auto comment = text(require(words, object, "text"));
    if (comment.find("--") != npos || (!comment.empty() && comment.back() == '-'))
      fail(words, "json.value", "a comment cannot hold \"--\" or end in \"-\"");
    leaf(node_type::comment, {}, comment, object);
  } else if (what == "#pi") {
    only({target, data});
    const std::string name(xml_name(require(target, object, "target")));
    const auto instruction = data ? text(data) : std::string_view();
    if (instruction.find("?>") != npos) fail(data, "json.value", "a processing instruction cannot hold \"?>\"");
    leaf(node_type::pi, name, instruction, object);
  } else if (what == "#document") {
    if (!slots_allowed) fail(object, "json.value", "a place of a document stands only in the tree of a collection");
    only({id});
    const auto name = full_text(require(id, object, "id"));
    if (name.size() > limits.name) fail(id, "json.name", "this id is longer than " + std::to_string(limits.name) + " octets");
    leaf(node_type::slot, name, {}, object);
  } else {
    only({attrs, inside});
    element(object, xml_name(type), attrs, inside, slots_allowed);
  }
}

void translator::element(value object, std::string_view type, value attrs, value inside, bool slots_allowed) {
  open(node_type::element, type, object);
  if (attrs) attributes(attrs);
  if (inside) content(inside, slots_allowed);
  close();
}

void translator::attributes(value object) {
  std::size_t count = 0;
  for (const member m : expect(object, value_type::object).members()) {
    const auto key = m.name.text(names_);
    if (!is_xml_name(key) || key.size() > limits.name) fail(m.name, "json.name", "this is not the name of an attribute");
    if (++count > limits.attributes) fail(m.name, "json.limit", "more than " + std::to_string(limits.attributes) + " attributes");
    out_.attr(key, text(m.item));
  }
}

// -- free content -----------------------------------------------------------------------------------------------
void translator::open_members(const std::vector<member>& all) {
  for (const member& m : all) open_value(name(m.name), m.item, false);
}

void translator::open_value(std::string_view key, value item, bool in_carrier) {
  switch (item.type()) {
    case value_type::object:
      if (!in_carrier || !wrapped(key, item)) free_map(key, item, in_carrier);
      return;
    case value_type::array: free_list(key, item, in_carrier); return;
    case value_type::string: leaf(node_type::text, key, text(item), item); return;
    default: leaf(node_type::literal, key, item.raw(), item);
  }
}

void translator::free_map(std::string_view key, value object, bool in_carrier) {
  open(node_type::map, key, object);
  for (const member m : object.members()) open_value(name(m.name), m.item, in_carrier);
  close();
}

void translator::free_list(std::string_view key, value array, bool in_carrier) {
  open(node_type::list, key, array);
  for (const value item : array.items()) {
    if (in_carrier && looks_like_node(item) && !is_wrapper(item)) node(item, true);
    else open_value({}, item, in_carrier);
  }
  close();
}

// Octets, and a map that could be taken for a node, have a form of their own in a carrier. False: this is neither.
bool translator::wrapped(std::string_view key, value object) {
  if (!is_wrapper(object)) return false;
  value type, inside, octets;
  collect(object, {{"type", &type}, {"value", &inside}, {"base64", &octets}}, false);
  if (says(type, "#map")) {
    free_map(key, expect(require(inside, object, "value"), value_type::object), true);
    return true;
  }
  room(object);
  out_.octets(key, base64(require(octets, object, "base64")));
  return true;
}

// -- texts and events -------------------------------------------------------------------------------------------
// The name of a member that may have any.
std::string_view translator::name(value key) {
  const auto name = key.text(names_);
  if (name.empty()) fail(key, "json.name", "a member without a name cannot be kept");
  if (name.size() > limits.name) fail(key, "json.name", "this name is longer than " + std::to_string(limits.name) + " octets");
  check_characters(key, name);
  return name;
}

std::string_view translator::text(value item) {
  const auto text = expect(item, value_type::string).text(texts_);
  check_characters(item, text);
  return text;
}

std::string_view translator::full_text(value item) {
  const auto all = text(item);
  if (all.empty()) fail(item, "json.empty", "this must not be empty; what is absent is left out");
  return all;
}

std::string_view translator::xml_name(value item) {
  const auto name = expect(item, value_type::string).text(texts_);
  if (!is_xml_name(name) || name.size() > limits.name) fail(item, "json.name", "this is not an XML name");
  return name;
}

void translator::room(value from) const {
  if (depth_ >= limits.depth) fail(from, "json.depth", "nested deeper than " + std::to_string(limits.depth) + " nodes");
}

void translator::open(node_type type, std::string_view key, value from) {
  room(from);
  ++depth_;
  out_.open(type, key);
}

void translator::leaf(node_type type, std::string_view key, std::string_view text, value from) {
  room(from);
  out_.open(type, key);
  if (!text.empty()) out_.text(text);
  out_.close();
}

void translator::close() {
  --depth_;
  out_.close();
}

}  // namespace dragoman::json
