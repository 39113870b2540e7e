// Input that is no telegram, other encodings, hostile sizes; what the writer does with models of any kind.
#include <chrono>

#include "test_support.hpp"

namespace dragoman::telegram::test {
namespace {

using strings = std::vector<std::string>;

TEST(reader, input_that_is_no_text) {
  EXPECT_TRUE(testing::read(format, "").has("telegram.empty"));
  EXPECT_TRUE(testing::read(format, " \n\t\r\n").has("telegram.empty"));
  EXPECT_TRUE(testing::read(format, std::string("PK\x03\x04", 4) + "zip").has("telegram.not-text"));
  EXPECT_TRUE(testing::read(format, std::string(100, '\x01') + "text").has("telegram.not-text"));
  for (const std::string& utf16 : {std::string("\xFF\xFER\0", 4), std::string("\xFE\xFF\0R", 4)}) {
    EXPECT_EQ(testing::read(format, utf16).diagnostics.at(0).text, "this is in UTF-16; convert it to UTF-8 first, as iconv does");
    std::string_view reason;
    EXPECT_EQ(reader::probe(utf16, true, reason), 1) << "so that the reason is told";
  }
  for (const auto& octets : {std::string(), std::string("%PDF-1.4\n")})
    EXPECT_TRUE(testing::read(format, octets).documents.empty());
}

TEST(reader, text_that_is_no_telegram_is_kept_as_opaque_blocks) {
  const one t("Dear minister,\nthe dues are high.\n\nYours\n");
  EXPECT_TRUE(t.has("telegram.doc.unrecognised"));
  ASSERT_EQ(t.all("ab").size(), 2u);
  EXPECT_EQ(plain_text(t.all("ab")[0]), "Dear minister,\nthe dues are high.");
  EXPECT_EQ(t.root()["id"].text().substr(0, 2), "x-");
  EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
}

TEST(reader, probe_goes_by_evidence) {
  std::string_view reason;
  const auto score = [&](std::string_view text) { return reader::probe(text, true, reason); };
  EXPECT_GE(score(with_body("1. (C) x.\n")), 90);
  EXPECT_GE(score("R 091430Z DEC 09\nFM AMEMBASSY QUILMAR\n"), 80);
  EXPECT_GE(score("E.O. 12958: N/A\nTAGS: PREL\nSUBJECT: X\n"), 40);
  EXPECT_LT(score("Dear minister,\n"), 40);
  EXPECT_EQ(score("<?xml version=\"1.0\"?>"), 0);
  EXPECT_EQ(score("{\"format\": 1}"), 0);
  EXPECT_EQ(score("PK\x03\x04"), 0);
  EXPECT_EQ(score(""), 0);
  EXPECT_GE(score("\r\rpage\rVZCZCXYZ0001\rRR RUEHC\r"), 90) << "lines end in CR, too";
  EXPECT_GE(score("VZCZCXYZ0001\n" + std::string(100, 'x') + std::string(10, '\x02')), 90);
  EXPECT_EQ(score("VZCZCXYZ0001\n" + std::string(100, 'x') + std::string(20, '\x02')), 0);
  EXPECT_EQ(score("VZCZCXYZ0001\n" + std::string(100, 'x') + std::string(20, '\x7F')), 0);
  EXPECT_GE(score("\n\nVZCZCXYZ0001\nRR RUEHC\n"), 95) << "blank lines before";
  EXPECT_GE(score("From: a@b\nTo: c@d\n\nVZCZCXYZ0001\nRR RUEHC\n"), 85);
  EXPECT_LT(score("From: a@b\nTo: c@d\n\nVZCZCXYZ0001\nRR RUEHC\n"), 92) << "it may be quoted: a message of mail is surer";
  EXPECT_GE(score("VZCZCXYZ0001\n" + std::string(100, '\t') + std::string(100, '\f') + std::string(100, '\x1E')), 90);
}

// Sessions work with what others left behind.
TEST(reader, a_session_knows_nothing_of_others) {
  const auto telegram = with_body("1. (C) The dues stay (ref A).\n\n2. (C) SUMMARY: No\nend.\nHALVERN\n");
  const auto other =
      with_opening("SIPDIS\n\nTAGS: EWWT\nSUBJECT: ICE\n") + "\n" + with_body("1. (U) The ice stays.\nOLDCASTLE\n");
  const auto expected = canonical(one(telegram).root());
  const auto expect_same = [&](const char* before) {
    const one again(telegram);
    EXPECT_EQ(canonical(again.root()), expected) << "after " << before;
    EXPECT_TRUE(again.has("telegram.marker.unbalanced")) << "after " << before;
  };
  EXPECT_EQ(testing::read(format, other).documents.size(), 2u);
  expect_same("two telegrams");
  testing::read(format, "VZCZCXRO4417\nOO RUEHC\nDE RUEHZQX #1284/01 2901435\n" + std::string(100, '\x01'));
  expect_same("an input that is no text");
  testing::read(format, with_body("1. (C) Jos\xE9.\n"), {{"charset", "utf-8"}});
  expect_same("octets that are no UTF-8");
  std::string long_text;
  for (int i = 0; i < 6000; ++i) long_text += "The dues of the harbor were not raised, and the ministry said so.\n";
  testing::read(format, with_body("1. (C) " + long_text));
  expect_same("a long one");
  // Two that are open at one time.
  testing::recording_host services(&format);
  testing::memory_input first_in(telegram), second_in(other);
  void *first = nullptr, *second = nullptr;
  ASSERT_EQ(format.reader->open(services.table(), first_in.table(), &first), DGM_OK);
  ASSERT_EQ(format.reader->open(services.table(), second_in.table(), &second), DGM_OK);
  document_builder store(sha256);
  const auto next = [&](void* session) {
    EXPECT_EQ(format.reader->next(session, store.sink()), DGM_OK);
    return canonical(store.finish().root());
  };
  const auto ice = next(second);
  EXPECT_EQ(next(first), expected);
  EXPECT_NE(next(second), ice);
  format.reader->close(first);
  format.reader->close(second);
}

TEST(reader, encodings_and_line_ends) {
  const one latin(with_body("1. (C) Minister Jos\xE9 said \x93yes\x94.\n"));
  EXPECT_EQ(latin.root()["source"]["charset"].text(), "windows-1252");
  EXPECT_TRUE(latin.has("telegram.text.charset"));
  EXPECT_EQ(latin.words("p")[0], "1. (C) Minister Jos\xC3\xA9 said \xE2\x80\x9Cyes\xE2\x80\x9D.");
  const auto plain = with_body("1. (C) One\ntwo.\n\n2. (C) Three.\nHALVERN\n");
  const auto model = canonical(one(plain).root());
  std::string crlf, cr;
  for (const char c : plain) crlf += c == '\n' ? "\r\n" : std::string(1, c), cr += c == '\n' ? '\r' : c;
  EXPECT_EQ(canonical(one(crlf).root()), model);
  EXPECT_EQ(canonical(one(cr).root()), model);
  EXPECT_EQ(canonical(one("\xEF\xBB\xBF" + plain).root()), model);
  const one entities(with_body("1. (C) R&amp;D &lt; 2 &quot;x&quot; &nosuch; &amp;amp;\n"));
  EXPECT_EQ(entities.words("p")[0], "1. (C) R&D < 2 \"x\" &nosuch; &amp;");
  EXPECT_EQ(canonical(one(render_anew(entities.root()).octets).root()), canonical(entities.root()));
}

// A text may begin with the letters of a binary file's signature, once what stood between them is taken out or decoded.
TEST(writer, text_that_begins_like_a_binary_file_is_still_read) {
  for (const char* begin : {"%P\x02"
                            "DF-17 IS A HARBOR",
                            "&#71;IF8 is a ship",
                            "\xEF\xBB\xBF"
                            "BZh is a word"}) {
    for (const auto& rest : {std::string("\n\nthat nobody knows.\n"), "\n" + with_body("1. (C) The dues stay.\nHALVERN\n")}) {
      const one t(begin + rest);
      const auto written = render_anew(t.root());
      EXPECT_TRUE(written.diagnostics.empty()) << begin;
      EXPECT_EQ(canonical(one(written.octets).root()), canonical(t.root())) << begin;
    }
  }
}

TEST(writer, an_edited_document_is_rendered_and_says_so) {
  const one t(with_body("1. (C) The dues stay.\nHALVERN\n"));
  document_builder made(sha256);
  builder out(made.sink());
  out.map("document").map("source");
  for (const node m : t.root()["source"]) {
    if (m.name() == "octets") out.octets("octets", m.text());
    else out.copy(m);
  }
  out.close()
      .copy(t.root()["id"])
      .copy(t.root()["kind"])
      .map("meta")
      .value("subject", "OTHER DUES")
      .close()
      .copy(t.body())
      .close();
  const auto edited = made.finish();
  const auto written = testing::write(format, {&edited});
  EXPECT_TRUE(written.has("source.edited"));
  EXPECT_NE(written.octets.find("SUBJECT: OTHER DUES\n"), npos);
}

// Octets that came from another format are no telegram, however little was edited.
TEST(writer, gives_back_octets_of_telegrams_only) {
  const std::string_view octets = "Subject: dues\n\nThey stay.\n";
  for (const auto& [media_type, is_given_back] :
       {std::pair{"text/plain", true}, {"text/plain; charset=utf-8", true}, {"", true}, {"message/rfc822", false}}) {
    SCOPED_TRACE(media_type);
    document_builder made(sha256);
    builder out(made.sink());
    out.map("document").map("source").octets("octets", octets);
    if (*media_type != '\0') out.value("media_type", media_type);
    out.close().value("id", "dues").value("kind", "cable").map("meta").value("subject", "DUES").close().close();
    const auto document = made.finish();
    const auto written = testing::write(format, {&document});
    EXPECT_EQ(written.octets == octets, is_given_back) << written.octets;
    EXPECT_EQ(written.octets.find("SUBJECT: DUES\n") != npos, !is_given_back) << written.octets;
    EXPECT_FALSE(written.has("source.edited"));
  }
}

TEST(writer, wraps_without_breaking_words_or_marks) {
  const one t(with_body("1. (C) " + std::string(40, 'x') + " and " + std::string(90, 'y') +
                        " said, in the words of (ref A), that the dues would under no "
                        "circumstances be paid on October 16. He left.\nHALVERN\n"));
  for (const std::size_t width : {std::size_t{65}, std::size_t{30}}) {
    const auto written = render_anew(t.root(), {{"wrap", std::to_string(width)}}).octets;
    std::size_t longest_plain = 0;
    for (std::size_t at = written.find("1. (C)"); at < written.size();) {
      const auto end = written.find('\n', at);
      const auto line = written.substr(at, end - at);
      if (line.find("yyy") == npos && line.find("xxx") == npos) longest_plain = std::max(longest_plain, line.size());
      EXPECT_NE(line.substr(0, 3), "16.") << "a number does not begin a line";
      at = end + 1;
    }
    EXPECT_LE(longest_plain, width);
    EXPECT_EQ(canonical(one(written).root()), canonical(t.root()));
  }
  EXPECT_NE(render_anew(t.root(), {{"wrap", "0"}})
                .octets.find("y said, in the words of (ref A), that the dues would under no circumstances"),
            npos);
}

TEST(writer, what_a_telegram_cannot_hold_is_reported_and_its_words_are_kept) {
  document_builder made(sha256);
  builder out(made.sink());
  out.map("document").value("id", "09QUILMAR123").value("kind", "cable");
  out.map("meta").value("subject", "DUES").value("source_note", "Archive, box 4").value("x_shelf", "B").close();
  out.list("body")
      .element("p")
      .text("Plain ")
      .element("hi")
      .attr("rend", "italic")
      .text("slanted")
      .close()
      .text(" words.")
      .close();
  out.element("quote").element("p").text("Quoted words.").close().close();
  out.element("table")
      .element("row")
      .element("cell")
      .text("cell one")
      .close()
      .element("cell")
      .text("cell two")
      .close()
      .close()
      .close();
  out.open(node_type::comment, {}).text("remark").close();
  out.element("unheard-of").text("Strange words.").close().close().close();
  const auto d = made.finish();
  const auto written = testing::write(format, {&d});
  for (const std::string_view words : {"slanted", "Quoted words.", "cell one", "cell two", "Strange words."})
    EXPECT_NE(written.octets.find(words), npos) << words;
  EXPECT_TRUE(written.has("telegram.loss.markup"));
  EXPECT_TRUE(written.has("telegram.loss.text"));
  EXPECT_TRUE(written.has("telegram.loss.meta"));
  for (const auto& x : written.diagnostics) EXPECT_EQ(x.level, severity::loss);
}

// A telegram of this body, and what comes of it when it is written and read again.
document cable_of(std::initializer_list<std::string_view> paragraphs) {
  document_builder made(sha256);
  builder out(made.sink());
  out.map("document").value("id", "09QUILMAR123").value("kind", "cable").map("meta");
  out.value("date", "2009-12-09T14:30:00Z")
      .value("date_text", "091430Z DEC 09")
      .value("precedence", "ROUTINE")
      .value("classification", "SECRET")
      .close();
  out.list("body");
  for (const auto text : paragraphs) out.element("p").text(text).close();
  out.close().close();
  return made.finish();
}

TEST(writer, foreign_members_of_the_document_are_reported) {
  document_builder made(sha256);
  builder out(made.sink());
  out.map("document").value("id", "09QUILMAR123").value("kind", "cable").map("meta").value("subject", "DUES").close();
  out.list("body").element("p").text("One.").close().close().map("x_shelf").value("box", "4").close().close();
  const auto d = made.finish();
  const auto written = testing::write(format, {&d});
  EXPECT_TRUE(std::any_of(written.diagnostics.begin(), written.diagnostics.end(),
                          [](const auto& x) { return x.code == "telegram.loss.meta" && x.text.find("x_shelf") != npos; }));
}

TEST(writer, what_would_read_back_differently_is_reported) {
  const auto d = cable_of({"One.", "", "Two."});
  const auto written = testing::write(format, {&d});
  EXPECT_TRUE(written.has("telegram.loss.structure"));
  EXPECT_NE(written.octets.find("Two."), npos);
}

TEST(writer, text_stays_text_whatever_it_looks_like) {
  for (const auto& d : {cable_of({"Not ended", "nor begun."}),
                        cable_of({"BT", "NNNN", "1. One", "SUBJECT: X", "SIPDIS", "-- an item", "-----", "SECRET"}),
                        cable_of({"TO ALL POSTS", "TAGS: PREL", "1.4 (b)", "VZCZCXYZ0001", "THE OFFER", "R 091430Z DEC 09"}),
                        cable_of({"He left. COMMENT. QUILL"}), cable_of({"Text.", "QUILL"})})
    for (const char* dialect : {"cablegate", "acp127"}) {
      const auto written = testing::write(format, {&d}, {{"dialect", dialect}});
      for (const auto& x : written.diagnostics) ADD_FAILURE() << x.text;
      const auto again = testing::read(format, written.octets);
      ASSERT_EQ(again.documents.size(), 1u);
      EXPECT_EQ(without_end(again.documents[0].root()), without_end(d.root())) << written.octets;
    }
}

TEST(writer, documents_of_another_kind_are_readable) {
  document_builder made(sha256);
  builder out(made.sink());
  out.map("document").value("id", "d1").value("kind", "document");
  out.list("body").element("div").attr("type", "document").element("head").text("1. Telegram From the Legation").close();
  out.element("p")
      .text("The harbor is closed.")
      .close()
      .element("closer")
      .element("signed")
      .element("persName")
      .text("Quill")
      .close()
      .close()
      .close()
      .close()
      .close()
      .close();
  const auto d = made.finish();
  const auto written = testing::write(format, {&d});
  EXPECT_NE(written.octets.find("Telegram From the Legation"), npos);
  EXPECT_NE(written.octets.find("The harbor is closed.\n"), npos);
  EXPECT_NE(written.octets.find("Quill\n"), npos);
  EXPECT_TRUE(written.has("telegram.loss.structure"));
}

// Time that grows with the square of the input would take minutes here (telegram.md; sizes as in the bench are larger).
TEST(reader, hostile_inputs_take_linear_time) {
  const auto repeat = [](std::string_view text, std::size_t n) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += text;
    return out;
  };
  const std::string head = with_body("");
  const std::vector<std::string> inputs{
      repeat("word ", 200000),
      head + "1. (C) " + repeat("word ", 200000) + "\n",
      head + "1. (C) a.\n" + repeat("\n", 500000) + "2. (C) b.\n",
      with_opening("SUBJECT: X\n\nREF: " + repeat("A. STATE 12\n     ", 50000) + "\n"),
      with_opening("SUBJECT: X\n\nREF: " + repeat("STATE 12, ", 50000) + "\n"),
      head + repeat("- -- - -- x\n", 20000),
      head + repeat("Head\n", 50000),
      repeat("VZCZCXYZ0001\n", 5000),
      repeat("R 091430Z DEC 09\nFM AMEMBASSY QUILMAR\n", 20000),
      "VZCZCXYZ0001\nRR RUEHC\n" + repeat("RUEHDX RUEHQX\n", 30000) + "DE RUEHQX #0123/01 3431430\n"};
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& octets : inputs) {
    const auto read = testing::read(format, octets);
    EXPECT_EQ(read.problem, "");
    ASSERT_FALSE(read.documents.empty());
    if (read.documents.size() == 1) {
      EXPECT_FALSE(render_anew(read.documents[0].root()).octets.empty());
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(120));
}

}  // namespace
}  // namespace dragoman::telegram::test
