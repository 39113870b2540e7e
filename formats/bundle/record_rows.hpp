// formats/bundle/record_rows.hpp - the records of a bundle that is being made, put aside until its tag files are written.
//
// records.jsonl cannot wait in their place: which ids came twice is known only in the end, and PREMIS is made of the same
// records. One thread at a time.
#pragma once
#include "records.hpp"
#include "spool.hpp"

#include <functional>

namespace dragoman::bundle {

class record_rows {
public:
  // Throws spool_error.
  void append(const record& r);
  // Calls `take` for each, in order. Throws spool_error.
  void for_each(const std::function<void(record& r)>& take) const;

private:
  spool rows_;
};

}  // namespace dragoman::bundle
