// Whatever a worker sends: no crash, and what becomes a document is one. The first octet says how the rest is taken: as
// messages that tell a document, or as the buffer of a finished one.
#include "isolation/wire.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>

#include <cstdint>
#include <cstdlib>

namespace {

using namespace dragoman;
using namespace dragoman::hosting;

constexpr std::string_view input = "FROM THE BRIDGE\nOF BOATS";

void check(bool holds) {
  if (!holds) std::abort();
}

// Its buffer is accepted, and both say the same.
void look_at(const document& d) {
  std::string problem;
  const auto again = document::from_buffer(d.buffer(), problem);
  check(problem.empty() && !first_difference(d.root(), again.root()));
}

void take_messages(std::string_view stream) {
  document_builder builder(sha256);
  message m;
  try {
    for (std::size_t at = 0; next_message(stream, at, m);) {
      bool is_event = false;
      if (tell(m, input, *builder.sink(), is_event) < 0) return check(!builder.problem().empty());
    }
    if (builder.is_complete()) look_at(builder.finish());
  } catch (const nonsense&) {
  }
}

void take_buffer(std::string_view octets) {
  std::string problem;
  const auto d = document::from_buffer(octets, problem);
  if (!problem.empty()) return;
  look_at(d);
  canonical_form(d.root());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  data[0] % 2 == 0 ? take_messages(rest) : take_buffer(rest);
  return 0;
}
