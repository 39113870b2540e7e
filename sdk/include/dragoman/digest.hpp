// dragoman/digest.hpp - digests by OpenSSL. Only for those who link libcrypto: the host, tests, and the bundle format.
#pragma once
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dragoman {

// Writes two lower-case digits an octet to `out`.
inline void write_hexadecimal(const unsigned char* octets, std::size_t count, char* out) noexcept {
  constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < count; ++i) {
    *out++ = digits[octets[i] >> 4];
    *out++ = digits[octets[i] & 15];
  }
}
inline std::string hexadecimal(std::string_view octets) {
  std::string out(octets.size() * 2, '0');
  write_hexadecimal(reinterpret_cast<const unsigned char*>(octets.data()), octets.size(), out.data());
  return out;
}

// A digest made piece by piece; `algorithm` as OpenSSL names it: "SHA256", "SHA512", "MD5". Throws std::runtime_error
// for an algorithm that this OpenSSL does not have. Reusable after finish. One thread at a time.
class digest {
public:
  explicit digest(const char* algorithm) : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    const EVP_MD* type = EVP_get_digestbyname(algorithm);
    if (type == nullptr || !context_) throw std::runtime_error(std::string("no digest ") + algorithm);
    start(type);
  }
  void update(std::string_view octets) { EVP_DigestUpdate(context_.get(), octets.data(), octets.size()); }
  struct octets_of_digest {
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
    unsigned length = 0;
  };
  // The next update begins a new digest.
  octets_of_digest finish_octets() {
    octets_of_digest raw;
    EVP_DigestFinal_ex(context_.get(), raw.octets.data(), &raw.length);
    start(nullptr);  // the same again, which need not be looked up
    return raw;
  }
  // The same in lower-case hexadecimal.
  std::string finish() {
    const auto raw = finish_octets();
    return hexadecimal({reinterpret_cast<const char*>(raw.octets.data()), raw.length});
  }

private:
  void start(const EVP_MD* type) {
    if (EVP_DigestInit_ex(context_.get(), type, nullptr) != 1) throw std::runtime_error("the digest cannot be started");
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

// The sha256_function of document_builder.
inline void sha256(std::string_view octets, char hex[64]) {
  thread_local digest sha("SHA256");
  sha.update(octets);
  const auto raw = sha.finish_octets();
  write_hexadecimal(raw.octets.data(), 32, hex);
}
inline std::string sha256_hex(std::string_view octets) {
  std::string hex(64, '0');
  sha256(octets, hex.data());
  return hex;
}

}  // namespace dragoman
