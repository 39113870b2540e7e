// The number and section words of the classification line, as the model says them without a field of their own: the
// reader leaves out what the writer will find again (telegram.md 1.4, 2.4).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "model.hpp"

namespace dragoman::telegram {

// "PORT ALTAIR 001284" from the id "07PORTALTAIR1284" and the originator "AMEMBASSY PORT ALTAIR", which has the blanks.
// Empty when the id is no reference number.
std::string number_of_id(std::string_view id, std::string_view from_name);
// The same form of a number as printed.
std::string normal_number(const message_number& number);
// Station serial number of a number's serial: "#1284" (telegram.md 1.4).
std::string validation_of(std::string_view serial);

// "1 OF 2" of a section; "none" when it says nothing.
std::string section_words(const section_mark& section);
// What the first classification line says when running headers and seams count to `total`; {0, 0} for none.
inline section_mark expected_section(std::uint32_t total) noexcept { return total > 1 ? section_mark{1, total} : section_mark{}; }

}  // namespace dragoman::telegram
