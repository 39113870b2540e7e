#include "reports/sample.hpp"

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

input_record input(int number, std::size_t documents = 1) {
  input_record r;
  r.id = r.source = "in/" + std::to_string(number) + ".txt";
  r.sha256 = std::string(64, static_cast<char>('a' + number % 6));
  r.converted = documents;
  if (documents == 1) r.outputs.push_back({std::to_string(number) + ".xml", 1, ""});
  return r;
}

std::string drawn(const spot_sample& from) {
  std::string out;
  for (const auto& d : from.drawn()) out += d.source + "#" + std::to_string(d.number) + " ";
  return out;
}

TEST(Sample, IsTheSameInAnyOrder) {
  spot_sample up({5, "s"}), down({5, "s"}), other({5, "t"});
  for (int i = 0; i < 100; ++i) up.consider(input(i)), other.consider(input(i));
  for (int i = 99; i >= 0; --i) down.consider(input(i));
  EXPECT_EQ(up.drawn().size(), 5u);
  EXPECT_EQ(drawn(up), drawn(down));
  EXPECT_NE(drawn(up), drawn(other));
}

TEST(Sample, OfTheWholeIsAmongThoseOfItsParts) {
  spot_sample whole({4, "s"}), parts[3]{spot_sample({4, "s"}), spot_sample({4, "s"}), spot_sample({4, "s"})};
  for (int i = 0; i < 60; ++i) whole.consider(input(i)), parts[i % 3].consider(input(i));
  for (const auto& d : whole.drawn()) {
    int found = 0;
    for (const auto& part : parts)
      for (const auto& of_part : part.drawn()) found += of_part.page == d.page && of_part.source == d.source;
    EXPECT_EQ(found, 1) << d.source;
  }
}

TEST(Sample, DrawsDocumentsNotInputs) {
  spot_sample s({3, "s"});
  s.consider(input(1, 1000));
  s.consider(input(2, 0));  // nothing was converted
  const auto all = s.drawn();
  ASSERT_EQ(all.size(), 3u);
  for (const auto& d : all) {
    EXPECT_EQ(d.source, "in/1.txt");
    EXPECT_EQ(d.of, 1000u);
    EXPECT_EQ(d.output, "");  // it shares one
  }
  spot_sample own({3, "s"});
  own.consider(input(7));
  EXPECT_EQ(own.drawn().at(0).output, "7.xml");
}

TEST(Sample, APageShowsLinesAndMarksThoseThatAreSpokenOf) {
  sample_page page;
  page.what = spot_sample::document{"p.html", "in/<1>.txt", "<1>.txt", "d", "telegram", "warning", 2, 3, ""};
  page.original = "first & last\r\nsecond\x07\n";
  page.first_line = 40;
  page.findings.push_back({level::warning, "a.code", "it rings", -1, 0, 41, 7});
  page.derivatives.push_back({"tei", "<TEI/>"});
  const auto text = html_of(page);
  EXPECT_NE(text.find("counter-reset: line 39"), std::string::npos);
  EXPECT_NE(text.find("<span id=\"L40\">first &amp; last</span><span id=\"L41\"><mark>second\\x07</mark></span>"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("<a href=\"#L41\">41</a>"), std::string::npos);
  EXPECT_NE(text.find("Spot check: &lt;1&gt;.txt, document 2 of 3"), std::string::npos);
  EXPECT_NE(text.find("&lt;TEI/&gt;"), std::string::npos);
}

}  // namespace
}  // namespace dragoman::hosting
