#include "pipeline.hpp"

#include "fake_formats.hpp"

#include <gtest/gtest.h>

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
  EXPECT_EQ(c.f.files(), "in/deep/one.lines in/many.x out/deep/one.lines out/many.x/b.lines out/many.x/b~2.lines out/many.x/c.lines");
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
            "failed " + c.f.path("missing") + " at read for input.unreadable, no octets\nend\n");
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
  EXPECT_NE(c.f.read("out.crate").find("failed 1.lines at write for lines.unwritable"), std::string::npos) << c.f.read("out.crate");
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
