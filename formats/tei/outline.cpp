#include "outline.hpp"

#include <dragoman/text.hpp>

#include <algorithm>
#include <charconv>

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
    std::string text;
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
    for (auto& p : all) p.text = trim(p.text);
    std::erase_if(all, [](const piece& p) { return is_text(p.node) && p.text.empty(); });
    return all;
  }

  bool same(pugi::xml_node actual, const outline_item& expected) const {
    switch (expected.is) {
      case outline_item::kind::opaque: return opaque_(expected.name) == actual;
      case outline_item::kind::container: return is_element(actual) && name_of(actual) == expected.name;
      default: return is_element(actual) && serialize(actual, true) == compact_form(expected);
    }
  }

  void container(pugi::xml_node actual, const outline_item& expected, const std::string& path) {
    compare_attributes(actual, expected, path);
    const std::vector<piece> pieces = pieces_of(actual);
    std::size_t next = 0;  // item of `expected` that comes next
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const auto& items = expected.children;
      std::size_t found = next;
      while (found < items.size() && !same(pieces[i].node, items[found])) ++found;
      if (found == items.size()) {
        if (next < items.size() && stands_for(pieces, i, items[next])) replaced(path, i, pieces[i], &items[next++]);
        else replaced(path, i, pieces[i], nullptr);
        continue;
      }
      for (; next < found; ++next) missing(path, items[next]);
      if (items[found].is == outline_item::kind::container)
        container(pieces[i].node, items[found], path.empty() ? items[found].name : path + "/" + items[found].name);
      ++next;
    }
    for (; next < expected.children.size(); ++next) missing(path, expected.children[next]);
  }

  // Is this node what became of the item that is expected next: of the same name, and the item is not found later?
  bool stands_for(const std::vector<piece>& pieces, std::size_t at, const outline_item& item) const {
    if (item.is != outline_item::kind::child) return false;
    const auto end = item.xml.find_first_of(" />", 1);
    if (!is_element(pieces[at].node) || name_of(pieces[at].node) != std::string_view(item.xml).substr(1, end - 1)) return false;
    return std::none_of(pieces.begin() + static_cast<std::ptrdiff_t>(at), pieces.end(), [&](const piece& p) { return same(p.node, item); });
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

  void replaced(const std::string& path, std::size_t at, const piece& actual, const outline_item* instead) {
    begin_entry(path);
    out_.value("at", std::to_string(at));
    if (instead != nullptr) out_.value("instead", compact_form(*instead));
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
    const auto found = std::find_if(at->children.begin(), at->children.end(), [&](const auto& c) {
      return c.is == outline_item::kind::container && c.name == name;
    });
    if (found == at->children.end()) {
      if (!make) return nullptr;
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
  for (node entry : residue) {
    if (!entry["instead"]) continue;
    const node nodes = entry["nodes"];
    outline_item* const parent = find_container(top, entry["path"].text(), false);
    std::vector<outline_item> none;
    auto& items = parent != nullptr ? parent->children : none;
    const auto found = std::find_if(items.begin(), items.end(), [&](const auto& c) {
      return c.is != outline_item::kind::opaque && compact_form(c) == entry["instead"].text();
    });
    if (found == items.end()) {
      if (nodes) stale.emplace_back(entry["path"].text());
    } else if (!nodes) {
      items.erase(found);
    } else {
      xml_writer text;
      for (node n : nodes) text.copy(n);
      *found = {};
      found->is = outline_item::kind::child;
      found->xml = text.take();
    }
  }
  for (node entry : residue) {
    if (entry["instead"]) continue;
    outline_item& parent = *find_container(top, entry["path"].text(), true);
    if (const node changed = entry["attributes"]) put_attributes(parent, changed.first_child());
    const node nodes = entry["nodes"];
    if (!nodes) continue;
    std::size_t at = 0;
    const auto where = entry["at"].text();
    std::from_chars(where.data(), where.data() + where.size(), at);
    outline_item item;
    item.is = outline_item::kind::child;
    xml_writer text;
    for (node n : nodes) text.copy(n);
    item.xml = text.take();
    at = std::min(at, parent.children.size());
    parent.children.insert(parent.children.begin() + static_cast<std::ptrdiff_t>(at), std::move(item));
  }
  return stale;
}

}  // namespace dragoman::tei
