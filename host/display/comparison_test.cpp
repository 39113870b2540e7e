#include "display/comparison.hpp"

#include "display/outline.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>
#include <dragoman/plugin.hpp>

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

struct sketch {
  std::string id = "08X1", subject = "SUBJECT";
  std::vector<std::string> tags{"PREL", "ETRD"};
  std::vector<std::string> paragraphs{"One.", "Two.", "Three."};
};

document drawn(const sketch& s) {
  document_builder b(sha256);
  builder out(b.sink());
  out.map("document").value("id", s.id).value("kind", "cable").map("meta").optional("subject", s.subject).list("tags");
  for (const auto& t : s.tags) out.value("", t);
  out.close().close().list("body");
  for (std::size_t i = 0; i < s.paragraphs.size(); ++i) {
    const auto n = std::to_string(i + 1);
    out.element("p").attr("n", n).element("label").text(n + ". ").close();
    out.element("seg").attr("type", "portion").attr("subtype", "C").text("(C) ").close().text(s.paragraphs[i]).close();
  }
  out.close().close();
  return b.finish();
}

std::string told(const sketch& a, const sketch& b) {
  const auto x = drawn(a), y = drawn(b);
  std::string out;
  for (const auto& d : differences(x.root(), y.root())) out += d.where + ": " + d.first + " | " + d.second + "\n";
  return out;
}

TEST(Differences, NoneWhereTheMeaningIsTheSame) {
  EXPECT_EQ(told({}, {}), "");
  sketch spaced;
  spaced.paragraphs[0] = "One.";
  EXPECT_EQ(told({}, spaced), "");
}

TEST(Differences, NameTheFieldAndTheParagraph) {
  sketch other;
  other.subject = "OTHER";
  other.tags = {"PREL"};
  other.paragraphs[1] = "Too.";
  EXPECT_EQ(told({}, other),
            "meta/subject: SUBJECT | OTHER\nmeta/tags: PREL, ETRD | PREL\nbody, paragraph 2: (C) Two. | (C) Too.\n");
}

TEST(Differences, SeeWhatIsMissing) {
  sketch other;
  other.id = "08X2";
  other.subject.clear();
  other.paragraphs.push_back("Four.");
  EXPECT_EQ(told({}, other), "id: 08X1 | 08X2\nmeta/subject: SUBJECT | \nbody, paragraph 4:  | (C) Four.\n");
}

std::string words(std::string_view first, std::string_view second) {
  std::string out;
  for (const auto& w : compare_words(first, second))
    out += std::string(out.empty() ? "" : " ") +
           (w.where == word_side::first    ? "-"
            : w.where == word_side::second ? "+"
                                           : "") +
           std::string(w.text);
  return out;
}

TEST(Words, AreThoseOfBothAndThoseOfOne) {
  EXPECT_EQ(words("", ""), "");
  EXPECT_EQ(words("one two", " one\n\ttwo "), "one two");
  EXPECT_EQ(words("one two three", "one 2 three"), "one -two +2 three");
  EXPECT_EQ(words("a b c d", "b d e"), "-a b -c d +e");
  EXPECT_EQ(words("a b", ""), "-a -b");
  EXPECT_EQ(words("", "a b"), "+a +b");
}

TEST(Words, OfLongTextsAreComparedInBoundedMemory) {
  std::string a = "begin", b = "begin";
  for (int i = 0; i < 20'000; ++i) a += " a" + std::to_string(i), b += " b" + std::to_string(i);
  const auto all = compare_words(a + " end", b + " end");
  ASSERT_EQ(all.size(), 40'002u);
  EXPECT_EQ(all.front().where, word_side::both);
  EXPECT_EQ(all[1].where, word_side::first);
  EXPECT_EQ(all.back().where, word_side::both);
}

TEST(Outline, SeesNumberMarkAndWords) {
  const auto d = drawn({});
  const auto blocks = outline_of(d.root());
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[1].number, "2");
  EXPECT_EQ(blocks[1].mark, "C");
  EXPECT_EQ(blocks[1].text, "Two.");
  const auto rows = heading_rows_of(d.root());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].text, "PREL, ETRD");
}

TEST(SourceLines, FollowDocumentsThroughTheirInput) {
  const auto make = [](std::string_view octets) {
    document_builder b(sha256);
    builder out(b.sink());
    out.map("document")
        .map("source")
        .octets("octets", octets)
        .close()
        .value("id", "x")
        .value("kind", "cable")
        .list("body")
        .close()
        .close();
    return b.finish();
  };
  const auto input = octets::of_memory("one\ntwo\nthree\n");
  const auto first = make("one\ntwo\n"), second = make("three\n"), foreign = make("q\nr\n");
  std::uint64_t at = 0;
  EXPECT_EQ(source_lines(first.root(), input, at).locate(4).line, 2u);
  EXPECT_EQ(source_lines(second.root(), input, at).locate(0).line, 3u);
  EXPECT_EQ(source_lines(foreign.root(), input, at).locate(2).line, 2u);  // in itself
}

}  // namespace
}  // namespace dragoman::hosting
