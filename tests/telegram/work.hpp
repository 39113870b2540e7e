// Counts the work of instrumented code: basic blocks that ran, and octets that memchr, memcmp, memcpy, memmove and memset
// went through (16 a step). The same on every run, whatever else the machine does. One thread.
#pragma once
#include <cstdint>

namespace dragoman::testing {

// Since the program began.
std::uint64_t work_done() noexcept;

}  // namespace dragoman::testing
