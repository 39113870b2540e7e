#include "run/journal.hpp"

#include "plugins/fake_formats.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <csignal>
#include <system_error>

namespace dragoman::hosting {
namespace {

input_record sample(const std::string& id) {
  input_record r;
  r.id = id;
  r.source = "in/\xFF\\ \n name";  // octets that are no text
  r.bytes = 12;
  r.sha256 = std::string(64, 'a');
  r.format = "lines";
  r.reader = "org.example.lines@1.0";
  r.converted = 2;
  r.failed = 1;
  r.codes["lines.bad"] = {level::error, 3};
  r.problems.push_back({"read", {level::error, "lines.bad", "a \"bad\" line", 5, 0, 2, 3}});
  r.outputs.push_back({"a/\xFE.lines", 7, std::string(64, 'b')});
  r.facets["year"]["1974"] = 2;
  return r;
}

TEST(Record, GoesThroughJsonAndBack) {
  const auto first = sample("in/\xFF");
  const auto line = to_json(first);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto again = record_of(line);
  EXPECT_EQ(to_json(again), line);
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.source, first.source);
  EXPECT_EQ(again.outputs.at(0).path, "a/\xFE.lines");
  EXPECT_EQ(again.problems.at(0).what.offset, 5);
  EXPECT_THROW(record_of("{\"id\":3}"), std::exception);
}

TEST(Record, ItsStatusIsTheWorstOfIt) {
  input_record r;
  EXPECT_EQ(r.status(), "skipped");
  r.converted = 1;
  EXPECT_EQ(r.status(), "ok");
  r.codes["c"] = {level::warning, 1};
  EXPECT_EQ(r.status(), "warning");
  r.failed = 1;
  EXPECT_EQ(r.status(), "failed");
}

TEST(Record, EveryPathIsAsItWas) {
  for (const std::string path : {"plain", "Zürich", "a\\b", "\xC3", "line\nend", "\\x41"})
    EXPECT_EQ(unescaped(escaped(path)), path);
  EXPECT_EQ(escaped("Zürich"), "Zürich");
}

TEST(Journal, RemembersWhatWasDoneWithTheSameIdentity) {
  fake::folder f;
  { journal(f.path("j"), "one", 1).add(sample("a")); }
  { journal(f.path("j"), "two", 1).add(sample("b")); }
  const journal one(f.path("j"), "one", 1);
  ASSERT_TRUE(one.find("a"));
  EXPECT_EQ(to_json(*one.find("a")), to_json(sample("a")));
  EXPECT_FALSE(one.find("b"));
  EXPECT_EQ(one.done_before(), 1u);
  EXPECT_EQ(one.processes().size(), 2u);
}

TEST(Journal, TheLastLineOfAnInputCounts) {
  fake::folder f;
  {
    journal j(f.path("j"), "one", 1);
    auto r = sample("a");
    j.add(r);
    r.bytes = 99;
    j.add(r);
  }
  const journal again(f.path("j"), "one", 1);
  EXPECT_EQ(again.find("a")->bytes, 99u);
  EXPECT_EQ(again.done_before(), 1u);
}

TEST(Journal, CutsOffATornEndAndGoesOn) {
  fake::folder f;
  { journal(f.path("j"), "one", 1).add(sample("a")); }
  const auto whole = f.read("j");
  f.write("j", whole + to_json(sample("b")).substr(0, 30));
  { journal(f.path("j"), "one", 1).add(sample("c")); }
  EXPECT_EQ(f.read("j").substr(0, whole.size() + 2), whole + "{\"");
  const journal again(f.path("j"), "one", 1);
  EXPECT_TRUE(again.find("a"));
  EXPECT_FALSE(again.find("b"));
  EXPECT_TRUE(again.find("c"));
}

TEST(Journal, LinesThatNobodyWroteCountForNothing) {
  fake::folder f;
  { journal(f.path("j"), "one", 1).add(sample("a")); }
  f.write("j", f.read("j") + "null\n{\"id\":\"b\"}\n{\"names\":7}\n" + std::string(100'000, 'x') + "\n");
  const journal again(f.path("j"), "one", 1);
  EXPECT_TRUE(again.find("a"));
  EXPECT_FALSE(again.find("b"));
}

TEST(Journal, AFullDiskLeavesWholeLinesAndIsTold) {
  fake::folder f;
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  {
    journal j(f.path("j"), "one", 1);
    EXPECT_TRUE(j.publishing({"first"}));
    const rlimit small{f.read("j").size() + 100, before.rlim_max};  // room for a part of the next line
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    EXPECT_FALSE(j.publishing({std::string(200, 'n')}));
    EXPECT_TRUE(j.publishing({"second"}));
    EXPECT_FALSE(j.sync());
    EXPECT_FALSE(j.problem().empty());
    EXPECT_THROW(j.start_anew(std::string(200, 'n')), std::system_error);
  }
  EXPECT_THROW(journal(f.path("other"), std::string(10'000, 'i'), 1), std::system_error);
  ::setrlimit(RLIMIT_FSIZE, &before);
  const journal again(f.path("j"), "one", 1);
  EXPECT_TRUE(again.is_ours("first"));
  EXPECT_TRUE(again.is_ours("second"));
  EXPECT_FALSE(again.is_ours(std::string(200, 'n')));
}

TEST(Journal, KnowsItsOwnOutputs) {
  fake::folder f;
  { journal(f.path("j"), "one", 1).publishing({"a/b.xml", "\xFF"}); }
  const journal again(f.path("j"), "another", 1);
  EXPECT_TRUE(again.is_ours("a/b.xml"));
  EXPECT_TRUE(again.is_ours("\xFF"));
  EXPECT_FALSE(again.is_ours("a/c.xml"));
}

TEST(Journal, AnOutputThatIsBegunAnewForgetsWhatWasInIt) {
  fake::folder f;
  {
    journal j(f.path("j"), "one", 1);
    j.add(sample("a"));
    j.finish({{"out", 3, "digest"}});
  }
  {
    journal j(f.path("j"), "one", 1);
    ASSERT_EQ(j.finished().size(), 1u);
    EXPECT_EQ(j.finished()[0].path, "out");
    j.start_anew("out");
  }
  const journal again(f.path("j"), "one", 1);
  EXPECT_TRUE(again.finished().empty());
  EXPECT_FALSE(again.find("a"));
  EXPECT_TRUE(again.is_ours("out"));
}

TEST(Journal, GoesOnAfterTheVolumesThatAreKept) {
  fake::folder f;
  {
    journal j(f.path("j"), "one", 0);
    j.start_anew("set");
    j.add(sample("a"));
    j.add_volume(1, {{"set-1", 10, "x"}, 1, "ids of a"});
    j.add_volume(2, {{"set-2", 20, "y"}, 0, ""});  // in the middle of an input
    j.add(sample("b"));
    j.add(sample("c"));
    j.add_volume(3, {{"set-3", 30, "z"}, 3, "ids of all"});
    j.add_volume(1, {{"set-1", 11, "w"}, 1, "ids of a"});  // with its number
  }
  EXPECT_TRUE(journal(f.path("j"), "another", 0).volumes().empty());
  {
    journal j(f.path("j"), "one", 0);
    ASSERT_EQ(j.volumes().size(), 3u);
    EXPECT_EQ(j.volumes()[0].file.bytes, 11u);
    EXPECT_EQ(j.volumes()[1].inputs, 0u);
    EXPECT_EQ(j.volumes()[2].ids, "ids of all");
    EXPECT_TRUE(j.find("c"));
    j.keep_volumes(1);
    j.add(sample("d"));
  }
  {
    const journal again(f.path("j"), "one", 0);
    EXPECT_EQ(again.volumes().size(), 1u);
    EXPECT_TRUE(again.find("a"));
    EXPECT_FALSE(again.find("b"));
    EXPECT_TRUE(again.find("d"));
  }
  journal(f.path("j"), "one", 0).start_anew("set");
  EXPECT_TRUE(journal(f.path("j"), "one", 0).volumes().empty());
}

TEST(Journal, BelongsToOneProcessAtATime) {
  fake::folder f;
  const journal mine(f.path("j"), "one", 1);
  const pid_t other = ::fork();
  if (other == 0) {
    try {
      const journal theirs(f.path("j"), "one", 1);
      ::_exit(0);
    } catch (const usage_error&) {
      ::_exit(7);
    }
  }
  int status = 0;
  ASSERT_EQ(::waitpid(other, &status, 0), other);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Journal, ARunThatGoesOnBeganWhenItBegan) {
  fake::folder f;
  { const journal first(f.path("j"), "one", 1000); }
  { EXPECT_EQ(journal(f.path("j"), "one", 900).started(), 1000); }  // the clock went back meanwhile
  {
    journal last(f.path("j"), "one", 5000);
    EXPECT_EQ(last.started(), 1000);
    last.finish({{"out", 1, "d"}});
  }
  { EXPECT_EQ(journal(f.path("j"), "one", 6000).started(), 6000); }  // the one before came to its end
  { EXPECT_EQ(journal(f.path("j"), "another", 7000).started(), 7000); }
}

}  // namespace
}  // namespace dragoman::hosting
