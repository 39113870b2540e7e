// TAGS: index terms by geography and subject (telegram.md 2.7, 5.4).
#pragma once
#include <string_view>

#include "gathered.hpp"
#include "model.hpp"

namespace dragoman::telegram {

// Reads the value of a TAGS line: codes, names of persons, words; captions among them go to the captions. Linear.
void read_tags(stage& s, const gathered& line, telegram& out);

// Does the line hold TAGS of the lists and nothing else? When `is_strict`, several of them in capitals, a subject among
// them: enough to know TAGS that have lost their label.
bool holds_only_tags(std::string_view text, bool is_strict) noexcept;

// Could the line go on with the TAGS of the line above it, which ends in a comma or not?
bool goes_on_with_tags(std::string_view text, bool after_comma) noexcept;

}  // namespace dragoman::telegram
