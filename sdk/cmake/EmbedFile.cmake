# Writes HEADER, which holds the octets of FILE as an array (see dragoman_embed_file).
get_filename_component(name ${FILE} NAME)
string(MAKE_C_IDENTIFIER ${name} identifier)
file(READ ${FILE} digits HEX)
string(REGEX REPLACE "(................................................................)" "\\1\n" digits "${digits}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," octets "${digits}")
file(WRITE ${HEADER} "// Made of ${name} by EmbedFile.cmake.
#pragma once
namespace dragoman::embedded {
inline constexpr char ${identifier}[] = {
${octets}0};
}
")
