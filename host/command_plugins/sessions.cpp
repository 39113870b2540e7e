// Sessions of command formats: one run of the program for each input that is read and each output that is written, so a
// program that crashes or hangs costs that one.
#include "command_plugins/child_program.hpp"
#include "command_plugins/manifest.hpp"

#include "strings.hpp"

#include <dragoman/plugin.hpp>

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <stdexcept>
#include <utility>

namespace dragoman::hosting {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 30;  // octets of one document as JSON

struct broken : std::runtime_error {  // reported by the guard
  using std::runtime_error::runtime_error;
};

void replace_all(std::string& in, const std::string& what, std::string_view by) {
  for (std::size_t at = 0; (at = in.find(what, at)) != std::string::npos; at += by.size()) in.replace(at, what.size(), by);
}

std::vector<std::string> words_for(const command_format& f, const host& services, const char* direction) {
  auto words = f.argv;
  for (std::size_t i = 1; i < words.size(); ++i) {  // values are put in last, so that nothing in them is taken for a placeholder
    replace_all(words[i], "{here}", f.here);
    replace_all(words[i], "{direction}", direction);
    std::string done, rest = words[i];
    for (auto at = rest.find("{option."); at != std::string::npos; at = rest.find("{option.")) {
      const auto end = rest.find('}', at);
      done += rest.substr(0, at);
      done += services.option(rest.substr(at + 8, end - at - 8));
      rest.erase(0, end + 1);
    }
    words[i] = done + rest;
  }
  return words;
}

// "loss memo.loss: there is no place for tags" from standard error becomes that diagnostic, any other line a warning.
void report_message(const host& services, std::string_view line) {
  constexpr std::pair<std::string_view, severity> words[] = {
      {"note ", severity::note}, {"warning ", severity::warning}, {"loss ", severity::loss}, {"error ", severity::error}};
  for (const auto& [word, level] : words) {
    if (!line.starts_with(word)) continue;
    const auto rest = line.substr(word.size());
    const auto colon = rest.find(": ");
    const auto code = rest.substr(0, colon);
    const auto is_of_code = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
    if (colon == std::string_view::npos || code.find('.') == std::string_view::npos ||
        !std::all_of(code.begin(), code.end(), is_of_code))
      break;
    return services.report(level, code, printable(rest.substr(colon + 2)));
  }
  services.warning("command.said", printable(line));
}

// What both directions share: the program, and how its end is told.
class session {
public:
  session(const command_format& f, host services, const char* direction)
      : format_(f), services_(services), direction_(direction) {
    if (services_.nested() == nullptr) throw broken("the host lends no nested reading and writing");
  }

protected:
  void start(std::function<bool(std::string_view)> take) {
    const auto words = words_for(format_, services_, direction_);
    program_ = std::make_unique<child_program>(
        words, child_program::limits{format_.silence, format_.total, format_.memory},
        child_program::listeners{std::move(take), [this](std::string_view line) { report_message(services_, line); },
                                 [this] { return services_.raw()->cancelled(services_.raw()->ctx) != 0; }});
  }
  [[noreturn]] void give_up() {
    using state = child_program::state;
    if (program_->how() == state::cancelled) throw stop{DGM_CANCEL};
    while (program_->how() == state::running) program_->exchange({});  // its last words, and how it ends
    services_.error(program_->how() == state::timed_out ? "command.timeout" : "command.failed",
                    "program " + printable(format_.argv.front()) + " " + program_->epitaph());
    throw stop{DGM_FATAL};
  }

  const command_format& format_;
  host services_;
  const char* const direction_;
  std::unique_ptr<child_program> program_;
};

// -- reading ------------------------------------------------------------------------------------------------------------

class command_reader : session {
public:
  command_reader(const command_format& f, host services, input in) : session(f, services, "read"), input_(in) {
    whole_ = input_.contents(piece_);
    start([this](std::string_view octets) { return lines_.size() < longest_line && (lines_ += octets, true); });
  }

  bool next(builder& document) {
    std::string line;
    do {
      if (!take_line(line)) return false;
    } while (is_blank(line));
    tell(line, document);
    return true;
  }

private:
  // Gives the program input, and takes what it says, until there is a line. False at its end.
  bool take_line(std::string& line) {
    for (;;) {
      if (const auto end = lines_.find('\n', searched_); end != std::string::npos) {
        line = lines_.substr(0, end);
        lines_.erase(0, end + 1);
        searched_ = 0;
        return true;
      }
      searched_ = lines_.size();
      if (program_->how() != child_program::state::running) break;
      feed();
    }
    if (!program_->is_good()) give_up();
    line = std::exchange(lines_, {});
    searched_ = 0;
    return !line.empty();
  }
  void feed() {
    if (piece_.empty() && program_->has_input()) refill();
    piece_.remove_prefix(program_->exchange(program_->has_input() ? piece_ : std::string_view()));
  }
  void refill() {
    if (!whole_) {
      buffer_.resize(std::size_t{1} << 16);
      buffer_.resize(input_.read(buffer_.data(), buffer_.size()));
      piece_ = buffer_;
    }
    if (piece_.empty()) program_->close_input();
  }

  // A line is read as any JSON Lines input is. An input without a name stands for this session's own.
  void tell(const std::string& line, builder& document) {
    const dgm_nested& nested = *services_.nested();
    dgm_input lent{};
    lent.size = sizeof lent;
    lent.ctx = const_cast<std::string*>(&line);
    lent.read = [](void*, void*, std::size_t) noexcept -> std::int64_t { return DGM_IO; };
    lent.contents = [](void* ctx, dgm_str* out) noexcept -> std::int32_t {
      *out = span(*static_cast<const std::string*>(ctx));
      return 1;
    };
    lent.length = static_cast<std::int64_t>(line.size());
    void* reading = nullptr;
    check(nested.open_reader(nested.ctx, &lent, span("jsonl"), &reading));
    const dgm_status status = nested.next(reading, document.raw());
    nested.close_reader(reading);
    if (status == DGM_END) throw broken("program " + printable(format_.argv.front()) + " wrote a line that is no document");
    check(status);
  }

  input input_;
  std::string_view piece_;  // of the input, to be given to the program
  std::string buffer_;
  bool whole_;
  std::string lines_;  // what the program said and nobody took
  std::size_t searched_ = 0;
};

// -- writing ------------------------------------------------------------------------------------------------------------

class command_writer : session {
public:
  command_writer(const command_format& f, host services, output out) : session(f, services, "write"), output_(out) {}
  ~command_writer() { close_nested(); }

  void write(const document_view& document) {
    if (format_.verbatim && document.pristine() && is_ours(document.source()["media_type"].text())) {
      end_program();
      output_.write(document.source()["octets"].text());
      wrote_ = true;
      return;
    }
    if (!format_.writes.empty()) dgm_report_unwritten(services_.raw(), document.raw(), loss_code(), format_.writes.data());
    begin_program();
    const dgm_nested& nested = *services_.nested();
    judge(nested.write(writing_, document.raw()));
  }
  void finish() {
    if (program_ == nullptr && !wrote_) begin_program();  // no documents: the program knows what that looks like
    end_program();
  }

private:
  bool is_ours(std::string_view media_type) const {
    for (auto* m = format_.table.media_types; *m != nullptr; ++m)
      if (media_type == *m) return true;
    return false;
  }
  // The code of losses that the format declares first.
  const char* loss_code() const {
    for (std::size_t i = 0; i < format_.table.code_count; ++i)
      if (format_.table.codes[i].severity == DGM_LOSS) return format_.table.codes[i].code;
    return "command.loss";
  }
  void judge(dgm_status status) {
    if (output_status_ < 0) throw stop{output_status_};
    if (status == DGM_IO || (status >= 0 && program_->how() != child_program::state::running && !program_->is_good())) give_up();
    check(status);
  }
  void begin_program() {
    if (program_ != nullptr) return;
    start([this](std::string_view octets) {
      const auto* out = output_.raw();
      output_status_ = out->write(out->ctx, octets.data(), octets.size());
      return output_status_ >= 0;
    });
    to_program_ = {sizeof(dgm_output),
                   this,
                   [](void* ctx, const void* octets, std::size_t length) noexcept -> dgm_status {
                     auto& self = *static_cast<command_writer*>(ctx);
                     return guard(self.services_, [&]() -> dgm_status {
                       return self.program_->write({static_cast<const char*>(octets), length}) ? DGM_OK : DGM_IO;
                     });
                   },
                   {nullptr, 0}};
    const dgm_nested& nested = *services_.nested();
    check(nested.open_writer(nested.ctx, &to_program_, span("jsonl"), &writing_));
  }
  void end_program() {
    if (program_ == nullptr) return;
    const dgm_nested& nested = *services_.nested();
    judge(nested.finish(writing_));
    close_nested();
    program_->close_input();
    program_->wait([this] { return program_->how() != child_program::state::running; });
    if (output_status_ < 0) throw stop{output_status_};
    if (!program_->is_good()) give_up();
    program_.reset();
    wrote_ = true;
  }
  void close_nested() noexcept {
    if (void* writing = std::exchange(writing_, nullptr)) services_.nested()->close_writer(writing);
  }

  output output_;
  dgm_output to_program_{};
  dgm_status output_status_ = DGM_OK;
  void* writing_ = nullptr;  // the session that writes JSON Lines to the program
  bool wrote_ = false;
};

// -- tables: a function of the contract knows its format by where it stands ---------------------------------------------

constexpr std::size_t most_formats = 64;
std::array<std::atomic<const command_format*>, most_formats> formats;

template <class S>
dgm_status open_as(const command_format& f, const dgm_host* h, auto lent, void** out) noexcept {
  return guard(host{h}, [&] {
    *out = new std::pair<host, std::unique_ptr<S>>(host{h}, std::make_unique<S>(f, host{h}, lent));
    return dgm_status{DGM_OK};
  });
}
template <class S, class F>
dgm_status call(void* opaque, F&& f) noexcept {
  auto& s = *static_cast<std::pair<host, std::unique_ptr<S>>*>(opaque);
  return guard(s.first, [&] { return f(*s.second); });
}
template <class S>
void DGM_CALL close_as(void* opaque) noexcept {
  delete static_cast<std::pair<host, std::unique_ptr<S>>*>(opaque);
}

dgm_status DGM_CALL next(void* s, const dgm_sink* sink) noexcept {
  return call<command_reader>(s, [&](auto& r) -> dgm_status {
    builder document{sink};
    return r.next(document) ? DGM_OK : DGM_END;
  });
}
dgm_status DGM_CALL write(void* s, const dgm_document* d) noexcept {
  return call<command_writer>(s, [&](auto& w) -> dgm_status {
    w.write(document_view{d});
    return DGM_OK;
  });
}
dgm_status DGM_CALL finish(void* s) noexcept {
  return call<command_writer>(s, [&](auto& w) -> dgm_status {
    w.finish();
    return DGM_OK;
  });
}

template <std::size_t N>
struct slot {
  static dgm_status DGM_CALL open_reader(const dgm_host* h, const dgm_input* in, void** out) noexcept {
    return open_as<command_reader>(*formats[N], h, input{in}, out);
  }
  static dgm_status DGM_CALL open_writer(const dgm_host* h, const dgm_output* o, void** out) noexcept {
    return open_as<command_writer>(*formats[N], h, output{o}, out);
  }
  static constexpr dgm_reader reader{.size = sizeof(dgm_reader),
                                     .probe = nullptr,
                                     .open = open_reader,
                                     .next = next,
                                     .close = close_as<command_reader>,
                                     .split = nullptr};
  static constexpr dgm_writer writer{.size = sizeof(dgm_writer),
                                     .open = open_writer,
                                     .write = write,
                                     .finish = finish,
                                     .close = close_as<command_writer>,
                                     .failed = nullptr};
};
struct tables {
  const dgm_reader* reader;
  const dgm_writer* writer;
};
template <std::size_t... N>
constexpr std::array<tables, sizeof...(N)> all_slots(std::index_sequence<N...>) {
  return {tables{&slot<N>::reader, &slot<N>::writer}...};
}
constexpr auto slots = all_slots(std::make_index_sequence<most_formats>());

const tables* slot_of(const command_format& f) {
  for (std::size_t i = 0; i < most_formats; ++i) {
    const command_format* expected = nullptr;
    if (formats[i].compare_exchange_strong(expected, &f) || expected == &f) return &slots[i];
  }
  return nullptr;
}

}  // namespace

const dgm_reader* command_reader_table(command_format& format) {
  const auto* t = slot_of(format);
  return t != nullptr ? t->reader : nullptr;
}
const dgm_writer* command_writer_table(command_format& format) {
  const auto* t = slot_of(format);
  return t != nullptr ? t->writer : nullptr;
}

}  // namespace dragoman::hosting
