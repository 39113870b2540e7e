// formats/page/heading.hpp - the heading of a document as rows that a person reads.
//
// Every field of meta gets a row, those of dragoman's vocabulary first and in its order (dragoman/vocabulary.hpp
// "meta_fields"), then whatever else is there. Pure; any thread.
#pragma once
#include <dragoman/plugin.hpp>

#include <string>
#include <vector>

namespace dragoman::page {

struct heading_row {
  std::string name;                 // what a person calls the field: "Classified by"
  std::vector<std::string> values;  // one line each, as text
};

// The rows of a document, its subject left out: that is the title.
std::vector<heading_row> heading_rows(const document_view& document);

// What stands over the page: the subject, or else the id.
std::string title_of(const document_view& document);

}  // namespace dragoman::page
