#include "stop.hpp"

#include <csignal>
#include <initializer_list>

namespace dragoman::hosting {
namespace {

std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

extern "C" void on_signal(int) { flag = true; }

}  // namespace

std::atomic<bool>& stop_flag() noexcept { return flag; }

void watch_signals() noexcept {
  struct sigaction stop {};
  stop.sa_handler = on_signal;
  stop.sa_flags = static_cast<int>(SA_RESETHAND);  // no SA_RESTART: a read that waits must come back
  for (const int number : {SIGINT, SIGTERM}) ::sigaction(number, &stop, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  for (const int number : {SIGPIPE, SIGXFSZ}) ::sigaction(number, &ignore, nullptr);
}

}  // namespace dragoman::hosting
