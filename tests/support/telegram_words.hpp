// What the invented telegrams are made of: posts, names, words, and the faults that dirty ones have.
#pragma once
#include <array>
#include <string_view>

namespace dragoman::testing::generator {

struct post {
  std::string_view route, kind, name;
};
inline constexpr std::array<post, 10> posts{{{"RUEHQX", "AMEMBASSY", "QUILMAR"},
                                             {"RUEHDX", "AMEMBASSY", "TOVARNA"},
                                             {"RUEHZQX", "AMEMBASSY", "PORT ALTAIR"},
                                             {"RUEHOQD", "AMCONSUL", "ORMUNDE"},
                                             {"RUEHLV", "AMEMBASSY", "LINDHAVEN"},
                                             {"RUEHBQ", "USMISSION", "USBRENNA"},
                                             {"RUEHSN", "AMEMBASSY", "SAN VEREDO"},
                                             {"RUEHKQ", "AMCONSUL", "KELDRA"},
                                             {"RUEHMW", "AMEMBASSY", "MARWICK"},
                                             {"RUEHHV", "AMEMBASSY", "HALVERN"}}};
inline constexpr std::array<std::string_view, 3> collectives{
    "RUCNAAA/NORTHERN COAST COLLECTIVE", "RUCNBBB/RIVER BASIN COLLECTIVE", "RUCNQXC/NORTHERN ISLES COLLECTIVE"};
inline constexpr std::array<std::string_view, 44> words{
    "harbor", "dues",  "talks",  "ministry", "tariff", "ferry", "strait", "winter", "council", "dredging", "lighthouse",
    "pilot",  "cargo", "budget", "the",      "of",     "and",   "with",   "for",    "from",    "about",    "after",
    "before", "under", "said",   "asked",    "agreed", "will",  "resume", "lower",  "delay",   "a",        "new",
    "second", "minor", "round",  "offer",    "clause", "annex", "review", "season", "clear",   "public",   "quiet"};
inline constexpr std::array<std::string_view, 8> names{"Quill",  "Oldcastle", "Hollowman", "Ledger",
                                                       "Wenmar", "Ronlan",    "Brannock",  "Mear"};
inline constexpr std::array<std::string_view, 8> first_names{"Tamsin", "Maren", "Xanda",  "Orlo",
                                                             "Petra",  "Jory",  "Sabine", "Ewan"};
inline constexpr std::array<std::string_view, 4> double_names{"VAN DER MEAR", "O'BRANNOCK", "HOLLOW-MARSH", "DE QUILL"};
inline constexpr std::array<std::string_view, 8> titles{
    "Ambassador",     "DCM",        "Economic Counselor",     "Political Counselor", "Charge d'Affaires",
    "Consul General", "Acting DCM", "Deputy Chief of Mission"};
inline constexpr std::array<std::string_view, 8> heading_titles{
    "Background", "The Offer", "Talks Resume", "Next Steps", "Ferries and Tugs", "Comment", "Reaction of the Press", "Summary"};
inline constexpr std::array<std::string_view, 16> tag_codes{"PREL", "PGOV", "ECON", "ETRD", "EWWT", "ENRG", "PTER", "SNAR",
                                                            "SENV", "KDEM", "KCRM", "UNSC", "CVIS", "MARR", "QX",   "XL"};
inline constexpr std::array<std::string_view, 10> old_tag_codes{"PFOR", "PINT", "ETRD", "EWWT", "EFIN",
                                                                "SHUM", "OEXC", "MARR", "UK",   "FR"};
inline constexpr std::array<std::string_view, 4> concepts{"HARBORS", "TARIFFS", "SHIPPING", "FOREIGN RELATIONS"};
inline constexpr std::array<std::string_view, 5> instructions{"DEPT FOR NCA/RB AND EB/IFD", "STATE PASS TO USTR",
                                                              "DEPT PLEASE PASS TO TREASURY", "ORMUNDE FOR DCM QUILL",
                                                              "DEPT ALSO FOR OES/ENV"};
inline constexpr std::array<std::string_view, 5> other_references{"QUILL-HOLLOWMAN EMAIL OF 10/16", "9 FAM 41.3",
                                                                  "TD-000/1284-07", "LEDGER-MEAR TELCON", "A-1089"};

// Faults of telegram.md 2.0, 2 and 5; each keeps what is known of the telegram true. Where they fit: every form; `modern`:
// not the archive's of the 1970s; `wire`: with line breaks of its own.
enum class fits : unsigned char { all, modern, wire };
struct fault {
  std::string_view name;
  fits where;
};
inline constexpr std::array<fault, 51> faults{{
    {"no_vzczc", fits::modern},
    {"no_header", fits::modern},
    {"crlf", fits::all},
    {"cr", fits::all},
    {"mixed_ends", fits::all},
    {"latin1", fits::modern},
    {"windows1252", fits::modern},
    {"bom", fits::all},
    {"html_entities", fits::all},
    {"control_chars", fits::all},
    {"formfeed", fits::all},
    {"tabs", fits::all},
    {"trailing", fits::all},
    {"long_line", fits::modern},
    {"tags_nocolon", fits::all},
    {"tags_lower", fits::modern},
    {"tags_label", fits::all},
    {"tags_caption", fits::modern},
    {"subj_short", fits::all},
    {"subj_label", fits::all},
    {"subj_glued", fits::modern},
    {"subj_missing", fits::all},
    {"refs_plural", fits::all},
    {"refs_letter_o", fits::modern},
    {"class_compact", fits::modern},
    {"class_fault", fits::modern},
    {"class_lower", fits::modern},
    {"class_glued", fits::modern},
    {"eo_typo", fits::modern},
    {"eo_spaced", fits::all},
    {"eo_number", fits::all},
    {"eo_tags", fits::modern},
    {"tags_first", fits::modern},
    {"dtg_nospace", fits::all},
    {"dtg_year4", fits::modern},
    {"dtg_lower", fits::all},
    {"dtg_signal", fits::modern},
    {"prec_typo", fits::modern},
    {"routing_lines", fits::modern},
    {"no_slash", fits::modern},
    {"header_blank", fits::all},
    {"dup_sipdis", fits::modern},
    {"correction", fits::modern},
    {"no_signature", fits::all},
    {"signature_marks", fits::all},
    {"signature_appended", fits::wire},
    {"para_gap", fits::all},
    {"para_dup", fits::all},
    {"text_gap", fits::wire},
    {"quoted_header", fits::modern},
    {"truncated", fits::all},
}};

}  // namespace dragoman::testing::generator
