// formats/bundle/zip_preflight.hpp - what a ZIP says of itself, checked before anything in it is unpacked.
//
// A ZIP says everything twice, in its directory and before each entry, and readers differ in which they believe. Here
// both must agree, entries must not overlap, and names must be safe; what passes reads the same for everybody.
// Source: bundles.md 7 "Reading: preflight" and 8 "Limits"; PKWARE APPNOTE 6.3.10. Pure; any thread.
#pragma once
#include "octets.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::bundle {

// Bounds of an archive; octets, or numbers of things. Source: bundles.md 8.
struct archive_limits {
  std::uint64_t entries = 1'000'000;
  std::uint64_t directory = std::uint64_t{512} << 20;
  std::uint64_t entry = std::uint64_t{256} << 20;  // one entry, unpacked
  std::uint64_t total = std::uint64_t{64} << 30;   // all entries, unpacked
  std::uint64_t entry_ratio = 200;                 // unpacked to packed, after the first MiB
  std::uint64_t total_ratio = 100;                 // after the first 64 MiB
  std::size_t path = 1024, segment = 255, depth = 32;
};

enum class name_charset { automatic, utf8, cp437, latin1 };

struct name_rules {
  name_charset charset = name_charset::automatic;
  bool backslash_separates = false;  // else a backslash is refused
};

struct zip_rules {
  archive_limits limits;
  name_rules names;
  bool all_methods = false;  // beside stored and deflated: 9, 12, 14, 93, 95
};

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
  std::string names;               // UTF-8, safe, '/' between segments, no '/' at the end
  std::string_view name(const zip_entry& e) const { return std::string_view(names).substr(e.name, e.name_length); }
};

// Something doubtful that is accepted: code, text, and the octet where it was seen.
using warn_function = std::function<void(std::string_view code, const std::string& text, std::uint64_t offset)>;

// Reads and checks the directory. Throws unusable with one of the codes bundle.zip-*, bundle.entry-* and bundle.limit-*
// at the first thing that is wrong, and stop for errors of the source.
zip_table read_zip_directory(const octet_source& zip, const zip_rules& rules, const warn_function& warn);

// -- names, for archives of any kind -------------------------------------------------------------------------------

// The safe path of an entry from its UTF-8 name: "./" and "//" are collapsed, no '/' at the end; empty for a name like
// "./" that means the top itself. Throws unusable
// ("bundle.entry-name", "bundle.limit-path") for a name that could lead anywhere else than below the target, or that
// some reader would take for another. Sets `cleaned` when something was collapsed.
std::string safe_entry_name(std::string_view name, const name_rules& rules, const archive_limits& limits, std::uint64_t offset,
                            bool& cleaned);

// One name of an archive for check_distinct.
struct entry_name {
  std::string_view path;
  bool is_folder;
  std::uint64_t offset;
};
// Throws unusable("bundle.entry-duplicate") when two are equal in NFC, or a file is the folder of another; warns
// ("bundle.name-clash") when they are equal after case folding only.
void check_distinct(const std::vector<entry_name>& names, const warn_function& warn);

}  // namespace dragoman::bundle
