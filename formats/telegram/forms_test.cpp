// The forms in which a telegram reaches us, with the result that telegram.md section 1 states for each.
#include "test_support.hpp"

namespace dragoman::telegram::test {
namespace {

using strings = std::vector<std::string>;

// The synthetic telegram of the specification's examples, with its faults: one CR LF, a BEL behind NNNN.
constexpr std::string_view example =
    "VZCZCXYZ0042\nPP RUEHC RUEHDX\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\r\nP 091430Z DEC 09\nFM AMEMBASSY QUILMAR\n"
    "TO RUEHC/SECSTATE WASHDC PRIORITY 0092\nINFO RUEHDX/AMEMBASSY TOVARNA PRIORITY 0417\nRUCNAAA/NORTHERN COAST COLLECTIVE\n\n"
    "C O N F I D E N T I A L SECTION 01 OF 02 QUILMAR 000123 \n\nSIPDIS\n\nDEPT FOR NCA/RB AND EB/IFD\n\n"
    "E.O. 12958: DECL: 12/09/2019\nTAGS: PREL, ETRD, ENRG, QX\nSUBJECT: QUILMAR: HARBOR DUES TALKS RESUME AFTER LONG\nPAUSE\n\n"
    "REF: A. STATE 98765\n     B. 08 TOVARNA 1122\n\n"
    "Classified By: Economic Counselor Xanda Ronlan, for reasons 1.4 (b)\nand (d).\n\n"
    "1. (C) SUMMARY: The port authority told us on December 8 that talks\non harbor dues will resume in January.  Minister "
    "Jos\xC3\xA9 Wenmar\n"
    "expects R&D money < 2 million by spring (ref A).  END SUMMARY.\n\nTALKS RESUME\n------------\n\n"
    "2. (C) Wenmar's deputy listed three open points:\n\n-- who pays for dredging;\n-- the length of the first term; \n-- the "
    "(garble) clause.\n\n"
    "3. (U) The dues now charged, in crowns a ton:\n\n    Class     2008    2009\n    Bulk       1.2     1.3\n    Liner      0.9 "
    "    0.9\n\n"
    "QUILMAR 00000123  002 OF 002\n\nCOMMENT\n-------\n\n4. (C) COMMENT: The pause was about money, not about law.  "
    "END\nCOMMENT.\nHALVERN\n\nNNNN\x07\n";

TEST(forms, the_example_gives_the_stated_model) {
  const one t(example);
  EXPECT_EQ(sha256_hex(canonical(t.root())), "4c236e40a7f92f323e9ef8167c8701319950774d4acedb421090a50ff6965a74");
  EXPECT_EQ(t.root()["source"]["charset"].text(), "utf-8");
  EXPECT_EQ(t.root()["source"]["sha256"].text(), "933293a15d8baa641bf4edf127f1bcccc7cd17048b78ecdacc18e84a1def0814");
  ASSERT_EQ(t.diagnostics().size(), 1u);
  EXPECT_EQ(t.diagnostics()[0].code, "telegram.text.control");
  EXPECT_EQ(t.diagnostics()[0].where.offset, static_cast<std::int64_t>(example.find('\x07')));
}

TEST(forms, values_know_the_octets_they_came_from) {
  const one t(example);
  const auto source = t.root()["source"]["octets"].text();
  const auto octets_of = [&](node n) {
    std::uint64_t begin = 0, end = 0;
    EXPECT_TRUE(n.source_span(begin, end));
    return std::string(source.substr(begin, end - begin));
  };
  EXPECT_EQ(octets_of(t.meta()["date_text"]), "091430Z DEC 09");
  EXPECT_EQ(octets_of(t.meta()["signature"]), "HALVERN");
  EXPECT_EQ(octets_of(t.meta()["subject"]), "QUILMAR: HARBOR DUES TALKS RESUME AFTER LONG\nPAUSE");
  EXPECT_EQ(octets_of(t.all("ref")[0].first_child()), "ref A");
  EXPECT_EQ(octets_of(t.all("fw")[0].first_child()), "QUILMAR 00000123  002 OF 002");
}

constexpr std::string_view transmitted = R"(VZCZCXRO4417
OO RUEHC RUEHOQD RUCNQXC
DE RUEHZQX #1284/01 2901435
ZNY CCCCC ZZH
O P 171435Z OCT 07
FM AMEMBASSY PORT ALTAIR
TO RUEHC/SECSTATE WASHDC IMMEDIATE 6310
INFO RUCNQXC/NORTHERN ISLES COLLECTIVE PRIORITY
RUEHOQD/AMCONSUL ORMUNDE PRIORITY 0117
XMT AMEMBASSY LINDHAVEN
BT
C O N F I D E N T I A L SECTION 01 OF 02 PORT ALTAIR 001284

SIPDIS

DEPT FOR WHA/NI AND EB/TRA; ORMUNDE PASS TO PORT
CAPTAIN HOLLOWMAN

E.O. 12958: DECL: 10/17/2017
TAGS: EWWT, ETRD, PREL, XL
SUBJECT: HARBOR DUES: MINISTRY OFFERS A SECOND ROUND
OF TALKS

REF: A. PORT ALTAIR 1207
     B. ORMUNDE 88 (NOTAL)
     C. 06 STATE 151022

Classified By: DCM Maren Oldcastle, reasons 1.4 (b) and (d).

1. (C) SUMMARY: The ministry will lower harbor dues for
one season if the shipowners drop their complaint.  It
wants a second round before the ice closes the strait.
END SUMMARY.

THE OFFER
---------

2. (C) Deputy Minister Tamsin Quill told Econoff on October
16 that the tariff of 1991 (ref C) can be cut by a third:

-- for bulk carriers, from October;
-- for ferries, from January.

3. (SBU) She asked that the offer not be made public while the
BT
#1284
NNNN

VZCZCXRO4418
OO RUEHC RUEHOQD RUCNQXC
DE RUEHZQX #1284/02 2901436
ZNY CCCCC ZZH
O P 171435Z OCT 07
FM AMEMBASSY PORT ALTAIR
TO RUEHC/SECSTATE WASHDC IMMEDIATE 6311
INFO RUCNQXC/NORTHERN ISLES COLLECTIVE PRIORITY
RUEHOQD/AMCONSUL ORMUNDE PRIORITY 0118
BT
C O N F I D E N T I A L FINAL SECTION OF 02 PORT ALTAIR 001284

SIPDIS

E.O. 12958: DECL: 10/17/2017
TAGS: EWWT, ETRD, PREL, XL
SUBJECT: HARBOR DUES: MINISTRY OFFERS A SECOND ROUND
OF TALKS

shipowners' meeting is under way.

COMMENT
-------

4. (C) Quill has said this before (ref A).  END COMMENT.
MINIMIZE CONSIDERED.
OLDCASTLE
BT
#1284
NNNN
)";

constexpr std::string_view published = R"(VZCZCXRO4417
OO RUEHOQD
DE RUEHZQX #1284/01 2901435
ZNY CCCCC ZZH
O P 171435Z OCT 07
FM AMEMBASSY PORT ALTAIR
TO RUEHC/SECSTATE WASHDC IMMEDIATE 6310
INFO RUCNQXC/NORTHERN ISLES COLLECTIVE PRIORITY
RUEHOQD/AMCONSUL ORMUNDE PRIORITY 0117

C O N F I D E N T I A L SECTION 01 OF 02 PORT ALTAIR 001284 

SIPDIS 
SIPDIS 

DEPT FOR WHA/NI AND EB/TRA; ORMUNDE PASS TO PORT 
CAPTAIN HOLLOWMAN 

E.O. 12958: DECL: 10/17/2017 
TAGS: EWWT ETRD PREL XL
SUBJECT: HARBOR DUES: MINISTRY OFFERS A SECOND ROUND 
OF TALKS 

REF: A. PORT ALTAIR 1207 
     ¶B. ORMUNDE 88 (NOTAL) 
     ¶C. 06 STATE 151022 

Classified By: DCM Maren Oldcastle, reasons 1.4 (b) and (d). 

¶1. (C) SUMMARY: The ministry will lower harbor dues for 
one season if the shipowners drop their complaint.  It 
wants a second round before the ice closes the strait. 
END SUMMARY. 

THE OFFER 
--------- 

¶2. (C) Deputy Minister Tamsin Quill told Econoff on October 
16 that the tariff of 1991 (ref C) can be cut by a third: 

-- for bulk carriers, from October; 
-- for ferries, from January. 

¶3. (SBU) She asked that the offer not be made public while the 

PORT ALTAI 00001284  002 OF 002 

shipowners' meeting is under way. 

COMMENT 
------- 

¶4. (C) Quill has said this before (ref A).  END COMMENT. 
MINIMIZE CONSIDERED. 
OLDCASTLE
)";

// telegram.md 1.1 "Expected result".
TEST(forms, transmission_in_two_sections) {
  const one t(transmitted);
  EXPECT_EQ(t.root()["id"].text(), "07PORTALTAIR1284");
  EXPECT_EQ(t.text("date"), "2007-10-17T14:35:00Z");
  EXPECT_EQ(t.text("precedence"), "IMMEDIATE");
  EXPECT_EQ(t.text("info_precedence"), "PRIORITY");
  EXPECT_EQ(t.parties("exempt"), strings{"|AMEMBASSY LINDHAVEN||"});
  EXPECT_EQ(t.text("classification"), "CONFIDENTIAL");
  EXPECT_EQ(t.text("signature"), "OLDCASTLE");
  EXPECT_EQ(t.texts("passing"), (strings{"DEPT FOR WHA/NI AND EB/TRA", "ORMUNDE PASS TO PORT CAPTAIN HOLLOWMAN"}));
  EXPECT_EQ(t.refs(), (strings{"A|PORT ALTAIR 1207|07PORTALTAIR1207", "B|ORMUNDE 88 (NOTAL)|07ORMUNDE88",
                               "C|06 STATE 151022|06STATE151022"}));
  EXPECT_EQ(t.numbers(), (strings{"1", "2", "3", "4"}));
  EXPECT_EQ(t.words("p")[2], "3. (SBU) She asked that the offer not be made public while the shipowners' meeting is under way.");
  EXPECT_EQ(t.words("head"), (strings{"THE OFFER", "COMMENT"}));
  EXPECT_EQ(t.words("item").size(), 2u);
  EXPECT_EQ(t.meta()["transmission"]["id"].text(), "VZCZCXRO4417");
  const node second = t.meta()["x_transmissions"].first_child();
  EXPECT_EQ(second["id"].text(), "VZCZCXRO4418");
  EXPECT_EQ(second["to"].first_child()["number"].text(), "6311");
  EXPECT_FALSE(second["from"]) << "what is as in the first section is not said again";
  EXPECT_TRUE(t.diagnostics().empty());
}

// telegram.md 1.2: the same but for what the publication left out, and the running header that it left in.
TEST(forms, publication_equals_transmission) {
  const one a(transmitted), b(published);
  const auto common = [](const one& t) {
    document_builder made(sha256);
    builder out(made.sink());
    out.map("document").value("id", t.root()["id"].text()).value("kind", "cable").map("meta");
    for (const node m : t.meta())
      if (m.name() != "transmission" && m.name() != "x_transmissions" && m.name() != "exempt" && m.name() != "captions")
        out.copy(m);
    out.close().list("body");
    std::size_t hidden = 0;  // seams and running headers
    const auto is_hidden = [](node n) { return n.is_element("milestone") || n.is_element("pb") || n.is_element("fw"); };
    for (const node top : t.body())
      walk(
          top,
          [&](node n) {
            hidden += is_hidden(n);
            if (hidden) return;
            if (n.is(node_type::text)) {
              out.text(n.text());
              return;
            }
            out.element(n.name());
            for (std::size_t i = 0; i < n.attribute_count(); ++i) out.attr(n.attribute_at(i).name, n.attribute_at(i).value);
          },
          [&](node n) {
            if (is_hidden(n)) --hidden;
            else if (!hidden && !n.is(node_type::text)) out.close();
          });
    out.close().close();
    return canonical_form(made.finish().root());
  };
  EXPECT_EQ(common(a), common(b));
  EXPECT_EQ(a.texts("captions"), strings{"SIPDIS"});
  EXPECT_EQ(b.texts("captions"), (strings{"SIPDIS", "SIPDIS"})) << "repeats are kept";
  EXPECT_EQ(b.words("fw"), strings{"PORT ALTAI 00001284 002 OF 002"});
  EXPECT_EQ(b.all("pb")[0].attr("n"), "2");
}

constexpr std::string_view archived = R"(Message Text

LIMITED OFFICIAL USE

PAGE 01        PORT A  00941  01 OF 02  171520Z

42
ACTION EB-07
INFO  OCT-01  ARA-06  ISO-00  COME-00  DOTE-00  L-03  FMC-01
      /018 W
                     ---------------------     054819
R 171435Z OCT 75
FM AMEMBASSY PORT ALTAIR
TO SECSTATE WASHDC 6310
INFO AMCONSUL ORMUNDE
LIMITED OFFICIAL USE SECTION 1 OF 2 PORT ALTAIR 941

E.O. 11652: N/A
TAGS: EWWT, ETRD, XL (OLDCASTLE, MAREN)
SUBJ: HARBOR DUES

REF: (A) PORT ALTAIR 871; (B) STATE 151022 (NOTAL)

1. SUMMARY: MINISTRY WILL LOWER HARBOR DUES FOR ONE
SEASON IF SHIPOWNERS DROP COMPLAINT. END SUMMARY.

2. VICE MINISTER QUILL ASKED THAT OFFER NOT BE MADE
LIMITED OFFICIAL USE

LIMITED OFFICIAL USE

PAGE 02        PORT A  00941  01 OF 02  171520Z

PUBLIC WHILE MEETING IS UNDER WAY.

LIMITED OFFICIAL USE

NNN
LIMITED OFFICIAL USE

PAGE 01        PORT A  00941  02 OF 02  171531Z

42
ACTION EB-07
INFO  OCT-01  ARA-06  ISO-00  COME-00  DOTE-00  L-03  FMC-01
      /018 W
                     ---------------------     054902
R 171435Z OCT 75
FM AMEMBASSY PORT ALTAIR
TO SECSTATE WASHDC 6311
INFO AMCONSUL ORMUNDE
LIMITED OFFICIAL USE SECTION 2 OF 2 PORT ALTAIR 941

3. COMMENT: QUILL HAS SAID THIS BEFORE.
OLDCASTLE

LIMITED OFFICIAL USE

NNNN

*** Current Handling Restrictions *** n/a
*** Current Classification *** UNCLASSIFIED

Message Attributes

Automatic Decaptioning: X
Channel Indicators: n/a
Document Number: 1975PORTA00941
Review Markings: Tamsin R. Ledger
Declassified/Released
US Department of State
06 JUL 2006
Subject: HARBOR DUES
TAGS: EWWT, ETRD, XL, (OLDCASTLE, MAREN)
Type: TE
)";

// telegram.md 1.3 "Expected result".
TEST(forms, copy_total_behind_the_offices) {
  std::string text(archived);
  const std::string_view below = "\n      /018 W";
  for (auto at = text.find(below); at != std::string::npos; at = text.find(below)) text.replace(at, below.size(), "  /018 W");
  const one t(text);
  const node copies = t.meta()["x_distribution"];
  EXPECT_EQ(copies["total"].text(), "/018 W");
  std::size_t offices = 0;
  for (const node office : copies["info"]) offices += !office.text().empty();
  EXPECT_EQ(offices, 7u);
  EXPECT_EQ(t.meta()["info"].first_child()["name"].text(), "AMCONSUL ORMUNDE");
}

TEST(forms, archive_text_with_attributes) {
  const one t(archived);
  EXPECT_EQ(t.root()["id"].text(), "75PORTALTAIR941");
  EXPECT_EQ(t.numbers(), (strings{"1", "2", "3"}));
  EXPECT_EQ(t.words("p")[1], "2. VICE MINISTER QUILL ASKED THAT OFFER NOT BE MADE PUBLIC WHILE MEETING IS UNDER WAY.");
  const node copies = t.meta()["x_distribution"];
  EXPECT_EQ(copies["number"].text(), "42");
  EXPECT_EQ(copies["action"].text(), "ACTION EB-07");
  EXPECT_EQ(copies["total"].text(), "/018 W");
  std::size_t offices = 0;
  for (const node office : copies["info"]) offices += !office.text().empty();
  EXPECT_EQ(offices, 7u);
  EXPECT_EQ(t.meta()["transmission"]["x_relay"].text(), "054819");
  EXPECT_EQ(t.meta()["x_transmissions"].first_child()["relay"].text(), "054902");
  strings keys;
  for (const node a : t.meta()["x_attributes"]) {
    keys.emplace_back(a["key"].text());
    if (keys.back() == "Channel Indicators") {
      EXPECT_FALSE(a["value"]) << "n/a is absent";
    }
    if (keys.back() == "Review Markings") {
      EXPECT_EQ(a["value"].text(), "Tamsin R. Ledger\nDeclassified/Released\nUS Department of State\n06 JUL 2006");
    }
  }
  EXPECT_EQ(keys, (strings{"Automatic Decaptioning", "Channel Indicators", "Document Number", "Review Markings", "Subject",
                           "TAGS", "Type"}));
  EXPECT_EQ(t.texts("tags"), (strings{"EWWT", "ETRD", "XL", "OLDCASTLE, MAREN"}));
  EXPECT_EQ(t.refs(), (strings{"A|PORT ALTAIR 871|75PORTALTAIR871", "B|STATE 151022 (NOTAL)|75STATE151022"}));
  EXPECT_EQ(t.text("signature"), "OLDCASTLE");
  EXPECT_EQ(t.words("trailer"),
            (strings{"*** Current Handling Restrictions *** n/a", "*** Current Classification *** UNCLASSIFIED"}));
  EXPECT_EQ(t.words("fw").size(), 6u)
      << "the page header and the classification words at head and foot of the pages are counted, not text";
}

TEST(forms, each_is_written_so_that_it_reads_the_same) {
  for (const auto octets : {example, transmitted, published, archived}) {
    const one t(octets);
    const auto written = render_anew(t.root());
    EXPECT_TRUE(written.diagnostics.empty());
    const one again(written.octets);
    EXPECT_EQ(canonical(again.root()), canonical(t.root())) << written.octets;
  }
}

// What the two collections of the web show, in invented telegrams: markdown scrapes with hard breaks, links and their
// remains, sentences cut by running headers and by blank lines where a header was lost.
constexpr std::string_view scraped = R"(

VZCZCXYZ0005  
RR RUEHWEB

DE RUEHQX #0392/01 1150604  
ZNY CCCCC ZZH  
R 240604Z APR 08  
FM AMEMBASSY QUILMAR  
TO RUEHC/SECSTATE WASHDC 5210  
INFO RUCNAAA/NORTHERN COAST COLLECTIVE  
RUEHBS/USEU BRENNA  
RHMFABC/CDR NORTHCOAST CMD MARWICK GE

C O N F I D E N T I A L QUILMAR 000392

SIPDIS

SIPDIS

E.O. 12958: DECL: 04/21/2018  
TAGS: [PREL](#) [EWWT](#) [QX](#)  
SUBJECT: PILOTAGE MEETING - APRIL 16, 2008

REF: QUILMAR 383

Classified By: Ambassador Maren Quill, Reason 1.4 (b) and (d).

¶1. (C) SUMMARY: The minister wants pilots (reftel). END SUMMARY.

Strategic Goal: Ice-Free Harbor  
-----

¶2. (C) The minister asked us not to underestimate the role of

the outer mole, and of the lesser piers.

#### Ferries -- Equal Partnership, Two Tugs

-----

¶3. (C) The ferries wait, he said, and so do their owners.  
TUG  
---

¶4. (C) One tug is enough.

COMMENT  
-----

¶5. The harbor master has cleared this cable.  
QUILL)";

TEST(forms, scrape_with_lost_headers) {
  const one t(scraped);
  EXPECT_EQ(t.root()["id"].text(), "08QUILMAR392");
  EXPECT_EQ(t.parties("info"),
            (strings{"RUCNAAA|NORTHERN COAST COLLECTIVE||", "RUEHBS|USEU BRENNA||", "RHMFABC|CDR NORTHCOAST CMD MARWICK GE||"}));
  EXPECT_EQ(t.texts("captions"), (strings{"SIPDIS", "SIPDIS"}));
  EXPECT_EQ(t.texts("tags"), (strings{"PREL", "EWWT", "QX"}));
  EXPECT_EQ(t.refs(), strings{"|QUILMAR 383|08QUILMAR383"});
  EXPECT_EQ(t.meta()["classified_by"]["title"].text(), "Ambassador");
  EXPECT_EQ(t.meta()["classified_by"]["name"].text(), "Maren Quill");
  EXPECT_EQ(t.meta()["classified_by"]["reason"].text(), "1.4 (b) and (d)");
  EXPECT_EQ(t.numbers(), (strings{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(t.words("p")[1],
            "2. (C) The minister asked us not to underestimate the role of the outer mole, and of the lesser piers.");
  EXPECT_TRUE(t.has("telegram.text.gap"));
  EXPECT_EQ(t.words("head"),
            (strings{"Strategic Goal: Ice-Free Harbor", "Ferries -- Equal Partnership, Two Tugs", "TUG", "COMMENT"}))
      << "a heading directly below a paragraph is its last line";
  for (const node head : t.all("head")) EXPECT_EQ(head.attr("rend"), "ruled");
  EXPECT_EQ(t.all("ref")[0].attr("target"), "cable:08QUILMAR383");
  EXPECT_EQ(t.text("signature"), "QUILL");
}

constexpr std::string_view flattened = R"(

VZCZCXRO1016  
PP RUEHDBU  
DE RUEHQX #0832/01 1831240  
ZNY CCCCC ZZH  
P 021240Z JUL 07  
FM AMEMBASSY QUILMAR  
TO RUEHC/SECSTATE WASHDC PRIORITY 3387

C O N F I D E N T I A L SECTION 01 OF 03 QUILMAR 000832

SIPDIS

SIPDIS

DEPT FOR NCA/CARC, NCA/RPM, PM; OSD PLEASE  
PASS TO DASD HOLLOWMAN, TAMSIN LEDGER

E.O. 12958: DECL: 06/28/2017

TAGS: [PGOV](#) [PREL](#) [QX](#)

SUBJECT: SCENESETTER FOR THE JULY 9-10  
HARBOR DIALOGUE

REF: A. QUILMAR 00465

[B](#). QUILMAR 00280

[C](#). QUILMAR 00422

Classified By: Ambassador Maren E. Quill for reasons 1.4 (b, d)

[1](#)1. (C) Summary: A dialogue on pilots. End Summary.

HARBORS ARE ROBUST  
-----

[1](#)2. (C) They are. We believe the

10th anniversary of the dialogue is a key opportunity. Per ref A, the minister agrees.

13. (C) The ministry has two goals. The efficacy of the talks has suffered from the

QUILMAR 00000832 002 OF 003

lack of a follow-up. Accordingly, we propose the following:

- Create a follow-up: we keep a log.
- Issue a statement: we keep it short (ref B).

#### AGENDA AND DELIVERABLES

-----

14. (C) Two types of comments follow.

#### 1A. MOLES, PILOTS AND REFORMS:

(C) The ministry is divided about the need for

and the pace of reform.

(C) Quill wants a group (similar to the one in Tovarna).

#### 1B. BORDER BUOYS

QUILMAR 00000832 003 OF 003

(C) The buoys are robust.

#### I. LIGHTHOUSES

The objective is light (ref C).

#### COMMENT

-----

15. (C) We thank the pilots.

QUILL)";

TEST(forms, scrape_with_flattened_links) {
  const one t(flattened);
  EXPECT_EQ(t.root()["id"].text(), "07QUILMAR832");
  EXPECT_EQ(t.texts("passing"), (strings{"DEPT FOR NCA/CARC, NCA/RPM, PM", "OSD PLEASE PASS TO DASD HOLLOWMAN, TAMSIN LEDGER"}));
  EXPECT_EQ(t.text("subject"), "SCENESETTER FOR THE JULY 9-10 HARBOR DIALOGUE");
  EXPECT_EQ(t.refs(), (strings{"A|QUILMAR 00465|07QUILMAR465", "B|QUILMAR 00280|07QUILMAR280", "C|QUILMAR 00422|07QUILMAR422"}));
  EXPECT_EQ(t.meta()["classified_by"]["name"].text(), "Maren E. Quill");
  EXPECT_EQ(t.meta()["classified_by"]["reason"].text(), "1.4 (b, d)");
  EXPECT_EQ(t.numbers(), (strings{"1", "2", "3", "4", "", "", "", "", "5"}));
  EXPECT_EQ(t.words("label")[2], "13.") << "the label is what was printed";
  EXPECT_TRUE(t.has("telegram.para.pilcrow-flattened"));
  EXPECT_EQ(
      t.words("p")[1],
      "2. (C) They are. We believe the 10th anniversary of the dialogue is a key opportunity. Per ref A, the minister agrees.");
  const node third = t.all("p")[2];
  EXPECT_EQ(collapsed_text(third),
            "13. (C) The ministry has two goals. The efficacy of the talks has suffered from the lack of a follow-up. "
            "Accordingly, we propose the following:");
  EXPECT_EQ(t.all("pb")[0].attr("n"), "2");
  EXPECT_TRUE(third["pb"]) << "the page break stands inside the paragraph, at the cut";
  EXPECT_EQ(t.words("item").size(), 2u);
  EXPECT_EQ(t.words("head"), (strings{"HARBORS ARE ROBUST", "AGENDA AND DELIVERABLES",
                                      "A. MOLES, PILOTS AND REFORMS:", "B. BORDER BUOYS", "I. LIGHTHOUSES", "COMMENT"}));
  EXPECT_EQ(collapsed_text(t.all("head")[2]["label"]), "A.");
  EXPECT_FALSE(t.meta()["x_section"]) << "running headers and classification line agree";
  EXPECT_EQ(t.text("signature"), "QUILL");
}

TEST(forms, scrapes_are_written_so_that_they_read_the_same) {
  for (const auto octets : {scraped, flattened}) {
    const one t(octets);
    const auto written = render_anew(t.root());
    EXPECT_TRUE(written.diagnostics.empty());
    const one again(written.octets);
    EXPECT_EQ(canonical(again.root()), canonical(t.root())) << written.octets;
  }
}

TEST(forms, addressees_and_references_of_an_archive_are_compared_with_the_text) {
  const auto record = [](std::string_view attributes) {
    return "Message Text\n\nR 171435Z OCT 75\nFM AMEMBASSY PORT ALTAIR\nTO SECSTATE WASHDC 6310\nAMCONSUL ORMUNDE\n"
           "CONFIDENTIAL PORT ALTAIR 941\n\nTAGS: EWWT\nSUBJ: HARBOR DUES\nREF: (A) PORT ALTAIR 871; (B) STATE 151022\n\n1. THE "
           "DUES STAY.\n"
           "OLDCASTLE\n\nNNNN\n\nMessage Attributes\n\nType: TE\n" +
           std::string(attributes);
  };
  struct record_case {
    std::string_view attributes, code;
  };
  for (const auto& e : {record_case{"To: STATE\nReference: 75 PORT ALTAIR 871, 75 STATE 151022\n", ""},
                        record_case{"To: ORMUNDE\nSTATE\nReference: 75STATE151022\n75PORT ALTAIR 871\n", ""},
                        record_case{"To: n/a\nReference: n/a\n", ""}, record_case{"To: TOVARNA\n", "telegram.conflict.to"},
                        record_case{"To: STATE, TOVARNA\n", "telegram.conflict.to"},
                        record_case{"Reference: 75 STATE 151022\n", "telegram.conflict.refs"},
                        record_case{"Reference: 75 PORT ALTAIR 872, 75 STATE 151022\n", "telegram.conflict.refs"}}) {
    SCOPED_TRACE(e.attributes);
    const one t(record(e.attributes));
    for (const std::string_view code : {"telegram.conflict.to", "telegram.conflict.refs"})
      EXPECT_EQ(t.has(code), code == e.code) << code;
    EXPECT_EQ(t.refs().size(), 2u) << "what the text says counts";
  }
}

// A form's list over several lines, or of a line that had to be decoded, is a copy: what it holds has the place of the whole.
TEST(forms, what_a_form_lists_knows_its_octets) {
  for (const std::string_view tags : {"EWWT, XL, PREL", "EWWT, \x01XL, PREL", "EWWT,\n          XL, PREL"}) {
    const std::string octets =
        "TELEGRAM                                     June 3, 2007\n\nTo:       SECSTATE WASHDC\nAction:   "
        "Unknown\nFrom:     AMEMBASSY PORT ALTAIR (PORT ALTAIR 1284 - UNKNOWN)\nTAGS:     " +
        std::string(tags) + "\nCaptions: None\nSubject:  HARBOR DUES\n\nUNCLAS\n\n1. The dues stay.\nOLDCASTLE\n";
    const one t(octets);
    EXPECT_EQ(t.texts("tags"), (strings{"EWWT", "XL", "PREL"}));
    for (const node tag : t.meta()["tags"]) {
      std::uint64_t begin = 0, end = 0;
      ASSERT_TRUE(tag.source_span(begin, end));
      EXPECT_NE(octets.substr(begin, end - begin).find(tag.text()), std::string::npos) << tags;
    }
  }
}

// A classification line of a later section that had to be decoded and says another level and number: both are told, with the
// place of the line.
TEST(forms, another_number_on_a_decoded_line_of_a_later_section_has_its_place) {
  const std::string octets =
      "R 171435Z OCT 07\nFM AMEMBASSY PORT ALTAIR\nTO SECSTATE WASHDC\n\nS E C R E T SECTION 01 OF 02 PORT ALTAIR 001284\n\n"
      "SUBJECT: HARBOR DUES\n\n1. (C) The dues stay.\n\nR 171435Z OCT 07\nFM AMEMBASSY PORT ALTAIR\nTO SECSTATE WASHDC\n"
      "O N F I D E N T I A L ORMUNDE 000123\x0E\n\nS E C R E T SECTION 02 OF 02 PORT ALTAIR 001284\n\n2. (C) So they say.\n"
      "OLDCASTLE\n";
  const one t(octets);
  const node second = t.meta()["x_transmissions"].first_child();
  EXPECT_EQ(second["classification"].text(), "CONFIDENTIAL");
  EXPECT_EQ(second["number"].text(), "ORMUNDE 000123");
  std::uint64_t begin = 0, end = 0;
  ASSERT_TRUE(second["number"].source_span(begin, end));
  EXPECT_EQ(octets.substr(begin, end - begin), "O N F I D E N T I A L ORMUNDE 000123\x0E");
  EXPECT_TRUE(t.has("telegram.conflict.heading"));
}

// A level alone, misprinted, before the first section: it is told as that of the section that it stands in.
TEST(forms, a_misprinted_level_alone_in_a_section_before_the_first_has_its_place) {
  const std::string octets = "MSECRET\nCONFIDENTIAL SECTION 2 OF 2 ORMUNDE 270001\nCONFIDENTIAL SECTION 1 OF 2 ORMUNDE 270001\n";
  const one t(octets);
  const node second = t.meta()["x_transmissions"].first_child();
  EXPECT_EQ(second["classification"].text(), "SECRET");
  std::uint64_t begin = 0, end = 0;
  ASSERT_TRUE(second["classification"].source_span(begin, end));
  EXPECT_EQ(octets.substr(begin, end - begin), "MSECRET");
  EXPECT_TRUE(t.has("telegram.conflict.heading"));
}

// Two labels and a control character between them: there is nothing that a value could say.
TEST(forms, a_decoded_line_of_labels_alone_holds_nothing) {
  using namespace std::string_literals;
  const one t("FM AMEMBASSY ORMUNDE\nREF:\0REF\n"s);
  EXPECT_FALSE(t.meta()["refs"]);
  EXPECT_TRUE(t.has("telegram.text.control"));
}

}  // namespace
}  // namespace dragoman::telegram::test
