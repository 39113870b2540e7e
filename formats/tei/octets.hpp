// octets.hpp - the original octets of a cable in TEI: lines of text where they are text, base64 where not.
//
// Source of the rules: tei.md 2.3 "Octets in TEI".
#pragma once
#include "tree.hpp"
#include "xml_writer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dragoman::tei {

// Writes `octets` (the element stands at `level`) as sourceDoc, or as facsimile when the charset is not known or too many octets are no text.
void write_octets(xml_writer& out, std::string_view octets, std::string_view charset, std::string_view media_type,
                  std::size_t level);

// The octets that a sourceDoc or facsimile holds; nothing when it is not of our making, or a character has no place in
// the charset. Whether they are the right ones, the digest tells.
std::optional<std::string> read_octets(pugi::xml_node source_doc, const tei_names& names, std::string_view charset);

}  // namespace dragoman::tei
