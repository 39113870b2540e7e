// The octets of an input: read once into memory up to a bound, read in place beyond it.
#pragma once
#include <dragoman/plugin.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// Where an octet stands for people. Lines end at LF, CR LF, or CR alone.
struct text_position {
  std::uint32_t line = 0, column = 0;  // from 1; 0 unknown. Columns in characters.
};

// Immutable; any thread.
class octets {
public:
  static constexpr std::size_t memory_bound = std::size_t{256} << 20;

  octets(const octets&) = delete;
  octets& operator=(const octets&) = delete;
  ~octets();

  // Each returns nothing and says why in `problem` when the input cannot be read. What cannot seek (a pipe) and is
  // larger than `bound` goes through a nameless temporary file.
  static std::shared_ptr<const octets> of_file(const std::string& path, std::string& problem, std::size_t bound = memory_bound);
  static std::shared_ptr<const octets> of_stdin(std::string& problem, std::size_t bound = memory_bound);
  // A copy of what a plugin lends.
  static std::shared_ptr<const octets> of_input(const dgm_input& input, std::string& problem, std::size_t bound = memory_bound);
  static std::shared_ptr<const octets> of_memory(std::string_view text);
  // `length` octets of `whole` from `begin` on, which must be there; not copied.
  static std::shared_ptr<const octets> of_part(std::shared_ptr<const octets> whole, std::uint64_t begin, std::uint64_t length);

  std::uint64_t length() const noexcept { return length_; }
  // Returns how many octets were read, 0 at the end, or DGM_IO.
  std::int64_t read_at(std::uint64_t offset, void* buffer, std::size_t capacity) const noexcept;
  // All of them, when they are in memory.
  bool contents(std::string_view& out) const noexcept;
  bool is_in_memory() const noexcept { return whole_ ? whole_->is_in_memory() : fd_ < 0; }
  // The first ones, at most `limit`.
  std::string head(std::size_t limit) const { return slice(0, limit); }
  // At most `limit` of them from `offset` on; fewer when they cannot be read.
  std::string slice(std::uint64_t offset, std::size_t limit) const;
  // The same octets in memory; nothing, with the reason, when they cannot be read.
  std::shared_ptr<const octets> loaded(std::string& problem) const;
  text_position locate(std::uint64_t offset) const;

private:
  octets() = default;
  class filler;
  static std::shared_ptr<const octets> of_descriptor(int fd, bool is_at_begin, std::string& problem, std::size_t bound);

  std::unique_ptr<char[]> memory_;
  int fd_ = -1;                          // when they are not in memory
  std::shared_ptr<const octets> whole_;  // of which they are a part
  std::uint64_t begin_ = 0;
  std::uint64_t length_ = 0;
  // Line ends before each block of the input, as far as somebody asked; lines are looked for from there.
  mutable std::mutex lines_mutex_;
  mutable std::vector<std::uint32_t> lines_before_;
};

// The SHA-256 of all octets in hexadecimal; empty when they cannot be read.
std::string sha256_of(const octets& all);

// The table that lends octets to a plugin, with a place to read from. One session at a time.
class input_table {
public:
  // Both must outlive the table.
  input_table(const octets& from, std::string_view name);
  input_table(const input_table&) = delete;
  input_table& operator=(const input_table&) = delete;
  const dgm_input* table() const noexcept { return &table_; }
  bool failed() const noexcept { return failed_; }

private:
  const octets& from_;
  std::uint64_t at_ = 0;
  std::atomic<bool> failed_ = false;  // a verifier may read in several threads
  dgm_input table_;
};

// Where documents come from: an input of the run, or an entry of an archive. Shared by its documents.
struct origin : std::enable_shared_from_this<origin> {
  std::string name;     // relative path as received
  std::string display;  // what messages call it
  std::string format, reader, media_type;
  std::string history;  // what an archive recorded of it (dgm_input)
  std::uint64_t serial = 0;
  std::shared_ptr<const octets> content;  // null when it cannot be read
};

// The same origin to keep: itself when it is shared, else a copy.
std::shared_ptr<const origin> kept(const origin& o);

// A part of an input that is read alone: whole documents of it, in memory.
struct input_part {
  std::shared_ptr<const octets> content;  // null: the input is read whole
  std::uint64_t begin = 0;                // where it begins in the input
};

// The same as a plugin is lent it.
class lent_origin {
public:
  explicit lent_origin(const origin& o);
  lent_origin(const lent_origin&) = delete;
  lent_origin& operator=(const lent_origin&) = delete;
  const dgm_origin* table() const noexcept { return &table_; }

private:
  std::unique_ptr<input_table> input_;
  dgm_origin table_;
};

}  // namespace dragoman::hosting
