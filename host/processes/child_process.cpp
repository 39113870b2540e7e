#include "processes/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace dragoman::hosting {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const auto& w : words) out.push_back(const_cast<char*>(w.c_str()));
  out.push_back(nullptr);
  return out;
}

// Between vfork and exec, in the memory of the process that goes on behind it: calls of the system that leave that as it is, and
// nothing else.
[[noreturn]] void become(const child_process::plan& p, char* const* argv, char* const* environment) noexcept {
  ::setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(p.in >= 0 ? p.in : nothing, STDIN_FILENO);
  ::dup2(p.out >= 0 ? p.out : nothing, STDOUT_FILENO);
  ::dup2(p.err >= 0 ? p.err : nothing, STDERR_FILENO);
  for (const int fd : p.keep) ::fcntl(fd, F_SETFD, 0);
  for (const int s : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM}) ::signal(s, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);  // the thread that forked gets no signals
  if (p.memory != 0) {
    const rlimit most{p.memory, p.memory};
    ::setrlimit(RLIMIT_AS, &most);
  }
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::execve(argv[0], argv, environment);
  constexpr char said[] = "it cannot be started\n";
  [[maybe_unused]] const auto n = ::write(STDERR_FILENO, said, sizeof said - 1);
  ::_exit(127);
}

}  // namespace

void descriptor::close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

pipe_ends::pipe_ends() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  read = descriptor(ends[0]);
  write = descriptor(ends[1]);
}

void set_nonblocking(const descriptor& fd) {
  if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

child_process::child_process(const plan& p) {
  const auto argv = pointers(p.argv), environment = pointers(p.environment);
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // the child has this process's memory, and must not run its handlers
  // A fork would have each page that is written to from then on copied.
  const pid_t process = ::vfork();
  if (process == 0) become(p, argv.data(), environment.data());
  const int problem = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (process < 0) {
    errno = problem;
    fail("vfork");
  }
  process_ = process;
  ::setpgid(process_, process_);  // whoever of the two comes first
}

void child_process::kill() noexcept {
  if (process_ > 0) ::kill(-process_, SIGKILL);
}

void child_process::end() noexcept {
  kill();
  reap(true);
}

bool child_process::has_ended() noexcept { return process_ <= 0 || reap(false); }

bool child_process::reap(bool wait) noexcept {
  if (process_ <= 0) return true;
  siginfo_t info{};
  // Its number stays taken until the group is gone.
  while (::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOWAIT | (wait ? 0 : WNOHANG)) != 0 && errno == EINTR) {
  }
  if (info.si_pid == 0 && !wait) return false;
  kill();
  rusage used{};
  while (::wait4(process_, &status_, 0, &used) < 0 && errno == EINTR) {
  }
  peak_memory_ = static_cast<std::size_t>(used.ru_maxrss) << 10;
  process_ = -1;
  return true;
}

}  // namespace dragoman::hosting
