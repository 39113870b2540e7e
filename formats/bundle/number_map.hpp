// formats/bundle/number_map.hpp - numbers by 64-bit keys, for as many as a bag has files: twelve octets a place, of which at most
// four in five are taken. One thread at a time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace dragoman::bundle {

// Throws std::length_error for a number that is none of these.
inline std::uint32_t checked_number(std::uint64_t number) {
  if (number >= 0xFFFFFFFFu) throw std::length_error("more than 4,294,967,294 files or records in a bag");
  return static_cast<std::uint32_t>(number);
}

class number_map {
public:
  // The number of `key`, and whether it was new: then it is `number` from now on.
  std::pair<std::uint32_t, bool> try_add(std::uint64_t key, std::uint32_t number) {
    if (5 * (count_ + 1) > 4 * keys_.size()) grow();
    const std::size_t place = place_of(key);
    if (numbers_[place] != 0) return {numbers_[place] - 1, false};
    keys_[place] = key;
    numbers_[place] = number + 1;
    ++count_;
    return {number, true};
  }
  bool contains(std::uint64_t key) const { return !keys_.empty() && numbers_[place_of(key)] != 0; }

private:
  // Where it is, or would be.
  std::size_t place_of(std::uint64_t key) const {
    const std::uint64_t mixed = (key ^ key >> 32) * 0x9E3779B97F4A7C15u;  // keys may count up
    std::size_t place = static_cast<std::size_t>(mixed % keys_.size());
    while (numbers_[place] != 0 && keys_[place] != key) place = place + 1 == keys_.size() ? 0 : place + 1;
    return place;
  }
  void grow() {
    const auto keys = std::move(keys_);
    const auto numbers = std::move(numbers_);
    const std::size_t size = keys.size() + keys.size() / 2 + 16;
    keys_.assign(size, 0);
    numbers_.assign(size, 0);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (numbers[i] == 0) continue;
      const std::size_t place = place_of(keys[i]);
      keys_[place] = keys[i];
      numbers_[place] = numbers[i];
    }
  }
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> numbers_;  // one more than the number; 0: a free place
  std::size_t count_ = 0;
};

}  // namespace dragoman::bundle
