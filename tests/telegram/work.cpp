#include "work.hpp"

#include <cstddef>

// Compiled without instrumentation; what it counts is compiled with -fsanitize-coverage=trace-pc and linked with --wrap.
namespace {

std::uint64_t steps = 0;

void pass(std::size_t octets) noexcept { steps += octets / 16; }

}  // namespace

extern "C" {

void __sanitizer_cov_trace_pc() { ++steps; }

void* __real_memchr(const void*, int, std::size_t);
int __real_memcmp(const void*, const void*, std::size_t);
void* __real_memcpy(void*, const void*, std::size_t);
void* __real_memmove(void*, const void*, std::size_t);
void* __real_memset(void*, int, std::size_t);

void* __wrap_memchr(const void* text, int c, std::size_t length) {
  void* found = __real_memchr(text, c, length);
  pass(found == nullptr ? length : static_cast<std::size_t>(static_cast<const char*>(found) - static_cast<const char*>(text)));
  return found;
}
int __wrap_memcmp(const void* a, const void* b, std::size_t length) {
  pass(length);
  return __real_memcmp(a, b, length);
}
void* __wrap_memcpy(void* to, const void* from, std::size_t length) {
  pass(length);
  return __real_memcpy(to, from, length);
}
void* __wrap_memmove(void* to, const void* from, std::size_t length) {
  pass(length);
  return __real_memmove(to, from, length);
}
void* __wrap_memset(void* to, int c, std::size_t length) {
  pass(length);
  return __real_memset(to, c, length);
}

}  // extern "C"

namespace dragoman::testing {

std::uint64_t work_done() noexcept { return steps; }

}  // namespace dragoman::testing
