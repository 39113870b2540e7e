// The closed word lists that the grammar rests on (telegram.md 3): what a word is, not how lines are built of it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::telegram {

// Full name of the precedence of a prosign (Z O P R); empty for others (telegram.md 3.1).
std::string_view precedence_of_prosign(char prosign) noexcept;
char prosign_of_precedence(std::string_view name) noexcept;  // 0 when there is none
// Full name of the precedence that `text` ends in ("... NIACT IMMEDIATE"), and how many characters it takes; misspelt
// words of one letter's difference are found too and set `repaired`.
std::string_view precedence_at_end(std::string_view text, std::size_t& length, bool& repaired) noexcept;

// 1 to 12 for the name of a month, at least its first three letters; 0 for another word.
unsigned month_of(std::string_view word) noexcept;

// A classification at the front of `text`, spaced or plain: its name in full, how many characters it takes, whether a
// letter was wrong (telegram.md 2.4). Empty name: none.
struct level_match {
  std::string_view name;
  std::size_t length = 0;
  bool repaired = false;
};
level_match match_level(std::string_view text, bool tolerant) noexcept;
// As it is printed on the classification line: spaced for CONFIDENTIAL and above, UNCLAS, else plain.
std::string_view printed_level(std::string_view name) noexcept;

// Length of a caption at the front of `text` that ends at a separator; 0 when none stands there (telegram.md 2.5).
std::size_t match_caption(std::string_view text) noexcept;

// A portion mark (telegram.md 4): "(C) " at the front of `text`.
struct portion_mark {
  std::size_t length = 0;     // with the blanks behind; 0: none
  std::string_view level;     // U SBU LOU C S TS
  std::string_view controls;  // as printed, between level and parenthesis, without separators in front
  bool repaired = false;
  bool is_small = false;  // "(c)": may be a list mark too
};
portion_mark match_portion(std::string_view text) noexcept;
// "S NF": level and controls with one blank between (tei.md 2.6).
std::string normal_mark(const portion_mark& mark);

// Is this the shape of one of the TAGS: subject, geographic, program, organization (telegram.md 2.7)?
bool is_tag_shape(std::string_view word) noexcept;
// The narrower shape of subject, program and geographic TAGS: PREL, KDEM, QX.
bool is_code_shape(std::string_view word) noexcept;

// Is this a word of an office or rank, as it stands before the name of a classification authority?
// `offices`: any short word in capitals counts as an office.
bool is_title_word(std::string_view word, bool offices) noexcept;

// Is this the first word of a line of the heading's addressees: AMEMBASSY, SECSTATE, ...?
bool is_addressee_type(std::string_view word) noexcept;

// Do these words end something that is read as text: END SUMMARY, COMMENT?
bool is_marker_word(std::string_view word) noexcept;

// True when the words differ by at most one letter added, lost, changed, or by two that changed places.
bool is_near(std::string_view a, std::string_view b) noexcept;

}  // namespace dragoman::telegram
