#include <json/source_text.hpp>

#include <gtest/gtest.h>

#include <string>

#include "random_model.hpp"

namespace dragoman::json {
namespace {

TEST(SourceText, WhateverDecodesEncodesToTheSameOctets) {
  testing::random_source random(1);
  std::size_t decoded = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string octets;
    for (std::size_t n = random.below(12); n > 0; --n) octets += static_cast<char>(random.below(random.one_in(2) ? 128 : 256));
    for (const charset c : {charset::utf_8, charset::us_ascii, charset::iso_8859_1, charset::windows_1252}) {
      std::string storage, back;
      const auto text = decode(octets, c, storage);
      if (!text) continue;
      ++decoded;
      EXPECT_EQ(encode(*text, c, back), octets);
    }
  }
  EXPECT_GT(decoded, 4000u);
}

TEST(SourceText, NoncharactersAndBadUtf8AreNotText) {
  std::string storage;
  EXPECT_FALSE(decode("\xEF\xBF\xBE", charset::utf_8, storage));      // U+FFFE
  EXPECT_FALSE(decode("\xF0\x9F\xBF\xBF", charset::utf_8, storage));  // U+1FFFF
  EXPECT_FALSE(decode("\xC3", charset::utf_8, storage));
  EXPECT_TRUE(decode(std::string_view("\0\x07", 2), charset::utf_8, storage));
}

TEST(SourceText, ACharacterWithoutAnOctetIsNotEncoded) {
  std::string storage;
  EXPECT_FALSE(encode("\xE2\x82\xAC", charset::iso_8859_1, storage));
  EXPECT_FALSE(encode("\xC3\xA9", charset::us_ascii, storage));
}

}  // namespace
}  // namespace dragoman::json
