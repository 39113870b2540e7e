#include "display/outline.hpp"

#include "plugins/fake_formats.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace dragoman::hosting {
namespace {

document made(std::string_view source, const std::function<void(builder&)>& tell) {
  document_builder store(sha256);
  builder out(store.sink());
  out.map("document")
      .map("source")
      .octets("octets", source)
      .value("media_type", "text/plain")
      .close()
      .value("id", "x")
      .value("kind", "cable");
  tell(out);
  out.close();
  return store.finish();
}

std::vector<std::string> lines(const std::vector<heading_row>& rows) {
  std::vector<std::string> out;
  for (const auto& r : rows) out.push_back(r.name + "|" + r.text);
  return out;
}

TEST(Outline, HeadingRowsStandInTheOrderOfTheSourceAndSayRecordsAsTheyAreWritten) {
  const auto d = made(std::string(100, '.'), [](builder& out) {
    out.map("meta").value("subject", "DUES").span(60, 64);
    out.map("from").span(10, 20).value("name", "AMEMBASSY QUILMAR").close();
    out.list("to").map().span(21, 30).value("name", "SECSTATE").value("route", "RUEHC").value("number", "0092").close().close();
    out.list("tags").value({}, "PREL").span(40, 44).value({}, "XL").span(46, 48).close();
    out.list("refs").map().span(70, 80).value("label", "A").value("text", "STATE 9").value("id", "09STATE9").close();
    out.map().span(81, 85).value("text", "a letter").close().close();
    out.map("declassify")
        .value("text", "E.O. 12958: DECL: 1/1/19")
        .span(31, 39)
        .value("order", "E.O. 12958")
        .value("date", "2019-01-01")
        .close();
    out.map("transmission").value("id", "VZCZC").span(0, 5).value("de", "RUEHQX #1").span(6, 9).close();
    out.value("x_said", "nowhere").close();
  });
  EXPECT_EQ(lines(heading_rows_of(d.root())),
            (std::vector<std::string>{"transmission|VZCZC", "|RUEHQX #1", "from|AMEMBASSY QUILMAR", "to|RUEHC/SECSTATE 0092",
                                      "declassify|E.O. 12958: DECL: 1/1/19 -> E.O. 12958, 2019-01-01", "tags|PREL, XL",
                                      "subject|DUES", "refs|A. STATE 9 -> 09STATE9", "|a letter", "x_said|nowhere"}));
}

TEST(Outline, APartOfARecordStandsWhereTheRecordDoes) {
  const auto d = made("FM AMEMBASSY QUILMAR", [](builder& out) {
    out.map("meta").map("from").span(3, 20).value("name", "AMEMBASSY QUILMAR").close().close();
  });
  const auto values = heading_of(d.root());
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0].path, "from/name");
  EXPECT_TRUE(values[0].place.known);
  EXPECT_EQ(values[0].place.begin, 3u);
}

TEST(Outline, SeamsOfAParagraphSayWhatStoodThere) {
  const auto d = made("1. (C) The dues\n\nPAGE 2\n\nstay.\n\n2. One\n\nsentence.\n", [](builder& out) {
    out.list("body");
    out.element("p")
        .span(0, 30)
        .attr("n", "1")
        .element("seg")
        .attr("type", "portion")
        .attr("subtype", "C")
        .text("(C)")
        .close()
        .text("The dues\n");
    out.element("pb")
        .span(17, 23)
        .attr("n", "2")
        .close()
        .element("fw")
        .attr("type", "header")
        .text("PAGE 2")
        .span(17, 23)
        .close()
        .text("stay.")
        .close();
    out.element("p").span(32, 49).attr("n", "2").text("One\nsentence.").close();
    out.close();
  });
  const auto blocks = outline_of(d.root());
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].mark, "C");
  EXPECT_EQ(blocks[0].text, "The dues stay.") << "the header is no part of the sentence";
  ASSERT_EQ(blocks[0].seams.size(), 1u);
  EXPECT_EQ(blocks[0].seams[0].page, "2");
  EXPECT_EQ(blocks[0].seams[0].text, "PAGE 2");
  EXPECT_EQ(blocks[0].seams[0].place.begin, 17u);
  ASSERT_EQ(blocks[1].seams.size(), 1u) << "a blank line in the source";
  EXPECT_EQ(blocks[1].seams[0].text, "");
  EXPECT_EQ(blocks[1].seams[0].place.begin, 40u);
}

TEST(Outline, ResidueIsCountedInOctetsAndNumberedByLines) {
  const std::string source = "one\r\n??? a  \r\n\r\n??? b\r\ntwo\r\n";
  const auto d = made(source, [](builder& out) {
    out.map("meta").list("lines").map().value("n", "1").value("text", "one").span(0, 3).close().close().close();
    out.list("body").element("ab").span(5, 21).attr("type", "opaque").text("??? a\n??? b").close().close();
  });
  const auto all = residue_of(d.root());
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(all[0].is_heading);
  EXPECT_EQ(octets_of(all), 3u + 16u);
  // The document is the second one of its input.
  const auto input = octets::of_memory("zero\n" + source);
  std::uint64_t at = 5;
  const source_lines where(d.root(), input, at);
  EXPECT_EQ(at, 5 + source.size());
  ASSERT_TRUE(where.is_in_input());
  const auto numbered = lines_of(all[1], where);
  ASSERT_EQ(numbered.size(), 2u);
  EXPECT_EQ(numbered[0].number, 3u);
  EXPECT_EQ(numbered[0].text, "??? a");
  EXPECT_EQ(numbered[1].number, 5u) << "a blank line between them";
}

TEST(Outline, ASourceThatIsNotInTheInputHasItsOwnLines) {
  const auto d = made("one\ntwo\n", [](builder& out) { out.map("meta").value("subject", "two").span(4, 7).close(); });
  std::uint64_t at = 0;
  const source_lines where(d.root(), octets::of_memory("{\"json\": 1}"), at);
  EXPECT_EQ(at, 0u);
  EXPECT_FALSE(where.is_in_input());
  EXPECT_EQ(where.locate(4).line, 2u);
}

TEST(PercentLeft, IsWholeOnlyWhenNothingIsLost) {
  EXPECT_EQ(percent_left(0, 10), "100");
  EXPECT_EQ(percent_left(0, 0), "100");
  EXPECT_EQ(percent_left(1, 1'000'000'000), "99.99");
  EXPECT_EQ(percent_left(999'999'999, 1'000'000'000), "0.01");
  EXPECT_EQ(percent_left(10, 10), "0");
  EXPECT_EQ(percent_left(1, 20), "95.00");
}

}  // namespace
}  // namespace dragoman::hosting
