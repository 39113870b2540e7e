// The table of the format.
#include <mail/mail.hpp>

#include <iterator>

namespace dragoman::mail {
namespace {

constexpr const char* suffixes[] = {"eml", nullptr};
constexpr const char* media_types[] = {"message/rfc822", nullptr};
constexpr dgm_option options[] = {
    {"domain", "Domain of addresses and message ids that are made of names.", DGM_OPTION_TEXT, "cable.invalid", nullptr, 0, 0},
    {"max-size", "Octets of the largest message that is read.", DGM_OPTION_INTEGER, "268435456", nullptr, 1, 1 << 30},
};
constexpr dgm_code codes[] = {
    {"eml.no-fields", DGM_ERROR, "The file has no header field, so it is no message.", "Name the right format with -f."},
    {"eml.line", DGM_WARNING, "A line above the text is no header field; it is kept with the heading.", nullptr},
    {"eml.repeated", DGM_WARNING, "A field that stands once in a message stands again; the first counts, the other is kept.",
     nullptr},
    {"eml.date", DGM_WARNING, "The date cannot be read; it is kept as it is printed.", nullptr},
    {"eml.part", DGM_WARNING, "A part of the message is not shown; it stays in the original octets.",
     "Keep the original; formats that hold the source hold the part."},
    {"eml.encoding", DGM_WARNING, "A part of the message cannot be decoded; it stays in the original octets.", nullptr},
    {"eml.character", DGM_WARNING, "Octets of the text are no characters of its charset; each is shown as U+FFFD.", nullptr},
    {"eml.loss", DGM_LOSS, "A message has no place for this part of the document.", nullptr},
    {"eml.loss.part", DGM_LOSS, "An edited message is written as its text alone, without the other parts of the original.",
     "Keep the original, too."},
};

}  // namespace

constinit const dgm_format format{.size = sizeof(dgm_format),
                                  .id = "eml",
                                  .title = "Internet mail, with the fields of military messaging",
                                  .suffixes = suffixes,
                                  .media_types = media_types,
                                  .options = options,
                                  .option_count = std::size(options),
                                  .codes = codes,
                                  .code_count = std::size(codes),
                                  .reader = &reader_table<reader>::value,
                                  .writer = &writer_table<writer>::value};

}  // namespace dragoman::mail
