// How far a run has come, told on standard error: one line that is drawn again and again on a terminal, plain lines, or JSON
// Lines for scripts.
//
// Source: design.md 5 "--progress"; bundles.md 11 "Progress".
#pragma once
#include "display/diagnostics.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace dragoman::hosting {

// Written by the threads of the run, read by the one that tells.
struct run_gauge {
  std::atomic<std::size_t> found{0};  // inputs that are known of
  std::atomic<bool> is_all_found{false};
  std::atomic<std::size_t> done{0};  // inputs that are through
  std::atomic<std::size_t> documents{0}, failed{0};
  std::atomic<std::uint64_t> octets{0};  // of the inputs that are through
};

enum class progress_form { none, line, plain, json };

// What is said of it. Rates are those of the last half minute, so that what an earlier run had done does not count for long.
class progress_text {
public:
  using duration = std::chrono::steady_clock::duration;
  // `since` the run began; never less than before.
  std::string line(const run_gauge& now, duration since);
  std::string json(const run_gauge& now, duration since, bool is_end);

private:
  struct sample {
    duration since{};
    std::size_t done = 0, documents = 0;
  };
  struct rates {
    double documents = 0;      // a second
    double seconds_left = -1;  // -1: nobody knows
  };
  rates measure(const run_gauge& now, duration since);
  std::deque<sample> samples_{{}};
};

// Tells while it lives, on a thread of its own, and once more at its end when scripts listen.
class progress {
public:
  progress(progress_form form, reporter& to, const run_gauge& gauge);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress();

  // The form for `auto`: nothing where documents go to standard output or people want quiet.
  static progress_form for_standard_error();

private:
  void tell(bool is_end);
  void work();

  const progress_form form_;
  reporter& to_;
  const run_gauge& gauge_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  progress_text text_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_ended_ = false;
  std::thread teller_;
};

}  // namespace dragoman::hosting
