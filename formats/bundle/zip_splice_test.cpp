// Changing entries of a ZIP that we made, in all the shapes that our ZIPs have.
#include "zip_splice.hpp"

#include "container.hpp"
#include "packing.hpp"
#include "testing.hpp"

#include <dragoman/testing.hpp>

#include <gtest/gtest.h>

namespace dragoman::bundle {
namespace {

std::string zip_of(const std::vector<fake::zip_file>& files, bool deflate = true) {
  testing::memory_output memory;
  const output out(memory.table());
  zip_writer zip(out);
  for (const auto& f : files) {
    std::string packed;
    const auto entry = pack(f.octets, deflate, packed);
    zip.add(f.path, entry, memory_source(packed), 0);
  }
  zip.finish();
  return memory.octets;
}

std::string replaced(const std::string& zip, const changed_entries& changed) {
  testing::memory_output memory;
  const memory_source source(zip);
  replace_entries(source, read_zip_directory(source, {}, [](auto...) {}), changed, output(memory.table()));
  return memory.octets;
}

const std::vector<fake::zip_file> files{
    {"top/a.txt", "alpha"}, {"top/é.txt", std::string(100'000, 'b')}, {"top/c.txt", ""}, {"top/z.txt", "omega"}};

class Splice : public ::testing::TestWithParam<bool> {};

TEST_P(Splice, GivesWhatPackingAnewWouldGive) {
  const std::string zip = zip_of(files, GetParam());
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto others = files;
    others[i].octets = "another text, longer than before";
    EXPECT_EQ(fake::entries_of(replaced(zip, {{others[i].path, others[i].octets}})).at(i).octets, others[i].octets);
    if (GetParam()) {
      EXPECT_EQ(replaced(zip, {{others[i].path, others[i].octets}}), zip_of(others));
    }
  }
}

TEST_P(Splice, LeavesTheOthersAsTheyArePacked) {
  const std::string zip = zip_of(files, GetParam());
  EXPECT_EQ(replaced(zip, {}), zip);
}
INSTANTIATE_TEST_SUITE_P(Deflated, Splice, ::testing::Bool());

TEST(Splice, WritesZip64WhereItIsNeeded) {
  std::vector<fake::zip_file> many;
  for (int i = 0; i < 66'000; ++i) many.push_back({"f" + std::to_string(i), "x"});
  const std::string zip = zip_of(many, false);
  const std::string changed = replaced(zip, {{"f7", "changed"}});
  const memory_source source(changed);
  const auto entries = open_container(source, {}, [](auto, auto&, auto) {});
  ASSERT_EQ(entries->count(), many.size());
  std::string octets;
  for (const std::size_t i : {7u, 8u, 65'999u}) entries->unpack(i, [&](std::string_view piece) { octets += piece; });
  EXPECT_EQ(octets, "changedxx");
}

TEST(Splice, WantsThePathsThatAreToBeChanged) { EXPECT_THROW(replaced(zip_of(files), {{"top/b.txt", "x"}}), unusable); }

}  // namespace
}  // namespace dragoman::bundle
