// The sixteen pairs as a user makes them: files through the real program, bundles among them, compared octet for octet.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "chain.hpp"

namespace dragoman::roundtrip {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void save(const fs::path& file, std::string_view octets) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << octets;
}

class Program : public ::testing::Test {
protected:
  Program() : folder_(fs::path(::testing::TempDir()) / ("dragoman roundtrip " + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "-" +
                                                        ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Program() override {
    if (!HasFailure()) fs::remove_all(folder_);
  }

  // dragoman convert FROM -o TO; what it says is shown when it fails.
  void convert(const fs::path& from, const fs::path& to, const std::string& more = {}) {
    const fs::path said = folder_ / "said";
    const std::string command = "'" DRAGOMAN_PROGRAM "' convert '" + from.string() + "' -o '" + to.string() + "' " + more + " 2> '" + said.string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command << "\n" << contents(said);
  }

  fs::path folder_;
};

constexpr std::array<std::string_view, 5> suffixes{"txt", "xml", "json", "jsonl", "zip"};

TEST_F(Program, TextComesBackFromEveryPairOfFormats) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const std::string text = telegram(seed).octets;
    const fs::path original = folder_ / ("original-" + std::to_string(seed) + ".txt");
    save(original, text);
    for (const auto a : suffixes)
      for (const auto b : suffixes) {
        const std::string stem = std::to_string(seed) + "-" + std::string(a) + "-" + std::string(b);
        const fs::path first = folder_ / (stem + "-1." + std::string(a)), second = folder_ / (stem + "-2." + std::string(b)), back = folder_ / (stem + ".txt");
        convert(original, first);
        convert(first, second);
        convert(second, back);
        EXPECT_EQ(contents(back), text) << stem;
        if (HasFailure()) return;
      }
  }
}

// A folder of telegrams as one bag, and out of it again: every file under its name, octet for octet.
TEST_F(Program, AFolderComesBackFromABag) {
  std::map<std::string, std::string> texts;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const std::string name = (seed % 2 ? "box 1/" : "") + std::string("caf\xC3\xA9 ") + std::to_string(seed) + ".txt";
    texts[name] = telegram(seed).octets;
    save(folder_ / "in" / name, texts[name]);
  }
  convert(folder_ / "in", folder_ / "bag.zip", "-t bundle");
  convert(folder_ / "bag.zip", folder_ / "again.zip", "-t bundle");
  for (const char* bag : {"bag.zip", "again.zip"}) {
    const fs::path out = folder_ / (std::string(bag) + " out");
    convert(folder_ / bag, out.string() + "/", "-t telegram");
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(out))
      if (entry.is_regular_file()) found[contents(entry.path())] = entry.path().string();
    for (const auto& [name, text] : texts) EXPECT_TRUE(found.count(text)) << name << " did not come back from " << bag;
    EXPECT_EQ(found.size(), texts.size());
  }
}

}  // namespace
}  // namespace dragoman::roundtrip
