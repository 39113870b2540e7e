#include "display/excerpt.hpp"

#include "strings.hpp"

#include <dragoman/text.hpp>

#include <algorithm>
#include <vector>

namespace dragoman::hosting {
namespace {

constexpr std::size_t tab = 8;
constexpr std::size_t most_before = 4096, most_behind = 1024;  // octets looked at around a place
constexpr std::string_view more = "...";

// One character: what is printed for it, how many columns that takes, and the octet where it begins.
struct cell {
  std::string shown;
  std::size_t columns, begin;
};

std::vector<cell> cells_of(std::string_view line) {
  std::vector<cell> out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const character c = decode_utf8(line.substr(at));
    const std::size_t length = std::max<std::size_t>(c.length, 1);
    cell made{{}, 0, at};
    if (line[at] == '\t') {
      made.shown.assign(tab - column % tab, ' ');
      made.columns = made.shown.size();
    } else {
      made.shown = printable(line.substr(at, length));
      made.columns = columns(made.shown);
    }
    column += made.columns;
    out.push_back(std::move(made));
    at += length;
  }
  return out;
}

}  // namespace

excerpt excerpt_of(std::string_view line, std::size_t begin, std::size_t end, std::size_t width, bool more_before,
                   bool more_behind) {
  const std::string_view all = line;
  begin = std::min(begin, line.size());
  end = std::clamp(end, begin, line.size());
  // Blanks at the end are shown only where the place begins in them.
  while (line.size() > begin && is_space(line.back())) line.remove_suffix(1);
  if (line.size() > begin) end = std::min(end, line.size());
  else line = all.substr(0, end);
  const auto cells = cells_of(line);
  const auto cell_at = [&](std::size_t octet) {
    const auto after =
        std::upper_bound(cells.begin(), cells.end(), octet, [](std::size_t o, const cell& c) { return o < c.begin; });
    return octet >= line.size() ? cells.size() : static_cast<std::size_t>(after - cells.begin()) - 1;
  };
  std::size_t first = cell_at(begin);
  while (first > 0 && first < cells.size() && cells[first].columns == 0) --first;  // a mark stands on the character before it
  const std::size_t last = end > begin ? cell_at(end - 1) + 1 : first;
  std::vector<std::size_t> column(cells.size() + 1, 0);  // where each begins
  for (std::size_t i = 0; i < cells.size(); ++i) column[i + 1] = column[i] + cells[i].columns;

  // The window: the whole line; else its begin when the place is seen there; else from a third of the width before the
  // place, or as much more as the end of the line leaves room for.
  std::size_t from = 0, to = cells.size();
  const std::size_t total = column.back() + (more_before ? more.size() : 0) + (more_behind ? more.size() : 0);
  if (total > width) {
    const std::size_t room = width > 2 * more.size() ? width - 2 * more.size() : 1;
    const std::size_t wanted = std::min(column[last], column[first] + room / 2);  // of the place at least so much
    if (more_before || wanted > room) {
      const std::size_t before = std::min(column[first], room / 3);
      std::size_t start = column[first] - before;
      if (column.back() - start < room && !more_behind) start = column.back() > room ? column.back() - room : 0;
      while (from < first && column[from] < start) ++from;
    }
    while (to > from + 1 && column[to] - column[from] > room) --to;
    while (to < cells.size() && cells[to].columns == 0) ++to;
  }
  excerpt out;
  std::size_t indent = 0;
  if (from > 0 || more_before) {
    out.line = more;
    indent = more.size();
  }
  for (std::size_t i = from; i < to; ++i) out.line += cells[i].shown;
  if (to < cells.size() || more_behind) out.line += more;
  const std::size_t stop = std::clamp(last, first, std::max(first, to));
  out.marks.assign(indent + column[first] - column[from], ' ');
  out.marks += '^';
  const std::size_t marked = column[stop] - column[first];
  if (marked > 1) out.marks.append(marked - 1, '~');
  return out;
}

excerpt excerpt_at(const octets& content, std::uint64_t offset, std::uint64_t length, std::size_t width) {
  if (offset > content.length()) return {};
  const auto back = static_cast<std::size_t>(std::min<std::uint64_t>(offset, most_before));
  std::string around(back + most_behind, '\0');
  const auto n = content.read_at(offset - back, around.data(), around.size());
  if (n < 0) return {};
  around.resize(static_cast<std::size_t>(n));
  if (around.size() < back) return {};
  const std::string_view all = around;
  const auto line_end = all.substr(0, back).find_last_of("\r\n");
  std::size_t begin = line_end == npos ? 0 : line_end + 1;
  const bool more_before = line_end == npos && back < offset;
  if (more_before)  // not in the middle of a character
    while (begin < back && (static_cast<unsigned char>(all[begin]) & 0xC0) == 0x80) ++begin;
  std::size_t end = all.find_first_of("\r\n", back);
  const bool more_behind = end == npos && offset - back + around.size() < content.length();
  if (end == npos) {
    end = all.size();
    for (int i = 0; more_behind && i < 3 && end > back && (static_cast<unsigned char>(all[end - 1]) & 0x80) != 0; ++i) --end;
  }
  const auto marked = static_cast<std::size_t>(std::min<std::uint64_t>(length, end - back));
  return excerpt_of(all.substr(begin, end - begin), back - begin, back - begin + marked, width, more_before, more_behind);
}

}  // namespace dragoman::hosting
