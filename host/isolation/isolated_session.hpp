// Sessions of the contract that run in a worker. They answer as the plugin's own would; what a plugin in a worker must not
// do costs the document that it was about.
#pragma once
#include "isolation/isolated_plugin.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dragoman::hosting {

// What both directions share: a worker, and the host's services, which it may ask for.
class isolated_session {
public:
  isolated_session(const isolated_session&) = delete;
  isolated_session& operator=(const isolated_session&) = delete;

protected:
  isolated_session(isolated_format& format, const dgm_host* services);
  ~isolated_session();

  // Packs what a session is lent from its begin on.
  void pack_services(packer& p) const;
  void pack_volume(packer& p) const;
  // Waits until the call that runs in the worker has ended: its messages are the first octets, as many as this says, of
  // what was received. What it asks for is served meanwhile.
  std::size_t wait_for_call(dgm_status& status);
  // Tells the host what a message reports; the offsets in it count from `begin`.
  void pass_on(const message& m, std::uint64_t begin) const;
  // The octets that the worker may ask for now.
  virtual const dgm_input* octets_to_lend() const noexcept = 0;
  // Before the host reads or writes for the worker, or when too much waits: takes the first `size` octets of messages.
  virtual void settle(std::size_t size) = 0;
  virtual const dgm_sink* sink() const noexcept { return nullptr; }
  virtual const dgm_document* lent_document() const noexcept { return nullptr; }

  void report(const finding& f) const noexcept;
  // Ends what the worker left open of the host's.
  void close_nested() noexcept;
  // Puts a worker, which waits and has no session, back.
  void give_back();

  isolated_format& format_;
  const dgm_host* const host_;
  const dgm_nested* const nested_;
  std::unique_ptr<worker_process> worker_;
  bool asked_octets_ = false, asked_nested_ = false;  // the host, in this session
  std::size_t most_held_ = SIZE_MAX;                  // octets of a call's messages that wait for its end

private:
  struct nested_in;
  struct nested_out;
  void serve_octets(const message& m);
  void serve_nested(const message& m);
  std::map<std::uint64_t, std::unique_ptr<nested_in>> readers_;
  std::map<std::uint64_t, std::unique_ptr<nested_out>> writers_;
  std::uint64_t last_number_ = 0;
};

class isolated_reader final : isolated_session {
public:
  isolated_reader(isolated_format& format, const dgm_host* services, const dgm_input* input);
  // As dgm_reader.open; `has_session` false: the plugin said that all is well and gave none.
  dgm_status open(bool& has_session);
  dgm_status next(const dgm_sink* sink);
  void close() noexcept;
  // Asks to read `size` octets that were sent, from first to last, before there is a session.
  static std::string question_ahead(const isolated_format& format, std::string_view services, std::uint64_t size);

private:
  const dgm_input* octets_to_lend() const noexcept override { return input_; }
  void settle(std::size_t size) override;
  const dgm_sink* sink() const noexcept override { return sink_; }

  struct failed_event {
    std::uint64_t number;
    dgm_status status;
  };
  // One attempt after the other until there is an answer.
  template <class Attempt>
  dgm_status answer(Attempt&& attempt);
  dgm_status lost(const worker_lost& how, bool& again);
  void begin(std::optional<failed_event> failing);
  bool begin_ahead();
  void take_opening();
  void put_back();
  void read_on_behind_pause();
  bool was_lost_elsewhere(const worker_lost& how);
  void begin_part(std::optional<failed_event> failing);
  std::uint64_t length_of_piece();
  std::size_t wait_for_next(dgm_status& status);
  dgm_status take_answer();
  dgm_status repeat_with(failed_event e);
  bool next_piece();
  void take_end();
  std::optional<failed_event> tell_events(std::size_t size);
  void pass_on_reports(std::size_t size) const;
  bool can_be_split() const noexcept;
  accident where() const;

  const dgm_input* const input_;
  std::string_view contents_;
  const bool has_contents_;
  std::uint64_t begin_ = 0, end_ = 0;  // the part of the contents that the worker's session reads
  bool is_piece_ = false;              // it is one document by itself, as split says
  std::uint64_t given_ = 0;            // answers of that session that were taken
  std::uint64_t skip_ = 0;             // answers to come that the host has already, of a worker that is lost
  bool is_opened_ = false, has_session_ = false, over_ = false;
  bool is_opening_ = false;
  std::string services_;  // what it is lent, packed
  bool is_new_ = true;
  bool is_ahead_ = false;  // the worker was asked before, and has more to answer than this
  bool is_dirty_ = false;  // a part of the document was told already
  dgm_status open_status_ = DGM_OK, sink_status_ = DGM_OK;
  std::optional<worker_lost> doubt_;      // a worker was lost, here or further on; is it a document's fault?
  accident lost_at_;                      // where that was, as far as it is known
  std::uint64_t fresh_at_ = 0;            // the part that the worker began with
  std::optional<std::uint64_t> suspect_;  // the piece that a worker was lost with
  std::optional<finding> unsaid_;         // of a document that was lost while the session was opened
  const dgm_sink* sink_ = nullptr;
};

class isolated_writer final : isolated_session {
public:
  // `output` must outlive it.
  isolated_writer(isolated_format& format, const dgm_host* services, const dgm_output* output);
  dgm_status open(bool& has_session);
  dgm_status write(const dgm_document* document);
  // These come next, and each stands for itself: the worker is asked now, and its answers are taken when they are needed. None:
  // what was expected before is not any more.
  void expect(const std::vector<const dgm_document*>& next);
  dgm_status failed(const dgm_failure* failure);
  dgm_status finish();
  // Without a session.
  dgm_status number(const dgm_input* volume);
  void close() noexcept;

private:
  const dgm_input* octets_to_lend() const noexcept override { return octets_; }
  void settle(std::size_t size) override;
  const dgm_document* lent_document() const noexcept override { return document_; }

  // A call that the worker was asked ahead of need.
  struct early_call {
    std::string call;
    message_range messages;
    std::optional<worker_lost> how = {};  // it was lost with it
  };
  std::string packed(const dgm_document& document) const;
  bool take_asked(const std::string& call, std::optional<worker_lost>& doubt);
  void pass_over(const early_call& c);
  template <class Work>
  void look_after(Work&& work);
  bool was_lost_elsewhere(const worker_lost& how);

  // One call of the contract, packed; again in a fresh worker when the first is lost.
  dgm_status run(std::string call, const accident& where, bool is_last);
  dgm_status attempt(const std::string& call);
  void pack_begin();
  void take_begin();
  void begin_again();
  dgm_status take_answer();
  void put(std::string_view octets);
  void remember(std::string call, bool asked);

  static constexpr std::size_t most_remembered = std::size_t{16} << 20;  // octets of calls

  const dgm_output* const output_;
  const dgm_document* document_ = nullptr;  // of the call that runs
  const dgm_input* octets_ = nullptr;       // likewise
  bool is_new_ = true, has_session_ = true, over_ = false, in_doubt_ = false;
  dgm_status open_status_ = DGM_OK, output_status_ = DGM_OK;
  // The calls of the session that were answered, to be made again when their worker is lost; as long as they are few.
  std::vector<std::string> calls_;
  bool stands_alone_ = false;  // what it writes does not depend on these, so none are remembered
  std::deque<early_call> ahead_;
  bool is_ahead_ = false;        // the call that runs was asked before
  bool are_lost_ahead_ = false;  // those in ahead_ went with their worker
  std::size_t remembered_ = 0;
  bool can_be_repeated_ = true;
  // Octets of these calls that the output has, and what tells them from others; the same of those that come again.
  struct trace {
    std::uint64_t length = 0, mark = 0;
    void add(std::string_view octets) noexcept;
    bool operator==(const trace&) const = default;
  };
  trace put_, again_;
  bool is_repeating_ = false;
  std::uint64_t put_in_call_ = 0;
};

}  // namespace dragoman::hosting
