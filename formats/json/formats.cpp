// The tables of the two formats.
#include <json/json.hpp>

#include <cable.schema.json.hpp>

#include <iterator>

namespace dragoman::json {
namespace {

constexpr const char* document_suffixes[] = {"json", nullptr};
constexpr const char* document_media_types[] = {"application/json", nullptr};
constexpr const char* lines_suffixes[] = {"jsonl", "ndjson", nullptr};
constexpr const char* lines_media_types[] = {"application/jsonl", "application/x-ndjson", nullptr};

constexpr dgm_option document_options[] = {
    {"indent", "Blanks a level of nesting; 0 writes no white space at all.", DGM_OPTION_INTEGER, "1", nullptr, 0, 8},
    {"max-size", "Octets of the largest file that is read.", DGM_OPTION_INTEGER, "1073741824", nullptr, 1, index::maximum_size},
};
constexpr dgm_option lines_options[] = {
    {"max-size", "Octets of the longest line that is read.", DGM_OPTION_INTEGER, "268435456", nullptr, 1, index::maximum_size},
};

constexpr dgm_code codes[] = {
    {"json.syntax", DGM_ERROR, "This is not JSON (RFC 8259), or it was cut off.",
     "Look at the place that is named; a cut file must be fetched again."},
    {"json.utf8", DGM_ERROR, "JSON is UTF-8, and these octets are not.",
     "Convert the file to UTF-8 from the charset that it was saved in."},
    {"json.surrogate", DGM_ERROR, "An escape names half of a character beyond U+FFFF.",
     "Write both halves, or the character itself."},
    {"json.duplicate-key", DGM_ERROR, "A name stands twice in one object, so its value is not certain.",
     "Remove one of the two."},
    {"json.depth", DGM_ERROR, "The text is nested deeper than a document can be.", nullptr},
    {"json.limit", DGM_ERROR, "An element has more attributes than a document can hold.", nullptr},
    {"json.format", DGM_ERROR, "The member \"format\" does not name a form that is read here.",
     "Write \"dragoman.document\", or \"dragoman.collection\" for a collection."},
    {"json.version", DGM_ERROR, "The form has a version that this program does not know.",
     "Use a newer dragoman, or the one that wrote the file."},
    {"json.type", DGM_ERROR, "A value is of the wrong JSON type.", "Compare with the schema, cable.schema.json."},
    {"json.missing", DGM_ERROR, "A member that must be there is missing.", "Compare with the schema, cable.schema.json."},
    {"json.unknown-key", DGM_ERROR, "A member has a name that the form does not know.",
     "Correct the name; names of your own begin with x_."},
    {"json.value", DGM_ERROR, "A value is not one of those that can stand here.", "Compare with the schema, cable.schema.json."},
    {"json.empty", DGM_ERROR, "A text is empty where it must say something.",
     "Leave the member out; what is absent is not written."},
    {"json.name", DGM_ERROR, "A name of an element, attribute or member cannot be such a name.", nullptr},
    {"json.character", DGM_ERROR, "A text holds a character that no document can hold.",
     "Take the character out; the octets of the source may hold any."},
    {"json.derived", DGM_ERROR, "\"derived\" and the kind of the document contradict each other.",
     "Only meta of kind \"document\" is derived, and then it says so."},
    {"json.base64", DGM_ERROR, "Octets are not given in canonical base64.", nullptr},
    {"json.charset", DGM_ERROR, "A source is given as text in a charset that cannot be encoded here.",
     "Give its octets as base64."},
    {"json.collection", DGM_ERROR, "A collection stands where only a document can.",
     "The line of the collection comes first, before its documents."},
    {"json.line-too-long", DGM_ERROR, "A line is longer than the limit; the other lines are read.", "Raise the option max-size."},
    {"json.field", DGM_LOSS, "The model does not know this member, so JSON has no place for it.",
     "Names of your own begin with x_."},
    {"json.literal", DGM_LOSS, "A literal is none of JSON's; it is written as a string.", nullptr},
    {"json.second-frame", DGM_LOSS, "A second frame came for one output; its documents are written, it is not.",
     "Write each collection to an output of its own."},
};

constexpr dgm_schema schemas[] = {
    {"cable.schema.json", "Documents and collections as JSON, version 1 (JSON Schema 2020-12)", "application/schema+json",
     embedded::cable_schema_json, std::size(embedded::cable_schema_json) - 1},
};

}  // namespace

constinit const dgm_format document_format{sizeof(dgm_format),
                                           DGM_LOSSLESS | DGM_FRAME,
                                           "json",
                                           "JSON, one document or a small collection",
                                           document_suffixes,
                                           document_media_types,
                                           nullptr,
                                           0,
                                           document_options,
                                           std::size(document_options),
                                           codes,
                                           std::size(codes),
                                           &reader_table<reader>::value,
                                           &writer_table<writer>::value,
                                           nullptr,
                                           0,
                                           nullptr,
                                           nullptr,
                                           schemas,
                                           std::size(schemas)};

constinit const dgm_format lines_format{sizeof(dgm_format),
                                        DGM_LOSSLESS | DGM_FRAME | DGM_COLLECTION | DGM_STANDALONE,
                                        "jsonl",
                                        "JSON Lines, one document a line",
                                        lines_suffixes,
                                        lines_media_types,
                                        nullptr,
                                        0,
                                        lines_options,
                                        std::size(lines_options),
                                        codes,
                                        std::size(codes),
                                        &reader_table<lines_reader>::value,
                                        &writer_table<lines_writer>::value,
                                        nullptr,
                                        0,
                                        nullptr,
                                        nullptr,
                                        schemas,
                                        std::size(schemas)};

}  // namespace dragoman::json
