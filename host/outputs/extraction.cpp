#include "outputs/extraction.hpp"

#include <dragoman/node.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace dragoman::hosting {
namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

class descriptor {
public:
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const noexcept { return fd_; }

private:
  int fd_;
};

// Opens the folder that `path` stands in, below `top`, making those that are missing. -1 with errno.
descriptor open_parent(int top, std::string_view path, std::string& name) {
  descriptor at(::fcntl(top, F_DUPFD_CLOEXEC, 3));
  while (at.get() >= 0) {
    const auto slash = path.find('/');
    name = path.substr(0, slash);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
    if (::mkdirat(at.get(), name.c_str(), 0777) != 0 && errno != EEXIST) return descriptor(-1);
    at = descriptor(::openat(at.get(), name.c_str(), folder_flags));
  }
  return at;
}

// Is this, whatever an archive's plugin says, a path that stays below? No empty segment, "." or "..".
bool stays_below(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto segment = path.substr(begin, end - begin);
    if (segment.empty() || segment == "." || segment == "..") return false;
    begin = end + 1;
  }
  return true;
}

struct file_taker {
  int fd;
  int error = 0;
  static dgm_status DGM_CALL take(void* self, const void* octets, std::size_t length) noexcept {
    auto& to = *static_cast<file_taker*>(self);
    const char* at = static_cast<const char*>(octets);
    while (length > 0) {
      const ssize_t n = ::write(to.fd, at, length);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        to.error = errno;
        return DGM_IO;
      }
      at += n;
      length -= static_cast<std::size_t>(n);
    }
    return DGM_OK;
  }
};

// Gives `part` the name `name` unless that is taken.
bool rename_new(int folder, const std::string& part, const std::string& name) {
  if (::renameat2(folder, part.c_str(), folder, name.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  // A file system that cannot say "only when it is free": a link can.
  return ::linkat(folder, part.c_str(), folder, name.c_str(), 0) == 0 && ::unlinkat(folder, part.c_str(), 0) == 0;
}

}  // namespace

extraction::extraction(const std::string& target, take_problem problem) : target_(-1), problem_(std::move(problem)) {
  if (::mkdir(target.c_str(), 0777) == 0 || errno == EEXIST) target_ = ::open(target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (target_ < 0) throw std::system_error(errno, std::generic_category(), target);
}
extraction::~extraction() { ::close(target_); }

bool extraction::fail(const std::string& path, std::string why) {
  problem_(path, why);
  return false;
}

bool extraction::write(const dgm_folder& from, std::size_t index) {
  dgm_entry e{};
  e.size = sizeof e;
  from.entry(from.ctx, index, &e);
  std::string path(view(e.path));
  if (e.type == DGM_ENTRY_FOLDER && path.size() > 1 && path.back() == '/') path.pop_back();
  if (!stays_below(path)) return fail(path, "its path leads out of the folder");
  if (e.type == DGM_ENTRY_FOLDER) return write_folder(path);
  if (e.type == DGM_ENTRY_FILE) return write_file(from, index, path);
  return fail(path, "it is a link or device");
}

bool extraction::write_folder(const std::string& path) {
  std::string name;
  const auto folder = open_parent(target_, path + "/.", name);
  return folder.get() >= 0 || fail(path, std::strerror(errno));
}

bool extraction::write_file(const dgm_folder& from, std::size_t index, const std::string& path) {
  std::string name;
  const auto folder = open_parent(target_, path, name);
  if (folder.get() < 0)
    return fail(path, errno == ENOTDIR || errno == ELOOP ? "what stands in its way is no folder" : std::strerror(errno));
  struct stat ignored {};
  if (::fstatat(folder.get(), name.c_str(), &ignored, AT_SYMLINK_NOFOLLOW) == 0) return fail(path, "it is there already");
  const std::string part = "." + name.substr(0, 200) + "." + std::to_string(::getpid()) + ".part";
  const descriptor file(::openat(folder.get(), part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (file.get() < 0) return fail(path, std::strerror(errno));
  file_taker to{file.get()};
  const dgm_status status = from.read(from.ctx, index, file_taker::take, &to);
  if (status >= 0 && rename_new(folder.get(), part, name)) {
    ++files_;
    return true;
  }
  const std::string why = status >= 0     ? (errno == EEXIST ? "it is there already" : std::strerror(errno))
                          : to.error != 0 ? std::string("cannot be written: ") + std::strerror(to.error)
                                          : "its octets cannot be had";
  ::unlinkat(folder.get(), part.c_str(), 0);
  return fail(path, why);
}

bool extraction::sync() noexcept { return ::syncfs(target_) == 0; }

}  // namespace dragoman::hosting
