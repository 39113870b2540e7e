// The sixteen pairs as a user makes them: files through the real program, bundles among them, compared octet for octet.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

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
  Program()
      : folder_(fs::path(::testing::TempDir()) /
                ("dragoman roundtrip " + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "-" +
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
    const std::string command =
        "'" DRAGOMAN_PROGRAM "' convert '" + from.string() + "' -o '" + to.string() + "' " + more + " 2> '" + said.string() + "'";
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
        const fs::path first = folder_ / (stem + "-1." + std::string(a)), second = folder_ / (stem + "-2." + std::string(b)),
                       back = folder_ / (stem + ".txt");
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

// Every file below a folder, by its path there.
std::map<std::string, std::string> files_below(const fs::path& folder) {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) found[entry.path().lexically_relative(folder).generic_string()] = contents(entry.path());
  return found;
}

// A collection in all dialects and formats as a bag, and as a bag of that bag: originals octet for octet, what is read of them,
// what was made of them, and what was recorded.
TEST_F(Program, ACollectionInEveryFormComesBackFromABag) {
  const fs::path in = folder_ / "in";
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    save(in / "telegrams" / (std::to_string(seed) + ".txt"),
         testing::generate_telegram(seed, static_cast<testing::telegram_form>(seed % 5), seed >= 5).octets);
  std::string several;
  for (std::uint64_t seed = 10; seed < 13; ++seed)
    several += testing::generate_telegram(seed, testing::telegram_form::acp127, false).octets + "\n\n";
  save(in / "several.txt", several);
  save(folder_ / "20.txt", telegram(20).octets);
  save(folder_ / "21.txt", telegram(21).octets);
  convert(folder_ / "20.txt", in / "cable.xml");
  convert(folder_ / "21.txt", in / "cable.json");
  save(folder_ / "lines/22.txt", telegram(22).octets);
  save(folder_ / "lines/23.txt", telegram(23).octets);
  convert(folder_ / "lines", in / "cables.jsonl");
  for (const char* name : {"letter.xml", "strait-papers.xml"})  // TEI of others, and a volume of two documents
    save(in / "edited" / name, contents(fs::path(DRAGOMAN_SAMPLES) / "edited" / name));

  const std::string both = "-t bundle -O bundle.derivatives=tei,json";
  convert(in, folder_ / "bag.zip", both);
  convert(folder_ / "bag.zip", folder_ / "again.zip", both);
  convert(in, folder_ / "models/", "-t jsonl");
  const auto originals = files_below(in);
  std::map<std::string, document> by_id;
  for (const auto& [path, lines] : files_below(folder_ / "models"))
    for (auto& d : read("jsonl", lines))
      if (!d.is_collection()) {
        EXPECT_TRUE(by_id.emplace(std::string(d.root()["id"].text()), std::move(d)).second) << path;
      }
  const auto expect_known = [&](const std::vector<document>& all) {
    std::size_t count = 0;
    for (const auto& d : all) {
      if (d.is_collection()) continue;
      const auto& before = by_id.at(std::string(d.root()["id"].text()));
      EXPECT_TRUE(first_difference(before.root(), d.root()) == std::nullopt) << d.root()["id"].text();
      ++count;
    }
    return count;
  };
  EXPECT_GT(by_id.size(), originals.size()) << "some hold several";

  for (const std::string bag : {"bag", "again"}) {
    SCOPED_TRACE(bag);
    const fs::path out = folder_ / (bag + " out"), payload = out / bag / "data";
    ASSERT_EQ(
        std::system(("'" DRAGOMAN_PROGRAM "' extract -q '" + (folder_ / (bag + ".zip")).string() + "' -o '" + out.string() + "'")
                        .c_str()),
        0);
    EXPECT_TRUE(files_below(payload / "originals") == originals);
    convert(folder_ / (bag + ".zip"), folder_ / (bag + ".jsonl"));
    EXPECT_EQ(expect_known(read("jsonl", contents(folder_ / (bag + ".jsonl")))), by_id.size());
    for (const std::string format : {"tei", "json"}) {
      std::size_t count = 0;
      for (const auto& [path, octets] : files_below(payload / "derivatives" / format)) {
        SCOPED_TRACE(path);
        const bool is_split = format == "tei" && path.starts_with("edited/strait-papers/");  // gets a header of its own
        count += is_split ? read(format, octets).size() : expect_known(read(format, octets));
      }
      EXPECT_EQ(count, by_id.size()) << format;
    }
  }
  // Each record of the second bag has that of the first.
  const auto records_of = [&](const std::string& bag) {
    std::vector<std::string> lines;
    std::istringstream in_lines(contents(folder_ / (bag + " out") / bag / "metadata/dragoman/records.jsonl"));
    for (std::string line; std::getline(in_lines, line);) lines.push_back(line);
    return lines;
  };
  const auto first = records_of("bag"), second = records_of("again");
  ASSERT_EQ(first.size(), by_id.size());
  ASSERT_EQ(second.size(), first.size());
  for (const auto& line : first) EXPECT_EQ(line.find("\"history\":"), std::string::npos);
  for (const auto& line : second) {
    EXPECT_NE(line.find("\"history\":[{\"bundle\":{\"base\":\"bag\""), std::string::npos) << line;
    const auto original = line.rfind("\"original\":\"");
    const auto named = line.substr(original, line.find('"', original + 12) + 1 - original);
    EXPECT_NE(line.find(named), original) << "the first bag had the original under that name, too: " << line;
  }
}

}  // namespace
}  // namespace dragoman::roundtrip
