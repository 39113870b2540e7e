// What the bundle writer writes: layout, digests, records, PREMIS, names, and the same octets every time.
#include "testing.hpp"

#include "archive.hpp"
#include "container.hpp"
#include "zip_writer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <unistd.h>

namespace dragoman::bundle {
namespace {

using fake::given_file;
using fake::make_bundle;
using json = nlohmann::json;

const std::vector<given_file> collection{
    {"1974/one.txt", "NOTE A1\nfirst\n"},
    {"1974/two.txt", "NOTE B1\nsecond\nNNNN\nNOTE B2\nthird\nNNNN\n"},
    {"1974/broken-Zürich.txt", "what is this\n"},
    {"bad.txt", "NOTE !\n"},
};

std::map<std::string, std::string> files_of(const std::string& zip) {
  const utf8_names names;
  std::map<std::string, std::string> out;
  for (auto& f : fake::entries_of(zip)) out[f.path] = std::move(f.octets);
  return out;
}

std::vector<json> records_of(const std::string& zip) {
  std::vector<json> out;
  std::istringstream lines(files_of(zip).at("set.bag/metadata/dragoman/records.jsonl"));
  for (std::string line; std::getline(lines, line);) out.push_back(json::parse(line));
  return out;
}

// A verdict on a bag by RFC 8493 that shares no code with the reader; empty when the bag is valid.
std::string bag_problem(const std::map<std::string, std::string>& files, const std::string& top) {
  const auto at = [&](const std::string& path) -> std::string {
    const auto it = files.find(top + "/" + path);
    return it == files.end() ? "(absent)" : it->second;
  };
  if (at("bagit.txt") != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n") return "bagit.txt";
  std::set<std::string> payload, tags;
  std::size_t octets = 0;
  for (const auto& [path, content] : files) {
    if (!path.starts_with(top + "/")) return "outside the top folder: " + path;
    const std::string inside = path.substr(top.size() + 1);
    if (inside == "data/") continue;
    if (inside.starts_with("data/")) payload.insert(inside), octets += content.size();
    else if (!inside.starts_with("tagmanifest-")) tags.insert(inside);
  }
  for (const std::string algorithm : {"sha256", "sha512"}) {
    for (const bool tag : {false, true}) {
      const std::string name = (tag ? "tagmanifest-" : "manifest-") + algorithm + ".txt";
      std::set<std::string> listed;
      std::istringstream lines(at(name));
      std::string before;
      for (std::string line; std::getline(lines, line);) {
        const auto blanks = line.find("  ");
        const std::string path = line.substr(blanks + 2);
        if (path <= before) return name + " is not sorted at " + path;
        before = path;
        digest d(algorithm == "sha256" ? "SHA256" : "SHA512");
        d.update(at(path));
        if (d.finish() != line.substr(0, blanks)) return name + ": digest of " + path;
        listed.insert(path);
      }
      if (listed != (tag ? tags : payload)) return name + " does not list what is there";
    }
  }
  if (at("bag-info.txt").find("Payload-Oxum: " + std::to_string(octets) + "." + std::to_string(payload.size()) + "\n") ==
      std::string::npos)
    return "Payload-Oxum";
  return {};
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST(BundleWriter, MakesAValidBag) {
  const auto made = make_bundle(collection);
  EXPECT_EQ(bag_problem(files_of(made.octets), "set.bag"), "");
  for (const auto status : made.statuses) EXPECT_EQ(status, DGM_OK);
}

TEST(BundleWriter, PutsDigestsBeforeThePayloadAndSortsEachGroup) {
  std::vector<std::string> paths;
  const auto made = make_bundle(collection);
  const utf8_names names;
  for (const auto& f : fake::entries_of(made.octets)) paths.push_back(f.path);
  EXPECT_EQ(
      paths,
      (std::vector<std::string>{
          "set.bag/bagit.txt", "set.bag/bag-info.txt", "set.bag/manifest-sha256.txt", "set.bag/manifest-sha512.txt",
          "set.bag/tagmanifest-sha256.txt", "set.bag/tagmanifest-sha512.txt", "set.bag/metadata/dragoman/bundle.json",
          "set.bag/metadata/dragoman/failures.csv", "set.bag/metadata/dragoman/records.jsonl", "set.bag/metadata/premis.xml",
          "set.bag/data/derivatives/json/1974/one.json", "set.bag/data/derivatives/json/1974/two/B1.json",
          "set.bag/data/derivatives/json/1974/two/B2.json", "set.bag/data/originals/1974/broken-Zürich.txt",
          "set.bag/data/originals/1974/one.txt", "set.bag/data/originals/1974/two.txt", "set.bag/data/originals/bad.txt"}));
}

TEST(BundleWriter, KeepsOriginalsByteForByte) {
  std::string octets = "NOTE X\n";
  for (unsigned i = 0; i < 300000; ++i) octets += static_cast<char>('a' + i * 7919u % 26u);
  const auto files = files_of(make_bundle({{"x.txt", octets}, {"y.txt", std::string("\x00\xFF\r\n\x1A", 5)}}).octets);
  EXPECT_EQ(files.at("set.bag/data/originals/x.txt"), octets);
  EXPECT_EQ(files.at("set.bag/data/originals/y.txt"), std::string("\x00\xFF\r\n\x1A", 5));
}

TEST(BundleWriter, RecordsEveryInput) {
  const auto records = records_of(make_bundle(collection).octets);
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[0]["id"], "A1");
  EXPECT_EQ(records[0]["status"], "ok");
  EXPECT_EQ(records[0]["original"], "data/originals/1974/one.txt");
  EXPECT_EQ(records[0]["sha256"], sha256_hex(collection[0].octets));
  EXPECT_EQ(records[0]["source_path"], "1974/one.txt");
  EXPECT_FALSE(records[0].contains("source_path_hex"));
  EXPECT_FALSE(records[0].contains("offset"));
  EXPECT_EQ(records[0]["reader"], "org.example.note@1.2");
  EXPECT_EQ(records[0]["derivatives"][0]["writer"], "org.example.json@3.4");
  EXPECT_EQ(records[0]["derivatives"][0]["puid"], "fmt/817");
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i]["seq"], i + 1);
}

TEST(BundleWriter, SaysWhereInADumpADocumentStands) {
  const auto records = records_of(make_bundle(collection).octets);
  const std::string& dump = collection[1].octets;
  for (const std::size_t i : {1u, 2u}) {
    EXPECT_EQ(records[i]["original"], "data/originals/1974/two.txt");
    EXPECT_EQ(records[i]["bytes"], dump.size());
    const auto slice = dump.substr(records[i]["offset"], records[i]["length"]);
    EXPECT_TRUE(slice.starts_with("NOTE B" + std::to_string(i)));
    EXPECT_TRUE(slice.ends_with("NNNN\n"));
  }
}

TEST(BundleWriter, KeepsWhatFailedWithItsReason) {
  const auto made = make_bundle(collection);
  const auto records = records_of(made.octets);
  EXPECT_EQ(records[3]["status"], "failed");
  EXPECT_TRUE(records[3]["id"].is_null());
  EXPECT_TRUE(records[3]["puid"].is_null());
  EXPECT_EQ(records[3]["error"]["stage"], "identify");
  EXPECT_EQ(records[4]["error"],
            (json{{"code", "note.bad"}, {"line", 1}, {"message", "no note, \"really\""}, {"offset", 3}, {"stage", "read"}}));
  EXPECT_EQ(files_of(made.octets).at("set.bag/metadata/dragoman/failures.csv"),
            "seq,original,stage,code,line,message\r\n"
            "4,data/originals/1974/broken-Zürich.txt,identify,format.unknown,,nobody knows it\r\n"
            "5,data/originals/bad.txt,read,note.bad,1,\"no note, \"\"really\"\"\"\r\n");
}

TEST(BundleWriter, AccountsForAnInputThatCouldNotBeRead) {
  fake::writing w;
  const std::string name = "gone.txt";
  const dgm_origin origin{sizeof(dgm_origin), span(name), {}, {}, {}, 1, nullptr};
  w.failure(origin, "read", "input.gone", "it vanished");
  const auto made = w.finish();
  const auto records = records_of(made.octets);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_TRUE(records[0]["original"].is_null());
  EXPECT_EQ(records[0]["source_path"], "gone.txt");
  EXPECT_EQ(bag_problem(files_of(made.octets), "set.bag"), "");
}

TEST(BundleWriter, CountsInBundleJson) {
  const auto bundle = json::parse(files_of(make_bundle(collection).octets).at("set.bag/metadata/dragoman/bundle.json"));
  EXPECT_EQ(
      bundle["counts"],
      (json{{"records", 5}, {"ok", 3}, {"warning", 0}, {"failed", 2}, {"skipped", 0}, {"originals", 4}, {"derivatives", 3}}));
  EXPECT_EQ(bundle["created"], "2026-01-15T10:00:00Z");
  EXPECT_EQ(bundle["tool"]["version"], "9.8.7");
  EXPECT_EQ(bundle["options_sha256"], sha256_hex(R"({"note":{"x":"1"}})"));
  EXPECT_EQ(bundle["plugins"].size(), 3u);
}

TEST(BundleWriter, WritesBagInfoFromOptions) {
  const auto made = make_bundle({collection[0]}, {{"source-organization", "Archive\nof Strelsau"},
                                                  {"bag-group-identifier", "strelsau-1974"},
                                                  {"info", "Shelf-Mark=R 7; Note=two = signs"}});
  EXPECT_EQ(files_of(made.octets).at("set.bag/bag-info.txt"),
            "Source-Organization: Archive of Strelsau\nBagging-Date: 2026-01-15\nBag-Size: 28 B\nPayload-Oxum: 28.2\n"
            "Bag-Group-Identifier: strelsau-1974\nBag-Count: 1 of 1\nShelf-Mark: R 7\nNote: two = signs\n"
            "Bag-Software-Agent: dragoman 9.8.7\nDragoman-Bundle-Version: 1.0\n");
}

TEST(BundleWriter, TakesBagInfoFromAProfileWhereNoOptionSaysIt) {
  const std::string profile =
      "Source-Organization: From the profile\ncontact-name: Somebody\nShelf-Mark: R 7\n  and R 8\nShelf-Mark: R 9\n";
  const auto made = make_bundle({collection[0]}, {{"profile", profile}, {"source-organization", "From the option"}});
  EXPECT_EQ(files_of(made.octets).at("set.bag/bag-info.txt"),
            "Source-Organization: From the option\nContact-Name: Somebody\nBagging-Date: 2026-01-15\nBag-Size: 28 "
            "B\nPayload-Oxum: 28.2\n"
            "Shelf-Mark: R 7 and R 8\nShelf-Mark: R 9\nBag-Software-Agent: dragoman 9.8.7\nDragoman-Bundle-Version: 1.0\n");
}

TEST(BundleWriter, RefusesAProfileBeforeAnyWorkIsDone) {
  for (const char* profile : {"no colon\n", "Payload-Oxum: 1.1\n", "bag-count: 1 of 1\n"}) {
    fake::writing w(fake::options_map{{"profile", profile}});
    EXPECT_FALSE(w.is_open()) << profile;
    EXPECT_TRUE(w.finish().has("bundle.profile")) << profile;
  }
}

TEST(BundleWriter, KeepsWhatEarlierBundlesRecorded) {
  const std::string history =
      R"([{"bundle":{"base":"old.bag","created":"2020-01-01T00:00:00Z"},"record":{"original":"data/originals/a.txt","sha256":"00"}}])";
  const auto files = files_of(make_bundle({{"a.txt", "NOTE A\n", history}}).octets);
  const auto record = json::parse(files.at("set.bag/metadata/dragoman/records.jsonl"));
  EXPECT_EQ(record["history"], json::parse(history));
  const std::string premis = files.at("set.bag/metadata/premis.xml");
  EXPECT_NE(premis.find("from bundle old.bag of 2020-01-01T00:00:00Z, where it was data/originals/a.txt with sha256=00"), npos);
  EXPECT_EQ(count_of(premis, "eventType/unp"), 1u);
}

TEST(BundleWriter, SaysWhichFilesThePluginsWere) {
  const auto bundle = json::parse(files_of(make_bundle(collection).octets).at("set.bag/metadata/dragoman/bundle.json"));
  EXPECT_EQ(bundle["plugins"][2], (json{{"abi", 1}, {"id", "org.example.note"}, {"sha256", "0a0b"}, {"version", "1.2"}}));
}

TEST(BundleWriter, WritesAnEmptyBag) {
  const auto files = files_of(make_bundle({}).octets);
  EXPECT_EQ(bag_problem(files, "set.bag"), "");
  EXPECT_TRUE(files.contains("set.bag/data/"));
  EXPECT_EQ(files.at("set.bag/manifest-sha256.txt"), "");
  EXPECT_EQ(files.at("set.bag/metadata/dragoman/failures.csv"), "seq,original,stage,code,line,message\r\n");
}

TEST(BundleWriter, NamesTheTopFolderAfterTheOutput) {
  EXPECT_TRUE(files_of(make_bundle({}, {}, "cables.ZIP").octets).contains("cables/bagit.txt"));
  EXPECT_TRUE(files_of(make_bundle({}, {}, "").octets).contains("bundle/bagit.txt"));
}

TEST(BundleWriter, StoresUnsafeNamesSafely) {
  const auto made = make_bundle(
      {{"../a:b.txt", "NOTE N1\nx\n"}, {"CON", "NOTE N2\nx\n"}, {"a/A.txt", "NOTE N3\nx\n"}, {"a/a.txt", "NOTE N4\nx\n"}});
  const auto records = records_of(made.octets);
  EXPECT_EQ(records[0]["original"], "data/originals/=2E=2E/a=3Ab.txt");
  EXPECT_EQ(records[0]["source_path"], "../a:b.txt");
  EXPECT_EQ(records[0]["source_path_hex"], hexadecimal("../a:b.txt"));
  EXPECT_EQ(records[1]["original"], "data/originals/=43ON");
  EXPECT_EQ(records[2]["original"], "data/originals/a/A.txt");
  EXPECT_EQ(records[3]["original"], "data/originals/a/a~2.txt");
  EXPECT_EQ(records[3]["derivatives"][0]["path"], "data/derivatives/json/a/a~2.json");
  EXPECT_EQ(bag_problem(files_of(made.octets), "set.bag"), "");
}

TEST(BundleWriter, WarnsBothRecordsOfOneId) {
  const auto made = make_bundle({{"a.txt", "NOTE same\nx\n"}, {"b.txt", "NOTE other\nx\n"}, {"c.txt", "NOTE same\ny\n"}});
  EXPECT_TRUE(made.has("bundle.id-repeated"));
  const auto records = records_of(made.octets);
  EXPECT_EQ(records[0]["status"], "warning");
  EXPECT_EQ(records[1]["status"], "ok");
  EXPECT_EQ(records[2]["warnings"][0]["code"], "bundle.id-repeated");
}

TEST(BundleWriter, KeepsTheOriginalWhenADerivativeFails) {
  const auto made = make_bundle({{"a.txt", "NOTE refuse\nx\n"}, {"b.txt", "NOTE nothing\nx\n"}, {"c.txt", "NOTE fine\nx\n"}});
  EXPECT_TRUE(made.has("bundle.derivative-failed"));
  EXPECT_TRUE(made.has("bundle.empty-output"));
  const auto files = files_of(made.octets);
  EXPECT_EQ(bag_problem(files, "set.bag"), "");
  EXPECT_TRUE(files.contains("set.bag/data/originals/a.txt"));
  EXPECT_FALSE(files.contains("set.bag/data/derivatives/json/a.json"));
  const auto records = records_of(made.octets);
  EXPECT_EQ(records[0]["status"], "failed");
  EXPECT_EQ(records[0]["error"]["stage"], "write");
  EXPECT_EQ(records[1]["error"]["code"], "bundle.empty-output");
  EXPECT_EQ(records[2]["status"], "ok");
}

TEST(BundleWriter, PutsDerivativesOfACollectionIntoAFolder) {
  const auto files = files_of(make_bundle({{"set.txt", "NOTE *\nx\n"}}).octets);
  EXPECT_TRUE(files.contains("set.bag/data/derivatives/json/set/=2A.json")) << "the one document of a framed original";
}

TEST(BundleWriter, RefusesAnUnknownDerivative) {
  for (const char* derivatives : {"json, parchment", "bundle"}) {
    fake::writing w(fake::options_map{{"derivatives", derivatives}});
    EXPECT_FALSE(w.is_open());
    EXPECT_TRUE(w.finish().has("bundle.derivative-unknown"));
  }
}

TEST(BundleWriter, TakesSourceOctetsWhereThereIsNoOrigin) {
  fake::writing w;
  const auto read = testing::read(fake::note_format, "NOTE solo\nx\n");
  w.document(read, 0, nullptr);
  const auto files = files_of(w.finish().octets);
  EXPECT_EQ(files.at("set.bag/data/originals/solo.txt"), "NOTE solo\nx\n");
}

TEST(BundleWriter, SaysWhatItCannotKeep) {
  fake::writing w(fake::options_map{{"derivatives", ""}});
  w.document(testing::read(fake::note_format, "NOTE *\nx\n"), 0, nullptr);  // a frame of no original
  w.document(testing::read(fake::json_format, "JSON made\nby hand\n"), 0, nullptr);
  EXPECT_EQ(w.last_status(), DGM_SKIP);
  const auto made = w.finish();
  EXPECT_TRUE(made.has("bundle.frame-dropped"));
  EXPECT_TRUE(made.has("bundle.no-content"));
  EXPECT_EQ(records_of(made.octets).size(), 0u);
}

TEST(BundleWriter, HandsOutputErrorsBack) {
  fake::writing w({}, "set.bag.zip", 100);
  w.file(collection[0]);
  EXPECT_EQ(w.finish().statuses.back(), DGM_IO);
}

TEST(BundleWriter, StoresWithoutCompressionOnRequest) {
  const std::string text = "NOTE long\n" + std::string(5000, 'x');
  const auto stored = make_bundle({{"a.txt", text}}, {{"store", "true"}}).octets;
  EXPECT_NE(stored.find(text), std::string::npos);
  EXPECT_LT(make_bundle({{"a.txt", text}}).octets.size(), stored.size());
}

TEST(BundleWriter, HoldsMoreFilesThanAZipOfOld) {
  constexpr std::size_t files = 66000;
  testing::memory_output memory;
  const output out(memory.table());
  zip_writer zip(out);
  const packed_entry x{1, 1, 0x8CDC1683, packed_entry::stored};
  for (std::size_t i = 0; i < files; ++i) zip.add("f" + std::to_string(i), x, memory_source("x"), 0);
  zip.finish();
  EXPECT_EQ(fake::entries_of(memory.octets).size(), files);
  const memory_source source(memory.octets);
  EXPECT_EQ(open_container(source, {}, [](auto, auto&, auto) {})->count(), files);
}

TEST(BundleWriter, WritesPremisOfTheBundleOnRequest) {
  const std::string premis = files_of(make_bundle(collection, {{"premis", "bundle"}}).octets).at("set.bag/metadata/premis.xml");
  EXPECT_EQ(count_of(premis, "<premis:object "), 1u);
  EXPECT_EQ(count_of(premis, "<premis:event>"), 1u);
  EXPECT_NE(premis.find("records=5; ok=3; warning=0; failed=2; skipped=0; manifest sha256="), npos);
  EXPECT_EQ(count_of(premis, "<premis:agent>"), count_of(premis, "<premis:linkingAgentIdentifier>"));
}

TEST(BundleWriter, LeavesPremisOutOnRequest) {
  EXPECT_FALSE(files_of(make_bundle(collection, {{"premis", "none"}}).octets).contains("set.bag/metadata/premis.xml"));
}

// Sets an environment variable while it lives.
class with_environment {
public:
  with_environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) before_ = old;
    ::setenv(name, value, 1);
    ::tzset();
  }
  ~with_environment() {
    if (before_) ::setenv(name_, before_->c_str(), 1);
    else ::unsetenv(name_);
    ::tzset();
  }
  with_environment(const with_environment&) = delete;
  with_environment& operator=(const with_environment&) = delete;

private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(BundleWriter, SaysThatItNeedsATemporaryFile) {
  const with_environment nowhere("TMPDIR", "/nonexistent/folder");
  const std::string large(std::size_t{3} << 20, 'x');  // what is small needs none
  fake::writing w(fake::options_map{{"store", "true"}});
  w.file({"large.txt", "NOTE A\n" + large});
  EXPECT_EQ(w.last_status(), DGM_IO);
  EXPECT_TRUE(w.finish().has("bundle.spool"));
  EXPECT_TRUE(fake::read_bundle("PK\3\4" + large, {}, "pipe", true).has("bundle.spool"));
}

TEST(BundleWriter, WritesTheSameOctetsEverywhere) {
  const auto here = make_bundle(collection).octets;
  const with_environment zone("TZ", "America/New_York"), locale("LC_ALL", "C"), language("LANG", "tr_TR.UTF-8");
  EXPECT_EQ(make_bundle(collection).octets, here);
}

// Originals that make many parts to be packed: large and small ones, and ones that are larger than a part.
std::vector<given_file> large_collection() {
  std::vector<given_file> files = collection;
  std::uint32_t noise = 7;
  for (int i = 0; i < 150; ++i) {
    std::string octets = "NOTE " + std::to_string(i) + "\n";
    for (int words = (i % 100 == 9 ? 300'000 : 2'000); words > 0; --words)
      octets += std::to_string((noise = noise * 1664525 + 1013904223) >> 22) + " ";
    files.push_back({std::to_string(i % 7) + "/" + std::to_string(i) + ".txt", octets});
  }
  return files;
}

TEST(BundleWriter, WritesTheSameOctetsInAnyNumberOfThreads) {
  const auto files = large_collection();
  for (const char* store : {"false", "true"}) {
    const fake::options_map options{{"store", store}};
    fake::writing alone(options), together(options, "set.bag.zip", npos, nullptr, &fake::threads);
    for (const auto& f : files) alone.file(f), together.file(f);
    const auto one = alone.finish(), many = together.finish();
    ASSERT_EQ(many.statuses.back(), DGM_OK);
    EXPECT_TRUE(one.octets == many.octets) << "store=" << store;
    EXPECT_EQ(bag_problem(files_of(many.octets), "set.bag"), "");
  }
}

TEST(BundleWriter, HandsErrorsOfAThreadBack) {
  const auto files = large_collection();
  fake::writing w({}, "set.bag.zip", 1'000'000, nullptr, &fake::threads);
  for (const auto& f : files) w.file(f);
  EXPECT_EQ(w.finish().statuses.back(), DGM_IO);
}

// -- volumes ------------------------------------------------------------------------------------------------------

// The number of a volume, as the host says it.
dgm_volume volume_facts(std::uint32_t index, std::uint32_t count, std::string_view name) {
  return {sizeof(dgm_volume), index, count, span("set.bag.zip"), span(name)};
}

TEST(BundleVolumes, AreFullAtTheirRecords) {
  const auto facts = volume_facts(1, 0, "set-0001.bag.zip");
  fake::writing w({{"records", "2"}}, "set.bag.zip", npos, &facts);
  w.file({"1.txt", "NOTE A\n"});
  w.file({"2.txt", "NOTE !\n"});  // a failure is a record, too
  EXPECT_EQ(w.last_status(), DGM_OK);
  w.file({"3.txt", "NOTE C\n"});
  EXPECT_EQ(w.last_status(), DGM_FULL);
  w.file({"4.txt", "nobody knows it\n"});
  EXPECT_EQ(w.last_status(), DGM_FULL);
  const auto files = files_of(w.finish().octets);
  EXPECT_EQ(bag_problem(files, "set-0001.bag"), "");
  EXPECT_EQ(count_of(files.at("set-0001.bag/metadata/dragoman/records.jsonl"), "\n"), 2u);
}

TEST(BundleVolumes, AreFullAtTheirOctets) {
  const auto facts = volume_facts(1, 0, "set-0001.bag.zip");
  fake::writing w({{"bytes", "100"}}, "set.bag.zip", npos, &facts);
  w.file({"1.txt", "NOTE A\n" + std::string(200, 'x') + "\n"});  // too large for any volume, but not refused
  EXPECT_EQ(w.last_status(), DGM_OK);
  w.file({"2.txt", "NOTE B\n"});
  EXPECT_EQ(w.last_status(), DGM_FULL);
}

TEST(BundleVolumes, KeepTheDocumentsOfAnOriginalTogether) {
  const auto facts = volume_facts(1, 0, "set-0001.bag.zip");
  fake::writing w({{"records", "1"}}, "set.bag.zip", npos, &facts);
  w.file({"1.txt", "NOTE A\nNNNN\nNOTE B\nNNNN\nNOTE C\nNNNN\n"});
  EXPECT_EQ(w.last_status(), DGM_OK);
}

TEST(BundleVolumes, AreNotMadeWithoutAHostThatCanCutThem) {
  const auto made = make_bundle({{"1.txt", "NOTE A\n"}, {"2.txt", "NOTE B\n"}}, {{"records", "1"}});
  EXPECT_TRUE(made.has("bundle.large"));
  EXPECT_EQ(records_of(made.octets).size(), 2u);
}

TEST(BundleVolumes, SayTheirNumber) {
  const auto info_of = [](const dgm_volume& facts, fake::options_map options = {}) {
    fake::writing w(std::move(options), "set.bag.zip", npos, &facts);
    w.file({"1.txt", "NOTE A\n"});
    return files_of(w.finish().octets).at(std::string(view(facts.name).substr(0, facts.name.len - 4)) + "/bag-info.txt");
  };
  EXPECT_NE(info_of(volume_facts(2, 0, "set-0002.bag.zip")).find("Bag-Group-Identifier: set.bag\nBag-Count: 2 of ?\n"), npos);
  EXPECT_NE(info_of(volume_facts(3, 3, "set-0003.bag.zip"), {{"bag-group-identifier", "G"}})
                .find("Bag-Group-Identifier: G\nBag-Count: 3 of 3\n"),
            npos);
  EXPECT_EQ(info_of(volume_facts(1, 1, "set.bag.zip")).find("Bag-Count"), npos);
}

// A volume with "?" for the number of volumes, and the same with 12.
std::pair<std::string, std::string> numbered_volume(const std::vector<given_file>& files) {
  const auto unknown = volume_facts(7, 0, "set-0007.bag.zip"), known = volume_facts(7, 12, "set-0007.bag.zip");
  fake::writing w({}, "set.bag.zip", npos, &unknown);
  for (const auto& f : files) w.file(f);
  const std::string before = w.finish().octets;
  testing::recording_host host(&format);
  host.extensions[DGM_EXT_VOLUME] = &known;
  const fake::named_output out("set-0007.bag.zip");
  const testing::memory_input in(before, "set-0007.bag.zip");
  EXPECT_EQ(format.writer->number(host.table(), in.table(), out.table()), DGM_OK);
  return {before, out.octets()};
}

TEST(BundleVolumes, LearnHowManyThereAre) {
  const auto [before, after] = numbered_volume(collection);
  auto old_files = files_of(before), files = files_of(after);
  EXPECT_EQ(bag_problem(files, "set-0007.bag"), "");
  EXPECT_NE(files.at("set-0007.bag/bag-info.txt").find("Bag-Count: 7 of 12\n"), npos);
  for (const char* changed : {"bag-info.txt", "tagmanifest-sha256.txt", "tagmanifest-sha512.txt"}) {
    EXPECT_NE(files.at(std::string("set-0007.bag/") + changed), old_files.at(std::string("set-0007.bag/") + changed));
    files.erase(std::string("set-0007.bag/") + changed);
    old_files.erase(std::string("set-0007.bag/") + changed);
  }
  EXPECT_EQ(files, old_files);
  // Another volume of the same number is what would have been written had it been known.
  const auto known = volume_facts(7, 12, "set-0007.bag.zip");
  fake::writing w({}, "set.bag.zip", npos, &known);
  for (const auto& f : collection) w.file(f);
  EXPECT_EQ(after, w.finish().octets);
}

TEST(BundleVolumes, AreNoOtherZips) {
  const auto facts = volume_facts(1, 2, "set-0001.bag.zip");
  for (const std::string& zip : {make_bundle({{"1.txt", "NOTE A\n"}}).octets, std::string("no zip")}) {
    testing::recording_host host(&format);
    host.extensions[DGM_EXT_VOLUME] = &facts;
    const fake::named_output out("set-0001.bag.zip");
    const testing::memory_input in(zip, "set-0001.bag.zip");
    EXPECT_LT(format.writer->number(host.table(), in.table(), out.table()), 0);
    EXPECT_FALSE(host.diagnostics.empty());
    EXPECT_EQ(host.diagnostics.at(0).code, zip == "no zip" ? "bundle.zip-truncated" : "bundle.volume");
  }
}

// -- PREMIS -------------------------------------------------------------------------------------------------------

std::multiset<std::string> values_of(const std::string& xml, const std::string& element) {
  std::multiset<std::string> out;
  const std::string open = "<premis:" + element + ">", close = "</premis:" + element + ">";
  for (auto at = xml.find(open); at != npos; at = xml.find(open, at + 1)) {
    const auto begin = at + open.size();
    out.insert(xml.substr(begin, xml.find(close, begin) - begin));
  }
  return out;
}

TEST(BundlePremis, HasAnObjectForEachFileAndAnEventForEachOutcome) {
  const auto xml = files_of(make_bundle(collection).octets).at("set.bag/metadata/premis.xml");
  EXPECT_EQ(count_of(xml, "<premis:object "), 7u);  // 4 originals, one of them of two records; 3 derivatives
  EXPECT_EQ(count_of(xml, "<premis:event>"), 5u);   // 3 derivatives, 2 failures
  EXPECT_EQ(count_of(xml, "<premis:agent>"), 3u);
  EXPECT_EQ(count_of(xml, "eventOutcome/fai"), 2u);
}

// Originals that were kept and no more share an event, except those with something to say.
TEST(BundlePremis, HasOneEventForOriginalsThatWereOnlyKept) {
  const auto xml =
      files_of(make_bundle({{"a.txt", "NOTE A\n"}, {"b.txt", "NOTE B\n"}, {"c.txt", "NOTE C\n"}, {"d.txt", "NOTE C\n"}},
                           {{"derivatives", ""}})
                   .octets)
          .at("set.bag/metadata/premis.xml");
  EXPECT_EQ(count_of(xml, "<premis:object "), 4u);
  EXPECT_EQ(count_of(xml, "eventType/mes"), 3u) << "one for two originals, and one for each whose id came twice";
  EXPECT_EQ(count_of(xml, "<premis:eventOutcomeDetailNote>files=2</premis:eventOutcomeDetailNote>"), 1u);
  EXPECT_EQ(count_of(xml, "eventOutcome/war"), 2u);
}

// Codes of id.loc.gov/vocabulary/preservation with the words for them.
TEST(BundlePremis, UsesCodesOfTheVocabularyWithTheirWords) {
  const std::set<std::string> vocabulary{"eventType/mig\">migration",
                                         "eventType/nor\">normalization",
                                         "eventType/mes\">message digest calculation",
                                         "eventType/unp\">unpacking",
                                         "eventType/ipc\">information package creation",
                                         "eventOutcome/suc\">success",
                                         "eventOutcome/war\">warning",
                                         "eventOutcome/fai\">fail",
                                         "eventRelatedAgentRole/exe\">executing program",
                                         "eventRelatedObjectRole/sou\">source",
                                         "eventRelatedObjectRole/out\">outcome",
                                         "relationshipType/der\">derivation",
                                         "relationshipSubType/hss\">has source",
                                         "agentType/sof\">software"};
  std::string all;
  auto files = collection;
  files.push_back({"old.txt", "NOTE old\n", R"([{"bundle":{"base":"old.bag"},"record":{}}])"});
  files.push_back({"again.txt", "NOTE old\n"});
  for (const fake::options_map& options :
       {fake::options_map{}, {{"premis-event", "normalization"}}, {{"premis", "bundle"}}, {{"derivatives", ""}}})
    all += files_of(make_bundle(files, options).octets).at("set.bag/metadata/premis.xml");
  std::set<std::string> used;
  const std::string uri = "valueURI=\"http://id.loc.gov/vocabulary/preservation/";
  for (auto at = all.find(uri); at != npos; at = all.find(uri, at + 1)) {
    const auto begin = at + uri.size();
    used.insert(all.substr(begin, all.find('<', begin) - begin));
  }
  EXPECT_EQ(used, vocabulary);
}

// The schema of PREMIS wants an object; where there is no file it is the bundle.
TEST(BundlePremis, HasAnObjectAlsoWithoutPayload) {
  fake::writing w;
  const std::string name = "gone.txt";
  const dgm_origin origin{sizeof(dgm_origin), span(name), {}, {}, {}, 1, nullptr};
  w.failure(origin, "read", "input.gone", "it vanished");
  for (const auto& [xml, events] : {std::pair(files_of(w.finish().octets).at("set.bag/metadata/premis.xml"), 2u),
                                    std::pair(files_of(make_bundle({}).octets).at("set.bag/metadata/premis.xml"), 1u)}) {
    EXPECT_EQ(count_of(xml, "xsi:type=\"premis:representation\""), 1u);
    EXPECT_EQ(count_of(xml, "<premis:event>"), events);
    EXPECT_LT(xml.find("</premis:object>"), xml.find("<premis:event>"));
    EXPECT_NE(xml.find("manifest sha256=" + sha256_hex("")), npos);  // the manifest of nothing
  }
}

TEST(BundlePremis, LinksEverything) {
  const auto xml = files_of(make_bundle(collection, {{"derivatives", ""}}).octets).at("set.bag/metadata/premis.xml") +
                   files_of(make_bundle(collection).octets).at("set.bag/metadata/premis.xml");
  const auto objects = values_of(xml, "objectIdentifierValue"), linked = values_of(xml, "linkingObjectIdentifierValue");
  for (const auto& id : objects) EXPECT_TRUE(linked.contains(id)) << id;
  for (const auto& id : linked) EXPECT_TRUE(objects.contains(id)) << id;
  const auto agents = values_of(xml, "agentIdentifierValue"), working = values_of(xml, "linkingAgentIdentifierValue");
  for (const auto& id : agents) EXPECT_TRUE(working.contains(id)) << id;
  for (const auto& id : working) EXPECT_TRUE(agents.contains(id)) << id;
}

TEST(BundlePremis, GivesEachIdOnce) {
  std::vector<given_file> twins{
      {"a/x.txt", "NOTE same\nx\n"}, {"b/x.txt", "NOTE same\nx\n"}, {"c.txt", "NOTE 1\nNNNN\nNOTE 1\nNNNN\n"}};
  const auto xml = files_of(make_bundle(twins).octets).at("set.bag/metadata/premis.xml");
  for (const char* kind : {"objectIdentifierValue", "eventIdentifierValue"}) {
    const auto ids = values_of(xml, kind);
    EXPECT_EQ(ids.size(), std::set<std::string>(ids.begin(), ids.end()).size()) << kind;
    EXPECT_FALSE(ids.empty());
    for (const auto& id : ids) {
      ASSERT_EQ(id.size(), 36u);
      EXPECT_EQ(id[14], '5') << id;
      EXPECT_NE(std::string_view("89ab").find(id[19]), npos) << id;
    }
  }
}

TEST(BundlePremis, IsWellFormedWhateverTheText) {
  if (std::system("command -v xmllint >/dev/null 2>&1") != 0) GTEST_SKIP() << "xmllint is not installed";
  const auto made =
      make_bundle({{"a<b>&\"'.txt", "NOTE <&>\nx\n"}, {std::string("bad\xFF\x01.txt"), "NOTE x\nx\n"}, {"c.txt", "nobody"}});
  const auto path = std::filesystem::temp_directory_path() / ("dragoman-premis-" + std::to_string(::getpid()) + ".xml");
  const auto files = files_of(made.octets);
  std::ofstream(path, std::ios::binary) << files.at("set.bag/metadata/premis.xml");
  EXPECT_EQ(std::system(("xmllint --noout '" + path.string() + "'").c_str()), 0);
  std::filesystem::remove(path);
}

// -- by the tools that archives use -------------------------------------------------------------------------------

class ByOthers : public ::testing::TestWithParam<const char*> {};

TEST_P(ByOthers, TestsTheZipAndFindsItWell) {
  const std::string command = GetParam();
  const std::string program = command.substr(0, command.find(' '));
  if (std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) != 0) GTEST_SKIP() << program << " is not installed";
  const auto path = std::filesystem::temp_directory_path() / ("dragoman-" + program + "-" + std::to_string(::getpid()) + ".zip");
  for (const auto& files : {collection, std::vector<given_file>{}}) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << make_bundle(files).octets;
    EXPECT_EQ(std::system((command + " '" + path.string() + "' >/dev/null 2>&1").c_str()), 0);
  }
  std::filesystem::remove(path);
}
INSTANTIATE_TEST_SUITE_P(BundleWriter, ByOthers,
                         ::testing::Values("unzip -tqq", "7z t", "bsdtar -tf", "python3 -m zipfile -t", "zip -T"));

}  // namespace
}  // namespace dragoman::bundle
