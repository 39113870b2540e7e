// dragoman/document.hpp - the store of a document: built through the event sink, read through the view.
//
// A document is one immutable, contiguous, position-independent buffer: node records, attribute records, and a pool of
// octets that holds the source and every string that is not a slice of it. All places are offsets from the buffer's
// start, so the buffer can be copied, hashed, kept, or sent to another process as it is; document::from_buffer checks
// one that comes from elsewhere before anything reads it. Source: design.md 3 "The store"; docs/model.md.
#pragma once
#include <dragoman/equality.hpp>
#include <dragoman/node.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

namespace dragoman {

// Bounds of one document. Hitting one is an error of that document, never a silent cut (tei.md 4.2 "Limits").
struct document_limits {
  std::size_t depth = 520;           // open nodes at one time: 512 elements and the maps around them
  std::size_t attributes = 4096;     // of one element
  std::size_t name = 1024;           // octets of one name
  std::size_t buffer = 0xF0000000u;  // octets of the whole buffer (offsets have 32 bits)
};

namespace detail {

constexpr std::uint32_t document_magic = 0x314D4744;  // "DGM1", little-endian
constexpr std::uint32_t document_version = 1;

struct document_header {
  std::uint32_t magic, version, size;
  std::uint32_t node_count, attribute_count;
  std::uint32_t pool;   // offset of the pool, which runs to the end
  std::uint32_t flags;  // document_flags
  std::uint32_t reserved;
};

struct node_record {
  std::uint32_t self;        // offset of this record
  std::uint8_t type, marks;  // node_marks
  std::uint16_t attribute_count;
  std::uint32_t name, name_length;
  std::uint32_t text, text_length;
  std::uint32_t child, next;  // offsets of records; 0 none
  std::uint32_t attributes;   // offset of the first attribute record
  std::uint32_t begin, end;   // span in the source
};

enum node_marks : std::uint8_t {
  node_has_span = 1,
  node_is_due = 2  // its text is a digest of the document, which is made when somebody asks for it
};

struct attribute_record {
  std::uint32_t name, name_length, value, value_length;
};

}  // namespace detail

// What the digests are made with: writes the SHA-256 of `octets` as 64 lower-case hexadecimal digits.
using sha256_function = void (*)(std::string_view octets, char hex[64]);

namespace detail {

// Stands before the buffer of a document: what belongs to this process and goes nowhere else.
struct digest_maker {
  sha256_function sha256 = nullptr;
  std::mutex mutex{};
  std::atomic<bool> has_failed = false;
};
constexpr std::size_t maker_size = (sizeof(digest_maker) + 7) / 8 * 8;

inline const node_record* record(const dgm_node* n) noexcept { return reinterpret_cast<const node_record*>(n); }
inline const char* base(const node_record* r) noexcept { return reinterpret_cast<const char*>(r) - r->self; }
inline const dgm_node* at(const node_record* r, std::uint32_t offset) noexcept {
  return offset ? reinterpret_cast<const dgm_node*>(base(r) + offset) : nullptr;
}

// Once a document is built, these marks are all that changes in it: each goes when the digest stands in its place.
inline std::atomic_ref<std::uint8_t> marks_of(const node_record* r) noexcept {
  return std::atomic_ref<std::uint8_t>(const_cast<node_record*>(r)->marks);
}
inline bool is_due(const node_record* r) noexcept {
  return r != nullptr && (marks_of(r).load(std::memory_order_acquire) & node_is_due) != 0;
}
inline digest_maker& maker_of(const node_record* r) noexcept {
  return *reinterpret_cast<digest_maker*>(const_cast<char*>(base(r)) - maker_size);
}
// Makes the digests that are due of the document that `r` belongs to. Throws std::bad_alloc, and what its sha256_function
// throws; what could not be made stays due.
void make_digests(const node_record* r);
// The same for those who must not throw: what cannot be made stays empty, and document::lacks_digests says so.
inline bool has_digest(const node_record* r) noexcept {
  try {
    make_digests(r);
    return true;
  } catch (...) {
    maker_of(r).has_failed = true;
    return false;
  }
}

inline const dgm_view store_view{sizeof(dgm_view),
                                 [](const dgm_node* n) noexcept -> std::int32_t { return record(n)->type; },
                                 [](const dgm_node* n) noexcept -> dgm_str {
                                   const auto* r = record(n);
                                   return {base(r) + r->name, r->name_length};
                                 },
                                 [](const dgm_node* n) noexcept -> dgm_str {
                                   const auto* r = record(n);
                                   if (is_due(r) && !has_digest(r)) return {nullptr, 0};
                                   return {base(r) + r->text, r->text_length};
                                 },
                                 [](const dgm_node* n) noexcept -> const dgm_node* { return at(record(n), record(n)->child); },
                                 [](const dgm_node* n) noexcept -> const dgm_node* { return at(record(n), record(n)->next); },
                                 [](const dgm_node* n) noexcept -> std::size_t { return record(n)->attribute_count; },
                                 [](const dgm_node* n, std::size_t index, dgm_str* name, dgm_str* value) noexcept {
                                   const auto* r = record(n);
                                   if (index >= r->attribute_count) {
                                     *name = *value = {nullptr, 0};
                                     return;
                                   }
                                   const auto* a = reinterpret_cast<const attribute_record*>(base(r) + r->attributes) + index;
                                   *name = {base(r) + a->name, a->name_length};
                                   *value = {base(r) + a->value, a->value_length};
                                 },
                                 [](const dgm_node* n, std::uint64_t* begin, std::uint64_t* end) noexcept -> std::int32_t {
                                   const auto* r = record(n);
                                   *begin = r->begin;
                                   *end = r->end;
                                   return marks_of(r).load(std::memory_order_relaxed) & node_has_span;
                                 }};

inline void make_digests(const node_record* r) {
  digest_maker& maker = maker_of(r);
  const std::lock_guard lock(maker.mutex);
  const node root(&store_view, reinterpret_cast<const dgm_node*>(base(r) + sizeof(document_header)));
  const node source = root["source"];
  const auto make = [&](std::string_view name, auto&& with_octets) {
    const auto* digest = record(source[name].raw());
    if (!is_due(digest)) return;
    with_octets([&](std::string_view octets) { maker.sha256(octets, const_cast<char*>(base(digest)) + digest->text); });
    marks_of(digest).fetch_and(static_cast<std::uint8_t>(~node_is_due), std::memory_order_release);
  };
  make("sha256", [&](auto&& digest) { digest(source["octets"].text()); });
  make("model_sha256", [&](auto&& digest) { digest(canonical_writer(root).write()); });
}

}  // namespace detail

enum document_flags : std::uint32_t {
  document_pristine = 1,        // the model is as its source was read (DGM_PRISTINE)
  document_unproven = 2,        // has a source, but its maker gave no digest of the model: read the octets to compare
  document_source_damaged = 4,  // the octets did not match their stated size or digest and were dropped
};

// An immutable document. Move-only; owns its buffer. Any thread may read it. Digests that its maker did not state are made
// when somebody first reads one of them, in that reader's thread; the others wait for it.
class document {
public:
  document() = default;

  explicit operator bool() const noexcept { return size_ != 0; }
  node root() const noexcept {
    return size_ ? node(&detail::store_view, reinterpret_cast<const dgm_node*>(data_.get() + sizeof(detail::document_header)))
                 : node();
  }
  bool is_collection() const noexcept { return root().name() == "collection"; }
  std::uint32_t flags() const noexcept { return size_ ? header()->flags : 0; }
  // The document as one piece, with its digests. Throws as make_digests.
  std::string_view buffer() const {
    make_digests();
    return {data_.get(), size_};
  }
  std::size_t size() const noexcept { return size_; }  // of the buffer

  // Makes the digests that are not there yet, so that no reader has to. Any thread. Throws std::bad_alloc.
  void make_digests() const {
    if (!has_digests()) detail::make_digests(first_record());
  }
  bool has_digests() const noexcept {
    const node source = root()["source"];
    const auto is_due = [&](std::string_view name) { return detail::is_due(detail::record(source[name].raw())); };
    return !is_due("sha256") && !is_due("model_sha256");
  }
  // Somebody asked for a digest and was given an empty text, because there was no memory to make it.
  bool lacks_digests() const noexcept { return size_ != 0 && detail::maker_of(first_record()).has_failed; }

  // Takes a copy of a buffer that may come from anywhere. Returns an empty document, and sets `problem`, unless every
  // offset, type, string and tree link in it holds.
  static document from_buffer(std::string_view octets, std::string& problem) {
    document d;
    d.allocate(octets.size());
    std::memcpy(d.data_.get(), octets.data(), octets.size());
    problem = d.check();
    if (!problem.empty()) return {};
    return d;
  }

private:
  friend class document_builder;
  struct release {
    void operator()(char* p) const noexcept {
      std::destroy_at(reinterpret_cast<detail::digest_maker*>(p - detail::maker_size));
      ::operator delete (p - detail::maker_size, std::align_val_t{8});
    }
  };

  void allocate(std::size_t size, sha256_function sha256 = nullptr) {
    auto* all = static_cast<char*>(::operator new (detail::maker_size + size, std::align_val_t{8}));
    new (all) detail::digest_maker{sha256};
    data_.reset(all + detail::maker_size);
    size_ = size;
  }
  const detail::node_record* first_record() const noexcept { return detail::record(root().raw()); }
  const detail::document_header* header() const noexcept { return reinterpret_cast<const detail::document_header*>(data_.get()); }

  std::string check() const {
    using namespace detail;
    if (size_ < sizeof(document_header) + sizeof(node_record)) return "too short for a document";
    const auto& h = *header();
    if (h.magic != document_magic || h.version != document_version) return "not a document buffer of this version";
    const std::uint64_t nodes_end = sizeof h + std::uint64_t{h.node_count} * sizeof(node_record);
    const std::uint64_t attributes_end = nodes_end + std::uint64_t{h.attribute_count} * sizeof(attribute_record);
    if (h.size != size_ || h.node_count == 0 || attributes_end > h.pool || h.pool > h.size) return "sizes do not agree";
    const auto is_string = [&](std::uint32_t offset, std::uint32_t length) {
      return length == 0 ? offset <= h.size : offset >= h.pool && std::uint64_t{offset} + length <= h.size;
    };
    const auto is_link = [&](std::uint32_t from, std::uint32_t to) {
      return to == 0 || (to > from && to < nodes_end && (to - sizeof h) % sizeof(node_record) == 0);
    };
    const auto* records = reinterpret_cast<const node_record*>(data_.get() + sizeof h);
    const auto is_good_text = [&](std::uint32_t offset, std::uint32_t length) {
      return find_bad_text({data_.get() + offset, length}) == npos;
    };
    std::vector<std::uint8_t> linked(h.node_count, 0);
    for (std::uint32_t i = 0; i < h.node_count; ++i) {
      const auto& r = records[i];
      if (r.self != sizeof h + i * sizeof(node_record)) return "a node is not where it says it is";
      if (r.type < DGM_MAP || r.type > DGM_SLOT) return "unknown type of node";
      if (r.marks > node_has_span) return "unknown mark of a node";
      if (!is_string(r.name, r.name_length) || !is_string(r.text, r.text_length)) return "a string lies outside the pool";
      if (!is_good_text(r.name, r.name_length) || (r.type != DGM_OCTETS && !is_good_text(r.text, r.text_length)))
        return "a string is not text";
      if (!is_link(r.self, r.child) || !is_link(r.self, r.next)) return "a link does not lead forward to a node";
      const bool has_content = r.type == DGM_MAP || r.type == DGM_LIST || r.type == DGM_ELEMENT;
      if (r.child != 0 && !has_content) return "a leaf has children";
      for (const std::uint32_t to : {r.child, r.next})
        if (to != 0 && linked[(to - sizeof h) / sizeof(node_record)]++) return "a node has two places";
      if (r.attribute_count != 0 &&
          (r.type != DGM_ELEMENT || r.attributes < nodes_end || (r.attributes - nodes_end) % sizeof(attribute_record) != 0 ||
           r.attributes + std::uint64_t{r.attribute_count} * sizeof(attribute_record) > attributes_end))
        return "attributes lie outside their table";
    }
    if (linked[0] || records[0].next != 0) return "the root is not a root";
    const auto* attributes = reinterpret_cast<const attribute_record*>(data_.get() + nodes_end);
    for (std::uint32_t i = 0; i < h.attribute_count; ++i) {
      const auto& a = attributes[i];
      if (!is_string(a.name, a.name_length) || !is_string(a.value, a.value_length)) return "a string lies outside the pool";
      if (!is_good_text(a.name, a.name_length) || !is_good_text(a.value, a.value_length)) return "a string is not text";
    }
    return check_depth();
  }

  // Recursive readers rely on the bound of depth, so a foreign buffer must keep it too.
  std::string check_depth() const {
    std::size_t depth = 0;
    std::vector<const dgm_node*> stack;
    for (const dgm_node* at = root().raw(); at != nullptr;) {
      if (const auto* child = detail::store_view.child(at)) {
        stack.push_back(at);
        if ((depth = stack.size()) > document_limits{}.depth) return "nested too deeply";
        at = child;
        continue;
      }
      while (at != nullptr && detail::store_view.next(at) == nullptr) {
        if (stack.empty()) return {};
        at = stack.back();
        stack.pop_back();
      }
      at = detail::store_view.next(at);
    }
    return {};
  }

  std::unique_ptr<char, release> data_;
  std::size_t size_ = 0;
};

// Takes events and makes documents of them; the sink of the contract. One document at a time; its memory is kept from
// one to the next. It trusts nobody: a wrong event is answered with DGM_FATAL and explained by problem(), and no
// document comes out. One thread at a time.
class document_builder {
public:
  explicit document_builder(sha256_function sha256, document_limits limits = {})
      : sha256_(sha256), limits_(limits), room_(room_for(limits)) {}
  document_builder(const document_builder&) = delete;
  document_builder& operator=(const document_builder&) = delete;

  const dgm_sink* sink() noexcept { return &sink_; }

  // Forgets what was told so far.
  void reset() noexcept {
    nodes_.clear();
    attributes_.clear();
    pool_.clear();
    open_.clear();
    large_map_members_.clear();
    // Names recur from one document to the next: what was found of them is kept, where they stand is not.
    constexpr std::size_t many = 2048;
    if (++told_ == 0 || name_count_ > many) forget_names();
    source_ = {};
    room_ = room_for(limits_);
    complete_ = false;
    problem_.clear();
  }

  // Octets of memory that are kept from one document to the next.
  std::size_t kept() const noexcept {
    return nodes_.capacity() * sizeof(node_record) + attributes_.capacity() * sizeof(attribute_record) + pool_.capacity() +
           names_.capacity() * sizeof(interned);
  }

  // True before the first event of a document.
  bool is_empty() const noexcept { return nodes_.empty() && problem_.empty(); }
  // True when a whole document was told and can be finished.
  bool is_complete() const noexcept { return complete_ && problem_.empty(); }
  // What was wrong with the events, naming event and state; empty when nothing was.
  const std::string& problem() const noexcept { return problem_; }
  // Drops the source of the document from the result of finish (--no-source).
  void drop_source(bool drop) noexcept { drop_source_ = drop; }

  // The document told since reset. What is stated of its digests was compared, what is not is made when it is asked for, and
  // the flags are set. Resets. Must be called only when is_complete(). Throws std::bad_alloc, std::length_error over
  // limits_.buffer.
  document finish() {
    using namespace detail;
    bool damaged = false;
    compare_source(damaged);
    const bool has_source = source_.node != 0 && !damaged && !drop_source_;
    if (source_.node != 0 && !has_source) {
      unlink(root_record, source_.node);
      for (const auto digest : {source_.sha256, source_.model_sha256})
        if (digest != 0) at(digest).marks = 0;  // nobody will ask for it
    }
    document d = assemble();
    std::uint32_t flags = damaged ? document_source_damaged : 0u;
    if (has_source) flags |= flags_of_source(d);
    reinterpret_cast<document_header*>(d.data_.get())->flags = flags;
    reset();
    return d;
  }

private:
  using node_record = detail::node_record;
  using attribute_record = detail::attribute_record;
  static constexpr std::uint32_t none = 0xFFFFFFFFu;
  // Records are named by where they will stand in the document; nothing stands at 0.
  static constexpr std::uint32_t root_record = sizeof(detail::document_header);

  struct open_node {
    std::uint32_t record;
    std::uint32_t last_child = 0;
    std::uint32_t members = 0;  // of a map
    bool merges_text = false;   // content of elements, of body, and of tree: adjacent texts are one
  };
  // A name or short value in the pool, and what was found of it when it was told first.
  struct interned {
    std::uint32_t offset = 0, length = none;  // none: an empty slot
    std::uint32_t map = 0;                    // the map that it was made a member of last; 0: of none
    std::uint32_t told = 0;                   // the document that `offset` and `map` are of
    bool is_text = false, is_name = false;    // valid text, an XML name
    std::uint64_t front = 0, back = 0;        // its octets: with the length all of it, when it is short
    bool is_used() const noexcept { return length != none; }
    std::pair<std::uint32_t, std::uint32_t> where() const noexcept { return {offset, length}; }
  };
  // The source of the document being told: where its parts stand, while `text` may be a slice of the octets.
  struct source_state {
    std::uint32_t node = 0;  // records; 0: not told
    std::uint32_t octets = 0, sha256 = 0, model_sha256 = 0;
    bool stated_sha256 = false, stated_model_sha256 = false;
    const char* begin = nullptr;  // the octets as the reader holds them
    std::size_t length = 0;
    std::uint32_t pool = 0;  // where they stand in the pool
    bool is_text = false;    // all of it: a slice is text, too, where it cuts no character
  };

  // -- events ---------------------------------------------------------------------------------------------------
  template <class F>
  static dgm_status guarded(void* ctx, F&& f) noexcept {
    auto& self = *static_cast<document_builder*>(ctx);
    if (!self.problem_.empty()) return DGM_FATAL;
    try {
      return f(self);
    } catch (const null_pointer&) {
      return self.wrong("a null pointer was told as text or octets that have a length");
    } catch (const std::bad_alloc&) {
      return DGM_NOMEM;
    } catch (...) {
      return DGM_FATAL;
    }
  }
  struct null_pointer {};
  static std::string_view told(dgm_str s) {
    if (s.ptr == nullptr && s.len != 0) throw null_pointer{};
    return view(s);
  }
  static dgm_status DGM_CALL on_open(void* c, std::int32_t type, dgm_str name) noexcept {
    return guarded(c, [&](auto& self) { return self.open(type, told(name)); });
  }
  static dgm_status DGM_CALL on_attr(void* c, dgm_str name, dgm_str value) noexcept {
    return guarded(c, [&](auto& self) { return self.attr(told(name), told(value)); });
  }
  static dgm_status DGM_CALL on_text(void* c, dgm_str text) noexcept {
    return guarded(c, [&](auto& self) { return self.text(told(text)); });
  }
  static dgm_status DGM_CALL on_bytes(void* c, const void* octets, std::size_t length) noexcept {
    return guarded(c, [&](auto& self) {
      const auto all = told({static_cast<const char*>(octets), length});
      return self.bytes(all.data(), all.size());
    });
  }
  static dgm_status DGM_CALL on_close(void* c) noexcept {
    return guarded(c, [&](auto& self) { return self.close(); });
  }
  static dgm_status DGM_CALL on_span(void* c, std::uint64_t begin, std::uint64_t end) noexcept {
    return guarded(c, [&](auto& self) { return self.span(begin, end); });
  }

  dgm_status wrong(std::string what) {
    problem_ = std::move(what);
    constexpr std::size_t shown = 8;  // the innermost; more help nobody
    const std::size_t first = open_.size() > shown ? open_.size() - shown : 0;
    for (std::size_t i = first; i < open_.size(); ++i) {
      problem_ += i != first ? "/" : first != 0 ? ", in .../" : ", in ";
      problem_ += name_of(at(open_[i].record));
    }
    return DGM_FATAL;
  }
  std::string_view name_of(const node_record& r) const {
    return r.name_length ? std::string_view(pool_).substr(r.name, r.name_length) : std::string_view("#");
  }
  dgm_status wrong_text(const char* what, std::string_view text, std::size_t at) {
    return wrong(std::string(what) + " is not UTF-8 of XML 1.0 characters at octet " + std::to_string(at) + " of " +
                 std::to_string(text.size()));
  }

  dgm_status open(std::int32_t type, std::string_view name) {
    if (type < DGM_MAP || type > DGM_SLOT) return wrong("open: unknown type of node " + std::to_string(type));
    if (complete_) return wrong("open: the document is closed already");
    if (open_.size() >= limits_.depth) return wrong("open: nested deeper than " + std::to_string(limits_.depth));
    if (name.size() > limits_.name) return wrong("open: name longer than " + std::to_string(limits_.name) + " octets");
    interned* const known = name.empty() ? nullptr : &intern(name);
    if (known != nullptr && !known->is_text) return wrong_text("open: the name", name, find_bad_text(name));
    if (open_.empty()) {
      if (type != DGM_MAP || (name != "document" && name != "collection"))
        return wrong("open: a document begins with a map \"document\" or \"collection\"");
    } else if (const dgm_status s = check_place(type, name, known); s < 0) {
      return s;
    }
    const std::uint32_t record = add_node(type, known != nullptr ? known->where() : place{0, 0});
    const bool merges_text = type == DGM_ELEMENT || (type == DGM_LIST && open_.size() == 1 && (name == "body" || name == "tree"));
    open_.push_back({record, 0, 0, merges_text});
    if (type == DGM_MAP && open_.size() == 2 && name == "source") source_.node = record;
    return DGM_OK;
  }

  // Is a node of this type and name allowed inside the open one?
  dgm_status check_place(std::int32_t type, std::string_view name, interned* known) {
    const auto& parent = at(open_.back().record);
    const bool needs_xml_name = type == DGM_ELEMENT || type == DGM_PI;
    if (needs_xml_name && (known == nullptr || !known->is_name))
      return wrong("open: not an XML name: \"" + std::string(name) + "\"");
    if (type == DGM_SLOT && name_of(nodes_.front()) != "collection")
      return wrong("open: a slot stands in the tree of a collection");
    switch (parent.type) {
      case DGM_MAP:
        if (name.empty()) return wrong("open: a member of a map needs a name");
        if (type > DGM_OCTETS) return wrong("open: a map holds values only");
        if (has_member(open_.back(), *known)) return wrong("open: member \"" + std::string(name) + "\" stands twice");
        return DGM_OK;
      case DGM_LIST:
        if (!open_.back().merges_text) {
          if (type <= DGM_OCTETS && !name.empty()) return wrong("open: a value in a list has no name");
          return DGM_OK;
        }
        [[fallthrough]];
      case DGM_ELEMENT:
        if (type == DGM_TEXT) return wrong("open: text in an element, body or tree is told by text, so that it merges");
        if (type <= DGM_OCTETS) return wrong("open: an element, body or tree holds XML content only");
        return DGM_OK;
      default: return wrong("open: a leaf holds no nodes");
    }
  }
  // Makes the name that of a member; true when the map has one of that name. A name that was never a member before, or
  // was one of this map, tells so itself; else the members are looked at one by one. They are few; a hostile input may
  // make them many, and then a set is kept.
  bool has_member(open_node& map, interned& name) {
    constexpr std::uint32_t few = 64;
    const auto key = [&](std::uint32_t offset) { return std::uint64_t{map.record} << 32 | offset; };
    const std::uint32_t before = std::exchange(name.map, map.record);
    if (before == map.record) return true;
    if (++map.members < few) {
      if (before == 0) return false;
      for (std::uint32_t m = at(map.record).child; m != 0; m = at(m).next)
        if (at(m).name == name.offset) return true;
      return false;
    }
    if (map.members == few)
      for (std::uint32_t m = at(map.record).child; m != 0; m = at(m).next) large_map_members_.insert(key(at(m).name));
    return !large_map_members_.insert(key(name.offset)).second;
  }

  dgm_status attr(std::string_view name, std::string_view value) {
    if (open_.empty() || at(open_.back().record).type != DGM_ELEMENT) return wrong("attr: no element is open");
    auto& element = at(open_.back().record);
    if (open_.back().last_child != 0) return wrong("attr: attributes come before content");
    if (element.attribute_count >= limits_.attributes)
      return wrong("attr: more than " + std::to_string(limits_.attributes) + " attributes");
    if (name.size() > limits_.name) return wrong("attr: name longer than " + std::to_string(limits_.name) + " octets");
    const interned& known = intern(name);
    if (!known.is_name) return wrong("attr: not an XML name: \"" + std::string(name.substr(0, 80)) + "\"");
    const auto [n, n_length] = known.where();
    constexpr std::size_t recurring = 16;  // values of at most this length are kept once
    const interned* const short_value = value.size() <= recurring ? &intern(value) : nullptr;
    if (short_value != nullptr ? !short_value->is_text : find_bad_text(value) != npos)
      return wrong_text("attr: the value", value, find_bad_text(value));
    for (std::size_t i = attributes_.size() - element.attribute_count; i < attributes_.size(); ++i)
      if (attributes_[i].name == n) return wrong("attr: \"" + std::string(name) + "\" stands twice");
    if (element.attribute_count == 0) element.attributes = static_cast<std::uint32_t>(attributes_.size());
    const auto [v, v_length] = short_value != nullptr ? short_value->where() : store(value);
    take_room(sizeof(attribute_record));
    attributes_.push_back({n, n_length, v, v_length});
    ++element.attribute_count;
    return DGM_OK;
  }

  dgm_status text(std::string_view text) {
    if (open_.empty()) return wrong("text: nothing is open");
    const auto slice = source_slice(text);
    if (slice.first == none || !is_text_of_source(text))
      if (const auto bad = find_bad_text(text); bad != npos) return wrong_text("text: the text", text, bad);
    auto& parent = open_.back();
    const auto type = at(parent.record).type;
    if (type == DGM_MAP || type == DGM_OCTETS) return wrong("text: this node holds no text");
    if (type != DGM_ELEMENT && type != DGM_LIST) return append(parent.record, text, slice);
    if (text.empty() && parent.merges_text) return DGM_OK;
    if (parent.merges_text && parent.last_child != 0 && at(parent.last_child).type == DGM_TEXT)
      return append(parent.last_child, text, slice);
    return append(add_node(DGM_TEXT, {0, 0}), text, slice);
  }
  // Is this slice of the source text? It is where all of the source is and neither end stands inside a character.
  bool is_text_of_source(std::string_view slice) const noexcept {
    const auto is_inside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    const char* const behind = slice.data() + slice.size();
    return source_.is_text &&
           (slice.empty() || (!is_inside(slice.front()) && (behind == source_.begin + source_.length || !is_inside(*behind))));
  }

  dgm_status bytes(const char* octets, std::size_t length) {
    if (open_.empty() || at(open_.back().record).type != DGM_OCTETS) return wrong("bytes: no octets node is open");
    const std::uint32_t record = open_.back().record;
    auto& n = at(record);
    const bool is_source = open_.size() == 3 && open_[1].record == source_.node && name_of(n) == "octets";
    if (n.text_length != 0) return wrong("bytes: given already");
    std::tie(n.text, n.text_length) = copy({octets, length});
    if (is_source) {
      source_.octets = record;
      source_.begin = octets;
      source_.length = length;
      source_.pool = n.text;
      source_.is_text = find_bad_text({octets, length}) == npos;
    }
    return DGM_OK;
  }

  dgm_status close() {
    if (open_.empty()) return wrong("close: nothing is open");
    const std::uint32_t record = open_.back().record;
    switch (at(record).type) {
      case DGM_COMMENT:
        if (const auto text = text_of(record); text.find("--") != npos || (!text.empty() && text.back() == '-'))
          return wrong("close: a comment cannot hold \"--\" or end in \"-\"");
        break;
      case DGM_PI:
        if (text_of(record).find("?>") != npos) return wrong("close: a processing instruction cannot hold \"?>\"");
        break;
      case DGM_MAP:
        if (record == source_.node) reserve_digests();
        break;
      default: break;
    }
    open_.pop_back();
    if (open_.empty()) complete_ = true;
    return DGM_OK;
  }

  dgm_status span(std::uint64_t begin, std::uint64_t end) {
    if (nodes_.empty()) return wrong("span: no node was told yet");
    if (begin > end || end > std::numeric_limits<std::uint32_t>::max()) return wrong("span: not a span of the source");
    auto& n = nodes_.back();
    n.begin = static_cast<std::uint32_t>(begin);
    n.end = static_cast<std::uint32_t>(end);
    n.marks |= detail::node_has_span;
    return DGM_OK;
  }

  // -- storage --------------------------------------------------------------------------------------------------
  using place = std::pair<std::uint32_t, std::uint32_t>;  // offset in the pool, length

  // While a document is told, `attributes` is an index, and strings are offsets in pool_.
  node_record& at(std::uint32_t record) noexcept {
    return *reinterpret_cast<node_record*>(reinterpret_cast<char*>(nodes_.data()) + (record - root_record));
  }
  const node_record& at(std::uint32_t record) const noexcept { return const_cast<document_builder*>(this)->at(record); }
  std::uint32_t add_node(std::int32_t type, place name) {
    take_room(sizeof(node_record));
    const auto record = static_cast<std::uint32_t>(root_record + nodes_.size() * sizeof(node_record));
    nodes_.push_back({record, static_cast<std::uint8_t>(type), 0, 0, name.first, name.second, 0, 0, 0, 0, 0, 0, 0});
    if (open_.empty()) return record;
    auto& parent = open_.back();
    (parent.last_child == 0 ? at(parent.record).child : at(parent.last_child).next) = record;
    parent.last_child = record;
    return record;
  }

  // `slice` is source_slice(text).
  dgm_status append(std::uint32_t record, std::string_view text, place slice) {
    auto& n = at(record);
    if (n.text_length == 0) {
      const auto [offset, length] = slice.first != none ? slice : copy(text);
      n.text = offset;
      n.text_length = length;
    } else if (slice.first != none && slice.first == n.text + n.text_length) {
      n.text_length += slice.second;  // the next part of the same slice of the source
    } else {
      if (n.text + std::size_t{n.text_length} != pool_.size()) {
        // Not the last string of the pool: move it to the end; later parts are then appended without moving.
        take_room(n.text_length);
        const std::size_t end = pool_.size();
        pool_.resize(end + n.text_length);
        std::memcpy(pool_.data() + end, pool_.data() + n.text, n.text_length);
        n.text = static_cast<std::uint32_t>(end);
      }
      take_room(text.size());
      pool_.append(text);
      n.text_length += static_cast<std::uint32_t>(text.size());
    }
    return DGM_OK;
  }

  // Octets of the document that are still to be had.
  static std::size_t room_for(const document_limits& limits) noexcept {
    constexpr std::size_t frame = root_record + 256;  // what is added when it is finished
    return limits.buffer > frame ? limits.buffer - frame : 0;
  }
  void take_room(std::size_t more) {
    if (more > room_) throw std::bad_alloc();
    room_ -= more;
  }
  place copy(std::string_view text) {
    take_room(text.size());
    const auto offset = static_cast<std::uint32_t>(pool_.size());
    pool_.append(text);
    return {offset, static_cast<std::uint32_t>(text.size())};
  }
  place source_slice(std::string_view text) const noexcept {
    const auto from = reinterpret_cast<std::uintptr_t>(text.data());
    const auto begin = reinterpret_cast<std::uintptr_t>(source_.begin);
    if (source_.begin == nullptr || from < begin || from - begin > source_.length ||
        text.size() > source_.length - (from - begin))
      return {none, 0};
    return {source_.pool + static_cast<std::uint32_t>(from - begin), static_cast<std::uint32_t>(text.size())};
  }
  place store(std::string_view text) {
    if (const auto slice = source_slice(text); slice.first != none) return slice;
    return copy(text);
  }
  // Names and short values recur: each is looked at once, and kept once a document. Open addressing, at most three quarters
  // full. What is returned is valid until the next call.
  interned& intern(std::string_view text) {
    const auto [front, back] = words_of(text);
    const std::size_t hash = hash_of(text.size(), front, back);
    if (!names_.empty()) {
      auto& likely = names_[hash & (names_.size() - 1)];
      if (likely.told == told_ && likely.front == front && likely.back == back && likely.length == text.size() &&
          text.size() <= short_text)
        return likely;
    }
    return look_up(text, front, back, hash);
  }
  [[gnu::noinline]] interned& look_up(std::string_view text, std::uint64_t front, std::uint64_t back, std::size_t hash) {
    if ((name_count_ + 1) * 4 > names_.size() * 3) grow_names();
    const std::size_t mask = names_.size() - 1;
    std::size_t slot = hash & mask;
    for (; names_[slot].is_used(); slot = (slot + 1) & mask) {
      auto& n = names_[slot];
      if (n.front != front || n.back != back || n.length != text.size()) continue;
      if (n.told == told_) {
        if (text.size() <= short_text || pool_text(n) == text) return n;
      } else if (text.size() <= short_text) {  // of a document before this; a long one stands there only
        n.offset = copy(text).first;
        n.map = 0;
        n.told = told_;
        return n;
      }
    }
    interned& added = names_[slot];
    added.front = front;
    added.back = back;
    std::tie(added.offset, added.length) = copy(text);
    added.map = 0;
    added.told = told_;
    added.is_text = find_bad_text(text) == npos;
    added.is_name = added.is_text && is_xml_name(text);
    ++name_count_;
    return added;
  }
  std::string_view pool_text(const interned& n) const noexcept { return {pool_.data() + n.offset, n.length}; }
  // With the length, all of a text of at most sixteen octets, as nearly all names are.
  static constexpr std::size_t short_text = 16;
  static std::pair<std::uint64_t, std::uint64_t> words_of(std::string_view text) noexcept {
    const auto octets = [&](std::size_t at, auto word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      return std::uint64_t{word};
    };
    const std::size_t size = text.size();
    if (size >= 8) return {octets(0, std::uint64_t{}), octets(size - 8, std::uint64_t{})};
    if (size >= 4) return {octets(0, std::uint32_t{}), octets(size - 4, std::uint32_t{})};
    if (size >= 2) return {octets(0, std::uint16_t{}), octets(size - 2, std::uint16_t{})};
    return {size != 0 ? octets(0, std::uint8_t{}) : 0, 0};
  }
  static std::size_t hash_of(std::size_t size, std::uint64_t front, std::uint64_t back) noexcept {
    const std::uint64_t h = (front + size) * 0xBF58476D1CE4E5B9ull ^ back * 0x94D049BB133111EBull;
    return static_cast<std::size_t>(h ^ h >> 32 ^ h >> 47);
  }
  // One large document must not slow the small ones behind it.
  void forget_names() noexcept {
    names_.assign(std::min<std::size_t>(names_.size(), 4096), {});
    name_count_ = 0;
  }
  void grow_names() {
    std::vector<interned> old(std::max<std::size_t>(128, names_.size() * 2));
    old.swap(names_);
    for (const auto& n : old) {
      if (!n.is_used()) continue;
      std::size_t slot = hash_of(n.length, n.front, n.back) & (names_.size() - 1);
      while (names_[slot].is_used()) slot = (slot + 1) & (names_.size() - 1);
      names_[slot] = n;
    }
  }

  // -- source and digests ---------------------------------------------------------------------------------------
  std::uint32_t member(std::uint32_t map, std::string_view name) const {
    std::uint32_t m = at(map).child;
    while (m != 0 && name_of(at(m)) != name) m = at(m).next;
    return m;
  }
  // At the end of "source": adds room for the digests that its maker did not state.
  void reserve_digests() {
    if (source_.octets == 0) return;
    const auto ensure = [&](const char* name, std::uint32_t& record, bool& stated) {
      record = member(source_.node, name);
      stated = record != 0;
      if (stated) return;
      record = add_node(DGM_TEXT, intern(name).where());
      std::tie(at(record).text, at(record).text_length) = copy(no_digest);
      at(record).marks |= detail::node_is_due;
    };
    ensure("sha256", source_.sha256, source_.stated_sha256);
    // Octets carried without a digest of the model stay so: to state one would prove what nobody compared.
    if (source_.stated_sha256 && member(source_.node, "model_sha256") == 0) return;
    ensure("model_sha256", source_.model_sha256, source_.stated_model_sha256);
  }
  std::string_view text_of(std::uint32_t record) const {
    return std::string_view(pool_).substr(at(record).text, at(record).text_length);
  }
  // Octets that do not match what was stated of them are dropped, the model stays (tei.md 2.3, source.damaged).
  void compare_source(bool& damaged) {
    if (source_.node == 0 || source_.octets == 0) return;
    const std::string_view octets = text_of(source_.octets);
    const std::uint32_t size = member(source_.node, "size");
    damaged = size != 0 && text_of(size) != std::to_string(octets.size());
    if (source_.stated_sha256) {
      char hex[64];
      sha256_(octets, hex);
      damaged |= text_of(source_.sha256) != std::string_view(hex, 64);
    }
    if (!damaged && size != 0) unlink(source_.node, size);  // said by the octets themselves
  }
  void unlink(std::uint32_t parent, std::uint32_t child) {
    std::uint32_t* link = &at(parent).child;
    while (*link != child) link = &at(*link).next;
    *link = at(child).next;
    at(child).next = 0;
  }
  // Compares the digest of the model with the stated one; a model without one is by its maker what the octets say.
  std::uint32_t flags_of_source(const document& d) const {
    if (source_.octets == 0) return 0;
    if (source_.model_sha256 == 0) return document_unproven;
    if (!source_.stated_model_sha256) return document_pristine;
    char hex[64];
    sha256_(detail::canonical_writer(d.root()).write(), hex);
    return text_of(source_.model_sha256) == std::string_view(hex, 64) ? document_pristine : 0u;
  }

  std::uint32_t pool_offset() const noexcept {
    return static_cast<std::uint32_t>(sizeof(detail::document_header) + nodes_.size() * sizeof(node_record) +
                                      attributes_.size() * sizeof(attribute_record));
  }
  // One allocation; what was counted from the pool's front, or by index, is now counted from the document's.
  document assemble() {
    using namespace detail;
    const std::uint32_t pool = pool_offset();
    const auto attribute_offset = static_cast<std::uint32_t>(sizeof(document_header) + nodes_.size() * sizeof(node_record));
    document d;
    d.allocate(pool + pool_.size(), sha256_);
    char* out = d.data_.get();
    const document_header h{document_magic,
                            document_version,
                            static_cast<std::uint32_t>(d.size_),
                            static_cast<std::uint32_t>(nodes_.size()),
                            static_cast<std::uint32_t>(attributes_.size()),
                            pool,
                            0,
                            0};
    std::memcpy(out, &h, sizeof h);
    auto* records = reinterpret_cast<node_record*>(out + sizeof h);
    std::memcpy(records, nodes_.data(), nodes_.size() * sizeof(node_record));
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      node_record& r = records[i];
      r.name += pool;
      r.text += pool;
      if (r.attribute_count != 0)
        r.attributes = attribute_offset + r.attributes * static_cast<std::uint32_t>(sizeof(attribute_record));
    }
    auto* attributes = reinterpret_cast<attribute_record*>(out + attribute_offset);
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      attribute_record a = attributes_[i];
      a.name += pool;
      a.value += pool;
      attributes[i] = a;
    }
    std::memcpy(out + pool, pool_.data(), pool_.size());
    return d;
  }

  const dgm_sink sink_{sizeof(dgm_sink), this, on_open, on_attr, on_text, on_bytes, on_close, on_span};
  static constexpr std::string_view no_digest =
      "0000000000000000000000000000000000000000000000000000000000000000";  // room for one
  sha256_function sha256_;
  document_limits limits_;
  std::size_t room_;
  std::vector<node_record> nodes_;
  std::vector<attribute_record> attributes_;
  std::string pool_;
  std::vector<open_node> open_;
  std::vector<interned> names_;
  std::size_t name_count_ = 0;
  std::uint32_t told_ = 1;                               // numbers the documents
  std::unordered_set<std::uint64_t> large_map_members_;  // index of the map and place of the interned name
  source_state source_;
  bool complete_ = false;
  bool drop_source_ = false;
  std::string problem_;
};

}  // namespace dragoman
