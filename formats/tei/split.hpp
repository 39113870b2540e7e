// split.hpp - a document of a volume as a file of its own (tei.md 2.4, option "split").
#pragma once
#include "names.hpp"
#include "xml_writer.hpp"

#include <dragoman/plugin.hpp>

#include <string>
#include <string_view>

namespace dragoman::tei {

// What each document of a volume gets with it: the volume's namespaces, its fileDesc, and where it comes from.
class volume_wrapper {
public:
  // Of the map "collection", which need not stay.
  explicit volume_wrapper(node collection);

  // Is there a volume around its documents, or do they have a TEI each?
  bool is_volume() const noexcept { return is_volume_; }
  // Writes the document with a TEI around it. Pointers to what it does not hold lead into the volume, ID.xml.
  void write(xml_writer& out, node document, const prefixes& of_body) const;

private:
  bool is_volume_ = false;
  std::string id_, prefix_, title_;
  bindings scope_;              // declared at the document element
  std::string before_, after_;  // the fileDesc, cut where the source is named
};

}  // namespace dragoman::tei
