// formats/bundle/opened_archive.hpp - an archive opened from an input, for whoever reads, verifies or unpacks it.
//
// Source: bundles.md 7 "Reading", 9. [session-thread]
#pragma once
#include "bag_check.hpp"
#include "container.hpp"

#include <dragoman/plugin.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dragoman::bundle {

// Findings of one code that are told one by one; the rest is counted (bundles.md 8).
constexpr std::uint64_t most_of_a_kind = 1000;

// What the host's options say of archives.
archive_rules rules_of(const host& h);

// Checks an archive before anything of it is unpacked; what is doubtful is told to the host. `source` must stay in place.
// Throws unusable.
std::unique_ptr<container> open_checked(const host& services, const octet_source& source, const archive_rules& rules);

// The top folder of a bag with its '/', "" for a bag without one (with leniency); nothing when it is no bag. Throws
// unusable "bundle.bag-serial" for what is no legal serialization. `name` is that of the archive, for comparison.
std::optional<std::string> find_bag(const host& services, const container& archive, std::string_view name, bool lenient);

// An input as an archive; a pipe is spooled.
class opened_archive {
public:
  opened_archive(const host& services, const input& in);
  container& entries() const { return *container_; }

private:
  std::unique_ptr<octet_source> source_;
  std::unique_ptr<container> container_;
};

// A bag in an archive: the entries below its top folder.
class archived_bag final : public bag_files {
public:
  archived_bag(container& archive, const std::string& folder);
  std::size_t count() const override { return entries_.size(); }
  std::string_view path(std::size_t file) const override { return archive_.path(entries_[file]).substr(skip_); }
  std::uint64_t size(std::size_t file) const override { return archive_.size(entries_[file]); }
  bool is_regular(std::size_t) const override { return true; }  // everything else was refused before
  bool has_data_folder() const override { return has_data_; }
  bool is_parallel() const override { return !archive_.is_sequential(); }
  void read(std::size_t file, const std::function<void(std::string_view)>& take) const override {
    archive_.unpack(entries_[file], take);
  }

private:
  container& archive_;
  std::size_t skip_;
  std::vector<std::size_t> entries_;
  bool has_data_ = false;
};

}  // namespace dragoman::bundle
