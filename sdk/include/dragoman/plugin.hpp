// dragoman/plugin.hpp - writing a plugin in C++: the contract with types, exceptions inside, none outside.
//
// A reader is a class with   bool next(builder&)   that tells one document and returns false at the end; a writer is a
// class with   void write(const document_view&)   and   void finish().  reader_table<R> and writer_table<W> make the C
// tables of them. Inside, report with host::error and friends and throw unusable (this document) or stop (a status to
// hand back); whatever else is thrown becomes a diagnostic plugin.exception and ends the session.
// Objects here are cheap handles on what the host lends; they are valid as long as the session. [session-thread]
// Source: design.md 4; docs/plugins/tutorial.md walks through it.
#pragma once
#include <dragoman/comfort.h>
#include <dragoman/node.hpp>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <exception>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragoman {

enum class severity : std::int32_t { note = DGM_NOTE, warning = DGM_WARNING, loss = DGM_LOSS, error = DGM_ERROR };

// Where something was found. All parts are optional.
struct place {
  std::int64_t offset = -1;  // octets from the start of the session's input
  std::int64_t length = 0;   // octets
  std::uint32_t line = 0;    // from 1; 0: the host works it out
  std::uint32_t column = 0;  // from 1, in characters
};

// Thrown by a reader or writer: this document cannot be used; go on with the next. Becomes an error and DGM_SKIP.
struct unusable : std::runtime_error {
  unusable(std::string_view diagnostic_code, const std::string& text, place at = {})
      : std::runtime_error(text), code(diagnostic_code), where(at) {}
  std::string code;
  place where;
};

// Thrown to hand a status back as it is: after the host said so, or after the reason was reported.
struct stop {
  dgm_status status;
};
inline void check(dgm_status status) {
  if (status < 0) throw stop{status};
}

// Host services of a session.
class host {
public:
  host() = default;
  explicit host(const dgm_host* h) noexcept : host_(h) {}

  void report(severity s, std::string_view code, std::string_view text, place at = {}) const noexcept {
    const dgm_diag d{sizeof d, static_cast<std::int32_t>(s), span(code), span(text), at.offset, at.length, at.line, at.column};
    host_->report(host_->ctx, &d);
  }
  void note(std::string_view code, std::string_view text, place at = {}) const noexcept {
    report(severity::note, code, text, at);
  }
  void warning(std::string_view code, std::string_view text, place at = {}) const noexcept {
    report(severity::warning, code, text, at);
  }
  void loss(std::string_view code, std::string_view text, place at = {}) const noexcept {
    report(severity::loss, code, text, at);
  }
  void error(std::string_view code, std::string_view text, place at = {}) const noexcept {
    report(severity::error, code, text, at);
  }

  // Options of this format, checked by the host, default filled in. An undeclared name gives "", false or 0.
  std::string_view option(std::string_view name) const noexcept {
    dgm_str value{};
    return host_->option(host_->ctx, span(name), &value) == 1 ? view(value) : std::string_view();
  }
  bool flag(std::string_view name) const noexcept { return option(name) == "true"; }
  std::int64_t integer(std::string_view name) const noexcept {
    const auto text = option(name);
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  // Throws stop{DGM_CANCEL} when the host asked to stop.
  void check_cancelled() const {
    if (host_->cancelled(host_->ctx)) throw stop{DGM_CANCEL};
  }
  const dgm_nested* nested() const noexcept { return static_cast<const dgm_nested*>(extension(DGM_EXT_NESTED)); }
  const dgm_run* run() const noexcept { return static_cast<const dgm_run*>(extension(DGM_EXT_RUN)); }
  // Of a writer whose output may be followed by another; else null. A writer says that it is full by stop{DGM_FULL}.
  const dgm_volume* volume() const noexcept { return static_cast<const dgm_volume*>(extension(DGM_EXT_VOLUME)); }
  // Null: the session does all of its work in the calling thread (DGM_EXT_WORK).
  const dgm_work* work() const noexcept { return static_cast<const dgm_work*>(extension(DGM_EXT_WORK)); }
  // Tells a fact about the document that is being read (DGM_EXT_FACTS). `value` is called, and gives a text, when
  // somebody wants to know it.
  template <class Value>
  void fact(std::string_view name, Value&& value) const {
    if (const auto* facts = static_cast<const dgm_facts*>(extension(DGM_EXT_FACTS)))
      facts->tell(facts->ctx, span(name), span(value()));
  }
  const void* extension(std::string_view id) const noexcept { return host_->extension(host_->ctx, span(id)); }
  const dgm_host* raw() const noexcept { return host_; }

private:
  const dgm_host* host_ = nullptr;
};

// The input of a reader session.
class input {
public:
  input() = default;
  explicit input(const dgm_input* in) noexcept : input_(in) {}

  std::string_view name() const noexcept { return view(input_->name); }
  std::int64_t length() const noexcept { return input_->length; }
  bool can_seek() const noexcept { return input_->read_at != nullptr; }

  // Reads up to `capacity` octets; 0 at the end. Throws stop{DGM_IO} when the host cannot read on.
  std::size_t read(char* buffer, std::size_t capacity) const {
    const auto n = input_->read(input_->ctx, buffer, capacity);
    if (n < 0) throw stop{static_cast<dgm_status>(n)};
    return static_cast<std::size_t>(n);
  }
  std::size_t read_at(std::uint64_t offset, char* buffer, std::size_t capacity) const {
    const auto n = input_->read_at(input_->ctx, offset, buffer, capacity);
    if (n < 0) throw stop{static_cast<dgm_status>(n)};
    return static_cast<std::size_t>(n);
  }
  // The whole input when the host has it in memory; valid until the session closes.
  bool contents(std::string_view& octets) const noexcept {
    dgm_str s{};
    if (input_->contents == nullptr || input_->contents(input_->ctx, &s) != 1) return false;
    octets = view(s);
    return true;
  }
  // The whole input: lent by the host where it can, else read into `storage`, which the caller keeps. Throws unusable
  // ("input.too-large") over `limit` octets.
  std::string_view all(std::string& storage, std::size_t limit) const {
    std::string_view octets;
    const auto refuse = [&] {
      throw unusable("input.too-large", "the input is larger than " + std::to_string(limit) + " octets");
    };
    if (contents(octets)) {
      if (octets.size() > limit) refuse();
      return octets;
    }
    storage.clear();
    if (input_->length > 0 && static_cast<std::uint64_t>(input_->length) <= limit)
      storage.reserve(static_cast<std::size_t>(input_->length));
    std::string chunk(std::size_t{1} << 16, '\0');
    while (const std::size_t n = read(chunk.data(), chunk.size())) {
      if (storage.size() + n > limit) refuse();
      storage.append(chunk, 0, n);
    }
    return storage;
  }
  const dgm_input* raw() const noexcept { return input_; }

private:
  const dgm_input* input_ = nullptr;
};

// The output of a writer session. write() throws stop{DGM_IO} when the host cannot take more.
class output {
public:
  output() = default;
  explicit output(const dgm_output* out) noexcept : output_(out) {}
  void write(std::string_view octets) const { check(output_->write(output_->ctx, octets.data(), octets.size())); }
  std::string_view name() const noexcept { return view(output_->name); }
  const dgm_output* raw() const noexcept { return output_; }

private:
  const dgm_output* output_ = nullptr;
};

// Files under one name: a folder of the disk, or an archive.
class folder {
public:
  explicit folder(const dgm_folder* f) noexcept : folder_(f) {}
  struct entry {
    std::int32_t type;
    std::string_view path;
    std::uint64_t length;
    bool is_file() const noexcept { return type == DGM_ENTRY_FILE; }
    bool is_folder() const noexcept { return type == DGM_ENTRY_FOLDER; }
  };
  std::size_t count() const noexcept { return folder_->count; }
  entry operator[](std::size_t index) const noexcept {
    dgm_entry e{};
    e.size = sizeof e;
    folder_->entry(folder_->ctx, index, &e);
    return {e.type, view(e.path), e.length};
  }
  bool is_parallel() const noexcept { return folder_->parallel != 0; }
  // Gives the octets of a file to `take(std::string_view)`, which may throw. Throws stop when they cannot be had.
  template <class Take>
  void read(std::size_t index, Take&& take) const {
    struct taker {
      Take& take;
      std::exception_ptr thrown;
    } t{take, nullptr};
    const dgm_status status = folder_->read(
        folder_->ctx, index,
        [](void* self, const void* octets, std::size_t length) noexcept -> dgm_status {
          auto& to = *static_cast<taker*>(self);
          try {
            to.take(std::string_view(static_cast<const char*>(octets), length));
            return DGM_OK;
          } catch (...) {
            to.thrown = std::current_exception();
            return DGM_FATAL;
          }
        },
        &t);
    if (t.thrown) std::rethrow_exception(t.thrown);
    check(status);
  }

private:
  const dgm_folder* folder_;
};

// Tells a document to the host. Every call may throw stop; let it pass.
class builder {
public:
  explicit builder(const dgm_sink* sink) noexcept : sink_(sink) {}

  builder& open(node_type type, std::string_view name = {}) {
    check(sink_->open(sink_->ctx, static_cast<std::int32_t>(type), dragoman::span(name)));
    return *this;
  }
  builder& map(std::string_view name = {}) { return open(node_type::map, name); }
  builder& list(std::string_view name = {}) { return open(node_type::list, name); }
  builder& element(std::string_view name) { return open(node_type::element, name); }
  builder& attr(std::string_view name, std::string_view value) {
    check(sink_->attr(sink_->ctx, dragoman::span(name), dragoman::span(value)));
    return *this;
  }
  // Text in the open element, body, or leaf.
  builder& text(std::string_view utf8) {
    check(sink_->text(sink_->ctx, dragoman::span(utf8)));
    return *this;
  }
  builder& close() {
    check(sink_->close(sink_->ctx));
    return *this;
  }
  // Octets [begin, end) of the source that the node opened last, or the text told last, came from.
  builder& span(std::uint64_t begin, std::uint64_t end) {
    check(sink_->span(sink_->ctx, begin, end));
    return *this;
  }
  // A whole leaf: a string value of a map (with its name) or list (without), a literal, a comment, a pi, a slot.
  builder& leaf(node_type type, std::string_view name, std::string_view utf8) { return open(type, name).text(utf8).close(); }
  builder& value(std::string_view name, std::string_view utf8) { return leaf(node_type::text, name, utf8); }
  // The same when there is something to say; absent stays absent.
  builder& optional(std::string_view name, std::string_view utf8) { return utf8.empty() ? *this : value(name, utf8); }
  builder& octets(std::string_view name, std::string_view raw) {
    open(node_type::octets, name);
    check(sink_->bytes(sink_->ctx, raw.data(), raw.size()));
    return close();
  }
  // Copies a node with everything in it. Iterative: as deep as the node is.
  builder& copy(node top) {
    walk(
        top, [this](node n) { tell(n); },
        [this](node n) {
          if (!is_run_of_text(n)) close();
        });
    return *this;
  }
  const dgm_sink* raw() const noexcept { return sink_; }

private:
  // A text in content, as against a value, which is told with open and close.
  static bool is_run_of_text(node n) { return n.is(node_type::text) && n.name().empty(); }
  void tell(node n) {
    if (is_run_of_text(n)) {
      text(n.text());
      return;
    }
    open(n.type(), n.name());
    for (std::size_t i = 0, count = n.attribute_count(); i < count; ++i) attr(n.attribute_at(i).name, n.attribute_at(i).value);
    if (n.is(node_type::octets)) check(sink_->bytes(sink_->ctx, n.text().data(), n.text().size()));
    else if (!n.text().empty()) text(n.text());
  }
  const dgm_sink* sink_;
};

// A document as a writer gets it.
class document_view {
public:
  explicit document_view(const dgm_document* d) noexcept : document_(d) {}
  node root() const noexcept { return {document_->view, document_->root}; }
  node operator[](std::string_view member) const noexcept { return root()[member]; }
  bool is_collection() const noexcept { return root().name() == "collection"; }
  std::string_view id() const noexcept { return root()["id"].text(); }
  std::string_view kind() const noexcept { return root()["kind"].text(); }
  node meta() const noexcept { return root()["meta"]; }
  node body() const noexcept { return root()["body"]; }
  node source() const noexcept { return root()["source"]; }
  // The octets of the source, when the document has them and the model is as it was read (tei.md 0.2).
  bool pristine() const noexcept { return (document_->flags & DGM_PRISTINE) != 0; }
  const dgm_origin* origin() const noexcept { return document_->origin; }
  // What was reported while this document was read, in order.
  std::span<const dgm_diag> findings() const noexcept {
    if (!DGM_HAS(document_, dgm_document, finding_count)) return {};
    return {document_->findings, document_->finding_count};
  }
  const dgm_document* raw() const noexcept { return document_; }

private:
  const dgm_document* document_;
};

// Reports as a loss with `code`, once each, what of the document a writer does not write. `written`, ended by nullptr, names
// what it does: members by their path ("id", "meta/subject", "meta/to/name"), elements of the body ("p") and attributes
// ("p@n"). Text of the body counts as written.
inline void report_unwritten(const host& h, const document_view& d, const char* code, const char* const* written) noexcept {
  dgm_report_unwritten(h.raw(), d.raw(), code, written);
}

// Runs f; whatever it throws becomes a status and a diagnostic. The boundary is here and nowhere else.
template <class F>
dgm_status guard(const host& h, F&& f) noexcept {
  try {
    return f();
  } catch (const stop& e) {
    return e.status;
  } catch (const unusable& e) {
    h.error(e.code, e.what(), e.where);
    return DGM_SKIP;
  } catch (const std::bad_alloc&) {
    h.error("plugin.memory", "out of memory");
    return DGM_NOMEM;
  } catch (const std::exception& e) {
    h.error("plugin.exception", e.what());
    return DGM_FATAL;
  } catch (...) {
    h.error("plugin.exception", "unknown exception");
    return DGM_FATAL;
  }
}

namespace detail {
template <class T>
struct session_box {
  host services;
  T session;
};

template <class R>
constexpr auto probe_of() {
  if constexpr (requires { &R::probe; }) {
    return +[](const void* head, std::size_t length, std::int32_t at_end, dgm_str* reason) noexcept -> std::int32_t {
      std::string_view why;
      const int score = R::probe(std::string_view(static_cast<const char*>(head), length), at_end != 0, why);
      if (reason != nullptr) *reason = span(why);
      return score;
    };
  } else {
    return nullptr;
  }
}
template <class R>
constexpr auto split_of() {
  if constexpr (requires { &R::split; }) {
    return +[](const void* head, std::size_t length, std::int32_t at_end) noexcept -> std::int64_t {
      return R::split(std::string_view(static_cast<const char*>(head), length), at_end != 0);
    };
  } else {
    return nullptr;
  }
}
template <class R>
concept reads_in_parts = requires(R& r, host h) {
  { r.parts() } -> std::convertible_to<std::uint64_t>;
  { r.part(std::uint64_t{}, h) } -> std::same_as<R>;
};
template <class R>
constexpr auto parts_of() {
  if constexpr (reads_in_parts<R>) {
    return +[](void* s) noexcept -> std::uint64_t {
      auto* box = static_cast<session_box<R>*>(s);
      std::uint64_t count = 0;
      guard(box->services, [&] {
        count = box->session.parts();
        return dgm_status{DGM_OK};
      });
      return count;
    };
  } else {
    return nullptr;
  }
}
template <class R>
constexpr auto open_part_of() {
  if constexpr (reads_in_parts<R>) {
    return +[](void* s, std::uint64_t number, const dgm_host* h, void** part) noexcept -> dgm_status {
      return guard(host{h}, [&] {
        *part = new session_box<R>{host{h}, static_cast<session_box<R>*>(s)->session.part(number, host{h})};
        return dgm_status{DGM_OK};
      });
    };
  } else {
    return nullptr;
  }
}
template <class W>
constexpr auto failed_of() {
  if constexpr (requires(W & w, const dgm_failure& f) { w.failed(f); }) {
    return +[](void* s, const dgm_failure* f) noexcept -> dgm_status {
      auto* box = static_cast<session_box<W>*>(s);
      return guard(box->services, [&] {
        box->session.failed(*f);
        return dgm_status{DGM_OK};
      });
    };
  } else {
    return nullptr;
  }
}
template <class W>
constexpr auto number_of() {
  if constexpr (requires(host h, input i, output o) { W::number(h, i, o); }) {
    return +[](const dgm_host* h, const dgm_input* volume, const dgm_output* out) noexcept -> dgm_status {
      return guard(host{h}, [&] {
        W::number(host{h}, input{volume}, output{out});
        return dgm_status{DGM_OK};
      });
    };
  } else {
    return nullptr;
  }
}
}  // namespace detail

// The C table of a reader class R:  R(host, input);  bool next(builder&);
//   static int probe(std::string_view head, bool at_end, std::string_view& reason) noexcept;       optional
//   static std::int64_t split(std::string_view head, bool at_end) noexcept;                        optional
//   std::uint64_t parts();  R part(std::uint64_t number, host);                                    optional, dgm_reader.open_part
template <class R>
struct reader_table {
  using box = detail::session_box<R>;
  static dgm_status DGM_CALL open(const dgm_host* h, const dgm_input* in, void** session) noexcept {
    return guard(host{h}, [&] {
      *session = new box{host{h}, R{host{h}, input{in}}};
      return dgm_status{DGM_OK};
    });
  }
  static dgm_status DGM_CALL next(void* session, const dgm_sink* sink) noexcept {
    auto* b = static_cast<box*>(session);
    return guard(b->services, [&] {
      builder document{sink};
      return dgm_status{b->session.next(document) ? DGM_OK : DGM_END};
    });
  }
  static void DGM_CALL close(void* session) noexcept { delete static_cast<box*>(session); }
  static constexpr dgm_reader value{sizeof(dgm_reader),    detail::probe_of<R>(),    open, next, close, detail::split_of<R>(),
                                    detail::parts_of<R>(), detail::open_part_of<R>()};
};

// The C table of a writer class W:  W(host, output);  void write(const document_view&);  void finish();
//   void failed(const dgm_failure&);                                                               optional
//   static void number(const host&, const input& volume, const output&);                           optional
template <class W>
struct writer_table {
  using box = detail::session_box<W>;
  static dgm_status DGM_CALL open(const dgm_host* h, const dgm_output* out, void** session) noexcept {
    return guard(host{h}, [&] {
      *session = new box{host{h}, W{host{h}, output{out}}};
      return dgm_status{DGM_OK};
    });
  }
  static dgm_status DGM_CALL write(void* session, const dgm_document* d) noexcept {
    auto* b = static_cast<box*>(session);
    return guard(b->services, [&] {
      b->session.write(document_view{d});
      return dgm_status{DGM_OK};
    });
  }
  static dgm_status DGM_CALL finish(void* session) noexcept {
    auto* b = static_cast<box*>(session);
    return guard(b->services, [&] {
      b->session.finish();
      return dgm_status{DGM_OK};
    });
  }
  static void DGM_CALL close(void* session) noexcept { delete static_cast<box*>(session); }
  static constexpr dgm_writer value{sizeof(dgm_writer),    open, write, finish, close, detail::failed_of<W>(),
                                    detail::number_of<W>()};
};

// The C table of a verifier V:  static void verify(const host&, const dgm_verification&);
//   static int probe(const folder&) noexcept;                                                      optional
// `flags` are DGM_VERIFIER_....
template <class V, std::uint32_t flags = 0>
struct verifier_table {
  static constexpr auto probe_of() {
    if constexpr (requires { &V::probe; })
      return +[](const dgm_folder* f) noexcept -> std::int32_t { return V::probe(folder{f}); };
    else return nullptr;
  }
  static dgm_status DGM_CALL verify(const dgm_host* h, const dgm_verification* what) noexcept {
    return guard(host{h}, [&] {
      V::verify(host{h}, *what);
      return dgm_status{DGM_OK};
    });
  }
  static constexpr dgm_verifier value{sizeof(dgm_verifier), probe_of(), verify, flags};
};

// The C table of an unpacker U:  U(host, input);  std::size_t count() const;  bool is_parallel() const;
//   dgm_entry entry(std::size_t) const;  template <class Take> void read(std::size_t, Take&&);
//   std::size_t records();  dgm_record record(std::size_t);                                        optional
template <class U>
struct unpacker_table {
  struct box {
    host services;
    U session;
    dgm_folder lent{};
  };
  static dgm_status DGM_CALL open(const dgm_host* h, const dgm_input* in, const dgm_folder** out, void** session) noexcept {
    return guard(host{h}, [&] {
      auto* made = new box{host{h}, U{host{h}, input{in}}};
      made->lent = {sizeof(dgm_folder), made, made->session.count(), entry, read, made->session.is_parallel() ? 1 : 0};
      *out = &made->lent;
      *session = made;
      return dgm_status{DGM_OK};
    });
  }
  static void DGM_CALL entry(void* ctx, std::size_t index, dgm_entry* out) noexcept {
    const auto size = out->size;
    *out = static_cast<box*>(ctx)->session.entry(index);
    out->size = size;
  }
  static dgm_status DGM_CALL read(void* ctx, std::size_t index,
                                  dgm_status(DGM_CALL* take)(void*, const void*, std::size_t) noexcept, void* taker) noexcept {
    auto* b = static_cast<box*>(ctx);
    return guard(b->services, [&] {
      b->session.read(index, [&](std::string_view octets) { check(take(taker, octets.data(), octets.size())); });
      return dgm_status{DGM_OK};
    });
  }
  static void DGM_CALL close(void* session) noexcept { delete static_cast<box*>(session); }
  static dgm_status DGM_CALL records(void* session, std::size_t* count) noexcept {
    auto* b = static_cast<box*>(session);
    return guard(b->services, [&] {
      if constexpr (has_records) *count = b->session.records();
      return dgm_status{DGM_OK};
    });
  }
  static dgm_status DGM_CALL record(void* session, std::size_t index, dgm_record* out) noexcept {
    auto* b = static_cast<box*>(session);
    return guard(b->services, [&] {
      const auto size = out->size;
      if constexpr (has_records) *out = b->session.record(index);
      out->size = size;
      return dgm_status{DGM_OK};
    });
  }
  static constexpr bool has_records = requires(U & u) { u.records(); };
  static constexpr dgm_unpacker value{sizeof(dgm_unpacker), open, close, has_records ? records : nullptr,
                                      has_records ? record : nullptr};
};

}  // namespace dragoman
