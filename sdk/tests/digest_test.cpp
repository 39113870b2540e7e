// Digests: each algorithm by name, piece by piece, and again.
#include <gtest/gtest.h>
#include <dragoman/digest.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman {
namespace {

// Of "abc" (FIPS 180, RFC 1321).
const std::vector<std::pair<const char*, std::string_view>> of_abc{
    {"MD5", "900150983cd24fb0d6963f7d28e17f72"},
    {"SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"SHA224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {"SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"SHA384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
    {"SHA512",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54"
     "ca49f"}};

TEST(Digest, IsThatOfTheStandards) {
  for (const auto& [algorithm, expected] : of_abc) {
    digest d(algorithm);
    d.update("abc");
    EXPECT_EQ(d.finish(), expected) << algorithm;
  }
}

TEST(Digest, IsMadePieceByPieceAndAgain) {
  for (const auto& [algorithm, expected] : of_abc) {
    digest d(algorithm);
    d.update("another");
    const std::string another = d.finish();
    EXPECT_NE(another, expected);
    for (const std::string_view piece : {"a", "", "bc"}) d.update(piece);
    const auto raw = d.finish_octets();
    EXPECT_EQ(hexadecimal({reinterpret_cast<const char*>(raw.octets.data()), raw.length}), expected) << algorithm;
    d.update("another");
    EXPECT_EQ(d.finish(), another);
  }
}

TEST(Digest, KnowsNoOther) {
  for (const char* name : {"", "sha256", "SHA-256", "SHA3-256"}) EXPECT_THROW(digest{name}, std::runtime_error) << name;
}

TEST(Digest, OfAStringInOneCall) { EXPECT_EQ(sha256_hex("abc"), of_abc[3].second); }

}  // namespace
}  // namespace dragoman
