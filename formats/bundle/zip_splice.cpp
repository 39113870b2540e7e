#include "zip_splice.hpp"

#include "archive.hpp"
#include "names.hpp"
#include "zip_preflight.hpp"

#include <algorithm>
#include <vector>

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

// A ZIP that we made: entries follow each other without gaps, up to the directory, which has them in the same order.
struct own_zip {
  explicit own_zip(const octet_source& zip) : octets(zip) {
    archive_rules rules;
    rules.limits = archive_limits::none();
    table = read_zip_directory(zip, rules, [](auto...) {});
  }
  std::uint64_t end_of(std::size_t entry) const { return entry + 1 < table.entries.size() ? table.entries[entry + 1].header : table.directory; }

  const octet_source& octets;
  zip_table table;
};

// The records of a directory, one after the other.
class records {
public:
  explicit records(const own_zip& zip) : octets_(zip.octets), at_(zip.table.directory) {}
  std::string next() {
    std::string record = take(central_length);
    const std::size_t variable = number_at(record, 28, 2) + number_at(record, 30, 2) + number_at(record, 32, 2);
    return record + take(variable);
  }

private:
  std::string take(std::size_t length) {
    std::string out(length, '\0');
    octets_.read(at_, out.data(), length);
    at_ += length;
    return out;
  }
  const octet_source& octets_;
  std::uint64_t at_;
};

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

// Octets in memory as an output.
struct memory_output {
  std::string octets;
  dgm_output table{sizeof(dgm_output), this,
                   [](void* self, const void* data, std::size_t length) noexcept -> dgm_status {
                     static_cast<memory_output*>(self)->octets.append(static_cast<const char*>(data), length);
                     return DGM_OK;
                   },
                   {nullptr, 0}};
};

class splicer {
public:
  splicer(const own_zip& zip, const own_zip& news, const output& out) : zip_(zip), news_(news), out_(out) {}

  void run() {
    records old_records(zip_), new_records(news_);
    std::string directory;
    std::size_t next_new = 0;
    for (std::size_t i = 0; i < zip_.table.entries.size(); ++i) {
      std::string record = old_records.next();
      const bool is_changed = next_new < news_.table.entries.size() && name(zip_, i) == name(news_, next_new);
      if (is_changed) record = new_records.next();
      move_record(record, written_);
      directory += record;
      if (is_changed) copy(news_, next_new++);
      else copy(zip_, i);
    }
    const std::uint64_t begin = written_;
    out_.write(directory);
    out_.write(end_records(zip_.table.entries.size(), begin, directory.size()));
  }

private:
  static std::string_view name(const own_zip& zip, std::size_t entry) { return zip.table.name(zip.table.entries[entry]); }

  void copy(const own_zip& from, std::size_t entry) {
    std::uint64_t at = from.table.entries[entry].header;
    for (const std::uint64_t end = from.end_of(entry); at < end;) {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(end - at, buffer_.size()));
      from.octets.read(at, buffer_.data(), n);
      out_.write({buffer_.data(), n});
      at += n;
      written_ += n;
    }
  }

  const own_zip& zip_;
  const own_zip& news_;
  const output& out_;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 20);
  std::uint64_t written_ = 0;
};

}  // namespace

void replace_entries(const octet_source& zip, const changed_entries& changed, const output& out) {
  const own_zip old(zip);
  std::vector<changed_entries::const_iterator> found;  // in the order of the ZIP
  for (const auto& e : old.table.entries)
    if (const auto it = changed.find(old.table.name(e)); it != changed.end()) found.push_back(it);
  if (found.size() != changed.size()) throw unusable("bundle.volume", "the bundle has no entry of a name that is to be changed");
  memory_output memory;
  {
    const output to_memory(&memory.table);
    zip_writer packed(to_memory, true);
    for (const auto& it : found) packed.add(it->first, it->second);
    packed.finish();
  }
  const memory_source news_octets(memory.octets);
  splicer(old, own_zip(news_octets), out).run();
}

}  // namespace dragoman::bundle
