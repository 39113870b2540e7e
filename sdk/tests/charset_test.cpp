#include <dragoman/charset.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace dragoman {
namespace {

TEST(Charset, NamesAreFoundInAnyCase) {
  EXPECT_EQ(find_charset("UTF-8"), charset::utf_8);
  EXPECT_EQ(find_charset("Windows-1252"), charset::windows_1252);
  EXPECT_EQ(find_charset("koi8-r"), std::nullopt);
  EXPECT_EQ(find_charset(""), std::nullopt);
}

TEST(Charset, AnOctetThatHasACharacterIsThatCharactersOctet) {
  int counts[4] = {};
  for (const charset c : {charset::utf_8, charset::us_ascii, charset::iso_8859_1, charset::windows_1252})
    for (int octet = 0; octet < 256; ++octet) {
      const std::uint32_t code = character_of(static_cast<unsigned char>(octet), c);
      if (code == no_character) continue;
      ++counts[static_cast<int>(c)];
      EXPECT_EQ(octet_of(code, c), octet);
    }
  EXPECT_EQ(counts[static_cast<int>(charset::us_ascii)], 128);
  EXPECT_EQ(counts[static_cast<int>(charset::iso_8859_1)], 256);
  EXPECT_EQ(counts[static_cast<int>(charset::windows_1252)], 251);
  EXPECT_EQ(character_of(0x80, charset::windows_1252), 0x20ACu);
}

TEST(Charset, ACharacterThatASetDoesNotHaveHasNoOctet) {
  EXPECT_EQ(octet_of(0x20AC, charset::iso_8859_1), -1);
  EXPECT_EQ(octet_of(0x81, charset::windows_1252), -1);
  EXPECT_EQ(octet_of(0xE9, charset::us_ascii), -1);
}

TEST(Charset, TheFirstOctetBeyondAsciiIsFoundAtEveryPlace) {
  for (std::size_t length = 0; length < 20; ++length) {
    EXPECT_EQ(find_non_ascii(std::string(length, 'a')), npos);
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'a');
      text[at] = '\x80';
      EXPECT_EQ(find_non_ascii(text), at);
    }
  }
}

TEST(Base64, KnownVectors) {
  for (const auto& [octets, text] :
       {std::pair<std::string, std::string>{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}}) {
    std::string out;
    append_base64(out, octets);
    EXPECT_EQ(out, text);
    EXPECT_EQ(decode_base64(text), octets);
  }
}

TEST(Base64, OnlyTheCanonicalFormIsRead) {
  for (const char* bad : {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Zm-_"})
    EXPECT_EQ(decode_base64(bad), std::nullopt) << bad;
  EXPECT_EQ(decode_base64("Zm 9v\n Zg ==", true), "foof");
}

}  // namespace
}  // namespace dragoman
