#include "inputs/cutting.hpp"

#include "inputs/opening.hpp"

#include <algorithm>

namespace dragoman::hosting {
namespace {

constexpr std::size_t part_size = small_input / 2;

}  // namespace

std::int64_t whole_documents(const dgm_reader& reader, std::string_view text, bool at_end, std::size_t enough) {
  std::size_t length = 0;
  while (length < enough && length < text.size()) {
    const std::size_t left = text.size() - length;
    const auto n = reader.split(text.data() + length, left, at_end ? 1 : 0);
    if (n == 0 && !at_end) break;
    if (n <= 0 || static_cast<std::uint64_t>(n) > left) return -1;
    length += static_cast<std::size_t>(n);
  }
  return static_cast<std::int64_t>(length);
}

input_part cut_part(const registry& formats, const format_entry& format, const std::shared_ptr<const octets>& input,
                    std::uint64_t begin) {
  std::size_t ahead = part_size + part_size / 2;
  auto* service = formats.service();
  for (std::string text = input->slice(begin, ahead);;) {
    const bool is_all = begin + text.size() >= input->length();
    const auto length = service != nullptr && service->answers_for(format)
                            ? service->cut(format, text, is_all, part_size)
                            : whole_documents(*format.table->reader, text, is_all, part_size);
    if (length > 0) {
      text.resize(static_cast<std::size_t>(length));
      return {octets::of_memory(text), begin};
    }
    if (length < 0 || is_all || ahead >= octets::memory_bound) return {};
    ahead *= 2;
    const auto before = text.size();
    text = input->slice(begin, ahead);
    if (text.size() == before) return {};  // it became shorter
  }
}

}  // namespace dragoman::hosting
