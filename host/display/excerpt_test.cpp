#include "display/excerpt.hpp"

#include "strings.hpp"

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

TEST(Excerpt, MarksAPlaceInALine) {
  const auto e = excerpt_of("TAGS: PREL, PGOVV, XL  ", 12, 17, 72);
  EXPECT_EQ(e.line, "TAGS: PREL, PGOVV, XL");
  EXPECT_EQ(e.marks, "            ^~~~~");
}

TEST(Excerpt, MarksAnEmptyPlaceAlsoBehindTheLine) {
  EXPECT_EQ(excerpt_of("BT", 1, 1, 72).marks, " ^");
  EXPECT_EQ(excerpt_of("BT", 2, 2, 72).marks, "  ^");
  EXPECT_EQ(excerpt_of("BT", 9, 12, 72).marks, "  ^");
  EXPECT_EQ(excerpt_of("", 0, 0, 72).marks, "^");
}

TEST(Excerpt, ShowsBlanksAtTheEndOnlyWhenItIsAboutThem) {
  const auto line = excerpt_of("SIPDIS   ", 0, 9, 72);
  EXPECT_EQ(line.line, "SIPDIS");
  EXPECT_EQ(line.marks, "^~~~~~");
  const auto blanks = excerpt_of("SIPDIS   ", 6, 9, 72);
  EXPECT_EQ(blanks.line, "SIPDIS   ");
  EXPECT_EQ(blanks.marks, "      ^~~");
}

TEST(Excerpt, KeepsColumnsBelowTabsWideAndCombiningCharacters) {
  const auto tabs = excerpt_of("a\tbc", 2, 3, 72);
  EXPECT_EQ(tabs.line, "a       bc");
  EXPECT_EQ(tabs.marks, "        ^");
  const auto wide = excerpt_of("\xE8\x88\xB9\xE8\x88\xB9x", 6, 7, 72);
  EXPECT_EQ(wide.marks, "    ^");
  const auto on_wide = excerpt_of("x\xE8\x88\xB9", 1, 4, 72);
  EXPECT_EQ(on_wide.marks, " ^~");
  const auto combining = excerpt_of("e\xCC\x81x", 3, 4, 72);
  EXPECT_EQ(combining.marks, " ^");
  EXPECT_EQ(excerpt_of("e\xCC\x81x", 1, 3, 72).marks, "^") << "the accent stands on its letter";
}

TEST(Excerpt, ShowsControlsAndForeignOctetsAsMuchAsTheyTake) {
  const auto e = excerpt_of("a\x07\xE9z", 2, 3, 72);
  EXPECT_EQ(e.line, "a\\x07\\xe9z");
  EXPECT_EQ(e.marks, "     ^~~~");
}

TEST(Excerpt, CutsALongLineAroundThePlace) {
  std::string line(300, 'x');
  line.replace(200, 5, "WRONG");
  for (const std::size_t width : {20u, 40u, 72u, 80u}) {
    const auto e = excerpt_of(line, 200, 205, width);
    EXPECT_LE(columns(e.line), width);
    EXPECT_EQ(e.line.substr(e.marks.find('^'), 5), "WRONG") << width;
    EXPECT_EQ(e.marks.substr(e.marks.find('^')), "^~~~~");
    EXPECT_EQ(e.line.substr(0, 3), "...");
    EXPECT_EQ(e.line.substr(e.line.size() - 3), "...");
  }
  const auto at_begin = excerpt_of(line, 4, 5, 72);
  EXPECT_EQ(at_begin.line.substr(0, 5), "xxxxx");
  EXPECT_EQ(at_begin.marks, "    ^");
  const auto at_end = excerpt_of(line, 299, 300, 72);
  EXPECT_NE(at_end.line.back(), '.');
  EXPECT_EQ(at_end.marks.size(), at_end.line.size());
  const auto whole = excerpt_of(line, 0, 300, 72);
  EXPECT_EQ(whole.marks.front(), '^');
  EXPECT_LE(whole.marks.size(), whole.line.size());
}

TEST(Excerpt, FindsItsLineInAnInput) {
  const auto content = octets::of_memory("one\r\ntwo three\rfour\n");
  const auto e = excerpt_at(*content, 9, 5, 72);
  EXPECT_EQ(e.line, "two three");
  EXPECT_EQ(e.marks, "    ^~~~~");
  EXPECT_EQ(excerpt_at(*content, 15, 100, 72).marks, "^~~~") << "as far as the line goes";
  EXPECT_EQ(excerpt_at(*content, 20, 1, 72).line, "");
  EXPECT_TRUE(excerpt_at(*content, 21, 1, 72).empty());
}

TEST(Excerpt, LooksAtALineOfAnyLengthAroundThePlaceOnly) {
  std::string text(3'000'000, 'y');
  text.replace(1'500'000, 3, "BAD");
  const auto e = excerpt_at(*octets::of_memory(text), 1'500'000, 3, 72);
  EXPECT_LE(columns(e.line), 72u);
  EXPECT_EQ(e.line.substr(e.marks.find('^'), 3), "BAD");
}

}  // namespace
}  // namespace dragoman::hosting
