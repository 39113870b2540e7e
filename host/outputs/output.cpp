#include "outputs/output.hpp"

#include <dragoman/node.hpp>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace dragoman::hosting {
namespace {

constexpr std::size_t buffer_size = std::size_t{1} << 16;

bool write_all(int fd, std::string_view octets) noexcept {
  while (!octets.empty()) {
    const ssize_t n = ::write(fd, octets.data(), octets.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

bool byte_sink::fail(std::string why) noexcept {
  if (problem_.empty()) problem_ = std::move(why);
  return false;
}

std::filesystem::path part_name(const std::filesystem::path& final_name) {
  constexpr std::size_t longest = 190;           // names have 255 octets at most, and the rest of ours needs some
  static std::atomic<std::uint64_t> number = 0;  // two outputs may be asked for by one name
  const auto name = final_name.filename().string().substr(0, longest);
  return final_name.parent_path() / ("." + name + "." + std::to_string(::getpid()) + "." + std::to_string(++number) + ".part");
}

namespace {

// The process that began a file of this name; 0 for other files.
long process_of(const std::string& name) {
  constexpr std::string_view end = ".part";
  if (name.empty() || name.front() != '.' || !name.ends_with(end)) return 0;
  const auto number = name.rfind('.', name.size() - end.size() - 1);
  if (number == std::string::npos || number == 0) return 0;
  const auto process = name.rfind('.', number - 1);
  return process == std::string::npos ? 0 : std::strtol(name.c_str() + process + 1, nullptr, 10);
}

}  // namespace

std::size_t remove_parts(const std::filesystem::path& folder, bool deep, const std::vector<long>& processes) {
  namespace fs = std::filesystem;
  std::set<long> gone(processes.begin(), processes.end());
  std::erase_if(gone,
                [](long p) { return p <= 0 || (p != ::getpid() && (::kill(static_cast<pid_t>(p), 0) == 0 || errno != ESRCH)); });
  std::size_t count = 0;
  if (gone.empty()) return count;
  std::error_code problem;
  for (auto at = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, problem);
       !problem && at != fs::recursive_directory_iterator(); at.increment(problem)) {
    if (!deep) at.disable_recursion_pending();
    if (gone.count(process_of(at->path().filename().string())) != 0 && ::unlink(at->path().c_str()) == 0) ++count;
  }
  return count;
}

// -- made_folders ---------------------------------------------------------------------------------------------------

bool made_folders::make(const std::filesystem::path& folder, std::string& problem) {
  if (folder.empty()) return true;
  const std::lock_guard lock(mutex_);
  std::vector<std::filesystem::path> missing;
  std::error_code error;
  for (auto at = folder; !at.empty() && !std::filesystem::exists(at, error); at = at.parent_path()) {
    if (!at.has_filename()) continue;  // "a/" is "a"
    missing.push_back(at);
    if (at.parent_path() == at) break;
  }
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    if (std::filesystem::create_directory(*at, error)) made_.insert(*at);
    if (!error) continue;
    problem = "the folder " + folder.string() + " cannot be made: " + error.message();
    return false;
  }
  return true;
}

void made_folders::keep(std::filesystem::path folder) {
  const std::lock_guard lock(mutex_);
  for (; made_.erase(folder) != 0; folder = folder.parent_path()) {
  }
}

void made_folders::leave(std::filesystem::path folder) {
  const std::lock_guard lock(mutex_);
  while (made_.count(folder) != 0 && ::rmdir(folder.c_str()) == 0) {
    made_.erase(folder);
    folder = folder.parent_path();
  }
}

// -- atomic_file ----------------------------------------------------------------------------------------------------

atomic_file::atomic_file(std::filesystem::path final_name, bool overwrite, made_folders* folders)
    : name_(std::move(final_name)), part_(part_name(name_)), overwrite_(overwrite), folders_(folders) {
  constexpr int tries = 3;  // another output may take an empty folder away that this one saw
  for (int i = 0; i < tries; ++i) {
    if (create()) return;
    std::string problem;
    if (errno != ENOENT || folders_ == nullptr) break;
    if (!folders_->make(name_.parent_path(), problem)) {
      fail(std::move(problem));
      return;
    }
  }
  if (!create()) fail_by_errno("it cannot be created");
}

bool atomic_file::create() noexcept {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
  fd_ = ::open(part_.c_str(), flags, 0666);
  if (fd_ < 0 && errno == EEXIST && ::unlink(part_.c_str()) == 0)  // left by a dead process of this number
    fd_ = ::open(part_.c_str(), flags, 0666);
  has_part_ = fd_ >= 0;
  return has_part_;
}

atomic_file::~atomic_file() { discard(); }

bool atomic_file::fail_by_errno(const char* what) noexcept {
  const int number = errno;
  return fail(std::string(what) + ": " + std::strerror(number));
}

bool atomic_file::write(std::string_view octets) noexcept {
  if (fd_ < 0) return false;
  size_ += octets.size();
  if (sha256_) sha256_->update(octets);
  if (buffer_.size() + octets.size() < buffer_size) {
    buffer_ += octets;
    return true;
  }
  if (!flush()) return false;
  if (octets.size() < buffer_size) {
    buffer_ += octets;
    return true;
  }
  return put(octets);
}

bool atomic_file::flush() noexcept {
  const bool good = put(buffer_);
  buffer_.clear();
  return good;
}

bool atomic_file::put(std::string_view octets) noexcept {
  if (!write_all(fd_, octets)) {
    fail_by_errno("writing failed");
    discard();
    return false;
  }
  put_ += octets.size();
#if defined(SYNC_FILE_RANGE_WRITE)
  // The disk begins with what is there while more is made, so that little is left to wait for when all of it is synced.
  constexpr std::uint64_t worth_it = std::uint64_t{8} << 20;
  if (put_ - begun_ >= worth_it) {
    ::sync_file_range(fd_, static_cast<off64_t>(begun_), static_cast<off64_t>(put_ - begun_), SYNC_FILE_RANGE_WRITE);
    begun_ = put_;
  }
#endif
  return true;
}

bool atomic_file::complete() noexcept {
  if (fd_ < 0) return has_part_ && problem_.empty();
  if (!flush()) return false;
  std::string().swap(buffer_);  // many files may wait for their names
  if (sha256_) sha256_hex_ = sha256_->finish();
  struct stat info {};
  if (::fstat(fd_, &info) == 0) disk_ = info.st_dev;
  const int fd = fd_;
  fd_ = -1;
  if (::close(fd) == 0) return true;
  fail_by_errno("writing failed");
  discard();
  return false;
}

bool atomic_file::sync_by(int (*call)(int)) noexcept {
  const int fd = ::open(part_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  const bool good = fd >= 0 && call(fd) == 0;
  const int number = errno;
  if (fd >= 0) ::close(fd);
  errno = number;
  return good;
}

bool atomic_file::sync_disk() noexcept { return sync_by(::syncfs); }

bool atomic_file::sync() noexcept {
  if (sync_by(::fsync)) return true;
  fail_by_errno("writing failed");
  discard();
  return false;
}

bool atomic_file::publish() noexcept {
  if (!has_part_ || !problem_.empty()) return false;
  // Without --force the name must still be free; where the file system cannot promise that, it was looked at before.
  bool good = false;
  if (overwrite_) {
    good = ::rename(part_.c_str(), name_.c_str()) == 0;
  } else {
    good = ::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, name_.c_str(), RENAME_NOREPLACE) == 0;
    if (!good && (errno == EINVAL || errno == ENOSYS)) good = ::rename(part_.c_str(), name_.c_str()) == 0;
  }
  if (good) {
    has_part_ = false;
    if (folders_ != nullptr) folders_->keep(name_.parent_path());
    return true;
  }
  fail_by_errno("it cannot get its name");
  discard();
  return false;
}

void atomic_file::discard() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  if (has_part_) ::unlink(part_.c_str());
  has_part_ = false;
  if (folders_ != nullptr) folders_->leave(name_.parent_path());
}

// -- commit_batch ---------------------------------------------------------------------------------------------------

bool commit_batch::add(std::unique_ptr<byte_sink> sink, done then, std::string name) {
  waiting_.push_back({std::move(sink), std::move(then), std::move(name)});
  if (waiting_.size() < most_) return false;
  const bool told = publish_synced();
  syncing_ = std::exchange(waiting_, {});
  synced_ = std::async(std::launch::async | std::launch::deferred, [this] { return sync_disks(syncing_); });
  return told;
}

void commit_batch::commit() {
  constexpr std::size_t few = 8;  // for these a sync of the whole disk, with what others write on it, is not worth it
  publish_synced();
  entries last = std::exchange(waiting_, {});
  publish(last, last.size() > few ? sync_disks(last) : synced_disks());
}

commit_batch::synced_disks commit_batch::sync_disks(const entries& all) {
  synced_disks disks;
  for (const auto& e : all)
    if (auto* file = dynamic_cast<atomic_file*>(e.sink.get()); file != nullptr && disks.count(file->disk()) == 0)
      disks[file->disk()] = file->sync_disk();
  return disks;
}

bool commit_batch::publish_synced() {
  if (syncing_.empty()) return false;
  const synced_disks disks = synced_.get();
  entries all = std::exchange(syncing_, {});
  publish(all, disks);
  return true;
}

void commit_batch::publish(entries& all, const synced_disks& disks) {
  if (all.empty()) return;
  std::vector<std::string> names;
  for (const auto& e : all) names.push_back(e.name);
  const bool is_noted = !before_ || before_(names);
  for (auto& e : all) {
    const auto* file = dynamic_cast<atomic_file*>(e.sink.get());
    const auto disk = file != nullptr ? disks.find(file->disk()) : disks.end();
    const bool is_safe = (disk != disks.end() && disk->second) || e.sink->sync();
    if (!is_noted) e.sink->fail("the journal cannot be written");
    e.then(*e.sink, is_noted && is_safe && e.sink->publish());
  }
}

// -- stream_output --------------------------------------------------------------------------------------------------

stream_output::stream_output(const std::string& path)
    : fd_(path.empty() ? STDOUT_FILENO : ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY)) {
  if (fd_ < 0) fail(std::string("it cannot be opened: ") + std::strerror(errno));
}

stream_output::~stream_output() {
  flush();
  if (fd_ > STDERR_FILENO) ::close(fd_);
}

bool stream_output::write(std::string_view octets) noexcept {
  if (!problem_.empty()) return false;
  buffer_ += octets;
  return buffer_.size() < buffer_size || flush();
}

bool stream_output::flush() noexcept {
  if (!problem_.empty()) return false;
  const bool good = write_all(fd_, buffer_);
  buffer_.clear();
  if (good) return true;
  reader_left_ = errno == EPIPE;
  return fail(std::string("writing failed: ") + std::strerror(errno));
}

bool stream_output::complete() noexcept { return flush(); }

// -- output_table ---------------------------------------------------------------------------------------------------

output_table::output_table(byte_sink& to, std::string_view name)
    : to_(to),
      table_{sizeof(dgm_output), this,
             [](void* ctx, const void* data, std::size_t length) noexcept -> dgm_status {
               auto& self = *static_cast<output_table*>(ctx);
               if (length == 0) return DGM_OK;
               self.is_empty_ = false;
               return self.to_.write({static_cast<const char*>(data), length}) ? DGM_OK : DGM_IO;
             },
             span(name)} {}

}  // namespace dragoman::hosting
