// formats/bundle/bounded_json.hpp - JSON that somebody else may have written, for a library that writes values by recursion.
#pragma once
#include <nlohmann/json.hpp>

#include <string_view>

namespace dragoman::bundle {

// True when brackets stand within more than `most` others. What is no JSON gets some answer.
inline bool is_deeper_than(std::string_view text, int most) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_string = !in_string;
    else if (in_string) i += c == '\\';
    else if (c == '[' || c == '{') depth += 1;
    else if (c == ']' || c == '}') depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

// The value; a discarded one for what is no JSON or deeper than any that we wrote.
inline nlohmann::json bounded_json(std::string_view text) {
  constexpr int deepest = 64;
  if (is_deeper_than(text, deepest)) return nlohmann::json(nlohmann::json::value_t::discarded);
  return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace dragoman::bundle
