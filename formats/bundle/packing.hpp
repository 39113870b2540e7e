// formats/bundle/packing.hpp - many entries packed into ZIPs side by side, each some of them, and put together in order.
//
// Deflate is most of the work of a bundle, and libarchive packs in the thread that calls it. What comes out depends on the
// entries only: the cuts between parts do, and the order is that of the entries.
#pragma once
#include "archive.hpp"
#include "spool.hpp"
#include "zip_join.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace dragoman::bundle {

// Makes a ZIP in an empty spool: `add_entries` gets the writer. Throws spool_error and what zip_writer throws. [any-thread]
void pack_into(spool& zip, bool deflate, const std::function<void(zip_writer& to)>& add_entries);

class packing {
public:
  // What an entry is made of; `octets` must not change while it is packed.
  struct entry {
    std::string path;
    const octet_source& octets;
    piece part;
  };
  // `entry_at` is called by any thread.
  packing(std::size_t count, std::function<entry(std::size_t)> entry_at, bool deflate);

  std::size_t parts() const { return parts_.size(); }
  // Packs a part; the large ones have the low numbers. Throws what the octets, spools and zip_writer throw. [any-thread]
  void pack(std::size_t number);
  // When all are packed.
  void join(zip_joiner& to) const;

private:
  struct part {
    std::size_t begin, end;  // entries
    std::uint64_t size;      // of their octets
    piece packed;
  };
  const std::function<entry(std::size_t)> entry_at_;
  const bool deflate_;
  std::vector<part> parts_;           // in the order of their entries
  std::vector<std::size_t> by_size_;  // the order of work, so that none is left to work on a large one at the end
  std::mutex mutex_;                  // of the spool
  spool packed_;
};

// Does `number` pieces of work, side by side where `work` is there; after an exception no more are begun. Throws the one of
// the lowest number. See DGM_EXT_WORK for what a piece may do.
void work_side_by_side(const dgm_work* work, std::uint64_t number, const std::function<void(std::uint64_t)>& piece);

}  // namespace dragoman::bundle
