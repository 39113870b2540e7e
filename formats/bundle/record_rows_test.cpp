// Records come back from their rows as they were put aside, whatever they hold.
#include "record_rows.hpp"

#include <gtest/gtest.h>

namespace dragoman::bundle {
namespace {

record full_record() {
  record r;
  r.seq = 7;
  r.id = "A1";
  r.original = "data/originals/a b\n.txt";
  r.sha256 = std::string(64, 'a');
  r.bytes = std::uint64_t{5} << 32;
  r.offset = 0;
  r.length = 12;
  r.source_path = std::string("a\0b\xFF\n", 5);
  r.format = "note";
  r.reader = "org.example.note@1.2";
  r.warnings = {{{}, "w.one", "first \"line\"\nsecond", 3, -1}, {{}, "w.two", "", 0, 9}};
  r.error = record_problem{"write", "e", "Zürich", 4, std::int64_t{1} << 40};
  r.derivatives = {{"data/derivatives/json/a.json", "json", "j@1", "b", "c", 3}, {}};
  r.history = R"([{"bundle":{"base":"x"}}])";
  return r;
}

TEST(RecordRows, GiveBackWhatTheyTook) {
  record_rows rows;
  std::vector<std::string> lines, histories;
  for (int i = 0; i < 3'000; ++i) {  // more than the memory of a spool
    record r = i % 3 == 0 ? full_record() : record();
    r.seq = static_cast<std::uint64_t>(i);
    if (i % 3 == 2) r.id = "", r.is_skipped = true, r.source_path = std::string(static_cast<std::size_t>(i), 'x');
    const auto number = static_cast<std::uint64_t>(i);
    rows.append(r, i % 3 == 0 ? record_files{number, {number + 1, number + 2}} : record_files{});
    lines.push_back(to_json_line(r));
  }
  std::size_t i = 0;
  rows.for_each([&](record& r, const record_files& files) {
    ASSERT_LT(i, lines.size());
    EXPECT_EQ(to_json_line(r), lines[i++]);
    EXPECT_EQ(r.history, r.seq % 3 == 0 ? full_record().history : "");
    EXPECT_EQ(files.original, r.seq % 3 == 0 ? std::optional(r.seq) : std::nullopt);
    EXPECT_EQ(files.derivatives.size(), r.seq % 3 == 0 ? 2u : 0u);
    if (!files.derivatives.empty()) {
      EXPECT_EQ(files.derivatives.back(), r.seq + 2);
    }
  });
  EXPECT_EQ(i, lines.size());
}

TEST(RecordLine, IsCompactJsonWithItsKeysInOrder) {
  record r = full_record();
  r.original = "data/originals/x";
  r.source_path = "Zürich\\.txt";
  r.warnings.pop_back();
  r.derivatives.pop_back();
  r.bytes = 5;
  EXPECT_EQ(to_json_line(r),
            R"({"bytes":5,"derivatives":[{"bytes":3,"event":"c","format":"json","path":"data/derivatives/json/a.json",)"
            R"("puid":"fmt/817","sha256":"b","writer":"j@1"}],"error":{"code":"e","line":4,"message":"Zürich",)"
            R"("offset":1099511627776,"stage":"write"},"format":"note","history":[{"bundle":{"base":"x"}}],"id":"A1",)"
            R"("length":12,"offset":0,"original":"data/originals/x","puid":null,"reader":"org.example.note@1.2","seq":7,)"
            R"("sha256":")" +
                std::string(64, 'a') +
                R"(","source_path":"Zürich\\.txt","source_path_hex":"5ac3bc726963685c2e747874","status":"failed",)"
                R"("warnings":[{"code":"w.one","line":3,"message":"first \"line\"\nsecond"}]})");
}

TEST(RecordLine, ReplacesWhatIsNoText) {
  record r;
  r.id =
      "a\xFF"
      "b\x01\x7F";
  const auto line = to_json_line(r);
  EXPECT_NE(line.find("\"id\":\"a\xEF\xBF\xBD"
                      "b\\u0001\x7F\""),
            std::string::npos)
      << line;
  EXPECT_EQ(from_json_line(line)->id,
            "a\xEF\xBF\xBD"
            "b\x01\x7F");
}

}  // namespace
}  // namespace dragoman::bundle
