#include <dragoman/document.hpp>

#include <algorithm>
#include <string>

#include "codes.hpp"
#include "render.hpp"
#include "telegram.hpp"
#include "tell.hpp"

namespace dragoman::telegram {

namespace {

void no_digest(std::string_view, char*) {}

// The model that a reader makes of `text`, in canonical form; empty when it would make several documents of it.
std::string read_again(std::string_view text) {
  cutter cut;
  if (cut.cut(text, true) != text.size()) return {};
  parser reads;
  reporter silent;
  const telegram& t = reads.parse(text, cut.sections(), silent);
  document_builder made(no_digest);
  builder out(made.sink());
  tell_document(out, t);
  return canonical_form(made.finish().root());
}

// What is not told otherwise is found by reading the text again (telegram.md 6.8).
void check_reading(const document_view& document, std::string_view text, const host& services) {
  const std::string meant = canonical_form(document.root()), read = read_again(text);
  if (read == meant) return;
  const auto [a, b] = std::mismatch(meant.begin(), meant.end(), read.begin(), read.end());
  const auto at = static_cast<std::size_t>(a - meant.begin());
  (void)b;
  const std::size_t from = at > 20 ? at - 20 : 0;
  const auto excerpt = [&](const std::string& form) {
    std::string out = form.substr(std::min(from, form.size()), 60);
    while (!out.empty() && find_bad_text(out) != npos) out.pop_back();
    std::size_t begin = 0;
    while (begin < out.size() && (static_cast<unsigned char>(out[begin]) & 0xC0) == 0x80) ++begin;
    return out.substr(begin);
  };
  services.report(severity_of(code::loss_structure), name_of(code::loss_structure),
                  "read again, the text says: " + (read.empty() ? std::string("several documents") : excerpt(read)) + " - instead of: " + excerpt(meant));
}

}  // namespace

writer::writer(host services, output out) : services_(services), out_(out) {}

void writer::write(const document_view& document) {
  if (document.is_collection()) {
    services_.report(severity_of(code::loss_structure), name_of(code::loss_structure), "the frame of the collection " + std::string(document.id()));
    return;
  }
  const auto octets = document.source()["octets"].text();
  if (document.pristine()) {
    out_.write(octets);
    return;
  }
  if (document.source()["octets"])
    services_.report(severity_of(code::source_edited), name_of(code::source_edited), "rendered anew, since the model was edited");
  rendering_options options;
  options.is_transmission = services_.option("dialect") == "acp127";
  options.wrap = static_cast<std::size_t>(services_.integer("wrap"));
  options.pilcrow = services_.flag("pilcrow");
  bool lossless = true;
  const auto text = render(document, options, services_, lossless);
  if (lossless && document.kind() == "cable" && !options.is_transmission) check_reading(document, text, services_);
  out_.write(text);
}

}  // namespace dragoman::telegram
