#include "archive.hpp"
#include "container.hpp"
#include "names.hpp"
#include "packing.hpp"
#include "zip_preflight.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace dragoman::bundle {
namespace {

constexpr std::uint64_t ratio_free = std::uint64_t{1} << 20;  // the ratio of an entry is looked at after this much
constexpr std::size_t piece_size = std::size_t{1} << 16;

place at(std::uint64_t offset) { return {static_cast<std::int64_t>(offset), 0, 0, 0}; }

void put(std::string& out, std::uint64_t value, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
}

// A local header that says of an entry what the checked directory says.
std::string header_of(const zip_entry& e) {
  const bool wide = e.size >= 0xFFFFFFFFu || e.packed >= 0xFFFFFFFFu;
  std::string h;
  put(h, 0x04034b50, 4);
  put(h, 45, 2);
  put(h, 0, 2);
  put(h, e.method, 2);
  put(h, 0, 4);
  put(h, e.crc, 4);
  put(h, wide ? 0xFFFFFFFFu : e.packed, 4);
  put(h, wide ? 0xFFFFFFFFu : e.size, 4);
  put(h, 1, 2);
  put(h, wide ? 20 : 0, 2);
  h += 'e';
  if (!wide) return h;
  put(h, 0x0001, 2);
  put(h, 16, 2);
  put(h, e.size, 8);
  put(h, e.packed, 8);
  return h;
}

// A large or unusual entry as a ZIP of its own: libarchive unpacks it and checks CRC and sizes, and no name, order or directory of the
// archive can mislead it. It also costs no memory for the other entries.
class entry_stream {
public:
  entry_stream(const octet_source& zip, const zip_entry& e)
      : zip_(zip), head_(header_of(e)), at_(e.data), end_(e.data + e.packed), buffer_(piece_size) {}

  static la_ssize_t read(::archive*, void* self, const void** octets) {
    auto& stream = *static_cast<entry_stream*>(self);
    try {
      return stream.next(octets);
    } catch (...) {
      stream.failure = std::current_exception();
      return -1;
    }
  }
  std::exception_ptr failure;

private:
  la_ssize_t next(const void** octets) {
    if (!head_given_) {
      head_given_ = true;
      *octets = head_.data();
      return static_cast<la_ssize_t>(head_.size());
    }
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(end_ - at_, buffer_.size()));
    zip_.read(at_, buffer_.data(), n);
    at_ += n;
    *octets = buffer_.data();
    return static_cast<la_ssize_t>(n);
  }
  const octet_source& zip_;
  const std::string head_;
  bool head_given_ = false;
  std::uint64_t at_, end_;
  std::vector<char> buffer_;
};

class zip_container final : public container {
public:
  zip_container(const octet_source& zip, const archive_rules& rules, std::shared_ptr<const zip_table> table)
      : container(rules), zip_(zip), owner_(std::move(table)), table_(*owner_) {}

  std::size_t count() const override { return table_.count(); }
  std::string_view path(std::size_t entry) const override { return table_.name(entry); }
  std::uint64_t size(std::size_t entry) const override { return table_.entry(entry).size; }
  bool is_folder(std::size_t entry) const override { return table_.is_folder(entry); }
  std::uint64_t offset(std::size_t entry) const override { return table_.header(entry); }
  bool is_sequential() const override { return false; }
  // An entry never unpacks to more than is stated. Where none alone has too high a ratio, no number of them has.
  bool is_any_order_right(const std::vector<std::uint32_t>& entries) const override {
    std::uint64_t total = 0;
    for (const auto entry : entries) {
      const zip_entry e = table_.entry(entry);
      if (e.size > limits_.total - total || e.size / limits_.total_ratio > e.packed) return false;
      total += e.size;
    }
    return true;
  }

  void unpack(std::size_t entry, const take_function& take) override {
    const zip_entry e = table_.entry(entry);
    const bool is_common = e.method == packed_entry::deflated || e.method == packed_entry::stored;
    // Whatever its ratio is, nobody asks for it.
    const bool is_small = e.packed <= ratio_free && e.size <= ratio_free;
    if (is_common && is_small) unpack_at_once(entry, e, take);
    else unpack_stream(entry, e, take);
  }

private:
  [[noreturn]] void fail(std::size_t entry, const zip_entry& e, std::string_view why) const {
    throw unusable("bundle.zip-inconsistent", quoted(path(entry)) + " cannot be unpacked: " + std::string(why), at(e.header));
  }

  void unpack_at_once(std::size_t entry, const zip_entry& e, const take_function& take) {
    const auto packed = static_cast<std::size_t>(e.packed), size = static_cast<std::size_t>(e.size);
    const auto room = std::make_unique_for_overwrite<char[]>(packed + size);
    zip_.read(e.data, room.get(), packed);
    count_packed(packed);
    const auto problem = bundle::unpack({room.get(), packed}, {e.packed, e.size, e.crc, e.method}, room.get() + packed);
    if (!problem.empty()) fail(entry, e, problem);
    count_unpacked(size);
    if (size != 0) take({room.get() + packed, size});
  }

  void unpack_stream(std::size_t entry, const zip_entry& e, const take_function& take) {
    entry_stream stream(zip_, e);
    const read_handle in;
    const auto fail = [&](const std::string& why) {
      if (stream.failure) std::rethrow_exception(stream.failure);
      this->fail(entry, e, why);
    };
    ::archive_entry* header = nullptr;
    if (::archive_read_support_format_zip_streamable(in.get()) < ARCHIVE_OK ||
        ::archive_read_open(in.get(), &stream, nullptr, entry_stream::read, nullptr) != ARCHIVE_OK ||
        ::archive_read_next_header(in.get(), &header) != ARCHIVE_OK)
      fail(archive_problem(in.get()));
    count_packed(e.packed);
    std::uint64_t unpacked = 0;
    while (true) {
      const void* octets = nullptr;
      std::size_t length = 0;
      la_int64_t place = 0;
      const int result = ::archive_read_data_block(in.get(), &octets, &length, &place);
      if (result == ARCHIVE_EOF) break;
      if (result != ARCHIVE_OK) fail(archive_problem(in.get()));
      unpacked += length;
      if (unpacked > e.size) fail("it is larger than the directory says");
      if (unpacked > ratio_free && unpacked / limits_.entry_ratio > e.packed)
        throw unusable("bundle.limit-ratio",
                       quoted(path(entry)) + " unpacks to more than " + std::to_string(limits_.entry_ratio) + " times its size",
                       at(e.header));
      count_unpacked(length);
      take({static_cast<const char*>(octets), length});
    }
    if (unpacked != e.size) fail("it is smaller than the directory says");
  }

  const octet_source& zip_;
  const std::shared_ptr<const zip_table> owner_;
  const zip_table& table_;
};

}  // namespace

std::unique_ptr<container> open_zip(const octet_source& source, const archive_rules& rules, const warn_function& warn) {
  return open_zip(source, rules, std::make_shared<const zip_table>(read_zip_directory(source, rules, warn)));
}
std::unique_ptr<container> open_zip(const octet_source& source, const archive_rules& rules,
                                    std::shared_ptr<const zip_table> table) {
  return std::make_unique<zip_container>(source, rules, std::move(table));
}

}  // namespace dragoman::bundle
