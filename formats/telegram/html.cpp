#include "html.hpp"

#include <dragoman/charset.hpp>

#include <charconv>
#include <string>

#include "ascii.hpp"

namespace dragoman::telegram {
namespace {

struct named_entity {
  std::string_view name;
  std::uint32_t character;
};
constexpr std::array<named_entity, 22> named_entities{{
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},       {"quot", '"'},      {"apos", '\''},    {"nbsp", 0xA0},
    {"para", 0xB6},    {"sect", 0xA7},    {"copy", 0xA9},    {"ndash", 0x2013},  {"mdash", 0x2014}, {"lsquo", 0x2018},
    {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D}, {"hellip", 0x2026}, {"bull", 0x2022},  {"eacute", 0xE9},
    {"aacute", 0xE1},  {"oacute", 0xF3},  {"ntilde", 0xF1},  {"uuml", 0xFC},
}};

struct element {
  std::string_view name;
  tag_kind kind;
};
constexpr std::array<element, 16> elements{{{"a", tag_kind::inside},
                                            {"b", tag_kind::inside},
                                            {"br", tag_kind::line_end},
                                            {"code", tag_kind::inside},
                                            {"div", tag_kind::block},
                                            {"em", tag_kind::inside},
                                            {"font", tag_kind::inside},
                                            {"hr", tag_kind::block},
                                            {"i", tag_kind::inside},
                                            {"p", tag_kind::paragraph},
                                            {"pre", tag_kind::block},
                                            {"small", tag_kind::inside},
                                            {"span", tag_kind::inside},
                                            {"strong", tag_kind::inside},
                                            {"tt", tag_kind::inside},
                                            {"u", tag_kind::inside}}};

std::size_t index_of(std::string_view name) noexcept {
  std::size_t i = 0;
  while (i < elements.size() && elements[i].name != name) ++i;
  return i;
}

// The length of ` name="value"` at the beginning of a text; 0 when there is none.
std::size_t attribute_length(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size() && is_blank_char(text[at])) ++at;
  const auto name = at;
  while (at < text.size() && (is_lower(text[at]) || text[at] == '-')) ++at;
  if (name == 0 || at == name || at + 1 >= text.size() || text[at] != '=') return 0;
  const char quote = text[++at];
  if (quote == '"' || quote == '\'') {
    const auto end = text.find(quote, at + 1);
    return end == npos ? 0 : end + 1;
  }
  const auto value = at;
  while (at < text.size() && (is_alnum(text[at]) || text[at] == '#' || text[at] == '-' || text[at] == '%')) ++at;
  return at == value ? 0 : at;
}

constexpr std::size_t longest_tag = 1024;

}  // namespace

html_tag match_tag(std::string_view text) noexcept {
  text = text.substr(0, longest_tag);
  if (text.size() < 3 || text[0] != '<') return {};
  html_tag tag;
  tag.is_end = text[1] == '/';
  std::size_t at = tag.is_end ? 2 : 1;
  const auto name = at;
  while (at < text.size() && is_lower(text[at])) ++at;
  const auto i = index_of(text.substr(name, at - name));
  if (i == elements.size()) return {};
  tag.name = elements[i].name;
  tag.kind = elements[i].kind;
  if (!tag.is_end)
    while (const auto length = attribute_length(text.substr(at))) at += length;
  while (at < text.size() && is_blank_char(text[at])) ++at;
  if (!tag.is_end && at < text.size() && text[at] == '/') ++at;
  if (at == text.size() || text[at] != '>') return {};
  tag.length = at + 1;
  return tag;
}

std::string_view without_outer_tags(std::string_view text) noexcept {
  for (auto rest = trim(text); !rest.empty(); text = rest = trim(rest)) {
    if (const auto tag = match_tag(rest); tag.length != 0) {
      rest.remove_prefix(tag.length);
      continue;
    }
    const auto last = rest.back() == '>' ? rest.rfind('<') : npos;
    if (last == npos || match_tag(rest.substr(last)).length != rest.size() - last) return text;
    rest.remove_suffix(rest.size() - last);
  }
  return text;
}

html_tag tag_finder::tag_at(std::size_t at, std::size_t end) {
  const auto tag = match_tag(octets_.substr(at, end - at));
  if (tag.length == 0 || tag.is_end || tag.kind != tag_kind::inside) return tag;
  auto& last_end = last_ends_[index_of(tag.name)];
  if (!last_end) last_end = octets_.rfind("</" + std::string(tag.name) + ">");
  return *last_end != npos && *last_end > at ? tag : html_tag{};
}

bool tag_finder::has_tag(std::size_t begin, std::size_t end) {
  const auto line = octets_.substr(0, end);
  for (auto at = line.find('<', begin); at != npos; at = line.find('<', at + 1))
    if (tag_at(at, end).length != 0) return true;
  return false;
}

std::size_t decode_entity(std::string_view text, std::size_t at, std::uint32_t& character) noexcept {
  const auto semicolon = text.substr(at, 12).find(';');
  if (semicolon == npos || semicolon < 2) return 0;
  const auto name = text.substr(at + 1, semicolon - 1);
  if (name[0] == '#') {
    const bool hexadecimal = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    const auto number = name.substr(hexadecimal ? 2 : 1);
    std::uint32_t value = 0;
    const auto [last, error] = std::from_chars(number.data(), number.data() + number.size(), value, hexadecimal ? 16 : 10);
    if (number.empty() || error != std::errc{} || last != number.data() + number.size()) return 0;
    if (!is_xml_character(value)) return 0;
    character = value;
    return at + semicolon + 1;
  }
  for (const auto& e : named_entities)
    if (e.name == name) {
      character = e.character;
      return at + semicolon + 1;
    }
  return 0;
}

}  // namespace dragoman::telegram
