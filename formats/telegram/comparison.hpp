// A document compared with events as they are told, without building a second document: the writer reads what it wrote
// again and asks whether that still says the same (telegram.md 6.8).
#pragma once
#include <dragoman/equality.hpp>
#include <dragoman/node.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::telegram {

// A sink for tell_meta and tell_body. Follows `document` along with the events and remembers whether they part.
// Equality is that of canonical_form, strictly: what is told equal is equal; of odd documents (namespaces, empty maps told)
// it may say that they differ although they do not. Lends the document. One thread at a time.
class comparison {
public:
  explicit comparison(node document) : document_(document), failed_(static_cast<bool>(document["namespaces"])) {}

  // Did everything told stand in the document, and everything in the document come? Ask when all is told.
  bool equal() const noexcept { return !failed_ && frames_.empty(); }

  comparison& map(std::string_view name = {}) {
    if (const node n = take(name, node_type::map); !failed_) frames_.push_back({shape::map, n, {}});
    return *this;
  }
  comparison& list(std::string_view name = {}) {
    const bool is_body = frames_.empty();
    if (const node n = take(name, node_type::list); !failed_) {
      frames_.push_back({is_body ? shape::content : shape::list, n, n.first_child()});
      frames_.back().element_only = is_body;
    }
    return *this;
  }
  comparison& element(std::string_view name) {
    end_run();
    if (failed_) return *this;
    frame& parent = frames_.back();
    const node n = parent.next;
    if (!n.is_element(name)) return fail();
    parent.next = n.next();
    frame child{shape::content, n, n.first_child()};
    child.element_only = has_element_content(name);
    child.preserve = parent.preserve;
    child.is_element = true;
    frames_.push_back(child);
    return *this;
  }
  comparison& attr(std::string_view name, std::string_view words) {
    if (failed_) return *this;
    frame& f = frames_.back();
    ++f.told;
    if (name == "xml:space") f.preserve = words == "preserve";
    if (!f.at.has_attribute(name) || f.at.attr(name) != words) return fail();
    return *this;
  }
  comparison& text(std::string_view words) {
    if (!failed_) told_ += words;
    return *this;
  }
  comparison& value(std::string_view name, std::string_view words) {
    if (const node n = take(name, node_type::text); !failed_ && n.text() != words) return fail();
    return *this;
  }
  comparison& close() {
    if (failed_) return *this;
    if (frames_.back().kind == shape::content) end_run();
    if (failed_) return *this;
    const frame& f = frames_.back();
    const bool whole =
        f.kind == shape::map ? count_members(f.at) == f.told : !f.next && (!f.is_element || f.at.attribute_count() == f.told);
    if (!whole) return fail();
    frames_.pop_back();
    return *this;
  }
  comparison& span(std::uint64_t, std::uint64_t) { return *this; }

private:
  enum class shape : std::uint8_t { map, list, content };
  struct frame {
    shape kind;
    node at, next;         // next: of lists and content, the first child that nothing told answers yet
    std::size_t told = 0;  // members of a map, attributes of an element
    bool element_only = false, preserve = false, is_element = false;
  };

  comparison& fail() noexcept {
    failed_ = true;
    return *this;
  }
  // The member `name` of the open map, the next of the open list, or a member of the document itself.
  node take(std::string_view name, node_type type) {
    if (failed_) return {};
    node n;
    if (frames_.empty()) {
      n = document_[name];
    } else if (frame& f = frames_.back(); f.kind == shape::map) {
      n = f.at[name];
      ++f.told;
    } else {
      n = f.next;
      f.next = n.next();
    }
    const bool absent_meta = !n && frames_.empty() && type == node_type::map;  // equal to an empty one
    if (!n.is(type) && !absent_meta) failed_ = true;
    return n;
  }
  static bool is_empty(node n) {
    if (n.is(node_type::list)) return n.empty();
    return n.is(node_type::map) && std::all_of(n.begin(), n.end(), is_empty);
  }
  static std::size_t count_members(node map) {
    std::size_t count = 0;
    for (const node m : map) count += !is_empty(m);
    return count;
  }

  // A run of text ends on both sides: white space counts as one blank, comments do not count.
  void end_run() {
    if (failed_) return;
    frame& f = frames_.back();
    meant_.clear();
    for (; f.next && !f.next.is(node_type::element) && !f.next.is(node_type::slot); f.next = f.next.next())
      if (f.next.is(node_type::text)) meant_ += f.next.text();
    if (!same_run(f)) failed_ = true;
    told_.clear();
  }
  bool same_run(const frame& f) const noexcept {
    if (f.preserve) return told_ == meant_;
    if (f.element_only && is_blank(told_)) return is_blank(meant_);
    std::size_t a = 0, b = 0;
    while (a < told_.size() && b < meant_.size()) {
      if (is_space(told_[a]) != is_space(meant_[b])) return false;
      if (!is_space(told_[a])) {
        if (told_[a++] != meant_[b++]) return false;
        continue;
      }
      while (a < told_.size() && is_space(told_[a])) ++a;
      while (b < meant_.size() && is_space(meant_[b])) ++b;
    }
    return a == told_.size() && b == meant_.size();
  }

  node document_;
  std::vector<frame> frames_;
  std::string told_, meant_;  // of the run of text being told
  bool failed_;
};

}  // namespace dragoman::telegram
