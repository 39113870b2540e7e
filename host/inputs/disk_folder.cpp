#include "inputs/disk_folder.hpp"

#include <dragoman/node.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>

namespace dragoman::hosting {
namespace {

constexpr unsigned deepest = 256;
constexpr std::size_t piece = std::size_t{1} << 17;

}  // namespace

std::unique_ptr<disk_folder> disk_folder::open(const std::string& path, std::string& problem, extent how) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    problem = std::strerror(errno);
    return nullptr;
  }
  std::unique_ptr<disk_folder> out(new disk_folder(fd));
  out->list(::dup(fd), "", 0, how);
  std::sort(out->entries_.begin(), out->entries_.end(), [](const entry& a, const entry& b) { return a.path < b.path; });
  out->table_.count = out->entries_.size();
  return out;
}

disk_folder::disk_folder(int fd) : fd_(fd), table_{sizeof(dgm_folder), this, 0, on_entry, on_read, 1} {}
disk_folder::~disk_folder() { ::close(fd_); }

void disk_folder::problem(const std::string& path, int error) { problems_.emplace_back(path, std::strerror(error)); }

// Owns `fd`.
void disk_folder::list(int fd, const std::string& prefix, unsigned depth, extent how) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(fd < 0 ? nullptr : ::fdopendir(fd), ::closedir);
  if (!dir) {
    problem(prefix, errno);
    if (fd >= 0) ::close(fd);
    return;
  }
  if (depth == deepest) return problem(prefix, ELOOP);
  ::rewinddir(dir.get());
  for (errno = 0; const dirent* found = ::readdir(dir.get()); errno = 0) {
    const std::string_view name = found->d_name;
    if (name == "." || name == "..") continue;
    std::string path = prefix + std::string(name);
    struct stat info {};
    if (::fstatat(::dirfd(dir.get()), found->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
      problem(path, errno);
      continue;
    }
    const bool is_folder = S_ISDIR(info.st_mode);
    entries_.push_back({path,
                        is_folder               ? DGM_ENTRY_FOLDER
                        : S_ISREG(info.st_mode) ? DGM_ENTRY_FILE
                                                : DGM_ENTRY_OTHER,
                        S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0});
    if (is_folder && how == extent::whole)
      list(::openat(::dirfd(dir.get()), found->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), path + "/", depth + 1,
           how);
  }
  if (errno != 0) problem(prefix, errno);
}

void disk_folder::on_entry(void* ctx, std::size_t index, dgm_entry* out) noexcept {
  const entry& e = static_cast<disk_folder*>(ctx)->entries_[index];
  out->type = e.type;
  out->path = span(e.path);
  out->length = e.length;
}

dgm_status disk_folder::on_read(void* ctx, std::size_t index,
                                dgm_status(DGM_CALL* take)(void*, const void*, std::size_t) noexcept, void* taker) noexcept {
  const auto& self = *static_cast<disk_folder*>(ctx);
  const entry& e = self.entries_[index];
  if (e.type != DGM_ENTRY_FILE) return DGM_IO;
  const int fd = ::openat(self.fd_, e.path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return DGM_IO;
  // A thread's own memory is cleared when it begins, and most threads read no folder: that holds a pointer only.
  thread_local const std::unique_ptr<char[]> buffer(new (std::nothrow) char[piece]);
  if (!buffer) {
    ::close(fd);
    return DGM_IO;
  }
  dgm_status status = DGM_OK;
  while (status >= 0) {
    const ssize_t n = ::read(fd, buffer.get(), piece);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) status = DGM_IO;
    if (n <= 0) break;
    status = take(taker, buffer.get(), static_cast<std::size_t>(n));
  }
  ::close(fd);
  return status;
}

}  // namespace dragoman::hosting
