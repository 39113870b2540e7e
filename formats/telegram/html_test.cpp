// HTML remains: tags around and in a telegram (telegram.md 2.0, 4.3).
#include <gtest/gtest.h>

#include "html.hpp"
#include "test_support.hpp"

namespace dragoman::telegram::test {
namespace {

using strings = std::vector<std::string>;

std::string with_tags_between_lines(std::string_view octets, std::string_view tag) {
  std::string out;
  for (const char c : octets) out += c == '\n' ? std::string(tag) + "\n" : std::string(1, c);
  return out;
}

TEST(html, tags_are_those_of_published_pages) {
  for (const std::string_view tag : {"<pre>", "</pre>", "<br>", "<br/>", "<br />", "<p>", "<a id='par1' href='#par1'>", "</a>",
                                     "<span class=\"x y\">", "<font color=#ff0000>", "<code>", "<b>", "</b >"})
    EXPECT_EQ(match_tag(tag).length, tag.size()) << tag;
  for (const std::string_view text :
       {"<DEPT>", "< 5", "<name@host>", "<0.05 and n>1", "<B>", "<BR>", "<i think>", "<a", "<>", "<", "</>", "<brief>", "< b>",
        "<br", "<p. 5>", "<a href=>", "<a href='x>", "</a href='x'>"})
    EXPECT_EQ(match_tag(text).length, 0u) << text;
}

TEST(html, a_page_around_a_telegram_changes_nothing_of_it) {
  const auto plain = with_body("1. (C) The dues\nstay.\n\n2. (C) So they say.\nHALVERN\n");
  const one expected(plain);
  const std::string preformatted = "<pre>" + plain + "</pre>\n", alone = "<code><pre>\n" + plain + "</pre></code>\n";
  for (const auto& octets :
       {preformatted, alone, with_tags_between_lines(plain, "<br>"), with_tags_between_lines(plain, "<br />")}) {
    SCOPED_TRACE(octets);
    const one t(octets);
    EXPECT_EQ(difference(canonical(expected.root()), canonical(t.root())), "");
    EXPECT_TRUE(t.has("telegram.text.markup"));
    std::string_view reason;
    EXPECT_EQ(reader::probe(octets, true, reason), reader::probe(plain, true, reason));
  }
}

TEST(html, anchors_of_paragraphs_and_labels_leave_their_pilcrow) {
  const one t(
      with_opening("SUBJECT: HARBOR DUES\n\nREF: A. PORT ALTAIR 1207\n<a id='parB' href='#parB'>\xC2\xB6</a>B. ORMUNDE 88\n\n"
                   "<a id='par1' href='#par1'>\xC2\xB6</a>1. (C) They left.\n\n"
                   "<a id='par2' href='#par2'>&para;</a>2. (C) See <a href=\"/tag/XL.html\">XL</a>.\n"));
  EXPECT_EQ(t.refs(), (strings{"A|PORT ALTAIR 1207|09PORTALTAIR1207", "B|ORMUNDE 88|09ORMUNDE88"}));
  ASSERT_GE(t.words("p").size(), 2u);
  EXPECT_EQ(t.words("p")[0], "1. (C) They left.");
  EXPECT_EQ(t.words("p")[1], "2. (C) See XL.");
}

TEST(html, lines_and_paragraphs_end_where_tags_say_so) {
  const one t(with_body("<p>1. (C) The dues<br>stay.</p><p>2. (C) So they <b>say</b>.</p>\n<p>So do we.</p>\nHALVERN\n"));
  EXPECT_EQ(t.numbers(), (strings{"1", "2", ""}));
  EXPECT_EQ(t.words("p"), (strings{"1. (C) The dues stay.", "2. (C) So they say.", "So do we."}));
  EXPECT_EQ(t.text("signature"), "HALVERN");
}

TEST(html, what_is_no_tag_stays_and_is_written_again) {
  const std::string text =
      "1. (C) <DEPT> has < 5 of <name@host>, P<0.05, <BR>, <b> first, <i> second, &lt;b&gt;third&lt;/b&gt; and &lt;br>.";
  const one t(with_body(text + "\nHALVERN\n"));
  EXPECT_FALSE(t.has("telegram.text.markup"));
  EXPECT_EQ(t.words("p"),
            strings{"1. (C) <DEPT> has < 5 of <name@host>, P<0.05, <BR>, <b> first, <i> second, <b>third</b> and <br>."});
  const auto written = render_anew(t.root());
  EXPECT_EQ(canonical(one(written.octets).root()), canonical(t.root())) << written.octets;
}

TEST(html, each_tag_is_told_with_its_place) {
  const auto octets = with_body("1. (C) The <b>dues</b> stay.\nHALVERN\n");
  const one t(octets);
  strings said;
  for (const auto& d : t.diagnostics())
    if (d.code == "telegram.text.markup")
      said.push_back(octets.substr(static_cast<std::size_t>(d.where.offset), static_cast<std::size_t>(d.where.length)));
  EXPECT_EQ(said, (strings{"<b>", "</b>"}));
}

TEST(html, telegrams_of_pages_put_together_are_cut) {
  const auto plain = with_body("1. (C) The dues stay.\nHALVERN\n");
  for (const std::string& page :
       {"<pre>\n" + plain + "</pre>\n", "<pre>" + plain + "</pre>\n", with_tags_between_lines(plain, "<br>")}) {
    const auto read = read_all(page + page);
    ASSERT_EQ(read.documents.size(), 2u) << page;
    EXPECT_EQ(read.documents[1].root()["id"].text(), "09QUILMAR123");
  }
}

}  // namespace
}  // namespace dragoman::telegram::test
