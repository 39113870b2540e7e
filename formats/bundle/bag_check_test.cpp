// The verdict on bags: every code at least once, and all versions.
#include "bag_check.hpp"

#include <dragoman/digest.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace dragoman::bundle {
namespace {

std::string digest_of(const char* algorithm, std::string_view octets) {
  digest d(algorithm);
  d.update(octets);
  return d.finish();
}

// A bag in memory; a path that ends with '@' is a link.
class memory_bag final : public bag_files {
public:
  std::map<std::string, std::string> files;
  bool empty_data = false;

  static memory_bag valid(const std::string& version = "1.0") {
    memory_bag bag;
    bag.files["bagit.txt"] = "BagIt-Version: " + version + "\nTag-File-Character-Encoding: UTF-8\n";
    bag.files["data/a.txt"] = "first";
    bag.files["data/b/c.txt"] = "second";
    bag.files["bag-info.txt"] = "Payload-Oxum: 11.2\nContact-Name: A. Nobody\n";
    if (version < "0.96") bag.files["package-info.txt"] = std::exchange(bag.files["bag-info.txt"], "");
    if (version < "0.96") bag.files.erase("bag-info.txt");
    bag.list("sha256", "SHA256");
    return bag;
  }
  // Makes manifest and tag manifest of what is there.
  void list(const std::string& name, const char* algorithm) {
    std::string manifest, tags;
    for (const auto& [path, octets] : files)
      if (path.starts_with("data/")) manifest += digest_of(algorithm, octets) + "  " + path + "\n";
    files["manifest-" + name + ".txt"] = manifest;
    tag(name, algorithm);
  }
  void tag(const std::string& name, const char* algorithm) {
    std::string tags;
    for (const auto& [path, octets] : files)
      if (!path.starts_with("data/") && !path.starts_with("tagmanifest-"))
        tags += digest_of(algorithm, octets) + "  " + path + "\n";
    files["tagmanifest-" + name + ".txt"] = tags;
  }
  // The same with new tag manifest.
  memory_bag& retag() {
    tag("sha256", "SHA256");
    return *this;
  }
  std::string& operator[](const std::string& path) { return files[path]; }

  std::size_t count() const override { return files.size(); }
  std::string_view path(std::size_t file) const override {
    return std::next(files.begin(), static_cast<std::ptrdiff_t>(file))->first;
  }
  std::uint64_t size(std::size_t file) const override { return octets(file).size(); }
  bool is_regular(std::size_t file) const override { return !path(file).ends_with('@'); }
  bool has_data_folder() const override {
    return empty_data || std::any_of(files.begin(), files.end(), [](const auto& f) { return f.first.starts_with("data/"); });
  }
  void read(std::size_t file, const std::function<void(std::string_view)>& take) const override {
    for (const char& c : octets(file)) take({&c, 1});  // the hardest way to cut it
  }
  bool is_parallel() const override { return true; }

private:
  const std::string& octets(std::size_t file) const {
    return std::next(files.begin(), static_cast<std::ptrdiff_t>(file))->second;
  }
};

struct outcome {
  bool valid = false;
  std::vector<finding> findings;
  std::multiset<std::string> codes(severity level) const {
    std::multiset<std::string> out;
    for (const auto& f : findings)
      if (f.level == level) out.insert(f.code);
    return out;
  }
  std::multiset<std::string> errors() const { return codes(severity::error); }
  std::multiset<std::string> warnings() const { return codes(severity::warning); }
};
using codes = std::multiset<std::string>;

outcome check(const bag_files& bag, const check_rules& rules = {}) {
  outcome o;
  o.valid = check_bag(bag, rules, [&](finding f) { o.findings.push_back(std::move(f)); }).valid;
  EXPECT_EQ(o.valid, o.errors().empty());
  return o;
}

TEST(BagCheck, FindsNothingInAValidBagOfEachVersion) {
  for (const char* version : {"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"})
    for (const auto level : {check_level::structure, check_level::complete, check_level::full}) {
      const auto o = check(memory_bag::valid(version), {level, false, true});
      EXPECT_TRUE(o.valid) << version << " " << (o.findings.empty() ? "" : o.findings[0].text);
      EXPECT_TRUE(o.findings.empty()) << version;
    }
}

TEST(BagCheck, TellsTheSameInTheSameOrderWithSeveralThreads) {
  memory_bag bag;
  bag["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
  for (int i = 0; i < 300; ++i) bag["data/" + std::to_string(1000 + i) + ".txt"] = std::to_string(i);
  bag.list("sha256", "SHA256");
  for (int i = 0; i < 300; i += 3) bag["data/" + std::to_string(1000 + i) + ".txt"] = "x" + std::to_string(i);
  const auto told = [&](unsigned threads) {
    std::vector<std::string> out;
    for (const auto& f : check(bag, {check_level::full, false, false, threads}).findings)
      out.push_back(f.code + " " + f.path + " " + f.found);
    return out;
  };
  const auto alone = told(1);
  EXPECT_GE(alone.size(), 100u);
  EXPECT_EQ(told(4), alone);
}

TEST(BagCheck, TakesAnEmptyPayload) {
  memory_bag bag;
  bag["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
  bag.empty_data = true;
  bag.list("sha512", "SHA512");
  EXPECT_TRUE(check(bag).findings.empty());
}

TEST(BagCheck, ReadsBagitTxt) {
  const auto errors = [](const std::string& text) {
    auto bag = memory_bag::valid();
    bag["bagit.txt"] = text;
    bag.retag();
    return check(bag).errors();
  };
  const std::string version = "BagIt-Version: 1.0\n", encoding = "Tag-File-Character-Encoding: UTF-8\n";
  EXPECT_EQ(errors(version + encoding), codes{});
  EXPECT_EQ(errors("BagIt-Version: 1.0\r\nTag-File-Character-Encoding: utf-8"), codes{});
  EXPECT_EQ(errors("\xEF\xBB\xBF" + version + encoding), codes{"bundle.bagit-bom"});
  EXPECT_EQ(errors(encoding + version), codes{"bundle.bagit-syntax"});
  EXPECT_EQ(errors(version), codes{"bundle.bagit-syntax"});
  EXPECT_EQ(errors(version + encoding + "More: text\n"), codes{"bundle.bagit-syntax"});
  EXPECT_EQ(errors("BagIt-Version : 1.0\n" + encoding), codes{"bundle.bagit-syntax"});
  EXPECT_EQ(errors("\xFF" + version + encoding), codes{"bundle.bagit-syntax"});
  EXPECT_EQ(errors("BagIt-Version: 7.0\n" + encoding), codes{"bundle.bagit-version"});
  EXPECT_EQ(errors("BagIt-Version: new\n" + encoding), codes{"bundle.bagit-syntax"});
  EXPECT_EQ(errors(version + "Tag-File-Character-Encoding: EBCDIC\n"), codes{"bundle.bagit-encoding"});
  EXPECT_EQ(errors(version + encoding + std::string(5000, '\n')), codes{"bundle.limit-tag-file"});
  auto bag = memory_bag::valid();
  bag.files.erase("bagit.txt");
  EXPECT_EQ(check(bag).errors(), codes{"bundle.bagit-missing"});
}

TEST(BagCheck, WantsDataAndAManifest) {
  memory_bag bag;
  bag["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
  EXPECT_EQ(check(bag).errors(), (codes{"bundle.no-data", "bundle.no-manifest"}));
  bag = memory_bag::valid();
  bag["manifest-crc32.txt"] = "";
  bag.retag();
  EXPECT_EQ(check(bag).warnings(), codes{"bundle.alg-unknown"});
}

TEST(BagCheck, ReadsManifestLines) {
  const auto with = [](const std::string& version, auto&& change) {
    auto bag = memory_bag::valid(version);
    change(bag["manifest-sha256.txt"]);
    bag.retag();
    return check(bag);
  };
  const std::string a = digest_of("SHA256", "first");
  const auto append = [](std::string line) { return [line](std::string& m) { m += line + "\n"; }; };
  EXPECT_EQ(with("1.0", append("what")).errors(), codes{"bundle.manifest-syntax"});
  EXPECT_EQ(with("1.0", append("abcd  data/a.txt")).errors(), codes{"bundle.manifest-syntax"});
  EXPECT_EQ(with("1.0", append(a)).errors(), codes{"bundle.manifest-syntax"});
  EXPECT_EQ(with("1.0", append(a + "  data/\xFF")).errors(), codes{"bundle.manifest-encoding"});
  EXPECT_EQ(with("1.0", append(a + "  data/a.txt")).errors(), codes{"bundle.manifest-duplicate"});
  EXPECT_EQ(with("0.97", append(a + "  data/a.txt")).warnings(), codes{"bundle.dup-same"});
  EXPECT_EQ(with("0.97", append(std::string(64, '0') + "  data/a.txt")).errors(), codes{"bundle.manifest-duplicate"});
  EXPECT_EQ(with("1.0", append(a + "  bagit.txt")).errors(), codes{"bundle.manifest-scope"});
  EXPECT_EQ(with("1.0", append(a + "  data/nothing")).errors(), codes{"bundle.file-missing"});
  EXPECT_EQ(with("1.0", append(a + "  data/" + std::string(9000, 'x'))).errors(), codes{"bundle.limit-line"});
  for (const std::string path : {"/data/x", "~/x", "C:\\x", "\\\\server\\x", "%HOME%\\x", "data/../../x", "..", "data/..\\x"})
    EXPECT_EQ(with("1.0", append(a + "  " + path)).errors(), codes{"bundle.path-unsafe"}) << path;
  const auto change_all = [&](auto&& f) { return with("1.0", [&](std::string& m) { m = f(m); }); };
  const auto upper_hex = [](std::string m) {
    for (std::size_t i = 0; i < 64; ++i)
      if (m[i] >= 'a') m[i] = static_cast<char>(m[i] - 32);
    return m;
  };
  EXPECT_EQ(change_all(upper_hex).findings.size(), 0u);
  EXPECT_EQ(change_all([&](const std::string& m) { return "\xEF\xBB\xBF" + m; }).warnings(), codes{"bundle.bom"});
  EXPECT_EQ(change_all([&](std::string m) {
              m.replace(m.find("  data/a"), 2, " \t *./");
              return m;
            }).warnings(),
            (codes{"bundle.dot-slash", "bundle.star"}));
  EXPECT_EQ(change_all([&](std::string m) {
              m.replace(m.find('\n'), 1, "\r");
              return m + "\r\n\r\n";
            }).findings.size(),
            0u)
      << "line ends";
  EXPECT_TRUE(change_all([&](std::string m) {
                m.replace(m.find('\n'), 1, " \n");
                return m;
              })
                  .errors()
                  .contains("bundle.file-missing"))
      << "blanks at the end are of the path";
}

TEST(BagCheck, ComparesManifests) {
  auto bag = memory_bag::valid();
  bag["manifest-sha512.txt"] = digest_of("SHA512", "first") + "  data/a.txt\n";
  bag.tag("sha512", "SHA512");
  bag.retag();
  EXPECT_EQ(check(bag).errors(), codes{"bundle.manifests-differ"});
  auto old = memory_bag::valid("0.97");
  old["manifest-sha512.txt"] = bag["manifest-sha512.txt"];
  old.retag();
  EXPECT_EQ(check(old).errors(), codes{});

  bag = memory_bag::valid();
  bag["data/new.txt"] = "unlisted";
  bag["bag-info.txt"] = "";
  bag.retag();
  EXPECT_EQ(check(bag).errors(), codes{"bundle.file-unlisted"});
  EXPECT_EQ(check(bag, {check_level::structure, false, false}).errors(), codes{});
}

TEST(BagCheck, ChecksTagManifests) {
  auto bag = memory_bag::valid();
  auto& tags = bag["tagmanifest-sha256.txt"];
  const std::string whole = tags;
  tags.erase(tags.find(digest_of("SHA256", bag["manifest-sha256.txt"])));
  EXPECT_EQ(check(bag).errors(), codes{"bundle.tagman-incomplete"});
  tags = whole + digest_of("SHA256", "first") + "  data/a.txt\n";
  EXPECT_EQ(check(bag).errors(), codes{"bundle.manifest-scope"});
  tags = whole + std::string(64, '0') + "  tagmanifest-sha256.txt\n";
  EXPECT_EQ(check(bag).errors(), codes{"bundle.manifest-scope"});
  tags = whole;
  bag["notes.txt"] = "unlisted";
  EXPECT_EQ(check(bag).warnings(), codes{"bundle.tag-unlisted"});
  bag = memory_bag::valid();
  bag["bag-info.txt"] += "More: text\n";
  EXPECT_EQ(check(bag).errors(), codes{"bundle.digest"});
  bag = memory_bag::valid("0.96");
  bag["bag-info.txt"] += "More: text\n";
  EXPECT_EQ(check(bag).warnings(), codes{"bundle.tag-digest"});
}

TEST(BagCheck, TellsEveryChangedFileWithBothDigests) {
  auto bag = memory_bag::valid();
  bag["data/a.txt"] = "FIRST";
  bag["data/b/c.txt"] = "SECOND";
  const auto o = check(bag);
  EXPECT_EQ(o.errors(), (codes{"bundle.digest", "bundle.digest"}));
  EXPECT_EQ(o.findings[0].path, "data/a.txt");
  EXPECT_EQ(o.findings[0].algorithm, "sha256");
  EXPECT_EQ(o.findings[0].expected, digest_of("SHA256", "first"));
  EXPECT_EQ(o.findings[0].found, digest_of("SHA256", "FIRST"));
  EXPECT_EQ(check(bag, {check_level::complete, false, false}).errors(), codes{});
}

TEST(BagCheck, ReadsBagInfo) {
  const auto with = [](const std::string& text, const std::string& version = "1.0") {
    auto bag = memory_bag::valid(version);
    bag["bag-info.txt"] = text;
    bag.retag();
    return check(bag).errors();
  };
  EXPECT_EQ(with("Payload-Oxum: 11.2\nDescription: one\n two\n\tthree\nEmpty:\n"), codes{});
  EXPECT_EQ(with("no colon\n"), codes{"bundle.info-syntax"});
  EXPECT_EQ(with("  continued\n"), codes{"bundle.info-syntax"});
  EXPECT_EQ(with("Label : x\n"), codes{"bundle.info-syntax"});
  EXPECT_EQ(with("Label : x\n", "0.97"), codes{});
  EXPECT_EQ(with("\xFF: x\n"), codes{"bundle.info-encoding"});
  EXPECT_EQ(with("payload-oxum: 12.2\n"), codes{"bundle.oxum"});
  EXPECT_EQ(with("Payload-Oxum: 11.3\n"), codes{"bundle.oxum"});
  EXPECT_EQ(with("Payload-Oxum: 11\n"), codes{"bundle.oxum-syntax"});
  EXPECT_EQ(with("Payload-Oxum: -1.2\n"), codes{"bundle.oxum-syntax"});
  EXPECT_EQ(with("Payload-Oxum: 11.2\nPayload-Oxum: 11.2\n"), codes{"bundle.oxum-repeated"});
  bagit_declaration bag;
  const auto fields = read_bag_info("Description: one\n two\nX: 1\nX: 2\n", "bag-info.txt", bag, [](auto) {});
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].value, "one two");
  EXPECT_EQ(info_value(fields, "x"), "1");
}

TEST(BagCheck, ReadsFetchTxtAndNeverFetches) {
  const auto with = [](const std::string& line) {
    auto bag = memory_bag::valid();
    bag["manifest-sha256.txt"] += digest_of("SHA256", "far") + "  data/far.txt\n";
    bag["bag-info.txt"] = "";
    bag["fetch.txt"] = line + "\n";
    bag.retag();
    auto errors = check(bag).errors();
    EXPECT_EQ(errors.erase("bundle.file-missing"), 1u);
    return errors;
  };
  EXPECT_EQ(with("http://example.org/far.txt 3 data/far.txt"), codes{"bundle.fetch-pending"});
  EXPECT_EQ(with("http://example.org/far.txt - data/a.txt"), codes{}) << "it is there already";
  EXPECT_EQ(with("http://example.org/far.txt data/far.txt"), codes{"bundle.fetch-syntax"});
  EXPECT_EQ(with("http://example.org/far.txt 3x data/far.txt"), codes{"bundle.fetch-syntax"});
  EXPECT_EQ(with("http://example.org/x 3 data/x.txt"), codes{"bundle.fetch-scope"});
  EXPECT_EQ(with("http://example.org/x 3 bagit.txt"), codes{"bundle.fetch-scope"});
  EXPECT_EQ(with("http://example.org/x 3 data/../../x"), codes{"bundle.path-unsafe"});
}

TEST(BagCheck, RefusesLinks) {
  auto bag = memory_bag::valid();
  bag["other@"] = "/etc/passwd";
  EXPECT_EQ(check(bag).errors(), codes{"bundle.link"});
}

TEST(BagCheck, WarnsOfNames) {
  const auto with = [](const std::string& path) {
    auto bag = memory_bag::valid();
    bag["bag-info.txt"] = "";
    bag[path] = "x";
    bag.list("sha256", "SHA256");
    return check(bag).warnings();
  };
  EXPECT_EQ(with("data/A.TXT"), codes{"bundle.name-clash"});
  EXPECT_EQ(with("data/aux.txt"), codes{"bundle.name-reserved"});
  EXPECT_EQ(with("data/Thumbs.db"), codes{"bundle.os-file"});
  auto weak = memory_bag::valid();
  weak.files.erase("manifest-sha256.txt");
  weak.list("md5", "MD5");
  weak.retag();
  EXPECT_EQ(check(weak).warnings(), codes{"bundle.weak-alg"});
}

TEST(BagCheck, DecodesPathsByVersion) {
  const auto with = [](const std::string& version, const std::string& stored, const std::string& listed) {
    auto bag = memory_bag::valid(version);
    bag["bag-info.txt"] = "";
    bag[stored] = "x";
    bag["manifest-sha256.txt"] += digest_of("SHA256", "x") + "  " + listed + "\n";
    bag.retag();
    return check(bag);
  };
  EXPECT_TRUE(with("1.0", "data/a%b", "data/a%25b").findings.empty());
  EXPECT_TRUE(with("1.0", "data/a\nb", "data/a%0Ab").findings.empty());
  EXPECT_EQ(with("1.0", "data/a%25b", "data/a%25b").warnings(), codes{"bundle.percent-raw"});
  EXPECT_TRUE(with("1.0", "data/a%41", "data/a%41").findings.empty()) << "only %25, %0D and %0A are codes";
  EXPECT_TRUE(with("0.97", "data/a%25b", "data/a%25b").findings.empty());
  EXPECT_TRUE(with("0.97", "data/a\rb", "data/a%0db").findings.empty());
  EXPECT_EQ(with("1.0", "data/Zu\xCC\x88rich", "data/Zürich").warnings(), codes{"bundle.name-norm"});
}

TEST(BagCheck, IsLenientAndStrictOnRequest) {
  auto bag = memory_bag::valid();
  auto& manifest = bag["manifest-sha256.txt"];
  manifest.replace(manifest.find("data/a.txt"), 10, "data/A.txt");
  manifest += digest_of("SHA256", "x") + "  data/Thumbs.db\n";
  bag.retag();
  EXPECT_EQ(check(bag).errors(), (codes{"bundle.file-missing", "bundle.file-missing", "bundle.file-unlisted"}));
  const auto lenient = check(bag, {check_level::full, true, false});
  EXPECT_EQ(lenient.errors(), codes{});
  EXPECT_EQ(lenient.warnings(), (codes{"bundle.file-missing", "bundle.file-missing"}));
  EXPECT_FALSE(check(bag, {check_level::full, true, true}).valid);
}

TEST(BagCheck, ReadsTagFilesInEveryEncoding) {
  const auto utf16 = [](const std::string& ascii, bool big) {
    std::string out;
    for (const char c : ascii) out += big ? std::string{'\0', c} : std::string{c, '\0'};
    return out;
  };
  const std::string listed = digest_of("SHA256", "x") + "  data/x.txt\n";
  const auto with = [&](const std::string& encoding, const std::string& manifest) {
    memory_bag bag;
    bag["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: " + encoding + "\n";
    bag["data/x.txt"] = "x";
    bag["manifest-sha256.txt"] = manifest;
    return check(bag).errors();
  };
  EXPECT_EQ(with("UTF-16BE", utf16(listed, true)), codes{});
  EXPECT_EQ(with("UTF-16LE", utf16(listed, false)), codes{});
  EXPECT_EQ(with("UTF-16", "\xFE\xFF" + utf16(listed, true)), codes{});
  EXPECT_EQ(with("UTF-16", "\xFF\xFE" + utf16(listed, false)), codes{});
  EXPECT_EQ(with("US-ASCII", listed), codes{});
  EXPECT_TRUE(with("UTF-16", utf16(listed, true)).contains("bundle.manifest-encoding")) << "no byte order mark";
  ASSERT_EQ(listed.size() % 2, 1u);
  EXPECT_TRUE(with("UTF-16BE", listed).contains("bundle.manifest-encoding"));
  EXPECT_TRUE(with("US-ASCII", listed + "\xE9").contains("bundle.manifest-encoding"));
  memory_bag latin;
  latin["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: ISO-8859-1\n";
  latin["data/Zürich"] = "x";
  latin["manifest-sha256.txt"] = digest_of("SHA256", "x") + "  data/Z\xFCrich\n";
  EXPECT_EQ(check(latin).errors(), codes{});
}

}  // namespace
}  // namespace dragoman::bundle
