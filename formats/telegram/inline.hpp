// Inside running text: references to other telegrams and garbled words (telegram.md 2.9, 4.5; tei.md 2.6).
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stage.hpp"

namespace dragoman::telegram {

// What stands in a text between words that say so: SUMMARY ... END SUMMARY (telegram.md 4.2).
enum class marker : std::uint8_t { none, summary, comment, note, text, paper, points };
struct marker_word {
  marker what;
  std::string_view word;
};
inline constexpr std::array<marker_word, 8> marker_words{{{marker::summary, "SUMMARY"},
                                                          {marker::comment, "COMMENT"},
                                                          {marker::comment, "COMMENTS"},
                                                          {marker::note, "NOTE"},
                                                          {marker::text, "TEXT"},
                                                          {marker::paper, "NON-PAPER"},
                                                          {marker::paper, "NONPAPER"},
                                                          {marker::points, "POINTS"}}};
// The marker whose word stands at the front of `text`, and how long the word is. `tolerant`: long words may have one letter wrong, but the
// first.
struct marker_match {
  marker what = marker::none;
  std::size_t length = 0;
  bool is_exact = true;
};
marker_match match_marker(std::string_view text, bool tolerant) noexcept;

// Gathers the lines of a paragraph or item and tells them as text with `ref` and `unclear` inside. Marks are found over
// line ends, since wrapping says nothing. Text is one slice of the octets where the lines stand so in them, else a copy.
class inline_writer {
public:
  explicit inline_writer(stage& s);

  void begin() noexcept;
  // Adds a line's words; a newline parts them from those before.
  void add(std::size_t line, std::string_view words);
  // Tells what was added. `goes_on`: text follows behind a page break, so a newline ends this part.
  void flush(bool goes_on);

  // Something that words end begins here (telegram.md 4.2, markers). `must_end`: it is reported when they do not come.
  void begin_marked(marker what, const value& place, bool must_end) noexcept;
  // Reports what began and did not end.
  void end_markers();

private:
  void end_marked(std::string_view all, std::size_t at);
  std::string_view target(char letter) const noexcept;
  std::string_view joined(bool goes_on) const;
  void tell(std::string_view words);
  // The octets of a part [begin, end) of `words`, which are all that was added. Parts are told in order.
  std::pair<std::uint32_t, std::uint32_t> place(std::string_view words, std::size_t begin, std::size_t end);
  stage& s_;
  std::array<std::string_view, 26> targets_{};  // by the label of the reference
  std::string_view only_target_;                // when there is one reference alone
  // Words that were added, and where they stand among all of them and in the octets; lines that stand one behind the other
  // are one piece. Each part of such words knows its own octets. Others have one place for all of them.
  struct piece {
    const char* words = nullptr;
    std::uint32_t at = 0, length = 0;
    std::uint32_t begin = 0, end = 0;
    bool is_slice() const noexcept { return end - begin == length; }
  };
  std::vector<piece> pieces_;
  std::size_t piece_ = 0;  // that was told last
  struct marked {
    bool may_end = false;  // it began
    value open;            // where, when it must end
  };
  std::array<marked, marker_words.size()> marked_{};
};

// The reference at the front of `text`, "ref A", "reftel": its length; 0 when there is none. `letter` is 0 for reftel.
std::size_t match_inline_reference(std::string_view text, char& letter) noexcept;
// "(garble)" at the front of `text`: its length; 0 when there is none.
std::size_t match_garble(std::string_view text) noexcept;
// "END SUMMARY" at the front of `text`, with its length.
marker_match match_marker_end(std::string_view text) noexcept;
// "BEGIN TEXT:", "MINIMIZE CONSIDERED": does it begin a part of the text, or stand by itself?
bool begins_part(std::string_view text) noexcept;

}  // namespace dragoman::telegram
