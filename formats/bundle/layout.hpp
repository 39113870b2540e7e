// formats/bundle/layout.hpp - where things stand in a bundle. Source: bundles.md 2 "Layout".
#pragma once
#include <string_view>

namespace dragoman::bundle {

// Version of the layout that is written, and the only major version that is read (bundles.md 9).
inline constexpr std::string_view bundle_version = "1.0";

// Places in a bag.
inline constexpr std::string_view originals_folder = "data/originals/";
inline constexpr std::string_view derivatives_folder = "data/derivatives/";
inline constexpr std::string_view records_path = "metadata/dragoman/records.jsonl";
inline constexpr std::string_view bundle_path = "metadata/dragoman/bundle.json";
inline constexpr std::string_view failures_path = "metadata/dragoman/failures.csv";
inline constexpr std::string_view premis_path = "metadata/premis.xml";

}  // namespace dragoman::bundle
