// guard.hpp - the scan that an XML file passes before anything else looks at it.
//
// pugixml reads fast, but accepts much that is not XML and leaves entities as they are (tei.md 4.3). The scan checks
// everything that XML 1.0 and Namespaces in XML ask of a file, refuses what we could only read with a changed text
// (entities, attribute defaults, XML 1.1), keeps the limits, and finds where the TEI documents of a corpus begin and
// end. It recurses nowhere and allocates only for open elements, so a corpus may be of any size.
#pragma once
#include "encoding.hpp"
#include "paging.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::tei {

// Limits of tei.md 4.2. Going over one throws unusable ("tei.limit.<name>").
struct scan_limits {
  std::size_t depth = 512;
  std::size_t attributes = 4096;             // of one element
  std::size_t name = 1024;                   // octets
  std::size_t text = std::size_t{64} << 20;  // octets of one run of text
};

// Octets [begin, end) of the text.
struct extent {
  std::size_t begin = 0, end = 0;
  std::string_view in(std::string_view text) const { return text.substr(begin, end - begin); }
};

// What is known of a document of a volume before it is parsed.
struct scanned_document {
  std::string id;                     // its xml:id; may be empty
  std::vector<std::string> prefixes;  // that it uses, that of XML itself left out, in the order of their first use
  bool declares = false;              // it declares prefixes, or a namespace for names without
  std::size_t first_text = 0;         // its place in scan_result::long_texts
};

struct scan_result {
  extent doctype;              // "<!DOCTYPE ... >" as written; empty when there is none
  extent root;                 // the document element, tags included
  std::string root_name;       // without prefix
  std::string root_namespace;  // empty: in none
  // Of a teiCorpus: the TEI elements directly in it or in a teiCorpus in it. Of another TEI, but those that we make: the
  // documents of an edition in its text, div[@type=document] that are in no other (tei.md 2.4).
  std::vector<extent> units;
  std::vector<scanned_document> documents;  // of a volume, one for each unit
  // The runs of text in them that need not be parsed: long, and without references and CRs. None of a text in pages.
  std::vector<std::string_view> long_texts;
  std::string skeleton;             // the text with an empty element <slot/> instead of each of them; empty without any
  std::vector<std::size_t> places;  // where those begin in it
};

// Scans a whole file. Throws unusable with a code under "tei." and the place.
scan_result scan(const source_text& source, const scan_limits& limits = {});
// The same of a text in pages, which is `source`. Loads it as it goes on, and lets go what it has passed of units; keeps no
// more than `most_resident` octets ("tei.limit.input").
scan_result scan(const source_text& source, paged_text& pages, std::size_t most_resident, const scan_limits& limits = {});

}  // namespace dragoman::tei
