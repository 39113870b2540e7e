// A plugin whose sessions run in workers: its workers, and what it is known for.
#pragma once
#include "display/diagnostics.hpp"
#include "isolation/worker_process.hpp"
#include "plugins/registry.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace dragoman::hosting {

// What all workers of a run share.
struct worker_setting {
  std::string program;  // path of what is started as a worker
  worker_limits limits;
  const std::atomic<bool>& stop;
  std::function<void(finding)> tell;  // what is about no input; any thread
};

// Workers that have the same plugin files. Any thread.
class worker_pool {
public:
  worker_pool(const worker_setting& setting, std::vector<std::string> files) : setting_(setting), files_(std::move(files)) {}
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;
  ~worker_pool();
  // One that waits, or a fresh one. Throws worker_lost.
  std::unique_ptr<worker_process> take(bool fresh = false);
  // How many more documents it takes before it is replaced.
  std::size_t documents_left(const worker_process& worker) const noexcept {
    return setting_.limits.documents - std::min(setting_.limits.documents, worker.documents);
  }
  // Gives back one that waits and has no session; it ends when it has worked enough.
  void give_back(std::unique_ptr<worker_process> worker);
  // A worker was lost with what nobody needed of it.
  void tell_of_unneeded(const worker_lost& how) const;

private:
  // The file of its plugin, if it has one.
  std::string whose() const { return files_.size() == 1 ? files_.front() : "a plugin"; }
  void hear_last_words(worker_process& worker) const;
  const worker_setting& setting_;
  const std::vector<std::string> files_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<worker_process>> idle_;
};

// Octets, all of which are sent, for the question behind them.
inline void pack_input(packer p, std::string_view octets, std::string_view name, std::string_view history) {
  p.begin(op::input).number(1).number(octets.size()).text(history).text(name).rest(octets).end();
}

// Where a plugin went wrong.
struct accident {
  std::string call;          // "reading", "writing 75STATE1"
  std::string sha256;        // of the input, or of the document's source; empty when unknown
  std::int64_t offset = -1;  // in the input; -1 unknown
};

class isolated_plugin {
public:
  isolated_plugin(const worker_setting& setting, const format_entry& any, const std::string& file, const std::string& sha256)
      : pool(setting, {file}), name(any.plugin_name), setting_(setting), sha256_(sha256) {}

  // It took a document, well or not.
  void survived() noexcept;
  // It failed twice with the same; the error to report. Too many in a row disable it.
  finding accuse(const worker_lost& how, const accident& where);
  // It failed once, and not again in a fresh worker.
  finding pardon(const worker_lost& how, const accident& where) const;
  bool is_disabled() const noexcept { return disabled_; }
  finding why_disabled() const;

  worker_pool pool;
  const std::string name;  // id "@" version

private:
  std::string describe(const worker_lost& how, const accident& where) const;
  const worker_setting& setting_;
  const std::string& sha256_;
  std::mutex mutex_;
  std::string last_;  // input and place of the last accident
  std::atomic<std::size_t> in_a_row_ = 0;
  std::atomic<bool> disabled_ = false;
};

struct isolated_format {
  isolated_format(isolated_plugin& plugin, const dgm_format& f) : owner(plugin), table(f) {}
  // As whole_documents (inputs/cutting.hpp), in a worker; negative, too, when that fails.
  std::int64_t cut(std::string_view text, bool at_end, std::size_t enough);

  // What the last session of a reader was lent, as it was packed: the next one will be lent the same.
  std::string last_services() const {
    const std::lock_guard lock(mutex_);
    return services_;
  }
  void note_services(const std::string& services) {
    const std::lock_guard lock(mutex_);
    if (services_ != services) services_ = services;
  }

  isolated_plugin& owner;
  const dgm_format& table;                // the plugin's own; only its data are looked at here
  std::atomic<bool> opens_well = false;   // a writer session of it could be opened
  std::atomic<bool> asks_nested = false;  // a session of it had the host read or write: its answers are waited for one by one

private:
  mutable std::mutex mutex_;
  std::string services_;
};

}  // namespace dragoman::hosting
