// The tables: in order, every row found again, what the specification says by heart (telegram.md 3).
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "ascii.hpp"
#include "telegram.hpp"
#include "vocabulary.hpp"
#include "words.hpp"

namespace dragoman::telegram::terms {
namespace {

std::string in_capitals(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = upper(c);
  return out;
}
std::string in_small_letters(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = lower(c);
  return out;
}

// Every row is found by its first column in any case, stands among all of its key, and has a source; keys are in order.
template <class Row>
void check(const table<Row>& rows, cell Row::*key, std::size_t size) {
  EXPECT_EQ(rows.size(), size);
  std::string before;
  for (const auto& row : rows) {
    const std::string_view word = row.*key;
    EXPECT_FALSE(word.empty());
    EXPECT_FALSE(row.source.empty()) << word;
    EXPECT_LE(before, in_capitals(word));
    before = in_capitals(word);
    for (const auto& form : {std::string(word), before, in_small_letters(word)}) {
      const auto all = rows.find_all(form);
      EXPECT_TRUE(&row >= all.data() && &row < all.data() + all.size()) << form;
      EXPECT_EQ(rows.find(form), all.data()) << form;
    }
    for (const auto& other : {before + "?", before.substr(1), std::string("~") + before}) {
      const auto* found = rows.find(other);
      EXPECT_TRUE(found == nullptr || same((*found).*key, other)) << other;
    }
  }
  EXPECT_EQ(rows.find(""), nullptr);
  EXPECT_TRUE(rows.find_all("NO SUCH KEY").empty());
}

TEST(Vocabulary, EveryRowOfEveryTableIsFound) {
  check(precedences, &precedence::prosign, 7);
  check(classifications, &classification::form, 17);
  check(captions, &caption::caption, 47);
  check(portion_marks, &portion_mark::mark, 28);
  check(executive_orders, &executive_order::number, 8);
  check(exemptions, &exemption::code, 33);
  check(reasons, &reason::reason, 15);
  check(tags_subject, &subject_tag::code, 171);
  check(tags_geographic, &geographic_tag::code, 310);
  check(tags_program, &program_tag::code, 109);
  check(tags_organization, &organization_tag::code, 584);
  check(stations, &station::name, 264);
  check(routing_posts, &routing_post::indicator, 2074);
  check(prosigns, &prosign::prosign, 30);
  check(operating_signals, &operating_signal::signal, 20);
  check(nara_attributes, &nara_attribute::key, 68);
}

TEST(Vocabulary, PrecedencesRankAsTheSpecificationSays) {
  EXPECT_EQ(precedences.find_all("o").size(), 2u);  // NIACT has no prosign of its own
  for (const auto& [more, less] : {std::pair{"FLASH", "NIACT IMMEDIATE"},
                                   {"NIACT IMMEDIATE", "IMMEDIATE"},
                                   {"IMMEDIATE", "PRIORITY"},
                                   {"PRIORITY", "ROUTINE"}})
    EXPECT_LT(find_precedence(more)->rank, find_precedence(less)->rank) << more;
  EXPECT_EQ(find_precedence("URGENT"), nullptr);
}

TEST(Vocabulary, ExecutiveOrdersFollowEachOther) {
  for (const auto& order : executive_orders) {
    EXPECT_TRUE(order.superseded_by.empty() || executive_orders.find(order.superseded_by)) << order.number.view();
    EXPECT_LE(order.signed_on.view(), order.effective_on.view()) << order.number.view();
  }
  EXPECT_EQ(executive_orders.find("12958")->effective_on.view(), "1995-10-14");
}

TEST(Vocabulary, ExemptionsAreFoundAsTheyArePrinted) {
  EXPECT_EQ(find_exemptions("GDS").size(), 2u);  // of two orders
  ASSERT_EQ(find_exemptions("XGDS-2").size(), 1u);
  EXPECT_EQ(find_exemptions("XGDS-2")[0].code.view(), "XGDS2");
  ASSERT_EQ(find_exemptions("rds-3").size(), 1u);
  EXPECT_EQ(find_exemptions("RDS3")[0].code.view(), "RDS-n");
  EXPECT_EQ(find_exemptions("50X1-HUM").size(), 1u);
  EXPECT_TRUE(find_exemptions("XGDS5").empty());
  EXPECT_TRUE(find_exemptions("RDS-").empty());
  EXPECT_TRUE(find_exemptions("").empty());
  EXPECT_TRUE(find_exemptions(std::string(1000, '-')).empty());
  EXPECT_TRUE(find_exemptions(std::string(1000, 'X')).empty());
}

TEST(Vocabulary, TagsKnowTheirKind) {
  EXPECT_EQ(kind_of_tag("PREL"), tag_kind::subject);
  EXPECT_EQ(kind_of_tag("xl"), tag_kind::geographic);
  EXPECT_EQ(kind_of_tag("KDEM"), tag_kind::program);
  EXPECT_EQ(kind_of_tag("UNSC"), tag_kind::organization);
  EXPECT_EQ(kind_of_tag("QQQQ"), tag_kind::unknown);
  EXPECT_EQ(kind_of_tag(""), tag_kind::unknown);
  for (const auto& tag : tags_subject) EXPECT_TRUE(tag.code.length == 4 && is_code_shape(tag.code)) << tag.code.view();
  for (const auto& tag : tags_geographic) EXPECT_EQ(tag.code.length, 2u) << tag.code.view();
  for (const auto& tag : tags_program) EXPECT_TRUE(tag.code.length == 4 && tag.code.view()[0] == 'K') << tag.code.view();
}

TEST(Vocabulary, ACodeThatChangedItsMeaningHasBoth) {
  const auto both = tags_geographic.find_all("UV");
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].era.view(), "1973-79");
  EXPECT_EQ(both[0].meaning.view(), "Upper Volta");
  EXPECT_EQ(both[1].meaning.view(), "Burkina Faso");
}

TEST(Vocabulary, SignalsMayCarryANumber) {
  EXPECT_EQ(find_operating_signal("ZFF4"), operating_signals.find("ZFF"));
  EXPECT_NE(find_operating_signal("zny"), nullptr);
  EXPECT_EQ(find_operating_signal("4"), nullptr);
  EXPECT_EQ(find_operating_signal("Z4FF"), nullptr);
}

TEST(Vocabulary, StationsAreFoundByEveryFormOfTheirName) {
  for (const auto& s : stations) {
    for (const auto form : {s.name, s.line_form}) {
      EXPECT_EQ(find_station(form).where, &s) << form.view();
      EXPECT_FALSE(find_station(form).is_alias) << form.view();
    }
    const auto has = [&](std::span<const std::uint16_t> rows) {
      return std::any_of(rows.begin(), rows.end(), [&](auto i) { return &stations[i] == &s; });
    };
    EXPECT_TRUE(has(stations_of_nara_code(s.nara_code))) << s.nara_code.view();
    EXPECT_TRUE(has(stations_of_running_header(s.running_header))) << s.running_header.view();
    // The forms that telegram.md 1.4 makes of the form on the line.
    EXPECT_EQ(s.running_header.view(), trim_right(s.line_form.view().substr(0, 10)));
  }
}

TEST(Vocabulary, AliasesOfStationsResolve) {
  std::size_t count = 0;
  for (const auto& s : stations) {
    for (std::string_view rest = s.aliases; !rest.empty();) {
      const auto alias = rest.substr(0, rest.find('|'));
      rest.remove_prefix(std::min(rest.size(), alias.size() + 1));
      const auto found = find_station(alias);
      ASSERT_NE(found.where, nullptr) << alias;
      ++count;
      // Or it is the name of another station, which wins.
      if (found.where != &s) {
        EXPECT_FALSE(found.is_alias) << alias;
      } else {
        EXPECT_TRUE(found.is_alias || find_station(s.name).where == &s) << alias;
      }
    }
  }
  EXPECT_GT(count, 150u);
  EXPECT_EQ(find_station("SECSTATE").where->name.view(), "STATE");
  EXPECT_TRUE(find_station("SECSTATE").is_alias);
  EXPECT_EQ(find_station("Port of Spain").where->name.view(), "PORTOFSPAIN");
  EXPECT_EQ(find_station("PORT-OF-SPAIN").where->name.view(), "PORTOFSPAIN");
  EXPECT_EQ(find_station("PORT ALTAIR").where, nullptr);
  EXPECT_EQ(find_station("").where, nullptr);
  EXPECT_EQ(find_station(" - ").where, nullptr);
  EXPECT_EQ(find_station(std::string(4096, 'A')).where, nullptr);
}

TEST(Vocabulary, ACutCodeMayBeOfSeveralStations) {
  EXPECT_EQ(stations_of_nara_code("MEXICO").size(), 2u);
  EXPECT_TRUE(stations_of_nara_code("").empty());
  EXPECT_TRUE(stations_of_running_header("PORT ALTAI").empty());
}

TEST(Vocabulary, RoutingPostsNameStationsThatExist) {
  EXPECT_EQ(routing_posts.find("RUEHC")->plad_observed.view(), "SECSTATE WASHDC");
  for (const auto& post : routing_posts)
    EXPECT_TRUE(post.station.empty() || find_station(post.station).where) << post.station.view();
  for (const auto& s : stations) EXPECT_TRUE(s.indicator.empty() || routing_posts.find(s.indicator)) << s.indicator.view();
}

// The grammar has short lists of its own where it scans; they must not know anything that the tables do not.

TEST(Vocabulary, TheGrammarAgreesOnPrecedences) {
  for (const auto& p : precedences) {
    if (p.rank == 0) continue;  // military ones; accepted, never written
    const auto name = precedence_of_prosign(p.prosign.view()[0]);
    EXPECT_EQ(prosign_of_precedence(p.word), p.prosign.view()[0]) << p.word.view();
    EXPECT_TRUE(name == p.word.view() || p.word.view().ends_with(name)) << p.word.view();
    std::size_t length = 0;
    bool repaired = false;
    EXPECT_EQ(precedence_at_end("AMEMBASSY ORMUNDE " + std::string(p.word), length, repaired), p.word.view());
    EXPECT_FALSE(repaired);
  }
}

TEST(Vocabulary, TheGrammarAgreesOnClassifications) {
  for (const auto& c : classifications) {
    const std::string_view form = c.form;
    if (form == "CLEAR" || form.find("//") != npos) continue;  // not on the classification line of telegrams, or of metadata
    const auto found = match_level(form, false);
    EXPECT_EQ(found.name, c.name.view()) << form;
    EXPECT_EQ(found.length, form == "UNCLAS EFTO" ? 6 : form.size()) << form;
    EXPECT_FALSE(found.repaired) << form;
  }
}

TEST(Vocabulary, TheGrammarAgreesOnCaptions) {
  for (const auto& c : captions) {
    const std::string_view caption = c.caption, kind = c.kind;
    if (caption.find('<') != npos) continue;
    if (kind != "distribution" && kind != "dissemination control" && kind != "channel" && kind != "transmission") continue;
    EXPECT_NE(match_caption(caption == "REL TO" ? "REL TO USA" : caption), 0u) << caption;
  }
}

TEST(Vocabulary, TheGrammarAgreesOnPortionMarks) {
  for (const auto& m : portion_marks) {
    if (m.level.empty()) continue;  // a control alone is not a mark of a paragraph
    const auto found = match_portion("(" + std::string(m.mark) + ") The dues stay.");
    ASSERT_NE(found.length, 0u) << m.mark.view();
    const auto name = found.level == "SBU" ? "SBU"
                                           : match_level(found.level == "U"    ? "UNCLASSIFIED"
                                                         : found.level == "C"  ? "CONFIDENTIAL"
                                                         : found.level == "S"  ? "SECRET"
                                                         : found.level == "TS" ? "TOP SECRET"
                                                                               : found.level,
                                                         false)
                                                 .name;
    EXPECT_EQ(name, m.level.view()) << m.mark.view();
    EXPECT_EQ(found.controls.empty(), m.controls.empty()) << m.mark.view() << " has " << found.controls;
  }
}

TEST(Vocabulary, TheTermsOfTheFormatAreAllRowsAndAliases) {
  const std::size_t rows = precedences.size() + classifications.size() + captions.size() + portion_marks.size() +
                           executive_orders.size() + exemptions.size() + reasons.size() + tags_subject.size() +
                           tags_geographic.size() + tags_program.size() + tags_organization.size() + stations.size() +
                           routing_posts.size() + prosigns.size() + operating_signals.size() + nara_attributes.size();
  std::set<std::string_view> kinds;
  std::size_t aliases = 0;
  for (std::size_t i = 0; i < format.term_count; ++i) {
    const auto& t = format.terms[i];
    for (const char* text : {t.term, t.kind, t.meaning, t.source}) EXPECT_NE(std::string_view(text), "") << i << " " << t.term;
    kinds.insert(t.kind);
    aliases += std::string_view(t.kind) == "station alias";
  }
  EXPECT_EQ(format.term_count, rows + aliases);
  EXPECT_EQ(kinds.size(), 17u);
}

}  // namespace
}  // namespace dragoman::telegram::terms
