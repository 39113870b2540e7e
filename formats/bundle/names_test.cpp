// Names in a bundle: safe, reversible, never given twice.
#include "names.hpp"

#include <gtest/gtest.h>

namespace dragoman::bundle {
namespace {

TEST(BundleNames, LeavesGoodNamesAlone) {
  for (const std::string path :
       {"1974/1974STRELS00417.txt", "Zürich/Ærø.txt", "a b/c d.txt", "x", "a.b/c", "~x", "-rf", "日本/電報.txt"})
    EXPECT_EQ(safe_path(path), path);
}

TEST(BundleNames, EscapesWhatSomeSystemCannotHold) {
  EXPECT_EQ(safe_path("a:b"), "a=3Ab");
  EXPECT_EQ(safe_path("a=b"), "a=3Db");
  EXPECT_EQ(safe_path("100%.txt"), "100=25.txt");
  EXPECT_EQ(safe_path("a\\b"), "a=5Cb");
  EXPECT_EQ(safe_path("a\nb"), "a=0Ab");
  EXPECT_EQ(safe_path(".hidden"), "=2Ehidden");
  EXPECT_EQ(safe_path("end."), "end=2E");
  EXPECT_EQ(safe_path(" a "), "=20a=20");
  EXPECT_EQ(safe_path(".."), "=2E=2E");
  EXPECT_EQ(safe_path("."), "=2E");
  EXPECT_EQ(safe_path("/a"), "=/a");
  EXPECT_EQ(safe_path("a//b"), "a/=/b");
  EXPECT_EQ(safe_path("con.txt"), "=63on.txt");
  EXPECT_EQ(safe_path("COM1"), "=43OM1");
  EXPECT_EQ(safe_path("COM0"), "COM0");
  EXPECT_EQ(safe_path("x\xFFy"), "x=FFy");
  EXPECT_EQ(safe_path("Zu\xCC\x88rich"), "Zu=CC=88rich") << "not NFC";
  EXPECT_EQ(safe_path("a\u202Eb"), "a=E2=80=AEb") << "turns the direction of what follows";
}

// Every octet string of up to two octets, and some longer ones.
TEST(BundleNames, IsReversibleForAllOctets) {
  const auto check = [](const std::string& path) {
    const auto safe = safe_path(path);
    ASSERT_EQ(received_path(safe), path);
    ASSERT_EQ(safe_path(safe) == safe, safe.find('=') == std::string::npos);
    ASSERT_TRUE(is_nfc(safe));
  };
  for (int a = 0; a < 256; ++a) {
    check(std::string(1, static_cast<char>(a)));
    for (int b = 0; b < 256; ++b) {
      check({static_cast<char>(a), static_cast<char>(b)});
      check({'x', static_cast<char>(a), static_cast<char>(b), 'y'});
    }
  }
  check("");
  check("=~x");
  check("=");
}

TEST(BundleNames, ShortensWhatIsTooLong) {
  const std::string segment(300, 'a'), path = "d/" + segment + ".txt";
  const auto safe = safe_path(path);
  EXPECT_LE(safe.size(), 60u);
  EXPECT_TRUE(safe.starts_with("d/=~"));
  EXPECT_TRUE(safe.ends_with(".txt"));
  EXPECT_FALSE(received_path(safe));
  EXPECT_NE(safe_path("d/" + segment + "b.txt"), safe);
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "d/";
  EXPECT_LE(safe_path(deep + "x").size(), 60u);
}

TEST(BundleNames, GivesNoNameTwice) {
  name_register names;
  EXPECT_EQ(names.claim("a/x.txt"), "a/x.txt");
  EXPECT_EQ(names.claim("a/x.txt"), "a/x~2.txt");
  EXPECT_EQ(names.claim("a/x.txt"), "a/x~3.txt");
  EXPECT_EQ(names.claim("A/X.TXT"), "A/X~4.TXT");
  EXPECT_EQ(names.claim("a/x~2.txt"), "a/x~2~2.txt");
  EXPECT_EQ(names.claim("Straße"), "Straße");
  EXPECT_EQ(names.claim("STRASSE"), "STRASSE~2");
  EXPECT_EQ(names.claim("a"), "a~2") << "is a folder";
  EXPECT_EQ(names.claim("a/x.txt/y"), "a/x~5.txt/y") << "is a file";
}

TEST(BundleNames, ChangesExtensions) {
  EXPECT_EQ(with_suffix("a.b/c.txt", "xml"), "a.b/c.xml");
  EXPECT_EQ(with_suffix("a.b/c", "xml"), "a.b/c.xml");
  EXPECT_EQ(with_suffix("a/.c", "xml"), "a/.c.xml");
  EXPECT_EQ(without_suffix("a.b/c.tar.gz"), "a.b/c.tar");
}

TEST(BundleNames, QuotesForMessages) {
  EXPECT_EQ(quoted("Zürich.txt"), "\"Zürich.txt\"");
  EXPECT_EQ(quoted("a\x1B[2J\n\xFF\u202E"), "\"a?[2J???\"");
}

TEST(BundleNames, FoldsFully) {
  EXPECT_EQ(fold_key("STRASSE"), fold_key("straße"));
  EXPECT_EQ(fold_key("ÀB"), fold_key("a\xCC\x80"
                                     "b"));
  EXPECT_NE(nfc_key("A"), nfc_key("a"));
  EXPECT_NE(fold_key("\xFF"), fold_key("\xFE"));
}

}  // namespace
}  // namespace dragoman::bundle
