// xeno.hpp - what TEI has no place for, as one JSON object in xenoData (tei.md 2.1 "meta.x_*, unknown input columns").
//
// Values are JSON as anybody would write them. What JSON cannot say has an object with one member: {"#octets": base64},
// {"#literal": text} for a literal that a JSON reader would write differently, {"#xml": text} for XML nodes; a name that
// begins with "#" is written with a second one.
#pragma once
#include <dragoman/document.hpp>
#include <dragoman/plugin.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace dragoman::tei {

// Writes one value of the model, without its name, as JSON.
void append_json(std::string& out, node value);

// Writes an object member by member; nothing is written as long as there is no member.
class json_object {
public:
  explicit json_object(std::string& out) : out_(out) {}
  // Appends `"name":`; the caller appends the value.
  std::string& member(std::string_view name);
  void close() {
    if (has_members_) out_ += '}';
  }
  bool has_members() const noexcept { return has_members_; }

private:
  std::string& out_;
  bool has_members_ = false;
};

// Reads a JSON object into a document whose root has it as the map "data". An empty document when it is no JSON object,
// or holds what a model cannot hold.
document read_json_object(std::string_view json);

// A document told in between, for which no digests are made: `tell` tells everything inside the map "document".
document tell_scratch(const std::function<void(builder&)>& tell);

}  // namespace dragoman::tei
