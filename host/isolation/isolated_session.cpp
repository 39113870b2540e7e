#include "isolation/isolated_session.hpp"

#include "inputs/input.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>

#include <algorithm>
#include <array>

namespace dragoman::hosting {
namespace {

constexpr std::size_t most_nested = 64;  // sessions that a worker may have open at the host at one time

bool is_question(op o) noexcept { return o >= op::ask_octets && o <= op::nested_close_writer; }

std::uint64_t number_of(std::int64_t n) noexcept { return static_cast<std::uint64_t>(n); }

}  // namespace

// An entry that a worker has the host read; it stays until its session is closed.
struct isolated_session::nested_in {
  explicit nested_in(unpacker& in) : name(in.text()), history(in.text()) {}
  std::string name, history, octets;
  dgm_input table{};
  void* session = nullptr;
};

// Keeps what a writer of the host's writes for a worker.
struct isolated_session::nested_out {
  std::string name, octets;
  dgm_output table{sizeof(dgm_output),
                   this,
                   [](void* ctx, const void* data, std::size_t length) noexcept -> dgm_status {
                     try {
                       static_cast<nested_out*>(ctx)->octets.append(static_cast<const char*>(data), length);
                       return DGM_OK;
                     } catch (const std::exception&) {
                       return DGM_NOMEM;
                     }
                   },
                   {nullptr, 0}};
  void* session = nullptr;
};

isolated_session::isolated_session(isolated_format& format, const dgm_host* services)
    : format_(format),
      host_(services),
      nested_(static_cast<const dgm_nested*>(services->extension(services->ctx, span(DGM_EXT_NESTED)))) {}

isolated_session::~isolated_session() { close_nested(); }

void isolated_session::report(const finding& f) const noexcept {
  const auto d = lent(f);
  host_->report(host_->ctx, &d);
}

void isolated_session::give_back() {
  ++worker_->documents;
  format_.owner.pool.give_back(std::move(worker_));
}

void isolated_session::pack_services(packer& p) const {
  const auto& f = format_.table;
  p.number(f.option_count);
  for (std::size_t i = 0; i < f.option_count; ++i) {
    dgm_str value{};
    host_->option(host_->ctx, span(f.options[i].name), &value);
    p.text(f.options[i].name).text(view(value));
  }
  const auto extension = [&](const char* id) { return host_->extension(host_->ctx, span(id)); };
  p.number(extension(DGM_EXT_FACTS) != nullptr);
  const auto* run = static_cast<const dgm_run*>(extension(DGM_EXT_RUN));
  p.number(run != nullptr);
  if (run == nullptr) return;
  for (const auto& text : {run->program, run->version, run->options, run->writer_format, run->writer}) p.text(view(text));
  p.number(number_of(run->started));
}

void isolated_session::pack_volume(packer& p) const {
  const auto* volume = static_cast<const dgm_volume*>(host_->extension(host_->ctx, span(DGM_EXT_VOLUME)));
  p.number(volume != nullptr);
  if (volume != nullptr) p.number(volume->index).number(volume->count).text(view(volume->series)).text(view(volume->name));
}

std::size_t isolated_session::wait_for_call(dgm_status& status) {
  std::size_t at = 0;
  for (message m;;) {
    const std::size_t before = at;
    if (!next_message(worker_->received(), at, m)) {
      worker_->wait_for_more();
    } else if (m.what == op::done) {
      status = unpacker(m.payload).status();
      worker_->note_done();
      return at;
    } else if (m.what == op::ask_octets) {
      serve_octets(m);
    } else if (is_question(m.what)) {
      settle(before);
      worker_->skip(before);
      serve_nested(m);
      worker_->skip(at - before);
      at = 0;
    } else if (at > most_held_) {
      settle(at);
      worker_->skip(at);
      at = 0;
    }
  }
}

void isolated_session::pass_on(const message& m, std::uint64_t begin) const {
  unpacker in(m.payload);
  if (m.what == op::report) {
    dgm_diag d{};
    d.size = sizeof d;
    d.severity = in.status();
    d.offset = in.signed_number();
    if (d.offset >= 0) d.offset += static_cast<std::int64_t>(begin);
    d.length = in.signed_number();
    d.line = static_cast<std::uint32_t>(in.number());
    d.column = static_cast<std::uint32_t>(in.number());
    d.code = span(in.text());
    d.text = span(in.rest());
    host_->report(host_->ctx, &d);
  } else if (m.what == op::bad_report) {
    host_->report(host_->ctx, nullptr);
  } else if (m.what == op::fact) {
    const auto* facts = static_cast<const dgm_facts*>(host_->extension(host_->ctx, span(DGM_EXT_FACTS)));
    const auto name = in.text();
    if (facts != nullptr) facts->tell(facts->ctx, span(name), span(in.rest()));
  } else if (m.what != op::done && m.what != op::ask_octets) {
    throw nonsense("it says what has no place there");
  }
}

void isolated_session::serve_octets(const message& m) {
  unpacker in(m.payload);
  const auto offset = in.number(), capacity = in.number();
  constexpr std::uint64_t most = std::uint64_t{1} << 20;
  const auto* from = octets_to_lend();
  if (capacity > most || from == nullptr) throw nonsense("it asks for octets that nobody lent");
  asked_octets_ = true;
  std::string octets(static_cast<std::size_t>(capacity), '\0');
  const auto n = from->read_at(from->ctx, offset, octets.data(), octets.size());
  octets.resize(n > 0 ? std::min(static_cast<std::size_t>(n), octets.size()) : 0);
  worker_->say().begin(op::answer).number(number_of(n)).rest(octets).end();
  worker_->send();
}

void isolated_session::serve_nested(const message& m) {
  if (nested_ == nullptr) throw nonsense("it asks for nested reading, which is not lent");
  unpacker in(m.payload);
  const auto reader = [&]() -> nested_in& {
    const auto found = readers_.find(in.number());
    if (found == readers_.end()) throw nonsense("it names a reader that it has not");
    return *found->second;
  };
  const auto writer = [&]() -> nested_out& {
    const auto found = writers_.find(in.number());
    if (found == writers_.end()) throw nonsense("it names a writer that it has not");
    return *found->second;
  };
  if (readers_.size() + writers_.size() > most_nested) throw nonsense("it has too many nested sessions");
  auto answer = worker_->say();
  answer.begin(op::answer);
  const auto put_status = [&](dgm_status s) { answer.number(number_of(s)); };
  const auto put_octets = [&](nested_out& from) { answer.rest(std::exchange(from.octets, {})); };
  if (m.what != op::nested_format) asked_nested_ = true;
  format_.asks_nested.store(true, std::memory_order_relaxed);
  switch (m.what) {
    case op::nested_format: {
      dgm_format_facts facts{};
      facts.size = sizeof facts;
      const bool found = nested_->format(nested_->ctx, span(in.rest()), &facts) == 1;
      answer.number(found);
      if (!found) break;
      for (const auto& text : {facts.id, facts.suffix, facts.media_type, facts.plugin, facts.plugin_sha256})
        answer.text(view(text));
      break;
    }
    case op::nested_open_reader: {
      auto opened = std::make_unique<nested_in>(in);
      const auto format = in.text();
      opened->octets = in.rest();
      opened->table = {sizeof(dgm_input),
                       opened.get(),
                       [](void*, void*, std::size_t) noexcept -> std::int64_t { return DGM_IO; },
                       nullptr,
                       [](void* ctx, dgm_str* out) noexcept -> std::int32_t {
                         *out = span(static_cast<nested_in*>(ctx)->octets);
                         return 1;
                       },
                       static_cast<std::int64_t>(opened->octets.size()),
                       span(opened->name),
                       span(opened->history)};
      const auto status = nested_->open_reader(nested_->ctx, &opened->table, span(format), &opened->session);
      put_status(status);
      answer.number(++last_number_);
      if (status >= 0) readers_[last_number_] = std::move(opened);
      break;
    }
    case op::nested_next: {
      auto& from = reader();
      const bool is_ours = in.flag();
      if (is_ours && sink() != nullptr) {
        put_status(nested_->next(from.session, sink()));
      } else {
        std::string events;
        event_packer collected(events);
        put_status(nested_->next(from.session, collected.sink()));
        answer.rest(events);
      }
      break;
    }
    case op::nested_close_reader: {
      const auto number = in.number();
      if (const auto found = readers_.find(number); found != readers_.end()) nested_->close_reader(found->second->session);
      readers_.erase(number);
      break;
    }
    case op::nested_open_writer: {
      auto opened = std::make_unique<nested_out>();
      opened->name = in.text();
      opened->table.name = span(opened->name);
      const auto status = nested_->open_writer(nested_->ctx, &opened->table, span(in.rest()), &opened->session);
      put_status(status);
      answer.number(++last_number_);
      put_octets(*opened);
      if (status >= 0) writers_[last_number_] = std::move(opened);
      break;
    }
    case op::nested_write: {
      auto& to = writer();
      if (in.flag()) {
        if (lent_document() == nullptr) throw nonsense("it writes a document that nobody lent");
        put_status(nested_->write(to.session, lent_document()));
      } else {
        const auto flags = static_cast<std::uint32_t>(in.number());
        dgm_origin from{};
        from.size = sizeof from;
        from.name = span(in.text());
        std::string problem;
        const auto made = document::from_buffer(in.rest(), problem);
        if (!problem.empty()) throw nonsense("it writes no document: " + problem);
        const dgm_document lent{sizeof(dgm_document), flags, made.root().table(), made.root().raw(), &from, nullptr, 0};
        put_status(nested_->write(to.session, &lent));
      }
      put_octets(to);
      break;
    }
    case op::nested_finish: {
      auto& to = writer();
      put_status(nested_->finish(to.session));
      put_octets(to);
      break;
    }
    case op::nested_close_writer: {
      const auto number = in.number();
      if (const auto found = writers_.find(number); found != writers_.end()) nested_->close_writer(found->second->session);
      writers_.erase(number);
      break;
    }
    default: throw nonsense("it asks for what nobody has");
  }
  answer.end();
  worker_->send();
}

void isolated_session::close_nested() noexcept {
  for (const auto& [number, r] : readers_) nested_->close_reader(r->session);
  for (const auto& [number, w] : writers_) nested_->close_writer(w->session);
  readers_.clear();
  writers_.clear();
}

}  // namespace dragoman::hosting
