#include <dragoman/testing.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "random_model.hpp"

namespace dragoman {
namespace {

using namespace std::string_view_literals;

// -- wrong events -------------------------------------------------------------------------------------------------
// The events of a test, each with its status; those after a wrong one are answered with DGM_FATAL too.
struct events {
  const dgm_sink* sink;
  dgm_status open(std::int32_t type, std::string_view name = {}) const { return sink->open(sink->ctx, type, span(name)); }
  dgm_status attr(std::string_view name, std::string_view value) const { return sink->attr(sink->ctx, span(name), span(value)); }
  dgm_status text(std::string_view t) const { return sink->text(sink->ctx, span(t)); }
  dgm_status bytes(std::string_view o) const { return sink->bytes(sink->ctx, o.data(), o.size()); }
  dgm_status close() const { return sink->close(sink->ctx); }
  dgm_status source_span(std::uint64_t b, std::uint64_t e) const { return sink->span(sink->ctx, b, e); }
  // Everything up to inside <p> of the body.
  void in_paragraph() const {
    open(DGM_MAP, "document");
    open(DGM_LIST, "body");
    open(DGM_ELEMENT, "p");
  }
};

struct wrong_events {
  std::string name;
  std::function<dgm_status(const events&)> tell;  // the last status
  std::string problem;                            // a part of what is said
};

class WrongEvents : public ::testing::TestWithParam<wrong_events> {};

TEST_P(WrongEvents, AreRefusedAndExplained) {
  document_builder d(sha256);
  const events e{d.sink()};
  EXPECT_EQ(GetParam().tell(e), DGM_FATAL);
  EXPECT_NE(d.problem().find(GetParam().problem), npos) << d.problem();
  EXPECT_FALSE(d.is_complete());
  EXPECT_EQ(e.close(), DGM_FATAL) << "nothing goes on after a wrong event";
  d.reset();
  EXPECT_EQ(d.problem(), "");
  EXPECT_EQ(e.open(DGM_MAP, "document"), DGM_OK) << "a reset builder begins anew";
}

const std::string long_name(1025, 'n');

INSTANTIATE_TEST_SUITE_P(
    All, WrongEvents,
    ::testing::Values(
        wrong_events{"UnknownType", [](const events& e) { return e.open(0, "document"); }, "unknown type of node 0"},
        wrong_events{"UnknownTypeAbove", [](const events& e) { return e.open(10, "document"); }, "unknown type of node 10"},
        wrong_events{"RootOfOtherName", [](const events& e) { return e.open(DGM_MAP, "cable"); }, "begins with a map"},
        wrong_events{"RootOfOtherType", [](const events& e) { return e.open(DGM_ELEMENT, "document"); }, "begins with a map"},
        wrong_events{"SecondRoot", [](const events& e) { e.open(DGM_MAP, "document"); e.close(); return e.open(DGM_MAP, "document"); }, "closed already"},
        wrong_events{"CloseOfNothing", [](const events& e) { return e.close(); }, "close: nothing is open"},
        wrong_events{"TextOfNothing", [](const events& e) { return e.text("x"); }, "text: nothing is open"},
        wrong_events{"AttrOfNothing", [](const events& e) { return e.attr("n", "x"); }, "attr: no element is open"},
        wrong_events{"BytesOfNothing", [](const events& e) { return e.bytes("x"); }, "bytes: no octets node is open"},
        wrong_events{"SpanOfNothing", [](const events& e) { return e.source_span(0, 1); }, "span: no node"},
        wrong_events{"SpanBackwards", [](const events& e) { e.open(DGM_MAP, "document"); return e.source_span(2, 1); }, "span: not a span"},
        wrong_events{"SpanTooFar", [](const events& e) { e.open(DGM_MAP, "document"); return e.source_span(0, 1ull << 32); }, "span: not a span"},
        wrong_events{"MemberWithoutName", [](const events& e) { e.open(DGM_MAP, "document"); return e.open(DGM_TEXT); }, "needs a name, in document"},
        wrong_events{"MemberTwice", [](const events& e) { e.open(DGM_MAP, "document"); e.open(DGM_TEXT, "id"); e.close(); return e.open(DGM_LIST, "id"); }, "\"id\" stands twice"},
        wrong_events{"ElementInMap", [](const events& e) { e.open(DGM_MAP, "document"); return e.open(DGM_ELEMENT, "p"); }, "a map holds values only"},
        wrong_events{"TextInMap", [](const events& e) { e.open(DGM_MAP, "document"); return e.text("x"); }, "holds no text"},
        wrong_events{"AttrInMap", [](const events& e) { e.open(DGM_MAP, "document"); return e.attr("n", "x"); }, "no element is open"},
        wrong_events{"NameInList", [](const events& e) { e.open(DGM_MAP, "document"); e.open(DGM_LIST, "x_list"); return e.open(DGM_TEXT, "n"); }, "has no name, in document/x_list"},
        wrong_events{"ValueInElement", [](const events& e) { e.in_paragraph(); return e.open(DGM_MAP, "m"); }, "XML content only, in document/body/p"},
        wrong_events{"LiteralInElement", [](const events& e) { e.in_paragraph(); return e.open(DGM_LITERAL); }, "XML content only"},
        wrong_events{"OctetsInElement", [](const events& e) { e.in_paragraph(); return e.open(DGM_OCTETS); }, "XML content only"},
        wrong_events{"ValueInBody", [](const events& e) { e.open(DGM_MAP, "document"); e.open(DGM_LIST, "body"); return e.open(DGM_MAP); }, "XML content only"},
        wrong_events{"TextNodeInElement", [](const events& e) { e.in_paragraph(); return e.open(DGM_TEXT); }, "told by text"},
        wrong_events{"SlotInDocument", [](const events& e) { e.in_paragraph(); return e.open(DGM_SLOT, "d1"); }, "tree of a collection"},
        wrong_events{"NodeInText", [](const events& e) { e.open(DGM_MAP, "document"); e.open(DGM_TEXT, "id"); return e.open(DGM_TEXT, "n"); }, "a leaf holds no nodes"},
        wrong_events{"NodeInComment", [](const events& e) { e.in_paragraph(); e.open(DGM_COMMENT); return e.open(DGM_ELEMENT, "p"); }, "a leaf holds no nodes"},
        wrong_events{"ElementName", [](const events& e) { e.in_paragraph(); return e.open(DGM_ELEMENT, "a b"); }, "not an XML name"},
        wrong_events{"PiTarget", [](const events& e) { e.in_paragraph(); return e.open(DGM_PI, ""); }, "not an XML name"},
        wrong_events{"LongName", [](const events& e) { e.in_paragraph(); return e.open(DGM_ELEMENT, long_name); }, "longer than 1024"},
        wrong_events{"BadName", [](const events& e) { e.open(DGM_MAP, "document"); return e.open(DGM_TEXT, "x_\x01"); }, "the name is not UTF-8 of XML 1.0 characters at octet 2"},
        wrong_events{"AttrAfterContent", [](const events& e) { e.in_paragraph(); e.text("x"); return e.attr("n", "1"); }, "before content"},
        wrong_events{"AttrTwice", [](const events& e) { e.in_paragraph(); e.attr("n", "1"); return e.attr("n", "2"); }, "\"n\" stands twice"},
        wrong_events{"AttrName", [](const events& e) { e.in_paragraph(); return e.attr("1n", "1"); }, "not an XML name"},
        wrong_events{"AttrLongName", [](const events& e) { e.in_paragraph(); return e.attr(long_name, "1"); }, "longer than 1024"},
        wrong_events{"AttrBadValue", [](const events& e) { e.in_paragraph(); return e.attr("n", "ab\xFF"); }, "the value is not UTF-8 of XML 1.0 characters at octet 2 of 3"},
        wrong_events{"BadText", [](const events& e) { e.in_paragraph(); return e.text("abc\0"sv); }, "at octet 3 of 4"},
        wrong_events{"TextOfOctets", [](const events& e) { e.open(DGM_MAP, "document"); e.open(DGM_OCTETS, "x"); return e.text("x"); }, "holds no text"},
        wrong_events{"BytesOfText", [](const events& e) { e.open(DGM_MAP, "document"); e.open(DGM_TEXT, "x"); return e.bytes("x"); }, "no octets node is open"},
        wrong_events{"BytesTwice", [](const events& e) { e.open(DGM_MAP, "document"); e.open(DGM_OCTETS, "x"); e.bytes("x"); return e.bytes("y"); }, "given already"},
        wrong_events{"CommentWithDashes", [](const events& e) { e.in_paragraph(); e.open(DGM_COMMENT); e.text("a-"); e.text("-b"); return e.close(); }, "comment cannot hold"},
        wrong_events{"CommentEndsInDash", [](const events& e) { e.in_paragraph(); e.open(DGM_COMMENT); e.text("a-"); return e.close(); }, "comment cannot hold"},
        wrong_events{"PiWithItsEnd", [](const events& e) { e.in_paragraph(); e.open(DGM_PI, "t"); e.text("?"); e.text(">"); return e.close(); }, "cannot hold \"?>\""}),
    [](const auto& all) { return all.param.name; });

TEST(DocumentBuilder, CountsAttributesAndDepth) {
  document_builder d(sha256, {.depth = 5, .attributes = 2});
  const events e{d.sink()};
  e.in_paragraph();
  EXPECT_EQ(e.attr("a", ""), DGM_OK);
  EXPECT_EQ(e.attr("b", ""), DGM_OK);
  EXPECT_EQ(e.attr("c", ""), DGM_FATAL);
  EXPECT_NE(d.problem().find("more than 2 attributes"), npos);
  d.reset();
  e.in_paragraph();
  EXPECT_EQ(e.open(DGM_ELEMENT, "p"), DGM_OK);
  EXPECT_EQ(e.open(DGM_ELEMENT, "p"), DGM_OK);
  EXPECT_EQ(e.open(DGM_ELEMENT, "p"), DGM_FATAL);
  EXPECT_NE(d.problem().find("deeper than 5"), npos);
}

TEST(DocumentBuilder, ABufferOverTheLimitIsOutOfMemory) {
  document_builder d(sha256, {.buffer = 4096});
  const events e{d.sink()};
  e.in_paragraph();
  EXPECT_EQ(e.text(std::string(5000, 'x')), DGM_NOMEM);
}

TEST(DocumentBuilder, FindsATwinAmongManyMembers) {
  document_builder d(sha256);
  const events e{d.sink()};
  e.open(DGM_MAP, "document");
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(e.open(DGM_TEXT, "x_" + std::to_string(i)), DGM_OK) << i;
    e.close();
  }
  EXPECT_EQ(e.open(DGM_TEXT, "x_500"), DGM_FATAL);
}

TEST(DocumentBuilder, IsCompleteOnlyWhenAllIsClosed) {
  document_builder d(sha256);
  EXPECT_TRUE(d.is_empty());
  const events e{d.sink()};
  e.open(DGM_MAP, "document");
  EXPECT_FALSE(d.is_empty());
  EXPECT_FALSE(d.is_complete());
  e.close();
  EXPECT_TRUE(d.is_complete());
}

// -- text ---------------------------------------------------------------------------------------------------------
TEST(DocumentBuilder, AdjacentTextsAreOneInContentAndSeparateInLists) {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document").list("x_list").text("a").text("b").text("").close();
  b.list("body")
      .element("p")
      .text("a")
      .text("")
      .text("b")
      .element("lb")
      .close()
      .text("c")
      .leaf(node_type::comment, {}, "said")
      .text("d")
      .close();
  b.text("e").text("f").close().close();
  const document doc = d.finish();
  std::vector<std::string> list, content;
  for (node n : doc.root()["x_list"]) list.emplace_back(n.text());
  for (node n : doc.root()["body"].first_child()) content.emplace_back(n.text());
  EXPECT_EQ(list, (std::vector<std::string>{"a", "b", ""}));
  EXPECT_EQ(content, (std::vector<std::string>{"ab", "", "c", "said", "d"}));
  EXPECT_EQ(doc.root()["body"].first_child().next().text(), "ef");
}

TEST(DocumentBuilder, TextInManyPiecesIsWhole) {
  document_builder d(sha256);
  builder b(d.sink());
  std::string wanted;
  b.map("document").open(node_type::text, "x_a");
  for (int i = 0; i < 300; ++i) {
    b.text(std::to_string(i));
    wanted += std::to_string(i);
  }
  b.close().close();
  EXPECT_EQ(d.finish().root()["x_a"].text(), wanted);
}

bool lies_in(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

TEST(DocumentBuilder, SlicesOfTheSourceAreNotCopied) {
  const std::string octets = "SUBJECT: HARBOR DUES\n1. (C) The talks resume.\n";
  const std::string_view o = octets;
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document").map("source").octets("octets", o).close().value("id", "A").value("kind", "cable");
  b.map("meta").value("subject", o.substr(9, 11)).span(9, 20).close();
  b.list("body").element("p").text(o.substr(21, 10)).text(o.substr(31, 14)).text("!").close().close().close();
  const document doc = d.finish();
  const std::string_view kept = doc.root()["source"]["octets"].text();
  EXPECT_EQ(kept, o);
  EXPECT_TRUE(lies_in(doc.root()["meta"]["subject"].text(), kept));
  EXPECT_EQ(doc.root()["body"].first_child().first_child().text(), "1. (C) The talks resume.!");
  std::uint64_t begin = 0, end = 0;
  EXPECT_TRUE(doc.root()["meta"]["subject"].source_span(begin, end));
  EXPECT_EQ(o.substr(begin, end - begin), "HARBOR DUES");
  EXPECT_FALSE(doc.root()["id"].source_span(begin, end));
}

TEST(DocumentBuilder, ASliceThatCutsACharacterIsNoText) {
  for (const std::string octets : {"a\xE2\x82\xAC"
                                   "b",
                                   "a\xE2\x82\xAC"}) {
    const auto status_of = [&](std::size_t at, std::size_t length) {
      document_builder d(sha256);
      const events e{d.sink()};
      builder b(d.sink());
      b.map("document").map("source").octets("octets", octets).close();
      e.open(DGM_TEXT, "id");
      return e.text(std::string_view(octets).substr(at, length));
    };
    for (std::size_t at = 0; at <= octets.size(); ++at)
      for (std::size_t length = 0; at + length <= octets.size(); ++length) {
        const bool is_text = find_bad_text(std::string_view(octets).substr(at, length)) == npos;
        EXPECT_EQ(status_of(at, length), is_text ? DGM_OK : DGM_FATAL) << at << " " << length;
      }
  }
  // Where the source is not text, a slice of it may be.
  document_builder d(sha256);
  const events e{d.sink()};
  const std::string octets =
      "a\xFF\x01"
      "b";
  builder(d.sink()).map("document").map("source").octets("octets", octets).close();
  e.open(DGM_TEXT, "id");
  EXPECT_EQ(e.text(std::string_view(octets).substr(3)), DGM_OK);
  EXPECT_EQ(e.text(std::string_view(octets).substr(2)), DGM_FATAL);
}

TEST(DocumentBuilder, TwoSlicesThatAdjoinStayASlice) {
  const std::string octets = "The talks resume.";
  const std::string_view o = octets;
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document")
      .map("source")
      .octets("octets", o)
      .close()
      .list("body")
      .element("p")
      .text(o.substr(0, 9))
      .text(o.substr(9))
      .close()
      .close()
      .close();
  const document doc = d.finish();
  EXPECT_TRUE(lies_in(doc.root()["body"].first_child().first_child().text(), doc.root()["source"]["octets"].text()));
}

// -- source and digests -------------------------------------------------------------------------------------------
document with_source(const std::function<void(builder&)>& stated, bool drop = false, std::string_view subject = "x",
                     sha256_function digest = sha256) {
  document_builder d(digest);
  d.drop_source(drop);
  builder b(d.sink());
  b.map("document").map("source").octets("octets", "hi").value("media_type", "text/plain");
  stated(b);
  b.close().value("id", "A").value("kind", "cable").map("meta").value("subject", subject).close().list("body").close().close();
  EXPECT_EQ(d.problem(), "");
  return d.finish();
}

TEST(Source, DigestsThatAreNotStatedAreFilledIn) {
  const document d = with_source([](builder&) {});
  EXPECT_EQ(d.flags(), document_pristine);
  EXPECT_EQ(d.root()["source"]["sha256"].text(), sha256_hex("hi"));
  EXPECT_EQ(d.root()["source"]["model_sha256"].text(), sha256_hex(canonical_form(d.root())));
}

std::atomic<int> digests_made;
void counted_sha256(std::string_view octets, char hex[64]) {
  ++digests_made;
  sha256(octets, hex);
}

TEST(Source, DigestsAreMadeWhenOneOfThemIsReadAndOnce) {
  digests_made = 0;
  const document d = with_source([](builder&) {}, false, "x", counted_sha256);
  EXPECT_EQ(d.flags(), document_pristine);
  EXPECT_EQ(d.root()["source"]["octets"].text(), "hi");
  EXPECT_FALSE(d.has_digests());
  EXPECT_EQ(digests_made, 0) << "nobody has asked for one";
  EXPECT_EQ(d.root()["source"]["sha256"].text(), sha256_hex("hi"));
  EXPECT_TRUE(d.has_digests());
  EXPECT_EQ(d.root()["source"]["model_sha256"].text(), sha256_hex(canonical_form(d.root())));
  d.make_digests();
  EXPECT_EQ(digests_made, 2);
}

TEST(Source, ManyMayAskForDigestsAtTheSameTime) {
  digests_made = 0;
  constexpr int documents = 200;
  for (int i = 0; i < documents; ++i) {
    const document d = with_source([](builder&) {}, false, "x", counted_sha256);
    std::array<std::string, 4> found;
    std::vector<std::thread> threads;
    for (auto& f : found)
      threads.emplace_back([&] {
        std::uint64_t begin = 0, end = 0;
        for (node member : d.root()["source"]) member.source_span(begin, end);  // what stands beside the digests' marks
        f = d.root()["source"][&f == &found[0] ? "sha256" : "model_sha256"].text();
      });
    for (auto& t : threads) t.join();
    EXPECT_EQ(found[0], sha256_hex("hi"));
    for (std::size_t n = 1; n < found.size(); ++n) EXPECT_EQ(found[n], sha256_hex(canonical_form(d.root())));
  }
  EXPECT_EQ(digests_made, 2 * documents);
}

std::atomic<bool> is_memory_short;
void sha256_with_memory(std::string_view octets, char hex[64]) {
  if (is_memory_short) throw std::bad_alloc();
  sha256(octets, hex);
}

TEST(Source, ADigestThatCannotBeMadeIsEmptyAndMissed) {
  is_memory_short = true;
  const document d = with_source([](builder&) {}, false, "x", sha256_with_memory);
  EXPECT_FALSE(d.lacks_digests());
  EXPECT_THROW(d.make_digests(), std::bad_alloc);
  EXPECT_FALSE(d.lacks_digests()) << "who throws needs no sign";
  EXPECT_EQ(d.root()["source"]["model_sha256"].text(), "");
  EXPECT_TRUE(d.lacks_digests());
  is_memory_short = false;
  EXPECT_EQ(d.root()["source"]["model_sha256"].text(), sha256_hex(canonical_form(d.root())));
}

TEST(Source, StatedDigestsAreComparedAtOnce) {
  const auto damaged = [](builder& b) { b.value("sha256", sha256_hex("ho")); };
  EXPECT_EQ(with_source(damaged).flags(), document_source_damaged);
}

TEST(Source, StatedDigestsThatHoldAreKept) {
  const document d = with_source([](builder& b) {
    b.value("size", "2").value("sha256", sha256_hex("hi"));
    b.value("model_sha256", sha256_hex(R"({"body":[],"id":"A","kind":"cable","meta":{"subject":"x"}})"));
  });
  EXPECT_EQ(d.flags(), document_pristine);
  EXPECT_FALSE(d.root()["source"]["size"]);
}

TEST(Source, AnEditedModelIsNotPristine) {
  const document d =
      with_source([](builder& b) { b.value("sha256", sha256_hex("hi")).value("model_sha256", sha256_hex("another")); });
  EXPECT_EQ(d.flags(), 0u);
  EXPECT_EQ(d.root()["source"]["octets"].text(), "hi");
  EXPECT_EQ(d.root()["source"]["model_sha256"].text(), sha256_hex("another"));
}

TEST(Source, WithoutADigestOfTheModelNothingIsProved) {
  const document d = with_source([](builder& b) { b.value("sha256", sha256_hex("hi")); });
  EXPECT_EQ(d.flags(), document_unproven);
  EXPECT_FALSE(d.root()["source"]["model_sha256"]) << "who reads it next would take the octets for proved";
}

TEST(Source, DamagedOctetsAreDroppedAndTheModelStays) {
  for (const auto& stated : std::vector<std::function<void(builder&)>>{
           [](builder& b) { b.value("sha256", sha256_hex("ho")); }, [](builder& b) { b.value("sha256", "no digest"); },
           [](builder& b) { b.value("size", "3").value("sha256", sha256_hex("hi")); },
           [](builder& b) { b.value("size", "02"); }}) {
    const document d = with_source(stated);
    EXPECT_EQ(d.flags(), document_source_damaged);
    EXPECT_FALSE(d.root()["source"]);
    EXPECT_EQ(d.root()["meta"]["subject"].text(), "x");
  }
}

TEST(Source, IsDroppedOnRequest) {
  const document d = with_source([](builder&) {}, true);
  EXPECT_EQ(d.flags(), 0u);
  EXPECT_FALSE(d.root()["source"]);
  EXPECT_EQ(d.root()["id"].text(), "A");
}

TEST(Source, KeptElsewhereKeepsItsMembers) {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document").map("source").value("size", "77").value("sha256", std::string(64, 'a')).close().value("id", "A").close();
  const document doc = d.finish();
  EXPECT_EQ(doc.flags(), 0u);
  EXPECT_EQ(doc.root()["source"]["size"].text(), "77");
}

TEST(Source, ABuilderForgetsItForTheNextDocument) {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document").map("source").octets("octets", "hi").close().close();
  EXPECT_TRUE(d.finish().root()["source"]);
  b.map("document").value("id", "B").close();
  const document second = d.finish();
  EXPECT_FALSE(second.root()["source"]);
  EXPECT_EQ(second.flags(), 0u);
}

// -- buffers from elsewhere ---------------------------------------------------------------------------------------
document random_document(std::uint64_t seed, testing::flavour f) {
  document_builder d(sha256);
  builder b(d.sink());
  testing::tell_random_model(b, seed, f);
  return d.finish();
}

// Touches everything that a writer could.
std::size_t read_all(const document& d) {
  std::size_t sum = canonical_form(d.root()).size() + plain_text(d.root()).size();
  walk(
      d.root(),
      [&](node n) {
        sum += n.name().size();
        for (const char c : n.text()) sum += static_cast<unsigned char>(c);
        for (std::size_t i = 0; i < n.attribute_count(); ++i) sum += n.attribute_at(i).value.size();
        std::uint64_t begin = 0, end = 0;
        sum += n.source_span(begin, end);
      },
      [](node) {});
  EXPECT_EQ(first_difference(d.root(), d.root()), std::nullopt);
  return sum;
}

// What a builder knows of names from documents before is no part of a document.
TEST(DocumentBuilder, ADocumentIsTheSameWhateverWasToldBefore) {
  testing::random_source random(7);
  document_builder used(sha256);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const document original = random_document(seed, testing::flavour::wild);
    const auto tell = [&](document_builder& d) {
      builder(d.sink()).copy(original.root());
      EXPECT_EQ(d.problem(), "");
      return std::string(d.finish().buffer());
    };
    document_builder fresh(sha256);
    ASSERT_EQ(tell(used), tell(fresh)) << seed;
    if (random.one_in(3)) {  // one that is not finished, and many names that never come again
      builder b(used.sink());
      b.map("document").map("x_names");
      for (std::size_t n = 0; n < 600; ++n)
        b.value("n" + std::to_string(seed * 1000 + n), "v").value("a_long_name_that_goes_on_" + std::to_string(n), "v");
      used.reset();
    }
  }
}

TEST(Buffer, ACopyIsTheSameDocument) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const document d = random_document(seed, static_cast<testing::flavour>(seed % 3));
    std::string problem;
    const document copy = document::from_buffer(d.buffer(), problem);
    ASSERT_EQ(problem, "");
    EXPECT_EQ(first_difference(d.root(), copy.root()), std::nullopt);
    EXPECT_EQ(d.flags(), copy.flags());
  }
}

TEST(Buffer, AnyOctetChangedIsRefusedOrReadable) {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document")
      .map("source")
      .octets("octets", "hi\xFF")
      .close()
      .value("id", "A")
      .map("meta")
      .list("tags")
      .value({}, "T")
      .close()
      .close();
  b.list("body")
      .element("p")
      .attr("n", "1")
      .attr("q:r", "2")
      .text("x")
      .leaf(node_type::comment, {}, "c")
      .leaf(node_type::pi, "t", "d")
      .close()
      .close();
  b.map("carrier").map("c").leaf(node_type::literal, "l", "1").close().close().close();
  const document small = d.finish();
  const std::string good(small.buffer());
  std::size_t refused = 0, readable = 0, sum = 0;
  for (std::size_t at = 0; at < good.size(); ++at)
    for (int change = 1; change < 256; change = change < 8 ? change + 1 : change * 2 + 1) {
      std::string bad = good;
      bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ change);
      std::string problem;
      const document read = document::from_buffer(bad, problem);
      EXPECT_EQ(problem.empty(), static_cast<bool>(read));
      if (read) {
        ++readable;
        sum += read_all(read);
      } else {
        ++refused;
      }
    }
  EXPECT_GT(refused, 1000u);
  EXPECT_GT(readable, 1000u);
  EXPECT_GT(sum, 0u);
}

TEST(Buffer, RandomDamageToRandomDocumentsIsSurvived) {
  testing::random_source random(5);
  std::size_t readable = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::string octets(random_document(seed % 20, testing::flavour::wild).buffer());
    for (std::size_t n = 1 + random.below(4); n > 0; --n)
      octets[random.below(std::min<std::size_t>(octets.size(), 4000))] = static_cast<char>(random.below(256));
    if (random.one_in(5)) octets.resize(random.below(octets.size()));
    std::string problem;
    const document d = document::from_buffer(octets, problem);
    if (d) readable += read_all(d) != 0;
  }
  EXPECT_LT(readable, 300u);
}

TEST(Buffer, HasItsDigests) {
  digests_made = 0;
  const document d = with_source([](builder&) {}, false, "x", counted_sha256);
  std::string problem, octets(d.buffer());
  EXPECT_EQ(digests_made, 2);
  const document copy = document::from_buffer(octets, problem);
  EXPECT_EQ(problem, "");
  EXPECT_EQ(copy.root()["source"]["sha256"].text(), sha256_hex("hi"));
  EXPECT_EQ(copy.buffer(), d.buffer());

  const auto record =
      static_cast<std::size_t>(reinterpret_cast<const char*>(d.root()["source"]["sha256"].raw()) - d.buffer().data());
  octets[record + offsetof(detail::node_record, marks)] = detail::node_is_due;
  EXPECT_FALSE(document::from_buffer(octets, problem)) << "nobody there can make it";
  EXPECT_EQ(problem, "unknown mark of a node");
}

TEST(Buffer, OfADocumentWithoutItsSourceIsWhole) {
  std::string problem;
  const document d = with_source([](builder&) {}, true);
  EXPECT_FALSE(d.root()["source"]);
  EXPECT_TRUE(document::from_buffer(d.buffer(), problem)) << problem;
}

TEST(Buffer, WhatIsNoDocumentIsRefusedWithAReason) {
  std::string problem;
  EXPECT_FALSE(document::from_buffer("", problem));
  EXPECT_EQ(problem, "too short for a document");
  EXPECT_FALSE(document::from_buffer(std::string(1000, '\0'), problem));
  EXPECT_EQ(problem, "not a document buffer of this version");
}

}  // namespace
}  // namespace dragoman
