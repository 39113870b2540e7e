#include "plugins/table_check.hpp"

#include "plugins/fake_formats.hpp"

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

// A plugin of one format that a test can spoil.
struct made {
  dgm_format format = fake::lines;
  std::vector<dgm_option> options{std::begin(fake::lines_options), std::end(fake::lines_options)};
  dgm_reader reader = *fake::lines.reader;
  dgm_writer writer = *fake::lines.writer;
  const dgm_format* formats[3] = {&format, nullptr, nullptr};
  dgm_plugin plugin = fake::lines_plugin;
  std::string verdict() {
    format.options = options.data();
    format.option_count = options.size();
    if (format.reader != nullptr) format.reader = &reader;
    if (format.writer != nullptr) format.writer = &writer;
    plugin.formats = formats;
    return why_not_a_plugin(&plugin);
  }
};

TEST(PluginTable, GoodOnesPass) {
  EXPECT_EQ(made().verdict(), "");
  EXPECT_EQ(why_not_a_plugin(&fake::twin_plugin), "");
}

TEST(PluginTable, OlderAndNewerSizesPass) {
  made grown;
  grown.plugin.size += 64;
  grown.format.size += 64;
  grown.reader.size += 64;
  EXPECT_EQ(grown.verdict(), "");
  made older;
  older.reader.size = offsetof(dgm_reader, split);   // before split, and parts behind it, were added
  older.writer.size = offsetof(dgm_writer, failed);  // before failed was added
  older.format.size = offsetof(dgm_format, terms);   // before terms were added
  older.format.terms = nullptr;                      // what stands behind such a table is not read
  EXPECT_EQ(older.verdict(), "");
}

TEST(PluginTable, SaysWhatIsWrong) {
  const auto expect = [](const char* words, auto spoil) {
    made m;
    spoil(m);
    EXPECT_NE(m.verdict().find(words), std::string::npos) << m.verdict() << " / " << words;
  };
  expect("one of parts and open_part", [](made& m) { m.reader.parts = [](void*) noexcept -> std::uint64_t { return 0; }; });
  expect("contract 9", [](made& m) { m.plugin.abi = 9; });
  expect("document model", [](made& m) { m.plugin.model = "cable/2"; });
  expect("too small", [](made& m) { m.plugin.size = 8; });
  expect("its id is missing", [](made& m) { m.plugin.id = nullptr; });
  expect("not well formed", [](made& m) { m.plugin.id = "../x"; });
  expect("not text", [](made& m) { m.plugin.version = "\xff"; });
  expect("no formats", [](made& m) { m.formats[0] = nullptr; });
  expect("stands twice", [](made& m) { m.formats[1] = m.formats[0]; });
  expect("too small a table", [](made& m) { m.format.size = 40; });
  expect("title is missing", [](made& m) { m.format.title = nullptr; });
  expect("suffixes are missing", [](made& m) { m.format.suffixes = nullptr; });
  expect("help is empty", [](made& m) { m.options[0].help = ""; });
  expect("has no default", [](made& m) { m.options[0].fallback = nullptr; });
  expect("its default is not", [](made& m) { m.options[0].fallback = "99"; });
  expect("no known type", [](made& m) { m.options[0].type = 17; });
  expect("choices are missing", [](made& m) { m.options[2].choices = nullptr; });
  expect("option count stands twice", [](made& m) { m.options[1].name = "count"; });
  expect("lacks open", [](made& m) { m.reader.next = nullptr; });
  expect("lacks open", [](made& m) { m.writer.finish = nullptr; });
  expect("reader is too small", [](made& m) { m.reader.size = 16; });
  expect("neither reads nor writes", [](made& m) { m.format.reader = nullptr, m.format.writer = nullptr; });
  static constexpr const char* none[] = {nullptr};
  expect("stand for themselves", [](made& m) { m.format.flags |= DGM_STANDALONE | DGM_ARCHIVE; });
  expect("has no suffix", [](made& m) { m.format.suffixes = none; });
  static constexpr dgm_magic bad[] = {{50, 0, 4, nullptr}};
  expect("magic", [](made& m) { m.format.magic = bad; });
  static constexpr dgm_code code[] = {{"Not A Code", DGM_ERROR, "x", nullptr}};
  expect("code", [](made& m) { m.format.codes = code; });
  expect("terms are missing", [](made& m) { m.format.terms = nullptr; });
  expect("terms are missing", [](made& m) { m.format.term_count = std::size_t{1} << 40; });
  expect("schemas are missing", [](made& m) { m.format.schema_count = 1; });
  static constexpr dgm_schema empty[] = {{"x.rng", "A schema", "application/xml", "", 0}};
  expect("schema x.rng is empty", [](made& m) { m.format.schemas = empty, m.format.schema_count = 1; });
  static constexpr dgm_schema elsewhere[] = {{"../x", "A schema", "application/xml", "x", 1}};
  expect("not well formed", [](made& m) { m.format.schemas = elsewhere, m.format.schema_count = 1; });
  static constexpr dgm_verifier no_verify{sizeof(dgm_verifier), nullptr, nullptr, 0}, no_room{8, nullptr, nullptr, 0};
  expect("its verifier lacks verify", [](made& m) { m.format.verifier = &no_verify; });
  expect("verifier is too small", [](made& m) { m.format.verifier = &no_room; });
  static constexpr dgm_unpacker no_open{sizeof(dgm_unpacker), nullptr, nullptr, nullptr, nullptr},
      no_place{8, nullptr, nullptr, nullptr, nullptr};
  expect("its unpacker lacks open", [](made& m) { m.format.unpacker = &no_open; });
  expect("unpacker is too small", [](made& m) { m.format.unpacker = &no_place; });
}

TEST(Terms, SayWhatIsWrong) {
  EXPECT_EQ(why_not_a_term(fake::lines_terms[0]), "");
  EXPECT_EQ(why_not_a_term({nullptr, "kind", "meaning", "source"}), "a term is missing");
  EXPECT_EQ(why_not_a_term({"", "kind", "meaning", "source"}), "a term is empty");
  EXPECT_EQ(why_not_a_term({"T", nullptr, "meaning", "source"}), "term T: kind is missing");
  EXPECT_EQ(why_not_a_term({"T", "kind", "\xff", "source"}), "term T: meaning is not text");
  EXPECT_EQ(why_not_a_term({"T", "kind", "meaning", ""}), "term T: source is empty");
}

}  // namespace
}  // namespace dragoman::hosting
