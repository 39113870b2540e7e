// Threads that work on tasks. What they make is taken in the order of the tasks, by whichever of them has just made what it
// takes to go on: whatever the threads do, the receiver sees the same, and is called by one at a time. Memory is bounded: only so
// many tasks are begun before their turn, and who has made much waits until it is taken.
#pragma once
#include "run/receiver.hpp"

#include <condition_variable>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace dragoman::hosting {

// A piece of work of a run.
class task {
public:
  using hand_on = std::function<void(std::unique_ptr<task>)>;
  virtual ~task() = default;
  // On the thread that takes: before what run makes is taken, and after all of it.
  virtual void begin() = 0;
  virtual void end() = 0;
  // On any thread: before the first of tasks that this thread will run one behind another. What it returns lives until they
  // have run.
  virtual std::shared_ptr<void> look_ahead(const std::vector<task*>& run) {
    (void)run;
    return nullptr;
  }
  // On any thread. `next` takes a further task, at most one, whose turn comes right after this one's.
  virtual void run(receiver& to, const hand_on& next) = 0;
};

// Does a task, and those that it hands on, here and now; what they make goes straight to `to`. Ends early when `go_on` says so.
void run_here(std::unique_ptr<task> first, receiver& to, const std::function<bool()>& go_on);

// So many of `wanted` threads as the limit of open files allows for, at least one. Raises the soft limit as far as it may.
unsigned threads_for_open_files(unsigned wanted);

class crew {
public:
  // Begins `threads` threads, which get no signals. Each works on up to `together` tasks at one time, to look ahead. What they
  // make goes to `to`; `go_on` is asked before that of each task, and ends it early. Both by one thread at a time.
  crew(unsigned threads, receiver& to, std::function<bool()> go_on, std::size_t together = 1);
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;
  // What is being worked on ends unheard.
  ~crew();

  // Adds a task behind all others; waits while too many wait already. False: it has ended early.
  bool add(std::unique_ptr<task> t);
  // No more will be added: waits until all of it was taken, or it has ended early. Throws what a task or the receiver has thrown.
  void finish();

private:
  enum class progress { waiting, running, done };
  struct place {
    std::unique_ptr<task> what;
    progress state = progress::waiting;
    bool is_begun = false;        // for the receiver
    std::vector<recording> made;  // not taken yet
    std::size_t weight = 0;       // of it
    std::size_t held = 0;         // see receiver::holds
    std::size_t thread = 0;       // that works on it
    std::exception_ptr problem;
  };
  using place_list = std::list<place>;
  // What is there to take: tasks that are done, and of the one behind them what it made as yet.
  struct harvest {
    place_list finished;
    place* begun = nullptr;
    std::vector<recording> beginning;
  };
  class outlet;
  void work(std::size_t thread);
  bool is_over() const { return closed_ && places_.empty(); }
  void dismiss();
  place_list::iterator first_waiting(place_list::iterator from);
  place_list::iterator next_task();
  using run_of_places = std::vector<place_list::iterator>;
  run_of_places take_run(place_list::iterator first, std::size_t thread);
  void work_on(const run_of_places& run, std::unique_lock<std::mutex>& lock);
  // True when it handed on another task.
  bool work_on(place_list::iterator mine, std::unique_lock<std::mutex>& lock);
  // Those behind the first `done` wait again for a thread.
  void leave(const run_of_places& run, std::size_t done);
  void hand_over(std::unique_lock<std::mutex>& lock, place& from, recording piece, bool is_last);
  bool is_worth_taking() const;
  // Takes what is there of the tasks whose turn it is, unless another thread does.
  void take(std::unique_lock<std::mutex>& lock);
  harvest gather();
  // False: go_on said so.
  bool replay(harvest& now);
  void give_back(place_list& finished);

  receiver& to_;
  const std::function<bool()> go_on_;
  const std::size_t thread_count_, together_;
  const std::size_t window_;        // tasks that may be begun before they are taken
  const std::size_t most_waiting_;  // octets that were made and not taken, before another is begun
  std::mutex mutex_;
  std::condition_variable work_, space_, taken_, over_;
  place_list places_;
  place_list::iterator next_ = places_.end();       // the first that nobody works on; all before it are begun
  std::size_t waiting_ = 0, begun_ = 0, done_ = 0;  // of places_; what is done is begun, too
  std::size_t held_ = 0, weight_ = 0;               // by all places
  std::size_t idle_ = 0, blocked_ = 0;              // threads without work, and those that made too much as yet
  // What was taken, for each thread that worked on it, unless it is large: memory that one thread allots and another one frees
  // has them wait for each other.
  std::vector<place_list> spent_;
  bool closed_ = false, dismissed_ = false;
  bool is_taking_ = false;      // a thread
  std::exception_ptr problem_;  // why it was dismissed
  std::vector<std::thread> threads_;
};

}  // namespace dragoman::hosting
