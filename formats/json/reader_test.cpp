#include <json/json.hpp>

#include <dragoman/testing.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace dragoman::json {
namespace {

using testing::read;

std::string file(const std::string& path) {
  std::ifstream in(std::string(DRAGOMAN_SOURCE_DIR) + "/formats/json/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string document_with(const std::string& members) {
  return R"({"format":"dragoman.document","version":1,"id":"A","kind":"cable")" + (members.empty() ? "" : "," + members) +
         R"(,"body":[]})";
}
std::string document_with_body(const std::string& body) {
  return R"({"format":"dragoman.document","version":1,"id":"A","kind":"cable","body":)" + body + "}";
}

document only(const testing::read_result& r) {
  EXPECT_EQ(r.problem, "");
  EXPECT_EQ(r.documents.size(), 1u) << (r.diagnostics.empty() ? "" : r.diagnostics[0].code + ": " + r.diagnostics[0].text);
  if (r.documents.size() != 1) return {};
  std::string problem;
  return document::from_buffer(r.documents[0].buffer(), problem);
}

TEST(JsonReader, ReadsTheExampleWithItsOctetsAndDigests) {
  const auto r = read(document_format, file("samples/cable.json"));
  ASSERT_EQ(r.documents.size(), 1u);
  const node root = r.documents[0].root();
  EXPECT_EQ(root["id"].text(), "09QUILMAR123");
  EXPECT_EQ(root["meta"]["to"].first_child()["number"].text(), "0092");
  EXPECT_EQ(root["source"]["octets"].text().size(), 1180u);
  EXPECT_EQ(root["source"]["octets"].text().substr(0, 12), "VZCZCXYZ0042");
  EXPECT_TRUE(r.documents[0].flags() & document_pristine);
  EXPECT_FALSE(root["source"]["size"]);
  EXPECT_TRUE(r.diagnostics.empty());
}

TEST(JsonReader, MembersMayStandInAnyOrderAndTextsInPieces) {
  const auto a = read(
      document_format,
      R"({"body":[{"content":["a","b",{"type":"hi"},"","c"],"attrs":{"n":"1"},"type":"p"}],"kind":"cable","version":1,"format":"dragoman.document","id":"A"})");
  const auto b =
      read(document_format, document_with_body(R"([{"type":"p","attrs":{"n":"1"},"content":["ab",{"type":"hi"},"c"]}])"));
  ASSERT_EQ(a.documents.size(), 1u);
  ASSERT_EQ(b.documents.size(), 1u);
  EXPECT_EQ(first_difference(a.documents[0].root(), b.documents[0].root()), std::nullopt);
}

TEST(JsonReader, TheSourceComesFirstWhereverItStands) {
  const auto d = only(read(
      document_format,
      document_with(
          R"("source":{"media_type":"text/plain","charset":"utf-8","size":2,"sha256":"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4","text":"hi"})")));
  EXPECT_EQ(d.root().first_child().name(), "source");
  EXPECT_EQ(d.root()["source"]["octets"].text(), "hi");
  EXPECT_TRUE(d.flags() & document_unproven);  // no digest of the model was stated
}

TEST(JsonReader, OctetsThatDoNotMatchTheirDigestAreDropped) {
  const std::string source =
      R"("source":{"charset":"us-ascii","size":2,"sha256":"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4","text":")";
  for (const char* text : {"ho", "hi!", "h\\u00e9"}) {
    const auto d = only(read(document_format, document_with(source + text + "\"}")));
    EXPECT_TRUE(d.flags() & document_source_damaged) << text;
    EXPECT_FALSE(d.root()["source"]);
    EXPECT_EQ(d.root()["id"].text(), "A");
  }
}

TEST(JsonReader, ASourceKeptElsewhereKeepsWhatIsSaidOfIt) {
  const std::string digest(64, 'a');
  const auto d = only(read(document_format, document_with(R"("source":{"media_type":"text/plain","size":77,"sha256":")" + digest +
                                                          R"(","name":"a.txt"})")));
  EXPECT_EQ(d.root()["source"]["size"].text(), "77");
  EXPECT_EQ(d.root()["source"]["sha256"].text(), digest);
  EXPECT_FALSE(d.root()["source"]["octets"]);
}

TEST(JsonReader, OpenMembersKeepAnyValueAsWritten) {
  const auto d = only(
      read(document_format,
           document_with(
               R"("x_a":{"type":"p","content":[1.50,1e400,-0,true,null,"",[[]],{}]},"meta":{"x_b":12345678901234567890123})")));
  const node list = d.root()["x_a"]["content"];
  EXPECT_EQ(d.root()["x_a"].type(), node_type::map);
  std::vector<std::string> told;
  for (node n : list) told.push_back(std::to_string(static_cast<int>(n.type())) + std::string(n.text()));
  EXPECT_EQ(told, (std::vector<std::string>{"41.50", "41e400", "4-0", "4true", "4null", "3", "2", "1"}));
  EXPECT_EQ(d.root()["meta"]["x_b"].text(), "12345678901234567890123");
}

TEST(JsonReader, ACarrierHoldsValuesAndNodes) {
  const auto d = only(read(
      document_format,
      document_with(
          R"("carrier":{"tei":{"type":"p","header":[{"type":"respStmt","attrs":{"n":"1"},"content":["x"]},{"type":"#comment","text":"c"},{"type":"p","other":1},{"type":"#map","value":{"type":"p"}},{"type":"#octets","base64":"AP8="},"t"]}})")));
  const node tei = d.root()["carrier"]["tei"];
  EXPECT_EQ(tei["type"].text(), "p");
  std::vector<node_type> types;
  for (node n : tei["header"]) types.push_back(n.type());
  EXPECT_EQ(types, (std::vector<node_type>{node_type::element, node_type::comment, node_type::map, node_type::map,
                                           node_type::octets, node_type::text}));
}

TEST(JsonReader, MetaOfADocumentSaysThatItIsDerived) {
  const auto head =
      std::string(R"({"format":"dragoman.document","version":1,"id":"d1","kind":"document","body":[],"meta":{"subject":"x"})");
  EXPECT_EQ(only(read(document_format, head + R"(,"derived":true})")).root()["meta"]["subject"].text(), "x");
  EXPECT_TRUE(read(document_format, head + "}").has("json.derived"));
  EXPECT_TRUE(read(document_format, head + R"(,"derived":false})").has("json.derived"));
  EXPECT_TRUE(read(document_format, document_with(R"("derived":true)")).has("json.derived"));
}

TEST(JsonReader, EmptyListsAreAbsent) {
  const auto d = only(read(document_format, document_with(R"("meta":{"tags":[],"to":[],"subject":"x"})")));
  EXPECT_FALSE(d.root()["meta"]["tags"]);
  EXPECT_FALSE(d.root()["meta"]["to"]);
}

TEST(JsonReader, NamespacesOfTheCutAreKept) {
  const auto d = only(read(document_format, document_with(R"("namespaces":{"":"urn:a","b":"urn:b"})")));
  EXPECT_EQ(d.root()["namespaces"]["#default"].text(), "urn:a");
  EXPECT_EQ(d.root()["namespaces"]["b"].text(), "urn:b");
}

struct bad_document {
  std::string name, text, code, pointer;
};
class BadDocument : public ::testing::TestWithParam<bad_document> {};

TEST_P(BadDocument, IsOneErrorWithPlaceAndNoDocument) {
  const auto r = read(document_format, GetParam().text);
  EXPECT_TRUE(r.documents.empty());
  EXPECT_EQ(r.problem, "");
  ASSERT_EQ(r.diagnostics.size(), 1u);
  EXPECT_EQ(r.diagnostics[0].code, GetParam().code) << r.diagnostics[0].text;
  EXPECT_EQ(r.diagnostics[0].level, severity::error);
  EXPECT_GE(r.diagnostics[0].where.offset, 0);
  if (GetParam().pointer.empty()) EXPECT_EQ(r.diagnostics[0].text.find(" (at "), npos) << r.diagnostics[0].text;
  else EXPECT_NE(r.diagnostics[0].text.find(" (at " + GetParam().pointer + ")"), npos) << r.diagnostics[0].text;
  EXPECT_EQ(r.statuses, (std::vector<dgm_status>{DGM_SKIP, DGM_END}));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadDocument,
    ::testing::Values(
        bad_document{"Array", "[]", "json.type", ""}, bad_document{"Number", "12", "json.type", ""},
        bad_document{"NoFormat", "{}", "json.missing", ""},
        bad_document{"OtherFormat", R"({"format":"x"})", "json.format", "/format"},
        bad_document{"NumberAsFormat", R"({"format":1})", "json.type", "/format"},
        bad_document{"Version2", R"({"format":"dragoman.document","version":2})", "json.version", "/version"},
        bad_document{"Version1Point0", R"({"format":"dragoman.document","version":1.0})", "json.version", "/version"},
        bad_document{"NoId", R"({"format":"dragoman.document","version":1,"kind":"cable","body":[]})", "json.missing", ""},
        bad_document{"EmptyId", R"({"format":"dragoman.document","version":1,"id":"","kind":"cable","body":[]})", "json.empty",
                     "/id"},
        bad_document{"NoBody", R"({"format":"dragoman.document","version":1,"id":"A","kind":"cable"})", "json.missing", ""},
        bad_document{"OtherKind", R"({"format":"dragoman.document","version":1,"id":"A","kind":"letter","body":[]})",
                     "json.value", "/kind"},
        bad_document{"UnknownMember", document_with(R"("extra":1)"), "json.unknown-key", "/extra"},
        bad_document{"UnknownMeta", document_with(R"("meta":{"subjekt":"x"})"), "json.unknown-key", "/meta/subjekt"},
        bad_document{"UnknownPartyMember", document_with(R"("meta":{"to":[{"name":"A"},{"nome":"B"}]})"), "json.unknown-key",
                     "/meta/to/1/nome"},
        bad_document{"SubjectNumber", document_with(R"("meta":{"subject":7})"), "json.type", "/meta/subject"},
        bad_document{"SubjectNull", document_with(R"("meta":{"subject":null})"), "json.type", "/meta/subject"},
        bad_document{"SubjectEmpty", document_with(R"("meta":{"subject":""})"), "json.empty", "/meta/subject"},
        bad_document{"TagsText", document_with(R"("meta":{"tags":"PREL"})"), "json.type", "/meta/tags"},
        bad_document{"TagNumber", document_with(R"("meta":{"tags":["PREL",1]})"), "json.type", "/meta/tags/1"},
        bad_document{"ControlCharacter", document_with(R"("meta":{"subject":"a\u0007b"})"), "json.character", "/meta/subject"},
        bad_document{"ControlInBody", document_with_body(R"(["a",{"type":"p","content":["\u0000"]}])"), "json.character",
                     "/body/1/content/0"},
        bad_document{"BodyObject", document_with_body("{}"), "json.type", "/body"},
        bad_document{"BodyNumber", document_with_body("[1]"), "json.type", "/body/0"},
        bad_document{"NodeWithoutType", document_with_body(R"([{"content":[]}])"), "json.missing", "/body/0"},
        bad_document{"NodeUnknownMember", document_with_body(R"([{"type":"p","children":[]}])"), "json.unknown-key",
                     "/body/0/children"},
        bad_document{"ElementWithText", document_with_body(R"([{"type":"p","text":"x"}])"), "json.unknown-key", "/body/0/text"},
        bad_document{"UnknownSpecial", document_with_body(R"([{"type":"#cdata"}])"), "json.name", "/body/0/type"},
        bad_document{"BadElementName", document_with_body(R"([{"type":"1p"}])"), "json.name", "/body/0/type"},
        bad_document{"BadAttributeName", document_with_body(R"([{"type":"p","attrs":{"a b":"x"}}])"), "json.name",
                     "/body/0/attrs/a b"},
        bad_document{"AttributeNumber", document_with_body(R"([{"type":"p","attrs":{"n":1}}])"), "json.type", "/body/0/attrs/n"},
        bad_document{"DuplicateAttribute", document_with_body(R"([{"type":"p","attrs":{"n":"1","n":"2"}}])"),
                     "json.duplicate-key", "/body/0/attrs/n"},
        bad_document{"CommentDashes", document_with_body(R"([{"type":"#comment","text":"a--b"}])"), "json.value", "/body/0/text"},
        bad_document{"CommentEnd", document_with_body(R"([{"type":"#comment","text":"a-"}])"), "json.value", "/body/0/text"},
        bad_document{"PiEnd", document_with_body(R"([{"type":"#pi","target":"t","data":"?>"}])"), "json.value", "/body/0/data"},
        bad_document{"SlotInBody", document_with_body(R"([{"type":"#document","id":"x"}])"), "json.value", "/body/0"},
        bad_document{"EmptyOpenName", document_with(R"("x_a":{"":1})"), "json.name", "/x_a/"},
        bad_document{"BadBase64", document_with(R"("source":{"size":1,"sha256":"aa","base64":"Z"})"), "json.base64",
                     "/source/base64"},
        bad_document{"TextAndBase64", document_with(R"("source":{"size":1,"sha256":"aa","base64":"","text":""})"), "json.value",
                     "/source/base64"},
        bad_document{"TextWithoutDigest", document_with(R"("source":{"size":1,"charset":"utf-8","text":"a"})"), "json.missing",
                     "/source"},
        bad_document{"TextWithoutCharset", document_with(R"("source":{"size":1,"sha256":"aa","text":"a"})"), "json.missing",
                     "/source"},
        bad_document{"UnknownCharset", document_with(R"("source":{"size":1,"sha256":"aa","charset":"koi8-r","text":"a"})"),
                     "json.charset", "/source/charset"},
        bad_document{"BadDigest", document_with(R"("source":{"sha256":"AA"})"), "json.value", "/source/sha256"},
        bad_document{"SizeText", document_with(R"("source":{"size":"1"})"), "json.type", "/source/size"},
        bad_document{"SizeFraction", document_with(R"("source":{"size":1.5})"), "json.value", "/source/size"},
        bad_document{"PrefixWithColon", document_with(R"("namespaces":{"a:b":"urn:x"})"), "json.name", "/namespaces/a:b"},
        bad_document{"Truncated", document_with("").substr(0, 60), "json.syntax", "/kind"}),
    [](const auto& all) { return all.param.name; });

TEST(JsonReader, DepthIsBoundedWhereTheStoreBoundsIt) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += R"([{"type":"p","content":)";
    text += "[]";
    for (std::size_t i = 0; i < depth; ++i) text += "}]";
    return document_with_body(text);
  };
  EXPECT_EQ(read(document_format, nested(512)).documents.size(), 1u);
  EXPECT_TRUE(read(document_format, nested(519)).has("json.depth"));
  EXPECT_TRUE(read(document_format, nested(100000)).has("json.depth"));
  std::string list = document_with("\"x_a\":" + std::string(600, '[') + std::string(600, ']'));
  const auto r = read(document_format, list);
  EXPECT_TRUE(r.has("json.depth"));
  EXPECT_EQ(r.problem, "");
}

TEST(JsonReader, AttributesAreCounted) {
  std::string attrs;
  for (int i = 0; i < 4097; ++i) attrs += (i ? ",\"a" : "\"a") + std::to_string(i) + "\":\"\"";
  EXPECT_TRUE(read(document_format, document_with_body(R"([{"type":"p","attrs":{)" + attrs + "}}]")).has("json.limit"));
}

TEST(JsonReader, AFileOverTheLimitIsRefused) {
  EXPECT_TRUE(read(document_format, document_with(""), {{"max-size", "10"}}).has("input.too-large"));
}

TEST(JsonReader, ReadsPiecewiseAsFromMemory) {
  const std::string text = "\xEF\xBB\xBF" + file("samples/cable.json");
  const auto whole = read(document_format, text), pieces = read(document_format, text, {}, "test", 7, false);
  ASSERT_EQ(whole.documents.size(), 1u);
  ASSERT_EQ(pieces.documents.size(), 1u);
  EXPECT_EQ(whole.documents[0].buffer(), pieces.documents[0].buffer());
}

// -- collections ------------------------------------------------------------------------------------------------
const std::string frame_head = R"({"format":"dragoman.collection","version":1,"id":"C","kind":"volume")";

TEST(JsonReader, ACollectionIsItsFrameAndItsDocuments) {
  const auto r = read(
      document_format,
      R"({"documents":[)" + document_with("") + "," + document_with_body(R"(["x"])") +
          R"(],"format":"dragoman.collection","version":1,"id":"C","kind":"volume","tree":["\n",{"type":"TEI","content":[{"type":"#document","id":"A"}]}]})");
  ASSERT_EQ(r.documents.size(), 3u);
  EXPECT_TRUE(r.documents[0].is_collection());
  EXPECT_EQ(r.documents[0].root()["tree"].first_child().next().first_child().type(), node_type::slot);
  EXPECT_EQ(r.documents[2].root()["body"].first_child().text(), "x");
}

TEST(JsonReader, AListOfDocumentsHasNoFrame) {
  const auto r = read(document_format, R"({"format":"dragoman.collection","version":1,"documents":[)" + document_with("") + "]}");
  ASSERT_EQ(r.documents.size(), 1u);
  EXPECT_FALSE(r.documents[0].is_collection());
}

TEST(JsonReader, ABadDocumentOfACollectionCostsThatDocument) {
  const auto r = read(document_format, frame_head + R"(,"documents":[)" + document_with("") + "," + document_with(R"("bad":1)") +
                                           "," + document_with("") + "]}");
  EXPECT_EQ(r.documents.size(), 3u);
  ASSERT_EQ(r.diagnostics.size(), 1u);
  EXPECT_NE(r.diagnostics[0].text.find("(at /documents/1/bad)"), npos);
  EXPECT_EQ(r.statuses, (std::vector<dgm_status>{DGM_OK, DGM_OK, DGM_SKIP, DGM_OK, DGM_END}));
}

// -- JSON Lines -------------------------------------------------------------------------------------------------
TEST(JsonLinesReader, ReadsFrameAndDocumentsInAnyPieces) {
  const std::string text = frame_head + "}\r\n\r\n" + document_with("") + "\n  \n" + document_with_body(R"(["x"])");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
    const auto r = read(lines_format, text, {}, "test", piece, false);
    ASSERT_EQ(r.documents.size(), 3u);
    EXPECT_TRUE(r.documents[0].is_collection());
    EXPECT_EQ(r.documents[2].root()["body"].first_child().text(), "x");
  }
  EXPECT_EQ(read(lines_format, text).documents.size(), 3u);
}

TEST(JsonLinesReader, ABadLineCostsThatLineAndIsNamed) {
  const std::string good = document_with(""), bad = document_with("\"meta\":{\"subject\":\"caf\xC3\xA9\",\"x\":1}");
  const std::string text = good + "\n\n" + bad + "\n" + good.substr(0, 40) + "\n" + good + "\n";
  const auto r = read(lines_format, text);
  EXPECT_EQ(r.statuses, (std::vector<dgm_status>{DGM_OK, DGM_SKIP, DGM_SKIP, DGM_OK, DGM_END}));
  ASSERT_EQ(r.diagnostics.size(), 2u);
  const auto at = bad.find("\"x\"");
  EXPECT_EQ(r.diagnostics[0].code, "json.unknown-key");
  EXPECT_EQ(r.diagnostics[0].where.line, 3u);
  EXPECT_EQ(r.diagnostics[0].where.column, at);  // one character of two octets stands before it, and columns begin at 1
  EXPECT_EQ(r.diagnostics[0].where.offset, static_cast<std::int64_t>(good.size() + 2 + at));
  EXPECT_EQ(r.diagnostics[1].code, "json.syntax");
  EXPECT_EQ(r.diagnostics[1].where.line, 4u);
  EXPECT_EQ(r.diagnostics[1].where.column, 41u);
}

TEST(JsonLinesReader, ALineOverTheLimitIsPassedOver) {
  const std::string good = document_with("");
  const std::string text = good + "\n" + document_with_body("[\"" + std::string(300000, 'x') + "\"]") + "\n" + good + "\n" +
                           document_with_body("[\"" + std::string(300000, 'y') + "\"]");
  for (const bool in_memory : {true, false}) {
    const auto r = read(lines_format, text, {{"max-size", "1000"}}, "test", 1 << 16, in_memory);
    EXPECT_EQ(r.statuses, (std::vector<dgm_status>{DGM_OK, DGM_SKIP, DGM_OK, DGM_SKIP, DGM_END}));
    ASSERT_EQ(r.diagnostics.size(), 2u);
    EXPECT_EQ(r.diagnostics[0].code, "json.line-too-long");
    EXPECT_EQ(r.diagnostics[0].where.line, 2u);
    EXPECT_EQ(r.diagnostics[0].where.offset, static_cast<std::int64_t>(good.size() + 1));
    EXPECT_EQ(r.diagnostics[1].where.line, 4u);
  }
}

TEST(JsonLinesReader, ACollectionComesFirstAndWithoutDocuments) {
  const std::string good = document_with("");
  const auto late = read(lines_format, good + "\n" + frame_head + "}\n");
  EXPECT_TRUE(late.has("json.collection"));
  EXPECT_EQ(late.diagnostics[0].where.line, 2u);
  EXPECT_TRUE(read(lines_format, frame_head + ",\"documents\":[]}\n").has("json.collection"));
}

TEST(JsonLinesReader, AnEmptyInputHasNoDocuments) {
  EXPECT_EQ(read(lines_format, "").statuses, (std::vector<dgm_status>{DGM_END}));
  EXPECT_EQ(read(lines_format, "\n \r\n").statuses, (std::vector<dgm_status>{DGM_END}));
}

TEST(JsonLinesReader, SplitsAfterTheFirstLine) {
  const auto split = lines_format.reader->split;
  EXPECT_EQ(split("{}\n{}\n", 6, 0), 3);
  EXPECT_EQ(split("\n {}\n{}", 7, 0), 5);
  EXPECT_EQ(split("{}", 2, 0), 0);
  EXPECT_EQ(split("{}", 2, 1), 2);
  const std::string framed = frame_head + "}\n{}\n";
  EXPECT_LT(split(framed.data(), framed.size(), 0), 0);
}

// -- probing ----------------------------------------------------------------------------------------------------
std::pair<int, int> scores(std::string_view head, bool at_end = true) {
  return {document_format.reader->probe(head.data(), head.size(), at_end, nullptr),
          lines_format.reader->probe(head.data(), head.size(), at_end, nullptr)};
}

TEST(JsonProbe, TellsOneTextFromLines) {
  const std::string one = document_with(""), frame = frame_head + "}";
  const auto [json_pretty, lines_pretty] = scores(file("samples/cable.json"));
  EXPECT_GE(json_pretty, 80);
  EXPECT_LT(lines_pretty, 40);
  const auto [json_two, lines_two] = scores(one + "\n" + one + "\n");
  EXPECT_LT(json_two, 40);
  EXPECT_GE(lines_two, 80);
  const auto [json_one, lines_one] = scores(one + "\n");
  EXPECT_EQ(json_one, lines_one);
  EXPECT_GE(json_one, 80);
  const auto [json_cut, lines_cut] = scores(one.substr(0, 60), false);
  EXPECT_EQ(json_cut, lines_cut);
  EXPECT_GE(scores(frame + "\n").second, 80);
  EXPECT_LT(scores(frame + "\n").first, 40);
  EXPECT_GE(scores(frame_head + ",\"documents\":[]}\n").first, 80);
}

TEST(JsonProbe, OtherJsonAndOtherTextAreNotOurs) {
  EXPECT_LT(scores("{\"a\": 1}").first, 40);
  EXPECT_LT(scores("{\"a\": {\"format\": \"dragoman.document\"}}").first, 40);
  EXPECT_EQ(scores("").first, 0);
  EXPECT_EQ(scores("<TEI/>").first, 0);
  EXPECT_EQ(scores("[1]").second, 0);
}

}  // namespace
}  // namespace dragoman::json
