// mock.cpp - a plugin that misbehaves on command, to see that the host survives it.
//
// Its input is a list of orders, one document a line: "mock: fine a", "mock: unbalanced", ... (the table `orders`
// below). What no host survives, "mock: crash", is for hosts that run it in a process of its own. An order "mock: open HOW" on the first line makes the reader fail before it begins. Its writer obeys the
// options fail= (open, write, unwritable for the document with that id, finish) and how=.
#include <dragoman/plugin.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace std::string_view_literals;
using std::string_view;

// -- Ways to fail, for readers and writers ----------------------------------------------------------------------------

struct way {
  string_view name;
  dgm_status status;
};
constexpr std::array<way, 7> ways{{{"skip", DGM_SKIP},
                                   {"fatal", DGM_FATAL},
                                   {"cancel", DGM_CANCEL},
                                   {"io", DGM_IO},
                                   {"memory", DGM_NOMEM},
                                   {"absurd", -77},
                                   {"positive", 42}}};

// -- What only a host survives that runs the plugin in a process of its own ---------------------------------------------

bool is_poisoned = false;  // for good: a plugin that one document breaks for those behind it
bool is_confused = false;  // likewise, so that it talks nonsense

// Says something to whoever has the other ends of this process's sockets.
void talk_nonsense() {
  for (int fd = 3; fd < 16; ++fd)
    [[maybe_unused]] const auto n = ::send(fd, "All nonsense.  All nonsense.", 28, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// As much memory as there is, but no more than 1 GiB: nobody's machine shall suffer where nothing bounds it.
void take_memory() {
  constexpr std::size_t piece = std::size_t{16} << 20;
  for (int i = 0; i < 64; ++i) {
    auto* taken = static_cast<volatile char*>(std::malloc(piece));
    if (taken == nullptr) std::abort();
    for (std::size_t at = 0; at < piece; at += 4096) taken[at] = 1;
  }
}

struct disaster {
  string_view name;
  void (*happen)();
};
constexpr std::array disasters{
    disaster{"crash", [] { std::raise(SIGSEGV); }},
    disaster{"abort",
             [] {
               std::fputs("a bell rings", stderr);
               std::abort();
             }},
    disaster{"exit", [] { std::_Exit(3); }},
    disaster{"hang",
             [] {
               for (;;) ::usleep(100'000);
             }},
    disaster{"nonsense", talk_nonsense},
    disaster{"memory-bomb", take_memory},
    disaster{"new-bomb",
             [] {
               for (;;) *static_cast<volatile char*>(new char[std::size_t{64} << 20]) = 1;  // volatile: or nothing would be taken
             }},
    disaster{"poison", [] { is_poisoned = true; }},
    disaster{"confusion", [] { is_confused = true; }},
};

// False when `name` is none of them.
bool happen(string_view name) {
  for (const auto& d : disasters)
    if (d.name == name) return d.happen(), true;
  return false;
}

// What this process may do beside its work, in words.
std::string freedom() {
  std::string out;
  if (const int fd = ::open("/etc/passwd", O_RDONLY); fd >= 0) out += " opens files";
  if (const int fd = ::open("mock.written", O_WRONLY | O_CREAT, 0600); fd >= 0) out += " writes files";
  if (const int fd = ::socket(AF_INET, SOCK_STREAM, 0); fd >= 0) out += " has the network";
  if (const pid_t child = ::fork(); child == 0) ::_exit(0);
  else if (child > 0) out += " starts processes";
  return out.empty() ? "Nothing." : "It" + out + ".";
}

// The status of that name, or an exception, as C++ plugins make them.
dgm_status fail(string_view how) {
  if (happen(how)) return DGM_OK;
  if (how == "throw") throw std::runtime_error("the mock was told to throw");
  if (how == "throw-int") throw 7;
  if (how == "throw-memory") throw std::bad_alloc();
  if (how == "unusable") throw dragoman::unusable("mock.unusable", "the mock was told to find this unusable", {0, 4});
  for (const auto& w : ways)
    if (w.name == how) return w.status;
  throw std::logic_error("the mock does not know how to fail by " + std::string(how));
}

// -- Events, told without looking at what the host says ----------------------------------------------------------------

struct teller {
  const dgm_sink* sink;
  void open(std::int32_t type, string_view name = {}) const { sink->open(sink->ctx, type, dragoman::span(name)); }
  void attr(string_view name, string_view value) const { sink->attr(sink->ctx, dragoman::span(name), dragoman::span(value)); }
  void text(string_view utf8) const { sink->text(sink->ctx, dragoman::span(utf8)); }
  void close() const { sink->close(sink->ctx); }
  void value(string_view name, string_view utf8) const {
    open(DGM_TEXT, name);
    text(utf8);
    close();
  }
  void begin(string_view id) const {
    open(DGM_MAP, "document");
    value("id", id);
    value("kind", "cable");
    open(DGM_MAP, "meta");
    close();
    open(DGM_LIST, "body");
    open(DGM_ELEMENT, "p");
  }
  void end() const {
    for (int i = 0; i < 3; ++i) close();
  }
  void whole(string_view id, string_view words) const {
    begin(id);
    text(words);
    end();
  }
};

void report(const dgm_host* host, std::int32_t severity, string_view code, string_view text, std::int64_t offset) {
  const dgm_diag diag{sizeof diag, severity, dragoman::span(code), dragoman::span(text), offset, 0, 0, 0};
  host->report(host->ctx, &diag);
}

// -- The reader -------------------------------------------------------------------------------------------------------

struct reader {
  explicit reader(const dgm_host* services) : host(services) {}
  ~reader() { close_inner(); }
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  // Has the host read an order, and leaves that session open as long as it can.
  dgm_status tell_inside(string_view inner_order, const dgm_sink* sink) {
    close_inner();
    nested = static_cast<const dgm_nested*>(host->extension(host->ctx, dragoman::span(DGM_EXT_NESTED)));
    if (nested == nullptr) return DGM_FATAL;
    inner = "mock: " + std::string(inner_order) + "\n";
    inner_input = {sizeof(dgm_input),
                   this,
                   [](void*, void*, std::size_t) noexcept -> std::int64_t { return DGM_IO; },
                   nullptr,
                   [](void* ctx, dgm_str* out) noexcept -> std::int32_t {
                     *out = dragoman::span(static_cast<reader*>(ctx)->inner);
                     return 1;
                   },
                   static_cast<std::int64_t>(inner.size()),
                   dragoman::span("inside"sv),
                   {nullptr, 0}};
    const auto status = nested->open_reader(nested->ctx, &inner_input, dragoman::span("mock"sv), &inner_session);
    return status < 0 ? status : nested->next(inner_session, sink);
  }
  void close_inner() {
    if (inner_session != nullptr) nested->close_reader(std::exchange(inner_session, nullptr));
  }

  const dgm_host* host;
  string_view octets, rest;
  std::string storage;
  const dgm_nested* nested = nullptr;
  std::string inner;
  dgm_input inner_input{};
  void* inner_session = nullptr;
};

struct order {
  string_view name;
  void (*tell)(const reader&, const teller&, string_view argument);
};
constexpr std::array orders{
    order{"fine",
          [](const reader&, const teller& t, string_view id) {
            if (is_poisoned) std::abort();
            if (is_confused) talk_nonsense();
            t.whole(id, "All is well.");
          }},
    order{"process",
          [](const reader&, const teller& t, string_view id) { t.whole(id, "Process " + std::to_string(::getpid())); }},
    order{"free", [](const reader&, const teller& t, string_view id) { t.whole(id, freedom()); }},
    order{"id", [](const reader&, const teller& t, string_view id) { t.whole(id, "The name is the trouble."); }},
    order{"nothing", [](const reader&, const teller&, string_view) {}},
    order{"unbalanced", [](const reader&, const teller& t, string_view) { t.begin("unbalanced"); }},
    order{"close-too-much",
          [](const reader&, const teller& t, string_view) {
            t.whole("close-too-much", "Closed once more.");
            t.close();
          }},
    order{"close-first", [](const reader&, const teller& t, string_view) { t.close(); }},
    order{"two-roots",
          [](const reader&, const teller& t, string_view) {
            t.whole("first-root", "One.");
            t.whole("second-root", "Two.");
          }},
    order{"wrong-root",
          [](const reader&, const teller& t, string_view) {
            t.open(DGM_MAP, "dokument");
            t.close();
          }},
    order{"no-id",
          [](const reader&, const teller& t, string_view) {
            t.open(DGM_MAP, "document");
            t.value("kind", "cable");
            t.close();
          }},
    order{"attr-late",
          [](const reader&, const teller& t, string_view) {
            t.begin("attr-late");
            t.text("Content first.");
            t.attr("n", "1");
            t.end();
          }},
    order{"attr-twice",
          [](const reader&, const teller& t, string_view) {
            t.begin("attr-twice");
            t.attr("n", "1");
            t.attr("n", "2");
            t.end();
          }},
    order{"member-twice",
          [](const reader&, const teller& t, string_view) {
            t.open(DGM_MAP, "document");
            t.value("id", "one");
            t.value("id", "two");
            t.close();
          }},
    order{"bad-type",
          [](const reader&, const teller& t, string_view) {
            t.begin("bad-type");
            t.open(4711, "what");
            t.close();
            t.end();
          }},
    order{"bad-name",
          [](const reader&, const teller& t, string_view) {
            t.begin("bad-name");
            t.open(DGM_ELEMENT, "no name");
            t.close();
            t.end();
          }},
    order{"bad-utf8", [](const reader&, const teller& t, string_view) { t.whole("bad-utf8", "caf\xE9 au lait"); }},
    order{"control", [](const reader&, const teller& t, string_view) { t.whole("control", "a bell \a rings"); }},
    order{"null-text",
          [](const reader&, const teller& t, string_view) {
            t.begin("null-text");
            t.sink->text(t.sink->ctx, dgm_str{nullptr, 5});
            t.end();
          }},
    order{"bad-octets",
          [](const reader&, const teller& t, string_view) {
            t.open(DGM_MAP, "document");
            t.sink->bytes(t.sink->ctx, "stray", 5);
            t.close();
          }},
    order{"bad-span",
          [](const reader&, const teller& t, string_view) {
            t.begin("bad-span");
            t.sink->span(t.sink->ctx, 99, 11);
            t.end();
          }},
    order{"deep",
          [](const reader&, const teller& t, string_view) {
            t.begin("deep");
            for (int i = 0; i < 100000; ++i) t.open(DGM_ELEMENT, "hi");
            for (int i = 0; i < 100000; ++i) t.close();
            t.end();
          }},
    order{"damaged-source",
          [](const reader&, const teller& t, string_view) {
            t.open(DGM_MAP, "document");
            t.open(DGM_MAP, "source");
            t.open(DGM_OCTETS, "octets");
            t.sink->bytes(t.sink->ctx, "ORIGINAL", 8);
            t.close();
            t.value("media_type", "text/x-mock");
            t.value("sha256", "0000000000000000000000000000000000000000000000000000000000000000");
            t.close();
            t.value("id", "damaged-source");
            t.value("kind", "cable");
            t.open(DGM_MAP, "meta");
            t.close();
            t.open(DGM_LIST, "body");
            t.close();
            t.close();
          }},
    order{"odd-reports",
          [](const reader& r, const teller& t, string_view) {
            report(r.host, 99, "mock.odd", "a severity that does not exist", 0);
            report(r.host, DGM_WARNING, "", "no code", 0);
            report(r.host, DGM_WARNING, "mock.odd", "two\nlines, a bell \a and no UTF-8 \xFF", 0);
            report(r.host, DGM_WARNING, "mock.odd", "a place beyond the end", 1'000'000'000'000);
            report(r.host, DGM_WARNING, "mock.odd", "a place before the begin", -5);
            report(r.host, DGM_WARNING, "mock.undeclared", "a code that the plugin does not declare", 0);
            const dgm_diag small{8, DGM_WARNING, {}, {}, 0, 0, 0, 0};
            r.host->report(r.host->ctx, &small);
            t.whole("odd-reports", "Reported.");
          }},
    order{"error-but-fine",
          [](const reader& r, const teller& t, string_view) {
            report(r.host, DGM_ERROR, "mock.error", "an error, and the document is told all the same", 0);
            t.whole("error-but-fine", "Told.");
          }},
    order{"loss",
          [](const reader& r, const teller& t, string_view) {
            report(r.host, DGM_LOSS, "mock.loss", "a loss while reading", 0);
            t.whole("loss", "Less.");
          }},
};

std::int32_t DGM_CALL probe(const void* head, std::size_t length, std::int32_t, dgm_str* reason) noexcept {
  const string_view start(static_cast<const char*>(head), length);
  *reason = dragoman::span("the first line orders the mock"sv);
  if (start.starts_with("mock: score crash")) std::abort();
  if (start.starts_with("mock: score 999")) return 999;
  if (start.starts_with("mock: score -5")) return -5;
  if (start.starts_with("mock: score 20")) return 20;
  return start.starts_with("mock: ") ? 90 : 0;
}

string_view take_line(string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == string_view::npos ? rest.size() : end + 1);
  return line;
}

// The order in a line, without the mark.
string_view order_of(string_view line) { return line.starts_with("mock: ") ? line.substr(6) : string_view(); }

dgm_status DGM_CALL open_reader(const dgm_host* host, const dgm_input* in, void** session) noexcept {
  return dragoman::guard(dragoman::host{host}, [&]() -> dgm_status {
    auto r = std::make_unique<reader>(host);
    r->octets = r->rest = dragoman::input{in}.all(r->storage, 1 << 20);
    const auto first = order_of(r->octets.substr(0, r->octets.find('\n')));
    if (first == "open null-session") {
      *session = nullptr;
      return DGM_OK;
    }
    if (first.starts_with("open ")) return fail(first.substr(5));
    *session = r.release();
    return DGM_OK;
  });
}

dgm_status DGM_CALL next(void* session, const dgm_sink* sink) noexcept {
  if (session == nullptr) return DGM_END;  // after "open null-session": a session may be no pointer at all
  auto* r = static_cast<reader*>(session);
  return dragoman::guard(dragoman::host{r->host}, [&]() -> dgm_status {
    if (order_of(r->rest.substr(0, r->rest.find('\n'))) == "endless") return DGM_SKIP;
    if (r->rest.empty()) return DGM_END;
    const auto told = order_of(take_line(r->rest));
    const auto word = told.substr(0, told.find(' '));
    const auto argument = told.substr(std::min(word.size() + 1, told.size()));
    if (word == "score") return DGM_SKIP;
    if (word == "fail") return fail(argument);
    if (happen(word)) {
      teller{sink}.whole(word, "That went well.");
      return DGM_OK;
    }
    if (word == "inside") return r->tell_inside(argument, sink);
    if (word == "half-then-fail") {  // a document is begun, and then given up
      teller{sink}.begin("half");
      return fail(argument);
    }
    for (const auto& o : orders) {
      if (o.name != word) continue;
      o.tell(*r, teller{sink}, argument);
      return DGM_OK;
    }
    throw dragoman::unusable("mock.order", "the mock does not know the order " + std::string(told));
  });
}

void DGM_CALL close_reader(void* session) noexcept { delete static_cast<reader*>(session); }

constexpr dgm_reader mock_reader{sizeof(dgm_reader), probe, open_reader, next, close_reader, nullptr, nullptr, nullptr};

// -- The writer -------------------------------------------------------------------------------------------------------

class writer {
public:
  writer(dragoman::host host, dragoman::output output) : host_(host), output_(output) { act("open"); }

  void write(const dragoman::document_view& document) {
    output_.write("wrote " + std::string(document.id()) + "\n");
    act("write");
    if (document.id() == "unwritable") act("unwritable");
    if (++count_ == 2) act("second-write");
  }
  void finish() {
    output_.write("finished\n");
    act("finish");
  }

private:
  // Fails when the options say so. A status is told through stop, which hands it back as it is.
  void act(string_view when) const {
    if (host_.option("fail") == when) throw dragoman::stop{fail(host_.option("how"))};
  }
  dragoman::host host_;
  dragoman::output output_;
  int count_ = 0;
};

// -- What it says of itself -------------------------------------------------------------------------------------------

constexpr const char* suffixes[] = {"mock", nullptr};
constexpr const char* media_types[] = {"text/x-mock", nullptr};
constexpr const char* moments[] = {"never", "open", "write", "second-write", "unwritable", "finish", nullptr};
constexpr dgm_option options[] = {{"fail", "When the writer fails", DGM_OPTION_CHOICE, "never", moments, 0, 0},
                                  {"how", "The way in which it fails", DGM_OPTION_TEXT, "fatal", nullptr, 0, 0},
                                  {"count", "A number, for the tests of options", DGM_OPTION_INTEGER, "5", nullptr, -10, 10},
                                  {"flag", "A switch, for the tests of options", DGM_OPTION_BOOL, "false", nullptr, 0, 0}};
constexpr dgm_code codes[] = {
    {"mock.unusable", DGM_ERROR, "The mock was told to find a document unusable", "Tell it something else."},
    {"mock.order", DGM_ERROR, "An order that the mock does not know", nullptr},
    {"mock.odd", DGM_WARNING, "An odd report", nullptr},
    {"mock.error", DGM_ERROR, "An error that was ordered", nullptr},
    {"mock.loss", DGM_LOSS, "A loss that was ordered", nullptr}};

// The second one lacks its meaning: it is left out, and said so.
constexpr dgm_term terms[] = {{"M.O.C.K.", "order", "misbehaves on request", "mock.cpp"}, {"VOID", "order", "", "mock.cpp"}};
constexpr dgm_format format{sizeof(dgm_format),
                            DGM_COLLECTION,
                            "mock",
                            "Orders to misbehave",
                            suffixes,
                            media_types,
                            nullptr,
                            0,
                            options,
                            std::size(options),
                            codes,
                            std::size(codes),
                            &mock_reader,
                            &dragoman::writer_table<writer>::value,
                            terms,
                            std::size(terms)};
constexpr const dgm_format* formats[] = {&format, nullptr};

}  // namespace

const dgm_plugin dgm_plugin_v1{sizeof(dgm_plugin), DGM_ABI, "org.dragoman.mock", "0.0.1", "MIT", DGM_MODEL, formats};
