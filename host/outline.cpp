#include "outline.hpp"

#include <algorithm>
#include <cstring>

namespace dragoman::hosting {
namespace {

void add_value(node value, const std::string& path, std::vector<heading_value>& out) {
  if (!value.is(node_type::map) && !value.is(node_type::list)) {
    out.push_back({path, value.text(), place_of(value)});
    return;
  }
  std::size_t i = 0;
  for (node member : value) {
    const std::string name = value.is(node_type::map) ? std::string(member.name()) : std::to_string(i++);
    add_value(member, path.empty() ? name : path + "/" + name, out);
  }
}

std::size_t count_lines(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

// A record of the heading in one line: its values, one after the other; a party begins ROUTE/NAME.
std::string values_of(node record) {
  const auto route = record["route"].text(), name = record["name"].text();
  std::string out = route.empty() ? std::string() : std::string(route) + "/";
  out += name;
  walk(
      record,
      [&](node n) {
        if (n.is(node_type::map) || n.is(node_type::list) || n.text().empty()) return;
        if (n == record["route"] || n == record["name"]) return;
        if (!out.empty()) out += "  ";
        out += n.text();
      },
      [](node) {});
  return out;
}

// The words of a paragraph without its number and mark.
std::string words_of(node paragraph) {
  std::string all;
  for (node child : paragraph) {
    const bool is_mark = child.is_element("label") || (child.is_element("seg") && child.attr("type") == "portion");
    if (!is_mark) all += child.is(node_type::text) ? std::string(child.text()) : plain_text(child);
    if (child.is_element("pb")) all += ' ';
  }
  std::string out;
  bool blank = true;
  append_collapsed(out, all, blank);
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

bool holds(node n, std::string_view element) {
  bool found = false;
  walk(n, [&](node x) { found |= x.is_element(element); }, [](node) {});
  return found;
}

block block_of(node n, std::size_t depth) {
  using kind = block::kind;
  block b;
  b.where = n;
  b.depth = depth;
  b.place = place_of(n);
  b.name = n.is(node_type::element) ? std::string(n.name()) : n.is(node_type::text) ? "#text" : n.is(node_type::comment) ? "#comment" : "#pi";
  if (!n.is(node_type::element)) {
    bool blank = true;
    append_collapsed(b.text, n.text(), blank);
    return b;
  }
  if (b.name == "p") {
    b.what = kind::paragraph;
    b.number = n.attr("n");
    b.text = words_of(n);
    b.is_joined = holds(n, "pb");
    for (node child : n)
      if (child.is_element("seg") && child.attr("type") == "portion") b.mark = child.attr("subtype").empty() ? collapsed_text(child) : std::string(child.attr("subtype"));
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

void add_blocks(node parent, std::size_t depth, std::vector<block>& out) {
  for (node n : parent) {
    if (n.is(node_type::text) && is_blank(n.text())) continue;
    if (n.is_element("div")) add_blocks(n, depth + 1, out);
    else out.push_back(block_of(n, depth));
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
  add_value(document["meta"], {}, out);
  return out;
}

std::vector<heading_row> heading_rows_of(node document) {
  std::vector<heading_row> out;
  for (node field : document["meta"]) {
    const std::string name(field.name());
    if (!field.is(node_type::list)) {
      out.push_back({name, field.is(node_type::map) ? values_of(field) : std::string(field.text()), place_of(field)});
      continue;
    }
    bool are_words = true;  // short texts go into one row
    for (node item : field) are_words &= item.is(node_type::text) && item.text().size() <= 24;
    bool is_first = true;
    for (node item : field) {
      const std::string value = item.is(node_type::text) ? std::string(item.text()) : values_of(item);
      if (are_words && !is_first) out.back().text += ", " + value;
      else out.push_back({is_first ? name : std::string(), value, place_of(item)});
      is_first = false;
    }
  }
  return out;
}

std::vector<block> outline_of(node document) {
  std::vector<block> out;
  add_blocks(document["body"], 0, out);
  return out;
}

source_lines::source_lines(node document, const std::shared_ptr<const octets>& input, std::uint64_t& at) {
  const auto source = document["source"]["octets"].text();
  if (source.empty()) return;
  std::string there(source.size(), '\0');
  if (input && source.size() <= input->length() - std::min(at, input->length()) &&
      input->read_at(at, there.data(), there.size()) == static_cast<std::int64_t>(there.size()) && there == source) {
    content_ = input;
    base_ = at;
    at += source.size();
  } else {
    content_ = octets::of_memory(source);
  }
}

text_position source_lines::locate(std::uint64_t offset) const {
  return content_ ? content_->locate(base_ + offset) : text_position{};
}

}  // namespace dragoman::hosting
