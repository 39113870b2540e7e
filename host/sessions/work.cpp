#include "sessions/work.hpp"

#include "run/stop.hpp"
#include "sessions/session.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace dragoman::hosting {
namespace {

// Threads beside the calling one, as many as are to be had.
class helpers {
public:
  helpers(environment& env, std::uint64_t most) : lent_(env.lent_threads) {
    unsigned taken = lent_.load();
    do count_ = static_cast<unsigned>(std::min<std::uint64_t>(most, env.jobs > 1 + taken ? env.jobs - 1 - taken : 0));
    while (!lent_.compare_exchange_weak(taken, taken + count_));
  }
  helpers(const helpers&) = delete;
  helpers& operator=(const helpers&) = delete;
  ~helpers() {
    for (auto& t : threads_) t.join();
    lent_ -= count_;
  }
  // Lets each do `work`. Where no thread can be had, the others do it all.
  template <class F>
  void begin(const F& work) {
    const no_signals guard;
    try {
      for (unsigned i = 0; i < count_; ++i) threads_.emplace_back(work);
    } catch (const std::exception&) {
    }
  }

private:
  std::atomic<unsigned>& lent_;
  unsigned count_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

void work_side_by_side(environment& env, std::uint64_t count, void(DGM_CALL* piece)(void* of, std::uint64_t number) noexcept,
                       void* of) noexcept {
  if (count == 0) return;
  std::atomic<std::uint64_t> next = 1;
  const auto take_pieces = [&] {
    for (std::uint64_t n; (n = next.fetch_add(1)) < count;) piece(of, n);
  };
  helpers others(env, count - 1);
  others.begin(take_pieces);
  piece(of, 0);
  take_pieces();
}

}  // namespace dragoman::hosting
