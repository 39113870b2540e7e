#include "inputs/cutting.hpp"

#include "inputs/opening.hpp"

#include <algorithm>

namespace dragoman::hosting {
namespace {

constexpr std::size_t part_size = small_input / 2;

}  // namespace

input_part cut_part(const format_entry& format, const std::shared_ptr<const octets>& input, std::uint64_t begin) {
  std::size_t ahead = part_size + part_size / 2;
  std::string text = input->slice(begin, ahead);
  std::size_t length = 0;
  while (length < part_size && length < text.size()) {
    const bool is_all = begin + text.size() >= input->length();
    const std::size_t left = text.size() - length;
    const auto n = format.table->reader->split(text.data() + length, left, is_all ? 1 : 0);
    if (n > 0 && static_cast<std::uint64_t>(n) <= left) {
      length += static_cast<std::size_t>(n);
    } else if (n == 0 && !is_all && ahead < octets::memory_bound) {
      if (length > 0) break;  // enough for a part
      ahead *= 2;
      text = input->slice(begin, ahead);
      if (text.size() == left) return {};  // it became shorter
    } else {
      return {};
    }
  }
  if (length == 0) return {};
  text.resize(length);
  return {octets::of_memory(text), begin};
}

}  // namespace dragoman::hosting
