// What the parser makes of one telegram, before it is told to the host. All text is a slice of the document's octets or
// of the parser's arena; offsets are octets of the document.
#pragma once
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman::telegram {

// A piece of text and where it came from.
struct value {
  std::string_view text;
  std::uint32_t begin = 0, end = 0;
  bool empty() const noexcept { return text.empty(); }
};

// telegram.md 2.3
struct party {
  std::string_view name, route, precedence, number, office;
  std::string_view printed_precedence;  // as spelt
  std::uint32_t begin = 0, end = 0;
};

// The same but for the message continuity number, which is another in each section.
inline bool is_same_addressee(const party& a, const party& b) noexcept {
  return a.name == b.name && a.route == b.route && a.precedence == b.precedence && a.office == b.office;
}

// telegram.md 2.9
struct reference {
  value label, text, id;
  value qualifier;                   // NOTAL, AND PREVIOUS, a title
  std::uint32_t begin = 0, end = 0;  // of the whole item
};

// What is said about a telegram besides its content (telegram.md 3.5, 5.1, 5.2). The reader acts on it no further.
using flag_set = std::uint8_t;
namespace flags {
inline constexpr flag_set partial = 1;       // a partial extract of the telegram
inline constexpr flag_set repeat = 2;        // ZDK: repeated on request
inline constexpr flag_set duplicate = 4;     // ZFD: suspected duplicate
inline constexpr flag_set correction = 8;    // ZEL: corrects another
inline constexpr flag_set corrected = 16;    // ZDS: has an error; a corrected version follows
inline constexpr flag_set cancelled = 32;    // ZFR
inline constexpr flag_set placeholder = 64;  // its serial was given by the archive
}  // namespace flags

// Message reference number: station without blanks, in capitals; serial without leading zeros (telegram.md 1.4).
struct message_number {
  std::string_view station;  // as printed, with its blanks
  std::string_view serial;   // as printed
  bool empty() const noexcept { return serial.empty(); }
};

// Format lines of one transmission (telegram.md 2.1).
struct transmission {
  value id, routing, de, security, end, validation, relay;
  bool empty() const noexcept {
    return id.empty() && routing.empty() && de.empty() && security.empty() && end.empty() && validation.empty() && relay.empty();
  }
};

struct section_mark {
  std::uint32_t number = 0, total = 0;  // 0: not said
};

struct distribution {
  value number, action, total;
  std::vector<value> info, notes;
  bool empty() const noexcept { return number.empty() && action.empty() && total.empty() && info.empty() && notes.empty(); }
};

// A line of the heading that no rule understood, or of a later section's that says something else than the first. Its number,
// in the first section, counts the lines of the heading in front of it, one for each value and each other unknown line, so
// that it stays true however the heading is laid out.
struct unknown_line {
  std::uint32_t number = 0;  // from 1
  value text;
};

// The heading FL1 to FL10 and the classification line of one section.
struct heading {
  transmission lines;
  std::vector<value> pages;  // page headers that stand before the text, with their classification words
  distribution copies;
  value precedence, info_precedence, date, date_text, signals, group_count;
  std::uint32_t year = 0;
  bool has_year = false;
  party from;
  std::vector<party> to, info, exempt;
  value classification;
  message_number number;
  section_mark section;
  std::vector<unknown_line> unknown;
  value number_place, section_place;  // where the classification line says them
  value place;                        // all lines of it, without a text
};

struct attribute_pair {
  value key, text;  // empty text: n/a
  value date;       // of a key that names one, ISO 8601
};

// What the E.O. line says (telegram.md 2.6).
struct declassification_value {
  value action, level, date, event, code, exemption;
};

struct authority {
  value title, name, reason;
  value rest;                  // what stands behind the reason
  std::vector<value> reasons;  // "1.4(b)": normal form of reasons that are printed in another
  bool empty() const noexcept { return title.empty() && name.empty() && reason.empty(); }
};

// One step of telling the body.
struct event {
  enum class kind : std::uint8_t { open, attribute, text, close };
  kind what;
  std::string_view name;  // of the element or attribute
  std::string_view text;  // of the attribute or text
  std::uint32_t begin = 0, end = 0;
};

// What the form of an embassy's copy says above the telegram (telegram.md 5.2 no. 15); it counts where the telegram itself
// says nothing.
struct form_fields {
  value date, date_text, tags, captions, subject;
  party from;
  std::vector<party> to, info;
  message_number number;
  bool is_present = false;
};

struct telegram {
  std::string_view octets;  // of the document; text that is a slice of them knows its place
  value id;
  heading first;                 // of the first section
  std::vector<heading> further;  // of the later ones
  std::vector<value> preamble;   // remains of a print-out or publication above the heading, line by line
  value notice;                  // "This record is a partial extract ..."
  form_fields form;
  std::vector<value> printed_ids;  // ids as words: above the heading, as document number, in a footer, the input's name
  std::uint32_t hinted_year = 0;   // that one of them, or an attribute, gives; 0: none
  value id_text;                   // the id as printed, when it had to be repaired or said more
  std::string_view id_second, id_suffix;
  flag_set flags = 0;
  std::vector<value> captions, passing, corrections, tags;
  value declassify, order, declassify_on, derived_from;
  declassification_value declassification;
  value subject, subject_mark;
  std::string_view label_order;  // of the labelled lines, when it is not the usual one
  std::vector<reference> refs;
  bool has_reference_line = false;  // also without items, "REF: NONE"
  authority classified_by;
  value signature;
  value signature_text;  // as printed, when that is more than the name
  value lost;            // the words that stand for a text that is lost
  std::vector<event> body;
  bool has_numbered_paragraph = false;
  std::uint32_t sections_counted = 0;  // by running headers and seams of the body
  std::vector<value> trailers;
  std::vector<attribute_pair> attributes;
  std::string_view printed_number;   // classification line's number, when the id does not say it
  std::string_view printed_section;  // its section words, when the body does not say them

  // Forgets everything; the lists that nearly every telegram has keep their room.
  void clear() {
    telegram empty;
    const auto keep = [](auto& from, auto& to) {
      from.clear();
      to = std::move(from);
    };
    keep(body, empty.body);
    keep(captions, empty.captions);
    keep(passing, empty.passing);
    keep(tags, empty.tags);
    keep(refs, empty.refs);
    keep(attributes, empty.attributes);
    keep(first.to, empty.first.to);
    keep(first.info, empty.first.info);
    keep(first.copies.info, empty.first.copies.info);
    *this = std::move(empty);
  }
};

// To what each line belongs (telegram.md 6.1): exactly one of these.
enum class owner : std::uint8_t {
  none,  // not yet given away; none is left after parsing
  blank,
  preamble,      // before the heading: notices, print-out remains
  format_line,   // FL1 to FL10
  break_line,    // BT
  distribution,  // copies and relay lines
  class_line,
  caption,
  passing,
  correction,
  labelled,
  repeated,  // heading of a later section, equal to the first
  paragraph,
  heading,
  rule,
  list,
  preformatted,
  page,  // running headers, page headers, classification words beside them
  signature,
  ending,  // FL13 to FL16
  footer,
  attribute,
  opaque,
};

}  // namespace dragoman::telegram
