// formats/bundle/verifier.hpp - is it a valid bag, or at least a sound archive? (bundles.md 6, 7)
#pragma once
#include <dragoman/plugin.hpp>

namespace dragoman::bundle {

class verifier {
public:
  // A folder with bagit.txt is a bag; one with a manifest or data/ was meant to be one.
  static int probe(const folder& files) noexcept;
  // A folder, ZIP or tar: every finding on the bag, or, when it is none, on the archive. Never fetches.
  static void verify(const host& services, const dgm_verification& what);
};

}  // namespace dragoman::bundle
