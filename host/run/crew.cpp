#include "run/crew.hpp"

#include "run/stop.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

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
  void written(written_documents w) override {
    piece_.written(std::move(w));
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

crew::crew(unsigned threads, std::size_t together)
    : thread_count_(threads), together_(together), window_(places_for(threads)), most_waiting_(most_waiting_a_thread * threads) {
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
  if (next_ == places_.end()) --next_;
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

crew::place_list::iterator crew::first_waiting(place_list::iterator from) {
  return std::find_if(from, places_.end(), [](const place& p) { return p.state == progress::waiting; });
}

// The first task that nobody works on, when it is near enough to its turn; else the end.
crew::place_list::iterator crew::next_task() {
  const bool is_its_turn = next_ == places_.begin();
  return is_its_turn || (begun_ < window_ && held_ <= most_held && weight_ <= most_waiting_) ? next_ : places_.end();
}

bool crew::is_anything_made() const {
  return !places_.empty() && (!places_.front().made.empty() || places_.front().state == progress::done);
}

// Little is left to wait for more, unless somebody waits for it.
bool crew::is_worth_taking() const {
  return is_anything_made() && (done_ >= window_ / 4 || idle_ > 0 || places_.front().state == progress::running);
}

void crew::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    auto mine = next_task();
    if (!dismissed_ && mine == places_.end() && !(closed_ && places_.empty())) {
      ++idle_;
      if (is_worth_taking()) made_.notify_one();
      work_.wait(lock, [&] { return dismissed_ || (mine = next_task()) != places_.end() || (closed_ && places_.empty()); });
      --idle_;
    }
    if (dismissed_ || mine == places_.end()) return;
    const auto run = take_run(mine);
    lock.unlock();
    work_on(run);
    lock.lock();
  }
}

// As many as are left for each thread, one at least.
crew::run_of_places crew::take_run(place_list::iterator first) {
  const std::size_t most = together_ == 1 || begun_ >= window_ ? 1 : std::min(together_, window_ - begun_);
  const auto is_waiting = [&](place_list::iterator p) { return p != places_.end() && p->state == progress::waiting; };
  std::size_t waiting = 0;
  for (auto p = first; waiting < most * thread_count_ && is_waiting(p); ++p) ++waiting;
  const std::size_t share = (waiting + thread_count_ - 1) / thread_count_;
  run_of_places run;
  for (auto p = first; run.size() < share; ++p) {
    p->state = progress::running;
    run.push_back(p);
  }
  begun_ += run.size();
  next_ = first_waiting(next_);
  return run;
}

void crew::leave(const run_of_places& run, std::size_t done) {
  for (std::size_t i = done; i < run.size(); ++i) run[i]->state = progress::waiting;
  begun_ -= run.size() - done;
  next_ = first_waiting(places_.begin());
  work_.notify_all();
}

// What a task hands on comes before the rest of the run, which is left then, and where as much is held as may be.
void crew::work_on(const run_of_places& run) {
  std::shared_ptr<void> ahead;
  if (run.size() > 1) {
    std::vector<task*> tasks;
    for (const auto& p : run) tasks.push_back(p->what.get());
    try {
      ahead = tasks.front()->look_ahead(tasks);
    } catch (const std::exception&) {  // the task that needs what failed will meet it, and tell
    }
  }
  for (std::size_t done = 0; done < run.size();) {
    const bool has_handed_on = work_on(run[done++]);
    if (done == run.size()) return;
    const std::lock_guard lock(mutex_);
    if (dismissed_) return;
    if (has_handed_on || held_ > most_held || weight_ > most_waiting_) return leave(run, done);
  }
}

bool crew::work_on(place_list::iterator mine) {
  bool has_handed_on = false;
  outlet to(*this, *mine);
  try {
    mine->what->run(to, [&](std::unique_ptr<task> t) {
      const std::lock_guard again(mutex_);
      places_.emplace(std::next(mine))->what = std::move(t);
      next_ = first_waiting(places_.begin());
      has_handed_on = true;
      work_.notify_one();
    });
  } catch (...) {
    mine->problem = std::current_exception();
  }
  to.end();
  return has_handed_on;
}

void crew::hand_over(place& from, recording piece, bool is_last) {
  std::unique_lock lock(mutex_);
  from.weight += piece.weight();
  weight_ += piece.weight();
  if (!piece.is_empty()) from.made.push_back(std::move(piece));
  if (is_last) {
    from.state = progress::done;
    ++done_;
  }
  if (is_worth_taking()) made_.notify_one();
  if (!is_last) taken_.wait(lock, [&] { return dismissed_ || from.weight < most_weight; });
  if (dismissed_) from.made.clear();
}

// Waits a little while. False: all is done, or the crew was dismissed.
bool crew::gather(harvest& into) {
  constexpr std::chrono::milliseconds patience(100);  // somebody may ask to stop meanwhile
  std::unique_lock lock(mutex_);
  made_.wait_for(lock, patience, [&] { return dismissed_ || is_worth_taking() || (closed_ && places_.empty()); });
  if (dismissed_ || (closed_ && places_.empty())) return false;
  auto end = places_.begin();
  while (end != places_.end() && end->state == progress::done) ++end;
  into.finished.splice(into.finished.begin(), places_, places_.begin(), end);
  if (end != places_.end() && !end->made.empty()) {
    into.begun = &*end;
    into.beginning = std::exchange(end->made, {});
    weight_ -= std::exchange(end->weight, 0);
    taken_.notify_all();
  }
  if (places_.size() <= window_) space_.notify_one();
  return true;
}

void crew::give_back(const place_list& finished) {
  const std::lock_guard lock(mutex_);
  for (const auto& p : finished) {
    held_ -= p.held;
    weight_ -= p.weight;
  }
  begun_ -= finished.size();
  done_ -= finished.size();
  if (idle_ > 0 && (places_.empty() || next_task() != places_.end())) work_.notify_all();
}

bool crew::take(receiver& to, const std::function<bool()>& go_on) {
  harvest now;
  if (!gather(now)) return false;
  const auto replay = [&to](place& p, std::vector<recording>& made) {
    if (!std::exchange(p.is_begun, true)) p.what->begin();
    for (auto& piece : made) piece.replay(to);
  };
  for (auto& p : now.finished) {
    if (!go_on()) return false;
    replay(p, p.made);
    if (p.problem) std::rethrow_exception(p.problem);
    p.what->end();
  }
  if (now.begun != nullptr && go_on()) replay(*now.begun, now.beginning);
  give_back(now.finished);
  return go_on();
}

}  // namespace dragoman::hosting
