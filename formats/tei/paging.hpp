// paging.hpp - a text that is larger than memory should be: every octet has its address, and only those are in memory that
// were loaded and not let go.
//
// A corpus of cables is read so, one TEI at a time (tei.md 4.4). One thread at a time.
#pragma once
#include <dragoman/plugin.hpp>

#include <cstddef>
#include <set>
#include <string_view>

namespace dragoman::tei {

class paged_text {
public:
  // Of an input that can seek and knows its length. Throws std::bad_alloc when there is no room for its addresses.
  explicit paged_text(const input& in);
  paged_text(const paged_text&) = delete;
  paged_text& operator=(const paged_text&) = delete;
  ~paged_text();

  // All of it; look only at what is loaded.
  std::string_view text() const noexcept { return {octets_, length_}; }
  // Loads octets [begin, end) where they are not there. Throws stop when they cannot be read.
  void load(std::size_t begin, std::size_t end);
  // Lets the blocks go that lie in [begin, end) as a whole.
  void let_go(std::size_t begin, std::size_t end) noexcept;
  // How many octets are in memory.
  std::size_t resident() const noexcept { return loaded_.size() * block; }

private:
  static constexpr std::size_t block = std::size_t{1} << 16;
  const input in_;
  const std::size_t length_;
  char* octets_ = nullptr;
  std::set<std::size_t> loaded_;  // blocks
};

}  // namespace dragoman::tei
