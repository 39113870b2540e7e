// A worker as the host sees it: a process that is asked, listened to with two clocks, and ended when it breaks a rule.
#pragma once
#include "isolation/wire.hpp"
#include "processes/child_process.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// What workers are held to.
struct worker_limits {
  double silence = 60, total = 600;                   // seconds without a sign of life, and for one document
  std::size_t memory = std::size_t{4} << 30;          // octets of address space
  std::uint64_t file_size = std::uint64_t{16} << 30;  // octets of each nameless temporary file
  unsigned open_files = 32;
  std::size_t documents = 5000;  // that one worker takes before another one replaces it
  std::size_t crashes = 5;       // in a row, on different documents, that disable a plugin
};

// From "silence=60,total=600,memory=4096,documents=5000,crashes=5", any of them; memory in MiB. Throws usage_error.
worker_limits worker_limits_of(std::string_view text);

// A worker that is no more.
struct worker_lost : std::runtime_error {
  enum class cause { crashed, timed_out, out_of_memory, nonsense, not_started };
  worker_lost(cause c, const std::string& how) : std::runtime_error(how), why(c) {}
  cause why;
};
// Somebody asked to stop, and the worker did not hear of it in time.
struct worker_cancelled {};

// Messages to a worker, counted from its begin.
struct message_range {
  std::uint64_t first = 0, last = UINT64_MAX;
  bool holds(std::uint64_t message) const noexcept { return first <= message && message <= last; }
};

class worker_process {
public:
  // Starts `program` as a worker with these plugin files. Throws worker_lost. `stop` must outlive it.
  worker_process(const std::string& program, const std::vector<std::string>& files, const worker_limits& limits,
                 const std::atomic<bool>& stop);
  worker_process(const worker_process&) = delete;
  worker_process& operator=(const worker_process&) = delete;
  ~worker_process();

  // Sends what was packed, as far as it goes at once; the rest while it is listened to. The clocks begin anew.
  packer say() noexcept { return packer(out_); }
  void send();
  // The next message. Throws worker_lost, when it is at its end or its time is over, and worker_cancelled; it is of no
  // use any more then. The payload is valid until the next call.
  message receive();
  // A document is done: its clock begins anew.
  void note_done() noexcept { begin_ = clock::now(); }
  // What it does now is for this one question, that it was asked by these messages.
  void begin_answer(message_range question) noexcept {
    question_ = question;
    begin_clocks();
  }
  // It is at something else than that question: it has answered it, or others were asked before it.
  bool is_elsewhere() const noexcept;
  // Octets that were received and are not of any message that receive gave.
  std::string_view received() const noexcept { return in_.octets(); }
  // Makes sure that the next message is among them.
  void wait_for_more() { listen(); }
  void skip(std::size_t octets) noexcept { in_.skip(octets); }

  // Ends it because it broke a rule. [[noreturn]]: throws worker_lost.
  [[noreturn]] void blame(worker_lost::cause c, const std::string& how);
  shared_page& page() noexcept { return *page_; }
  // What the plugin printed since the last call.
  std::string printed();

  std::size_t documents = 0;  // that it took

private:
  using clock = std::chrono::steady_clock;
  void begin_clocks() noexcept { begin_ = alive_ = last_look_ = clock::now(); }
  void push();
  void wait();
  void listen();
  void look_at_clocks();
  [[noreturn]] void gone();

  const worker_limits limits_;
  const std::atomic<bool>& stop_;
  descriptor socket_, printed_;
  shared_page* page_ = nullptr;
  std::optional<child_process> process_;
  inbox in_;
  std::string out_, words_;
  std::size_t sent_ = 0;  // octets of out_
  message_range question_;
  std::uint64_t beats_ = 0;
  clock::time_point begin_, alive_, last_look_;
  std::optional<clock::time_point> asked_to_stop_;
};

}  // namespace dragoman::hosting
