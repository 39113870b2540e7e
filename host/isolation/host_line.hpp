// A worker's line to its host, and octets that it fetches through it.
#pragma once
#include "isolation/wire.hpp"
#include "sessions/guarded.hpp"

#include <dragoman/plugin.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace dragoman::hosting {

// The worker has nobody to work for.
[[noreturn]] inline void leave() noexcept { ::_exit(0); }

// Messages to the host and from it. One thread, but for report.
class host_line {
public:
  host_line(int socket, shared_page& page) : socket_(socket), page_(page), events_(out_) {
    events_.on_event([this] {
      beat();
      if (out_.size() >= 4 * flush_at) flush();
    });
  }

  packer say() noexcept { return packer(out_); }
  event_packer& events() noexcept { return events_; }
  // Beats of two threads at one time may count as one; that it is another number than before is enough.
  void beat() noexcept { page_.beats.store(page_.beats.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }
  bool is_cancelled() const noexcept { return page_.cancel.load(std::memory_order_relaxed) != 0; }
  shared_page& page() noexcept { return page_; }

  // What is reported may come from any thread; it goes out before the end of the call.
  template <class F>
  void report(F&& f) noexcept {
    try {
      const std::lock_guard lock(mutex_);
      f(packer(reports_));
    } catch (const std::exception&) {  // out of memory while saying so
    }
  }
  void flush() {
    {
      const std::lock_guard lock(mutex_);
      out_ += reports_;
      reports_.clear();
    }
    for (std::string_view rest = out_; !rest.empty();) {
      const auto n = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) leave();
      rest.remove_prefix(static_cast<std::size_t>(n));
      beat();
    }
    out_.clear();
    last_flush_ = clock::now();
  }
  // A call of the contract is over.
  void done(dgm_status status) {
    {
      const std::lock_guard lock(mutex_);
      out_ += reports_;
      reports_.clear();
    }
    say().begin(op::done).number(static_cast<std::uint64_t>(std::int64_t{status})).end();
    constexpr auto patience = std::chrono::milliseconds(50);
    if (out_.size() >= flush_at || clock::now() - last_flush_ > patience) flush();
  }
  bool is_full() const noexcept { return out_.size() >= flush_at; }

  // The next message of the host; its payload is valid until the one after. Ends the process when the host hangs up.
  message next() {
    const auto m = later_.empty() ? receive() : first_of_later();
    page_.message.fetch_add(1, std::memory_order_relaxed);
    return m;
  }
  // Asks the host for something; the payload of its answer.
  std::string_view answer() { return wait_for(op::answer, op::answer).payload; }
  // Of a session that waits: to go on, or to close it.
  message word_on_session() { return wait_for(op::more, op::close); }

private:
  // What the host had asked before comes when its turn is.
  message wait_for(op one, op other) {
    flush();
    for (;;) {
      const auto m = receive();
      if (m.what == one || m.what == other) return m;
      later_.emplace_back(m.what, m.payload);
    }
  }
  // Answers wait while there are questions.
  message receive() {
    for (message m;;) {
      if (in_.next(m)) return m;
      flush();
      std::size_t size = std::size_t{1} << 16;
      char* at = in_.room(size);
      ssize_t n = 0;
      while ((n = ::recv(socket_, at, size, 0)) < 0 && errno == EINTR) {
      }
      if (n <= 0) leave();
      in_.took(static_cast<std::size_t>(n));
    }
  }
  message first_of_later() {
    now_ = std::move(later_.front());
    later_.pop_front();
    return {now_.first, now_.second};
  }

  using clock = std::chrono::steady_clock;
  const int socket_;
  shared_page& page_;
  inbox in_;
  std::deque<std::pair<op, std::string>> later_;  // came when an answer was waited for
  std::pair<op, std::string> now_;                // the first of them, that is worked on
  std::string out_;
  event_packer events_;
  std::mutex mutex_;
  std::string reports_;
  clock::time_point last_flush_ = clock::now();
};

// Octets that the host has: an input that is not in this process, an origin, a volume.
class remote_input {
public:
  remote_input(host_line& to, std::string_view contents, bool has_contents, std::int64_t length, std::string name,
               std::string history)
      : to_(to),
        contents_(contents),
        has_contents_(has_contents),
        name_(std::move(name)),
        history_(std::move(history)),
        table_{sizeof(dgm_input), this, read, read_at, lend, length, span(name_), span(history_)} {}
  remote_input(const remote_input&) = delete;
  remote_input& operator=(const remote_input&) = delete;
  const dgm_input* table() const noexcept { return &table_; }

private:
  static std::int64_t DGM_CALL read(void* ctx, void* buffer, std::size_t capacity) noexcept {
    auto& self = *static_cast<remote_input*>(ctx);
    const auto n = read_at(ctx, self.at_, buffer, capacity);
    if (n > 0) self.at_ += static_cast<std::uint64_t>(n);
    return n;
  }
  static std::int64_t DGM_CALL read_at(void* ctx, std::uint64_t offset, void* buffer, std::size_t capacity) noexcept {
    auto& self = *static_cast<remote_input*>(ctx);
    self.to_.beat();
    if (self.has_contents_) {
      if (offset >= self.contents_.size()) return 0;
      return static_cast<std::int64_t>(
          self.contents_.copy(static_cast<char*>(buffer), capacity, static_cast<std::size_t>(offset)));
    }
    std::int64_t out = DGM_IO;
    guarded([&] {
      constexpr std::size_t most = std::size_t{1} << 20;
      self.to_.say().begin(op::ask_octets).number(offset).number(std::min(capacity, most)).end();
      unpacker answer(self.to_.answer());
      out = answer.signed_number();
      const auto octets = answer.rest();
      if (out > 0) octets.copy(static_cast<char*>(buffer), capacity);
      return dgm_status{DGM_OK};
    });
    return out;
  }
  static std::int32_t DGM_CALL lend(void* ctx, dgm_str* out) noexcept {
    const auto& self = *static_cast<remote_input*>(ctx);
    if (!self.has_contents_) return 0;
    *out = span(self.contents_);
    return 1;
  }
  host_line& to_;
  const std::string_view contents_;
  const bool has_contents_;
  const std::string name_, history_;
  std::uint64_t at_ = 0;
  dgm_input table_;
};

}  // namespace dragoman::hosting
