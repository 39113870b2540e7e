// Fuzz target: any octets as TEI. What is read must be written, be read again, and then be the same.
#include "tei.hpp"

#include <dragoman/testing.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

using namespace dragoman;

testing::write_result write_all(const std::vector<document>& documents) {
  std::vector<const document*> all;
  for (const auto& d : documents) all.push_back(&d);
  return testing::write(tei::format, all);
}

[[noreturn]] void fail(const char* what, const std::string& more) {
  std::fprintf(stderr, "%s: %s\n", what, more.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto first = testing::read(tei::format, octets, {}, "fuzz");
  if (!first.problem.empty()) fail("a wrong event", first.problem);
  if (first.documents.empty()) return 0;
  const auto written = write_all(first.documents);
  for (const auto status : written.statuses)
    if (status < 0) fail("what was read cannot be written", written.diagnostics.empty() ? "" : written.diagnostics.back().text);
  const auto second = testing::read(tei::format, written.octets, {}, "fuzz");
  if (second.documents.size() != first.documents.size())
    fail("another number of documents",
         second.diagnostics.empty() ? written.octets : second.diagnostics.back().text + "\n" + written.octets);
  for (std::size_t i = 0; i < first.documents.size(); ++i)
    if (canonical_form(first.documents[i].root()) != canonical_form(second.documents[i].root()))
      fail("another document", written.octets);
  if (write_all(second.documents).octets != written.octets) fail("written differently the second time", written.octets);
  return 0;
}
