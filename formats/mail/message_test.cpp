#include <mail/mime.hpp>

#include <gtest/gtest.h>

namespace dragoman::mail {
namespace {

using texts = std::vector<std::string>;

TEST(Message, FieldsAreUnfoldedAndNoLineIsLost) {
  const std::string octets = "From: a@b\r\nSubject: one\r\n  two\r\n\tthree\r\nno field at all\nX-Empty:\r\n\r\nBody\r\n";
  const auto m = parse_message(octets);
  texts names, values;
  std::size_t at = 0;
  for (const auto& f : m.fields) {
    names.emplace_back(f.name);
    values.push_back(f.value);
    EXPECT_GE(f.begin, at);
    at = f.end;
  }
  EXPECT_EQ(names, (texts{"From", "Subject", "", "X-Empty"}));
  EXPECT_EQ(values, (texts{"a@b", "one two three", "no field at all", ""}));
  EXPECT_EQ(m.body, "Body\r\n");
  EXPECT_EQ(parse_message("A: b").body, "");
}

TEST(Message, ValuesAreTextWhateverTheirOctets) {
  const auto m = parse_message("From: <\xC8@b>\nMessage-ID: <a\x81@b>\n\n");
  EXPECT_EQ(m.fields[0].value, "<È@b>");
  EXPECT_EQ(m.fields[1].value, "<a\xEF\xBF\xBD@b>");
  EXPECT_FALSE(m.is_whole);
}

TEST(Message, EncodedWordsAreDecodedAndBrokenOnesStay) {
  EXPECT_EQ(decode_words("=?utf-8?B?RsOqdGU=?= at =?iso-8859-1?q?Ostr=E9va?="), "Fête at Ostréva");
  EXPECT_EQ(decode_words("=?utf-8?q?a_b?= =?utf-8?q?c?="), "a bc");  // blanks between encoded words are none
  EXPECT_EQ(decode_words("=?utf-8?B?***?= x =?"), "=?utf-8?B?***?= x =?");
  EXPECT_EQ(decode_words("=?utf-8?q?=4?="), "=?utf-8?q?=4?=");
}

texts mailboxes(std::string_view value) {
  texts out;
  for (const auto& m : parse_mailboxes(value)) out.push_back(m.name + "|" + m.address);
  return out;
}

TEST(Message, MailboxesOfAllForms) {
  EXPECT_EQ(mailboxes("a@b.org"), (texts{"|a@b.org"}));
  EXPECT_EQ(mailboxes("\"Wenmar, J.\" <j@b.org>, AMEMBASSY VELDRIK <v@b.org>"),
            (texts{"Wenmar, J.|j@b.org", "AMEMBASSY VELDRIK|v@b.org"}));
  EXPECT_EQ(mailboxes("Coast: a@b, B <c@d>; (a comment \\) inside) e@f"), (texts{"|a@b", "B|c@d", "|e@f"}));
  EXPECT_EQ(mailboxes("\"a \\\"b\\\"\" <x@y>"), (texts{"a \"b\"|x@y"}));
  EXPECT_EQ(mailboxes("JUST A NAME"), (texts{"JUST A NAME|"}));
  EXPECT_EQ(mailboxes("<open@angle"), (texts{"|open@angle"}));
  EXPECT_EQ(mailboxes(""), texts{});
}

TEST(Message, DatesInUtcAndBack) {
  EXPECT_EQ(iso_date("Fri, 20 Mar 2009 13:10:00 +0100"), "2009-03-20T12:10:00Z");
  EXPECT_EQ(iso_date("1 Jan 2000 00:30 -0100"), "2000-01-01T01:30:00Z");
  EXPECT_EQ(iso_date("31 Dec 99 23:59:59 EST"), "2000-01-01T04:59:59Z");
  EXPECT_EQ(iso_date("Tue, 29 Feb 2000 00:00:00 GMT (a leap day)"), "2000-02-29T00:00:00Z");
  for (const auto* wrong : {"", "yesterday", "30 Feb 2009 10:00 +0000", "1 Jan 2009 24:00 +0000", "1 Jan 2009 10:00",
                            "1 Jan 2009 10:60 +0000", "99999999999999999999 Jan 2009 10:00 +0000"})
    EXPECT_EQ(iso_date(wrong), std::nullopt) << wrong;
  EXPECT_EQ(mail_date("2009-03-20T12:10:00Z"), "Fri, 20 Mar 2009 12:10:00 +0000");
  EXPECT_EQ(iso_date(mail_date("2009-03-20T12:10:00Z")), "2009-03-20T12:10:00Z");
  EXPECT_EQ(mail_date("1966"), "1966");
}

TEST(Message, ParametersInQuotes) {
  const auto p = parse_parameters("Multipart/Mixed; BOUNDARY=\"a;b=\\\"c\\\"\"; charset = utf-8");
  EXPECT_EQ(p.value, "multipart/mixed");
  EXPECT_EQ(p["boundary"], "a;b=\"c\"");
  EXPECT_EQ(p["charset"], "utf-8");
  EXPECT_EQ(p["nothing"], "");
}

TEST(Mime, PartsOfParts) {
  const auto m = parse_message(
      "Content-Type: multipart/mixed; boundary=out\r\n\r\npreamble\r\n--out\r\nContent-Type: multipart/alternative; "
      "boundary=in\r\n\r\n"
      "--in\r\n\r\nplain\r\n--in\r\nContent-Type: text/html\r\n\r\n<p>plain\r\n--in--\r\nafter\r\n--out\r\n"
      "Content-Type: image/png; name=\"=?utf-8?q?m=C3=BCll?=.png\"\r\nContent-Transfer-Encoding: "
      "BASE64\r\n\r\nAP8=\r\n--out--\r\nepilogue");
  const auto parts = parts_of(m);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].media_type, "text/plain");
  EXPECT_EQ(decoded(parts[0]), "plain");
  EXPECT_EQ(parts[1].media_type, "text/html");
  EXPECT_EQ(parts[2].file_name, "müll.png");
  EXPECT_EQ(decoded(parts[2]), std::string("\0\xFF", 2));
}

TEST(Mime, NestedDeeperThanAnybodyNeedsIsALeaf) {
  std::string octets = "\r\nend";
  for (int i = 0; i < 40; ++i)
    octets =
        "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" + std::to_string(i) + "\r\n" + octets;
  const auto parts = parts_of(parse_message(octets));
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].media_type, "multipart/mixed");
}

TEST(Mime, QuotedPrintableThereAndBack) {
  EXPECT_EQ(decode_quoted("soft =\r\nbreak=3D\n", false), "soft break=\n");
  EXPECT_EQ(decode_quoted("broken =G1", false), std::nullopt);
  EXPECT_EQ(decode_quoted("at the end =", false), "at the end ");
  const std::string text = "Fête \t\n=" + std::string(200, 'x') + " é" + std::string(100, '=') + "\n last ";
  std::string out;
  append_quoted(out, text);
  for (std::size_t line = 0; line < out.size();) {
    const auto end = std::min(out.find("\r\n", line), out.size());
    EXPECT_LE(end - line, 76u);
    line = end + 2;
  }
  auto back = decode_quoted(out, false).value();
  std::erase(back, '\r');
  EXPECT_EQ(back, text);
}

TEST(Mime, TextOfAnyCharset) {
  bool whole = true;
  EXPECT_EQ(to_text("\xE9", "iso-8859-1", whole), "é");
  EXPECT_EQ(to_text("\x93x\x94", "", whole), "“x”");
  EXPECT_EQ(to_text("é", "us-ascii", whole), "é");
  EXPECT_TRUE(whole);
  EXPECT_EQ(to_text("a\x01"
                    "b\xC3",
                    "utf-8", whole),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_FALSE(whole);
}

}  // namespace
}  // namespace dragoman::mail
