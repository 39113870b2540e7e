// A program that this one starts, and all that it starts itself: one group of processes, ended and reaped together.
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace dragoman::hosting {

// Sanitizers reserve more address space than a limit of memory would leave them, and tell of a crash by an exit code.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_instrumented = true;
#elif defined(__has_feature)
constexpr bool is_instrumented = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool is_instrumented = false;
#endif

// A file descriptor that is closed with its owner.
class descriptor {
public:
  explicit descriptor(int fd = -1) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~descriptor() { close(); }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  int get() const noexcept { return fd_; }
  void close() noexcept;

private:
  int fd_;
};

// Both close in programs that are started. Throw std::system_error.
struct pipe_ends {
  pipe_ends();
  descriptor read, write;
};
void set_nonblocking(const descriptor& fd);

// What became of a process, by its wait status: "signal 11 (Segmentation fault)", "exit code 3".
std::string how_it_ended(int status);

class child_process {
public:
  struct plan {
    std::vector<std::string> argv;         // argv[0] is a path; no shell sees the words
    std::vector<std::string> environment;  // NAME=value; all of it
    int in = -1, out = -1, err = -1;       // -1: /dev/null
    std::vector<int> keep;                 // further descriptors that it gets, by the same numbers
    std::size_t memory = 0;                // octets of address space; 0: as many as this process may have
  };
  // Starts it, as the leader of a group. Throws std::system_error. Any thread.
  explicit child_process(const plan& p);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process() { end(); }

  // Looks whether it has ended, and then ends what it left behind.
  bool has_ended() noexcept;
  // Ends all of it, if it has not ended, and waits for that.
  void end() noexcept;
  void kill() noexcept;
  bool is_running() const noexcept { return process_ > 0; }
  // Of a process that has ended:
  int status() const noexcept { return status_; }
  std::size_t peak_memory() const noexcept { return peak_memory_; }  // octets that were resident

private:
  bool reap(bool wait) noexcept;
  pid_t process_ = -1;
  int status_ = 0;
  std::size_t peak_memory_ = 0;
};

}  // namespace dragoman::hosting
