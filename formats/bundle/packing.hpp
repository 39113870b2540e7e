// formats/bundle/packing.hpp - octets packed for a ZIP, and unpacked.
//
// What fits in memory is deflated in one go by libdeflate, in half of the time that zlib takes; what does not goes through
// zlib as a stream. Which of them depends on the octets alone, so the same octets are always packed the same way. What is
// inflated in one go takes a third of the time.
// Source: bundles.md 7 "Writing"; RFC 1951.
#pragma once
#include "zip_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace dragoman::bundle {

// More octets than these are packed as a stream.
inline constexpr std::size_t largest_in_memory = std::size_t{12} << 20;

// Writes octets, packed, to `room`, which has place for as many. They are stored without `deflate`, and where it would not make
// them fewer. [any-thread]
packed_entry pack(std::string_view octets, bool deflate, char* room);
// Appends them to `to`. [any-thread]
packed_entry pack(std::string_view octets, bool deflate, std::string& to);
// Throws spool_error, and what the octets throw. [any-thread]
packed_entry pack(const octet_source& octets, bool deflate, spool& to);

// Unpacks the octets of an entry, stored or deflated, to `room`, which has place for `entry.size`. Returns what is wrong with them:
// nothing when they are whole, have the size and the CRC that the entry says, and nothing is behind them. [any-thread]
std::string_view unpack(std::string_view packed, const packed_entry& entry, char* room);

// Packs an entry as its octets come. Throws spool_error. One thread at a time.
class stream_packer {
public:
  stream_packer(spool& to, bool deflate);
  void append(std::string_view octets);
  packed_entry finish();

private:
  struct deflate_end {
    void operator()(z_stream_s* stream) const;
  };
  void deflate(std::string_view octets, int flush);

  spool& to_;
  packed_entry entry_;
  std::unique_ptr<z_stream_s, deflate_end> stream_;  // none where the octets are stored
};

// Does `number` pieces of work, side by side where `work` is there; after an exception no more are begun. Throws the one of
// the lowest number. See DGM_EXT_WORK for what a piece may do.
void work_side_by_side(const dgm_work* work, std::uint64_t number, const std::function<void(std::uint64_t)>& piece);

}  // namespace dragoman::bundle
