#include "octets.hpp"

#include "encoding.hpp"

#include <dragoman/text.hpp>

#include <array>
#include <bit>
#include <cstdint>

namespace dragoman::tei {
namespace {

enum line_end : std::size_t { lf, crlf, cr, none };
constexpr std::array<std::string_view, 4> end_names{"eol-lf", "eol-crlf", "eol-cr", "eol-none"};
constexpr std::array<std::string_view, 4> end_octets{"\n", "\r\n", "\r", ""};

struct source_line {
  std::string_view content;
  line_end end;
};

std::size_t find_line_end(std::string_view octets) noexcept {
  std::size_t at = 0;
#if defined(__SSE2__)
  for (; at + 16 <= octets.size(); at += 16) {
    const __m128i sixteen = detail::sixteen_octets(octets, at);
    const unsigned ends = detail::where_equal(sixteen, '\n') | detail::where_equal(sixteen, '\r');
    if (ends != 0) return at + static_cast<unsigned>(std::countr_zero(ends));
  }
#endif
  while (at < octets.size() && octets[at] != '\n' && octets[at] != '\r') ++at;
  return at;
}

// Cuts the first line off `octets`.
source_line next_line(std::string_view& octets) noexcept {
  const auto at = find_line_end(octets);
  if (at == octets.size()) {
    const source_line last{octets, none};
    octets = {};
    return last;
  }
  const line_end end = octets[at] == '\n' ? lf : octets.substr(at, 2) == "\r\n" ? crlf : cr;
  const source_line l{octets.substr(0, at), end};
  octets.remove_prefix(at + end_octets[end].size());
  return l;
}

// Octets of a charset as characters, one at a time.
class decoder {
public:
  explicit decoder(std::string_view charset)
      : table_(find_charset(charset)), known_(table_ != nullptr || is_utf8_name(charset)), has_ascii_(known_) {
    for (std::uint32_t octet = 0; has_ascii_ && table_ != nullptr && octet < 0x80; ++octet)
      has_ascii_ = (*table_)[octet] == octet;
  }
  bool is_known() const noexcept { return known_; }
  const charset_table* table() const noexcept { return table_; }

  // Nearly all lines: each octet is the character of ASCII that it is.
  bool says_as_it_is(std::string_view line) const noexcept { return has_ascii_ && is_plain_text(line); }

  // The character at the front; length 0 when its octets cannot stand in XML as a character.
  character first(std::string_view octets) const noexcept {
    character c{static_cast<unsigned char>(octets.front()), 1};
    if (table_ != nullptr) c.code = (*table_)[c.code];
    else c = decode_utf8(octets.substr(0, 4));
    const bool can_stand =
        c.length != 0 && c.code != no_character && is_xml_character(c.code) && (c.code >= 0x20 || c.code == '\t');
    return can_stand ? c : character{};
  }

private:
  const charset_table* table_;
  bool known_;
  bool has_ascii_;
};

struct survey {
  std::array<std::size_t, 4> ends{};
  std::size_t without_character = 0;
};
survey look_over(std::string_view octets, const decoder& charset) noexcept {
  survey s;
  while (!octets.empty()) {
    const source_line l = next_line(octets);
    ++s.ends[l.end];
    if (charset.says_as_it_is(l.content)) continue;
    for (std::size_t i = 0; i < l.content.size();) {
      const character c = charset.first(l.content.substr(i));
      if (c.length == 0) ++s.without_character;
      i += c.length ? c.length : 1;
    }
  }
  return s;
}

void write_line(xml_writer& out, const source_line& l, line_end usual, const decoder& charset) {
  constexpr char digits[] = "0123456789ABCDEF";
  out.raw("<line");
  if (l.end != usual) out.attribute("rend", end_names[l.end]);
  if (l.content.empty()) {
    out.raw("/>");
    return;
  }
  out.raw(">");
  if (charset.says_as_it_is(l.content)) {
    out.text(l.content).raw("</line>");
    return;
  }
  std::string run;
  for (std::size_t i = 0; i < l.content.size();) {
    const character c = charset.first(l.content.substr(i));
    if (c.length != 0) {
      append_utf8(run, c.code);
      i += c.length;
      continue;
    }
    out.text(run);
    run.clear();
    const auto octet = static_cast<unsigned char>(l.content[i++]);
    const char name[2] = {digits[octet >> 4], digits[octet & 15]};
    out.raw("<g ref=\"octet:").raw({name, 2}).raw("\"/>");
  }
  out.text(run).raw("</line>");
}

void write_base64_lines(xml_writer& out, std::string_view octets) {
  constexpr std::size_t octets_a_line = 57;  // 76 digits
  std::string digits;
  for (std::size_t at = 0; at < octets.size(); at += octets_a_line) {
    digits.assign(1, '\n');
    append_base64(digits, octets.substr(at, octets_a_line));
    out.raw(digits);
  }
}

// The octet of a character in a single-byte charset; -1 when it has none.
int octet_of(std::uint32_t code, const charset_table& table) noexcept {
  if (code < 256 && table[code] == code) return static_cast<int>(code);
  for (std::size_t i = 0x80; i < 256; ++i)
    if (table[i] == code) return static_cast<int>(i);
  return -1;
}

bool append_text(std::string& out, std::string_view text, const charset_table* table) {
  if (table == nullptr) {
    out += text;
    return true;
  }
  while (!text.empty()) {
    const character c = decode_utf8(text);
    const int octet = c.length == 0 ? -1 : octet_of(c.code, *table);
    if (octet < 0) return false;
    out += static_cast<char>(octet);
    text.remove_prefix(c.length);
  }
  return true;
}

int hexadecimal_value(char c) noexcept { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

bool append_octet(std::string& out, std::string_view reference) {
  if (reference.size() != 8 || reference.substr(0, 6) != "octet:") return false;
  const int high = hexadecimal_value(reference[6]), low = hexadecimal_value(reference[7]);
  if (high < 0 || low < 0) return false;
  out += static_cast<char>(high * 16 + low);
  return true;
}

bool append_line(std::string& out, pugi::xml_node line, const tei_names& names, line_end usual, const charset_table* table) {
  for (const auto n : line.children()) {
    if (is_text(n)) {
      if (!append_text(out, n.value(), table)) return false;
    } else if (names.is(n, "g")) {
      if (!append_octet(out, attribute_of(n, "ref"))) return false;
    } else if (is_element(n)) {
      return false;
    }
  }
  line_end end = usual;
  if (const auto rend = line.attribute("rend")) {
    std::size_t i = 0;
    while (i < end_names.size() && end_names[i] != rend.value()) ++i;
    if (i == end_names.size()) return false;
    end = static_cast<line_end>(i);
  }
  out += end_octets[end];
  return true;
}

}  // namespace

void write_octets(xml_writer& out, std::string_view octets, std::string_view charset, std::string_view media_type,
                  std::size_t level) {
  const decoder chars(charset);
  const survey s = chars.is_known() ? look_over(octets, chars) : survey{};
  if (!chars.is_known() || s.without_character * 100 > octets.size()) {
    out.raw("<facsimile><binaryObject");
    if (!media_type.empty()) out.attribute("mimeType", media_type);
    out.attribute("encoding", "base64").raw(">");
    write_base64_lines(out, octets);
    out.raw("</binaryObject></facsimile>");
    return;
  }
  line_end usual = lf;
  for (const line_end e : {crlf, cr})
    if (s.ends[e] > s.ends[usual]) usual = e;
  out.raw("<sourceDoc>").line(level + 1).raw("<surface").attribute("rend", end_names[usual]).attribute("xml:space", "preserve");
  if (octets.empty()) {
    out.raw("/>");
  } else {
    out.raw(">");
    while (!octets.empty()) {
      out.line(level + 2);
      write_line(out, next_line(octets), usual, chars);
    }
    out.line(level + 1).raw("</surface>");
  }
  out.line(level).raw("</sourceDoc>");
}

std::optional<std::string> read_octets(pugi::xml_node source_doc, const tei_names& names, std::string_view charset) {
  if (names.is(source_doc, "facsimile")) {
    const auto object = names.child(source_doc, "binaryObject", "encoding", "base64");
    return object ? decode_base64(text_of(object), true) : std::nullopt;
  }
  const decoder chars(charset);
  if (!chars.is_known()) return std::nullopt;
  std::string out;
  for (const auto surface : source_doc.children()) {
    if (!is_element(surface)) continue;
    if (!names.is(surface, "surface")) return std::nullopt;
    line_end usual = lf;
    for (const line_end e : {crlf, cr, none})
      if (attribute_of(surface, "rend") == end_names[e]) usual = e;
    for (const auto line : surface.children()) {
      if (!is_element(line)) continue;
      if (!names.is(line, "line") || !append_line(out, line, names, usual, chars.table())) return std::nullopt;
    }
  }
  return out;
}

}  // namespace dragoman::tei
