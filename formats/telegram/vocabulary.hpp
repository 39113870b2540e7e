// The vocabularies of telegrams as constant tables (telegram.md 3): what the words mean, where that is known from.
//
// The tables are compiled from vocabulary/*.tsv when dragoman is built; vocabulary/README.md says what each column is and
// names the sources. They are constant data: nothing is allocated or initialised, every function may be called at any time
// from any thread, and what is returned lives as long as the program. Keys are compared without regard to ASCII case and
// otherwise as they are: trim first. An empty text, and 0 in a count, means that it is not known.
//
//   terms::tags_subject.find("prel")->meaning        "External Political Relations"
//   terms::find_station("SECSTATE").where->name      "STATE"
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ascii.hpp"

namespace dragoman::telegram::terms {

namespace detail {
extern const char text[];
}

// A text of the tables. Eight octets that need no relocation; turns into a string_view by itself.
struct cell {
  std::uint32_t at = 0, length = 0;
  std::string_view view() const noexcept { return {detail::text + at, length}; }
  operator std::string_view() const noexcept { return view(); }
  bool empty() const noexcept { return length == 0; }
};

// Rows, one struct a table. Members are the columns of the file.

struct precedence {        // telegram.md 3.1; in order of prosign and word
  cell prosign;            // "O"
  cell word;               // "NIACT IMMEDIATE"
  std::uint32_t rank = 0;  // low is urgent; 0 of military ones that State does not send
  cell state_use, aim, doubled, source;
};

struct classification {     // telegram.md 3.2
  cell form;                // as it is printed: "UNCLAS", "C O N F I D E N T I A L"
  cell name;                // in full
  std::uint32_t level = 0;  // 0 UNCLASSIFIED to 4 TOP SECRET
  cell era;
  cell security_letter;  // of format line 4: U E C S T R
  cell note, source;
};

struct caption {  // telegram.md 2.5, 3.2
  cell caption;   // "SIPDIS"; a part in angle brackets stands for any text: "FOR <name> ONLY"
  cell kind;      // "distribution", "channel", "handling" ...
  cell expansion, note;
  cell combines;  // "yes", "no", "with STADIS": may it stand beside others
  cell source;
};

struct portion_mark {       // telegram.md 3.2, 4.1
  cell mark;                // without parentheses: "S/NF"
  cell level;               // name of the classification, or "SBU"; empty when the mark is a control alone
  cell controls;            // "NOFORN"
  std::uint32_t count = 0;  // in the corpus
  cell note, source;
};

struct executive_order {         // telegram.md 2.6, 3.3
  cell number;                   // "12958"
  cell signed_on, effective_on;  // YYYY-MM-DD
  cell superseded_by;            // number of the order that replaced it
  cell line_form, duration_codes, reason_form, president, source;
};

struct exemption {  // telegram.md 3.3; in order of code and order
  cell code;        // "XGDS2", "OADR", "25X1"; "RDS-n" stands for RDS-1 and so on
  cell order;       // "11652", "12958 as amended / 13526", "any"
  cell meaning, source;
};

struct reason {  // telegram.md 2.10, 3.3
  cell reason;   // "1.4(b)"
  cell order, meaning, source;
};

struct subject_tag {       // telegram.md 2.7, 3.4
  cell code;               // "PREL"
  cell meaning;            // empty when it was not recovered
  cell field;              // "Political Affairs"
  cell eras;               // separated by '|': "1973-79", "1995-2010", "2022"
  cell retention_1973_79;  // "permanent", "temporary"
  cell meaning_1973_79;    // where it differs
  cell note, source;
};

struct geographic_tag {     // telegram.md 2.7, 3.4; a code whose meaning changed has a row for each era, in order of era
  cell code;                // "UV"
  cell era;                 // "1973-79", "1995-2010", "any" ...
  cell meaning;             // "Burkina Faso"
  cell kind;                // "country", "region", "error" (an error that drafters make)
  std::uint32_t count = 0;  // in the corpus
  cell source;
};

struct program_tag {  // telegram.md 2.7: K and three letters
  cell code, meaning, source;
};

struct organization_tag {  // telegram.md 2.7
  cell code, meaning, source;
};

struct station {            // telegram.md 1.4
  cell name;                // as in an MRN: "PORTOFSPAIN"
  cell line_form;           // as on the classification line: "PORT OF SPAIN"
  cell nara_code;           // first 6 characters of that without blanks
  cell running_header;      // first 10 characters of it
  cell plad, indicator;     // originator and routing indicator as seen: "AMEMBASSY PORT OF SPAIN", "RUEHSP"
  std::uint32_t count = 0;  // originator in the corpus
  cell aliases;             // other forms and misspellings, separated by '|'
  cell source;
};

struct routing_post {                                       // telegram.md 3; a check, never a reason to rewrite an addressee
  cell indicator;                                           // "RUEHC"
  cell plad_acp117;                                         // in ACP 117 (2010)
  cell plad_observed;                                       // in the corpus
  std::uint32_t addressee_count = 0, originator_count = 0;  // in the corpus
  cell station;                                             // name of the station whose telegrams come from there
  cell kind;                                                // "post", "department", "collective", "other"
  cell source;
};

struct prosign {  // telegram.md 3.5
  cell prosign, meaning, format_lines, source;
};

struct operating_signal {  // telegram.md 3.5
  cell signal;             // "ZNY"
  cell meaning, format_lines;
  cell certainty;  // "sure", "probable", "uncertain"
  cell source;
};

struct nara_attribute {  // telegram.md 2.12
  cell key;              // "Document Number"
  cell type;             // "string", "date", "integer", "list", "list (comma)", "mrn"
  cell example, note, source;
};

// Where the keys begin that have a first octet, or a greater one.
using first_octets = std::array<std::uint16_t, 257>;
template <std::size_t N>
constexpr first_octets places_of_first_octets(const std::uint64_t (&prefixes)[N]) noexcept {
  first_octets places{};
  for (const auto prefix : prefixes) ++places[(prefix >> 56) + 1];
  for (std::size_t octet = 1; octet < places.size(); ++octet)
    places[octet] = static_cast<std::uint16_t>(places[octet] + places[octet - 1]);
  return places;
}

// Keys in order, with their first eight octets as numbers: a search compares the numbers of those with its first octet, and
// texts only at its end.
struct key_index {
  const std::uint64_t* prefixes = nullptr;
  const cell* keys = nullptr;  // with capitals
  std::size_t size = 0;
  const first_octets* places = nullptr;
  struct range {
    std::size_t first = 0, last = 0;
  };
  range find(std::string_view key) const noexcept;  // the rows [first, last) of this key
  range beginning_with_octet(unsigned char capital) const noexcept {
    return {(*places)[capital], (*places)[std::size_t{capital} + 1]};
  }
};

// A table in order of its first column.
template <class Row>
class table {
public:
  template <std::size_t N>
  constexpr table(const Row (&rows)[N], key_index index) noexcept : rows_(rows), index_(index) {}

  // The row whose first column is `key` (the first of several), or null.
  const Row* find(std::string_view key) const noexcept {
    const auto found = index_.find(key);
    return found.first == found.last ? nullptr : rows_ + found.first;
  }
  // All whose first column begins with this letter.
  std::span<const Row> beginning_with(char letter) const noexcept {
    const auto found = index_.beginning_with_octet(static_cast<unsigned char>(upper(letter)));
    return {rows_ + found.first, found.last - found.first};
  }
  // All of them.
  std::span<const Row> find_all(std::string_view key) const noexcept {
    const auto found = index_.find(key);
    return {rows_ + found.first, found.last - found.first};
  }
  std::size_t size() const noexcept { return index_.size; }
  const Row& operator[](std::size_t i) const noexcept { return rows_[i]; }
  const Row* begin() const noexcept { return rows_; }
  const Row* end() const noexcept { return rows_ + size(); }

private:
  const Row* rows_;
  key_index index_;
};

extern const table<precedence> precedences;  // by prosign
extern const table<classification> classifications;
extern const table<caption> captions;
extern const table<portion_mark> portion_marks;
extern const table<executive_order> executive_orders;
extern const table<exemption> exemptions;  // some codes have a row for each of several orders
extern const table<reason> reasons;
extern const table<subject_tag> tags_subject;
extern const table<geographic_tag> tags_geographic;  // some codes have a row for each of several eras
extern const table<program_tag> tags_program;
extern const table<organization_tag> tags_organization;
extern const table<station> stations;
extern const table<routing_post> routing_posts;
extern const table<prosign> prosigns;
extern const table<operating_signal> operating_signals;
extern const table<nara_attribute> nara_attributes;

// The precedence of this word, "IMMEDIATE", or null.
const precedence* find_precedence(std::string_view word) noexcept;

// The signal at the front of a word that may carry a number: ZFF of "ZFF4". Null when it is none.
const operating_signal* find_operating_signal(std::string_view word) noexcept;

// An exemption by its code, with or without '-' and with any number for the n of "RDS-n": the rows of "XGDS-2", "RDS-3".
std::span<const exemption> find_exemptions(std::string_view code) noexcept;

// The longest caption at the front of `text` that can stand on a line of captions and ends at a blank or mark; null when none does.
// Those with a name in them ("FOR <name> ONLY") are not looked for.
const caption* find_caption_at(std::string_view text) noexcept;

// The order in force in a year, and until which: what telegrams of that year bear. An order that amends another stands on
// no line and has none.
struct years {
  std::uint32_t from = 0, to = 0;
};
years years_in_force(const executive_order& order) noexcept;

// Which list of TAGS knows this code. A code that none knows may still be one: shapes are in words.hpp.
enum class tag_kind : std::uint8_t { unknown, subject, geographic, program, organization };
tag_kind kind_of_tag(std::string_view code) noexcept;

// The station of a name as it is printed: letters and digits are compared, "Port of Spain", "PORTOFSPAIN" and
// "PORT-OF-SPAIN" are one. A station's own name wins over the alias of another. `where` is null when nobody knows it.
struct station_match {
  const station* where = nullptr;
  bool is_alias = false;  // another form or a misspelling, not its name
};
station_match find_station(std::string_view text) noexcept;

// The stations of a NARA code ("PORTO" of 1975PORTO00941) and of a name in a page header, which are cut and so may be
// those of several: positions in `stations`.
std::span<const std::uint16_t> stations_of_nara_code(std::string_view code) noexcept;
std::span<const std::uint16_t> stations_of_running_header(std::string_view name) noexcept;

namespace detail {
struct station_index {
  key_index index;
  const std::uint16_t* rows = nullptr;  // in `stations`
  const bool* are_aliases = nullptr;
};
extern const station_index names, codes, headers;
}  // namespace detail

}  // namespace dragoman::telegram::terms
