// formats/bundle/zip_writer.hpp - a ZIP of entries that are packed already.
//
// What is said of an entry is known before it is written: its header has its CRC-32 and sizes, and nothing follows it. The
// octets depend on paths and entries only: no time, owner or mode of anything is in them.
// Source: PKWARE APPNOTE 6.3.10, 4.3, 4.4 and 4.5.3; bundles.md 7 "Writing". One thread at a time.
#pragma once
#include "spool.hpp"

#include <dragoman/plugin.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::bundle {

// What a ZIP says of an entry.
struct packed_entry {
  enum : std::uint16_t { stored = 0, deflated = 8 };
  std::uint64_t packed = 0, size = 0;  // octets in the ZIP, and unpacked
  std::uint32_t crc = 0;               // CRC-32 of the unpacked octets
  std::uint16_t method = stored;
};

// The parts of a ZIP that are not octets of entries. A path is UTF-8 of at most 65,535 octets; that of a folder ends in '/'.
// What 32 bits cannot hold stands in the fields of ZIP64, and only that.
std::string zip_local_header(std::string_view path, const packed_entry& entry);
// `header` is the place of the local header.
std::string zip_directory_record(std::string_view path, const packed_entry& entry, std::uint64_t header);
std::string zip_end_records(std::uint64_t entries, std::uint64_t directory, std::uint64_t directory_size);

// Throws stop for errors of the output, and what the octets throw.
class zip_writer {
public:
  explicit zip_writer(const output& out) : out_(out) {}
  // `entry.packed` octets of `octets`, from `offset` on, are those of the entry.
  void add(std::string_view path, const packed_entry& entry, const octet_source& octets, std::uint64_t offset);
  // The same for entries of a ZIP that another zip_writer made, in two steps: each is listed, with its header so many octets from
  // the place that is written next; then their headers and octets are copied as they stand there.
  void list(std::string_view path, const packed_entry& entry, std::uint64_t from_here);
  void copy(const octet_source& octets, std::uint64_t offset, std::uint64_t length);
  void add_folder(std::string_view path) { add(path, {}, memory_source({}), 0); }
  // Completes the ZIP.
  void finish();

private:
  void put(std::string_view octets);
  void flush();

  const output& out_;
  std::string buffer_;
  spool directory_;
  std::uint64_t entries_ = 0, written_ = 0;  // what is in the buffer is written
};

}  // namespace dragoman::bundle
