#include "plugins/options.hpp"

#include "plugins/fake_formats.hpp"
#include "plugins/table_check.hpp"

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

std::string refusal(const std::string& text) {
  fake::world w;
  try {
    w.options.set(w.formats, text);
  } catch (const usage_error& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Options, AreNormalisedAndDefaultsFilledIn) {
  fake::world w;
  const auto& lines = *w.formats.find("lines");
  EXPECT_EQ(*w.options.value(lines, "count"), "3");
  EXPECT_EQ(*w.options.value(lines, "flag"), "false");
  option_set set;
  set.set(w.formats, "lines.flag=YES");
  set.set(w.formats, "lines.count=007");
  set.set(w.formats, "lines.title=a=b.c");
  set.set(w.formats, "lines.mode=fast");
  set.set(w.formats, "lines.mode=exact");
  set.complete(w.formats);
  EXPECT_EQ(*set.value(lines, "flag"), "true");
  EXPECT_EQ(*set.value(lines, "count"), "7");
  EXPECT_EQ(*set.value(lines, "title"), "a=b.c");
  EXPECT_EQ(*set.value(lines, "mode"), "exact");
  EXPECT_EQ(set.value(lines, "nothing"), nullptr);
  EXPECT_EQ(set.as_json({{"to", "all"}}),
            R"({"lines.count":"7","lines.flag":"true","lines.mode":"exact","lines.title":"a=b.c","to":"all"})");
}

TEST(Options, WrongNamesOfferTheNearest) {
  EXPECT_NE(refusal("line.count=1").find("did you mean \"lines\"?"), std::string::npos);
  EXPECT_NE(refusal("lines.cuont=1").find("did you mean \"count\"?"), std::string::npos);
  EXPECT_NE(refusal("count=1").find("format.option=value"), std::string::npos);
  EXPECT_NE(refusal("lines.count").find("format.option=value"), std::string::npos);
}

TEST(Options, WrongValuesSayWhatIsTaken) {
  EXPECT_NE(refusal("lines.count=10").find("a whole number from 1 to 9"), std::string::npos);
  EXPECT_NE(refusal("lines.count=3x").find("a whole number from 1 to 9"), std::string::npos);
  EXPECT_NE(refusal("lines.count=99999999999999999999").find("a whole number"), std::string::npos);
  EXPECT_NE(refusal("lines.flag=maybe").find("true or false"), std::string::npos);
  EXPECT_NE(refusal("lines.mode=slow").find("one of fast, exact"), std::string::npos);
  EXPECT_NE(refusal("lines.title=\xff").find("text in UTF-8"), std::string::npos);
  EXPECT_EQ(refusal("lines.title="), "accepted");
}

}  // namespace
}  // namespace dragoman::hosting
