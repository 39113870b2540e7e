#include "codes.hpp"
#include "render.hpp"
#include "telegram.hpp"

namespace dragoman::telegram {

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
  out_.write(render(document, options, services_));
}

}  // namespace dragoman::telegram
