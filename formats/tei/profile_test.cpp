// The cable profile: the example, and the two laws of tei.md 2.1 as properties.
#include "tei_testing.hpp"

#include <random_model.hpp>

namespace dragoman::tei::tests {
namespace {

std::string sample() { return read_file(fs::path(DRAGOMAN_SOURCE_DIR) / "formats/tei/samples/cable.tei.xml"); }

document random_document(std::uint64_t seed, testing::flavour f) {
  return build([&](builder& out) { testing::tell_random_model(out, seed, f); });
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, npos) << from;
  if (at != npos) text.replace(at, from.size(), to);
  return text;
}

TEST(Example, IsReadAsItWasMade) {
  const document d = read_one(sample());
  EXPECT_EQ(d.root()["id"].text(), "09QUILMAR123");
  EXPECT_EQ(d.root()["source"]["octets"].text().size(), 1180u);
  EXPECT_EQ(sha256_hex(canonical_form(d.root())), "4c236e40a7f92f323e9ef8167c8701319950774d4acedb421090a50ff6965a74");
  EXPECT_TRUE(d.flags() & document_pristine);
  EXPECT_FALSE(d.root()["carrier"]) << "nothing is left over";
}

TEST(Example, IsWrittenOctetByOctet) {
  const auto result = write(read_one(sample()));
  EXPECT_EQ(result.octets, sample());
  EXPECT_TRUE(result.diagnostics.empty()) << messages(result.diagnostics);
}

TEST(Example, SurvivesAFormatter) {
  if (!has_tool("xmllint")) GTEST_SKIP() << "xmllint is not installed";
  const scratch_folder folder;
  std::string formatted;
  ASSERT_EQ(run("xmllint --format " + quoted(folder.file("a.xml", sample())), formatted), 0);
  const document d = read_one(formatted);
  EXPECT_TRUE(d.flags() & document_pristine);
  EXPECT_EQ(d.root()["source"]["octets"].text(), read_one(sample()).root()["source"]["octets"].text());
}

TEST(Law, WhatWasWrittenIsReadAgain) {
  for (const auto f : {testing::flavour::profile, testing::flavour::wild, testing::flavour::document})
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      const document before = random_document(seed, f);
      const auto written = write(before);
      auto result = read(written.octets);
      ASSERT_EQ(result.documents.size(), 1u) << "seed " << seed << " flavour " << int(f) << "\n"
                                             << messages(result.diagnostics) << result.problem << written.octets;
      document after = std::move(result.documents.front());
      if (f == testing::flavour::document)  // what was computed does not count
        after = build([&](builder& out) {
          out.map("document");
          for (node m : after.root())
            if (m.name() != "meta") out.copy(m);
          out.close();
        });
      const auto difference = first_difference(before.root(), after.root());
      ASSERT_FALSE(difference) << "seed " << seed << " flavour " << int(f) << " at " << *difference << "\n" << written.octets;
      ASSERT_EQ(before.flags(), after.flags()) << "seed " << seed;
      ASSERT_EQ(write(after).octets, written.octets) << "seed " << seed;
    }
}

TEST(Source, WithoutOctetsStaysKnown) {
  const document d = build([](builder& out) {
    out.map("document")
        .map("source")
        .value("media_type", "text/plain")
        .value("size", "1180")
        .value("sha256", std::string(64, 'a'))
        .close();
    out.value("id", "x").value("kind", "cable").map("meta").close().list("body").close().close();
  });
  const auto written = write(d);
  EXPECT_NE(written.octets.find("<measure unit=\"octets\" quantity=\"1180\"/>"), npos);
  EXPECT_EQ(written.octets.find("<sourceDoc"), npos);
  const document again = read_one(written.octets);
  EXPECT_FALSE(first_difference(d.root(), again.root()));
}

// -- edits (tei.md 0.2) -----------------------------------------------------------------------------------------------

TEST(Edit, AWordOfAParagraphIsSeen) {
  const document d = read_one(replaced(sample(), "<item>who pays for dredging", "<item>who will pay for dredging"));
  EXPECT_FALSE(d.flags() & document_pristine);
  EXPECT_TRUE(d.root()["source"]["octets"]) << "the original stays";
}

TEST(Edit, ASubjectIsSeenAndItsCopyIsKept) {
  const std::string edited = replaced(sample(), "<title>QUILMAR: HARBOR", "<title>QUILMAR: PORT");
  auto result = read(edited);
  ASSERT_EQ(result.documents.size(), 1u);
  EXPECT_TRUE(result.has("tei.generated-edited"));
  EXPECT_EQ(result.documents[0].root()["meta"]["subject"].text(), "QUILMAR: PORT DUES TALKS RESUME AFTER LONG PAUSE");
  EXPECT_TRUE(result.documents[0].root()["body"].first_child().is_element("head"));
  EXPECT_FALSE(result.documents[0].flags() & document_pristine);
  EXPECT_EQ(write(result.documents).octets, edited) << "nothing is lost, and nothing doubled";
}

TEST(Edit, GeneratedPartsThatAreTakenOutStayOut) {
  const std::string edited = replaced(sample(), "        <closer><signed><persName>HALVERN</persName></signed></closer>\n", "");
  EXPECT_EQ(write(read_one(edited)).octets, edited);
}

TEST(Edit, ALineOfTheOctetsIsSeen) {
  const document d = read_one(replaced(sample(), "<line>SIPDIS</line>", "<line>NODIS</line>"));
  EXPECT_TRUE(d.flags() & document_source_damaged);
  EXPECT_FALSE(d.root()["source"]);
  EXPECT_EQ(d.root()["meta"]["signature"].text(), "HALVERN") << "the model stays";
}

TEST(Edit, OctetsOfAForeignKindAreLeftOut) {
  auto result = read(replaced(sample(), "<line>SIPDIS</line>", "<line><hi>SIPDIS</hi></line>"));
  ASSERT_EQ(result.documents.size(), 1u);
  EXPECT_TRUE(result.documents[0].flags() & document_source_damaged);
}

// -- header residue -----------------------------------------------------------------------------------------------------

TEST(Residue, WhatTheTableDoesNotKnowStaysInItsPlace) {
  std::string f = sample();
  f = replaced(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?xml-model href=\"x.rng\"?>\n<!-- before -->\n");
  f = replaced(f, "xml:id=\"c09QUILMAR123\"", "xml:id=\"c09QUILMAR123\" xml:lang=\"en\" xmlns:ex=\"urn:example\"");
  f = replaced(f, "        <author>", "        <title type=\"sub\">A <hi>second</hi> title</title>\n        <author>");
  f = replaced(f, "<author><orgName>AMEMBASSY QUILMAR</orgName></author>",
               "<author><orgName ref=\"#q\">AMEMBASSY QUILMAR</orgName></author>\n        <!-- who? -->\n        "
               "<respStmt><resp>cleared</resp><name>X</name></respStmt>");
  f = replaced(f, "      <langUsage><language ident=\"en\">English</language></langUsage>\n", "");
  f = replaced(f, "        <correspAction type=\"transmitted\">",
               "        <correspAction type=\"delivered\"><date when=\"2009-12-10\"/></correspAction>\n        <correspAction "
               "type=\"transmitted\">");
  f = replaced(f, "    </profileDesc>\n",
               "    </profileDesc>\n    <revisionDesc><change when=\"2020-01-01\">seen</change></revisionDesc>\n");
  f = replaced(f, "  <text>\n", "  <standOff><p>more</p></standOff>\n  <text>\n");
  f = replaced(f, "<div type=\"document\" subtype=\"telegram\" xml:id=\"c09QUILMAR123.d\">",
               "<div type=\"document\" subtype=\"memo\" xml:id=\"c09QUILMAR123.d\" rend=\"x\">");
  f += "<!-- after -->\n";
  f = replaced(f, "</TEI>\n<!--", "</TEI>\n<!--");
  auto result = read(f);
  ASSERT_EQ(result.documents.size(), 1u) << messages(result.diagnostics) << result.problem;
  const auto written = write(result.documents);
  EXPECT_EQ(written.octets, f);
  EXPECT_TRUE(result.documents[0].flags() & document_pristine) << "none of it is the model";
}

TEST(Residue, APieceThatNoLongerFitsIsReported) {
  const std::string f = replaced(sample(), "<title>QUILMAR: HARBOR DUES TALKS RESUME AFTER LONG PAUSE</title>",
                                 "<title>QUILMAR: <hi>HARBOR</hi> DUES TALKS RESUME AFTER LONG PAUSE</title>");
  const document d = read_one(f);
  EXPECT_EQ(d.root()["meta"]["subject"].text(), "QUILMAR: HARBOR DUES TALKS RESUME AFTER LONG PAUSE");
  EXPECT_EQ(write(d).octets, f);
  const document edited = build([&](builder& out) {
    out.map("document");
    for (node m : d.root()) {
      if (m.name() != "meta") {
        out.copy(m);
        continue;
      }
      out.map("meta");
      for (node field : m)
        if (field.name() == "subject") out.value("subject", "ANOTHER");
        else out.copy(field);
      out.close();
    }
    out.close();
  });
  const auto written = write(edited);
  EXPECT_TRUE(std::any_of(written.diagnostics.begin(), written.diagnostics.end(),
                          [](const auto& x) { return x.code == "tei.header-stale" && x.level == severity::loss; }));
  EXPECT_NE(written.octets.find("<title>ANOTHER</title>"), npos);
}

}  // namespace
}  // namespace dragoman::tei::tests
