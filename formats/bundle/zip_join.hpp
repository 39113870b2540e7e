// formats/bundle/zip_join.hpp - ZIPs that a zip_writer made, put together entry by entry, nothing packed anew.
//
// Source: PKWARE APPNOTE 4.3, 4.4, 4.5.3. One thread at a time.
#pragma once
#include "spool.hpp"
#include "zip_preflight.hpp"

#include <dragoman/plugin.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::bundle {

// A ZIP that a zip_writer made: entries follow each other without gaps, up to the directory, which has them in the same order.
class made_zip {
public:
  // `octets` must outlive it. Throws unusable when that is no sound ZIP.
  explicit made_zip(const octet_source& octets);
  std::size_t count() const { return table_.entries.size(); }
  std::string_view path(std::size_t entry) const { return table_.name(table_.entries[entry]); }
  // Calls `take` for each entry, in order, with its record in the directory.
  void for_each(const std::function<void(std::size_t entry, std::string record)>& take) const;

private:
  friend class zip_joiner;
  std::uint64_t begin_of(std::size_t entry) const { return table_.entries[entry].header; }
  std::uint64_t end_of(std::size_t entry) const {
    return entry + 1 < count() ? table_.entries[entry + 1].header : table_.directory;
  }

  const octet_source& octets_;
  zip_table table_;
};

// Writes entries of such ZIPs to an output as one ZIP, which is what one zip_writer would have written.
class zip_joiner {
public:
  explicit zip_joiner(const output& out) : out_(out) {}
  void add(const made_zip& from, std::size_t entry, std::string record);
  void add(const made_zip& all);
  void finish();

private:
  const output& out_;
  spool directory_;
  std::uint64_t entries_ = 0, written_ = 0;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 18);
};

}  // namespace dragoman::bundle
