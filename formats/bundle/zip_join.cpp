#include "zip_join.hpp"

#include <algorithm>

namespace dragoman::bundle {
namespace {

constexpr std::size_t central_length = 46, offset_field = 42;
constexpr std::uint32_t none32 = 0xFFFFFFFF;
constexpr std::uint16_t none16 = 0xFFFF;

std::string little_endian(std::uint64_t value, std::size_t length) {
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
  return out;
}
std::uint64_t number_at(std::string_view octets, std::size_t at, std::size_t length) {
  std::uint64_t value = 0;
  for (std::size_t i = length; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

// Enters another place of the local header into a record, in the ZIP64 field where it does not fit.
void move_record(std::string& record, std::uint64_t offset) {
  const std::size_t extra = central_length + number_at(record, 28, 2), extra_length = number_at(record, 30, 2);
  std::size_t field = extra;
  while (field + 4 <= extra + extra_length && number_at(record, field, 2) != 1) field += 4 + number_at(record, field + 2, 2);
  const bool has_field = field + 4 <= extra + extra_length;
  const bool is_wide = number_at(record, offset_field, 4) == none32;
  if (is_wide) {  // the last of the values of the field
    record.replace(field + 4 + number_at(record, field + 2, 2) - 8, 8, little_endian(offset, 8));
  } else if (offset < none32) {
    record.replace(offset_field, 4, little_endian(offset, 4));
  } else {
    record.replace(offset_field, 4, little_endian(none32, 4));
    const std::size_t length = has_field ? number_at(record, field + 2, 2) : 0;
    if (!has_field) record.insert(field = extra + extra_length, little_endian(1, 2) + little_endian(0, 2));
    record.insert(field + 4 + length, little_endian(offset, 8));
    record.replace(field + 2, 2, little_endian(length + 8, 2));
    record.replace(30, 2, little_endian(extra_length + 8 + (has_field ? 0 : 4), 2));
  }
}

std::string end_records(std::uint64_t entries, std::uint64_t directory, std::uint64_t size) {
  std::string out;
  if (entries >= none16 || directory >= none32 || size >= none32) {
    out += "PK\6\6" + little_endian(44, 8) + little_endian(0x0300 + 45, 2) + little_endian(45, 2) + little_endian(0, 8) +
           little_endian(entries, 8) + little_endian(entries, 8) + little_endian(size, 8) + little_endian(directory, 8);
    out += "PK\6\7" + little_endian(0, 4) + little_endian(directory + size, 8) + little_endian(1, 4);
  }
  const std::uint64_t few = std::min<std::uint64_t>(entries, none16);
  return out + "PK\5\6" + little_endian(0, 4) + little_endian(few, 2) + little_endian(few, 2) +
         little_endian(std::min<std::uint64_t>(size, none32), 4) + little_endian(std::min<std::uint64_t>(directory, none32), 4) +
         little_endian(0, 2);
}

}  // namespace

made_zip::made_zip(const octet_source& octets) : octets_(octets) {
  archive_rules rules;
  rules.limits = archive_limits::none();
  table_ = read_zip_directory(octets, rules, [](auto...) {});
}

void made_zip::for_each(const std::function<void(std::size_t entry, std::string record)>& take) const {
  std::uint64_t at = table_.directory;
  const auto read = [&](std::string& record, std::size_t length) {
    const std::size_t before = record.size();
    record.resize(before + length);
    octets_.read(at, record.data() + before, length);
    at += length;
  };
  for (std::size_t i = 0; i < count(); ++i) {
    std::string record;
    read(record, central_length);
    read(record, number_at(record, 28, 2) + number_at(record, 30, 2) + number_at(record, 32, 2));
    take(i, std::move(record));
  }
}

void zip_joiner::add(const made_zip& from, std::size_t entry, std::string record) {
  move_record(record, written_);
  directory_.append(record);
  ++entries_;
  std::uint64_t at = from.begin_of(entry);
  for (const std::uint64_t end = from.end_of(entry); at < end;) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(end - at, buffer_.size()));
    from.octets_.read(at, buffer_.data(), n);
    out_.write({buffer_.data(), n});
    at += n;
    written_ += n;
  }
}

void zip_joiner::add(const made_zip& all) {
  all.for_each([&](std::size_t entry, std::string record) { add(all, entry, std::move(record)); });
}

void zip_joiner::finish() {
  for_each_block(directory_, [&](std::string_view records) { out_.write(records); });
  out_.write(end_records(entries_, written_, directory_.size()));
}

}  // namespace dragoman::bundle
