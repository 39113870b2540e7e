#include "command_plugins/child_program.hpp"

#include "strings.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace dragoman::hosting {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::size_t longest_message = 4096, most_messages = 1000;
constexpr int heartbeat = 100;  // milliseconds between looks at whether somebody asked to stop

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void close_fd(int& fd) noexcept {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

struct pipe_ends {
  int read = -1, write = -1;
  pipe_ends() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
    read = ends[0];
    write = ends[1];
  }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;
  ~pipe_ends() {
    close_fd(read);
    close_fd(write);
  }
  static int take(int& fd) noexcept { return std::exchange(fd, -1); }
};

// The same words, locale and time zone wherever it is run.
std::vector<std::string> environment_of_child() {
  std::vector<std::string> out{"LC_ALL=C.UTF-8", "LANG=C.UTF-8", "TZ=UTC"};
  for (const char* name : {"PATH", "HOME", "TMPDIR"})
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  return out;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const auto& w : words) out.push_back(const_cast<char*>(w.c_str()));
  out.push_back(nullptr);
  return out;
}

// Between fork and exec: calls that are safe after a fork of a process with threads, and nothing else.
[[noreturn]] void become(char* const* argv, char* const* environment, int in, int out, int err, std::size_t memory) noexcept {
  ::setpgid(0, 0);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  for (const int s : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM}) ::signal(s, SIG_DFL);
  if (memory != 0) {
    const rlimit most{memory, memory};
    ::setrlimit(RLIMIT_AS, &most);
  }
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::execve(argv[0], argv, environment);
  constexpr char said[] = "it cannot be started\n";
  [[maybe_unused]] const auto n = ::write(STDERR_FILENO, said, sizeof said - 1);
  ::_exit(127);
}

}  // namespace

child_program::child_program(const std::vector<std::string>& argv, const limits& l, listeners to) : limits_(l), to_(std::move(to)) {
  const auto words = pointers(argv);
  const auto variables = environment_of_child();
  const auto environment = pointers(variables);
  pipe_ends in, out, err;
  process_ = ::fork();
  if (process_ < 0) fail("fork");
  if (process_ == 0) become(words.data(), environment.data(), in.read, out.write, err.write, limits_.memory);
  ::setpgid(process_, process_);
  in_ = pipe_ends::take(in.write);
  out_ = pipe_ends::take(out.read);
  err_ = pipe_ends::take(err.read);
  for (const int fd : {in_, out_, err_}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  begin_ = alive_ = clock::now();
}

child_program::~child_program() {
  kill();
  reap();
  close_fd(in_);
  close_fd(out_);
  close_fd(err_);
}

void child_program::kill() noexcept {
  if (process_ > 0) ::kill(-process_, SIGKILL);
}

void child_program::reap() noexcept {
  if (process_ <= 0) return;
  while (::waitpid(process_, &status_, 0) < 0 && errno == EINTR) {
  }
  ::kill(-process_, SIGKILL);  // what it started does not outlive it
  process_ = -1;
}

void child_program::look_for_end() noexcept {
  close_input();
  if (::waitpid(process_, &status_, WNOHANG) != process_) return;
  ::kill(-process_, SIGKILL);  // what it started does not outlive it
  process_ = -1;
  state_ = state::ended;
}

void child_program::close_input() noexcept { close_fd(in_); }

void child_program::end_line(std::string_view line) {
  if (line.empty()) return;
  last_message_ = line;
  if (++messages_ <= most_messages) to_.message(line);
}

void child_program::take(int& fd, std::string& lines, bool messages) {
  char buffer[1 << 16];
  const auto n = ::read(fd, buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  alive_ = clock::now();
  if (n <= 0) {
    if (messages) end_line(std::exchange(lines, {}));
    return close_fd(fd);
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
  pollfd waits[3] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}, {octets.empty() ? -1 : in_, POLLOUT, 0}};
  const bool is_leaving = out_ < 0 && err_ < 0;  // it only has to come to its end
  if (::poll(waits, 3, is_leaving ? 1 : heartbeat) <= 0 && !is_leaving) return 0;
  std::size_t taken = 0;
  if (waits[2].revents != 0) {
    const auto n = ::write(in_, octets.data(), octets.size());
    if (n > 0) {
      taken = static_cast<std::size_t>(n);
      alive_ = clock::now();
    } else if (errno != EAGAIN && errno != EINTR) {
      close_fd(in_);  // it wants no more
    }
  }
  std::string none;
  if (err_ >= 0 && waits[1].revents != 0) take(err_, partial_, true);
  if (out_ >= 0 && waits[0].revents != 0) take(out_, none, false);
  if (state_ == state::unwanted) kill();
  else if (out_ < 0 && err_ < 0) look_for_end();
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
      if (WIFSIGNALED(status_)) out = std::string("was ended by signal ") + std::to_string(WTERMSIG(status_)) + " (" + ::strsignal(WTERMSIG(status_)) + ")";
      else out = "ended with exit code " + std::to_string(WEXITSTATUS(status_));
      break;
    default: out = "stopped listening"; break;
  }
  if (!last_message_.empty()) out += "; its last words: " + shortened(printable(last_message_), 200);
  return out;
}

}  // namespace dragoman::hosting
