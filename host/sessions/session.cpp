#include "sessions/session.hpp"

#include "strings.hpp"

#include <dragoman/version.h>

#include <charconv>
#include <cstdlib>
#include <ctime>

namespace dragoman::hosting {
namespace {

std::string unknown_status(const char* call, dgm_status status) {
  return std::string(call) + " answered " + std::to_string(status) + ", which is no answer";
}

}  // namespace

std::int64_t run_clock() {
  const char* fixed = std::getenv("SOURCE_DATE_EPOCH");
  if (fixed == nullptr || *fixed == '\0') return static_cast<std::int64_t>(std::time(nullptr));
  const std::string_view text(fixed);
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem != std::errc() || end != text.data() + text.size())
    throw usage_error("SOURCE_DATE_EPOCH is not a number of seconds: \"" + printable(text) + "\"");
  return seconds;
}

// -- session_host ---------------------------------------------------------------------------------------------------

session_host::session_host(environment& env, const format_entry& format, listener to, bool offsets, unsigned depth,
                           nested_parent* above, std::uint64_t begin)
    : env_(env),
      format_(format),
      to_(std::move(to)),
      offsets_(offsets),
      begin_(begin),
      above_(above),
      nested_(
          env, [this](const origin& about, const finding& f) { pass_on(about, f); }, depth, above),
      run_{sizeof(dgm_run),        span("dragoman"),  span(DRAGOMAN_VERSION),  env.started,
           span(env.options_json), span(format.id()), span(format.plugin_name)},
      facts_{sizeof(dgm_facts), this, on_fact},
      work_{sizeof(dgm_work), this, on_work},
      table_{sizeof(dgm_host), this, on_report, on_option, on_cancelled, on_extension} {}

void session_host::about(std::shared_ptr<const origin> o) {
  nested_.about(o);
  const std::lock_guard lock(mutex_);
  about_ = std::move(o);
}

void session_host::report(finding f) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    static const origin nowhere;
    const origin& about = about_ ? *about_ : nowhere;
    if (f.offset >= 0) f.offset += static_cast<std::int64_t>(begin_);
    if (offsets_ && f.line == 0 && f.offset >= 0 && format_.has(DGM_ARCHIVE))
      f.text += " (octet " + std::to_string(f.offset) + ")";  // an archive has no lines
    if (!offsets_ || format_.has(DGM_ARCHIVE)) f.offset = -1;
    if (f.severity == level::error && !first_error_) {
      locate(f, about);
      first_error_ = f;
    }
    if (to_) to_(about, f);
  } catch (const std::exception&) {  // out of memory while saying so
  }
}

// A finding of a session inside this one.
void session_host::pass_on(const origin& about, const finding& f) {
  const std::lock_guard lock(mutex_);
  if (f.severity == level::error && !first_inner_error_) first_inner_error_ = f;
  if (to_) to_(about, f);
}

std::optional<finding> session_host::first_error() const {
  const std::lock_guard lock(mutex_);
  return first_error_;
}

std::optional<finding> session_host::reason() const {
  const std::lock_guard lock(mutex_);
  return first_error_ ? first_error_ : first_inner_error_;
}

void session_host::forget() {
  const std::lock_guard lock(mutex_);
  first_error_.reset();
  first_inner_error_.reset();
}

void session_host::on_report(void* ctx, const dgm_diag* d) noexcept {
  auto& self = *static_cast<session_host*>(ctx);
  try {
    if (d != nullptr && DGM_HAS(d, dgm_diag, column)) {
      finding f = kept(*d);
      if (f.code.starts_with("plugin."))
        f.text += std::string(" (in ") + self.slot_.load() + " of " + self.format_.plugin_name + ")";
      return self.report(std::move(f));
    }
    self.error("plugin.contract", "plugin " + self.format_.plugin_name + " reported something that is no diagnostic");
  } catch (const std::exception&) {
  }
}

std::int32_t session_host::on_option(void* ctx, dgm_str name, dgm_str* out) noexcept {
  const auto& self = *static_cast<session_host*>(ctx);
  const auto* value = self.env_.options.value(self.format_, view(name));
  if (value == nullptr || out == nullptr) return 0;
  *out = span(*value);
  return 1;
}

std::int32_t session_host::on_cancelled(void* ctx) noexcept {
  return static_cast<session_host*>(ctx)->env_.stop.load(std::memory_order_relaxed) ? 1 : 0;
}

void session_host::on_work(void* ctx, std::uint64_t count, void(DGM_CALL* piece)(void* of, std::uint64_t number) noexcept,
                           void* of) noexcept {
  auto& env = static_cast<session_host*>(ctx)->env_;
  // With the caller one more than processors: one that shares its processor is no reason to leave another without work.
  const unsigned others = env.jobs > 1 ? env.jobs : 0;
  if (piece != nullptr) env.helpers.side_by_side(others, count, piece, of);
}

void session_host::on_fact(void* ctx, dgm_str name, dgm_str value) noexcept {
  try {
    static_cast<session_host*>(ctx)->above_->fact(view(name), view(value));
  } catch (const std::exception&) {  // out of memory: nobody will miss it
  }
}

const void* session_host::on_extension(void* ctx, dgm_str id) noexcept {
  const auto& self = *static_cast<session_host*>(ctx);
  if (view(id) == DGM_EXT_NESTED) return self.nested_.table();
  if (view(id) == DGM_EXT_RUN) return &self.run_;
  if (view(id) == DGM_EXT_VOLUME) return self.volume_;
  if (view(id) == DGM_EXT_WORK) return &self.work_;
  if (view(id) == DGM_EXT_FACTS && self.above_ != nullptr && self.env_.wants_facts) return &self.facts_;
  return nullptr;
}

// -- reader_session -------------------------------------------------------------------------------------------------

reader_session::reader_session(environment& env, const format_entry& format, std::shared_ptr<const origin> from, listener to,
                               unsigned depth, nested_parent* above, input_part part)
    : env_(env),
      format_(format),
      from_(std::move(from)),
      part_(std::move(part)),
      host_(env, format, std::move(to), true, depth, above, part_.begin),
      input_(part_.content ? *part_.content : *from_->content, part_.content ? std::string_view() : from_->name) {
  host_.about(from_);
}

reader_session::reader_session(const reader_session& whole, std::uint64_t number, listener to, nested_parent* above)
    : env_(whole.env_),
      format_(whole.format_),
      from_(whole.from_),
      whole_(&whole),
      number_(number),
      host_(env_, format_, std::move(to), true, 0, above),
      input_(*from_->content, from_->name) {
  host_.about(from_);
}

dgm_status reader_session::begin() {
  const auto* reader = format_.table->reader;
  if (whole_ == nullptr) return reader->open(host_.table(), input_.table(), &session_);
  return reader->open_part(whole_->session_, number_, host_.table(), &session_);
}

std::uint64_t reader_session::parts() {
  return session_ != nullptr && format_.reads_in_parts() ? format_.table->reader->parts(session_) : 0;
}

bool reader_session::open() {
  const dgm_status status = begin();
  if (status == DGM_OK && session_ != nullptr) return true;
  over_ = true;
  if (status == DGM_CANCEL && env_.stop) return false;
  if (status == DGM_OK)
    host_.error("plugin.contract", "plugin " + format_.plugin_name + ": open said that all is well and gave no session");
  else if (status < DGM_NOMEM || status > DGM_OK)
    host_.error("plugin.contract", "plugin " + format_.plugin_name + ": " + unknown_status("open", status));
  else if (status == DGM_NOMEM && !host_.reason()) host_.error("plugin.memory", "not enough memory to read the input");
  else if (!host_.reason())
    host_.error(has_input_failed() ? "input.unreadable" : "plugin.unexplained",
                has_input_failed() ? "the input could not be read to its end"
                                   : "plugin " + format_.plugin_name + " cannot read this and does not say why");
  if (status < DGM_OK) session_ = nullptr;
  return false;
}

reader_session::answer reader_session::next(const dgm_sink* sink, const std::function<std::string()>& problem) {
  if (over_ || session_ == nullptr) return answer::end;
  host_.calls("next");
  const dgm_status status = format_.table->reader->next(session_, sink);
  if (const auto wrong = problem(); !wrong.empty()) {
    host_.error("plugin.contract", "plugin " + format_.plugin_name + ": " + wrong);
    over_ = status != DGM_OK && status != DGM_SKIP;
    return over_ ? answer::over : answer::skipped;
  }
  switch (status) {
    case DGM_OK: return answer::told;
    case DGM_END: over_ = true; return answer::end;
    case DGM_SKIP:
      if (!host_.reason())
        host_.error("plugin.unexplained", "plugin " + format_.plugin_name + " gave a document up and does not say why");
      return answer::skipped;
    case DGM_CANCEL:
      over_ = true;
      if (env_.stop) return answer::stopped;
      host_.error("plugin.contract", "plugin " + format_.plugin_name + ": next stopped and nobody had asked it to");
      return answer::over;
    case DGM_NOMEM:
      if (!host_.reason()) host_.error("plugin.memory", "not enough memory for the document, or it is too large");
      break;
    case DGM_FATAL:
    case DGM_IO:
      if (host_.reason()) break;
      if (has_input_failed()) host_.error("input.unreadable", "the input could not be read to its end");
      else host_.error("plugin.unexplained", "plugin " + format_.plugin_name + " stopped reading and does not say why");
      break;
    default: host_.error("plugin.contract", "plugin " + format_.plugin_name + ": " + unknown_status("next", status));
  }
  over_ = true;
  return answer::over;
}

void reader_session::close() noexcept {
  host_.calls("close");
  if (session_ != nullptr) format_.table->reader->close(session_);
  host_.close_nested();  // what the plugin has not closed itself
  session_ = nullptr;
  over_ = true;
}

// -- writer_session -------------------------------------------------------------------------------------------------

writer_session::writer_session(environment& env, const format_entry& format, const dgm_output* out, listener to, unsigned depth)
    : env_(env), format_(format), out_(out), host_(env, format, std::move(to), false, depth, nullptr) {}

// What a status of the writer means. `call` names the slot.
writer_session::answer writer_session::judge(dgm_status status, const char* call, bool may_be_full) {
  if (status == DGM_FULL && may_be_full && host_.lends_volume()) return answer::full;
  const auto explain = [&](const char* code, const std::string& text) {
    if (!host_.reason()) host_.error(code, text);
  };
  const std::string plugin = "plugin " + format_.plugin_name;
  switch (status) {
    case DGM_OK: return answer::done;
    case DGM_SKIP:
      explain("plugin.unexplained", plugin + " cannot write the document and does not say why");
      return answer::skipped;
    case DGM_CANCEL:
      if (env_.stop) return answer::stopped;
      host_.error("plugin.contract", plugin + ": " + call + " stopped and nobody had asked it to");
      return answer::over;
    case DGM_IO: return answer::io;
    case DGM_NOMEM: explain("plugin.memory", "not enough memory to write the document"); return answer::over;
    case DGM_FATAL: explain("plugin.unexplained", plugin + " stopped writing and does not say why"); return answer::over;
    default: host_.error("plugin.contract", plugin + ": " + unknown_status(call, status)); return answer::over;
  }
}

writer_session::answer writer_session::open() {
  const dgm_status status = format_.table->writer->open(host_.table(), out_, &session_);
  if (status < DGM_OK) session_ = nullptr;
  const auto result = judge(status, "open");
  if (result == answer::done && session_ == nullptr) {
    host_.error("plugin.contract", "plugin " + format_.plugin_name + ": open said that all is well and gave no session");
    return answer::over;
  }
  open_ = result == answer::done;
  return result == answer::skipped ? answer::over : result;
}

writer_session::answer writer_session::write(const dgm_document& document, std::shared_ptr<const origin> from) {
  if (!open_) return answer::over;
  host_.about(std::move(from));
  host_.forget();
  host_.calls("write");
  const auto result = judge(format_.table->writer->write(session_, &document), "write", true);
  open_ = result == answer::done || result == answer::skipped || result == answer::full;
  return result;
}

void writer_session::expect(const std::vector<const dgm_document*>& next) {
  if (auto* const service = env_.formats.service(); open_ && service != nullptr) service->expect_writing(format_, session_, next);
}

bool writer_session::wants_failures() const noexcept {
  const auto* table = format_.table->writer;
  return DGM_HAS(table, dgm_writer, failed) && table->failed != nullptr;
}

writer_session::answer writer_session::failed(const failure& f) {
  if (!open_ || !wants_failures()) return answer::done;
  host_.about(f.where);
  host_.forget();
  host_.calls("failed");
  const lent_origin where(*f.where);
  const dgm_failure lent_failure{sizeof(dgm_failure), where.table(), span(f.stage), lent(f.reason)};
  const auto result = judge(format_.table->writer->failed(session_, &lent_failure), "failed", true);
  open_ = result == answer::done || result == answer::skipped || result == answer::full;
  return result;
}

writer_session::answer writer_session::finish() {
  if (!open_) return answer::over;
  host_.forget();
  open_ = false;
  host_.calls("finish");
  const auto result = judge(format_.table->writer->finish(session_), "finish");
  return result == answer::skipped ? answer::over : result;
}

bool writer_session::numbers_volumes() const noexcept {
  const auto* table = format_.table->writer;
  return DGM_HAS(table, dgm_writer, number) && table->number != nullptr;
}

writer_session::answer writer_session::number(const octets& volume, std::string_view name) {
  const input_table in(volume, name);
  host_.calls("number");
  const auto result = judge(format_.table->writer->number(host_.table(), in.table(), out_), "number");
  return result == answer::skipped ? answer::over : result;
}

void writer_session::close() noexcept {
  host_.calls("close");
  if (session_ != nullptr) format_.table->writer->close(session_);
  host_.close_nested();
  session_ = nullptr;
  open_ = false;
}

}  // namespace dragoman::hosting
