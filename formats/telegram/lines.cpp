#include "lines.hpp"

#include <array>
#include <cstring>
#include <string>

#include "ascii.hpp"

namespace dragoman::telegram {
namespace {

struct named_entity {
  std::string_view name;
  std::uint32_t character;
};
constexpr std::array<named_entity, 22> named_entities{{
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},       {"quot", '"'},     {"apos", '\''},   {"nbsp", 0xA0},
    {"para", 0xB6},    {"sect", 0xA7},    {"copy", 0xA9},    {"ndash", 0x2013}, {"mdash", 0x2014}, {"lsquo", 0x2018},
    {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D}, {"hellip", 0x2026}, {"bull", 0x2022}, {"eacute", 0xE9},
    {"aacute", 0xE1},  {"oacute", 0xF3},  {"ntilde", 0xF1},  {"uuml", 0xFC},
}};

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

// Turns one line with dirt in it into clean text; cuts it where an entity is a line end.
class line_cleaner {
public:
  line_cleaner(std::string_view octets, charset from, arena& memory, reporter& report, line_table& table)
      : octets_(octets), from_(from), memory_(memory), report_(report), table_(table) {}

  void clean(std::size_t begin, std::size_t end) {
    out_.clear();
    bool has_entity = false;
    for (std::size_t at = begin; at < end;) {
      std::size_t length = 1;
      std::uint32_t c = static_cast<unsigned char>(octets_[at]);
      if (c == '&') {
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
    flush(begin, end);
  }

private:
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
    table_.lines.push_back({memory_.copy(trim_right(out_)), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    out_.clear();
  }

  std::string_view octets_;
  charset from_;
  arena& memory_;
  reporter& report_;
  line_table& table_;
  std::string out_;
};

bool is_plain_ascii(std::string_view text) noexcept {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

bool has_entity(std::string_view text) noexcept {
  for (std::size_t at = text.find('&'); at != npos; at = text.find('&', at + 1)) {
    std::uint32_t c = 0;
    if (decode_entity(text, at, c)) return true;
  }
  return false;
}

}  // namespace

std::size_t find_line_end(std::string_view octets, std::size_t at, std::size_t& next) noexcept {
  // Eight octets a step: a word has a zero octet where it equals the one sought.
  constexpr std::uint64_t ones = 0x0101010101010101ull, high = 0x8080808080808080ull;
  const auto has_zero = [](std::uint64_t word) { return (word - ones) & ~word & high; };
  std::size_t end = at;
  while (octets.size() - end >= 8) {
    std::uint64_t word;
    std::memcpy(&word, octets.data() + end, 8);
    if (has_zero(word ^ ones * '\n') | has_zero(word ^ ones * '\r')) break;
    end += 8;
  }
  while (end < octets.size() && octets[end] != '\n' && octets[end] != '\r') ++end;
  next = end;
  if (end == octets.size()) return end;
  next = end + (octets[end] == '\r' && end + 1 < octets.size() && octets[end + 1] == '\n' ? 2 : 1);
  return end;
}

std::size_t decode_entity(std::string_view text, std::size_t at, std::uint32_t& character) noexcept {
  const auto semicolon = text.substr(at, 12).find(';');
  if (semicolon == npos || semicolon < 2) return 0;
  const auto name = text.substr(at + 1, semicolon - 1);
  if (name[0] == '#') {
    const bool hexadecimal = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    const auto digits = name.substr(hexadecimal ? 2 : 1);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return 0;
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

unsigned control_percent(std::string_view octets) noexcept {
  std::size_t controls = 0;
  for (const char o : octets) {
    const auto c = static_cast<unsigned char>(o);
    controls += (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1E) || c == 0x7F;
  }
  return octets.empty() ? 0 : static_cast<unsigned>(controls * 100 / octets.size());
}

void read_lines(std::string_view octets, std::optional<charset> stated, arena& memory, reporter& report, line_table& table) {
  table.lines.clear();
  const bool is_text = find_bad_text(octets) == npos;
  const bool is_unicode = is_text || is_utf8(octets);
  if (stated == charset::utf_8 && !is_unicode)
    throw unusable(name_of(code::not_text), "the octets are not UTF-8, as telegram.charset says");
  const charset from = stated ? *stated : is_unicode ? charset::utf_8 : charset::windows_1252;
  const bool spotless = is_text && from == charset::utf_8;
  const bool may_have_entities = octets.find('&') != npos;
  table.charset = from == charset::utf_8 ? "utf-8" : from == charset::windows_1252 ? "windows-1252" : "iso-8859-1";
  if (!stated && !is_unicode) report(code::text_charset, "not UTF-8; read as windows-1252", 0, octets.size());

  line_cleaner cleaner(octets, from, memory, report, table);
  std::size_t at = 0;
  while (at < octets.size()) {
    std::size_t next = 0;
    const std::size_t end = find_line_end(octets, at, next);
    if (octets.substr(at, 3) == "\xEF\xBB\xBF") at += 3;  // a mark, also where files were put together
    auto raw = octets.substr(at, end - at);
    if (raw == separator_line) raw = raw.substr(1);
    const bool clean = (spotless || (from == charset::utf_8 ? find_bad_text(raw) == npos : is_plain_ascii(raw))) &&
                       !(may_have_entities && has_entity(raw));
    if (clean) table.lines.push_back({trim_right(raw), static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)});
    else cleaner.clean(at, end);
    at = next;
  }
}

}  // namespace dragoman::telegram
