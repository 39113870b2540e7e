// A program that runs beside a session: octets to its standard input, octets and messages from it, without deadlock.
#pragma once
#include "processes/child_process.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

class child_program {
public:
  struct limits {
    double silence = 60, total = 0;  // seconds; total 0: none
    std::size_t memory = 0;          // octets of address space; 0: none
  };
  struct listeners {
    std::function<bool(std::string_view)> octets;   // of standard output; false: no more is wanted
    std::function<void(std::string_view)> message;  // a line of standard error
    std::function<bool()> is_cancelled;
  };
  enum class state { running, ended, timed_out, cancelled, unwanted };

  // Starts argv[0], a path, with a small fixed environment. Throws std::system_error. No shell sees the words.
  child_program(const std::vector<std::string>& argv, const limits& l, listeners to);
  child_program(const child_program&) = delete;
  child_program& operator=(const child_program&) = delete;
  ~child_program() = default;  // ends it, and what it started

  // Gives it octets, all of them, while what it says is taken. False when it does not go on: see how().
  bool write(std::string_view octets);
  // Its input is at its end.
  void close_input() noexcept;
  // Waits until `enough`, a question asked after each sign of life, or until it has said all. False when it does not go on.
  bool wait(const std::function<bool()>& enough);
  // Gives it what of `octets` it takes now; waits for one sign of life. Returns how many octets were taken.
  std::size_t exchange(std::string_view octets);

  state how() const noexcept { return state_; }
  bool has_input() const noexcept { return static_cast<bool>(in_); }
  // True when it has ended well: exit code 0, nothing of ours against it.
  bool is_good() const noexcept { return state_ == state::ended && process_->status() == 0; }
  // How it ended, for people: "ended with exit code 1: last line of its messages".
  std::string epitaph() const;
  void kill() noexcept;

private:
  void take(descriptor& fd, std::string& lines, bool messages);
  void end_line(std::string_view line);
  void look_for_end() noexcept;

  limits limits_;
  listeners to_;
  std::optional<child_process> process_;
  descriptor in_, out_, err_;
  state state_ = state::running;
  std::string partial_, last_message_;
  std::size_t messages_ = 0;
  std::chrono::steady_clock::time_point begin_, alive_;
};

}  // namespace dragoman::hosting
