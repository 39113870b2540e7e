#include "record_lines.hpp"

namespace dragoman::bundle {
namespace {

constexpr std::size_t longest_record_line = std::size_t{16} << 20;

}  // namespace

void for_each_line(container& archive, std::size_t entry, spool& kept,
                   const std::function<void(std::string_view line, piece place)>& take) {
  std::string rest;
  std::uint64_t at = kept.size();
  archive.unpack(entry, [&](std::string_view octets) {
    kept.append(octets);
    rest += octets;
    std::size_t begin = 0;
    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', begin)) {
      take(std::string_view(rest).substr(begin, end - begin), piece{at, end - begin});
      at += end + 1 - begin;
      begin = end + 1;
    }
    rest.erase(0, begin);
    if (rest.size() > longest_record_line) throw unusable("bundle.limit-line", "a line of records.jsonl is too long");
  });
  if (!rest.empty()) take(rest, piece{at, rest.size()});
}

}  // namespace dragoman::bundle
