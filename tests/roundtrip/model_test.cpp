// model -> any format -> model is equal (tei.md 6, test 3), for random models and every pair of formats that hold them.
#include "chain.hpp"

namespace dragoman::roundtrip {
namespace {

using testing::flavour;

std::string name_of(flavour f) { return f == flavour::profile ? "profile" : f == flavour::wild ? "wild" : "document"; }

// Through `chain` and back as a model.
void expect_model_comes_back(const std::vector<document>& models, const std::vector<std::string_view>& chain) {
  SCOPED_TRACE(title(chain));
  std::string octets = write(chain.front(), models);
  octets = convert(chain, std::move(octets));
  if (!::testing::Test::HasFailure()) expect_same_models(models, read(chain.back(), octets));
}

class Models : public ::testing::TestWithParam<flavour> {};

TEST_P(Models, ComeBackFromEveryPairOfFormats) {
  for (std::uint64_t seed = 0; seed < 120; ++seed)
    for (const auto a : lossless_formats)
      for (const auto b : lossless_formats) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::vector<document> one;
        one.push_back(random_document(seed, GetParam()));
        expect_model_comes_back(one, {a, b});
        if (HasFailure()) return;
      }
}

TEST_P(Models, ComeBackFromLongChains) {
  testing::random_source random(11);
  for (std::uint64_t seed = 1000; seed < 1100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::vector<std::string_view> chain;
    for (std::size_t n = 2 + random.below(4); n > 0; --n) chain.push_back(random.pick(lossless_formats));
    std::vector<document> one;
    one.push_back(random_document(seed, GetParam()));
    expect_model_comes_back(one, chain);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Models, ::testing::Values(flavour::profile, flavour::wild, flavour::document),
                         [](const auto& all) { return name_of(all.param); });

TEST(Collections, OfCablesComeBackFromEveryPairOfFormats) {
  for (const auto f : {flavour::profile, flavour::wild})
    for (const auto a : lossless_formats)
      for (const auto b : lossless_formats) {
        std::vector<document> many;
        for (std::uint64_t seed = 0; seed < 30; ++seed) many.push_back(random_document(seed, f));
        expect_model_comes_back(many, {a, b});
      }
}

TEST(Collections, WithAFrameComeBackFromEveryPairOfFormats) {
  for (const auto a : lossless_formats)
    for (const auto b : lossless_formats) {
      std::vector<document> many;
      document_builder d(sha256);
      builder(d.sink()).map("collection").value("id", "box & 1").value("kind", "cables").close();
      many.push_back(d.finish());
      for (std::uint64_t seed = 0; seed < 5; ++seed) many.push_back(random_document(seed, flavour::profile));
      expect_model_comes_back(many, {a, b});
    }
}

// Two writers, or one writer twice, give the same octets: nothing of time, place or order enters (tei.md 0.6).
TEST(Outputs, AreTheSameEachTime) {
  for (const auto id : lossless_formats)
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      std::vector<document> one;
      one.push_back(random_document(seed, flavour::wild));
      const std::string first = write(id, one);
      EXPECT_EQ(first, write(id, one));
      EXPECT_EQ(first, write(id, read(id, first))) << "a second trip changes nothing";
    }
}

}  // namespace
}  // namespace dragoman::roundtrip
