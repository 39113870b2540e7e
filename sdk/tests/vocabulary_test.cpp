#include <dragoman/testing.hpp>
#include <dragoman/vocabulary.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "random_model.hpp"

namespace dragoman {
namespace {

std::vector<std::string> complaints(const std::function<void(builder&)>& meta, const std::function<void(builder&)>& body) {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document").value("id", "A").value("kind", "cable").map("meta");
  meta(b);
  b.close().list("body");
  body(b);
  b.close().close();
  EXPECT_EQ(d.problem(), "");
  return vocabulary::check(d.finish().root());
}
void nothing(builder&) {}
using strings = std::vector<std::string>;

TEST(Vocabulary, WhatDragomanMakesHasNothingToComplainOf) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    document_builder d(sha256);
    builder b(d.sink());
    testing::tell_random_model(b, seed, testing::flavour::profile);
    EXPECT_EQ(vocabulary::check(d.finish().root()), strings{}) << seed;
  }
}

TEST(Vocabulary, MembersOfMetaAreJudgedByNameAndShape) {
  EXPECT_EQ(complaints([](builder& b) { b.value("mood", "glad"); }, nothing), strings{"/meta/mood: unknown member"});
  EXPECT_EQ(complaints([](builder& b) { b.list("subject").close(); }, nothing), strings{"/meta/subject: not a text"});
  EXPECT_EQ(complaints([](builder& b) { b.value("subject", ""); }, nothing), strings{"/meta/subject: empty"});
  EXPECT_EQ(complaints([](builder& b) { b.value("tags", "A"); }, nothing), strings{"/meta/tags: not a list"});
  EXPECT_EQ(complaints([](builder& b) { b.list("tags").value({}, "A").value({}, "").map().close().close(); }, nothing),
            (strings{"/meta/tags/1: empty", "/meta/tags/2: not a text"}));
  EXPECT_EQ(complaints([](builder& b) { b.list("to").map().value("nom", "A").close().value({}, "B").close(); }, nothing),
            (strings{"/meta/to/0/nom: unknown member", "/meta/to/1: not a map"}));
  EXPECT_EQ(complaints([](builder& b) { b.value("from", "A"); }, nothing), strings{"/meta/from: not a map"});
  EXPECT_EQ(complaints([](builder& b) { b.leaf(node_type::literal, "subject", "1"); }, nothing),
            strings{"/meta/subject: not a text"});
}

TEST(Vocabulary, OpenNamesAreAnybodysInMetaAndInRecords) {
  EXPECT_EQ(
      complaints(
          [](builder& b) { b.list("x_a").close().map("from").value("name", "P").leaf(node_type::literal, "x_b", "1").close(); },
          nothing),
      strings{});
}

TEST(Vocabulary, ElementsAreJudgedByNamePlaceAndAttributes) {
  EXPECT_EQ(complaints(nothing, [](builder& b) { b.text("x"); }), strings{"/body: text outside an element"});
  EXPECT_EQ(complaints(nothing, [](builder& b) { b.element("said").close(); }), strings{"/body/said: unknown element"});
  EXPECT_EQ(complaints(nothing, [](builder& b) { b.element("p").attr("n", "1").attr("xml:id", "a").close(); }),
            strings{"/body/p@xml:id: unknown attribute"});
  EXPECT_EQ(complaints(nothing, [](builder& b) { b.element("p").element("table").close().close(); }),
            strings{"/body/p: table is not allowed here"});
  EXPECT_EQ(complaints(nothing, [](builder& b) { b.element("list").text("x").close(); }),
            strings{"/body/list: text is not allowed here"});
  EXPECT_EQ(complaints(nothing,
                       [](builder& b) { b.leaf(node_type::comment, {}, "c").element("p").leaf(node_type::pi, "t", {}).close(); }),
            strings{});
}

TEST(Vocabulary, WhatIsInsideAForeignElementIsNotTakenForItsFault) {
  EXPECT_EQ(complaints(nothing, [](builder& b) { b.element("said").text("x").element("p").text("y").close().close(); }),
            strings{"/body/said: unknown element"});
}

TEST(Vocabulary, TablesNameEachThingOnce) {
  std::set<std::string_view> fields, elements;
  for (const auto& f : vocabulary::meta_fields) EXPECT_TRUE(fields.insert(f.name).second) << f.name;
  for (const auto& e : vocabulary::elements) EXPECT_TRUE(elements.insert(e.name).second) << e.name;
  for (const auto& e : vocabulary::elements)
    for (std::string_view rest = e.content; !rest.empty();) {
      const auto end = std::min(rest.find(' '), rest.size());
      const auto word = rest.substr(0, end);
      EXPECT_TRUE(word == "#text" || vocabulary::find_element(word) != nullptr) << e.name << " " << word;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

TEST(Vocabulary, WordsAreFoundWhole) {
  EXPECT_TRUE(vocabulary::has_word("a bc d", "bc"));
  EXPECT_TRUE(vocabulary::has_word("a bc d", "d"));
  EXPECT_FALSE(vocabulary::has_word("a bc d", "b"));
  EXPECT_FALSE(vocabulary::has_word("", "a"));
  EXPECT_TRUE(vocabulary::is_open_name("x_"));
  EXPECT_FALSE(vocabulary::is_open_name("xx_"));
}

}  // namespace
}  // namespace dragoman
