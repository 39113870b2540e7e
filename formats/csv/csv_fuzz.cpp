// Any octets: rows partition the input whatever pieces it comes in, and fields never reach outside their row.
#include <csv/records.hpp>

#include <dragoman/testing.hpp>

#include <cstdlib>

namespace {

std::vector<std::string> cut(std::string_view octets, std::size_t piece) {
  dragoman::testing::recording_host services;
  dragoman::testing::memory_input in(octets, "fuzz", piece, false);
  dragoman::csv::row_source source(dragoman::input(in.table()), octets.size() + 1);
  std::vector<std::string> out;
  while (true) {
    const auto record = source.next(dragoman::host(services.table()));
    if (record.empty()) return out;
    out.emplace_back(record);
  }
}

void expect(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto whole = cut(octets, size + 1);
  expect(whole == cut(octets, 1));
  std::string joined;
  std::vector<std::string> fields;
  for (const auto& record : whole) {
    joined += record;
    std::size_t problem = 0, length = 0;
    if (!dragoman::csv::fields_of(record, fields, problem)) {
      expect(problem <= record.size());
      continue;
    }
    for (const auto& field : fields) length += field.size();
    expect(length <= record.size());
  }
  expect(joined == octets);
  return 0;
}
