// formats/bundle/zip_splice.hpp - a ZIP with some of its entries changed, without packing the others anew.
//
// Source: bundles.md 3 "rewriting bag-info.txt and the tag manifests only"; PKWARE APPNOTE 4.3, 4.4, 4.5.3. Pure; any
// thread.
#pragma once
#include "octets.hpp"
#include "zip_preflight.hpp"

#include <dragoman/plugin.hpp>

#include <functional>
#include <map>
#include <string>

namespace dragoman::bundle {

using changed_entries = std::map<std::string, std::string, std::less<>>;  // by path: the new octets

// Writes `zip`, which zip_writer made and whose directory is `table`, to `out` in the same order. Throws unusable when it lacks a
// path that is to be changed, and stop for errors of source and output.
void replace_entries(const octet_source& zip, const zip_table& table, const changed_entries& changed, const output& out);

}  // namespace dragoman::bundle
