// dragoman/digest.hpp - digests by OpenSSL. Only for those who link libcrypto: the host, tests, and the bundle format.
#pragma once
#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dragoman {

inline std::string hexadecimal(std::string_view octets) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(octets.size() * 2);
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

// A digest made piece by piece; `algorithm` as OpenSSL names it: "SHA256", "SHA512", "MD5". Throws std::runtime_error
// for an algorithm that this OpenSSL does not have. Reusable after finish. One thread at a time.
class digest {
public:
  explicit digest(const char* algorithm) : type_(EVP_get_digestbyname(algorithm)), context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (type_ == nullptr || !context_) throw std::runtime_error(std::string("no digest ") + algorithm);
    start();
  }
  void update(std::string_view octets) { EVP_DigestUpdate(context_.get(), octets.data(), octets.size()); }
  // Lower-case hexadecimal; the next update begins a new digest.
  std::string finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned length = 0;
    EVP_DigestFinal_ex(context_.get(), raw.data(), &length);
    start();
    return hexadecimal({reinterpret_cast<const char*>(raw.data()), length});
  }

private:
  void start() {
    if (EVP_DigestInit_ex(context_.get(), type_, nullptr) != 1) throw std::runtime_error("the digest cannot be started");
  }
  const EVP_MD* type_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

// The sha256_function of document_builder.
inline void sha256(std::string_view octets, char hex[64]) {
  thread_local digest sha("SHA256");
  sha.update(octets);
  const std::string digits = sha.finish();
  std::memcpy(hex, digits.data(), 64);
}
inline std::string sha256_hex(std::string_view octets) {
  std::string hex(64, '0');
  sha256(octets, hex.data());
  return hex;
}

}  // namespace dragoman
