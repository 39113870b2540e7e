// tree_node.hpp - a node of pugixml's tree, read where it lies.
//
// A walk asks several things of every node, and pugixml answers each by a call into its library, names and values without
// their lengths: a third of the time that it takes to tell a volume. So what a walk asks is read here, from the nodes as
// pugixml lays them out. That is no part of its interface: a library that lays them out otherwise is found by
// tree_node_test.cpp, and refused by parse_xml, before a node is read so; and where there is a static library it is the one that
// we are linked with.
#pragma once
#include <pugixml.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dragoman::tei {

static_assert(PUGIXML_VERSION >= 1100 && PUGIXML_VERSION < 2000, "the layout of nodes is that of pugixml 1.10 and later");
#if defined(PUGIXML_COMPACT) || defined(PUGIXML_WCHAR_MODE)
#error "nodes of pugixml are expected as they are laid out without PUGIXML_COMPACT and PUGIXML_WCHAR_MODE"
#endif

namespace layout {
struct attribute {
  std::uintptr_t header;
  const char *name, *value;  // null: empty
  const attribute *previous, *next;
};
struct node {
  std::uintptr_t header;  // its last four bits: the type
  const char *name, *value;
  const node *parent, *first_child, *previous, *next;
  const attribute* first_attribute;
};
}  // namespace layout

#if defined(__SANITIZE_ADDRESS__)
#define DRAGOMAN_TEI_LOOKS_AT_BLOCKS 0
#elif defined(__has_feature)
#define DRAGOMAN_TEI_LOOKS_AT_BLOCKS (!__has_feature(address_sanitizer))
#else
#define DRAGOMAN_TEI_LOOKS_AT_BLOCKS 1
#endif

// std::strlen; most of these texts are short, and a call for each takes longer than to look. Looks at whole blocks of sixteen
// octets, which are in memory where one octet of them is; but the address sanitizer would not have it.
inline std::size_t length_of(const char* text) noexcept {
#if defined(__SSE2__) && DRAGOMAN_TEI_LOOKS_AT_BLOCKS
  const auto ends = [](const char* block) {
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_load_si128(reinterpret_cast<const __m128i*>(block)), _mm_setzero_si128())));
  };
  const std::size_t before = std::bit_cast<std::uintptr_t>(text) % 16;
  const char* block = text - before;
  if (const unsigned here = ends(block) >> before; here != 0) return static_cast<std::size_t>(std::countr_zero(here));
  while (true) {
    block += 16;
    if (const unsigned here = ends(block); here != 0)
      return static_cast<std::size_t>(block - text) + static_cast<std::size_t>(std::countr_zero(here));
  }
#else
  return std::strlen(text);
#endif
}
inline std::string_view view_of(const char* text) noexcept {
  return text == nullptr ? std::string_view("") : std::string_view(text, length_of(text));
}

// -- texts that are not parsed ----------------------------------------------------------------------------------------
// The scan has passed every text, so pugixml need not: in the copy that it gets, long texts are left out, and each is stood for by
// a few octets that say where it lies. They begin with a control character, which the scan refuses wherever it stands, and have
// none that pugixml looks for in text.
constexpr std::size_t reference_size = 17;
constexpr char reference_mark = '\x01';

namespace layout {
// 48 bits as eight octets of six bits each, and back.
inline std::uint64_t spread(std::uint64_t x) noexcept {
  x = (x & 0xFFFFFF) | (x & 0xFFFFFF000000) << 8;
  x = (x & 0x00000FFF00000FFF) | (x & 0x00FFF00000FFF000) << 4;
  x = (x & 0x003F003F003F003F) | (x & 0x0FC00FC00FC00FC0) << 2;
  return x | 0x4040404040404040;
}
inline std::uint64_t gather(std::uint64_t x) noexcept {
  x = (x & 0x003F003F003F003F) | (x & 0x3F003F003F003F00) >> 2;
  x = (x & 0x00000FFF00000FFF) | (x & 0x0FFF00000FFF0000) >> 4;
  return (x & 0xFFFFFF) | (x & 0x00FFFFFF00000000) >> 8;
}
}  // namespace layout

// Is this text longer than a reference, and can one say where it lies? Addresses of programs have at most 48 bits nearly everywhere.
inline bool can_be_referred(std::string_view text) noexcept {
  const std::uint64_t place = std::bit_cast<std::uintptr_t>(text.data());
  return text.size() > reference_size && place >> 48 == 0 && std::uint64_t{text.size()} >> 48 == 0;
}
// Returns what is behind the reference.
inline char* write_reference(char* to, std::string_view text) noexcept {
  const std::uint64_t words[2] = {layout::spread(std::bit_cast<std::uintptr_t>(text.data())), layout::spread(text.size())};
  *to = reference_mark;
  std::memcpy(to + 1, words, sizeof words);
  return to + reference_size;
}
inline std::string_view referred(const char* reference) noexcept {
  std::uint64_t words[2];
  std::memcpy(words, reference + 1, sizeof words);
  return {std::bit_cast<const char*>(static_cast<std::uintptr_t>(layout::gather(words[0]))),
          static_cast<std::size_t>(layout::gather(words[1]))};
}

// An attribute, or none. Valid as long as the tree.
class tree_attribute {
public:
  explicit tree_attribute(const layout::attribute* at = nullptr) noexcept : at_(at) {}
  explicit operator bool() const noexcept { return at_ != nullptr; }
  std::string_view name() const noexcept { return view_of(at_->name); }
  std::string_view value() const noexcept { return view_of(at_->value); }
  bool is(const char* name) const noexcept { return *at_->name == *name && std::strcmp(at_->name, name) == 0; }
  tree_attribute next() const noexcept { return tree_attribute(at_->next); }

private:
  const layout::attribute* at_;
};

// A node, or none; of none nothing may be asked but whether it is one. Valid as long as the tree.
class tree_node {
public:
  tree_node() = default;
  tree_node(pugi::xml_node n) noexcept : at_(std::bit_cast<const layout::node*>(n)) {}  // not explicit: it is the same
  pugi::xml_node node() const noexcept { return std::bit_cast<pugi::xml_node>(at_); }

  // Does the library that is loaded lay out nodes as they are read here? Follows nothing that it has not compared.
  static bool is_layout_of_library() noexcept {
    pugi::xml_document document;
    if (!document.load_string("<a b='c' d=''><e/>f</a>", pugi::parse_full)) return false;
    const pugi::xml_node a = document.first_child(), e = a.first_child(), f = e.next_sibling();
    const pugi::xml_attribute b = a.first_attribute(), d = b.next_attribute();
    const auto is_text = [](const char* ours, const char* expected) {
      return ours == nullptr ? *expected == '\0' : ours == expected;
    };
    const auto is_node = [](const layout::node* ours, pugi::xml_node expected) {
      return std::bit_cast<pugi::xml_node>(ours) == expected;
    };
    const auto is_same = [&](pugi::xml_node n) {
      const auto* at = std::bit_cast<const layout::node*>(n);
      return tree_node(n).type() == n.type() && is_text(at->name, n.name()) && is_text(at->value, n.value()) &&
             is_node(at->parent, n.parent()) && is_node(at->first_child, n.first_child()) &&
             is_node(at->next, n.next_sibling()) &&
             std::bit_cast<pugi::xml_attribute>(at->first_attribute) == n.first_attribute();
    };
    if (!is_same(a) || !is_same(e) || !is_same(f)) return false;
    const auto* first = std::bit_cast<const layout::attribute*>(b);
    return is_text(first->name, b.name()) && is_text(first->value, b.value()) &&
           std::bit_cast<pugi::xml_attribute>(first->next) == d;
  }

  explicit operator bool() const noexcept { return at_ != nullptr; }
  friend bool operator==(tree_node a, tree_node b) noexcept { return a.at_ == b.at_; }

  pugi::xml_node_type type() const noexcept { return static_cast<pugi::xml_node_type>(at_->header & 15); }
  const char* raw_name() const noexcept { return at_->name == nullptr ? "" : at_->name; }
  std::string_view name() const noexcept { return view_of(at_->name); }
  // Of a text that was left out, too, as long as the text is there from which it was.
  std::string_view value() const noexcept {
    return at_->value != nullptr && *at_->value == reference_mark ? referred(at_->value) : view_of(at_->value);
  }
  tree_node parent() const noexcept { return tree_node(at_->parent); }
  tree_node first_child() const noexcept { return tree_node(at_->first_child); }
  tree_node next_sibling() const noexcept { return tree_node(at_->next); }
  tree_attribute first_attribute() const noexcept { return tree_attribute(at_->first_attribute); }

  // The node behind this one in document order, below `top`: inside it only where it `enters`. None behind the last.
  tree_node following(tree_node top, bool enters) const noexcept {
    tree_node at = *this;
    if (enters && at.first_child()) return at.first_child();
    while (at != top && !at.next_sibling()) at = at.parent();
    return at == top ? tree_node() : at.next_sibling();
  }

private:
  explicit tree_node(const layout::node* at) noexcept : at_(at) {}
  const layout::node* at_ = nullptr;
};

}  // namespace dragoman::tei
