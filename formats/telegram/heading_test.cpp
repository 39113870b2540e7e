// Heading and labelled lines (telegram.md 2, 5.2 to 5.6).
#include "test_support.hpp"

namespace dragoman::telegram::test {
namespace {

using strings = std::vector<std::string>;

std::string with_date_line(std::string_view line) {
  return "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\n" + std::string(line) +
         "\nFM AMEMBASSY QUILMAR\nTO RUEHC/SECSTATE WASHDC 0092\n\nC O N F I D E N T I A L QUILMAR 000123\n\nSUBJECT: X\n\n1. "
         "(C) Y.\nHALVERN\n";
}

TEST(heading, date_time_group) {
  struct example {
    std::string_view line, date, printed;
    bool repaired;
  };
  for (const auto& e : {example{"R 240604Z APR 08", "2008-04-24T06:04:00Z", "240604Z APR 08", false},
                        {"O P 171435Z OCT 07", "2007-10-17T14:35:00Z", "171435Z OCT 07", false},
                        {"R 171435Z Oct 2007", "2007-10-17T14:35:00Z", "171435Z Oct 2007", false},
                        {"R 171435ZOCT07", "2007-10-17T14:35:00Z", "171435ZOCT07", false},
                        {"R 171435 Z OCT 7 5", "1975-10-17T14:35:00Z", "171435 Z OCT 7 5", true},
                        {"R 1714O5Z OCT 75", "1975-10-17T14:05:00Z", "1714O5Z OCT 75", true},
                        {"R 171435 OCT 75", "1975-10-17T14:35:00Z", "171435 OCT 75", true},
                        {"R 010030A JAN 75", "1974-12-31T23:30:00Z", "010030A JAN 75", false},
                        {"R 171435J JAN 75", "1975-01-17T14:35:00", "171435J JAN 75", false},  // local time of an unknown place
                        {"R 171435Z OCTOBER 75", "1975-10-17T14:35:00Z", "171435Z OCTOBER 75", true},
                        {"R 171435Z OCT. 75", "1975-10-17T14:35:00Z", "171435Z OCT. 75", true},
                        {"R 311435Z APR 75", "", "311435Z APR 75", false}}) {
    SCOPED_TRACE(e.line);
    const one t(with_date_line(e.line));
    EXPECT_EQ(t.text("date"), e.date);
    EXPECT_EQ(t.text("date_text"), e.printed);
    EXPECT_EQ(t.has("telegram.dtg.repaired"), e.repaired);
    EXPECT_EQ(t.has("telegram.dtg.invalid"), e.date.empty());
  }
  const one t(with_date_line("R 171435Z OCT 07 ZDK CTG RUEHLQH #9"));
  EXPECT_EQ(t.text("date"), "2007-10-17T14:35:00Z");
  EXPECT_EQ(t.texts("x_signals"), strings{"ZDK CTG RUEHLQH #9"});
}

TEST(heading, precedence_of_the_two_lines_is_compared) {
  EXPECT_FALSE(one(with_date_line("R 171435Z OCT 07")).has("telegram.conflict.precedence"));
  const one t(with_date_line("O 171435Z OCT 07"));
  EXPECT_TRUE(t.has("telegram.conflict.precedence"));
  EXPECT_EQ(t.text("precedence"), "IMMEDIATE");
}

TEST(heading, addressees) {
  const one t(
      "VZCZCXYZ0001\nRR RUEHC RUEHDX\nRUEHQX RUEHLV\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY "
      "QUILMAR\n"
      "TO RUEHC/SECSTATE WASHDC NIACT IMMEDIATE 0092\nSECDEF WASHDC//ISA/NESA// PIORITY\n\nRUEHOQD AMCONSUL ORMUNDE\nINFO "
      "RUEHLV\n"
      "RUCNQXC/NORTHERN ISLES COLLECTIVE XMT LINDHAVEN\n\nC O N F I D E N T I A L QUILMAR 000123\n\nSUBJECT: X\n\n1. (C) Y.\n");
  EXPECT_EQ(t.parties("to"), (strings{"RUEHC|SECSTATE WASHDC|NIACT IMMEDIATE|0092", "|SECDEF WASHDC|PRIORITY||ISA/NESA",
                                      "RUEHOQD|AMCONSUL ORMUNDE||"}));
  EXPECT_EQ(t.parties("info"), (strings{"RUEHLV|||", "RUCNQXC|NORTHERN ISLES COLLECTIVE||"}));
  EXPECT_EQ(t.parties("exempt"), strings{"|LINDHAVEN||"});
  EXPECT_TRUE(t.has("telegram.prec.repaired"));
  EXPECT_EQ(t.meta()["transmission"]["routing"].text(), "RR RUEHC RUEHDX RUEHQX RUEHLV");
}

TEST(heading, a_classification_line_glued_to_an_addressee) {
  const one t(
      "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\n"
      "TO SECSTATE WASHDC 6310C O N F I D E N T I A L QUILMAR 123\n\nSUBJECT: X\n\n1. (C) Y.\n");
  EXPECT_EQ(t.parties("to"), strings{"|SECSTATE WASHDC||6310"});
  EXPECT_EQ(t.text("classification"), "CONFIDENTIAL");
  EXPECT_EQ(t.root()["id"].text(), "09QUILMAR123");
  EXPECT_TRUE(t.has("telegram.label.glued"));
}

TEST(heading, classification_line) {
  struct example {
    std::string_view line, level, id;
    bool repaired;
  };
  const std::string before =
      "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #1284/01 3431430\nR 091430Z DEC 09\nFM AMEMBASSY PORT ALTAIR\nTO SECSTATE WASHDC\n\n";
  for (const auto& e : {example{"C O N F I D E N T I A L PORT ALTAIR 001284", "CONFIDENTIAL", "09PORTALTAIR1284", false},
                        {"SECRET PORT ALTAIR 1284", "SECRET", "09PORTALTAIR1284", false},
                        {"SS E C R E T PORT ALTAIR 1284", "SECRET", "09PORTALTAIR1284", true},
                        {"CC O N F I D E N T I A L PORT ALTAIR 1284", "CONFIDENTIAL", "09PORTALTAIR1284", true},
                        {"C ONFIDENTIAL PORT ALTAIR 1284", "CONFIDENTIAL", "09PORTALTAIR1284", true},
                        {"UUNCLAS PORT ALTAIR 1284", "UNCLASSIFIED", "09PORTALTAIR1284", true},
                        {"S e c r e t port altair 001284", "SECRET", "09PORTALTAIR1284", false},
                        {"LIMITED OFFICIAL USE PORT ALTAIR 1284", "LIMITED OFFICIAL USE", "09PORTALTAIR1284", false},
                        {"T O P  S E C R E T PORT ALTAIR 1284", "TOP SECRET", "09PORTALTAIR1284", false},
                        {"UNCLAS PORT ALTAIR 001284", "UNCLASSIFIED", "09PORTALTAIR1284", false}}) {
    SCOPED_TRACE(e.line);
    const one t(before + std::string(e.line) + "\n\nSUBJECT: X\n\n1. Y.\n");
    EXPECT_EQ(t.text("classification"), e.level);
    EXPECT_EQ(t.root()["id"].text(), e.id);
    EXPECT_EQ(t.has("telegram.class.repaired"), e.repaired);
  }
  const one without(before + "SECRET\n\nSUBJECT: X\n\n1. Y.\n");
  EXPECT_EQ(without.text("classification"), "SECRET");
  EXPECT_EQ(without.root()["id"].text(), "09PORTALTAIR1284");
  EXPECT_TRUE(without.has("telegram.id.inferred"));
}

// Captions stand on it before the number or behind (telegram.md 5.3 no. 35).
TEST(heading, captions_of_the_classification_line) {
  for (const std::string_view line :
       {"C O N F I D E N T I A L QUILMAR 000123 NODIS SIPDIS", "CONFIDENTIAL NODIS QUILMAR 123 SIPDIS",
        "CONFIDENTIAL NODIS SIPDIS QUILMAR 123", "CONFIDENTIAL//NODIS QUILMAR 123 / SIPDIS"}) {
    SCOPED_TRACE(line);
    const one t("R 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO SECSTATE WASHDC\n" + std::string(line) +
                "\n\nSUBJECT: X\n\n1. (C) Y.\n");
    EXPECT_EQ(t.text("classification"), "CONFIDENTIAL");
    EXPECT_EQ(t.root()["id"].text(), "09QUILMAR123");
    EXPECT_EQ(t.texts("captions"), (strings{"NODIS", "SIPDIS"}));
    EXPECT_EQ(t.parties("to").size(), 1u);
    EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
  }
}

// A classification line with words that nobody knows is no addressee, though it ends in a number.
TEST(heading, a_line_that_begins_with_a_level_is_no_addressee) {
  for (const std::string_view line : {"CONFIDENTIAL SECTION ONE OF TWO QUILMAR 123", "UNCLASSIFIED//WORDS QUILMAR 000123"}) {
    const one t("R 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO SECSTATE WASHDC\n" + std::string(line) +
                "\n\nSUBJECT: X\n\n1. (C) Y.\n");
    EXPECT_EQ(t.parties("to"), strings{"|SECSTATE WASHDC||"});
    EXPECT_EQ(t.meta()["lines"].first_child()["text"].text(), line);
    EXPECT_TRUE(t.has("telegram.line.unknown"));
  }
}

// What a line FM says counts, also where it is a routing indicator alone; the form of a post says it else (telegram.md 5.2 no. 15).
TEST(heading, an_originator_without_a_name_is_kept_below_a_form) {
  const one t(
      "TELEGRAM                                     June 3, 2007\nFrom:     AMEMBASSY PORT ALTAIR (PORTALTAIR1284 - UNKNOWN)\n"
      "Captions: SIPDIS\nR 030930Z JUN 07\nFM RUEHZQX\n\nUNCLAS\n\n1. The dues stay.\n");
  EXPECT_EQ(t.meta()["from"]["route"].text(), "RUEHZQX");
}

TEST(heading, a_colon_behind_the_word_of_a_format_line_is_no_part_of_the_name) {
  const one t(
      "R 091430Z DEC 09\nFM: AMEMBASSY QUILMAR\nTO: SECSTATE WASHDC\nINFO: RUEHOQD/AMCONSUL ORMUNDE\n\nSECRET QUILMAR "
      "123\n\nSUBJECT: X\n");
  EXPECT_EQ(t.meta()["from"]["name"].text(), "AMEMBASSY QUILMAR");
  EXPECT_EQ(t.parties("to"), strings{"|SECSTATE WASHDC||"});
  EXPECT_EQ(t.parties("info"), strings{"RUEHOQD|AMCONSUL ORMUNDE||"});
}

TEST(heading, captions_instructions_corrections_and_unknown_lines) {
  const one t(with_opening(
      "C O R R E C T E D  C O P Y (ADDED TAG)\n\nSIPDIS\nNOFORN//EXDIS\nSECRET//NOFORN\n\nOSD PLEASE\nPASS TO DASD HOLLOWMAN\n\n"
      "what is this line?\n\nE.O. 12958: N/A\nSUBJECT: X\n"));
  EXPECT_EQ(t.texts("captions"), (strings{"SIPDIS", "NOFORN", "EXDIS", "SECRET//NOFORN"}));
  EXPECT_EQ(t.texts("passing"), strings{"OSD PLEASE PASS TO DASD HOLLOWMAN"});
  EXPECT_EQ(t.texts("corrections"), strings{"C O R R E C T E D  C O P Y (ADDED TAG)"});
  const node line = t.meta()["lines"].first_child();
  EXPECT_EQ(line["text"].text(), "what is this line?");
  EXPECT_EQ(line["n"].text(), "15") << "seven format lines, classification, correction, four captions, instruction";
  EXPECT_TRUE(t.has("telegram.line.unknown"));
  const auto written = render_anew(t.root());
  EXPECT_TRUE(written.diagnostics.empty());
  EXPECT_EQ(canonical(one(written.octets).root()), canonical(t.root())) << "also the number of the unknown line";
}

TEST(heading, remains_of_publication) {
  const one t("null\nThursday, 18 October 2007, 06:39\n\n" + with_body("1. (C) The dues stay.\n"));
  EXPECT_EQ(t.root()["id"].text(), "09QUILMAR123");
  EXPECT_EQ(t.texts("x_preamble"), (strings{"null", "Thursday, 18 October 2007, 06:39"}));
  EXPECT_TRUE(t.diagnostics().empty());
}

TEST(heading, executive_order) {
  struct example {
    std::string_view line, order, date;
  };
  for (const auto& e : {example{"E.O. 12958: DECL: 10/17/2017", "E.O. 12958", "2017-10-17"},
                        {"EO 12958 DECL: 6/3/08", "E.O. 12958", "2008-06-03"},
                        {"E. O. 11652: GDS", "E.O. 11652", ""},
                        {"E.O. 12598: DECL: 2019-02-12", "E.O. 12958", "2019-02-12"},
                        {"E.O. 13526: DECL: 2034/01/09", "E.O. 13526", "2034-01-09"},
                        {"E.O. 12958: DECL: END OF THE HARBOR TALKS", "E.O. 12958", ""},
                        {"EO12958: N/A", "E.O. 12958", ""}}) {
    SCOPED_TRACE(e.line);
    const one t(with_opening(std::string(e.line) + "\nSUBJECT: X\n"));
    EXPECT_EQ(t.meta()["declassify"]["text"].text(), e.line);
    EXPECT_EQ(t.meta()["declassify"]["order"].text(), e.order);
    EXPECT_EQ(t.meta()["declassify"]["date"].text(), e.date);
    EXPECT_EQ(t.has("telegram.eo.repaired"), e.line.find("12598") != npos);
  }
}

// Misprints that are known say the order also where no date does (telegram.md 2.6, 5.3 no. 40).
TEST(heading, a_misprinted_order_of_a_telegram_without_a_date) {
  for (const auto& [printed, meant] : {std::pair{"12598", "E.O. 12958"},
                                       {"19523", "E.O. 12958"},
                                       {"19528", "E.O. 12958"},
                                       {"16652", "E.O. 11652"},
                                       {"11653", "E.O. 11652"}}) {
    const one t("UNCLAS ORMUNDE 002708\n\nE.O. " + std::string(printed) + ": N/A\nTAGS: PREL\nSUBJECT: X\n\n1. The dues stay.\n");
    EXPECT_EQ(t.meta()["declassify"]["order"].text(), meant);
    EXPECT_TRUE(t.has("telegram.eo.repaired"));
  }
}

TEST(heading, tags) {
  struct example {
    std::string_view lines;
    strings tags;
  };
  for (const auto& e : {example{"TAGS: PREL, PGOV,\nETRD", {"PREL", "PGOV", "ETRD"}},
                        {"TAGS: PREL PGOV\nETRD", {"PREL", "PGOV", "ETRD"}},
                        {"TAGS PREL QX", {"PREL", "QX"}},
                        {"TABS: PREL, QX", {"PREL", "QX"}},
                        {"Tags: prel, qx", {"PREL", "QX"}},
                        {"TAGS: [PREL](#) [QX](#)", {"PREL", "QX"}},
                        {"TAGS: [PREL](77) [QX](#)", {"PREL", "77", "QX"}},
                        {"TAGS: PREL, DUES IN PORT ALTAIR, QX", {"PREL", "DUES IN PORT ALTAIR", "QX"}},
                        {"TAGS: COUNTRY CLEARANCE", {"COUNTRY CLEARANCE"}},
                        {"TAGS: OVIP (QUILL, TAMSIN), QX", {"OVIP", "QUILL, TAMSIN", "QX"}},
                        {"TAGS: OVIP QX QW", {"OVIP", "QX", "QW"}},
                        {"TABS: PREL, QX (OLDCASTLE, MAREN)", {"PREL", "QX", "OLDCASTLE, MAREN"}}}) {
    SCOPED_TRACE(e.lines);
    const one t(with_opening("E.O. 12958: N/A\n" + std::string(e.lines) + "\nSUBJECT: X\n"));
    EXPECT_EQ(t.texts("tags"), e.tags);
    EXPECT_EQ(t.text("subject"), "X");
    const auto written = render_anew(t.root());
    EXPECT_EQ(one(written.octets).texts("tags"), e.tags);
  }
  const one t(with_opening("E.O. 12958: N/A TAGS: PREL\nSUBJECT: X\n"));
  EXPECT_EQ(t.texts("tags"), strings{"PREL"});
  EXPECT_EQ(t.meta()["declassify"]["text"].text(), "E.O. 12958: N/A");
}

TEST(heading, subject) {
  struct example {
    std::string_view lines, subject;
  };
  for (const auto& e : {example{"SUBJ: HARBOR DUES", "HARBOR DUES"},
                        {"SUBJECT - HARBOR DUES", "HARBOR DUES"},
                        {"UBJECT: HARBOR DUES", "HARBOR DUES"},
                        {"SUBJECT: HARBOR\nDUES AND OIL-\nRIGS", "HARBOR DUES AND OIL-RIGS"},
                        {"SUBJECT: (C/NF) HARBOR DUES", "(C/NF) HARBOR DUES"},
                        {"SUBJECT: QUILL&#8217;S R&amp;D", "QUILL\xE2\x80\x99S R&D"}}) {
    SCOPED_TRACE(e.lines);
    EXPECT_EQ(one(with_opening(std::string(e.lines) + "\n")).text("subject"), e.subject);
  }
  const one glued(with_opening("SUBJECT: HARBOR DUESREF: A. STATE 12\n"));
  EXPECT_EQ(glued.text("subject"), "HARBOR DUES");
  EXPECT_EQ(glued.refs(), strings{"A|STATE 12|09STATE12"});
  EXPECT_TRUE(glued.has("telegram.label.glued"));
  const one missing(with_opening("TAGS: PREL\n"));
  EXPECT_FALSE(missing.meta()["subject"]);
  EXPECT_TRUE(missing.has("telegram.subject.missing"));
}

TEST(heading, references) {
  struct example {
    std::string_view lines;
    strings refs;
  };
  for (const auto& e :
       {example{"REF: QUILMAR 37", {"|QUILMAR 37|09QUILMAR37"}},
        {"REF: QUILMAR 371", {"|QUILMAR 371|08QUILMAR371"}},  // its own number is 123
        {"REF: (A) PORT ALTAIR 871; (B) STATE 151022 (NOTAL)",
         {"A|PORT ALTAIR 871|09PORTALTAIR871", "B|STATE 151022 (NOTAL)|09STATE151022"}},
        {"REF: ORMUNDE 12, 13 AND 14", {"|ORMUNDE 12|09ORMUNDE12", "|13|09ORMUNDE13", "|14|09ORMUNDE14"}},
        {"REF: A. 07 STATE 12\n     B. STATE 13 (07)\n     C. 07STATE14\n     D. STATE 15-07",
         {"A|07 STATE 12|07STATE12", "B|STATE 13 (07)|07STATE13", "C|07STATE14|07STATE14", "D|STATE 15-07|07STATE15"}},
        {"REFS: A. O4 PORT ALTAIR 00012", {"A|O4 PORT ALTAIR 00012|04PORTALTAIR12"}},
        {"REF: A. PORT\nALTAIR 12\n     B. STATE 9", {"A|PORT ALTAIR 12|09PORTALTAIR12", "B|STATE 9|09STATE9"}},
        {"REF: A. ORMUNDE 12     D. STATE 9", {"A|ORMUNDE 12|09ORMUNDE12", "D|STATE 9|09STATE9"}},
        {"REF: A. STATE 1\n\n[B](#). STATE 2\n\n1C. STATE 3", {"A|STATE 1|09STATE1", "B|STATE 2|09STATE2", "C|STATE 3|09STATE3"}},
        {"REF: [B](quay.html).", {"B|(quay.html).|"}},  // a link that leads somewhere: nothing of it is left out
        {"REF: [B](0B](#).", {"B|(0B](#).|"}},
        {"REF: A. QUILL-HOLLOWMAN EMAIL OF 10/16\n     B. 9 FAM 41.3", {"A|QUILL-HOLLOWMAN EMAIL OF 10/16|", "B|9 FAM 41.3|"}},
        {"REF: 412 ORMUNDE", {"|412 ORMUNDE|09ORMUNDE412"}},
        {"REF: STATE 12 OF 10/16/2009", {"|STATE 12 OF 10/16/2009|09STATE12"}},
        {"REF: NONE", {}}}) {
    SCOPED_TRACE(e.lines);
    const one t(with_opening("SUBJECT: X\n\n" + std::string(e.lines) + "\n"));
    EXPECT_EQ(t.refs(), e.refs);
    EXPECT_EQ(t.numbers(), strings{"1"});
    EXPECT_EQ(one(render_anew(t.root()).octets).refs(), e.refs);
  }
  EXPECT_TRUE(one(with_opening("SUBJECT: X\n\nREF: 412 ORMUNDE\n")).has("telegram.ref.swapped"));
}

TEST(heading, classification_authority) {
  struct example {
    std::string_view lines, title, name, reason;
  };
  for (const auto& e :
       {example{"Classified By: DCM Maren Oldcastle, reasons 1.4 (b) and (d).", "DCM", "Maren Oldcastle", "1.4 (b) and (d)"},
        {"CLASSIFIED BY: Deputy Chief of Mission Tamsin Quill, for\nreasons 1.4 (d).", "Deputy Chief of Mission", "Tamsin Quill",
         "1.4 (d)"},
        {"Classified By: Maren E. Quill, Ambassador. Reason: 1.4 (b/d)", "Ambassador", "Maren E. Quill", "1.4 (b/d)"},
        {"Classified By: Charge d'Affaires Orlo Mear for reasons 1.5 B,D", "Charge d'Affaires", "Orlo Mear", "1.5 B,D"},
        {"Classified By: Petra Ledger, reasons under Section 1.4 (b) and (d).", "", "Petra Ledger",
         "under Section 1.4 (b) and (d)"},
        {"Classified By: DCM Maren Oldcastle, reason: E.O. 12958 1.4 (b)", "DCM", "Maren Oldcastle", "E.O. 12958 1.4 (b)"},
        {"Classified By: Petra Ledger", "", "Petra Ledger", ""},
        {"Classified By: DCM Orlo Mear, for reaso-\nns 1.4 (b).", "DCM", "Orlo Mear", "1.4 (b)"},
        {"Classified By: DCM Orlo Mear, reaso-ns 1.4 (b)", "DCM", "Orlo Mear", "1.4 (b)"},
        {"Classified By: DCM Orlo Mear, for reasons 1.4 (b", "DCM", "Orlo Mear", "1.4 (b"}}) {
    SCOPED_TRACE(e.lines);
    const one t(with_opening("SUBJECT: X\n\n" + std::string(e.lines) + "\n"));
    const node a = t.meta()["classified_by"];
    EXPECT_EQ(a["title"].text(), e.title);
    EXPECT_EQ(a["name"].text(), e.name);
    EXPECT_EQ(a["reason"].text(), e.reason);
    EXPECT_EQ(canonical(one(render_anew(t.root()).octets).root()), canonical(t.root()));
  }
}

// The first section by its number stands second, and has another level; the one in front has lost an octet of its own.
TEST(heading, a_level_of_a_later_section_is_told_also_where_its_line_had_to_be_decoded) {
  const one t("LIMITED OFFICIAL \x01SE\nCONFIDENTIAL SECTION 4 OF 2 STATE 270001\nCONFIDENTIAL SECTION 2 OF 2 STATE 270001");
  strings levels;
  for (const node further : t.meta()["x_transmissions"]) levels.emplace_back(further["classification"].text());
  EXPECT_EQ(levels, strings{"LIMITED OFFICIAL USE"});
}

// The classification lines of both sections are damaged, each in its own way.
TEST(heading, a_damaged_classification_line_of_a_later_section_says_the_number_of_the_first) {
  const one t(
      "CONFIDENTIAL S\x05"
      "CTION 2 OF 2 STATE 270001\nCONFIDENTIAL SECT+ON 1 OF 2 STATE 270001");
  EXPECT_EQ(t.text("x_number"), "STATE 270001");
  EXPECT_EQ(t.text("classification"), "CONFIDENTIAL");
}

// A labelled line that says again what another said is of the heading also where it is the last of it.
TEST(heading, a_label_that_stands_twice_at_the_end_is_written_so_that_it_is_one_again) {
  for (const std::string_view twice : {"E.O. 12958: N/A", "Classified By: Petra Ledger, Reasons:"}) {
    const one t(
        with_opening("E.O. 12958: DECL: 12/09/2019\nTAGS: PREL\nSUBJECT: X\n\nREF: STATE 1\n\nClassified By: DCM Orlo Mear.\n\n" +
                     std::string(twice) + "\n\nThe dues.\n"));
    ASSERT_EQ(t.meta()["lines"].first_child()["text"].text(), twice);
    const auto written = render_anew(t.root());
    EXPECT_TRUE(written.diagnostics.empty()) << written.octets;
    EXPECT_EQ(canonical(one(written.octets).root()), canonical(t.root()));
  }
}

TEST(heading, words_before_the_number_of_a_reason_are_kept_beside_what_is_meant) {
  const one t(with_opening("SUBJECT: X\n\nClassified By: Petra Ledger, reasons under Section 1.4 (b) and (d).\n"));
  EXPECT_EQ(t.texts("x_reasons"), (strings{"1.4(b)", "1.4(d)"}));
  EXPECT_TRUE(t.has("telegram.reason.repaired"));
}

TEST(heading, what_a_later_section_says_otherwise_is_kept_and_told) {
  const one t(R"(VZCZCXRO4417
OO RUEHC
DE RUEHZQX #1284/01 2901435
ZNY CCCCC ZZH
O 171435Z OCT 07
FM AMEMBASSY PORT ALTAIR
TO RUEHC/SECSTATE WASHDC IMMEDIATE 6310
BT
C O N F I D E N T I A L SECTION 01 OF 02 PORT ALTAIR 001284

SIPDIS

E.O. 12958: DECL: 10/17/2017
TAGS: EWWT, XL
SUBJECT: HARBOR DUES

1. (C) The dues stay while the
BT
#1284
NNNN

VZCZCXRO4417
OO RUEHC
DE RUEHZQX #1284/02 2901435
ZNY CCCCC ZZH
O 171435Z OCT 07
FM AMEMBASSY PORT ALTAIR
TO RUEHC/SECSTATE WASHDC IMMEDIATE 6310
BT
C O N F I D E N T I A L SECTION 02 OF 02 PORT ALTAIR 001284

SIPDIS

E.O. 12958: DECL: 10/17/2017
TAGS: EWWT, MARR
SUBJECT: ICE ON THE STRAIT

ice is there.
OLDCASTLE
BT
#1284
NNNN
)");
  EXPECT_EQ(t.text("subject"), "HARBOR DUES");
  EXPECT_EQ(t.texts("tags"), (std::vector<std::string>{"EWWT", "XL"}));
  std::vector<std::string> kept;
  for (const node line : at_path(t.meta(), "x_transmissions[0].lines")) kept.emplace_back(line.text());
  EXPECT_EQ(kept, (std::vector<std::string>{"TAGS: EWWT, MARR", "SUBJECT: ICE ON THE STRAIT"}));
  EXPECT_TRUE(t.has("telegram.conflict.heading"));
}

// A station that is named by its routing indicator alone is said, too: a second line FM does not take its place in silence.
TEST(heading, of_two_originators_the_first_counts) {
  for (const std::string_view first : {"FM RUEHQX", "FM AMEMBASSY ORMUNDE"}) {
    const one t(with_date_line("R 091430Z DEC 09\n" + std::string(first)));
    EXPECT_EQ(at_path(t.meta(), first == "FM RUEHQX" ? "from.route" : "from.name").text(), first.substr(3));
    EXPECT_EQ(at_path(t.meta(), "lines[0].text").text(), "FM AMEMBASSY QUILMAR");
    EXPECT_TRUE(t.has("telegram.line.unknown"));
  }
}

// The link of a label was flattened, and the label stands behind it once more.
TEST(heading, a_label_that_stands_twice_has_the_place_of_both) {
  for (const std::string_view printed : {"1B. B. STATE 12", "B. B) STATE 12"}) {
    const auto octets = with_opening("SUBJECT: HARBOR DUES\n\nREF: A. ORMUNDE 88\n" + std::string(printed) + "\n");
    const one t(octets);
    EXPECT_EQ(t.refs(), (strings{"A|ORMUNDE 88|09ORMUNDE88", "B|STATE 12|09STATE12"}));
    std::uint64_t begin = 0, end = 0;
    ASSERT_TRUE(t.meta()["refs"].first_child().next()["label"].source_span(begin, end));
    EXPECT_EQ(octets.substr(begin, end - begin), printed.substr(printed.find('B'), 4));
  }
}

}  // namespace
}  // namespace dragoman::telegram::test
