#include <csv/records.hpp>

#include <gtest/gtest.h>
#include <dragoman/testing.hpp>

namespace dragoman::csv {
namespace {

using texts = std::vector<std::string>;

struct cut_result {
  std::vector<std::string> rows;
  std::vector<std::uint64_t> offsets;
};

cut_result cut(std::string_view octets, std::size_t piece, std::size_t limit = 1 << 20) {
  testing::recording_host services;
  testing::memory_input in(octets, "test", piece, false);
  row_source source(input(in.table()), limit);
  cut_result out;
  while (true) {
    const auto row = source.next(host(services.table()));
    if (row.empty() && source.too_long() == 0) return out;
    out.rows.push_back(source.too_long() ? "too long: " + std::to_string(source.too_long()) : std::string(row));
    out.offsets.push_back(source.offset());
  }
}

// Whatever the pieces in which the input comes, these are its rows, and nothing is between them.
void expect_rows(const std::vector<std::string>& expected) {
  std::string octets;
  for (const auto& row : expected) octets += row;
  for (std::size_t piece = 1; piece <= octets.size(); ++piece) {
    const auto result = cut(octets, piece);
    EXPECT_EQ(result.rows, expected) << "in pieces of " << piece;
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < result.rows.size(); ++i) {
      EXPECT_EQ(result.offsets[i], at);
      at += result.rows[i].size();
    }
  }
}

std::vector<std::string> fields(std::string_view record) {
  std::vector<std::string> out;
  std::size_t problem = 0;
  if (!fields_of(record, out, problem)) return {"problem at " + std::to_string(problem)};
  return out;
}

const std::string first = "\"1\",\"12/28/1966 18:48\"";

TEST(Rows, EndBehindTheirEighthColumn) {
  expect_rows({first + ",c,d,e,f,\"g\n\n\",\"h, \\\" \r\n x\"\r\n", "1,2,3,4,5,6,7,8\n", "2,b,c,d,e,f,g,\"\"\"\n\"\n",
               "3,b,c,d,e,f,g,\"last\\\\\""});
}

TEST(Rows, EndWhereAnotherBeginsWhateverTheirQuotesSay) {
  expect_rows({first + ",c\n", first + ",c,d,e,f,g,\"never closed\n", first + ",c,d,e,f,g,\"an \"odd quote\n\nin the \n text\n",
               first + ",c,d,e,f,g,h\n"});
}

TEST(Rows, ADateInATextBeginsNone) {
  expect_rows({first + ",c,d,e,f,g,\"\n\\\"2\\\",\\\"12/28/1966 18:48\\\"\n2 12/28/1966\n\"\n"});
  EXPECT_TRUE(begins_row("7,1/2/2003 4:05,"));
  for (const auto* other : {"", "\"", "7", "\"7\",\"12/28/1966\"", "x,1/2/2003 4:05,", "7,1/2/03 4:05,", "\"7,1/2/2003 4:05"})
    EXPECT_FALSE(begins_row(other)) << other;
}

TEST(Rows, OverTheLimitArePassedOverWholeAndCounted) {
  const auto long_row = first + ",c,d,e,f,g,\"" + std::string(300000, 'x') + "\n\"\n";
  const auto short_row = first + ",c,d,e,f,g,h\n";
  for (const std::size_t piece : {7u, 65536u, 1u << 20}) {
    const auto result = cut(short_row + long_row + short_row, piece, 1000);
    EXPECT_EQ(result.rows, (texts{short_row, "too long: " + std::to_string(long_row.size()), short_row}));
  }
}

TEST(Fields, LoseTheirQuotesAndEscapes) {
  EXPECT_EQ(fields("a,,\"\"\n"), (texts{"a", "", ""}));
  EXPECT_EQ(fields("\"say \"\"no\"\"\",\"say \\\"no\\\"\",\"back\\\\slash\",pl\\ain\r\n"),
            (texts{"say \"no\"", "say \"no\"", "back\\slash", "plain"}));
  EXPECT_EQ(fields("\"two\nlines\""), (texts{"two\nlines"}));
  EXPECT_EQ(fields("a,"), (texts{"a", ""}));
}

TEST(Fields, WrongQuotesHaveAPlace) {
  EXPECT_EQ(fields("a,\"b"), (texts{"problem at 2"}));
  EXPECT_EQ(fields("\"a\"b,c"), (texts{"problem at 3"}));
  EXPECT_EQ(fields("\"a\\"), (texts{"problem at 0"}));
}

TEST(Fields, WrittenFieldsAreReadAgain) {
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
