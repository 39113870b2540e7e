// Corpora that are larger than memory should be: in pages they are read as they are whole, with the same verdicts, and in
// memory that does not grow with them (tei.md 4.4).
#include "tei_testing.hpp"

#include <null_sink.hpp>
#include <random_model.hpp>

namespace dragoman::tei::tests {
namespace {

std::string corpus_with_long_pieces() {
  std::vector<document> all;
  for (std::uint64_t seed = 0; seed < 40; ++seed)
    all.push_back(build([&](builder& out) { testing::tell_random_model(out, seed, testing::flavour::wild); }));
  std::string text = write(all).octets;
  const auto insert = [&](std::string_view before, std::size_t from, const std::string& what) {
    const auto at = text.find(before, from);
    ASSERT_NE(at, std::string::npos);
    text.insert(at, what);
  };
  const auto filled = [](std::string_view with, std::size_t size) {
    std::string s;
    while (s.size() < size) s += with;
    return s;
  };
  insert("</teiHeader>", 0, "<!--" + filled("between < and > ", 200'000) + "-->");
  insert("</body>", 20'000, "<p>" + filled("words &amp; \xE6\xB8\xAF ]] ", 900'000) + "</p>");
  insert("</body>", text.size() / 2, "<p><![CDATA[" + filled("]] > \xF0\x9F\x9A\xA2", 1'100'000) + "]]></p>");
  insert("</body>", text.size() * 3 / 4, "<p n=\"" + filled("a'&lt;b ", 800'000) + "\"/>");
  insert("</teiCorpus>", text.size() - 100, filled(" ", 300'000));
  while (text.size() < std::size_t{5} << 20) insert("</body>", text.size() / 3, "<p>" + filled("x", 70'000) + "</p>");
  return text;
}

std::string told(const testing::read_result& r) {
  return messages(r.diagnostics) + r.problem + std::to_string(r.documents.size()) + " documents";
}

TEST(Pages, ACorpusIsReadAsItIsWhole) {
  const std::string text = corpus_with_long_pieces();
  const auto whole = testing::read(format, text);
  ASSERT_EQ(whole.documents.size(), 41u) << told(whole);  // with its frame
  for (const std::string& mark : {std::string(), std::string("\xEF\xBB\xBF")}) {
    const std::string octets = mark + text;
    const auto paged = testing::read(format, octets, {}, "test", 1 << 16, false);
    EXPECT_EQ(told(paged), told(whole));
    ASSERT_EQ(paged.documents.size(), whole.documents.size());
    for (std::size_t i = 0; i < paged.documents.size(); ++i)
      EXPECT_EQ(first_difference(whole.documents[i].root(), paged.documents[i].root()), std::nullopt) << i;
  }
}

TEST(Pages, WhatIsIllFormedIsRefusedAtTheSamePlace) {
  const std::string text = corpus_with_long_pieces();
  testing::random_source random(5);
  for (int i = 0; i < 60; ++i) {
    std::string spoilt = text;
    const auto at = i % 3 == 0 ? (std::size_t{1} << 16) * random.below(60) + random.below(9) : random.below(text.size());
    if (i % 4 == 0) spoilt.resize(std::max(at, std::size_t{4} << 20));
    else spoilt.replace(at, 1, 1, "<&\x01\xFF>]\"/"[random.below(8)]);
    const auto whole = testing::read(format, spoilt), paged = testing::read(format, spoilt, {}, "test", 1 << 16, false);
    EXPECT_EQ(told(paged), told(whole)) << "change " << i << " at " << at;
  }
}

// A corpus of any number of cables, made as it is read.
class endless_corpus {
public:
  endless_corpus(std::size_t count, std::string unit) : unit_(std::move(unit)) {
    table_.length = static_cast<std::int64_t>(head.size() + count * unit_.size() + tail.size());
    end_ = head.size() + count * unit_.size();
    table_.name = span("corpus.xml");
  }
  const dgm_input* table() const { return &table_; }

private:
  static constexpr std::string_view head =
      "<teiCorpus "
      "xmlns=\"http://www.tei-c.org/ns/1.0\">\n<teiHeader><fileDesc><titleStmt><title>all</title></titleStmt></fileDesc></"
      "teiHeader>\n";
  static constexpr std::string_view tail = "</teiCorpus>\n";
  static std::int64_t DGM_CALL read_at(void* ctx, std::uint64_t offset, void* buffer, std::size_t capacity) noexcept {
    const auto& self = *static_cast<endless_corpus*>(ctx);
    std::size_t done = 0;
    while (done < capacity) {
      const auto at = static_cast<std::size_t>(offset) + done;
      std::string_view rest = at < head.size() ? head.substr(at)
                              : at < self.end_ ? std::string_view(self.unit_).substr((at - head.size()) % self.unit_.size())
                              : at - self.end_ < tail.size() ? tail.substr(at - self.end_)
                                                             : std::string_view();
      if (rest.empty()) break;
      rest = rest.substr(0, capacity - done);
      std::memcpy(static_cast<char*>(buffer) + done, rest.data(), rest.size());
      done += rest.size();
    }
    return static_cast<std::int64_t>(done);
  }
  std::string unit_;
  std::size_t end_;
  dgm_input table_{sizeof(dgm_input), this, nullptr, read_at, [](void*, dgm_str*) noexcept { return std::int32_t{0}; }, 0,
                   {nullptr, 0}};
};

std::size_t resident_octets() {
  std::ifstream in("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  in >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// Reads a corpus of so many cables; returns by how much the memory had grown at its highest.
std::size_t peak_of(std::size_t count, const std::string& unit) {
  const endless_corpus corpus(count, unit);
  testing::recording_host services(&format, {});
  const std::size_t before = resident_octets();
  std::size_t peak = 0, told = 0;
  void* session = nullptr;
  EXPECT_EQ(format.reader->open(services.table(), corpus.table(), &session), DGM_OK);
  while (format.reader->next(session, &testing::null_sink) == DGM_OK)
    if (told++ % 500 == 0) peak = std::max(peak, resident_octets());
  format.reader->close(session);
  EXPECT_TRUE(services.diagnostics.empty());
  EXPECT_EQ(told, count + 1);  // with its frame
  return peak - std::min(before, peak);
}

TEST(Pages, MemoryDoesNotGrowWithACorpus) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer keeps what was freed";
#endif
  const document cable = build([](builder& out) {
    out.map("document").value("id", "09X1").value("kind", "cable").map("meta").value("subject", "DUES").close().list("body");
    for (int i = 0; i < 20; ++i) out.element("p").text(std::string(200, 'x')).close();
    out.close().close();
  });
  std::string unit = write(cable).octets;
  unit.erase(0, unit.find("<TEI"));
  peak_of(1000, unit);  // what is made once
  const std::size_t once = peak_of(10'000, unit), twice = peak_of(20'000, unit);
  std::cout << "10,000 cables of " << unit.size() << " octets: " << once / 1024 << " KB; 20,000: " << twice / 1024 << " KB\n";
  EXPECT_LT(twice, std::size_t{24} << 20);
  EXPECT_LT(twice - std::min(once, twice), 10'000u * 600) << "a cable costs more than its place";
}

}  // namespace
}  // namespace dragoman::tei::tests
