// contrary.cpp - a good plugin that does one thing wrong: the one that the environment variable CONTRARY names, by the id of
// the test of the conformance kit that must find it, or "isolation": then the document "crash" is its last, and its writer suffers
// from documents "write-crash", "write-exit", "write-hang" and "write-nonsense" as their names say.
//
// Its format: a line "CONTRARY ID" begins a document; each line below is a paragraph.
#include <dragoman/plugin.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <thread>

namespace {

using std::string_view;

bool told_to(string_view what) {
  const char* word = std::getenv("CONTRARY");
  return word != nullptr && what == word;
}
// The same, remembered, where the environment may have been changed since.
const bool has_clock = told_to("reader.surroundings"), has_date = told_to("writer.surroundings");

__attribute__((constructor)) void at_load() {
  if (told_to("module.load-time")) ::usleep(150'000);
}

constexpr string_view mark = "CONTRARY ";

// Where the document that begins at 0 ends.
std::size_t length_of_first(string_view text) {
  const auto next = text.find("\nCONTRARY ");
  return next == string_view::npos ? text.size() : next + 1;
}

string_view take_line(string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == string_view::npos ? rest.size() : end + 1);
  return line;
}

// -- reader -----------------------------------------------------------------------------------------------------------

std::atomic<int> calls = 0;  // of anything that counts
std::atomic<int> open_sessions = 0;
const std::thread::id main_thread = std::this_thread::get_id();

struct session {
  dragoman::host host;
  std::string octets;
  std::size_t at = 0, end = 0;
  bool ended = false;
};

dgm_status read_all(const dgm_input* in, std::string& out) {
  char buffer[4096];
  for (;;) {
    const auto n = in->read(in->ctx, buffer, sizeof buffer);
    if (n < 0 && !told_to("reader.input-fails")) return static_cast<dgm_status>(n);
    if (n <= 0) return DGM_OK;
    out.append(buffer, static_cast<std::size_t>(n));
    if (told_to("reader.pieces") && n < 64) return DGM_OK;
  }
}

dgm_status DGM_CALL open_reader(const dgm_host* host, const dgm_input* in, void** out) noexcept {
  return dragoman::guard(dragoman::host{host}, [&]() -> dgm_status {
    auto s = std::make_unique<session>(session{dragoman::host{host}, {}});
    if (const auto status = read_all(in, s->octets); status < 0) return status;
    if (told_to("reader.empty") && s->octets.empty())
      for (;;) ::usleep(1000);
    if (told_to("reader.stream") && in->read_at == nullptr) s->octets = "CONTRARY stream\n";
    if (told_to("reader.truncated") && !s->octets.empty() && s->octets.back() != '\n') std::abort();
    if (told_to("sessions.interleaved") && open_sessions > 0) s->octets.append("One more.\n");
    ++open_sessions;
    s->end = s->octets.size();
    *out = s.release();
    return DGM_OK;
  });
}

// Each document is a part.
std::uint64_t DGM_CALL parts(void* opaque) noexcept {
  auto& s = *static_cast<session*>(opaque);
  s.ended = true;  // by itself it will tell nothing
  std::uint64_t count = 0;
  for (string_view rest = s.octets; !rest.empty(); rest.remove_prefix(length_of_first(rest))) ++count;
  if (count < 2) s.ended = false;
  return count;
}

dgm_status DGM_CALL open_part(void* opaque, std::uint64_t number, const dgm_host* host, void** out) noexcept {
  return dragoman::guard(dragoman::host{host}, [&]() -> dgm_status {
    auto s = std::make_unique<session>(*static_cast<session*>(opaque));
    s->host = dragoman::host{host};
    s->ended = false;
    for (const string_view all = s->octets; number > 0; --number) s->at += length_of_first(all.substr(s->at));
    s->end = s->at + length_of_first(string_view(s->octets).substr(s->at));
    if (told_to("reader.parts")) s->end = s->octets.size();
    ++open_sessions;
    *out = s.release();
    return DGM_OK;
  });
}

std::string id_of(string_view line) {
  std::string id(line.substr(mark.size()));
  if (told_to("isolation") && id == "crash") std::abort();
  if (told_to("reader.repeatable")) id += std::to_string(++calls);
  if (has_clock) id += std::to_string(std::time(nullptr));
  if (told_to("sessions.threads")) {
    ::usleep(2000);
    if (open_sessions > 1) id += "-confused";
  }
  return id;
}

// Tells the document, and looks at what the sink says unless it was told not to.
void tell(session& s, const dgm_sink* sink, string_view document) {
  const auto event = [&](dgm_status status) {
    if (status < 0 && !told_to("reader.sink-fails")) throw dragoman::stop{status};
  };
  const auto open = [&](std::int32_t type, string_view name) { event(sink->open(sink->ctx, type, dragoman::span(name))); };
  const auto text = [&](string_view t) { event(sink->text(sink->ctx, dragoman::span(t))); };
  const auto close = [&] { event(sink->close(sink->ctx)); };
  const auto value = [&](string_view name, string_view t) {
    open(DGM_TEXT, name);
    text(t);
    close();
  };
  open(DGM_MAP, "document");
  open(DGM_MAP, "source");
  open(DGM_OCTETS, "octets");
  event(sink->bytes(sink->ctx, document.data(), document.size()));
  close();
  value("media_type", "text/x-contrary");
  close();
  value("id", id_of(take_line(document)));
  value("kind", "cable");
  open(DGM_MAP, "meta");
  close();
  open(DGM_LIST, "body");
  while (!document.empty()) {
    const auto line = take_line(document);
    if (line.empty()) continue;
    open(DGM_ELEMENT, "p");
    if (told_to("reader.places")) event(sink->span(sink->ctx, 0, 1'000'000));
    text(line);
    close();
  }
  if (told_to("reader.codes")) s.host.warning("contrary.never-declared", "a code that no table has");
  if (told_to("module.silent")) std::puts("The plugin speaks.");
  if (!told_to("reader.reads")) close();
  close();
}

dgm_status DGM_CALL next(void* opaque, const dgm_sink* sink) noexcept {
  auto& s = *static_cast<session*>(opaque);
  return dragoman::guard(s.host, [&]() -> dgm_status {
    if (told_to("reader.cancelled")) {
      try {
        s.host.check_cancelled();
      } catch (const dragoman::stop&) {
        throw std::runtime_error("it does not like to be stopped");
      }
    }
    if (s.at >= s.end) {
      s.ended = true;
      return DGM_END;
    }
    const auto rest = string_view(s.octets).substr(s.at);
    const auto document = rest.substr(0, length_of_first(rest));
    const auto offset = static_cast<std::int64_t>(s.at);
    s.at += document.size();
    if (!document.starts_with(mark) || document.size() == mark.size() || document[mark.size()] == '\n')
      throw dragoman::unusable("contrary.no-mark", "no document begins here", {offset, 1});
    if (dragoman::find_bad_text(document) != dragoman::npos)
      throw dragoman::unusable("contrary.no-text", "this is no text", {offset, 1});
    tell(s, sink, document);
    return DGM_OK;
  });
}

void DGM_CALL close_reader(void* opaque) noexcept {
  auto* s = static_cast<session*>(opaque);
  if (told_to("reader.closed-early") && !s->ended) std::abort();
  --open_sessions;
  delete s;
}

std::int32_t DGM_CALL probe(const void* head, std::size_t length, std::int32_t, dgm_str* reason) noexcept {
  *reason = dragoman::span(string_view("the first line says so"));
  const string_view text(static_cast<const char*>(head), length);
  if (told_to("probe.scores")) return text.empty() ? 0 : 40 + static_cast<std::int32_t>(length);
  if (told_to("probe.pure")) return 50 + ++calls % 2;
  if (told_to("probe.threads") && std::this_thread::get_id() != main_thread) return 41;
  if (told_to("probe.own")) return 0;
  if (told_to("probe.confusion")) return 99;
  return text.starts_with(mark) ? 90 : 0;
}

std::int64_t DGM_CALL split(const void* head, std::size_t length, std::int32_t at_end) noexcept {
  const string_view text(static_cast<const char*>(head), length);
  const auto first = length_of_first(text);
  if (told_to("split.parts") && at_end && first > 12) return 12;
  if (told_to("split.prefixes") && !at_end) return static_cast<std::int64_t>(length);
  return first == text.size() && !at_end ? 0 : static_cast<std::int64_t>(first);
}

constexpr dgm_reader reader{sizeof(dgm_reader), probe, open_reader, next, close_reader, split, parts, open_part};

// -- writer -----------------------------------------------------------------------------------------------------------

// What only a host survives that runs it in a process of its own.
void suffer_from(string_view id) {
  if (id == "write-crash") std::abort();
  if (id == "write-exit") std::_Exit(3);
  while (id == "write-hang") ::usleep(100'000);
  for (int fd = 3; id == "write-nonsense" && fd < 16; ++fd)
    [[maybe_unused]] const auto n = ::send(fd, "All nonsense.  All nonsense.", 28, MSG_NOSIGNAL | MSG_DONTWAIT);
}

class writer {
public:
  writer(dragoman::host host, dragoman::output output) : host_(host), output_(output) {}
  writer(writer&& other) noexcept : host_(other.host_), output_(other.output_) { other.finished_ = true; }
  ~writer() {
    if (told_to("writer.closed-early") && !finished_) std::abort();
  }

  void write(const dragoman::document_view& document) {
    if (told_to("isolation")) suffer_from(document.id());
    if (told_to("writer.writes")) throw std::runtime_error("it does not like to write");
    const bool is_ours = document.source()["media_type"].text() == "text/x-contrary";
    if (document.pristine() && is_ours && !told_to("writer.pieces")) {
      put(std::string(document.source()["octets"].text()) + (told_to("roundtrip.octets") ? "\n" : ""));
      return;
    }
    std::string out = std::string(mark) + std::string(document.id()) + "\n";
    if (told_to("writer.repeatable")) out += std::to_string(++calls) + "\n";
    if (has_date) out += std::to_string(std::time(nullptr)) + "\n";
    for (dragoman::node part : document.body()) out += line_of(document, part) + "\n";
    report_losses(document);
    put(told_to("writer.standalone") && std::exchange(wrote_, true) ? "\n" + out : out);
  }
  void finish() { finished_ = true; }

private:
  std::string line_of(const dragoman::document_view& document, dragoman::node part) const {
    auto line = dragoman::collapsed_text(part);
    const auto source = document.source()["octets"].text();
    const auto* text = part.first_child().text().data();
    if (told_to("writer.pieces") && text >= source.data() && text < source.data() + source.size()) line += " (a slice)";
    if (told_to("roundtrip.documents") && !line.empty()) line[0] = line[0] == 'X' ? 'Y' : 'X';
    return line;
  }
  // Everything but plain paragraphs is lost here, and named.
  void report_losses(const dragoman::document_view& document) {
    if (told_to("writer.losses")) return;
    const auto name_of = [](dragoman::node n) { return n.name().empty() ? std::string("a text") : std::string(n.name()); };
    for (dragoman::node member : document.root())
      if (member.name() == "kind" ? member.text() != "cable" : member.name().starts_with("x_"))
        host_.loss("contrary.loss", name_of(member));
    for (dragoman::node field : document.meta()) host_.loss("contrary.loss", name_of(field));
    for (dragoman::node part : document.body()) {
      if (!part.is_element("p") || part.attribute_count() != 0 || part.empty()) host_.loss("contrary.loss", name_of(part));
      for (dragoman::node inner : part)
        if (!inner.is(dragoman::node_type::text)) host_.loss("contrary.loss", name_of(inner));
    }
    if (told_to("writer.codes")) host_.loss("contrary.never-declared", "a code that no table has");
  }
  void put(const std::string& octets) {
    const auto* out = output_.raw();
    const auto status = out->write(out->ctx, octets.data(), octets.size());
    if (status < 0 && !told_to("writer.output-fails")) throw dragoman::stop{status};
  }
  dragoman::host host_;
  dragoman::output output_;
  bool finished_ = false, wrote_ = false;
};

constexpr const char* suffixes[] = {"contrary", nullptr};
constexpr const char* media_types[] = {"text/x-contrary", nullptr};
constexpr dgm_code codes[] = {{"contrary.no-mark", DGM_ERROR, "A document begins with a line CONTRARY and its id", nullptr},
                              {"contrary.no-text", DGM_ERROR, "A document is text in UTF-8", nullptr},
                              {"contrary.loss", DGM_LOSS, "Plain paragraphs are all that is written", nullptr}};
constexpr dgm_format format{.size = sizeof(dgm_format),
                            .flags = DGM_COLLECTION | DGM_STANDALONE,
                            .id = "contrary",
                            .title = "Lines, as the kit likes them",
                            .suffixes = suffixes,
                            .media_types = media_types,
                            .codes = codes,
                            .code_count = std::size(codes),
                            .reader = &reader,
                            .writer = &dragoman::writer_table<writer>::value};
constexpr const dgm_format* formats[] = {&format, nullptr};

}  // namespace

const dgm_plugin dgm_plugin_v1{sizeof(dgm_plugin), DGM_ABI, "org.dragoman.contrary", "0.0.1", "MIT", DGM_MODEL, formats};
