// Documents of one output that are written where they are read, by sessions beside the one that began it (DGM_STANDALONE):
// each writes into memory, and its octets come behind those of the others in the order of the run.
#pragma once
#include "run/receiver.hpp"
#include "sessions/channel.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace dragoman::hosting {

// The sessions beside. Any thread.
class standalone_sessions {
public:
  class session;
  standalone_sessions();
  standalone_sessions(const standalone_sessions&) = delete;
  standalone_sessions& operator=(const standalone_sessions&) = delete;
  ~standalone_sessions();

  // `first` has begun the output, with a document or a frame, and outlives all that is asked for here.
  void begin_beside(const channel& first) noexcept { first_ = &first; }
  bool have_begun() const noexcept { return first_.load() != nullptr; }

  // Lends one to a thread, which is the only one that uses it until it gives it back. What it reports goes to `to`.
  std::unique_ptr<session> lend(receiver& to);
  void give_back(std::unique_ptr<session> used);
  // This thread writes these next: a writer elsewhere is asked about all of them at one time. Holds while what it returns, perhaps
  // nothing, lives, which this thread ends.
  std::shared_ptr<void> expect(const std::vector<const document_reader::step*>& next);

private:
  class expectation;
  std::atomic<const channel*> first_ = nullptr;
  std::mutex mutex_;
  std::vector<std::unique_ptr<session>> idle_;
  std::map<std::thread::id, std::unique_ptr<session>> expecting_;  // those of threads that said what they will write; null: lent
};

// Writes documents of one input, and hands on what became of them. One thread.
class standalone_writer {
public:
  // Both outlive it.
  standalone_writer(standalone_sessions& sessions, receiver& to);
  standalone_writer(const standalone_writer&) = delete;
  standalone_writer& operator=(const standalone_writer&) = delete;
  ~standalone_writer();

  // False: no document can be written here any more.
  bool is_usable() const noexcept { return !is_over_; }
  void write(const document_reader::step& s);
  // Hands on what was written and is not handed on yet.
  void hand_on();

private:
  standalone_sessions& sessions_;
  receiver& to_;
  std::unique_ptr<standalone_sessions::session> session_;  // once a document came
  written_documents made_;                                 // but for the octets, which the session has
  bool is_over_ = false;
};

}  // namespace dragoman::hosting
