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
  std::uint16_t method = 0;
  bool is_folder = false;
};

// The entries in the order of the directory. There may be a million: each takes 28 octets and its name.
class zip_table {
public:
  std::size_t count() const { return rows_.size(); }
  zip_entry entry(std::size_t number) const;
  // UTF-8, safe, '/' between segments, no '/' at the end.
  std::string_view name(std::size_t number) const;
  std::uint64_t header(std::size_t number) const {
    return rows_[number].header_high * (std::uint64_t{1} << 32) + rows_[number].header;
  }
  bool is_folder(std::size_t number) const { return rows_[number].is_folder; }

  // So many entries, and octets of their names, will probably be added.
  void expect(std::size_t entries, std::size_t names);
  // Throws std::length_error for more than 4 GiB of names.
  void add(const zip_entry& e, std::string_view name);

private:
  struct row {
    std::uint32_t header, header_high;
    std::uint32_t packed, size, crc;
    std::uint32_t name;                        // where it begins
    std::uint32_t before_data : 18;            // from the header to the data
    std::uint32_t method : 12;                 // those of ZIP are below 100
    std::uint32_t is_folder : 1, is_wide : 1;  // wide: packed and size stand in wide_
  };
  struct wide_sizes {
    std::size_t number;
    std::uint64_t packed, size;
  };
  std::vector<row> rows_;
  std::vector<wide_sizes> wide_;  // in order of their numbers
  std::string names_;
};

// Reads and checks the directory. Throws unusable with one of the codes bundle.zip-*, bundle.entry-* and bundle.limit-*
// at the first thing that is wrong, and stop for errors of the source.
zip_table read_zip_directory(const octet_source& zip, const archive_rules& rules, const warn_function& warn);

}  // namespace dragoman::bundle
