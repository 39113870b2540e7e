#include "archive.hpp"

#include <archive.h>
#include <locale.h>

#include <new>

namespace dragoman::bundle {
namespace {

// Made once for all threads: it is read from the disk.
struct utf8_locale {
  const locale_t made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  ~utf8_locale() {
    if (made != nullptr) ::freelocale(made);
  }
};

}  // namespace

std::string archive_problem(::archive* handle) {
  const char* text = ::archive_error_string(handle);
  return text != nullptr ? text : "libarchive gives no reason";
}

utf8_names::utf8_names() {
  static const utf8_locale utf8;
  if (utf8.made != nullptr) before_ = ::uselocale(utf8.made);
}
utf8_names::~utf8_names() {
  if (before_ != nullptr) ::uselocale(static_cast<locale_t>(before_));
}

read_handle::read_handle() : handle_(::archive_read_new()) {
  if (handle_ == nullptr) throw std::bad_alloc();
}
read_handle::~read_handle() { ::archive_read_free(handle_); }

}  // namespace dragoman::bundle
