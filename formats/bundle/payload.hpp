// formats/bundle/payload.hpp - the payload of a bag that is being made: packed octets and digests on disk, names in memory.
//
// Files are packed as they come, and digested there. Small ones wait until there are enough to be worth sharing out among
// threads; a large one is packed while it is told. Digests are known when all files are complete. Source: bundles.md 4. One thread at a time.
#pragma once
#include "packing.hpp"
#include "path_table.hpp"
#include "spool.hpp"

#include <memory>
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
    // Of a file that is packed while it comes.
    struct stream {
      explicit stream(payload& owner) : packer(owner.packed_, owner.deflate_) {}
      void append(std::string_view octets);
      stream_packer packer;
      fixity_digest digest;
    };
    void begin_stream();
    payload& owner_;
    std::uint64_t begin_;  // in the octets that wait, or packed
    std::uint64_t size_ = 0;
    std::optional<stream> stream_;
    bool committed_ = false;
  };

  void name(std::size_t number, std::string_view path) { paths_.set(number, path); }
  std::string path(std::size_t number) const { return paths_.at(number); }

  std::size_t count() const { return paths_.size(); }
  std::uint64_t total() const { return total_; }
  // Numbers of the files, sorted by the octets of their paths.
  std::vector<std::uint32_t> in_order() const { return paths_.in_order(); }

  // Packs what waits.
  void complete();

private:
  struct row {
    fixity digests{};
    packed_entry entry;
    std::uint64_t offset = 0;  // in packed_
  };

public:
  // What is known of files when all are complete. It reads some ahead: neighbours are mostly asked for one after another. Each
  // thread needs its own.
  class lookup {
  public:
    explicit lookup(const payload& of) : of_(of) {}
    fixity digests(std::size_t number) { return row_at(number).digests; }
    // Adds a file to a ZIP as `path`.
    void add_to(zip_writer& zip, std::string_view path, std::size_t number);

  private:
    const row& row_at(std::size_t number);
    const payload& of_;
    std::size_t begin_ = 0;  // the number of the first
    std::vector<row> rows_;
  };

private:
  void append_rows(const std::vector<row>& rows);

  const bool deflate_;
  const dgm_work* const work_;
  path_table paths_;
  std::uint64_t total_ = 0;
  std::string waiting_octets_;
  std::vector<piece> waiting_;    // files in them, the last that were added
  std::unique_ptr<char[]> room_;  // that they are packed into
  std::size_t room_size_ = 0;
  spool rows_, packed_;  // of rows a file has one
};

}  // namespace dragoman::bundle
