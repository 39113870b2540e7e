#include "plugins/terms.hpp"

#include "plugins/fake_formats.hpp"

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

constexpr dgm_term words[] = {
    {"S/NF", "mark", "a", "s"},
    {"S//NF", "mark", "b", "s"},
    {"SNF", "mark", "c", "s"},
    {"E.O. 12958", "order", "d", "s"},
    {"1.4(b)", "reason", "e", "s"},
    {"1.4(d)", "reason", "f", "s"},
    {"ROGER CHANNEL", "caption", "g", "s"},
    {"C", "mark", "h", "s"},
    {"c", "letter", "i", "s"},
    {"C", "letter", "j", "s"},
    {"PREL", "tag", "k", "s"},
    {"PREF", "tag", "l", "s"},
    {"AGRÉMENT", "caption", "m", "s"},
    {"", "tag", "n", "s"},
    {"-", "tag", "o", "s"},
};

struct library {
  dgm_format format = fake::lines;
  const dgm_format* formats[2] = {&format, nullptr};
  dgm_plugin plugin = fake::lines_plugin;
  registry all;
  library() {
    format.terms = words;
    format.term_count = std::size(words);
    plugin.formats = formats;
    all.add(&plugin, "words.dgm");
  }
};

std::string meanings(const std::vector<known_term>& found) {
  std::string out;
  for (const auto& t : found) out += t.meaning;
  return out;
}

TEST(TermList, ExactSpellingsWin) {
  const library l;
  const term_list terms(l.all);
  EXPECT_EQ(meanings(terms.find("S/NF")), "a");
  EXPECT_EQ(meanings(terms.find("C")), "hj");  // of two vocabularies
  EXPECT_EQ(meanings(terms.find("c")), "i");
  EXPECT_EQ(meanings(terms.find("s/nf")), "a");  // letters of any case come before what has other points
  EXPECT_EQ(meanings(terms.find("s nf")), "abc");
  EXPECT_EQ(meanings(terms.find("-")), "o");
}

TEST(TermList, CaseBlanksAndPointsDoNotCountElse) {
  const library l;
  const term_list terms(l.all);
  for (const char* asked : {"E.O. 12958", "EO 12958", "eo12958", "E. O. 12958:", "12958"})
    EXPECT_EQ(meanings(terms.find(asked)), "d") << asked;
  for (const char* asked : {"1.4(b)", "1.4 (b)", "1.4(B)", "1.4b"}) EXPECT_EQ(meanings(terms.find(asked)), "e") << asked;
  EXPECT_EQ(meanings(terms.find("roger")), "g");  // one word of it
  EXPECT_EQ(meanings(terms.find("rogerchannel")), "g");
  EXPECT_EQ(meanings(terms.find("agrÉment")), "m");
  for (const char* asked : {"", " ", "...", "1.4", "ROG", "129"}) EXPECT_EQ(meanings(terms.find(asked)), "") << asked;
}

TEST(TermList, NearSpellingsAreTheNearest) {
  const library l;
  const term_list terms(l.all);
  EXPECT_EQ(terms.near("PRELL", 5), (std::vector<std::string_view>{"PREL"}));
  EXPECT_EQ(terms.near("PRE", 5), (std::vector<std::string_view>{"PREL", "PREF"}));
  EXPECT_EQ(terms.near("PRE", 1).size(), 1u);
  EXPECT_EQ(terms.near("SFN", 5), (std::vector<std::string_view>{"S/NF"}));  // each spelling once
  EXPECT_TRUE(terms.near("QQQQ", 5).empty());
  EXPECT_TRUE(terms.near("", 5).empty());
  EXPECT_TRUE(terms.near(std::string(100000, 'P'), 5).empty());
}

TEST(TermList, LeavesOutWhatIsIllFormed) {
  const library l;
  const term_list terms(l.all);
  EXPECT_EQ(terms.terms().size(), std::size(words) - 1);
  EXPECT_EQ(terms.problems(), (std::vector<std::string>{"format lines: a term is empty"}));
}

TEST(TermList, KnowsItsVocabularies) {
  const library l;
  const term_list terms(l.all);
  const auto kinds = terms.kinds();
  ASSERT_EQ(kinds.size(), 6u);
  EXPECT_EQ(kinds[0].name, "caption");
  EXPECT_EQ(kinds[0].count, 2u);
  EXPECT_EQ(kinds[0].format->id(), "lines");
}

TEST(TermList, AFormatBuiltBeforeTermsHasNone) {
  library l;
  l.format.size = offsetof(dgm_format, terms);
  EXPECT_TRUE(term_list(l.all).terms().empty());
}

}  // namespace
}  // namespace dragoman::hosting
