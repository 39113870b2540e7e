// formats/bundle/bundle.hpp - the format `bundle`: BagIt bags, bundles and plain archives, read and written.
//
// Source: bundles.md. The tables are constant data; sessions follow the contract of dragoman/plugin.h.
#pragma once
#include <dragoman/plugin.h>

namespace dragoman::bundle {

extern const dgm_format format;

}  // namespace dragoman::bundle
