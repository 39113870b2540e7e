#include "zip_preflight.hpp"

#include "names.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>

namespace dragoman::bundle {
namespace {

constexpr std::uint32_t local_signature = 0x04034b50, central_signature = 0x02014b50, end_signature = 0x06054b50;
constexpr std::uint32_t end64_signature = 0x06064b50, locator_signature = 0x07064b50, descriptor_signature = 0x08074b50;
constexpr std::size_t local_length = 30, central_length = 46, end_length = 22, end64_length = 56, locator_length = 20;
constexpr std::size_t longest_comment = 0xFFFF;
constexpr std::uint32_t no_value32 = 0xFFFFFFFF;
constexpr std::uint16_t no_value16 = 0xFFFF;
constexpr std::uint16_t encrypted_flags = 1u << 0 | 1u << 6 | 1u << 13, descriptor_flag = 1u << 3, utf8_flag = 1u << 11;
// The flags that both headers must agree on; the others (bits 1, 2) only tell how hard the packer tried.
constexpr std::uint16_t meaningful_flags = encrypted_flags | descriptor_flag | utf8_flag;
constexpr std::uint16_t zip64_field = 0x0001, unicode_path_field = 0x7075;
constexpr std::uint16_t type_mask = 0xF000, type_regular = 0x8000, type_folder = 0x4000;

[[noreturn]] void refuse(std::string_view code, const std::string& text, std::uint64_t offset) {
  throw unusable(code, text, {static_cast<std::int64_t>(offset), 0, 0, 0});
}
[[noreturn]] void truncated(const std::string& text, std::uint64_t offset) { refuse("bundle.zip-truncated", text, offset); }
[[noreturn]] void inconsistent(const std::string& text, std::uint64_t offset) { refuse("bundle.zip-inconsistent", text, offset); }

// Little-endian fields from octets that are long enough.
class fields {
public:
  explicit fields(std::string_view octets) : octets_(octets) {}
  std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  std::uint32_t u32(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  std::uint64_t u64(std::size_t at) const { return number(at, 8); }

private:
  std::uint64_t number(std::size_t at, std::size_t length) const {
    std::uint64_t value = 0;
    for (std::size_t i = length; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets_[at + i]);
    return value;
  }
  std::string_view octets_;
};

std::string octets_at(const octet_source& zip, std::uint64_t offset, std::size_t length) {
  std::string out(length, '\0');
  zip.read(offset, out.data(), length);
  return out;
}

// Reads ahead, for many small reads whose places grow. One thread.
class window final : public octet_source {
public:
  explicit window(const octet_source& source) : source_(source) {}
  std::uint64_t size() const override { return source_.size(); }
  void read(std::uint64_t offset, char* buffer, std::size_t length) const override {
    if (length > most) return source_.read(offset, buffer, length);
    if (offset < begin_ || offset + length > begin_ + octets_.size()) {
      octets_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(most, source_.size() - offset)));
      source_.read(offset, octets_.data(), octets_.size());
      begin_ = offset;
    }
    octets_.copy(buffer, length, static_cast<std::size_t>(offset - begin_));
  }

private:
  static constexpr std::size_t most = std::size_t{1} << 16;
  const octet_source& source_;
  mutable std::string octets_;
  mutable std::uint64_t begin_ = 0;
};

// CRC-32 of a short name (Info-ZIP Unicode Path field); the data's is checked by who unpacks.
std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = ~0u;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

// -- the end of the archive ---------------------------------------------------------------------------------------

// What the end record, or its ZIP64 form, says of the directory.
struct directory_place {
  std::uint64_t begin = 0, size = 0, entries = 0;
  std::uint64_t prefix = 0;  // octets in front of the archive that its offsets do not count
};

struct end_record {
  std::uint64_t offset = 0;
  std::string octets;
  bool has_trailing = false;
};

end_record find_end_record(const octet_source& zip, const warn_function& warn) {
  if (zip.size() < end_length) truncated("too short for a ZIP", 0);
  const auto window = static_cast<std::size_t>(std::min<std::uint64_t>(zip.size(), end_length + longest_comment));
  const std::uint64_t base = zip.size() - window;
  const std::string tail = octets_at(zip, base, window);
  std::optional<std::size_t> exact, loose;
  for (std::size_t at = window - end_length + 1; at-- > 0;) {
    const fields f{std::string_view(tail).substr(at)};
    if (tail[at] != 'P' || f.u32(0) != end_signature) continue;
    const std::size_t end = at + end_length + f.u16(20);
    if (end == window) {
      if (exact) inconsistent("two end records fit the end of the file, so readers differ in what it holds", base + at);
      exact = at;
    } else if (end < window && !loose) {
      loose = at;
    }
  }
  if (!exact && !loose) truncated("no end record: the file is cut, or no ZIP", zip.size());
  const std::size_t at = exact ? *exact : *loose;
  if (!exact)
    warn("bundle.trailing",
         std::to_string(window - at - end_length - fields(std::string_view(tail).substr(at)).u16(20)) +
             " octets follow the end of the ZIP",
         base + at);
  return {base + at, tail.substr(at, end_length), !exact};
}

// The ZIP64 end record, when there is one: it must stand directly before its locator, and repeat what fits the old one.
std::optional<end_record> find_end64_record(const octet_source& zip, const end_record& end) {
  if (end.offset < locator_length) return std::nullopt;
  const std::string locator = octets_at(zip, end.offset - locator_length, locator_length);
  const fields l{locator};
  if (l.u32(0) != locator_signature) return std::nullopt;
  if (l.u32(4) != 0 || l.u32(16) > 1) inconsistent("the ZIP has several parts", end.offset - locator_length);
  const std::uint64_t limit = end.offset - locator_length;
  // Found by its place before the locator; the offset that the locator states counts from after any prefix.
  for (std::uint64_t length = end64_length; length <= limit && length <= end64_length + 4096; ++length) {
    const std::uint64_t offset = limit - length;
    if (offset < l.u64(8)) break;
    const std::string octets = octets_at(zip, offset, end64_length);
    const fields f{octets};
    if (f.u32(0) == end64_signature && f.u64(4) == length - 12) return end_record{offset, octets, false};
  }
  inconsistent("the ZIP64 end record is not where its locator says", end.offset - locator_length);
}

directory_place find_directory(const octet_source& zip, const warn_function& warn) {
  const end_record end = find_end_record(zip, warn);
  const fields e{end.octets};
  if (e.u16(4) != 0 && e.u16(4) != no_value16) inconsistent("the ZIP has several parts", end.offset);
  if (e.u16(8) != e.u16(10)) inconsistent("the counts of entries in the end record differ", end.offset);
  directory_place place{e.u32(16), e.u32(12), e.u16(10), 0};
  std::uint64_t directory_end = end.offset;
  const bool needs64 = e.u16(10) == no_value16 || e.u32(12) == no_value32 || e.u32(16) == no_value32;
  if (const auto end64 = find_end64_record(zip, end)) {
    const fields f{end64->octets};
    if (f.u32(16) != 0 || f.u32(20) != 0) inconsistent("the ZIP has several parts", end64->offset);
    if (f.u64(24) != f.u64(32)) inconsistent("the counts of entries in the ZIP64 end record differ", end64->offset);
    const auto agrees = [](std::uint64_t old_value, std::uint64_t none, std::uint64_t value) {
      return old_value == none || old_value == value;
    };
    if (!agrees(e.u16(10), no_value16, f.u64(32)) || !agrees(e.u32(12), no_value32, f.u64(40)) ||
        !agrees(e.u32(16), no_value32, f.u64(48)))
      inconsistent("the end record and its ZIP64 form differ", end64->offset);
    place = {f.u64(48), f.u64(40), f.u64(32), 0};
    directory_end = end64->offset;
  } else if (needs64 && (e.u32(12) == no_value32 || e.u32(16) == no_value32)) {
    truncated("the ZIP64 end record is missing", end.offset);
  }
  if (place.size > directory_end || place.begin > directory_end - place.size)
    inconsistent("the directory would reach past the end record", end.offset);
  place.prefix = directory_end - place.size - place.begin;
  place.begin += place.prefix;
  if (place.prefix != 0) {
    // A ZIP stored inside a ZIP that was cut would look like this.
    if (end.has_trailing) truncated("there are octets before and after what looks like a ZIP", end.offset);
    // Junk in front moves everything; a directory that was cut or padded does not.
    if (place.size != 0 && fields(octets_at(zip, place.begin, 4)).u32(0) != central_signature)
      inconsistent("the directory is not where the end record says", place.begin);
    warn("bundle.prefix", std::to_string(place.prefix) + " octets stand before the ZIP", 0);
  }
  return place;
}

// -- names --------------------------------------------------------------------------------------------------------

// The Info-ZIP Unicode Path field counts when it was made for this very name.
std::optional<std::string> unicode_path(std::string_view extra, std::string_view raw) {
  while (extra.size() >= 4) {
    const fields f{extra};
    const std::size_t length = f.u16(2);
    if (length > extra.size() - 4) return std::nullopt;
    const auto body = extra.substr(4, length);
    if (f.u16(0) == unicode_path_field && length > 5 && body[0] == 1 && fields(body).u32(1) == crc32(raw) &&
        is_utf8(body.substr(5)))
      return std::string(body.substr(5));
    extra.remove_prefix(4 + length);
  }
  return std::nullopt;
}

std::string decoded_name(std::string_view raw, std::string_view extra, bool says_utf8, const name_rules& rules,
                         std::uint64_t offset, const warn_function& warn) {
  if (says_utf8) {
    if (!is_utf8(raw)) refuse("bundle.entry-name", "the name of an entry is not the UTF-8 that it says it is", offset);
    return std::string(raw);
  }
  if (auto path = unicode_path(extra, raw)) return *path;
  return decode_entry_name(raw, rules, name_charset::cp437, offset, warn);
}

// -- entries ------------------------------------------------------------------------------------------------------

// A record of the directory with its variable parts.
struct central_record {
  std::uint64_t offset = 0;  // of the record itself
  std::uint16_t made_by = 0, flags = 0, method = 0;
  std::uint32_t crc = 0, attributes = 0;
  std::uint64_t packed = 0, size = 0, header = 0;
  std::string name, extra;
};

struct zip64_values {
  std::uint64_t *size = nullptr, *packed = nullptr, *header = nullptr;
};

// Fills the values that say "look in the ZIP64 field". Each must be there, and the field must hold nothing else.
void apply_zip64(std::string_view extra, const zip64_values& wanted, std::uint64_t offset) {
  bool found = false;
  while (extra.size() >= 4) {
    const fields f{extra};
    const std::size_t length = f.u16(2);
    if (length > extra.size() - 4) inconsistent("an extra field reaches past its header", offset);
    if (f.u16(0) == zip64_field) {
      if (found) inconsistent("an entry has two ZIP64 fields", offset);
      found = true;
      std::size_t at = 4;
      for (std::uint64_t* value : {wanted.size, wanted.packed, wanted.header}) {
        if (value == nullptr) continue;
        if (at + 8 > 4 + length) inconsistent("a ZIP64 field is too short", offset);
        *value = f.u64(at);
        at += 8;
      }
    }
    extra.remove_prefix(4 + length);
  }
  const bool needed = wanted.size != nullptr || wanted.packed != nullptr || wanted.header != nullptr;
  if (needed && !found) inconsistent("a ZIP64 field is missing", offset);
}

class directory_reader {
public:
  directory_reader(const octet_source& zip, const archive_rules& rules, const warn_function& warn)
      : zip_(zip), rules_(rules), warn_(warn), place_(find_directory(zip, warn)) {}

  zip_table read() {
    const archive_limits& limits = rules_.limits;
    if (place_.size > limits.directory)
      refuse("bundle.limit-directory", "the directory has more than " + std::to_string(limits.directory) + " octets",
             place_.begin);
    if (place_.entries > limits.entries) too_many_entries();
    if (place_.entries > place_.size / central_length) inconsistent("the directory is too short for its entries", place_.begin);
    table_.expect(static_cast<std::size_t>(place_.entries),
                  static_cast<std::size_t>(place_.size - place_.entries * central_length));
    std::uint64_t at = place_.begin;
    const std::uint64_t end = place_.begin + place_.size;
    while (at < end) {
      const central_record c = central_at(at, end);
      add(c);
      at += central_length + c.name.size() + c.extra.size() + comment_length_;
    }
    if (seen_ != place_.entries)
      inconsistent(
          "the end record counts " + std::to_string(place_.entries) + " entries, the directory has " + std::to_string(seen_),
          place_.begin);
    check_places();
    check_names();
    return std::move(table_);
  }

private:
  [[noreturn]] void too_many_entries() const {
    refuse("bundle.limit-entries", "the archive has more than " + std::to_string(rules_.limits.entries) + " entries",
           place_.begin);
  }

  central_record central_at(std::uint64_t at, std::uint64_t end) {
    if (end - at < central_length) inconsistent("the directory ends inside an entry", at);
    const std::string fixed = octets_at(ahead_, at, central_length);
    const fields f{fixed};
    if (f.u32(0) != central_signature) inconsistent("the directory holds something that is no entry", at);
    central_record c;
    c.offset = at;
    c.made_by = f.u16(4);
    c.flags = f.u16(8);
    c.method = f.u16(10);
    c.crc = f.u32(16);
    c.packed = f.u32(20);
    c.size = f.u32(24);
    c.attributes = f.u32(38);
    c.header = f.u32(42);
    comment_length_ = f.u16(32);
    const std::uint64_t variable = std::uint64_t{f.u16(28)} + f.u16(30) + f.u16(32);
    if (end - at - central_length < variable) inconsistent("the directory ends inside an entry", at);
    c.name = octets_at(ahead_, at + central_length, f.u16(28));
    c.extra = octets_at(ahead_, at + central_length + f.u16(28), f.u16(30));
    if (f.u16(34) != 0 && f.u16(34) != no_value16) inconsistent("the ZIP has several parts", at);
    apply_zip64(c.extra,
                {c.size == no_value32 ? &c.size : nullptr, c.packed == no_value32 ? &c.packed : nullptr,
                 c.header == no_value32 ? &c.header : nullptr},
                at);
    return c;
  }

  void add(const central_record& c) {
    if (seen_ >= rules_.limits.entries) too_many_entries();
    if (c.flags & encrypted_flags) refuse("bundle.zip-encrypted", quoted(c.name) + " is encrypted", c.offset);
    check_method(c);
    zip_entry e;
    e.crc = c.crc;
    e.method = c.method;
    e.packed = c.packed;
    e.size = c.size;
    e.is_folder = check_type(c);
    if (e.is_folder && (e.size != 0 || e.packed > 2)) inconsistent("the folder " + quoted(c.name) + " has content", c.offset);
    if (e.method == 0 && e.packed != e.size) inconsistent(quoted(c.name) + " is stored with two sizes", c.offset);
    check_local(c, e);
    check_limits(c, e);
    bool cleaned = false;
    const std::string decoded = decoded_name(c.name, c.extra, (c.flags & utf8_flag) != 0, rules_.names, c.offset, warn_);
    const std::string name = safe_entry_name(decoded, rules_.names, rules_.limits, c.offset, cleaned);
    if (cleaned) warn_("bundle.name-cleaned", quoted(decoded) + " is read as " + quoted(name), c.offset);
    if (name.empty() && !e.is_folder) refuse("bundle.entry-name", "the name of an entry is empty", c.offset);
    ++seen_;
    if (name.empty()) return;  // the top itself
    table_.add(e, name);
  }

  void check_method(const central_record& c) const {
    constexpr std::array<std::uint16_t, 5> others{9, 12, 14, 93, 95};
    if (c.method == 0 || c.method == 8) return;
    if (rules_.all_methods && std::find(others.begin(), others.end(), c.method) != others.end()) return;
    refuse("bundle.zip-method", quoted(c.name) + " is packed by method " + std::to_string(c.method), c.offset);
  }

  // Returns whether it is a folder.
  static bool check_type(const central_record& c) {
    const auto type = static_cast<std::uint16_t>(c.attributes >> 16 & type_mask);
    const bool named_as_folder = !c.name.empty() && (c.name.back() == '/' || c.name.back() == '\\') && c.size == 0;
    if (type != 0 && type != type_regular && type != type_folder)
      refuse("bundle.entry-type", quoted(c.name) + " is a link or device", c.offset);
    if (!c.name.empty() && c.name.back() == '/' && type == type_regular)
      inconsistent(quoted(c.name) + " is a folder by its name and a file by its type", c.offset);
    return type == type_folder || named_as_folder || (!c.name.empty() && c.name.back() == '/');
  }

  // The local header must say what the directory says.
  void check_local(const central_record& c, zip_entry& e) {
    const std::uint64_t space = place_.begin;
    if (c.header > space - place_.prefix) refuse("bundle.zip-overlap", quoted(c.name) + " lies in the directory", c.offset);
    e.header = c.header + place_.prefix;
    if (space - e.header < local_length) truncated("the header of " + quoted(c.name) + " is cut", e.header);
    const std::string fixed = octets_at(headers_, e.header, local_length);
    const fields f{fixed};
    if (f.u32(0) != local_signature) inconsistent("no header where the directory has " + quoted(c.name), e.header);
    const std::uint64_t variable = std::uint64_t{f.u16(26)} + f.u16(28);
    if (space - e.header - local_length < variable) truncated("the header of " + quoted(c.name) + " is cut", e.header);
    e.data = e.header + local_length + variable;
    const auto differs = [&](const char* what) {
      inconsistent("the " + std::string(what) + " of " + quoted(c.name) + " differs between directory and header", e.header);
    };
    if (f.u16(26) != c.name.size() || octets_at(headers_, e.header + local_length, f.u16(26)) != c.name) differs("name");
    if (f.u16(8) != c.method) differs("method");
    if ((f.u16(6) ^ c.flags) & meaningful_flags) differs("flags");
    std::uint64_t packed = f.u32(18), size = f.u32(22);
    const std::string extra = octets_at(headers_, e.header + local_length + f.u16(26), f.u16(28));
    apply_zip64(extra, {size == no_value32 ? &size : nullptr, packed == no_value32 ? &packed : nullptr, nullptr}, e.header);
    if (e.packed > space - e.data) {
      if (e.data + e.packed > zip_.size()) truncated(quoted(c.name) + " reaches past the end of the file", e.header);
      refuse("bundle.zip-overlap", quoted(c.name) + " reaches into the directory", e.header);
    }
    if (c.flags & descriptor_flag) {
      // Packers leave blank what they did not know yet; libarchive knew the size.
      const auto fits = [](std::uint64_t local, std::uint64_t value) { return local == 0 || local == value; };
      if (!fits(f.u32(14), c.crc) || !fits(packed, c.packed) || !fits(size, c.size)) differs("checksum or size");
      check_descriptor(c, e);
    } else if (f.u32(14) != c.crc) {
      differs("checksum");
    } else if (packed != c.packed || size != c.size) {
      differs("size");
    }
  }

  // After the data: an optional signature, CRC, and both sizes in 4 or 8 octets.
  void check_descriptor(const central_record& c, const zip_entry& e) const {
    const std::uint64_t at = e.data + e.packed;
    const auto available = static_cast<std::size_t>(std::min<std::uint64_t>(24, place_.begin - at));
    std::string octets = octets_at(headers_, at, available);
    octets.resize(24 + 8, '\0');
    const auto repeats = [&](std::size_t start) {
      const fields f{std::string_view(octets).substr(start)};
      if (f.u32(0) != c.crc) return false;
      const bool narrow = available >= start + 12 && f.u32(4) == c.packed && f.u32(8) == c.size;
      const bool wide = available >= start + 20 && f.u64(4) == c.packed && f.u64(12) == c.size;
      return narrow || wide;
    };
    const bool marked = fields(octets).u32(0) == descriptor_signature;
    if (repeats(0) || (marked && repeats(4))) return;
    inconsistent("the descriptor after " + quoted(c.name) + " differs from the directory", at);
  }

  void check_limits(const central_record& c, const zip_entry& e) {
    const archive_limits& limits = rules_.limits;
    if (e.size > limits.entry)
      refuse("bundle.limit-entry", quoted(c.name) + " unpacks to more than " + std::to_string(limits.entry) + " octets",
             c.offset);
    if (e.size > limits.total - total_)
      refuse("bundle.limit-total", "the archive unpacks to more than " + std::to_string(limits.total) + " octets", c.offset);
    total_ += e.size;
  }

  // No octet may belong to two entries.
  void check_places() const {
    std::vector<std::uint32_t> order(table_.count());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return table_.header(a) < table_.header(b); });
    std::uint64_t end = 0;  // of the entry before
    for (std::size_t i = 0; i < order.size(); ++i) {
      const zip_entry e = table_.entry(order[i]);
      if (end > e.header)
        refuse("bundle.zip-overlap", quoted(table_.name(order[i])) + " lies inside " + quoted(table_.name(order[i - 1])),
               e.header);
      end = e.data + e.packed;
    }
  }

  void check_names() const {
    check_distinct(
        table_.count(),
        [&](std::size_t i) {
          return entry_name{table_.name(i), table_.is_folder(i), table_.header(i)};
        },
        warn_);
  }

  const octet_source& zip_;
  const window ahead_{zip_}, headers_{zip_};  // of the directory, and of what stands before the entries
  const archive_rules& rules_;
  const warn_function& warn_;
  const directory_place place_;
  zip_table table_;
  std::uint64_t seen_ = 0, total_ = 0;
  std::size_t comment_length_ = 0;
};

}  // namespace

void zip_table::expect(std::size_t entries, std::size_t names) {
  rows_.reserve(entries);
  names_.reserve(names);  // what is not written to costs no memory
}

void zip_table::add(const zip_entry& e, std::string_view name) {
  constexpr std::uint64_t most = no_value32;
  if (names_.size() > most) throw std::length_error("names of a ZIP");
  const bool is_wide = e.packed > most || e.size > most;
  if (is_wide) wide_.push_back({rows_.size(), e.packed, e.size});
  row r{};
  r.header = static_cast<std::uint32_t>(e.header);
  r.header_high = static_cast<std::uint32_t>(e.header >> 32);
  r.packed = is_wide ? 0 : static_cast<std::uint32_t>(e.packed);
  r.size = is_wide ? 0 : static_cast<std::uint32_t>(e.size);
  r.crc = e.crc;
  r.name = static_cast<std::uint32_t>(names_.size());
  r.before_data = static_cast<std::uint32_t>(e.data - e.header) & 0x3FFFFu;
  r.method = e.method & 0xFFFu;
  r.is_folder = e.is_folder;
  r.is_wide = is_wide;
  rows_.push_back(r);
  names_ += name;
}

zip_entry zip_table::entry(std::size_t number) const {
  const row& r = rows_[number];
  zip_entry e{header(number), header(number) + r.before_data,       r.packed,        r.size,
              r.crc,          static_cast<std::uint16_t>(r.method), r.is_folder != 0};
  if (!r.is_wide) return e;
  const auto wide = std::lower_bound(wide_.begin(), wide_.end(), number,
                                     [](const wide_sizes& w, std::size_t sought) { return w.number < sought; });
  e.packed = wide->packed;
  e.size = wide->size;
  return e;
}

std::string_view zip_table::name(std::size_t number) const {
  const std::size_t begin = rows_[number].name, end = number + 1 < rows_.size() ? rows_[number + 1].name : names_.size();
  return std::string_view(names_).substr(begin, end - begin);
}

zip_table read_zip_directory(const octet_source& zip, const archive_rules& rules, const warn_function& warn) {
  return directory_reader(zip, rules, warn).read();
}

}  // namespace dragoman::bundle
