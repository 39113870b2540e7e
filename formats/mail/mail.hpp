// formats/mail/mail.hpp - telegrams as messages of Internet mail, as military message systems keep them ("eml").
//
// A message is read as a cable: its header fields are the heading, those of military messaging among them (RFC 6477 "MMHS-...",
// RFC 7444 "SIO-Label"), its first text part is the body. Fields that have no place in the heading are kept in x_fields, in
// order; parts that are not shown stay in the source octets, and a message says so.
#pragma once
#include <dragoman/plugin.hpp>

#include <string>

namespace dragoman::mail {

extern const dgm_format format;  // "eml"

// One message a file. [session-thread]
class reader {
public:
  reader(host services, input in) : host_(services), input_(in) {}
  bool next(builder& out);
  static int probe(std::string_view head, bool at_end, std::string_view& reason) noexcept;

private:
  host host_;
  input input_;
  std::string storage_;
  bool done_ = false;
};

// A document a file. [session-thread]
class writer {
public:
  writer(host services, output out) : host_(services), output_(out) {}
  void write(const document_view& document);
  void finish() {}

private:
  host host_;
  output output_;
};

// Names of precedences in the heading, by their number in MMHS-Primary-Precedence (RFC 6477 3.6).
inline constexpr std::string_view precedences[] = {"DEFERRED", "ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH", "OVERRIDE"};

}  // namespace dragoman::mail
