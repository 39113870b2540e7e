// formats/bundle/archive.hpp - libarchive, with its resources owned and its errors as exceptions.
//
// Source: bundles.md 7 "ZIP container", whose measured facts are the reasons for what is set here.
#pragma once
#include "octets.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct archive;
struct archive_entry;

namespace dragoman::bundle {

// What libarchive says of its last error; it may have nothing to say.
std::string archive_problem(::archive* handle);

// While it lives, the calling thread takes names as UTF-8. libarchive converts names by the thread's locale, and a
// plugin must not change that of the process.
class utf8_names {
public:
  utf8_names();
  ~utf8_names();
  utf8_names(const utf8_names&) = delete;
  utf8_names& operator=(const utf8_names&) = delete;

private:
  void* locale_ = nullptr;
  void* before_ = nullptr;
};

// A libarchive handle for reading.
class read_handle {
public:
  read_handle();
  ~read_handle();
  read_handle(const read_handle&) = delete;
  read_handle& operator=(const read_handle&) = delete;
  ::archive* get() const { return handle_; }

private:
  ::archive* handle_;
};

// Writes a ZIP to an output as a stream. The octets depend on the entries and on `deflate` only: no time, owner or mode
// of anything is in them. Throws stop for the output's errors, unusable("bundle.zip-write") for libarchive's.
class zip_writer {
public:
  zip_writer(const output& out, bool deflate);
  ~zip_writer();
  zip_writer(const zip_writer&) = delete;
  zip_writer& operator=(const zip_writer&) = delete;

  // An entry: its UTF-8 path, and its octets, which are `size` octets of `source` from `offset` on.
  void add(const std::string& path, const octet_source& source, std::uint64_t offset, std::uint64_t size);
  void add(const std::string& path, std::string_view octets) { add(path, memory_source(octets), 0, octets.size()); }
  void add_folder(const std::string& path);
  // Completes the archive.
  void finish();

private:
  void begin(const std::string& path, std::uint64_t size, bool folder);
  void check(int result);

  const utf8_names names_;
  const output& out_;
  dgm_status status_ = DGM_OK;
  ::archive* archive_ = nullptr;
  ::archive_entry* entry_ = nullptr;
};

}  // namespace dragoman::bundle
