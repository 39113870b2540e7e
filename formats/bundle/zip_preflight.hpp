// formats/bundle/zip_preflight.hpp - what a ZIP says of itself, checked before anything in it is unpacked.
//
// A ZIP says everything twice, in its directory and before each entry, and readers differ in which they believe. Here
// both must agree, entries must not overlap, and names must be safe; what passes reads the same for everybody.
// Source: bundles.md 7 "Reading: preflight" and 8 "Limits"; PKWARE APPNOTE 6.3.10. Pure; any thread.
#pragma once
#include "entry_names.hpp"
#include "octets.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::bundle {

// An entry of the directory. Offsets count from the start of the archive, junk in front included.
struct zip_entry {
  std::uint64_t header = 0;  // of the local header
  std::uint64_t data = 0;    // of the packed octets
  std::uint64_t packed = 0, size = 0;
  std::uint32_t crc = 0;
  std::uint32_t name = 0, name_length = 0;  // in zip_table::names
  std::uint16_t method = 0;
  bool is_folder = false;
};

struct zip_table {
  std::vector<zip_entry> entries;  // in the order of the directory
  std::uint64_t directory = 0;     // where it begins
  std::string names;               // UTF-8, safe, '/' between segments, no '/' at the end
  std::string_view name(const zip_entry& e) const { return std::string_view(names).substr(e.name, e.name_length); }
};

// Reads and checks the directory. Throws unusable with one of the codes bundle.zip-*, bundle.entry-* and bundle.limit-*
// at the first thing that is wrong, and stop for errors of the source.
zip_table read_zip_directory(const octet_source& zip, const archive_rules& rules, const warn_function& warn);

}  // namespace dragoman::bundle
