// What stands in the labelled lines of a heading, part by part. Pure functions on text: they allocate nothing and keep no
// state; parts of what is returned are slices of the text, or constants. Any thread.
#pragma once
#include <cstdint>
#include <string_view>

#include "model.hpp"
#include "words.hpp"

namespace dragoman::telegram {

// The E.O. line in its parts (telegram.md 2.6).
struct declassification {
  std::string_view number;  // as printed
  std::string_view order;   // as it is meant, "12958"; empty: not known
  std::string_view action;  // DOWNGRADE or NONE; empty: declassify
  std::string_view level;   // to which it is downgraded, in full
  std::string_view printed_level;
  std::string_view date;          // as printed
  char iso_date[10] = {};         // of it, when there is one
  std::string_view event;         // in words, where no date is given
  std::string_view code;          // of a schedule: GDS, RDS-1, OADR
  std::string_view printed_code;  // the same as printed
  std::string_view exemption;     // XGDS-3, X1, 25X1
  bool number_repaired = false, word_repaired = false;
  std::string_view repaired_word;  // as printed: DECLl, 6DS
};
// `line` is the whole line with its label; `year` that of the telegram, 0 when it is not known.
declassification read_declassification(std::string_view line, std::uint32_t year) noexcept;
// The order that a number means which may be misprinted, "12958"; empty when that is not sure.
std::string_view nearest_order(std::string_view number, std::uint32_t year, bool& repaired) noexcept;

// Title, name and reason of a classification authority as printed behind "Classified By:" (telegram.md 2.10), and the
// text behind these.
struct authority_parts {
  std::string_view title, name, reason, rest;
};
authority_parts split_authority(std::string_view text) noexcept;

// The letter of a label at the front of an item of references, "A." "(A)" "[B](#)."; `end` is behind it. Empty: none.
std::string_view match_item_label(std::string_view text, std::size_t& end) noexcept;

// What one item of references points to (telegram.md 2.9).
struct reference_target {
  std::string_view year;       // as printed: "07", "'07", "(2007)"; empty: not given
  std::string_view station;    // as printed; empty: that of the item before
  std::string_view serial;     // as printed; empty: no telegram
  std::string_view qualifier;  // NOTAL, AND PREVIOUS, a title, without parentheses and quotes
  bool swapped = false;        // the serial stood before the station
  bool is_other = false;       // another source than a telegram: an e-mail, an airgram, a report
};
reference_target parse_target(std::string_view item) noexcept;
// A printed year in full; 0 when it is none.
std::uint32_t read_year(std::string_view text) noexcept;

// The mark of a subject, level and controls: "(C/NF) HARBOR DUES", "HARBOR DUES (U)" (telegram.md 2.8). Empty: none.
portion_mark find_subject_mark(std::string_view subject) noexcept;

}  // namespace dragoman::telegram
