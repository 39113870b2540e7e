#include "run/stop.hpp"

#include <pthread.h>

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

no_signals::no_signals() noexcept {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before_);
}

no_signals::~no_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace dragoman::hosting
