// SIGINT and SIGTERM ask the run to stop cleanly; a second one ends the process at once.
#pragma once
#include <atomic>

namespace dragoman::hosting {

// True once somebody asked to stop.
std::atomic<bool>& stop_flag() noexcept;

// Sets the handlers, and ignores the signals that become errors of write: SIGPIPE and SIGXFSZ.
void watch_signals() noexcept;

}  // namespace dragoman::hosting
