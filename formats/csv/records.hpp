// formats/csv/records.hpp - records of comma-separated values, cut from a stream and written.
//
// Two ways to write a quote inside a quoted field are read, in the same file: doubled (RFC 4180) and behind a backslash (what
// databases write). A backslash takes the meaning of the character behind it; RFC 4180 files hold none that matter here, since
// this reader serves the published dump only. Records end at LF, CR LF or CR outside quotes. [session-thread]
#pragma once
#include <dragoman/plugin.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::csv {

// Where a record ends that begins at the start of `octets`: how many octets it takes with its end of line; 0 when the
// end is not there and more may come. `from` and `quoted` carry the state of the scan from one call to the next, on octets that
// grow at their end.
struct scan {
  std::size_t at = 0;
  bool quoted = false;
};
std::size_t record_length(std::string_view octets, bool at_end, scan& state) noexcept;

// The fields of a record, without quotes and escapes. False: text stands behind a closing quote, or a quote is not closed;
// `problem` is its offset in the record.
bool fields_of(std::string_view record, std::vector<std::string>& fields, std::size_t& problem);

// Cuts an input into records. Holds one record, at most `limit` octets of it.
class record_source {
public:
  record_source(input in, std::size_t limit) : input_(in), limit_(limit) {}
  // The next record with its end of line, valid until the next call; empty at the end. A record over the limit is passed
  // over; `too_long` then says how many octets it took and the record is empty.
  std::string_view next(const host& services);
  // Makes the record that next gave end behind its first `length` octets; what stands behind them is given next.
  void shorten(std::size_t length) noexcept;
  std::uint64_t offset() const noexcept { return offset_; }  // of the record that next gave, in the input
  std::uint64_t too_long() const noexcept { return too_long_; }

private:
  bool fill();
  input input_;
  std::size_t limit_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what was not given yet, in the buffer
  std::uint64_t offset_ = 0, next_offset_ = 0, too_long_ = 0;
  bool at_end_ = false;
};

// Appends a field in quotes; quotes inside are doubled.
void append_quoted(std::string& out, std::string_view field);
// The same with backslashes before quotes and backslashes, as the published dump has it.
void append_with_backslashes(std::string& out, std::string_view field);

}  // namespace dragoman::csv
