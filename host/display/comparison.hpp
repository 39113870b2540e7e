// What is different between two documents, by meaning, told for people.
#pragma once
#include <dragoman/node.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

struct difference {
  std::string where;          // "meta/subject", "body, paragraph 2"
  std::string first, second;  // what each says; empty: nothing
};

// Empty exactly when the two mean the same (docs/model.md, "Equality"): what it compares is their canonical form.
std::vector<difference> differences(node first, node second);

// Two texts word by word: those of both, and between them those that only one has, the first one's first. Blanks only
// separate words. The words are slices of the texts.
enum class word_side { both, first, second };
struct compared_word {
  word_side where;
  std::string_view text;
};
std::vector<compared_word> compare_words(std::string_view first, std::string_view second);

}  // namespace dragoman::hosting
