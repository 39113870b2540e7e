// Names of output files: made of templates and ids, safe, never outside of the output folder.
#pragma once
#include <dragoman/node.hpp>

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragoman::hosting {

// One segment of a path made of any text: no separators, control characters, leading dots or blanks at the ends, at
// most 200 octets. Empty text, and what nothing is left of, becomes "unknown".
std::string safe_segment(std::string_view text);

// The same for each segment of a relative path; "." and ".." and empty segments are dropped.
std::string safe_path(std::string_view path);

// What --name can say of a document.
struct name_fields {
  std::string_view path;  // the input's folders below INPUT
  std::string_view stem;  // the input's name without its suffix
  std::size_t n = 0;      // number of the document in its input, from 1
};

// A template such as "{year}/{id}".
class name_template {
public:
  struct field {
    std::string_view name, meaning;
  };
  static const std::vector<field>& fields();

  // Throws usage_error for an unknown field, with the nearest one, and for braces that do not match.
  explicit name_template(std::string_view text);

  // The relative path, without suffix, of a document. What the document does not say becomes "unknown"; for the path
  // of the input that is no folder at all.
  std::string expand(node document, const name_fields& input) const;
  // It says {n}.
  bool counts_documents() const;

private:
  struct part {
    std::string literal;
    std::string_view field;  // of fields(); empty for a literal
  };
  std::vector<part> parts_;
};

// Names that this run has given. "a/b.xml" given twice becomes "a/b~2.xml": the number goes before the suffix. Millions of
// names are kept as their hashes, some 16 octets each; should two names ever share one, the later gets a number. Any thread.
class given_names {
public:
  // `stem` and `suffix` (with its dot) make the name. `renamed` says that it had to be changed.
  std::string take(const std::string& stem, const std::string& suffix, bool& renamed);
  bool has(std::string_view name) const;
  void clear();

private:
  bool add(std::uint64_t hash);
  std::size_t slot_of(std::uint64_t hash) const noexcept;

  mutable std::mutex mutex_;
  std::vector<std::uint64_t> taken_;  // open addressing; 0: nothing
  std::size_t count_ = 0;
  std::unordered_map<std::uint64_t, std::size_t> asked_;  // how often, of those that were asked for again
};

}  // namespace dragoman::hosting
