// text -> any chain of formats -> text is byte-identical (design.md 1; tei.md 6, test 1).
#include "chain.hpp"

namespace dragoman::roundtrip {
namespace {

TEST(Text, ComesBackFromEveryPairOfFormats) {
  for (std::uint64_t seed = 0; seed < 240; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::string text = telegram(seed).octets;
    for (const auto a : plain_formats)
      for (const auto b : plain_formats) {
        expect_text_comes_back(text, {a, b});
        if (HasFailure()) return;
      }
  }
}

TEST(Text, ComesBackFromRandomChains) {
  testing::random_source random(3);
  for (std::uint64_t seed = 1000; seed < 1600; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::vector<std::string_view> chain;
    for (std::size_t n = 1 + random.below(5); n > 0; --n) chain.push_back(random.pick(plain_formats));
    expect_text_comes_back(telegram(seed).octets, chain);
    if (HasFailure()) return;
  }
}

std::string noise(testing::random_source& random) {
  std::string octets;
  for (std::size_t n = 1 + random.below(200); n > 0; --n)
    octets += static_cast<char>(random.one_in(2) ? 32 + random.below(95) : random.below(256));
  return octets;
}

std::string with_damage(std::string octets, testing::random_source& random) {
  for (std::size_t n = 1 + random.below(6); n > 0; --n) {
    const std::size_t at = random.below(octets.size());
    switch (random.below(4)) {
      case 0: octets[at] = static_cast<char>(random.below(256)); break;
      case 1: octets.erase(at, random.below(40)); break;
      case 2: octets.insert(at, octets.substr(random.below(octets.size()), random.below(80))); break;
      default: octets.insert(at, "\r\n\n\f\x07"); break;
    }
    if (octets.empty()) octets = "x";
  }
  return octets;
}

// Several telegrams in one file: their octets together are the file.
TEST(Text, OfSeveralTelegramsComesBackFromEveryPair) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::string text;
    for (std::uint64_t i = 0; i < 4; ++i) {
      text += testing::generate_telegram(seed * 4 + i, testing::telegram_form::acp127, i % 2 == 1).octets;
      if (text.back() != '\n') text += '\n';
      if (seed % 2) text += "\n\n";
    }
    for (const auto a : plain_formats)
      for (const auto b : plain_formats) expect_text_comes_back(text, {a, b});
    if (HasFailure()) return;
  }
}

// Damaged telegrams, and octets that are none: what the reader makes of them is its affair, but what it takes comes back.
TEST(Text, OfRandomOctetsComesBackOrIsRefused) {
  testing::random_source random(17);
  std::size_t taken = 0, damaged = 0;
  for (int round = 0; round < 3000; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const bool is_noise = round % 4 == 0;
    const std::string octets = is_noise ? noise(random) : with_damage(telegram(random.below(300)).octets, random);
    damaged += !is_noise;
    const auto first = testing::read(format("telegram"), octets);
    EXPECT_EQ(first.problem, "");
    const bool is_refused =
        std::any_of(first.diagnostics.begin(), first.diagnostics.end(), [](const auto& d) { return d.level == severity::error; });
    if (is_refused) continue;
    taken += !is_noise;
    expect_text_comes_back(octets, {plain_formats[1 + random.below(3)], plain_formats[1 + random.below(3)]});
    if (HasFailure()) return;
  }
  EXPECT_GT(taken * 10, damaged * 9) << "damage to a telegram is no reason to refuse it";
}

// What the reader makes of a telegram is a model like any other: every format holds it exactly.
TEST(Text, AsAModelComesBackFromEveryFormat) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto models = read("telegram", telegram(seed).octets);
    for (const auto id : lossless_formats) {
      SCOPED_TRACE(std::string(id));
      expect_same_models(models, read(id, write(id, models)));
      if (HasFailure()) return;
    }
  }
}

// Without its octets, a clean telegram is rendered as text, and that text says the same again (telegram.md 6.7).
TEST(Text, RenderedFromTheModelMeansTheSame) {
  std::size_t same = 0, all = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto t = testing::generate_telegram(seed, static_cast<testing::telegram_form>(seed % 3), false);
    std::vector<document> bare;
    for (const document& d : read("telegram", t.octets)) {
      document_builder again(sha256);
      again.drop_source(true);
      builder(again.sink()).copy(d.root());
      bare.push_back(again.finish());
    }
    const auto w = testing::write(format("telegram"), pointers(bare));
    const auto back = read("telegram", w.octets);
    ASSERT_EQ(back.size(), bare.size());
    for (std::size_t i = 0; i < bare.size(); ++i) {
      ++all;
      const std::string before = canonical_form(bare[i].root()), after = canonical_form(back[i].root());
      same += before == after;
      EXPECT_EQ(before, after) << w.octets;
    }
    if (HasFailure()) return;
  }
  EXPECT_EQ(same, all);
}

}  // namespace
}  // namespace dragoman::roundtrip
