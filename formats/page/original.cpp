#include <page/original.hpp>

#include <dragoman/charset.hpp>

#include <algorithm>

namespace dragoman::page {

original::original(const document_view& document, std::optional<std::uint64_t> place)
    : octets_(document.source()["octets"].text()), charset_(document.source()["charset"].text()) {
  if (octets_.empty()) return;
  cut_lines();
  flag_lines(document);
  if (!place) return;
  const auto findings = document.findings();
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (findings[i].offset < 0) continue;
    const auto at = static_cast<std::uint64_t>(findings[i].offset);
    if (at < *place || at - *place > octets_.size()) continue;
    const auto begin = at - *place;
    const auto length = static_cast<std::uint64_t>(std::max<std::int64_t>(findings[i].length, 1));
    if (length >= octets_.size()) continue;  // about the document, not about a place in it
    marks_.push_back({begin, begin + std::min(length, octets_.size() - begin), i});
  }
  std::stable_sort(marks_.begin(), marks_.end(), [](const mark& a, const mark& b) { return a.begin < b.begin; });
}

void original::cut_lines() {
  for (std::size_t at = 0; at < octets_.size();) {
    const auto end = std::min(octets_.find_first_of("\r\n", at), octets_.size());
    lines_.push_back({at, end});
    at = end + (octets_.substr(end, 2) == "\r\n" ? 2 : 1);
  }
}

void original::flag_lines(const document_view& document) {
  const auto flag = [&](node n, bool line::*as) {
    std::uint64_t begin = 0, end = 0;
    if (!n.source_span(begin, end) || lines_.empty()) return;
    for (std::size_t i = line_at(begin) - 1; i < lines_.size() && lines_[i].begin < end; ++i) lines_[i].*as = true;
  };
  for (const node top : document.body())
    walk(
        top,
        [&](node n) {
          if (n.is_element("fw") || n.is_element("pb")) flag(n, &line::is_furniture);
          else if (n.is_element("ab") && n.attr("type") == "opaque") flag(n, &line::is_opaque);
        },
        [](node) {});
  for (const node unknown : document.meta()["lines"]) flag(unknown, &line::is_opaque);
}

std::size_t original::line_at(std::uint64_t offset) const noexcept {
  const auto behind =
      std::upper_bound(lines_.begin(), lines_.end(), offset, [](std::uint64_t at, const line& l) { return at < l.begin; });
  return std::max<std::size_t>(static_cast<std::size_t>(behind - lines_.begin()), lines_.empty() ? 0 : 1);
}

std::vector<original::mark>::const_iterator original::first_mark(std::uint64_t offset) const noexcept {
  return std::lower_bound(marks_.begin(), marks_.end(), offset, [](const mark& m, std::uint64_t at) { return m.begin < at; });
}

namespace {

// Appends the first character of `octets` for people to see; returns how many octets it took.
std::size_t append_character(std::string& out, std::string_view octets, charset from) {
  const auto octet = static_cast<unsigned char>(octets.front());
  character c{octet, 1};
  if (from == charset::utf_8) c = decode_utf8(octets);
  else c.code = character_of(octet, from);
  if (c.length == 0 || c.code == no_character || (c.code >= 0x7F && c.code < 0xA0)) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    out += "<span class=\"octet\">\\x";
    out += digits[octet >> 4];
    out += digits[octet & 15];
    out += "</span>";
    return 1;
  }
  if (c.code < 0x20 && c.code != '\t') append_utf8(out, 0x2400 + c.code);  // the picture of a control character
  else if (c.code < 0x80) append_escaped(out, octets.substr(0, 1));
  else append_utf8(out, c.code);
  return c.length;
}

}  // namespace

void original::append_html(std::string& out, const document_view& document, std::string_view prefix) const {
  const auto from = find_charset(charset_).value_or(charset::us_ascii);
  auto next = marks_.begin();         // the first that did not begin yet
  std::vector<const mark*> reaching;  // those that began and did not end, the innermost last
  const mark* open = nullptr;         // what is written as marked
  const auto change_to = [&](const mark* m) {
    if (m == open) return;
    if (open != nullptr) out += "</a></mark>";
    open = m;
    if (m == nullptr) return;
    out += "<mark title=\"";
    append_escaped(out, view(document.findings()[m->finding].text));
    out += "\"><a href=\"#" + std::string(prefix) + "F" + std::to_string(m->finding + 1) + "\">";
  };
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const line& l = lines_[i];
    out += "<li id=\"" + std::string(prefix) + "L" + std::to_string(i + 1) + "\"";
    if (l.is_furniture || l.is_opaque) out += l.is_opaque ? " class=\"opaque\"" : " class=\"furniture\"";
    out += '>';
    for (auto at = l.begin; at < l.end;) {
      std::erase_if(reaching, [&](const mark* m) { return m->end <= at; });
      for (; next != marks_.end() && next->begin <= at; ++next)
        if (next->end > at) reaching.push_back(&*next);
      change_to(reaching.empty() ? nullptr : reaching.back());
      at += append_character(out, octets_.substr(at, l.end - at), from);
    }
    change_to(nullptr);
    out += "</li>\n";
  }
}

}  // namespace dragoman::page
