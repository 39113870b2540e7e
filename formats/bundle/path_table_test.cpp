#include "path_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace dragoman::bundle {
namespace {

std::vector<std::string> in_order(const path_table& paths) {
  std::vector<std::string> out;
  for (const auto number : paths.in_order()) out.push_back(paths.at(number));
  return out;
}

TEST(PathTable, KeepsPathsByNumber) {
  path_table paths;
  for (int i = 0; i < 3; ++i) paths.add();
  paths.set(2, "data/originals/b.txt");
  paths.set(0, "bagit.txt");
  paths.set(2, "data/originals/c.txt");
  EXPECT_EQ(paths.size(), 3u);
  EXPECT_EQ(paths.at(0), "bagit.txt");
  EXPECT_EQ(paths.at(1), "");
  EXPECT_EQ(paths.at(2), "data/originals/c.txt");
}

TEST(PathTable, TakesNamesLongerThanABlock) {
  path_table paths;
  const std::string longest(200'000, 'n');
  for (const std::string& path : {std::string("a"), "f/" + longest, std::string("b")}) {
    paths.add();
    paths.set(paths.size() - 1, path);
  }
  EXPECT_EQ(in_order(paths), (std::vector<std::string>{"a", "b", "f/" + longest}));
}

// Folders that begin alike, and characters before and behind "/".
TEST(PathTable, SortsAsWholePathsDo) {
  std::mt19937 random(7);
  std::vector<std::string> expected;
  path_table paths;
  for (int i = 0; i < 3000; ++i) {
    std::string path;
    for (auto n = random() % 4 + 1; n > 0; --n) {
      for (auto m = random() % 3 + 1; m > 0; --m) path += "ab-\xC3"[random() % 4];
      path += n > 1 ? "/" : "";
    }
    paths.add();
    paths.set(static_cast<std::size_t>(i), path);
    expected.push_back(path);
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(in_order(paths), expected);
}

}  // namespace
}  // namespace dragoman::bundle
