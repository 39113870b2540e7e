#include "sessions/work.hpp"

#include "run/stop.hpp"

#include <algorithm>
#include <exception>

namespace dragoman::hosting {

work_threads::~work_threads() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  offered_.notify_all();
  for (auto& t : threads_) t.join();
}

void work_threads::take_pieces(lot& of) noexcept {
  for (std::uint64_t n; (n = of.next.fetch_add(1)) < of.count;) of.piece(of.of, n);
}

// Where no thread can be had, the others do it all.
void work_threads::begin_threads(unsigned most) noexcept {
  if (threads_.size() >= most) return;
  const no_signals guard;
  try {
    while (threads_.size() < most) threads_.emplace_back([this] { work(); });
  } catch (const std::exception&) {
  }
}

// False: nobody will help.
bool work_threads::offer(lot& l, unsigned others) noexcept {
  const std::lock_guard lock(mutex_);
  begin_threads(others);
  if (threads_.empty()) return false;
  try {
    offers_.push_back(&l);
  } catch (const std::exception&) {
    return false;
  }
  if (l.count > 2) offered_.notify_all();
  else offered_.notify_one();
  return true;
}

// No piece is left to take: nobody else comes, and those who came are waited for.
void work_threads::withdraw(lot& l) noexcept {
  std::unique_lock lock(mutex_);
  std::erase(offers_, &l);
  left_.wait(lock, [&] { return l.helpers == 0; });
}

void work_threads::work() noexcept {
  std::unique_lock lock(mutex_);
  while (true) {
    offered_.wait(lock, [&] { return is_over_ || !offers_.empty(); });
    if (is_over_) return;
    lot& mine = *offers_.front();
    ++mine.helpers;
    lock.unlock();
    take_pieces(mine);
    lock.lock();
    std::erase(offers_, &mine);
    if (--mine.helpers == 0) left_.notify_all();
  }
}

void work_threads::side_by_side(unsigned others, std::uint64_t count, piece_function piece, void* of) noexcept {
  if (count == 0) return;
  lot mine{piece, of, count};
  const bool is_shared = count > 1 && others > 0 && offer(mine, others);
  piece(of, 0);
  take_pieces(mine);
  if (is_shared) withdraw(mine);
}

}  // namespace dragoman::hosting
