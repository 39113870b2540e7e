// Takes from this process what a plugin in a worker has no business with: paths, the network, other programs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace dragoman::hosting {

struct sandbox_limits {
  std::size_t memory = 0;       // octets of address space; not asked of builds by sanitizers
  std::uint64_t file_size = 0;  // octets of a nameless temporary file
  unsigned open_files = 0;
  double processor_seconds = 0;  // of one document
};

// What the kernel is able to refuse. Asked without changing anything.
struct sandbox_means {
  int landlock = 0;  // version; 0: not there
  bool seccomp = false;
  bool refuses_paths() const noexcept { return landlock > 0 || seccomp; }
  bool refuses_network() const noexcept { return seccomp; }
  // For people: "seccomp and Landlock 4", "nothing".
  std::string text() const;
};
sandbox_means means_of_this_kernel();

// For this process, for good, once its plugins are loaded. What the kernel cannot do is left out.
void enter_sandbox(const sandbox_limits& limits);

// The time of the processor that this process may use from now on; called again for each document.
void allow_processor(double seconds) noexcept;

}  // namespace dragoman::hosting
