// What the compiler of the vocabulary refuses, with file and line.
#include "compiler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace dragoman::telegram::terms {
namespace {

const schema& of(std::string_view file) {
  const auto all = schemas();
  return *std::find_if(all.begin(), all.end(), [&](const schema& s) { return s.file == file; });
}

const std::string reasons_header = "reason\torder\tmeaning\tsource\n";

// Why a table of reasons with these lines below its header is refused; nothing when it is not.
std::string refusal(const std::string& lines, const std::string& header = reasons_header) {
  try {
    read_table(of("reasons"), header + lines, "r.tsv");
    return "";
  } catch (const bad_table& e) {
    return e.what();
  }
}

TEST(VocabularyCompiler, TakesAWellFormedTable) {
  const auto t = read_table(of("reasons"), reasons_header + "1.4(a)\t1\tone\tS\n1.4(b)\t1\ttwo\tS\n", "r.tsv");
  ASSERT_EQ(t.rows.size(), 2u);
  EXPECT_EQ(t.rows[1].line, 3u);
  EXPECT_EQ(t.rows[1].cells, (std::vector<std::string>{"1.4(b)", "1", "two", "S"}));
}

TEST(VocabularyCompiler, RefusesWithFileAndLine) {
  EXPECT_EQ(refusal("a\t1\tone\tS\na\t2\ttwo\tS\n"), "r.tsv:3: error: \"a\" stands twice");
  EXPECT_EQ(refusal("a\t1\tone\tS\nA\t2\ttwo\tS\n"), "r.tsv:3: error: \"A\" stands twice");  // case does not count
  EXPECT_EQ(refusal("b\t1\tone\tS\na\t2\ttwo\tS\n"), "r.tsv:3: error: \"a\" is not in order: it belongs above the line before");
  EXPECT_EQ(refusal("a\t1\tone\n"), "r.tsv:2: error: 3 columns, not 4");
  EXPECT_EQ(refusal("a\t1\tone\tS\t\n"), "r.tsv:2: error: 5 columns, not 4");
  EXPECT_EQ(refusal("a\t1\tone\tS\n\n"), "r.tsv:3: error: 1 columns, not 4");
  EXPECT_EQ(refusal("\t1\tone\tS\n"), "r.tsv:2: error: reason is empty");
  EXPECT_EQ(refusal("a\t1\tone\t\n"), "r.tsv:2: error: source is empty");
  EXPECT_EQ(refusal("a\t1\t one\tS\n"), "r.tsv:2: error: meaning \" one\" has blanks around it");
  EXPECT_EQ(refusal("a\t1\tone\tS\r\n"), "r.tsv:2: error: source is not text");
  EXPECT_EQ(refusal("a\t1\t\xff\tS\n"), "r.tsv:2: error: meaning is not text");
  EXPECT_EQ(refusal("a\t1\tone\tS"), "r.tsv:2: error: the last line does not end");
  EXPECT_EQ(refusal(""), "r.tsv:1: error: the table has no rows");
  EXPECT_EQ(refusal("", ""), "r.tsv:1: error: the table is empty");
  EXPECT_EQ(refusal("", "code\torder\tmeaning\tsource\n"), "r.tsv:1: error: column 1 is \"code\", not \"reason\"");
}

TEST(VocabularyCompiler, RefusesWhatIsNoNumber) {
  const std::string header = "form\tname\tlevel\tera\tsecurity_letter\tnote\tsource\n";
  const auto read = [&](const std::string& level) {
    return read_table(of("classifications"), header + "F\tN\t" + level + "\tall\tU\t\tS\n", "c.tsv");
  };
  EXPECT_EQ(read("3").rows[0].cells[2], "3");
  EXPECT_THROW(read("three"), bad_table);
  EXPECT_THROW(read("-3"), bad_table);
  EXPECT_THROW(read("1234567890"), bad_table);
  EXPECT_THROW(read(""), bad_table);  // required here
}

TEST(VocabularyCompiler, KeysOfTwoColumnsOrderByBoth) {
  const std::string header = "code\torder\tmeaning\tsource\n";
  EXPECT_NO_THROW(read_table(of("exemptions"), header + "GDS\t1\tone\tS\nGDS\t2\ttwo\tS\n", "e.tsv"));
  EXPECT_THROW(read_table(of("exemptions"), header + "GDS\t2\tone\tS\nGDS\t1\ttwo\tS\n", "e.tsv"), bad_table);
  EXPECT_THROW(read_table(of("exemptions"), header + "GDS\t1\tone\tS\nGDS\t1\ttwo\tS\n", "e.tsv"), bad_table);
}

// The tables of the project with that of stations replaced.
std::vector<table> all_with_stations(const std::string& lines) {
  std::vector<table> out;
  for (const auto& s : schemas()) {
    const std::string path = DRAGOMAN_SOURCE_DIR "/formats/telegram/vocabulary/" + std::string(s.file) + ".tsv";
    std::ifstream file(path, std::ios::binary);
    std::string content(std::istreambuf_iterator<char>(file), {});
    if (s.file == "stations") content = content.substr(0, content.find('\n') + 1) + lines;
    out.push_back(read_table(s, content, path));
  }
  return out;
}

std::string station_line(const std::string& name, const std::string& aliases) {
  return name + "\t" + name + "\t" + name + "\t" + name + "\t\t\t\t" + aliases + "\tS\n";
}

TEST(VocabularyCompiler, AnAliasOfTwoStationsIsRefused) {
  const auto tables = all_with_stations(station_line("LINDHAVEN", "LINDHAFEN") + station_line("ORMUNDE", "ORMOND|LIND HAFEN"));
  try {
    compile(tables, "folder");
    FAIL() << "was compiled";
  } catch (const bad_table& e) {
    EXPECT_STREQ(e.what(), "folder/stations.tsv:3: error: \"LIND HAFEN\" is LINDHAVEN already");
  }
}

TEST(VocabularyCompiler, ANameWinsOverAnAlias) {
  EXPECT_NO_THROW(compile(all_with_stations(station_line("LINDHAVEN", "ORMUNDE") + station_line("ORMUNDE", "")), "folder"));
}

TEST(VocabularyCompiler, TheSameTablesMakeTheSameSource) {
  const auto tables = all_with_stations(station_line("LINDHAVEN", ""));
  EXPECT_EQ(compile(tables, "a").source, compile(tables, "b").source);
}

}  // namespace
}  // namespace dragoman::telegram::terms
