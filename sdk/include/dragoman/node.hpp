// dragoman/node.hpp - reading a document: a node of the view, as a value that is cheap to copy.
//
// A node is valid as long as the document it came from; it owns nothing. An empty node (no document, nothing found)
// answers every question with "empty", so that look-ups can be chained: doc["meta"]["from"]["name"].text().
// Any thread. Source of the shape: dragoman/plugin.h "The document"; docs/model.md.
#pragma once
#include <dragoman/plugin.h>

#include <dragoman/text.hpp>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman {

inline std::string_view view(dgm_str s) noexcept { return s.len ? std::string_view(s.ptr, s.len) : std::string_view(); }
inline dgm_str span(std::string_view s) noexcept { return {s.data(), s.size()}; }

enum class node_type : std::int32_t {
  none = 0,
  map = DGM_MAP,
  list = DGM_LIST,
  text = DGM_TEXT,
  literal = DGM_LITERAL,
  octets = DGM_OCTETS,
  element = DGM_ELEMENT,
  comment = DGM_COMMENT,
  pi = DGM_PI,
  slot = DGM_SLOT
};

struct attribute {
  std::string_view name, value;
};

class node {
public:
  node() = default;
  node(const dgm_view* v, const dgm_node* n) noexcept : view_(v), node_(n) {}

  explicit operator bool() const noexcept { return node_ != nullptr; }
  bool operator==(const node& other) const noexcept { return node_ == other.node_; }

  node_type type() const noexcept { return node_ ? static_cast<node_type>(view_->type(node_)) : node_type::none; }
  bool is(node_type t) const noexcept { return type() == t; }
  bool is_element(std::string_view name) const noexcept { return is(node_type::element) && this->name() == name; }
  std::string_view name() const noexcept { return node_ ? dragoman::view(view_->name(node_)) : std::string_view(); }
  // Of text, literal, comment, pi and octets; empty for the others (see plain_text for what an element says).
  std::string_view text() const noexcept { return node_ ? dragoman::view(view_->text(node_)) : std::string_view(); }

  node first_child() const noexcept { return {view_, node_ ? view_->child(node_) : nullptr}; }
  node next() const noexcept { return {view_, node_ ? view_->next(node_) : nullptr}; }
  bool empty() const noexcept { return !first_child(); }

  std::size_t attribute_count() const noexcept { return node_ ? view_->attrs(node_) : 0; }
  attribute attribute_at(std::size_t index) const noexcept {
    dgm_str n{}, v{};
    view_->attr_at(node_, index, &n, &v);
    return {dragoman::view(n), dragoman::view(v)};
  }
  // Value of an attribute, empty when absent (has_attribute tells the two apart).
  std::string_view attr(std::string_view name) const noexcept {
    for (std::size_t i = 0, n = attribute_count(); i < n; ++i)
      if (const auto a = attribute_at(i); a.name == name) return a.value;
    return {};
  }
  bool has_attribute(std::string_view name) const noexcept {
    for (std::size_t i = 0, n = attribute_count(); i < n; ++i)
      if (attribute_at(i).name == name) return true;
    return false;
  }

  // Member of a map, or first child of that name; an empty node when there is none.
  node operator[](std::string_view name) const noexcept {
    for (node child : *this)
      if (child.name() == name) return child;
    return {};
  }

  // Octets [first, second) of the source that this node came from; false when unknown.
  bool source_span(std::uint64_t& begin, std::uint64_t& end) const noexcept {
    return node_ && view_->span(node_, &begin, &end) != 0;
  }

  class iterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = node;
    using difference_type = std::ptrdiff_t;
    using pointer = const node*;
    using reference = node;
    iterator() = default;
    iterator(const dgm_view* v, const dgm_node* n) noexcept : view_(v), node_(n) {}
    node operator*() const noexcept { return {view_, node_}; }
    iterator& operator++() noexcept {
      node_ = view_->next(node_);
      return *this;
    }
    iterator operator++(int) noexcept {
      auto old = *this;
      ++*this;
      return old;
    }
    bool operator==(const iterator& other) const noexcept { return node_ == other.node_; }

  private:
    const dgm_view* view_ = nullptr;
    const dgm_node* node_ = nullptr;
  };
  iterator begin() const noexcept { return {view_, node_ ? view_->child(node_) : nullptr}; }
  iterator end() const noexcept { return {view_, nullptr}; }

  const dgm_view* table() const noexcept { return view_; }
  const dgm_node* raw() const noexcept { return node_; }

private:
  const dgm_view* view_ = nullptr;
  const dgm_node* node_ = nullptr;
};

// Walks the subtree of `top` in document order without recursion, whatever its depth. `enter(node)` is called for each
// node; `leave(node)` after the content of each node that has children or is an element, map or list.
template <class Enter, class Leave>
void walk(node top, Enter&& enter, Leave&& leave) {
  std::vector<const dgm_node*> stack;  // ancestors of `at`, `top` first
  const dgm_view* table = top.table();
  node at = top;
  while (at) {
    enter(at);
    if (node child = at.first_child()) {
      stack.push_back(at.raw());
      at = child;
      continue;
    }
    leave(at);
    while (true) {
      if (stack.empty()) return;
      if (node sibling = at.next()) {
        at = sibling;
        break;
      }
      at = node(table, stack.back());
      stack.pop_back();
      leave(at);
    }
  }
}

// The words of a node as a reader sees them: its text and that of its elements, notes and running headers left out
// (tei.md 3, treatment), lb as newline. White space is kept.
inline std::string plain_text(node top) {
  std::string out;
  std::size_t hidden = 0;  // inside how many nodes that are out of the text flow
  const auto is_hidden = [&](node n) {
    if (!n.is(node_type::element) || n == top) return false;
    const auto name = n.name();
    return name == "fw" || name == "figDesc" || (name == "note" && n.attr("rend") != "inline");
  };
  walk(
      top,
      [&](node n) {
        if (is_hidden(n)) ++hidden;
        if (hidden) return;
        if (n.is(node_type::text)) out += n.text();
        else if (n.is_element("lb")) out += '\n';
      },
      [&](node n) {
        if (is_hidden(n)) --hidden;
      });
  return out;
}

// The same with runs of white space as one blank, and none at the ends.
inline std::string collapsed_text(node top) {
  std::string out;
  bool blank = true;
  append_collapsed(out, plain_text(top), blank);
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace dragoman
