#include <csv/records.hpp>

#include <dragoman/testing.hpp>
#include <gtest/gtest.h>

namespace dragoman::csv {
namespace {

struct cut_result {
  std::vector<std::string> records;
  std::vector<std::uint64_t> offsets;
};

cut_result cut(std::string_view octets, std::size_t piece, std::size_t limit = 1 << 20) {
  testing::recording_host services;
  testing::memory_input in(octets, "test", piece, false);
  record_source source(input(in.table()), limit);
  cut_result out;
  while (true) {
    const auto record = source.next(host(services.table()));
    if (record.empty() && source.too_long() == 0) return out;
    out.records.push_back(source.too_long() ? "too long: " + std::to_string(source.too_long()) : std::string(record));
    out.offsets.push_back(source.offset());
  }
}

std::vector<std::string> fields(std::string_view record) {
  std::vector<std::string> out;
  std::size_t problem = 0;
  if (!fields_of(record, out, problem)) return {"problem at " + std::to_string(problem)};
  return out;
}

using texts = std::vector<std::string>;

TEST(Records, EndAtLineEndsOutsideQuotesHoweverTheInputComes) {
  const std::string octets = "a,\"b\nc\"\r\n\"d \\\" \r\n e\",f\ng\rh,\"\"\"\n\"\n\"last\\\\\"";
  const texts expected{"a,\"b\nc\"\r\n", "\"d \\\" \r\n e\",f\n", "g\r", "h,\"\"\"\n\"\n", "\"last\\\\\""};
  for (std::size_t piece = 1; piece <= octets.size(); ++piece) {
    const auto result = cut(octets, piece);
    EXPECT_EQ(result.records, expected) << "in pieces of " << piece;
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < result.records.size(); ++i) {
      EXPECT_EQ(result.offsets[i], at);
      at += result.records[i].size();
    }
    EXPECT_EQ(at, octets.size());
  }
}

TEST(Records, OverTheLimitArePassedOverWholeAndCounted) {
  const auto long_row = "\"" + std::string(300000, 'x') + "\n\"\n";
  for (const std::size_t piece : {7u, 65536u, 1u << 20}) {
    const auto result = cut("a\n" + long_row + "b\n", piece, 1000);
    EXPECT_EQ(result.records, (texts{"a\n", "too long: " + std::to_string(long_row.size()), "b\n"}));
  }
}

TEST(Records, FieldsLoseTheirQuotesAndEscapes) {
  EXPECT_EQ(fields("a,,\"\"\n"), (texts{"a", "", ""}));
  EXPECT_EQ(fields("\"say \"\"no\"\"\",\"say \\\"no\\\"\",\"back\\\\slash\",pl\\ain\r\n"), (texts{"say \"no\"", "say \"no\"", "back\\slash", "plain"}));
  EXPECT_EQ(fields("\"two\nlines\""), (texts{"two\nlines"}));
  EXPECT_EQ(fields("a,"), (texts{"a", ""}));
}

TEST(Records, WrongQuotesHaveAPlace) {
  EXPECT_EQ(fields("a,\"b"), (texts{"problem at 2"}));
  EXPECT_EQ(fields("\"a\"b,c"), (texts{"problem at 3"}));
  EXPECT_EQ(fields("\"a\\"), (texts{"problem at 0"}));
}

TEST(Records, WrittenFieldsAreReadAgain) {
  for (const std::string field : {"", "plain", "a \"b\" c", "\\", "\\\"", "\"\\", "x\r\ny", "a,b"}) {
    std::string escaped;
    append_with_backslashes(escaped, field);
    EXPECT_EQ(fields(escaped), texts{field}) << escaped;
    if (field.find('\\') != npos) continue;  // a file of RFC 4180 has no escapes, so this reader would take one for its own
    std::string quoted;
    append_quoted(quoted, field);
    EXPECT_EQ(fields(quoted), texts{field}) << quoted;
  }
}

}  // namespace
}  // namespace dragoman::csv
