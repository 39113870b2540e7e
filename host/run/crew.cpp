#include "run/crew.hpp"

#include "run/stop.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace dragoman::hosting {
namespace {

// Small tasks are many at a time between one hand-over and the next, or threads would do nothing but wake each other.
constexpr std::size_t places_a_thread = 64, least_places_a_thread = 4;
constexpr std::size_t piece_weight = std::size_t{1} << 16;  // is handed over at once
constexpr std::size_t most_weight = std::size_t{1} << 20;   // of a task, that waits to be taken

// Beyond these no task is begun before its turn.
constexpr std::size_t most_held = std::size_t{1} << 26;
constexpr std::size_t most_waiting_a_thread = std::size_t{1} << 21;  // made, and not taken

// Tasks that are begun may each hold an input and an output; what the program itself has open, and a few to spare.
constexpr rlim_t files_a_place = 2, other_files = 32;

std::size_t places_for(unsigned threads) {
  const std::size_t wanted = places_a_thread * threads, least = least_places_a_thread * threads;
  struct rlimit files {};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return wanted;
  const rlim_t left = files.rlim_cur > other_files ? files.rlim_cur - other_files : 0;
  return std::clamp<std::size_t>(static_cast<std::size_t>(left / files_a_place), least, wanted);
}

}  // namespace

unsigned threads_for_open_files(unsigned wanted) {
  constexpr rlim_t a_thread = files_a_place * least_places_a_thread;
  struct rlimit files {};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return wanted;
  const rlim_t needed = other_files + a_thread * wanted;
  if (files.rlim_cur < needed && files.rlim_cur < files.rlim_max) {
    auto raised = files;
    raised.rlim_cur = std::min(needed, files.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) files = raised;
  }
  if (files.rlim_cur >= needed) return wanted;
  return files.rlim_cur <= other_files + a_thread ? 1 : static_cast<unsigned>((files.rlim_cur - other_files) / a_thread);
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
  // Said while a reader is at work: only what is too much is handed over there.
  void report(const origin& about, const finding& f) override {
    piece_.report(about, f);
    if (piece_.weight() >= most_weight) hand_over();
  }
  void failed(failure f) override {
    piece_.failed(std::move(f));
    look();
  }
  void document(document_reader::step s) override {
    piece_.document(std::move(s));
    look();
  }
  void written(written_documents&& w) override {
    piece_.written(std::move(w));
    look();
  }
  void file(finished_file f) override {
    piece_.file(std::move(f));
    look();
  }
  void holds(std::size_t octets) override {
    piece_.holds(octets);
    look();
  }
  recording rest() { return std::move(piece_); }

private:
  void look() {
    if (std::max(piece_.weight(), piece_.held()) >= piece_weight) hand_over();
  }
  void hand_over() {
    std::unique_lock lock(owner_.mutex_);
    owner_.hand_over(lock, from_, std::exchange(piece_, {}), false);
  }
  crew& owner_;
  place& from_;
  recording piece_;
};

crew::crew(unsigned threads, receiver& to, std::function<bool()> go_on, std::size_t together)
    : to_(to),
      go_on_(std::move(go_on)),
      thread_count_(threads),
      together_(together),
      window_(places_for(threads)),
      most_waiting_(most_waiting_a_thread * threads),
      spent_(threads) {
  const no_signals guard;
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this, i] { work(i); });
}

crew::~crew() {
  {
    const std::lock_guard lock(mutex_);
    dismiss();
  }
  for (auto& t : threads_) t.join();
}

bool crew::add(std::unique_ptr<task> t) {
  std::unique_lock lock(mutex_);
  space_.wait(lock, [&] { return dismissed_ || places_.size() < 2 * window_; });
  if (dismissed_) return false;
  places_.emplace_back().what = std::move(t);
  ++waiting_;
  if (next_ == places_.end()) --next_;
  work_.notify_one();
  return true;
}

void crew::finish() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  work_.notify_all();
  over_.wait(lock, [&] { return !is_taking_ && (dismissed_ || is_over()); });
  if (problem_) std::rethrow_exception(problem_);
}

void crew::dismiss() {
  dismissed_ = true;
  work_.notify_all();
  space_.notify_all();
  taken_.notify_all();
  over_.notify_all();
}

crew::place_list::iterator crew::first_waiting(place_list::iterator from) {
  return std::find_if(from, places_.end(), [](const place& p) { return p.state == progress::waiting; });
}

// The first task that nobody works on, when it is near enough to its turn; else the end.
crew::place_list::iterator crew::next_task() {
  const bool is_its_turn = next_ == places_.begin();
  return is_its_turn || (begun_ < window_ && held_ <= most_held && weight_ <= most_waiting_) ? next_ : places_.end();
}

void crew::work(std::size_t thread) {
  std::unique_lock lock(mutex_);
  while (true) {
    auto mine = next_task();
    if (mine == places_.end()) {
      ++idle_;
      take(lock);
      work_.wait(lock, [&] { return dismissed_ || is_over() || (mine = next_task()) != places_.end(); });
      --idle_;
    }
    if (dismissed_ || mine == places_.end()) return;
    const auto run = take_run(mine, thread);
    place_list spent;
    spent.swap(spent_[thread]);
    lock.unlock();
    spent.clear();
    work_on(run, lock);
  }
}

// As many as are left for each thread, one at least.
crew::run_of_places crew::take_run(place_list::iterator first, std::size_t thread) {
  const std::size_t most = begun_ >= window_ ? 1 : std::min(together_, window_ - begun_);
  const std::size_t share = std::min(most, (waiting_ + thread_count_ - 1) / thread_count_);
  run_of_places run;
  for (auto p = first; run.size() < share && p != places_.end() && p->state == progress::waiting; ++p) {
    p->state = progress::running;
    p->thread = thread;
    run.push_back(p);
  }
  begun_ += run.size();
  waiting_ -= run.size();
  next_ = first_waiting(next_);
  return run;
}

void crew::leave(const run_of_places& run, std::size_t done) {
  for (std::size_t i = done; i < run.size(); ++i) run[i]->state = progress::waiting;
  begun_ -= run.size() - done;
  waiting_ += run.size() - done;
  next_ = first_waiting(places_.begin());
  work_.notify_all();
}

// What a task hands on comes before the rest of the run, which is left then, and where as much is held as may be; also to a
// thread that has nothing to do, unless that would be asked ahead in vain. Gives back `lock` locked.
void crew::work_on(const run_of_places& run, std::unique_lock<std::mutex>& lock) {
  std::shared_ptr<void> ahead;
  if (run.size() > 1) {
    std::vector<task*> tasks;
    for (const auto& p : run) tasks.push_back(p->what.get());
    try {
      ahead = tasks.front()->look_ahead(tasks);
    } catch (const std::exception&) {  // the task that needs what failed will meet it, and tell
    }
  }
  for (std::size_t done = 0;;) {
    const bool has_handed_on = work_on(run[done++], lock);
    if (dismissed_ || done == run.size()) return;
    const bool is_needed = idle_ > 0 && ahead == nullptr;
    if (has_handed_on || is_needed || held_ > most_held || weight_ > most_waiting_) return leave(run, done);
    lock.unlock();
  }
}

bool crew::work_on(place_list::iterator mine, std::unique_lock<std::mutex>& lock) {
  bool has_handed_on = false;
  outlet to(*this, *mine);
  try {
    mine->what->run(to, [&](std::unique_ptr<task> t) {
      const std::lock_guard again(mutex_);
      places_.emplace(std::next(mine))->what = std::move(t);
      ++waiting_;
      next_ = first_waiting(places_.begin());
      has_handed_on = true;
      work_.notify_one();
    });
  } catch (...) {
    mine->problem = std::current_exception();
  }
  lock.lock();
  hand_over(lock, *mine, to.rest(), true);
  return has_handed_on;
}

void crew::hand_over(std::unique_lock<std::mutex>& lock, place& from, recording piece, bool is_last) {
  from.held += piece.held();
  held_ += piece.held();
  from.weight += piece.weight();
  weight_ += piece.weight();
  if (!piece.is_empty()) from.made.push_back(std::move(piece));
  if (is_last) {
    from.state = progress::done;
    ++done_;
  }
  const bool is_much = !is_last && from.weight >= most_weight;
  blocked_ += is_much;
  take(lock);
  if (is_much) taken_.wait(lock, [&] { return dismissed_ || from.weight < most_weight; });
  blocked_ -= is_much;
  if (dismissed_) from.made.clear();
}

// Little is left to wait for more, unless a thread can do nothing else.
bool crew::is_worth_taking() const {
  if (places_.empty()) return false;
  const place& first = places_.front();
  if (first.state == progress::done) return done_ >= window_ / 2 || idle_ + blocked_ > 0;
  return !first.made.empty();
}

void crew::take(std::unique_lock<std::mutex>& lock) {
  if (is_taking_) return;  // that thread will look again
  while (!dismissed_ && is_worth_taking()) {
    is_taking_ = true;
    auto now = gather();
    lock.unlock();
    bool goes_on = false;
    std::exception_ptr problem;
    try {
      goes_on = replay(now);
    } catch (...) {
      problem = std::current_exception();
    }
    lock.lock();
    is_taking_ = false;
    give_back(now.finished);
    if (!goes_on) {
      problem_ = problem;
      dismiss();
    }
  }
  if (is_over()) {
    work_.notify_all();
    over_.notify_all();
  }
}

crew::harvest crew::gather() {
  harvest now;
  auto end = places_.begin();
  while (end != places_.end() && end->state == progress::done) ++end;
  now.finished.splice(now.finished.begin(), places_, places_.begin(), end);
  if (end != places_.end() && !end->made.empty()) {
    now.begun = &*end;
    now.beginning = std::exchange(end->made, {});
    weight_ -= std::exchange(end->weight, 0);
    taken_.notify_all();
  }
  if (places_.size() <= window_) space_.notify_one();
  return now;
}

bool crew::replay(harvest& now) {
  const auto replay_pieces = [this](place& p, std::vector<recording>& made) {
    if (!std::exchange(p.is_begun, true)) p.what->begin();
    for (auto& piece : made) piece.replay(to_);
  };
  for (auto& p : now.finished) {
    if (!go_on_()) return false;
    replay_pieces(p, p.made);
    if (p.problem) std::rethrow_exception(p.problem);
    p.what->end();
    if (p.held + p.weight < piece_weight) continue;
    p.what.reset();
    p.made.clear();
  }
  if (now.begun != nullptr) {
    if (!go_on_()) return false;
    replay_pieces(*now.begun, now.beginning);
  }
  return go_on_();
}

void crew::give_back(place_list& finished) {
  begun_ -= finished.size();
  done_ -= finished.size();
  while (!finished.empty()) {
    const auto p = finished.begin();
    held_ -= p->held;
    weight_ -= p->weight;
    auto& spent = spent_[p->thread];
    spent.splice(spent.end(), finished, p);
  }
  if (idle_ > 0 && next_task() != places_.end()) work_.notify_all();
}

}  // namespace dragoman::hosting
