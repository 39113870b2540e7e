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
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

// Does a JSON string hold this octet as it is?
constexpr bool is_plain_in_json(char c) noexcept { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

// A string as RFC 8785 section 3.2.2.2 writes it.
inline void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    while (at < text.size() && is_plain_in_json(text[at])) ++at;
    out.append(text, begin, at - begin);
    if (at < text.size()) append_json_escape(out, text[at++]);
  }
  out += '"';
}

// JSON that grows in room that is there: a digest is made of all text of every document, and what asks for room at each
// character takes longer than all else of it. Strings are copied sixteen octets a step, each step stored whole, and cut at
// the first octet that cannot stay.
class canonical_text {
public:
  explicit canonical_text(std::size_t expected) { grow(expected); }
  canonical_text(const canonical_text&) = delete;
  canonical_text& operator=(const canonical_text&) = delete;

  void put(char c) {
    need(1);
    *end_++ = c;
  }
  template <std::size_t size>
  void put(const char (&literal)[size]) {
    need(size - 1);
    std::memcpy(end_, literal, size - 1);
    end_ += size - 1;
  }
  void put(std::string_view octets) {
    need(octets.size());
    std::memcpy(end_, octets.data(), octets.size());
    end_ += octets.size();
  }
  // As RFC 8785 section 3.2.2.2 writes it.
  void string(std::string_view text) { quoted<false>(text); }
  // The same of the text with each run of white space as one blank.
  void collapsed_string(std::string_view text) { quoted<true>(text); }

  std::size_t size() const noexcept { return static_cast<std::size_t>(end_ - room_.get()); }
  void cut_to(std::size_t size) noexcept { end_ = room_.get() + size; }
  // Valid until more is put.
  std::string_view view() const noexcept { return {room_.get(), size()}; }

private:
  void need(std::size_t more) {
    if (more > static_cast<std::size_t>(limit_ - end_)) grow(more);
  }
  [[gnu::noinline]] void grow(std::size_t more) {
    const std::size_t used = size(), room = std::max(used + more, used * 2);
    auto larger = std::make_unique_for_overwrite<char[]>(room);
    if (used != 0) std::memcpy(larger.get(), room_.get(), used);
    room_ = std::move(larger);
    end_ = room_.get() + used;
    limit_ = room_.get() + room;
  }

  template <bool collapsed>
  void quoted(std::string_view text) {
    constexpr std::size_t longest_escape = 6, step = 16;
    std::size_t at = 0;
    need(text.size() + longest_escape + step);
    *end_++ = '"';
    while ((at = plain<collapsed>(text, at)) < text.size()) {
      need(text.size() - at + longest_escape + step);
      if (collapsed && is_space(text[at])) {
        *end_++ = ' ';
        while (at < text.size() && is_space(text[at])) ++at;
      } else {
        escape(text[at++]);
      }
    }
    *end_++ = '"';
  }
  // Copies what stays as it is, in a collapsed string also white space that stands alone, as a blank. Returns where that
  // ends: before what must be escaped or, in a collapsed string, a run of white space.
  template <bool collapsed>
  std::size_t plain(std::string_view text, std::size_t at) noexcept {
#if defined(__SSE2__)
    const auto is = [](__m128i octets, char c) { return _mm_cmpeq_epi8(octets, _mm_set1_epi8(c)); };
    const auto either = [](__m128i a, __m128i b) { return _mm_or_si128(a, b); };
    const auto at_most = [](__m128i octets, char c) { return _mm_cmpeq_epi8(_mm_min_epu8(octets, _mm_set1_epi8(c)), octets); };
    // Stores `length` octets; true when all of them stay. `next` are those from the second on. In text of XML nothing but
    // white space comes before a blank.
    const auto copied = [&](__m128i octets, __m128i next, std::size_t length) {
      const __m128i odd = collapsed ? _mm_and_si128(at_most(octets, ' '), at_most(next, ' ')) : at_most(octets, 0x1F);
      const __m128i stops = either(odd, either(is(octets, '"'), is(octets, '\\')));
      if constexpr (collapsed) octets = _mm_max_epu8(octets, _mm_set1_epi8(' '));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(end_), octets);
      const unsigned found = static_cast<unsigned>(_mm_movemask_epi8(stops)) & ((1u << length) - 1);
      const auto count = found != 0 ? static_cast<std::size_t>(std::countr_zero(found)) : length;
      at += count;
      end_ += count;
      return found == 0;
    };
    const auto load = [&](std::size_t i) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i)); };
    while (at + 16 < text.size())
      if (!copied(load(at), load(at + 1), 16)) return at;
    while (at < text.size()) {
      const std::size_t length = std::min<std::size_t>(text.size() - at, 8);
      const std::uint64_t octets = few_octets(text.data() + at, length);
      const char behind = at + length < text.size() ? text[at + length] : 'x';
      const std::uint64_t next = octets >> 8 | std::uint64_t{static_cast<unsigned char>(behind)} << (length * 8 - 8);
      const auto in_register = [](std::uint64_t word) { return _mm_cvtsi64_si128(static_cast<long long>(word)); };
      if (!copied(in_register(octets), in_register(next), length)) return at;
    }
#else
    for (; at < text.size(); ++at) {
      const char c = text[at];
      const bool is_collapsed = collapsed && is_space(c);
      if (is_collapsed ? at + 1 < text.size() && is_space(text[at + 1]) : !is_plain_in_json(c)) break;
      *end_++ = is_collapsed ? ' ' : c;
    }
#endif
    return at;
  }
#if defined(__SSE2__)
  // One to eight octets as a number, the first the lowest.
  static std::uint64_t few_octets(const char* from, std::size_t count) noexcept {
    const auto octets = [&](std::size_t i, auto word) {
      std::memcpy(&word, from + i, sizeof word);
      return std::uint64_t{word} << (i * 8);
    };
    if (count == 8) return octets(0, std::uint64_t{});
    if (count >= 4) return octets(0, std::uint32_t{}) | octets(count - 4, std::uint32_t{});
    return octets(0, std::uint8_t{}) | octets(count / 2, std::uint8_t{}) | octets(count - 1, std::uint8_t{});
  }
#endif
  void escape(char octet) {
    std::string written;
    append_json_escape(written, octet);
    std::memcpy(end_, written.data(), written.size());
    end_ += written.size();
  }

  std::unique_ptr<char[]> room_;
  char* end_ = nullptr;
  char* limit_ = nullptr;
};

// Builds the canonical form of one document.
class canonical_writer {
public:
  // RFC 8785 form of {"body","id","kind","meta"} after the reductions of tei.md 5.4.
  explicit canonical_writer(node document) : document_(document), out_(expected_size(document)) {}

  // Valid as long as the writer.
  std::string_view write() {
    for (node declared : document_["namespaces"])
      bindings_.push_back({declared.name() == "#default" ? std::string_view() : declared.name(), declared.text()});
    out_.put("{\"body\":");
    content(document_["body"], true, false);
    out_.put(",\"id\":");
    out_.string(document_["id"].text());
    out_.put(",\"kind\":");
    const auto kind = document_["kind"].text();
    out_.string(kind);
    if (kind == "cable" && !is_empty_value(document_["meta"])) {
      out_.put(",\"meta\":");
      value(document_["meta"]);
    }
    out_.put('}');
    return out_.view();
  }

private:
  static std::size_t expected_size(node document) noexcept {
    const auto octets = document["source"]["octets"].text().size();
    return octets * 2 + 1024;
  }
  struct binding {
    std::string_view prefix, uri;
  };

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
        out_.put('{');
        for (std::size_t i = first; i < end; ++i) {
          if (i != first) out_.put(',');
          out_.string(members_[i].first);
          out_.put(':');
          value(members_[i].second);
        }
        out_.put('}');
        members_.resize(first);
        break;
      }
      case node_type::list: {
        out_.put('[');
        bool first = true;
        for (node m : n) {
          if (!first) out_.put(',');
          first = false;
          value(m);
        }
        out_.put(']');
        break;
      }
      case node_type::literal: out_.put(n.text()); break;
      default: out_.string(n.text());
    }
  }

  // The members of a body, or of an element, as an array. Returns false, and writes nothing, when none is left.
  bool content(node parent, bool element_only, bool preserve) {
    const std::size_t before = out_.size();
    out_.put('[');
    bool first = true;
    std::string_view run;  // text of adjacent text nodes, comments between them ignored
    std::string joined;    // keeps it where they are several
    const auto separate = [&] {
      if (!first) out_.put(',');
      first = false;
    };
    const auto flush = [&] {
      if (!run.empty() && !(element_only && !preserve && is_blank(run))) {
        separate();
        if (preserve) out_.string(run);
        else out_.collapsed_string(run);
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
    out_.put(']');
    if (first && parent.is(node_type::element)) {
      out_.cut_to(before);
      return false;
    }
    return true;
  }

  void element(node n, bool preserve) {
    if (n.is(node_type::slot)) {
      out_.put("{\"id\":");
      out_.string(n.name());
      out_.put(",\"type\":\"#document\"}");
      return;
    }
    const std::size_t scope = bindings_.size(), composed = composed_.size();
    const std::size_t count = n.attribute_count();
    const auto is_binding = [](std::string_view attribute) {
      return attribute.substr(0, 5) == "xmlns" && (attribute.size() == 5 || attribute[5] == ':');
    };
    auto& attributes = attributes_;  // told before an element inside can need them
    attributes.clear();
    for (std::size_t i = 0; i < count; ++i) {
      const auto a = n.attribute_at(i);
      if (is_binding(a.name)) {
        bindings_.push_back({a.name.substr(std::min<std::size_t>(6, a.name.size())), a.value});
        continue;
      }
      if (a.name == "xml:space") preserve = a.value == "preserve";
      attributes.push_back(a);
    }
    for (auto& a : attributes) a.name = expanded(a.name, false);  // behind all bindings
    if (attributes.size() > 1)
      std::sort(attributes.begin(), attributes.end(), [](const auto& a, const auto& b) { return utf16_less(a.name, b.name); });
    out_.put('{');
    if (!attributes.empty()) {
      out_.put("\"attrs\":{");
      for (std::size_t i = 0; i < attributes.size(); ++i) {
        if (i) out_.put(',');
        out_.string(attributes[i].name);
        out_.put(':');
        out_.string(attributes[i].value);
      }
      out_.put("},");
    }
    const std::string_view name = expanded(n.name(), true);
    const std::size_t before = out_.size();
    out_.put("\"content\":");
    if (content(n, has_element_content(name), preserve)) out_.put(',');
    else out_.cut_to(before);
    out_.put("\"type\":");
    out_.string(name);
    out_.put('}');
    bindings_.resize(scope);
    composed_.resize(composed);
  }

  // A name with its prefix replaced by "{URI}"; TEI's own names, the prefix xml, and unbound prefixes as they are.
  std::string_view expanded(std::string_view name, bool is_element) {
    if (bindings_.empty()) return name;
    const auto colon = name.find(':');
    const auto prefix = colon == npos ? std::string_view() : name.substr(0, colon);
    if (prefix == "xml" || (prefix.empty() && !is_element)) return name;
    const auto local = colon == npos ? name : name.substr(colon + 1);
    for (auto b = bindings_.rbegin(); b != bindings_.rend(); ++b) {
      if (b->prefix != prefix) continue;
      if (b->uri == tei_namespace) return local;
      if (b->uri.empty()) break;
      return composed_.emplace_back("{" + std::string(b->uri) + "}" + std::string(local));
    }
    return name;
  }

  node document_;
  canonical_text out_;
  std::vector<binding> bindings_;
  std::vector<std::pair<std::string_view, node>> members_;  // of the maps that are being written
  std::vector<attribute> attributes_;
  std::deque<std::string> composed_;  // names with a URI, of the elements that are being written
};

}  // namespace detail

// The canonical form of a document's meaning; two documents mean the same when theirs are equal, and the digest of the
// model is the SHA-256 of it. Recurses as deep as the document, which the store bounds (document_limits::depth).
inline std::string canonical_form(node document) { return std::string(detail::canonical_writer(document).write()); }

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
