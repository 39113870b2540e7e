// A message reference number as one word - in file names, references, document numbers, lines above the heading - and
// what may be wrong in it (telegram.md 1.4, 2.11, 5.1). Pure functions; nothing here allocates.
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "model.hpp"

namespace dragoman::telegram {

// A name of a station, blanks not counting, in any case: the name it is known by. Names that the telegram itself gives -
// its originator, its "From" attribute - go before the vocabulary, which cannot know every post.
class station_names {
public:
  struct match {
    std::string_view name;      // may have blanks; empty: not known, or not one station
    bool is_alias = false;      // another name, or a misspelling, of the station
    bool is_ambiguous = false;  // several stations have this name
  };
  station_names() = default;
  // The views must outlive this object; empty ones do not count.
  station_names(std::initializer_list<std::string_view> own) noexcept;

  match find(std::string_view name) const noexcept;
  // By the archive's code, the first six characters of the name as printed without the blanks (telegram.md 1.4).
  match find_code(std::string_view code) const noexcept;

private:
  std::array<std::string_view, 4> own_{};
};

// Are these names the same but for blanks and case?
bool is_same_station(std::string_view a, std::string_view b) noexcept;

// What was found in an id besides its number: one code each (telegram.id.alias ...).
enum class id_finding : std::uint8_t { alias = 1, noise = 2, ocr = 4, ambiguous = 8, placeholder = 16 };

struct printed_id {
  std::uint32_t year = 0;                 // of four digits
  std::string_view station, serial;       // blanks of the one and zeros of the other do not count; both empty: no number
  section_mark section;                   // that the id has swallowed
  std::string_view suffix;                // "_b", the archive's letter of a collection
  std::string_view second;                // number behind a remark
  std::array<std::string_view, 3> noise;  // words that are no part of a number
  std::size_t noise_count = 0;
  flag_set flags = 0;         // that a remark or signal among them sets
  std::uint8_t findings = 0;  // of id_finding

  bool is_valid() const noexcept { return !serial.empty(); }
  bool has(id_finding f) const noexcept { return (findings & static_cast<std::uint8_t>(f)) != 0; }
};

// The station that a name is when its digits are read as the letters that they look like; empty when it is none.
std::string_view station_behind_digits(std::string_view name, const station_names& stations) noexcept;

// Could this word be an id? A year and capitals without blanks; cheap.
bool looks_like_id(std::string_view text) noexcept;
// Reads "07PORTALTAIR1284", "1975PORTA00941_b", "09SECTION01OF03ORMUNDE12", "07ORMUNDE31ZDK35". Without a number when it
// is none. At most 80 characters are looked at.
printed_id parse_id(std::string_view text, const station_names& stations) noexcept;

// Serials from here on were given by the archive to telegrams without one (telegram.md 5.1 no. 11).
bool is_placeholder(std::string_view serial) noexcept;

// The flag that an operating signal sets, "ZDK" or "ZFF4"; 0 for others (telegram.md 3.5).
flag_set flag_of_signal(std::string_view word) noexcept;
bool is_signal(std::string_view word) noexcept;

}  // namespace dragoman::telegram
