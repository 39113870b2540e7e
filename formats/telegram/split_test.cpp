// Several telegrams in one file (telegram.md 4.4, 5.6 no. 95).
#include "telegram_generator.hpp"
#include "test_support.hpp"

namespace dragoman::telegram::test {
namespace {

std::string telegram_of(std::string_view station, int number, std::string_view section = "",
                        std::string_view text = "1. (C) The dues stay.\nHALVERN\n") {
  const std::string serial = std::to_string(number);
  return "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0" + serial + "/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY " +
         std::string(station) + "\nTO RUEHC/SECSTATE WASHDC 0092\n\nC O N F I D E N T I A L " + std::string(section) +
         std::string(station) + " 000" + serial + "\n\nSUBJECT: HARBOR DUES\n\n" + std::string(text);
}

std::vector<std::string> ids(std::string_view octets) {
  std::vector<std::string> out;
  const auto result = read_all(octets);
  for (const auto& d : result.documents) out.emplace_back(d.root()["id"].text());
  return out;
}
using strings = std::vector<std::string>;

TEST(split, telegrams_one_after_the_other) {
  EXPECT_EQ(ids(telegram_of("QUILMAR", 123) + "\n\n" + telegram_of("TOVARNA", 124) + telegram_of("QUILMAR", 125)),
            (strings{"09QUILMAR123", "09TOVARNA124", "09QUILMAR125"}));
}

TEST(split, a_copy_sent_again_is_a_document_of_its_own) {
  EXPECT_EQ(ids(telegram_of("QUILMAR", 123) + telegram_of("QUILMAR", 123)), (strings{"09QUILMAR123", "09QUILMAR123"}));
}

TEST(split, a_section_whose_heading_breaks_off_is_known_by_its_line_de) {
  const std::string first =
      "VZCZCXRO4417\nOO RUEHC\nDE RUEHZQX #1284/01 2901435\nZNY CCCCC ZZH\nO 171435Z OCT 07\nFM AMEMBASSY PORT ALTAIR\n"
      "TO RUEHC/SECSTATE WASHDC 6310\nBT\nC O N F I D E N T I A L SECTION 01 OF 02 PORT ALTAIR 001284\n\nSUBJECT: HARBOR DUES\n\n"
      "1. (C) She asked that the\nBT\n#1284\nNNNN\n\n";
  const auto read = [&](const std::string& second) { return read_all(first + second).documents; };
  const std::string de = "VZCZCXRO4418\nOO RUEHC\nDE RUEHZQX #1284/02 2901436\nZNY CCCCC ZZH\n";
  const std::string text = "\n\nshipowners meet.\nOLDCASTLE\n";
  for (const std::string& heading : {de, de + "O 171435Z OCT 07\nFM AMEMBASSY PORT ALTAIR\n"}) {
    const auto documents = read(heading + text);
    ASSERT_EQ(documents.size(), 1u) << heading;
    const auto root = documents[0].root();
    EXPECT_EQ(collapsed_text(root["body"].first_child()), "1. (C) She asked that the shipowners meet.");
    EXPECT_EQ(at_path(root, "meta.x_transmissions[0].section").text(), "2");
    EXPECT_EQ(canonical(testing::read(format, render_anew(root).octets).documents[0].root()), canonical(root));
  }
  EXPECT_EQ(read("VZCZCXRO4418\nOO RUEHC\nDE RUEHZQX #1285/02 2901436\nZNY CCCCC ZZH\n" + text).size(), 2u) << "another telegram";
  EXPECT_EQ(read("VZCZCXRO4418\nOO RUEHC\nDE RUEHZQX #1284/02 2901436\nO 181435Z OCT 07\n" + text).size(), 2u)
      << "of another day";
}

TEST(split, sections_are_one_document) {
  const auto octets = telegram_of("QUILMAR", 123, "SECTION 01 OF 02 ", "1. (C) The dues\nNNNN\n") + "\n" +
                      telegram_of("QUILMAR", 123, "SECTION 02 OF 02 ", "stay.\nHALVERN\nNNNN\n") + telegram_of("TOVARNA", 124);
  EXPECT_EQ(ids(octets), (strings{"09QUILMAR123", "09TOVARNA124"}));
  const auto read = testing::read(format, octets);
  EXPECT_EQ(collapsed_text(read.documents[0].root()["body"].first_child()), "1. (C) The dues stay.");
}

TEST(split, a_lost_section_leaves_a_gap) {
  const one t(telegram_of("QUILMAR", 123, "SECTION 01 OF 03 ", "1. (C) The dues\nNNNN\n") +
              telegram_of("QUILMAR", 123, "SECTION 03 OF 03 ", "stay.\nHALVERN\n"));
  ASSERT_EQ(t.all("gap").size(), 1u);
  EXPECT_EQ(t.all("gap")[0].attr("unit"), "section");
  EXPECT_EQ(t.all("gap")[0].attr("quantity"), "1");
  EXPECT_TRUE(t.has("telegram.section.missing"));
}

// telegram.md 1: one file may mix the forms of a transmission, a publication and an archive.
TEST(split, forms_mixed_in_one_file) {
  const auto transmission = [](std::string_view section, std::string_view text) {
    return "VZCZCXRO4417\nRR RUEHC\nDE RUEHQX #0123/" + std::string(section.substr(8, 2)) +
           " 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\n"
           "TO RUEHC/SECSTATE WASHDC 0092\nBT\nC O N F I D E N T I A L " +
           std::string(section) + "QUILMAR 000123\n\nSUBJECT: HARBOR DUES\n\n" + std::string(text) + "BT\n#0123\nNNNN\n\n";
  };
  const std::string archive =
      "Message Text\n\nLIMITED OFFICIAL USE\n\nPAGE 01        TOVARN  00941  171520Z\n\n42\nACTION EB-07\nINFO  OCT-01  ISO-00\n "
      "     /008 W\n"
      "                     ---------------------     054819\nR 171435Z OCT 75\nFM AMEMBASSY TOVARNA\nTO SECSTATE WASHDC 6310\n"
      "LIMITED OFFICIAL USE TOVARNA 941\n\nSUBJ: HARBOR DUES\n\n1. THE DUES STAY.\nHALVERN\n\nLIMITED OFFICIAL USE\n\nNNNN\n\n"
      "Message Attributes\n\nDocument Number: 1975TOVARN00941\nFrom: TOVARNA\n\n";
  const auto octets = transmission("SECTION 01 OF 02 ", "1. (C) The dues\n") +
                      transmission("SECTION 02 OF 02 ", "stay.\nHALVERN\n") + telegram_of("QUILMAR", 124) + "\n" + archive +
                      telegram_of("QUILMAR", 125) + archive + transmission("SECTION 01 OF 01 ", "1. (C) Done.\nHALVERN\n");
  EXPECT_EQ(ids(octets),
            (strings{"09QUILMAR123", "09QUILMAR124", "75TOVARNA941", "09QUILMAR125", "75TOVARNA941", "09QUILMAR123"}));
}

// telegram.md 5.1 no. 10
TEST(split, telegrams_of_one_number_are_told_apart_by_their_dates) {
  auto later = telegram_of("QUILMAR", 123, "SECTION 02 OF 02 ", "stay.\nHALVERN\n");
  later.replace(later.find("091430Z"), 7, "101430Z");
  EXPECT_EQ(ids(telegram_of("QUILMAR", 123, "SECTION 01 OF 02 ", "1. (C) The dues\n") + later),
            (strings{"09QUILMAR123", "09QUILMAR123"}));
}

// telegram.md 5.2 nos. 14, 15
TEST(split, what_stands_above_a_heading_goes_with_it) {
  const std::string form =
      "TELEGRAM                   December 9, 2009\n\nTo: No Action Addressee\nFrom: AMEMBASSY TOVARNA (TOVARNA 124 - "
      "UNKNOWN)\nTAGS: \nSubject: HARBOR DUES\n\n";
  const std::string print =
      "Tamsin 10/17/2007 2:35:22 PM From DB/Inbox: Search Results\nCable\nText:\n\nUNCLAS TOVARNA 00125\n\nSIPDIS\nCXTOVARNA:\n  "
      "  ACTION: AMB\n\n";
  const auto octets = telegram_of("QUILMAR", 123) + "\n" + form + telegram_of("TOVARNA", 124) + "\n" + print +
                      telegram_of("TOVARNA", 125) + "\nnull\nID: 1234\n" + telegram_of("TOVARNA", 126);
  EXPECT_EQ(ids(octets), (strings{"09QUILMAR123", "09TOVARNA124", "09TOVARNA125", "09TOVARNA126"}));
}

TEST(split, quoted_telegrams_do_not_begin_one) {
  EXPECT_EQ(ids(telegram_of("QUILMAR", 123, "",
                            "1. (C) Begin text of reftel:\n\nR 010101Z JAN 99\nFM AMEMBASSY TOVARNA\nTO RUEHC/SECSTATE WASHDC\n"
                            "SUBJECT: QUOTED TELEGRAM\n\nEnd text.\n\n2. (C) Done.\nHALVERN\n")),
            strings{"09QUILMAR123"});
}

TEST(split, headings_of_other_kinds) {
  const std::string without_id = telegram_of("TOVARNA", 124).substr(13);
  const std::string partial =
      "This record is a partial extract of the original cable. The full text of the original cable is not available.\n\n"
      "S E C R E T KELDRA 000125\n\nSUBJECT: X\n\n1. (S) Y.\n";
  const std::string by_date =
      "R 091430Z DEC 09\nFM AMEMBASSY MARWICK\nTO SECSTATE WASHDC\n\nUNCLAS MARWICK 000126\n\nSUBJECT: X\n\n1. Y.\n";
  const auto found =
      ids(telegram_of("QUILMAR", 123) + without_id + partial + by_date + "\xEF\xBB\xBF" + telegram_of("QUILMAR", 127));
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found[1], "09TOVARNA124");
  EXPECT_EQ(found[2].substr(0, 2), "x-") << "an extract does not say its year";
  EXPECT_EQ(found[3], "09MARWICK126");
  EXPECT_EQ(found[4], "09QUILMAR127");
}

TEST(split, a_text_that_breaks_off_without_a_line_end) {
  EXPECT_EQ(ids(telegram_of("QUILMAR", 123, "", "1. (C) The dues are sub") + telegram_of("TOVARNA", 124)),
            (strings{"09QUILMAR123", "09TOVARNA124"}));
  EXPECT_EQ(ids(telegram_of("QUILMAR", 123, "", "1. (C) The dues are sub") + telegram_of("TOVARNA", 124).substr(13)),
            (strings{"09QUILMAR123", "09TOVARNA124"}));
}

TEST(split, asks_for_more_until_it_is_sure) {
  const auto first = telegram_of("QUILMAR", 123), both = first + telegram_of("TOVARNA", 124);
  EXPECT_EQ(reader::split(first, false), 0);
  EXPECT_EQ(reader::split(first, true), static_cast<std::int64_t>(first.size()));
  EXPECT_EQ(reader::split(both, false), static_cast<std::int64_t>(first.size()));
  for (std::size_t n = 0; n < both.size(); ++n) {
    const auto length = reader::split(std::string_view(both).substr(0, n), false);
    EXPECT_TRUE(length == 0 || length == static_cast<std::int64_t>(first.size())) << n;
  }
}

TEST(split, generated_files_give_their_telegrams_in_pieces_of_any_size) {
  for (const auto form : {testing::telegram_form::cablegate, testing::telegram_form::acp127, testing::telegram_form::markdown}) {
    std::string octets;
    strings expected;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      const auto t = testing::generate_telegram(seed, form, seed % 2 == 1);
      octets += t.octets;
      expected.push_back(t.id);
    }
    for (const std::size_t piece : {std::size_t{1} << 16, std::size_t{97}}) {
      const auto read = testing::read(format, octets, {}, "test", piece, piece != 97);
      ASSERT_EQ(read.documents.size(), expected.size());
      std::string together;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        if (!expected[i].empty()) {
          EXPECT_EQ(read.documents[i].root()["id"].text(), expected[i]);
        }
        together += read.documents[i].root()["source"]["octets"].text();
      }
      EXPECT_EQ(together, octets);
    }
  }
}

// What looks like the beginning of a telegram is none in a heading that has been read, also where the scanner has not come yet.
TEST(split, a_heading_that_was_read_ahead_is_taken_to_its_end) {
  std::string next = "RR RUEHC\nDE RUEHZQX #0124/01 3431430\nZNY CCCCC ZZH\n";
  for (int i = 0; i < 60; ++i)
    next += i == 40 ? "INFO RUEHC/SECSTATE WASHDC VZCZCXYZ0001\n" : "INFO RUEHZX/AMEMBASSY TOVARNA 0001\n";
  next += "1. (C) The dues fall.\nMAREN\n";
  for (const std::string_view before : {"", "\n", "NNNN\n"}) {
    const std::string first = telegram_of("QUILMAR", 123) + std::string(before), all = first + next;
    cutter going_on, fresh;
    ASSERT_EQ(going_on.cut(all, true), first.size() - (before == "\n"));
    const std::string_view rest = std::string_view(all).substr(first.size() - (before == "\n"));
    going_on.next();
    EXPECT_EQ(going_on.cut(rest, true), rest.size());
    EXPECT_EQ(fresh.cut(rest, true), rest.size());
  }
}

// The cutter hands the heading that it read ahead on to the next document; one that knows of nothing before cuts there, too.
TEST(split, what_was_read_ahead_changes_no_cut) {
  for (const bool keeps_ends : {true, false}) {
    std::string octets;
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
      auto t = testing::generate_telegram(seed, static_cast<testing::telegram_form>(seed % 5), seed % 2 == 1).octets;
      if (!keeps_ends && seed % 3 == 0) t.resize(t.size() - t.size() / 10);  // the next one is glued to a text or stands in it
      octets += t;
    }
    cutter going_on;
    std::size_t documents = 0;
    for (std::string_view rest = octets; !rest.empty(); ++documents) {
      cutter fresh;
      const auto length = going_on.cut(rest, true);
      ASSERT_NE(length, 0u);
      ASSERT_EQ(length, fresh.cut(rest, true)) << rest.substr(0, 200);
      EXPECT_EQ(going_on.sections(), fresh.sections());
      going_on.next();
      rest.remove_prefix(length);
    }
    EXPECT_GT(documents, 100u);
  }
}

}  // namespace
}  // namespace dragoman::telegram::test
