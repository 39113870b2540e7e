#include "inputs/input.hpp"

#include "run/stop.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/node.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace dragoman::hosting {
namespace {

constexpr std::uint64_t block = 4096;            // octets between two counts of lines
constexpr std::uint64_t longest_line = 1 << 20;  // octets; columns beyond are not counted
// Of what comes through a pipe, whose length nobody knows beforehand, so much stays in memory; more waits in a nameless file.
constexpr std::size_t most_of_a_stream = std::size_t{32} << 20;

// read(2) until something came, or the end, or an error, or somebody asked to stop, which a thread that gets no signals
// must look for itself.
ssize_t read_some(int fd, void* buffer, std::size_t capacity) {
  constexpr int patience = 100;  // milliseconds
  while (true) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, patience) == 0) {
      if (!stop_flag()) continue;
      errno = EINTR;
      return -1;
    }
    const ssize_t n = ::read(fd, buffer, capacity);
    if (n >= 0 || errno != EINTR || stop_flag()) return n;
  }
}

// The same of a file, which nobody has to wait for.
ssize_t read_file(int fd, void* buffer, std::size_t capacity) {
  while (true) {
    const ssize_t n = ::read(fd, buffer, capacity);
    if (n >= 0 || errno != EINTR || stop_flag()) return n;
  }
}

bool write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

// Memory that is about to be filled is asked for at once: page by page, as it is touched, takes longer than the copy itself.
void provide(char* begin, std::size_t size) noexcept {
#ifdef MADV_POPULATE_WRITE
  constexpr std::size_t large = std::size_t{1} << 18;
  if (size < large) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t before = (page - reinterpret_cast<std::uintptr_t>(begin) % page) % page;
  ::madvise(begin + before, (size - before) / page * page, MADV_POPULATE_WRITE);  // an older system cannot, and need not
#else
  (void)begin, (void)size;
#endif
}

int nameless_file() {
  std::error_code ignored;
  const auto folder = std::filesystem::temp_directory_path(ignored);
  std::string name = ((ignored ? std::filesystem::path("/tmp") : folder) / "dragoman-XXXXXX").string();
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd >= 0) ::unlink(name.c_str());
  return fd;
}

}  // namespace

// Takes octets piece by piece: into memory, and into a nameless file once there are too many.
class octets::filler {
public:
  filler(octets& to, std::size_t bound) : to_(to), bound_(bound) {}

  void reserve(std::uint64_t expected) {
    if (expected > 0 && expected <= bound_) grow(static_cast<std::size_t>(expected) + 1);
  }
  // Room for the next piece.
  char* room(std::size_t& size) {
    if (used_ == capacity_) grow(std::max<std::size_t>(std::size_t{1} << 16, capacity_ * 2));
    size = capacity_ - used_;
    return to_.memory_.get() + used_;
  }
  // `size` octets were put there. False when they could not be kept.
  bool took(std::size_t size) {
    used_ += size;
    to_.length_ += size;
    return used_ <= bound_ || spill();
  }
  bool finish() { return to_.fd_ < 0 || spill(); }

private:
  void grow(std::size_t capacity) {
    auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
    if (used_ != 0) std::memcpy(bigger.get(), to_.memory_.get(), used_);
    to_.memory_ = std::move(bigger);
    capacity_ = capacity;
  }
  bool spill() {
    if (to_.fd_ < 0) {
      to_.fd_ = nameless_file();
      bound_ = 0;  // from now on every piece goes to the file
    }
    if (to_.fd_ < 0 || !write_all(to_.fd_, to_.memory_.get(), used_)) return false;
    used_ = 0;
    return true;
  }
  octets& to_;
  std::size_t bound_, used_ = 0, capacity_ = 0;
};

octets::~octets() {
  if (fd_ >= 0) ::close(fd_);
}

std::shared_ptr<const octets> octets::of_file(const std::string& path, std::string& problem, std::size_t bound) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    problem = std::strerror(errno);
    return nullptr;
  }
  return of_descriptor(fd, true, problem, bound);
}

std::shared_ptr<const octets> octets::of_stdin(std::string& problem, std::size_t bound) {
  const int fd = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  if (fd < 0) {
    problem = std::strerror(errno);
    return nullptr;
  }
  return of_descriptor(fd, ::lseek(fd, 0, SEEK_CUR) == 0, problem, bound);
}

// Owns `fd`.
std::shared_ptr<const octets> octets::of_descriptor(int fd, bool is_at_begin, std::string& problem, std::size_t bound) {
  std::shared_ptr<octets> out(new octets);
  struct stat info {};
  const bool is_file = is_at_begin && ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  const auto size = is_file ? static_cast<std::uint64_t>(info.st_size) : 0;
  if (is_file && size > bound) {
    out->fd_ = fd;
    out->length_ = size;
    return out;
  }
  filler into(*out, is_file ? bound : std::min(bound, most_of_a_stream));
  into.reserve(size);
  bool good = true;
  while (good) {
    std::size_t room = 0;
    char* at = into.room(room);
    const ssize_t n = is_file ? read_file(fd, at, room) : read_some(fd, at, room);
    if (n == 0) break;
    good = n > 0 && into.took(static_cast<std::size_t>(n));
    // There was room for more than its size, and no more came: that is its end, without asking again. A file system may give
    // less than is there before that.
    if (is_file && out->length_ == size && static_cast<std::size_t>(n) < room) break;
  }
  good = good && into.finish();
  if (!good) problem = std::strerror(errno);
  ::close(fd);
  if (!good) return nullptr;
  if (out->fd_ >= 0) out->memory_.reset();
  return out;
}

std::shared_ptr<const octets> octets::of_input(const dgm_input& input, std::string& problem, std::size_t bound) {
  dgm_str all{};
  if (input.contents != nullptr && input.contents(input.ctx, &all) == 1 && all.len <= bound) return of_memory(view(all));
  std::shared_ptr<octets> out(new octets);
  filler into(*out, bound);
  bool good = input.read_at != nullptr;
  while (good) {
    std::size_t room = 0;
    char* at = into.room(room);
    const auto n = input.read_at(input.ctx, out->length_, at, room);
    if (n == 0) break;
    good = n > 0 && static_cast<std::uint64_t>(n) <= room && into.took(static_cast<std::size_t>(n));
  }
  if (!good || !into.finish()) {
    problem = "its octets cannot be read";
    return nullptr;
  }
  if (out->fd_ >= 0) out->memory_.reset();
  return out;
}

std::shared_ptr<const octets> octets::of_memory(std::string_view text) {
  std::shared_ptr<octets> out(new octets);
  out->memory_ = std::make_unique_for_overwrite<char[]>(text.size() + 1);
  if (!text.empty()) std::memcpy(out->memory_.get(), text.data(), text.size());
  out->length_ = text.size();
  return out;
}

std::shared_ptr<const octets> octets::of_part(std::shared_ptr<const octets> whole, std::uint64_t begin, std::uint64_t length) {
  std::shared_ptr<octets> out(new octets);
  out->whole_ = std::move(whole);
  out->begin_ = begin;
  out->length_ = length;
  return out;
}

std::int64_t octets::read_at(std::uint64_t offset, void* buffer, std::size_t capacity) const noexcept {
  if (offset >= length_) return 0;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, length_ - offset));
  if (whole_) return whole_->read_at(begin_ + offset, buffer, size);
  if (fd_ < 0) {
    if (size != 0) std::memcpy(buffer, memory_.get() + offset, size);
    return static_cast<std::int64_t>(size);
  }
  while (true) {
    const ssize_t n = ::pread(fd_, buffer, size, static_cast<off_t>(offset));
    if (n >= 0) return n;
    if (errno != EINTR) return DGM_IO;
  }
}

bool octets::contents(std::string_view& out) const noexcept {
  if (whole_) {
    if (!whole_->contents(out)) return false;
    out = out.substr(static_cast<std::size_t>(begin_), static_cast<std::size_t>(length_));
    return true;
  }
  if (fd_ >= 0) return false;
  out = {memory_.get(), static_cast<std::size_t>(length_)};
  return true;
}

std::string octets::slice(std::uint64_t offset, std::size_t limit) const {
  std::string out(static_cast<std::size_t>(std::min<std::uint64_t>(limit, length_ - std::min(offset, length_))), '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    const auto n = read_at(offset + have, out.data() + have, out.size() - have);
    if (n <= 0) break;
    have += static_cast<std::size_t>(n);
  }
  out.resize(have);
  return out;
}

std::shared_ptr<const octets> octets::loaded(std::string& problem) const {
  std::shared_ptr<octets> out(new octets);
  out->memory_ = std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(length_) + 1);
  provide(out->memory_.get(), static_cast<std::size_t>(length_));
  while (out->length_ < length_) {
    const auto n = read_at(out->length_, out->memory_.get() + out->length_, static_cast<std::size_t>(length_ - out->length_));
    if (n < 0) {
      problem = std::strerror(EIO);
      return nullptr;
    }
    if (n == 0) break;  // it became shorter
    out->length_ += static_cast<std::uint64_t>(n);
  }
  return out;
}

text_position octets::locate(std::uint64_t offset) const {
  if (offset > length_) return {};
  std::string piece(block + 1, '\0');
  // The octets of a block, and in `last` whether the one before it is a CR whose LF may be its first.
  const auto load = [&](std::uint64_t number, std::string_view& out, bool& after_cr) {
    const std::uint64_t begin = number * block;
    const std::uint64_t from = begin == 0 ? 0 : begin - 1;
    const auto n = read_at(from, piece.data(), block + (begin == 0 ? 0 : 1));
    if (n < 0) return false;
    out = std::string_view(piece).substr(0, static_cast<std::size_t>(n));
    after_cr = begin != 0 && !out.empty() && out.front() == '\r';
    if (begin != 0 && !out.empty()) out.remove_prefix(1);
    return true;
  };
  // Counts line ends and remembers where the last line in `text` begins. A CR ends its line; its LF adds nothing.
  const auto count = [](std::string_view text, bool after_cr, std::size_t& line_start) {
    std::uint32_t lines = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r' || (text[i] == '\n' && !after_cr)) ++lines;
      after_cr = text[i] == '\r';
      if (text[i] == '\r' || text[i] == '\n') line_start = i + 1;
    }
    return lines;
  };
  std::string_view text;
  bool after_cr = false;
  const std::uint64_t number = offset / block;
  const std::lock_guard lock(lines_mutex_);
  if (lines_before_.empty()) lines_before_.push_back(0);
  while (lines_before_.size() <= number) {
    std::size_t ignored = 0;
    if (!load(lines_before_.size() - 1, text, after_cr)) return {};
    lines_before_.push_back(lines_before_.back() + count(text, after_cr, ignored));
  }
  if (!load(number, text, after_cr)) return {};
  std::size_t line_start = std::string_view::npos;
  text = text.substr(0, static_cast<std::size_t>(offset % block));
  const std::uint32_t line = lines_before_[static_cast<std::size_t>(number)] + count(text, after_cr, line_start) + 1;
  std::uint32_t column = 1;
  const auto add_characters = [&](std::string_view part) {
    for (const char c : part) column += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  };
  add_characters(text.substr(line_start == std::string_view::npos ? 0 : line_start));
  // The line may begin in an earlier block.
  for (std::uint64_t before = number; line_start == std::string_view::npos && before > 0;) {
    if (number - --before > longest_line / block || !load(before, text, after_cr)) return {line, 0};
    count(text, after_cr, line_start);
    add_characters(text.substr(line_start == std::string_view::npos ? 0 : line_start));
  }
  return {line, column};
}

std::string sha256_of(const octets& all) {
  constexpr std::size_t piece = std::size_t{1} << 20;
  if (std::string_view text; all.contents(text)) return sha256_hex(text);
  digest sha("SHA256");
  for (std::uint64_t at = 0; at < all.length();) {
    const auto text = all.slice(at, piece);
    if (text.empty()) return {};
    sha.update(text);
    at += text.size();
  }
  return sha.finish();
}

input_table::input_table(const octets& from, std::string_view name)
    : from_(from),
      table_{sizeof(dgm_input),
             this,
             [](void* ctx, void* buffer, std::size_t capacity) noexcept -> std::int64_t {
               auto& self = *static_cast<input_table*>(ctx);
               const auto n = self.from_.read_at(self.at_, buffer, capacity);
               if (n > 0) self.at_ += static_cast<std::uint64_t>(n);
               if (n < 0) self.failed_ = true;
               return n;
             },
             [](void* ctx, std::uint64_t offset, void* buffer, std::size_t capacity) noexcept -> std::int64_t {
               auto& self = *static_cast<input_table*>(ctx);
               const auto n = self.from_.read_at(offset, buffer, capacity);
               if (n < 0) self.failed_ = true;
               return n;
             },
             [](void* ctx, dgm_str* out) noexcept -> std::int32_t {
               std::string_view all;
               if (!static_cast<input_table*>(ctx)->from_.contents(all)) return 0;
               *out = span(all);
               return 1;
             },
             static_cast<std::int64_t>(from.length()),
             span(name),
             {nullptr, 0}} {}

std::shared_ptr<const origin> kept(const origin& o) {
  auto shared = o.weak_from_this().lock();
  return shared ? shared : std::make_shared<const origin>(o);
}

lent_origin::lent_origin(const origin& o)
    : input_(o.content ? std::make_unique<input_table>(*o.content, o.name) : nullptr),
      table_{sizeof(dgm_origin),
             span(o.name),
             span(o.format),
             span(o.reader),
             span(o.media_type),
             o.serial,
             input_ ? input_->table() : nullptr,
             span(o.history)} {}

}  // namespace dragoman::hosting
