// ZIPs as we write them: what others make of them, and what is said of sizes that 32 bits cannot hold.
#include "zip_writer.hpp"

#include "archive.hpp"
#include "container.hpp"
#include "packing.hpp"
#include "testing.hpp"
#include "zip_preflight.hpp"

#include <dragoman/testing.hpp>

#include <gtest/gtest.h>

#include <map>

namespace dragoman::bundle {
namespace {

constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

// Octets at some places of a file that is empty everywhere else.
class sparse_source final : public octet_source {
public:
  void put(std::uint64_t offset, std::string octets) {
    size_ = std::max(size_, offset + octets.size());
    pieces_[offset] = std::move(octets);
  }
  std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, char* buffer, std::size_t length) const override {
    std::fill_n(buffer, length, '\0');
    for (const auto& [begin, octets] : pieces_) {
      const auto from = std::max(begin, offset), to = std::min(begin + octets.size(), offset + length);
      if (from < to)
        octets.copy(buffer + (from - offset), static_cast<std::size_t>(to - from), static_cast<std::size_t>(from - begin));
    }
  }

private:
  std::map<std::uint64_t, std::string> pieces_;
  std::uint64_t size_ = 0;
};

struct large_entry {
  std::string path;
  packed_entry entry;
};

// A ZIP of entries whose octets are not there: the preflight reads everything else.
zip_table table_of(const std::vector<large_entry>& entries) {
  sparse_source zip;
  std::string directory;
  std::uint64_t at = 0;
  for (const auto& [path, entry] : entries) {
    directory += zip_directory_record(path, entry, at);
    const std::string local = zip_local_header(path, entry);
    zip.put(at, local);
    at += local.size() + entry.packed;
  }
  zip.put(at, directory + zip_end_records(entries.size(), at, directory.size()));
  archive_rules rules;
  rules.limits = archive_limits::none();
  return read_zip_directory(zip, rules, [](auto...) { ADD_FAILURE() << "a warning"; });
}

TEST(ZipWriter, SaysSizesAndPlacesOfAnyLength) {
  const auto deflated = packed_entry::deflated, stored = packed_entry::stored;
  const std::vector<large_entry> entries{
      {"top/small.txt", {3, 5, 0x01020304, deflated}},
      {"top/packs-well.txt", {gibibyte, 5 * gibibyte, 7, deflated}},
      {"top/just-not.bin", {0xFFFFFFFE, 0xFFFFFFFE, 8, stored}},  // the last that has room
      {"top/just.bin", {0xFFFFFFFF, 0xFFFFFFFF, 9, stored}},      // stands for "in the other field"
      {"top/large.bin", {6 * gibibyte, 6 * gibibyte, 10, stored}},
      {"top/behind.txt", {1, 1, 0xFFFFFFFF, stored}},
  };
  const zip_table table = table_of(entries);
  ASSERT_EQ(table.count(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const zip_entry e = table.entry(i);
    EXPECT_EQ(table.name(i), entries[i].path);
    EXPECT_EQ(e.packed, entries[i].entry.packed) << entries[i].path;
    EXPECT_EQ(e.size, entries[i].entry.size) << entries[i].path;
    EXPECT_EQ(e.crc, entries[i].entry.crc) << entries[i].path;
    EXPECT_EQ(e.method, entries[i].entry.method) << entries[i].path;
  }
  EXPECT_GT(table.header(table.count() - 1), 14 * gibibyte);
}

TEST(ZipWriter, UsesZip64OnlyWhereItMust) {
  const packed_entry small{3, 5, 7, packed_entry::deflated}, large{3, gibibyte * 4, 7, packed_entry::deflated};
  const std::string path = "a/b.txt";
  EXPECT_EQ(zip_local_header(path, small).size(), 30 + path.size());
  EXPECT_EQ(zip_directory_record(path, small, 0xFFFFFFFE).size(), 46 + path.size());
  EXPECT_EQ(zip_local_header(path, large).size(), 30 + path.size() + 4 + 16);        // both sizes
  EXPECT_EQ(zip_directory_record(path, large, 0).size(), 46 + path.size() + 4 + 8);  // one
  EXPECT_EQ(zip_directory_record(path, large, 0xFFFFFFFF).size(), 46 + path.size() + 4 + 16);
  EXPECT_EQ(zip_end_records(65'534, 0xFFFFFFFE, 0xFFFFFFFE).size(), 22u);
  EXPECT_EQ(zip_end_records(65'535, 0, 0).size(), 22u + 56 + 20);
  EXPECT_EQ(zip_end_records(1, 0xFFFFFFFF, 0).size(), 22u + 56 + 20);
}

TEST(ZipWriter, WritesTheSameHeaderAlways) {
  const std::string_view expected("PK\3\4\24\0\0\10\10\0\0\0\41\0\4\3\2\1\3\0\0\0\5\0\0\0\1\0\0\0x", 31);
  EXPECT_EQ(zip_local_header("x", {3, 5, 0x01020304, packed_entry::deflated}), expected);
}

TEST(ZipWriter, WritesWhatOthersRead) {
  testing::memory_output memory;
  const output out(memory.table());
  std::string noise;
  for (std::uint32_t i = 0, x = 7; i < 700'000; ++i) noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  const std::vector<fake::zip_file> files{
      {"top/leer.txt", ""}, {"top/Zürich.txt", "Grüezi\n"}, {"top/long.txt", std::string(300'000, 'x')}, {"top/noise", noise}};
  zip_writer zip(out);
  zip.add_folder("top/data/");
  for (const auto& f : files) {
    std::string packed = "before";
    const auto entry = pack(f.octets, true, packed);
    zip.add(f.path, entry, memory_source(packed), 6);
  }
  zip.finish();
  const utf8_names as_utf8;  // for libarchive
  const auto read = fake::entries_of(memory.octets);
  ASSERT_EQ(read.size(), 1 + files.size());
  EXPECT_EQ(read[0].path, "top/data/");
  const memory_source source(memory.octets);
  const auto entries = open_container(source, {}, [](auto, auto&, auto) {});
  EXPECT_TRUE(entries->is_folder(0));
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(read[i + 1].path, files[i].path);
    EXPECT_TRUE(read[i + 1].octets == files[i].octets) << files[i].path;
    std::string octets;
    entries->unpack(i + 1, [&](std::string_view piece) { octets += piece; });
    EXPECT_TRUE(octets == files[i].octets) << files[i].path;
  }
}

TEST(ZipWriter, HandsErrorsOfTheOutputBack) {
  testing::memory_output memory(1'000);
  const output out(memory.table());
  zip_writer zip(out);
  const std::string octets(2'000, 'x');
  zip.add("x", {octets.size(), octets.size(), 0, packed_entry::stored}, memory_source(octets), 0);
  EXPECT_THROW(zip.finish(), stop);
}

}  // namespace
}  // namespace dragoman::bundle
