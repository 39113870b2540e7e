#include "isolation/lent_services.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>

namespace dragoman::hosting {

void lent_services::take(unpacker& in) {
  options_.clear();
  for (auto n = in.number(); n > 0; --n) {
    std::string name(in.text());
    options_[std::move(name)] = in.text();
  }
  wants_facts_ = in.flag();
  has_run_ = in.flag();
  if (has_run_) {
    for (auto* text : {&program_, &version_, &run_options_, &writer_format_, &writer_}) *text = in.text();
    run_ = {sizeof(dgm_run),    span(program_),       span(version_), in.signed_number(),
            span(run_options_), span(writer_format_), span(writer_)};
  }
  has_volume_ = false;
  uses_nested_ = is_ending_ = false;
  facts_.clear();
  readers_.clear();
  writers_.clear();
}

void lent_services::take_volume(unpacker& in) {
  has_volume_ = in.flag();
  if (!has_volume_) return;
  volume_.index = static_cast<std::uint32_t>(in.number());
  volume_.count = static_cast<std::uint32_t>(in.number());
  series_ = in.text();
  volume_name_ = in.text();
  volume_.series = span(series_);
  volume_.name = span(volume_name_);
}

void DGM_CALL lent_services::on_report(void* ctx, const dgm_diag* d) noexcept {
  of(ctx).to_.report([&](packer p) {
    if (d == nullptr || !DGM_HAS(d, dgm_diag, column)) return p.begin(op::bad_report).end();
    const auto number = [](std::int64_t n) { return static_cast<std::uint64_t>(n); };
    p.begin(op::report)
        .number(number(d->severity))
        .number(number(d->offset))
        .number(number(d->length))
        .number(d->line)
        .number(d->column);
    p.text(view(d->code)).rest(view(d->text)).end();
  });
}

std::int32_t DGM_CALL lent_services::on_option(void* ctx, dgm_str name, dgm_str* out) noexcept {
  const auto& options = of(ctx).options_;
  const auto found = options.find(view(name));
  if (found == options.end() || out == nullptr) return 0;
  *out = span(found->second);
  return 1;
}

std::int32_t DGM_CALL lent_services::on_cancelled(void* ctx) noexcept {
  of(ctx).to_.beat();
  return of(ctx).to_.is_cancelled() ? 1 : 0;
}

const void* DGM_CALL lent_services::on_extension(void* ctx, dgm_str id) noexcept {
  auto& self = of(ctx);
  if (view(id) == DGM_EXT_NESTED) {
    self.uses_nested_ = true;
    return &self.nested_;
  }
  if (view(id) == DGM_EXT_RUN && self.has_run_) return &self.run_;
  if (view(id) == DGM_EXT_VOLUME && self.has_volume_) return &self.volume_;
  if (view(id) == DGM_EXT_FACTS && self.wants_facts_) return &self.fact_table_;
  return nullptr;
}

void DGM_CALL lent_services::on_fact(void* ctx, dgm_str name, dgm_str value) noexcept {
  of(ctx).to_.report([&](packer p) { p.begin(op::fact).text(view(name)).rest(view(value)).end(); });
}

std::int32_t DGM_CALL lent_services::facts_of(void* ctx, dgm_str id, dgm_format_facts* out) noexcept {
  auto& self = of(ctx);
  std::int32_t found = 0;
  guarded([&] {
    if (out == nullptr || !DGM_HAS(out, dgm_format_facts, plugin)) return dgm_status{DGM_OK};
    self.to_.say().begin(op::nested_format).rest(view(id)).end();
    unpacker answer(self.to_.answer());
    if (!answer.flag()) return dgm_status{DGM_OK};
    const auto keep = [&] { return span(self.facts_.emplace_back(answer.text())); };
    out->id = keep();
    out->suffix = keep();
    out->media_type = keep();
    out->plugin = keep();
    const auto sha256 = keep();
    if (DGM_HAS(out, dgm_format_facts, plugin_sha256)) out->plugin_sha256 = sha256;
    found = 1;
    return dgm_status{DGM_OK};
  });
  return found;
}

std::string lent_services::octets_of(const dgm_input& in) {
  if (dgm_str all{}; in.contents != nullptr && in.contents(in.ctx, &all) == 1) return std::string(view(all));
  std::string out;
  if (in.read_at == nullptr) throw stop{DGM_IO};
  for (std::string piece(std::size_t{1} << 18, '\0');;) {
    const auto n = in.read_at(in.ctx, out.size(), piece.data(), piece.size());
    if (n < 0 || static_cast<std::size_t>(n) > piece.size()) throw stop{DGM_IO};
    if (n == 0) return out;
    if (out.size() + static_cast<std::size_t>(n) > longest_message / 2) throw stop{DGM_NOMEM};
    out.append(piece, 0, static_cast<std::size_t>(n));
  }
}

dgm_status DGM_CALL lent_services::open_reader(void* ctx, const dgm_input* in, dgm_str format, void** session) noexcept {
  if (in == nullptr || session == nullptr) return DGM_FATAL;
  *session = nullptr;
  auto& self = of(ctx);
  return guarded([&]() -> dgm_status {
    const auto octets = octets_of(*in);
    const auto history = DGM_HAS(in, dgm_input, history) ? view(in->history) : std::string_view();
    self.to_.say().begin(op::nested_open_reader).text(view(in->name)).text(history).text(view(format)).rest(octets).end();
    unpacker answer(self.to_.answer());
    const auto status = answer.status();
    if (status < 0) return status;
    self.readers_.push_back(std::make_unique<nested_input>(nested_input{&self, answer.number()}));
    *session = self.readers_.back().get();
    return status;
  });
}

dgm_status DGM_CALL lent_services::next(void* session, const dgm_sink* sink) noexcept {
  if (session == nullptr || sink == nullptr) return DGM_FATAL;
  auto& self = *static_cast<nested_input*>(session)->owner;
  return guarded([&]() -> dgm_status {
    const bool is_ours = sink->ctx == self.to_.events().sink()->ctx;
    self.to_.say().begin(op::nested_next).number(static_cast<nested_input*>(session)->number).number(is_ours).end();
    const std::string told(self.to_.answer());  // the sink may well say something to the host
    unpacker answer(told);
    const auto status = answer.status();
    const auto events = answer.rest();
    std::size_t at = 0;
    message m;
    while (next_message(events, at, m)) {
      bool is_event = false;
      if (const auto s = tell(m, {}, *sink, is_event); s < 0) return s;
    }
    return status;
  });
}

void lent_services::end_session(op closing, std::uint64_t number) noexcept {
  if (is_ending_) return;
  guarded([&] {
    to_.say().begin(closing).number(number).end();
    to_.answer();
    return dgm_status{DGM_OK};
  });
}

void DGM_CALL lent_services::close_reader(void* session) noexcept {
  if (session == nullptr) return;
  auto* s = static_cast<nested_input*>(session);
  auto& self = *s->owner;
  self.end_session(op::nested_close_reader, s->number);
  std::erase_if(self.readers_, [&](const auto& r) { return r.get() == s; });
}

dgm_status DGM_CALL lent_services::open_writer(void* ctx, const dgm_output* out, dgm_str format, void** session) noexcept {
  if (out == nullptr || session == nullptr) return DGM_FATAL;
  *session = nullptr;
  auto& self = of(ctx);
  return guarded([&]() -> dgm_status {
    const auto name = DGM_HAS(out, dgm_output, name) ? view(out->name) : std::string_view();
    self.to_.say().begin(op::nested_open_writer).text(name).rest(view(format)).end();
    unpacker answer(self.to_.answer());
    const auto status = answer.status();
    const auto number = answer.number();
    if (status < 0) return status;
    self.writers_.push_back(std::make_unique<nested_output>(nested_output{&self, number, out}));
    *session = self.writers_.back().get();
    return take_octets(*self.writers_.back(), answer, status);
  });
}

dgm_status lent_services::take_octets(const nested_output& to, unpacker& answer, dgm_status status) {
  const auto octets = answer.rest();
  if (octets.empty()) return status;
  const auto taken = to.out->write(to.out->ctx, octets.data(), octets.size());
  return taken < 0 ? taken : status;
}

dgm_status DGM_CALL lent_services::write(void* session, const dgm_document* document) noexcept {
  if (session == nullptr || document == nullptr) return DGM_FATAL;
  const auto& s = *static_cast<nested_output*>(session);
  auto& self = *s.owner;
  return guarded([&]() -> dgm_status {
    const bool is_lent = document == self.lent_;
    auto p = self.to_.say();
    p.begin(op::nested_write).number(s.number).number(is_lent);
    if (!is_lent) {
      document_builder copy(sha256);
      builder(copy.sink()).copy(node(document->view, document->root));
      const auto made = copy.finish();
      p.number(document->flags)
          .text(document->origin != nullptr ? view(document->origin->name) : std::string_view())
          .rest(made.buffer());
    }
    p.end();
    const std::string told(self.to_.answer());
    unpacker answer(told);
    const auto status = answer.status();
    return take_octets(s, answer, status);
  });
}

dgm_status DGM_CALL lent_services::finish(void* session) noexcept {
  if (session == nullptr) return DGM_FATAL;
  const auto& s = *static_cast<nested_output*>(session);
  return guarded([&]() -> dgm_status {
    s.owner->to_.say().begin(op::nested_finish).number(s.number).end();
    const std::string told(s.owner->to_.answer());
    unpacker answer(told);
    const auto status = answer.status();
    return take_octets(s, answer, status);
  });
}

void DGM_CALL lent_services::close_writer(void* session) noexcept {
  if (session == nullptr) return;
  auto* s = static_cast<nested_output*>(session);
  auto& self = *s->owner;
  self.end_session(op::nested_close_writer, s->number);
  std::erase_if(self.writers_, [&](const auto& w) { return w.get() == s; });
}

sent_origin::sent_origin(host_line& to, unpacker& in) {
  if (!in.flag()) return;
  for (auto* text : {&name_, &format_, &reader_, &media_type_, &history_}) *text = in.text();
  const auto serial = in.number();
  const bool has_octets = in.flag();
  const auto length = in.signed_number();
  if (has_octets) octets_ = std::make_unique<remote_input>(to, std::string_view(), false, length, name_, history_);
  table_ = {sizeof(dgm_origin),
            span(name_),
            span(format_),
            span(reader_),
            span(media_type_),
            serial,
            octets_ ? octets_->table() : nullptr,
            span(history_)};
  is_there_ = true;
}

dgm_diag diagnostic(unpacker& in, std::deque<std::string>& texts) {
  dgm_diag d{};
  d.size = sizeof d;
  d.severity = in.status();
  d.offset = in.signed_number();
  d.length = in.signed_number();
  d.line = static_cast<std::uint32_t>(in.number());
  d.column = static_cast<std::uint32_t>(in.number());
  d.code = span(texts.emplace_back(in.text()));
  d.text = span(texts.emplace_back(in.text()));
  return d;
}

}  // namespace dragoman::hosting
