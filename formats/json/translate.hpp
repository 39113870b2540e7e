// formats/json/translate.hpp - an indexed JSON text told as the events of a document or of a frame.
//
// Source of the form: tei.md 5.2 and 5.3; cable.schema.json. Everything is checked here, so that a host never sees a wrong
// event of this reader: types, names, required members, characters, depth.
#pragma once
#include <json/index.hpp>

#include <dragoman/plugin.hpp>
#include <dragoman/vocabulary.hpp>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman::json {

enum class form { document, collection };

// Which form a text says it has. Throws problem: json.type, json.missing, json.format, json.version.
form form_of(value root);

// The documents inside a collection; an empty value when the member is not there. Throws problem json.type.
value documents_of(value collection);

// True when a collection says something beside its documents: then it is a frame.
bool has_frame(value collection);

// Tells one document or frame. All functions throw problem for what is wrong, with its place, and stop. One use each.
class translator {
public:
  translator(host services, builder& out) : host_(services), out_(out) {}
  void document(value root);
  void frame(value root);

private:
  using slots = std::initializer_list<std::pair<std::string_view, value*>>;
  using fields = std::span<const vocabulary::field>;
  std::vector<member> collect(value object, slots known, bool open_names);

  void namespaces(value object);
  void record(value object, fields known);
  void field(value item, const vocabulary::field& known);
  void source(value object);
  void content(value array, bool slots_allowed);
  void node(value object, bool slots_allowed);
  void element(value object, std::string_view type, value attrs, value content, bool slots_allowed);
  void attributes(value object);
  void carrier_value(std::string_view name, value item);
  void open_members(const std::vector<member>& all);
  void open_value(std::string_view name, value item, bool in_carrier);
  void free_map(std::string_view name, value object, bool in_carrier);
  void free_list(std::string_view name, value array, bool in_carrier);
  bool wrapped(std::string_view name, value object);

  std::string_view name(value key);
  std::string_view text(value item);
  std::string_view full_text(value item);
  std::string_view xml_name(value item);
  void room(value from) const;
  void open(node_type type, std::string_view name, value from);
  void leaf(node_type type, std::string_view name, std::string_view text, value from);
  void close();

  host host_;
  builder& out_;
  std::size_t depth_ = 0;
  std::size_t told_ = 0;
  std::string names_, texts_;         // of the last name and text that held escapes
  std::string octets_, octets_text_;  // of the source; in place until the document is told
};

}  // namespace dragoman::json
