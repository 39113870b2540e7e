#include "command_plugins/child_program.hpp"

#include "strings.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace dragoman::hosting {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::size_t longest_message = 4096, most_messages = 1000;
constexpr int heartbeat = 100;  // milliseconds between looks at whether somebody asked to stop

// The same words, locale and time zone wherever it is run.
std::vector<std::string> environment_of_child() {
  std::vector<std::string> out{"LC_ALL=C.UTF-8", "LANG=C.UTF-8", "TZ=UTC"};
  for (const char* name : {"PATH", "HOME", "TMPDIR"})
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  return out;
}

}  // namespace

child_program::child_program(const std::vector<std::string>& argv, const limits& l, listeners to)
    : limits_(l), to_(std::move(to)) {
  pipe_ends in, out, err;
  process_.emplace(
      child_process::plan{argv, environment_of_child(), in.read.get(), out.write.get(), err.write.get(), {}, limits_.memory});
  in_ = std::move(in.write);
  out_ = std::move(out.read);
  err_ = std::move(err.read);
  for (const auto* fd : {&in_, &out_, &err_}) set_nonblocking(*fd);
  begin_ = alive_ = clock::now();
}

void child_program::kill() noexcept { process_->kill(); }

void child_program::look_for_end() noexcept {
  close_input();
  if (process_->has_ended()) state_ = state::ended;
}

void child_program::close_input() noexcept { in_.close(); }

void child_program::end_line(std::string_view line) {
  if (line.empty()) return;
  last_message_ = line;
  if (++messages_ <= most_messages) to_.message(line);
}

void child_program::take(descriptor& fd, std::string& lines, bool messages) {
  char buffer[1 << 16];
  const auto n = ::read(fd.get(), buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  alive_ = clock::now();
  if (n <= 0) {
    if (messages) end_line(std::exchange(lines, {}));
    return fd.close();
  }
  std::string_view octets(buffer, static_cast<std::size_t>(n));
  if (!messages) {
    if (!to_.octets(octets)) state_ = state::unwanted;
    return;
  }
  for (auto end = octets.find('\n'); end != std::string_view::npos; end = octets.find('\n')) {
    lines += octets.substr(0, end);
    end_line(std::exchange(lines, {}));
    octets.remove_prefix(end + 1);
  }
  lines += octets.substr(0, longest_message - std::min(lines.size(), longest_message));
}

std::size_t child_program::exchange(std::string_view octets) {
  if (state_ != state::running) return 0;
  const auto since = [](clock::time_point t) { return std::chrono::duration<double>(clock::now() - t).count(); };
  if (since(alive_) > limits_.silence || (limits_.total > 0 && since(begin_) > limits_.total)) state_ = state::timed_out;
  else if (to_.is_cancelled()) state_ = state::cancelled;
  if (state_ != state::running) {
    kill();
    return 0;
  }
  pollfd waits[3] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}, {octets.empty() ? -1 : in_.get(), POLLOUT, 0}};
  const bool is_leaving = !out_ && !err_;  // it only has to come to its end
  if (::poll(waits, 3, is_leaving ? 1 : heartbeat) <= 0 && !is_leaving) return 0;
  std::size_t taken = 0;
  if (waits[2].revents != 0) {
    const auto n = ::write(in_.get(), octets.data(), octets.size());
    if (n > 0) {
      taken = static_cast<std::size_t>(n);
      alive_ = clock::now();
    } else if (errno != EAGAIN && errno != EINTR) {
      in_.close();  // it wants no more
    }
  }
  std::string none;
  if (err_ && waits[1].revents != 0) take(err_, partial_, true);
  if (out_ && waits[0].revents != 0) take(out_, none, false);
  if (state_ == state::unwanted) kill();
  else if (!out_ && !err_) look_for_end();
  return taken;
}

bool child_program::write(std::string_view octets) {
  while (!octets.empty() && state_ == state::running && has_input()) octets.remove_prefix(exchange(octets));
  return octets.empty();
}

bool child_program::wait(const std::function<bool()>& enough) {
  while (!enough()) {
    if (state_ != state::running) return false;
    exchange({});
  }
  return true;
}

std::string child_program::epitaph() const {
  std::string out;
  switch (state_) {
    case state::timed_out: out = "gave no sign of life, or took too long, and was ended"; break;
    case state::ended:
      out = (WIFSIGNALED(process_->status()) ? "was ended by " : "ended with ") + how_it_ended(process_->status());
      break;
    default: out = "stopped listening"; break;
  }
  if (!last_message_.empty()) out += "; its last words: " + shortened(printable(last_message_), 200);
  return out;
}

}  // namespace dragoman::hosting
