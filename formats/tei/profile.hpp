// profile.hpp - the TEI that dragoman authors: TEI[@type=dragoman-cable] and [@type=dragoman-document], both ways.
//
// Source of the rules: tei.md 2.1 to 2.3. A cable keeps its heading in teiHeader, its octets in sourceDoc, and its body
// in text/body/div[@type=document], between a head, an opener and a closer that are made from the heading. A document of
// another format has an id only; its body stands in text/body, or is the text.
#pragma once
#include "header.hpp"

#include <dragoman/plugin.hpp>

#include <string>
#include <string_view>

namespace dragoman::tei {

// The parts of an authored TEI.
struct profile_parts {
  pugi::xml_node tei, header, text, container;
  bool is_cable = false;
  explicit operator bool() const noexcept { return bool(container); }
};
// Looks whether a TEI element is one of ours; empty when not, or when a part is missing.
profile_parts find_profile(pugi::xml_node tei, const tei_names& names);

// What stands around the document element of a file; nothing for a TEI in a corpus.
struct surroundings {
  std::string_view doctype;
  pugi::xml_node document;  // its children before and after the document element
};

// Tells an authored TEI. `text` is what was parsed, `scope` what is declared outside of it.
void tell_profile(builder& out, const host& services, const profile_parts& parts, const tei_names& names, std::string_view text,
                  const surroundings& around, const bindings& scope);

// Tells the members "doctype", and lists "before" and "after".
void tell_surroundings(builder& out, const surroundings& around);

// Writes the TEI element of a document, with `xml_id` as its xml:id.
void write_profile(xml_writer& out, const host& services, node document, const std::string& xml_id);
// Writes only the div of a cable's body, which stands at `level`.
void write_cable_div(xml_writer& out, node document, const std::string& xml_id, std::size_t level);

}  // namespace dragoman::tei
