// formats/telegram - raw telegram text: reader and writer (docs/formats/telegram.md).
#pragma once
#include <dragoman/plugin.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "render.hpp"
#include "workspace.hpp"

namespace dragoman::telegram {

// Reads telegrams from one input, one document a call; a file of many is read piece by piece. [session-thread]
class reader {
public:
  reader(host services, input in);

  // Tells the next telegram. False at the end. Throws unusable ("telegram.empty", "telegram.not-text",
  // "telegram.too-large") for an input that is no text.
  bool next(builder& out);

  // How sure it is by evidence that these octets are telegram text.
  static int probe(std::string_view head, bool at_end, std::string_view& reason) noexcept;
  // Length of the first telegram; 0: more octets are needed.
  static std::int64_t split(std::string_view head, bool at_end) noexcept;

private:
  bool fill();
  std::string_view rest() const noexcept { return (is_whole_ ? whole_ : std::string_view(buffer_)).substr(at_); }

  host services_;
  input in_;
  bool is_whole_ = false;  // the host has the input in memory: nothing is copied
  std::string_view whole_;
  std::string buffer_;  // else what was read and not yet told
  bool at_end_ = false, is_first_ = true;
  bool is_only_ = true;     // no document was told yet
  std::size_t at_ = 0;      // in `whole_` or `buffer_`
  std::uint64_t base_ = 0;  // of `buffer_` in the input
  lent_workspace work_;
};

// Writes telegrams one after the other. A document that is as its octets were read is written as those octets; any other
// is rendered canonically (telegram.md 6.7) and read again: what would not come back the same is reported as
// telegram.loss.*. Where the next document would be read as part of the one before, a separator stands between them.
// [session-thread]
class writer {
public:
  writer(host services, output out);
  void write(const document_view& document);
  void finish() {}

private:
  void put(std::string_view text);
  std::vector<loss> check(const document_view& document, const rendering& written);
  void report(code c, std::string_view text) const;

  host services_;
  output out_;
  rendering_options options_;
  lent_workspace work_;  // for reading again
  std::string last_;     // the document written before
  bool is_first_ = true;
};

// The tables of the format, for a plugin or a program that links it.
extern const dgm_format format;

}  // namespace dragoman::telegram
