// Octets of one telegram become a model of it, in the stages of telegram.md 6.2: lines; sections; heading; opening
// (classification line, captions, labelled lines); body; ending; attributes; checks across them.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arena.hpp"
#include "codes.hpp"
#include "lines.hpp"
#include "model.hpp"

namespace dragoman::telegram {

// What the first section of several says, for later ones to repeat (telegram.md 4.4).
struct said_by_first {
  bool has_later = false;                               // there are later ones
  std::array<std::vector<std::string_view>, 9> values;  // of labelled lines, by label, in order
  std::string words;                                    // of captions, instructions and corrections: words_of
  void clear() {
    has_later = false;
    for (auto& v : values) v.clear();
    words.clear();
  }
};

// Parses telegrams one after the other; what parse() made is valid until the next call, and as long as the octets are.
// One thread at a time. Takes every octet string; linear in its length.
class parser {
public:
  parser();
  ~parser();
  parser(parser&&) noexcept;
  parser& operator=(parser&&) noexcept;

  // `sections`: where later sections begin (cutter::sections). `lines`: of these octets, and perhaps of some behind them
  // (cutter::scanner). `stated` is the charset of the octets; none: UTF-8 where they are, else windows-1252.
  // `name` is that of the input, when the telegram is all of it: it may hold the id (telegram.md 5.1).
  const telegram& parse(std::string_view octets, const std::vector<std::size_t>& sections, const line_scanner& lines,
                        reporter& report, std::optional<dragoman::charset> stated = {}, std::string_view name = {});
  // The same where nobody found the lines yet.
  const telegram& parse(std::string_view octets, const std::vector<std::size_t>& sections, reporter& report,
                        std::optional<dragoman::charset> stated = {}, std::string_view name = {}) {
    line_scanner lines;
    lines.scan_all(octets);
    return parse(octets, sections, lines, report, stated, name);
  }

  // Of the last telegram: its lines, to what each belongs, and its charset.
  const std::vector<line>& lines() const noexcept { return table_.lines; }
  const std::vector<owner>& owners() const noexcept { return owners_; }
  std::string_view charset() const noexcept { return table_.charset; }
  // Lines that two stages claimed; always 0 (telegram.md 6.1).
  std::size_t claimed_twice() const noexcept { return claimed_twice_; }

private:
  friend class stage;
  line_table table_;
  std::vector<owner> owners_;
  std::size_t claimed_twice_ = 0;
  std::size_t splits_ = 0;  // lines that were cut in two
  arena memory_;
  said_by_first said_;
  telegram telegram_;
};

}  // namespace dragoman::telegram
