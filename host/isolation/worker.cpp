#include "isolation/worker.hpp"

#include "inputs/cutting.hpp"
#include "isolation/sandbox.hpp"
#include "isolation/wire.hpp"
#include "plugins/loader.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>
#include <dragoman/plugin.hpp>

#include <poll.h>
#include <pthread.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

namespace dragoman::hosting {
namespace {

shared_page* the_page = nullptr;  // for the new handler

// -- The line to the host -----------------------------------------------------------------------------------------------

[[noreturn]] void leave() noexcept { ::_exit(0); }

class line {
public:
  line(int socket, shared_page& page) : socket_(socket), page_(page), events_(out_) {
    events_.on_event([this] {
      beat();
      if (out_.size() >= 4 * flush_at) flush();
    });
  }

  packer say() noexcept { return packer(out_); }
  event_packer& events() noexcept { return events_; }
  void beat() noexcept { page_.beats.fetch_add(1, std::memory_order_relaxed); }
  bool is_cancelled() const noexcept { return page_.cancel.load(std::memory_order_relaxed) != 0; }
  shared_page& page() noexcept { return page_; }

  // What is reported may come from any thread; it goes out before the end of the call.
  template <class F>
  void report(F&& f) noexcept {
    try {
      const std::lock_guard lock(mutex_);
      f(packer(reports_));
    } catch (const std::exception&) {  // out of memory while saying so
    }
  }
  void flush() {
    {
      const std::lock_guard lock(mutex_);
      out_ += reports_;
      reports_.clear();
    }
    for (std::string_view rest = out_; !rest.empty();) {
      const auto n = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) leave();
      rest.remove_prefix(static_cast<std::size_t>(n));
      beat();
    }
    out_.clear();
    last_flush_ = clock::now();
  }
  // A call of the contract is over.
  void done(dgm_status status) {
    {
      const std::lock_guard lock(mutex_);
      out_ += reports_;
      reports_.clear();
    }
    say().begin(op::done).number(static_cast<std::uint64_t>(std::int64_t{status})).end();
    constexpr auto patience = std::chrono::milliseconds(50);
    if (out_.size() >= flush_at || clock::now() - last_flush_ > patience) flush();
  }
  bool is_full() const noexcept { return out_.size() >= flush_at; }

  // The next message of the host; its payload is valid until the one after. Ends the process when the host hangs up.
  message next() {
    flush();
    for (message m;;) {
      if (in_.next(m)) return m;
      std::size_t size = std::size_t{1} << 16;
      char* at = in_.room(size);
      ssize_t n = 0;
      while ((n = ::recv(socket_, at, size, 0)) < 0 && errno == EINTR) {
      }
      if (n <= 0) leave();
      in_.took(static_cast<std::size_t>(n));
    }
  }
  // Asks the host for something; the payload of its answer.
  std::string_view answer() {
    const auto m = next();
    if (m.what != op::answer) throw nonsense("the host did not answer");
    return m.payload;
  }

private:
  using clock = std::chrono::steady_clock;
  const int socket_;
  shared_page& page_;
  inbox in_;
  std::string out_;
  event_packer events_;
  std::mutex mutex_;
  std::string reports_;
  clock::time_point last_flush_ = clock::now();
};

template <class F>
dgm_status guarded(F&& f) noexcept {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return DGM_NOMEM;
  } catch (const stop& s) {
    return s.status;
  } catch (...) {
    return DGM_FATAL;
  }
}

// Octets that the host has: an input that is not in this process, an origin, a volume.
class remote_input {
public:
  remote_input(line& to, std::string_view contents, bool has_contents, std::int64_t length, std::string name, std::string history)
      : to_(to),
        contents_(contents),
        has_contents_(has_contents),
        name_(std::move(name)),
        history_(std::move(history)),
        table_{sizeof(dgm_input), this, read, read_at, lend, length, span(name_), span(history_)} {}
  remote_input(const remote_input&) = delete;
  remote_input& operator=(const remote_input&) = delete;
  const dgm_input* table() const noexcept { return &table_; }

private:
  static std::int64_t DGM_CALL read(void* ctx, void* buffer, std::size_t capacity) noexcept {
    auto& self = *static_cast<remote_input*>(ctx);
    const auto n = read_at(ctx, self.at_, buffer, capacity);
    if (n > 0) self.at_ += static_cast<std::uint64_t>(n);
    return n;
  }
  static std::int64_t DGM_CALL read_at(void* ctx, std::uint64_t offset, void* buffer, std::size_t capacity) noexcept {
    auto& self = *static_cast<remote_input*>(ctx);
    self.to_.beat();
    if (self.has_contents_) {
      if (offset >= self.contents_.size()) return 0;
      return static_cast<std::int64_t>(
          self.contents_.copy(static_cast<char*>(buffer), capacity, static_cast<std::size_t>(offset)));
    }
    std::int64_t out = DGM_IO;
    guarded([&] {
      constexpr std::size_t most = std::size_t{1} << 20;
      self.to_.say().begin(op::ask_octets).number(offset).number(std::min(capacity, most)).end();
      unpacker answer(self.to_.answer());
      out = answer.signed_number();
      const auto octets = answer.rest();
      if (out > 0) octets.copy(static_cast<char*>(buffer), capacity);
      return dgm_status{DGM_OK};
    });
    return out;
  }
  static std::int32_t DGM_CALL lend(void* ctx, dgm_str* out) noexcept {
    const auto& self = *static_cast<remote_input*>(ctx);
    if (!self.has_contents_) return 0;
    *out = span(self.contents_);
    return 1;
  }
  line& to_;
  const std::string_view contents_;
  const bool has_contents_;
  const std::string name_, history_;
  std::uint64_t at_ = 0;
  dgm_input table_;
};

// A document that the host sent, or that a plugin made, as a buffer that starts where it may.
class sent_document {
public:
  void take(std::string_view buffer) {
    words_.resize((buffer.size() + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
    if (!buffer.empty()) std::memcpy(words_.data(), buffer.data(), buffer.size());
  }
  // The host made it and checked it.
  const dgm_node* root() const noexcept {
    return reinterpret_cast<const dgm_node*>(reinterpret_cast<const char*>(words_.data()) + sizeof(detail::document_header));
  }

private:
  std::vector<std::uint64_t> words_;
};

// -- What a session is lent ---------------------------------------------------------------------------------------------

class lent_services;

// A writer session of the host's that a plugin asked for, and where its octets go.
struct nested_output {
  lent_services* owner;
  std::uint64_t number;
  const dgm_output* out;
};
struct nested_input {
  lent_services* owner;
  std::uint64_t number;
};

class lent_services {
public:
  explicit lent_services(line& to) : to_(to) {}
  lent_services(const lent_services&) = delete;
  lent_services& operator=(const lent_services&) = delete;

  // From the message that opens a session.
  void take(unpacker& in) {
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
    uses_nested_ = false;
    facts_.clear();
    readers_.clear();
    writers_.clear();
  }
  // Facts about the volume, which may have changed since the last call.
  void take_volume(unpacker& in) {
    has_volume_ = in.flag();
    if (!has_volume_) return;
    volume_.index = static_cast<std::uint32_t>(in.number());
    volume_.count = static_cast<std::uint32_t>(in.number());
    series_ = in.text();
    volume_name_ = in.text();
    volume_.series = span(series_);
    volume_.name = span(volume_name_);
  }
  void lend(const dgm_document* document) noexcept { lent_ = document; }
  const dgm_host* table() const noexcept { return &table_; }
  bool uses_nested() const noexcept { return uses_nested_; }

private:
  static lent_services& of(void* ctx) noexcept { return *static_cast<lent_services*>(ctx); }
  static void DGM_CALL on_report(void* ctx, const dgm_diag* d) noexcept {
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
  static std::int32_t DGM_CALL on_option(void* ctx, dgm_str name, dgm_str* out) noexcept {
    const auto& options = of(ctx).options_;
    const auto found = options.find(view(name));
    if (found == options.end() || out == nullptr) return 0;
    *out = span(found->second);
    return 1;
  }
  static std::int32_t DGM_CALL on_cancelled(void* ctx) noexcept {
    of(ctx).to_.beat();
    return of(ctx).to_.is_cancelled() ? 1 : 0;
  }
  static const void* DGM_CALL on_extension(void* ctx, dgm_str id) noexcept {
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
  static void DGM_CALL on_fact(void* ctx, dgm_str name, dgm_str value) noexcept {
    of(ctx).to_.report([&](packer p) { p.begin(op::fact).text(view(name)).rest(view(value)).end(); });
  }

  // -- nested reading and writing: the host does it
  static std::int32_t DGM_CALL facts_of(void* ctx, dgm_str id, dgm_format_facts* out) noexcept {
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
  static std::string octets_of(const dgm_input& in) {
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
  static dgm_status DGM_CALL open_reader(void* ctx, const dgm_input* in, dgm_str format, void** session) noexcept {
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
  // To the sink of the document that is being read it is told by the host itself; to any other, through here.
  static dgm_status DGM_CALL next(void* session, const dgm_sink* sink) noexcept {
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
  static void DGM_CALL close_reader(void* session) noexcept {
    if (session == nullptr) return;
    auto* s = static_cast<nested_input*>(session);
    auto& self = *s->owner;
    guarded([&] {
      self.to_.say().begin(op::nested_close_reader).number(s->number).end();
      self.to_.answer();
      return dgm_status{DGM_OK};
    });
    std::erase_if(self.readers_, [&](const auto& r) { return r.get() == s; });
  }
  static dgm_status DGM_CALL open_writer(void* ctx, const dgm_output* out, dgm_str format, void** session) noexcept {
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
  static dgm_status take_octets(const nested_output& to, unpacker& answer, dgm_status status) {
    const auto octets = answer.rest();
    if (octets.empty()) return status;
    const auto taken = to.out->write(to.out->ctx, octets.data(), octets.size());
    return taken < 0 ? taken : status;
  }
  static dgm_status DGM_CALL write(void* session, const dgm_document* document) noexcept {
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
  static dgm_status DGM_CALL finish(void* session) noexcept {
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
  static void DGM_CALL close_writer(void* session) noexcept {
    if (session == nullptr) return;
    auto* s = static_cast<nested_output*>(session);
    auto& self = *s->owner;
    guarded([&] {
      self.to_.say().begin(op::nested_close_writer).number(s->number).end();
      self.to_.answer();
      return dgm_status{DGM_OK};
    });
    std::erase_if(self.writers_, [&](const auto& w) { return w.get() == s; });
  }

  line& to_;
  std::map<std::string, std::string, std::less<>> options_;
  bool wants_facts_ = false, has_run_ = false, has_volume_ = false, uses_nested_ = false;
  std::string program_, version_, run_options_, writer_format_, writer_, series_, volume_name_;
  dgm_run run_{};
  dgm_volume volume_{sizeof(dgm_volume), 0, 0, {}, {}};
  std::deque<std::string> facts_;
  std::vector<std::unique_ptr<nested_input>> readers_;
  std::vector<std::unique_ptr<nested_output>> writers_;
  const dgm_document* lent_ = nullptr;
  const dgm_facts fact_table_{sizeof(dgm_facts), this, on_fact};
  const dgm_nested nested_{sizeof(dgm_nested), this,  open_reader, next,         close_reader,
                           open_writer,        write, finish,      close_writer, facts_of};
  const dgm_host table_{sizeof(dgm_host), this, on_report, on_option, on_cancelled, on_extension};
};

// An origin, and the findings beside it, as the host packs them.
class sent_origin {
public:
  sent_origin(line& to, unpacker& in) {
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
  sent_origin(const sent_origin&) = delete;
  sent_origin& operator=(const sent_origin&) = delete;
  const dgm_origin* table() const noexcept { return is_there_ ? &table_ : nullptr; }

private:
  std::string name_, format_, reader_, media_type_, history_;
  std::unique_ptr<remote_input> octets_;
  dgm_origin table_{};
  bool is_there_ = false;
};

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

// -- The worker ---------------------------------------------------------------------------------------------------------

class worker {
public:
  worker(int socket, shared_page& page) : line_(socket, page), services_(line_) {}

  int serve() {
    if (!hello()) return 1;
    for (;;) take(line_.next());
  }

private:
  bool hello() {
    const auto m = line_.next();
    if (m.what != op::hello) return false;
    unpacker in(m.payload);
    sandbox_limits limits;
    limits.memory = static_cast<std::size_t>(in.number());
    limits.file_size = in.number();
    limits.open_files = static_cast<unsigned>(in.number());
    seconds_ = limits.processor_seconds = static_cast<double>(in.number());
    std::vector<std::string> files;
    for (auto n = in.number(); n > 0; --n) files.emplace_back(in.text());
    for (const auto& file : files) {
      const dgm_plugin* plugin = nullptr;
      if (const auto why = load_module(file, plugin); !why.empty()) {
        line_.say().begin(op::ready).rest(why).end();
        line_.flush();
        return false;
      }
      for (std::size_t i = 0; plugin->formats[i] != nullptr; ++i) formats_.push_back(plugin->formats[i]);
    }
    char digest[64];
    sha256("", digest);  // what OpenSSL reads of the disk it reads now
    enter_sandbox(limits);
    line_.say().begin(op::ready).end();
    return true;
  }

  void take(const message& m) {
    allow_time();
    unpacker in(m.payload);
    switch (m.what) {
      case op::input: take_input(in); break;
      case op::probe: probe(in); break;
      case op::cut: cut(in); break;
      case op::read: open_reader(in); break;
      case op::more: read(in.number()); break;
      case op::begin: open_writer(in); break;
      case op::write: write(in); break;
      case op::failed: failed(in); break;
      case op::finish: finish(in); break;
      case op::number: number(in); break;
      case op::close:
        close();
        line_.say().begin(op::closed).end();
        break;
      default: throw nonsense("the host says something that nobody understands");
    }
  }
  // The limit of the processor's time is for a document; to set it anew costs a call of the system, so not each time.
  void allow_time() {
    const auto now = std::chrono::steady_clock::now();
    if (now - allowed_ < std::chrono::seconds(1)) return;
    allowed_ = now;
    allow_processor(seconds_);
  }
  const dgm_format& format(unpacker& in) {
    const auto id = in.text();
    for (const auto* f : formats_)
      if (f->id == id) return *f;
    throw nonsense("no such format");
  }

  void take_input(unpacker& in) {
    has_contents_ = in.flag();
    length_ = in.signed_number();
    history_ = in.text();
    name_ = in.text();
    contents_ = in.rest();
  }

  // -- pure functions
  void probe(unpacker& in) {
    const bool at_end = in.flag();
    std::vector<std::string> ids;
    while (const auto n = in.number()) {
      if (n > formats_.size()) throw nonsense("no such format");
      const auto& reader = *formats_[n - 1]->reader;
      dgm_str why{};
      line_.page().probing.store(static_cast<std::uint32_t>(n));
      const auto score = reader.probe(contents_.data(), contents_.size(), at_end ? 1 : 0, &why);
      line_.say().begin(op::scored).number(n).number(static_cast<std::uint64_t>(std::int64_t{score})).rest(view(why)).end();
    }
    line_.page().probing.store(0);
    line_.done(DGM_OK);
  }
  void cut(unpacker& in) {
    const auto* reader = format(in).reader;
    const auto begin = in.number(), enough = in.number();
    const bool at_end = in.flag();
    const auto n = whole_documents(*reader, std::string_view(contents_).substr(begin), at_end, static_cast<std::size_t>(enough));
    line_.say().begin(op::scored).number(0).number(static_cast<std::uint64_t>(n)).end();
    line_.done(DGM_OK);
  }

  // -- reading
  void open_reader(unpacker& in) {
    reader_ = format(in).reader;
    services_.take(in);
    const auto begin = in.number(), end = in.number(), skip = in.number(), fail_at = in.number();
    const auto fail_status = in.status();
    const bool has_name = in.flag();
    const auto budget = in.number();
    const auto part = has_contents_ ? std::string_view(contents_).substr(begin, end - begin) : std::string_view();
    input_ = std::make_unique<remote_input>(line_, part, has_contents_,
                                            has_contents_ ? static_cast<std::int64_t>(part.size()) : length_,
                                            has_name ? name_ : std::string(), history_);
    line_.events().refer_to(contents_);
    session_ = nullptr;
    const auto status = reader_->open(services_.table(), input_->table(), &session_);
    line_.done(status);
    line_.say().begin(op::opened).number(session_ != nullptr).end();
    ended_ = status != DGM_OK || session_ == nullptr;
    if (status < 0) session_ = nullptr;
    for (auto n = skip; n > 0 && !ended_; --n) next();
    if (fail_at != UINT64_MAX) line_.events().fail_at(fail_at, fail_status);
    read(budget);
  }
  dgm_status next() {
    const auto status = reader_->next(session_, line_.events().sink());
    line_.done(status);
    ended_ = status != DGM_OK && status != DGM_SKIP;
    return status;
  }
  // Reads ahead, unless a document needs the host.
  void read(std::uint64_t documents) {
    for (; documents > 0 && !ended_; --documents) {
      next();
      if (line_.is_full() || services_.uses_nested()) break;
    }
    line_.events().fail_at(UINT64_MAX, DGM_OK);
    if (ended_) close();
    line_.say().begin(ended_ ? op::closed : op::pause).end();
  }
  void close() {
    if (session_ != nullptr && reader_ != nullptr) reader_->close(session_);
    if (session_ != nullptr && writer_ != nullptr) writer_->close(session_);
    session_ = nullptr;
    reader_ = nullptr;
    writer_ = nullptr;
  }

  // -- writing
  dgm_output output_table() {
    return {sizeof(dgm_output), this,
            [](void* ctx, const void* octets, std::size_t length) noexcept -> dgm_status {
              return guarded([&] {
                auto& to = static_cast<worker*>(ctx)->line_;
                to.beat();
                for (std::string_view rest(static_cast<const char*>(octets), length); !rest.empty();) {
                  const auto piece = rest.substr(0, 4 * flush_at);
                  to.say().begin(op::octets).rest(piece).end();
                  if (to.is_full()) to.flush();
                  rest.remove_prefix(piece.size());
                }
                return dgm_status{DGM_OK};
              });
            },
            span(name_)};
  }
  void open_writer(unpacker& in) {
    writer_ = format(in).writer;
    services_.take(in);
    services_.take_volume(in);
    name_ = in.text();
    output_ = output_table();
    session_ = nullptr;
    const auto status = writer_->open(services_.table(), &output_, &session_);
    line_.done(status);
    line_.say().begin(op::opened).number(session_ != nullptr).end();
    if (status < 0) session_ = nullptr;
  }
  void write(unpacker& in) {
    services_.take_volume(in);
    const auto flags = static_cast<std::uint32_t>(in.number());
    const sent_origin from(line_, in);
    std::deque<std::string> texts;
    std::vector<dgm_diag> findings;
    for (auto n = in.number(); n > 0; --n) findings.push_back(diagnostic(in, texts));
    document_.take(in.rest());
    const dgm_document lent{sizeof(dgm_document), flags,           &detail::store_view, document_.root(),
                            from.table(),         findings.data(), findings.size()};
    services_.lend(&lent);
    line_.done(session_ != nullptr ? writer_->write(session_, &lent) : dgm_status{DGM_FATAL});
    services_.lend(nullptr);
    line_.flush();
  }
  void failed(unpacker& in) {
    services_.take_volume(in);
    const sent_origin from(line_, in);
    const std::string stage(in.text());
    std::deque<std::string> texts;
    const dgm_failure lent{sizeof(dgm_failure), from.table(), span(stage), diagnostic(in, texts)};
    line_.done(session_ != nullptr ? writer_->failed(session_, &lent) : dgm_status{DGM_FATAL});
  }
  void finish(unpacker& in) {
    services_.take_volume(in);
    line_.done(session_ != nullptr ? writer_->finish(session_) : dgm_status{DGM_FATAL});
    close();
    line_.say().begin(op::closed).end();
  }
  void number(unpacker& in) {
    const auto* writer = format(in).writer;
    services_.take(in);
    services_.take_volume(in);
    name_ = in.text();
    const auto length = in.signed_number();
    const remote_input volume(line_, {}, false, length, std::string(in.text()), {});
    output_ = output_table();
    line_.done(writer->number(services_.table(), volume.table(), &output_));
  }

  line line_;
  lent_services services_;
  std::vector<const dgm_format*> formats_;
  double seconds_ = 0;
  std::chrono::steady_clock::time_point allowed_ = std::chrono::steady_clock::now();
  std::string contents_, name_, history_;
  std::int64_t length_ = 0;
  bool has_contents_ = false, ended_ = false;
  std::unique_ptr<remote_input> input_;
  dgm_output output_{};
  sent_document document_;
  const dgm_reader* reader_ = nullptr;
  const dgm_writer* writer_ = nullptr;
  void* session_ = nullptr;
};

// A worker whose host is gone has nothing to wait for, whatever its plugin does.
void end_with_host(int socket) {
  static int watched;
  watched = socket;
  pthread_attr_t small;
  ::pthread_attr_init(&small);
  ::pthread_attr_setstacksize(&small, std::size_t{1} << 18);
  pthread_t thread;
  ::pthread_create(
      &thread, &small,
      [](void*) -> void* {
        pollfd hangup{watched, 0, 0};
        while (::poll(&hangup, 1, -1) <= 0) {
        }
        leave();
      },
      nullptr);
  ::pthread_attr_destroy(&small);
}

}  // namespace

int be_worker(int argc, char** argv) noexcept {
  if (argc != 4) return 2;
  const int socket = std::atoi(argv[2]), memory = std::atoi(argv[3]);
  void* page = ::shmat(memory, nullptr, 0);
  if (page == reinterpret_cast<void*>(-1)) return 2;
  the_page = static_cast<shared_page*>(page);
  std::set_new_handler([] {
    the_page->out_of_memory.store(1);
    throw std::bad_alloc();
  });
  end_with_host(socket);
  try {
    return worker(socket, *the_page).serve();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 3;
  }
}

}  // namespace dragoman::hosting
