// formats/bundle/listing.hpp - which entries of an archive are read as documents, under which names, in which order.
//
// A bag is verified before anything of it is believed. Source: bundles.md 9. [session-thread]
#pragma once
#include "container.hpp"
#include "records.hpp"
#include "spool.hpp"

#include <dragoman/plugin.hpp>

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace dragoman::bundle {

class listing {
public:
  // `name` is that of the archive. Throws unusable, or stop after a bag was found not to be valid.
  listing(const host& services, container& archive, std::string_view name);

  struct item {
    std::size_t entry = 0;
    std::string name;              // that its original had
    std::string_view format;       // when a bundle says it; else empty
    piece record;                  // its line in records.jsonl, when it has one
    std::uint32_t records = 0;     // how many lines it has there
  };
  std::size_t count() const { return items_.size(); }
  const item& operator[](std::size_t index) const { return items_[index]; }
  // What the bundle recorded of an item, and of where that came from in turn: a JSON list, the oldest first. Empty when
  // it is no bundle.
  std::string history(const item& i) const;

private:
  void add_bag(const std::string& folder);
  void add_plain_files();
  void add_payload(const std::string& folder);
  void add_bundle(const std::string& folder);
  void add_record(std::string_view line, piece place);
  void add_once(std::size_t entry, std::string_view path, item i);
  bool is_worth_reading(std::size_t entry, std::string_view path) const;
  std::string_view kept(const std::string& format) { return *formats_.insert(format).first; }

  const host& host_;
  container& archive_;
  std::vector<item> items_;
  std::unordered_set<std::string> formats_;
  // Of a bundle.
  std::unordered_map<std::string_view, std::size_t> entries_;      // by path in the bag; while it is listed
  std::unordered_map<std::size_t, std::size_t> listed_;            // item of each entry; likewise
  std::unique_ptr<spool> records_;
  std::string about_;                                              // what is said of the bundle in a history
};

}  // namespace dragoman::bundle
