// formats/bundle/testing.hpp - for the unit tests of this folder: a host with nested reading and writing over two tiny
// formats, runs of the bundle writer and reader over it, and an independent look into the ZIPs that come out.
#pragma once
#include "bundle.hpp"

#include <dragoman/testing.hpp>

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace dragoman::bundle::fake {

using options_map = testing::recording_host::option_values;

// "note": documents of a "NOTE <id>" line and text, each up to and including a line "NNNN" or the end. "NOTE !" is
// unusable, "NOTE *" tells the frame of a collection first.
class note_reader {
public:
  note_reader(host services, input in) : host_(services), rest_(in.all(storage_, 1 << 24)) {}
  bool next(builder& to) {
    if (!started_ && rest_.starts_with("NOTE *")) {
      started_ = true;
      to.map("collection").value("id", "set").value("kind", "cables").close();
      return true;
    }
    started_ = true;
    if (rest_.empty()) return false;
    const auto end = rest_.find("NNNN\n");
    const std::string_view octets = rest_.substr(0, end == npos ? npos : end + 5);
    rest_.remove_prefix(octets.size());
    const auto line = octets.substr(0, octets.find('\n'));
    if (!line.starts_with("NOTE ") || line == "NOTE !") throw unusable("note.bad", "no note", {3, 1, 1, 4});
    to.map("document");
    to.map("source").octets("octets", octets).value("media_type", "text/plain").value("charset", "utf-8").close();
    to.value("id", line.substr(5))
        .value("kind", "document")
        .list("body")
        .element("p")
        .text(octets.substr(line.size()))
        .close()
        .close();
    to.close();
    return true;
  }
  static int probe(std::string_view head, bool, std::string_view&) noexcept { return head.starts_with("NOTE ") ? 90 : 0; }

private:
  host host_;
  std::string storage_;
  std::string_view rest_;
  bool started_ = false;
};
class note_writer {
public:
  note_writer(host services, output out) : host_(services), out_(out) {}
  void write(const document_view& d) {
    if (d.is_collection()) return;
    if (d.pristine()) out_.write(d.source()["octets"].text());
    else out_.write("NOTE " + std::string(d.id()) + "\n" + plain_text(d.body()) + "NNNN\n");
  }
  void finish() {}

private:
  host host_;
  output out_;
};

// "json": "JSON <id>" and the text of one document. An id with "refuse" cannot be written, "nothing" writes nothing.
class json_reader {
public:
  json_reader(host, input in) : all_(in.all(storage_, 1 << 24)) {}
  bool next(builder& to) {
    if (all_.empty()) return false;
    const auto line = all_.substr(0, all_.find('\n'));
    to.map("document")
        .value("id", line.substr(5))
        .value("kind", "document")
        .list("body")
        .element("p")
        .text(all_.substr(line.size()));
    to.close().close().close();
    all_ = {};
    return true;
  }
  static int probe(std::string_view head, bool, std::string_view&) noexcept { return head.starts_with("JSON ") ? 90 : 0; }

private:
  std::string storage_;
  std::string_view all_;
};
class json_writer {
public:
  json_writer(host, output out) : out_(out) {}
  void write(const document_view& d) {
    if (d.id() == "refuse") throw unusable("json.refused", "cannot be said");
    if (d.id() != "nothing") out_.write("JSON " + std::string(d.id()) + plain_text(d.body()));
  }
  void finish() {}

private:
  output out_;
};

inline constexpr const char* note_suffixes[] = {"txt", nullptr};
inline constexpr const char* json_suffixes[] = {"json", nullptr};
inline const dgm_format note_format = {sizeof(dgm_format),
                                       0,
                                       "note",
                                       "Notes",
                                       note_suffixes,
                                       json_suffixes,
                                       nullptr,
                                       0,
                                       nullptr,
                                       0,
                                       nullptr,
                                       0,
                                       &reader_table<note_reader>::value,
                                       &writer_table<note_writer>::value,
                                       nullptr,
                                       0};
inline const dgm_format json_format = {sizeof(dgm_format),
                                       0,
                                       "json",
                                       "Fake JSON",
                                       json_suffixes,
                                       json_suffixes,
                                       nullptr,
                                       0,
                                       nullptr,
                                       0,
                                       nullptr,
                                       0,
                                       &reader_table<json_reader>::value,
                                       &writer_table<json_writer>::value,
                                       nullptr,
                                       0};

// The extension dragoman.nested/1 over these formats.
class nested {
public:
  const dgm_nested* table() const { return &table_; }
  std::vector<std::string> opened;     // names of the inputs that were opened, in order
  std::vector<std::string> histories;  // what their archives recorded of them

private:
  struct session {
    testing::recording_host host;
    const dgm_format* format = nullptr;
    void* inner = nullptr;
  };
  static const dgm_format* by_id(std::string_view id) {
    for (const dgm_format* f : {&note_format, &json_format})
      if (id == f->id) return f;
    return nullptr;
  }
  static const dgm_format* recognise(const dgm_input* in) {
    dgm_str all{};
    if (in->contents(in->ctx, &all) != 1) return nullptr;
    for (const dgm_format* f : {&note_format, &json_format})
      if (f->reader->probe(all.ptr, all.len, 1, nullptr) >= 40) return f;
    return nullptr;
  }
  static dgm_status DGM_CALL open_reader(void* ctx, const dgm_input* in, dgm_str id, void** out) noexcept {
    static_cast<nested*>(ctx)->opened.emplace_back(view(in->name));
    static_cast<nested*>(ctx)->histories.emplace_back(view(in->history));
    const dgm_format* f = id.len ? by_id(view(id)) : recognise(in);
    if (f == nullptr) return DGM_SKIP;
    auto s = std::make_unique<session>();
    s->format = f;
    if (const auto status = f->reader->open(s->host.table(), in, &s->inner); status < 0) return status;
    *out = s.release();
    return DGM_OK;
  }
  static dgm_status DGM_CALL next(void* s, const dgm_sink* sink) noexcept {
    return static_cast<session*>(s)->format->reader->next(static_cast<session*>(s)->inner, sink);
  }
  static void DGM_CALL close_reader(void* s) noexcept {
    static_cast<session*>(s)->format->reader->close(static_cast<session*>(s)->inner);
    delete static_cast<session*>(s);
  }
  static dgm_status DGM_CALL open_writer(void*, const dgm_output* output, dgm_str id, void** out) noexcept {
    const dgm_format* f = by_id(view(id));
    if (f == nullptr) return DGM_SKIP;
    auto s = std::make_unique<session>();
    s->format = f;
    if (const auto status = f->writer->open(s->host.table(), output, &s->inner); status < 0) return status;
    *out = s.release();
    return DGM_OK;
  }
  static dgm_status DGM_CALL write(void* s, const dgm_document* d) noexcept {
    return static_cast<session*>(s)->format->writer->write(static_cast<session*>(s)->inner, d);
  }
  static dgm_status DGM_CALL finish(void* s) noexcept {
    return static_cast<session*>(s)->format->writer->finish(static_cast<session*>(s)->inner);
  }
  static void DGM_CALL close_writer(void* s) noexcept {
    static_cast<session*>(s)->format->writer->close(static_cast<session*>(s)->inner);
    delete static_cast<session*>(s);
  }
  static std::int32_t DGM_CALL facts(void*, dgm_str id, dgm_format_facts* out) noexcept {
    const dgm_format* f = by_id(view(id));
    if (f == nullptr) return 0;
    out->id = span(f->id);
    out->suffix = span(f->suffixes[0]);
    out->plugin = span(f == &note_format ? "org.example.note@1.2" : "org.example.json@3.4");
    out->plugin_sha256 = span(f == &note_format ? "0a0b" : "");
    return 1;
  }
  const dgm_nested table_{sizeof(dgm_nested), this,  open_reader, next,         close_reader,
                          open_writer,        write, finish,      close_writer, facts};
};

// 2026-01-15T10:00:00Z
inline const dgm_run run{sizeof(dgm_run),
                         span("dragoman"),
                         span("9.8.7"),
                         1768471200,
                         span(R"({"note":{"x":"1"}})"),
                         span("bundle"),
                         span("org.dragoman.bundle@9.8.7")};

struct given_file {
  std::string name, octets, history = {};
};

struct made_bundle {
  std::string octets;
  std::vector<testing::diagnostic> diagnostics;
  std::vector<dgm_status> statuses;
  bool has(std::string_view code) const {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [&](const auto& d) { return d.code == code; });
  }
};

// An output with a name.
class named_output {
public:
  explicit named_output(std::string name, std::size_t capacity = npos)
      : name_(std::move(name)), memory_(capacity), table_(*memory_.table()) {
    table_.name = span(name_);
  }
  const dgm_output* table() const { return &table_; }
  const std::string& octets() const { return memory_.octets; }

private:
  std::string name_;
  testing::memory_output memory_;
  dgm_output table_;
};

// The extension dragoman.work/1: a thread for each piece but the first, begun backwards.
inline const dgm_work threads{
    sizeof(dgm_work), nullptr,
    [](void*, std::uint64_t count, void(DGM_CALL* piece)(void*, std::uint64_t) noexcept, void* of) noexcept {
      std::vector<std::thread> all;
      for (std::uint64_t n = count; n-- > 1;) all.emplace_back(piece, of, n);
      if (count > 0) piece(of, 0);
      for (auto& t : all) t.join();
    }};

// A session of the bundle writer under this host.
class writing {
public:
  // With a `volume` the output may be followed by another; with `work` it is made in several threads.
  explicit writing(options_map options = {}, const std::string& name = "set.bag.zip", std::size_t capacity = npos,
                   const dgm_volume* volume = nullptr, const dgm_work* work = nullptr)
      : host_(&format, with_defaults(std::move(options))), out_(name, capacity) {
    if (work != nullptr) host_.extensions[DGM_EXT_WORK] = work;
    host_.extensions[DGM_EXT_NESTED] = nested_.table();
    host_.extensions[DGM_EXT_RUN] = &run;
    if (volume != nullptr) host_.extensions[DGM_EXT_VOLUME] = volume;
    note(format.writer->open(host_.table(), out_.table(), &session_));
  }
  ~writing() {
    if (session_ != nullptr) format.writer->close(session_);
  }
  writing(const writing&) = delete;
  writing& operator=(const writing&) = delete;

  bool is_open() const { return session_ != nullptr; }
  dgm_status last_status() const { return statuses_.back(); }
  void document(const testing::read_result& read, std::size_t index, const dgm_origin* origin) {
    const dgm_document lent = testing::lend(read.documents[index], origin);
    note(format.writer->write(session_, &lent));
  }
  // Reads a file as notes and writes what comes, failures too.
  void file(const given_file& f) {
    const testing::memory_input octets(f.octets, f.name);
    dgm_origin origin{sizeof(dgm_origin), span(f.name), {}, {}, {}, ++serial_, octets.table(), span(f.history)};
    if (!f.octets.starts_with("NOTE ")) return failure(origin, "identify", "format.unknown", "nobody knows it");
    origin.format = span("note");
    origin.reader = span("org.example.note@1.2");
    const auto read = testing::read(note_format, f.octets, {}, f.name);
    std::size_t document_index = 0;
    for (const dgm_status status : read.statuses) {
      if (status == DGM_OK) document(read, document_index++, &origin);
      else if (status == DGM_SKIP) failure(origin, "read", "note.bad", "no note, \"really\"", 1);
    }
  }
  void failure(const dgm_origin& origin, std::string_view stage, std::string_view code, std::string_view text,
               std::uint32_t line = 0) {
    const dgm_failure f{sizeof(dgm_failure),
                        &origin,
                        span(stage),
                        {sizeof(dgm_diag), DGM_ERROR, span(code), span(text), line ? 3 : -1, 0, line, 0}};
    note(format.writer->failed(session_, &f));
  }
  made_bundle finish() {
    if (session_ != nullptr) note(format.writer->finish(session_));
    return {out_.octets(), host_.diagnostics, statuses_};
  }

private:
  static options_map with_defaults(options_map options) {
    options.try_emplace("derivatives", "json");
    return options;
  }
  void note(dgm_status status) { statuses_.push_back(status); }

  nested nested_;
  testing::recording_host host_;
  named_output out_;
  void* session_ = nullptr;
  std::uint64_t serial_ = 0;
  std::vector<dgm_status> statuses_;
};

inline made_bundle make_bundle(const std::vector<given_file>& files, options_map options = {},
                               const std::string& name = "set.bag.zip") {
  writing w(std::move(options), name);
  for (const auto& f : files) w.file(f);
  return w.finish();
}

struct read_archive {
  testing::read_result result;
  std::vector<std::string> opened, histories;
  bool has(std::string_view code) const { return result.has(code); }
  // The original octets of all documents, one after the other.
  std::string sources() const {
    std::string out;
    for (const auto& d : result.documents) out += d.root()["source"]["octets"].text();
    return out;
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> out;
    for (const auto& d : result.documents) out.emplace_back(d.root()["id"].text());
    return out;
  }
};

inline read_archive read_bundle(std::string_view octets, options_map options = {}, std::string_view name = "set.bag.zip",
                                bool as_stream = false) {
  read_archive out;
  nested inner;
  testing::recording_host host(&format, std::move(options));
  host.extensions[DGM_EXT_NESTED] = inner.table();
  const testing::memory_input in(octets, name, 1 << 16, !as_stream);
  dgm_input table = *in.table();
  if (as_stream) {
    table.read_at = nullptr;
    table.length = -1;
  }
  void* session = nullptr;
  dgm_status status = format.reader->open(host.table(), &table, &session);
  out.result.statuses.push_back(status);
  if (status >= 0) {
    document_builder builder(sha256);
    do {
      builder.reset();
      status = format.reader->next(session, builder.sink());
      out.result.statuses.push_back(status);
      if (status == DGM_OK) out.result.documents.push_back(builder.finish());
    } while (status == DGM_OK || status == DGM_SKIP);
    format.reader->close(session);
  }
  out.result.diagnostics = host.diagnostics;
  out.opened = inner.opened;
  out.histories = inner.histories;
  return out;
}

struct zip_file {
  std::string path, octets;
};

// The entries of a ZIP in order, by libarchive's own seeking reader, which shares nothing with ours.
inline std::vector<zip_file> entries_of(std::string_view zip) {
  std::vector<zip_file> out;
  ::archive* in = ::archive_read_new();
  ::archive_read_support_format_zip_seekable(in);
  if (::archive_read_open_memory(in, zip.data(), zip.size()) == ARCHIVE_OK) {
    ::archive_entry* e = nullptr;
    for (int result; (result = ::archive_read_next_header(in, &e)) == ARCHIVE_OK || result == ARCHIVE_WARN;) {
      zip_file f;
      const char* utf8 = ::archive_entry_pathname_utf8(e);
      f.path = utf8 != nullptr ? utf8 : ::archive_entry_pathname(e) != nullptr ? ::archive_entry_pathname(e) : "?";
      char buffer[4096];
      for (la_ssize_t n; (n = ::archive_read_data(in, buffer, sizeof buffer)) > 0;)
        f.octets.append(buffer, static_cast<std::size_t>(n));
      out.push_back(std::move(f));
    }
  }
  ::archive_read_free(in);
  return out;
}

inline std::optional<std::string> entry_of(std::string_view zip, std::string_view path) {
  for (auto& f : entries_of(zip))
    if (f.path == path) return std::move(f.octets);
  return std::nullopt;
}

}  // namespace dragoman::bundle::fake
