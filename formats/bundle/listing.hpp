// formats/bundle/listing.hpp - which entries of an archive are read as documents, under which names, in which order.
//
// A bag is verified before anything of it is believed. Source: bundles.md 9. Made by the session's thread, looked at by any.
#pragma once
#include "container.hpp"
#include "records.hpp"
#include "spool.hpp"

#include <dragoman/plugin.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dragoman::bundle {

class listing {
public:
  // `name` is that of the archive. Throws unusable, or stop after a bag was found not to be valid.
  listing(const host& services, container& archive, std::string_view name);

  // An entry that is to be read.
  struct item {
    std::size_t entry = 0;
    std::string name;     // that its original had
    std::string format;   // when a bundle says it; else empty
    std::string history;  // what the bundle recorded of it, and of where that came from in turn: a JSON list; else empty
  };
  std::size_t count() const { return items_.size(); }
  const std::vector<std::uint32_t>& entries() const { return items_; }
  item operator[](std::size_t index) const;

private:
  void put_in_order_of_entries();
  void add_bag(const std::string& folder);
  void add_plain_files();
  void add_payload(const std::string& folder);
  void add_bundle(const std::string& folder);
  void add_record(std::string_view line, piece place);
  void add_once(std::size_t entry, std::string_view path, piece record);
  bool is_worth_reading(std::size_t entry, std::string_view path) const;
  std::string_view path_in_bag(std::size_t entry) const { return archive_.path(entry).substr(skip_); }
  std::optional<std::size_t> find(std::string_view path_in_bag) const;

  // What records.jsonl says of an item of a bundle. There may be a million of these: what else there is to know stands there.
  struct recorded {
    std::uint64_t first = 0;   // where the first line begins that names it
    std::uint32_t length = 0;  // of that line; none for an original that no record names
    std::uint32_t lines = 0;   // that name it
  };
  const host& host_;
  container& archive_;
  std::vector<std::uint32_t> items_;  // their entries
  std::vector<recorded> recorded_;    // of each, in a bundle
  std::size_t skip_ = 0;              // octets of a path before it counts in the bag
  bool is_bundle_ = false;
  std::vector<std::uint32_t> by_path_;        // entries of a bundle, while it is listed
  std::vector<std::uint32_t> item_of_entry_;  // likewise: from 1; 0 for none
  std::unique_ptr<spool> records_;
  std::string about_;  // what is said of the bundle in a history
};

}  // namespace dragoman::bundle
