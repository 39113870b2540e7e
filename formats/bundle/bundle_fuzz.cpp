// libFuzzer target: the ZIP pre-flight and what unpacks after it, and the parsers of tag files and records. The first
// octet chooses. Whatever comes, it ends in a table, a finding or `unusable`, and names that pass are safe.
#include "bag_check.hpp"
#include "container.hpp"
#include "names.hpp"
#include "records.hpp"
#include "zip_splice.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace dragoman;
using namespace dragoman::bundle;

void must(bool truth) {
  if (!truth) std::abort();
}

const dgm_output nowhere{
    sizeof(dgm_output), nullptr, [](void*, const void*, std::size_t) noexcept -> dgm_status { return DGM_OK; }, {nullptr, 0}};

void fuzz_archive(std::string_view octets) {
  const memory_source source(octets);
  archive_rules rules;
  rules.limits.entry = rules.limits.total = 1 << 22;
  rules.names.backslash_separates = octets.size() % 2 == 0;
  rules.all_methods = octets.size() % 3 == 0;
  try {
    const auto archive = open_container(source, rules, [](auto, auto&, auto) {});
    for (std::size_t i = 0; i < archive->count(); ++i) {
      const auto path = archive->path(i);
      must(!path.empty() && path.front() != '/' && path.find('\\') == npos && path.find('\0') == npos);
      must(("/" + std::string(path) + "/").find("/../") == npos);
      try {
        std::uint64_t length = 0;
        archive->unpack(i, [&](std::string_view piece) { length += piece.size(); });
        must(length == archive->size(i));
      } catch (const unusable&) {
      }
    }
    // joins what it is made of anew
    replace_entries(source, read_zip_directory(source, rules, [](auto...) {}), {}, output(&nowhere));
  } catch (const unusable&) {
  }
}

// A bag of bagit.txt, a manifest, bag-info.txt and fetch.txt, which stand one after the other between NULs.
class fuzzed_bag final : public bag_files {
public:
  explicit fuzzed_bag(std::string_view octets) {
    for (auto& part : parts_) {
      const auto end = std::min(octets.find('\0'), octets.size());
      part = octets.substr(0, end);
      octets.remove_prefix(std::min(end + 1, octets.size()));
    }
  }
  std::size_t count() const override { return std::size(names); }
  std::string_view path(std::size_t file) const override { return names[file]; }
  std::uint64_t size(std::size_t file) const override { return parts_[file].size(); }
  bool is_regular(std::size_t) const override { return true; }
  bool has_data_folder() const override { return true; }
  void read(std::size_t file, const std::function<void(std::string_view)>& take) const override {
    const auto half = parts_[file].size() / 2;
    take(parts_[file].substr(0, half));
    take(parts_[file].substr(half));
  }

private:
  static constexpr std::string_view names[] = {
      "bagit.txt", "manifest-md5.txt", "tagmanifest-md5.txt", "bag-info.txt", "package-info.txt", "fetch.txt", "data/a"};
  std::string_view parts_[std::size(names)];
};

void fuzz_bag(std::string_view octets) {
  const fuzzed_bag bag(octets);
  bool error = false;
  const auto verdict = check_bag(bag, {}, [&](const finding& f) {
    must(!f.code.empty() && !f.text.empty());
    error |= f.level == severity::error;
  });
  must(verdict.valid == !error);
}

void fuzz_names(std::string_view octets) {
  const std::string safe = safe_path(octets);
  if (const auto back = received_path(safe)) must(*back == octets);
  must(safe_path(safe) == safe || safe.find('=') != npos);
  if (const auto r = from_json_line(octets)) must(from_json_line(to_json_line(*r)).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0: fuzz_archive(octets); break;
    case 1: fuzz_bag(octets); break;
    default: fuzz_names(octets); break;
  }
  return 0;
}
