// formats/json/index.hpp - where the values of a JSON text stand, without a copy of any of them.
//
// One pass checks the whole text (RFC 8259 and I-JSON: UTF-8, no duplicate names, no lone surrogates) and notes for
// each value and name eight octets: where it begins and where it ends. Reading is then a walk over these entries, in
// whatever order the model needs, with the exact place of everything at hand for messages; strings without escapes
// are slices of the text. Sources: tei.md 5.2 and 5.5; RFC 8259; RFC 7493.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman::json {

// What is wrong with a JSON text, or with what it says; `offset` counts octets from the begin of the indexed text.
struct problem {
  std::string_view code;  // constant, of the code table of the format
  std::string text;
  std::size_t offset;
};

enum class value_type { object, array, string, number, literal };  // literal: true, false, null

class index;
class member_iterator;
class item_iterator;

template <class Iterator>
struct range {
  Iterator first, last;
  Iterator begin() const noexcept { return first; }
  Iterator end() const noexcept { return last; }
};

// A value, or a name, in an index: a cheap handle, valid until the index is built anew.
class value {
public:
  value() = default;
  value(const index* i, std::uint32_t entry) noexcept : index_(i), entry_(entry) {}

  explicit operator bool() const noexcept { return index_ != nullptr; }
  value_type type() const noexcept;
  bool is(value_type t) const noexcept { return index_ != nullptr && type() == t; }
  std::size_t offset() const noexcept;
  // A number or literal as written; a string with its quotes.
  std::string_view raw() const noexcept;
  // A string's characters: a slice of the text, or in `storage` when escapes had to be resolved.
  std::string_view text(std::string& storage) const;
  // Members of an object; items of an array.
  range<member_iterator> members() const noexcept;
  range<item_iterator> items() const noexcept;

private:
  const index* index_ = nullptr;
  std::uint32_t entry_ = 0;
};

struct member {
  value name, item;
};

class index {
public:
  index() = default;
  index(const index&) = delete;  // values point to it
  index& operator=(const index&) = delete;

  // The largest text that can be indexed, in octets.
  static constexpr std::size_t maximum_size = std::size_t{1} << 30;

  // Checks and indexes one JSON value with white space around it; a BOM before it is accepted. `octets` must stay in
  // place while values are used. Throws problem: json.syntax, json.utf8, json.surrogate, json.duplicate-key,
  // json.depth (more than `depth` open brackets).
  void build(std::string_view octets, std::size_t depth);

  value root() const noexcept { return {this, 0}; }
  std::string_view octets() const noexcept { return octets_; }

  // The JSON pointer (RFC 6901) of what stands at an offset, with names as written there; also after build() threw.
  // Empty for the root. Long ones are cut in the middle.
  std::string pointer(std::size_t offset) const;

  struct entry {
    std::uint32_t at;    // first octet
    std::uint32_t link;  // of an object or array: index of the entry after its last one; of others: end of the token,
                         // with `has_escapes` in strings
  };
  static constexpr std::uint32_t has_escapes = 0x80000000u;

private:
  friend class value;
  friend class member_iterator;
  friend class item_iterator;

  bool is_container(std::uint32_t e) const noexcept { return octets_[entries_[e].at] == '{' || octets_[entries_[e].at] == '['; }
  // The entry after a value with everything in it; an object or array that is not closed yet reaches to the end.
  std::uint32_t after(std::uint32_t e) const noexcept {
    if (!is_container(e)) return e + 1;
    return entries_[e].link ? entries_[e].link : static_cast<std::uint32_t>(entries_.size());
  }

  enum class step { value, name, after_value, done };
  step read_value();
  step read_name();
  step read_after_value();
  std::size_t read_string(std::size_t at, bool& escapes) const;
  std::size_t read_escape(std::size_t at) const;
  std::size_t read_number(std::size_t at) const;
  step open(step first);
  step close();
  void check_names(std::uint32_t object);
  void add(std::size_t begin, std::size_t end, std::uint32_t flags = 0);
  bool next_is(char c) const noexcept { return at_ < octets_.size() && octets_[at_] == c; }
  void skip_space() noexcept;
  [[noreturn]] void unexpected(const char* wanted) const;

  std::string_view octets_;
  std::vector<entry> entries_;
  std::vector<std::uint32_t> open_;  // entries of the brackets that are open
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::vector<std::pair<std::string_view, std::size_t>> names_;  // of the object looked at, with their places
  std::deque<std::string> unescaped_;                            // those of them that held escapes
};

class member_iterator {
public:
  member_iterator(const index* i, std::uint32_t entry) noexcept : index_(i), entry_(entry) {}
  member operator*() const noexcept { return {{index_, entry_}, {index_, entry_ + 1}}; }
  member_iterator& operator++() noexcept {
    entry_ = index_->after(entry_ + 1);
    return *this;
  }
  bool operator==(const member_iterator&) const noexcept = default;

private:
  const index* index_;
  std::uint32_t entry_;
};

class item_iterator {
public:
  item_iterator(const index* i, std::uint32_t entry) noexcept : index_(i), entry_(entry) {}
  value operator*() const noexcept { return {index_, entry_}; }
  item_iterator& operator++() noexcept {
    entry_ = index_->after(entry_);
    return *this;
  }
  bool operator==(const item_iterator&) const noexcept = default;

private:
  const index* index_;
  std::uint32_t entry_;
};

// True when `token` is, as a whole, a JSON number, true, false or null.
bool is_scalar(std::string_view token);

}  // namespace dragoman::json
