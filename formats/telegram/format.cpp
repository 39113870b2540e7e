#include "codes.hpp"
#include "telegram.hpp"
#include "vocabulary_terms.hpp"

namespace dragoman::telegram {
namespace {

constexpr const char* suffixes[] = {"txt", "telegram", nullptr};
constexpr const char* media_types[] = {"text/plain", nullptr};
constexpr const char* charsets[] = {"auto", "utf-8", "windows-1252", "iso-8859-1", nullptr};
constexpr const char* dialects[] = {"cablegate", "acp127", nullptr};
constexpr dgm_magic magic[] = {{95, 0, 5, "VZCZC"}};
constexpr dgm_option options[] = {
    {"charset", "Charset of the octets that are read; auto takes UTF-8 where they are, else windows-1252.", DGM_OPTION_CHOICE,
     "auto", charsets, 0, 0},
    {"dialect", "Form in which telegrams are rendered: as published, or as transmitted with BT, number and NNNN.",
     DGM_OPTION_CHOICE, "cablegate", dialects, 0, 0},
    {"wrap", "Longest line in characters when rendering; 0 does not wrap.", DGM_OPTION_INTEGER, "65", nullptr, 0, 100000},
    {"pilcrow", "Print a pilcrow before the numbers of paragraphs when rendering.", DGM_OPTION_BOOL, "false", nullptr, 0, 0},
    {"section-lines",
     "Longest section in lines when rendering, 100 by the rule; a longer text is cut into sections, each with a heading. 0 does "
     "not cut.",
     DGM_OPTION_INTEGER, "0", nullptr, 0, 1000000},
};

}  // namespace

extern const dgm_format format{sizeof(dgm_format),
                               0,
                               "telegram",
                               "Raw telegram text",
                               suffixes,
                               media_types,
                               magic,
                               std::size(magic),
                               options,
                               std::size(options),
                               codes.data(),
                               codes.size(),
                               &reader_table<reader>::value,
                               &writer_table<writer>::value,
                               terms::explained,
                               std::size(terms::explained)};

}  // namespace dragoman::telegram
