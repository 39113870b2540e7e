// What holds for every telegram: the generator's facts are found, and what is written reads back as the same model
// (telegram.md 6.8), in both dialects and whatever the width.
#include "telegram_generator.hpp"
#include "test_support.hpp"

namespace dragoman::telegram::test {
namespace {

using strings = std::vector<std::string>;
constexpr std::uint64_t seeds = 60;

template <class F>
void for_each_generated(F&& f) {
  for (const auto form : {testing::telegram_form::cablegate, testing::telegram_form::acp127, testing::telegram_form::markdown})
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
      for (const bool dirty : {false, true}) {
        const auto generated = testing::generate_telegram(seed, form, dirty);
        std::string name = "form " + std::to_string(static_cast<int>(form)) + " seed " + std::to_string(seed);
        for (const auto& d : generated.dirt) name += " " + d;
        SCOPED_TRACE(name);
        f(generated);
        if (::testing::Test::HasFailure()) return;
      }
}

TEST(law, every_fact_is_found) {
  for_each_generated([](const testing::generated_telegram& g) {
    const one t(g.octets);
    if (!g.id.empty()) {
      EXPECT_EQ(t.root()["id"].text(), g.id);
    }
    EXPECT_EQ(t.text("subject"), g.subject);
    EXPECT_EQ(t.text("date"), g.date);
    EXPECT_EQ(t.text("precedence"), g.precedence);
    EXPECT_EQ(t.text("classification"), g.classification);
    EXPECT_EQ(t.meta()["from"]["name"].text(), g.from);
    EXPECT_EQ(t.text("signature"), g.signature);
    EXPECT_EQ(t.meta()["declassify"]["date"].text(), g.declassify_date);
    EXPECT_EQ(t.texts("captions"), g.captions);
    EXPECT_EQ(t.texts("tags"), g.tags);
    const auto lines = [](const std::vector<testing::generated_party>& list) {
      strings out;
      for (const auto& p : list) out.push_back(p.route + "|" + p.name + "|" + p.precedence + "|" + p.number);
      return out;
    };
    EXPECT_EQ(t.parties("to"), lines(g.to));
    EXPECT_EQ(t.parties("info"), lines(g.info));
    strings refs;
    for (const auto& r : g.refs) refs.push_back(r.label + "|" + r.text + "|" + r.id);
    EXPECT_EQ(t.refs(), refs);
    strings numbers = t.numbers();
    numbers.erase(std::remove(numbers.begin(), numbers.end(), ""), numbers.end());
    EXPECT_EQ(numbers, g.paragraph_numbers);
    EXPECT_EQ(t.words("head"), g.headings);
    EXPECT_EQ(t.words("item").size(), g.items);
  });
}

TEST(law, what_is_written_reads_back) {
  for_each_generated([](const testing::generated_telegram& g) {
    const auto read = testing::read(format, g.octets);
    ASSERT_EQ(read.documents.size(), 1u);
    const auto model = canonical(read.documents[0].root());
    for (const char* width : {"65", "0", "40"}) {
      const auto written = render_anew(read.documents[0].root(), {{"wrap", width}});
      EXPECT_TRUE(written.diagnostics.empty()) << written.diagnostics[0].text;
      const auto again = testing::read(format, written.octets);
      ASSERT_EQ(again.documents.size(), 1u);
      EXPECT_EQ(difference(model, canonical(again.documents[0].root())), "");
    }
  });
}

TEST(law, what_is_written_as_a_transmission_reads_back) {
  for_each_generated([](const testing::generated_telegram& g) {
    const auto read = testing::read(format, g.octets);
    ASSERT_EQ(read.documents.size(), 1u);
    const auto written = render_anew(read.documents[0].root(), {{"dialect", "acp127"}, {"pilcrow", "true"}});
    const auto again = testing::read(format, written.octets);
    ASSERT_EQ(again.documents.size(), 1u);
    EXPECT_EQ(difference(without_end(read.documents[0].root()), without_end(again.documents[0].root())), "");
    EXPECT_NE(written.octets.find("\nBT\n"), npos);
    EXPECT_EQ(written.octets.substr(written.octets.size() - 5), "NNNN\n");
  });
}

TEST(law, telegrams_cut_short_or_garbled_are_still_accounted_for) {
  testing::generator::random random(7);
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    auto octets = testing::generate_telegram(seed, static_cast<testing::telegram_form>(seed % 3), true).octets;
    octets.resize(random.below(octets.size()) + 1);
    for (int i = 0; i < 5; ++i) octets[random.below(octets.size())] = static_cast<char>(random.below(256));
    SCOPED_TRACE(seed);
    expect_accounted(octets);
    const auto read = testing::read(format, octets);
    EXPECT_EQ(read.problem, "");
    for (const auto& d : read.documents) {
      for (const auto& problem : vocabulary::check(d.root())) ADD_FAILURE() << problem;
      const auto written = render_anew(d.root());
      if (!written.diagnostics.empty()) continue;
      const auto again = testing::read(format, written.octets);
      ASSERT_EQ(again.documents.size(), 1u);
      EXPECT_EQ(difference(canonical(d.root()), canonical(again.documents[0].root())), "");
    }
  }
}

}  // namespace
}  // namespace dragoman::telegram::test
