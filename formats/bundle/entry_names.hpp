// formats/bundle/entry_names.hpp - names of entries in archives of others: what they mean, and which are refused.
//
// Source: bundles.md 7 "Names", 8 "Limits". Pure; any thread.
#pragma once
#include <dragoman/plugin.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman::bundle {

// Bounds of an archive; octets, or numbers of things. Source: bundles.md 8.
struct archive_limits {
  std::uint64_t entries = 1'000'000;
  std::uint64_t directory = std::uint64_t{512} << 20;
  std::uint64_t entry = std::uint64_t{16} << 30;  // one entry, unpacked
  std::uint64_t total = std::uint64_t{64} << 30;  // all entries, unpacked
  std::uint64_t entry_ratio = 200;                // unpacked to packed, after the first MiB
  std::uint64_t total_ratio = 100;                // after the first 64 MiB
  std::size_t path = 1024, segment = 255, depth = 32;

  // For an archive that we made ourselves.
  static archive_limits none() {
    constexpr std::uint64_t any = ~std::uint64_t{0};
    return {any, any, any, any, any, any, ~std::size_t{0}, ~std::size_t{0}, ~std::size_t{0}};
  }
};

enum class name_charset { automatic, utf8, cp437, latin1 };

struct name_rules {
  name_charset charset = name_charset::automatic;
  bool backslash_separates = false;  // else a backslash is refused
};

// Octets that were unpacked, and what they were packed to: counted as they come, not believed from headers.
struct unpack_counts {
  std::atomic<std::uint64_t> unpacked = 0, packed = 0;
};

struct archive_rules {
  archive_limits limits;
  name_rules names;
  bool all_methods = false;  // of ZIP, beside stored and deflated: 9, 12, 14, 93, 95
  // Of the archive around this one, which shares its limits; null for none.
  std::shared_ptr<unpack_counts> counts_around = nullptr;
};

// Something doubtful that is accepted: code, text, and the octet where it was seen.
using warn_function = std::function<void(std::string_view code, const std::string& text, std::uint64_t offset)>;

// The UTF-8 name meant by octets that are said to be in no character set: ASCII and UTF-8 as they are (with a warning,
// "bundle.name-guessed", for what is not ASCII), else in `fallback`; or in the set that the rules name. Throws unusable
// ("bundle.entry-name").
std::string decode_entry_name(std::string_view raw, const name_rules& rules, name_charset fallback, std::uint64_t offset,
                              const warn_function& warn);

// The safe path of an entry from its UTF-8 name: "./" and "//" are collapsed, no '/' at the end; empty for a name like
// "./" that means the top itself. Throws unusable
// ("bundle.entry-name", "bundle.limit-path") for a name that could lead anywhere else than below the target, or that
// some reader would take for another. Sets `cleaned` when something was collapsed.
std::string safe_entry_name(std::string_view name, const name_rules& rules, const archive_limits& limits, std::uint64_t offset,
                            bool& cleaned);

// Names by the hash of what they are alike in: eight octets each, whatever their number and length.
class alike_names {
public:
  explicit alike_names(std::size_t count) { hashes_.reserve(count); }
  static std::uint64_t hash(std::string_view key) { return std::hash<std::string_view>()(key); }
  // The key of the next name.
  void add(std::string_view key) { hashes_.push_back(hash(key)); }

  // Pairs of a name and the first one that has the same key, in order of the former. `key_of` gives the key of a name by its
  // number, from 0; it is asked only where hashes came twice.
  template <class KeyOf>
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs(KeyOf&& key_of) {
    const std::size_t count = hashes_.size();
    std::sort(hashes_.begin(), hashes_.end());
    keep_repeated();
    std::vector<std::pair<std::uint32_t, std::uint32_t>> out;
    if (hashes_.empty()) return out;
    std::vector<std::pair<std::string, std::uint32_t>> keys;  // one hash does not make one name
    for (std::size_t i = 0; i < count; ++i)
      if (auto key = key_of(static_cast<std::uint32_t>(i)); std::binary_search(hashes_.begin(), hashes_.end(), hash(key)))
        keys.emplace_back(std::move(key), static_cast<std::uint32_t>(i));
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 1, first = 0; i < keys.size(); ++i) {
      if (keys[i].first == keys[first].first) out.emplace_back(keys[i].second, keys[first].second);
      else first = i;
    }
    std::sort(out.begin(), out.end());
    return out;
  }

private:
  // Of sorted hashes, those that stand more than once.
  void keep_repeated() {
    std::size_t kept = 0;
    for (std::size_t i = 1; i < hashes_.size(); ++i)
      if (hashes_[i] == hashes_[i - 1] && (kept == 0 || hashes_[kept - 1] != hashes_[i])) hashes_[kept++] = hashes_[i];
    hashes_.resize(kept);
  }
  std::vector<std::uint64_t> hashes_;
};

// One name of an archive for check_distinct.
struct entry_name {
  std::string_view path;
  bool is_folder;
  std::uint64_t offset;
};
// `name_of` gives so many names by their numbers. Throws unusable("bundle.entry-duplicate") when two are equal in NFC, or a file is the folder of another; warns
// ("bundle.name-clash") when they are equal after case folding only.
void check_distinct(std::size_t count, const std::function<entry_name(std::size_t)>& name_of, const warn_function& warn);

}  // namespace dragoman::bundle
