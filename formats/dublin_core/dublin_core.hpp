// formats/dublin_core/dublin_core.hpp - a Dublin Core record for each document, for catalogues and repositories.
//
// Records are oai_dc (Open Archives Initiative, "oai_dc" schema): the fifteen elements of DCMES 1.1 in a root oai_dc:dc. One
// document is written as such a record; several stand in an element records, which belongs to no namespace.
#pragma once
#include <dragoman/plugin.hpp>

#include <string>

namespace dragoman::dublin_core {

extern const dgm_format format;  // "dc"

// The first record is held back until it is known whether a second one comes. [session-thread]
class writer {
public:
  writer(host services, output out) : host_(services), output_(out) {}
  void write(const document_view& document);
  void finish();

private:
  host host_;
  output output_;
  std::string first_;
  std::size_t count_ = 0;
};

}  // namespace dragoman::dublin_core
