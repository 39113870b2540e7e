// formats/bundle/verifier.hpp - is it a valid bag, or at least a sound archive? (bundles.md 6, 7)
#pragma once
#include <dragoman/plugin.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace dragoman::bundle {

class verifier {
public:
  // A folder with bagit.txt is a bag; one with a manifest or data/ was meant to be one.
  static int probe(const folder& files) noexcept;
  // A folder, ZIP or tar: every finding on the bag, or, when it is none, on the archive. Never fetches.
  static void verify(const host& services, const dgm_verification& what);
};

// The entries of an archive, checked, for the host to unpack.
class unpacker {
public:
  unpacker(host services, input in);
  ~unpacker();
  unpacker(unpacker&&) noexcept;
  std::size_t count() const;
  bool is_parallel() const;
  dgm_entry entry(std::size_t index) const;
  template <class Take>
  void read(std::size_t index, Take&& take) {
    unpack(index, take);
  }

private:
  void unpack(std::size_t index, const std::function<void(std::string_view)>& take);
  std::unique_ptr<class opened_archive> archive_;
};

}  // namespace dragoman::bundle
