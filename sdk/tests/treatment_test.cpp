#include <dragoman/treatment.hpp>

#include <gtest/gtest.h>
#include <dragoman/testing.hpp>

#include <functional>
#include <string>

namespace dragoman {
namespace {

document body_of(const std::function<void(builder&)>& tell) {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document").value("id", "A").value("kind", "document").map("meta").close().list("body");
  tell(b);
  b.close().close();
  EXPECT_EQ(d.problem(), "");
  return d.finish();
}

// How a writer sees the content: (paragraph) and <block>, in order.
std::string seen(node parent) {
  std::string out;
  flow(
      parent,
      [&](const std::vector<node>& run) {
        out += "(";
        for (const node n : run) out += n.is(node_type::text) ? std::string(n.text()) : "{" + std::string(n.name()) + "}";
        out += ")";
      },
      [&](node e, treatment) { out += "<" + std::string(e.name()) + ">"; });
  return out;
}

TEST(Treatment, GoesByTheLocalName) {
  const document d = body_of([](builder& b) { b.element("frus:attachment").close(); });
  EXPECT_EQ(treatment_of(d.root()["body"].first_child()), treatment::group);
  EXPECT_TRUE(has_treatment("frus:attachment"));
  EXPECT_FALSE(has_treatment("frus:uh-oh"));
}

TEST(Treatment, AnUnknownElementIsWordsUnlessItHoldsBlocks) {
  const document d = body_of([](builder& b) {
    b.element("uh-oh").text("words").close();
    b.element("itemitem").element("p").close().close();
  });
  const node first = d.root()["body"].first_child();
  EXPECT_EQ(treatment_of(first), treatment::inline_text);
  EXPECT_EQ(treatment_of(first.next()), treatment::group);
}

TEST(Treatment, NotesAndQuotesAreWhatTheyHold) {
  const document d = body_of([](builder& b) {
    b.element("note").element("p").close().close();
    b.element("note").attr("rend", "inline").text("x").close();
    b.element("note").attr("rend", "inline").element("p").close().close();
    b.element("quote").text("x").close();
    b.element("quote").element("p").close().close();
  });
  std::vector<treatment> found;
  for (const node n : d.root()["body"]) found.push_back(treatment_of(n));
  EXPECT_EQ(found, (std::vector{treatment::note, treatment::block, treatment::group, treatment::inline_text, treatment::group}));
}

TEST(Treatment, MixedContentFallsIntoParagraphsAndBlocks) {
  const document d = body_of([](builder& b) {
    b.element("p").text("before ").element("hi").text("x").close().element("pb").close().text(" after\n");
    b.element("list").close().text("\n  ").element("list").close().text("end").element("note").close().close();
  });
  EXPECT_EQ(seen(d.root()["body"].first_child()), "(before {hi}{pb} after\n)<list><list>(end{note})");
}

TEST(Treatment, FurnitureBetweenBlocksIsABlock) {
  const document d = body_of([](builder& b) {
    b.element("div")
        .text("\n")
        .element("pb")
        .close()
        .element("p")
        .close()
        .element("fw")
        .close()
        .text(" ")
        .element("gap")
        .close()
        .close();
  });
  EXPECT_EQ(seen(d.root()["body"].first_child()), "<pb><p><fw><gap>");
}

TEST(Treatment, TheEditorsReadingIsPreferred) {
  const document d = body_of([](builder& b) {
    b.element("choice").element("sic").text("costums").close().element("corr").text("customs").close().close();
    b.element("choice").text(" ").element("abbr").text("Amb").close().close();
    b.element("choice").close();
  });
  const node first = d.root()["body"].first_child();
  EXPECT_EQ(preferred_reading(first).name(), "corr");
  EXPECT_EQ(preferred_reading(first.next()).name(), "abbr");
  EXPECT_FALSE(preferred_reading(first.next().next()));
}

}  // namespace
}  // namespace dragoman
