// derive.hpp - metadata computed from the tree of a document: for search and other formats, never written back.
//
// Source of the rules: tei.md 2.5. A pure function of the tree.
#pragma once
#include "tree.hpp"

#include <dragoman/plugin.hpp>

namespace dragoman::tei {

// Tells the map "meta" of a div[@type=document]; nothing when nothing is known.
void tell_derived_from_div(builder& out, pugi::xml_node div, const tei_names& names);

// The same of a whole TEI: from its header.
void tell_derived_from_header(builder& out, pugi::xml_node header, const tei_names& names);

}  // namespace dragoman::tei
