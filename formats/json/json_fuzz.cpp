// Any octets: no crash, no wrong event; and what is read as documents is written and read again as it was.
#include <dragoman/testing.hpp>
#include <json/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void round_trip(const dgm_format& format, std::string_view octets) {
  using namespace dragoman;
  const auto first = testing::read(format, octets);
  check(first.problem.empty());
  if (first.documents.empty()) return;
  std::vector<const document*> all;
  for (const auto& d : first.documents) all.push_back(&d);
  const auto written = testing::write(format, all);
  check(written.diagnostics.empty());
  const auto second = testing::read(format, written.octets);
  check(second.diagnostics.empty() && second.documents.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) check(!first_difference(all[i]->root(), second.documents[i].root()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  for (const dgm_format* format : {&dragoman::json::document_format, &dragoman::json::lines_format}) {
    round_trip(*format, octets);
    std::int32_t at_end = 0;
    format->reader->probe(data, size, at_end, nullptr);
  }
  dragoman::json::lines_format.reader->split(data, size, 1);
  return 0;
}
