// formats/bundle/bounded_json.hpp - JSON that somebody else may have written, for a library that writes values by recursion.
#pragma once
#include <nlohmann/json.hpp>

#include <string_view>

namespace dragoman::bundle {

// The value; a discarded one for what is no JSON or deeper than any that we wrote.
inline nlohmann::json bounded_json(std::string_view text) {
  constexpr int deepest = 64;
  bool is_too_deep = false;
  const auto keep = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    is_too_deep |= depth > deepest;
    return !is_too_deep;
  };
  auto value = nlohmann::json::parse(text, keep, false);
  return is_too_deep ? nlohmann::json(nlohmann::json::value_t::discarded) : value;
}

}  // namespace dragoman::bundle
