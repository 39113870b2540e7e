#include "outputs/naming.hpp"

#include "plugins/options.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>
#include <dragoman/plugin.hpp>

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

document a_document(const char* id, const char* date) {
  document_builder b(sha256);
  builder out(b.sink());
  out.map("document")
      .value("id", id)
      .value("kind", "cable")
      .map("meta")
      .optional("date", date)
      .close()
      .list("body")
      .close()
      .close();
  return b.finish();
}

TEST(Names, AreSafe) {
  EXPECT_EQ(safe_segment("08VELDRIK392"), "08VELDRIK392");
  EXPECT_EQ(safe_segment("../../etc/passwd"), "_.._etc_passwd");
  EXPECT_EQ(safe_segment(".."), "unknown");
  EXPECT_EQ(safe_segment(""), "unknown");
  EXPECT_EQ(safe_segment(" .hidden. "), "hidden");
  EXPECT_EQ(safe_segment("-rf"), "_rf");
  EXPECT_EQ(safe_segment("a\nb\xff"), "a_b_");
  EXPECT_EQ(safe_segment(std::string(500, 'x')).size(), 200u);
  EXPECT_EQ(safe_path("/a/../b/./c"), "a/b/c");
  EXPECT_EQ(safe_path("../.."), "");
}

TEST(Templates, FillInWhatDocumentsSay) {
  const auto d = a_document("08X1", "2008-04-24T06:04:00Z");
  const name_fields input{"in/deep", "stem", 7};
  EXPECT_EQ(name_template("{year}/{month}-{day}/{id}").expand(d.root(), input), "2008/04-24/08X1");
  EXPECT_EQ(name_template("{path}/{stem}.{n}").expand(d.root(), input), "in/deep/stem.7");
  EXPECT_EQ(name_template("{kind}-{from}").expand(d.root(), input), "cable-unknown");
  const auto bare = a_document("a/b", "");
  EXPECT_EQ(name_template("{year}/{id}").expand(bare.root(), input), "unknown/a_b");
}

TEST(Templates, StayInside) {
  const auto d = a_document("..", "");
  EXPECT_EQ(name_template("../../{id}").expand(d.root(), {}), "unknown");
  EXPECT_EQ(name_template("/etc/{id}").expand(d.root(), {}), "etc/unknown");
  EXPECT_EQ(name_template("{path}").expand(d.root(), {"../..", "", 1}), "unknown");
}

TEST(Templates, AreChecked) {
  const auto why = [](const char* text) {
    try {
      name_template t(text);
      return std::string("accepted");
    } catch (const usage_error& e) {
      return std::string(e.what());
    }
  };
  EXPECT_NE(why("{yaer}").find("did you mean \"year\"?"), std::string::npos);
  EXPECT_NE(why("{id").find("partner"), std::string::npos);
  EXPECT_NE(why("id}").find("partner"), std::string::npos);
  EXPECT_NE(why("").find("empty"), std::string::npos);
}

TEST(GivenNames, NumberRepeats) {
  given_names names;
  bool renamed = false;
  EXPECT_EQ(names.take("a", ".x", renamed), "a.x");
  EXPECT_FALSE(renamed);
  EXPECT_EQ(names.take("a~2", ".x", renamed), "a~2.x");
  EXPECT_EQ(names.take("a", ".x", renamed), "a~3.x");  // ~2 was somebody's own name
  EXPECT_TRUE(renamed);
  EXPECT_EQ(names.take("a", ".x", renamed), "a~4.x");
  EXPECT_EQ(names.take("a", ".y", renamed), "a.y");
  EXPECT_FALSE(renamed);
}

}  // namespace
}  // namespace dragoman::hosting
