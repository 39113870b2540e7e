// formats/bundle/zip_forge.hpp - for tests: ZIPs octet by octet, honest ones and others. Written from PKWARE's APPNOTE;
// shares no code with the reader or with libarchive.
#pragma once
#include <zlib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::bundle {

class zip_forge {
public:
  // What an entry says of itself. Absent values are the true ones; those of `local_` stand before the data only.
  struct lies {
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
    std::optional<std::uint32_t> crc = {};
    std::optional<std::uint32_t> size = {};
    std::optional<std::uint32_t> packed = {};
    std::uint32_t mode = 0;  // Unix mode; 0: none stated
    std::optional<std::string> local_name = {};
    std::optional<std::uint16_t> local_method = {};
    std::optional<std::uint16_t> local_flags = {};
    std::optional<std::uint32_t> local_crc = {};
    std::optional<std::uint32_t> local_size = {};
    std::string extra = {};
    bool zip64 = false;       // sizes in a ZIP64 field
    bool descriptor = false;  // bit 3, sizes after the data
    std::uint32_t descriptor_crc_change = 0;
    std::optional<std::uint32_t> header_at = {};  // offset in the directory
  };

  void add(const std::string& name, std::string_view octets) { add(name, octets, lies()); }
  void add(const std::string& name, std::string_view octets, const lies& l) {
    const std::string data = l.method == 8 ? deflated(octets) : std::string(octets);
    const auto true_crc =
        static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(octets.data()), static_cast<uInt>(octets.size())));
    const std::uint32_t crc = l.crc.value_or(true_crc), size = l.size.value_or(number(octets.size())),
                        packed = l.packed.value_or(number(data.size()));
    const auto flags = static_cast<std::uint16_t>(l.flags | (l.descriptor ? 8 : 0));
    const std::uint32_t header = number(body_.size());
    const std::string local_name = l.local_name.value_or(name);
    std::string local_extra = l.extra, central_extra = l.extra;
    if (l.zip64) {
      const std::string sizes = u64(size) + u64(packed);
      local_extra += u16(1) + u16(16) + sizes;
      central_extra += u16(1) + u16(16) + sizes;
    }
    const std::uint32_t none = 0xFFFFFFFF;
    body_ += u32(0x04034b50) + u16(20) + u16(l.local_flags.value_or(flags)) + u16(l.local_method.value_or(l.method)) +
             u32(0x00210000) + u32(l.descriptor ? 0 : l.local_crc.value_or(crc)) +
             u32(l.descriptor ? 0
                 : l.zip64    ? none
                              : packed) +
             u32(l.descriptor ? 0
                 : l.zip64    ? none
                              : l.local_size.value_or(size)) +
             u16(number(local_name.size())) + u16(number(local_extra.size())) + local_name + local_extra;
    body_ += data;
    if (l.descriptor) body_ += u32(0x08074b50) + u32(crc + l.descriptor_crc_change) + u32(packed) + u32(size);
    directory_ += u32(0x02014b50) + u16(l.mode ? 0x0314 : 20) + u16(20) + u16(flags) + u16(l.method) + u32(0x00210000) +
                  u32(crc) + u32(l.zip64 ? none : packed) + u32(l.zip64 ? none : size) + u16(number(name.size())) +
                  u16(number(central_extra.size())) + u16(0) + u16(0) + u16(0) + u32(l.mode << 16) +
                  u32(l.header_at.value_or(header)) + name + central_extra;
    ++entries_;
  }

  // Lies about the whole.
  std::optional<std::uint16_t> counted_entries;
  std::optional<std::uint32_t> stated_directory_size, stated_directory_offset;
  bool zip64_end = false;
  std::optional<std::uint64_t> zip64_entries;
  std::uint32_t disks = 1;
  std::string comment, prefix, trailing;

  std::string octets() const {
    const std::uint16_t count = counted_entries.value_or(static_cast<std::uint16_t>(entries_));
    const std::uint32_t size = stated_directory_size.value_or(number(directory_.size())),
                        offset = stated_directory_offset.value_or(number(body_.size()));
    std::string out = prefix + body_ + directory_;
    if (zip64_end) {
      const std::uint64_t at = body_.size() + directory_.size();
      out += u32(0x06064b50) + u64(44) + u16(45) + u16(45) + u32(0) + u32(0) + u64(zip64_entries.value_or(entries_)) +
             u64(zip64_entries.value_or(entries_)) + u64(size) + u64(offset);
      out += u32(0x07064b50) + u32(0) + u64(at) + u32(disks);
    }
    const bool hidden = zip64_end;
    out += u32(0x06054b50) + u16(disks - 1) + u16(disks - 1) + u16(hidden ? 0xFFFF : count) + u16(hidden ? 0xFFFF : count) +
           u32(hidden ? 0xFFFFFFFF : size) + u32(hidden ? 0xFFFFFFFF : offset) + u16(number(comment.size())) + comment;
    return out + trailing;
  }
  std::size_t body_length() const { return body_.size(); }
  std::size_t directory_length() const { return directory_.size(); }

  static std::string u16(std::uint32_t v) { return bytes(v, 2); }
  static std::string u32(std::uint32_t v) { return bytes(v, 4); }
  static std::string u64(std::uint64_t v) { return bytes(v, 8); }

private:
  static std::uint32_t number(std::size_t n) { return static_cast<std::uint32_t>(n); }
  static std::string bytes(std::uint64_t v, std::size_t length) {
    std::string out;
    for (std::size_t i = 0; i < length; ++i) out += static_cast<char>(v >> 8 * i & 0xFF);
    return out;
  }
  static std::string deflated(std::string_view octets) {
    z_stream z{};
    ::deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    std::string out(::deflateBound(&z, octets.size()) + 16, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
    z.avail_in = static_cast<uInt>(octets.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    ::deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    ::deflateEnd(&z);
    return out;
  }
  std::string body_, directory_;
  std::uint64_t entries_ = 0;
};

}  // namespace dragoman::bundle
