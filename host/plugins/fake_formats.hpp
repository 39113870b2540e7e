// Formats for the unit tests of the host, written with the SDK as any plugin's are.
#pragma once
#include "display/diagnostics.hpp"
#include "plugins/options.hpp"
#include "plugins/registry.hpp"
#include "sessions/session.hpp"

#include <dragoman/plugin.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace dragoman::hosting::fake {

// "lines": a document a line, "ID the words"; "!" is a line that cannot be used, "#ID" a frame, "#ID tree" one with a
// tree, "@N" makes next answer N.
class lines_reader {
public:
  lines_reader(host services, input in) : services_(services) { text_ = in.all(storage_, std::size_t{1} << 24); }
  static int probe(std::string_view head, bool, std::string_view& reason) noexcept {
    reason = "a letter";
    return !head.empty() && head[0] >= 'a' && head[0] <= 'z' ? 60
           : head.substr(0, 1) == "#"                        ? 50
           : head.substr(0, 1) == "!"                        ? 45
                                                             : 0;
  }
  // A frame and its documents belong together.
  static std::int64_t split(std::string_view head, bool at_end) noexcept {
    const auto end = head.find('\n');
    if (head.substr(0, 1) == "#") return -1;
    return end != std::string_view::npos ? static_cast<std::int64_t>(end + 1)
           : at_end                      ? static_cast<std::int64_t>(head.size())
                                         : 0;
  }
  bool next(builder& out) {
    const auto begin = at_;
    if (at_ >= text_.size()) return false;
    const auto end = std::min(text_.find('\n', at_), text_.size());
    const auto line = text_.substr(at_, end - at_);
    const auto octets = text_.substr(at_, std::min(end + 1, text_.size()) - at_);
    at_ = std::min(end + 1, text_.size());
    if (line.substr(0, 1) == "!")
      throw unusable("lines.bad", "a bad line", {static_cast<std::int64_t>(begin), static_cast<std::int64_t>(line.size())});
    if (line.substr(0, 1) == "@") throw stop{static_cast<dgm_status>(std::stol(std::string(line.substr(1))))};
    const auto blank = std::min(line.find(' '), line.size());
    if (line.substr(0, 1) == "#") {
      out.map("collection").value("id", line.substr(1, blank - 1)).value("kind", "cables");
      if (blank < line.size()) out.list("tree").open(node_type::slot, "x").close().close();
      out.close();
      return true;
    }
    out.map("document").map("source").octets("octets", octets).value("media_type", "text/x-lines").close();
    out.value("id", line.substr(0, blank)).value("kind", "cable").map("meta").value("date", "2008-04-24T06:04:00Z").close();
    out.list("body").element("p").text(line.substr(std::min(blank + 1, line.size()))).close().close().close();
    return true;
  }

private:
  host services_;
  std::string storage_;
  std::string_view text_;
  std::size_t at_ = 0;
};

// A document as "ID the words", and whether it is pristine.
class lines_writer {
public:
  lines_writer(host, output out) : out_(out) {}
  void write(const document_view& d) {
    if (d.is_collection()) return out_.write("frame " + std::string(d.id()) + "\n");
    if (d.id() == "unwritable") throw unusable("lines.unwritable", "this one is not written");
    out_.write(std::string(d.id()) + " " + collapsed_text(d.body().first_child()) + (d.pristine() ? "\n" : " (edited)\n"));
  }
  void finish() {}

private:
  output out_;
};

// "crate": entries "NAME\nCONTENT" with "\n--\n" between them, each read by the host.
class crate_reader {
public:
  crate_reader(host services, input in) : services_(services) {
    std::string storage;
    std::string_view text = in.all(storage, std::size_t{1} << 20);
    text.remove_prefix(std::min<std::size_t>(text.size(), 6));  // "crate\n"
    while (!text.empty()) {
      const auto end = std::min(text.find("\n--\n"), text.size());
      entries_.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 4, text.size()));
    }
  }
  ~crate_reader() { leave(); }
  crate_reader(crate_reader&& other) noexcept = default;
  static int probe(std::string_view head, bool, std::string_view&) noexcept { return head.substr(0, 6) == "crate\n" ? 90 : 0; }
  bool next(builder& out) {
    const auto* nested = services_.nested();
    while (true) {
      if (session_ == nullptr) {
        if (at_ == entries_.size()) return false;
        const auto& entry = entries_[at_++];
        const auto name_end = entry.find('\n');
        name_ = entry.substr(0, name_end);
        content_ = entry.substr(name_end + 1);
        box_ = std::make_unique<dgm_input>(dgm_input{sizeof(dgm_input), &content_, nullptr, nullptr,
                                                     [](void* ctx, dgm_str* all) noexcept -> std::int32_t {
                                                       *all = span(*static_cast<std::string*>(ctx));
                                                       return 1;
                                                     },
                                                     static_cast<std::int64_t>(content_.size()), span(name_)});
        if (nested->open_reader(nested->ctx, box_.get(), {nullptr, 0}, &session_) < 0) {
          session_ = nullptr;
          continue;
        }
      }
      const auto status = nested->next(session_, out.raw());
      if (status == DGM_OK) return true;
      if (status == DGM_SKIP) continue;
      leave();
      if (status == DGM_CANCEL) throw stop{status};
    }
  }

private:
  void leave() {
    if (session_ != nullptr) services_.nested()->close_reader(session_);
    session_ = nullptr;
  }
  host services_;
  std::vector<std::string> entries_;
  std::size_t at_ = 0;
  std::string name_, content_;
  std::unique_ptr<dgm_input> box_;
  void* session_ = nullptr;
};

// A line for each document and failure; documents rendered as "lines" by the host.
class crate_writer {
public:
  crate_writer(host services, output out) : services_(services), out_(out) {}
  void write(const document_view& d) {
    if (d.is_collection()) return;
    out_.write("ok " + std::string(d.id()) + " from " + std::string(view(d.origin()->name)) + ": ");
    const auto* nested = services_.nested();
    void* session = nullptr;
    check(nested->open_writer(nested->ctx, out_.raw(), span("lines"), &session));
    const auto status = nested->write(session, d.raw());
    nested->finish(session);
    nested->close_writer(session);
    check(status);
  }
  void failed(const dgm_failure& f) {
    const auto* octets = f.origin->octets;
    out_.write("failed " + std::string(view(f.origin->name)) + " at " + std::string(view(f.stage)) + " for " +
               std::string(view(f.reason.code)) + ", " + (octets ? std::to_string(octets->length) : "no") + " octets\n");
  }
  void finish() { out_.write("end\n"); }

private:
  host services_;
  output out_;
};

// "twin": reads what "lines" reads, as surely.
struct twin_reader {
  twin_reader(host, input) {}
  static int probe(std::string_view, bool, std::string_view& reason) noexcept {
    reason = "anything";
    return 60;
  }
  bool next(builder&) { return false; }
};

inline constexpr const char* const mode_choices[] = {"fast", "exact", nullptr};
inline constexpr dgm_option lines_options[] = {
    {"count", "A number.", DGM_OPTION_INTEGER, "3", nullptr, 1, 9},
    {"flag", "A switch.", DGM_OPTION_BOOL, "no", nullptr, 0, 0},
    {"mode", "A choice.", DGM_OPTION_CHOICE, "fast", mode_choices, 0, 0},
    {"title", "A text.", DGM_OPTION_TEXT, "", nullptr, 0, 0},
};
inline constexpr dgm_code lines_codes[] = {{"lines.bad", DGM_ERROR, "A bad line.", "mend it"}};
inline constexpr dgm_magic lines_magic[] = {{70, 0, 4, "LINE"}};
inline constexpr const char* const lines_suffixes[] = {"lines", "ln", nullptr};
inline constexpr const char* const crate_suffixes[] = {"crate", nullptr};
inline constexpr const char* const twin_suffixes[] = {"twin", nullptr};
inline constexpr const char* const all_suffixes[] = {"all", nullptr};
inline constexpr const char* const types[] = {"text/x-fake", nullptr};

inline constexpr dgm_term lines_terms[] = {{"line", "part", "what stands between two line feeds", "the inventor"},
                                           {"L.F. 10", "code", "ends a line", "the inventor"}};
inline constexpr dgm_format lines{sizeof(dgm_format),
                                  0,
                                  "lines",
                                  "Lines",
                                  lines_suffixes,
                                  types,
                                  lines_magic,
                                  1,
                                  lines_options,
                                  4,
                                  lines_codes,
                                  1,
                                  &reader_table<lines_reader>::value,
                                  &writer_table<lines_writer>::value,
                                  lines_terms,
                                  std::size(lines_terms)};
inline constexpr dgm_format crate{sizeof(dgm_format),
                                  DGM_ARCHIVE | DGM_COLLECTION,
                                  "crate",
                                  "Crate",
                                  crate_suffixes,
                                  types,
                                  nullptr,
                                  0,
                                  nullptr,
                                  0,
                                  nullptr,
                                  0,
                                  &reader_table<crate_reader>::value,
                                  &writer_table<crate_writer>::value,
                                  nullptr,
                                  0};
// "all": many documents in one file, and frames.
inline constexpr dgm_format all{sizeof(dgm_format),
                                DGM_COLLECTION | DGM_FRAME,
                                "all",
                                "All",
                                all_suffixes,
                                types,
                                nullptr,
                                0,
                                nullptr,
                                0,
                                nullptr,
                                0,
                                nullptr,
                                &writer_table<lines_writer>::value,
                                nullptr,
                                0};
inline constexpr dgm_format twin{sizeof(dgm_format),
                                 0,
                                 "twin",
                                 "Twin",
                                 twin_suffixes,
                                 types,
                                 nullptr,
                                 0,
                                 nullptr,
                                 0,
                                 nullptr,
                                 0,
                                 &reader_table<twin_reader>::value,
                                 nullptr,
                                 nullptr,
                                 0};
inline constexpr const dgm_format* lines_formats[] = {&lines, &crate, &all, nullptr};
inline constexpr const dgm_format* twin_formats[] = {&twin, nullptr};
inline constexpr dgm_plugin lines_plugin{sizeof(dgm_plugin), DGM_ABI,      "org.example.lines", "1.0", "MIT",
                                         DGM_MODEL,          lines_formats};
inline constexpr dgm_plugin twin_plugin{sizeof(dgm_plugin), DGM_ABI, "org.example.twin", "1.0", "MIT", DGM_MODEL, twin_formats};

// A registry of them, and what a run needs.
struct world {
  explicit world(bool with_twin = false) {
    formats.add(&lines_plugin, "lines.dgm");
    if (with_twin) formats.add(&twin_plugin, "twin.dgm");
    options.complete(formats);
    reporter::settings s;
    s.stream = std::tmpfile();
    s.verbose = true;
    stream = s.stream;
    messages = std::make_unique<reporter>(formats, s);
  }
  world(const world&) = delete;
  world& operator=(const world&) = delete;
  ~world() { std::fclose(stream); }
  std::string said() const {
    std::string out(static_cast<std::size_t>(std::ftell(stream)), '\0');
    std::rewind(stream);
    out.resize(std::fread(out.data(), 1, out.size(), stream));
    return out;
  }

  registry formats;
  option_set options;
  std::atomic<bool> stop{false};
  environment env{formats, options, stop};
  std::FILE* stream;
  std::unique_ptr<reporter> messages;
};

// A folder of its own, gone at the end.
class folder {
public:
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "dragoman-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path(const std::string& name = {}) const { return (name.empty() ? path_ : path_ / name).string(); }
  std::string write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path(name);
  }
  std::string read(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return in ? std::string(std::istreambuf_iterator<char>(in), {}) : std::string("(no file)");
  }
  // Names of all files below, sorted, separated by blanks.
  std::string files() const {
    std::vector<std::string> names;
    for (const auto& e : std::filesystem::recursive_directory_iterator(path_))
      if (!e.is_directory()) names.push_back(std::filesystem::relative(e.path(), path_).string());
    std::sort(names.begin(), names.end());
    std::string out;
    for (const auto& n : names) out += (out.empty() ? "" : " ") + n;
    return out;
  }

private:
  std::filesystem::path path_;
};

}  // namespace dragoman::hosting::fake
