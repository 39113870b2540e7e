#include "xml_writer.hpp"

#include <array>

namespace dragoman::tei {
namespace {

constexpr std::array<bool, 256> make_specials(std::string_view characters) {
  std::array<bool, 256> t{};
  for (const char c : characters) t[static_cast<unsigned char>(c)] = true;
  return t;
}
constexpr auto text_specials = make_specials("&<>\r");
constexpr auto value_specials = make_specials("&<>\"\r\t\n");

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

void append_escaped(std::string& out, std::string_view s, const std::array<bool, 256>& specials) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (!specials[static_cast<unsigned char>(s[i])]) continue;
    out.append(s, from, i - from);
    out.append(reference_of(s[i]));
    from = i + 1;
  }
  out.append(s, from, s.size() - from);
}

}  // namespace

xml_writer& xml_writer::text(std::string_view s) {
  append_escaped(buffer_, s, text_specials);
  return passed();
}

xml_writer& xml_writer::value(std::string_view s) {
  append_escaped(buffer_, s, value_specials);
  return passed();
}

xml_writer& xml_writer::begin(node element) {
  buffer_ += '<';
  buffer_.append(element.name());
  for (std::size_t i = 0, n = element.attribute_count(); i < n; ++i) {
    const auto a = element.attribute_at(i);
    attribute(a.name, a.value);
  }
  return passed();
}

xml_writer& xml_writer::comment(std::string_view s) {
  lost_markup_text_ |= s.find('\r') != npos;
  return raw("<!--").raw(s).raw("-->");
}

xml_writer& xml_writer::instruction(std::string_view target, std::string_view data) {
  lost_markup_text_ |= data.find('\r') != npos || (!data.empty() && is_space(data.front()));
  return raw("<?").raw(target).raw(data.empty() ? "" : " ").raw(data).raw("?>");
}

xml_writer& xml_writer::copy(node top) {
  walk(
      top,
      [this](node n) {
        switch (n.type()) {
          case node_type::text: text(n.text()); break;
          case node_type::comment: comment(n.text()); break;
          case node_type::pi: instruction(n.name(), n.text()); break;
          case node_type::element: begin(n).raw(n.empty() ? "/>" : ">"); break;
          default: break;
        }
      },
      [this](node n) {
        if (n.is(node_type::element) && !n.empty()) raw("</").raw(n.name()).raw(">");
      });
  return *this;
}

}  // namespace dragoman::tei
