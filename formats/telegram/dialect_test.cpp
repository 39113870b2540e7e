#include "dialect.hpp"

#include "test_support.hpp"

namespace dragoman::telegram::test {
namespace {

std::string dialect(std::string_view octets) {
  cutter cut;
  const auto length = cut.cut(octets, true);
  EXPECT_EQ(length, octets.size());
  parser p;
  reporter silent;
  const auto& t = p.parse(octets, cut.sections(), silent);
  return std::string(dialect_of(p, t, octets));
}

TEST(Dialect, OfTheArchive) {
  EXPECT_EQ(dialect("Message Text\n\nR 091430Z DEC 75\nFM AMEMBASSY QUILMAR\nTO SECSTATE WASHDC 92\nUNCLAS QUILMAR 123\n\n1. THE "
                    "DUES STAY.\n"),
            "nara");
  EXPECT_EQ(dialect("R 091430Z DEC 75\nFM AMEMBASSY QUILMAR\nTO SECSTATE WASHDC 92\nUNCLAS QUILMAR 123\n\n1. THE DUES STAY.\n\n"
                    "Message Attributes\n\nConcepts: HARBORS\nType: TE\n"),
            "nara");
  EXPECT_EQ(dialect("PAGE 01        QUILMA  00123  091440Z\n\n42\nACTION EB-07\nINFO  OCT-01  ISO-00\n      /008 W\n"
                    "R 091430Z DEC 75\nFM AMEMBASSY QUILMAR\nTO SECSTATE WASHDC 92\nUNCLAS QUILMAR 123\n\n1. THE DUES STAY.\n"),
            "nara");
}

TEST(Dialect, OfATransmissionIsThatWithItsBreakLines) {
  const std::string heading =
      "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO "
      "RUEHC/SECSTATE WASHDC 0092\n";
  EXPECT_EQ(dialect(heading + "BT\nUNCLAS QUILMAR 000123\n\n1. (U) The dues stay.\nHALVERN\nBT\n#0123\nNNNN\n"), "acp127");
  EXPECT_EQ(dialect(heading + "\nUNCLAS QUILMAR 000123\n\n1. (U) The dues stay.\nHALVERN\n"), "cablegate");
}

TEST(Dialect, OfAPublicationWithLittleHeading) {
  EXPECT_EQ(
      dialect(
          "R 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO SECSTATE WASHDC 0092\n\nUNCLAS QUILMAR 000123\n\n1. (U) The dues stay.\n"),
      "cablegate");
  EXPECT_EQ(dialect("SUBJECT: HARBOR DUES\n\n\xC2\xB6"
                    "1. (U) The dues stay.\n"),
            "cablegate");
  EXPECT_EQ(dialect("SUBJECT: HARBOR DUES\n\n\xB6"
                    "1. (U) The dues stay.\n"),
            "cablegate");
}

TEST(Dialect, OfOtherTextIsUnknown) {
  EXPECT_EQ(dialect("Dear Tamsin,\nthe dues stay.\n"), "unknown");
  EXPECT_EQ(dialect("SUBJECT: HARBOR DUES\n\n1. (U) The dues stay.\n"), "unknown");
}

}  // namespace
}  // namespace dragoman::telegram::test
