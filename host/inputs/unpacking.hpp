// A session of a format's unpacker: the entries of an archive as a folder, and the records that it keeps.
#pragma once
#include "sessions/session.hpp"

#include <memory>
#include <string>

namespace dragoman::hosting {

class unpacking {
public:
  // Whether archives of this format can be unpacked at all.
  static bool is_possible(const format_entry& format) noexcept;
  unpacking(environment& env, const format_entry& format, const std::shared_ptr<const origin>& where, listener to);
  ~unpacking();
  unpacking(const unpacking&) = delete;
  unpacking& operator=(const unpacking&) = delete;

  // Null when the archive cannot be opened, which was reported.
  const dgm_folder* folder() const noexcept { return folder_; }
  // How many records it keeps; 0 also when they cannot be read, which was reported.
  std::size_t records();
  // Valid until the next call; nothing when it cannot be had, which was reported.
  const dgm_record* record(std::size_t index);
  // Appends at most `most` octets of an entry from `offset` on. The entry is read to its end, since only then its checksum is
  // known; false when it is not what the archive says of it.
  bool read(std::size_t entry, std::uint64_t offset, std::uint64_t most, std::string& to) const;

private:
  session_host host_;
  input_table input_;
  const dgm_unpacker* table_;
  const dgm_folder* folder_ = nullptr;
  void* session_ = nullptr;
  dgm_record record_{};
};

}  // namespace dragoman::hosting
