#include "dialect.hpp"

#include <algorithm>
#include <initializer_list>

#include "ascii.hpp"

namespace dragoman::telegram {
namespace {

// A line of the archive's own around the text.
bool is_of_archive(const line& l, owner o) noexcept {
  if (o == owner::attribute) return true;
  if (o != owner::preamble && o != owner::footer && o != owner::ending) return false;
  return same(trim(l.text), "Message Text") || same(trim(l.text), "<< END OF DOCUMENT >>");
}

bool has_archive_lines(const parser& p) noexcept {
  for (std::size_t i = 0; i < p.lines().size(); ++i)
    if (is_of_archive(p.lines()[i], p.owners()[i])) return true;
  return false;
}

bool has_break_line(const parser& p) noexcept {
  return std::find(p.owners().begin(), p.owners().end(), owner::break_line) != p.owners().end();
}

// "¶1.", in either charset, and what is left of its link.
bool has_pilcrow(std::string_view octets) noexcept {
  for (const auto mark : word_list{"\xC2\xB6"
                                   "1.",
                                   "\xB6"
                                   "1.",
                                   "\xC2\xB6</a>1.", "\xB6</a>1.", "[1](#)1."})
    if (octets.find(mark) != npos) return true;
  return false;
}

}  // namespace

std::string_view dialect_of(const parser& p, const telegram& t, std::string_view octets) noexcept {
  const bool has_copies = !t.first.copies.action.empty() && !t.first.pages.empty();
  if (has_copies || has_archive_lines(p)) return "nara";
  if (!t.first.lines.id.empty() && has_break_line(p)) return "acp127";
  if (!t.first.lines.empty() || !t.first.date_text.empty() || !t.notice.empty() || has_pilcrow(octets)) return "cablegate";
  return "unknown";
}

}  // namespace dragoman::telegram
