// formats/csv/records.hpp - rows of the published table, cut from a stream; fields of comma-separated values, read and written.
//
// Two ways to write a quote inside a quoted field are read, in the same file: behind a backslash (what databases write) and
// doubled (RFC 4180). A row is found by what it is, not by counting quotes: it ends at a line end behind which another one begins
// (a number and a date as 12/28/1966 18:48), whatever its own quotes say, so a quote that is not closed costs its row and no
// other. Behind an eighth column that is closed, a number is enough. [session-thread]
#pragma once
#include <dragoman/plugin.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::csv {

// The columns of a row.
enum column : std::size_t { number, date, id, origin, classification, references, heading, text, column_count };

// Does a row begin here? Looks at 64 octets at most.
bool begins_row(std::string_view octets) noexcept;

// How many octets the row at the start of `octets` takes, with its end of line; 0 when its end is not there and more may come.
// `state` carries the scan from one call to the next, on octets that grow at their end.
struct scan {
  std::size_t at = 0;
  std::size_t commas = 0;  // outside quotes
  bool quoted = false;
};
std::size_t row_length(std::string_view octets, bool at_end, scan& state) noexcept;

// The fields of a record, without quotes and escapes. False: text stands behind a closing quote, or a quote is not closed;
// `problem` is its offset in the record.
bool fields_of(std::string_view record, std::vector<std::string>& fields, std::size_t& problem);

// Cuts an input into rows. Holds one row, at most `limit` octets of it.
class row_source {
public:
  row_source(input in, std::size_t limit) : input_(in), limit_(limit) {}
  // The next row with its end of line, valid until the next call; empty at the end. A row over the limit is passed over;
  // `too_long` then says how many octets it took and the row is empty.
  std::string_view next(const host& services);
  std::uint64_t offset() const noexcept { return offset_; }  // of the row that next gave, in the input
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
