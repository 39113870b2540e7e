// dragoman inspect --trace
#include "commands/inspect.hpp"

#include "strings.hpp"

#include <dragoman/digest.hpp>

#include <fmt/core.h>

namespace dragoman::hosting {
namespace {

const char* name_of_type(std::int32_t type) {
  constexpr const char* names[] = {"map", "list", "text", "literal", "octets", "element", "comment", "pi", "slot"};
  return type >= DGM_MAP && type <= DGM_SLOT ? names[type - DGM_MAP] : "unknown";
}

// Prints events as they come, hands them on to a builder, and says what the builder thinks of them.
class tracer {
public:
  const dgm_sink* sink() noexcept { return &sink_; }
  void reset() {
    builder_.reset();
    depth_ = 0;
  }
  const document_builder& builder() const noexcept { return builder_; }

private:
  template <class... A>
  void line(fmt::format_string<A...> format, A&&... arguments) const {
    fmt::print("{}{}\n", std::string(2 * std::min<std::size_t>(depth_, 40), ' '),
               fmt::format(format, std::forward<A>(arguments)...));
  }
  dgm_status judged(dgm_status status) const {
    if (status < 0) line("refused: {}", printable(builder_.problem()));
    return status;
  }
  static std::string quoted(dgm_str text) { return "\"" + printable(view(text)) + "\""; }

  document_builder builder_{sha256};
  std::size_t depth_ = 0;
  const dgm_sink sink_{sizeof(dgm_sink),
                       this,
                       [](void* ctx, std::int32_t type, dgm_str name) noexcept -> dgm_status {
                         auto& self = *static_cast<tracer*>(ctx);
                         self.line("open {}{}", name_of_type(type), name.len ? " " + printable(view(name)) : std::string());
                         const auto status = self.judged(self.builder_.sink()->open(self.builder_.sink()->ctx, type, name));
                         ++self.depth_;
                         return status;
                       },
                       [](void* ctx, dgm_str name, dgm_str value) noexcept -> dgm_status {
                         auto& self = *static_cast<tracer*>(ctx);
                         self.line("attr {} {}", printable(view(name)), quoted(value));
                         return self.judged(self.builder_.sink()->attr(self.builder_.sink()->ctx, name, value));
                       },
                       [](void* ctx, dgm_str text) noexcept -> dgm_status {
                         auto& self = *static_cast<tracer*>(ctx);
                         self.line("text {}", quoted(text));
                         return self.judged(self.builder_.sink()->text(self.builder_.sink()->ctx, text));
                       },
                       [](void* ctx, const void* octets, std::size_t length) noexcept -> dgm_status {
                         auto& self = *static_cast<tracer*>(ctx);
                         self.line("bytes {}", length);
                         return self.judged(self.builder_.sink()->bytes(self.builder_.sink()->ctx, octets, length));
                       },
                       [](void* ctx) noexcept -> dgm_status {
                         auto& self = *static_cast<tracer*>(ctx);
                         if (self.depth_ > 0) --self.depth_;
                         self.line("close");
                         return self.judged(self.builder_.sink()->close(self.builder_.sink()->ctx));
                       },
                       [](void* ctx, std::uint64_t begin, std::uint64_t end) noexcept -> dgm_status {
                         auto& self = *static_cast<tracer*>(ctx);
                         self.line("span {} {}", begin, end);
                         return self.judged(self.builder_.sink()->span(self.builder_.sink()->ctx, begin, end));
                       }};
};

}  // namespace

int inspect_events(environment& env, const opened_input& input) {
  using answer = reader_session::answer;
  const auto say = [](const origin& about, finding f) {
    locate(f, about);
    fmt::print("report {}{} {} [{}]\n", name_of(f.severity), f.line == 0 ? "" : fmt::format(" {}:{}", f.line, f.column),
               printable(f.text), f.code);
  };
  reader_session session(env, *input.format, input.where, say, 0, nullptr);
  if (!session.open()) return no_read_write;
  tracer events;
  bool failed = false;
  for (std::size_t i = 1;; ++i) {
    events.reset();
    session.host().forget();
    fmt::print("next {}\n", i);
    const auto result = session.next(events.sink(), [&] { return events.builder().problem(); });
    if (result == answer::end) break;
    const bool is_whole = result == answer::told && events.builder().is_complete();
    failed |= !is_whole;
    fmt::print("{}\n", result == answer::told      ? (is_whole ? "ok" : "ok, but no whole document")
                       : result == answer::skipped ? "skip"
                       : result == answer::stopped ? "stopped"
                                                   : "over");
    if (result == answer::stopped) return was_stopped;
    if (result == answer::over) break;
    constexpr std::size_t most_calls = 1'000'000;  // a reader that never ends shows that soon enough
    if (i == most_calls || env.stop) return env.stop ? was_stopped : some_failed;
  }
  fmt::print("end\n");
  return failed ? some_failed : all_well;
}

}  // namespace dragoman::hosting
