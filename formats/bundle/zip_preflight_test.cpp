// Hostile and broken ZIPs, each of which must end in its own code; and odd ones that must not.
#include "zip_preflight.hpp"

#include "container.hpp"
#include "zip_forge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace dragoman::bundle {
namespace {

using lies = zip_forge::lies;

struct verdict {
  std::string code;  // of the refusal; empty when it passed
  std::vector<std::string> warnings;
  std::vector<std::string> names;
  bool warned(std::string_view what) const { return std::find(warnings.begin(), warnings.end(), what) != warnings.end(); }
};

verdict look(std::string_view octets, const archive_rules& rules = {}) {
  verdict v;
  try {
    const memory_source source(octets);
    const auto table = read_zip_directory(
        source, rules, [&](std::string_view code, const std::string&, std::uint64_t) { v.warnings.emplace_back(code); });
    for (std::size_t i = 0; i < table.count(); ++i) v.names.emplace_back(table.name(i));
  } catch (const unusable& e) {
    v.code = e.code;
    EXPECT_GE(e.where.offset, 0) << e.what();
  }
  return v;
}
std::string code_of(std::string_view octets, const archive_rules& rules = {}) { return look(octets, rules).code; }

std::string with_name(const std::string& name, const archive_rules& rules = {}, std::uint16_t flags = 0) {
  zip_forge zip;
  zip.add(name, "x", {.flags = flags});
  return code_of(zip.octets(), rules);
}
std::string with_lies(const lies& l) {
  zip_forge zip;
  zip.add("a.txt", "some text", l);
  return code_of(zip.octets());
}

zip_forge good_zip() {
  zip_forge zip;
  zip.add("folder/", "");
  zip.add("folder/a.txt", "some text");
  zip.add("b.txt", std::string(1000, 'b'), {.method = 8});
  zip.add("c.txt", "with a descriptor", {.method = 8, .descriptor = true});
  zip.add("d.txt", "in ZIP64", {.zip64 = true});
  return zip;
}

TEST(ZipPreflight, TakesWhatIsInOrder) {
  const auto v = look(good_zip().octets());
  EXPECT_EQ(v.code, "");
  EXPECT_TRUE(v.warnings.empty());
  EXPECT_EQ(v.names, (std::vector<std::string>{"folder", "folder/a.txt", "b.txt", "c.txt", "d.txt"}));
}

TEST(ZipPreflight, TakesAnEmptyZip) { EXPECT_EQ(code_of(zip_forge().octets()), ""); }

TEST(ZipPreflight, TakesAZip64) {
  auto zip = good_zip();
  zip.zip64_end = true;
  EXPECT_EQ(look(zip.octets()).names.size(), 5u);
}

TEST(ZipPreflight, TakesAComment) {
  auto zip = good_zip();
  zip.comment = std::string(60000, 'c');
  EXPECT_EQ(code_of(zip.octets()), "");
}

TEST(ZipPreflight, UnpacksWhatItTook) {
  const std::string octets = good_zip().octets();
  const memory_source source(octets);
  const auto zip = open_container(source, {}, [](auto, auto&, auto) {});
  std::string text;
  for (std::size_t i = 0; i < zip->count(); ++i) zip->unpack(i, [&](std::string_view piece) { text += piece; });
  EXPECT_EQ(text, "some text" + std::string(1000, 'b') + "with a descriptor" + "in ZIP64");
}

TEST(ZipPreflight, RefusesEveryTruncation) {
  const std::string whole = good_zip().octets();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto code = code_of(std::string_view(whole).substr(0, length));
    EXPECT_TRUE(code == "bundle.zip-truncated" || code == "bundle.zip-inconsistent") << length << ": " << code;
  }
}

TEST(ZipPreflight, RefusesACutZipThatHoldsAnother) {
  zip_forge outer;
  outer.add("inner.zip", good_zip().octets());
  const std::string whole = outer.octets();
  for (const std::size_t cut : {10u, 30u, 60u})
    EXPECT_EQ(code_of(std::string_view(whole).substr(0, whole.size() - cut)), "bundle.zip-truncated");
}

TEST(ZipPreflight, RefusesEveryMissingPiece) {
  const std::string whole = good_zip().octets();
  for (std::size_t at = 0; at < whole.size(); ++at)
    EXPECT_NE(code_of(whole.substr(0, at) + whole.substr(at + 1)), "") << "without octet " << at;
}

TEST(ZipPreflight, RefusesADirectoryThatContradictsItsEnd) {
  auto zip = good_zip();
  zip.counted_entries = 4;
  EXPECT_EQ(code_of(zip.octets()), "bundle.zip-inconsistent");
  zip.counted_entries = 6;
  EXPECT_EQ(code_of(zip.octets()), "bundle.zip-inconsistent");
  zip = good_zip();
  zip.stated_directory_size = static_cast<std::uint32_t>(zip.directory_length() - 7);
  EXPECT_EQ(code_of(zip.octets()), "bundle.zip-inconsistent");
  zip = good_zip();
  zip.stated_directory_offset = static_cast<std::uint32_t>(zip.body_length() + 5);
  EXPECT_EQ(code_of(zip.octets()), "bundle.zip-inconsistent");
  zip = good_zip();
  zip.zip64_end = true;
  zip.zip64_entries = 99;
  EXPECT_EQ(code_of(zip.octets()), "bundle.zip-inconsistent");
  zip.zip64_entries = ~std::uint64_t{0};
  EXPECT_EQ(code_of(zip.octets()), "bundle.limit-entries");
  zip = good_zip();
  zip.disks = 2;
  EXPECT_EQ(code_of(zip.octets()), "bundle.zip-inconsistent");
}

TEST(ZipPreflight, RefusesTwoEndRecords) {
  auto zip = good_zip();
  zip.comment = zip_forge().octets();  // a whole empty ZIP, whose end record fits the end of the file as well
  EXPECT_EQ(code_of(zip.octets()), "bundle.zip-inconsistent");
}

TEST(ZipPreflight, TellsOctetsAroundTheZip) {
  auto zip = good_zip();
  zip.prefix = "#!/bin/sh\n";
  EXPECT_TRUE(look(zip.octets()).warned("bundle.prefix"));
  EXPECT_EQ(look(zip.octets()).names.size(), 5u);
  zip.zip64_end = true;
  EXPECT_EQ(look(zip.octets()).names.size(), 5u);
  zip = good_zip();
  zip.trailing = "and more";
  EXPECT_TRUE(look(zip.octets()).warned("bundle.trailing"));
  EXPECT_EQ(look(zip.octets()).names.size(), 5u);
}

TEST(ZipPreflight, RefusesHeadersThatContradictTheDirectory) {
  const std::string inconsistent = "bundle.zip-inconsistent";
  EXPECT_EQ(with_lies({.local_name = "b.txt"}), inconsistent);
  EXPECT_EQ(with_lies({.local_name = "a.txt.exe"}), inconsistent);
  EXPECT_EQ(with_lies({.local_method = 8}), inconsistent);
  EXPECT_EQ(with_lies({.local_flags = 1 << 11}), inconsistent);
  EXPECT_EQ(with_lies({.local_crc = 5}), inconsistent);
  EXPECT_EQ(with_lies({.local_size = 5}), inconsistent);
  EXPECT_EQ(with_lies({.size = 5}), inconsistent);
  EXPECT_EQ(with_lies({.descriptor = true, .descriptor_crc_change = 1}), inconsistent);
  EXPECT_EQ(with_lies({.header_at = 3}), inconsistent);
}

TEST(ZipPreflight, RefusesOverlaps) {
  zip_forge zip;
  zip.add("a.txt", "some text");
  zip.add("b.txt", "some text", {.header_at = 0});  // two names on one offset, as in a Fifield bomb
  EXPECT_EQ(code_of(zip.octets()), "bundle.zip-inconsistent") << "the name in the header is the other's";

  // A stored entry whose data is a whole further entry, and the directory names both.
  zip_forge inner;
  inner.add("b.txt", "some text");
  const std::string hidden = inner.octets().substr(0, inner.body_length());
  zip_forge outer;
  outer.add("a.txt", hidden);
  outer.add("b.txt", "some text", {.header_at = 30 + 5});
  EXPECT_EQ(code_of(outer.octets()), "bundle.zip-overlap");

  EXPECT_EQ(with_lies({.size = 9, .packed = 9, .header_at = 5000}), "bundle.zip-overlap");
  zip_forge reaching;
  reaching.add("a.txt", "some text", {.size = 60, .packed = 60});
  EXPECT_EQ(code_of(reaching.octets()), "bundle.zip-overlap");
  zip_forge past;
  past.add("a.txt", "some text", {.size = 6000, .packed = 6000});
  EXPECT_EQ(code_of(past.octets()), "bundle.zip-truncated");
}

TEST(ZipPreflight, RefusesEncryption) {
  for (const int bit : {0, 6, 13})
    EXPECT_EQ(with_lies({.flags = static_cast<std::uint16_t>(1 << bit)}), "bundle.zip-encrypted") << bit;
}

TEST(ZipPreflight, RefusesOtherMethods) {
  constexpr std::uint16_t others[] = {1, 6, 9, 12, 14, 93, 95, 97, 99};
  for (const std::uint16_t method : others) EXPECT_EQ(with_lies({.method = method}), "bundle.zip-method") << method;
  zip_forge zip;
  zip.add("a.txt", "x", {.method = 93});
  archive_rules rules;
  rules.all_methods = true;
  EXPECT_EQ(code_of(zip.octets(), rules), "");
}

TEST(ZipPreflight, RefusesLinksAndDevices) {
  for (const std::uint32_t mode : {0120777u, 0020666u, 0060666u, 0010666u, 0140755u})
    EXPECT_EQ(with_lies({.mode = mode}), "bundle.entry-type") << mode;
  EXPECT_EQ(with_lies({.mode = 0100644}), "");
  EXPECT_EQ(with_lies({.mode = 0755}), "") << "a mode without type";
}

TEST(ZipPreflight, RefusesUnsafeNames) {
  for (const std::string name : {"../x", "a/../x", "a/..", "..", "/etc/passwd", "//server/x", "C:/x", "c:x", "\\\\server\\x",
                                 "..\\x", "a\\b", "a\\..\\b", "", ".", "a\nb", "a\x7F", "\x1B[2J"})
    EXPECT_EQ(with_name(name), "bundle.entry-name") << name;
  EXPECT_EQ(with_name(std::string("a\0.txt.exe", 10)), "bundle.entry-name");
  EXPECT_EQ(with_name("\xFF\xFE", {}, 1 << 11), "bundle.entry-name") << "said to be UTF-8";
  EXPECT_EQ(with_name("a/../../x", {}, 1 << 11), "bundle.entry-name");
  for (const std::string name : {"...", "..a", "a..", "a/..b/c", "-rf", "~x"}) EXPECT_EQ(with_name(name), "") << name;
}

TEST(ZipPreflight, TakesBackslashesAsSeparatorsOnRequest) {
  archive_rules rules;
  rules.names.backslash_separates = true;
  zip_forge zip;
  zip.add("a\\b.txt", "x");
  EXPECT_EQ(look(zip.octets(), rules).names, (std::vector<std::string>{"a/b.txt"}));
  EXPECT_EQ(with_name("a\\..\\..\\b", rules), "bundle.entry-name");
  EXPECT_EQ(with_name("\\a", rules), "bundle.entry-name");
}

TEST(ZipPreflight, CleansHarmlessNames) {
  zip_forge zip;
  zip.add("./a//b/./c.txt", "x");
  const auto v = look(zip.octets());
  EXPECT_EQ(v.names, (std::vector<std::string>{"a/b/c.txt"}));
  EXPECT_TRUE(v.warned("bundle.name-cleaned"));
}

TEST(ZipPreflight, PassesOverTheTopItself) {
  zip_forge zip;
  zip.add("./", "");
  zip.add("./a.txt", "x");
  EXPECT_EQ(look(zip.octets()).names, (std::vector<std::string>{"a.txt"}));
  zip.add("/", "");
  EXPECT_EQ(code_of(zip.octets()), "bundle.entry-name");
}

TEST(ZipPreflight, ReadsNamesInTheirCharacterSet) {
  zip_forge zip;
  zip.add("Z\x81rich.txt", "x");
  const auto guessed = look(zip.octets());
  EXPECT_EQ(guessed.names[0], "Zürich.txt") << "code page 437";
  EXPECT_TRUE(guessed.warned("bundle.name-guessed"));
  archive_rules rules;
  rules.names.charset = name_charset::latin1;
  EXPECT_EQ(look(zip.octets(), rules).names.size(), 0u) << "U+0081 is a control character";

  zip_forge utf8;
  utf8.add("Zürich.txt", "x");
  EXPECT_TRUE(look(utf8.octets()).warned("bundle.name-guessed"));
  zip_forge stated;
  stated.add("Zürich.txt", "x", {.flags = 1 << 11});
  EXPECT_TRUE(look(stated.octets()).warnings.empty());

  // The Info-ZIP Unicode Path field: version 1, CRC of the name in the header, the name.
  const std::string raw = "Z_rich.txt", name = "Zürich.txt";
  const auto crc =
      static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(raw.data()), static_cast<uInt>(raw.size())));
  const auto field = [&](std::uint32_t sum) {
    return zip_forge::u16(0x7075) + zip_forge::u16(static_cast<std::uint32_t>(5 + name.size())) + "\x01" + zip_forge::u32(sum) +
           name;
  };
  zip_forge fielded, stale;
  fielded.add(raw, "x", {.extra = field(crc)});
  stale.add(raw, "x", {.extra = field(crc + 1)});
  EXPECT_EQ(look(fielded.octets()).names[0], name);
  EXPECT_EQ(look(stale.octets()).names[0], raw);
}

TEST(ZipPreflight, RefusesNamesThatAreOne) {
  const auto both = [](const std::string& a, const std::string& b) {
    zip_forge zip;
    zip.add(a, a.ends_with('/') ? "" : "x", {.flags = 1 << 11});
    zip.add(b, b.ends_with('/') ? "" : "y", {.flags = 1 << 11});
    return look(zip.octets());
  };
  EXPECT_EQ(both("a.txt", "a.txt").code, "bundle.entry-duplicate");
  EXPECT_EQ(both("a.txt", "./a.txt").code, "bundle.entry-duplicate");
  EXPECT_EQ(both("Zu\xCC\x88rich", "Zürich").code, "bundle.entry-duplicate") << "equal in NFC";
  EXPECT_EQ(both("a", "a/b").code, "bundle.entry-duplicate") << "a file and a folder";
  EXPECT_EQ(both("a/b/c", "a/b").code, "bundle.entry-duplicate");
  EXPECT_EQ(both("a/", "a").code, "bundle.entry-duplicate");
  EXPECT_EQ(both("a/", "a/b").code, "");
  EXPECT_TRUE(both("A.txt", "a.txt").warned("bundle.name-clash"));
  EXPECT_TRUE(both("STRASSE", "straße").warned("bundle.name-clash"));
  EXPECT_EQ(both("A.txt", "a.txt").code, "");
}

TEST(ZipPreflight, KeepsTheLimitsOfPaths) {
  EXPECT_EQ(with_name(std::string(256, 'a')), "bundle.limit-path");
  EXPECT_EQ(with_name(std::string(255, 'a')), "");
  std::string deep, wide;
  for (int i = 0; i < 33; ++i) deep += "d/";
  for (int i = 0; i < 11; ++i) wide += std::string(99, 'w') + "/";
  EXPECT_EQ(with_name(deep + "x"), "bundle.limit-path");
  EXPECT_EQ(with_name(wide + "x"), "bundle.limit-path");
}

TEST(ZipPreflight, KeepsTheOtherLimits) {
  archive_rules rules;
  rules.limits.entries = 4;
  EXPECT_EQ(code_of(good_zip().octets(), rules), "bundle.limit-entries");
  rules = {};
  rules.limits.directory = 100;
  EXPECT_EQ(code_of(good_zip().octets(), rules), "bundle.limit-directory");
  rules = {};
  rules.limits.entry = 999;
  EXPECT_EQ(code_of(good_zip().octets(), rules), "bundle.limit-entry");
  rules = {};
  rules.limits.total = 1000;
  EXPECT_EQ(code_of(good_zip().octets(), rules), "bundle.limit-total");
}

TEST(ZipPreflight, RefusesBadZip64Fields) {
  const auto with_extra = [](const std::string& extra) {
    zip_forge zip;
    zip.add("a.txt", "x", {.size = 0xFFFFFFFF, .packed = 0xFFFFFFFF, .extra = extra});
    return code_of(zip.octets());
  };
  EXPECT_EQ(with_extra(""), "bundle.zip-inconsistent") << "missing";
  EXPECT_EQ(with_extra(zip_forge::u16(1) + zip_forge::u16(8) + zip_forge::u64(1)), "bundle.zip-inconsistent") << "too short";
  EXPECT_EQ(with_extra(zip_forge::u16(1) + zip_forge::u16(200)), "bundle.zip-inconsistent") << "past its header";
  const std::string field = zip_forge::u16(1) + zip_forge::u16(16) + zip_forge::u64(1) + zip_forge::u64(1);
  EXPECT_EQ(with_extra(field), "");
  EXPECT_EQ(with_extra(field + field), "bundle.zip-inconsistent") << "twice";
  EXPECT_EQ(with_extra(zip_forge::u16(1) + zip_forge::u16(16) + zip_forge::u64(1) + zip_forge::u64(~std::uint64_t{0} - 5)),
            "bundle.zip-inconsistent");
}

}  // namespace
}  // namespace dragoman::bundle
