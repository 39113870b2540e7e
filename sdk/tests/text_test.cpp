#include <dragoman/text.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace dragoman {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, EveryCodePointIsEncodedAndDecoded) {
  for (std::uint32_t code = 0; code < 0x110000; ++code) {
    std::string text;
    append_utf8(text, code);
    const character c = decode_utf8(text + "x");
    if (code >= 0xD800 && code <= 0xDFFF) {
      ASSERT_EQ(c.length, 0u) << code;
    } else {
      ASSERT_EQ(c.code, code);
      ASSERT_EQ(c.length, text.size());
    }
  }
}

TEST(Utf8, WhatIsNotUtf8IsNotDecoded) {
  for (const auto bad : {""sv, "\x80"sv, "\xBF"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xE0\x80\x80"sv, "\xE0\x9F\xBF"sv,
                         "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFF"sv, "\xC3"sv, "\xE2\x82"sv,
                         "\xF0\x9F\x98"sv, "\xC3("sv, "\xE2(\xAC"sv, "\xED\xA0\x80"sv})
    EXPECT_EQ(decode_utf8(bad).length, 0u);
}

// Octet by octet, as the rule says.
std::size_t find_bad_text_slowly(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const character c = decode_utf8(text.substr(at));
    if (c.length == 0 || !is_xml_character(c.code)) return at;
    at += c.length;
  }
  return npos;
}

TEST(BadText, IsFoundAtEveryPlaceOfARun) {
  for (const auto piece :
       {"\0"sv, "\x01"sv, "\x1F"sv, "\x20"sv, "\t"sv, "\n"sv, "\r"sv, "\x7F"sv, "\x80"sv, "\xC2\x85"sv, "\xC3"sv,
        "\xED\xA0\x80"sv, "\xEF\xBF\xBD"sv, "\xEF\xBF\xBE"sv, "\xEF\xBF\xBF"sv, "\xF0\x9F\x98\x80"sv, "\xF4\x8F\xBF\xBF"sv})
    for (std::size_t before = 0; before < 40; ++before)
      for (std::size_t after = 0; after < 40; ++after) {
        const std::string text = std::string(before, 'a') + std::string(piece) + std::string(after, 'b');
        ASSERT_EQ(find_bad_text(text), find_bad_text_slowly(text)) << before << " " << after;
        const bool is_plain =
            std::all_of(piece.begin(), piece.end(), [](char c) { return c >= 0x20 || c == '\t' || c == '\n' || c == '\r'; });
        ASSERT_EQ(is_plain_text(text), is_plain) << before << " " << after;
      }
}

TEST(BadText, XmlCharactersAreThoseOfXml10) {
  EXPECT_TRUE(is_xml_character('\t') && is_xml_character('\n') && is_xml_character('\r') && is_xml_character(0x7F) &&
              is_xml_character(0x85));
  EXPECT_FALSE(is_xml_character(0) || is_xml_character(8) || is_xml_character(0xB) || is_xml_character(0xC) ||
               is_xml_character(0x1F));
  EXPECT_FALSE(is_xml_character(0xD800) || is_xml_character(0xDFFF) || is_xml_character(0xFFFE) || is_xml_character(0xFFFF));
  EXPECT_TRUE(is_xml_character(0xFDD0) && is_xml_character(0x1FFFE) && is_xml_character(0x10FFFF));
  EXPECT_FALSE(is_xml_character(0x110000));
}

TEST(Space, IsThatOfXmlAndNoOther) {
  EXPECT_EQ(trim(" \t\r\n a b \n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim("\x0B\x0C"), "\x0B\x0C");
  EXPECT_TRUE(is_blank(""));
  EXPECT_TRUE(is_blank(" \t\r\n"));
  EXPECT_FALSE(is_blank("\xC2\xA0"));  // a no-break space is a character
}

TEST(Space, RunsCollapseAcrossPieces) {
  std::string out;
  bool blank = false;
  for (const auto piece : {"a \n"sv, "\t b"sv, ""sv, " "sv, " c"sv}) append_collapsed(out, piece, blank);
  EXPECT_EQ(out, "a b c");
}

// The same character by character.
std::string collapsed_plainly(std::string_view text, bool& blank) {
  std::string out;
  for (const char c : text) {
    if (!is_space(c)) out += c;
    else if (!blank) out += ' ';
    blank = is_space(c);
  }
  return out;
}

TEST(Space, CollapsesAnyTextOfAnyLength) {
  std::uint32_t seed = 1;
  const auto next = [&](std::uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
  };
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    // Words, and runs of white space that are now rare, now long.
    for (auto pieces = next(12); pieces > 0; --pieces)
      text += next(3) != 0 ? std::string(next(40), "ab\xE2"[next(3)]) + (next(4) != 0 ? " " : "")
                           : std::string(next(40), " \t\n\r"[next(4)]);
    for (const bool before : {false, true}) {
      bool blank = before, expected_blank = before;
      std::string out = ">";
      append_collapsed(out, text, blank);
      EXPECT_EQ(out, ">" + collapsed_plainly(text, expected_blank)) << text;
      EXPECT_EQ(blank, expected_blank) << text;
    }
  }
}

TEST(XmlName, IsThatOfXml10) {
  for (const auto good : {"p"sv, "xml:id"sv, "_a"sv, "a-b.c1"sv, ":"sv, "\xC3\xA9l"sv, "\xE6\xB8\xAF"sv, "\xF0\x90\x80\x80"sv,
                          "a\xC2\xB7"sv, "a\xE2\x80\xBF"sv})
    EXPECT_TRUE(is_xml_name(good)) << good;
  for (const auto bad : {""sv, "1a"sv, "-a"sv, ".a"sv, "a b"sv, "a/b"sv, "#text"sv, "a\0"sv, "\xC3\x97"sv, "\xC3\xB7"sv,
                         "\xCD\xBE"sv, "\xC2\xB7"sv, "a\xC3"sv, "\xEF\xBF\xBE"sv, "<"sv, "a="sv})
    EXPECT_FALSE(is_xml_name(bad)) << bad;
}

TEST(Text, OneLineKeepsOneBlankForEachRun) {
  EXPECT_EQ(one_line(" a\n\tb  c "), " a b c ");
  EXPECT_EQ(one_line(""), "");
}

TEST(Text, TakeUntilCutsOffBeforeTheMark) {
  std::string_view rest = "one--two";
  EXPECT_EQ(take_until(rest, "--"), "one");
  EXPECT_EQ(take_until(rest, "--"), "two");
  EXPECT_EQ(rest, "");
  EXPECT_EQ(take_until(rest, "--"), "");
}

}  // namespace
}  // namespace dragoman
