// formats/json/lines.hpp - an input cut into lines, in bounded memory.
#pragma once
#include <dragoman/plugin.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::json {

struct line {
  std::string_view octets;   // without its LF; valid until the next call
  std::uint64_t offset = 0;  // of its first octet in the input
  std::uint32_t number = 0;  // from 1
};

// Gives the lines of an input in order, white ones too. Lines are slices of the input where the host has it in
// memory, else of a buffer as long as the longest line. [session-thread]
class line_source {
public:
  // `limit`: octets of the longest line that is given.
  line_source(input in, std::size_t limit);
  // False at the end. Throws unusable json.line-too-long for a line over the limit, which is then passed over.
  bool next(line& out);

private:
  bool fill();
  std::size_t find_end();
  input input_;
  std::size_t limit_;
  std::string buffer_;
  std::string_view octets_;   // what is there: the whole input, or what of buffer_ is filled
  std::size_t begin_ = 0;     // of the line to be given, in octets_
  std::size_t searched_ = 0;  // up to where no LF was found, in octets_
  std::uint64_t offset_ = 0;  // of octets_ in the input
  std::uint32_t number_ = 0;
  bool complete_;  // octets_ reaches to the end of the input
};

}  // namespace dragoman::json
