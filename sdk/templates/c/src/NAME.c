/* The plugin's description of itself: constant tables that are read without running anything. */
#include <dragoman/plugin.h>

@reader@extern const dgm_reader @IDENT@_reader;
@writer@extern const dgm_writer @IDENT@_writer;

static const char *const suffixes[] = {"@NAME@", NULL};
static const char *const media_types[] = {"text/x-@NAME@", NULL};
static const dgm_magic magic[] = {{85, 0, 7, "%%\nid: "}}; /* how sure, where, how many octets */
static const dgm_code codes[] = {
@reader@    {"@NAME@.no-mark", DGM_ERROR, "A record does not begin with a line %%", "Name the right format with -f."},
@reader@    {"@NAME@.no-id", DGM_ERROR, "A record has no id", "Give it a line \"id: NAME\"."},
@reader@    {"@NAME@.not-text", DGM_ERROR, "A record is not UTF-8", "Convert the file to UTF-8 first."},
@reader@    {"@NAME@.too-large", DGM_ERROR, "The file is larger than 256 MiB", NULL},
    {"@NAME@.loss", DGM_LOSS, "Something of the document has no place in a record", NULL}};

static const dgm_format format = {.size = sizeof format,
                                  .flags = DGM_COLLECTION, /* one file holds many documents */
                                  .id = "@NAME@",
                                  .title = "Record jars",
                                  .suffixes = suffixes,
                                  .media_types = media_types,
                                  .magic = magic,
                                  .magic_count = sizeof magic / sizeof *magic,
                                  .codes = codes,
                                  .code_count = sizeof codes / sizeof *codes,
@reader@                                  .reader = &@IDENT@_reader,
@writer@                                  .writer = &@IDENT@_writer,
};
static const dgm_format *const formats[] = {&format, NULL};

const dgm_plugin dgm_plugin_v1 = {sizeof(dgm_plugin), DGM_ABI, "org.example.@NAME@", "0.1.0", "MIT", DGM_MODEL, formats};
