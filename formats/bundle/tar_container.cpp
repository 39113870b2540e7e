#include "archive.hpp"
#include "container.hpp"
#include "names.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace dragoman::bundle {
namespace {

constexpr std::size_t block = 512;
constexpr std::size_t end_marker = 2 * block;
constexpr std::size_t piece_size = std::size_t{1} << 16;

place at(std::uint64_t offset) { return {static_cast<std::int64_t>(offset), 0, 0, 0}; }

// Whether a block is the header of a tar entry: its checksum, in octal, is the sum of its octets, itself as blanks.
bool is_tar_header(std::string_view head) {
  if (head.size() < block) return false;
  std::uint32_t stated = 0, sum = 0;
  std::size_t i = 148;
  while (i < 156 && head[i] == ' ') ++i;
  const std::size_t first = i;
  for (; i < 156 && head[i] >= '0' && head[i] <= '7'; ++i) stated = stated * 8 + static_cast<std::uint32_t>(head[i] - '0');
  if (i == first) return false;
  for (std::size_t k = 0; k < block; ++k)
    sum += k >= 148 && k < 156 ? static_cast<std::uint32_t>(' ') : static_cast<unsigned char>(head[k]);
  return sum == stated;
}

// The octets of a tar, unpacked from whatever compression is around it, in order.
class tar_octets {
public:
  virtual ~tar_octets() = default;
  tar_octets(const tar_octets&) = delete;
  tar_octets& operator=(const tar_octets&) = delete;
  // The next octets, valid until the call after; none at the end.
  std::string_view next() {
    const auto octets = unpack();
    if (!octets.empty()) count_(packed_ - std::exchange(counted_, packed_), octets.size());
    return octets;
  }

protected:
  using count_function = std::function<void(std::uint64_t packed, std::uint64_t unpacked)>;
  tar_octets(const octet_source& source, count_function count) : source_(source), buffer_(piece_size), count_(std::move(count)) {}
  virtual std::string_view unpack() = 0;
  // The next octets as they are packed.
  std::string_view read_packed() {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(source_.size() - packed_, buffer_.size()));
    source_.read(packed_, buffer_.data(), n);
    packed_ += n;
    return {buffer_.data(), n};
  }
  [[noreturn]] void fail(const char* code, const std::string& why) const {
    throw unusable(code, "the compressed archive is not whole: " + why, at(packed_));
  }

private:
  const octet_source& source_;
  std::vector<char> buffer_;
  const count_function count_;
  std::uint64_t packed_ = 0, counted_ = 0;
};

class filtered_octets final : public tar_octets {
public:
  filtered_octets(const octet_source& source, count_function count) : tar_octets(source, std::move(count)) {
    ::archive_read_support_filter_bzip2(filter_.get());
    ::archive_read_support_filter_xz(filter_.get());
    ::archive_read_support_filter_zstd(filter_.get());
    ::archive_read_support_format_raw(filter_.get());
    ::archive_entry* all = nullptr;
    if (::archive_read_open(filter_.get(), this, nullptr, read_source, nullptr) != ARCHIVE_OK ||
        ::archive_read_next_header(filter_.get(), &all) != ARCHIVE_OK)
      fail_so();
  }

private:
  std::string_view unpack() override {
    const void* octets = nullptr;
    std::size_t length = 0;
    la_int64_t offset = 0;
    do {
      const int result = ::archive_read_data_block(filter_.get(), &octets, &length, &offset);
      if (result == ARCHIVE_EOF) return {};
      if (result != ARCHIVE_OK) fail_so();
    } while (length == 0);
    return {static_cast<const char*>(octets), length};
  }
  [[noreturn]] void fail_so() {
    if (failure_) std::rethrow_exception(failure_);
    fail("bundle.tar-truncated", archive_problem(filter_.get()));
  }
  static la_ssize_t read_source(::archive*, void* self, const void** octets) {
    auto& t = *static_cast<filtered_octets*>(self);
    try {
      const auto packed = t.read_packed();
      *octets = packed.data();
      return static_cast<la_ssize_t>(packed.size());
    } catch (...) {
      t.failure_ = std::current_exception();
      return -1;
    }
  }
  std::exception_ptr failure_;
  const read_handle filter_;
};

// libarchive's filter does not compare the CRC at the end of a gzip member, nor its length; zlib does.
class gzip_octets final : public tar_octets {
public:
  gzip_octets(const octet_source& source, count_function count) : tar_octets(source, std::move(count)), room_(piece_size) {
    constexpr int largest_window = 15, with_gzip_header = 16;
    if (::inflateInit2(&stream_, largest_window + with_gzip_header) != Z_OK) throw std::bad_alloc();
  }
  ~gzip_octets() override { ::inflateEnd(&stream_); }

private:
  std::string_view unpack() override {
    stream_.next_out = reinterpret_cast<Bytef*>(room_.data());
    stream_.avail_out = static_cast<uInt>(room_.size());
    while (stream_.avail_out == room_.size() && !is_over_) {
      if (!problem_.empty()) fail("bundle.tar-damaged", problem_);  // what came before it was given
      if (stream_.avail_in == 0 && !fill()) {
        if (!is_between_members_) fail("bundle.tar-truncated", "it ends within a gzip member");
        is_over_ = true;
      } else if (is_between_members_ && *stream_.next_in != first_octet) {
        is_over_ = true;  // what stands behind the last member is none of it, as gzip has it
      } else {
        step();
      }
    }
    return {room_.data(), room_.size() - stream_.avail_out};
  }
  bool fill() {
    const auto packed = read_packed();
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));  // it is not written to
    stream_.avail_in = static_cast<uInt>(packed.size());
    return !packed.empty();
  }
  void step() {
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    is_between_members_ = result == Z_STREAM_END;
    if (is_between_members_) ::inflateReset(&stream_);
    else if (result != Z_OK && result != Z_BUF_ERROR) problem_ = stream_.msg != nullptr ? stream_.msg : "zlib cannot unpack it";
  }

  static constexpr Bytef first_octet = 0x1F;
  z_stream stream_{};
  std::vector<char> room_;
  bool is_between_members_ = false, is_over_ = false;
  std::string problem_;
};

std::unique_ptr<tar_octets> octets_of(const octet_source& source, std::function<void(std::uint64_t, std::uint64_t)> count) {
  std::array<char, 2> head{};
  if (source.size() >= head.size()) source.read(0, head.data(), head.size());
  if (head[0] == '\x1F' && head[1] == '\x8B') return std::make_unique<gzip_octets>(source, std::move(count));
  return std::make_unique<filtered_octets>(source, std::move(count));
}

// One pass over a tar. libarchive takes a tar that ends at the edge of an entry for whole, so the end marker is looked for
// in the octets themselves.
class tar_pass {
public:
  explicit tar_pass(std::unique_ptr<tar_octets> octets) : octets_(std::move(octets)) {
    ::archive_read_support_format_tar(tar_.get());
    if (::archive_read_open(tar_.get(), this, nullptr, read_octets, nullptr) != ARCHIVE_OK) fail();
  }
  // The next entry, valid until the next call; null at the end.
  ::archive_entry* next() {
    ::archive_entry* entry = nullptr;
    const int result = ::archive_read_next_header(tar_.get(), &entry);
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return entry;
    if (result != ARCHIVE_EOF) fail();
    return nullptr;
  }
  std::uint64_t position() const { return static_cast<std::uint64_t>(::archive_read_header_position(tar_.get())); }

  void unpack(const take_function& take) {
    while (true) {
      const void* octets = nullptr;
      std::size_t length = 0;
      la_int64_t offset = 0;
      const int result = ::archive_read_data_block(tar_.get(), &octets, &length, &offset);
      if (result == ARCHIVE_EOF) return;
      if (result != ARCHIVE_OK) fail();
      take({static_cast<const char*>(octets), length});
    }
  }

  // After the last entry: the two blocks of zeros must be there, and the stream must be whole. Returns whether something
  // other than zeros follows.
  bool finish() {
    const std::uint64_t end = position();
    while (window_begin_ + window_.size() < end + end_marker)
      if (pull().empty()) break;
    const std::string_view marker =
        std::string_view(window_).substr(std::min<std::size_t>(window_.size(), static_cast<std::size_t>(end - window_begin_)));
    const auto is_zero = [](std::string_view octets) { return octets.find_first_not_of('\0') == npos; };
    if (marker.size() < end_marker || !is_zero(marker.substr(0, end_marker)))
      throw unusable("bundle.tar-truncated", "the tar has no end marker, so entries may be missing", at(end));
    bool more = !is_zero(marker);
    for (auto rest = octets_->next(); !rest.empty(); rest = octets_->next()) more |= !is_zero(rest);
    return more;
  }

private:
  [[noreturn]] void fail() {
    if (failure_) std::rethrow_exception(failure_);
    const std::string why = archive_problem(tar_.get());
    const bool cut = why.find("runcated") != npos;
    throw unusable(cut ? "bundle.tar-truncated" : "bundle.tar-damaged", "the tar cannot be read: " + why, at(position()));
  }
  // Keeps the octets that libarchive may have looked at last.
  std::string_view pull() {
    const auto octets = octets_->next();
    if (window_.size() > 4 * piece_size) {
      const std::size_t gone = window_.size() - 2 * piece_size;
      window_.erase(0, gone);
      window_begin_ += gone;
    }
    window_ += octets;
    return octets;
  }
  static la_ssize_t read_octets(::archive*, void* self, const void** octets) {
    auto& t = *static_cast<tar_pass*>(self);
    try {
      const auto piece = t.pull();
      *octets = piece.data();
      return static_cast<la_ssize_t>(piece.size());
    } catch (...) {
      t.failure_ = std::current_exception();
      return -1;
    }
  }
  std::unique_ptr<tar_octets> octets_;
  std::string window_;
  std::uint64_t window_begin_ = 0;
  std::exception_ptr failure_;
  const read_handle tar_;
};

class tar_container final : public container {
public:
  tar_container(const octet_source& source, const archive_rules& rules, const warn_function& warn)
      : container(rules), source_(source), rules_(rules) {
    const utf8_names names;
    list(warn);
  }
  std::size_t count() const override { return entries_.size(); }
  std::string_view path(std::size_t entry) const override { return entries_[entry].path; }
  std::uint64_t size(std::size_t entry) const override { return entries_[entry].size; }
  bool is_folder(std::size_t entry) const override { return entries_[entry].is_folder; }
  std::uint64_t offset(std::size_t entry) const override { return entries_[entry].position; }
  bool is_sequential() const override { return true; }
  bool is_any_order_right(const std::vector<std::uint32_t>&) const override { return false; }

  // Goes forward from where the last one ended, or starts again.
  void unpack(std::size_t entry, const take_function& take) override {
    const utf8_names names;
    const auto& wanted = entries_[entry];
    if (!pass_ || wanted.number < next_) {
      pass_ = start();
      next_ = 0;
    }
    ::archive_entry* found = nullptr;
    for (; next_ <= wanted.number; ++next_) found = pass_->next();
    if (found == nullptr || pass_->position() != wanted.position) {
      pass_.reset();
      throw unusable("bundle.input-changed", "the archive changed while it was read");
    }
    std::uint64_t unpacked = 0;
    try {
      pass_->unpack([&](std::string_view octets) {
        unpacked += octets.size();
        if (unpacked > wanted.size)
          throw unusable("bundle.tar-damaged", quoted(wanted.path) + " is larger than its header says", at(wanted.position));
        take(octets);
      });
    } catch (...) {
      pass_.reset();
      throw;
    }
    if (unpacked != wanted.size) throw unusable("bundle.tar-truncated", quoted(wanted.path) + " is cut", at(wanted.position));
  }

private:
  struct tar_entry {
    std::string path;
    std::uint64_t size, position, number;
    bool is_folder;
  };

  std::unique_ptr<tar_pass> start() {
    restart();
    return std::make_unique<tar_pass>(octets_of(source_, [this](std::uint64_t packed, std::uint64_t unpacked) {
      count_packed(packed);
      count_unpacked(unpacked);
    }));
  }

  void list(const warn_function& warn) {
    const auto pass = start();
    std::uint64_t number = 0;
    while (::archive_entry* e = pass->next()) {
      const std::uint64_t position = pass->position();
      if (number >= limits_.entries)
        throw unusable("bundle.limit-entries", "the archive has more than " + std::to_string(limits_.entries) + " entries",
                       at(position));
      add(e, position, number++, warn);
    }
    if (pass->finish()) warn("bundle.trailing", "octets follow the end marker of the tar", pass->position());
    const auto name_of = [&](std::size_t i) {
      const auto& e = entries_[i];
      return entry_name{e.path, e.is_folder, e.position};
    };
    check_distinct(entries_.size(), name_of, warn);
  }

  void add(::archive_entry* e, std::uint64_t position, std::uint64_t number, const warn_function& warn) {
    const char* raw = ::archive_entry_pathname(e);
    if (raw == nullptr) raw = ::archive_entry_pathname_utf8(e);
    if (raw == nullptr || *raw == '\0') throw unusable("bundle.entry-name", "an entry has no name", at(position));
    const std::string name = decode_entry_name(raw, rules_.names, name_charset::latin1, position, warn);
    const auto type = ::archive_entry_filetype(e);
    const bool is_folder = type == AE_IFDIR;
    if ((type != AE_IFREG && !is_folder) || ::archive_entry_hardlink(e) != nullptr || ::archive_entry_sparse_count(e) > 0)
      throw unusable("bundle.entry-type", "the archive holds a link, device or sparse file", at(position));
    bool cleaned = false;
    std::string path = safe_entry_name(name, rules_.names, limits_, position, cleaned);
    if (path.empty() && !is_folder) throw unusable("bundle.entry-name", "the name of an entry is empty", at(position));
    if (path.empty()) return;  // "./", with which many tars begin
    const auto size =
        ::archive_entry_size_is_set(e) ? static_cast<std::uint64_t>(std::max<la_int64_t>(::archive_entry_size(e), 0)) : 0;
    if (!is_folder && size > limits_.entry)
      throw unusable("bundle.limit-entry", quoted(path) + " unpacks to more than " + std::to_string(limits_.entry) + " octets",
                     at(position));
    entries_.push_back({std::move(path), is_folder ? 0 : size, position, number, is_folder});
  }

  const octet_source& source_;
  const archive_rules rules_;
  std::vector<tar_entry> entries_;
  std::unique_ptr<tar_pass> pass_;
  std::uint64_t next_ = 0;  // number of the entry that pass_ gives next
};

}  // namespace

bool is_compressed(std::string_view head) {
  constexpr std::array<std::string_view, 4> magics{std::string_view("\x1F\x8B", 2), std::string_view("\x28\xB5\x2F\xFD", 4),
                                                   std::string_view("\xFD"
                                                                    "7zXZ\0",
                                                                    6),
                                                   std::string_view("BZh", 3)};
  return std::any_of(magics.begin(), magics.end(), [&](auto magic) { return head.starts_with(magic); });
}

bool is_tar(std::string_view head) {
  if (is_tar_header(head)) return true;
  if (!is_compressed(head)) return false;
  try {
    const memory_source source(head);
    std::string start;
    const auto octets = octets_of(source, [](auto, auto) {});
    while (start.size() < block) {
      const auto piece = octets->next();
      if (piece.empty()) break;
      start += piece;
    }
    return is_tar_header(start);
  } catch (...) {  // the head is too short for it, or no such stream
    return false;
  }
}

std::unique_ptr<container> open_tar(const octet_source& source, const archive_rules& rules, const warn_function& warn) {
  return std::make_unique<tar_container>(source, rules, warn);
}

}  // namespace dragoman::bundle
