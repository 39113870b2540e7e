#include "spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace dragoman::bundle {
namespace {

constexpr std::size_t buffer_size = std::size_t{1} << 18;

[[noreturn]] void fail(const char* what) { throw spool_error(std::string(what) + ": " + std::generic_category().message(errno)); }

std::string temporary_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

int open_nameless_file() {
  const std::string folder = temporary_folder();
#ifdef O_TMPFILE
  if (const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600); file >= 0) return file;
#endif
  std::string name = folder + "/dragoman-XXXXXX";  // a file system without O_TMPFILE
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) fail("no temporary file can be made (see TMPDIR)");
  ::unlink(name.c_str());
  return file;
}

}  // namespace

fixity fixity_digest::finish() {
  fixity f{};
  std::memcpy(f.data(), sha256_.finish_octets().octets.data(), 32);
  std::memcpy(f.data() + 32, sha512_.finish_octets().octets.data(), 64);
  return f;
}
std::string sha256_of(const fixity& f) { return hexadecimal({f.data(), 32}); }
std::string sha512_of(const fixity& f) { return hexadecimal({f.data() + 32, 64}); }

spool::~spool() {
  if (file_ >= 0) ::close(file_);
}

void spool::append(std::string_view octets) {
  if (buffer_.size() + octets.size() > buffer_size) flush();
  if (octets.size() > buffer_size) write(octets);
  else buffer_.append(octets);
}

dgm_status spool_output::write(void* ctx, const void* octets, std::size_t length) noexcept {
  auto& self = *static_cast<spool_output*>(ctx);
  try {
    self.to_.append({static_cast<const char*>(octets), length});
    return DGM_OK;
  } catch (...) {
    self.problem_ = std::current_exception();
    return DGM_IO;
  }
}

void spool::flush() {
  write(buffer_);
  buffer_.clear();
}

void spool::write(std::string_view octets) {
  if (file_ < 0) file_ = open_nameless_file();
  std::uint64_t at = written_;
  while (!octets.empty()) {
    const auto n = ::pwrite(file_, octets.data(), octets.size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("the temporary file cannot be written");
    at += static_cast<std::uint64_t>(n);
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  written_ = at;
}

void spool::read(std::uint64_t offset, char* buffer, std::size_t length) const {
  if (offset + length > written_) {
    const std::uint64_t begin = std::max(offset, written_);
    const auto n = static_cast<std::size_t>(offset + length - begin);
    buffer_.copy(buffer + (begin - offset), n, static_cast<std::size_t>(begin - written_));
    length -= n;
  }
  while (length > 0) {
    const auto n = ::pread(file_, buffer, length, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("the temporary file cannot be read");
    buffer += n;
    offset += static_cast<std::uint64_t>(n);
    length -= static_cast<std::size_t>(n);
  }
}

void spool::truncate(std::uint64_t size) {
  if (size >= written_) {
    buffer_.resize(static_cast<std::size_t>(size - written_));
    return;
  }
  buffer_.clear();
  written_ = size;
}

}  // namespace dragoman::bundle
