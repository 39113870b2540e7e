// Threads that help sessions: every piece is done once, whoever calls at the same time, also where nobody helps.
#include "sessions/work.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace dragoman::hosting {
namespace {

void count_up(void* of, std::uint64_t number) noexcept { ++(*static_cast<std::vector<int>*>(of))[number]; }

TEST(WorkThreads, DoEachPieceOnceForAllCallers) {
  work_threads threads;
  std::vector<std::thread> callers;
  std::vector<char> is_right(4, 1);
  for (unsigned caller = 0; caller < 4; ++caller)
    callers.emplace_back([&, caller] {
      for (std::size_t round = 0; round < 300; ++round) {
        std::vector<int> done((round * 7 + caller) % 23);
        threads.side_by_side(caller % 3, done.size(), count_up, &done);
        if (std::any_of(done.begin(), done.end(), [](int times) { return times != 1; })) is_right[caller] = 0;
      }
    });
  for (auto& t : callers) t.join();
  EXPECT_EQ(is_right, std::vector<char>(4, 1));
}

TEST(WorkThreads, CallTheFirstPieceInTheCallingThread) {
  struct seen {
    std::thread::id first;
    static void note(void* of, std::uint64_t number) noexcept {
      if (number == 0) static_cast<seen*>(of)->first = std::this_thread::get_id();
    }
  } one;
  work_threads threads;
  for (int round = 0; round < 50; ++round) {
    one.first = {};
    threads.side_by_side(3, 5, seen::note, &one);
    EXPECT_EQ(one.first, std::this_thread::get_id());
  }
}

}  // namespace
}  // namespace dragoman::hosting
