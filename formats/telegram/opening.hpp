// Parts of labelled lines that reader and writer both need.
#pragma once
#include <string_view>

namespace dragoman::telegram {

// Title, name and reason of a classification authority as printed behind "Classified By:" (telegram.md 2.10), and the
// text behind these.
struct authority_parts {
  std::string_view title, name, reason, rest;
};
authority_parts split_authority(std::string_view text) noexcept;

// The first date in `text` as YYYY-MM-DD; false when there is none (telegram.md 2.6).
bool find_date(std::string_view text, char out[10]) noexcept;

// The letter of a label at the front of an item of references, "A." "(A)" "[B](#)."; `end` is behind it. Empty: none.
std::string_view match_item_label(std::string_view text, std::size_t& end) noexcept;

}  // namespace dragoman::telegram
