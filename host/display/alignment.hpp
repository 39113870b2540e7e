// Which items of two sequences are the same: the longest common subsequence, after what is equal at both ends.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace dragoman::hosting {

// Sequences that would need a larger table of pairs are compared at their ends only.
inline constexpr std::size_t most_pairs = 16'000'000;

// Pairs of places of equal items, in order.
template <class T>
std::vector<std::pair<std::size_t, std::size_t>> aligned(const std::vector<T>& a, const std::vector<T>& b) {
  std::size_t begin = 0, a_end = a.size(), b_end = b.size();
  std::vector<std::pair<std::size_t, std::size_t>> pairs, tail;
  while (begin < std::min(a_end, b_end) && a[begin] == b[begin]) {
    pairs.emplace_back(begin, begin);
    ++begin;
  }
  while (a_end > begin && b_end > begin && a[a_end - 1] == b[b_end - 1]) tail.emplace_back(--a_end, --b_end);
  const std::size_t rows = a_end - begin, cells = b_end - begin;
  if (rows != 0 && cells != 0 && rows <= most_pairs / cells) {
    std::vector<std::uint32_t> length((rows + 1) * (cells + 1), 0);
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return length[i * (cells + 1) + j]; };
    for (std::size_t i = rows; i-- > 0;)
      for (std::size_t j = cells; j-- > 0;)
        at(i, j) = a[begin + i] == b[begin + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    for (std::size_t i = 0, j = 0; i < rows && j < cells;) {
      if (a[begin + i] == b[begin + j]) pairs.emplace_back(begin + i++, begin + j++);
      else if (at(i + 1, j) >= at(i, j + 1)) ++i;
      else ++j;
    }
  }
  pairs.insert(pairs.end(), tail.rbegin(), tail.rend());
  return pairs;
}

}  // namespace dragoman::hosting
