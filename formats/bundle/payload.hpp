// formats/bundle/payload.hpp - the payload of a bag that is being made: octets and digests on disk, names in memory.
//
// Source: bundles.md 4. One thread at a time.
#pragma once
#include "spool.hpp"

#include <string>
#include <vector>

namespace dragoman::bundle {

class payload {
public:
  // A file that is being added. Without commit it leaves no trace. One at a time.
  class item {
  public:
    explicit item(payload& owner) : owner_(owner), begin_(owner.octets_.size()) {}
    ~item() {
      if (!committed_) owner_.octets_.truncate(begin_);
    }
    item(const item&) = delete;
    item& operator=(const item&) = delete;

    void append(std::string_view octets) {
      owner_.octets_.append(octets);
      digest_.update(octets);
    }
    std::uint64_t size() const { return owner_.octets_.size() - begin_; }
    // Keeps the file; returns its number. It still needs a name.
    std::size_t commit();

  private:
    payload& owner_;
    std::uint64_t begin_;
    fixity_digest digest_;
    bool committed_ = false;
  };

  void name(std::size_t number, std::string path) { files_[number].path = std::move(path); }
  const std::string& path(std::size_t number) const { return files_[number].path; }
  std::uint64_t size(std::size_t number) const { return files_[number].octets.size; }
  fixity digests(std::size_t number) const;
  piece octets(std::size_t number) const { return files_[number].octets; }
  const octet_source& source() const { return octets_; }

  std::size_t count() const { return files_.size(); }
  std::uint64_t total() const { return octets_.size(); }
  // Numbers of the files, sorted by the octets of their paths.
  std::vector<std::uint32_t> in_order() const;

private:
  struct file {
    std::string path;
    piece octets;
  };
  spool octets_, digests_;
  std::vector<file> files_;
};

}  // namespace dragoman::bundle
