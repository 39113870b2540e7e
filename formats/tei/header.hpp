// header.hpp - the heading of a cable in teiHeader, both ways (tei.md 2.1; vocabulary.hpp names the fields).
//
// One table says where each field stands; the writer's outline puts them in order. What the table cannot hold (x_
// properties, unknown fields, a date that is none) goes to xenoData as JSON, so that read(write(m)) equals m.
#pragma once
#include "outline.hpp"
#include "tree.hpp"

#include <dragoman/plugin.hpp>

#include <string>
#include <string_view>

namespace dragoman::tei {

inline constexpr std::string_view cable_type = "dragoman-cable";        // TEI/@type of a cable
inline constexpr std::string_view document_type = "dragoman-document";  // of a document of another format
inline constexpr std::string_view profile_version = "1";                // TEI/@n

// "c" and the id, with every character that an xml:id or a file name may not have as "_".
std::string xml_id_of(std::string_view id);

// -- reading ----------------------------------------------------------------------------------------------------------
// The id that the header states; empty when it states none.
std::string read_id(pugi::xml_node header, const tei_names& names);
// Tells the map "meta". `rest` is the member "meta" of xenoData.
void tell_meta(builder& out, pugi::xml_node header, const tei_names& names, node rest);
// Tells the members of "source" but the octets. `rest` is the member "source" of xenoData.
void tell_source_facts(builder& out, pugi::xml_node bibl, const tei_names& names, node rest);
// The bibl that tells of the octets; null when there is none.
pugi::xml_node octets_bibl(pugi::xml_node header, const tei_names& names);

// -- writing ----------------------------------------------------------------------------------------------------------
// The JSON of all that has no place of its own in the TEI of this document; empty when there is nothing. In other
// people's TEI the source has none at all (`keeps_source` false).
std::string rest_of(node document, bool keeps_source = true);
// The children of TEI/teiHeader.
void write_header(outline& out, node document);

// The parts of the body that are made from the heading, as they are written without the prefix of their elements
// ("" or "tei:"); empty when there is nothing to say.
std::string make_head(node document, std::string_view prefix);
std::string make_opener(node document, std::string_view prefix);
std::string make_closer(node document, std::string_view prefix);

}  // namespace dragoman::tei
