// What we author is valid: TEI against tei_all by jing, JSON against our schema by python3-jsonschema (tei.md 6, tests 4
// and 7). Each tool and schema that is not here makes its test say so and skip.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "chain.hpp"

namespace dragoman::roundtrip {
namespace {

namespace fs = std::filesystem;
using testing::flavour;

class Schemas : public ::testing::Test {
protected:
  Schemas()
      : folder_(fs::path(::testing::TempDir()) /
                (std::string("dragoman-schemas-") + ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Schemas() override {
    if (!HasFailure()) fs::remove_all(folder_);
  }
  void save(const std::string& name, std::string_view octets) const { std::ofstream(folder_ / name, std::ios::binary) << octets; }

  // Everything that is authored: telegrams of all dialects, models of the profile, collections of both.
  void author(std::string_view id, const std::string& suffix) const {
    std::vector<document> all;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      const auto read_text = read("telegram", telegram(seed).octets);
      save("t" + std::to_string(seed) + suffix, write(id, read_text));
      std::vector<document> one;
      one.push_back(random_document(seed, flavour::profile));
      save("m" + std::to_string(seed) + suffix, write(id, one));
      all.push_back(std::move(one[0]));
    }
    save("collection" + suffix, write(id, all));
  }

  fs::path folder_;
};

bool is_installed(const std::string& tool) { return std::system(("command -v " + tool + " >/dev/null 2>&1").c_str()) == 0; }

// What jing says against the files of a folder by a schema; nothing when they are valid.
std::string said_by_jing(const fs::path& schema, const fs::path& folder) {
  const std::string command =
      "jing '" + schema.string() + "' '" + folder.string() + "'/*.xml > '" + (folder / "said").string() + "' 2>&1";
  if (std::system(command.c_str()) == 0) return {};
  std::ifstream said(folder / "said");
  return std::string(std::istreambuf_iterator<char>(said), {}).substr(0, 3000);
}

TEST_F(Schemas, AuthoredTeiIsValidAgainstTeiAll) {
  const char* folder = std::getenv("DRAGOMAN_SCHEMAS");
  const fs::path schema = fs::path(folder ? folder : DRAGOMAN_SOURCE_DIR "/../shared/schemas") / "tei_all.rng";
  if (!fs::exists(schema)) GTEST_SKIP() << "no tei_all.rng in DRAGOMAN_SCHEMAS";
  if (!is_installed("jing")) GTEST_SKIP() << "jing is not installed";
  author("tei", ".xml");
  EXPECT_EQ(said_by_jing(schema, folder_), "");
}

TEST_F(Schemas, AuthoredTeiIsValidAgainstTheProfile) {
  if (!is_installed("jing")) GTEST_SKIP() << "jing is not installed";
  author("tei", ".xml");
  EXPECT_EQ(said_by_jing(DRAGOMAN_SOURCE_DIR "/formats/tei/dragoman-cable.rng", folder_), "");
}

TEST_F(Schemas, AuthoredJsonIsValidAgainstOurSchema) {
  if (std::system("python3 -c 'import jsonschema' >/dev/null 2>&1") != 0) GTEST_SKIP() << "python3-jsonschema is not installed";
  author("json", ".json");
  std::ofstream(folder_ / "check.py") << R"(
import glob, json, sys
from jsonschema import Draft202012Validator
check = Draft202012Validator(json.load(open(sys.argv[1])))
errors = [(f, e.json_path, e.message) for f in sorted(glob.glob(sys.argv[2] + '/*.json')) for e in check.iter_errors(json.load(open(f)))]
print(*errors[:20], sep='\n')
sys.exit(1 if errors else 0)
)";
  const std::string command = "python3 '" + (folder_ / "check.py").string() +
                              "' '" DRAGOMAN_SOURCE_DIR "/formats/json/cable.schema.json' '" + folder_.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace dragoman::roundtrip
