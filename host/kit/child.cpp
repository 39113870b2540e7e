#include "kit/child.hpp"

#include "processes/child_process.hpp"
#include "run/stop.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace dragoman::hosting {
namespace {

using clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

bool write_all(int fd, std::string_view octets) noexcept {
  while (!octets.empty()) {
    const auto n = ::write(fd, octets.data(), octets.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void set_limit(__rlimit_resource resource, rlim_t value) noexcept {
  const rlimit limit{value, value};
  ::setrlimit(resource, &limit);
}

[[noreturn]] void be_child(const std::function<std::string()>& work, const child_limits& limits, int result, int printed) {
  ::setpgid(0, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) ::signal(signal, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(printed, STDOUT_FILENO);
  ::dup2(printed, STDERR_FILENO);
  set_limit(RLIMIT_CORE, 0);
  if (!is_instrumented) set_limit(RLIMIT_AS, limits.memory);
  int code = 0;
  try {
    if (!write_all(result, work())) code = 3;
  } catch (const std::exception& e) {
    write_all(STDERR_FILENO, std::string("uncaught exception: ") + e.what() + "\n");
    code = 2;
  } catch (...) {
    code = 2;
  }
  std::fflush(nullptr);
  ::_exit(code);
}

std::string tail(int fd) {
  constexpr off_t most = off_t{64} << 10;
  const off_t length = ::lseek(fd, 0, SEEK_END);
  std::string out(static_cast<std::size_t>(std::clamp<off_t>(length, 0, most)), '\0');
  const auto n = ::pread(fd, out.data(), out.size(), length - static_cast<off_t>(out.size()));
  out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return out;
}

// Reads what the child writes until it closes its end, dies, or its time is up.
child_result::end collect(int fd, pid_t child, clock::time_point until, std::string& octets, int& status) {
  using end = child_result::end;
  bool is_open = true, is_alive = true;
  while (is_alive) {
    if (stop_flag()) return end::stopped;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
    if (left <= 0) return end::timed_out;
    pollfd wait{fd, POLLIN, 0};
    if (is_open && ::poll(&wait, 1, static_cast<int>(std::min<long long>(left, 50))) > 0) {
      char buffer[1 << 16];
      const auto n = ::read(fd, buffer, sizeof buffer);
      if (n > 0) octets.append(buffer, static_cast<std::size_t>(n));
      else if (n == 0 || errno != EINTR) is_open = false;
      if (n > 0) continue;
    }
    if (!is_open) ::usleep(1000);
    is_alive = ::waitpid(child, &status, WNOHANG) == 0;
  }
  for (char buffer[1 << 16];;) {  // what it wrote before it died; nobody else is waited for
    pollfd wait{fd, POLLIN, 0};
    if (!is_open || ::poll(&wait, 1, 0) <= 0) break;
    const auto n = ::read(fd, buffer, sizeof buffer);
    if (n <= 0) break;
    octets.append(buffer, static_cast<std::size_t>(n));
  }
  return end::returned;
}

}  // namespace

progress_note::progress_note() {
  void* page = ::mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) fail("mmap");
  text_ = static_cast<char*>(page);
}
progress_note::~progress_note() { ::munmap(text_, room); }

void progress_note::say(std::string_view what) noexcept {
  const std::size_t n = std::min(what.size(), room - 1);
  std::memcpy(text_, what.data(), n);
  text_[n] = '\0';
}
std::string progress_note::said() const { return {text_, ::strnlen(text_, room)}; }

child_result run_in_child(const std::function<std::string()>& work, const child_limits& limits) {
  pipe_ends result;
  const descriptor printed(::memfd_create("printed", MFD_CLOEXEC));
  if (!printed) fail("memfd_create");
  std::fflush(nullptr);
  const auto begin = clock::now();
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child == 0) be_child(work, limits, result.write.get(), printed.get());
  ::setpgid(child, child);
  result.write.close();
  child_result out;
  int status = 0;
  const auto until = begin + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(limits.seconds));
  out.how = collect(result.read.get(), child, until, out.octets, status);
  ::kill(-child, SIGKILL);  // and what it left behind
  if (out.how != child_result::end::returned) {
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  } else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    out.how = child_result::end::crashed;
    out.reason = (WIFSIGNALED(status) ? "" : "it ended the process with ") + how_it_ended(status);
  }
  out.printed = tail(printed.get());
  out.seconds = std::chrono::duration<double>(clock::now() - begin).count();
  return out;
}

}  // namespace dragoman::hosting
