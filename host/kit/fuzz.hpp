// Mutated samples for a plugin, in child processes: what `dragoman plugin fuzz` does.
#pragma once
#include "kit/subject.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace dragoman::hosting {

struct fuzz_finding {
  std::uint64_t seed;  // of the input; with the same samples it makes the same input again
  std::string what;    // "signal 11 (Segmentation fault)", "no end after 10 seconds", or what was wrong with the events
  std::string input;
};
struct fuzz_choice {
  double seconds = 60;        // all in all
  double input_seconds = 10;  // for one input
  std::uint64_t first_seed = 1;
  std::optional<std::uint64_t> only;  // this one, and no other
};
struct fuzz_result {
  std::uint64_t inputs = 0;
  std::string problem;  // why nothing could be done
};

// The input that `seed` makes of these samples, which must not be none. Pure.
std::string mutated(const std::vector<owned_sample>& samples, std::uint64_t seed);

// Reads (and writes again) inputs until the time is up or somebody asks to stop; `found` is told of each finding.
fuzz_result fuzz_plugin(const check_plan& plan, const fuzz_choice& choice, const std::function<void(const fuzz_finding&)>& found);

}  // namespace dragoman::hosting
