// Any octets: a document or a refusal without a wrong event; an unedited message is written octet by octet as it was; and what
// is written anew without a loss is read as the same document.
#include <mail/mail.hpp>

#include <dragoman/equality.hpp>
#include <dragoman/testing.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace {

namespace t = dragoman::testing;

void expect(bool holds, std::string_view what, std::string_view more = {}) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n%.*s\n", static_cast<int>(what.size()), what.data(), static_cast<int>(more.size()),
               more.data());
  std::abort();
}

bool has_loss(const t::write_result& w) {
  return std::any_of(w.diagnostics.begin(), w.diagnostics.end(),
                     [](const auto& d) { return d.level == dragoman::severity::loss; });
}

// The same without the addresses, which the writer makes for names that have none.
void copy(dragoman::builder& out, dragoman::node n) {
  using dragoman::node_type;
  if (!n.is(node_type::map) && !n.is(node_type::list)) {
    out.copy(n);
    return;
  }
  out.open(n.type(), n.name());
  for (const auto member : n)
    if (member.name() != "source" && member.name() != "x_address") copy(out, member);
  out.close();
}

dragoman::document without_addresses(const dragoman::document& d) {
  dragoman::document_builder store(dragoman::sha256);
  dragoman::builder out(store.sink());
  copy(out, d.root());
  return store.finish();
}

void write_anew(const dragoman::document& read) {
  const auto bare = t::without_source(read.root());
  const auto written = t::write(dragoman::mail::format, {&bare});
  if (has_loss(written)) return;
  const auto again = t::read(dragoman::mail::format, written.octets);
  expect(again.documents.size() == 1, "what was written anew is one document", written.octets);
  const auto before = without_addresses(read), after = without_addresses(again.documents.front());
  const auto difference = first_difference(before.root(), after.root());
  expect(!difference, "what was written anew is the same document", difference ? *difference + "\n" + written.octets : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  std::string_view reason;
  dragoman::mail::reader::probe(octets, true, reason);
  const auto read = t::read(dragoman::mail::format, octets);
  expect(read.problem.empty(), "events are in order", read.problem);
  for (const auto& d : read.documents) {
    expect(t::write(dragoman::mail::format, {&d}).octets == octets, "an unedited message comes back");
    write_anew(d);
  }
  return 0;
}
