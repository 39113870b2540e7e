// tei.hpp - TEI P5: cables in the profile of docs/tei.md, collections of them, and any other TEI passed through.
//
// The reader: octets -> scan (guard.hpp) -> pugixml -> model. The writer: model -> octets. Both keep what they do not
// understand. Source of the rules: tei.md.
#pragma once
#include <dragoman/plugin.h>

namespace dragoman::tei {

// The format "tei". Constant data; any thread.
extern const dgm_format format;

}  // namespace dragoman::tei
