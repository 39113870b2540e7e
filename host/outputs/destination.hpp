// Where the documents of a run go: all into one output, or each input into outputs of its own.
#pragma once
#include "run/ledger.hpp"
#include "run/pipeline.hpp"
#include "run/receiver.hpp"
#include "sessions/channel.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dragoman::hosting {

// What is done with the documents of an input, or of a part of one, before their turn comes. One thread.
class preparation {
public:
  virtual ~preparation() = default;
  virtual void take(document_reader::step s) = 0;  // a document or a frame
  virtual void failed(const failure& f) { (void)f; }
  // There were no more. Not called when somebody asked to stop.
  virtual void end() {}
};

// A run prepares inputs on many threads and tells it of what was made of them in order. What cannot be written is reported
// and told to the run here.
class destination {
public:
  virtual ~destination() = default;

  // False: this input need not be read, for a reason that was told. [any-thread]
  virtual bool admits(const std::shared_ptr<const origin>& input, receiver& to) const {
    (void)input, (void)to;
    return true;
  }
  // Documents of one input may be prepared apart from each other. [any-thread]
  virtual bool takes_parts() const { return true; }
  // What the documents of an input, or with `is_part` some of them, are prepared by; what it makes goes to `to`, which
  // outlives it. [any-thread]
  virtual std::unique_ptr<preparation> prepare(const origin& input, bool is_part, receiver& to) = 0;

  // True when it gains by knowing documents of several inputs before they are taken. [any-thread]
  virtual bool looks_ahead() const { return false; }
  // This thread has these taken next, while what it returns, perhaps nothing, lives. [any-thread]
  virtual std::shared_ptr<void> expect(const std::vector<const document_reader::step*>& next) {
    (void)next;
    return nullptr;
  }

  // The rest on one thread, in the order of the run.
  // Nothing when the document was written, or was a frame; else why it was not, which was reported.
  virtual std::optional<finding> document(document_reader::step s) {
    (void)s;
    return std::nullopt;
  }
  // The same of documents that were written apart.
  virtual std::optional<finding> written(written_documents&& w) {
    (void)w;
    return std::nullopt;
  }
  virtual void file(finished_file f) { (void)f; }
  // An earlier run did that of the input whose turn it is.
  virtual void was_done(const input_record& r) { (void)r; }
  virtual void failed(const failure& f) { (void)f; }  // counted by the run already
  // After the last input: all that is to be written is in volumes that were there before.
  virtual bool has_nothing_new() const { return false; }
  // After the last input; not called when somebody asked to stop.
  virtual void finish() = 0;
  // Puts the outputs that are finished into place, also when somebody asked to stop.
  virtual void settle() {}
  // False: nothing can be written any more.
  virtual bool is_usable() const { return true; }
  // After settle: the files that take the whole run, when they are all there.
  virtual std::vector<std::string> finished() const { return {}; }
};

struct destination_needs {
  environment& env;
  const conversion& job;
  tally& counts;
  made_folders& folders;
  ledger* account;  // may be null
  listener report;  // about the input whose turn it is
  listener print;   // about anything else
  bool is_ours(const std::string& output) const {
    return account != nullptr && account->has_journal() && account->past().is_ours(output);
  }
};

// One writer session for the whole run, on a file or a stream. `path` is the file; empty: the run's stream. `kept` says
// how many volumes of it are there already.
std::unique_ptr<destination> single_output(destination_needs needs, std::string path, std::uint32_t kept = 0);
// Outputs in a folder, for each input or for each document, as format and frame ask for.
std::unique_ptr<destination> output_folder(destination_needs needs);

}  // namespace dragoman::hosting
