// The serializer: every octet that needs a reference gets it, wherever it stands.
#include "xml_writer.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace dragoman::tei::tests {
namespace {

std::string replaced(std::string_view text, const std::map<char, std::string>& references) {
  std::string out;
  for (const char c : text) {
    const auto found = references.find(c);
    out += found == references.end() ? std::string(1, c) : found->second;
  }
  return out;
}

TEST(XmlWriter, EscapesAtEveryPlaceOfEveryLength) {
  const std::map<char, std::string> in_text{{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'\r', "&#13;"}};
  std::map<char, std::string> in_value = in_text;
  in_value.insert({{'"', "&quot;"}, {'\t', "&#9;"}, {'\n', "&#10;"}});
  for (std::size_t length = 0; length <= 50; ++length)
    for (std::size_t first = 0; first <= length; ++first)
      for (const char special : std::string_view("&<>\r\"\t\n\x7F\xBE"))
        for (const std::size_t apart : {1u, 2u, 13u, 100u}) {
          std::string text(length, 'x');
          for (std::size_t i = first; i < length; i += apart) text[i] = special;
          ASSERT_EQ(xml_writer().text(text).take(), replaced(text, in_text)) << text;
          ASSERT_EQ(xml_writer().value(text).take(), replaced(text, in_value)) << text;
        }
}

TEST(XmlWriter, WritesNamesOfAnyLength) {
  for (std::size_t length = 1; length <= 40; ++length) {
    std::string name;
    for (std::size_t i = 0; i < length; ++i) name += static_cast<char>('a' + i % 26);
    EXPECT_EQ(xml_writer().attribute(name, "v").take(), " " + name + "=\"v\"");
  }
}

TEST(XmlWriter, TakesBackWhatWasWrittenOnHold) {
  std::string received;
  const dgm_output table{sizeof(dgm_output),
                         &received,
                         [](void* self, const void* octets, std::size_t length) noexcept {
                           static_cast<std::string*>(self)->append(static_cast<const char*>(octets), length);
                           return dgm_status{DGM_OK};
                         },
                         {nullptr, 0}};
  const output sink(&table);
  xml_writer out(sink);
  out.raw("kept ");
  const auto before = out.hold();
  out.raw(std::string(std::size_t{1} << 17, 'x')).comment("\r");
  EXPECT_EQ(received, "");
  out.take_back(before);
  EXPECT_FALSE(out.lost_markup_text());
  out.release();
  out.raw("too");
  out.flush();
  EXPECT_EQ(received, "kept too");
}

}  // namespace
}  // namespace dragoman::tei::tests
