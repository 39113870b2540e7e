// formats/json/source_text.hpp - the octets of a source as a JSON string, and back.
//
// A source is written as text only when encoding that text gives its octets again (tei.md 5.2 "source"); the charsets
// are those of dragoman/charset.hpp. Pure; any thread.
#pragma once
#include <dragoman/charset.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dragoman::json {

// The octets as UTF-8: a slice of them, or in `storage`. Nothing when an octet has no character, or when the text
// would hold a noncharacter, which I-JSON forbids (RFC 7493 section 2.1). U+0000 and other controls are fine.
std::optional<std::string_view> decode(std::string_view octets, charset from, std::string& storage);

// The octets of a text: a slice of it, or in `storage`. Nothing when a character has no octet in that charset.
std::optional<std::string_view> encode(std::string_view text, charset to, std::string& storage);

}  // namespace dragoman::json
