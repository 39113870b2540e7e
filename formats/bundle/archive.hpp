// formats/bundle/archive.hpp - libarchive, with its resources owned and its errors as exceptions.
//
// Source: bundles.md 7 "ZIP container", whose measured facts are the reasons for what is set here.
#pragma once
#include <string>

struct archive;

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

}  // namespace dragoman::bundle
