#include <json/charset.hpp>

#include <gtest/gtest.h>

#include "random_model.hpp"

namespace dragoman::json {
namespace {

TEST(Charset, NamesAreFoundInAnyCase) {
  EXPECT_EQ(find_charset("UTF-8"), charset::utf8);
  EXPECT_EQ(find_charset("Windows-1252"), charset::windows1252);
  EXPECT_EQ(find_charset("koi8-r"), std::nullopt);
  EXPECT_EQ(find_charset(""), std::nullopt);
}

TEST(Charset, WhateverDecodesEncodesToTheSameOctets) {
  testing::random_source random(1);
  std::size_t decoded = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string octets;
    for (std::size_t n = random.below(12); n > 0; --n) octets += static_cast<char>(random.below(random.one_in(2) ? 128 : 256));
    for (const charset c : {charset::utf8, charset::ascii, charset::latin1, charset::windows1252}) {
      std::string storage, back;
      const auto text = decode(octets, c, storage);
      if (!text) continue;
      ++decoded;
      EXPECT_EQ(encode(*text, c, back), octets);
    }
  }
  EXPECT_GT(decoded, 4000u);
}

TEST(Charset, EveryOctetOfLatin1AndAllButFiveOfWindows1252HaveACharacter) {
  int latin1 = 0, windows = 0;
  std::string storage;
  for (int octet = 0; octet < 256; ++octet) {
    const std::string one(1, static_cast<char>(octet));
    latin1 += decode(one, charset::latin1, storage).has_value();
    windows += decode(one, charset::windows1252, storage).has_value();
  }
  EXPECT_EQ(latin1, 256);
  EXPECT_EQ(windows, 251);
  EXPECT_EQ(decode("\x80", charset::windows1252, storage), "\xE2\x82\xAC");
}

TEST(Charset, NoncharactersAndBadUtf8AreNotText) {
  std::string storage;
  EXPECT_FALSE(decode("\xEF\xBF\xBE", charset::utf8, storage));      // U+FFFE
  EXPECT_FALSE(decode("\xF0\x9F\xBF\xBF", charset::utf8, storage));  // U+1FFFF
  EXPECT_FALSE(decode("\xC3", charset::utf8, storage));
  EXPECT_TRUE(decode(std::string_view("\0\x07", 2), charset::utf8, storage));
}

TEST(Charset, ACharacterWithoutAnOctetIsNotEncoded) {
  std::string storage;
  EXPECT_FALSE(encode("\xE2\x82\xAC", charset::latin1, storage));
  EXPECT_FALSE(encode("\xC3\xA9", charset::ascii, storage));
}

TEST(Base64, KnownVectors) {
  for (const auto& [octets, text] : {std::pair<std::string, std::string>{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}}) {
    std::string out, back;
    append_base64(out, octets);
    EXPECT_EQ(out, text);
    EXPECT_TRUE(decode_base64(text, back));
    EXPECT_EQ(back, octets);
  }
}

TEST(Base64, OnlyTheCanonicalFormIsRead) {
  std::string out;
  for (const char* bad : {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm9\n", "Zm-_"}) EXPECT_FALSE(decode_base64(bad, out)) << bad;
}

}  // namespace
}  // namespace dragoman::json
