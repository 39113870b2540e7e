// dragoman/equality.hpp - when two documents are the same: by meaning, and exactly.
//
// Source of the rules: tei.md 5.4 "Equality"; docs/model.md "Equality and the digest". Any thread.
#pragma once
#include <dragoman/node.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
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

// How many octets from `at` on a JSON string holds as they are; with `collapsed`, up to a blank that another follows or
// that begins the text, too. Eight octets a step: a word has a zero octet where it equals the one sought.
inline std::size_t plain_length(std::string_view text, std::size_t at, bool collapsed) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101ull, high = 0x8080808080808080ull;
  const auto zeros = [](std::uint64_t word) { return (word - ones) & ~word & high; };
  const std::size_t begin = at;
  while (text.size() - at > 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    std::uint64_t stops = ((word - ones * 0x20) & ~word & high) | zeros(word ^ ones * '"') | zeros(word ^ ones * '\\');
    if (collapsed) {
      std::uint64_t next;
      std::memcpy(&next, text.data() + at + 1, 8);
      stops |= zeros(word ^ ones * ' ') & zeros(next ^ ones * ' ');
    }
    if (stops != 0) {
      if constexpr (std::endian::native == std::endian::little) at += static_cast<std::size_t>(std::countr_zero(stops)) / 8;
      break;
    }
    at += 8;
  }
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x20 || c == '"' || c == '\\') break;
    if (collapsed && c == ' ' && at + 1 < text.size() && text[at + 1] == ' ') break;
  }
  return at - begin;
}

inline void append_json_escape(std::string& out, char octet) {
  switch (octet) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\b': out += "\\b"; break;
    case '\t': out += "\\t"; break;
    case '\n': out += "\\n"; break;
    case '\f': out += "\\f"; break;
    case '\r': out += "\\r"; break;
    default: {
      constexpr char hex[] = "0123456789abcdef";
      const auto c = static_cast<unsigned char>(octet);
      out += "\\u00";
      out += hex[c >> 4];
      out += hex[c & 15];
    }
  }
}

// A string as RFC 8785 section 3.2.2.2 writes it.
inline void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t plain = plain_length(text, at, false);
    out.append(text, at, plain);
    if ((at += plain) < text.size()) append_json_escape(out, text[at++]);
  }
  out += '"';
}
// The same of the text with each run of white space as one blank.
inline void append_collapsed_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t plain = plain_length(text, at, true);
    out.append(text, at, plain);
    if ((at += plain) == text.size()) break;
    if (is_space(text[at])) {
      // The white space that stopped it may go on with blanks that were appended already.
      std::size_t behind = at;
      while (behind < text.size() && is_space(text[behind])) ++behind;
      if (plain == 0 || text[at - 1] != ' ') out += ' ';
      at = behind;
    } else {
      append_json_escape(out, text[at++]);
    }
  }
  out += '"';
}

// Builds the canonical form. One object a document; its vectors are kept between documents.
class canonical_writer {
public:
  // RFC 8785 form of {"body","id","kind","meta"} after the reductions of tei.md 5.4.
  std::string write(node document) {
    out_.clear();
    if (const auto octets = document["source"]["octets"].text().size(); octets != 0) out_.reserve(octets + octets / 2 + 512);
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
        const std::size_t first = members_.size();
        for (node m : n)
          if (!is_empty_value(m)) members_.emplace_back(m.name(), m);
        const std::size_t end = members_.size();
        std::sort(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end(),
                  [](const auto& a, const auto& b) { return utf16_less(a.first, b.first); });
        out_ += '{';
        for (std::size_t i = first; i < end; ++i) {
          if (i != first) out_ += ',';
          append_json_string(out_, members_[i].first);
          out_ += ':';
          value(members_[i].second);
        }
        out_ += '}';
        members_.resize(first);
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
    std::string_view run;  // text of adjacent text nodes, comments between them ignored
    std::string joined;    // keeps it where they are several
    const auto separate = [&] {
      if (!first) out_ += ',';
      first = false;
    };
    const auto flush = [&] {
      if (!run.empty() && !(element_only && !preserve && is_blank(run))) {
        separate();
        if (preserve) append_json_string(out_, run);
        else append_collapsed_json_string(out_, run);
      }
      run = {};
    };
    for (node child : parent) {
      const auto type = child.type();
      if (type == node_type::text) {
        if (run.empty()) {
          run = child.text();
        } else {
          if (run.data() != joined.data()) joined.assign(run);
          joined += child.text();
          run = joined;
        }
      } else if (type == node_type::element || type == node_type::slot) {
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
    const std::size_t count = n.attribute_count();
    const auto is_binding = [](std::string_view attribute) { return attribute.substr(0, 5) == "xmlns" && (attribute.size() == 5 || attribute[5] == ':'); };
    for (std::size_t i = 0; i < count; ++i) {
      const auto a = n.attribute_at(i);
      if (is_binding(a.name)) bindings_.push_back({a.name.substr(std::min<std::size_t>(6, a.name.size())), a.value});
    }
    auto& attributes = attributes_;  // told before an element inside can need them
    attributes.clear();
    for (std::size_t i = 0; i < count; ++i) {
      const auto a = n.attribute_at(i);
      if (a.name == "xml:space") preserve = a.value == "preserve";
      if (!is_binding(a.name)) attributes.emplace_back(expanded(a.name, false), a.value);
    }
    if (attributes.size() > 1)
      std::sort(attributes.begin(), attributes.end(), [](const auto& a, const auto& b) { return utf16_less(a.first, b.first); });
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
  std::vector<std::pair<std::string_view, node>> members_;  // of the maps that are being written
  std::vector<std::pair<std::string, std::string_view>> attributes_;
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
