// dragoman/equality.hpp - when two documents are the same: by meaning, and exactly.
//
// Source of the rules: tei.md 5.4 "Equality"; docs/model.md "Equality and the digest". Any thread.
#pragma once
#include <dragoman/node.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman {

inline constexpr std::string_view tei_namespace = "http://www.tei-c.org/ns/1.0";

// Elements whose content is elements only: white space between them is layout (tei.md 2.1 "Layout").
inline bool has_element_content(std::string_view element) noexcept {
  constexpr std::array<std::string_view, 6> names{"div", "list", "table", "row", "surface", "closer"};
  return std::find(names.begin(), names.end(), element) != names.end();
}

namespace detail {

// RFC 8785 section 3.2.3: names are ordered by their UTF-16 code units. UTF-8 differs from that only where a
// supplementary character (lead octet F0..F4) meets U+E000..U+FFFF (EE, EF).
inline bool utf16_less(std::string_view a, std::string_view b) noexcept {
  const auto rank = [](char c) {
    const int octet = static_cast<unsigned char>(c);
    return octet >= 0xF0 ? 0xED * 8 + 1 + (octet - 0xF0) : octet * 8;
  };
  const std::size_t n = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < n; ++i)
    if (a[i] != b[i]) return rank(a[i]) < rank(b[i]);
  return a.size() < b.size();
}

// A string as RFC 8785 section 3.2.2.2 writes it.
inline void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, from, i - from);
    from = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\f': out += "\\f"; break;
      case '\r': out += "\\r"; break;
      default: {
        constexpr char hex[] = "0123456789abcdef";
        out += "\\u00";
        out += hex[c >> 4];
        out += hex[c & 15];
      }
    }
  }
  out.append(text, from, text.size() - from);
  out += '"';
}

// Builds the canonical form. One object a document; its vectors are kept between documents.
class canonical_writer {
public:
  // RFC 8785 form of {"body","id","kind","meta"} after the reductions of tei.md 5.4.
  std::string write(node document) {
    out_.clear();
    bindings_.clear();
    for (node declared : document["namespaces"]) bindings_.push_back({declared.name() == "#default" ? std::string_view() : declared.name(), declared.text()});
    out_ += "{\"body\":";
    content(document["body"], true, false);
    out_ += ",\"id\":";
    append_json_string(out_, document["id"].text());
    out_ += ",\"kind\":";
    const auto kind = document["kind"].text();
    append_json_string(out_, kind);
    if (kind == "cable" && !is_empty_value(document["meta"])) {
      out_ += ",\"meta\":";
      value(document["meta"]);
    }
    out_ += '}';
    return std::move(out_);
  }

private:
  struct binding { std::string_view prefix, uri; };

  // An absent list and an empty one are the same (tei.md 2.1); so is a map with nothing else in it.
  static bool is_empty_value(node n) {
    if (n.is(node_type::list)) return n.empty();
    return !n || (n.is(node_type::map) && std::all_of(n.begin(), n.end(), is_empty_value));
  }

  void value(node n) {
    switch (n.type()) {
      case node_type::map: {
        std::vector<node> members;
        for (node m : n)
          if (!is_empty_value(m)) members.push_back(m);
        std::sort(members.begin(), members.end(), [](node a, node b) { return utf16_less(a.name(), b.name()); });
        out_ += '{';
        for (std::size_t i = 0; i < members.size(); ++i) {
          if (i) out_ += ',';
          append_json_string(out_, members[i].name());
          out_ += ':';
          value(members[i]);
        }
        out_ += '}';
        break;
      }
      case node_type::list: {
        out_ += '[';
        bool first = true;
        for (node m : n) {
          if (!first) out_ += ',';
          first = false;
          value(m);
        }
        out_ += ']';
        break;
      }
      case node_type::literal: out_ += n.text(); break;
      default: append_json_string(out_, n.text());
    }
  }

  // The members of a body, or of an element, as an array. Returns false, and writes nothing, when none is left.
  bool content(node parent, bool element_only, bool preserve) {
    const std::size_t before = out_.size();
    out_ += '[';
    bool first = true;
    std::string run;  // text of adjacent text nodes, comments between them ignored
    const auto separate = [&] {
      if (!first) out_ += ',';
      first = false;
    };
    const auto flush = [&] {
      if (run.empty()) return;
      if (!(element_only && !preserve && is_blank(run))) {
        separate();
        if (preserve) {
          append_json_string(out_, run);
        } else {
          std::string collapsed;
          bool blank = false;
          append_collapsed(collapsed, run, blank);
          append_json_string(out_, collapsed);
        }
      }
      run.clear();
    };
    for (node child : parent) {
      if (child.is(node_type::text)) {
        run += child.text();
      } else if (child.is(node_type::element) || child.is(node_type::slot)) {
        flush();
        separate();
        element(child, preserve);
      }
    }
    flush();
    out_ += ']';
    if (first && parent.is(node_type::element)) {
      out_.resize(before);
      return false;
    }
    return true;
  }

  void element(node n, bool preserve) {
    if (n.is(node_type::slot)) {
      out_ += "{\"id\":";
      append_json_string(out_, n.name());
      out_ += ",\"type\":\"#document\"}";
      return;
    }
    const std::size_t scope = bindings_.size();
    std::vector<std::pair<std::string, std::string_view>> attributes;
    for (std::size_t i = 0, count = n.attribute_count(); i < count; ++i) {
      const auto a = n.attribute_at(i);
      if (a.name == "xmlns") bindings_.push_back({{}, a.value});
      else if (a.name.substr(0, 6) == "xmlns:") bindings_.push_back({a.name.substr(6), a.value});
    }
    for (std::size_t i = 0, count = n.attribute_count(); i < count; ++i) {
      const auto a = n.attribute_at(i);
      if (a.name == "xml:space") preserve = a.value == "preserve";
      if (a.name == "xmlns" || a.name.substr(0, 6) == "xmlns:") continue;
      attributes.emplace_back(expanded(a.name, false), a.value);
    }
    std::sort(attributes.begin(), attributes.end(),
              [](const auto& a, const auto& b) { return utf16_less(a.first, b.first); });
    out_ += '{';
    if (!attributes.empty()) {
      out_ += "\"attrs\":{";
      for (std::size_t i = 0; i < attributes.size(); ++i) {
        if (i) out_ += ',';
        append_json_string(out_, attributes[i].first);
        out_ += ':';
        append_json_string(out_, attributes[i].second);
      }
      out_ += "},";
    }
    const std::string name = expanded(n.name(), true);
    const std::size_t before = out_.size();
    out_ += "\"content\":";
    if (content(n, has_element_content(name), preserve)) out_ += ',';
    else out_.resize(before);
    out_ += "\"type\":";
    append_json_string(out_, name);
    out_ += '}';
    bindings_.resize(scope);
  }

  // A name with its prefix replaced by "{URI}"; TEI's own names, the prefix xml, and unbound prefixes as they are.
  std::string expanded(std::string_view name, bool is_element) const {
    const auto colon = name.find(':');
    const auto prefix = colon == npos ? std::string_view() : name.substr(0, colon);
    const auto local = colon == npos ? name : name.substr(colon + 1);
    if (prefix == "xml" || (prefix.empty() && !is_element)) return std::string(name);
    for (auto b = bindings_.rbegin(); b != bindings_.rend(); ++b) {
      if (b->prefix != prefix) continue;
      if (b->uri == tei_namespace) return std::string(local);
      if (b->uri.empty()) break;
      return "{" + std::string(b->uri) + "}" + std::string(local);
    }
    return std::string(name);
  }

  std::string out_;
  std::vector<binding> bindings_;
};

}  // namespace detail

// The canonical form of a document's meaning; two documents mean the same when theirs are equal, and the digest of the
// model is the SHA-256 of it. Recurses as deep as the document, which the store bounds (document_limits::depth).
inline std::string canonical_form(node document) { return detail::canonical_writer().write(document); }

inline bool semantically_equal(node a, node b) { return canonical_form(a) == canonical_form(b); }

namespace detail {
inline bool same_members(node a, node b, std::string& path);

inline bool same_node(node a, node b, std::string& path) {
  const std::size_t length = path.size();
  path += '/';
  path += a.name().empty() ? std::string_view("#") : a.name();
  if (a.type() != b.type() || a.name() != b.name() || a.text() != b.text() || a.attribute_count() != b.attribute_count())
    return false;
  for (std::size_t i = 0; i < a.attribute_count(); ++i) {
    const auto x = a.attribute_at(i), y = b.attribute_at(i);
    if (x.name != y.name || x.value != y.value) {
      path += '@';
      path += x.name;
      return false;
    }
  }
  if (!same_members(a, b, path)) return false;
  path.resize(length);
  return true;
}

inline bool same_members(node a, node b, std::string& path) {
  if (a.is(node_type::map)) {  // the order of members says nothing
    std::size_t count = 0;
    for (node m : a) {
      ++count;
      const node other = b[m.name()];
      if (!other) {
        path += '/';
        path += m.name();
        return false;
      }
      if (!same_node(m, other, path)) return false;
    }
    for (node m : b) {
      if (count == 0) {
        path += '/';
        path += m.name();
        return false;
      }
      --count;
    }
    return true;
  }
  node x = a.first_child(), y = b.first_child();
  for (; x && y; x = x.next(), y = y.next())
    if (!same_node(x, y, path)) return false;
  return !x && !y;
}
}  // namespace detail

// Exact equality (tei.md 5.4): the same nodes, texts and attributes in the same order; members of maps in any order;
// source and carrier included; spans do not count. Returns the path of the first difference, or nothing when equal.
inline std::optional<std::string> first_difference(node a, node b) {
  std::string path;
  if (!a || !b) return !a && !b ? std::nullopt : std::optional<std::string>("/");
  if (detail::same_node(a, b, path)) return std::nullopt;
  return path;
}

}  // namespace dragoman
