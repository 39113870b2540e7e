// Where the documents of a run go: all into one output, or each input into outputs of its own.
#pragma once
#include "channel.hpp"
#include "document_reader.hpp"
#include "pipeline.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dragoman::hosting {

// A run tells it of inputs in order: begin, then its failures, frame and documents, then end. What cannot be written
// is counted and reported here.
class destination {
public:
  virtual ~destination() = default;
  // False: this input need not be read, for a reason that was reported and counted.
  virtual bool begin(const origin& input) = 0;
  virtual void take(document_reader::step s) = 0;  // a document or a frame
  virtual void failed(const failure& f) = 0;       // counted by the run already
  virtual void end() = 0;
  // After the last input; not called when somebody asked to stop.
  virtual void finish() = 0;
  // Puts the outputs that are finished into place, also when somebody asked to stop.
  virtual void settle() {}
  // False: nothing can be written any more.
  virtual bool is_usable() const { return true; }
};

struct destination_needs {
  environment& env;
  const conversion& job;
  tally& counts;
  listener report;
};

// One writer session for the whole run, on a file or standard output. `path` is the file; empty: standard output.
std::unique_ptr<destination> single_output(destination_needs needs, std::string path);
// Outputs in a folder, for each input or for each document, as format and frame ask for.
std::unique_ptr<destination> output_folder(destination_needs needs);

}  // namespace dragoman::hosting
