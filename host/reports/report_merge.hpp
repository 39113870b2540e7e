// One report out of those of the shards of a run.
//
// Source: bundles.md 11 "report merge".
#pragma once
#include "reports/sample.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace dragoman::hosting {

struct merge_problem {
  std::string where, text;
};

struct merged {
  std::size_t inputs = 0;
  std::vector<merge_problem> problems;  // with any, nothing was written
};

// Writes to `out` (.jsonl, .csv or .html) what the reports (.jsonl, or folders of them) say together, in the order of the
// inputs' paths. Equal lines of an input count once; different ones, shards that are missing, and lines that are none are
// problems. Throws usage_error and std::system_error for files that cannot be had.
//
// `wish` draws from all of them what a single run would have drawn; the pages, which the shards made when they were given the
// same wish, are copied.
merged merge_reports(const std::vector<std::string>& reports, const std::string& out, bool overwrite, const sample_wish& wish);

}  // namespace dragoman::hosting
