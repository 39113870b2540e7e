#include "sessions/nested.hpp"

#include "inputs/identification.hpp"
#include "sessions/guarded.hpp"
#include "sessions/session.hpp"
#include "strings.hpp"

#include <dragoman/node.hpp>

#include <algorithm>

namespace dragoman::hosting {

// A reader session that a plugin asked for. Its documents go to the sink that the plugin hands on.
class nested_reader {
public:
  // `is_part` says that the input is the one around it in another form, and not an entry of it.
  nested_reader(nested_host& owner, const format_entry& format, std::shared_ptr<const origin> from, bool is_part)
      : owner_(owner),
        is_part_(is_part),
        session_(owner.env_, format, std::move(from), owner.to_, owner.depth_ + 1, owner.above_) {}

  bool open() {
    if (session_.open()) return true;
    fail("read");
    return false;
  }
  void close() noexcept { owner_.drop(this); }

  dgm_status next(const dgm_sink* sink) {
    if (over_) return DGM_END;
    auto* above = owner_.above_;
    const bool untouched = above != nullptr && above->is_untouched(sink);
    session_.host().forget();
    const auto answer = session_.next(sink, [&] { return above != nullptr ? above->problem_of(sink) : std::string(); });
    using a = reader_session::answer;
    switch (answer) {
      case a::told:
        if (above != nullptr && !is_part_) above->nested_told(session_.from());
        return DGM_OK;
      case a::end: over_ = true; return DGM_END;
      case a::stopped: over_ = true; return DGM_CANCEL;
      default:
        // The session around it goes on with the next document, or the next entry: this one then only ends.
        over_ = answer == a::over;
        fail("read");
        if (untouched) above->start_again(sink);
        return DGM_SKIP;
    }
  }

private:
  void fail(const char* stage) {
    if (const auto reason = session_.host().first_error(); reason && owner_.above_ != nullptr)
      owner_.above_->nested_failed({session_.from(), stage, *reason});
  }
  nested_host& owner_;
  const bool is_part_;
  reader_session session_;
  bool over_ = false;
};

// A writer session that a plugin asked for.
class nested_writer {
public:
  nested_writer(nested_host& owner, const format_entry& format, const dgm_output* out)
      : owner_(owner), session_(owner.env_, format, out, owner.to_, owner.depth_ + 1) {}
  void close() noexcept { owner_.drop(this); }

  dgm_status open() { return status_of(session_.open()); }
  dgm_status write(const dgm_document& document) {
    auto from = std::make_shared<origin>();
    if (document.origin != nullptr) from->name = from->display = view(document.origin->name);
    return status_of(session_.write(document, std::move(from)));
  }
  dgm_status finish() { return status_of(session_.finish()); }

private:
  static dgm_status status_of(writer_session::answer a) noexcept {
    using answer = writer_session::answer;
    switch (a) {
      case answer::done: return DGM_OK;
      case answer::skipped: return DGM_SKIP;
      case answer::io: return DGM_IO;
      case answer::stopped: return DGM_CANCEL;
      default: return DGM_FATAL;
    }
  }
  nested_host& owner_;
  writer_session session_;
};

nested_host::nested_host(environment& env, nested_listener to, unsigned depth, nested_parent* above)
    : env_(env),
      to_(std::move(to)),
      depth_(depth),
      above_(above),
      table_{sizeof(dgm_nested),
             this,
             [](void* ctx, const dgm_input* input, dgm_str format, void** session) noexcept -> dgm_status {
               if (input == nullptr || session == nullptr) return DGM_FATAL;
               return guarded([&] { return static_cast<nested_host*>(ctx)->open_reader(*input, format, session); });
             },
             [](void* session, const dgm_sink* sink) noexcept -> dgm_status {
               if (session == nullptr || sink == nullptr) return DGM_FATAL;
               return guarded([&] { return static_cast<nested_reader*>(session)->next(sink); });
             },
             [](void* session) noexcept {
               if (session != nullptr) static_cast<nested_reader*>(session)->close();
             },
             [](void* ctx, const dgm_output* output, dgm_str format, void** session) noexcept -> dgm_status {
               if (output == nullptr || session == nullptr) return DGM_FATAL;
               return guarded([&] { return static_cast<nested_host*>(ctx)->open_writer(*output, format, session); });
             },
             [](void* session, const dgm_document* document) noexcept -> dgm_status {
               if (session == nullptr || document == nullptr) return DGM_FATAL;
               return guarded([&] { return static_cast<nested_writer*>(session)->write(*document); });
             },
             [](void* session) noexcept -> dgm_status {
               if (session == nullptr) return DGM_FATAL;
               return guarded([&] { return static_cast<nested_writer*>(session)->finish(); });
             },
             [](void* session) noexcept {
               if (session != nullptr) static_cast<nested_writer*>(session)->close();
             },
             [](void* ctx, dgm_str id, dgm_format_facts* out) noexcept -> std::int32_t {
               return out == nullptr ? 0 : static_cast<const nested_host*>(ctx)->facts(id, *out);
             }} {}

nested_host::~nested_host() { close_all(); }

void nested_host::about(std::shared_ptr<const origin> outer) { outer_ = std::move(outer); }

void nested_host::close_all() noexcept {
  readers_.clear();
  writers_.clear();
}

void nested_host::drop(const nested_reader* session) noexcept {
  std::erase_if(readers_, [&](const auto& s) { return s.get() == session; });
}

void nested_host::drop(const nested_writer* session) noexcept {
  std::erase_if(writers_, [&](const auto& s) { return s.get() == session; });
}

// Reports why an input inside could not even be opened.
dgm_status nested_host::refuse(const std::shared_ptr<const origin>& where, const char* stage, finding reason) {
  if (to_) to_(*where, reason);
  if (above_ != nullptr) above_->nested_failed({where, stage, std::move(reason)});
  return DGM_SKIP;
}

dgm_status nested_host::open_reader(const dgm_input& input, dgm_str format_id, void** session) {
  *session = nullptr;
  auto from = std::make_shared<origin>();
  from->name = view(input.name);
  from->display = outer_ ? outer_->display + "/" + from->name : from->name;
  if (from->name.empty() && outer_) {  // the same input in another form
    from->name = outer_->name;
    from->display = outer_->display + " as " + printable(view(format_id));
  }
  from->serial = ++env_.last_serial;
  if (DGM_HAS(&input, dgm_input, history)) from->history = view(input.history);
  if (depth_ >= deepest_nesting)
    return refuse(
        from, "read",
        {level::error, "nested.depth", "archives lie more than " + std::to_string(deepest_nesting) + " deep in one another"});
  std::string problem;
  from->content = octets::of_input(input, problem);
  if (!from->content) return refuse(from, "read", {level::error, "input.unreadable", problem});
  const format_entry* format = nullptr;
  if (format_id.len != 0) {
    format = env_.formats.find(view(format_id));
    if (format == nullptr || !format->reads())
      return refuse(from, "identify",
                    {level::error, "format.unknown", "no reader for \"" + printable(view(format_id)) + "\" is installed"});
  } else {
    const auto head = from->content->head(head_size);
    auto found = identify(env_.formats, head, head.size() == from->content->length(), from->name);
    for (const auto& f : found.remarks)
      if (to_) to_(*from, f);
    if (found.format == nullptr) return refuse(from, "identify", std::move(found.problem));
    format = found.format;
  }
  from->format = format->id();
  from->reader = format->plugin_name;
  from->media_type = format->media_type();
  auto opened = std::make_unique<nested_reader>(*this, *format, std::move(from), input.name.len == 0);
  if (!opened->open()) return DGM_SKIP;
  *session = opened.get();
  readers_.push_back(std::move(opened));
  return DGM_OK;
}

dgm_status nested_host::open_writer(const dgm_output& output, dgm_str format_id, void** session) {
  *session = nullptr;
  static const auto nowhere = std::make_shared<const origin>();
  const auto& about = outer_ ? outer_ : nowhere;
  const auto say = [&](const char* code, std::string text) {
    if (to_) to_(*about, {level::error, code, std::move(text)});
    return dgm_status{DGM_SKIP};
  };
  if (depth_ >= deepest_nesting)
    return say("nested.depth", "archives lie more than " + std::to_string(deepest_nesting) + " deep in one another");
  const auto* format = env_.formats.find(view(format_id));
  if (format == nullptr || !format->writes())
    return say("format.unknown", "no writer for \"" + printable(view(format_id)) + "\" is installed");
  auto opened = std::make_unique<nested_writer>(*this, *format, &output);
  if (const auto status = opened->open(); status != DGM_OK) return status;
  *session = opened.get();
  writers_.push_back(std::move(opened));
  return DGM_OK;
}

std::int32_t nested_host::facts(dgm_str id, dgm_format_facts& out) const {
  const auto* format = env_.formats.find(view(id));
  if (format == nullptr || !DGM_HAS(&out, dgm_format_facts, plugin)) return 0;
  out.id = span(format->id());
  out.suffix = span(format->suffix());
  out.media_type = span(format->media_type());
  out.plugin = span(format->plugin_name);
  if (DGM_HAS(&out, dgm_format_facts, plugin_sha256)) out.plugin_sha256 = span(env_.formats.plugin_sha256(*format));
  return 1;
}

}  // namespace dragoman::hosting
