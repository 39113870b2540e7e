// formats/csv/columns.hpp - which parts of a document are columns of a table of headings.
//
// A column has the name of the field in the model (docs/model.md): "subject", "from.name", "refs.id"; besides "id", "kind", "words" (of the
// text) and "input" (the file that it came from). Pure; any thread.
#pragma once
#include <dragoman/plugin.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace dragoman::csv {

// All columns that there are, in the order of the model.
std::vector<std::string> all_columns();
// What the option `columns` asks for: "usual", "all", or names with commas between. Throws unusable for a name that is none.
std::vector<std::string> columns_of(std::string_view option);
// What stands in a column; values of a list with `separator` between, empty where an item has none, and nothing at all when
// no item has one.
std::string cell(const document_view& document, std::string_view column, std::string_view separator);

}  // namespace dragoman::csv
