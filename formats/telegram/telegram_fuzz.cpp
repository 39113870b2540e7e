// Any octets: each line has one owner, values know their octets and cover the lines (coverage.hpp), the model is sound and of our vocabulary, slices partition the input, and what is
// written reads back as the same model (telegram.md 6.1, 6.8).
#include <dragoman/testing.hpp>
#include <dragoman/vocabulary.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "coverage.hpp"
#include "lines.hpp"
#include "telegram.hpp"

namespace {

using namespace dragoman;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// The costly laws are tried on a part of the inputs, the same ones on every run: a fuzzer that tries four times as many
// finds more.
bool is_one_of(std::string_view octets, std::uint32_t parts) noexcept {
  std::uint32_t hash = 2166136261u;
  for (const char c : octets) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return (hash >> 16) % parts == 0;
}

void check_lines(std::string_view octets) {
  telegram::cutter cut;
  const auto length = cut.cut(octets, true);
  require(length <= octets.size(), "a document within the input");
  telegram::parser parser;
  telegram::reporter silent;
  const auto& told = parser.parse(octets.substr(0, length), cut.sections(), silent);
  require(parser.claimed_twice() == 0, "no line is claimed twice");
  const auto& owners = parser.owners();
  require(owners.size() == parser.lines().size(), "an owner for each line");
  require(std::none_of(owners.begin(), owners.end(), [](telegram::owner o) { return o == telegram::owner::none; }),
          "each line has an owner");
  for (const auto& problem : telegram::check_spans(octets.substr(0, length), parser, told)) require(false, problem.c_str());
}

// The heading that the cutter reads ahead changes no cut.
void check_cuts(std::string_view octets) {
  for (telegram::cutter going_on; !octets.empty(); going_on.next()) {
    telegram::cutter fresh;
    const auto length = going_on.cut(octets, true);
    require(length != 0 && length == fresh.cut(octets, true) && going_on.sections() == fresh.sections(),
            "the same cut without what was before");
    octets.remove_prefix(length);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  std::string_view reason;
  telegram::reader::probe(octets, true, reason);
  if (!octets.empty() && telegram::control_percent(octets) <= 10) check_lines(octets);  // the reader refuses others

  const auto read = testing::read(telegram::format, octets);
  require(read.problem.empty(), read.problem.c_str());
  if (is_one_of(octets, 4)) {
    check_cuts(octets);
    const auto in_pieces = testing::read(telegram::format, octets, {}, "test", 7, false);
    require(in_pieces.documents.size() == read.documents.size(), "the same documents when read in pieces");
  }
  std::string together;
  for (const auto& d : read.documents) {
    together += d.root()["source"]["octets"].text();
    for (const auto& problem : vocabulary::check(d.root())) require(false, problem.c_str());
    if (!is_one_of(d.root()["source"]["octets"].text(), 8)) continue;
    const auto bare = testing::without_source(d.root());
    const auto written = testing::write(telegram::format, {&bare});
    if (!written.diagnostics.empty()) continue;  // it said what it could not write
    const auto again = testing::read(telegram::format, written.octets);
    require(again.documents.size() == 1 && canonical_form(again.documents[0].root()) == canonical_form(d.root()),
            "read(write(m)) == m");
  }
  if (std::all_of(read.statuses.begin(), read.statuses.end(), [](dgm_status s) { return s >= 0; }))
    require(together == octets, "slices partition the input");
  return 0;
}
