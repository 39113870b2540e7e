#include <dragoman/testing.hpp>

#include <gtest/gtest.h>

#include <string>

namespace dragoman {
namespace {

document sample() {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document").value("id", "A").value("kind", "cable").map("meta").map("from").value("name", "POST").close().close();
  b.list("body").element("p").attr("n", "1").attr("rend", "").text("one ").element("note").text("hidden").close();
  b.element("note")
      .attr("rend", "inline")
      .text("shown")
      .close()
      .element("lb")
      .close()
      .element("fw")
      .text("header")
      .close()
      .text(" two\n  three ");
  b.leaf(node_type::comment, {}, "said by nobody").close().close().close();
  EXPECT_EQ(d.problem(), "");
  return d.finish();
}

TEST(Node, AnEmptyNodeAnswersEverythingWithEmpty) {
  const node none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.type(), node_type::none);
  EXPECT_EQ(none["meta"]["from"]["name"].text(), "");
  EXPECT_EQ(none.attr("n"), "");
  EXPECT_FALSE(none.has_attribute("n"));
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.begin(), none.end());
  std::uint64_t begin = 0, end = 0;
  EXPECT_FALSE(none.source_span(begin, end));
  EXPECT_EQ(plain_text(none), "");
}

TEST(Node, MembersAndAttributesAreFoundByName) {
  const document d = sample();
  EXPECT_EQ(d.root()["meta"]["from"]["name"].text(), "POST");
  const node p = d.root()["body"].first_child();
  EXPECT_TRUE(p.is_element("p"));
  EXPECT_EQ(p.attr("n"), "1");
  EXPECT_TRUE(p.has_attribute("rend"));
  EXPECT_EQ(p.attr("rend"), "");
  EXPECT_FALSE(p.has_attribute("type"));
  EXPECT_EQ(p["note"].first_child().text(), "hidden");
}

TEST(Node, AnAttributePastTheLastIsEmpty) {
  const document d = sample();
  EXPECT_EQ(d.root()["body"].first_child().attribute_at(2).name, "");
}

TEST(Node, WalkVisitsInDocumentOrderAndLeavesWhatItEnters) {
  const document d = sample();
  std::string trace;
  walk(
      d.root()["body"], [&](node n) { trace += n.name().empty() ? "t" : std::string(n.name()); },
      [&](node n) { trace += n.name().empty() ? "." : "/"; });
  EXPECT_EQ(trace, "bodypt.notet./notet./lb/fwt./t.t.//");
}

TEST(Node, PlainTextIsWhatAReaderSees) {
  const document d = sample();
  const node p = d.root()["body"].first_child();
  EXPECT_EQ(plain_text(p), "one shown\n two\n  three ");
  EXPECT_EQ(collapsed_text(p), "one shown two three");
  EXPECT_EQ(plain_text(p["note"]), "hidden");  // asked for itself, it is not hidden
}

}  // namespace
}  // namespace dragoman
