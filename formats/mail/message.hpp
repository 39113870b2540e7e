// formats/mail/message.hpp - the parts of a message of Internet mail: its header fields and their values.
//
// Sources: RFC 5322 2.2 "Header Fields", 3.3 "Date and Time Specification", 3.4 "Address Specification"; RFC 2047 "encoded-word".
// Pure functions; any thread. Offsets count octets of the message.
#pragma once
#include <dragoman/plugin.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::mail {

struct field {
  std::string_view name;   // as written, without the colon; empty: a line that is no field
  std::string value;       // unfolded, without blanks at the ends, as text; of a line that is no field, the line
  std::size_t begin, end;  // octets, without the last end of line
};

struct message {
  std::vector<field> fields;
  std::string_view body;  // behind the blank line; empty when there is none
  bool is_whole = true;   // false: octets of a value are no characters, and stand as U+FFFD
};

// Cuts a message. Every line before the blank one belongs to a field.
message parse_message(std::string_view octets);

// Names of fields compare without regard to case.
bool is_field(std::string_view name, std::string_view wanted) noexcept;

// Decodes the encoded words of a text (RFC 2047); what cannot be decoded stays as it is.
std::string decode_words(std::string_view value);

struct mailbox {
  std::string name;     // display name, decoded; may be empty
  std::string address;  // "local@domain"; empty when there is none between the angles
};
// The mailboxes of a list, those inside groups too. Lenient: what is between commas and is no address is a name.
std::vector<mailbox> parse_mailboxes(std::string_view value);

// "Fri, 20 Mar 2009 13:10:00 +0100" as "2009-03-20T12:10:00Z"; nothing when it is no date.
std::optional<std::string> iso_date(std::string_view value);
// The way back, in UTC; the value itself when it is no such date.
std::string mail_date(std::string_view iso);

// Octets as UTF-8 text of XML characters; others become U+FFFD, and `is_whole` false. An unknown charset is taken for
// windows-1252 unless the octets are UTF-8.
std::string to_text(std::string_view octets, std::string_view charset, bool& is_whole);

// A value with parameters: "text/plain; charset=utf-8" (RFC 2045 5.1). Names in lower case.
struct parameters {
  std::string value;
  std::vector<std::pair<std::string, std::string>> all;
  std::string_view operator[](std::string_view name) const noexcept;
};
parameters parse_parameters(std::string_view value);

}  // namespace dragoman::mail
