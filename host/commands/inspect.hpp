// dragoman inspect: what its forms share.
#pragma once
#include "inputs/opening.hpp"
#include "program.hpp"
#include "sessions/document_reader.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dragoman::hosting {

// What the command line asks for.
struct inspection {
  std::vector<std::string> inputs;
  std::string from, document, beside, color = "auto";
  bool json = false, trace = false, residue = false, summary = false, all = false;
  std::size_t examples = 3;
};

// Styles of a terminal; empty elsewhere.
struct styles {
  const char *bold = "", *faint = "", *error = "", *loss = "", *warning = "", *note = "", *place = "", *plain = "";
  // `color` is auto, always or never.
  static styles of_stdout(const std::string& color);
  const char* of(level l) const noexcept;
};

// Where the documents told so far of an origin end in its octets (source_lines).
class reading_place {
public:
  std::uint64_t& in(const std::shared_ptr<const origin>& from) {
    if (from != of_) {
      of_ = from;
      at_ = 0;
    }
    return at_;
  }

private:
  std::shared_ptr<const origin> of_;
  std::uint64_t at_ = 0;
};

// One form of showing. Told of every input, one after the other, and of what its reader says and finds in it.
class inspector {
public:
  virtual ~inspector() = default;
  virtual void begin(const opened_input&) {}
  // Offsets count in the octets of `about`; line and column are not worked out yet.
  virtual void say(const origin& about, const finding& f) = 0;
  // What reading went on to: a document, a frame, failures, or nothing. After what was said about it.
  virtual void take(document_reader::step step) = 0;
  // An input that could not be read at all. No begin and end for it.
  virtual void refuse(const origin& where, const finding& why) = 0;
  virtual void end() {}
  // Something on the way to the inputs that is no failure.
  virtual void remark(const origin&, const finding&) {}
  // Nothing more is wanted of this input.
  virtual bool is_done() const { return false; }
  // Was the document found that was asked for?
  virtual bool has_found() const { return true; }
};

// Reads the inputs, whatever is wrong with some of them, and returns the exit code.
int inspect_with(inspector& form, program& p, environment& env, const inspection& what);

std::unique_ptr<inspector> inspect_page(program& p, const inspection& what);
std::unique_ptr<inspector> inspect_json(program& p);
// `found_any` becomes true when there was a line to print.
std::unique_ptr<inspector> inspect_residue(program& p, bool& found_any);
// Counts, and prints at the end.
class summary_inspector : public inspector {
public:
  virtual void print() const = 0;
};
std::unique_ptr<summary_inspector> inspect_summary(program& p, const inspection& what);

// The records of an archive that keeps some: all of them, or the one of a number, id or name beside what was made of it
// in a format (empty: the first). Returns the exit code; nothing when the input is no such archive.
std::optional<int> inspect_records(program& p, environment& env, const opened_input& input, const std::string& record,
                                   const std::string& beside, const styles& style);

// The events of one input.
int inspect_events(environment& env, const opened_input& input);

}  // namespace dragoman::hosting
