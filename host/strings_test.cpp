#include "strings.hpp"

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

TEST(Printable, ShowsWhatATerminalMustNotGet) {
  EXPECT_EQ(printable("plain \xC3\xA9"), "plain \xC3\xA9");
  EXPECT_EQ(printable("\x1b[31m\n"), "\\x1b[31m\\x0a");
  EXPECT_EQ(printable("\xff\xC2\x9b"), "\\xff\\xc2\\x9b");      // not UTF-8; a C1 control character
  EXPECT_EQ(printable("a\xE2\x80\xAEz"), "a\\xe2\\x80\\xaez");  // from here on right to left
}

TEST(Nearest, FindsTheWordThatWasMeant) {
  const std::vector<std::string_view> names{"telegram", "tei", "json", "jsonl"};
  EXPECT_EQ(nearest("telegarm", names), "telegram");  // a swap
  EXPECT_EQ(nearest("jsno", names), "json");
  EXPECT_EQ(nearest("markdown", names), "");
  EXPECT_EQ(did_you_mean("jsn", names), ", did you mean \"json\"?");
  EXPECT_EQ(did_you_mean("xyzzyx", names), "");
}

TEST(Wrapped, BreaksAtBlanksAndKeepsLongWords) {
  EXPECT_EQ(wrapped("one two three", 8, "  "), "one\n  two\n  three");
  EXPECT_EQ(wrapped("a-word-that-is-longer-than-the-line", 10, ""), "a-word-that-is-longer-than-the-line");
  EXPECT_EQ(wrapped("\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9", 5, ""), "\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9");  // columns, not octets
  EXPECT_EQ(wrapped("", 10, "x"), "");
}

TEST(Shortened, CutsAtCharacters) {
  EXPECT_EQ(shortened("short", 10), "short");
  EXPECT_EQ(shortened("0123456789", 8), "01234...");
  EXPECT_EQ(shortened("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 4), "\xC3\xA9...");
  EXPECT_EQ(shortened("\xE8\x88\xB9\xE8\x88\xB9\xE8\x88\xB9", 6),
            "\xE8\x88\xB9\xE8\x88\xB9\xE8\x88\xB9");  // wide characters take two columns
  EXPECT_EQ(shortened("\xE8\x88\xB9\xE8\x88\xB9\xE8\x88\xB9", 5), "\xE8\x88\xB9...");
  EXPECT_EQ(shortened("e\xCC\x81"
                      "bcd",
                      4),
            "e\xCC\x81"
            "bcd");  // an accent of its own takes none
}

TEST(Counted, SpeaksOfOneAndMany) {
  EXPECT_EQ(counted(1, "document"), "1 document");
  EXPECT_EQ(counted(0, "document"), "0 documents");
}

}  // namespace
}  // namespace dragoman::hosting
