#include "zip_writer.hpp"

#include <algorithm>

namespace dragoman::bundle {
namespace {

constexpr std::uint32_t none32 = 0xFFFFFFFF;  // see the field of ZIP64
constexpr std::uint16_t none16 = 0xFFFF;
constexpr std::uint16_t unix_system = 3 << 8;
constexpr std::uint16_t version_stored = 10, version_deflated = 20, version_zip64 = 45;
constexpr std::uint16_t utf8_name = 1 << 11;
constexpr std::uint16_t no_time = 0, first_date = 1 << 5 | 1;  // 1980-01-01, the first that there is
constexpr std::uint32_t file_mode = 0100644, folder_mode = 040755, folder_attribute = 0x10;
constexpr std::size_t block = std::size_t{1} << 18;

// Numbers in little-endian order.
class octets_of {
public:
  explicit octets_of(std::string_view signature = {}) : octets_(signature) {}
  octets_of& two(std::uint64_t value) { return put(value, 2); }
  octets_of& four(std::uint64_t value) { return put(value, 4); }
  octets_of& eight(std::uint64_t value) { return put(value, 8); }
  octets_of& text(std::string_view octets) {
    octets_ += octets;
    return *this;
  }
  std::string_view view() const { return octets_; }
  std::string take() { return std::move(octets_); }

private:
  octets_of& put(std::uint64_t value, int length) {
    for (int i = 0; i < length; ++i) octets_ += static_cast<char>(value >> 8 * i & 0xFF);
    return *this;
  }
  std::string octets_;
};

// The field of ZIP64, with the values that have no room elsewhere.
class zip64_field {
public:
  // What to write in place of a value: the value, or that it is in the field.
  std::uint64_t narrow(std::uint64_t value) { return value < none32 ? value : moved(value); }
  std::uint64_t moved(std::uint64_t value) {
    values_.eight(value);
    return none32;
  }
  std::string take() const {
    const auto values = values_.view();
    return values.empty() ? std::string() : octets_of().two(1).two(values.size()).text(values).take();
  }

private:
  octets_of values_;
};

bool is_folder(std::string_view path) { return path.ends_with('/'); }
std::uint16_t version_of(std::string_view path, const packed_entry& entry, bool is_wide) {
  if (is_wide) return version_zip64;
  return entry.method == packed_entry::deflated || is_folder(path) ? version_deflated : version_stored;
}

// What both kinds of header have in the middle.
void put_common(octets_of& to, std::uint16_t version, const packed_entry& entry, std::uint64_t packed, std::uint64_t size) {
  to.two(version).two(utf8_name).two(entry.method).two(no_time).two(first_date).four(entry.crc).four(packed).four(size);
}

}  // namespace

std::string zip_local_header(std::string_view path, const packed_entry& entry) {
  zip64_field field;
  const bool is_wide = std::max(entry.size, entry.packed) >= none32;  // here both must be in the field, or none
  const auto size = is_wide ? field.moved(entry.size) : entry.size, packed = is_wide ? field.moved(entry.packed) : entry.packed;
  const std::string extra = field.take();
  octets_of out("PK\3\4");
  put_common(out, version_of(path, entry, is_wide), entry, packed, size);
  return out.two(path.size()).two(extra.size()).text(path).text(extra).take();
}

std::string zip_directory_record(std::string_view path, const packed_entry& entry, std::uint64_t header) {
  zip64_field field;  // in this order
  const auto size = field.narrow(entry.size), packed = field.narrow(entry.packed), offset = field.narrow(header);
  const std::string extra = field.take();
  const std::uint16_t version = version_of(path, entry, !extra.empty());
  octets_of out("PK\1\2");
  out.two(unix_system | version_zip64);
  put_common(out, version, entry, packed, size);
  out.two(path.size()).two(extra.size()).two(0).two(0).two(0);  // no comment, disk 0, no internal attributes
  out.four((is_folder(path) ? folder_mode : file_mode) << 16 | (is_folder(path) ? folder_attribute : 0)).four(offset);
  return out.text(path).text(extra).take();
}

std::string zip_end_records(std::uint64_t entries, std::uint64_t directory, std::uint64_t directory_size) {
  octets_of out;
  if (entries >= none16 || directory >= none32 || directory_size >= none32) {
    out.text("PK\6\6").eight(44).two(unix_system | version_zip64).two(version_zip64).four(0).four(0);
    out.eight(entries).eight(entries).eight(directory_size).eight(directory);
    out.text("PK\6\7").four(0).eight(directory + directory_size).four(1);
  }
  const auto few = std::min<std::uint64_t>(entries, none16);
  out.text("PK\5\6").two(0).two(0).two(few).two(few);
  return out.four(std::min<std::uint64_t>(directory_size, none32)).four(std::min<std::uint64_t>(directory, none32)).two(0).take();
}

void zip_writer::put(std::string_view octets) {
  buffer_ += octets;
  written_ += octets.size();
  if (buffer_.size() >= block) flush();
}

void zip_writer::flush() {
  out_.write(buffer_);
  buffer_.clear();
}

void zip_writer::add(std::string_view path, const packed_entry& entry, const octet_source& octets, std::uint64_t offset) {
  list(path, entry, 0);
  put(zip_local_header(path, entry));
  copy(octets, offset, entry.packed);
}

void zip_writer::list(std::string_view path, const packed_entry& entry, std::uint64_t from_here) {
  directory_.append(zip_directory_record(path, entry, written_ + from_here));
  ++entries_;
}

void zip_writer::copy(const octet_source& octets, std::uint64_t offset, std::uint64_t length) {
  while (length > 0) {
    const std::size_t before = buffer_.size();
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(length, block - before));
    buffer_.resize(before + n);
    octets.read(offset, buffer_.data() + before, n);
    put({});
    written_ += n;
    offset += n;
    length -= n;
  }
}

void zip_writer::finish() {
  const std::uint64_t directory = written_;
  for_each_block(directory_, [&](std::string_view records) { put(records); });
  put(zip_end_records(entries_, directory, directory_.size()));
  flush();
}

}  // namespace dragoman::bundle
