// formats/bundle/reader.hpp - reading documents out of bags, bundles and plain archives.
//
// The archive is checked before anything is unpacked, a bag is verified before anything of it is believed, and each
// entry is read by whichever format the host recognises in it. Source: bundles.md 7-9. [session-thread]
#pragma once
#include "container.hpp"

#include <dragoman/plugin.hpp>

#include <memory>
#include <string>
#include <vector>

namespace dragoman::bundle {

class reader {
public:
  reader(host services, input in);
  ~reader();
  bool next(builder& to);

  // Entries of a ZIP can be read in any order: each part has some that stand one behind another in the listing.
  std::uint64_t parts();
  reader part(std::uint64_t number, host services) const { return reader(*this, number, services); }

  static int probe(std::string_view head, bool at_end, std::string_view& reason) noexcept;

private:
  class open_entry;
  struct level;

  reader(const reader& whole, std::uint64_t number, host services);
  void begin_level(std::string octets, const std::string& name, place where);
  bool open_next();

  host host_;
  const dgm_nested* nested_;
  std::size_t most_levels_ = 1;
  std::uint64_t most_octets_ = 0;  // of an entry
  std::uint64_t entries_ = 0;      // of all archives so far
  std::unique_ptr<class opened_archive> opened_;
  std::vector<std::unique_ptr<level>> levels_;  // the innermost last
  std::unique_ptr<open_entry> open_;
  std::vector<std::size_t> parts_;  // the item that each begins with
};

}  // namespace dragoman::bundle
