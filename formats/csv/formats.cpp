// The tables of the two formats.
#include <csv/csv.hpp>

#include <iterator>

namespace dragoman::csv {
namespace {

constexpr const char* headings_suffixes[] = {"csv", nullptr};
constexpr const char* cablegate_suffixes[] = {"cables.csv", nullptr};
constexpr const char* media_types[] = {"text/csv", nullptr};

constexpr const char* delimiters[] = {"comma", "semicolon", "tab", nullptr};
constexpr dgm_option headings_options[] = {
    {"columns", "Names of columns with commas between, as the model names its fields; or \"usual\", or \"all\".", DGM_OPTION_TEXT,
     "usual", nullptr, 0, 0},
    {"delimiter", "What stands between columns.", DGM_OPTION_CHOICE, "comma", delimiters, 0, 0},
    {"separator", "What stands between the values of a list in one column.", DGM_OPTION_TEXT, "; ", nullptr, 0, 0},
    {"byte-order-mark", "Begin with a byte order mark, by which some spreadsheets know UTF-8.", DGM_OPTION_BOOL, "false", nullptr,
     0, 0},
    {"text-only", "Put an apostrophe before a value that a spreadsheet would run as a formula.", DGM_OPTION_BOOL, "false",
     nullptr, 0, 0},
};
constexpr dgm_option cablegate_options[] = {
    {"max-size", "Octets of the longest row that is read.", DGM_OPTION_INTEGER, "67108864", nullptr, 1, 1 << 30},
};

constexpr dgm_code headings_codes[] = {
    {"csv.column", DGM_ERROR, "The option names a column that there is not.",
     "Columns have the names of the model's fields (docs/model.md)."},
    {"csv.loss.text", DGM_LOSS, "A table holds chosen fields of the heading, nothing else of a document.",
     "Choose others with -O csv.columns=..., or keep the documents in a lossless format, too."},
};
constexpr dgm_code cablegate_codes[] = {
    {"cablegate-csv.columns", DGM_ERROR, "A row has not eight columns; the others are read.",
     "Look for a quote that is not escaped."},
    {"cablegate-csv.quote", DGM_ERROR, "A quoted column goes on behind its closing quote, or is not closed.",
     "Look for a quote that is not escaped."},
    {"cablegate-csv.row-too-long", DGM_ERROR, "A row is longer than the limit; the others are read.",
     "Raise the option max-size, or look for a quote that is not closed."},
    {"cablegate-csv.no-text", DGM_ERROR, "A row has no telegram, or a document has none for a row; the others are converted.",
     nullptr},
    {"cablegate-csv.id", DGM_WARNING, "The row names another telegram than its text does; both ids are kept.", nullptr},
    {"cablegate-csv.host", DGM_ERROR, "The format telegram is needed for the text, and there is none.",
     "Install the plugin telegram.dgm."},
};

}  // namespace

constinit const dgm_format headings_format{.size = sizeof(dgm_format),
                                           .flags = DGM_COLLECTION | DGM_VIEW,
                                           .id = "csv",
                                           .title = "CSV, a row of heading fields a document",
                                           .suffixes = headings_suffixes,
                                           .media_types = media_types,
                                           .options = headings_options,
                                           .option_count = std::size(headings_options),
                                           .codes = headings_codes,
                                           .code_count = std::size(headings_codes),
                                           .writer = &writer_table<headings_writer>::value};

constinit const dgm_format cablegate_format{.size = sizeof(dgm_format),
                                            .flags = DGM_COLLECTION,
                                            .id = "cablegate-csv",
                                            .title = "CSV of the published collection, eight columns",
                                            .suffixes = cablegate_suffixes,
                                            .media_types = media_types,
                                            .options = cablegate_options,
                                            .option_count = std::size(cablegate_options),
                                            .codes = cablegate_codes,
                                            .code_count = std::size(cablegate_codes),
                                            .reader = &reader_table<cablegate_reader>::value,
                                            .writer = &writer_table<cablegate_writer>::value};

}  // namespace dragoman::csv
