#include "tree.hpp"

#include <dragoman/equality.hpp>
#include <dragoman/text.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dragoman::tei {
namespace {

// Calls enter and leave for each node below and with `top`, in document order, without recursion.
template <class Enter, class Leave>
void walk_tree(tree_node top, Enter&& enter, Leave&& leave) {
  tree_node at = top;
  while (true) {
    enter(at);
    if (const auto child = at.first_child()) {
      at = child;
      continue;
    }
    while (true) {
      leave(at);
      if (at == top) return;
      if (const auto next = at.next_sibling()) {
        at = next;
        break;
      }
      at = at.parent();
    }
  }
}

// pugixml leaves the line ends of processing instructions as they are.
std::string with_plain_line_ends(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '\r') out += s[i];
    else if (i + 1 >= s.size() || s[i + 1] != '\n') out += '\n';
  }
  return out;
}

// The end of the run of text that begins at `first`, and whether the run only lays out: blank, without CDATA section.
pugi::xml_node end_of_run(pugi::xml_node first, bool& lays_out) noexcept {
  lays_out = true;
  for (; is_text(first); first = first.next_sibling()) lays_out &= is_layout(first);
  return first;
}

// Tells the children of an element; runs of text that only lay out are left out if `drops`. Recursion (by way of
// tell_without_layout) is bounded by the scan's limit of depth.
void tell_children(builder& out, pugi::xml_node parent, bool drops, bool preserve, const std::vector<pugi::xml_node>& except) {
  for (pugi::xml_node n = parent.first_child(); n;) {
    if (!is_text(n)) {
      if (std::find(except.begin(), except.end(), n) == except.end()) tell_without_layout(out, n, preserve);
      n = n.next_sibling();
      continue;
    }
    bool lays_out = false;
    const pugi::xml_node end = end_of_run(n, lays_out);
    for (; n != end; n = n.next_sibling())
      if (!drops || !lays_out) tell_leaf(out, n);
  }
}

std::string_view prefix_of(std::string_view name) noexcept {
  const auto colon = name.find(':');
  return colon == npos ? std::string_view() : name.substr(0, colon);
}

// Prefix that an attribute of this name declares; false when it declares none.
bool declared_prefix(std::string_view name, std::string_view& prefix) noexcept {
  if (name == "xmlns") prefix = {};
  else if (name.substr(0, 6) == "xmlns:") prefix = name.substr(6);
  else return false;
  return true;
}

}  // namespace

std::unique_ptr<pugi::xml_document> parse_xml(std::string_view text, std::span<const std::string_view> left_out) {
  static const bool is_known = tree_node::is_layout_of_library();
  if (!is_known) throw unusable("tei.parser", "the library pugixml is another one than that which this plugin was built with");
  char* const copy = static_cast<char*>(pugi::get_memory_allocation_function()(text.size() + 1));
  if (copy == nullptr) throw std::bad_alloc();
  char* to = copy;
  const char* at = text.data();
  for (const auto part : left_out) {
    to = write_reference(std::copy(at, part.data(), to), part);
    at = part.data() + part.size();
  }
  to = std::copy(at, text.data() + text.size(), to);
  auto document = std::make_unique<pugi::xml_document>();
  const auto result = document->load_buffer_inplace_own(copy, static_cast<std::size_t>(to - copy),
                                                        pugi::parse_full | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  if (!result) throw unusable("tei.parser", result.description(), place{static_cast<std::int64_t>(result.offset)});
  return document;
}

bool is_layout(tree_node n) noexcept { return n && n.type() == pugi::node_pcdata && is_blank(n.value()); }

std::string text_of(tree_node n) {
  std::string out;
  for (tree_node at = n; at; at = at.following(n, true))
    if (is_text(at)) out += at.value();
  return out;
}

namespace {
// Text with runs of white space as one blank, put together. As dragoman::append_collapsed, but written sixteen octets a step into
// room that is there: what is collapsed comes in many small pieces.
class collapsed_text {
public:
  std::size_t size() const noexcept { return size_; }
  void append(std::string_view text) {
    if (room_.size() < size_ + text.size() + step) room_.resize(2 * (size_ + text.size()) + 4 * step);
    char* to = room_.data() + size_;
    bool behind_blank = is_behind_blank_;
    const char *at = text.data(), *const end = at + text.size();
    while (at != end) {
#if defined(__SSE2__)
      if (const std::ptrdiff_t rest = end - at; rest >= step || may_look_behind(at)) {
        const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const auto where = [&](char c) {
          return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(octets, _mm_set1_epi8(c))));
        };
        const unsigned blanks = where(' '), behind_blanks = blanks << 1 | (behind_blank ? 1u : 0u);
        const auto plain =
            std::countr_zero(where('\n') | where('\t') | where('\r') | (blanks & behind_blanks) | 1u << std::min(rest, step));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), octets);
        behind_blank = (behind_blanks >> plain & 1) != 0;
        at += plain;
        to += plain;
        if (plain == std::min(rest, step)) continue;
      }
#endif
      for (; at != end && (!is_space(*at) || (*at == ' ' && !behind_blank)); ++at) {
        behind_blank = *at == ' ';
        *to++ = *at;
      }
      if (at == end) break;
      if (!behind_blank) *to++ = ' ';
      behind_blank = true;
      while (at != end && is_space(*at)) ++at;
    }
    is_behind_blank_ = behind_blank;
    size_ = static_cast<std::size_t>(to - room_.data());
  }
  std::string take() {
    // None is at the beginning, and none stands beside another.
    room_.resize(size_ - (is_behind_blank_ && size_ != 0 ? 1 : 0));
    return std::move(room_);
  }

private:
  static constexpr std::ptrdiff_t step = 16;  // octets
#if defined(__SSE2__)
  // Is all of a step in memory where one octet of it is? The address sanitizer would not have it.
  static bool may_look_behind(const char* at) noexcept {
    constexpr std::uintptr_t page = 4096;
    return DRAGOMAN_TEI_LOOKS_AT_BLOCKS != 0 && std::bit_cast<std::uintptr_t>(at) % page <= page - step;
  }
#endif
  std::string room_;
  std::size_t size_ = 0;
  bool is_behind_blank_ = true;
};
}  // namespace

std::string collapsed_text_of(tree_node n, std::string_view skip, std::size_t enough) {
  collapsed_text out;
  bool enters = true;
  for (tree_node at = n; at && out.size() < enough; at = at.following(n, enters)) {
    const auto type = at.type();
    enters = true;
    if (type == pugi::node_pcdata || type == pugi::node_cdata) {
      out.append(at.value());
    } else if (type == pugi::node_element) {
      const std::string_view name = at.name();
      enters = skip.empty() || name != skip || at == n;
      if (enters && (name == "lb" || name == "p")) out.append(" ");
    }
  }
  return out.take();
}

tei_names::tei_names(pugi::xml_node root) {
  const std::string_view prefix = prefix_of(name_of(root));
  if (!prefix.empty()) prefix_ = std::string(prefix) + ':';
}
bool tei_names::is(tree_node n, std::string_view local) const noexcept {
  if (!n) return false;
  const char* name = n.raw_name();
  // Nearly all names that are asked about differ in the first letter.
  if (prefix_.empty() && *name != local.front()) return false;
  const auto takes = [&](std::string_view part) {
    for (const char c : part)
      if (*name++ != c) return false;
    return true;
  };
  return takes(prefix_) && takes(local) && *name == '\0' && n.type() == pugi::node_element;
}
pugi::xml_node tei_names::child(tree_node parent, std::string_view local) const noexcept {
  tree_node n = parent ? parent.first_child() : tree_node();
  while (n && !is(n, local)) n = n.next_sibling();
  return n.node();
}
pugi::xml_node tei_names::child(tree_node parent, std::string_view local, const char* attribute,
                                std::string_view value) const noexcept {
  tree_node n = parent ? parent.first_child() : tree_node();
  while (n && !(is(n, local) && attribute_of(n, attribute) == value)) n = n.next_sibling();
  return n.node();
}
pugi::xml_node tei_names::find(tree_node from, std::string_view path) const noexcept {
  while (from && !path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    from = child(from, path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return from.node();
}
bool tei_names::leaves_tei(pugi::xml_node n) const noexcept {
  const std::string declaration = prefix_.empty() ? "xmlns" : "xmlns:" + prefix_.substr(0, prefix_.size() - 1);
  const auto a = n.attribute(declaration.c_str());
  return a && std::string_view(a.value()) != tei_namespace;
}

void tell_attributes(builder& out, tree_node n) {
  for (auto a = n.first_attribute(); a; a = a.next()) out.attr(a.name(), a.value());
}

void tell_leaf(builder& out, tree_node n) {
  switch (n.type()) {
    case pugi::node_pcdata:
    case pugi::node_cdata: out.text(n.value()); break;
    case pugi::node_comment: out.leaf(node_type::comment, {}, n.value()); break;
    case pugi::node_pi:
      if (const auto data = n.value(); data.find('\r') == npos) out.leaf(node_type::pi, n.name(), data);
      else out.leaf(node_type::pi, n.name(), with_plain_line_ends(data));
      break;
    default: break;
  }
}

void tell(builder& out, tree_node top) {
  tree_node at = top;
  while (true) {
    if (const auto type = at.type(); type == pugi::node_pcdata) {
      out.text(at.value());
    } else if (type != pugi::node_element) {
      tell_leaf(out, at);
    } else {
      out.element(at.name());
      tell_attributes(out, at);
      if (const auto child = at.first_child()) {
        at = child;
        continue;
      }
      out.close();
    }
    while (true) {
      if (at == top) return;
      if (const auto next = at.next_sibling()) {
        at = next;
        break;
      }
      at = at.parent();
      out.close();
    }
  }
}

void tell_without_layout(builder& out, pugi::xml_node top, bool preserve) {
  if (!is_element(top)) return tell_leaf(out, top);
  out.element(top.name());
  tell_attributes(out, top);
  if (const auto space = top.attribute("xml:space")) preserve = std::string_view(space.value()) == "preserve";
  tell_children(out, top, !preserve && has_element_content(top.name()), preserve, {});
  out.close();
}

void tell_content_without_layout(builder& out, pugi::xml_node parent, const std::vector<pugi::xml_node>& except) {
  tell_children(out, parent, true, false, except);
}

std::string serialize(tree_node top, bool compact) {
  xml_writer out;
  walk_tree(
      top,
      [&](tree_node n) {
        switch (n.type()) {
          case pugi::node_pcdata:
          case pugi::node_cdata:
            if (!compact || !is_layout(n)) out.text(n.value());
            break;
          case pugi::node_comment: out.comment(n.value()); break;
          case pugi::node_pi: out.instruction(n.name(), with_plain_line_ends(n.value())); break;
          case pugi::node_element:
            out.raw("<").raw(n.name());
            for (auto a = n.first_attribute(); a; a = a.next()) out.attribute(a.name(), a.value());
            out.raw(n.first_child() ? ">" : "/>");
            break;
          default: break;
        }
      },
      [&](tree_node n) {
        if (is_element(n) && n.first_child()) out.raw("</").raw(n.name()).raw(">");
      });
  return out.take();
}

bindings scope_of(pugi::xml_node n, const bindings& outside) {
  bindings inner_first;
  for (pugi::xml_node at = n.parent(); is_element(at); at = at.parent()) {
    std::string_view prefix;
    for (const auto& a : at.attributes())
      if (declared_prefix(a.name(), prefix)) inner_first.emplace_back(prefix, a.value());
  }
  bindings scope = outside;
  scope.insert(scope.end(), inner_first.rbegin(), inner_first.rend());
  return scope;
}

bindings needed_of_used(const std::vector<std::string_view>& used, const bindings& scope) {
  bindings needed;
  for (const auto prefix : used) {
    const auto found = std::find_if(scope.rbegin(), scope.rend(), [&](const auto& b) { return b.first == prefix; });
    const std::string uri = found == scope.rend() ? std::string() : found->second;
    if (!prefix.empty()) needed.emplace_back(prefix, uri);
    else if (uri != tei_namespace) needed.emplace_back("", uri);
  }
  return needed;
}

bindings needed_namespaces(tree_node top, const bindings& scope) {
  std::vector<std::string_view> used;
  std::vector<std::pair<std::string_view, tree_node>> declared;
  const auto use = [&](std::string_view prefix) {
    if (prefix == "xml") return;
    for (const auto& d : declared)
      if (d.first == prefix) return;
    if (std::find(used.begin(), used.end(), prefix) == used.end()) used.push_back(prefix);
  };
  walk_tree(
      top,
      [&](tree_node n) {
        if (!is_element(n)) return;
        std::string_view prefix;
        for (auto a = n.first_attribute(); a; a = a.next())
          if (declared_prefix(a.name(), prefix)) declared.emplace_back(prefix, n);
        use(prefix_of(n.name()));
        for (auto a = n.first_attribute(); a; a = a.next())
          if (const auto p = prefix_of(a.name()); !p.empty() && p != "xmlns") use(p);
      },
      [&](tree_node n) {
        while (!declared.empty() && declared.back().second == n) declared.pop_back();
      });
  return needed_of_used(used, scope);
}

}  // namespace dragoman::tei
