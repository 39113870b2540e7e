// The plugin's description of itself: constant tables that are read without running anything.
@reader@#include "reader.hpp"
@writer@#include "writer.hpp"

namespace {

constexpr const char* suffixes[] = {"@NAME@", nullptr};
constexpr const char* media_types[] = {"text/x-@NAME@", nullptr};
constexpr dgm_magic magic[] = {{85, 0, 7, "%%\nid: "}};  // how sure, where, how many octets
constexpr dgm_code codes[] = {
@reader@    {"@NAME@.no-mark", DGM_ERROR, "A record does not begin with a line %%", "Name the right format with -f."},
@reader@    {"@NAME@.no-id", DGM_ERROR, "A record has no id", "Give it a line \"id: NAME\"."},
@reader@    {"@NAME@.not-text", DGM_ERROR, "A record is not UTF-8", "Convert the file to UTF-8 first."},
    {"@NAME@.loss", DGM_LOSS, "Something of the document has no place in a record", nullptr}};

constexpr dgm_format format{.size = sizeof(dgm_format),
                            .flags = DGM_COLLECTION,  // one file holds many documents
                            .id = "@NAME@",
                            .title = "Record jars",
                            .suffixes = suffixes,
                            .media_types = media_types,
                            .magic = magic,
                            .magic_count = std::size(magic),
                            .codes = codes,
                            .code_count = std::size(codes),
@reader@                            .reader = &dragoman::reader_table<reader>::value,
@writer@                            .writer = &dragoman::writer_table<writer>::value,
};
constexpr const dgm_format* formats[] = {&format, nullptr};

}  // namespace

const dgm_plugin dgm_plugin_v1{sizeof(dgm_plugin), DGM_ABI, "org.example.@NAME@", "0.1.0", "MIT", DGM_MODEL, formats};
