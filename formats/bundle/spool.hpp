// formats/bundle/spool.hpp - octets put aside on disk until they are needed, under no name.
//
// A bag states the digests of its payload before the payload, so the payload waits here. What is small stays in memory; the
// file is in TMPDIR (default /tmp), has no name, and is gone when the spool or the process is. Source: bundles.md 4 "Order
// in the ZIP".
#pragma once
#include "octets.hpp"

#include <dragoman/digest.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace dragoman::bundle {

// SHA-256 and SHA-512 in one pass.
using fixity = std::array<char, 32 + 64>;
std::string sha256_of(const fixity& f);  // lower-case hexadecimal
std::string sha512_of(const fixity& f);

class fixity_digest {
public:
  void update(std::string_view octets) {
    sha256_.update(octets);
    sha512_.update(octets);
  }
  fixity finish();

private:
  digest sha256_{"SHA256"}, sha512_{"SHA512"};
};

// Where a finished piece lies in a spool.
struct piece {
  std::uint64_t offset = 0, size = 0;
};

// The disk does not take more, or does not give back what it took. Whoever spools cannot go on.
struct spool_error : unusable {
  explicit spool_error(const std::string& text) : unusable("bundle.spool", text) {}
};

// Append only; reading sees what was appended. Throws spool_error. One thread at a time; while nobody appends, any number reads.
class spool final : public octet_source {
public:
  spool() = default;
  ~spool() override;
  spool(const spool&) = delete;
  spool& operator=(const spool&) = delete;

  void append(std::string_view octets);
  std::uint64_t size() const override { return written_ + buffer_.size(); }
  void read(std::uint64_t offset, char* buffer, std::size_t length) const override;

  // Takes back what was appended since the spool had `size` octets.
  void truncate(std::uint64_t size);

private:
  void flush();
  void write(std::string_view octets);
  int file_ = -1;
  std::string buffer_;  // what was appended last
  std::uint64_t written_ = 0;
};

// A spool as the output of a writer, which gets DGM_IO for what the spool throws. [session-thread]
class spool_output {
public:
  explicit spool_output(spool& to) : to_(to) {}
  spool_output(const spool_output&) = delete;
  spool_output& operator=(const spool_output&) = delete;
  const dgm_output* table() const { return &table_; }
  // Throws what the spool threw.
  void check() const {
    if (problem_) std::rethrow_exception(problem_);
  }

private:
  static dgm_status DGM_CALL write(void* ctx, const void* octets, std::size_t length) noexcept;
  spool& to_;
  std::exception_ptr problem_;
  const dgm_output table_{sizeof(dgm_output), this, write, {nullptr, 0}};
};

// Calls `take` with the octets of a source, in order and some at a time.
template <class F>
void for_each_block(const octet_source& octets, F&& take) {
  std::string block;
  for (std::uint64_t at = 0; at < octets.size(); at += block.size()) {
    block.resize(static_cast<std::size_t>(std::min<std::uint64_t>(octets.size() - at, std::size_t{1} << 16)));
    octets.read(at, block.data(), block.size());
    take(std::string_view(block));
  }
}

inline fixity digests_of(const octet_source& octets) {
  fixity_digest digest;
  for_each_block(octets, [&](std::string_view block) { digest.update(block); });
  return digest.finish();
}

}  // namespace dragoman::bundle
