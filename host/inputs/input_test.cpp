#include "inputs/input.hpp"

#include "plugins/fake_formats.hpp"

#include <dragoman/node.hpp>

#include <sys/stat.h>

#include <thread>

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

std::string all_of(const octets& o) { return o.head(static_cast<std::size_t>(o.length())); }

TEST(Octets, SmallFilesAreInMemoryAndLargeOnesAreNot) {
  fake::folder f;
  const auto path = f.write("x", "0123456789");
  std::string problem;
  std::string_view all;
  const auto small = octets::of_file(path, problem);
  ASSERT_TRUE(small);
  EXPECT_TRUE(small->contents(all));
  EXPECT_EQ(all, "0123456789");
  const auto large = octets::of_file(path, problem, 4);
  ASSERT_TRUE(large);
  EXPECT_FALSE(large->contents(all));
  EXPECT_EQ(large->length(), 10u);
  EXPECT_EQ(all_of(*large), "0123456789");
  char c[3];
  EXPECT_EQ(large->read_at(8, c, 3), 2);
  EXPECT_EQ(large->read_at(10, c, 3), 0);
}

TEST(Octets, PipesGoToAFileWhenTheyAreLong) {
  fake::folder f;
  const auto path = f.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::string text(300'000, 'p');
  std::thread other([&] { std::ofstream(path) << text; });
  std::string problem;
  const auto o = octets::of_file(path, problem, 100'000);
  other.join();
  ASSERT_TRUE(o) << problem;
  std::string_view all;
  EXPECT_FALSE(o->contents(all));
  EXPECT_EQ(all_of(*o), text);
}

TEST(Octets, SayWhyTheyCannotBeRead) {
  fake::folder f;
  std::string problem;
  EXPECT_FALSE(octets::of_file(f.path("missing"), problem));
  EXPECT_EQ(problem, "No such file or directory");
  EXPECT_FALSE(octets::of_file(f.path(), problem));
  EXPECT_EQ(problem, "Is a directory");
}

TEST(Octets, LinesEndInEveryWay) {
  const auto o = octets::of_memory("a\nb\r\nc\rd\n\n\xC3\xA9x");
  const auto at = [&](std::uint64_t offset) { return std::pair(o->locate(offset).line, o->locate(offset).column); };
  EXPECT_EQ(at(0), std::pair(1u, 1u));
  EXPECT_EQ(at(2), std::pair(2u, 1u));
  EXPECT_EQ(at(5), std::pair(3u, 1u));
  EXPECT_EQ(at(7), std::pair(4u, 1u));
  EXPECT_EQ(at(9), std::pair(5u, 1u));
  EXPECT_EQ(at(12), std::pair(6u, 2u));  // a character of two octets before it
  EXPECT_EQ(at(13), std::pair(6u, 3u));  // the end
  EXPECT_EQ(at(14), std::pair(0u, 0u));
}

TEST(Octets, LinesAreCountedAcrossBlocks) {
  std::string text;
  for (std::size_t i = 0; text.size() < 100'000; ++i) {
    text += std::string(i % 97, 'x');
    text += i % 3 == 0 ? "\r\n" : i % 3 == 1 ? "\n" : "\r";
  }
  const auto o = octets::of_memory(text);
  std::uint32_t line = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 257 == 0 || i % 4096 < 3) {
      ASSERT_EQ(o->locate(i).line, line) << i;
    }
    if (text[i] == '\n' ? (i == 0 || text[i - 1] != '\r') : text[i] == '\r') ++line;
  }
}

TEST(Octets, ColumnsOfLongLinesAreCounted) {
  const auto o = octets::of_memory("first\n" + std::string(20'000, 'x') + "\xC3\xA9" + "y\nlast");
  EXPECT_EQ(o->locate(6 + 20'002).line, 2u);
  EXPECT_EQ(o->locate(6 + 20'002).column, 20'002u);
  EXPECT_EQ(o->locate(6 + 20'004).column, 1u);
}

TEST(InputTable, ReadsInOrderAndAtPlaces) {
  const auto o = octets::of_memory("0123456789");
  const input_table t(*o, "name");
  const dgm_input& in = *t.table();
  char c[4];
  EXPECT_EQ(in.read(in.ctx, c, 4), 4);
  EXPECT_EQ(in.read_at(in.ctx, 9, c, 4), 1);
  EXPECT_EQ(in.read(in.ctx, c, 4), 4);
  EXPECT_EQ(c[0], '4');
  EXPECT_EQ(in.read(in.ctx, c, 4), 2);
  EXPECT_EQ(in.read(in.ctx, c, 4), 0);
  dgm_str all{};
  EXPECT_EQ(in.contents(in.ctx, &all), 1);
  EXPECT_EQ(view(all), "0123456789");
  EXPECT_EQ(in.length, 10);
}

}  // namespace
}  // namespace dragoman::hosting
