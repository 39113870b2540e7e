// Ids as words (telegram.md 1.4, 5.1), the years and times that belong to them, and their places in the octets.
#include "identity.hpp"

#include "grammar.hpp"
#include "test_support.hpp"

namespace dragoman::telegram::test {
namespace {

std::string shown(std::string_view text, const station_names& names = {}) {
  const auto id = parse_id(text, names);
  if (!id.is_valid()) return "none";
  std::string out = std::to_string(id.year) + " " + std::string(id.station) + " " + std::string(id.serial);
  if (id.section.total != 0) out += " section " + std::to_string(id.section.number) + "/" + std::to_string(id.section.total);
  if (!id.second.empty()) out += " second " + std::string(id.second);
  if (!id.suffix.empty()) out += " suffix " + std::string(id.suffix);
  for (const auto& [finding, name] : {std::pair{id_finding::alias, "alias"},
                                      {id_finding::noise, "noise"},
                                      {id_finding::ocr, "ocr"},
                                      {id_finding::ambiguous, "ambiguous"},
                                      {id_finding::placeholder, "placeholder"}})
    if (id.has(finding)) out += std::string(" ") + name;
  return out;
}

TEST(identity, numbers_in_one_word) {
  for (const auto& [text, expected] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"07PORTALTAIR1284", "2007 PORTALTAIR 1284"},
           {"66PORTALTAIR1", "1966 PORTALTAIR 1"},
           {"07PORTALTAIR001284", "2007 PORTALTAIR 1284"},
           {"1975PORTALTAIR00941", "1975 PORTALTAIR 941"},
           {"07STATE12", "2007 STATE 12"},
           {"07SECSTATE99", "2007 STATE 99 alias"},
           {"2009FINALSECTIONOF03ORMUNDE12", "2009 ORMUNDE 12 section 3/3 noise"},
           {"09SECRETSECTION01OF02ORMUNDE12", "2009 ORMUNDE 12 section 1/2 noise"},
           {"O4ORMUNDE12", "2004 ORMUNDE 12 ocr"},
           {"05SECRETARY9", "2005 ARY 9 noise"},  // a word that nobody knows cannot be told from a level and a station
           {"05STATE9", "2005 STATE 9"},
           {"07ORMUNDE31ZFR", "2007 ORMUNDE 31 noise"},
           {"7474ORMUNDE18", "1974 ORMUNDE 18 noise"},
           {"20072007ORMUNDE18", "2007 ORMUNDE 18 noise"},
           {"07ORMUNDE900001", "2007 ORMUNDE 900001 placeholder"},
           {"07ORMUNDE899999", "2007 ORMUNDE 899999"},
           {"07", "none"},
           {"ORMUNDE12", "none"},
           {"07ORMUNDE", "none"},
           {"0712", "none"},
           {"075ORMUNDE12", "none"},
           {"07456ORMUNDE12", "none"},
           {"07ORMUNDE12345678", "none"},
           {"07ORMUNDE1O2", "none"},
           {"07ORMUNDE 12", "none"},
           {"", "none"},
           {"_b", "none"}})
    EXPECT_EQ(shown(text), expected) << text;
  EXPECT_EQ(shown(std::string(200, '0') + "ORMUNDE1"), "none");
}

TEST(identity, names_that_the_telegram_gives_explain_short_ones) {
  const station_names names{"PORT ALTAIR", "ORMUNDE"};
  EXPECT_EQ(shown("1976PORTA00941_b", names), "1976 PORT ALTAIR 941 suffix _b");
  EXPECT_EQ(shown("1976ORMUND00941", names), "1976 ORMUNDE 941");
  EXPECT_EQ(shown("960RMUNDE12", names), "1996 ORMUNDE 12 ocr");
  EXPECT_EQ(shown("96P0RTALTA1R12", names), "1996 PORT ALTAIR 12 ocr");
  EXPECT_EQ(shown("1976PORTA00941", {"PORT ALTAIR", "PORT ARDEN"}), "1976 PORTA 941 ambiguous");
  EXPECT_EQ(shown("1976TOKYO00941"), "1976 TOKYO 941");
  EXPECT_EQ(shown("1976BUENOS00941"), "1976 BUENOSAIRES 941");
}

TEST(identity, filing_delay_across_the_ends_of_years_and_months) {
  const auto delay = [](std::string_view date, std::string_view filing) {
    std::int64_t minutes = 0;
    return filing_delay(date, filing, minutes) ? std::to_string(minutes) : std::string("none");
  };
  EXPECT_EQ(delay("2007-10-17T14:35:00Z", "2901435"), "0");
  EXPECT_EQ(delay("2007-10-17T14:35:00Z", "2901430"), "-5");
  EXPECT_EQ(delay("2007-10-17T14:35:00Z", "2911435"), "1440");
  EXPECT_EQ(delay("2007-12-31T23:50:00Z", "0010010"), "20");
  EXPECT_EQ(delay("2008-01-01T00:01:00Z", "3652359"), "-2");
  EXPECT_EQ(delay("2008-12-31T23:50:00Z", "0010010"), "20") << "a leap year";
  EXPECT_EQ(delay("2007-10-17T14:35:00Z", "171436Z"), "1");
  EXPECT_EQ(delay("2007-10-31T23:50:00Z", "010010Z"), "20");
  EXPECT_EQ(delay("2007-10-01T00:01:00Z", "302359Z"), "-2");
  EXPECT_EQ(delay("2007-10-17T14:35:00Z", "3671435"), "none");
  EXPECT_EQ(delay("2007-10-17T14:35:00Z", "2902535"), "none");
  EXPECT_EQ(delay("2007-10-17T14:35:00Z", "1435"), "none");
  EXPECT_EQ(delay("2007-06-03", "2901435"), "none");
}

TEST(identity, conflicts_keep_the_text) {
  const one late(
      "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3451430\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO SECSTATE WASHDC\n\n"
      "UNCLAS QUILMAR 000123\n\nSUBJECT: X\n\n1. Y.\n");
  EXPECT_TRUE(late.has("telegram.conflict.filing-time"));
  EXPECT_FALSE(one(with_body("1. (C) Y.\n")).has("telegram.conflict.filing-time"));
  const auto named = [](std::string_view name) { return testing::read(format, with_body("1. (C) Y.\n"), {}, name); };
  EXPECT_EQ(named("in/09QUILMAR123.txt").diagnostics.size(), 0u);
  EXPECT_TRUE(named("08QUILMAR123.txt").has("telegram.conflict.year"));
  EXPECT_EQ(named("08QUILMAR123.txt").documents[0].root()["id"].text(), "09QUILMAR123");
  EXPECT_TRUE(named("09QUILMAR124").has("telegram.conflict.number"));
  EXPECT_TRUE(named("09TOVARNA123").has("telegram.conflict.number"));
  EXPECT_EQ(named("000_d4408f379b832fb6.txt").diagnostics.size(), 0u);
  EXPECT_EQ(named("06REPORT.txt").diagnostics.size(), 0u) << "a name that is no id says nothing";
}

// One name cannot be that of several telegrams.
TEST(identity, the_name_of_a_file_of_several_telegrams_is_no_id) {
  const std::string two = "UNCLAS\n\nSUBJECT: X\n\n1. Y.\nNNNN\n\n" + with_body("1. (C) Y.\n");
  const auto read = testing::read(format, two, {}, "07ORMUNDE12.txt");
  ASSERT_EQ(read.documents.size(), 2u);
  EXPECT_EQ(read.documents[0].root()["id"].text().substr(0, 2), "x-");
  EXPECT_EQ(read.documents[1].root()["id"].text(), "09QUILMAR123");
}

// Every value of the heading knows its octets, also when it is told in its normal form.
TEST(identity, values_of_the_heading_know_their_octets) {
  const std::string octets =
      "null\nVZCZCXYZ0001\nOO RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH ZFD\nO P 091430 Z DEC 09 ZEL\nFM AMEMBASSY "
      "QUILMAR\n"
      "TO RUEHC/SECSTATE WASHDC//EUR// PIORITY 0092\nINFO ZEN/AMCONSUL ORMUNDE\nXMT LINDHAVEN\n\n"
      "C O N F I D E N T I A L QUILMAR 000123\n\nSUBJECT: X\n\n1. (C) Y.\n";
  const auto read = testing::read(format, octets);
  const node root = read.documents[0].root(), meta = root["meta"];
  const auto octets_of = [&](node n) {
    std::uint64_t begin = 0, end = 0;
    return n.source_span(begin, end) ? octets.substr(begin, end - begin) : std::string("nowhere");
  };
  EXPECT_EQ(octets_of(root["id"]), "QUILMAR 000123");
  EXPECT_EQ(octets_of(meta["precedence"]), "O");
  EXPECT_EQ(octets_of(meta["info_precedence"]), "P");
  EXPECT_EQ(octets_of(meta["date"]), "091430 Z DEC 09");
  EXPECT_EQ(octets_of(meta["date_text"]), "091430 Z DEC 09");
  EXPECT_EQ(octets_of(meta["x_signals"].first_child()), "ZEL");
  EXPECT_EQ(octets_of(meta["from"]["name"]), "AMEMBASSY QUILMAR");
  const node to = meta["to"].first_child();
  EXPECT_EQ(octets_of(to), "RUEHC/SECSTATE WASHDC//EUR// PIORITY 0092");
  EXPECT_EQ(octets_of(to["route"]), "RUEHC");
  EXPECT_EQ(octets_of(to["name"]), "SECSTATE WASHDC");
  EXPECT_EQ(octets_of(to["office"]), "EUR");
  EXPECT_EQ(octets_of(to["x_precedence"]), "PIORITY");
  EXPECT_EQ(octets_of(to["precedence"]), "PIORITY");
  EXPECT_EQ(octets_of(to["number"]), "0092");
  EXPECT_EQ(octets_of(meta["info"].first_child()["route"]), "ZEN");
  EXPECT_EQ(octets_of(meta["exempt"].first_child()["name"]), "LINDHAVEN");
  EXPECT_EQ(octets_of(meta["transmission"]["de"]), "RUEHQX #0123/01 3431430");
  EXPECT_EQ(octets_of(meta["transmission"]["x_signals"].first_child().next()), "ZFD");
  EXPECT_EQ(octets_of(meta["x_preamble"].first_child()), "null");
}

// The first transmission lost its classification line to the text; the number of the second is the telegram's, with its place.
TEST(identity, the_number_of_a_later_heading_has_its_place) {
  const std::string octets = R"(VZCZCXYZ0001
RR RUEHC
DE RUEHZQX #1284 2901435
ZNY CCCCC ZZH
R 171435Z OCT 07
FM AMEMBASSY PORT ALTAIR
TO RUEHC/SECSTATE WASHDC 6310
~
SECRET SECTION 2 OF 4 PORT ALTAIR 001284
Z0001
RR RUEHC
DE RUEHZQX #1284 2901435
ZNY CCCCC ZZH
R 171435Z OCT 07
FM AMEMBASSY PORT ALTAIR
TO RUEHC/SECSTATE WASHDC 6310
~
SECRET SECTION 2 OF 4 PORT ALTAIR 001284

TAGS: EWWT, XL
SUBJECT: HARBOR DUES

1. (C) The dues stay.
OLDCASTLE
)";
  const one t(octets);
  EXPECT_EQ(t.root()["id"].text(), "07PORTALTAIR1284");
  std::uint64_t begin = 0, end = 0;
  ASSERT_TRUE(t.root()["id"].source_span(begin, end));
  EXPECT_EQ(octets.substr(begin, end - begin), "PORT ALTAIR 001284");
}

}  // namespace
}  // namespace dragoman::telegram::test
