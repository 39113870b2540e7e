#include "codes.hpp"
#include "telegram.hpp"

namespace dragoman::telegram {

writer::writer(host services, output out) : services_(services), out_(out) {}

void writer::write(const document_view& document) {
  if (document.is_collection()) return;
  if (document.pristine()) out_.write(document.source()["octets"].text());
}

}  // namespace dragoman::telegram
