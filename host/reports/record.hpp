// What became of one input of a run: a line of its journal and of its report.
#pragma once
#include "sessions/session.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

struct output_record {
  std::string path;  // below the folder of outputs
  std::uint64_t bytes = 0;
  std::string sha256;
};

struct problem_record {
  std::string stage;  // "identify", "read" or "write"
  finding what;
};

struct input_record {
  struct told {
    level severity = level::note;
    std::size_t count = 0;
  };
  using tally_by_value = std::map<std::string, std::size_t>;

  std::string id;      // its path; the second time that a run is given one, with "~2" behind it
  std::string source;  // name as received
  std::uint64_t bytes = 0;
  std::string sha256;  // empty: it could not be read
  std::string format, reader;
  std::size_t converted = 0, failed = 0;         // documents
  std::map<std::string, told> codes;             // of warnings, losses and errors
  std::vector<problem_record> problems;          // the first failures
  std::vector<output_record> outputs;            // with files of its own
  std::map<std::string, tally_by_value> facets;  // documents by "classification", "from" and "year"

  // "failed" when anything of it did, else "skipped" when there was no document, else "warning" or "ok".
  std::string_view status() const;
};

// One line of JSON without its end, members sorted. Paths are escaped. `seq` numbers the records of a report; 0: not at all.
std::string to_json(const input_record& r, std::uint64_t seq = 0);
// The other way; throws std::exception for what to_json did not write.
input_record record_of(std::string_view json);

// A path as text: UTF-8 as it is; else octets that are not printable ASCII, and backslashes, as \xHH.
std::string escaped(std::string_view path);
std::string unescaped(std::string_view text);

// Counts what a report draws of a document.
void count_facets(input_record& r, node document);

}  // namespace dragoman::hosting
