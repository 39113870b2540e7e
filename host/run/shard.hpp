// One of N runs that together do the work of one, on as many machines, without knowing of each other.
//
// Source: bundles.md 11 "Shards".
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman::hosting {

struct shard {
  std::size_t index = 0, count = 1;  // index from 0

  // "K/N". Throws usage_error.
  static shard of(std::string_view text);
  // Takes the input of this name as received: the first 8 digits of the name's SHA-256, modulo N.
  bool takes(std::string_view source) const;
  // The file of this shard: "r.jsonl" is "r-s0003-of-0008.jsonl". `suffix` is what follows the mark, with its dot; it may
  // have several.
  std::string file(const std::string& path, std::size_t suffix_length) const;
};

// The shard whose mark stands in a file's name before `suffix`; nothing when there is none.
std::optional<shard> shard_in(const std::string& path, std::string_view suffix);

}  // namespace dragoman::hosting
