#include <json/index.hpp>

#include <dragoman/text.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "random_model.hpp"

namespace dragoman::json {
namespace {

// The code and offset of what is wrong, or "" for nothing.
std::pair<std::string, std::size_t> verdict(std::string_view text, std::size_t depth = 64) {
  index i;
  try {
    i.build(text, depth);
  } catch (const problem& p) {
    return {std::string(p.code), p.offset};
  }
  return {};
}

struct bad_text {
  std::string_view name, text, code;
  std::size_t offset;
};

class BadJson : public ::testing::TestWithParam<bad_text> {};

TEST_P(BadJson, IsRefusedWithCodeAndPlace) {
  const auto [code, offset] = verdict(GetParam().text);
  EXPECT_EQ(code, GetParam().code);
  EXPECT_EQ(offset, GetParam().offset);
  if (code == "json.syntax" || code == "json.utf8" || code == "json.surrogate") {
    EXPECT_FALSE(nlohmann::json::accept(GetParam().text));
  }
}

using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(
    All, BadJson,
    ::testing::Values(
        bad_text{"Empty", "", "json.syntax", 0}, bad_text{"Blank", " \n", "json.syntax", 2},
        bad_text{"BomOnly", "\xEF\xBB\xBF", "json.syntax", 3}, bad_text{"TwoValues", "{} {}", "json.syntax", 3},
        bad_text{"Bareword", "{\"a\": nil}", "json.syntax", 6}, bad_text{"SingleQuotes", "{'a': 1}", "json.syntax", 1},
        bad_text{"TrailingComma", "[1,]", "json.syntax", 3}, bad_text{"TrailingCommaInObject", "{\"a\":1,}", "json.syntax", 7},
        bad_text{"MissingColon", "{\"a\" 1}", "json.syntax", 5}, bad_text{"MissingComma", "[1 2]", "json.syntax", 3},
        bad_text{"WrongBracket", "[1}", "json.syntax", 2}, bad_text{"Truncated", "{\"a\": [1", "json.syntax", 8},
        bad_text{"TruncatedString", "{\"a\": \"x", "json.syntax", 8}, bad_text{"Comment", "// no\n1", "json.syntax", 0},
        bad_text{"RawNewline", "\"a\nb\"", "json.syntax", 2}, bad_text{"RawNul", "\"a\0b\""sv, "json.syntax", 2},
        bad_text{"UnknownEscape", "\"\\x\"", "json.syntax", 1}, bad_text{"ShortEscape", "\"\\u12\"", "json.syntax", 1},
        bad_text{"EscapeAtEnd", "\"\\", "json.syntax", 1}, bad_text{"LeadingZero", "[01]", "json.syntax", 1},
        bad_text{"BarePlus", "+1", "json.syntax", 0}, bad_text{"NoFraction", "1.", "json.syntax", 2},
        bad_text{"NoExponent", "1e", "json.syntax", 2}, bad_text{"LoneMinus", "-", "json.syntax", 1},
        bad_text{"NotANumber", "NaN", "json.syntax", 0}, bad_text{"Utf16", "{\0\"\0"sv, "json.syntax", 1},
        bad_text{"Latin1", "[\"caf\xE9\"]", "json.utf8", 5}, bad_text{"Overlong", "\"\xC0\xAF\"", "json.utf8", 1},
        bad_text{"EncodedSurrogate", "\"\xED\xA0\x80\"", "json.utf8", 1},
        bad_text{"CutCharacter", "\"\xE2\x82\"", "json.utf8", 1}, bad_text{"LoneHigh", "\"\\ud83d\"", "json.surrogate", 1},
        bad_text{"LoneLow", "\"\\ude00\"", "json.surrogate", 1}, bad_text{"HighHigh", "\"\\ud83d\\ud83d\"", "json.surrogate", 1},
        bad_text{"Duplicate", "{\"a\":1,\"b\":2,\"a\":3}", "json.duplicate-key", 13},
        bad_text{"DuplicateByEscape", "{\"a\":1,\"\\u0061\":3}", "json.duplicate-key", 7},
        bad_text{"InnerDuplicate", "[{\"a\":{\"\":1,\"\":2}}]", "json.duplicate-key", 12}),
    [](const auto& all) { return std::string(all.param.name); });

TEST(Index, RefusesDepthOverTheLimitAtTheBracketThatGoesOver) {
  EXPECT_EQ(verdict("[[[]]]", 3).first, "");
  EXPECT_EQ(verdict("[[[]]]", 2), (std::pair<std::string, std::size_t>{"json.depth", 2}));
  const std::string deep(1000000, '[');
  EXPECT_EQ(verdict(deep, 1000).second, 1000u);
}

TEST(Index, FindsADuplicateAmongManyNames) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += "\"n" + std::to_string(i) + "\":0,";
  const std::size_t second = text.size();
  EXPECT_EQ(verdict(text + "\"x\":0}").first, "");
  EXPECT_EQ(verdict(text + "\"n500\":0}"), (std::pair<std::string, std::size_t>{"json.duplicate-key", second}));
}

TEST(Index, StringsWithoutEscapesAreSlicesOfTheText) {
  const std::string text = R"(["plain caf)"
                           "\xC3\xA9"
                           R"(", "a\n\"\\\/\u00e9\ud83d\ude00\u0000"])";
  index i;
  i.build(text, 8);
  std::vector<value> all;
  for (const value v : i.root().items()) all.push_back(v);
  ASSERT_EQ(all.size(), 2u);
  std::string storage;
  const auto plain = all[0].text(storage);
  EXPECT_EQ(plain, "plain caf\xC3\xA9");
  EXPECT_EQ(plain.data(), text.data() + 2);
  EXPECT_EQ(all[1].text(storage), "a\n\"\\/\xC3\xA9\xF0\x9F\x98\x80\0"sv);
}

TEST(Index, KeepsNumbersAndLiteralsAsWritten) {
  index i;
  i.build("\xEF\xBB\xBF [ -0.50e+300 , 123456789012345678901234567890, true,null ]", 8);
  std::vector<std::string> raw;
  for (const value v : i.root().items()) raw.emplace_back(v.raw());
  EXPECT_EQ(raw, (std::vector<std::string>{"-0.50e+300", "123456789012345678901234567890", "true", "null"}));
}

TEST(Index, PointsToWhatStandsAtAnOffset) {
  const std::string text = R"({"a":[1,{"b/c~d":"x"}],"e":2})";
  index i;
  i.build(text, 8);
  EXPECT_EQ(i.pointer(0), "");
  EXPECT_EQ(i.pointer(text.find('1')), "/a/0");
  EXPECT_EQ(i.pointer(text.find("\"x\"")), "/a/1/b~1c~0d");
  EXPECT_EQ(i.pointer(text.find('2')), "/e");
}

TEST(Index, PointsIntoATextThatIsCutOff) {
  const std::string text = R"({"meta":{"subject":"x","tags":["A","B)";
  index i;
  EXPECT_THROW(i.build(text, 8), problem);
  EXPECT_EQ(i.pointer(text.size()), "/meta/tags/0");
}

TEST(Index, APointerThatIsVeryLongIsCutInTheMiddleAtCharacters) {
  std::string text;
  for (int n = 0; n < 40; ++n) text += "{\"caf\xC3\xA9s\xC3\xA9\":";
  index i;
  text += "1" + std::string(40, '}');
  i.build(text, 64);
  const std::string path = i.pointer(text.find('1'));
  EXPECT_LE(path.size(), 203u);
  EXPECT_EQ(find_bad_text(path), npos);
  EXPECT_NE(path.find("..."), npos);
}

// The library that JSON users know is the oracle: the same texts are accepted, and strings read the same.
TEST(Index, AgreesWithNlohmannOnMutatedTexts) {
  const std::string seed =
      R"({"format":"dragoman.document","version":1,"list":[1,-2.5e3,true,false,null,"a\u00e9\ud83d\ude00\n"],"o":{"x_é":{}},"e":[]})";
  testing::random_source random(7);
  std::size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = seed;
    for (std::size_t n = 1 + random.below(3); n > 0; --n) {
      const std::size_t at = random.below(text.size());
      static constexpr std::array<std::string_view, 20> pieces{
          "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "1", "e", "-", ".", " ", "\xC3", "u", "\n", "t", "d8", "\xEF\xBB\xBF"};
      if (random.one_in(2)) text.replace(at, 1, random.pick(pieces));
      else text.erase(at, 1);
    }
    const bool theirs = nlohmann::json::accept(text);
    const auto code = verdict(text).first;
    EXPECT_EQ(code.empty() || code == "json.duplicate-key", theirs) << text << " " << code;
    accepted += theirs;
  }
  EXPECT_GT(accepted, 500u);
}

}  // namespace
}  // namespace dragoman::json
