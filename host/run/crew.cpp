#include "run/crew.hpp"

#include "run/stop.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

namespace dragoman::hosting {
namespace {

constexpr std::size_t places_a_thread = 4;
constexpr std::size_t piece_weight = std::size_t{1} << 16;  // is handed over at once
constexpr std::size_t most_weight = std::size_t{1} << 20;   // of a task, that waits to be taken

constexpr std::size_t most_held = std::size_t{1} << 26;  // beyond it no task is begun before its turn

}  // namespace

unsigned threads_for_open_files(unsigned wanted) {
  // Tasks that are begun may each hold an input and an output; what the program itself has open, and a few to spare.
  constexpr rlim_t a_thread = 2 * places_a_thread, others = 32;
  struct rlimit files {};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return wanted;
  const rlim_t needed = others + a_thread * wanted;
  if (files.rlim_cur < needed && files.rlim_cur < files.rlim_max) {
    auto raised = files;
    raised.rlim_cur = std::min(needed, files.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) files = raised;
  }
  if (files.rlim_cur >= needed) return wanted;
  return files.rlim_cur <= others + a_thread ? 1 : static_cast<unsigned>((files.rlim_cur - others) / a_thread);
}

void run_here(std::unique_ptr<task> first, receiver& to, const std::function<bool()>& go_on) {
  for (auto now = std::move(first); now && go_on();) {
    std::unique_ptr<task> then;
    now->begin();
    now->run(to, [&](std::unique_ptr<task> t) { then = std::move(t); });
    now->end();
    now = std::move(then);
  }
}

// What a task that runs on a thread of the crew writes to.
class crew::outlet final : public receiver {
public:
  outlet(crew& owner, place& from) : owner_(owner), from_(from) {}
  void report(const origin& about, const finding& f) override {
    piece_.report(about, f);
    look();
  }
  void failed(failure f) override {
    piece_.failed(std::move(f));
    look();
  }
  void document(document_reader::step s) override {
    piece_.document(std::move(s));
    look();
  }
  void file(finished_file f) override {
    piece_.file(std::move(f));
    look();
  }
  void holds(std::size_t octets) override {
    const std::lock_guard lock(owner_.mutex_);
    from_.held += octets;
    owner_.held_ += octets;
  }
  void end() { owner_.hand_over(from_, std::move(piece_), true); }

private:
  void look() {
    if (piece_.weight() >= piece_weight) owner_.hand_over(from_, std::exchange(piece_, {}), false);
  }
  crew& owner_;
  place& from_;
  recording piece_;
};

crew::crew(unsigned threads) : window_(places_a_thread * threads) {
  const no_signals guard;
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

crew::~crew() {
  dismiss();
  for (auto& t : threads_) t.join();
}

bool crew::add(std::unique_ptr<task> t) {
  std::unique_lock lock(mutex_);
  space_.wait(lock, [&] { return dismissed_ || places_.size() < 2 * window_; });
  if (dismissed_) return false;
  places_.emplace_back().what = std::move(t);
  work_.notify_one();
  return true;
}

void crew::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  work_.notify_all();
  made_.notify_all();
}

void crew::dismiss() {
  const std::lock_guard lock(mutex_);
  dismissed_ = true;
  work_.notify_all();
  space_.notify_all();
  made_.notify_all();
  taken_.notify_all();
}

// The first task that nobody works on, when it is near enough to its turn.
crew::place* crew::next_task() {
  std::size_t seen = 0;
  for (auto& p : places_) {
    if (p.state == progress::waiting) return &p;
    if (++seen >= window_ || held_ > most_held) break;
  }
  return nullptr;
}

void crew::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    place* mine = nullptr;
    work_.wait(lock, [&] { return dismissed_ || (mine = next_task()) != nullptr || (closed_ && places_.empty()); });
    if (dismissed_ || mine == nullptr) return;
    mine->state = progress::running;
    lock.unlock();
    outlet to(*this, *mine);
    std::exception_ptr problem;
    try {
      mine->what->run(to, [&](std::unique_ptr<task> t) {
        const std::lock_guard again(mutex_);
        auto at = places_.begin();
        while (&*at != mine) ++at;
        places_.emplace(std::next(at))->what = std::move(t);
        work_.notify_one();
      });
    } catch (...) {
      problem = std::current_exception();
    }
    mine->problem = problem;
    to.end();
    lock.lock();
  }
}

void crew::hand_over(place& from, recording piece, bool is_last) {
  std::unique_lock lock(mutex_);
  from.weight += piece.weight();
  if (!piece.is_empty()) from.made.push_back(std::move(piece));
  if (is_last) from.state = progress::done;
  if (&from == &places_.front()) made_.notify_one();
  if (!is_last) taken_.wait(lock, [&] { return dismissed_ || from.weight < most_weight; });
  if (dismissed_) from.made.clear();
}

bool crew::take(receiver& to) {
  constexpr std::chrono::milliseconds patience(100);  // somebody may ask to stop meanwhile
  std::unique_lock lock(mutex_);
  const auto is_there = [&] {
    return !places_.empty() && (!places_.front().made.empty() || places_.front().state == progress::done);
  };
  if (!made_.wait_for(lock, patience, [&] { return dismissed_ || is_there() || (closed_ && places_.empty()); })) return true;
  if (dismissed_ || places_.empty()) return false;
  place& now = places_.front();
  auto made = std::move(now.made);
  now.made.clear();
  now.weight = 0;
  const bool is_done = now.state == progress::done;
  const auto problem = is_done ? now.problem : nullptr;  // until then it is the thread's that works on it
  taken_.notify_all();
  lock.unlock();
  if (!now.is_begun) now.what->begin();
  now.is_begun = true;
  for (auto& piece : made) piece.replay(to);
  if (!is_done) return true;
  if (problem) std::rethrow_exception(problem);
  now.what->end();
  std::unique_ptr<task> finished = std::move(now.what);  // not destroyed under the lock
  lock.lock();
  held_ -= now.held;
  places_.pop_front();
  space_.notify_one();
  if (closed_ && places_.empty()) work_.notify_all();
  else work_.notify_one();
  return true;
}

}  // namespace dragoman::hosting
