#include "zip_splice.hpp"

#include "packing.hpp"

namespace dragoman::bundle {

void replace_entries(const octet_source& zip, const zip_table& table, const changed_entries& changed, const output& out) {
  zip_writer joined(out);
  // Entries that stay as they are, and stand one behind another: they are copied together.
  std::uint64_t begin = 0, end = 0;
  const auto copy = [&] { joined.copy(zip, begin, end - begin); };
  std::size_t found = 0;
  for (std::size_t i = 0; i < table.count(); ++i) {
    const auto it = changed.find(table.name(i));
    const zip_entry e = table.entry(i);
    if (it == changed.end()) {
      if (e.header != end) copy(), begin = e.header;
      end = e.data + e.packed;
      const std::string path = std::string(table.name(i)) + (e.is_folder ? "/" : "");
      joined.list(path, {e.packed, e.size, e.crc, e.method}, e.header - begin);
      continue;
    }
    copy();
    begin = end;
    std::string packed;
    const packed_entry entry = pack(it->second, true, packed);
    joined.add(it->first, entry, memory_source(packed), 0);
    ++found;
  }
  if (found != changed.size()) throw unusable("bundle.volume", "the bundle has no entry of a name that is to be changed");
  copy();
  joined.finish();
}

}  // namespace dragoman::bundle
