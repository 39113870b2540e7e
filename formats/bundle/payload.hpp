// formats/bundle/payload.hpp - the payload of a bag that is being made: packed octets and digests on disk, names in memory.
//
// Files are packed as they come. Small ones wait until there are enough to be worth sharing out among threads; a large one
// is packed while it is told. Source: bundles.md 4. One thread at a time.
#pragma once
#include "packing.hpp"
#include "spool.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dragoman::bundle {

class payload {
public:
  // `work` may be null.
  payload(bool deflate, const dgm_work* work) : deflate_(deflate), work_(work) {}

  // A file that is being added. Without commit it leaves no trace. One at a time.
  class item {
  public:
    explicit item(payload& owner) : owner_(owner), begin_(owner.waiting_octets_.size()) {}
    ~item();
    item(const item&) = delete;
    item& operator=(const item&) = delete;

    void append(std::string_view octets);
    std::uint64_t size() const { return size_; }
    // Keeps the file; returns its number. It still needs a name.
    std::size_t commit();

  private:
    void begin_stream();
    payload& owner_;
    std::uint64_t begin_;  // in the octets that wait, or packed
    std::uint64_t size_ = 0;
    std::optional<stream_packer> stream_;
    bool committed_ = false;
  };

  void name(std::size_t number, std::string path) { paths_[number] = std::move(path); }
  const std::string& path(std::size_t number) const { return paths_[number]; }
  std::uint64_t size(std::size_t number) const { return facts_of(number).size; }
  fixity digests(std::size_t number) const { return facts_of(number).digests; }

  std::size_t count() const { return paths_.size(); }
  std::uint64_t total() const { return total_; }
  // Numbers of the files, sorted by the octets of their paths.
  std::vector<std::uint32_t> in_order() const;

  // Packs what waits.
  void complete();
  // Adds a file to a ZIP as `path`, when all are complete.
  void add_to(zip_writer& zip, std::string_view path, std::size_t number) const;

private:
  struct facts {
    fixity digests{};
    std::uint64_t size = 0;
  };
  struct place {
    packed_entry entry;
    std::uint64_t offset = 0;
  };
  facts facts_of(std::size_t number) const;

  const bool deflate_;
  const dgm_work* const work_;
  fixity_digest digest_;  // of the file that is being added
  std::vector<std::string> paths_;
  std::uint64_t total_ = 0;
  std::string waiting_octets_;
  std::vector<piece> waiting_;     // files in them, the last that were added
  spool facts_, places_, packed_;  // of the first two a file has one each
};

}  // namespace dragoman::bundle
