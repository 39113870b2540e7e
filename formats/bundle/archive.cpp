#include "archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <vector>

namespace dragoman::bundle {

std::string archive_problem(::archive* handle) {
  const char* text = ::archive_error_string(handle);
  return text != nullptr ? text : "libarchive gives no reason";
}

utf8_names::utf8_names() {
  if (const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    locale_ = utf8;
    before_ = ::uselocale(utf8);
  }
}
utf8_names::~utf8_names() {
  if (locale_ == nullptr) return;
  ::uselocale(static_cast<locale_t>(before_));
  ::freelocale(static_cast<locale_t>(locale_));
}

read_handle::read_handle() : handle_(::archive_read_new()) {
  if (handle_ == nullptr) throw std::bad_alloc();
}
read_handle::~read_handle() { ::archive_read_free(handle_); }

zip_writer::zip_writer(const output& out, bool deflate)
    : out_(out), archive_(::archive_write_new()), entry_(::archive_entry_new()) {
  if (archive_ == nullptr || entry_ == nullptr) throw std::bad_alloc();
  check(::archive_write_set_format_zip(archive_));
  check(::archive_write_set_options(archive_, "zip:hdrcharset=UTF-8"));
  check(::archive_write_set_options(archive_, deflate ? "zip:compression=deflate" : "zip:compression=store"));
  if (deflate) check(::archive_write_set_options(archive_, "zip:compression-level=6"));
  check(::archive_write_set_bytes_in_last_block(archive_, 1));  // no padding
  const auto take = [](::archive*, void* self, const void* octets, std::size_t length) -> la_ssize_t {
    auto& writer = *static_cast<zip_writer*>(self);
    const dgm_output* raw = writer.out_.raw();
    if (writer.status_ >= 0) writer.status_ = raw->write(raw->ctx, octets, length);
    return writer.status_ < 0 ? -1 : static_cast<la_ssize_t>(length);
  };
  check(::archive_write_open(archive_, this, nullptr, take, nullptr));
}

zip_writer::~zip_writer() {
  ::archive_entry_free(entry_);
  ::archive_write_fail(archive_);  // nothing more is written by freeing it
  ::archive_write_free(archive_);
}

void zip_writer::check(int result) {
  if (status_ < 0) throw stop{status_};
  if (result < ARCHIVE_OK) throw unusable("bundle.zip-write", "the ZIP cannot be written: " + archive_problem(archive_));
}

void zip_writer::begin(const std::string& path, std::uint64_t size, bool folder) {
  ::archive_entry_clear(entry_);
  ::archive_entry_set_pathname_utf8(entry_, path.c_str());
  ::archive_entry_set_filetype(entry_, folder ? AE_IFDIR : AE_IFREG);
  ::archive_entry_set_perm(entry_, folder ? 0755 : 0644);
  ::archive_entry_set_size(entry_, static_cast<la_int64_t>(size));
  check(::archive_write_header(archive_, entry_));
}

void zip_writer::add(const std::string& path, const octet_source& source, std::uint64_t offset, std::uint64_t size) {
  begin(path, size, false);
  std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, std::size_t{1} << 16)));
  while (size > 0) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size()));
    source.read(offset, buffer.data(), n);
    const auto taken = ::archive_write_data(archive_, buffer.data(), n);
    check(taken < 0 ? static_cast<int>(taken) : ARCHIVE_OK);
    if (static_cast<std::size_t>(taken) != n) throw unusable("bundle.zip-write", "the ZIP cannot be written: an entry was cut");
    offset += n;
    size -= n;
  }
  check(::archive_write_finish_entry(archive_));
}

void zip_writer::add_folder(const std::string& path) {
  begin(path, 0, true);
  check(::archive_write_finish_entry(archive_));
}

void zip_writer::finish() { check(::archive_write_close(archive_)); }

}  // namespace dragoman::bundle
