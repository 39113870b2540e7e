// Octets in sourceDoc: every string of octets comes back (tei.md 2.3).
#include "octets.hpp"
#include "tei_testing.hpp"

#include <random_model.hpp>

namespace dragoman::tei::tests {
namespace {

std::string as_xml(std::string_view octets, std::string_view charset) {
  xml_writer out;
  write_octets(out, octets, charset, "text/plain", 0);
  return out.take();
}
std::optional<std::string> back(const std::string& xml, std::string_view charset) {
  const auto tree = parse_xml(xml);
  return read_octets(tree->document_element(), tei_names(tree->document_element()), charset);
}

TEST(Octets, AreLinesOfText) {
  const std::string pad(100, 'x');
  EXPECT_EQ(as_xml(pad + "FM A\nB\r\n\nC\x07", "utf-8"),
            "<sourceDoc>\n  <surface rend=\"eol-lf\" xml:space=\"preserve\">\n    <line>" + pad +
                "FM A</line>\n    <line rend=\"eol-crlf\">B</line>\n    <line/>\n"
                "    <line rend=\"eol-none\">C<g ref=\"octet:07\"/></line>\n  </surface>\n</sourceDoc>");
  EXPECT_EQ(as_xml("", "utf-8"), "<sourceDoc>\n  <surface rend=\"eol-lf\" xml:space=\"preserve\"/>\n</sourceDoc>");
  EXPECT_EQ(as_xml("a\rb\rc\n", "utf-8").substr(0, 40), "<sourceDoc>\n  <surface rend=\"eol-cr\" xml");
}

TEST(Octets, ThatAreNoTextAreBase64) {
  EXPECT_EQ(as_xml("\x01\x02\x03", "utf-8"),
            "<facsimile><binaryObject mimeType=\"text/plain\" encoding=\"base64\">\nAQID</binaryObject></facsimile>");
  EXPECT_EQ(as_xml("plain", "x-nobody-knows").substr(0, 10), "<facsimile");
  EXPECT_EQ(as_xml("plain", "").substr(0, 10), "<facsimile");
  EXPECT_EQ(as_xml(std::string(99, 'x') + "\x01", "utf-8").substr(0, 10), "<sourceDoc") << "one in a hundred";
  EXPECT_EQ(as_xml(std::string(98, 'x') + "\x01", "utf-8").substr(0, 10), "<facsimile") << "more than one in a hundred";
}

TEST(Octets, OfEveryKindComeBack) {
  testing::random_source random(1);
  for (int n = 0; n < 4000; ++n) {
    std::string octets;
    const std::size_t length = random.below(300), spread = random.one_in(3) ? 256 : 1;
    for (std::size_t i = 0; i < length; ++i)
      octets += random.below(200) < spread ? static_cast<char>(random.below(256))
                : random.one_in(12)        ? "\n\r\n\t "[random.below(5)]
                                           : static_cast<char>(' ' + random.below(95));
    for (const std::string_view charset : {"utf-8", "windows-1252", "ISO-8859-1", "us-ascii", "unknown"}) {
      const std::string xml = as_xml(octets, charset);
      const auto again = back(xml, charset);
      ASSERT_TRUE(again) << charset << "\n" << xml;
      ASSERT_EQ(*again, octets) << charset << "\n" << xml;
    }
  }
}

TEST(Octets, OfEveryOctetInEveryCharsetComeBack) {
  for (int octet = 0; octet < 256; ++octet) {
    const std::string octets = std::string(300, 'x') + static_cast<char>(octet);
    for (const std::string_view charset : {"utf-8", "windows-1252", "iso-8859-1", "us-ascii"}) {
      EXPECT_EQ(as_xml(octets, charset).substr(0, 10), "<sourceDoc");
      EXPECT_EQ(back(as_xml(octets, charset), charset), octets) << octet << charset;
    }
  }
}

TEST(Octets, AwkwardOnesStayText) {
  const std::string pad(2000, 'x');
  for (const std::string_view odd : {"\xEF\xBB\xBF", "\r\r\n", "\xC0\x80", "\xC2\x85", "]]>", "\xEF\xBF\xBE", "\xED\xA0\x80",
                                     "\xF4\x90\x80\x80", "&#13;", "<g/>", "\xE2\x80\xA8"}) {
    const std::string octets = pad + std::string(odd) + pad;
    EXPECT_EQ(as_xml(octets, "utf-8").substr(0, 10), "<sourceDoc");
    EXPECT_EQ(back(as_xml(octets, "utf-8"), "utf-8"), octets);
  }
}

TEST(Octets, ThatSomebodyElseWroteAreNotGuessed) {
  EXPECT_FALSE(back("<sourceDoc><surface><zone>x</zone></surface></sourceDoc>", "utf-8"));
  EXPECT_FALSE(back("<sourceDoc><surface><line><g ref=\"octet:7\"/></line></surface></sourceDoc>", "utf-8"));
  EXPECT_FALSE(back("<sourceDoc><surface><line rend=\"bold\">x</line></surface></sourceDoc>", "utf-8"));
  EXPECT_FALSE(back("<sourceDoc><surface><line>\xE2\x82\xAC</line></surface></sourceDoc>", "iso-8859-1"))
      << "no such character there";
  EXPECT_FALSE(back("<facsimile><graphic url=\"x\"/></facsimile>", "utf-8"));
  EXPECT_FALSE(back("<facsimile><binaryObject encoding=\"base64\">A</binaryObject></facsimile>", "utf-8"));
}

}  // namespace
}  // namespace dragoman::tei::tests
