// What the tests of the conformance kit work on: a loaded plugin, samples of its formats and of others, and the calls that
// read and write with it. Lives in the child process of one test.
#pragma once
#include "kit/child.hpp"
#include "kit/documents.hpp"
#include "kit/faults.hpp"

#include "sessions/session.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace dragoman::hosting {

struct sample {
  std::string name, octets;
};

// What is to be checked.
struct check_plan {
  std::filesystem::path plugin;               // canonical
  std::vector<std::filesystem::path> places;  // of plugins, those of the user and the installed ones
  std::vector<sample> samples;                // of the command line
  double patience = 4;                        // seconds after which a test that could go on forever has seen enough
};

// Thrown by a test.
struct test_failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct test_skipped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct owned_sample {
  const format_entry* format;
  std::string name, octets;
  bool is_recognised;  // else a suffix, or a lack of other formats, says whose it is
};

// What came of reading an input.
struct reading {
  dgm_status opened = DGM_OK;
  std::vector<dgm_status> statuses;  // of each call of next
  std::vector<document> documents;   // frames among them
  std::vector<finding> findings;
  std::string problem;  // of the events
  bool is_whole() const { return opened == DGM_OK && !statuses.empty() && statuses.back() == DGM_END && problem.empty(); }
  bool has(level l) const;
  dgm_status last() const { return statuses.empty() ? opened : statuses.back(); }
};
struct reading_manner {
  std::uint64_t sink_fails_at = never;
  dgm_status sink_status = DGM_CANCEL;
  std::size_t most_documents = static_cast<std::size_t>(-1);  // then the session is closed
  std::uint64_t calls = 0;                                    // set: of the sink
  std::uint64_t calls_after = 0;                              // set: of the sink after it had failed
};

struct writing {
  std::vector<dgm_status> statuses;  // of open, each write, and finish
  std::string octets;
  std::size_t before_finish = 0;  // of the octets
  std::vector<finding> findings;
  bool is_whole() const;
  bool has(level l) const;
};

class subject {
public:
  // Loads the plugin and the others. Throws test_failed when it is not loaded.
  subject(const check_plan& plan, progress_note& note);
  subject(const subject&) = delete;
  subject& operator=(const subject&) = delete;

  const candidate& plugin() const noexcept { return *plugin_; }
  const registry& all() const noexcept { return formats_; }
  const std::vector<const format_entry*>& formats() const noexcept { return own_; }
  bool is_own(const format_entry& f) const noexcept { return f.plugin == plugin_->plugin; }
  // Formats of the plugin that can; throws test_skipped when there is none.
  std::vector<const format_entry*> readers() const;
  std::vector<const format_entry*> writers() const;

  // Samples of the plugin's formats: those given, and what its writers make of the kit's documents. Throws test_skipped
  // when there is none.
  const std::vector<owned_sample>& samples();
  // The same for every other format that is installed.
  const std::vector<owned_sample>& foreign_samples();
  // Documents that its writers are given: the kit's, and those of its own samples.
  const std::vector<named_document>& documents();

  reading read(const format_entry& f, const dgm_input& input, reading_manner* manner = nullptr);
  reading read(const format_entry& f, std::string_view octets, std::string_view name);
  // Part by part; nothing where it is not read so.
  std::optional<reading> read_in_parts(const format_entry& f, std::string_view octets, std::string_view name);
  writing write(const format_entry& f, const std::vector<const document*>& documents, const dgm_output* to = nullptr);

  environment& env() noexcept { return *env_; }
  void ask_to_stop(bool stop) noexcept { stop_ = stop; }

  // Says what is done now, for the case that it is the last thing.
  void doing(const std::string& what) { note_.say(what); }
  // The numbers below `count` in an order that covers them evenly from the start, as many as there is patience for.
  template <class F>
  void each(std::uint64_t count, F&& f) {
    const auto begin = std::chrono::steady_clock::now();
    const std::uint64_t stride = stride_for(count);
    for (std::uint64_t i = 0, k = 0; i < count; ++i, k = (k + stride) % count) {
      f(k);
      ++cases_;
      if (std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() > share_) return;
    }
  }
  // From now on `each` shares the patience among so many calls.
  void shared_by(std::size_t calls) { share_ = plan_.patience / static_cast<double>(calls == 0 ? 1 : calls); }
  std::uint64_t cases() const noexcept { return cases_; }

private:
  std::shared_ptr<origin> origin_of(const document& d, bool as_file);
  static std::uint64_t stride_for(std::uint64_t count) noexcept;
  void add_given_samples();
  void add_written_samples(const format_entry& f, std::vector<owned_sample>& to);

  const check_plan& plan_;
  progress_note& note_;
  registry formats_;
  option_set options_;
  std::atomic<bool> stop_ = false;
  std::unique_ptr<environment> env_;
  const candidate* plugin_ = nullptr;
  std::vector<const format_entry*> own_;
  std::vector<owned_sample> samples_, foreign_;
  bool has_samples_ = false, has_foreign_ = false;
  std::vector<named_document> documents_;
  double share_;
  std::uint64_t cases_ = 0;
};

}  // namespace dragoman::hosting
