#include "isolation/isolated_session.hpp"

#include "isolation/asked_ahead.hpp"

#include <dragoman/digest.hpp>

#include <algorithm>

namespace dragoman::hosting {
namespace {

constexpr std::uint64_t ahead = 64;  // documents that a worker reads before the host asks for them

std::string_view contents_of(const dgm_input& in, bool& is_there) noexcept {
  dgm_str all{};
  is_there = in.contents != nullptr && in.contents(in.ctx, &all) == 1;
  return view(all);
}

std::string sha256_of_all(const dgm_input& in) {
  digest sha("SHA256");
  std::string piece(std::size_t{1} << 18, '\0');
  for (std::uint64_t at = 0;;) {
    const auto n = in.read_at != nullptr ? in.read_at(in.ctx, at, piece.data(), piece.size()) : -1;
    if (n < 0) return {};
    if (n == 0) return sha.finish();
    sha.update(std::string_view(piece).substr(0, static_cast<std::size_t>(n)));
    at += static_cast<std::uint64_t>(n);
  }
}

bool is_end(dgm_status s) noexcept { return s != DGM_OK && s != DGM_SKIP; }

}  // namespace

isolated_reader::isolated_reader(isolated_format& format, const dgm_host* services, const dgm_input* input)
    : isolated_session(format, services), input_(input), has_contents_([&] {
        bool is_there = false;
        contents_ = contents_of(*input, is_there);
        return is_there;
      }()) {
  end_ = contents_.size();
}

bool isolated_reader::can_be_split() const noexcept {
  const auto* reader = format_.table.reader;
  return has_contents_ && DGM_HAS(reader, dgm_reader, split) && reader->split != nullptr;
}

accident isolated_reader::where() const {
  const bool is_first = given_ == 0 && skip_ == 0;
  return {"reading", sha256_of_all(*input_), is_piece_ || is_first ? static_cast<std::int64_t>(begin_) : -1};
}

// -- the worker's session ------------------------------------------------------------------------------------------------

std::string isolated_reader::question_ahead(const isolated_format& format, std::string_view services, std::uint64_t size) {
  std::string out;
  packer(out)
      .begin(op::read)
      .text(format.table.id)
      .rest(services)
      .number(0)
      .number(size)
      .number(0)
      .number(UINT64_MAX)
      .number(DGM_OK)
      .number(1)
      .number(ahead)
      .number(1)
      .end();
  return out;
}

// The first time the worker may have been asked already.
bool isolated_reader::begin_ahead() {
  if (!std::exchange(is_new_, false)) return false;
  packer services(services_);
  pack_services(services);
  format_.note_services(services_);
  auto* expected = asked_ahead::of_this_thread();
  if (expected == nullptr || !has_contents_ || (DGM_HAS(input_, dgm_input, history) && input_->history.len != 0)) return false;
  worker_ = expected->worker_for(format_.owner.pool, contents_, view(input_->name),
                                 question_ahead(format_, services_, contents_.size()));
  return is_ahead_ = worker_ != nullptr;
}

void isolated_reader::put_back() {
  close_nested();
  if (!std::exchange(is_ahead_, false)) return give_back();
  ++worker_->documents;
  asked_ahead::of_this_thread()->give_back(std::move(worker_));
}

void isolated_reader::begin(std::optional<failed_event> failing) {
  fresh_at_ = begin_;
  is_ahead_ = false;
  if (begin_ahead()) return take_opening();
  worker_ = format_.owner.pool.take(doubt_ || failing);
  auto p = worker_->say();
  p.begin(op::input).number(has_contents_).number(static_cast<std::uint64_t>(input_->length));
  p.text(DGM_HAS(input_, dgm_input, history) ? view(input_->history) : std::string_view())
      .text(view(input_->name))
      .rest(contents_)
      .end();
  begin_part(failing);
}

// Opens a session on the part, or, of a piece, on the document that begins where it does.
void isolated_reader::begin_part(std::optional<failed_event> failing) {
  if (is_piece_) {
    end_ = begin_;
    end_ += length_of_piece();
  }
  const bool is_whole = begin_ == 0 && end_ == contents_.size();
  auto p = worker_->say();
  p.begin(op::read).text(format_.table.id).rest(services_);
  p.number(begin_).number(end_).number(skip_);
  p.number(failing ? failing->number : UINT64_MAX)
      .number(static_cast<std::uint64_t>(std::int64_t{failing ? failing->status : DGM_OK}));
  p.number(is_whole).number(doubt_ || failing ? 1 : ahead).number(0).end();
  worker_->send();
  take_opening();
}

void isolated_reader::take_opening() {
  const auto size = wait_for_call(open_status_);
  if (!std::exchange(is_opened_, true)) pass_on_reports(size);
  worker_->skip(size);
  const auto opened = worker_->receive();
  if (opened.what != op::opened) throw nonsense("it does not say whether there is a session");
  has_session_ = unpacker(opened.payload).flag();
}

std::uint64_t isolated_reader::length_of_piece() {
  worker_->say().begin(op::cut).text(format_.table.id).number(begin_).number(1).number(1).end();
  worker_->send();
  const auto scored = worker_->receive();
  if (scored.what != op::scored) throw nonsense("it does not say where a document ends");
  unpacker in(scored.payload);
  in.number();
  const auto length = in.signed_number();
  if (worker_->receive().what != op::done) throw nonsense("it goes on about where a document ends");
  const auto left = contents_.size() - begin_;
  return length > 0 && static_cast<std::uint64_t>(length) <= left ? static_cast<std::uint64_t>(length) : left;
}

// The worker says that it has ended its session.
void isolated_reader::take_end() {
  if (worker_->receive().what != op::closed) throw nonsense("it goes on behind the end");
}

// After the end of a piece: the session of what comes next. False when nothing does.
bool isolated_reader::next_piece() {
  take_end();
  if (end_ == contents_.size()) return false;
  begin_ = end_;
  given_ = 0;
  is_piece_ = doubt_ || skip_ > 0;
  end_ = contents_.size();
  begin_part({});
  return true;
}

// The worker has gone on to the next question: there is more in the input than is read ahead of need.
void isolated_reader::read_on_behind_pause() {
  put_back();
  skip_ += std::exchange(given_, 0);
  begin({});
  if (open_status_ != DGM_OK || !has_session_) throw nonsense("it opens the same octets in another way than before");
}

std::size_t isolated_reader::wait_for_next(dgm_status& status) {
  for (;;) {
    std::size_t at = 0;
    message m;
    while (!next_message(worker_->received(), at, m)) worker_->wait_for_more();
    if (m.what != op::pause) return wait_for_call(status);
    const bool waits = unpacker(m.payload).flag();
    worker_->skip(at);
    if (!waits && !is_ahead_) throw nonsense("it has closed a session that it was to keep");
    if (!waits) {
      read_on_behind_pause();
      continue;
    }
    worker_->say().begin(op::more).number(doubt_ ? 1 : ahead).end();
    worker_->send();
  }
}

// -- what it tells -------------------------------------------------------------------------------------------------------

// The events among the first `size` octets, up to the one that the sink does not take.
std::optional<isolated_reader::failed_event> isolated_reader::tell_events(std::size_t size) {
  const auto all = worker_->received().substr(0, size);
  std::uint64_t number = 0;
  message m;
  for (std::size_t at = 0; next_message(all, at, m);) {
    bool is_event = false;
    const auto status = tell(m, contents_, *sink_, is_event);
    if (status < 0) return failed_event{number, status};
    number += is_event;
  }
  return {};
}

void isolated_reader::pass_on_reports(std::size_t size) const {
  const auto all = worker_->received().substr(0, size);
  message m;
  for (std::size_t at = 0; next_message(all, at, m);)
    if (m.what < op::open || m.what > op::null_text) pass_on(m, begin_);
}

void isolated_reader::settle(std::size_t size) {
  if (sink_ != nullptr && sink_status_ >= 0) {
    const auto failed = tell_events(size);
    if (failed) sink_status_ = failed->status;
  }
  if (skip_ == 0) pass_on_reports(size);
  is_dirty_ = true;
}

dgm_status isolated_reader::take_answer() {
  for (;;) {
    dgm_status status = DGM_OK;
    const auto size = wait_for_next(status);
    if (skip_ > 0 && !is_end(status)) {
      worker_->skip(size);
      --skip_;
      ++given_;
      continue;
    }
    if (status == DGM_END && is_piece_ && end_ < contents_.size()) {
      worker_->skip(size);
      next_piece();
      continue;
    }
    if (skip_ > 0) throw nonsense("it reads the same octets in another way than before");
    const auto failed = sink_status_ < 0 ? std::optional<failed_event>() : tell_events(size);
    if (failed && !is_dirty_) return repeat_with(*failed);
    if (failed) sink_status_ = failed->status;
    pass_on_reports(size);
    worker_->skip(size);
    ++given_;
    ++worker_->documents;
    if (is_end(status)) {
      take_end();
      put_back();
      over_ = true;
    }
    return sink_status_ < 0 ? sink_status_ : status;
  }
}

// The host did not take an event. The plugin did not learn of it, since it was ahead; so it reads the document again, and
// learns of it where it would have.
dgm_status isolated_reader::repeat_with(failed_event e) {
  skip_ = std::exchange(given_, 0);
  begin(e);
  for (;;) {
    dgm_status status = DGM_OK;
    const auto size = wait_for_next(status);
    ++given_;
    if (skip_ > 0) {
      worker_->skip(size);
      --skip_;
      continue;
    }
    pass_on_reports(size);
    worker_->skip(size);
    if (is_end(status)) {
      take_end();
      put_back();
      over_ = true;
    }
    return status;
  }
}

// -- attempts ------------------------------------------------------------------------------------------------------------

template <class Attempt>
dgm_status isolated_reader::answer(Attempt&& attempt) {
  for (;;) {
    bool again = false;
    dgm_status status = DGM_OK;
    try {
      try {
        status = attempt();
        // It was ahead when it was lost: what it was lost with may be yet to come.
        if (doubt_ && !is_opening_ && (over_ || suspect_ == begin_)) {
          report(format_.owner.pardon(*doubt_, lost_at_));
          asked_ahead::was_told(format_.owner.pool, *doubt_);
          doubt_.reset();
          suspect_.reset();
        }
        if (!doubt_) format_.owner.survived();
      } catch (const nonsense& e) {
        worker_->blame(worker_lost::cause::nonsense, e.what());
      }
    } catch (const worker_lost& how) {
      status = lost(how, again);
    } catch (const worker_cancelled&) {
      worker_.reset();
      over_ = true;
      status = DGM_CANCEL;
    } catch (const std::exception&) {  // memory of the host's
      worker_.reset();
      over_ = true;
      status = DGM_NOMEM;
    }
    if (!again) return status;
  }
}

// The worker had gone on to another question; what it had answered of this one is lost with it.
bool isolated_reader::was_lost_elsewhere(const worker_lost& how) {
  const bool was_ahead = std::exchange(is_ahead_, false);
  if (!was_ahead || is_dirty_ || !worker_->is_elsewhere()) return false;
  asked_ahead::of_this_thread()->lose(std::move(worker_), how);
  return true;
}

// The worker is lost. A fresh one tries again, where the format can be cut with documents by themselves, until one is lost with
// the document that it began with. Then it is the document's fault, and where there is a cut what is behind it is read on.
dgm_status isolated_reader::lost(const worker_lost& how, bool& again) {
  if (was_lost_elsewhere(how)) {
    skip_ += std::exchange(given_, 0);
    again = true;
    return DGM_OK;
  }
  worker_.reset();
  close_nested();
  const bool is_proven = doubt_ && (!is_piece_ || fresh_at_ == begin_);
  if (!is_proven && !is_dirty_ && !asked_nested_ && how.why != worker_lost::cause::not_started) {
    if (is_piece_) suspect_ = begin_;
    doubt_ = how;
    lost_at_ = where();
    skip_ += std::exchange(given_, 0);
    is_piece_ = can_be_split();
    again = true;
    return DGM_OK;
  }
  auto said = format_.owner.accuse(how, where());
  asked_ahead::was_told(format_.owner.pool, how);
  doubt_.reset();
  suspect_.reset();
  if (is_piece_ && end_ > begin_ && end_ < contents_.size()) {
    begin_ = end_;
    end_ = contents_.size();
    is_piece_ = false;
    given_ = skip_ = 0;
    if (is_opening_) {
      unsaid_ = std::move(said);
      has_session_ = true;
      return DGM_OK;
    }
    report(said);
    return DGM_SKIP;
  }
  report(said);
  over_ = true;
  return DGM_FATAL;
}

dgm_status isolated_reader::open(bool& has_session) {
  if (format_.owner.is_disabled()) {
    report(format_.owner.why_disabled());
    return DGM_FATAL;
  }
  is_opening_ = true;
  const auto status = answer([&] {
    begin({});
    if (open_status_ == DGM_OK && has_session_) return open_status_;
    take_end();
    put_back();
    return open_status_;
  });
  is_opening_ = false;
  has_session = has_session_;
  return status;
}

dgm_status isolated_reader::next(const dgm_sink* sink) {
  if (unsaid_) {
    report(*std::exchange(unsaid_, std::nullopt));
    return DGM_SKIP;
  }
  if (over_) return DGM_END;
  sink_ = sink;
  sink_status_ = DGM_OK;
  is_dirty_ = false;
  const auto status = answer([&]() -> dgm_status {
    if (!worker_) {
      begin({});
      if (open_status_ != DGM_OK || !has_session_) throw nonsense("it opens the same octets in another way than before");
    }
    return take_answer();
  });
  sink_ = nullptr;
  return status;
}

void isolated_reader::close() noexcept {
  if (!worker_) return;
  try {
    // What it read ahead nobody wants.
    for (auto m = worker_->receive(); m.what != op::closed; m = worker_->receive()) {
      if (m.what >= op::ask_octets) return worker_.reset();
      if (m.what != op::pause) continue;
      if (!unpacker(m.payload).flag()) break;
      worker_->say().begin(op::close).end();
      worker_->send();
    }
    put_back();
  } catch (const worker_lost& how) {
    if (was_lost_elsewhere(how)) return close_nested();
    report(format_.owner.accuse(how, {"closing", sha256_of_all(*input_), -1}));
    worker_.reset();
  } catch (...) {
    worker_.reset();
  }
  close_nested();
}

}  // namespace dragoman::hosting
