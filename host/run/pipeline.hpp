// The main job: inputs -> readers -> documents -> writers -> outputs.
#pragma once
#include "display/diagnostics.hpp"
#include "outputs/naming.hpp"
#include "run/ledger.hpp"
#include "run/progress.hpp"
#include "run/shard.hpp"
#include "sessions/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dragoman::hosting {

struct conversion {
  std::vector<std::string> inputs;     // INPUT arguments
  const format_entry* from = nullptr;  // null: recognise each input
  const format_entry* to = nullptr;
  // A stream is standard output, or a device or named pipe that is there.
  enum class target { stream, file, folder } kind = target::stream;
  std::string out = "-";  // path; - is standard output
  bool is_standard_output() const { return out == "-"; }
  std::string stream_name() const { return is_standard_output() ? "standard output" : out; }
  std::optional<name_template> names;  // --name
  bool force = false, dry_run = false;
  std::optional<shard> part;  // --shard: only its inputs; its outputs of the whole run, report and journal bear its mark
  bool resume = false;        // keep a journal, and go on where the last run of it stopped
  account_wishes account;     // its journal is where resume has it
  std::string identity;       // what outputs depend on beside inputs and readers
  progress_form shown = progress_form::none;
  std::optional<std::size_t> most_failures;     // documents; more end the run
  std::optional<double> most_failures_percent;  // of the inputs, once there were a hundred
};

// What became of a run.
struct tally {
  std::size_t inputs = 0;       // found, readable or not
  std::size_t converted = 0;    // documents that are in an output that is complete
  std::size_t failed = 0;       // inputs or documents that are not
  bool stopped = false;         // somebody asked to
  bool reader_left = false;     // of the stream
  bool gave_up = false;         // because too much failed
  std::size_t done_before = 0;  // inputs that an earlier run had done
  bool warned_before = false;   // of which one had warnings or losses
};

// Runs it. Everything that goes wrong is reported to `messages`; nothing is thrown but std::bad_alloc.
tally convert(environment& env, reporter& messages, const conversion& job);

}  // namespace dragoman::hosting
