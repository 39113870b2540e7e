#include "xml_writer.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace dragoman::tei {
namespace {

constexpr std::array<bool, 256> make_specials(std::string_view characters) {
  std::array<bool, 256> t{};
  for (const char c : characters) t[static_cast<unsigned char>(c)] = true;
  return t;
}
constexpr auto text_specials = make_specials("&<>\r");
constexpr auto value_specials = make_specials("&<>\"\r\t\n");

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

// Which octets of a word may need a reference (some that stand behind one that does are told, too): text, and values.
constexpr std::uint64_t ones = 0x0101010101010101ull, high = 0x8080808080808080ull;
constexpr std::uint64_t equal(std::uint64_t word, char c) noexcept {
  const std::uint64_t x = word ^ (ones * static_cast<unsigned char>(c));
  return (x - ones) & ~x;
}
constexpr std::uint64_t text_stops(std::uint64_t word) noexcept {
  return (equal(word | ones * 2, '>') | equal(word, '&') | equal(word, '\r')) & high;  // '<' and '>' differ by that bit
}
constexpr std::uint64_t value_stops(std::uint64_t word) noexcept {
  const std::uint64_t controls = (word - ones * 0x20) & ~word;
  return (equal(word | ones * 2, '>') | equal(word, '&') | equal(word, '"') | controls) & high;
}

// Copies text with references for its specials, eight octets a step: each is stored whole, and counts up to the first stop.
// `to` has room for a reference for every octet.
template <class Stops>
char* write_escaped(char* to, std::string_view text, const std::array<bool, 256>& specials, Stops stops_of) noexcept {
  const char* from = text.data();
  const char* const end = from + text.size();
  while (from != end) {
    if constexpr (std::endian::native == std::endian::little) {
      while (end - from >= 8) {
        std::uint64_t word;
        std::memcpy(&word, from, 8);
        std::memcpy(to, &word, 8);
        const std::uint64_t stops = stops_of(word);
        const auto plain = stops == 0 ? 8 : std::countr_zero(stops) / 8;
        from += plain;
        to += plain;
        if (stops != 0) break;
      }
    }
    if (from == end) break;
    const char c = *from++;
    if (!specials[static_cast<unsigned char>(c)]) {
      *to++ = c;
      continue;
    }
    const auto reference = reference_of(c);
    std::memcpy(to, reference.data(), reference.size());
    to += reference.size();
  }
  return to;
}

// Text is escaped a piece at a time, so that room for the worst of it stays small.
constexpr std::size_t most_at_once = std::size_t{1} << 13;

}  // namespace

xml_writer& xml_writer::text(std::string_view s) {
  while (!s.empty()) {
    const auto now = s.substr(0, most_at_once);
    char* const to = room(now.size() * longest_reference + 8);
    size_ += static_cast<std::size_t>(write_escaped(to, now, text_specials, text_stops) - to);
    s.remove_prefix(now.size());
  }
  return passed();
}

xml_writer& xml_writer::value(std::string_view s) {
  while (!s.empty()) {
    const auto now = s.substr(0, most_at_once);
    char* const to = room(now.size() * longest_reference + 8);
    size_ += static_cast<std::size_t>(write_escaped(to, now, value_specials, value_stops) - to);
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
  char* to = room(name.size() + s.size() * longest_reference + 16);
  *to++ = ' ';
  std::memcpy(to, name.data(), name.size());
  to += name.size();
  *to++ = '=';
  *to++ = '"';
  to = write_escaped(to, s, value_specials, value_stops);
  *to++ = '"';
  size_ = static_cast<std::size_t>(to - text_.get());
  return passed();
}

// A tag without its end.
void xml_writer::open_tag(std::string_view begin, std::string_view name) {
  char* to = room(begin.size() + name.size() + 1);
  std::memcpy(to, begin.data(), begin.size());
  std::memcpy(to + begin.size(), name.data(), name.size());
  size_ += begin.size() + name.size();
}

xml_writer& xml_writer::begin(node element) {
  open_tag("<", element.name());
  for (std::size_t i = 0, n = element.attribute_count(); i < n; ++i) {
    const auto a = element.attribute_at(i);
    const auto instead = filter_ != nullptr ? (*filter_)(a.name, a.value) : std::nullopt;
    attribute(a.name, instead ? std::string_view(*instead) : a.value);
  }
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
xml_writer& xml_writer::copy(node top) {
  const std::size_t outside = open_.size();
  for (node at = top; at;) {
    switch (at.type()) {
      case node_type::text: text(at.text()); break;
      case node_type::comment: comment(at.text()); break;
      case node_type::pi: instruction(at.name(), at.text()); break;
      case node_type::element: {
        begin(at);
        if (const node child = at.first_child()) {
          raw(">");
          open_.push_back(at);
          at = child;
          continue;
        }
        raw("/>");
        break;
      }
      default: break;
    }
    node following = at == top ? node() : at.next();
    while (!following && open_.size() > outside) {
      const node parent = open_.back();
      open_.pop_back();
      open_tag("</", parent.name());
      raw(">");
      following = parent == top ? node() : parent.next();
    }
    at = following;
  }
  return *this;
}

}  // namespace dragoman::tei
