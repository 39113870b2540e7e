#include "outputs/output.hpp"

#include "plugins/fake_formats.hpp"

#include <sys/resource.h>

#include <csignal>

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

TEST(AtomicFile, AppearsWholeOnCommitOnly) {
  fake::folder f;
  made_folders folders;
  {
    atomic_file out(f.path("a/b/c.txt"), false, &folders);
    ASSERT_TRUE(out.write("hello "));
    ASSERT_TRUE(out.write(std::string(200'000, 'x')));
    EXPECT_EQ(f.files().rfind("a/b/.c.txt.", 0), 0u);  // a part, under no final name
    ASSERT_TRUE(out.commit());
  }
  EXPECT_EQ(f.files(), "a/b/c.txt");
  EXPECT_EQ(f.read("a/b/c.txt").size(), 200'006u);
}

// So much that the disk begins with it while it is written.
TEST(AtomicFile, HoldsAllOfALargeOutput) {
  fake::folder f;
  std::string all;
  {
    atomic_file out(f.path("c.txt"), false);
    for (int i = 0; i < 500; ++i) {
      const std::string piece(static_cast<std::size_t>(i) * 173, static_cast<char>('a' + i % 26));
      ASSERT_TRUE(out.write(piece));
      all += piece;
    }
    ASSERT_TRUE(out.commit());
  }
  EXPECT_GT(all.size(), std::size_t{20} << 20);
  EXPECT_TRUE(f.read("c.txt") == all);
}

TEST(AtomicFile, LeavesNothingWhenGivenUp) {
  fake::folder f;
  made_folders folders;
  { atomic_file(f.path("new/folder/c.txt"), false, &folders).write("half"); }
  EXPECT_EQ(f.files(), "");
  EXPECT_FALSE(std::filesystem::exists(f.path("new")));  // the folders it made went too
}

TEST(AtomicFile, MakesNoFoldersUnasked) {
  fake::folder f;
  atomic_file out(f.path("missing/c.txt"), false);
  EXPECT_NE(out.problem(), "");
  EXPECT_FALSE(std::filesystem::exists(f.path("missing")));
}

TEST(AtomicFile, KeepsFoldersThatOthersUse) {
  fake::folder f;
  made_folders folders;
  atomic_file first(f.path("new/a.txt"), false, &folders);
  {
    atomic_file second(f.path("new/b.txt"), false, &folders);
    second.write("half");
  }
  ASSERT_TRUE(first.write("whole"));
  ASSERT_TRUE(first.commit());
  EXPECT_EQ(f.files(), "new/a.txt");
}

TEST(AtomicFile, WritesOverNothingUnlessAsked) {
  fake::folder f;
  f.write("c.txt", "precious");
  atomic_file out(f.path("c.txt"), false);
  ASSERT_TRUE(out.write("new"));
  EXPECT_FALSE(out.commit());
  EXPECT_NE(out.problem().find("exists"), std::string::npos);
  EXPECT_EQ(f.read("c.txt"), "precious");
  atomic_file forced(f.path("c.txt"), true);
  ASSERT_TRUE(forced.write("new"));
  EXPECT_TRUE(forced.commit());
  EXPECT_EQ(f.read("c.txt"), "new");
  EXPECT_EQ(f.files(), "c.txt");
}

TEST(AtomicFile, SaysWhyItCannotBeWritten) {
  fake::folder f;
  f.write("file", "x");
  atomic_file out(f.path("file/below.txt"), false);
  EXPECT_FALSE(out.problem().empty());
  EXPECT_FALSE(out.write("x"));
  EXPECT_FALSE(out.commit());
}

TEST(AtomicFile, AFullDiskLeavesNothing) {
  fake::folder f;
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{100'000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    atomic_file out(f.path("large.txt"), false);
    bool good = true;
    for (int i = 0; i < 10 && good; ++i) good = out.write(std::string(50'000, 'x'));
    EXPECT_FALSE(good && out.commit());
    EXPECT_NE(out.problem().find("large"), std::string::npos) << out.problem();  // "File too large"
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(f.files(), "");
}

TEST(CommitBatch, NamesAppearTogetherAndFailuresAreTold) {
  for (const std::size_t count : {3u, 20u}) {  // synced one by one, and by the disk
    fake::folder f;
    std::size_t there = 0, failed = 0;
    {
      commit_batch batch(100);
      for (std::size_t i = 0; i < count; ++i) {
        auto file = std::make_unique<atomic_file>(f.path("n" + std::to_string(i)), false);
        ASSERT_TRUE(file->write("x"));
        ASSERT_TRUE(file->complete());
        batch.add(std::move(file), [&](const byte_sink&, bool is_there) { ++(is_there ? there : failed); });
      }
      EXPECT_EQ(f.files().find("n0 "), std::string::npos);
      f.write("n1", "somebody else's");
      batch.commit();
    }
    EXPECT_EQ(there, count - 1);
    EXPECT_EQ(failed, 1u);
    EXPECT_EQ(f.read("n1"), "somebody else's");
    EXPECT_EQ(f.files().find(".part"), std::string::npos);
  }
}

TEST(CommitBatch, NoNameAppearsThatCouldNotBeNoted) {
  fake::folder f;
  std::string noted, said;
  {
    commit_batch batch(100, [&](const std::vector<std::string>& names) {
      for (const auto& name : names) noted += name + " ";
      return false;
    });
    for (const std::string name : {"n0", "n1"}) {
      auto file = std::make_unique<atomic_file>(f.path(name), false);
      ASSERT_TRUE(file->write("x"));
      ASSERT_TRUE(file->complete());
      batch.add(
          std::move(file), [&](const byte_sink& sink, bool is_there) { said += is_there ? "there " : sink.problem() + "; "; },
          name);
    }
    batch.commit();
  }
  EXPECT_EQ(noted, "n0 n1 ");
  EXPECT_EQ(said, "the journal cannot be written; the journal cannot be written; ");
  EXPECT_EQ(f.files(), "");
}

TEST(CommitBatch, AFullOneGetsItsNamesWhenTheNextIsFull) {
  fake::folder f;
  std::string order, told;
  {
    commit_batch batch(3);
    for (const std::string name : {"a", "b", "c", "d", "e", "f", "g"}) {
      auto file = std::make_unique<atomic_file>(f.path(name), false);
      ASSERT_TRUE(file->write(name));
      ASSERT_TRUE(file->complete());
      told += batch.add(std::move(file), [&order, name](const byte_sink&, bool is_there) { order += is_there ? name : "-"; })
                  ? std::to_string(order.size())
                  : ".";
    }
    EXPECT_EQ(told, ".....3.");
    batch.commit();
  }
  EXPECT_EQ(order, "abcdefg");
  EXPECT_EQ(f.read("e"), "e");
  EXPECT_EQ(f.files().find(".part"), std::string::npos);
}

TEST(CommitBatch, WhatIsNotCommittedIsTakenAway) {
  fake::folder f;
  made_folders folders;
  {
    commit_batch batch;
    auto file = std::make_unique<atomic_file>(f.path("new/n"), false, &folders);
    ASSERT_TRUE(file->write("x"));
    ASSERT_TRUE(file->complete());
    batch.add(std::move(file), [](const byte_sink&, bool) {});
  }
  EXPECT_EQ(f.files(), "");
}

TEST(AtomicFile, LongNamesHaveParts) {
  fake::folder f;
  const std::string name(250, 'n');
  atomic_file out(f.path(name), false);
  ASSERT_TRUE(out.write("x"));
  EXPECT_TRUE(out.commit());
  EXPECT_EQ(f.files(), name);
}

}  // namespace
}  // namespace dragoman::hosting
