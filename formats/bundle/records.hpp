// formats/bundle/records.hpp - the record of each input: metadata/dragoman/records.jsonl, the truth that the rest of a
// bundle's metadata is made from.
//
// Source: bundles.md 10 "Provenance" and 13 "Example". Pure; any thread.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::bundle {

// The PRONOM entry of a format by its id here; empty where PRONOM has none that we can vouch for.
struct pronom_format {
  std::string_view key, name;
};
pronom_format pronom_of(std::string_view format);
pronom_format pronom_by_key(std::string_view key);
inline constexpr std::string_view pronom_signature = "V118";

// A finding that belongs to a record. `line` 0 and `offset` -1 are unknown.
struct record_problem {
  std::string stage;  // of an error: "identify", "read", "write"; empty for a warning
  std::string code, message;
  std::uint32_t line = 0;
  std::int64_t offset = -1;
};

struct derivative {
  std::string path;    // as in the manifest
  std::string format;  // id
  std::string writer;  // plugin id "@" version
  std::string sha256, event;
  std::uint64_t bytes = 0;
};

// One document, or one input that gave none. Paths are those of the manifest ("data/originals/...").
struct record {
  std::uint64_t seq = 0;                // from 1, in order of arrival
  std::optional<std::string> id;        // of the document
  std::optional<std::string> original;  // absent when the octets could not be read
  std::string sha256;                   // of the original, as `bytes`
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> offset;  // of the document in an original that holds several
  std::uint64_t length = 0;
  std::string source_path;     // as received; octets
  std::string format, reader;  // who read it; empty when nobody did
  std::vector<record_problem> warnings;
  std::optional<record_problem> error;
  bool is_skipped = false;  // an input that is of a known format and holds no document
  std::vector<derivative> derivatives;
  std::string history;  // what earlier bundles recorded of the original: a JSON list; empty for none

  // "ok", "warning", "failed" or "skipped".
  std::string_view status() const { return error ? "failed" : is_skipped ? "skipped" : warnings.empty() ? "ok" : "warning"; }
};

// One line of records.jsonl without its LF: compact JSON, keys sorted.
std::string to_json_line(const record& r);
// The record of a line. Unknown members are left aside; nothing when the line is not a record.
std::optional<record> from_json_line(std::string_view line);
std::optional<record> from_json(const nlohmann::json& line);

// failures.csv: RFC 4180, CR LF, header always.
inline constexpr std::string_view failures_header = "seq,original,stage,code,line,message\r\n";
std::string to_failures_line(const record& r);

}  // namespace dragoman::bundle
