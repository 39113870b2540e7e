#include "vocabulary.hpp"

#include <algorithm>
#include <array>

#include "ascii.hpp"

namespace dragoman::telegram::terms {
namespace {

// The first eight octets as a number, small letters as capitals: eight at a time, since every search begins with it.
std::uint64_t prefix_of(std::string_view key) noexcept {
  std::uint64_t prefix = 0;
  const std::size_t length = std::min<std::size_t>(key.size(), 8);
  for (std::size_t i = 0; i < length; ++i) prefix = prefix << 8 | static_cast<unsigned char>(key[i]);
  if (length == 0) return 0;
  if (length < 8) prefix <<= 8 * (8 - length);
  // An octet from a to z gets its high bit set here, and loses 0x20 for it.
  constexpr std::uint64_t each = 0x0101010101010101u, high = 0x80 * each;
  const std::uint64_t low = prefix & ~high;
  const std::uint64_t small = (low + (0x80 - 'a') * each) & ~(low + (0x7F - 'z') * each) & ~prefix & high;
  return prefix - (small >> 2);
}

// How many of the sorted numbers are less, without a branch that the processor would guess wrong half of the time.
std::size_t count_less(const std::uint64_t* numbers, std::size_t size, std::uint64_t wanted) noexcept {
  const std::uint64_t* at = numbers;
  while (size > 1) {
    const std::size_t half = size / 2;
    at += half & (std::size_t{0} - static_cast<std::size_t>(at[half - 1] < wanted));
    size -= half;
  }
  return static_cast<std::size_t>(at - numbers) + (size == 1 && *at < wanted);
}

// Letters and digits of a name of a station, in a buffer: no name is longer.
class compact_name {
  std::array<char, 32> letters_{};
  std::size_t size_ = 0;

public:
  explicit compact_name(std::string_view text) noexcept {
    for (const char c : text) {
      if (!is_alnum(c)) continue;
      if (size_ == letters_.size()) {
        size_ = 0;  // too long to be one
        return;
      }
      letters_[size_++] = upper(c);
    }
  }
  std::string_view view() const noexcept { return {letters_.data(), size_}; }
};

std::span<const std::uint16_t> rows_of(const detail::station_index& index, std::string_view text) noexcept {
  const compact_name name(text);
  const auto found = index.index.find(name.view());
  return {index.rows + found.first, found.last - found.first};
}

}  // namespace

key_index::range key_index::find(std::string_view key) const noexcept {
  const auto prefix = prefix_of(key);
  const auto is_here = [&](std::size_t i) {  // what the prefix holds needs no second look
    return keys[i].length == key.size() && (key.size() <= 8 || same(keys[i].view().substr(8), key.substr(8)));
  };
  const auto [first, last] = beginning_with_octet(static_cast<unsigned char>(prefix >> 56));
  range out;
  out.first = first + count_less(prefixes + first, last - first, prefix);
  while (out.first < size && prefixes[out.first] == prefix && !is_here(out.first)) ++out.first;
  out.last = out.first;
  while (out.last < size && prefixes[out.last] == prefix && is_here(out.last)) ++out.last;
  return out;
}

const precedence* find_precedence(std::string_view word) noexcept {
  const auto found =
      std::find_if(precedences.begin(), precedences.end(), [&](const precedence& p) { return same(p.word, word); });
  return found == precedences.end() ? nullptr : found;
}

const operating_signal* find_operating_signal(std::string_view word) noexcept {
  while (!word.empty() && is_digit(word.back())) word.remove_suffix(1);
  return operating_signals.find(word);
}

std::span<const exemption> find_exemptions(std::string_view code) noexcept {
  if (const auto found = exemptions.find_all(code); !found.empty()) return found;
  std::array<char, 16> plain{};
  std::size_t size = 0;
  for (const char c : code) {
    if (c == '-') continue;
    if (size == plain.size()) return {};
    plain[size++] = c;
  }
  const std::string_view text(plain.data(), size);
  if (const auto found = exemptions.find_all(text); !found.empty()) return found;
  const auto letters = std::min(text.find_first_of("0123456789"), size);
  if (letters == size || !all_digits(text.substr(letters))) return {};
  if (same(text.substr(0, letters), "RDS")) return exemptions.find_all("RDS-n");
  if (same(text.substr(0, letters), "XDS")) return exemptions.find_all("XDS-n");
  return {};
}

const caption* find_caption_at(std::string_view text) noexcept {
  if (text.empty() || !is_letter(text[0])) return nullptr;
  const auto ends_at = [&](std::size_t at) { return at == text.size() || is_space(text[at]) || char_set("/,;.").has(text[at]); };
  // A longer caption stands behind the shorter one that it begins with.
  const auto rows = captions.beginning_with(text[0]);
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if (!starts_with(text, row->caption) || !ends_at(row->caption.length)) continue;
    const std::string_view kind = row->kind;  // not of a line of captions
    const bool stands_elsewhere =
        kind == "reference note" || kind == "section indicator" || kind == "text statement" || kind == "state of the copy";
    return stands_elsewhere ? nullptr : &*row;
  }
  return nullptr;
}

years years_in_force(const executive_order& order) noexcept {
  const auto year_of = [](std::string_view date) {
    std::uint32_t year = 0;
    parse_number(date.substr(0, 4), year);
    return year;
  };
  if (starts_with_word(order.line_form, "amends")) return {};
  const auto* next = executive_orders.find(order.superseded_by);
  return {year_of(order.effective_on), next != nullptr ? year_of(next->effective_on) : 9999};
}

// The length says which lists may have a code: geographic ones have two letters, subjects and programs four, organizations
// three or more. Every word of a line that may hold TAGS is looked for.
tag_kind kind_of_tag(std::string_view code) noexcept {
  if (code.size() == 2) return tags_geographic.find(code) ? tag_kind::geographic : tag_kind::unknown;
  if (code.size() == 4) {
    if (tags_subject.find(code)) return tag_kind::subject;
    if (tags_program.find(code)) return tag_kind::program;
  }
  return code.size() > 2 && tags_organization.find(code) ? tag_kind::organization : tag_kind::unknown;
}

station_match find_station(std::string_view text) noexcept {
  const compact_name name(text);
  const auto found = detail::names.index.find(name.view());
  if (found.first == found.last) return {};
  return {&stations[detail::names.rows[found.first]], detail::names.are_aliases[found.first]};
}

std::span<const std::uint16_t> stations_of_nara_code(std::string_view code) noexcept { return rows_of(detail::codes, code); }
std::span<const std::uint16_t> stations_of_running_header(std::string_view name) noexcept {
  return rows_of(detail::headers, name);
}

}  // namespace dragoman::telegram::terms
