// Reading and writing take work linear in the length of the input, on every path: input made to be hard is read once, and
// once more four times as long. Work is counted, not timed (work.hpp).
#include <gtest/gtest.h>
#include <dragoman/testing.hpp>

#include <string>
#include <string_view>
#include <telegram/telegram.hpp>
#include <vector>

#include "work.hpp"

namespace dragoman::telegram {
namespace {

struct hard_input {
  std::string_view name;
  std::string_view head, unit, tail;  // the unit stands so often that there are enough octets
  std::string_view second = {};       // behind the units, as many octets of this
};

constexpr std::string_view heading =
    "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO "
    "RUEHC/SECSTATE WASHDC 0092\n\n";
constexpr std::string_view opening =
    "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO "
    "RUEHC/SECSTATE WASHDC 0092\n\n"
    "C O N F I D E N T I A L QUILMAR 000123\n\nSIPDIS\n\nE.O. 12958: DECL: 12/09/2019\nTAGS: PREL, QX\nSUBJECT: HARBOR DUES\n\n";
constexpr std::string_view paragraph =
    "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO "
    "RUEHC/SECSTATE WASHDC 0092\n\n"
    "C O N F I D E N T I A L QUILMAR 000123\n\nSIPDIS\n\nE.O. 12958: DECL: 12/09/2019\nTAGS: PREL, QX\nSUBJECT: HARBOR "
    "DUES\n\nREF: A. STATE 12\n\n1. (C) ";
constexpr std::string_view transmission =
    "VZCZCXRO0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\nTO "
    "RUEHC/SECSTATE WASHDC 0092\nBT\n"
    "C O N F I D E N T I A L SECTION 01 OF 02 QUILMAR 000123\n\nTAGS: PREL\nSUBJECT: HARBOR DUES\n\n1. (C) The "
    "dues\nstay.\nBT\n#0123\nNNNN\nNOTE BY THE ARCHIVE\n\n";

constexpr hard_input inputs[] = {
    // Nothing of a telegram
    {"blank_lines", "", "\n", ""},
    {"one_word", "", "a", ""},
    {"one_line", "", "harbor dues ", ""},
    {"short_lines", "", "a\n", ""},
    {"carriage_returns", "", "\r\n\r\r\n", ""},
    {"form_feeds", "", "\f\n", ""},
    {"ampersands", "", "&", ""},
    {"character_references", "", "&#x000A;", ""},
    {"open_references", "", "&#x0000", ""},
    {"latin_1", "x\n", "caf\xE9 ", ""},
    {"replaced_marks", "", "\xEF\xBB\xBF", "x"},
    {"dashes", "", "-", ""},
    {"digits", "", "1", ""},
    {"capitals", "", "A", ""},
    {"blanks", "x", " ", "x"},
    {"words_between_blanks", "", "a    ", ""},
    // Heading
    {"transmission_ids", "", "VZCZCXYZ0001\n", ""},
    {"message_texts", "", "Message Text\n", ""},
    {"message_attributes", "x\n", "Message Attributes\n", ""},
    {"notices", "", "This record is a partial extract of the original cable.\n", ""},
    {"first_pages", "", "PAGE 01        QUILMA  00123  091430Z\n", ""},
    {"routing_lines", "VZCZCXYZ0001\nRR RUEHC\n", "RUEHDX RUEHOQD\n", "DE RUEHQX #0123/01 3431430\n"},
    {"routing_words", "VZCZCXYZ0001\nRR ", "RUEHDX ", "\nDE RUEHQX #0123/01 3431430\n"},
    {"calling_lines", "", "DE RUEHQX #0123/01 3431430\n", ""},
    {"doubled_routing", "", "RR RUEHC\nDE RUEHQX #0123/01 3431430\n", ""},
    {"dates", "", "R 091430Z DEC 09\n", ""},
    {"dates_in_a_heading", heading, "R 091430Z DEC 09\n", ""},
    {"originators", heading, "FM AMEMBASSY QUILMAR\n", ""},
    {"addressees", heading, "RUEHDX/AMEMBASSY TOVARNA PRIORITY 0417\n", ""},
    {"info_words", heading, "INFO ", "\n"},
    {"exempt_in_a_line", heading, "RUCNAAA/NORTHERN COAST COLLECTIVE XMT LINDHAVEN XMT ", "\n"},
    {"offices", heading, "SECDEF WASHDC//ISA/NESA//", "\n"},
    {"stray_lines", heading, "harbor\n", ""},
    {"distribution", "Message Text\n\nPAGE 01        QUILMA  00123  091430Z\n\n42\nACTION EB-07\n", "INFO  OCT-01  ARA-06\n", ""},
    {"dash_counters", "Message Text\n\n", "---------------------     054819\n", ""},
    {"classification_lines", heading, "C O N F I D E N T I A L SECTION 01 OF 02 QUILMAR 000123\n", ""},
    {"classification_words", heading, "CONFIDENTIAL\n\n", ""},
    {"glued_classification", "VZCZCXYZ0001\nTO SECSTATE WASHDC 6310", "C O N F I D E N T I A L ", "\n"},
    // Labelled lines
    {"captions", "SECRET QUILMAR 000123\n", "SIPDIS\n", "SUBJECT: X\n"},
    {"caption_line", "SECRET QUILMAR 000123\n", "SIPDIS/", "\nSUBJECT: X\n"},
    {"instructions", "SECRET QUILMAR 000123\n", "DEPT FOR NCA/RB;", "\nSUBJECT: X\n"},
    {"labels", heading, "TAGS:\n", ""},
    {"tags", heading, "PREL, ", "\n"},
    {"tags_line", "SECRET QUILMAR 000123\nTAGS: ", "PREL, ", "\n"},
    {"tags_glued", "SECRET QUILMAR 000123\nTAGS: ", "PREL", "\n"},
    {"tags_open_brackets", "SECRET QUILMAR 000123\nTAGS: ", "[", "\n"},
    {"tags_open_parentheses", "SECRET QUILMAR 000123\nTAGS: ", "( ", "\n"},
    {"tags_links", "SECRET QUILMAR 000123\nTAGS: ", "[PREL](#", "\n"},
    {"tags_lines", "SECRET QUILMAR 000123\nTAGS: PREL\n", "PREL PGOV\n", "\n"},
    {"subject_line", "SECRET QUILMAR 000123\nSUBJECT: ", "HARBOR ", "\n"},
    {"subject_lines", "SECRET QUILMAR 000123\nSUBJECT: X\n", "HARBOR\n", "\n"},
    {"subject_labels", "SECRET QUILMAR 000123\nSUBJECT: ", "xREF: ", "\n"},
    {"order_line", "SECRET QUILMAR 000123\nE.O. 12958: ", "1/1/", "\nSUBJECT: X\n"},
    {"references", "SECRET QUILMAR 000123\nREF: A. STATE 12\n", "     B. ORMUNDE 88 (NOTAL)\n", "\n"},
    {"references_apart", "SECRET QUILMAR 000123\nREF: A. STATE 12\n\n", "B. ORMUNDE 88\n\n", "\n"},
    {"references_semicolons", "SECRET QUILMAR 000123\nREF: ", "(A) STATE 12; ", "\n"},
    {"reference_numbers", "SECRET QUILMAR 000123\nREF: STATE 1", ", 2", "\n"},
    {"reference_prose", "SECRET QUILMAR 000123\nREF: the letter of 1", ", 2", "\n"},
    {"reference_ands", "SECRET QUILMAR 000123\nREF: x", " AND 12", "\n"},
    {"reference_labels", "SECRET QUILMAR 000123\nREF: ", "A. ", "\n"},
    {"reference_open", "SECRET QUILMAR 000123\nREF: ", "(", "\n"},
    {"authority_line", "SECRET QUILMAR 000123\nSUBJECT: X\nClassified By: ", "DCM ", "\n"},
    {"authority_reasons", "SECRET QUILMAR 000123\nSUBJECT: X\nClassified By: X, ", "reasons ", "\n"},
    {"authority_sections", "SECRET QUILMAR 000123\nSUBJECT: X\nClassified By: X, ", "1.4 (b) and ", "\n"},
    // Text
    {"long_line", paragraph, "harbor dues ", "\n"},
    {"text_lines", paragraph, "harbor dues\n", "\n"},
    {"paragraphs", opening, "1. (C) The dues stay.\n\n", ""},
    {"numbers", opening, "1. ", ""},
    {"number_lines", opening, "1.\n", ""},
    {"pilcrows", opening, "\xC2\xB6", "\n"},
    {"links", opening, "[1](#)", "\n"},
    {"open_links", opening, "[1](#", "\n"},
    {"brackets", paragraph, "[", "\n"},
    {"tags_of_html", opening, "<b>", "\n"},
    {"tags_before_text", opening, "<b>", "\n", "harbor dues "},
    {"tags_behind_text", opening, "harbor dues ", "\n", "<br>"},
    {"tags_around_words", paragraph, "<b>dues</b> ", "\n"},
    {"tags_without_end", paragraph, "<i>dues ", "\n"},
    {"open_tags", opening, "<a ", "\n"},
    {"open_attributes", opening, "<a href=\"x\" ", "\n"},
    {"open_quotes", opening, "<a href=\"", "\n"},
    {"preformatted", opening, "<pre>\n", ""},
    {"line_breaks", paragraph, "dues<br>", "\n"},
    {"tagged_paragraphs", opening, "<p>1. (C) The dues stay.</p>\n", ""},
    {"parentheses", paragraph, "(", "\n"},
    {"marks", opening, "(C) ", "\n"},
    {"mark_controls", opening, "(S/", "\n"},
    {"garbles", paragraph, "(garble", "\n"},
    {"inline_references", paragraph, "ref A ", "\n"},
    {"bullets", opening, "- ", "x\n"},
    {"bullet_lines", opening, "- x\n", ""},
    {"deep_bullets", opening, "- - -- x\n", ""},
    {"lettered_items", opening, "a. x\n", ""},
    {"rules", opening, "---\n", ""},
    {"rules_apart", opening, "---\n\n", ""},
    {"headings", opening, "FERRIES\n---\n\n", ""},
    {"heading_candidates", opening, "FERRIES\n\n", ""},
    {"heading_marks", opening, "#### FERRIES\n\n", ""},
    {"hashes", opening, "#", "\n"},
    {"framed_headings", opening, "------- SUMMARY -------\n", ""},
    {"tables", opening, "  HARBOR        12        4\n", ""},
    {"wide_table", opening, "12        ", "\n"},
    {"summaries", paragraph, "SUMMARY: ", "\n"},
    {"ends_of_summaries", paragraph, "END SUMMARY. ", "\n"},
    {"markers", opening, "BEGIN TEXT:\n", ""},
    {"quotes", opening, "Begin text:\n\n", ""},
    {"running_headers", paragraph, "x\n\nQUILMAR 00000123  002 OF 003\n\n", "x\n"},
    {"running_headers_alone", opening, "QUILMAR 00000123  002 OF 003\n", ""},
    {"glued_headers", paragraph, "text QUILMAR 00000123 002 OF 003 ", "x\n"},
    {"glued_header_lines", paragraph, "text QUILMAR 00000123 002 OF 003 text\n", "x\n"},
    {"page_headers", opening, "PAGE 02        QUILMA  00123  091430Z\n\n", ""},
    {"page_words", opening, "SECRET\n\nSECRET\n\nPAGE 02        QUILMA  00123  091430Z\n\nx\n", ""},
    {"noise", opening, "------------------5E2A91  171512Z /38\n", ""},
    // Ends
    {"signatures", opening, "HALVERN\n", ""},
    {"signatures_apart", paragraph, "\nHALVERN\n\n", ""},
    {"ends_of_message", opening, "NNNN\n", ""},
    {"breaks", opening, "BT\n", ""},
    {"validations", opening, "#0123\n", ""},
    {"footers", opening, "2009QUILMAR00123 - Classification: SECRET\n", ""},
    {"attributes", "Message Text\n\nx\n\nMessage Attributes\n", "Concepts: HARBORS\n", ""},
    {"attribute_lines", "Message Text\n\nx\n\nMessage Attributes\nConcepts: HARBORS,\n", "TARIFFS\n", ""},
    // Many
    {"transmissions", "", transmission, ""},
    {"sections", transmission, "BT\nS E C R E T SECTION 02 OF 02 QUILMAR 000123\n\nx\nBT\n#0123\nNNNN\n\n", ""},
    {"telegrams", "",
     "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\n\nSECRET QUILMAR 000123\n\n1. "
     "x\n\n",
     ""},
};

std::string made(const hard_input& input, std::size_t octets) {
  std::string text(input.head);
  while (text.size() < octets) text += input.unit;
  while (!input.second.empty() && text.size() < 2 * octets) text += input.second;
  return text += input.tail;
}

struct work {
  std::uint64_t read = 0, written = 0;
};
work measure(const std::string& octets) {
  work w;
  auto begin = testing::work_done();
  const auto read = testing::read(format, octets, {}, "test", 1 << 16, false);
  w.read = testing::work_done() - begin;
  EXPECT_EQ(read.problem, "");
  for (const auto& d : read.documents) {
    const auto bare = testing::without_source(d.root());
    begin = testing::work_done();
    testing::write(format, {&bare});
    w.written += testing::work_done() - begin;
  }
  return w;
}

class Work : public ::testing::TestWithParam<hard_input> {};

TEST_P(Work, grows_with_the_length) {
  // A heading is looked for 64 KiB ahead: both lengths are beyond that, so that the same is made of both.
  constexpr std::size_t length = 100'000, times = 4;
  // Buffers that double, and what is done once, leave room; work in the square of the length would be `times` squared.
  constexpr double most = 1.5 * times;
  const auto little = measure(made(GetParam(), length)), much = measure(made(GetParam(), length * times));
  const auto growth = [](std::uint64_t a, std::uint64_t b) { return static_cast<double>(b) / static_cast<double>(a + 20'000); };
  EXPECT_LT(growth(little.read, much.read), most) << "reading: " << little.read << " and " << much.read << " steps";
  EXPECT_LT(growth(little.written, much.written), most) << "writing: " << little.written << " and " << much.written << " steps";
  // And it is little: an octet costs at most so many steps.
  EXPECT_LT(little.read / length, 3'000u);
}

INSTANTIATE_TEST_SUITE_P(telegram, Work, ::testing::ValuesIn(inputs),
                         [](const auto& one) { return std::string(one.param.name); });

// The counter counts: what is quadratic looks so.
TEST(Counter, SeesLoopsAndLibraryCalls) {
  const auto quadratic = [](std::size_t n) {
    const auto begin = testing::work_done();
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < n; ++i) lines.insert(lines.begin(), "x");
    return testing::work_done() - begin;
  };
  EXPECT_GT(quadratic(2000), quadratic(500) * 8);
  const std::string text(1 << 16, 'a');
  const auto begin = testing::work_done();
  EXPECT_EQ(std::string_view(text).find('b'), std::string_view::npos);
  EXPECT_GT(testing::work_done() - begin, text.size() / 32);
}

}  // namespace
}  // namespace dragoman::telegram
