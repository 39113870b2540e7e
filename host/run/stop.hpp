// SIGINT and SIGTERM ask the run to stop cleanly; a second one ends the process at once.
#pragma once
#include <atomic>
#include <csignal>

namespace dragoman::hosting {

// True once somebody asked to stop.
std::atomic<bool>& stop_flag() noexcept;

// Sets the handlers, and ignores the signals that become errors of write: SIGPIPE and SIGXFSZ.
void watch_signals() noexcept;

// Threads begun in its scope get no signals: these go to the thread that waits for input, and end its waiting.
class no_signals {
public:
  no_signals() noexcept;
  no_signals(const no_signals&) = delete;
  no_signals& operator=(const no_signals&) = delete;
  ~no_signals();

private:
  sigset_t before_;
};

}  // namespace dragoman::hosting
