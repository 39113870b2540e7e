// One output of a run: a writer session and the place that its octets go to.
#pragma once
#include "outputs/output.hpp"
#include "sessions/document_reader.hpp"
#include "sessions/session.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// A document as a writer is lent it. All that is named must outlive it.
class lent_document {
public:
  lent_document(const document& d, bool pristine, const origin& from, const std::vector<finding>& findings) : from_(from) {
    for (const auto& f : findings) findings_.push_back(lent(f));
    table_ = {sizeof(dgm_document), pristine ? std::uint32_t{DGM_PRISTINE} : 0u,
              d.root().table(),     d.root().raw(),
              from_.table(),        findings_.data(),
              findings_.size()};
  }
  const dgm_document& table() const noexcept { return table_; }

private:
  lent_origin from_;
  std::vector<dgm_diag> findings_;
  dgm_document table_{};
};

class channel {
public:
  // `display` is what messages call the output. Findings go to `to`.
  channel(environment& env, const format_entry& format, std::unique_ptr<byte_sink> sink, const std::string& display, listener to);
  // A further session for the output that `first` began, whose octets go to a sink of its own (DGM_STANDALONE).
  channel(const channel& first, std::unique_ptr<byte_sink> sink, listener to);

  // Makes the output one that another may follow. `facts` must outlive the channel; call it before all others.
  void make_volume(const dgm_volume* facts) noexcept { session_.host().lend(facts); }
  // False when the writer cannot begin; reported.
  bool open();
  // True when the document (or frame) was written; else it was reported, and reason() says why.
  bool write(const document_reader::step& s);
  // These are written next, and each stands for itself; none: that is not so any more. No octet depends on it.
  void expect(const std::vector<const document_reader::step*>& next);
  // Takes octets that `documents` were written into by a session beside this one. False when the output failed; reported.
  bool append(std::string_view octets, std::size_t documents);
  // Nothing more is to be written, for a reason that was reported.
  void give_up(finding why);
  void failed(const failure& f);
  // The last document or failure was not taken: it belongs into the next volume.
  bool is_full() const noexcept { return full_; }
  // Instead of all that: writes the same as `volume`, which was finished before, with the number of volumes. False when
  // it could not, which was reported. Then come the last steps.
  bool number(const octets& volume);
  bool numbers_volumes() const noexcept { return session_.numbers_volumes(); }
  // Completes the output; false when it is not there, which was reported.
  bool finish();
  // The same but for the last steps, which are left to who takes the sink.
  bool finish_writing();
  // The last steps: what was written is safe, and gets its name.
  bool commit();
  bool secure();
  bool publish();
  std::unique_ptr<byte_sink> take_sink() noexcept { return std::move(sink_); }

  const finding& reason() const noexcept { return reason_; }
  bool is_usable() const noexcept { return usable_; }
  bool wants_failures() const noexcept { return session_.wants_failures(); }
  std::size_t written() const noexcept { return written_; }  // documents, frames not counted
  const byte_sink& sink() const noexcept { return *sink_; }
  byte_sink& sink() noexcept { return *sink_; }

private:
  channel(environment& env, const format_entry& format, std::shared_ptr<const origin> about, std::string name,
          std::unique_ptr<byte_sink> sink, listener to);
  bool judge(writer_session::answer a);
  void report_output();

  const listener to_;
  const std::shared_ptr<const origin> about_;  // the output itself, for what concerns it
  const std::string name_;
  std::unique_ptr<byte_sink> sink_;
  output_table table_;
  writer_session session_;
  finding reason_;
  std::size_t written_ = 0;
  bool usable_ = false, full_ = false;
  bool holds_anything_ = false;
};

}  // namespace dragoman::hosting
