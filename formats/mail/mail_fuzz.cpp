// Any octets: a document or a refusal without a wrong event, and an unedited message is written octet by octet as it was. What is written
// anew is not judged here.
#include <mail/mail.hpp>

#include <dragoman/testing.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace t = dragoman::testing;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  std::string_view reason;
  dragoman::mail::reader::probe(octets, true, reason);
  const auto read = t::read(dragoman::mail::format, octets);
  if (!read.problem.empty()) std::abort();
  for (const auto& d : read.documents) {
    const auto same = t::write(dragoman::mail::format, {&d});
    if (same.octets != octets) std::abort();  // pristine: the original
  }
  return 0;
}
