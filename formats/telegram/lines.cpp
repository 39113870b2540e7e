#include "lines.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <string>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "ascii.hpp"
#include "html.hpp"

namespace dragoman::telegram {
namespace {

bool is_utf8(std::string_view octets) noexcept {
  std::size_t at = 0;
  while (at < octets.size()) {
    const auto bad = find_bad_text(octets.substr(at));
    if (bad == npos) return true;
    at += bad;
    const character c = decode_utf8(octets.substr(at, 4));
    if (c.length == 0) return false;
    at += c.length;  // a character that XML does not allow, but a character
  }
  return true;
}

bool has_entity(std::string_view text) noexcept {
  for (std::size_t at = text.find('&'); at != npos; at = text.find('&', at + 1)) {
    std::uint32_t c = 0;
    if (decode_entity(text, at, c)) return true;
  }
  return false;
}

// Turns one line with dirt in it into clean text; cuts it where an entity is a line end.
class line_cleaner {
public:
  line_cleaner(std::string_view octets, charset from, arena& memory, reporter& report, line_table& table)
      : octets_(octets), from_(from), memory_(memory), report_(report), table_(table), tags_(octets) {}

  // Has the line [begin, end) something of HTML?
  bool has_html(std::size_t begin, std::size_t end) {
    return has_entity(octets_.substr(begin, end - begin)) || tags_.has_tag(begin, end);
  }
  void clean(std::size_t begin, std::size_t end) {
    out_.clear();
    bool has_entity = false, is_ended = false;  // the last line told of these octets, by a tag
    for (std::size_t at = begin; at < end;) {
      std::size_t length = 1;
      std::uint32_t c = static_cast<unsigned char>(octets_[at]);
      if (c == '<') {
        if (const auto tag = tags_.tag_at(at, end); tag.length != 0) {
          is_ended |= take_out(tag, at, begin, end);
          at += tag.length;
          continue;
        }
      } else if (c == '&') {
        if (const auto after = decode_entity(octets_.substr(0, end), at, c)) {
          length = after - at;
          has_entity = true;
        }
      } else if (c >= 0x80) {
        const auto decoded = from_ == charset::utf_8 ? decode_utf8(octets_.substr(at, end - at))
                                                     : character{character_of(static_cast<unsigned char>(c), from_), 1};
        c = decoded.code;
        length = decoded.length;
      }
      put(c, at, length, begin, end);
      at += length;
    }
    if (has_entity) report_(code::text_entity, "HTML entities decoded", begin, end);
    if (!is_ended || !trim(out_).empty()) flush(begin, end);
  }

private:
  // Takes a tag out, and does what it stands for; true when that ended a line. The line's own end is none beside one of these.
  bool take_out(const html_tag& tag, std::size_t at, std::size_t begin, std::size_t end) {
    report_(code::text_markup, octets_.substr(at, std::min<std::size_t>(tag.length, 60)), at, at + tag.length);
    const bool has_text = !trim(out_).empty();
    const bool ends_text = tag.kind != tag_kind::inside && (has_text || tag.kind == tag_kind::line_end);
    if (ends_text) flush(begin, end);
    if (tag.kind == tag_kind::paragraph) flush(begin, end);  // a blank line
    return ends_text || tag.kind == tag_kind::paragraph;
  }
  void put(std::uint32_t c, std::size_t at, std::size_t length, std::size_t begin, std::size_t end) {
    if (c == '\n' || c == '\r') {
      flush(begin, end);
    } else if (c == '\f') {
      out_ += ' ';  // a page of the printer; white space
    } else if (is_xml_character(c)) {
      append_utf8(out_, c);
    } else {
      report_(code::text_control, "control character taken out", at, at + length);
    }
  }
  void flush(std::size_t begin, std::size_t end) {
    const auto text = memory_.copy(trim_right(out_));
    const bool gap = text.find("   ") != npos || text.find('\t') != npos, zeros = text.find("000") != npos;
    table_.lines.push_back({text, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                            traits_of(text) | (gap ? has_wide_gap : 0u) | (zeros ? has_zeros : 0u)});
    out_.clear();
  }

  std::string_view octets_;
  charset from_;
  arena& memory_;
  reporter& report_;
  line_table& table_;
  tag_finder tags_;
  std::string out_;
};

bool is_plain_ascii(std::string_view text) noexcept {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

// -- Traits -----------------------------------------------------------------------------------------------------------

constexpr std::string_view digits = "0123456789", capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", any = {};

// A trait that a line may have only if its first and second character, the one before its last, and its last are among these;
// empty: any. '$' stands for the second character of a line that has none, and for the one before its last.
struct trait_row {
  std::uint32_t trait;
  std::string_view first, second, before, last;
};
constexpr trait_row trait_rows[] = {
    {may_be_transmission_id, "VvZz", "ZzCc", any, any},
    {may_be_routing, "ZOPRYW", capitals, capitals, capitals},
    {may_be_calling, "Dd", "Ee", any, any},
    {may_be_message_end, "N", "N", any, any},
    {may_be_notice, "Tt", "Hh", any, any},
    {may_be_print_remains, ">NnIiMmTtWwFfSs", "$UuDdOoHhEeRrAa", any, "0123456789>Ll"},
    {may_be_date_time, "ZOPRYW0123456789", " \tO0123456789", any, any},
    {may_be_level, "TSCRLUtscrlu", " \tOoEeIiNn", any, any},
    {may_be_archive_heading, "M", "e", any, any},
    {may_be_quotation_mark, "BbEe", "EeNn", any, any},
    {1u << 10, "Pp", "Aa", any, any},
    {1u << 11, any, any, digits, digits},
    {may_be_paragraph, "0123456789[\xC2", any, any, any},
    {1u << 13, "-*(1[\xC2\xE2", any, any, any},
    {1u << 14, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", ".)", any, any},
    {1u << 15, "IVXivx0123456789", "IVXivx0123456789", any, any},
    {may_be_portion, "(", any, any, any},
    {may_be_rule, "-*=_#>@", any, any, any},
    {may_end_in_results, any, any, "Tt", "Ss"},
    {1u << 22, "T", "E", any, digits},
    {may_be_review, "D", "e", any, any},
    {ends_in_digit, any, any, any, digits},
    {ends_in_digits, any, any, digits, digits},
    {ends_in_capitals, any, any, capitals, capitals},
    {may_end_in_notice, any, any, "Ee", "."},
    {may_be_mark, "\xEF\x1E", any, any, any},
};
static_assert((may_be_page | may_be_list) == (63u << 10 & ~may_be_paragraph));

struct trait_columns {
  std::uint32_t first = 0, second = 0, before = 0, last = 0;
};
using trait_table = std::array<trait_columns, 256>;
constexpr void enter(trait_table& table, std::uint32_t trait_columns::*column, std::uint32_t trait, std::string_view characters) {
  for (const char c : characters) table[static_cast<unsigned char>(c)].*column |= trait;
  if (characters.empty())
    for (auto& columns : table) columns.*column |= trait;
}
constexpr trait_table make_trait_table() {
  trait_table t;
  for (const auto& row : trait_rows) {
    enter(t, &trait_columns::first, row.trait, row.first);
    enter(t, &trait_columns::second, row.trait, row.second);
    enter(t, &trait_columns::before, row.trait, row.before);
    enter(t, &trait_columns::last, row.trait, row.last);
  }
  return t;
}
constexpr trait_table table_of_traits = make_trait_table();
constexpr std::uint32_t traits_of_ends =
    (has_wide_gap - 1) | is_indented | may_be_mark | ends_in_digits;  // the traits that traits_of gives

// Of a text that begins with a letter, not with a blank, and has `size` > 1 of them.
inline std::uint32_t traits_of_letters(const char* text, std::size_t size) noexcept {
  const auto columns = [&](std::size_t i) -> const trait_columns& {
    return table_of_traits[static_cast<unsigned char>(text[i])];
  };
  return columns(0).first & columns(1).second & columns(size - 2).before & columns(size - 1).last;
}

// -- Scanning ---------------------------------------------------------------------------------------------------------

constexpr std::size_t block_size = 64;

// Which of 64 octets are what: one bit each.
struct octet_masks {
  std::uint64_t newline = 0;
  std::uint64_t runs = 0;  // the third and later ones of blanks and zeros in a row
  bool is_high = false;    // there are octets from 0x80 on
  bool is_odd = false;     // there are controls other than newlines, or what HTML begins with
};

// `runs_before`: blanks and zeros of the block before, and those of this one afterwards.
inline octet_masks masks_of(const char* octets, std::uint64_t& runs_before) noexcept {
  octet_masks m;
  std::uint64_t wide = 0;  // blanks and zeros
#if defined(__SSE2__)
  __m128i high = _mm_setzero_si128(), odd = _mm_setzero_si128();
  for (unsigned i = 0; i < block_size; i += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(octets + i));
    const auto is = [](__m128i octet, char c) { return _mm_cmpeq_epi8(octet, _mm_set1_epi8(c)); };
    const auto mask = [&](__m128i chosen) { return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(chosen))} << i; };
    const __m128i newline = is(v, '\n');
    // 0x20 to 0x7E become the least numbers with a sign; what is above them is no text, or high.
    const __m128i outside = _mm_cmpgt_epi8(_mm_add_epi8(v, _mm_set1_epi8(0x60)), _mm_set1_epi8(static_cast<char>(0x7E + 0x60)));
    high = _mm_or_si128(high, v);
    // Only the highest bits count.
    const __m128i html = _mm_or_si128(is(v, '&'), is(v, '<'));
    odd = _mm_or_si128(odd, _mm_andnot_si128(v, _mm_or_si128(_mm_andnot_si128(newline, outside), html)));
    m.newline |= mask(newline);
    wide |= mask(is(_mm_and_si128(v, _mm_set1_epi8(static_cast<char>(0xEF))), ' '));  // a zero is a blank with another bit
  }
  m.is_high = _mm_movemask_epi8(high) != 0;
  m.is_odd = _mm_movemask_epi8(odd) != 0;
#else
  for (unsigned i = 0; i < block_size; ++i) {
    const auto c = static_cast<unsigned char>(octets[i]);
    m.newline |= std::uint64_t{c == '\n'} << i;
    wide |= std::uint64_t{c == ' ' || c == '0'} << i;
    m.is_high |= c >= 0x80;
    m.is_odd |= (c < 0x20 && c != '\n') || c == 0x7F || c == '&' || c == '<';
  }
#endif
  m.runs = wide & (wide << 1 | runs_before >> 63) & (wide << 2 | runs_before >> 62);
  runs_before = wide;
  return m;
}

// Which of 64 octets are 0x80 and above.
inline std::uint64_t high_octets(const char* octets) noexcept {
  std::uint64_t high = 0;
#if defined(__SSE2__)
  for (unsigned i = 0; i < block_size; i += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(octets + i));
    high |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(v))} << i;
  }
#else
  for (unsigned i = 0; i < block_size; ++i) high |= std::uint64_t{static_cast<unsigned char>(octets[i]) >= 0x80} << i;
#endif
  return high;
}

// Of a block with odd octets.
struct strange_masks {
  std::uint64_t low = 0;    // below 0x20
  std::uint64_t html = 0;   // ampersands, and what tags begin with
  bool has_delete = false;  // 0x7F
};
inline strange_masks strange_masks_of(const char* octets) noexcept {
  strange_masks m;
#if defined(__SSE2__)
  __m128i deleted = _mm_setzero_si128();
  for (unsigned i = 0; i < block_size; i += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(octets + i));
    const auto is = [](__m128i octet, char c) { return _mm_cmpeq_epi8(octet, _mm_set1_epi8(c)); };
    const auto mask = [&](__m128i chosen) { return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(chosen))} << i; };
    m.low |= mask(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v));
    m.html |= mask(_mm_or_si128(is(v, '&'), is(v, '<')));
    deleted = _mm_or_si128(deleted, is(v, 0x7F));
  }
  m.has_delete = _mm_movemask_epi8(deleted) != 0;
#else
  for (unsigned i = 0; i < block_size; ++i) {
    const auto c = static_cast<unsigned char>(octets[i]);
    m.low |= std::uint64_t{c < 0x20} << i;
    m.html |= std::uint64_t{c == '&' || c == '<'} << i;
    m.has_delete |= c == 0x7F;
  }
#endif
  return m;
}

}  // namespace

std::uint32_t traits_of(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size() && is_blank_char(text[at])) ++at;
  if (at == text.size()) return 0;
  const std::uint32_t indented = at > 0 ? is_indented : 0u;
  if (text.size() - at > 1) return traits_of_letters(text.data() + at, text.size() - at) | indented;
  const auto& only = table_of_traits[static_cast<unsigned char>(text[at])];
  return (only.first & table_of_traits['$'].second & table_of_traits['$'].before & only.last) | indented;
}

void line::set_text(std::string_view part) noexcept {
  text = part;
  traits = (traits & ~traits_of_ends) | traits_of(text);
}

void line_scanner::reset() noexcept {
  lines_.clear();
  at_ = begin_ = 0;
  traits_ = 0;
  wide_ = 0;
  has_controls_ = false;
}

// Ends the line at `end`; the next one begins `skipped` octets behind it.
inline void line_scanner::finish_line(const char* octets, std::size_t end, std::size_t skipped) {
  const char* text = octets + begin_;
  std::size_t size = end - begin_;
  std::uint32_t traits = 0;
  const auto is_letter_at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]) > ' '; };
  if (size > 1 && is_letter_at(0) && is_letter_at(size - 1)) {  // nearly always
    traits = traits_ | traits_of_letters(text, size);
  } else if (size > 0) {
    size = trim_right({text, size}).size();
    traits = traits_ | traits_of({text, size});
  }
  lines_.push_back(
      {static_cast<std::uint32_t>(begin_), static_cast<std::uint32_t>(end), static_cast<std::uint32_t>(begin_ + size), traits});
  begin_ = end + skipped;
  traits_ = 0;
}

// The next octets, which stand at `at_` in the document and, with letters behind the last of them up to a whole block, at `here`.
inline void line_scanner::block(const char* octets, const char* here) {
  const octet_masks m = masks_of(here, wide_);
  if (m.is_odd || (at_ > 0 && octets[at_ - 1] == '\r')) return strange_block(octets, here, m.runs);
  if (m.is_high || m.runs != 0) return marked_block(octets, here, m.newline, m.runs);
  // Nearly always: text and newlines.
  for (std::uint64_t newline = m.newline; newline != 0; newline &= newline - 1)
    finish_line(octets, at_ + static_cast<unsigned>(std::countr_zero(newline)), 1);
}

bool line_scanner::scan(std::string_view octets, bool at_end) {
  constexpr std::size_t blocks = 16;  // little, so that the telegram behind this one is not looked at twice
  const std::size_t before = at_;
  for (std::size_t i = 0; i < blocks && octets.size() - at_ >= block_size; ++i, at_ += block_size)
    block(octets.data(), octets.data() + at_);
  if (at_end && octets.size() - at_ < block_size) {
    if (at_ < octets.size()) {
      char padded[block_size];
      std::memset(padded, 'x', sizeof padded);
      std::memcpy(padded, octets.data() + at_, octets.size() - at_);
      block(octets.data(), padded);
      at_ = octets.size();
    }
    if (begin_ < octets.size()) {
      finish_line(octets.data(), octets.size(), 0);
    }
  }
  return at_ > before;
}

// The same of octets among which there are runs of blanks or zeros, or high ones.
void line_scanner::marked_block(const char* octets, const char* here, std::uint64_t newlines, std::uint64_t runs) {
  const std::uint64_t high = high_octets(here);
  std::uint64_t left = ~std::uint64_t{0};  // octets of the line that is not finished
  const auto note_marks = [&](std::uint64_t of_line) {
    if ((high & of_line) != 0) traits_ |= has_high_octet;
    if ((runs & of_line) != 0) traits_ |= run_traits(octets, runs & of_line);
  };
  for (std::uint64_t newline = newlines; newline != 0; newline &= newline - 1) {
    const auto bit = static_cast<unsigned>(std::countr_zero(newline));
    const std::uint64_t behind = ~std::uint64_t{0} << bit;
    note_marks(left & ~behind);
    left = behind;
    finish_line(octets, at_ + bit, 1);
  }
  note_marks(left);
}

// What the runs are that end at these places of the block: of blanks, of zeros, or of both mixed, which count as neither.
std::uint32_t line_scanner::run_traits(const char* octets, std::uint64_t runs) const noexcept {
  std::uint32_t traits = 0;
  for (; runs != 0; runs &= runs - 1) {
    const char* last = octets + at_ + std::countr_zero(runs);
    if (last[0] == last[-1] && last[0] == last[-2]) traits |= last[0] == ' ' ? has_wide_gap : has_zeros;
  }
  return traits;
}

// The same of octets among which there are others.
void line_scanner::strange_block(const char* octets, const char* here, std::uint64_t runs) {
  const strange_masks m = strange_masks_of(here);
  const std::uint64_t high = high_octets(here);
  has_controls_ |= m.has_delete;
  // Of the line that is not finished, by its octets of this block.
  const auto range_traits = [&](std::uint64_t octets_of_line) {
    return run_traits(octets, runs & octets_of_line) | (high & octets_of_line ? has_high_octet : 0u) |
           (m.html & octets_of_line ? has_special_octet : 0u);
  };
  std::uint64_t left = ~std::uint64_t{0};
  for (std::uint64_t low = m.low; low != 0; low &= low - 1) {
    const auto bit = static_cast<unsigned>(std::countr_zero(low));
    const std::size_t place = at_ + bit;
    const char c = here[bit];
    if (c == '\n' || c == '\r') {
      const std::uint64_t behind = ~std::uint64_t{0} << bit;
      traits_ |= range_traits(left & ~behind);
      left = behind << 1;
      if (c == '\r' || place != begin_ || place == 0 || octets[place - 1] != '\r') finish_line(octets, place, 1);
      begin_ = place + 1;
      traits_ = 0;
    } else if (c == '\t') {
      traits_ |= has_wide_gap;
    } else {
      traits_ |= has_special_octet;
      has_controls_ |= c != '\f';
    }
  }
  traits_ |= range_traits(left);
}

std::string_view binary_name(std::string_view octets) noexcept {
  struct signature {
    std::string_view octets, name;
  };
  static constexpr std::array<signature, 9> signatures{{{"PK\x03\x04", "a ZIP archive"},
                                                        {"PK\x05\x06", "a ZIP archive"},
                                                        {"%PDF-", "a PDF"},
                                                        {"\x89PNG", "an image"},
                                                        {"\xFF\xD8\xFF", "an image"},
                                                        {"GIF8", "an image"},
                                                        {"\x7F"
                                                         "ELF",
                                                         "a program"},
                                                        {"\x1F\x8B", "a compressed file"},
                                                        {"BZh", "a compressed file"}}};
  for (const auto& s : signatures)
    if (octets.substr(0, s.octets.size()) == s.octets) return s.name;
  return {};
}

bool is_utf16(std::string_view octets) noexcept {
  if (octets.size() < 4) return false;
  const auto mark = octets.substr(0, 2);
  return (mark == "\xFF\xFE" && octets[3] == '\0') || (mark == "\xFE\xFF" && octets[2] == '\0');
}

unsigned control_percent(std::string_view octets) noexcept {
  const auto is_control = [](char octet) {
    const auto c = static_cast<unsigned char>(octet);
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1E) || c == 0x7F;
  };
  std::size_t controls = 0, at = 0;
#if defined(__SSE2__)
  for (; at + 16 <= octets.size(); at += 16) {  // nearly all of them hold none, and no more than a line end
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(octets.data() + at));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
    const __m128i odd = _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), low);
    if (_mm_movemask_epi8(_mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7F)))) != 0)
      controls += static_cast<std::size_t>(std::count_if(octets.begin() + at, octets.begin() + at + 16, is_control));
  }
#endif
  controls += static_cast<std::size_t>(std::count_if(octets.begin() + at, octets.end(), is_control));
  return octets.empty() ? 0 : static_cast<unsigned>(controls * 100 / octets.size());
}

void read_lines(std::string_view octets, const line_scanner& scanner, std::optional<charset> stated, arena& memory,
                reporter& report, line_table& table) {
  const auto& all = scanner.lines();
  const auto behind = std::partition_point(all.begin(), all.end(), [&](const found_line& l) { return l.begin < octets.size(); });
  const std::span<const found_line> found(all.data(), static_cast<std::size_t>(behind - all.begin()));
  const auto raw_of = [&](const found_line& l) {
    return octets.substr(l.begin, std::min<std::size_t>(l.end, octets.size()) - l.begin);
  };
  // Of the lines that have other octets than ASCII. Collected without a branch: which ones they are is no pattern.
  auto& high = table.high;
  high.resize(found.size() + 1);
  std::size_t count = 0;
  std::uint32_t any_traits = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    high[count] = static_cast<std::uint32_t>(i);
    count += found[i].may_be(has_high_octet);
    any_traits |= found[i].traits;
  }
  const auto each_high = [&](auto&& holds) {
    return std::all_of(high.begin(), high.begin() + static_cast<std::ptrdiff_t>(count),
                       [&](std::uint32_t i) { return holds(raw_of(found[i])); });
  };
  // Nearly always all of it is text of UTF-8 without a character that XML does not allow.
  const bool is_clean_unicode = each_high([](std::string_view raw) { return find_bad_text(raw) == npos; });
  const bool is_unicode = is_clean_unicode || each_high(is_utf8);
  if (stated == charset::utf_8 && !is_unicode)
    throw unusable(name_of(code::not_text), "the octets are not UTF-8, as telegram.charset says");
  const charset from = stated ? *stated : is_unicode ? charset::utf_8 : charset::windows_1252;
  table.charset = from == charset::utf_8 ? "utf-8" : from == charset::windows_1252 ? "windows-1252" : "iso-8859-1";
  if (!stated && !is_unicode) report(code::text_charset, "not UTF-8; read as windows-1252", 0, octets.size());

  line_cleaner cleaner(octets, from, memory, report, table);
  const auto is_clean = [&](const found_line& l, std::string_view raw) {
    if (!l.may_be(has_high_octet | has_special_octet)) return true;
    if (!l.may_be(has_special_octet) && is_clean_unicode && from == charset::utf_8) return true;
    return (from == charset::utf_8 ? find_bad_text(raw) == npos : is_plain_ascii(raw)) &&
           !(l.may_be(has_special_octet) && cleaner.has_html(l.begin, l.begin + raw.size()));
  };
  // What may have to be taken out or decoded; a byte order mark stands in front of its line.
  const std::uint32_t dirt =
      is_clean_unicode && from == charset::utf_8 ? has_special_octet | may_be_mark : has_special_octet | has_high_octet;
  const auto is_as_found = [&](const found_line& l) { return !l.may_be(dirt) && l.end <= octets.size(); };
  const auto line_of = [&](const found_line& l) {
    return line{{octets.data() + l.begin, std::size_t{l.text_end} - l.begin}, l.begin, l.end, l.traits};
  };
  if ((any_traits & dirt) == 0 && (found.empty() || is_as_found(found.back()))) {
    table.lines.resize(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) table.lines[i] = line_of(found[i]);
    return;
  }
  table.lines.clear();
  table.lines.reserve(found.size());
  for (const auto& l : found) {
    if (is_as_found(l)) {  // nearly all of them
      table.lines.push_back(line_of(l));
      continue;
    }
    auto raw = raw_of(l);
    std::uint32_t begin = l.begin;
    const auto end = static_cast<std::uint32_t>(begin + raw.size());
    auto text = octets.substr(begin, l.text_end - begin);
    auto traits = l.traits;
    const bool has_mark = l.may_be(has_high_octet) && raw.substr(0, 3) == "\xEF\xBB\xBF";  // also where files were put together
    if (has_mark) {
      raw.remove_prefix(3);
      begin += 3;
    }
    if (raw == separator_line) raw = text = raw.substr(1);
    if (has_mark || l.end > octets.size()) {  // not as the scanner saw it
      text = trim_right(raw);
      traits = (traits & ~traits_of_ends) | traits_of(text);
    }
    if (is_clean(l, raw)) table.lines.push_back({text, begin, end, traits});
    else cleaner.clean(begin, end);
  }
}

}  // namespace dragoman::telegram
