// The scan: the same verdict as an XML processor, and refusals by name (tei.md 4.2, 4.3).
#include "guard.hpp"
#include "tei_testing.hpp"

#include <optional>

namespace dragoman::tei::tests {
namespace {

using namespace std::string_literals;

// The code with which a file is refused; nothing when it passes.
std::optional<unusable> verdict(std::string_view octets) {
  try {
    const source_text source(octets, std::size_t{1} << 30);
    scan(source);
    return std::nullopt;
  } catch (const unusable& e) {
    return e;
  }
}
std::string code_of(std::string_view octets) {
  const auto v = verdict(octets);
  return v ? v->code : "";
}

std::string utf16(std::string_view ascii, bool little, bool mark) {
  std::string out;
  const auto add = [&](char high, char low) { out += little ? low : high, out += little ? high : low; };
  if (mark) add('\xFE', '\xFF');
  for (const char c : ascii) add('\0', c);
  return out;
}

struct input_case {
  const char* name;
  std::string octets;
};

// Ill-formed or hostile: an XML processor refuses each.
const std::vector<input_case>& ill_formed() {
  static const std::vector<input_case> all{
      {"nothing", ""},
      {"only white space", " \n "},
      {"only a comment", "<!-- x -->"},
      {"only a declaration", "<?xml version=\"1.0\"?>"},
      {"text before the root", "x<a/>"},
      {"text after the root", "<a/>x"},
      {"two roots", "<a/><b/>"},
      {"a root that does not end", "<a>"},
      {"a tag that does not end", "<a b=\"1\""},
      {"a value that does not end", "<a b=\"1"},
      {"end tag of another", "<a></b>"},
      {"end tag of a longer name", "<a></ab>"},
      {"crossed tags", "<a><b></a></b>"},
      {"end tag too many", "<a/></a>"},
      {"end tag without name", "<a></></a>"},
      {"end tag with attribute", "<a></a b=\"1\">"},
      {"name begins with a digit", "<1a/>"},
      {"name with a forbidden character", "<\xC3\x97/>"},
      {"blank before the name", "< a/>"},
      {"slash and blank", "<a / >"},
      {"two equal attributes", "<a b=\"1\" b=\"2\"/>"},
      {"many attributes, two equal", "<a a1='' a2='' a3='' a4='' a5='' a6='' a7='' a8='' a9='' a5=''/>"},
      {"attribute without quotes", "<a b=c/>"},
      {"attribute without value", "<a b/>"},
      {"no blank between attributes", "<a b=\"1\"c=\"2\"/>"},
      {"< in an attribute", "<a b=\"<\"/>"},
      {"& in an attribute", "<a b=\"&\"/>"},
      {"undeclared entity in an attribute", "<a b=\"&x;\"/>"},
      {"& alone", "<a>a & b</a>"},
      {"undeclared entity", "<a>&nbsp;</a>"},
      {"entity without semicolon", "<a>&amp</a>"},
      {"empty decimal reference", "<a>&#;</a>"},
      {"empty hexadecimal reference", "<a>&#x;</a>"},
      {"capital X in a reference", "<a>&#X41;</a>"},
      {"letters in a decimal reference", "<a>&#4A;</a>"},
      {"reference to NUL", "<a>&#0;</a>"},
      {"reference to a control character", "<a>&#1;</a>"},
      {"reference to a surrogate", "<a>&#xD800;</a>"},
      {"reference to U+FFFF", "<a>&#xFFFF;</a>"},
      {"reference beyond Unicode", "<a>&#x110000;</a>"},
      {"reference that overflows", "<a>&#x100000041;</a>"},
      {"NUL", "<a>\0</a>"s},
      {"control character", "<a>\x01</a>"},
      {"control character in an attribute", "<a b=\"\x02\"/>"},
      {"control character in a comment", "<a><!--\x03--></a>"},
      {"U+FFFE", "<a>\xEF\xBF\xBE</a>"},
      {"overlong UTF-8", "<a>\xC0\x80</a>"},
      {"surrogate in UTF-8", "<a>\xED\xA0\x80</a>"},
      {"cut UTF-8", "<a>\xC3</a>"},
      {"Latin-1 that is not declared", "<a>caf\xE9</a>"},
      {"< in text", "<a><</a>"},
      {"]]> in text", "<a>]]></a>"},
      {"CDATA after the root", "<a/><![CDATA[x]]>"},
      {"CDATA before the root", "<![CDATA[x]]><a/>"},
      {"CDATA in small letters", "<a><![cdata[x]]></a>"},
      {"CDATA that does not end", "<a><![CDATA[x</a>"},
      {"-- in a comment", "<a><!-- a -- b --></a>"},
      {"comment that ends in --->", "<a><!--a---></a>"},
      {"comment that does not end", "<a><!--a</a>"},
      {"the shortest wrong comment", "<a><!--></a>"},
      {"PI that does not end", "<a><?x </a>"},
      {"PI without blank", "<a><?x\"y\"?></a>"},
      {"PI without name", "<a><? x?></a>"},
      {"PI named XML", "<a><?XmL foo?></a>"},
      {"XML declaration inside", "<a><?xml version=\"1.0\"?></a>"},
      {"XML declaration after a blank", " <?xml version=\"1.0\"?><a/>"},
      {"declaration without version", "<?xml encoding=\"UTF-8\"?><a/>"},
      {"declaration in wrong order", "<?xml encoding=\"UTF-8\" version=\"1.0\"?><a/>"},
      {"declaration with a wrong standalone", "<?xml version=\"1.0\" standalone=\"maybe\"?><a/>"},
      {"XML 2.0", "<?xml version=\"2.0\"?><a/>"},
      {"unknown encoding", "<?xml version=\"1.0\" encoding=\"x-foo\"?><a/>"},
      {"UTF-8 that says UTF-16", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>"},
      {"ASCII with more", "<?xml version=\"1.0\" encoding=\"US-ASCII\"?><a>\xC3\xA9</a>"},
      {"windows-1252 without character", "<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>\x81</a>"},
      {"half a character of UTF-16", utf16("<a>", true, true) + "\x00\xD8"s + utf16("</a>", true, false)},
      {"DOCTYPE after the root", "<a/><!DOCTYPE a>"},
      {"two DOCTYPEs", "<!DOCTYPE a><!DOCTYPE a><a/>"},
      {"DOCTYPE in small letters", "<!doctype a><a/>"},
      {"DOCTYPE without system identifier", "<!DOCTYPE a PUBLIC \"x\"><a/>"},
      {"DOCTYPE that does not end", "<!DOCTYPE a [ <a/>"},
      {"entity without value", "<!DOCTYPE a [<!ENTITY x>]><a/>"},
      {"& in the value of an entity", "<!DOCTYPE a [<!ENTITY x \"a & b\">]><a/>"},
      {"% in the value of an entity", "<!DOCTYPE a [<!ENTITY x \"a % b\">]><a/>"},
      {"element declaration without content", "<!DOCTYPE a [<!ELEMENT x>]><a/>"},
      {"content model with two separators", "<!DOCTYPE a [<!ELEMENT x (a|b,c)>]><a/>"},
      {"unknown declaration", "<!DOCTYPE a [<!FOO x>]><a/>"},
      {"text in a DOCTYPE", "<!DOCTYPE a [ foo ]><a/>"},
      {"conditional section inside", "<!DOCTYPE a [<![INCLUDE[ ]]>]><a/>"},
      {"parameter entity inside a declaration", "<!DOCTYPE a [<!ENTITY % x \"b\"><!ENTITY y \"%x;\">]><a/>"},
      {"undeclared parameter entity", "<!DOCTYPE a [ %x; ]><a/>"},
      {"billion laughs", "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><a>&b;"},
      {"prefix that is not declared", "<x:a/>"},
      {"prefix of an attribute that is not declared", "<a x:b=\"\"/>"},
      {"prefix that is out of scope", "<a><b xmlns:x=\"urn:x\"/><x:c/></a>"},
      {"equal attributes by namespace", "<a xmlns:p=\"urn:u\" xmlns:q=\"urn:u\" p:x=\"1\" q:x=\"2\"/>"},
      {"prefix that is taken back", "<a xmlns:p=\"\"/>"},
      {"xml bound to another", "<a xmlns:xml=\"urn:u\"/>"},
      {"xmlns declared", "<a xmlns:xmlns=\"urn:u\"/>"},
      {"two colons", "<a:b:c xmlns:a=\"urn:u\"/>"},
      {"prefix that begins with a digit", "<a xmlns:0='urn:x'/>"},
      {"name that begins with a digit after its prefix", "<a xmlns:p='urn:x'><p:0/></a>"},
      {"colon first", "<:a/>"},
  };
  return all;
}

// Well-formed, however odd: an XML processor accepts each, and so do we.
const std::vector<input_case>& well_formed() {
  static const std::vector<input_case> all{
      {"empty element", "<a/>"},
      {"blanks in tags", "<a b = '1' ></a  >"},
      {"blank before the root", " \n<a/>"},
      {"names with everything", "<a.b-c_d\xC3\xA9 \xE6\xB8\xAF=\"1\"/>"},
      {"gt in text", "<a>></a>"},
      {"]]> in an attribute", "<a b=\"]]>\"/>"},
      {"] ]> and ]] in text", "<a>] ]> ]] ]</a>"},
      {"quotes in attributes", "<a b='\"' c=\"'\"/>"},
      {"the five", "<a b='&quot;&apos;'>&amp;&lt;&gt;&quot;&apos;</a>"},
      {"references", "<a>&#65;&#x41;&#x1F6A2;&#9;&#10;&#13;&#x7F;</a>"},
      {"DEL and C1", "<a>\x7F\xC2\x85\xC2\x80</a>"},
      {"CDATA", "<a><![CDATA[<&]]>x<![CDATA[]]></a>"},
      {"comments", "<!----><a><!-- - --></a><!--x-->"},
      {"instructions", "<?a?><a><?b c?><?xml-x y ?></a><?d?>"},
      {"byte order mark", "\xEF\xBB\xBF<a/>"},
      {"byte order mark inside", "<a>\xEF\xBB\xBF</a>"},
      {"declaration", "<?xml version='1.0' encoding='utf-8' standalone='yes' ?><a/>"},
      {"Latin-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>caf\xE9\x85</a>"},
      {"windows-1252", "<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>\x93x\x94</a>"},
      {"UTF-16 little", utf16("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", true, true)},
      {"UTF-16 big", utf16("<a/>", false, true)},
      {"UTF-16 without mark", utf16("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", true, false)},
      {"DOCTYPE", "<!DOCTYPE a><a/>"},
      {"DOCTYPE with modules",
       "<!DOCTYPE a [<!ENTITY % m 'INCLUDE'><!-- c --><?p i?>\n<!ENTITY e \"v\"><!ENTITY f SYSTEM 'x'>]><a/>"},
      {"DOCTYPE with declarations",
       "<!DOCTYPE a [<!ELEMENT a (#PCDATA|b)*><!ELEMENT b ((c,d?)+|e)><!ELEMENT c EMPTY><!ELEMENT d ANY>"
       "<!ATTLIST a x CDATA #IMPLIED y (p|q) #REQUIRED z NMTOKENS #IMPLIED><!NOTATION n PUBLIC 'x'>]><a y='p'/>"},
      {"namespaces", "<a xmlns='urn:a' xmlns:p='urn:b'><p:b p:c='' c=''/><c xmlns=''/></a>"},
      {"the prefix xml", "<a xml:id='x' xml:lang='en'/>"},
      {"the same prefix again", "<p:a xmlns:p='urn:a'><p:b xmlns:p='urn:b'/></p:a>"},
  };
  return all;
}

TEST(Guard, TheTableIsLong) { EXPECT_GE(ill_formed().size(), 60u); }

TEST(Guard, RefusesWithPlaceAndCode) {
  for (const auto& c : ill_formed()) {
    const auto v = verdict(c.octets);
    ASSERT_TRUE(v) << c.name;
    EXPECT_EQ(v->code.substr(0, 4), "tei.") << c.name;
    EXPECT_GE(v->where.offset, 0) << c.name;
    EXPECT_LE(v->where.offset, static_cast<std::int64_t>(c.octets.size())) << c.name;
  }
}

TEST(Guard, AcceptsWhatIsOddButRight) {
  for (const auto& c : well_formed()) {
    const auto v = verdict(c.octets);
    EXPECT_FALSE(v) << c.name << ": " << (v ? v->what() : "");
  }
}

TEST(Guard, JudgesAsXmllintDoes) {
  if (!has_tool("xmllint")) GTEST_SKIP() << "xmllint is not installed";
  const scratch_folder folder;
  for (const auto* table : {&ill_formed(), &well_formed()})
    for (const auto& c : *table) {
      std::string said;
      const int exit = run("xmllint --noout --nonet " + quoted(folder.file("x.xml", c.octets)) + " 2>&1", said);
      const bool accepted = exit == 0 && said.find("namespace error") == npos;
      EXPECT_EQ(accepted, table == &well_formed()) << c.name << "\n" << said;
    }
}

TEST(Guard, RefusesByNameWhatWouldBeReadWrong) {
  EXPECT_EQ(code_of("<?xml version=\"1.1\"?><a/>"), "tei.xml-version");
  EXPECT_EQ(code_of("<!DOCTYPE a [<!ENTITY e \"v\">]><a>&e;</a>"), "tei.entity");
  EXPECT_EQ(code_of("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>"), "tei.entity");
  EXPECT_EQ(code_of("<!DOCTYPE a [<!ENTITY % p \"<!ATTLIST a b CDATA 'c'>\"> %p;]><a/>"), "tei.entity");
  EXPECT_EQ(code_of("<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>"), "tei.attribute-default");
  EXPECT_EQ(code_of("<!DOCTYPE a [<!ATTLIST a b CDATA #FIXED \"c\">]><a/>"), "tei.attribute-default");
  EXPECT_EQ(code_of("<?xml version=\"1.0\" encoding=\"EBCDIC-CP-US\"?><a/>"), "tei.encoding");
}

TEST(Guard, KeepsTheLimits) {
  std::string deep;
  for (int i = 0; i < 513; ++i) deep += "<a>";
  EXPECT_EQ(code_of(deep), "tei.limit.depth");
  for (int i = 0; i < 200000; ++i) deep += "<a>";
  EXPECT_EQ(code_of(deep), "tei.limit.depth");
  std::string many = "<a";
  for (int i = 0; i < 4097; ++i) many += " a" + std::to_string(i) + "=''";
  EXPECT_EQ(code_of(many + "/>"), "tei.limit.attributes");
  EXPECT_EQ(code_of("<" + std::string(1025, 'a') + "/>"), "tei.limit.name");
  EXPECT_EQ(code_of("<" + std::string(1024, 'a') + "/>"), "");
  const scan_limits small{512, 4096, 1024, 10};
  const source_text source("<a>0123456789x</a>", 100);
  EXPECT_THROW(scan(source, small), unusable);
}

TEST(Guard, SaysWhere) {
  const auto v = verdict("<a>\n  <b>&nope;</b></a>");
  ASSERT_TRUE(v);
  EXPECT_EQ(v->where.offset, 9);
  EXPECT_EQ(v->where.length, 6);
  const auto wide = verdict(utf16("<a>\n  <b>&nope;</b></a>", true, true));
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->where.offset, 2 + 18);
  EXPECT_EQ(wide->where.line, 2u);
  EXPECT_EQ(wide->where.column, 6u);
}

TEST(Guard, FindsTheDocumentsOfACorpus) {
  const std::string text =
      "<!DOCTYPE teiCorpus [ ]><teiCorpus xmlns='http://www.tei-c.org/ns/1.0'><teiHeader/><TEI n='1'><TEI/></TEI>"
      "<teiCorpus><TEI n='2'/></teiCorpus><x:TEI xmlns:x='urn:other'/></teiCorpus>";
  const source_text source(text, 1000);
  const scan_result r = scan(source);
  ASSERT_EQ(r.units.size(), 2u);
  EXPECT_EQ(r.units[0].in(text), "<TEI n='1'><TEI/></TEI>");
  EXPECT_EQ(r.units[1].in(text), "<TEI n='2'/>");
  EXPECT_EQ(r.doctype.in(text), "<!DOCTYPE teiCorpus [ ]>");
  EXPECT_EQ(r.root_name, "teiCorpus");
}

// -- the whole reader -------------------------------------------------------------------------------------------------

TEST(Refusal, IsOneErrorAndNoDocument) {
  for (const auto& c : ill_formed()) {
    const auto result = read(c.octets);
    EXPECT_TRUE(result.documents.empty()) << c.name;
    EXPECT_EQ(result.diagnostics.size(), 1u) << c.name;
    ASSERT_EQ(result.statuses.size(), 2u) << c.name;
    EXPECT_EQ(result.statuses[0], DGM_SKIP) << c.name;
    EXPECT_EQ(result.statuses[1], DGM_END) << c.name;
  }
}

TEST(Refusal, NamesWhatIsNotTei) {
  EXPECT_TRUE(read("<html/>").has("tei.not-tei"));
  EXPECT_TRUE(read("<TEI.2><text/></TEI.2>").has("tei.p4"));
  EXPECT_TRUE(read("<TEI><text/></TEI>").has("tei.p4"));
  EXPECT_TRUE(read("<TEI xmlns='urn:other'/>").has("tei.not-tei"));
}

TEST(Encodings, AllGiveTheSameDocument) {
  const std::string body =
      "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xml:id=\"x\"><text><p>r\xC3\xA9sum\xC3\xA9</p></text></TEI>";
  std::string latin = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + body;
  for (auto at = latin.find("\xC3\xA9"); at != npos; at = latin.find("\xC3\xA9")) latin.replace(at, 2, "\xE9");
  std::string wide = "\xFF\xFE"s, widest = "\xFF\xFE\0\0"s;
  for (std::size_t i = 0; i < body.size();) {
    const character c = decode_utf8(std::string_view(body).substr(i));
    for (int n = 0; n < 4; ++n) {
      const char octet = static_cast<char>(c.code >> (8 * n) & 0xFF);
      if (n < 2) wide += octet;
      widest += octet;
    }
    i += c.length;
  }
  const document plain = read_one(body);
  for (const std::string& other : {latin, wide, widest, "\xEF\xBB\xBF" + body}) {
    const document d = read_one(other);
    EXPECT_FALSE(first_difference(plain.root(), d.root())) << *first_difference(plain.root(), d.root());
  }
  EXPECT_EQ(write(plain).octets, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + body + "\n");
}

TEST(Probe, SeesTheDocumentElement) {
  const auto probe = [](std::string_view head) {
    dgm_str reason{};
    return format.reader->probe(head.data(), head.size(), 1, &reason);
  };
  const std::string tei = "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\"><text/></TEI>";
  EXPECT_GE(probe(tei), 80);
  EXPECT_GE(probe("\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- > --><?x y?><!DOCTYPE TEI SYSTEM 'a>b' [<!ENTITY % x 'y'>]>\n" + tei),
            80);
  EXPECT_GE(probe(utf16(tei, true, true)), 80);
  EXPECT_GE(probe(utf16("<?xml version='1.0' encoding='UTF-16'?>" + tei, false, false)), 80);
  EXPECT_GE(probe("<t:teiCorpus xmlns:t='http://www.tei-c.org/ns/1.0'/>"), 80);
  EXPECT_GE(probe("<TEI.2/>"), 40);
  EXPECT_LT(probe("<html><body/></html>"), 40);
  EXPECT_LT(probe("<?xml version='1.0'?><html/>"), 40);
  EXPECT_EQ(probe("FM AMEMBASSY QUILMAR"), 0);
  EXPECT_EQ(probe("{\"format\":1}"), 0);
  EXPECT_EQ(probe(""), 0);
  EXPECT_EQ(probe("<<<>>>"), 0);
}

// Texts, values and names are passed many octets a step: what is refused is refused at its place, wherever it stands.
TEST(Scan, RefusesAtItsPlaceInRunsOfAnyLength) {
  const std::vector<std::pair<std::string, std::string>> bad{
      {"\x01", "tei.ill-formed"},       {"\x7F\x1F", "tei.ill-formed"},   {"\xC3(", "tei.encoding"},
      {"\xED\xA0\x80", "tei.encoding"}, {"\xE0\x80\x80", "tei.encoding"}, {"\xEF\xBF\xBE", "tei.ill-formed"},
      {"\xE2\x80", "tei.encoding"},     {"& ", "tei.ill-formed"},         {"&nbsp;", "tei.entity"}};
  const std::vector<std::string> good{
      "\xC2\x80", "\xE2\x80\x99", "\xE0\xA4\x85", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\x7F", "]", "]]", "\t\r\n", "&#65;", "'"};
  for (std::size_t before = 0; before <= 40; ++before) {
    for (const std::string behind : {"", "y", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"}) {
      const std::string run(before, 'x');
      for (const auto& [octets, code] : bad) {
        const auto offset = static_cast<std::int64_t>(3 + before + (octets[0] == '\x7F' ? 1 : 0));
        const auto in_text = verdict("<a>" + run + octets + behind + "</a>");
        ASSERT_TRUE(in_text) << run << octets;
        EXPECT_EQ(in_text->code, code) << run << octets;
        EXPECT_EQ(in_text->where.offset, offset) << run << octets;
        const auto in_value = verdict("<a b=\"" + run + octets + behind + "\"/>");
        ASSERT_TRUE(in_value) << run << octets;
        EXPECT_EQ(in_value->code, code) << run << octets;
        EXPECT_EQ(in_value->where.offset, offset + 3) << run << octets;
      }
      for (const auto& octets : good) {
        EXPECT_EQ(code_of("<a>" + run + octets + behind + "</a>"), "") << run << octets;
        EXPECT_EQ(code_of("<a b=\"" + run + octets + behind + "\"/>"), "") << run << octets;
      }
      EXPECT_EQ(code_of("<a>" + run + "]]>" + behind + "</a>"), "tei.ill-formed");
      EXPECT_EQ(code_of("<a b=\"" + run + "<" + behind + "\"/>"), "tei.ill-formed");
      const std::string name = "n" + run;
      EXPECT_EQ(code_of("<" + name + " " + name + "='" + behind + "'>" + behind + "</" + name + ">"), "");
      EXPECT_EQ(code_of("<" + name + "></" + name + "n>"), "tei.ill-formed");
      EXPECT_EQ(code_of("<" + name + "n></" + name + "m>"), "tei.ill-formed");
      EXPECT_EQ(code_of("<" + name + "><m" + name + "></n" + name + "></" + name + ">"), "tei.ill-formed");
      EXPECT_EQ(code_of("<" + name + "\xC3\x97" + behind + "/>"), "tei.ill-formed");
      EXPECT_EQ(code_of("<" + name + ":b/>"), "tei.namespace");
      EXPECT_EQ(code_of("<" + name + " " + name + ":b='1'/>"), "tei.namespace");
    }
  }
}

// What the reader took from the whole tree: the outermost documents of the text, where names mean what they say.
TEST(Scan, FindsTheDocumentsOfAVolume) {
  const std::string tei = "xmlns='http://www.tei-c.org/ns/1.0'";
  const auto ids_of = [](const std::string& text) {
    const source_text source(text, text.size());
    std::string ids;
    const auto scanned = scan(source);
    EXPECT_EQ(scanned.documents.size(), scanned.units.size());
    for (const auto& d : scanned.documents) ids += d.id + " ";
    return ids;
  };
  const std::string a = "<div type='document' xml:id='a'/>";
  EXPECT_EQ(ids_of("<TEI " + tei + "><text><body>" + a + "<div><div type=' docu&#109;ent\n' xml:id='b&amp;c'>" + a +
                   "</div></div></body></text></TEI>"),
            "a b&c ");
  EXPECT_EQ(ids_of("<t:TEI xmlns:t='http://www.tei-c.org/ns/1.0'><t:text>" + a +
                   "<t:div type='document' xml:id='d'/></t:text></t:TEI>"),
            "d ");
  EXPECT_EQ(ids_of("<TEI " + tei + "><text>" + a + "</text><text>" + a + a + "</text></TEI>"), "a ");
  EXPECT_EQ(ids_of("<TEI " + tei + "><group><text>" + a + "</text></group><teiHeader>" + a + "</teiHeader></TEI>"), "");
  EXPECT_EQ(ids_of("<TEI " + tei + "><text xmlns='u'>" + a + "</text></TEI>"), "");
  EXPECT_EQ(ids_of("<TEI " + tei + "><text><q xmlns='u'>" + a + "</q><q " + tei + ">" + a + "</q></text></TEI>"), "a ");
  EXPECT_EQ(ids_of("<TEI " + tei + "><text><div type='document' xmlns='u'/></text></TEI>"), "");
  EXPECT_EQ(ids_of("<TEI " + tei + " type='dragoman-cable'><text>" + a + "</text></TEI>"), "");
  EXPECT_EQ(ids_of("<TEI " + tei + " type='dragoman-document'><text>" + a + "</text></TEI>"), "");
  EXPECT_EQ(ids_of("<TEI " + tei + " type='dragoman'><text>" + a + "</text></TEI>"), "a ");
  EXPECT_EQ(ids_of("<TEI><text>" + a + "</text></TEI>"), "");
}

// Long, and read as they are written.
TEST(Scan, SaysWhichTextsOfAVolumeNeedNotBeParsed) {
  const std::string text =
      "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\"><teiHeader>a long text that is in no document</teiHeader><text><body>"
      "<div type=\"document\" xml:id=\"d1\">the first long text, with \xE2\x80\x93 and &gt; in it<p>the second long text "
      "\xE2\x80\x93 > \t\n</p>"
      "<p>a long text with a line end\r\nof two octets</p><p>short</p><!--a comment that is long enough-->the third long text"
      "<![CDATA[a section that is long enough]]></div>"
      "<div type=\"document\" xml:id=\"d2\"><p>the only long text of the second</p></div></body></text></TEI>";
  const source_text source(text, 1 << 20);
  const auto scanned = scan(source);
  ASSERT_EQ(scanned.documents.size(), 2u);
  EXPECT_EQ(scanned.long_texts, (std::vector<std::string_view>{"the second long text \xE2\x80\x93 > \t\n", "the third long text",
                                                               "the only long text of the second"}));
  EXPECT_EQ(scanned.documents[0].first_text, 0u);
  EXPECT_EQ(scanned.documents[1].first_text, 2u);
}

TEST(Scan, SaysWhichPrefixesADocumentUses) {
  const std::string text =
      "<TEI xmlns='http://www.tei-c.org/ns/1.0' xmlns:p='u' xmlns:q='v' p:x='1'><text>"
      "<div type='document' q:z='1'><b xml:id='i'/><p:c q:y='2'/></div><p:d/><div type='document'/>"
      "<div type='document'><e xmlns:r='w'/></div></text></TEI>";
  const source_text source(text, text.size());
  const auto documents = scan(source).documents;
  ASSERT_EQ(documents.size(), 3u);
  EXPECT_EQ(documents[0].prefixes, (std::vector<std::string>{"q", "p"}));
  EXPECT_FALSE(documents[0].declares);
  EXPECT_TRUE(documents[1].prefixes.empty());
  EXPECT_TRUE(documents[2].declares);
}

}  // namespace
}  // namespace dragoman::tei::tests
