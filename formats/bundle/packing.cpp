#include "packing.hpp"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <new>

namespace dragoman::bundle {
namespace {

// As small as zlib makes telegrams at level 6, libdeflate makes them at its level 5, in half of the time.
constexpr int level = 6, libdeflate_level = 5;

libdeflate_compressor* compressor() {
  using owned = std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)>;
  thread_local const owned mine(libdeflate_alloc_compressor(libdeflate_level), libdeflate_free_compressor);
  if (!mine) throw std::bad_alloc();
  return mine.get();
}

}  // namespace

packed_entry pack(std::string_view octets, bool deflate, char* room) {
  packed_entry entry{octets.size(), octets.size(), libdeflate_crc32(0, octets.data(), octets.size()), packed_entry::stored};
  if (deflate && octets.size() > 1) {
    const std::size_t n = libdeflate_deflate_compress(compressor(), octets.data(), octets.size(), room, octets.size() - 1);
    if (n > 0) {
      entry.packed = n;
      entry.method = packed_entry::deflated;
      return entry;
    }
  }
  octets.copy(room, octets.size());
  return entry;
}

packed_entry pack(std::string_view octets, bool deflate, std::string& to) {
  const std::size_t before = to.size();
  to.resize(before + octets.size());
  const packed_entry entry = pack(octets, deflate, to.data() + before);
  to.resize(before + static_cast<std::size_t>(entry.packed));
  return entry;
}

packed_entry pack(const octet_source& octets, bool deflate, spool& to) {
  if (octets.size() > largest_in_memory) {
    stream_packer stream(to, deflate);
    for_each_block(octets, [&](std::string_view block) { stream.append(block); });
    return stream.finish();
  }
  const auto size = static_cast<std::size_t>(octets.size());
  const auto all = std::make_unique_for_overwrite<char[]>(size), packed = std::make_unique_for_overwrite<char[]>(size);
  octets.read(0, all.get(), size);
  const packed_entry entry = pack({all.get(), size}, deflate, packed.get());
  to.append({packed.get(), static_cast<std::size_t>(entry.packed)});
  return entry;
}

std::string_view unpack(std::string_view packed, const packed_entry& entry, char* room) {
  using owned = std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>;
  thread_local const owned decompressor(libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!decompressor) throw std::bad_alloc();
  const auto size = static_cast<std::size_t>(entry.size);
  std::size_t used = size;
  auto result = LIBDEFLATE_SUCCESS;
  if (entry.method == packed_entry::stored) packed.copy(room, size);
  else result = libdeflate_deflate_decompress_ex(decompressor.get(), packed.data(), packed.size(), room, size, &used, nullptr);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE) return "it is larger than the directory says";
  if (result == LIBDEFLATE_SHORT_OUTPUT) return "it is smaller than the directory says";
  if (result != LIBDEFLATE_SUCCESS) return "its octets are not deflated well";
  if (used != packed.size()) return "its packed octets are not as many as the directory says";
  if (libdeflate_crc32(0, room, size) != entry.crc) return "its CRC is not that of the directory";
  return {};
}

void stream_packer::deflate_end::operator()(z_stream_s* stream) const {
  ::deflateEnd(stream);
  delete stream;
}

stream_packer::stream_packer(spool& to, bool deflate) : to_(to) {
  if (!deflate) return;
  constexpr int without_header = -15, memory_level = 8;
  stream_.reset(new z_stream{});
  entry_.method = packed_entry::deflated;
  if (::deflateInit2(stream_.get(), level, Z_DEFLATED, without_header, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
}

void stream_packer::append(std::string_view octets) {
  entry_.crc = libdeflate_crc32(entry_.crc, octets.data(), octets.size());
  entry_.size += octets.size();
  if (!stream_) {
    to_.append(octets);
    entry_.packed += octets.size();
    return;
  }
  constexpr std::size_t most = std::numeric_limits<uInt>::max();
  for (; !octets.empty(); octets.remove_prefix(std::min(octets.size(), most))) deflate(octets.substr(0, most), Z_NO_FLUSH);
}

void stream_packer::deflate(std::string_view octets, int flush) {
  std::array<char, std::size_t{1} << 15> room;
  stream_->next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(octets.data()));  // it is not written to
  stream_->avail_in = static_cast<uInt>(octets.size());
  do {
    stream_->next_out = reinterpret_cast<Bytef*>(room.data());
    stream_->avail_out = static_cast<uInt>(room.size());
    ::deflate(stream_.get(), flush);
    const std::size_t made = room.size() - stream_->avail_out;
    to_.append({room.data(), made});
    entry_.packed += made;
  } while (stream_->avail_out == 0);
}

packed_entry stream_packer::finish() {
  if (stream_) deflate({}, Z_FINISH);
  return entry_;
}

void work_side_by_side(const dgm_work* work, std::uint64_t number, const std::function<void(std::uint64_t)>& piece) {
  struct context {
    const std::function<void(std::uint64_t)>& piece;
    std::atomic<bool> has_failed = false;
    std::mutex mutex;
    std::uint64_t failed = 0;
    std::exception_ptr problem;
  } all{piece, {}, {}, {}, {}};
  const auto call = [](void* of, std::uint64_t n) noexcept {
    auto& c = *static_cast<context*>(of);
    if (c.has_failed) return;
    try {
      c.piece(n);
    } catch (...) {
      const std::lock_guard lock(c.mutex);
      if (!c.problem || n < c.failed) c.problem = std::current_exception(), c.failed = n;
      c.has_failed = true;
    }
  };
  if (work != nullptr) work->run(work->ctx, number, call, &all);
  else
    for (std::uint64_t n = 0; n < number; ++n) call(&all, n);
  if (all.problem) std::rethrow_exception(all.problem);
}

}  // namespace dragoman::bundle
