#include "run/pipeline.hpp"

#include "plugins/fake_formats.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>
#include <thread>

namespace dragoman::hosting {
namespace {

// A world with a folder, and conversions in it.
struct conversions : fake::world {
  fake::folder f;
  conversion job;
  tally run(std::vector<std::string> inputs, const char* to, const std::string& out) {
    for (auto& i : inputs) i = f.path(i);
    job.inputs = std::move(inputs);
    job.to = formats.find(to);
    job.out = f.path(out);
    job.kind = out.empty() || out.back() == '/' ? conversion::target::folder : conversion::target::file;
    return convert(env, *messages, job);
  }
};

std::string told(const tally& t) {
  return std::to_string(t.inputs) + " in, " + std::to_string(t.converted) + " done, " + std::to_string(t.failed) + " failed";
}

TEST(Convert, ManyInputsIntoOneFile) {
  conversions c;
  c.f.write("in/1.lines", "a one\nb two\n");
  c.f.write("in/2.lines", "c three\n! bad\n");
  EXPECT_EQ(told(c.run({"in"}, "lines", "out.ln")), "2 in, 3 done, 1 failed");
  EXPECT_EQ(c.f.read("out.ln"), "a one\nb two\nc three\n");
  EXPECT_NE(c.said().find("in/2.lines:2:1: a bad line [lines.bad]\n  mend it\n"), std::string::npos) << c.said();
}

TEST(Convert, AFolderForAFolder) {
  conversions c;
  c.f.write("in/deep/one.lines", "a one\n");
  c.f.write("in/many.x", "b two\nc three\nb again\n");
  EXPECT_EQ(told(c.run({"in"}, "lines", "out/")), "2 in, 4 done, 0 failed");
  EXPECT_EQ(c.f.files(),
            "in/deep/one.lines in/many.x out/deep/one.lines out/many.x/b.lines out/many.x/b~2.lines out/many.x/c.lines");
  EXPECT_EQ(c.f.read("out/many.x/b~2.lines"), "b again\n");
}

TEST(Convert, NothingIsWrittenOver) {
  conversions c;
  c.f.write("a.lines", "a one\n");
  c.f.write("b.lines", "b two\n");
  c.f.write("out/a.lines", "precious");
  EXPECT_EQ(told(c.run({"a.lines", "b.lines"}, "lines", "out/")), "2 in, 1 done, 1 failed");
  EXPECT_EQ(c.f.read("out/a.lines"), "precious");
  EXPECT_EQ(c.f.read("out/b.lines"), "b two\n");
  c.job.force = true;
  EXPECT_EQ(told(c.run({"a.lines"}, "lines", "out/")), "1 in, 1 done, 0 failed");
  EXPECT_EQ(c.f.read("out/a.lines"), "a one\n");
}

TEST(Convert, TwoInputsOfOneNameGetTwoNames) {
  conversions c;
  c.f.write("x/a.lines", "a one\n");
  c.f.write("y/a.ln", "a two\n");
  EXPECT_EQ(told(c.run({"x", "y"}, "lines", "out/")), "2 in, 2 done, 0 failed");
  EXPECT_EQ(c.f.read("out/a.lines"), "a one\n");
  EXPECT_EQ(c.f.read("out/a~2.lines"), "a two\n");
  EXPECT_NE(c.said().find("[output.renamed]"), std::string::npos);
}

TEST(Convert, WhatFailsLeavesNoFile) {
  conversions c;
  c.f.write("in/bad.lines", "! bad\n");
  c.f.write("in/empty", "");
  c.f.write("in/unwritable.lines", "unwritable x\n");
  EXPECT_EQ(told(c.run({"in"}, "lines", "out/")), "3 in, 0 done, 3 failed");
  EXPECT_EQ(c.f.files(), "in/bad.lines in/empty in/unwritable.lines");
  EXPECT_EQ(told(c.run({"in"}, "lines", "out.ln")), "3 in, 0 done, 3 failed");
  EXPECT_EQ(c.f.files(), "in/bad.lines in/empty in/unwritable.lines");
}

TEST(Convert, CollectionsKeepManyDocumentsInOneFile) {
  conversions c;
  c.f.write("in/1.lines", "#vol tree\na one\nb two\n");
  c.f.write("in/2.lines", "! bad\nc three\n");
  EXPECT_EQ(told(c.run({"in"}, "all", "out/")), "2 in, 3 done, 1 failed");
  EXPECT_EQ(c.f.read("out/1.all"), "frame vol\na one\nb two\n");
  EXPECT_EQ(c.f.read("out/2.all"), "c three\n");
}

TEST(Convert, FramesThatHaveNoPlaceAreALoss) {
  conversions c;
  c.f.write("tree.lines", "#vol tree\na one\nb two\n");
  EXPECT_EQ(told(c.run({"tree.lines"}, "lines", "out/")), "1 in, 2 done, 0 failed");
  EXPECT_EQ(c.messages->count(level::loss), 1u);
  conversions d;
  d.f.write("bare.lines", "#vol\na one\n");
  d.run({"bare.lines"}, "lines", "out/");
  EXPECT_EQ(d.messages->count(level::loss), 0u);
  EXPECT_EQ(d.messages->count(level::note), 1u);
}

TEST(Convert, AnArchiveTakesTheWholeRunAndAccountsForFailures) {
  conversions c;
  c.f.write("in/1.lines", "a one\n! bad\n");
  c.f.write("in/2.bin", "123");
  EXPECT_EQ(told(c.run({"in", "missing"}, "crate", "out/")), "3 in, 1 done, 3 failed");
  EXPECT_EQ(c.f.read("out/in.crate"),
            "ok a from 1.lines: a one\nfailed 1.lines at read for lines.bad, 12 octets\n"
            "failed 2.bin at identify for format.unknown, 3 octets\n"
            "failed " +
                c.f.path("missing") + " at read for input.unreadable, no octets\nend\n");
}

TEST(Convert, AnArchiveOfFailuresKeepsTheOriginals) {
  conversions c;
  c.f.write("2.bin", "123");
  EXPECT_EQ(told(c.run({"2.bin"}, "crate", "out.crate")), "1 in, 0 done, 1 failed");
  EXPECT_EQ(c.f.read("out.crate"), "failed 2.bin at identify for format.unknown, 3 octets\nend\n");
  EXPECT_EQ(told(c.run({"missing"}, "crate", "out2.crate")), "1 in, 0 done, 1 failed");
  EXPECT_EQ(c.f.read("out2.crate"), "(no file)");
}

TEST(Convert, DocumentsThatAreSkippedOnWritingAreFailures) {
  conversions c;
  c.f.write("1.lines", "a one\nunwritable x\nb two\n");
  EXPECT_EQ(told(c.run({"1.lines"}, "crate", "out.crate")), "1 in, 2 done, 1 failed");
  EXPECT_NE(c.f.read("out.crate").find("failed 1.lines at write for lines.unwritable"), std::string::npos)
      << c.f.read("out.crate");
}

TEST(Convert, TemplatesNameOutputs) {
  conversions c;
  c.f.write("in/deep/1.lines", "a one\nb two\n");
  c.job.names.emplace("{year}/{path}/{id}-{n}");
  EXPECT_EQ(told(c.run({"in"}, "lines", "out/")), "1 in, 2 done, 0 failed");
  EXPECT_EQ(c.f.files(), "in/deep/1.lines out/2008/deep/a-1.lines out/2008/deep/b-2.lines");
}

TEST(Convert, ADryRunWritesNothing) {
  conversions c;
  c.f.write("1.lines", "a one\n");
  c.job.dry_run = true;
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(told(c.run({"1.lines"}, "lines", "out/")), "1 in, 1 done, 0 failed");
  std::fflush(stdout);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "would write " + c.f.path("out/1.lines") + "\n");
  EXPECT_EQ(c.f.files(), "1.lines");
}

TEST(Convert, StopsCleanly) {
  conversions c;
  c.f.write("1.lines", "a one\n");
  c.stop = true;
  const auto t = c.run({"1.lines"}, "lines", "out.ln");
  EXPECT_TRUE(t.stopped);
  EXPECT_EQ(c.f.files(), "1.lines");
}

TEST(Convert, OutputInsideInputIsNotRead) {
  conversions c;
  c.f.write("in/1.lines", "a one\n");
  c.f.write("in/out/1.lines", "old\n");
  c.job.force = true;
  EXPECT_EQ(told(c.run({"in"}, "lines", "in/out/")), "1 in, 1 done, 0 failed");
  EXPECT_EQ(c.f.read("in/out/1.lines"), "a one\n");
}

// -- Many threads ---------------------------------------------------------------------------------------------------

// A folder of all that can happen, with more inputs than wait at a time.
void write_everything(const fake::folder& f) {
  for (int i = 0; i < 120; ++i) {
    const auto n = std::to_string(i);
    const auto name = "in/" + std::to_string(i % 7) + "/" + n;
    switch (i % 6) {
      case 0: f.write(name + ".lines", "a" + n + " one\n"); break;
      case 1: f.write(name + ".ln", "b one\n! bad\nb again\n"); break;
      case 2: f.write(name + ".bin", "123"); break;
      case 3: f.write(name + ".crate", "crate\nx.lines\nx one\n--\ny.lines\n! bad\ny two\n"); break;
      case 4: f.write(name + ".lines", "#vol tree\na one\nb two\n"); break;
      default: f.write(name + ".lines", "unwritable x\nfine y\n");
    }
  }
}

// What a run of so many threads says and writes.
std::string outcome_of(const char* to, const std::string& out, unsigned threads) {
  conversions c;
  write_everything(c.f);
  c.env.jobs = threads;
  std::string result = told(c.run({"in", "missing", "in/3"}, to, out)) + "\n" + c.said();
  std::string names = c.f.files() + " ";
  for (std::size_t begin = 0, end; (end = names.find(' ', begin)) != std::string::npos; begin = end + 1)
    if (const auto name = names.substr(begin, end - begin); name.rfind("in/", 0) != 0)
      result += "\n" + name + ": " + c.f.read(name);
  const auto folder = c.f.path();
  for (std::size_t at; (at = result.find(folder)) != std::string::npos;) result.erase(at, folder.size());
  return result;
}

TEST(Parallel, EveryKindOfOutputIsTheSameWhateverTheNumberOfThreads) {
  for (const auto& [to, out] :
       {std::pair{"lines", "out/"}, {"all", "out/"}, {"lines", "out.ln"}, {"all", "out.all"}, {"crate", "out.crate"}}) {
    const auto one = outcome_of(to, out, 1);
    ASSERT_NE(one.find("138 in"), std::string::npos) << one;
    for (const unsigned threads : {2u, 8u}) EXPECT_EQ(outcome_of(to, out, threads), one) << to << " " << out << " " << threads;
  }
}

TEST(Parallel, ALargeInputIsReadInPartsAndNothingIsLost) {
  std::string text;
  for (int i = 0; i < 2'000; ++i)
    text += i % 250 == 249 ? "! bad\n" : "d" + std::to_string(i) + " " + std::string(400, 'w') + "\n";
  std::string expected;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    if (text[at] != '!') expected += text.substr(at, text.find('\n', at) + 1 - at);
  for (const unsigned threads : {1u, 4u}) {
    conversions c;
    c.f.write("large.lines", text);
    c.env.jobs = threads;
    EXPECT_EQ(told(c.run({"large.lines"}, "lines", "out.ln")), "1 in, 1992 done, 8 failed");
    EXPECT_EQ(c.f.read("out.ln"), expected);
    EXPECT_NE(c.said().find("large.lines:2000:1: a bad line"), std::string::npos) << c.said();  // in the last part
  }
}

TEST(Parallel, WhatCannotBeCutIsReadWhole) {
  std::string text = "#vol tree\n";
  for (int i = 0; i < 1'500; ++i) text += "d" + std::to_string(i) + " some words " + std::string(400, 'w') + "\n";
  conversions c;
  c.f.write("large.lines", text);
  c.f.write("middle.lines", text.substr(10) + text.substr(0, 2000));
  c.env.jobs = 4;
  EXPECT_EQ(told(c.run({"large.lines", "middle.lines"}, "all", "out.all")).substr(0, 4), "2 in");
  EXPECT_EQ(c.f.read("out.all").substr(0, 20), "frame vol\nd0 some wo");
  EXPECT_EQ(c.messages->count(level::error), 0u) << c.said();
}

TEST(Parallel, DocumentsOfALargeInputGetFilesOfTheirOwn) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "d" + std::to_string(i) + " " + std::string(2'000, 'w') + "\n";
  conversions c;
  c.f.write("large.lines", text);
  c.env.jobs = 3;
  EXPECT_EQ(told(c.run({"large.lines"}, "lines", "out/")), "1 in, 300 done, 0 failed");
  EXPECT_EQ(c.f.read("out/large/d299.lines").substr(0, 7), "d299 ww");
}

TEST(Parallel, StopsWhenTheOutputFails) {
  conversions c;
  write_everything(c.f);
  c.f.write("out.ln", "in the way");
  c.env.jobs = 4;
  EXPECT_EQ(c.run({"in"}, "lines", "out.ln").converted, 0u);
  EXPECT_EQ(c.f.read("out.ln"), "in the way");
}

// The list of inputs ends after somebody has asked, so that no run is done before.
TEST(Parallel, StopsWhenSomebodyAsks) {
  conversions c;
  write_everything(c.f);
  c.env.jobs = 4;
  const std::string list = c.f.path("list"), inputs = c.f.path("in") + "\n";
  ASSERT_EQ(::mkfifo(list.c_str(), 0600), 0);
  std::thread somebody([&] {
    std::ofstream lines(list);  // waits for the run
    lines << inputs << std::flush;
    c.stop = true;
    lines << inputs;
  });
  c.job.inputs = {"@" + list};
  c.job.to = c.formats.find("crate");
  c.job.out = c.f.path("out.crate");
  c.job.kind = conversion::target::file;
  const auto t = convert(c.env, *c.messages, c.job);
  somebody.join();
  EXPECT_TRUE(t.stopped);
  EXPECT_EQ(c.f.read("out.crate"), "(no file)");
}

TEST(Messages, RepeatsAreCountedAndAdviceIsGivenOnce) {
  conversions c;
  std::string text;
  for (int i = 0; i < 30; ++i) text += "! bad\n";
  c.f.write("1.lines", text + "a one\n");
  c.run({"1.lines"}, "lines", "out.ln");
  const auto said = c.said();
  std::size_t lines = 0, advice = 0;
  for (std::size_t at = 0; (at = said.find("[lines.bad]", at)) != std::string::npos; ++at) ++lines;
  for (std::size_t at = 0; (at = said.find("mend it", at)) != std::string::npos; ++at) ++advice;
  EXPECT_EQ(lines, 21u);  // 20, and how many more
  EXPECT_EQ(advice, 1u);
  EXPECT_NE(said.find("and 10 more [lines.bad]"), std::string::npos);
}

}  // namespace
}  // namespace dragoman::hosting
