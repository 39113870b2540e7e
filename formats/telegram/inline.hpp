// Inside running text: references to other telegrams and garbled words (telegram.md 2.9, 4.5; tei.md 2.6).
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stage.hpp"

namespace dragoman::telegram {

// Gathers the lines of a paragraph or item and tells them as text with `ref` and `unclear` inside. Marks are found over
// line ends, since wrapping says nothing. Text is one slice of the octets where the lines stand so in them.
class inline_writer {
public:
  explicit inline_writer(stage& s);

  void begin() noexcept;
  // Adds a line's words; a newline parts them from those before.
  void add(std::size_t line, std::string_view words);
  // Tells what was added. `goes_on`: text follows behind a page break, so a newline ends this part.
  void flush(bool goes_on);

  // A summary begins; one that a heading begins need not end (telegram.md 4.2, markers).
  void begin_summary(std::uint32_t begin, std::uint32_t end, bool by_heading) noexcept;
  // Where a summary begins that has not ended; {0, 0}: nowhere.
  const line& open_summary() const noexcept { return summary_; }

private:
  void end_summary(std::string_view words, std::size_t at);
  std::string_view target(char letter) const noexcept;
  void tell(std::string_view words);
  std::pair<std::uint32_t, std::uint32_t> place(std::size_t begin, std::size_t end);
  stage& s_;
  std::array<std::string_view, 26> targets_{};  // by the label of the reference
  std::string_view only_target_;                // when there is one reference alone
  std::string_view slice_;  // what was added so far, as long as it is one slice
  std::string joined_;      // else a copy
  bool is_joined_ = false;
  // Where the words of each line stand in what was added, and in the octets.
  struct piece {
    std::size_t at = 0;
    value words;
  };
  std::vector<piece> pieces_;
  std::size_t piece_ = 0;  // that was told last
  line summary_;                 // where the open summary begins
  bool may_end_summary_ = false;
};

// The reference at the front of `text`, "ref A", "reftel": its length; 0 when there is none. `letter` is 0 for reftel.
std::size_t match_inline_reference(std::string_view text, char& letter) noexcept;
// "(garble)" at the front of `text`: its length; 0 when there is none.
std::size_t match_garble(std::string_view text) noexcept;
// "END SUMMARY" at the front of `text`: its length; 0 when there is none. `exact`: spelt so.
std::size_t match_summary_end(std::string_view text, bool& exact) noexcept;

}  // namespace dragoman::telegram
