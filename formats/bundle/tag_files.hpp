// formats/bundle/tag_files.hpp - writing the tag files of a BagIt 1.0 bag.
//
// Source: RFC 8493 2.1.1-2.2.2; bundles.md 4 "Writer rules". Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::bundle {

inline constexpr std::string_view bagit_declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

// A line of a manifest: digest, two blanks, path with '%', CR and LF (and only those) written %25, %0D, %0A.
std::string manifest_line(std::string_view hex, std::string_view path);

// "Label: value" on one line: CR and LF become a blank, what is not text becomes U+FFFD.
std::string info_line(std::string_view label, std::string_view value);

// "2.1 KB": powers of 1,000, one decimal.
std::string size_for_people(std::uint64_t octets);

}  // namespace dragoman::bundle
