// formats/mail/mime.hpp - the parts of a body, and the encodings in which they travel.
//
// Sources: RFC 2045 6 "Content-Transfer-Encoding", RFC 2046 5.1 "Multipart Media Type", RFC 2047 4.2 "The Q encoding". Pure functions; any thread.
#pragma once
#include <mail/message.hpp>

namespace dragoman::mail {

struct part {
  std::string media_type;  // in lower case, "text/plain" where none is said
  std::string charset;
  std::string encoding;     // in lower case
  std::string file_name;    // empty: none is said
  std::string_view octets;  // encoded
};

// The leaves of a body in order; parts inside parts to a depth of 16, below which a part is a leaf whatever it says.
std::vector<part> parts_of(const message& whole);

// The octets of a part; nothing when its encoding is unknown or broken.
std::optional<std::string> decoded(const part& p);

// Quoted-printable, or the Q encoding of encoded words, where an underscore is a blank. Nothing when it is broken.
std::optional<std::string> decode_quoted(std::string_view text, bool is_word);
// Appends octets as quoted-printable lines of at most 76 characters; line ends stay line ends.
void append_quoted(std::string& out, std::string_view text);

}  // namespace dragoman::mail
