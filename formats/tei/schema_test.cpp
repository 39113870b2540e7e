// What we author is valid against tei_all, as RELAX NG (tei.md 0.5, 6.4).
#include "tei_testing.hpp"

#include <random_model.hpp>

namespace dragoman::tei::tests {
namespace {

TEST(Schema, AuthoredCablesAreValid) {
  const fs::path schema = corpora() / ".." / "schemas" / "tei_all.rng";
  if (!fs::exists(schema)) GTEST_SKIP() << "no schema at " << schema;
  const bool has_jing = has_tool("jing");
  if (!has_jing && !has_tool("xmllint")) GTEST_SKIP() << "neither jing nor xmllint is installed";
  const scratch_folder folder;
  std::vector<document> all;
  std::string command = has_jing ? "jing " + quoted(schema) : "xmllint --noout --nonet --relaxng " + quoted(schema);
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    all.push_back(build([&](builder& out) { testing::tell_random_model(out, seed, testing::flavour::profile); }));
    command += " " + quoted(folder.file(std::to_string(seed) + ".xml", write(all.back()).octets));
  }
  command += " " + quoted(folder.file("corpus.xml", write(all).octets));
  const document empty = build([](builder& out) {
    out.map("document").value("id", "09 X").value("kind", "cable").map("meta").value("signature", "RONLAN").close().list("body").close().close();
  });
  command += " " + quoted(folder.file("empty.xml", write(empty).octets));
  const document sample = read_one(read_file(fs::path(DRAGOMAN_SOURCE_DIR) / "formats/tei/samples/cable.tei.xml"));
  command += " " + quoted(folder.file("sample.xml", write(sample).octets));
  const document foreign = build([](builder& out) {
    out.map("document").value("id", "note").value("kind", "document").list("body").element("p").text("x").close().close().close();
  });
  command += " " + quoted(folder.file("foreign.xml", write(foreign).octets));
  const document foreign_text = build([](builder& out) {
    out.map("document").value("id", "text").value("kind", "document").list("body").element("text").element("body").element("p").close().close().close().close().close();
  });
  command += " " + quoted(folder.file("text.xml", write(foreign_text).octets));
  std::string said;
  EXPECT_EQ(run(command + " 2>&1", said), 0) << said.substr(0, 3000);
}

}  // namespace
}  // namespace dragoman::tei::tests
