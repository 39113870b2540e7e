#include <dragoman/testing.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

namespace dragoman {
namespace {

document cable(const std::function<void(builder&)>& meta, const std::function<void(builder&)>& body,
               std::string_view kind = "cable") {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document").value("id", "A").value("kind", kind);
  meta(b);
  b.list("body");
  body(b);
  b.close().close();
  EXPECT_EQ(d.problem(), "");
  return d.finish();
}
void nothing(builder&) {}
document body(const std::function<void(builder&)>& tell) { return cable(nothing, tell); }
document meta(const std::function<void(builder&)>& tell) {
  return cable(
      [&](builder& b) {
        b.map("meta");
        tell(b);
        b.close();
      },
      nothing);
}
std::string form(const document& d) { return canonical_form(d.root()); }

// -- tei.md 5.4, rule by rule -------------------------------------------------------------------------------------
TEST(CanonicalForm, IsSortedJsonWithoutBlanks) {
  EXPECT_EQ(
      form(cable(
          [](builder& b) {
            b.map("meta").value("subject", "x\n\"").list("captions").value({}, "B").value({}, "A").close().close();
          },
          [](builder& b) { b.element("p").attr("n", "1").attr("b", "2").text("t").close(); })),
      R"({"body":[{"attrs":{"b":"2","n":"1"},"content":["t"],"type":"p"}],"id":"A","kind":"cable","meta":{"captions":["B","A"],"subject":"x\n\""}})");
}

TEST(CanonicalForm, NamesAreSortedByUtf16) {
  EXPECT_EQ(form(meta([](builder& b) { b.value("x_\xEF\xBC\xA1", "1").value("x_\xF0\x9F\x98\x80", "2").value("x_a", "3"); })),
            "{\"body\":[],\"id\":\"A\",\"kind\":\"cable\",\"meta\":{\"x_a\":\"3\",\"x_\xF0\x9F\x98\x80\":\"2\",\"x_"
            "\xEF\xBC\xA1\":\"1\"}}");
}

TEST(CanonicalForm, EmptyListsAndMapsAreAbsent) {
  const auto plain = cable(nothing, nothing);
  EXPECT_EQ(form(meta([](builder& b) { b.list("tags").close().map("from").list("x_a").close().close(); })), form(plain));
  EXPECT_EQ(form(meta([](builder& b) { b.list("tags").close().value("subject", "x"); })),
            form(meta([](builder& b) { b.value("subject", "x"); })));
  EXPECT_EQ(form(meta(nothing)), form(plain));
}

TEST(CanonicalForm, MetaOfADocumentDoesNotCount) {
  const auto with = cable([](builder& b) { b.map("meta").value("place", "Quilmar").close(); }, nothing, "document");
  EXPECT_EQ(form(with), form(cable(nothing, nothing, "document")));
  EXPECT_NE(form(with), form(cable(nothing, nothing)));
}

TEST(CanonicalForm, RunsOfWhiteSpaceAreOneBlank) {
  EXPECT_EQ(form(body([](builder& b) { b.element("p").text("a \n\t\r b ").close(); })),
            form(body([](builder& b) { b.element("p").text("a b  ").close(); })));
  EXPECT_NE(form(body([](builder& b) { b.element("p").text("a b").close(); })),
            form(body([](builder& b) { b.element("p").text("ab").close(); })));
  EXPECT_NE(form(body([](builder& b) { b.element("p").text("a\xC2\xA0 b").close(); })),
            form(body([](builder& b) { b.element("p").text("a b").close(); })));
}

// Strings are written many octets a step: each octet that needs a look is found at each place of a step.
TEST(CanonicalForm, StringsAreThoseOfTheRuleWhereverTheirOctetsStand) {
  const auto written = [](std::string_view text, bool collapsed) {
    std::string out = "\"";
    bool after_blank = false;
    for (const char c : text) {
      if (collapsed && is_space(c)) {
        if (!after_blank) out += ' ';
        after_blank = true;
        continue;
      }
      after_blank = false;
      if (c == '"' || c == '\\') out += '\\', out += c;
      else if (c == '\n') out += "\\n";
      else if (c == '\t') out += "\\t";
      else if (c == '\r') out += "\\r";
      else out += c;
    }
    return out + '"';
  };
  for (const std::string piece :
       {"\"", "\\", "\n", "\t", "\r", " ", "  ", " \n", "\n ", "   \t  ", "\"\"", " \" ", "\x7F", "\xC2\xA0"})
    for (std::size_t before = 0; before < 36; ++before)
      for (const std::size_t after : {0, 1, 7, 8, 9, 15, 16, 17, 40}) {
        const std::string text = std::string(before, 'a') + piece + std::string(after, 'b');
        const auto in_text = form(body([&](builder& b) { b.element("p").text(text).close(); }));
        ASSERT_NE(in_text.find("\"content\":[" + written(text, true) + "]"), npos) << in_text;
        const auto in_value = form(body([&](builder& b) { b.element("p").attr("n", text).close(); }));
        ASSERT_NE(in_value.find("{\"n\":" + written(text, false) + "}"), npos) << in_value;
      }
}

TEST(CanonicalForm, GrowsBeyondWhatTheSourceLetsExpect) {
  const std::string text(100000, '"');
  const auto d = form(body([&](builder& b) { b.element("p").attr("n", text).text(text).close(); }));
  EXPECT_EQ(static_cast<std::size_t>(std::count(d.begin(), d.end(), '\\')), 2 * text.size());
}

TEST(CanonicalForm, WhiteSpaceIsKeptWhereItIsPreserved) {
  const auto kept = [](std::string_view text, std::string_view space) {
    return form(body([&](builder& b) { b.element("ab").attr("xml:space", space).element("hi").text(text).close().close(); }));
  };
  EXPECT_NE(kept("a  b", "preserve"), kept("a b", "preserve"));
  EXPECT_EQ(kept("a  b", "default"), kept("a b", "default"));
  const auto inner = form(body([](builder& b) {
    b.element("ab").attr("xml:space", "preserve").element("hi").attr("xml:space", "default").text("a  b").close().close();
  }));
  EXPECT_NE(inner.find("\"a b\""), npos);
}

TEST(CanonicalForm, WhiteSpaceBetweenElementsIsLayoutInElementContent) {
  const auto with = [](std::string_view element, std::string_view space) {
    return form(body([&](builder& b) { b.element(element).text(space).element("p").close().text(space).close(); }));
  };
  for (const auto* element : {"div", "list", "table", "row", "surface", "closer"})
    EXPECT_EQ(with(element, "\n  "), with(element, ""));
  EXPECT_NE(with("p", " "), with("p", ""));
  EXPECT_NE(with("div", " x "), with("div", ""));
  EXPECT_EQ(form(body([](builder& b) { b.text("\n").element("p").close().text(" "); })),
            form(body([](builder& b) { b.element("p").close(); })));
}

TEST(CanonicalForm, CommentsAndInstructionsAreIgnoredAndTextRunsOn) {
  EXPECT_EQ(form(body([](builder& b) {
              b.element("p").text("a ").leaf(node_type::comment, {}, "c").text(" b").leaf(node_type::pi, "t", "d").close();
            })),
            form(body([](builder& b) { b.element("p").text("a b").close(); })));
}

TEST(CanonicalForm, AttributeOrderDoesNotCount) {
  EXPECT_EQ(form(body([](builder& b) { b.element("p").attr("n", "1").attr("rend", "x").close(); })),
            form(body([](builder& b) { b.element("p").attr("rend", "x").attr("n", "1").close(); })));
  EXPECT_NE(form(body([](builder& b) { b.element("p").attr("n", "1").close(); })),
            form(body([](builder& b) { b.element("p").attr("n", "2").close(); })));
}

TEST(CanonicalForm, NamespacesCompareByUri) {
  const auto prefixed = [](std::string_view prefix, std::string_view uri) {
    const std::string p(prefix);
    return form(body([&](builder& b) { b.element(p + ":x").attr("xmlns:" + p, uri).attr(p + ":n", "1").text("t").close(); }));
  };
  EXPECT_EQ(prefixed("a", "urn:one"), prefixed("b", "urn:one"));
  EXPECT_NE(prefixed("a", "urn:one"), prefixed("a", "urn:two"));
  EXPECT_EQ(form(body([](builder& b) { b.element("x").attr("xmlns", tei_namespace).close(); })),
            form(body([](builder& b) { b.element("x").close(); })));
  EXPECT_EQ(prefixed("tei", tei_namespace), form(body([](builder& b) { b.element("x").attr("n", "1").text("t").close(); })));
}

TEST(CanonicalForm, NamespacesOfTheCutCountAsDeclarations) {
  const auto cut =
      cable([](builder& b) { b.map("namespaces").value("f", "urn:one").close(); }, [](builder& b) { b.element("f:x").close(); });
  EXPECT_EQ(form(cut), form(body([](builder& b) { b.element("g:x").attr("xmlns:g", "urn:one").close(); })));
  const auto by_default = cable([](builder& b) { b.map("namespaces").value("#default", "urn:one").close(); },
                                [](builder& b) { b.element("x").close(); });
  EXPECT_EQ(form(by_default), form(cut)) << "the default namespace of the cut, under its model name";
}

TEST(CanonicalForm, ADeclarationHoldsInItsElementOnly) {
  const auto after = form(body([](builder& b) { b.element("a").attr("xmlns", "urn:one").close().element("x").close(); }));
  EXPECT_NE(after.find("\"type\":\"x\""), npos) << after;
}

TEST(CanonicalForm, SourceCarrierAndOpenMembersOfTheDocumentDoNotCount) {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document").map("source").octets("octets", "o").close().value("id", "A").value("kind", "cable");
  b.list("body").close().map("carrier").map("tei").close().close().value("x_a", "1").close();
  EXPECT_EQ(form(d.finish()), form(cable(nothing, nothing)));
}

TEST(CanonicalForm, OpenMembersOfMetaCount) {
  EXPECT_NE(form(meta([](builder& b) { b.value("x_a", "1"); })), form(meta([](builder& b) { b.value("x_a", "2"); })));
  EXPECT_NE(form(meta([](builder& b) { b.value("x_a", "1"); })),
            form(meta([](builder& b) { b.leaf(node_type::literal, "x_a", "1"); })));
}

// -- exact equality -----------------------------------------------------------------------------------------------
std::string difference(const document& a, const document& b) { return first_difference(a.root(), b.root()).value_or("none"); }

TEST(FirstDifference, NamesThePath) {
  const auto a = meta([](builder& b) { b.value("subject", "x").list("tags").value({}, "A").close(); });
  EXPECT_EQ(difference(a, a), "none");
  EXPECT_EQ(difference(a, meta([](builder& b) { b.value("subject", "y").list("tags").value({}, "A").close(); })),
            "/document/meta/subject");
  EXPECT_EQ(difference(a, meta([](builder& b) { b.value("subject", "x"); })), "/document/meta/tags");
  EXPECT_NE(difference(meta([](builder& b) { b.value("subject", "x"); }), a), "none");
  EXPECT_EQ(difference(body([](builder& b) { b.element("p").attr("n", "1").close(); }),
                       body([](builder& b) { b.element("p").attr("n", "2").close(); })),
            "/document/body/p@n");
}

TEST(FirstDifference, MembersOfMapsStandInAnyOrderAndNothingElseDoes) {
  const auto ab = meta([](builder& b) { b.value("subject", "x").value("date", "y"); });
  EXPECT_EQ(difference(ab, meta([](builder& b) { b.value("date", "y").value("subject", "x"); })), "none");
  const auto list = [](std::string_view x, std::string_view y) {
    return meta([&](builder& b) { b.list("tags").value({}, x).value({}, y).close(); });
  };
  EXPECT_NE(difference(list("A", "B"), list("B", "A")), "none");
  const auto attributes = [](std::string_view x, std::string_view y) {
    return body([&](builder& b) { b.element("p").attr(x, "").attr(y, "").close(); });
  };
  EXPECT_NE(difference(attributes("a", "b"), attributes("b", "a")), "none");
}

TEST(FirstDifference, SeesWhatMeaningDoesNot) {
  EXPECT_NE(difference(body([](builder& b) { b.element("p").text("a b").close(); }),
                       body([](builder& b) { b.element("p").text("a  b").close(); })),
            "none");
  EXPECT_NE(difference(body([](builder& b) { b.leaf(node_type::comment, {}, "c"); }), body(nothing)), "none");
  EXPECT_NE(difference(meta([](builder& b) { b.list("tags").close(); }), meta(nothing)), "none");
  EXPECT_NE(
      difference(meta([](builder& b) { b.value("x_a", "1"); }), meta([](builder& b) { b.leaf(node_type::literal, "x_a", "1"); })),
      "none");
}

TEST(FirstDifference, SpansDoNotCount) {
  const auto spanned = body([](builder& b) { b.element("p").span(1, 2).close(); });
  EXPECT_EQ(difference(spanned, body([](builder& b) { b.element("p").close(); })), "none");
}

TEST(FirstDifference, NoDocumentIsNotADocument) {
  EXPECT_EQ(first_difference(node(), node()), std::nullopt);
  EXPECT_NE(first_difference(cable(nothing, nothing).root(), node()), std::nullopt);
}

}  // namespace
}  // namespace dragoman
