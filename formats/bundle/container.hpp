// formats/bundle/container.hpp - the entries of an archive, checked, by number; ZIP and tar alike.
//
// Source: bundles.md 7 "Reading: data" and "tar", 8 "Limits". Nothing is ever written under an entry's name. One thread
// at a time.
#pragma once
#include "entry_names.hpp"
#include "octets.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::bundle {

class zip_table;

using take_function = std::function<void(std::string_view octets)>;

class container {
public:
  virtual ~container() = default;
  virtual std::size_t count() const = 0;
  virtual std::string_view path(std::size_t entry) const = 0;  // safe; valid as long as the container
  virtual std::uint64_t size(std::size_t entry) const = 0;     // unpacked, as stated
  virtual bool is_folder(std::size_t entry) const = 0;
  virtual std::uint64_t offset(std::size_t entry) const = 0;  // in the archive, for messages
  // Unpacks an entry in pieces. Throws unusable when its octets are not what the archive said of them, or exceed a
  // limit; other entries may still be fine. What was given before must then be thrown away.
  virtual void unpack(std::size_t entry, const take_function& take) = 0;
  // True when entries are best unpacked in order of their number, by one thread. Else several threads may unpack.
  virtual bool is_sequential() const = 0;
  // True when several threads may unpack these entries, and no limit of all together is reached whichever of them comes first.
  virtual bool is_any_order_right(const std::vector<std::uint32_t>& entries) const = 0;
  // Unpacking starts over: the limit of all entries together counts from nought again. Not in an archive in another.
  void restart() {
    if (!is_inner_) counts_->unpacked = counts_->packed = 0;
  }
  const std::shared_ptr<unpack_counts>& counts() const { return counts_; }

protected:
  explicit container(const archive_rules& rules)
      : limits_(rules.limits),
        is_inner_(rules.counts_around != nullptr),
        counts_(is_inner_ ? rules.counts_around : std::make_shared<unpack_counts>()) {}
  container(const container&) = delete;
  container& operator=(const container&) = delete;
  // Counts octets as they come out; what headers say is not believed.
  void count_unpacked(std::uint64_t octets);
  void count_packed(std::uint64_t octets) {
    if (!is_inner_) counts_->packed += octets;  // those of an inner archive were unpacked from the outer one
  }

  archive_limits limits_;

private:
  const bool is_inner_;
  const std::shared_ptr<unpack_counts> counts_;
};

// Opens a ZIP or tar (also tar.gz, tar.zst, tar.xz, tar.bz2), by its octets. `source` must stay in place. Throws unusable
// with the codes of the preflight, and "bundle.tar-*".
std::unique_ptr<container> open_container(const octet_source& source, const archive_rules& rules, const warn_function& warn);
std::unique_ptr<container> open_zip(const octet_source& source, const archive_rules& rules, const warn_function& warn);
// The same of a ZIP whose directory was read by the same rules.
std::unique_ptr<container> open_zip(const octet_source& source, const archive_rules& rules,
                                    std::shared_ptr<const zip_table> table);
std::unique_ptr<container> open_tar(const octet_source& source, const archive_rules& rules, const warn_function& warn);

// True for what gzip, zstd, xz and bzip2 begin with.
bool is_compressed(std::string_view head);
// True when these octets, unpacked if need be, begin with the header of a tar entry.
bool is_tar(std::string_view head);

// How sure the octets at the start of a file make that it is an archive of these kinds (0..100), and why.
int probe_container(std::string_view head, std::string_view& reason);
// True when the header of a ZIP's entry stands behind other octets: a program that unpacks itself (bundles.md 7 "Reading: data",
// junk in front).
bool is_behind_a_prefix(std::string_view head);

}  // namespace dragoman::bundle
