// What one line is: recognisers without state, shared by the cutter, the parser and the writer (which asks them what it
// must not write). Each looks at one line without its end; none allocates. Sources: telegram.md 2 and 4.
#pragma once
#include <dragoman/text.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

#include "model.hpp"
#include "words.hpp"

namespace dragoman::telegram {

// -- Format lines (2.1, 2.2) ---------------------------------------------------------------------------------------
bool is_transmission_id(std::string_view line) noexcept;                 // FL1
std::size_t find_glued_transmission_id(std::string_view line) noexcept;  // where FL1 stands at the end of a longer line; npos
bool is_routing(std::string_view line) noexcept;                         // FL2, first line
std::size_t find_glued_routing(std::string_view line) noexcept;          // FL2 at the end of a longer line; npos
bool is_routing_more(std::string_view line) noexcept;                    // FL2, further lines: indicators only
bool is_calling(std::string_view line) noexcept;                         // FL3
bool is_security(std::string_view line) noexcept;                        // FL4
bool is_routing_indicator(std::string_view word) noexcept;
bool is_end_of_message(std::string_view line) noexcept;  // FL16
bool is_validation(std::string_view line) noexcept;      // FL15, "#1234"

// What a line of the heading is by its first word (2.1). One look at the first letter; a date-time line also needs its group.
enum class format_line : std::uint8_t {
  none,
  transmission_id,
  routing,
  calling,
  security,
  date_time,
  from,
  to,
  info,
  exempt,
  group_count
};
format_line kind_of_format_line(std::string_view line) noexcept;

// The partial extract notice and other remains of a print-out before the heading (5.2 nos. 13, 30).
bool is_partial_notice(std::string_view line) noexcept;
bool is_print_remains(std::string_view line) noexcept;
// "Thursday, 18 October 2007, 06:39"
bool is_print_date(std::string_view line) noexcept;
// Print-outs of a post's archive and its copies on a form begin with such a line (5.2 nos. 14, 15).
bool is_print_title(std::string_view line) noexcept;
bool is_form_title(std::string_view line) noexcept;

bool is_date(unsigned year, unsigned month, unsigned day) noexcept;

struct date_time_group {
  char precedence = 0, info_precedence = 0;
  std::size_t begin = 0, end = 0;  // of the group inside the line
  std::string_view tail;           // what stands behind it
  unsigned day = 0, hour = 0, minute = 0, month = 0, year = 0;
  char zone = 'Z';
  bool has_year = false, repaired = false, valid = false;
};
// FL5; false when the line is none. The group may still be no date (`valid`).
bool parse_date_time(std::string_view line, date_time_group& group) noexcept;
// Gives the group a year that other lines say (5.2 no. 21).
void set_year(date_time_group& group, unsigned year) noexcept;
// "2007-10-17T14:35:00Z" of it in UTC, into `out`; without the last letter in the local zone J. 0 when it is no date.
std::size_t normal_date(const date_time_group& group, char out[20]) noexcept;
// Minutes from the date-time group `date` (as normal_date made it) to the filing time of FL3, "2901435" (day of the year)
// or "171435Z" (day of the month); false when one of them says none (2.2).
bool filing_delay(std::string_view date, std::string_view filing, std::int64_t& minutes) noexcept;

// -- Classification line (2.4) -------------------------------------------------------------------------------------
struct class_line {
  level_match level;
  std::string_view captions;         // words between the level and the section or number
  std::string_view captions_behind;  // and behind the number
  section_mark section;
  std::string_view section_words;  // as printed
  bool final = false;
  message_number number;
};
// Is the line a classification line? `tolerant` allows one wrong letter, where only a classification line can stand.
bool parse_class_line(std::string_view line, bool tolerant, class_line& out) noexcept;

// -- Running headers (4.4) -----------------------------------------------------------------------------------------
struct page_header {
  std::string_view page;  // "2", "2.2"
  std::uint32_t section = 0, total = 0;
  bool is_archive = false;  // PAGE 02 ...
};
bool parse_likely_page_header(std::string_view line, page_header& out) noexcept;
inline bool parse_page_header(std::string_view line, page_header& out) noexcept {
  // It ends in a digit or begins with PAGE: every stage asks it of every line.
  if (line.size() < 16) return false;
  const char first = line.front(), last = line.back();
  const bool may_be = (last >= '0' && last <= '9') || first == 'P' || first == 'p' || is_space(first) || is_space(last);
  return may_be && parse_likely_page_header(line, out);
}

// -- Labelled lines (2.6 to 2.10) ----------------------------------------------------------------------------------
enum class label : std::uint8_t { none, order, tags, subject, refs, classified, reason, declassify_on, derived };
struct labelled {
  label what = label::none;
  std::size_t value = 0;  // where the value begins
  bool repaired = false;
};
labelled match_label(std::string_view line) noexcept;
// A label that is misprinted, or has no colon: TABS: SUBJT: SUBJ8 11653: (5.3 nos. 39, 44, 5.4 nos. 46, 53). For lines of
// the heading only: text may begin with such words, too.
labelled match_misprinted_label(std::string_view line) noexcept;

// -- Body (4.1, 4.2) -----------------------------------------------------------------------------------------------
struct paragraph_start {
  bool found = false;
  bool pilcrow = false;
  std::uint32_t number = 0;
  std::size_t label = 0;      // where the label begins (behind a pilcrow)
  std::size_t label_end = 0;  // behind the label and its blanks
  bool spaced = false;        // a blank, the end of the line or a parenthesis follows the number
  char closing = 0;           // '.', ')' or 0
  portion_mark mark;
};
paragraph_start match_paragraph(std::string_view line) noexcept;

struct list_mark {
  bool found = false;
  bool bullet = false;
  std::size_t begin = 0, end = 0;  // of the mark
  std::size_t text = 0;            // where the item's text begins
  char kind = 0;                   // of numbered marks: '1' 'a' 'A' 'i'
  std::uint32_t ordinal = 0;       // its place in the sequence
  bool pilcrow = false;            // a pilcrow, or its remains, stood before it
  bool flattened = false;          // its link was flattened into the mark
};
list_mark match_list(std::string_view line) noexcept;
// "I." could be one in roman numbers, as "II." is two.
constexpr bool is_letter_of_one(const list_mark& m) noexcept { return (m.kind == 'a' || m.kind == 'A') && m.ordinal == 9; }
constexpr bool is_roman_two(const list_mark& m) noexcept { return m.kind == 'i' && m.ordinal == 2; }

bool is_rule(std::string_view line) noexcept;
// "------- SUMMARY -------": the words between; empty when it is none.
std::string_view framed_heading(std::string_view line) noexcept;
// "#### text": the text; empty when it is none.
std::string_view markdown_heading(std::string_view line) noexcept;
bool is_table_row(std::string_view line) noexcept;
bool is_system_noise(std::string_view line) noexcept;
// The parts of a relay line behind its hyphens: "054819" before December 1976, later "171512Z 118204 /23" or "118204 171512Z
// /23" (2.11). `time` is empty in the old form.
struct relay_parts {
  std::string_view time, serial;
};
relay_parts split_relay(std::string_view text) noexcept;
bool is_footer(std::string_view line) noexcept;
// Does this passage address somebody: DEPT FOR ..., OSD PLEASE PASS TO ... (2.5)?
bool is_passing(std::string_view line) noexcept;
bool is_correction(std::string_view line) noexcept;
// A line that holds a signature: the name in it, without marks, a GP code or a date behind it; empty when it is none (4.5).
std::string_view match_signature(std::string_view line) noexcept;
// A stamp of review, "Tamsin R. Ledger Declassified/Released US Department of State EO Systematic Review 20 Mar 2014", in
// a line: [begin, end); {npos, npos}: there is none (5.7 no. 100).
inline constexpr std::string_view review_words = "Declassified/Released US Department of State EO Systematic Review";
std::pair<std::size_t, std::size_t> find_review_stamp(std::string_view line) noexcept;
// "20 Mar 2014" and nothing else.
bool is_plain_date(std::string_view text) noexcept;

// Does text that ends like this end a sentence, so that a blank line behind it ends the paragraph (4.4)?
bool is_terminated(std::string_view text) noexcept;
bool is_sentence_end(std::string_view text) noexcept;
// Can these words be a heading with a rule below, or one in capitals without (4.2)? All lines of it together.
inline constexpr std::size_t longest_heading = 200;
inline constexpr std::size_t longest_lone_heading = 60;
bool is_heading_text(std::string_view words) noexcept;
// How long the writer makes the rule below a heading of these words: as long as it, within bounds.
std::size_t usual_rule_length(std::string_view words) noexcept;
bool is_lone_heading_text(std::string_view words) noexcept;

// What stands at the front of a line that would otherwise be taken for something it is not, where setting it in by a blank is
// not enough: a blank at which no rule looks, and which the reader takes off again (6.7). No-break space.
inline constexpr std::string_view escape = "\xC2\xA0";
constexpr bool is_escaped_line(std::string_view line) noexcept { return line.substr(0, escape.size()) == escape; }

// Does a line that begins like this begin something, so that text must not be wrapped there (6.7)?
bool begins_something(std::string_view line) noexcept;

// -- Numbers (1.4) -------------------------------------------------------------------------------------------------
// Does the running text of `line` hold a station and a serial at its end? Used for references and class lines.
bool parse_number_at_end(std::string_view text, message_number& out) noexcept;

// "[PREL](#)" at the front of `text`: the length of the whole, and its inner text; 0 when there is none.
std::size_t match_link(std::string_view text, std::string_view& inner) noexcept;
// The same of one that leads nowhere, "(#)", which is all that a scrape leaves of a pilcrow (telegram.md 4.3).
std::size_t match_empty_link(std::string_view text, std::string_view& inner) noexcept;

}  // namespace dragoman::telegram
