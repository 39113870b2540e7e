// Telegram text written from models of other formats: what it cannot hold is said, and what it says can be read
// (telegram.md 6.7, 6.8; tei.md 3).
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "chain.hpp"

namespace dragoman::roundtrip {
namespace {

namespace fs = std::filesystem;

fs::path corpora() {
  const char* set = std::getenv("DRAGOMAN_CORPORA");
  return set != nullptr ? fs::path(set) : fs::path(DRAGOMAN_SOURCE_DIR) / ".." / "shared" / "corpora";
}

// Runs of ASCII letters and digits: what stands between them may be set otherwise.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    const bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_word) out.back() += c;
    else if (!out.back().empty()) out.emplace_back();
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

// The words of `meant` that `text` does not have, or not as often.
std::vector<std::string> lost_words(std::string_view meant, std::string_view text) {
  std::map<std::string, long> count;
  for (auto& word : words_of(text)) ++count[std::move(word)];
  std::vector<std::string> out;
  for (const auto& word : words_of(meant))
    if (--count[word] < 0) out.push_back(word);
  return out;
}

// Volumes of Foreign Relations: documents that are no telegrams, some of them about telegrams.
TEST(TelegramLaw, EditedDocumentsAreReadableAndEveryLossHasItsType) {
  const fs::path folder = corpora() / "frus";
  if (!fs::exists(folder)) GTEST_SKIP() << "no corpus at " << folder << " (set DRAGOMAN_CORPORA)";
  std::size_t documents = 0;
  std::map<std::string, std::size_t> losses;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".xml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string octets(std::istreambuf_iterator<char>(file), {});
    for (const auto& d : testing::read(format("tei"), octets).documents) {
      if (d.root().name() == "collection") continue;
      SCOPED_TRACE(entry.path().filename().string() + " " + std::string(d.root()["id"].text()));
      ++documents;
      const auto bare = testing::without_source(d.root());
      const auto written = testing::write(format("telegram"), {&bare}, {{"wrap", documents % 2 ? "65" : "0"}});
      EXPECT_FALSE(written.diagnostics.empty()) << "no telegram holds all of it";
      for (const auto& x : written.diagnostics) {
        EXPECT_EQ(x.level, severity::loss) << x.code << " " << x.text;
        EXPECT_EQ(x.code.substr(0, 14), "telegram.loss.");
        ++losses[x.code];
      }
      std::string words;
      for (const node top : d.root()["body"]) words += plain_text(top) + " ";
      EXPECT_EQ(lost_words(words, written.octets), std::vector<std::string>()) << written.octets.substr(0, 2000);
      const auto again = testing::read(format("telegram"), written.octets);
      EXPECT_EQ(again.problem, "");
      if (HasFailure()) return;
    }
  }
  std::cout << documents << " documents";
  for (const auto& [code, count] : losses) std::cout << ", " << count << " " << code;
  std::cout << "\n";
  EXPECT_GT(documents, 0u);
}

// Telegrams that went through another format and lost their octets there mean the same when they are written as text.
TEST(TelegramLaw, TelegramsThroughOtherFormatsMeanTheSame) {
  std::size_t same = 0, all = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (const auto id : lossless_formats) {
      const auto read_text = read("telegram", telegram(seed).octets);
      std::vector<document> bare;
      for (const document& d : read(id, write(id, read_text))) bare.push_back(testing::without_source(d.root()));
      const auto written = testing::write(format("telegram"), pointers(bare), {{"dialect", seed % 2 ? "cablegate" : "acp127"}});
      const bool is_lossy = std::any_of(written.diagnostics.begin(), written.diagnostics.end(),
                                        [](const auto& d) { return d.level == severity::loss; });
      ++all;
      if (is_lossy) continue;
      ++same;
      const auto back = read("telegram", written.octets);
      ASSERT_EQ(back.size(), bare.size());
      if (seed % 2 == 0) continue;  // a transmission ends in NNNN, which a model need not have said
      for (std::size_t i = 0; i < bare.size(); ++i) EXPECT_EQ(canonical_form(bare[i].root()), canonical_form(back[i].root()));
    }
    if (HasFailure()) return;
  }
  EXPECT_GE(same * 100, all * 95) << same << " of " << all;
}

}  // namespace
}  // namespace dragoman::roundtrip
