// formats/bundle/reader.hpp - reading documents out of bags, bundles and plain archives.
//
// The archive is checked before anything is unpacked, a bag is verified before anything of it is believed, and each
// entry is read by whichever format the host recognises in it. Source: bundles.md 7-9. [session-thread]
#pragma once
#include "opened_archive.hpp"
#include "records.hpp"

#include <dragoman/plugin.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dragoman::bundle {

class reader {
public:
  reader(host services, input in);
  ~reader();
  bool next(builder& to);

  static int probe(std::string_view head, bool, std::string_view& reason) noexcept {
    return probe_container(head, reason);
  }

private:
  // An entry that is to be read, under the name that its original had.
  struct candidate {
    std::size_t entry;
    std::string name;
    std::string format_id;  // when the bundle says it; else empty
  };
  class open_entry;

  void find_kind();
  void open_bag(const std::string& folder);
  void add_plain_files();
  void add_payload(const std::string& folder);
  void add_bundle(const std::string& folder);
  bool is_worth_reading(std::size_t entry, std::string_view path) const;
  void add(std::size_t entry, std::string name, std::string format_id = {});
  bool open_next();

  host host_;
  const dgm_nested* nested_;
  std::optional<opened_archive> opened_;
  container* archive_ = nullptr;  // its entries
  std::vector<candidate> candidates_;
  std::size_t at_ = 0;
  std::unique_ptr<open_entry> open_;
};

}  // namespace dragoman::bundle
