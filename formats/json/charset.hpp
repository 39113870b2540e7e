// formats/json/charset.hpp - octets as a JSON string or as base64, and back.
//
// A source is written as text only when encoding that text gives its octets again (tei.md 5.2 "source"), so only
// charsets whose decoding is injective are known here: utf-8, us-ascii, iso-8859-1, windows-1252. Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace dragoman::json {

enum class charset { utf8, ascii, latin1, windows1252 };

// The charset of an IANA name, in any case of letters; nothing for one that is not known here.
std::optional<charset> find_charset(std::string_view name) noexcept;

// The octets as UTF-8: a slice of them, or in `storage`. Nothing when an octet has no character, or when the text
// would hold a noncharacter, which I-JSON forbids (RFC 7493 section 2.1). U+0000 and other controls are fine.
std::optional<std::string_view> decode(std::string_view octets, charset from, std::string& storage);

// The octets of a text: a slice of it, or in `storage`. Nothing when a character has no octet in that charset.
std::optional<std::string_view> encode(std::string_view text, charset to, std::string& storage);

// Appends the base64 form of octets (RFC 4648 section 4, with padding).
void append_base64(std::string& out, std::string_view octets);

// Sets `octets` to what a base64 text says; false when it is not the one canonical form of any octets.
bool decode_base64(std::string_view text, std::string& octets);

}  // namespace dragoman::json
