// Octets packed in one go, as a stream and as files of a payload: they come out as they went in, and packed the same way.
#include "packing.hpp"

#include "payload.hpp"
#include "testing.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/testing.hpp>

#include <gtest/gtest.h>
#include <zlib.h>

#include <map>
#include <utility>

namespace dragoman::bundle {
namespace {

std::string all_of(const octet_source& octets) {
  std::string out;
  for_each_block(octets, [&](std::string_view block) { out += block; });
  return out;
}

// By zlib, which did not pack what is in memory.
std::string unpacked(std::string_view packed, const packed_entry& entry) {
  EXPECT_EQ(packed.size(), entry.packed);
  std::string out(static_cast<std::size_t>(entry.size), '\0');
  if (entry.method == packed_entry::stored) {
    out = packed;
  } else {
    z_stream stream{};
    ::inflateInit2(&stream, -15);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
    EXPECT_EQ(stream.avail_in + stream.avail_out, 0u);
    ::inflateEnd(&stream);
  }
  EXPECT_EQ(::crc32(0, reinterpret_cast<const Bytef*>(out.data()), static_cast<uInt>(out.size())), entry.crc);
  return out;
}

std::string words(std::size_t length, std::uint32_t seed = 7) {
  std::string out;
  while (out.size() < std::min(length, std::size_t{1} << 20))
    out += std::to_string((seed = seed * 1664525 + 1013904223) >> 22) + " ";
  while (out.size() < length) out += std::string(out);
  out.resize(length);
  return out;
}
std::string noise(std::size_t length) {
  std::string out;
  for (std::uint32_t x = 7; out.size() < length;) out += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  return out;
}

TEST(Packing, UnpacksNothingThatIsNotWhole) {
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{9'000}})
    for (const bool deflate : {true, false}) {
      const std::string octets = words(length);
      std::string packed;
      const packed_entry whole = pack(octets, deflate, packed);
      SCOPED_TRACE(std::to_string(length) + (whole.method == packed_entry::deflated ? " deflated" : " stored"));
      std::string room(length + 1, '\0');
      EXPECT_EQ(unpack(packed, whole, room.data()), "");
      EXPECT_TRUE(std::string_view(room).substr(0, length) == octets);
      const auto is_refused = [&](std::string_view given, packed_entry entry) {
        return !unpack(given, entry, room.data()).empty();
      };
      auto other = whole;
      ++other.crc;
      EXPECT_TRUE(is_refused(packed, other));
      other = whole;
      ++other.size;
      EXPECT_TRUE(is_refused(packed, other));
      EXPECT_TRUE(is_refused(packed + '\0', whole));
      if (length == 0) continue;
      --(other = whole).size;
      EXPECT_TRUE(is_refused(packed, other));
      for (std::size_t cut = 0; cut < packed.size(); ++cut) EXPECT_TRUE(is_refused(packed.substr(0, cut), whole)) << cut;
      for (std::size_t i = 0; i < packed.size(); ++i) {
        std::string flipped = packed;
        flipped[i] = static_cast<char>(flipped[i] ^ 1 << i % 8);
        EXPECT_TRUE(is_refused(flipped, whole) || std::string_view(room).substr(0, length) == octets) << i;
      }
    }
}

TEST(Packing, GivesBackWhatWasPacked) {
  for (const std::size_t length :
       {std::size_t{1}, std::size_t{100}, std::size_t{70'000}, largest_in_memory, largest_in_memory + 1})
    for (const bool deflate : {true, false}) {
      const std::string octets = words(length);
      std::string packed;
      const auto at_once = pack(octets, deflate, packed);
      EXPECT_TRUE(unpacked(packed, at_once) == octets) << length;
      spool to;
      const auto entry = pack(memory_source(octets), deflate, to);
      EXPECT_TRUE(unpacked(all_of(to), entry) == octets) << length;
      if (deflate && length > 10) {
        EXPECT_EQ(entry.method, packed_entry::deflated);
        EXPECT_LT(entry.packed, length / 2 + 10);
      }
      if (length <= largest_in_memory) {
        EXPECT_TRUE(all_of(to) == packed) << length;
      }
    }
}

TEST(Packing, StoresWhatDeflateDoesNotMakeSmaller) {
  for (const std::string& octets : {std::string(), std::string("a"), std::string("abc"), noise(50'000)}) {
    std::string packed;
    const auto entry = pack(octets, true, packed);
    EXPECT_EQ(entry.method, packed_entry::stored) << octets.size();
    EXPECT_TRUE(packed == octets) << octets.size();
  }
}

TEST(Packing, DoesNotDependOnThePiecesOfAStream) {
  const std::string octets = words(300'000);
  const auto streamed = [&](std::size_t step) {
    spool to;
    stream_packer stream(to, true);
    for (std::size_t at = 0; at < octets.size(); at += step) stream.append(std::string_view(octets).substr(at, step));
    const auto entry = stream.finish();
    EXPECT_TRUE(unpacked(all_of(to), entry) == octets);
    return all_of(to);
  };
  EXPECT_TRUE(streamed(1'000) == streamed(65'536));
  EXPECT_TRUE(streamed(1'000) == streamed(octets.size()));
}

TEST(Packing, ThrowsWhatAPieceOfWorkThrew) {
  for (const dgm_work* work : {static_cast<const dgm_work*>(nullptr), &fake::threads}) {
    std::vector<int> done(10);
    const auto piece = [&](std::uint64_t n) {
      if (n == 3) throw spool_error("three");
      done[static_cast<std::size_t>(n)] = 1;
    };
    EXPECT_THROW(work_side_by_side(work, done.size(), piece), spool_error);
    EXPECT_EQ(done[3], 0);
  }
}

std::string sha512_hex(std::string_view octets) {
  digest sha("SHA512");
  sha.update(octets);
  return sha.finish();
}

// What becomes of files of a payload in a ZIP, by path; those whose path is "" are given up.
std::string zip_of(const std::vector<fake::zip_file>& files, const dgm_work* work) {
  payload p(true, work);
  std::map<std::size_t, std::pair<std::string, std::string>> digests;
  for (const auto& f : files) {
    payload::item item(p);
    item.append(std::string_view(f.octets).substr(0, f.octets.size() / 2));
    item.append(std::string_view(f.octets).substr(f.octets.size() / 2));
    EXPECT_EQ(item.size(), f.octets.size());
    if (f.path.empty()) continue;
    const std::size_t number = item.commit();
    p.name(number, f.path);
    digests[number] = {sha256_hex(f.octets), sha512_hex(f.octets)};
  }
  p.complete();
  payload::lookup packed(p);
  for (const auto& [number, expected] : digests)
    EXPECT_EQ(std::make_pair(sha256_of(packed.digests(number)), sha512_of(packed.digests(number))), expected);
  testing::memory_output memory;
  const output out(memory.table());
  zip_writer zip(out);
  for (const auto number : p.in_order()) packed.add_to(zip, p.path(number), number);
  zip.finish();
  return memory.octets;
}

TEST(Payload, HoldsSmallFilesAndLargeOnesAndNothingOfThoseGivenUp) {
  const std::string large = words(5'000'000), small = words(5'000, 8);
  std::vector<fake::zip_file> files{{"n", large}, {"", small},      {"b", small}, {"", large},
                                    {"k", ""},    {"", noise(100)}, {"a", large}, {"e", small}};
  for (int i = 0; i < 200; ++i) files.push_back({"many/" + std::to_string(i), words(30'000, static_cast<std::uint32_t>(i))});
  const std::string zip = zip_of(files, &fake::threads);
  EXPECT_TRUE(zip == zip_of(files, nullptr));
  std::erase_if(files, [](const auto& f) { return f.path.empty(); });
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  const auto read = fake::entries_of(zip);
  ASSERT_EQ(read.size(), files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(read[i].path, files[i].path);
    EXPECT_TRUE(read[i].octets == files[i].octets) << files[i].path;
  }
}

}  // namespace
}  // namespace dragoman::bundle
