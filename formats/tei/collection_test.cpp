// Volumes and corpora: frames with slots, and cables as a stream (tei.md 2.4, 2.5).
#include "tei_testing.hpp"
#include "xml_writer.hpp"

#include <functional>
#include <random_model.hpp>

namespace dragoman::tei::tests {
namespace {

constexpr std::string_view volume =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!DOCTYPE TEI SYSTEM \"tei.dtd\">\n"
    "<?xml-model href=\"x.rnc\"?>\n"
    "<!-- a volume -->\n"
    "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xmlns:ed=\"urn:example:edition\" xml:id=\"vol1\">\n"
    "  <teiHeader><fileDesc><titleStmt><title>Volume</title></titleStmt></fileDesc></teiHeader>\n"
    "  <text>\n"
    "    <front><div type=\"preface\"><p>Preface</p></div></front>\n"
    "    <body>\n"
    "      <div type=\"chapter\"><head>Chapter</head>\n"
    "        <div type=\"document\" n=\"[1]\" xml:id=\"d1\" ed:doc-dateTime-min=\"1975-03-04T00:00:00Z\">\n"
    "          <head>1. Telegram 2333 From <gloss type=\"from\">the Embassy in Quilmar</gloss> to <gloss type=\"to\">the "
    "Department</gloss>"
    "<note n=\"1\" type=\"source\">Source: Archive, Box 7. Secret; Priority; Exdis. Drafted by Ronlan.</note></head>\n"
    "          <opener><dateline><placeName>Quilmar</placeName>, <date when=\"1975-03-04T09:30:00Z\">March 4, 1975, "
    "0930Z</date>.</dateline></opener>\n"
    "          <list type=\"subject\"><head>SUBJECT</head><item>Harbor dues</item></list>\n"
    "          <list type=\"subject\"><head>REF</head><item>State 1</item><item>Quilmar 2</item></list>\n"
    "          <p>1803. <persName>A</persName> <gloss>B</gloss></p>\n"
    "          <closer><signed><persName>Ronlan<note>Envoy.</note></persName></signed></closer>\n"
    "          <ed:attachment><head>Tab</head></ed:attachment>\n"
    "        </div>\n"
    "        <div type=\"document\" subtype=\"editorial-note\" n=\"2\" xml:id=\"d2\"><head>2. Editorial "
    "Note</head><p>x<?lb?>y<!-- z --></p>"
    "<div type=\"document\" xml:id=\"inner\"><p>inside</p></div></div>\n"
    "        <div type=\"document\" xml:id=\"d1\"><p>the same id</p></div>\n"
    "        <div type=\"document\"><p>no id</p></div>\n"
    "      </div>\n"
    "      <div xmlns=\"http://www.w3.org/1999/xhtml\" type=\"document\"><script>x</script></div>\n"
    "    </body>\n"
    "  </text>\n"
    "</TEI>\n"
    "<!-- end -->\n";

// How many parts a reader finds, and what its next() comes to behind that: the id of a document, or the code of a report.
std::pair<std::uint64_t, std::string> parts_and_next(const std::string& octets) {
  testing::recording_host services(&format);
  testing::memory_input in(octets);
  void* session = nullptr;
  if (format.reader->open(services.table(), in.table(), &session) != DGM_OK) return {0, "no session"};
  const auto parts = format.reader->parts(session);
  document_builder store(sha256);
  const bool is_told = format.reader->next(session, store.sink()) == DGM_OK;
  const std::string next = is_told                        ? std::string(store.finish().root()["id"].text())
                           : services.diagnostics.empty() ? "nothing"
                                                          : services.diagnostics.back().code;
  format.reader->close(session);
  return {parts, next};
}

TEST(Volume, HasPartsWhenItIsLarge) {
  using expected = std::pair<std::uint64_t, std::string>;
  std::string many = "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xml:id=\"vol1\"><teiHeader/><text><body>";
  for (int i = 0; i < 1000; ++i) many += "<div type=\"document\"><p>" + std::string(480, 'x') + "</p></div>";
  const std::string end = "</body></text></TEI>";
  EXPECT_EQ(parts_and_next(many + end), expected(4, "vol1"));
  EXPECT_EQ(parts_and_next(std::string(volume)), expected(1, "vol1"));
  EXPECT_EQ(parts_and_next("<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xml:id=\"one\"><teiHeader/></TEI>"), expected(0, "one"));
  EXPECT_EQ(parts_and_next(many), expected(0, "tei.ill-formed"));
}

TEST(Volume, IsAFrameAndItsDocuments) {
  auto result = read(volume);
  ASSERT_EQ(result.documents.size(), 5u) << messages(result.diagnostics) << result.problem;
  const node frame = result.documents[0].root();
  EXPECT_TRUE(result.documents[0].is_collection());
  EXPECT_EQ(frame["id"].text(), "vol1");
  EXPECT_EQ(frame["kind"].text(), "volume");
  EXPECT_EQ(result.documents[1].root()["id"].text(), "d1");
  EXPECT_EQ(result.documents[2].root()["id"].text(), "d2");
  EXPECT_EQ(result.documents[3].root()["id"].text(), "d1.2");
  EXPECT_EQ(result.documents[4].root()["id"].text(), "document-4");
  EXPECT_TRUE(result.has("tei.duplicate-id"));
  EXPECT_EQ(result.documents[1].root()["namespaces"]["ed"].text(), "urn:example:edition");
  EXPECT_FALSE(result.documents[2].root()["namespaces"]) << "it depends on none";
}

TEST(Volume, IsWrittenBackWhole) {
  const auto written = write(read(volume).documents);
  EXPECT_EQ(written.octets, volume);
  EXPECT_TRUE(written.diagnostics.empty()) << messages(written.diagnostics);
}

TEST(Volume, IsWrittenWithoutWhatWasLeftOut) {
  auto all = read(volume).documents;
  const auto written = testing::write(format, {&all[0], &all[2]});
  EXPECT_TRUE(written.has("tei.slots-empty"));
  EXPECT_EQ(written.octets.find("xml:id=\"d1\""), npos);
  EXPECT_NE(written.octets.find("xml:id=\"d2\""), npos);
  EXPECT_NE(written.octets.find("<!-- end -->"), npos);
  const auto again = read(written.octets);
  EXPECT_EQ(again.documents.size(), 2u) << messages(again.diagnostics);
}

TEST(Volume, KeepsADocumentThatHasNoPlace) {
  auto all = read(volume).documents;
  const auto written = testing::write(format, {&all[0], &all[2], &all[1]});
  EXPECT_TRUE(written.has("tei.no-slot"));
  EXPECT_NE(written.octets.find("Telegram 2333"), npos);
  EXPECT_TRUE(read(written.octets).diagnostics.empty());
}

TEST(Volume, ADocumentAloneIsATei) {
  auto all = read(volume).documents;
  const auto written = write(all[1]);
  const document again = read_one(written.octets);
  EXPECT_EQ(again.root()["id"].text(), "d1");
  EXPECT_EQ(canonical_form(again.root()), canonical_form(all[1].root()));
  EXPECT_NE(written.octets.find("xmlns:ed=\"urn:example:edition\""), npos);
}

TEST(Derived, FactsComeFromTheTree) {
  auto all = read(volume).documents;
  const node meta = all[1].root()["meta"];
  EXPECT_EQ(meta["subject"].text(), "Harbor dues");
  EXPECT_EQ(meta["x_title"].text(), "Telegram 2333 From the Embassy in Quilmar to the Department");
  EXPECT_EQ(meta["number"].text(), "1");
  EXPECT_EQ(meta["from"]["name"].text(), "the Embassy in Quilmar");
  EXPECT_EQ(meta["to"].first_child()["name"].text(), "the Department");
  EXPECT_EQ(meta["date"].text(), "1975-03-04T09:30:00Z");
  EXPECT_EQ(meta["date_text"].text(), "March 4, 1975, 0930Z");
  EXPECT_EQ(meta["x_date_from"].text(), "1975-03-04T00:00:00Z");
  EXPECT_EQ(meta["place"].text(), "Quilmar");
  EXPECT_EQ(meta["source_note"].text(), "Source: Archive, Box 7. Secret; Priority; Exdis. Drafted by Ronlan.");
  EXPECT_EQ(meta["classification"].text(), "SECRET");
  EXPECT_EQ(meta["precedence"].text(), "PRIORITY");
  EXPECT_EQ(meta["captions"].first_child().text(), "EXDIS");
  EXPECT_EQ(meta["x_guessed"].first_child().text(), "classification");
  EXPECT_EQ(meta["refs"].first_child()["text"].text(), "State 1");
  EXPECT_EQ(meta["signature"].text(), "Ronlan");
  EXPECT_EQ(meta["x_reference"].text(), "2333");
  EXPECT_EQ(all[2].root()["meta"]["x_editorial"].text(), "true");
}

// -- cables ------------------------------------------------------------------------------------------------------------

std::vector<document> cables(std::size_t count, testing::flavour f) {
  std::vector<document> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(build([&](builder& out) { testing::tell_random_model(out, i, f); }));
  return all;
}

TEST(Corpus, OfCablesComesBack) {
  for (const auto f : {testing::flavour::profile, testing::flavour::wild}) {
    const auto before = cables(60, f);
    const auto written = write(before);
    auto after = read(written.octets);
    ASSERT_EQ(after.documents.size(), before.size()) << messages(after.diagnostics) << after.problem << " (no frame was given)";
    for (std::size_t i = 0; i < before.size(); ++i) {
      const auto difference = first_difference(before[i].root(), after.documents[i].root());
      ASSERT_FALSE(difference) << i << " " << *difference;
    }
    EXPECT_EQ(write(after.documents).octets, written.octets);
  }
}

TEST(Corpus, HasEveryIdOnce) {
  const auto tell = [](builder& out) {
    out.map("document").value("id", "09QUILMAR1").value("kind", "cable").map("meta").close().list("body").close().close();
  };
  std::vector<document> three;
  for (int i = 0; i < 3; ++i) three.push_back(build(tell));
  const auto written = write(three);
  for (const char* id :
       {"xml:id=\"c09QUILMAR1\"", "xml:id=\"c09QUILMAR1.2\"", "xml:id=\"c09QUILMAR1.3\"", "xml:id=\"c09QUILMAR1.3.d\""})
    EXPECT_NE(written.octets.find(id), npos) << id;
  const auto again = read(written.octets);
  ASSERT_EQ(again.documents.size(), 3u);
  EXPECT_FALSE(first_difference(three[2].root(), again.documents[2].root()));
}

TEST(Corpus, KeepsAForeignHeader) {
  const auto two = cables(2, testing::flavour::profile);
  std::string text = write(two).octets;
  const auto at = text.find("      <sourceDesc><p>Cables");
  text.insert(at, "      <!-- ours -->\n");
  const auto result = read(text);
  ASSERT_EQ(result.documents.size(), 3u);
  EXPECT_TRUE(result.documents[0].root()["tree"]);
  EXPECT_EQ(write(result.documents).octets, text);
}

TEST(Corpus, OfOtherTeiComesBack) {
  const std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<teiCorpus xmlns=\"http://www.tei-c.org/ns/1.0\" xmlns:x=\"urn:x\">\n"
      " <teiHeader><x:odd/></teiHeader> <!-- one -->\n <TEI xml:id=\"a\"><teiHeader "
      "x:n=\"1\"/><text><p>A<x:b/></p></text></TEI>\n"
      " <TEI>\n<teiHeader><fileDesc><publicationStmt><idno>B "
      "2</idno></publicationStmt></fileDesc></teiHeader><text><p>B</p></text></TEI>\n"
      " <teiCorpus><teiHeader/><TEI xml:id=\"a\"><text/></TEI></teiCorpus><?end?>\n</teiCorpus>\n";
  auto result = read(text);
  ASSERT_EQ(result.documents.size(), 4u) << messages(result.diagnostics) << result.problem;
  EXPECT_EQ(result.documents[1].root()["id"].text(), "a");
  EXPECT_EQ(result.documents[1].root()["namespaces"]["x"].text(), "urn:x");
  EXPECT_EQ(result.documents[2].root()["id"].text(), "B 2");
  EXPECT_EQ(write(result.documents).octets, text);
  // Cut out, it stands for itself.
  const auto alone = write(result.documents[1]);
  EXPECT_NE(alone.octets.find("<TEI xml:id=\"a\" xmlns=\"http://www.tei-c.org/ns/1.0\" xmlns:x=\"urn:x\">"), npos)
      << alone.octets;
  EXPECT_EQ(read(alone.octets).diagnostics.size(), 0u);
}

TEST(Corpus, OfOneIsACorpusWhenItHasAFrame) {
  const auto one = cables(1, testing::flavour::profile);
  const document frame =
      build([](builder& out) { out.map("collection").value("id", "box & 1").value("kind", "cables").close(); });
  const auto written = testing::write(format, {&frame, &one[0]});
  const auto again = read(written.octets);
  ASSERT_EQ(again.documents.size(), 2u);
  EXPECT_FALSE(first_difference(frame.root(), again.documents[0].root()))
      << *first_difference(frame.root(), again.documents[0].root());
}

TEST(Corpus, ReadsFromAStreamInPieces) {
  const std::string text = write(cables(5, testing::flavour::wild)).octets;
  const auto in_memory = testing::read(format, text);
  const auto streamed = testing::read(format, text, {}, "test", 7, false);
  ASSERT_EQ(streamed.documents.size(), in_memory.documents.size());
  for (std::size_t i = 0; i < streamed.documents.size(); ++i)
    EXPECT_FALSE(first_difference(in_memory.documents[i].root(), streamed.documents[i].root()));
}

// -- other TEI -----------------------------------------------------------------------------------------------------------

TEST(Letter, IsKeptWholeWithWhatItsHeaderSays) {
  const std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE TEI [\n<!ENTITY % m \"INCLUDE\">\n]>\n<?a b?>\n<!-- c -->\n"
      "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xml:lang=\"de\">\n "
      "<teiHeader><fileDesc><titleStmt><title>Brief</title></titleStmt></fileDesc>"
      "<profileDesc><correspDesc><correspAction type=\"sent\"><persName>A B</persName><placeName>Wien</placeName><date "
      "when=\"1901-02-03\"/></correspAction>"
      "<correspAction type=\"received\"><persName>C D</persName></correspAction></correspDesc></profileDesc></teiHeader>\n"
      " <facsimile/><?dragoman-body?>\n <text>\n  <body><p> x&#13;y\t<hi> </hi> </p></body>\n </text>\n <!-- d "
      "-->\n</TEI>\n<?e?>\n";
  auto result = testing::read(format, text, {}, "letters/L 7.xml");
  ASSERT_EQ(result.documents.size(), 1u) << messages(result.diagnostics) << result.problem;
  const node d = result.documents[0].root();
  EXPECT_EQ(d["id"].text(), "L 7");
  EXPECT_EQ(d["kind"].text(), "document");
  EXPECT_EQ(d["meta"]["subject"].text(), "Brief");
  EXPECT_EQ(d["meta"]["from"]["name"].text(), "A B");
  EXPECT_EQ(d["meta"]["to"].first_child()["name"].text(), "C D");
  EXPECT_EQ(d["meta"]["place"].text(), "Wien");
  EXPECT_EQ(d["meta"]["date"].text(), "1901-02-03");
  EXPECT_EQ(write(result.documents).octets, text);
}

TEST(Letter, KeepsWhatOtherFormatsAddToIt) {
  const std::string text =
      "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" "
      "xml:id=\"L\"><teiHeader><fileDesc/>\n<revisionDesc/></teiHeader><text><p>x</p></text></TEI>";
  const document plain = read_one(text);
  const document more = build([&](builder& out) {
    out.map("document");
    out.map("source").octets("octets", std::string_view("a\0b", 3)).value("media_type", "text/plain").close();
    for (node m : plain.root()) {
      if (m.name() != "carrier") {
        out.copy(m);
        continue;
      }
      out.map("carrier").map("json").value("indent", "2").close();
      for (node c : m) out.copy(c);
      out.close();
    }
    out.map("x_box").value("no", "7").leaf(node_type::literal, "count", "1.50").close();
    out.close();
  });
  const auto written = write(more);
  EXPECT_TRUE(written.diagnostics.empty()) << messages(written.diagnostics);
  const document again = read_one(written.octets);
  EXPECT_FALSE(first_difference(more.root(), again.root())) << *first_difference(more.root(), again.root()) << written.octets;
}

TEST(Fragment, OfTeiIsADocument) {
  const std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a -->\n<t:div "
      "xmlns:t=\"http://www.tei-c.org/ns/1.0\"><t:p>x</t:p></t:div>\n";
  EXPECT_EQ(write(read_one(text)).octets, text);
}

TEST(Prefixes, ThatNobodyDeclaresAreDeclared) {
  const document d = build([](builder& out) {
    out.map("document").value("id", "x").value("kind", "cable").map("meta").close();
    out.list("body").element("frus:note").attr("odd:n", "1").text("x").close().close().close();
  });
  const auto written = write(d);
  const document again = read_one(written.octets);
  EXPECT_FALSE(first_difference(d.root(), again.root())) << written.octets;
}

TEST(XenoData, OfAnybodysMakingDoesNoHarm) {
  for (const char* json :
       {R"({"id":"y","kind":"z","body":[],"namespaces":{"a":""}})",
        R"({"source":{"octets":"x"},"meta":{"to":{"0":1},"subject":[]}})", R"({"x_a":{"#xml":"<p:/>"}})", R"({"x_a":1,"x_a":2})",
        R"({"carrier":{"tei":{"tree":[],"id":"q","header":1}}})", R"({"carrier":7,"source":8,"meta":9})",
        R"({"x_a":{"#octets":"?"}})", R"({"#xml":"<a/>"})", "[1]", "{", R"({"x_a":1e999})", "{}"}) {
    xml_writer xeno;
    xeno.raw("<xenoData type=\"dragoman\">").text(json).raw("</xenoData>");
    for (const std::string& type : {std::string(" type=\"dragoman-cable\" n=\"1\""),
                                    std::string(" type=\"dragoman-document\" subtype=\"body\" n=\"1\""), std::string()}) {
      const auto result = read("<TEI xmlns=\"http://www.tei-c.org/ns/1.0\"" + type + "><teiHeader>" +
                               std::string(xeno.collected()) + "</teiHeader><text><body><div type=\"document\"" +
                               std::string(type.empty() ? " rend=\"x\"" : "") + "><p>x</p></div></body></text></TEI>");
      EXPECT_TRUE(result.problem.empty()) << json << "\n" << result.problem;
      ASSERT_FALSE(result.documents.empty()) << json << messages(result.diagnostics);
      const auto written = write(result.documents);
      EXPECT_EQ(read(written.octets).documents.size(), result.documents.size()) << written.octets;
    }
  }
}

// -- what XML cannot say is said ---------------------------------------------------------------------------------------

document with_body(const std::function<void(builder&)>& tell) {
  return build([&](builder& out) {
    out.map("document").value("id", "x").value("kind", "cable").map("meta").close().list("body");
    tell(out);
    out.close().close();
  });
}

TEST(Losses, AreReported) {
  EXPECT_TRUE(write(with_body([](builder& out) { out.leaf(node_type::comment, {}, "a\rb"); })).has("tei.markup-text"));
  EXPECT_TRUE(write(with_body([](builder& out) { out.leaf(node_type::pi, "x", " y"); })).has("tei.markup-text"));
  const document frame =
      build([](builder& out) { out.map("collection").value("id", "c").value("kind", "cables").value("x_more", "1").close(); });
  EXPECT_TRUE(write(frame).has("tei.frame-member"));
  const document cable = with_body([](builder& out) { out.element("p").text("x").close(); });
  auto all = read(volume).documents;
  EXPECT_TRUE(testing::write(format, {&all[0], &cable}).has("tei.cable-in-volume"));
}

TEST(Losses, ADoctypeThatIsNoneIsNotWritten) {
  for (const char* wrong : {"<!DOCTYPE a><b/>", "x", "<!DOCTYPE a [<!ENTITY % p '<'> %p;]>", "<!DOCTYPE a"}) {
    const document d = build([&](builder& out) {
      out.map("document").value("id", "x").value("kind", "cable").map("meta").close().list("body").close();
      out.map("carrier").map("tei").value("doctype", wrong).close().close().close();
    });
    const auto written = write(d);
    EXPECT_TRUE(written.has("tei.doctype-dropped"));
    EXPECT_EQ(read(written.octets).documents.size(), 1u) << written.octets;
  }
}

TEST(Names, ThatXmlCannotHaveAreRefused) {
  for (const auto& tell : std::vector<std::function<void(builder&)>>{
           [](builder& out) { out.element("a:b:c").close(); }, [](builder& out) { out.element(":a").close(); },
           [](builder& out) { out.element("p").attr("a:", "").close(); },
           [](builder& out) { out.element("p").attr("xmlns:a", "").close(); },
           [](builder& out) { out.open(node_type::pi, "XML").close(); }}) {
    const auto written = write(with_body(tell));
    EXPECT_TRUE(written.has("tei.name"));
    EXPECT_EQ(written.statuses[1], DGM_SKIP);
  }
}

document of_volume(const std::string& id, const std::function<void(builder&)>& tell) {
  return build([&](builder& out) {
    out.map("document").value("id", id).value("kind", "document").list("body");
    out.element("div").attr("type", "document").attr("xml:id", id);
    tell(out);
    out.close().close().close();
  });
}

// The names of a document of a volume are looked at as it is written.
TEST(Names, ThatXmlCannotHaveLeaveNoTraceInAVolume) {
  const document frame = build([](builder& out) {
    out.map("collection").value("id", "v").value("kind", "volume").list("tree").element("TEI");
    out.attr("xmlns", "http://www.tei-c.org/ns/1.0").element("text").element("body");
    out.open(node_type::slot, "d1").close().open(node_type::slot, "d2").close();
    out.close().close().close().close().close();
  });
  const std::string long_text(std::size_t{1} << 17, 'x');
  const document bad = of_volume(
      "d1", [&](builder& out) { out.text(long_text).open(node_type::comment).text("\r").close().element("a:b:c").close(); });
  const document good = of_volume("d1", [](builder& out) { out.element("p").text("x").close(); });
  const document second = of_volume("d2", [](builder& out) { out.element("p").text("y").close(); });
  const auto expected = testing::write(format, {&frame, &good, &second});
  const auto written = testing::write(format, {&frame, &bad, &good, &second});
  EXPECT_TRUE(written.has("tei.name"));
  EXPECT_FALSE(written.has("tei.markup-text"));
  ASSERT_EQ(written.statuses.size(), expected.statuses.size() + 1);
  EXPECT_EQ(written.statuses[2], DGM_SKIP);
  EXPECT_EQ(written.octets, expected.octets);
  EXPECT_EQ(read(written.octets).documents.size(), 3u);
}

TEST(Names, WithoutADeclarationGetOneInAVolume) {
  const document frame = build([](builder& out) {
    out.map("collection").value("id", "v").value("kind", "volume").list("tree").element("TEI");
    out.attr("xmlns", "http://www.tei-c.org/ns/1.0").attr("xmlns:f", "urn:f").element("text").element("body");
    out.open(node_type::slot, "d1").close().close().close().close().close().close();
  });
  const document d = of_volume("d1", [](builder& out) {
    out.element("f:a").attr("g:b", "1").close();
    out.element("p").attr("xmlns:h", "urn:h").element("h:i").close().close().element("h:j").close();
  });
  const auto written = testing::write(format, {&frame, &d});
  EXPECT_NE(written.octets.find("<div type=\"document\" xml:id=\"d1\" xmlns:g=\"urn:x-dragoman:unbound:g\" "
                                "xmlns:h=\"urn:x-dragoman:unbound:h\"><f:a g:b=\"1\"/><p xmlns:h=\"urn:h\"><h:i/></p><h:j/>"),
            npos)
      << written.octets;
  EXPECT_EQ(read(written.octets).documents.size(), 2u);
}

TEST(Names, InAFrameThatXmlCannotHaveRefuseIt) {
  for (const bool has_slot : {true, false}) {
    const document frame = build([&](builder& out) {
      out.map("collection").value("id", "v").value("kind", "volume").list("tree").element("TEI");
      out.attr("xmlns", "http://www.tei-c.org/ns/1.0").element("a:b:c").close();
      if (has_slot) out.open(node_type::slot, "d1").close();
      out.close().close().close();
    });
    const auto written = testing::write(format, {&frame});
    EXPECT_TRUE(written.has("tei.name"));
    EXPECT_EQ(written.statuses[1], DGM_SKIP);
  }
}

TEST(Writer, HandsTheHostsFailureBack) {
  const document cable = with_body([](builder& out) { out.element("p").text("x").close(); });
  testing::recording_host services(&format);
  testing::memory_output out(10);
  void* session = nullptr;
  ASSERT_EQ(format.writer->open(services.table(), out.table(), &session), DGM_OK);
  const dgm_document lent = testing::lend(cable);
  EXPECT_EQ(format.writer->write(session, &lent), DGM_OK);
  EXPECT_EQ(format.writer->finish(session), DGM_IO);
  format.writer->close(session);
}

TEST(Carrier, OfAnotherVersionIsKept) {
  const document d = build([](builder& out) {
    out.map("document").value("id", "x").value("kind", "cable").map("meta").close().list("body").close();
    out.map("carrier")
        .map("tei")
        .value("later", "thing")
        .list("before")
        .open(node_type::comment)
        .text(" c ")
        .close()
        .close()
        .close()
        .close()
        .close();
  });
  const auto written = write(d);
  const document again = read_one(written.octets);
  EXPECT_FALSE(first_difference(d.root(), again.root())) << *first_difference(d.root(), again.root()) << written.octets;
}

}  // namespace
}  // namespace dragoman::tei::tests
