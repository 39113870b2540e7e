// Build tool: turns the tables of this folder (*.tsv) into the sorted constant tables that vocabulary.hpp declares.
// Runs on the machine that builds; nothing of it is in the plugin. README.md of this folder says what the columns are.
#pragma once
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::telegram::terms {

// A table is not as its schema asks; what() is "FILE:LINE: reason" as compilers say it.
struct bad_table : std::runtime_error {
  bad_table(std::string_view path, std::size_t line, const std::string& reason);
};

struct column {
  std::string_view name;     // in the header line, and of the member of the row's struct
  bool is_required = false;  // an empty cell is refused
  bool is_number = false;    // decimal digits; an empty cell is 0
};

struct row {
  std::size_t line = 0;            // from 1, in the file
  std::vector<std::string> cells;  // as many as the schema has columns
};

// What one file holds.
struct schema {
  std::string_view file;  // "stations": without suffix; also the name of the table in C++
  std::string_view type;  // "station": of its rows
  std::span<const column> columns;
  std::size_t keys = 1;                // so many columns in front make a row unique, and are the order of the file
  std::string_view kind;               // for people: "station"
  std::string (*term)(const row&);     // the word that `dragoman explain` takes
  std::string (*meaning)(const row&);  // what it answers; never empty
};
std::span<const schema> schemas() noexcept;

struct table {
  const schema* what = nullptr;
  std::vector<row> rows;
};

// The order of keys: octets, with small ASCII letters as capitals. Lookups compare in the same way.
std::string folded(std::string_view text);

// Reads one table, `content` being the octets of the file `path`. Throws bad_table when the header line is not the columns
// of the schema, a line has too few or too many cells, a cell is padded, no text, or empty where it is required, a number
// is none, rows are out of order, a key stands twice, or the file does not end in LF.
table read_table(const schema& what, std::string_view content, const std::string& path);

struct compiled {
  std::string source;  // vocabulary_tables.cpp: what vocabulary.hpp declares
  std::string header;  // vocabulary_terms.hpp: the array of dgm_term, with its length
};

// The C++ of the tables, which must be one of each schema in the order of schemas(). Throws bad_table when an alias
// of a station is claimed by two; `folder` is for the message.
compiled compile(std::span<const table> tables, const std::string& folder);

}  // namespace dragoman::telegram::terms
