#include "plugins/schema_lender.hpp"

#include "plugins/fake_formats.hpp"

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

std::string octets_of(const dgm_input* lent) {
  dgm_str all{};
  if (lent == nullptr) return "(none)";
  return lent->contents(lent->ctx, &all) == 1 ? std::string(view(all)) : "(not in memory)";
}

TEST(SchemaLender, GivesWhatLiesBesideTheInput) {
  const fake::folder folder;
  folder.write("in/cable.xml", "");
  folder.write("in/cable.rng", "beside");
  folder.write("in/parts/names.rng", "below");
  folder.write("outside.rng", "outside");
  std::filesystem::create_symlink(folder.path("outside.rng"), folder.path("in/link.rng"));
  schema_lender lender({}, nullptr, folder_of(folder.path("in/cable.xml")));
  EXPECT_EQ(lender.lend(""), nullptr);
  EXPECT_FALSE(lender.gave_named());
  EXPECT_EQ(octets_of(lender.lend("cable.rng")), "beside");
  EXPECT_EQ(octets_of(lender.lend("parts/names.rng")), "below");
  EXPECT_EQ(octets_of(lender.lend("parts/../cable.rng")), "beside");
  EXPECT_EQ(lender.lend("cable.rng"), lender.lend("cable.rng"));
  for (const char* never : {"absent.rng", "../outside.rng", "link.rng", "parts", "..", "http://example.org/x.rng"})
    EXPECT_EQ(lender.lend(never), nullptr) << never;
  EXPECT_EQ(lender.lend(folder.path("outside.rng")), nullptr);
}

TEST(SchemaLender, TheNamedOneComesFirstAndWithItsOwnFolder) {
  const fake::folder folder;
  folder.write("in/part.rng", "of the input");
  folder.write("schemas/part.rng", "of the schema");
  schema_lender lender(folder.path("schemas/own.rng"), octets::of_memory("named"), folder.path("in"));
  EXPECT_EQ(octets_of(lender.lend("")), "named");
  EXPECT_EQ(view(lender.lend("")->name), "own.rng");
  EXPECT_TRUE(lender.gave_named());
  EXPECT_EQ(octets_of(lender.lend("part.rng")), "of the schema");
}

TEST(SchemaLender, HasNothingBesideStandardInput) {
  schema_lender lender({}, nullptr, folder_of(""));
  EXPECT_EQ(lender.lend("x.rng"), nullptr);
}

}  // namespace
}  // namespace dragoman::hosting
