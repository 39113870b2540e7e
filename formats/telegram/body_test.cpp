// The text of a telegram (telegram.md 4, 5.6).
#include "test_support.hpp"

namespace dragoman::telegram::test {
namespace {

using strings = std::vector<std::string>;

TEST(body, numbers_and_marks) {
  const one t(
      with_body("1. (C) One.\n\n2.(C) Two.\n\n3) (U) Three.\n\n4 (S//NF) Four.\n\n5. (SNF) Five.\n\n6.C) Six.\n\n7. Seven.\n\n8. "
                "(a) Eight.\n"));
  EXPECT_EQ(t.numbers(), (strings{"1", "2", "3", "4", "5", "6", "7", "8"}));
  strings marks;
  for (const node s : t.all("seg"))
    marks.push_back(std::string(s.attr("subtype")) + "|" + std::string(s.attr("n")) + "|" + std::string(s.first_child().text()));
  EXPECT_EQ(marks, (strings{"C||(C) ", "C||(C) ", "U||(U) ", "S|S NF|(S//NF) ", "S|S NF|(SNF) ", "C||C) "}));
  EXPECT_TRUE(t.has("telegram.mark.repaired"));
}

TEST(body, wrapped_numbers_are_text) {
  const one t(with_body(
      "1. (C) The minister left under 1.4 (b) and (d) on October\n2. He went under\n1.4 (b) and (d). He came back.  It was no.\n"
      "16. So it was.\n\n2. (C) Two said\n-- and it went on -- that\na. was a letter.\n"));
  EXPECT_EQ(t.numbers(), (strings{"1", "2"}));
  EXPECT_TRUE(t.all("list").empty());
}

// A link that leads somewhere is no remains of a pilcrow: where it leads would be in nothing.
TEST(body, only_an_empty_link_is_a_label) {
  const one t(
      with_body("1. (C) Three points:\n\n[A](#). One.\n[B](#). Two.\n\n2. (C) And:\n\n[A](quay.html). Three.\n\n[C](mole.html). "
                "DUES AND PORTS\n\n"
                "3. (C) They stay.\n"));
  strings labels;
  for (const node l : t.all("label")) labels.push_back(std::string(l.first_child().text()));
  EXPECT_EQ(labels, (strings{"1. ", "A.", "B.", "2. ", "3. "}));
}

TEST(body, repeated_and_skipped_numbers_are_kept) {
  const one t(with_body("1. (C) a.\n\n2. (C) b.\n\n2. (C) c.\n\n5. (C) d.\n"));
  EXPECT_EQ(t.numbers(), (strings{"1", "2", "2", "5"}));
  EXPECT_TRUE(t.has("telegram.para.sequence"));
}

TEST(body, lists) {
  const one t(
      with_body("1. (C) Three points:\n\n-- first, which is\nlong;\n-- second;\n\n-- - --third.\n\n2. (C) Letters:\na. one;\nb. "
                "two.\n\n(1) A number;\n(2) another.\n"));
  strings labels;
  for (const node list : t.all("list"))
    for (const node child : list)
      if (child.is_element("label")) labels.push_back(std::string(list.attr("rend")) + " " + collapsed_text(child));
  EXPECT_EQ(labels, (strings{"bulleted --", "bulleted --", "bulleted -- - --", "numbered a.", "numbered b.", "numbered (1)",
                             "numbered (2)"}));
  EXPECT_EQ(t.words("item")[0], "first, which is long;");
  EXPECT_EQ(t.words("item")[2], "third.");
}

// "I." is a letter and a roman number, which the next mark tells apart (telegram.md 4.2).
TEST(body, lists_in_roman_numbers) {
  for (const auto& labels : {std::array<std::string, 3>{"I.", "II.", "III."}, {"(i)", "(ii)", "(iii)"}, {"I)", "II)", "III)"}}) {
    for (const std::string between : {"\n", "\n\n"}) {
      const one t(with_body("1. (C) Points:\n\n" + labels[0] + " first" + between + labels[1] +
                            " second point, which goes on\nhere" + between + labels[2] + " third\n\n2. (C) Yes.\nHALVERN\n"));
      EXPECT_EQ(t.words("item"), (std::vector<std::string>{"first", "second point, which goes on here", "third"})) << labels[0];
      EXPECT_EQ(t.all("list").size(), 1u);
      EXPECT_EQ(t.numbers(), (std::vector<std::string>{"1", "2"}));
      const auto written = render_anew(t.root());
      EXPECT_TRUE(written.diagnostics.empty());
      EXPECT_EQ(canonical(one(written.octets).root()), canonical(t.root()));
    }
  }
  const one letters(with_body("1. (C) Points:\n\nG. g\n\xC2\xB6H. h\nI. i\nJ. j\n\n2. (C) Yes.\nHALVERN\n"));
  EXPECT_EQ(canonical(one(render_anew(letters.root()).octets).root()), canonical(letters.root()));
  const one alone(with_body("1. (C) Points:\n\nI. first\n\nThe text goes on.\n\n2. (C) Yes.\nHALVERN\n"));
  EXPECT_TRUE(alone.all("list").empty());
}

TEST(body, a_list_of_another_kind_goes_on_behind_items_without_a_full_stop) {
  const one t(with_body("1. (C) Points:\n\n(1) one\n(2) two\n\na. x\nb. y\n\n2. (C) Yes.\nHALVERN\n"));
  EXPECT_EQ(t.words("item"), (std::vector<std::string>{"one", "two", "x", "y"}));
  EXPECT_EQ(t.all("list").size(), 2u);
  EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
}

TEST(body, headings) {
  const one t(
      with_body("1. (C) Until the ice closes.\nFERRIES\n---\n\n2. (C) Two.\n\n-----\nTUGS\n-----\n\n3. (C) Three.\n\n------- "
                "SUMMARY -------\n\n"
                "4. (C) Four.\n\nTHE LONG HEADING OF\nTWO LINES\n\n---\n\n5. (C) Five.\n\nALONE IN CAPITALS\n\n6. (C) "
                "Six.\n\n***\n\n7. (C) Seven.\n"));
  EXPECT_EQ(t.words("head"), (strings{"FERRIES", "TUGS", "SUMMARY", "THE LONG HEADING OF TWO LINES", "ALONE IN CAPITALS"}));
  EXPECT_FALSE(t.all("head")[4].has_attribute("rend"));
  EXPECT_EQ(t.all("div")[2].attr("subtype"), "summary");
  ASSERT_EQ(t.all("milestone").size(), 1u);
  EXPECT_EQ(t.all("milestone")[0].attr("n"), "***");
  EXPECT_EQ(t.numbers().size(), 7u);
}

TEST(body, running_headers) {
  const one t(
      with_body("1. (C) One QUILMAR 00000123  002 OF 003 goes on.\n\nQUILMAR 00000123  002.2 OF 003\n\n\n2. (C) Two\n\nQUILMAR "
                "00000123  003 OF 003\n\n\nGoes on.\n"));
  EXPECT_EQ(t.numbers(), (strings{"1", "2"}));
  EXPECT_EQ(t.words("p"), (strings{"1. (C) One goes on.", "2. (C) Two Goes on."}));
  strings pages;
  for (const node pb : t.all("pb")) pages.emplace_back(pb.attr("n"));
  EXPECT_EQ(pages, (strings{"2", "2.2", "3"}));
}

TEST(body, tables_and_system_lines_keep_their_blanks) {
  const one t(
      with_body("1. (C) A table:\n\n   Class    2008    2009\n   Bulk      1.2     1.3\n\n------------------5E2A91  171512Z "
                "/38\n\n2. (C) Two.\n"));
  ASSERT_EQ(t.all("ab").size(), 2u);
  EXPECT_EQ(plain_text(t.all("ab")[0]), "   Class    2008    2009\n   Bulk      1.2     1.3");
  EXPECT_EQ(t.all("ab")[1].attr("type"), "opaque");
  EXPECT_TRUE(t.has("telegram.noise.system"));
}

TEST(body, references_and_garbles_inside) {
  const one t(
      with_body("1. (C) See ref A, ref\nB and ref C; not reform A.  The (garble) clause, the [GARBLED - TWO WORDS] one.\n"));
  strings targets;
  for (const node r : t.all("ref")) targets.emplace_back(r.attr("target"));
  EXPECT_EQ(targets, (strings{"cable:09STATE98765", "cable:08TOVARNA1122"})) << "ref C is not known";
  EXPECT_EQ(t.words("unclear"), (strings{"(garble)", "[GARBLED - TWO WORDS]"}));
}

TEST(body, signature) {
  struct example {
    std::string_view text, signature, last;
  };
  for (const auto& e : {example{"1. (C) It stays.\nHALVERN\n", "HALVERN", "1. (C) It stays."},
                        {"1. (C) It stays.\n\nVAN DER MEAR\n", "VAN DER MEAR", "1. (C) It stays."},
                        {"1. (C) It stays.\nO'BRANNOCK##\nBT\n#0123\nNNNN\n", "O'BRANNOCK", "1. (C) It stays."},
                        {"1. (C) It stays.  END COMMENT. OLDCASTLE\n", "OLDCASTLE", "1. (C) It stays. END COMMENT."},
                        {"1. (C) It stays.  END\nSUMMARY.\n", "", "1. (C) It stays. END SUMMARY."},
                        {"1. (C) It stays.\n", "", "1. (C) It stays."}}) {
    SCOPED_TRACE(e.text);
    const one t(with_body(e.text));
    EXPECT_EQ(t.text("signature"), e.signature);
    EXPECT_EQ(t.words("p").back(), e.last);
  }
}

// A section that begins inside a line, and breaks off in its heading: what stands before it is the text before.
TEST(body, a_section_that_breaks_off_in_its_heading_takes_no_words) {
  const std::string heading =
      "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO "
      "RUEHC/SECSTATE WASHDC 0092\n\n";
  const one t(heading +
              "C O N F I D E N QTI A L QUIL\nFM AMEMBASSY QUILMAR\nTO RUEHC/SECSTATE WASHDC 0092\n\n"
              "C O N F I D E N T I A L QUILMAR 000123\n\nSUBJECT: HARBOR DUES\n\n1. (C) TheVZCZCXYZ0001\nRR RUEHC\nDE "
              "RUEHQX #0123/02 3431430\nZNY CCCC dues stay\n");
  EXPECT_EQ(t.words("p"), std::vector<std::string>{"1. (C) The"});
  EXPECT_EQ(t.meta()["x_transmissions"].first_child()["security"].text(), "ZNY CCCC dues stay");
}

// telegram.md 4.2, tables: rows below a ruled header, also right below a paragraph; the rule is no heading's.
TEST(body, a_ruled_header_and_its_rows_are_a_table) {
  const std::string three = "Month           CPI       PPI\n-----           ---       ---\nAug             0.3       0.4\n",
                    two = "Name      Vote\n----      ----\nHalvern   for\nQuist     against\n";
  for (const auto& table : {three, two})
    for (const std::string_view gap : {"", "\n"}) {
      const one t(with_body("1. (U) The prices rose.\n" + std::string(gap) + table + "\n2. (U) Done.\nHALVERN\n"));
      ASSERT_EQ(t.all("ab").size(), 1u);
      EXPECT_EQ(t.all("ab")[0].attr("type"), "preformatted");
      EXPECT_EQ(t.all("head").size(), 0u);
      EXPECT_EQ(t.words("p"), (strings{"1. (U) The prices rose.", "2. (U) Done."}));
      EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
    }
}

// telegram.md 4.2, markers: a line of its own begins or ends something, also behind words without a stop.
TEST(body, what_markers_around_a_text_begin_they_end) {
  for (const std::string_view name : {"text", "note", "Non-paper"}) {
    const one t(with_body("1. (U) The statement:\n\nBegin " + std::string(name) +
                          ":\n\nWe hereby agree to go on talking of the dues\n\nEnd " + std::string(name) +
                          ".\n\n2. (U) Done.\nHALVERN\n"));
    EXPECT_FALSE(t.has("telegram.marker.unbalanced")) << name;
    EXPECT_FALSE(t.has("telegram.text.gap")) << name;
    EXPECT_EQ(t.words("p"),
              (strings{"1. (U) The statement:", "Begin " + std::string(name) + ":",
                       "We hereby agree to go on talking of the dues", "End " + std::string(name) + ".", "2. (U) Done."}));
  }
}

// What begins a part of the text goes on with no sentence that has ended, also behind a running header or a seam.
TEST(body, a_marker_behind_a_page_break_begins_a_paragraph) {
  const std::string header = "\n\nQUILMAR 00000123  002 OF 002\n\n";
  for (const std::string_view marker : {"MINIMIZE CONSIDERED.", "Begin text of reftel:"}) {
    const one ended(with_body("1. (C) The dues stay." + header + std::string(marker) + "\nHALVERN\n"));
    EXPECT_EQ(ended.words("p"), (std::vector<std::string>{"1. (C) The dues stay.", std::string(marker)}));
    EXPECT_EQ(canonical(one(render_anew(ended.root()).octets).root()), canonical(ended.root()));
    const one cut(with_body("1. (C) The dues stay with the" + header + std::string(marker) + "\nHALVERN\n"));
    EXPECT_EQ(cut.all("p").size(), 1u);
    EXPECT_EQ(canonical(one(render_anew(cut.root()).octets).root()), canonical(cut.root()));
  }
  const one summary(with_body("1. (C) SUMMARY: The dues stay." + header + "END SUMMARY.\nHALVERN\n"));
  EXPECT_EQ(summary.all("p").size(), 1u) << "what ends a part belongs to it";
  // An edited text may have one where a page ends inside a paragraph.
  document_builder made(sha256);
  builder out(made.sink());
  out.map("document").copy(summary.root()["id"]).copy(summary.root()["kind"]).copy(summary.meta()).list("body").element("p");
  out.text("The dues stay. ").element("pb").attr("n", "2").close().element("fw").attr("type", "header");
  out.text("QUILMAR 00000123 002 OF 002").close().text("Begin text of reftel:").close().close().close();
  const auto edited = made.finish();
  EXPECT_EQ(canonical(one(render_anew(edited.root()).octets).root()), canonical(edited.root()));
}

TEST(body, lines_behind_the_signature) {
  const one t(with_body("1. (C) It stays.\nHALVERN\n\nNNNN\n\n(NOT PASSED TO ABOVE ADDRESSEE)\n"));
  EXPECT_EQ(t.text("signature"), "HALVERN");
  EXPECT_EQ(t.meta()["transmission"]["end"].text(), "NNNN");
  EXPECT_EQ(t.words("trailer"), strings{"(NOT PASSED TO ABOVE ADDRESSEE)"});
}

// A telegram in sections, each with its own transmission.
std::string in_sections(const std::vector<std::pair<std::string, std::string>>& sections) {
  std::string out;
  int n = 0;
  for (const auto& [number, text] : sections) {
    ++n;
    out += "VZCZCXRO" + std::to_string(4416 + n) + "\nOO RUEHC\nDE RUEHZQX #1284/0" + std::to_string(n) +
           " 2901435\nZNY CCCCC ZZH\nO 171435Z OCT 07\nFM AMEMBASSY PORT ALTAIR\nTO RUEHC/SECSTATE WASHDC 6310\nBT\n"
           "C O N F I D E N T I A L SECTION " +
           number + " PORT ALTAIR 001284\n\nSIPDIS\n\nSUBJECT: HARBOR DUES\n\n" + text + "BT\n#1284\nNNNN\n\n";
  }
  return out;
}

TEST(body, sections_are_sorted_by_number) {
  const one t(in_sections({{"02 OF 02", "shipowners meet.\nOLDCASTLE\n"}, {"01 OF 02", "1. (C) She asked that the\n"}}));
  EXPECT_EQ(t.words("p"), strings{"1. (C) She asked that the shipowners meet."});
  EXPECT_EQ(t.text("signature"), "OLDCASTLE");
  EXPECT_EQ(t.meta()["transmission"]["id"].text(), "VZCZCXRO4418");
  EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
}

// The text of the second stands before that of the first.
TEST(body, an_authority_that_goes_on_in_a_section_before_has_a_place) {
  const one t(
      in_sections({{"02 OF 02", "Oldcastle.\nMAREN\n"}, {"01 OF 02", "1. (C) The dues.\n\n2. Classified By: DCM Tamsin\n"}}));
  const node name = t.meta()["classified_by"]["name"];
  EXPECT_EQ(name.text(), "Tamsin Oldcastle");
  std::uint64_t begin = 0, end = 0;
  EXPECT_TRUE(name.source_span(begin, end) && begin < end);
}

// The heading of the section stands among its words, and begins inside of a line of the text.
TEST(body, an_authority_that_goes_on_behind_the_heading_of_a_section_stands_in_the_text) {
  const one t("ZCZC\nDE RUEHQX 0123\n1.ClassifiedBy:1.4CAVZCZCXYZ001\nDE RUEHQX 0123/3\nR");
  EXPECT_EQ(t.text("x_authority_note"), "CA R");
}

TEST(body, a_gap_before_a_section_that_stands_first_in_the_file_has_a_place) {
  // With a heading above its text, and without one.
  for (const auto& octets :
       {in_sections({{"04 OF 04", "shipowners meet.\nOLDCASTLE\n"}, {"02 OF 04", "1. (C) She asked that the\n"}}),
        std::string("PREL HARBOR DUES\n\n1. (C) She asked that the\n\nSECRET FINAL SECTION OF 2 PORT ALTAIR 001284\n\n"
                    "E.O. 1295 6310\n")}) {
    const one t(octets);
    for (const auto& gap : t.all("gap")) {
      std::uint64_t begin = 0, end = 0;
      EXPECT_TRUE(gap.source_span(begin, end)) << octets;
    }
  }
}

TEST(body, of_two_sections_of_one_number_the_longer_is_the_text_and_the_other_is_kept) {
  for (const bool longer_first : {true, false}) {
    std::pair<std::string, std::string> longer{"02 OF 03", "2. (C) The ferries stop and the tugs go on.\n"},
        shorter{"02 OF 03", "2. (C) The ferries.\n"};
    if (!longer_first) std::swap(longer, shorter);
    const one t(
        in_sections({{"01 OF 03", "1. (C) The dues stay.\n"}, longer, shorter, {"03 OF 03", "3. (C) Three.\nOLDCASTLE\n"}}));
    EXPECT_EQ(t.words("p"), (strings{"1. (C) The dues stay.", "2. (C) The ferries stop and the tugs go on.", "3. (C) Three."}));
    EXPECT_EQ(t.words("ab"), strings{"2. (C) The ferries."});
    EXPECT_TRUE(t.has("telegram.section.duplicate"));
    EXPECT_EQ(t.text("signature"), "OLDCASTLE");
    EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
  }
}

TEST(body, the_level_at_the_foot_of_a_section_that_stands_twice_is_furniture_of_its_page) {
  const one t(
      "SECRET SECTION 2 OF 2 ORMUNDE 001284\n\n2. (C) The dues stay as they are.\n\nSECRET SECTION 2 OF 2 ORMUNDE 001284\n\n"
      "OLDCASTLE\nLIMITED OFFICIAL USE\n\nMessage Attributes\n\nFrom: ORMUNDE\n");
  EXPECT_TRUE(t.has("telegram.section.duplicate"));
  EXPECT_EQ(t.words("fw"), strings{"LIMITED OFFICIAL USE"});
  EXPECT_EQ(t.words("ab"), strings{"OLDCASTLE"});
  EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
}

// The heading of the second section is compared with the first, word by word (telegram.md 4.4, 6.4).
struct repeated_case {
  std::string_view what, from, to;  // of the second section: replaced
  std::string_view path, kept;      // where the model keeps it; empty: nothing differs
};
TEST(body, what_a_later_section_says_otherwise_is_kept_and_reported) {
  const std::string second =
      "VZCZCXRO4418\nOO RUEHC\nDE RUEHZQX #1284/02 2901436\nZNY CCCCC ZZH\nO 171435Z OCT 07\nFM AMEMBASSY PORT ALTAIR\n"
      "TO RUEHC/SECSTATE WASHDC IMMEDIATE 6311\nINFO RUEHOQD/AMCONSUL ORMUNDE\nBT\n"
      "C O N F I D E N T I A L SECTION 02 OF 02 PORT ALTAIR 001284\n\nSIPDIS\nNOFORN\n\nDEPT FOR WHA/NI AND EB/TRA\n\nE.O. "
      "12958: DECL: 10/17/2017\n"
      "TAGS: PREL, EWWT,\nETRD\nSUBJECT: HARBOR\nDUES\nREF: A. STATE 12\n     B. STATE 13\nDeclassify on: 10/17/2017\n\n";
  const std::string first =
      "VZCZCXRO4417\nOO RUEHC\nDE RUEHZQX #1284/01 2901435\nZNY CCCCC ZZH\nO 171435Z OCT 07\nFM AMEMBASSY PORT ALTAIR\n"
      "TO RUEHC/SECSTATE WASHDC IMMEDIATE 6310\nINFO RUEHOQD/AMCONSUL ORMUNDE\nBT\n"
      "C O N F I D E N T I A L SECTION 01 OF 02 PORT ALTAIR 001284\n\nSIPDIS\nNOFORN\n\nDEPT FOR WHA/NI AND EB/TRA\n\nE.O. "
      "12958: DECL: 10/17/2017\n"
      "TAGS: PREL EWWT ETRD\nSUBJECT: HARBOR DUES\nREF: A. STATE 12\n     B. STATE 13\nDeclassify on: 10/17/2017\n\n";
  for (const auto& c : std::initializer_list<repeated_case>{
           {"nothing but the continuity number", "", "", "", ""},
           {"a caption less", "NOFORN\n", "", "", ""},
           {"classification in plain letters", "C O N F I D E N T I A L", "CONFIDENTIAL", "", ""},
           {"an addressee", "AMCONSUL ORMUNDE", "AMCONSUL TOVARNA", "x_transmissions[0].info[0].name", "AMCONSUL TOVARNA"},
           {"an addressee more", "INFO RUEHOQD/AMCONSUL ORMUNDE\n", "INFO RUEHOQD/AMCONSUL ORMUNDE\nRUEHTO/AMCONSUL TOVARNA\n",
            "x_transmissions[0].info[1].name", "AMCONSUL TOVARNA"},
           {"a precedence", "IMMEDIATE 6311", "PRIORITY 6311", "x_transmissions[0].to[0].precedence", "PRIORITY"},
           {"the originator", "FM AMEMBASSY PORT ALTAIR", "FM AMCONSUL PORT ALTAIR", "x_transmissions[0].from.name",
            "AMCONSUL PORT ALTAIR"},
           {"signals behind the date", "171435Z OCT 07", "171435Z OCT 07 ZDK", "x_transmissions[0].date_signals[0]", "ZDK"},
           {"a group count", "INFO RUEHOQD", "GR23\nINFO RUEHOQD", "x_transmissions[0].group_count", "GR23"},
           {"the classification", "C O N F I D E N T I A L", "S E C R E T", "x_transmissions[0].classification", "SECRET"},
           {"the count of sections", "02 OF 02", "02 OF 03", "x_transmissions[0].total", "3"},
           {"a second line of one kind", "OO RUEHC\n", "OO RUEHC\nOO RUEHTO\n", "x_transmissions[0].lines[0]", "OO RUEHTO"},
           {"a foreign line", "ZNY CCCCC ZZH\n", "ZNY CCCCC ZZH\nprinted at the post\n", "x_transmissions[0].lines[0]",
            "printed at the post"},
           {"another caption", "NOFORN", "EXDIS", "x_transmissions[0].lines[0]", "EXDIS"},
           {"a caption on the classification line", "T I A L SECTION", "T I A L EXDIS SECTION", "x_transmissions[0].lines[0]",
            "C O N F I D E N T I A L EXDIS SECTION 02 OF 02 PORT ALTAIR 001284"},
           {"an instruction", "DEPT FOR WHA/NI AND EB/TRA", "DEPT FOR WHA/NI AND EB/IFD", "x_transmissions[0].lines[0]",
            "DEPT FOR WHA/NI AND EB/IFD"},
           {"a date of declassification", "DECL: 10/17/2017", "DECL: 10/17/2018", "x_transmissions[0].lines[0]",
            "E.O. 12958: DECL: 10/17/2018"},
           {"a tag", "PREL, EWWT,", "PREL, PGOV,", "x_transmissions[0].lines[0]", "TAGS: PREL, PGOV,"},
           {"words run together", "HARBOR\nDUES", "HARBORDUES", "x_transmissions[0].lines[0]", "SUBJECT: HARBORDUES"},
           {"a reference", "B. STATE 13", "B. STATE 14", "x_transmissions[0].lines[1]", "B. STATE 14"},
           {"a line that the first section does not have", "Declassify on: 10/17/2017", "Declassify on: 10/17/2018",
            "x_transmissions[0].lines[0]", "Declassify on: 10/17/2018"}}) {
    SCOPED_TRACE(c.what);
    auto changed = second;
    if (!c.from.empty()) changed.replace(changed.find(c.from), c.from.size(), c.to);
    const one t(first + "1. (C) She asked that the\nBT\n#1284\nNNNN\n\n" + changed +
                "shipowners meet.\nOLDCASTLE\nBT\n#1284\nNNNN\n");
    EXPECT_EQ(t.words("p"), strings{"1. (C) She asked that the shipowners meet."});
    const bool is_reported = t.has("telegram.conflict.heading") || t.has("telegram.line.unknown");
    EXPECT_EQ(is_reported, !c.kept.empty());
    if (!c.kept.empty()) {
      EXPECT_EQ(at_path(t.meta(), c.path).text(), c.kept);
    }
    EXPECT_EQ(canonical(one(render_anew(t.root(), {{"dialect", "acp127"}}).octets).root()), canonical(t.root()));
  }
}

TEST(body, missing_sections_leave_a_gap) {
  for (const auto& e : {std::pair{"02", "04"}, {"01", "02"}, {"01", "03"}}) {
    SCOPED_TRACE(e.first);
    const one t(in_sections({{std::string(e.first) + " OF 04", "1. (C) The dues stay.\n"},
                             {std::string(e.second) + " OF 04", "2. (C) Two.\nOLDCASTLE\n"}}));
    const auto gaps = t.all("gap");
    ASSERT_EQ(gaps.size(), std::string(e.first) == "02" || std::string(e.second) == "03" ? 2u : 1u);
    EXPECT_TRUE(t.has("telegram.section.missing"));
    EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
  }
}

TEST(body, a_record_with_a_doubled_header_is_one_opaque_block) {
  for (const std::string_view text :
       {"Message Text\n\n1. ONE.\n\nMessage Text\n\n2. TWO.\n\nMessage Attributes\n\nType: TE\n",
        "Message Text\n\n1. ONE.\n\nMessage Attributes\n\nType: TE\n\nMessage Attributes\n\nType: TE\n"}) {
    const one t(text);
    ASSERT_EQ(t.all("ab").size(), 1u);
    EXPECT_EQ(plain_text(t.all("ab")[0]) + "\n", text);
    EXPECT_TRUE(t.has("telegram.doc.doubled"));
    EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
  }
}

TEST(body, marks_are_found_wherever_they_stand_in_a_text) {
  for (std::size_t before = 0; before < 40; ++before)
    for (std::size_t behind = 0; behind < 40; ++behind) {
      const one t(with_body("1. (C) " + std::string(before, 'x') + " ref A" + std::string(behind, 'e') + "\n"));
      EXPECT_EQ(t.all("ref").size(), behind == 0 ? 1u : 0u) << before << " before, " << behind << " behind";
      if (behind > 2) {
        const one garbled(with_body("1. (C) " + std::string(before, 'r') + " (garble)" + std::string(behind, '(') + "\n"));
        EXPECT_EQ(garbled.all("unclear").size(), 1u) << before << " before, " << behind << " behind";
      }
    }
}

TEST(body, values_and_texts_know_their_octets) {
  const auto octets = with_body("1. (C) See ref A,  \r\nand (garble) there.\n");
  const one t(octets);
  const auto place = [&](node n) {
    std::uint64_t begin = 0, end = 0;
    EXPECT_TRUE(n.source_span(begin, end));
    return octets.substr(begin, end - begin);
  };
  EXPECT_EQ(place(t.all("ref")[0]), "ref A");
  EXPECT_EQ(place(t.all("unclear")[0]), "(garble)");
  EXPECT_EQ(place(t.all("label")[0]), "1. ");
  EXPECT_EQ(place(t.all("seg")[0].first_child()), "(C) ");
  EXPECT_EQ(place(t.meta()["subject"]), "HARBOR DUES");
}

// What stands in front of a line as an escape is text where nothing stands behind it, in either charset.
TEST(body, a_no_break_space_alone_on_a_line_is_text) {
  for (const std::string_view space : {"\xC2\xA0", "\xA0"})
    for (const std::string_view text : {"1. (C) One.\n%\n", "1. (C) One.\n\n%\n\n2. (C) Two.\n", "1. (C) One\n%\ntwo.\n",
                                        "1. (C) One.\n\n%\n-----\n\n2. (C) Two.\n"}) {
      std::string body(text);
      body.replace(body.find('%'), 1, space);
      const one t(with_body(body));
      EXPECT_NE(plain_text(t.root()["body"]).find("\xC2\xA0"), npos) << body;
    }
}

// A tag that ends a line inside of it: both lines have the place of the whole, and neither was cut off the other.
TEST(body, lines_that_a_tag_ends_are_kept_as_they_stand_where_the_text_is_lost) {
  const std::string heading = "SECRET ECTION 2 OF 4 PORTALTAIR 1284\n";
  const one t(heading + heading + "C<p>A");
  EXPECT_EQ(t.root()["source"]["octets"].text(), heading + heading + "C<p>A");
}

// A blank that does not break is in front of a line as it stands, and a byte order mark in front of another is none of it.
TEST(body, blanks_that_do_not_break_stay_in_what_is_kept_as_it_stands) {
  const one t("\xC2\xA0\n\xEF\xBB\xBFQ");
  EXPECT_EQ(plain_text(t.all("ab").front()), "\xC2\xA0\nQ");
}

// Beside a line whose blank that does not break is an escape.
TEST(body, a_byte_order_mark_behind_a_blank_is_text) {
  const one t("PAGE 1    P1520Z\nH\n\xC2\xA0W\n \xEF\xBB\xBF");
  EXPECT_EQ(plain_text(t.all("p").front()), "H\nW\n\xEF\xBB\xBF");
}

// What is in front of the stamp is a label no longer, or another: the words behind it were the stamp's.
TEST(body, a_stamp_glued_to_what_looks_like_a_misprinted_label_is_cut_off_before_the_label_is_read) {
  const std::string stamp = "Declassified/Released US Department of State EO Systematic Review";
  for (const std::string_view front : {"UBJ. Le", "UBJ. ", "SUBJECT: Port dues ", "TGS: EWWT "}) {
    const std::string octets = std::string(front) + stamp;
    const one t(octets);
    EXPECT_EQ(t.root()["source"]["octets"].text(), octets);
    EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root())) << front;
  }
}

TEST(body, a_stamp_of_review_without_its_date_is_one_too) {
  const std::string stamp = "Tamsin R. Ledger Declassified/Released US Department of State EO Systematic Review";
  for (const std::string_view behind : {"", "body\n", " and the date\n"}) {  // alone on its line, and with words glued to it
    const one t(with_body("1. (C) One\n" + stamp + std::string(behind) + "\ntwo.\n"));
    strings stamps;
    for (const node f : t.all("fw")) stamps.push_back(std::string(f.attr("type")) + " " + plain_text(f));
    EXPECT_EQ(stamps, (strings{"review " + stamp})) << behind;
  }
}

TEST(body, one_blank_in_front_makes_text_of_what_would_begin_something) {
  const one t(with_body("1. (C) One.\n\n NNNN was the last word.\n\n 99. is a number.\n\n2. (C) Two.\n"));
  EXPECT_EQ(t.numbers(), (strings{"1", "", "", "2"}));
  EXPECT_EQ(t.words("p")[2], "99. is a number.");
  EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
}

// The link of a label with nothing behind it: an item without words, which stands where its label does.
TEST(body, an_item_without_words_has_the_place_of_its_label) {
  const std::string octets = with_body("1. (C) He named:\n\n[B](#).\n");
  const one t(octets);
  ASSERT_EQ(t.all("item").size(), 1u);
  EXPECT_TRUE(t.words("item")[0].empty());
  std::uint64_t begin = 0, end = 0;
  ASSERT_TRUE(t.all("item")[0].source_span(begin, end));
  EXPECT_EQ(octets.substr(begin, end - begin), "B");
}

std::string section_of_two(std::string_view number, std::string_view text) {
  return "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/" + std::string(number) +
         " 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO RUEHC/SECSTATE WASHDC 0092\n\n"
         "C O N F I D E N T I A L SECTION " +
         std::string(number) + " OF 02 QUILMAR 000123\n\n" + std::string(text);
}

// The words before a heading that is glued to them are the end of their own section.
TEST(body, words_before_a_glued_section_end_the_section_before) {
  const one t(section_of_two("01", "SUBJECT: HARBOR DUES\n\n1. (C) The dues stay, as the minister\nsaid when he") +
              section_of_two("02", "left for the harbor.\nHALVERN\n"));
  EXPECT_EQ(t.words("p"), strings{"1. (C) The dues stay, as the minister said when he left for the harbor."});
  EXPECT_FALSE(t.has("telegram.line.unknown"));
}

// A running header that is glued into a line, in a section that stands twice and is kept as it is.
TEST(body, a_line_that_was_cut_is_whole_again_in_what_is_kept_as_it_stands) {
  const one t(section_of_two("01", "SUBJECT: HARBOR DUES\n\n1. (C) The dues stay.\n") +
              section_of_two("02", "2. (C) The longer one of two copies of a text.\n") +
              section_of_two("02", "2. (C) The duesQUILMAR 00000123  002 OF 002  stay.\n"));
  EXPECT_EQ(t.words("ab"), strings{"2. (C) The duesQUILMAR 00000123 002 OF 002 stay."});
}

}  // namespace
}  // namespace dragoman::telegram::test
