#include "xml_writer.hpp"

#include "names.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dragoman::tei {
namespace {

constexpr std::array<bool, 256> make_specials(std::string_view characters) {
  std::array<bool, 256> t{};
  for (const char c : characters) t[static_cast<unsigned char>(c)] = true;
  return t;
}

constexpr std::size_t longest_reference = 6;  // octets

std::string_view reference_of(char c) noexcept {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\r': return "&#13;";
    case '\t': return "&#9;";
    default: return "&#10;";
  }
}

// Which octets of a word may need a reference (some that stand behind one that does are told, too): text, and values. Both
// say none of a word that has none.
constexpr std::uint64_t ones = 0x0101010101010101ull, high = 0x8080808080808080ull;
constexpr std::uint64_t equal(std::uint64_t word, char c) noexcept {
  const std::uint64_t x = word ^ (ones * static_cast<unsigned char>(c));
  return (x - ones) & ~x;
}
struct text_stops {
  static constexpr auto specials = make_specials("&<>\r");
  static constexpr std::uint64_t of(std::uint64_t word) noexcept {
    return (equal(word | ones * 2, '>') | equal(word, '&') | equal(word, '\r')) & high;  // '<' and '>' differ by that bit
  }
#if defined(__SSE2__)
  static unsigned of(__m128i octets) noexcept {
    const auto is = [&](__m128i v, char c) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(c)); };
    const __m128i tags = is(_mm_or_si128(octets, _mm_set1_epi8(2)), '>');
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(tags, _mm_or_si128(is(octets, '&'), is(octets, '\r')))));
  }
#endif
};
struct value_stops {
  static constexpr auto specials = make_specials("&<>\"\r\t\n");
  static constexpr std::uint64_t of(std::uint64_t word) noexcept {
    const std::uint64_t controls = (word - ones * 0x20) & ~word;
    return (equal(word | ones * 2, '>') | equal(word, '&') | equal(word, '"') | controls) & high;
  }
#if defined(__SSE2__)
  static unsigned of(__m128i octets) noexcept {
    const auto is = [&](__m128i v, char c) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(c)); };
    const __m128i tags = is(_mm_or_si128(octets, _mm_set1_epi8(2)), '>'), quotes = _mm_or_si128(is(octets, '&'), is(octets, '"'));
    const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(octets, _mm_set1_epi8(0x1F)), octets);
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(tags, quotes), controls)));
  }
#endif
};

template <class Word>
std::uint64_t word_at(const char* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// A short string in registers: its octets with those in the middle twice, so that no octet beside it is read. `size` is at
// most 16. What is not filled holds a blank.
struct short_octets {
  std::uint64_t front = ones * 0x20, back = ones * 0x20;
  short_octets(const char* from, std::size_t size) noexcept {
    if (size >= 8) {
      front = word_at<std::uint64_t>(from);
      back = word_at<std::uint64_t>(from + size - 8);
    } else if (size >= 4) {
      front = word_at<std::uint32_t>(from) | word_at<std::uint32_t>(from + size - 4) << 32;
    } else if (size != 0) {
      front = (front & ~std::uint64_t{0xFFFFFF}) | word_at<std::uint8_t>(from) | word_at<std::uint8_t>(from + size / 2) << 8 |
              word_at<std::uint8_t>(from + size - 1) << 16;
    }
  }
  void store(char* to, std::size_t size) const noexcept {
    if (size >= 8) {
      std::memcpy(to, &front, 8);
      std::memcpy(to + size - 8, &back, 8);
    } else if (size >= 4) {
      const auto first = static_cast<std::uint32_t>(front), last = static_cast<std::uint32_t>(front >> 32);
      std::memcpy(to, &first, 4);
      std::memcpy(to + size - 4, &last, 4);
    } else if (size != 0) {
      to[0] = static_cast<char>(front);
      to[size / 2] = static_cast<char>(front >> 8);
      to[size - 1] = static_cast<char>(front >> 16);
    }
  }
  bool has(char c) const noexcept { return ((equal(front, c) | equal(back, c)) & high) != 0; }
};

// Copies text with references for its specials, sixteen octets a step: each is stored whole, and counts up to the first stop.
// `to` has room for a reference for every octet, and for sixteen more.
template <class Stops>
char* write_escaped(char* to, std::string_view text) noexcept {
  const char* from = text.data();
  const char* const end = from + text.size();
  while (from != end) {
#if defined(__SSE2__)
    if (end - from >= 16) {
      const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), octets);
      const unsigned stops = Stops::of(octets);
      const auto plain = stops == 0 ? 16 : std::countr_zero(stops);
      from += plain;
      to += plain;
      if (stops == 0 && end - from < 16) {
        // The last sixteen once more: of those before, which are written as they are, the same is written again.
        const auto left = end - from;
        const __m128i last = _mm_loadu_si128(reinterpret_cast<const __m128i*>(end - 16));
        if (Stops::of(last) >> (16 - left) == 0) {
          _mm_storeu_si128(reinterpret_cast<__m128i*>(to + left - 16), last);
          return to + left;
        }
      }
      if (stops == 0) continue;
    } else
#endif
        if (const auto left = static_cast<std::size_t>(end - from); left <= 16) {
      const short_octets last(from, left);
      if ((Stops::of(last.front) | Stops::of(last.back)) == 0) {
        last.store(to, left);
        return to + left;
      }
    }
    const char c = *from++;
    if (!Stops::specials[static_cast<unsigned char>(c)]) {
      *to++ = c;
      continue;
    }
    const auto reference = reference_of(c);
    std::memcpy(to, reference.data(), reference.size());
    to += reference.size();
  }
  return to;
}

// Copies a name; tells whether it has a colon. `to` has room for it.
bool write_name(char* to, std::string_view name) noexcept {
  if (name.size() <= 16) {
    const short_octets octets(name.data(), name.size());
    octets.store(to, name.size());
    return octets.has(':');
  }
  std::memcpy(to, name.data(), name.size());
  return name.find(':') != npos;
}

// Text is escaped a piece at a time, so that room for the worst of it stays small.
constexpr std::size_t most_at_once = std::size_t{1} << 13;

}  // namespace

xml_writer& xml_writer::text(std::string_view s) {
  while (!s.empty()) {
    const auto now = s.substr(0, most_at_once);
    char* const to = room(now.size() * longest_reference + 16);
    size_ += static_cast<std::size_t>(write_escaped<text_stops>(to, now) - to);
    s.remove_prefix(now.size());
  }
  return passed();
}

xml_writer& xml_writer::value(std::string_view s) {
  while (!s.empty()) {
    const auto now = s.substr(0, most_at_once);
    char* const to = room(now.size() * longest_reference + 16);
    size_ += static_cast<std::size_t>(write_escaped<value_stops>(to, now) - to);
    s.remove_prefix(now.size());
  }
  return passed();
}

void xml_writer::grow(std::size_t more) {
  const std::size_t capacity = std::max({2 * capacity_, size_ + more, std::size_t{512}});
  std::unique_ptr<char[]> larger(new char[capacity]);
  if (size_ != 0) std::memcpy(larger.get(), text_.get(), size_);
  text_ = std::move(larger);
  capacity_ = capacity;
}

xml_writer& xml_writer::attribute(std::string_view name, std::string_view s) {
  if (s.size() > most_at_once) return raw(" ").raw(name).raw("=\"").value(s).raw("\"");
  char* to = room(name.size() + s.size() * longest_reference + 32);
  *to++ = ' ';
  write_name(to, name);
  to += name.size();
  *to++ = '=';
  *to++ = '"';
  to = write_escaped<value_stops>(to, s);
  *to++ = '"';
  size_ = static_cast<std::size_t>(to - text_.get());
  return passed();
}

void xml_writer::write_attributes(node element, std::size_t count, name_check* names) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto a = element.attribute_at(i);
    const auto instead = filter_ != nullptr ? (*filter_)(a.name, a.value) : std::nullopt;
    attribute(a.name, instead ? std::string_view(*instead) : a.value);
    if (names != nullptr) names->attribute(a);
  }
}

xml_writer& xml_writer::begin(node element) {
  raw("<").raw(element.name());
  write_attributes(element, element.attribute_count(), nullptr);
  return *this;
}

xml_writer& xml_writer::comment(std::string_view s) {
  lost_markup_text_ |= s.find('\r') != npos;
  return raw("<!--").raw(s).raw("-->");
}

xml_writer& xml_writer::instruction(std::string_view target, std::string_view data) {
  lost_markup_text_ |= data.find('\r') != npos || (!data.empty() && is_space(data.front()));
  return raw("<?").raw(target).raw(data.empty() ? "" : " ").raw(data).raw("?>");
}

// Iterative: as deep as the node is.
xml_writer& xml_writer::copy(node top, name_check* names) {
  const std::size_t outside = open_.size();
  for (node at = top; at;) {
    switch (at.type()) {
      case node_type::text: text(at.text()); break;
      case node_type::comment: comment(at.text()); break;
      case node_type::pi:
        if (names != nullptr) names->instruction(at.name());
        instruction(at.name(), at.text());
        break;
      case node_type::element: {
        const std::string_view name = at.name();
        char* const to = room(name.size() + 1);
        *to = '<';
        const bool has_colon = write_name(to + 1, name);
        size_ += name.size() + 1;
        if (const std::size_t count = at.attribute_count(); count != 0) write_attributes(at, count, names);
        if (names != nullptr) names->element(name, has_colon, open_.size());
        const node child = at.first_child();
        char* const end = room(2);
        std::memcpy(end, child ? "> " : "/>", 2);
        size_ += child ? 1 : 2;
        if (child) {
          open_.push_back({at, name});
          at = child;
          continue;
        }
        break;
      }
      case node_type::slot:
        if (at_slot_ != nullptr) (*at_slot_)(at);
        break;
      default: break;
    }
    node following = at == top ? node() : at.next();
    while (!following && open_.size() > outside) {
      const open_element parent = open_.back();
      open_.pop_back();
      char* const to = room(parent.name.size() + 3);
      to[0] = '<';
      to[1] = '/';
      write_name(to + 2, parent.name);
      to[parent.name.size() + 2] = '>';
      size_ += parent.name.size() + 3;
      following = parent.element == top ? node() : parent.element.next();
    }
    at = following;
  }
  return passed();
}

}  // namespace dragoman::tei
