// Looking words up in the vocabularies of the installed formats.
#pragma once
#include "plugins/registry.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// A term of a format, seen to be well formed.
struct known_term {
  std::string_view term, kind, meaning, source;
  const format_entry* format = nullptr;
};

// All terms of all formats, in order of format and then as the format has them. Lives no longer than the registry.
class term_list {
public:
  explicit term_list(const registry& formats);

  // Those that `asked` means. The first of these that finds any decides: the same octets; the same but for letters of any
  // case; the same letters and digits; a term of several words of which it is one.
  std::vector<known_term> find(std::string_view asked) const;
  // Up to `most` terms that are spelt nearly like it, the nearest first; each spelling once.
  std::vector<std::string_view> near(std::string_view asked, std::size_t most) const;

  const std::vector<known_term>& terms() const noexcept { return terms_; }
  // Vocabularies with their number of terms, in order of name.
  struct kind {
    std::string_view name;
    const format_entry* format = nullptr;
    std::size_t count = 0;
  };
  std::vector<kind> kinds() const;
  // What is wrong with terms that were left out.
  const std::vector<std::string>& problems() const noexcept { return problems_; }

private:
  std::vector<known_term> terms_;
  std::vector<std::string> problems_;
};

// Small letters and digits only; what is not ASCII stays.
std::string folded(std::string_view text);

}  // namespace dragoman::hosting
