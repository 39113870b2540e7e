#include "inputs/identification.hpp"

#include "plugins/fake_formats.hpp"

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

TEST(Identification, ContentDecidesNotSuffix) {
  fake::world w;
  const auto found = identify(w.formats, "crate\nx\n", true, "name.lines");
  ASSERT_NE(found.format, nullptr);
  EXPECT_EQ(found.format->id(), "crate");
  EXPECT_EQ(found.verdicts.front().score, 90);
}

TEST(Identification, MagicCountsWhereTheProbeSaysLess) {
  fake::world w;
  const auto found = identify(w.formats, "LINE and more", true, "x");
  ASSERT_NE(found.format, nullptr);
  EXPECT_EQ(found.format->id(), "lines");
  EXPECT_EQ(found.verdicts.front().score, 70);
}

TEST(Identification, TheSuffixBreaksTies) {
  fake::world w(true);
  EXPECT_EQ(identify(w.formats, "abc", true, "x.LN").format->id(), "lines");
  EXPECT_EQ(identify(w.formats, "abc", true, "x.twin").format->id(), "twin");
  const auto tie = identify(w.formats, "abc", true, "x.txt");
  EXPECT_EQ(tie.format, nullptr);
  EXPECT_EQ(tie.problem.code, "format.tie");
  EXPECT_NE(tie.problem.text.find("lines 60 (a letter)"), std::string::npos);
  EXPECT_NE(tie.problem.text.find("twin 60 (anything)"), std::string::npos);
}

TEST(Identification, NobodyIsBelievedBelowForty) {
  fake::world w;
  EXPECT_EQ(identify(w.formats, "1234", true, "x.lines").problem.code, "format.unknown");
  EXPECT_EQ(identify(w.formats, "", true, "x.lines").problem.code, "input.empty");
  EXPECT_EQ(identify(registry(), "abc", true, "x").problem.code, "format.unknown");
}

TEST(Registry, TheFirstOfAnIdWins) {
  registry r;
  r.add(&fake::lines_plugin, "/a/lines.dgm");
  r.add(&fake::lines_plugin, "/b/lines.dgm");
  static constexpr const dgm_format* formats[] = {&fake::all, nullptr};
  static constexpr dgm_plugin other{sizeof(dgm_plugin), DGM_ABI, "org.example.other", "1", "MIT", DGM_MODEL, formats};
  r.add(&other, "/c/other.dgm");
  ASSERT_EQ(r.candidates().size(), 3u);
  EXPECT_EQ(r.candidates()[1].state, outcome::shadowed);
  EXPECT_NE(r.candidates()[1].reason.find("/a/lines.dgm"), std::string::npos);
  EXPECT_EQ(r.candidates()[2].state, outcome::shadowed);
  EXPECT_NE(r.candidates()[2].reason.find("format all"), std::string::npos);
  EXPECT_EQ(r.formats().size(), 3u);
}

TEST(Registry, FindsFormatsBySuffixAndAdviceByCode) {
  fake::world w;
  EXPECT_EQ(w.formats.writer_for("a.Lines")->id(), "lines");
  EXPECT_EQ(w.formats.writer_for("lines"), nullptr);
  EXPECT_EQ(w.formats.writer_for(".lines"), nullptr);  // all suffix, no name
  EXPECT_EQ(w.formats.stem("a.b.lines"), "a.b");
  EXPECT_EQ(w.formats.stem("a.b.other"), "a.b.other");
  EXPECT_EQ(w.formats.advice("lines.bad"), "mend it");
  EXPECT_NE(w.formats.advice("output.exists"), "");
  EXPECT_EQ(w.formats.advice("nobody.knows"), "");
}

}  // namespace
}  // namespace dragoman::hosting
