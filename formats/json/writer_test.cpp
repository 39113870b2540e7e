#include <json/json.hpp>

#include <dragoman/testing.hpp>
#include <dragoman/vocabulary.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "random_model.hpp"

namespace dragoman::json {
namespace {

using testing::flavour;
using testing::read;
using testing::write;

std::string file(const std::string& path) {
  std::ifstream in(std::string(DRAGOMAN_SOURCE_DIR) + "/formats/json/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

document make(const std::function<void(builder&)>& tell) {
  document_builder d(sha256);
  builder out(d.sink());
  tell(out);
  EXPECT_TRUE(d.is_complete()) << d.problem();
  return d.finish();
}
document random_document(std::uint64_t seed, flavour f) {
  return make([&](builder& b) { testing::tell_random_model(b, seed, f); });
}
// A cable with nothing but what `tell` adds after its kind.
document cable(const std::function<void(builder&)>& tell) {
  return make([&](builder& b) {
    b.map("document").value("id", "A").value("kind", "cable");
    tell(b);
    b.list("body").close().close();
  });
}
document frame() {
  return make([](builder& b) {
    b.map("collection").value("id", "C").value("kind", "volume").list("tree").leaf(node_type::comment, {}, "top");
    b.element("TEI").leaf(node_type::slot, "A", {}).close().close().close();
  });
}

void expect_same(const document& a, const document& b) {
  const auto difference = first_difference(a.root(), b.root());
  EXPECT_EQ(difference, std::nullopt) << difference.value_or("");
  EXPECT_EQ(a.flags(), b.flags());
}

TEST(JsonWriter, WritesTheExampleOctetForOctet) {
  const std::string text = file("samples/cable.json");
  const auto r = read(document_format, text);
  ASSERT_EQ(r.documents.size(), 1u);
  EXPECT_EQ(write(document_format, {&r.documents[0]}).octets, text);
}

TEST(JsonWriter, IndentsAsAskedAndNotAtAll) {
  const auto d = cable([](builder& b) { b.map("meta").value("subject", "x").close(); });
  EXPECT_EQ(write(document_format, {&d}, {{"indent", "0"}}).octets,
            R"({"format":"dragoman.document","version":1,"id":"A","kind":"cable","meta":{"subject":"x"},"body":[]})"
            "\n");
  EXPECT_EQ(write(document_format, {&d}, {{"indent", "2"}}).octets,
            "{\n  \"format\": \"dragoman.document\",\n  \"version\": 1,\n  \"id\": \"A\",\n  \"kind\": \"cable\",\n  \"meta\": "
            "{\n    \"subject\": \"x\"\n  },\n  \"body\": []\n}\n");
  EXPECT_EQ(write(lines_format, {&d, &d}).octets,
            write(document_format, {&d}, {{"indent", "0"}}).octets + write(document_format, {&d}, {{"indent", "0"}}).octets);
}

TEST(JsonWriter, EscapesWhatJsonWantsAndNothingElse) {
  const auto d = cable([](builder& b) {
    b.value("x_a", "\"\\/\t\n\r\x7F caf\xC3\xA9 \xF0\x9F\x98\x80 <&>");
    b.map("source").octets("octets", std::string_view("\0\b\f\x1F", 4)).value("charset", "utf-8").close();
  });
  const std::string text = write(document_format, {&d}, {{"indent", "0"}}).octets;
  EXPECT_NE(text.find("\"x_a\":\"\\\"\\\\/\\t\\n\\r\x7F caf\xC3\xA9 \xF0\x9F\x98\x80 <&>\""), npos) << text;
  EXPECT_NE(text.find(R"("text":"\u0000\b\f\u001f")"), npos) << text;
}

// Every place of a special octet in a run of others: the fast path takes eight at a time.
TEST(JsonWriter, FindsWhatToEscapeAtEveryPlace) {
  for (std::size_t length = 0; length < 20; ++length)
    for (std::size_t at = 0; at < length; ++at)
      for (const char special : {'"', '\\', '\n', '!', '\x7F'}) {
        std::string text(length, 'a');
        text[at] = special;
        emitter e(0);
        e.string(text);
        std::string wanted = "\"" + text + "\"";
        if (special == '\n') wanted.replace(at + 1, 1, "\\n");
        else if (special == '"' || special == '\\') wanted.insert(at + 1, "\\");
        EXPECT_EQ(e.take(), wanted);
      }
}

TEST(JsonWriter, ASourceIsTextWhereItsCharsetAllowsAndElseBase64) {
  const auto source_of = [](std::string_view octets, std::string_view charset) {
    const auto d = cable([&](builder& b) { b.map("source").octets("octets", octets).value("charset", charset).close(); });
    return nlohmann::json::parse(write(document_format, {&d}).octets)["source"];
  };
  EXPECT_EQ(source_of("caf\xE9", "iso-8859-1")["text"], "caf\xC3\xA9");
  EXPECT_EQ(source_of("\x93x\x94", "windows-1252")["text"], "\xE2\x80\x9Cx\xE2\x80\x9D");
  EXPECT_EQ(source_of("caf\xE9", "utf-8")["base64"], "Y2Fm6Q==");
  EXPECT_EQ(source_of("\x81", "windows-1252")["base64"], "gQ==");
  EXPECT_EQ(source_of("abc", "ebcdic")["base64"], "YWJj");
  EXPECT_EQ(source_of("caf\xE9", "iso-8859-1")["size"], 4);
  EXPECT_EQ(source_of("", "utf-8")["text"], "");
}

TEST(JsonWriter, SeveralDocumentsAreACollectionAndOneIsItself) {
  const auto a = random_document(1, flavour::profile), b = random_document(2, flavour::profile), f = frame();
  const std::string one = write(document_format, {&a}).octets;
  EXPECT_EQ(nlohmann::json::parse(one)["format"], "dragoman.document");
  const auto two = nlohmann::json::parse(write(document_format, {&a, &b}).octets);
  EXPECT_EQ(two["format"], "dragoman.collection");
  EXPECT_EQ(two["documents"].size(), 2u);
  EXPECT_EQ(two["documents"][0], nlohmann::json::parse(one));
  EXPECT_FALSE(two.contains("id"));
  const auto framed = nlohmann::json::parse(write(document_format, {&f, &a}).octets);
  EXPECT_EQ(framed["id"], "C");
  EXPECT_EQ(framed["documents"].size(), 1u);
  const auto none = nlohmann::json::parse(write(document_format, {}).octets);
  EXPECT_EQ(none["documents"].size(), 0u);
  EXPECT_EQ(write(lines_format, {}).octets, "");
}

TEST(JsonWriter, TheFirstDocumentOfACollectionIsLaidOutAsTheOthers) {
  const auto a = random_document(3, flavour::wild);
  const std::string text = write(document_format, {&a, &a}).octets;
  const auto first = text.find("  {\n"), second = text.find(",\n  {\n");
  ASSERT_NE(second, npos);
  const std::string one = text.substr(first, second - first);
  EXPECT_EQ(text.substr(second + 2, one.size()), one);
}

TEST(JsonWriter, OneOutputKeepsOneFrame) {
  const auto f = frame(), a = random_document(1, flavour::profile);
  for (const dgm_format* format : {&document_format, &lines_format}) {
    const auto r = write(*format, {&f, &a, &f, &a});
    EXPECT_TRUE(r.has("json.second-frame"));
    const auto back = read(*format, r.octets);
    ASSERT_EQ(back.documents.size(), 3u);
    expect_same(back.documents[0], f);
    expect_same(back.documents[2], a);
  }
}

TEST(JsonWriter, WhatTheModelDoesNotKnowIsAReportedLoss) {
  const auto d = cable([](builder& b) {
    b.map("meta").value("mood", "glad").value("tags", "PREL").list("captions").value({}, "").close().value("subject", "").close();
    b.value("stray", "x");
    b.list("x_list").element("p").close().close();
    b.leaf(node_type::literal, "x_literal", "0x10");
  });
  const auto r = write(document_format, {&d});
  std::size_t losses = 0;
  for (const auto& x : r.diagnostics) {
    EXPECT_EQ(x.level, severity::loss);
    losses += x.code == "json.field";
  }
  EXPECT_EQ(losses, 6u);
  EXPECT_TRUE(r.has("json.literal"));
  EXPECT_EQ(read(document_format, r.octets).documents.size(), 1u);
}

TEST(JsonWriter, AFailingOutputEndsTheSession) {
  const auto d = random_document(1, flavour::profile);
  for (const dgm_format* format : {&document_format, &lines_format}) {
    testing::recording_host services(format);
    testing::memory_output out(10);
    void* session = nullptr;
    ASSERT_EQ(format->writer->open(services.table(), out.table(), &session), DGM_OK);
    const auto lent = testing::lend(d);
    const auto written = format->writer->write(session, &lent), finished = format->writer->finish(session);
    EXPECT_TRUE(written == DGM_IO || finished == DGM_IO);
    format->writer->close(session);
  }
}

// -- the law: what is written is read again as it was -------------------------------------------------------------
class JsonRoundTrip : public ::testing::TestWithParam<flavour> {};

TEST_P(JsonRoundTrip, RandomModelsComeBackExactly) {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const document d = random_document(seed, GetParam());
    const auto written = write(document_format, {&d}, {{"indent", seed % 2 ? "0" : "1"}});
    ASSERT_TRUE(written.diagnostics.empty()) << written.diagnostics[0].text;
    const auto back = read(document_format, written.octets);
    ASSERT_TRUE(back.diagnostics.empty()) << back.diagnostics[0].code << back.diagnostics[0].text << written.octets;
    ASSERT_EQ(back.documents.size(), 1u);
    expect_same(back.documents[0], d);
    if (HasFailure()) FAIL() << written.octets;
  }
}

TEST_P(JsonRoundTrip, LinesOfRandomModelsComeBackExactly) {
  std::vector<document> all;
  std::vector<const document*> pointers;
  all.push_back(frame());
  for (std::uint64_t seed = 0; seed < 50; ++seed) all.push_back(random_document(seed, GetParam()));
  for (const auto& d : all) pointers.push_back(&d);
  for (const dgm_format* format : {&document_format, &lines_format}) {
    const auto back = read(*format, write(*format, pointers).octets, {}, "test", 1000, false);
    ASSERT_EQ(back.documents.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) expect_same(back.documents[i], all[i]);
  }
}
INSTANTIATE_TEST_SUITE_P(All, JsonRoundTrip, ::testing::Values(flavour::profile, flavour::wild, flavour::document),
                         [](const auto& all) {
                           return all.param == flavour::profile ? "Profile" : all.param == flavour::wild ? "Wild" : "Document";
                         });

TEST(JsonRoundTrip, CarriersOfAnyShapeComeBackExactly) {
  const auto d = cable([](builder& b) {
    b.map("carrier").map("tei");
    b.list("nodes")
        .element("p")
        .attr("a", "b")
        .text("x")
        .close()
        .leaf(node_type::comment, {}, "c")
        .leaf(node_type::pi, "t", "d")
        .value({}, "");
    b.value({}, "one").value({}, "two").leaf(node_type::literal, {}, "1.0").octets({}, "\xFF");
    b.map().value("type", "p").close();
    b.map().value("type", "#map").map("value").close().close();
    b.map().value("type", "p").value("mine", "x").close();
    b.map().leaf(node_type::literal, "type", "1").close();
    b.map().close().list().list().close().close().close();
    b.map("map").value("type", "#octets").value("base64", "AA==").close();
    b.octets("raw", std::string_view("\0\1", 2)).value("empty", "").map("none").close().list("nil").close();
    b.map("like").value("type", "p").list("content").value({}, "x").close().close();
    b.close().close();
  });
  for (const dgm_format* format : {&document_format, &lines_format}) {
    const auto back = read(*format, write(*format, {&d}).octets);
    ASSERT_EQ(back.documents.size(), 1u) << back.diagnostics[0].text;
    expect_same(back.documents[0], d);
  }
}

TEST(JsonRoundTrip, NamespacesDerivedMetaAndAbsentContentComeBackExactly) {
  const auto d = make([](builder& b) {
    b.map("document")
        .map("source")
        .value("media_type", "text/plain")
        .value("size", "12")
        .value("sha256", std::string(64, '0'))
        .close();
    b.value("id", "d1").value("kind", "document").map("namespaces").value("#default", "urn:a").value("b", "urn:b").close();
    b.map("meta").value("place", "Quilmar").value("number", "12").close();
    b.list("body").close().map("x_empty").close().close();
  });
  const auto text = write(document_format, {&d}).octets;
  EXPECT_NE(text.find("\"derived\": true"), npos);
  const auto back = read(document_format, text);
  ASSERT_EQ(back.documents.size(), 1u);
  expect_same(back.documents[0], d);
}

// -- the schema ---------------------------------------------------------------------------------------------------
nlohmann::json schema() { return nlohmann::json::parse(file("cable.schema.json")); }

void expect_members(const nlohmann::json& all, const nlohmann::json& shape, std::span<const vocabulary::field> fields,
                    const std::string& path) {
  std::set<std::string> wanted, stated;
  for (const auto& f : fields) wanted.insert(std::string(f.name));
  for (const auto& [name, ignored] : shape["properties"].items()) stated.insert(name);
  EXPECT_EQ(stated, wanted) << path;
  EXPECT_EQ(shape["additionalProperties"], false) << path;
  const auto resolve = [&](nlohmann::json s) {
    while (s.contains("$ref")) s = all.at(nlohmann::json::json_pointer(s["$ref"].get<std::string>().substr(1)));
    return s;
  };
  for (const auto& f : fields) {
    auto s = resolve(shape["properties"][std::string(f.name)]);
    const std::string where = path + "/" + std::string(f.name);
    const bool is_list = f.form == vocabulary::shape::texts || f.form == vocabulary::shape::records;
    EXPECT_EQ(s["type"] == "array", is_list) << where;
    if (is_list) s = resolve(s["items"]);
    const bool is_record = f.form == vocabulary::shape::record || f.form == vocabulary::shape::records;
    EXPECT_EQ(s["type"], is_record ? "object" : "string") << where;
    if (is_record) expect_members(all, s, f.members, where);
  }
}

TEST(JsonSchema, MetaIsThatOfTheVocabulary) {
  expect_members(schema(), schema()["$defs"]["meta"], vocabulary::meta_fields, "meta");
}

TEST(JsonSchema, WhatIsWrittenIsValidAndWhatIsBrokenIsNot) {
  if (std::system("python3 -c 'import jsonschema' >/dev/null 2>&1") != 0) GTEST_SKIP() << "python3-jsonschema is not installed";
  const auto folder = std::filesystem::path(::testing::TempDir()) / "dragoman-json-schema";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "good");
  std::filesystem::create_directories(folder / "bad");
  const auto save = [&](const std::string& name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
  };
  const auto f = frame();
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto d = random_document(seed, static_cast<flavour>(seed % 3));
    save("good/" + std::to_string(seed) + ".json", write(document_format, {&d}).octets);
    save("good/c" + std::to_string(seed) + ".json", write(document_format, {&f, &d}).octets);
    save("good/l" + std::to_string(seed) + ".json", write(lines_format, {&f}).octets);
  }
  const std::string sample = file("samples/cable.json");
  save("good/sample.json", sample);
  // Broken ones: the reader and the schema refuse both.
  int count = 0;
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"\"version\": 1,", ""},
                                 {"\"kind\": \"cable\"", "\"kind\": \"letter\""},
                                 {"\"subject\"", "\"subjekt\""},
                                 {"\"number\": \"0092\"", "\"number\": 92"},
                                 {"\"tags\": [", "\"tags\": [\"\","},
                                 {"\"size\": 1180", "\"size\": \"1180\""},
                                 {"\"text\": \"VZCZ", "\"base64\": \"AAAA\",\n  \"text\": \"VZCZ"},
                                 {"\"type\": \"p\"", "\"type\": \"1p\""},
                                 {"\"type\": \"p\"", "\"kind\": \"p\""},
                                 {"\"signature\": \"HALVERN\"", "\"signature\": null"},
                                 {"\"kind\": \"cable\"", "\"kind\": \"cable\", \"derived\": true"}}) {
    std::string broken = sample;
    ASSERT_NE(broken.find(from), npos) << from;
    broken.replace(broken.find(from), from.size(), to);
    save("bad/" + std::to_string(count++) + ".json", broken);
    EXPECT_TRUE(read(document_format, broken).documents.empty()) << to;
  }
  const std::string script = R"(
import json, os, sys
from jsonschema import Draft202012Validator as V
schema = json.load(open(sys.argv[1])); V.check_schema(schema); v = V(schema); wrong = 0
for kind in ('good', 'bad'):
    for name in sorted(os.listdir(os.path.join(sys.argv[2], kind))):
        errors = [e.message for e in v.iter_errors(json.load(open(os.path.join(sys.argv[2], kind, name))))]
        if bool(errors) != (kind == 'bad'):
            wrong += 1; print(kind, name, errors[:2])
sys.exit(1 if wrong else 0)
)";
  save("check.py", script);
  const std::string command = "python3 '" + (folder / "check.py").string() + "' '" + DRAGOMAN_SOURCE_DIR +
                              "/formats/json/cable.schema.json' '" + folder.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dragoman::json
