#include "display/outline.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>

namespace dragoman::hosting {
namespace {

// A part of a record that has no place of its own stands where the record does.
void add_value(node value, const std::string& path, source_place around, std::vector<heading_value>& out) {
  source_place own;
  own.known = value.source_span(own.begin, own.end);
  if (own.known) around = own;
  if (!value.is(node_type::map) && !value.is(node_type::list)) {
    out.push_back({path, value.text(), around});
    return;
  }
  std::size_t i = 0;
  for (node member : value) {
    const std::string name = value.is(node_type::map) ? std::string(member.name()) : std::to_string(i++);
    add_value(member, path.empty() ? name : path + "/" + name, around, out);
  }
}

std::size_t count_lines(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

// Text for people, its parts one after the other.
class phrase {
public:
  phrase& add(std::string_view words, std::string_view before = ", ") {
    if (words.empty()) return *this;
    if (!text_.empty()) text_ += before;
    text_ += words;
    return *this;
  }
  // What of a record was not said yet.
  phrase& rest(node record, std::initializer_list<std::string_view> said, std::string_view before = ", ") {
    for (node member : record)
      if (std::find(said.begin(), said.end(), member.name()) == said.end())
        walk(
            member,
            [&](node n) {
              if (!n.is(node_type::map) && !n.is(node_type::list)) add(n.text(), before);
            },
            [](node) {});
    return *this;
  }
  std::string take() { return std::move(text_); }

private:
  std::string text_;
};

// A record of the heading in one line, as its kind is written.
std::string values_of(node record) {
  const auto text = [&](std::string_view name) { return record[name].text(); };
  phrase out;
  if (record["key"] && record["value"])
    return out.add(text("key")).add(text("value"), ": ").rest(record, {"key", "value"}).take();
  if (record["text"] && record["label"])
    return out.add(text("label")).add(text("text"), ". ").add(text("id"), " -> ").rest(record, {"label", "text", "id"}).take();
  if (record["text"])
    return out.add(text("text"))
        .add(text("id").empty() ? text("order") : text("id"), " -> ")
        .rest(record, {"text", "id", "order"})
        .take();
  if (record["name"] && record["reason"])
    return out.add(text("name")).add(text("title")).add(text("reason"), ": ").rest(record, {"name", "title", "reason"}).take();
  if (record["name"]) return out.add(text("route")).add(text("name"), "/").rest(record, {"route", "name"}, " ").take();
  if (record["section"]) return out.add("section " + std::string(text("section")) + ": ").rest(record, {"section"}, "  ").take();
  return out.rest(record, {}).take();
}

// A record whose values stand on lines of their own, not one of a kind that is written on one.
bool is_of_lines(node record) {
  std::size_t lines = 0;
  for (node member : record) {
    std::uint64_t begin = 0, end = 0;
    lines += member.source_span(begin, end);
  }
  return record.name() == "transmission" && lines > 1;
}

// The words of a paragraph without its number and mark.
std::string words_of(node paragraph) {
  std::string all;
  for (node child : paragraph) {
    const bool is_mark = child.is_element("label") || (child.is_element("seg") && child.attr("type") == "portion");
    if (!is_mark && !child.is_element("fw")) all += child.is(node_type::text) ? std::string(child.text()) : plain_text(child);
    if (child.is_element("pb")) all += ' ';
  }
  std::string out;
  bool blank = true;
  append_collapsed(out, all, blank);
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// What stands inside a block at its cuts. A running header belongs to the page break beside it.
std::vector<seam> seams_of(node block) {
  std::vector<seam> out;
  bool is_open = false;  // the last one has no text yet, and nothing but blanks came since
  walk(
      block,
      [&](node n) {
        if (n == block) return;
        const auto here = place_of(n);
        if (n.is_element("pb") || n.is_element("gap") || n.is_element("milestone")) {
          const bool follows = is_open && n.is_element("pb") && out.back().page.empty();
          if (!follows) out.push_back({{}, {}, false, here});
          out.back().page = n.attr("n");
          out.back().is_gap |= n.is_element("gap");
          is_open = true;
        } else if (n.is_element("fw")) {
          if (!is_open) out.push_back({{}, {}, false, here});
          auto& text = out.back().text;
          text += (text.empty() ? "" : " / ") + collapsed_text(n);
          if (!out.back().place.known) out.back().place = here;
          is_open = true;
        } else if (n.is(node_type::text) && !is_blank(n.text())) {
          is_open = is_open && !out.empty() && out.back().text.find(trim(n.text())) != npos;  // the header's own words
        }
      },
      [](node) {});
  return out;
}

// A paragraph of plain text that goes on behind a blank line of its source.
void add_blank_lines(const source_place& place, std::string_view source, std::vector<seam>& out) {
  if (!place.known || place.end > source.size() || !out.empty()) return;
  const auto text = source.substr(static_cast<std::size_t>(place.begin), static_cast<std::size_t>(place.end - place.begin));
  std::size_t line_ends = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' || (text[i] == '\r' && !(i + 1 < text.size() && text[i + 1] == '\n'))) {
      ++line_ends;
    } else if (!is_space(text[i])) {
      if (line_ends > 1) out.push_back({{}, {}, false, {true, place.begin + i, place.begin + i + 1}});
      line_ends = 0;
    }
  }
}

block block_of(node n, std::size_t depth, std::string_view plain_source) {
  using kind = block::kind;
  block b;
  b.where = n;
  b.depth = depth;
  b.place = place_of(n);
  b.name = n.is(node_type::element)   ? std::string(n.name())
           : n.is(node_type::text)    ? "#text"
           : n.is(node_type::comment) ? "#comment"
                                      : "#pi";
  if (!n.is(node_type::element)) {
    bool blank = true;
    append_collapsed(b.text, n.text(), blank);
    return b;
  }
  if (b.name == "p") {
    b.what = kind::paragraph;
    b.number = n.attr("n");
    b.text = words_of(n);
    b.seams = seams_of(n);
    add_blank_lines(b.place, plain_source, b.seams);
    for (node child : n)
      if (child.is_element("seg") && child.attr("type") == "portion")
        b.mark = child.attr("subtype").empty() ? collapsed_text(child) : std::string(child.attr("subtype"));
    return b;
  }
  b.text = collapsed_text(n);
  if (b.name == "head") {
    b.what = kind::heading;
  } else if (b.name == "pb") {
    b.what = kind::page_break;
    b.number = n.attr("n");
  } else if (b.name == "fw") {
    b.what = kind::running_header;
  } else if (b.name == "milestone") {
    b.what = kind::rule;
    b.text = n.attr("unit");
    b.number = n.attr("n");
  } else if (b.name == "gap") {
    b.what = kind::gap;
  } else if (b.name == "list") {
    b.what = kind::list;
    b.seams = seams_of(n);
    b.text.clear();
    for (node child : n) {
      b.parts += child.is_element("item");
      if (const auto words = collapsed_text(child); !words.empty()) b.text += (b.text.empty() ? "" : " ") + words;
    }
  } else if (b.name == "ab") {
    b.what = n.attr("type") == "opaque" ? kind::opaque : kind::preformatted;
    b.text = plain_text(n);
    b.parts = count_lines(b.text);
  }
  return b;
}

void add_blocks(node parent, std::size_t depth, std::string_view plain_source, std::vector<block>& out) {
  for (node n : parent) {
    if (n.is(node_type::text) && is_blank(n.text())) continue;
    if (n.is_element("div")) add_blocks(n, depth + 1, plain_source, out);
    else out.push_back(block_of(n, depth, plain_source));
  }
}

}  // namespace

const char* name_of(block::kind k) noexcept {
  switch (k) {
    case block::kind::heading: return "heading";
    case block::kind::paragraph: return "paragraph";
    case block::kind::list: return "list";
    case block::kind::preformatted: return "preformatted";
    case block::kind::opaque: return "opaque";
    case block::kind::page_break: return "page-break";
    case block::kind::running_header: return "running-header";
    case block::kind::rule: return "milestone";
    case block::kind::gap: return "gap";
    default: return "other";
  }
}

source_place place_of(node top) {
  source_place p;
  walk(
      top,
      [&](node n) {
        std::uint64_t begin = 0, end = 0;
        if (!n.source_span(begin, end)) return;
        p.begin = p.known ? std::min(p.begin, begin) : begin;
        p.end = p.known ? std::max(p.end, end) : end;
        p.known = true;
      },
      [](node) {});
  return p;
}

std::vector<heading_value> heading_of(node document) {
  std::vector<heading_value> out;
  add_value(document["meta"], {}, {}, out);
  return out;
}

std::vector<heading_row> heading_rows_of(node document) {
  struct group {
    std::vector<heading_row> rows;
    source_place place;
  };
  std::vector<group> groups;
  for (node field : document["meta"]) {
    if (field.name() == "lines") continue;
    group g;
    const auto add = [&](std::string text, source_place place) {
      g.rows.push_back({g.rows.empty() ? std::string(field.name()) : std::string(), std::move(text), place});
    };
    if (field.is(node_type::list)) {
      bool are_words = true;  // short texts go into one row
      for (node item : field) are_words &= item.is(node_type::text) && item.text().size() <= 24;
      for (node item : field) {
        std::string value = item.is(node_type::text) ? std::string(item.text()) : values_of(item);
        if (are_words && !g.rows.empty()) g.rows.back().text += ", " + value;
        else add(std::move(value), place_of(item));
      }
    } else if (field.is(node_type::map) && is_of_lines(field)) {
      for (node member : field) add(phrase().rest(member, {}).add(member.text()).take(), place_of(member));
    } else {
      add(field.is(node_type::map) ? values_of(field) : std::string(field.text()), place_of(field));
    }
    for (const auto& row : g.rows)
      if (row.place.known && (!g.place.known || row.place.begin < g.place.begin)) g.place = row.place;
    groups.push_back(std::move(g));
  }
  std::stable_sort(groups.begin(), groups.end(), [](const group& a, const group& b) {
    return a.place.known && (!b.place.known || a.place.begin < b.place.begin);
  });
  std::vector<heading_row> out;
  for (auto& g : groups) std::move(g.rows.begin(), g.rows.end(), std::back_inserter(out));
  return out;
}

std::vector<block> outline_of(node document) {
  std::vector<block> out;
  const node source = document["source"];
  const bool is_plain = source["media_type"].text().substr(0, 10) == "text/plain";
  add_blocks(document["body"], 0, is_plain ? source["octets"].text() : std::string_view(), out);
  return out;
}

std::vector<residue> residue_of(node document) {
  std::vector<residue> out;
  for (node line : document["meta"]["lines"]) out.push_back({true, std::string(line["text"].text()), place_of(line)});
  for (node section : document["meta"]["x_transmissions"])
    for (node line : section["lines"]) out.push_back({true, std::string(line.text()), place_of(line)});
  for (node top : document["body"])
    walk(
        top,
        [&](node n) {
          if (n.is_element("ab") && n.attr("type") == "opaque") out.push_back({false, plain_text(n), place_of(n)});
        },
        [](node) {});
  return out;
}

std::uint64_t octets_of(const std::vector<residue>& all) {
  std::uint64_t sum = 0;
  for (const auto& r : all) sum += r.place.known ? r.place.end - r.place.begin : r.text.size();
  return sum;
}

source_lines::source_lines(node document, const std::shared_ptr<const octets>& input, std::uint64_t& at)
    : source_(document["source"]["octets"].text()) {
  if (source_.empty() || !input || at > input->length() || source_.size() > input->length() - at) return;
  std::string_view all;
  std::string copy;
  if (input->contents(all)) {
    all = all.substr(static_cast<std::size_t>(at), source_.size());
  } else {
    copy.resize(source_.size());
    std::size_t have = 0;
    while (have < copy.size()) {
      const auto n = input->read_at(at + have, copy.data() + have, copy.size() - have);
      if (n <= 0) return;
      have += static_cast<std::size_t>(n);
    }
    all = copy;
  }
  if (all != source_) return;
  content_ = input;
  base_ = at;
  at += source_.size();
}

text_position source_lines::locate(std::uint64_t offset) const {
  if (content_) return content_->locate(base_ + offset);
  if (source_.empty()) return {};
  if (!copy_) copy_ = octets::of_memory(source_);
  return copy_->locate(offset);
}

std::vector<numbered_line> lines_of(const residue& r, const source_lines& lines) {
  const auto next_line = [](std::string_view& rest) {
    const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
    const auto line = rest.substr(0, end);
    const bool is_pair = rest.substr(end, 2) == "\r\n";
    rest.remove_prefix(std::min(end + (is_pair ? 2 : 1), rest.size()));
    return line;
  };
  std::vector<numbered_line> out;
  const bool is_placed = r.place.known && r.place.end <= lines.source().size();
  std::string_view source = is_placed ? lines.source().substr(static_cast<std::size_t>(r.place.begin),
                                                              static_cast<std::size_t>(r.place.end - r.place.begin))
                                      : "";
  std::uint32_t number = r.place.known ? lines.locate(r.place.begin).line : 0;
  const std::uint32_t step = number == 0 ? 0 : 1;
  for (std::string_view rest = r.text; !rest.empty();) {
    auto line = next_line(rest);
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
    // Blank lines that the text left out.
    while (!source.empty()) {
      if (!is_blank(next_line(source)) || line.empty()) break;
      number += step;
    }
    if (!line.empty()) out.push_back({number, std::string(line)});
    number += step;
  }
  return out;
}

std::string percent_left(std::uint64_t lost, std::uint64_t all) {
  if (all == 0 || lost == 0) return "100";
  if (lost >= all) return "0";
  const double share = 100.0 * static_cast<double>(all - lost) / static_cast<double>(all);
  const auto hundredths = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(share * 100.0), 1, 9999);
  const auto rest = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + "." + (rest.size() == 1 ? "0" : "") + rest;
}

}  // namespace dragoman::hosting
