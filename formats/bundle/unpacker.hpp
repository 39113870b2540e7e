// formats/bundle/unpacker.hpp - an archive as a folder, and the records of a bundle over it.
//
// Source: bundles.md 1 "inspect", "extract", 7. [session-thread]
#pragma once
#include "opened_archive.hpp"
#include "records.hpp"
#include "spool.hpp"

#include <dragoman/plugin.hpp>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace dragoman::bundle {

class unpacker {
public:
  unpacker(host services, input in);
  ~unpacker();
  unpacker(unpacker&&) noexcept;

  std::size_t count() const;
  bool is_parallel() const;
  dgm_entry entry(std::size_t index) const;
  template <class Take>
  void read(std::size_t index, Take&& take) {
    unpack(index, take);
  }
  // Of a bundle, whose digests are not looked at; 0 of any other archive.
  std::size_t records();
  dgm_record record(std::size_t index);

private:
  void unpack(std::size_t index, const std::function<void(std::string_view)>& take);
  void find_records();

  host host_;
  std::string name_;
  std::unique_ptr<opened_archive> archive_;
  // Records, from the first time that somebody asks.
  std::unique_ptr<spool> lines_;
  std::vector<piece> places_;
  std::unordered_map<std::string_view, std::size_t> entries_;  // by path in the bag
  struct {
    bundle::record line;
    std::string findings;
    std::vector<dgm_record_file> files;
  } told_;
};

}  // namespace dragoman::bundle
