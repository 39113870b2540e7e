#include "tei.hpp"

#include "reader.hpp"
#include "verifier.hpp"
#include "writer.hpp"

#include <dragoman/plugin.hpp>

#include <dragoman-cable.rng.hpp>

#include <array>

namespace dragoman::tei {
namespace {

constexpr std::array<const char*, 3> suffixes{"xml", "tei", nullptr};
constexpr std::array<const char*, 4> media_types{"application/tei+xml", "application/xml", "text/xml", nullptr};

constexpr std::array<dgm_option, 2> options{{
    {"split", "Give each document of a volume a file of its own, with the volume's header and pointers into the volume.",
     DGM_OPTION_BOOL, "false", nullptr, 0, 0},
    {"log-change", "Record in the header of each cable, as revisionDesc/change, when this file was written and by what.",
     DGM_OPTION_BOOL, "false", nullptr, 0, 0},
}};

constexpr std::array<dgm_code, 34> codes{{
    {"tei.ill-formed", DGM_ERROR, "The file is not well-formed XML 1.0; nothing of it is read.",
     "Correct the XML at the place that is named; xmllint --noout shows the same place."},
    {"tei.namespace", DGM_ERROR, "A prefix is not declared, or declared against the rules of XML namespaces.",
     "Declare the prefix with xmlns:PREFIX on an element around it."},
    {"tei.encoding", DGM_ERROR,
     "The octets are not in the encoding that the file has or declares, or the encoding is not supported.",
     "Supported are UTF-8, UTF-16, UTF-32, US-ASCII, ISO-8859-1 and windows-1252; convert the file to UTF-8, for example with "
     "iconv."},
    {"tei.xml-version", DGM_ERROR, "The file is XML 1.1, or says that it is of an unknown version.",
     "Change the declaration to version 1.0; most files need nothing else."},
    {"tei.entity", DGM_ERROR, "The text refers to an entity; entities are never expanded or fetched.",
     "Replace the reference by its character, for example with xmllint --noent on a file that you trust."},
    {"tei.attribute-default", DGM_ERROR, "The DOCTYPE gives attributes default values, which would be lost.",
     "Write the attributes out, for example with xmllint --dtdattr, and remove the ATTLIST."},
    {"tei.limit.depth", DGM_ERROR, "Elements are nested deeper than 512.", nullptr},
    {"tei.limit.attributes", DGM_ERROR, "An element has more than 4096 attributes.", nullptr},
    {"tei.limit.name", DGM_ERROR, "A name is longer than 1024 octets.", nullptr},
    {"tei.limit.text", DGM_ERROR, "A run of text is longer than 64 MiB.", nullptr},
    {"tei.limit.input", DGM_ERROR, "One TEI is larger than 1 GiB.",
     "Split the file into a teiCorpus, which is read one TEI at a time."},
    {"tei.parser", DGM_ERROR, "The XML library does not accept what the scan accepted.",
     "This is a fault of the program; please report it with the file."},
    {"tei.not-tei", DGM_ERROR, "The file is XML, but not TEI.", "Name the format with -f, or leave the file out."},
    {"tei.p4", DGM_ERROR, "The file is TEI P4 or older, or has not the namespace of TEI P5.",
     "Convert it to P5 with the stylesheets of the TEI Consortium."},
    {"tei.generated-edited", DGM_WARNING,
     "The head, opener or closer of a cable's text was edited: it is not what the header says. It is kept in the text.",
     "Change the header (titleStmt, correspDesc) too, when the heading is meant."},
    {"tei.octets-unreadable", DGM_WARNING, "The sourceDoc of a cable does not hold octets as dragoman writes them.",
     "The text is read from the body; restore sourceDoc to have the original back."},
    {"tei.xeno-unreadable", DGM_WARNING, "xenoData[@type=dragoman] does not hold a JSON object that can be read.",
     "Correct the JSON; until then it is kept as it is."},
    {"tei.duplicate-id", DGM_WARNING, "Two documents of a volume have the same xml:id.",
     "Correct the volume; the XML itself is not changed."},
    {"tei.no-slot", DGM_WARNING, "A document has no place in the frame of its collection.",
     "Give the documents in the order of the frame, and each once."},
    {"tei.slots-empty", DGM_NOTE, "Places of a collection stay empty, for their documents were not given.", nullptr},
    {"tei.empty", DGM_WARNING, "No document was given to be written.", nullptr},
    {"tei.header-stale", DGM_LOSS,
     "A piece of a header that was read no longer fits, for the field that it was part of was changed.",
     "Look at the header that is named, and put the piece back by hand where it is still right."},
    {"tei.only-body", DGM_LOSS,
     "Of a document that is written into a volume, or out of one, what is not its body has no place there.",
     "Write the documents to files of their own."},
    {"tei.doctype-dropped", DGM_LOSS, "A DOCTYPE cannot stand inside a teiCorpus, or is not well-formed.",
     "Write the documents to files of their own."},
    {"tei.markup-text", DGM_LOSS,
     "A CR inside a comment or processing instruction, or blanks before its data, cannot be written in XML.", nullptr},
    {"tei.name", DGM_ERROR, "A name in the document cannot be written in XML with namespaces.",
     "Correct the name in the file that it came from."},
    {"tei.id-kept", DGM_LOSS, "The id of a document was changed, but TEI that is passed through keeps its own.",
     "Change the xml:id or idno in the TEI itself."},
    {"tei.body-dropped", DGM_LOSS, "The TEI around a document was changed, so that its body has no place in it.",
     "Keep the processing instruction that carrier.tei.mark names, or remove carrier.tei to have a TEI made."},
    {"tei.frame-member", DGM_LOSS, "A member of a collection has no place in TEI.", nullptr},
    {"tei.cable-in-volume", DGM_LOSS, "The heading of a cable has no place in a volume.",
     "Write the cable to a file of its own."},
    {"tei.schema", DGM_ERROR, "The file is not valid by its schema.",
     "Correct the file at the place that is named; jing says more of the reason."},
    {"tei.schema-unreadable", DGM_ERROR, "A schema cannot be used to judge a file.",
     "Give RELAX NG in XML syntax or XML Schema; trang makes .rng of .rnc."},
    {"tei.profile", DGM_ERROR, "A cable is not as its profile, dragoman-cable.rng, has it.",
     "'dragoman formats tei --schema' prints the profile; or take the type \"dragoman-cable\" away, and the file is any TEI."},
    {"tei.second-frame", DGM_LOSS, "A second collection was given for one TEI file; its frame is left out.",
     "Write each collection to a file of its own."},
}};

constexpr std::array<dgm_schema, 1> schemas{{
    {"dragoman-cable.rng", "Cables, the profile TEI[@type=\"dragoman-cable\"] (RELAX NG; tighter than tei_all)",
     "application/relax-ng+xml", embedded::dragoman_cable_rng, std::size(embedded::dragoman_cable_rng) - 1},
}};
}  // namespace

constinit const dgm_format format{sizeof(dgm_format),
                                  DGM_LOSSLESS | DGM_FRAME,
                                  "tei",
                                  "TEI P5 (XML)",
                                  suffixes.data(),
                                  media_types.data(),
                                  nullptr,
                                  0,
                                  options.data(),
                                  options.size(),
                                  codes.data(),
                                  codes.size(),
                                  &reader_table<reader>::value,
                                  &writer_table<writer>::value,
                                  nullptr,
                                  0,
                                  &verifier_table<verifier, DGM_VERIFIER_BESIDE>::value,
                                  nullptr,
                                  schemas.data(),
                                  schemas.size()};

}  // namespace dragoman::tei
