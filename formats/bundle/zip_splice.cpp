#include "zip_splice.hpp"

#include "packing.hpp"
#include "zip_preflight.hpp"

namespace dragoman::bundle {

void replace_entries(const octet_source& zip, const changed_entries& changed, const output& out) {
  archive_rules rules;
  rules.limits = archive_limits::none();
  const zip_table old = read_zip_directory(zip, rules, [](auto...) {});
  zip_writer joined(out);
  std::size_t found = 0;
  for (std::size_t i = 0; i < old.count(); ++i) {
    const auto it = changed.find(old.name(i));
    if (it == changed.end()) {
      const zip_entry e = old.entry(i);
      const std::string path = std::string(old.name(i)) + (e.is_folder ? "/" : "");
      joined.add(path, {e.packed, e.size, e.crc, e.method}, zip, e.data);
      continue;
    }
    std::string packed;
    const packed_entry entry = pack(it->second, true, packed);
    joined.add(it->first, entry, memory_source(packed), 0);
    ++found;
  }
  if (found != changed.size()) throw unusable("bundle.volume", "the bundle has no entry of a name that is to be changed");
  joined.finish();
}

}  // namespace dragoman::bundle
