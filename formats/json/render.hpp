// formats/json/render.hpp - a document or a frame of the store written as JSON, in the normal form.
//
// Order of members: tei.md 5.2; of meta: vocabulary.hpp, then open names as they come. Nothing of the document is left
// out but members that the model does not know, which are reported as losses (json.field).
#pragma once
#include <json/emitter.hpp>

#include <dragoman/plugin.hpp>

namespace dragoman::json {

// Writes a document as one JSON object. Recurses as deep as the document, which the store bounds.
void render_document(const host& services, emitter& out, const document_view& document);

// Writes the members of a collection's object, "format" and "version" first, after its opening bracket, without documents and closing bracket.
// `frame` may be NULL: a collection without a frame.
void render_frame_members(const host& services, emitter& out, const document_view* frame);

// The names that tell a node from a map in a list of a carrier (cable.schema.json, "carrier").
bool is_node_member(std::string_view name) noexcept;

}  // namespace dragoman::json
