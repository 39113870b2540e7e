// What we author is valid against tei_all and against the profile of cables, as RELAX NG (tei.md 0.5, 6.4); and what is
// not as the profile has it is not valid by it.
#include "schema.hpp"
#include "tei_testing.hpp"

#include <random_model.hpp>

namespace dragoman::tei::tests {
namespace {

TEST(Schema, AuthoredCablesAreValid) {
  const fs::path schema = corpora() / ".." / "schemas" / "tei_all.rng";
  if (!fs::exists(schema)) GTEST_SKIP() << "no schema at " << schema;
  const bool has_jing = has_tool("jing");
  if (!has_jing && !has_tool("xmllint")) GTEST_SKIP() << "neither jing nor xmllint is installed";
  const scratch_folder folder;
  std::vector<document> all;
  std::string command = has_jing ? "jing " + quoted(schema) : "xmllint --noout --nonet --relaxng " + quoted(schema);
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    all.push_back(build([&](builder& out) { testing::tell_random_model(out, seed, testing::flavour::profile); }));
    command += " " + quoted(folder.file(std::to_string(seed) + ".xml", write(all.back()).octets));
  }
  command += " " + quoted(folder.file("corpus.xml", write(all).octets));
  const document empty = build([](builder& out) {
    out.map("document")
        .value("id", "09 X")
        .value("kind", "cable")
        .map("meta")
        .value("signature", "RONLAN")
        .close()
        .list("body")
        .close()
        .close();
  });
  command += " " + quoted(folder.file("empty.xml", write(empty).octets));
  const document sample = read_one(read_file(fs::path(DRAGOMAN_SOURCE_DIR) / "formats/tei/samples/cable.tei.xml"));
  command += " " + quoted(folder.file("sample.xml", write(sample).octets));
  const document foreign = build([](builder& out) {
    out.map("document").value("id", "note").value("kind", "document").list("body").element("p").text("x").close().close().close();
  });
  command += " " + quoted(folder.file("foreign.xml", write(foreign).octets));
  const document foreign_text = build([](builder& out) {
    out.map("document")
        .value("id", "text")
        .value("kind", "document")
        .list("body")
        .element("text")
        .element("body")
        .element("p")
        .close()
        .close()
        .close()
        .close()
        .close();
  });
  command += " " + quoted(folder.file("text.xml", write(foreign_text).octets));
  std::string said;
  EXPECT_EQ(run(command + " 2>&1", said), 0) << said.substr(0, 3000);
}

std::string profile() { return read_file(fs::path(DRAGOMAN_SOURCE_DIR) / "formats/tei/dragoman-cable.rng"); }
std::string sample() { return read_file(fs::path(DRAGOMAN_SOURCE_DIR) / "formats/tei/samples/cable.tei.xml"); }
std::optional<std::string_view> nobody(std::string_view) { return std::nullopt; }

std::string complaints_of(const schema& by, std::string_view xml) {
  std::string out;
  for (const auto& c : by.judge(xml, 20)) out += std::to_string(c.element) + ": " + c.text + "\n";
  return out;
}

TEST(CableProfile, AuthoredCablesAreValidByBothJudges) {
  const std::string rng = profile();
  const schema own(rng, "dragoman-cable.rng", nobody);
  EXPECT_EQ(complaints_of(own, sample()), "");
  const scratch_folder folder;
  std::string command = "jing " + quoted(folder.file("profile.rng", rng)) + " " + quoted(folder.file("sample.xml", sample()));
  std::vector<document> all;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    all.push_back(build([&](builder& out) { testing::tell_random_model(out, seed, testing::flavour::profile); }));
    const std::string xml = write(all.back()).octets;
    EXPECT_EQ(complaints_of(own, xml), "") << "seed " << seed;
    command += " " + quoted(folder.file(std::to_string(seed) + ".xml", xml));
  }
  const std::string corpus = write(all).octets;
  EXPECT_EQ(complaints_of(own, corpus), "");
  command += " " + quoted(folder.file("corpus.xml", corpus));
  if (!has_tool("jing")) GTEST_SKIP() << "jing is not installed; libxml2 found all of it valid";
  std::string said;
  EXPECT_EQ(run(command + " 2>&1", said), 0) << said.substr(0, 3000);
}

// What an editor may add without leaving the profile, and what leaves it.
TEST(CableProfile, IsOpenWhereItSaysSoAndTightElsewhere) {
  const std::string rng = profile();
  const schema own(rng, "dragoman-cable.rng", nobody);
  const auto edited = [](std::string_view what, std::string_view with) {
    std::string xml = sample();
    const auto at = xml.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return at == std::string::npos ? xml : xml.replace(at, what.size(), with);
  };
  const std::pair<const char*, const char*> open[] = {
      {"</author>", "</author><respStmt><resp>edited</resp><name>R. Wenmar</name></respStmt>"},
      {"<langUsage>", "<abstract><p>Dues.</p></abstract><langUsage>"},
      {"<keywords scheme=\"urn:x-dragoman:tags\">",
       "<keywords scheme=\"urn:x-other\"><term>harbors</term></keywords><keywords scheme=\"urn:x-dragoman:tags\">"},
      {"</seg>Wenmar's deputy", "</seg><choice><sic>Wenmar</sic><corr>Wenmarr</corr></choice>'s deputy"},
      {"<p n=\"4\">", "<own:mark xmlns:own=\"urn:x-own\"/><p n=\"4\" resp=\"#rw\">"},
      {"<bibl type=\"octets\">", "<bibl><title>Papers</title></bibl><bibl type=\"octets\">"},
  };
  for (const auto& [what, with] : open) EXPECT_EQ(complaints_of(own, edited(what, with)), "") << with;
  const std::pair<const char*, const char*> closed[] = {
      {"type=\"dragoman-cable\"", "type=\"dragoman-letter\""},
      {"<authority>dragoman</authority>", ""},
      {"<idno type=\"cable\">09QUILMAR123</idno>", ""},
      {"933293a15d8b", "933293A15D8B"},
      {"quantity=\"1180\"", "quantity=\"many\""},
      {"form=\"telegram\"", "form=\"letter\""},
      {"notBefore=\"2019-12-09\"", "notBefore=\"in ten years\""},
      {"subtype=\"eo-12958\"", "subtype=\"12958\""},
      {"subtype=\"action\"", "subtype=\"main\""},
      {"target=\"cable:09STATE98765\">STATE", "target=\"#x\">STATE"},
      {"when=\"2009-12-09T14:30:00Z\">091430Z DEC 09</date></creation>", "when=\"yesterday\"/></creation>"},
      {"rend=\"eol-crlf\"", "rend=\"crlf\""},
      {"ref=\"octet:07\"", "ref=\"octet:7\""},
      {"<line/>", "<line><p/></line>"},
      {"<p n=\"1\">", "<line/><p n=\"1\">"},
      {"<item>who", "<p/><item>who"},
      {"type=\"preformatted\" xml:space=\"preserve\"", "type=\"preformatted\""},
      {"subtype=\"telegram\"", "subtype=\"letter\""},
  };
  for (const auto& [what, with] : closed) EXPECT_NE(complaints_of(own, edited(what, with)), "") << with;
}

TEST(Schema, ComplaintsCountStartTags) {
  const std::string rng =
      R"(<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><zeroOrMore><element name="b"><text/></element></zeroOrMore></element>)";
  const schema by(rng, "a.rng", nobody);
  EXPECT_EQ(complaints_of(by, "<a><b>x</b><b/></a>"), "");
  const auto found = by.judge("<a><b>x</b><!-- <c/> --><b/><c/></a>", 20);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().element, 4u);
}

TEST(Schema, RefusesWhatItCannotUse) {
  for (
      const char* bad :
      {"", "<a", "<a/>", R"(<element xmlns="http://relaxng.org/ns/structure/1.0"/>)",
       R"(<schema xmlns="http://www.w3.org/2001/XMLSchema"><element/></schema>)",
       R"(<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><externalRef href="file:///etc/passwd"/></element>)",
       R"(<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><externalRef href="http://127.0.0.1:1/x.rng"/></element>)"})
    EXPECT_THROW(schema(bad, "bad.rng", nobody), unusable) << bad;
}

TEST(Schema, AsksForItsPartsByRelativePaths) {
  const std::string part = R"(<element name="b" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>)";
  const std::string whole =
      R"(<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><externalRef href="parts/b.rng"/></element>)";
  std::vector<std::string> asked;
  const schema by(whole, "own/a.rng", [&](std::string_view name) -> std::optional<std::string_view> {
    asked.emplace_back(name);
    return part;
  });
  EXPECT_EQ(asked, std::vector<std::string>{"own/parts/b.rng"});
  EXPECT_TRUE(by.has_parts());
  EXPECT_EQ(complaints_of(by, "<a><b/></a>"), "");
  EXPECT_NE(complaints_of(by, "<a/>"), "");
}

}  // namespace
}  // namespace dragoman::tei::tests
