#include "display/comparison.hpp"

#include "display/alignment.hpp"
#include "display/outline.hpp"
#include "strings.hpp"

#include <dragoman/equality.hpp>

#include <algorithm>
#include <map>

namespace dragoman::hosting {
namespace {

struct heading_text {
  std::string path, text;
};

// The values of a heading; a list of texts is one value.
std::vector<heading_text> texts_of(node document) {
  std::vector<heading_text> out;
  for (const auto& v : heading_of(document)) {
    const auto field = v.path.substr(0, v.path.find('/'));
    const bool is_list_of_texts =
        document["meta"][field].first_child().is(node_type::text) && document["meta"][field].is(node_type::list);
    if (!is_list_of_texts) out.push_back({v.path, std::string(v.text)});
    else if (!out.empty() && out.back().path == field) out.back().text += ", " + std::string(v.text);
    else out.push_back({field, std::string(v.text)});
  }
  return out;
}

void compare_headings(node a, node b, std::vector<difference>& out) {
  if (a["kind"].text() != "cable" && b["kind"].text() != "cable") return;  // computed, and says nothing of its own
  std::vector<std::string> order;
  std::map<std::string, std::pair<std::string, std::string>> values;
  for (const auto& v : texts_of(a)) {
    order.push_back(v.path);
    values[v.path].first = v.text;
  }
  for (const auto& v : texts_of(b)) {
    if (values.find(v.path) == values.end()) order.push_back(v.path);
    values[v.path].second = v.text;
  }
  for (const auto& path : order)
    if (const auto& [x, y] = values[path]; x != y) out.push_back({"meta/" + path, x, y});
}

// A block with its markup, so that two are equal when it is; comments and layout left out.
std::string key_of(const block& b) {
  std::string key = std::to_string(b.depth);
  walk(
      b.where,
      [&](node n) {
        if (n.is(node_type::text)) {
          std::string text;
          bool blank = false;
          append_collapsed(text, n.text(), blank);
          key += text;
        } else if (n.is(node_type::element)) {
          std::vector<std::string> attributes;
          for (std::size_t i = 0; i < n.attribute_count(); ++i)
            attributes.push_back(std::string(n.attribute_at(i).name) + "=" + std::string(n.attribute_at(i).value));
          std::sort(attributes.begin(), attributes.end());
          key += "\x01" + std::string(n.name());
          for (const auto& a : attributes) key += "\x02" + a;
          key += "\x03";
        }
      },
      [&](node n) {
        if (n.is(node_type::element)) key += "\x04";
      });
  return key;
}

std::string label_of(const block& b) {
  switch (b.what) {
    case block::kind::paragraph: return b.number.empty() ? "paragraph" : "paragraph " + b.number;
    case block::kind::other: return b.name;
    default: return name_of(b.what);
  }
}

std::string words_of(const block& b) {
  std::string out = b.mark.empty() ? "" : "(" + b.mark + ") ";
  return out + (b.text.empty() ? b.number : b.text);
}

struct side {
  std::vector<block> blocks;
  std::vector<std::string> keys;
  explicit side(node document) : blocks(outline_of(document)) {
    std::erase_if(blocks, [](const block& b) { return b.name == "#comment" || b.name == "#pi"; });
    for (const auto& b : blocks) keys.push_back(key_of(b));
  }
};

// What stands between two common blocks: paired in order while both sides have some.
void add_changed(const side& a, std::size_t i, std::size_t i_end, const side& b, std::size_t j, std::size_t j_end,
                 std::vector<difference>& out) {
  while (i < i_end || j < j_end) {
    const block* x = i < i_end ? &a.blocks[i++] : nullptr;
    const block* y = j < j_end ? &b.blocks[j++] : nullptr;
    difference d{"body, " + label_of(x ? *x : *y), x ? words_of(*x) : "", y ? words_of(*y) : ""};
    if (x && y && label_of(*x) != label_of(*y)) d.where += " / " + label_of(*y);
    if (d.first == d.second) d.where += ": same words, other markup";
    out.push_back(std::move(d));
  }
}

void compare_bodies(node first, node second, std::vector<difference>& out) {
  const side a(first), b(second);
  std::size_t i = 0, j = 0;
  for (const auto& [x, y] : aligned(a.keys, b.keys)) {
    add_changed(a, i, x, b, j, y, out);
    i = x + 1;
    j = y + 1;
  }
  add_changed(a, i, a.blocks.size(), b, j, b.blocks.size(), out);
}

std::vector<std::string_view> split_words(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  std::vector<std::string_view> out;
  for (auto at = text.find_first_not_of(blanks); at != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(blanks, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(blanks, end);
  }
  return out;
}

}  // namespace

std::vector<compared_word> compare_words(std::string_view first, std::string_view second) {
  const auto a = split_words(first), b = split_words(second);
  std::vector<compared_word> out;
  std::size_t i = 0, j = 0;
  const auto take_until = [&](std::size_t i_end, std::size_t j_end) {
    for (; i < i_end; ++i) out.push_back({word_side::first, a[i]});
    for (; j < j_end; ++j) out.push_back({word_side::second, b[j]});
  };
  for (const auto& [x, y] : aligned(a, b)) {
    take_until(x, y);
    out.push_back({word_side::both, a[x]});
    i = x + 1;
    j = y + 1;
  }
  take_until(a.size(), b.size());
  return out;
}

std::vector<difference> differences(node first, node second) {
  const auto a = canonical_form(first), b = canonical_form(second);
  std::vector<difference> out;
  if (a == b) return out;
  if (first["id"].text() != second["id"].text())
    out.push_back({"id", std::string(first["id"].text()), std::string(second["id"].text())});
  if (first["kind"].text() != second["kind"].text())
    out.push_back({"kind", std::string(first["kind"].text()), std::string(second["kind"].text())});
  compare_headings(first, second, out);
  compare_bodies(first, second, out);
  if (!out.empty()) return out;
  // Namespaces, sections: seen by the canonical form and by none of the above.
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto around = [](const std::string& text, std::size_t at) { return text.substr(at > 30 ? at - 30 : 0, 80); };
  out.push_back(
      {"structure", around(a, static_cast<std::size_t>(x - a.begin())), around(b, static_cast<std::size_t>(y - b.begin()))});
  return out;
}

}  // namespace dragoman::hosting
