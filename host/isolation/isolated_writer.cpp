#include "isolation/isolated_session.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>
#include <dragoman/plugin.hpp>

#include <algorithm>
#include <cstring>

namespace dragoman::hosting {
namespace {

std::uint64_t number_of(std::int64_t n) noexcept { return static_cast<std::uint64_t>(n); }

void pack_origin(packer& p, const dgm_origin* o) {
  p.number(o != nullptr);
  if (o == nullptr) return;
  for (const auto& text : {o->name, o->format, o->reader, o->media_type}) p.text(view(text));
  p.text(DGM_HAS(o, dgm_origin, history) ? view(o->history) : std::string_view()).number(o->serial).number(o->octets != nullptr);
  p.number(number_of(o->octets != nullptr ? o->octets->length : -1));
}

void pack_diagnostic(packer& p, const dgm_diag& d) {
  p.number(number_of(d.severity)).number(number_of(d.offset)).number(number_of(d.length)).number(d.line).number(d.column);
  p.text(view(d.code)).text(view(d.text));
}

// The document as the one buffer that the store has made of it; of any other view a copy is made.
void pack_document(packer& p, const dgm_document& d) {
  if (d.view == &detail::store_view) {
    const auto* root = detail::record(d.root);
    detail::make_digests(root);  // which the worker cannot do
    const char* begin = detail::base(root);
    p.rest({begin, reinterpret_cast<const detail::document_header*>(begin)->size});
    return;
  }
  document_builder copy(sha256);
  builder(copy.sink()).copy(node(d.view, d.root));
  const auto made = copy.finish();
  p.rest(made.buffer());
}

}  // namespace

void isolated_writer::trace::add(std::string_view octets) noexcept {
  length += octets.size();
  constexpr std::uint64_t prime = 0x9E3779B97F4A7C15;
  for (; octets.size() >= sizeof mark; octets.remove_prefix(sizeof mark)) {
    std::uint64_t word = 0;
    std::memcpy(&word, octets.data(), sizeof word);
    mark = (mark ^ word) * prime;
    mark ^= mark >> 29;
  }
  for (const char c : octets) mark = (mark ^ static_cast<unsigned char>(c)) * prime;
}

isolated_writer::isolated_writer(isolated_format& format, const dgm_host* services, const dgm_output* output)
    : isolated_session(format, services), output_(output) {
  most_held_ = std::size_t{8} << 20;
}

// -- what the worker does ------------------------------------------------------------------------------------------------

void isolated_writer::pack_begin() {
  auto p = worker_->say();
  p.begin(op::begin).text(format_.table.id);
  pack_services(p);
  pack_volume(p);
  p.text(DGM_HAS(output_, dgm_output, name) ? view(output_->name) : std::string_view()).end();
}

void isolated_writer::take_begin() {
  open_status_ = take_answer();
  const auto opened = worker_->receive();
  if (opened.what != op::opened) throw nonsense("it does not say whether there is a session");
  has_session_ = unpacker(opened.payload).flag();
  if (open_status_ == DGM_OK && has_session_) return format_.opens_well.store(true, std::memory_order_relaxed);
  over_ = true;
  if (is_new_) worker_.reset();  // it has taken the first call for nothing
}

void isolated_writer::put(std::string_view octets) {
  if (is_repeating_) return stands_alone_ ? void() : again_.add(octets);
  if (!stands_alone_) put_.add(octets);
  put_in_call_ += octets.size();
  if (output_status_ >= 0) output_status_ = output_->write(output_->ctx, octets.data(), octets.size());
}

void isolated_writer::settle(std::size_t size) {
  const auto all = worker_->received().substr(0, size);
  message m;
  for (std::size_t at = 0; next_message(all, at, m);) {
    if (m.what == op::octets) put(m.payload);
    else if (!is_repeating_) pass_on(m, 0);
  }
}

dgm_status isolated_writer::take_answer() {
  dgm_status status = DGM_OK;
  const auto size = wait_for_call(status);
  settle(size);
  worker_->skip(size);
  return status;
}

// Makes the session what it was, without its output, which has it already.
void isolated_writer::begin_again() {
  is_repeating_ = true;
  again_ = {};
  pack_begin();
  worker_->send();
  take_begin();
  if (over_) throw nonsense("it does not open again what it opened before");
  for (const auto& call : calls_) {
    worker_->say().raw(call);
    worker_->send();
    take_answer();
  }
  is_repeating_ = false;
  if (!stands_alone_ && again_ != put_) throw nonsense("it does not write the same again");
}

// With a worker's first call it is told to begin, so that an output of one document takes two questions and not three.
dgm_status isolated_writer::attempt(const std::string& call) {
  const bool is_beginning = !worker_;
  put_in_call_ = 0;
  if (is_beginning) {
    worker_ = format_.owner.pool.take(in_doubt_);
    if (!is_new_) begin_again();
    else pack_begin();
  }
  if (!is_ahead_) {
    worker_->begin_answer({});
    worker_->say().raw(call);
    worker_->send();
  }
  if (is_beginning && is_new_) {
    take_begin();
    if (over_) return open_status_ != DGM_OK ? open_status_ : DGM_FATAL;
    is_new_ = false;
    put_in_call_ = 0;
  }
  return call.empty() ? open_status_ : take_answer();
}

// -- ahead of need -------------------------------------------------------------------------------------------------------

// Does what may take answers that nobody wants. When the worker is lost with them, the next call begins with another one.
template <class Work>
void isolated_writer::look_after(Work&& work) {
  const auto lose_all = [&] {
    worker_.reset();
    close_nested();
    ahead_.clear();
    is_ahead_ = is_repeating_ = false;
  };
  try {
    try {
      work();
    } catch (const nonsense& e) {
      worker_->blame(worker_lost::cause::nonsense, e.what());
    }
  } catch (const worker_lost& how) {
    format_.owner.pool.tell_of_unneeded(how);
    lose_all();
  } catch (...) {
    lose_all();
  }
}

// The first call of a session is never ahead: with it the worker begins. What needs the host is asked one by one.
void isolated_writer::expect(const std::vector<const dgm_document*>& next) {
  if (over_ || is_new_ || !worker_ || format_.asks_nested.load(std::memory_order_relaxed)) return;
  look_after([&] {
    for (; !ahead_.empty(); ahead_.pop_front())
      if (!are_lost_ahead_) pass_over(ahead_.front());
    are_lost_ahead_ = false;
    if (next.empty()) return;
    if (!std::exchange(stands_alone_, true)) {
      calls_ = {};
      can_be_repeated_ = true;
    }
    auto at = worker_->page().message.load(std::memory_order_relaxed);
    for (const auto* document : next) {
      ++at;
      ahead_.push_back({packed(*document), {at, at}});
      worker_->say().raw(ahead_.back().call);
    }
    worker_->begin_answer({});
    worker_->send();
  });
}

// Nobody wants the answer; it is heard to its end.
void isolated_writer::pass_over(const early_call& c) {
  is_repeating_ = true;
  worker_->begin_answer(c.messages);
  take_answer();
  is_repeating_ = false;
}

// True when the worker's next answer is that to this call. A worker that was lost with it counts as its first.
bool isolated_writer::take_asked(const std::string& call, std::optional<worker_lost>& doubt) {
  while (!ahead_.empty()) {
    const auto first = std::move(ahead_.front());
    ahead_.pop_front();
    const bool is_wanted = first.call == call;
    if (is_wanted) doubt = first.how;
    if (are_lost_ahead_ && is_wanted) {
      if (doubt) worker_.reset();
      return false;
    }
    if (are_lost_ahead_) continue;
    if (!is_wanted) {
      pass_over(first);
      continue;
    }
    worker_->begin_answer(first.messages);
    return true;
  }
  return false;
}

// The worker had gone on to another call; what it had answered of this one is lost with it. Nonsense is the fault of who hears it,
// as far as anybody knows.
bool isolated_writer::was_lost_elsewhere(const worker_lost& how) {
  if (!std::exchange(is_ahead_, false)) return false;
  are_lost_ahead_ = true;
  if (!worker_ || put_in_call_ != 0 || how.why == worker_lost::cause::nonsense || !worker_->is_elsewhere()) return false;
  const auto at = worker_->page().message.load(std::memory_order_relaxed);
  const auto found = std::find_if(ahead_.begin(), ahead_.end(), [&](const auto& a) { return a.messages.holds(at); });
  if (found != ahead_.end()) found->how = how;
  return found != ahead_.end();
}

// -- attempts ------------------------------------------------------------------------------------------------------------

void isolated_writer::remember(std::string call, bool asked) {
  remembered_ += call.size();
  if (asked || remembered_ > most_remembered) can_be_repeated_ = false;
  if (can_be_repeated_) calls_.push_back(std::move(call));
  else calls_ = {};
}

dgm_status isolated_writer::run(std::string call, const accident& where, bool is_last) {
  if (over_) return DGM_FATAL;
  std::optional<worker_lost> doubt;
  asked_octets_ = asked_nested_ = false;
  put_in_call_ = 0;
  look_after([&] { is_ahead_ = take_asked(call, doubt); });
  for (;;) {
    in_doubt_ = doubt.has_value();
    try {
      try {
        const auto status = attempt(call);
        if (doubt) report(format_.owner.pardon(*doubt, where));
        format_.owner.survived();
        if (over_) return status;
        is_ahead_ = false;
        ++worker_->documents;
        if (is_last) {
          over_ = true;
          if (worker_->receive().what != op::closed) throw nonsense("it goes on behind the end");
          give_back();
        } else if (status != DGM_FULL && !call.empty() && !stands_alone_) {
          remember(std::move(call), asked_octets_ || asked_nested_);
        }
        if (output_status_ < 0) {
          worker_.reset();
          over_ = true;
          return output_status_;
        }
        return status;
      } catch (const nonsense& e) {
        worker_->blame(worker_lost::cause::nonsense, e.what());
      }
    } catch (const worker_lost& how) {
      const bool is_elsewhere = was_lost_elsewhere(how);
      worker_.reset();
      close_nested();
      is_repeating_ = false;
      if (is_elsewhere) continue;
      const bool can_go_on = can_be_repeated_ && put_in_call_ == 0;
      over_ = false;
      if (!doubt && can_go_on && how.why != worker_lost::cause::not_started) {
        doubt = how;
        continue;
      }
      report(format_.owner.accuse(how, where));
      over_ = !can_go_on || is_last || call.empty();
      return over_ ? DGM_FATAL : DGM_SKIP;
    } catch (const worker_cancelled&) {
      worker_.reset();
      over_ = true;
      return DGM_CANCEL;
    } catch (const std::exception&) {  // memory of the host's
      worker_.reset();
      over_ = true;
      return DGM_NOMEM;
    }
  }
}

// Whether a session can be opened is asked at once only until one could be.
dgm_status isolated_writer::open(bool& has_session) {
  if (format_.owner.is_disabled()) {
    report(format_.owner.why_disabled());
    return DGM_FATAL;
  }
  dgm_status status = DGM_OK;
  if (!format_.opens_well.load(std::memory_order_relaxed)) {
    status = run({}, {"opening an output", {}, -1}, false);
    if (open_status_ == DGM_OK && !has_session_) status = DGM_OK;
  }
  has_session = has_session_;
  return status;
}

std::string isolated_writer::packed(const dgm_document& document) const {
  std::string call;
  packer p(call);
  p.begin(op::write);
  pack_volume(p);
  p.number(document.flags);
  pack_origin(p, document.origin);
  const bool has_findings = DGM_HAS(&document, dgm_document, finding_count);
  p.number(has_findings ? document.finding_count : 0);
  for (std::size_t i = 0; has_findings && i < document.finding_count; ++i) pack_diagnostic(p, document.findings[i]);
  pack_document(p, document);
  p.end();
  return call;
}

dgm_status isolated_writer::write(const dgm_document* document) {
  auto call = packed(*document);
  document_ = document;
  octets_ = document->origin != nullptr ? document->origin->octets : nullptr;
  const node root(document->view, document->root);
  const auto status = run(std::move(call),
                          {"writing " + std::string(root["id"].text()), std::string(root["source"]["sha256"].text()), -1}, false);
  document_ = nullptr;
  octets_ = nullptr;
  return status;
}

dgm_status isolated_writer::failed(const dgm_failure* failure) {
  std::string call;
  packer p(call);
  p.begin(op::failed);
  pack_volume(p);
  pack_origin(p, failure->origin);
  p.text(view(failure->stage));
  pack_diagnostic(p, failure->reason);
  p.end();
  octets_ = failure->origin != nullptr ? failure->origin->octets : nullptr;
  const auto status = run(std::move(call), {"taking note of a failure", {}, -1}, false);
  octets_ = nullptr;
  return status;
}

dgm_status isolated_writer::finish() {
  std::string call;
  packer p(call);
  p.begin(op::finish);
  pack_volume(p);
  p.end();
  return run(std::move(call), {"finishing an output", {}, -1}, true);
}

dgm_status isolated_writer::number(const dgm_input* volume) {
  std::string call;
  packer p(call);
  p.begin(op::number).text(format_.table.id);
  pack_services(p);
  pack_volume(p);
  p.text(DGM_HAS(output_, dgm_output, name) ? view(output_->name) : std::string_view())
      .number(number_of(volume->length))
      .text(view(volume->name))
      .end();
  octets_ = volume;
  for (std::optional<worker_lost> doubt;;) {
    try {
      try {
        worker_ = format_.owner.pool.take(doubt.has_value());
        worker_->say().raw(call);
        worker_->send();
        const auto status = take_answer();
        if (doubt) report(format_.owner.pardon(*doubt, {"numbering a volume", {}, -1}));
        give_back();
        return output_status_ < 0 ? output_status_ : status;
      } catch (const nonsense& e) {
        worker_->blame(worker_lost::cause::nonsense, e.what());
      }
    } catch (const worker_lost& how) {
      worker_.reset();
      if (!doubt && put_.length == 0) {
        doubt = how;
        continue;
      }
      report(format_.owner.accuse(how, {"numbering a volume", {}, -1}));
      return DGM_FATAL;
    } catch (const worker_cancelled&) {
      worker_.reset();
      return DGM_CANCEL;
    } catch (const std::exception&) {
      worker_.reset();
      return DGM_NOMEM;
    }
  }
}

void isolated_writer::close() noexcept {
  if (!worker_) return;
  try {
    worker_->say().begin(op::close).end();
    worker_->send();
    for (auto m = worker_->receive(); m.what != op::closed; m = worker_->receive())
      if (m.what >= op::ask_octets) return worker_.reset();
    give_back();
  } catch (const worker_lost& how) {
    report(format_.owner.accuse(how, {"closing", {}, -1}));
    worker_.reset();
  } catch (...) {
    worker_.reset();
  }
  close_nested();
}

}  // namespace dragoman::hosting
