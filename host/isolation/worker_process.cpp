#include "isolation/worker_process.hpp"

#include "isolation/worker.hpp"
#include "plugins/options.hpp"
#include "strings.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

extern char** environ;

namespace dragoman::hosting {
namespace {

constexpr timeval heartbeat{0, 100'000};                    // between looks at the clocks
constexpr auto patience = std::chrono::milliseconds(2000);  // with a plugin that was asked to stop
constexpr std::size_t most_words = 4096;

[[noreturn]] void not_started(const char* what) {
  throw worker_lost(worker_lost::cause::not_started, std::string(what) + ": " + std::generic_category().message(errno));
}

std::vector<std::string> own_environment() {
  std::vector<std::string> out;
  for (char** word = environ; *word != nullptr; ++word) out.emplace_back(*word);
  return out;
}

double seconds(std::chrono::steady_clock::duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace

worker_limits worker_limits_of(std::string_view text) {
  worker_limits out;
  const auto wrong = [&](std::string_view part) {
    throw usage_error(
        "--worker-limits takes silence=SECONDS, total=SECONDS, memory=MIB, documents=N and crashes=N, each at least 1: " +
        printable(part));
  };
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const auto name = part.substr(0, part.find('='));
    const auto digits = part.substr(std::min(name.size() + 1, part.size()));
    std::uint32_t value = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc() || end != digits.data() + digits.size() || value == 0) wrong(part);
    if (name == "silence") out.silence = value;
    else if (name == "total") out.total = value;
    else if (name == "memory") out.memory = std::size_t{value} << 20;
    else if (name == "documents") out.documents = value;
    else if (name == "crashes") out.crashes = value;
    else wrong(part);
  }
  return out;
}

worker_process::worker_process(const std::string& program, const std::vector<std::string>& files, const worker_limits& limits,
                               const std::atomic<bool>& stop)
    : limits_(limits), stop_(stop), begin_(clock::now()), alive_(begin_) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) not_started("socketpair");
  socket_ = descriptor(ends[0]);
  descriptor theirs(ends[1]);
  // No file, so that no limit on files' sizes concerns it. It is gone with the two processes.
  const int memory = ::shmget(IPC_PRIVATE, sizeof(shared_page), IPC_CREAT | 0600);
  if (memory < 0) not_started("shmget");
  void* page = ::shmat(memory, nullptr, 0);
  ::shmctl(memory, IPC_RMID, nullptr);
  if (page == reinterpret_cast<void*>(-1)) not_started("shmat");
  page_ = static_cast<shared_page*>(page);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &heartbeat, sizeof heartbeat);
  try {
    pipe_ends words;
    process_.emplace(child_process::plan{{program, worker_word, std::to_string(theirs.get()), std::to_string(memory)},
                                         own_environment(),
                                         -1,
                                         words.write.get(),
                                         words.write.get(),
                                         {theirs.get()},
                                         0});
    set_nonblocking(words.read);
    printed_ = std::move(words.read);
    theirs.close();  // so that its end is heard of
  } catch (const std::system_error& e) {
    throw worker_lost(worker_lost::cause::not_started, e.what());
  }
  auto hello = say();
  hello.begin(op::hello).number(limits.memory).number(limits.file_size).number(limits.open_files);
  hello.number(static_cast<std::uint64_t>(limits.total)).number(files.size());
  for (const auto& file : files) hello.text(file);
  hello.end();
  try {
    send();
    const auto ready = receive();
    if (ready.what != op::ready || !ready.payload.empty())
      throw worker_lost(worker_lost::cause::not_started, printable(ready.payload));
  } catch (const worker_lost& e) {
    throw worker_lost(worker_lost::cause::not_started, e.what());
  }
}

worker_process::~worker_process() {
  process_.reset();
  if (page_ != nullptr) ::shmdt(page_);
}

void worker_process::send() {
  begin_clocks();
  push();
}

// Sends what goes without waiting; that the worker is gone is heard of by who listens.
void worker_process::push() {
  while (sent_ < out_.size()) {
    const auto n = ::send(socket_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) break;
    sent_ += static_cast<std::size_t>(n);
  }
  out_.clear();
  sent_ = 0;
}

// Until there is something to hear; meanwhile what was not sent yet is.
void worker_process::wait() {
  while (!out_.empty()) {
    pollfd line{socket_.get(), POLLIN | POLLOUT, 0};
    const auto n = ::poll(&line, 1, heartbeat.tv_usec / 1000);
    if (n <= 0) look_at_clocks();
    else if ((line.revents & POLLOUT) != 0) push();
    if (n > 0 && (line.revents & ~POLLOUT) != 0) return;
  }
}

message worker_process::receive() {
  message m;
  try {
    while (!in_.next(m)) listen();
  } catch (const nonsense& e) {
    blame(worker_lost::cause::nonsense, e.what());
  }
  return m;
}

void worker_process::listen() {
  if (in_.octets().size() > longest_message) blame(worker_lost::cause::nonsense, "it says more than can be taken in");
  for (;;) {
    wait();
    std::size_t size = std::size_t{1} << 16;
    char* at = in_.room(size);
    const auto n = ::recv(socket_.get(), at, size, 0);
    if (n > 0) {
      in_.took(static_cast<std::size_t>(n));
      alive_ = clock::now();
      if (alive_ - last_look_ > std::chrono::seconds(1)) look_at_clocks();  // it may go on and on
      return;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) gone();
    look_at_clocks();
  }
}

bool worker_process::is_elsewhere() const noexcept { return !question_.holds(page_->message.load(std::memory_order_relaxed)); }

void worker_process::look_at_clocks() {
  const auto now = last_look_ = clock::now();
  if (const auto beats = page_->beats.load(std::memory_order_relaxed); beats != std::exchange(beats_, beats)) alive_ = now;
  if (stop_ && !asked_to_stop_) {
    page_->cancel.store(1);
    asked_to_stop_ = now;
  }
  if (asked_to_stop_ && now - *asked_to_stop_ > patience) {
    process_->end();
    throw worker_cancelled{};
  }
  const auto text = [](double s) { return std::to_string(static_cast<long>(s)) + " s"; };
  if (seconds(now - alive_) > limits_.silence)
    blame(worker_lost::cause::timed_out, "no sign of life for " + text(limits_.silence));
  if (seconds(now - begin_) > limits_.total) blame(worker_lost::cause::timed_out, "not done after " + text(limits_.total));
}

void worker_process::blame(worker_lost::cause c, const std::string& how) {
  process_->end();
  throw worker_lost(c, how);
}

void worker_process::gone() {
  process_->end();
  using cause = worker_lost::cause;
  const int status = process_->status();
  std::string how = how_it_ended(status);
  if (const auto words = printable(printed()); !words.empty()) how += "; its last words: " + shortened(words, 200);
  const bool was_large = !is_instrumented && process_->peak_memory() > limits_.memory / 8 * 7;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) throw worker_lost(cause::timed_out, how);
  if (page_->out_of_memory.load() != 0 || was_large) throw worker_lost(cause::out_of_memory, how);
  throw worker_lost(cause::crashed, how);
}

std::string worker_process::printed() {
  char buffer[most_words];
  for (;;) {
    const auto n = ::read(printed_.get(), buffer, sizeof buffer);
    if (n <= 0) break;
    words_.append(buffer, static_cast<std::size_t>(n));
    if (words_.size() > most_words) words_.erase(0, words_.size() - most_words);
  }
  while (!words_.empty() && words_.back() == '\n') words_.pop_back();
  return std::exchange(words_, {});
}

}  // namespace dragoman::hosting
