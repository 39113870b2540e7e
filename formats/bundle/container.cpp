#include "container.hpp"

#include <algorithm>

namespace dragoman::bundle {
namespace {

constexpr std::uint64_t ratio_free = std::uint64_t{64} << 20;  // the ratio of the archive is looked at after this much

constexpr std::string_view local_header("PK\3\4", 4);

int probe_zip(std::string_view head, std::string_view& reason) {
  constexpr std::string_view empty("PK\5\6", 4);
  if (head.starts_with(empty)) {
    reason = "an empty ZIP";
    return 70;
  }
  if (!head.starts_with(local_header) || head.size() < 30) return 0;
  const auto octet = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(head[i])); };
  const auto name = head.substr(30, octet(26) | octet(27) << 8);
  if (name == "mimetype") {
    reason = "a ZIP that is an OpenDocument or EPUB file, whose parts are not documents of an archive";
    return 10;
  }
  if (name == "[Content_Types].xml" || name.starts_with("_rels/") || name.starts_with("word/")) {
    reason = "a ZIP that is an Office Open XML file, whose parts are not documents of an archive";
    return 10;
  }
  if (name == "META-INF/" || name == "META-INF/MANIFEST.MF") {
    reason = "a ZIP that is a Java archive";
    return 10;
  }
  if (name.ends_with("/bagit.txt")) {
    reason = "a ZIP that begins with the bagit.txt of a bag";
    return 95;
  }
  reason = "a ZIP";
  return 80;
}

}  // namespace

void container::count_unpacked(std::uint64_t octets) {
  const std::uint64_t unpacked = counts_->unpacked += octets;
  if (unpacked > limits_.total)
    throw unusable("bundle.limit-total", "the archive unpacks to more than " + std::to_string(limits_.total) + " octets");
  if (unpacked > ratio_free && unpacked / limits_.total_ratio > counts_->packed)
    throw unusable("bundle.limit-ratio",
                   "the archive unpacks to more than " + std::to_string(limits_.total_ratio) + " times its size");
}

std::unique_ptr<container> open_container(const octet_source& source, const archive_rules& rules, const warn_function& warn) {
  std::string head(static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), 4096)), '\0');
  source.read(0, head.data(), head.size());
  return is_compressed(head) || is_tar(head) ? open_tar(source, rules, warn) : open_zip(source, rules, warn);
}

int probe_container(std::string_view head, std::string_view& reason) {
  if (const int score = probe_zip(head, reason); score != 0) return score;
  if (is_tar(head)) {
    reason = "a tar archive";
    return 100;  // the sum of its header is right, whatever the text behind it looks like
  }
  if (!is_compressed(head)) return 0;
  reason = "a compressed file that is no tar; unpack it first, as zcat, xzcat, zstdcat or bzcat does";
  return 1;
}

bool is_behind_a_prefix(std::string_view head) {
  constexpr std::size_t fixed = 30, newest_version = 63, longest_name = 4096;
  for (auto at = head.find(local_header, 1); at != std::string_view::npos; at = head.find(local_header, at + 1)) {
    const auto octet = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(head[at + i])); };
    if (head.size() - at < fixed) return false;
    const std::size_t name_length = octet(26) | octet(27) << 8;
    const auto name = head.substr(at + fixed, name_length);
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
    if (octet(4) <= newest_version && name_length - 1 < longest_name && std::none_of(name.begin(), name.end(), is_control))
      return true;
  }
  return false;
}

}  // namespace dragoman::bundle
