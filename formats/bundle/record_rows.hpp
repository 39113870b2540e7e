// formats/bundle/record_rows.hpp - the records of a bundle that is being made, put aside until its tag files are written.
//
// records.jsonl cannot wait in their place: which ids came twice is known only in the end, and PREMIS is made of the same
// records. One thread at a time.
#pragma once
#include "records.hpp"
#include "spool.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace dragoman::bundle {

// Numbers in the payload of the files of a record, whose digests are known later than the rest of it.
struct record_files {
  std::optional<std::uint64_t> original;
  std::vector<std::uint64_t> derivatives;
};

class record_rows {
public:
  // Throws spool_error.
  void append(const record& r, const record_files& files = {});
  // Calls `take` for each, in order. Throws spool_error.
  void for_each(const std::function<void(record& r, const record_files& files)>& take) const;

private:
  spool rows_;
};

}  // namespace dragoman::bundle
