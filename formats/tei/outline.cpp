#include "outline.hpp"

#include <dragoman/text.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <unordered_map>

namespace dragoman::tei {

// -- telling an outline ---------------------------------------------------------------------------------------------

void outline::begin_line() {
  if (containers_.empty()) return;
  auto& parent = containers_.back();
  if (!parent.has_children) out_->raw(">");
  parent.has_children = true;
  if (!parent.on_one_line) out_->line(level_);
}

void outline::open(std::string_view name, attributes attrs, bool on_one_line) {
  if (out_ != nullptr) {
    begin_line();
    out_->raw("<").raw(name);
    for (const auto& [n, v] : attrs) out_->attribute(n, v);
    containers_.push_back({std::string(name), on_one_line, false});
    if (!on_one_line) ++level_;
    return;
  }
  outline_item* item = &top_;
  if (!recording_.empty()) item = &recording_.back()->children.emplace_back();
  item->name = name;
  item->attrs = std::move(attrs);
  item->on_one_line = on_one_line;
  recording_.push_back(item);
}

void outline::close() {
  if (out_ == nullptr) {
    recording_.pop_back();
    return;
  }
  const open_container c = std::move(containers_.back());
  containers_.pop_back();
  if (!c.on_one_line) --level_;
  if (!c.has_children) {
    out_->raw("/>");
    return;
  }
  if (!c.on_one_line) out_->line(level_);
  out_->raw("</").raw(c.name).raw(">");
}

void outline::child(const std::function<void(xml_writer&)>& write) {
  if (out_ != nullptr) {
    begin_line();
    write(*out_);
    return;
  }
  xml_writer one;
  write(one);
  auto& item = recording_.back()->children.emplace_back();
  item.is = outline_item::kind::child;
  item.xml = one.take();
}

void outline::opaque(std::string_view what, content_writer write) {
  if (out_ != nullptr) {
    begin_line();
    write(*out_, level_);
    return;
  }
  auto& item = recording_.back()->children.emplace_back();
  item.is = outline_item::kind::opaque;
  item.name = what;
  item.write = std::move(write);
}

void print(xml_writer& out, const outline_item& item, std::size_t level) {
  switch (item.is) {
    case outline_item::kind::child: out.raw(item.xml); return;
    case outline_item::kind::opaque: item.write(out, level); return;
    case outline_item::kind::container: break;
  }
  out.raw("<").raw(item.name);
  for (const auto& [n, v] : item.attrs) out.attribute(n, v);
  if (item.children.empty()) {
    out.raw("/>");
    return;
  }
  out.raw(">");
  const std::size_t inside = item.on_one_line ? level : level + 1;
  for (const auto& c : item.children) {
    if (!item.on_one_line) out.line(inside);
    print(out, c, inside);
  }
  if (!item.on_one_line) out.line(level);
  out.raw("</").raw(item.name).raw(">");
}

// -- what a file has otherwise ---------------------------------------------------------------------------------------
namespace {

// How an item looks when white space that only lays out is gone, as which it is compared and remembered.
std::string compact_form(const outline_item& item) {
  xml_writer whole;
  if (item.is == outline_item::kind::opaque) return {};
  if (item.is == outline_item::kind::child) whole.raw(item.xml);
  else {
    outline_item copy = item;
    std::erase_if(copy.children, [](const auto& c) { return c.is == outline_item::kind::opaque; });
    print(whole, copy, 0);
  }
  pugi::xml_document tree;
  const std::string text = whole.take();
  tree.load_buffer(text.data(), text.size(), pugi::parse_full | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  return serialize(tree.document_element(), true);
}

class comparison {
public:
  comparison(builder& out, const std::function<pugi::xml_node(std::string_view)>& opaque) : out_(out), opaque_(opaque) {}

  bool run(pugi::xml_node actual, const outline_item& expected) {
    container(actual, expected, "");
    if (told_) out_.close();
    return told_;
  }

private:
  void begin_entry(std::string_view path) {
    if (!told_) out_.list("header");
    told_ = true;
    out_.map().value("path", path);
  }

  // A child of a container: a node, or a run of text, white space around which only lays out.
  struct piece {
    pugi::xml_node node;
    std::string text;  // of text, trimmed; of an element, its compact form
  };
  static std::vector<piece> pieces_of(pugi::xml_node parent) {
    std::vector<piece> all;
    bool in_text = false;
    for (const auto n : parent.children()) {
      if (!is_text(n)) all.push_back({n, {}});
      else if (in_text) all.back().text += n.value();
      else all.push_back({n, n.value()});
      in_text = is_text(n);
    }
    for (auto& p : all) p.text = is_element(p.node) ? serialize(p.node, true) : std::string(trim(p.text));
    std::erase_if(all, [](const piece& p) { return is_text(p.node) && p.text.empty(); });
    return all;
  }

  // Where the items of a container are, by compact form or, of a container, by name.
  using item_index = std::unordered_map<std::string, std::vector<std::size_t>>;
  static item_index index_items(const std::vector<outline_item>& items, std::vector<std::string>& forms) {
    item_index index;
    for (std::size_t i = 0; i < items.size(); ++i) {
      forms.push_back(items[i].is == outline_item::kind::child ? compact_form(items[i]) : std::string());
      if (items[i].is == outline_item::kind::child) index[forms[i]].push_back(i);
      else if (items[i].is == outline_item::kind::container) index["/" + items[i].name].push_back(i);
    }
    return index;
  }
  // The first item from `next` on that this piece is; items.size() when there is none.
  std::size_t find(const piece& p, const std::vector<outline_item>& items, const item_index& index, std::size_t next) const {
    std::size_t found = items.size();
    if (!is_element(p.node)) return found;
    for (std::size_t i = next; i < items.size(); ++i)
      if (items[i].is == outline_item::kind::opaque && opaque_(items[i].name) == p.node) return i;
    for (const std::string& key : {p.text, "/" + std::string(name_of(p.node))}) {
      const auto at = index.find(key);
      if (at == index.end()) continue;
      const auto first = std::lower_bound(at->second.begin(), at->second.end(), next);
      if (first != at->second.end()) found = std::min(found, *first);
    }
    return found;
  }

  void container(pugi::xml_node actual, const outline_item& expected, const std::string& path) {
    compare_attributes(actual, expected, path);
    const std::vector<piece> pieces = pieces_of(actual);
    const auto& items = expected.children;
    std::vector<std::string> forms;
    const item_index index = index_items(items, forms);
    std::unordered_map<std::string_view, std::size_t> last;  // piece of that form
    for (std::size_t i = 0; i < pieces.size(); ++i) last[pieces[i].text] = i;
    std::size_t next = 0;  // item that comes next
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const std::size_t found = find(pieces[i], items, index, next);
      if (found == items.size()) {
        // What became of the item that is expected next, if that is not found later.
        const bool replaces =
            next < items.size() && has_name_of(pieces[i], items[next]) && (last.count(forms[next]) == 0 || last[forms[next]] < i);
        replaced(path, i, pieces[i], replaces ? &forms[next] : nullptr);
        if (replaces) ++next;
        continue;
      }
      for (; next < found; ++next) missing(path, items[next]);
      if (items[found].is == outline_item::kind::container)
        container(pieces[i].node, items[found], path.empty() ? items[found].name : path + "/" + items[found].name);
      ++next;
    }
    for (; next < items.size(); ++next) missing(path, items[next]);
  }

  static bool has_name_of(const piece& p, const outline_item& item) {
    if (item.is != outline_item::kind::child || !is_element(p.node)) return false;
    const auto end = item.xml.find_first_of(" />", 1);
    return name_of(p.node) == std::string_view(item.xml).substr(1, end - 1);
  }

  void compare_attributes(pugi::xml_node actual, const outline_item& expected, const std::string& path) {
    attributes other;
    for (const auto& a : actual.attributes()) {
      const std::pair<std::string, std::string> mine(a.name(), a.value());
      if (std::find(expected.attrs.begin(), expected.attrs.end(), mine) == expected.attrs.end()) other.push_back(mine);
    }
    if (other.empty()) return;
    begin_entry(path);
    out_.list("attributes").element(actual.name());
    for (const auto& [n, v] : other) out_.attr(n, v);
    out_.close().close().close();
  }

  void replaced(const std::string& path, std::size_t at, const piece& actual, const std::string* instead) {
    begin_entry(path);
    out_.value("at", std::to_string(at));
    if (instead != nullptr) out_.value("instead", *instead);
    out_.list("nodes");
    if (is_text(actual.node)) out_.value({}, actual.text);
    else tell(out_, actual.node);
    out_.close().close();
  }
  void missing(const std::string& path, const outline_item& item) {
    if (item.is == outline_item::kind::opaque) return;
    begin_entry(path);
    out_.value("instead", compact_form(item));
    out_.close();
  }

  builder& out_;
  const std::function<pugi::xml_node(std::string_view)>& opaque_;
  bool told_ = false;
};

// Finds the container of a path. Where it is missing it is made, so that nothing is left without a place, or null is
// returned.
outline_item* find_container(outline_item& top, std::string_view path, bool make) {
  outline_item* at = &top;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    const auto found = std::find_if(at->children.begin(), at->children.end(),
                                    [&](const auto& c) { return c.is == outline_item::kind::container && c.name == name; });
    if (found == at->children.end()) {
      if (!make) return nullptr;
      if (!is_xml_name(name)) return at;
      outline_item made;
      made.name = name;
      at = &at->children.emplace_back(std::move(made));
    } else {
      at = &*found;
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return at;
}

outline_item make_child(node nodes) {
  xml_writer text;
  for (node n : nodes) text.copy(n);
  outline_item item;
  item.is = outline_item::kind::child;
  item.xml = text.take();
  return item;
}

void put_attributes(outline_item& c, node element) {
  for (std::size_t i = 0; i < element.attribute_count(); ++i) {
    const auto a = element.attribute_at(i);
    const auto found = std::find_if(c.attrs.begin(), c.attrs.end(), [&](const auto& x) { return x.first == a.name; });
    if (found == c.attrs.end()) c.attrs.emplace_back(a.name, a.value);
    else found->second = a.value;
  }
}

}  // namespace

bool tell_residue(builder& out, pugi::xml_node actual, const outline_item& expected,
                  const std::function<pugi::xml_node(std::string_view)>& opaque) {
  return comparison(out, opaque).run(actual, expected);
}

std::vector<std::string> apply_residue(outline_item& top, node residue) {
  std::vector<std::string> stale;
  // First what stands for generated children, or is missing; then what stands beside them, by its place.
  struct replacement {
    std::string instead;
    node nodes;
  };
  struct insertion {
    std::size_t at;
    node nodes;
  };
  std::map<std::string, std::vector<replacement>, std::less<>> replacements;
  std::map<std::string, std::vector<insertion>, std::less<>> insertions;
  for (node entry : residue) {
    const std::string path(entry["path"].text());
    if (const node instead = entry["instead"]) {
      replacements[path].push_back({std::string(instead.text()), entry["nodes"]});
      continue;
    }
    if (const node changed = entry["attributes"]) put_attributes(*find_container(top, path, true), changed.first_child());
    std::size_t at = 0;
    const auto where = entry["at"].text();
    std::from_chars(where.data(), where.data() + where.size(), at);
    if (entry["nodes"]) insertions[path].push_back({at, entry["nodes"]});
  }
  // Inner containers first: an outer one may be left out, and is known by what it holds.
  for (auto group = replacements.rbegin(); group != replacements.rend(); ++group) {
    const auto& [path, all] = *group;
    outline_item* const parent = find_container(top, path, false);
    std::unordered_multimap<std::string, std::size_t> places;
    if (parent != nullptr)
      for (std::size_t i = 0; i < parent->children.size(); ++i)
        if (parent->children[i].is != outline_item::kind::opaque) places.emplace(compact_form(parent->children[i]), i);
    std::vector<bool> gone(parent != nullptr ? parent->children.size() : 0);
    for (const auto& r : all) {
      const auto found = places.find(r.instead);
      if (found == places.end()) {
        if (r.nodes) stale.push_back(path);
        continue;
      }
      if (r.nodes) parent->children[found->second] = make_child(r.nodes);
      else gone[found->second] = true;
      places.erase(found);
    }
    std::vector<outline_item> left;
    for (std::size_t i = 0; i < gone.size(); ++i)
      if (!gone[i]) left.push_back(std::move(parent->children[i]));
    if (parent != nullptr) parent->children = std::move(left);
  }
  for (auto& [path, all] : insertions) {
    outline_item& parent = *find_container(top, path, true);
    std::vector<outline_item> merged;
    auto next = parent.children.begin();
    for (const auto& i : all) {
      while (merged.size() < i.at && next != parent.children.end()) merged.push_back(std::move(*next++));
      merged.push_back(make_child(i.nodes));
    }
    std::move(next, parent.children.end(), std::back_inserter(merged));
    parent.children = std::move(merged);
  }
  return stale;
}

}  // namespace dragoman::tei
