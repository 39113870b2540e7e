#include "archive.hpp"

#include <archive.h>
#include <locale.h>

#include <new>

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

}  // namespace dragoman::bundle
