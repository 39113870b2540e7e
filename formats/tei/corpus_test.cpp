// Texts that we did not write: TEI -> TEI is equal under C14N (tei.md 6.2).
#include "tei_testing.hpp"

#include <algorithm>

namespace dragoman::tei::tests {
namespace {

// Passes every XML file of a folder through; counts them.
void pass_through(const char* folder_name, std::size_t expected_at_least) {
  const fs::path folder = corpora() / folder_name;
  if (!fs::exists(folder)) GTEST_SKIP() << "no corpus at " << folder << " (set DRAGOMAN_CORPORA)";
  if (!has_tool("xmllint")) GTEST_SKIP() << "xmllint is not installed";
  const scratch_folder scratch;
  std::size_t equal = 0, refused = 0;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".xml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const std::string octets = read_file(file);
    const auto result = read(octets, file.filename().string());
    if (result.documents.empty()) {
      EXPECT_TRUE(result.has("tei.not-tei") || result.has("tei.p4")) << file << "\n"
                                                                     << messages(result.diagnostics) << result.problem;
      ++refused;
      continue;
    }
    EXPECT_TRUE(result.problem.empty()) << file << ": " << result.problem;
    const auto written = write(result.documents);
    const std::string before = c14n(scratch, octets), after = c14n(scratch, written.octets);
    EXPECT_TRUE(before == after) << file << " is not equal";
    EXPECT_NE(before.substr(0, 1), "!") << file;
    if (before == after) ++equal;
  }
  std::cout << folder_name << ": " << files.size() << " files, " << equal << " equal, " << refused << " refused by name\n";
  EXPECT_GE(equal, expected_at_least);
}

TEST(PassThrough, VolumesOfForeignRelations) { pass_through("frus", 4); }
TEST(PassThrough, TestsOfTheConsortium) { pass_through("tei-p5-tests", 53); }

}  // namespace
}  // namespace dragoman::tei::tests
