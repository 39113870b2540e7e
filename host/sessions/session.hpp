// Sessions of plugins: what the host lends to one, and how its answers are judged. A plugin can answer nonsense; then
// it is reported by its name and the session is over, and nothing else happens.
#pragma once
#include "display/diagnostics.hpp"
#include "inputs/input.hpp"
#include "plugins/options.hpp"
#include "plugins/registry.hpp"
#include "sessions/nested.hpp"
#include "sessions/work.hpp"

#include <dragoman/document.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace dragoman::hosting {

// What all sessions of a run share.
struct environment {
  const registry& formats;
  const option_set& options;
  const std::atomic<bool>& stop;               // somebody asked to stop
  std::int64_t started = 0;                    // seconds since 1970, SOURCE_DATE_EPOCH when set
  std::string options_json = "{}";             // every option that can change output octets
  bool drop_source = false;                    // --no-source
  bool wants_facts = false;                    // readers are asked for facts about documents (DGM_EXT_FACTS)
  unsigned jobs = 1;                           // threads that may work at the same time; no output depends on it
  std::atomic<std::uint64_t> last_serial = 0;  // of origins
  work_threads helpers = {};                   // for sessions that have much to do
};

// The one reading of the clock of a run; SOURCE_DATE_EPOCH wins. Throws usage_error when that is not a number.
std::int64_t run_clock();

// Takes the findings of sessions, with the input that they are about, in whose octets their offsets count (line and
// column may be left to be worked out). Any thread, one call at a time.
using listener = std::function<void(const origin& about, const finding& f)>;

// An input, or a document of it, that failed.
struct failure {
  std::shared_ptr<const origin> where;
  std::string stage;  // "identify", "read" or "write"
  finding reason;
  std::size_t documents = 1;  // that are lost by it
};

// The dgm_host of one session.
class session_host {
public:
  // `offsets` says that diagnostics' offsets are places in the octets of what the session is about. `depth` counts
  // sessions inside sessions; `above` is told of documents and failures of nested readers and may be null. `begin` is
  // where the octets that the session reads begin in those that it is about.
  session_host(environment& env, const format_entry& format, listener to, bool offsets, unsigned depth, nested_parent* above,
               std::uint64_t begin = 0);
  session_host(const session_host&) = delete;
  session_host& operator=(const session_host&) = delete;

  const dgm_host* table() const noexcept { return &table_; }
  // Which slot of the plugin's table is called from now on; named with what the plugin's language layer caught in it.
  void calls(const char* slot) noexcept { slot_ = slot; }
  // What findings are about from now on.
  void about(std::shared_ptr<const origin> o);
  void report(finding f) noexcept;
  void error(std::string code, std::string text) { report({level::error, std::move(code), std::move(text)}); }
  // The first error since forget; nothing when there was none.
  std::optional<finding> first_error() const;
  // The same, or else the first error of the sessions inside this one.
  std::optional<finding> reason() const;
  void forget();
  // Lends facts about a volume (DGM_EXT_VOLUME), which must stay in place.
  void lend(const dgm_volume* facts) noexcept { volume_ = facts; }
  bool lends_volume() const noexcept { return volume_ != nullptr; }
  // Closes the sessions that the plugin left open inside its own.
  void close_nested() noexcept { nested_.close_all(); }

private:
  void pass_on(const origin& about, const finding& f);
  static void DGM_CALL on_report(void* ctx, const dgm_diag* d) noexcept;
  static std::int32_t DGM_CALL on_option(void* ctx, dgm_str name, dgm_str* out) noexcept;
  static std::int32_t DGM_CALL on_cancelled(void* ctx) noexcept;
  static const void* DGM_CALL on_extension(void* ctx, dgm_str id) noexcept;
  static void DGM_CALL on_work(void* ctx, std::uint64_t count, void(DGM_CALL* piece)(void* of, std::uint64_t number) noexcept,
                               void* of) noexcept;
  static void DGM_CALL on_fact(void* ctx, dgm_str name, dgm_str value) noexcept;

  environment& env_;
  const format_entry& format_;
  const listener to_;
  const bool offsets_;
  const std::uint64_t begin_;
  std::atomic<const char*> slot_ = "open";
  mutable std::mutex mutex_;
  std::shared_ptr<const origin> about_;
  std::optional<finding> first_error_, first_inner_error_;
  nested_parent* const above_;
  nested_host nested_;
  const dgm_run run_;
  const dgm_facts facts_;
  const dgm_work work_;
  const dgm_volume* volume_ = nullptr;
  const dgm_host table_;
};

// One session of a reader.
class reader_session {
public:
  // `part` is what is read of the input.
  reader_session(environment& env, const format_entry& format, std::shared_ptr<const origin> from, listener to, unsigned depth,
                 nested_parent* above, input_part part = {});
  // Reads the part `number` of what `whole` would have told (dgm_reader.open_part), which must outlive it and be inside no other.
  reader_session(const reader_session& whole, std::uint64_t number, listener to, nested_parent* above);
  reader_session(const reader_session&) = delete;
  reader_session& operator=(const reader_session&) = delete;
  ~reader_session() { close(); }

  enum class answer {
    told,     // events came, a document or not
    skipped,  // a document is unusable, for a reason that was reported
    end,      // there is none left
    over,     // the session ended early, for a reason that was reported
    stopped   // because somebody asked to stop
  };
  // False: there is no session, for a reason that was reported.
  bool open();
  // How many parts it can be read in, before the first is asked for; 0 when it cannot.
  std::uint64_t parts();
  // `problem` tells what was wrong with the events that went to the sink, if anything.
  answer next(const dgm_sink* sink, const std::function<std::string()>& problem);
  void close() noexcept;

  session_host& host() noexcept { return host_; }
  const format_entry& format() const noexcept { return format_; }
  const std::shared_ptr<const origin>& from() const noexcept { return from_; }

private:
  dgm_status begin();
  bool has_input_failed() const noexcept { return whole_ != nullptr ? whole_->has_input_failed() : input_.failed(); }

  environment& env_;
  const format_entry& format_;
  const std::shared_ptr<const origin> from_;
  const input_part part_;
  const reader_session* const whole_ = nullptr;  // of which it reads the part number_
  const std::uint64_t number_ = 0;
  session_host host_;
  input_table input_;
  void* session_ = nullptr;
  bool over_ = false;
};

// One session of a writer.
class writer_session {
public:
  // `out` must outlive the session.
  writer_session(environment& env, const format_entry& format, const dgm_output* out, listener to, unsigned depth);
  writer_session(const writer_session&) = delete;
  writer_session& operator=(const writer_session&) = delete;
  ~writer_session() { close(); }

  enum class answer {
    done,
    skipped,  // this document is not written, for a reason that was reported
    full,     // this was not taken and belongs into the next volume
    over,     // nothing more can be written, for a reason that was reported
    io,       // the output failed, which its owner knows of
    stopped   // somebody asked to stop
  };
  answer open();
  answer write(const dgm_document& document, std::shared_ptr<const origin> from);
  // These are written next, and each stands for itself (DGM_STANDALONE): a plugin elsewhere may be asked now. None: not any more.
  void expect(const std::vector<const dgm_document*>& next);
  // Tells the writer, when it wants to know.
  answer failed(const failure& f);
  answer finish();
  // Without a session: copies a finished volume with the number of volumes that is lent now.
  answer number(const octets& volume, std::string_view name);
  void close() noexcept;

  session_host& host() noexcept { return host_; }
  const format_entry& format() const noexcept { return format_; }
  environment& env() const noexcept { return env_; }
  bool wants_failures() const noexcept;
  bool numbers_volumes() const noexcept;

private:
  answer judge(dgm_status status, const char* call, bool may_be_full = false);

  environment& env_;
  const format_entry& format_;
  const dgm_output* out_;
  session_host host_;
  void* session_ = nullptr;
  bool open_ = false;
};

}  // namespace dragoman::hosting
