// verifier.hpp - what reading a TEI file does not see: is it valid by its schema? (issue: `dragoman verify`; tei.md 0.5)
#pragma once
#include <dragoman/plugin.hpp>

namespace dragoman::tei {

// Judges a file by the schema that the user named; or by those that its xml-model instructions name and that lie beside it;
// or by one beside it that has its name; and always by the profile of cables, when it says that it is of that profile.
struct verifier {
  static void verify(const host& services, const dgm_verification& what);
};

}  // namespace dragoman::tei
