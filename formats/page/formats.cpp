// The tables of the two formats.
#include <page/page.hpp>

#include <iterator>

namespace dragoman::page {
namespace {

constexpr const char* markdown_suffixes[] = {"md", "markdown", nullptr};
constexpr const char* markdown_media_types[] = {"text/markdown", nullptr};
constexpr const char* html_suffixes[] = {"html", "htm", nullptr};
constexpr const char* html_media_types[] = {"text/html", nullptr};

constexpr const char* headings[] = {"table", "yaml", "none", nullptr};
constexpr dgm_option markdown_options[] = {
    {"heading", "How the heading is shown: a table, a YAML block before the page, or not at all.", DGM_OPTION_CHOICE, "table",
     headings, 0, 0},
};
constexpr dgm_option html_options[] = {
    {"original", "Show the original beside the transcription, line by line.", DGM_OPTION_BOOL, "true", nullptr, 0, 0},
    {"language", "Language of the documents, as a BCP 47 tag.", DGM_OPTION_TEXT, "en", nullptr, 0, 0},
};

constexpr dgm_code codes[] = {
    {"page.loss.element", DGM_LOSS, "A page has no form for this element; its words are shown.", nullptr},
    {"page.loss.attribute", DGM_LOSS, "Attributes of elements that a page has no use for are not shown.", nullptr},
    {"page.loss.comment", DGM_LOSS, "Comments and processing instructions are not shown.", nullptr},
    {"page.loss.furniture", DGM_LOSS, "Page breaks and running headers are not shown.",
     "The format html shows them where they stood."},
    {"page.loss.reading", DGM_LOSS, "Of several readings of a place one is shown.", "The format html shows the others, too."},
    {"page.loss.carrier", DGM_LOSS, "What only the format that it came from can say is not shown.", nullptr},
    {"page.loss.member", DGM_LOSS, "A foreign member of the document is not shown.", nullptr},
};

}  // namespace

constinit const dgm_format markdown_format{.size = sizeof(dgm_format),
                                           .id = "markdown",
                                           .title = "Markdown, a page for people",
                                           .suffixes = markdown_suffixes,
                                           .media_types = markdown_media_types,
                                           .options = markdown_options,
                                           .option_count = std::size(markdown_options),
                                           .codes = codes,
                                           .code_count = std::size(codes),
                                           .writer = &writer_table<markdown_writer>::value};

constinit const dgm_format html_format{.size = sizeof(dgm_format),
                                       .id = "html",
                                       .title = "HTML, a page with the original beside its transcription",
                                       .suffixes = html_suffixes,
                                       .media_types = html_media_types,
                                       .options = html_options,
                                       .option_count = std::size(html_options),
                                       .codes = codes,
                                       .code_count = std::size(codes),
                                       .writer = &writer_table<html_writer>::value};

}  // namespace dragoman::page
