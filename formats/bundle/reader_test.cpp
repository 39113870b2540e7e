// What comes out of bags, bundles and plain archives, and what is refused.
#include "testing.hpp"

#include "zip_forge.hpp"

#include <gtest/gtest.h>

namespace dragoman::bundle {
namespace {

using fake::make_bundle;
using fake::read_bundle;

const std::vector<fake::given_file> collection{
    {"b/two.txt", "NOTE B1\nsecond\nNNNN\nNOTE B2\nthird\nNNNN\n"},
    {"a/one.txt", "NOTE A1\nfirst\n"},
};

TEST(BundleReader, GivesTheOriginalsBackInTheOrderOfTheRecords) {
  const auto read = read_bundle(make_bundle(collection).octets);
  EXPECT_TRUE(read.result.diagnostics.empty()) << read.result.diagnostics[0].text;
  EXPECT_EQ(read.opened, (std::vector<std::string>{"b/two.txt", "a/one.txt"}));
  EXPECT_EQ(read.ids(), (std::vector<std::string>{"B1", "B2", "A1"}));
  EXPECT_EQ(read.sources(), collection[0].octets + collection[1].octets);
}

TEST(BundleReader, GivesTheNamesBackThatWereUnsafe) {
  const std::vector<fake::given_file> files{
      {"../x:y.txt", "NOTE 1\n"}, {"A.txt", "NOTE 2\n"}, {"a.txt", "NOTE 3\n"}, {std::string("\xFF/z"), "NOTE 4\n"}};
  const auto read = read_bundle(make_bundle(files).octets);
  std::vector<std::string> names;
  for (const auto& f : files) names.push_back(f.name);
  EXPECT_EQ(read.opened, names);
}

TEST(BundleReader, ReadsThroughPipes) {
  EXPECT_EQ(read_bundle(make_bundle(collection).octets, {}, "set.bag.zip", true).sources(),
            collection[0].octets + collection[1].octets);
}

TEST(BundleReader, GivesTheFrameOfACollectionBack) {
  const auto read = read_bundle(make_bundle({{"set.txt", "NOTE *\nx\n"}}).octets);
  ASSERT_EQ(read.result.documents.size(), 2u);
  EXPECT_TRUE(read.result.documents[0].is_collection());
}

TEST(BundleReader, GoesOnAfterAnOriginalThatNobodyReads) {
  const auto read = read_bundle(
      make_bundle({{"bad.bin", "\x01\x02"}, {"a.txt", "NOTE ok\n"}, {"c.txt", "NOTE !\n"}, {"d.txt", "NOTE d\n"}}).octets);
  EXPECT_EQ(read.ids(), (std::vector<std::string>{"ok", "d"}));
  EXPECT_EQ(std::count(read.result.statuses.begin(), read.result.statuses.end(), DGM_SKIP), 2);
  EXPECT_EQ(read.result.statuses.back(), DGM_END);
}

TEST(BundleReader, ReadsABundleWithoutDocuments) {
  const auto read = read_bundle(make_bundle({}).octets);
  EXPECT_EQ(read.result.statuses, (std::vector<dgm_status>{DGM_OK, DGM_END}));
}

TEST(BundleReader, ReadsADerivativeWhereThereIsNoOriginal) {
  fake::writing w;
  const auto read = testing::read(fake::json_format, "JSON made\nby hand\n");
  w.document(read, 0, nullptr);
  const auto again = read_bundle(w.finish().octets);
  EXPECT_EQ(again.ids(), (std::vector<std::string>{"made"}));
}

TEST(BundleReader, ReadsAPlainZip) {
  zip_forge zip;
  zip.add("in/a.txt", "NOTE A\n", {.method = 8});
  zip.add("in/b.txt", "NOTE B\n");
  zip.add("empty.txt", "");
  zip.add("in/.DS_Store", "junk");
  zip.add("__MACOSX/in/a.txt", "junk");
  const auto read = read_bundle(zip.octets());
  EXPECT_EQ(read.opened, (std::vector<std::string>{"in/a.txt", "in/b.txt"}));
  EXPECT_EQ(read.ids(), (std::vector<std::string>{"A", "B"}));
  EXPECT_TRUE(read.has("bundle.empty"));
  EXPECT_TRUE(read.has("bundle.skipped"));
}

TEST(BundleReader, TellsAThousandFindingsOfAKindAndCountsTheRest) {
  zip_forge zip;
  for (int i = 0; i < 1003; ++i) zip.add("./" + std::to_string(i) + ".txt", "NOTE " + std::to_string(i) + "\n");
  const auto read = read_bundle(zip.octets());
  const auto& all = read.result.diagnostics;
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& d) { return d.code == "bundle.name-cleaned"; }), 1000);
  const auto more = std::find_if(all.begin(), all.end(), [](const auto& d) { return d.code == "bundle.more-findings"; });
  ASSERT_NE(more, all.end());
  EXPECT_EQ(more->text, "3 more findings of the code bundle.name-cleaned");
  EXPECT_EQ(read.ids().size(), 1003u);
}

TEST(BundleReader, NeedsAHostThatReadsEntries) {
  const std::string octets = make_bundle(collection).octets;
  testing::recording_host host(&format);
  const testing::memory_input in(octets, "set.bag.zip");
  void* session = nullptr;
  EXPECT_LT(format.reader->open(host.table(), in.table(), &session), 0);
  EXPECT_EQ(host.diagnostics.at(0).code, "bundle.no-nested");
}

TEST(BundleReader, SaysThatTheInputBecameShorterMeanwhile) {
  const std::string octets = make_bundle(collection).octets;
  const fake::nested inner;
  testing::recording_host host(&format);
  host.extensions[DGM_EXT_NESTED] = inner.table();
  const testing::memory_input in(std::string_view(octets).substr(0, octets.size() / 2), "set.bag.zip");
  dgm_input table = *in.table();
  table.length = static_cast<std::int64_t>(octets.size());
  table.contents = [](void*, dgm_str*) noexcept { return 0; };
  void* session = nullptr;
  EXPECT_LT(format.reader->open(host.table(), &table, &session), 0);
  EXPECT_EQ(host.diagnostics.at(0).code, "bundle.input-changed");
}

TEST(BundleReader, DoesNotOpenAnArchiveInsideAnArchive) {
  zip_forge inner, outer;
  inner.add("a.txt", "NOTE A\n");
  outer.add("inner.zip", inner.octets());
  outer.add("b.txt", "NOTE B\n");
  const auto read = read_bundle(outer.octets());
  EXPECT_TRUE(read.has("bundle.archive-in-archive"));
  EXPECT_EQ(read.ids(), (std::vector<std::string>{"B"}));
}

// Archives in one another, `depth` of them around a note.
std::string nested_zips(int depth) {
  std::string octets = "NOTE A\n";
  std::string name = "a.txt";
  for (int i = 0; i < depth; ++i) {
    zip_forge outer;
    outer.add(name, octets);
    outer.add("beside.txt", "NOTE " + std::to_string(i) + "\n");
    octets = outer.octets();
    name = std::to_string(i) + ".zip";
  }
  return octets;
}

TEST(BundleReader, OpensArchivesInArchivesAsDeepAsAsked) {
  const auto read = read_bundle(nested_zips(4), {{"recurse", "2"}});
  EXPECT_TRUE(read.has("bundle.archive-in-archive"));
  EXPECT_EQ(read.ids(), (std::vector<std::string>{"1", "2", "3"}));
  const auto all = read_bundle(nested_zips(4), {{"recurse", "3"}});
  EXPECT_EQ(all.opened, (std::vector<std::string>{"2.zip/1.zip/0.zip/a.txt", "2.zip/1.zip/0.zip/beside.txt",
                                                  "2.zip/1.zip/beside.txt", "2.zip/beside.txt", "beside.txt"}));
}

TEST(BundleReader, VerifiesABagInAnArchive) {
  std::string bundle = make_bundle({{"n.txt", "NOTE N\n"}}).octets;
  zip_forge outer;
  outer.add("set.bag.zip", bundle);
  EXPECT_EQ(read_bundle(outer.octets(), {{"recurse", "1"}}).ids(), (std::vector<std::string>{"N"}));
  bundle = make_bundle({{"n.txt", "NOTE N\n"}}, {{"store", "true"}}).octets;
  bundle.replace(bundle.find("NOTE N\n"), 7, "NOTE M\n");
  zip_forge other;
  other.add("set.bag.zip", bundle);
  other.add("b.txt", "NOTE B\n");
  const auto read = read_bundle(other.octets(), {{"recurse", "1"}});
  EXPECT_TRUE(read.has("bundle.not-valid"));
  EXPECT_EQ(read.ids(), (std::vector<std::string>{"B"}));
}

TEST(BundleReader, SharesTheLimitsAmongArchivesInArchives) {
  // Three entries around, two inside.
  EXPECT_TRUE(read_bundle(nested_zips(3), {{"recurse", "3"}, {"max-entries", "5"}}).has("bundle.limit-entries"));
  EXPECT_FALSE(read_bundle(nested_zips(3), {{"recurse", "3"}, {"max-entries", "6"}}).has("bundle.limit-entries"));
  const std::string text = "NOTE A\n" + std::string(1000, 'x');
  zip_forge inner, outer;
  inner.add("a.txt", text);
  outer.add("inner.zip", inner.octets());
  EXPECT_TRUE(read_bundle(outer.octets(), {{"recurse", "1"}, {"max-total", "1500"}}).has("bundle.limit-total"));
  EXPECT_FALSE(read_bundle(outer.octets(), {{"recurse", "1"}, {"max-total", "3000"}}).has("bundle.limit-total"));
}

TEST(BundleReader, TellsWhatTheBundleRecordedOfEachEntry) {
  const auto read = read_bundle(make_bundle(collection).octets);
  ASSERT_EQ(read.histories.size(), 2u);
  EXPECT_NE(read.histories[1].find(R"("id":"A1")"), npos);
  EXPECT_NE(read.histories[1].find(R"("base":"set.bag")"), npos);
  EXPECT_NE(read.histories[0].find(R"("records":2)"), npos);  // of a dump
}

TEST(BundleReader, KeepsNothingOfHistoriesMadeToBeDeep) {
  const auto zip = make_bundle({{"n.txt", "NOTE N\n"}}, {{"store", "true"}}).octets;
  zip_forge changed;
  for (const auto& f : fake::entries_of(zip)) {
    std::string octets = f.octets;
    if (f.path.ends_with("records.jsonl"))
      octets.insert(1, "\"history\":" + std::string(300'000, '[') + std::string(300'000, ']') + ",");
    changed.add(f.path, octets);
  }
  const auto read = read_bundle(changed.octets(), {{"verify", "none"}});
  EXPECT_TRUE(read.has("bundle.record-syntax"));
  EXPECT_EQ(read.ids(), (std::vector<std::string>{"N"}));
}

TEST(BundleReader, FindsWrongOctetsOfAnEntryAndGoesOn) {
  zip_forge zip;
  zip.add("a.txt", "NOTE A\n", {.crc = 1});
  zip.add("b.txt", "NOTE B\n");
  zip.add("c.txt", "NOTE C\nand more of the same and more of the same\n", {.method = 8, .size = 20});
  const auto read = read_bundle(zip.octets());
  EXPECT_EQ(read.ids(), (std::vector<std::string>{"B"}));
  EXPECT_EQ(std::count_if(read.result.diagnostics.begin(), read.result.diagnostics.end(),
                          [](const auto& d) { return d.code == "bundle.zip-inconsistent"; }),
            2);
}

TEST(BundleReader, RefusesAChangedBag) {
  for (const std::string path : {"set.bag/data/originals/a/one.txt", "set.bag/metadata/dragoman/records.jsonl"}) {
    zip_forge zip;
    for (const auto& f : fake::entries_of(make_bundle(collection).octets))
      zip.add(f.path, f.path == path ? f.octets + " " : f.octets);
    const auto read = read_bundle(zip.octets());
    EXPECT_LT(read.result.statuses[0], 0) << path;
    EXPECT_TRUE(read.has("bundle.digest")) << path;
    EXPECT_TRUE(read.has("bundle.not-valid")) << path;
    const auto accepted = read_bundle(zip.octets(), {{"accept-invalid", "true"}});
    EXPECT_EQ(accepted.ids().size(), 3u) << path;
    EXPECT_TRUE(accepted.has("bundle.accepted-invalid")) << path;
    for (const auto& d : accepted.result.diagnostics) EXPECT_NE(d.level, severity::error) << d.text;
    EXPECT_EQ(read_bundle(zip.octets(), {{"verify", "none"}}).ids().size(), 3u) << path;
  }
}

TEST(BundleReader, RefusesALayoutOfTheFuture) {
  zip_forge zip;
  for (const auto& f : fake::entries_of(make_bundle(collection).octets)) {
    auto octets = f.octets;
    if (f.path == "set.bag/bag-info.txt") octets.replace(octets.find("Version: 1.0"), 12, "Version: 2.0");
    zip.add(f.path, octets);
  }
  EXPECT_TRUE(read_bundle(zip.octets(), {{"verify", "none"}}).has("bundle.version"));
}

zip_forge foreign_bag(const std::string& top) {
  zip_forge zip;
  const std::string a = "NOTE A\n", b = "JSON B\ntext";
  zip.add(top + "bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n");
  zip.add(top + "manifest-sha256.txt", sha256_hex(b) + "  data/x/b.json\n" + sha256_hex(a) + "  data/x/a.txt\n");
  zip.add(top + "data/x/b.json", b);
  zip.add(top + "data/x/a.txt", a);
  return zip;
}

TEST(BundleReader, ReadsAForeignBagInOrderOfPath) {
  const auto read = read_bundle(foreign_bag("theirs/").octets(), {}, "theirs.zip");
  EXPECT_TRUE(read.result.diagnostics.empty()) << read.result.diagnostics[0].text;
  EXPECT_EQ(read.opened, (std::vector<std::string>{"x/a.txt", "x/b.json"}));
  EXPECT_EQ(read.ids(), (std::vector<std::string>{"A", "B"}));
}

TEST(BundleReader, TellsWhenTheFolderHasAnotherName) {
  EXPECT_TRUE(read_bundle(foreign_bag("theirs/").octets(), {}, "mine.zip").has("bundle.base-name"));
}

TEST(BundleReader, WantsOneTopFolder) {
  EXPECT_TRUE(read_bundle(foreign_bag("").octets()).has("bundle.bag-serial"));
  EXPECT_EQ(read_bundle(foreign_bag("").octets(), {{"lenient", "true"}}).ids().size(), 2u);
  auto two = foreign_bag("one/");
  two.add("two/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
  EXPECT_TRUE(read_bundle(two.octets(), {{"lenient", "true"}}).has("bundle.bag-serial"));
}

TEST(BundleReader, TakesABagInsideTheDataAsPayload) {
  const std::string inner = "BagIt-Version: 1.0\n", a = "NOTE A\n";
  zip_forge zip;
  zip.add("t/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
  zip.add("t/manifest-sha256.txt", sha256_hex(a) + "  data/bag/a.txt\n" + sha256_hex(inner) + "  data/bag/bagit.txt\n");
  zip.add("t/data/bag/a.txt", a);
  zip.add("t/data/bag/bagit.txt", inner);
  EXPECT_EQ(read_bundle(zip.octets(), {}, "t.zip").opened, (std::vector<std::string>{"bag/a.txt", "bag/bagit.txt"}));
}

TEST(BundleReader, KeepsTheLimitsWhileReading) {
  const std::string bomb(std::size_t{3} << 20, 'x');
  zip_forge zip;
  zip.add("bomb.txt", bomb, {.method = 8});
  zip.add("b.txt", "NOTE B\n");
  const auto read = read_bundle(zip.octets());
  EXPECT_TRUE(read.has("bundle.limit-ratio"));
  EXPECT_EQ(read.ids(), (std::vector<std::string>{"B"}));
  EXPECT_TRUE(read_bundle(zip.octets(), {{"max-entry", "1000000"}}).has("bundle.limit-entry"));
  EXPECT_TRUE(read_bundle(zip.octets(), {{"max-total", "3145728"}}).has("bundle.limit-total"));
  EXPECT_TRUE(read_bundle(zip.octets(), {{"max-entries", "1"}}).has("bundle.limit-entries"));
  EXPECT_TRUE(read_bundle(zip.octets(), {{"max-directory", "20"}}).has("bundle.limit-directory"));
  EXPECT_TRUE(read_bundle(zip.octets(), {{"max-spool", "20"}}, "set.zip", true).has("bundle.limit-spool"));
}

int probe(std::string_view head) { return format.reader->probe(head.data(), head.size(), 1, nullptr); }

TEST(BundleReader, KnowsZipsFromWhatOnlyUsesThem) {
  zip_forge bag, text, epub, word, empty;
  bag.add("x/bagit.txt", "");
  text.add("x.txt", "");
  epub.add("mimetype", "application/epub+zip");
  word.add("[Content_Types].xml", "<Types/>");
  EXPECT_GE(probe(bag.octets()), 80);
  EXPECT_GE(probe(text.octets()), 60);
  EXPECT_GE(probe(empty.octets()), 60);
  EXPECT_LT(probe(epub.octets()), 40);
  EXPECT_LT(probe(word.octets()), 40);
  EXPECT_EQ(probe("NOTE A"), 0);
}

TEST(BundleReader, KnowsAZipBehindOtherOctets) {
  zip_forge text;
  text.add("x.txt", "");
  EXPECT_GE(probe("#!/bin/sh\nexit\n" + text.octets()), 40);
  EXPECT_EQ(probe("What begins with PK\3\4 is a ZIP."), 0);
  EXPECT_EQ(probe("What begins with PK\3\4 is a ZIP, but not all that has it within."), 0);
}

}  // namespace
}  // namespace dragoman::bundle
