// Work that a session does in several threads (DGM_EXT_WORK).
#pragma once
#include <dragoman/plugin.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace dragoman::hosting {

// Threads that work for sessions beside those that call them, and are shared by all of them. They are begun when there is
// work for them and then wait for more: what a plugin keeps for a thread is made once.
class work_threads {
public:
  using piece_function = void(DGM_CALL*)(void* of, std::uint64_t number) noexcept;

  work_threads() = default;
  work_threads(const work_threads&) = delete;
  work_threads& operator=(const work_threads&) = delete;
  ~work_threads();

  // Calls `piece` for each number below `count`, in the calling thread and in at most so many others; returns when all calls
  // have returned. Any thread.
  void side_by_side(unsigned others, std::uint64_t count, piece_function piece, void* of) noexcept;

private:
  // What one session wants done.
  struct lot {
    const piece_function piece;
    void* const of;
    const std::uint64_t count;
    std::atomic<std::uint64_t> next = 1;  // piece 0 is its caller's
    std::size_t helpers = 0;              // that work on it
  };
  static void take_pieces(lot& of) noexcept;
  void begin_threads(unsigned most) noexcept;
  bool offer(lot& l, unsigned others) noexcept;
  void withdraw(lot& l) noexcept;
  void work() noexcept;

  std::mutex mutex_;
  std::condition_variable offered_, left_;
  std::deque<lot*> offers_;
  bool is_over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace dragoman::hosting
