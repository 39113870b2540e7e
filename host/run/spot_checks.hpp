// The pages of the documents that were drawn from a run: the original, read again, beside what was made of it.
#pragma once
#include "reports/sample.hpp"
#include "run/pipeline.hpp"

#include <string>
#include <vector>

namespace dragoman::hosting {

// Writes the pages of `drawn` into `folder`, in place of those that an earlier draw left there. `outputs` are the files that take the whole run,
// when there are such. What is missing is said on the page; a page that cannot be written is told to `report`.
void make_spot_checks(environment& env, const conversion& job, const std::vector<spot_sample::document>& drawn,
                      const std::vector<std::string>& outputs, const std::string& folder, const listener& report);

}  // namespace dragoman::hosting
