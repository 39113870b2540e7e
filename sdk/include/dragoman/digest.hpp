// dragoman/digest.hpp - digests by OpenSSL. Only for those who link libcrypto: the host, tests, and the bundle format.
//
// The functions of the algorithms themselves are called, not OpenSSL's EVP: of the static library that links 50 KB, and nothing
// has to be found, relocated and started before the first digest (docs/decisions.md, decision 33).
#pragma once
#include <openssl/md5.h>
#include <openssl/sha.h>

#include <array>
#include <cstddef>
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

// A digest made piece by piece; `algorithm` is one of "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512". Throws
// std::runtime_error for another. Reusable after finish. One thread at a time.
class digest {
public:
  explicit digest(const char* algorithm) : functions_(&functions_of(algorithm)) { functions_->start(context_); }
  void update(std::string_view octets) { functions_->update(context_, octets.data(), octets.size()); }
  struct octets_of_digest {
    std::array<unsigned char, SHA512_DIGEST_LENGTH> octets{};
    unsigned length = 0;
  };
  // The next update begins a new digest.
  octets_of_digest finish_octets() {
    octets_of_digest raw;
    raw.length = functions_->length;
    functions_->finish(raw.octets.data(), context_);
    functions_->start(context_);
    return raw;
  }
  // The same in lower-case hexadecimal.
  std::string finish() {
    const auto raw = finish_octets();
    return hexadecimal({reinterpret_cast<const char*>(raw.octets.data()), raw.length});
  }

private:
  union context {
    MD5_CTX md5;
    SHA_CTX sha1;
    SHA256_CTX sha256;
    SHA512_CTX sha512;
  };
  struct functions {
    std::string_view algorithm;
    unsigned length;  // of the digest, in octets
    void (*start)(context&);
    void (*update)(context&, const void*, std::size_t);
    void (*finish)(unsigned char*, context&);
  };
// OpenSSL 3 advises against these functions for the sake of FIPS and of hardware that it drives; a digest of ours needs neither.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  template <auto member, auto start, auto update, auto finish>
  static constexpr functions use(std::string_view algorithm, unsigned length) noexcept {
    return {algorithm, length, [](context& c) { start(&(c.*member)); },
            [](context& c, const void* octets, std::size_t size) { update(&(c.*member), octets, size); },
            [](unsigned char* out, context& c) { finish(out, &(c.*member)); }};
  }
  static const functions& functions_of(std::string_view algorithm) {
    static constexpr std::array<functions, 6> all{
        {use<&context::md5, MD5_Init, MD5_Update, MD5_Final>("MD5", MD5_DIGEST_LENGTH),
         use<&context::sha1, SHA1_Init, SHA1_Update, SHA1_Final>("SHA1", SHA_DIGEST_LENGTH),
         use<&context::sha256, SHA224_Init, SHA224_Update, SHA224_Final>("SHA224", SHA224_DIGEST_LENGTH),
         use<&context::sha256, SHA256_Init, SHA256_Update, SHA256_Final>("SHA256", SHA256_DIGEST_LENGTH),
         use<&context::sha512, SHA384_Init, SHA384_Update, SHA384_Final>("SHA384", SHA384_DIGEST_LENGTH),
         use<&context::sha512, SHA512_Init, SHA512_Update, SHA512_Final>("SHA512", SHA512_DIGEST_LENGTH)}};
    for (const functions& f : all)
      if (f.algorithm == algorithm) return f;
    throw std::runtime_error("no digest " + std::string(algorithm));
  }
#pragma GCC diagnostic pop

  const functions* functions_;
  context context_;
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
