#include "sessions/channel.hpp"

#include <deque>
#include <filesystem>

namespace dragoman::hosting {
namespace {

std::shared_ptr<const origin> named(std::string display) {
  auto o = std::make_shared<origin>();
  o->name = o->display = std::move(display);
  return o;
}

}  // namespace

channel::channel(environment& env, const format_entry& format, std::unique_ptr<byte_sink> sink, const std::string& display,
                 listener to)
    : channel(env, format, named(display),
              dynamic_cast<const stream_output*>(sink.get()) != nullptr ? std::string()
                                                                        : std::filesystem::path(display).filename().string(),
              std::move(sink), std::move(to)) {}

channel::channel(const channel& first, std::unique_ptr<byte_sink> sink, listener to)
    : channel(first.session_.env(), first.session_.format(), first.about_, first.name_, std::move(sink), std::move(to)) {}

channel::channel(environment& env, const format_entry& format, std::shared_ptr<const origin> about, std::string name,
                 std::unique_ptr<byte_sink> sink, listener to)
    : to_(to),
      about_(std::move(about)),
      name_(std::move(name)),
      sink_(std::move(sink)),
      table_(*sink_, name_),
      session_(env, format, table_.table(), std::move(to), 0) {
  session_.host().about(about_);
}

void channel::report_output() {
  reason_ = {level::error, "output.write", sink_->problem()};
  const auto* stream = dynamic_cast<const stream_output*>(sink_.get());
  if (to_ && !(stream != nullptr && stream->reader_left())) to_(*about_, reason_);
}

bool channel::judge(writer_session::answer a) {
  using answer = writer_session::answer;
  const bool output_failed = !sink_->problem().empty();
  full_ = a == answer::full && holds_anything_;
  usable_ = !output_failed && (a == answer::done || a == answer::skipped || full_);
  if (output_failed) {
    report_output();
  } else if (a == answer::io) {
    session_.host().error("plugin.contract",
                          "plugin " + session_.format().plugin_name + ": the output failed, it says, and it did not");
    reason_ = *session_.host().first_error();
  } else if (a == answer::full && !full_) {
    session_.host().error("plugin.contract", "plugin " + session_.format().plugin_name + ": full, it says, and it holds nothing");
    reason_ = *session_.host().first_error();
  } else if (a != answer::done) {
    if (const auto error = session_.host().reason()) reason_ = *error;
  }
  return usable_ && a == answer::done;
}

bool channel::open() {
  if (!sink_->problem().empty()) {
    report_output();
    return false;
  }
  return judge(session_.open());
}

bool channel::write(const document_reader::step& s) {
  if (!usable_) return false;
  const lent_document lent(s.found, s.pristine, *s.from, s.findings);
  auto answer = session_.write(lent.table(), s.from);
  if (s.found.lacks_digests()) {
    session_.host().error("plugin.memory", "not enough memory for the digests of the document");
    answer = writer_session::answer::over;
  }
  const bool good = judge(answer);
  holds_anything_ |= good;
  if (good && !s.found.is_collection()) ++written_;
  return good;
}

void channel::expect(const std::vector<const document_reader::step*>& next) {
  if (!usable_) return;
  std::deque<lent_document> lent;
  std::vector<const dgm_document*> tables;
  for (const auto* s : next) tables.push_back(&lent.emplace_back(s->found, s->pristine, *s->from, s->findings).table());
  session_.expect(tables);
}

bool channel::append(std::string_view octets, std::size_t documents) {
  if (!usable_) return false;
  table_.table()->write(table_.table()->ctx, octets.data(), octets.size());
  if (!sink_->problem().empty()) {
    usable_ = false;
    report_output();
    return false;
  }
  written_ += documents;
  holds_anything_ |= documents > 0;
  return true;
}

void channel::give_up(finding why) {
  usable_ = false;
  reason_ = std::move(why);
}

void channel::failed(const failure& f) {
  if (usable_) holds_anything_ |= judge(session_.failed(f)) && wants_failures();
}

bool channel::finish() { return finish_writing() && commit(); }

bool channel::commit() { return secure() && publish(); }

bool channel::secure() {
  if (sink_->sync()) return true;
  report_output();
  return false;
}

bool channel::publish() {
  if (sink_->publish()) return true;
  report_output();
  return false;
}

bool channel::number(const octets& volume) {
  if (!judge(session_.number(volume, name_))) return false;
  usable_ = false;
  if (sink_->complete()) return true;
  report_output();
  return false;
}

bool channel::finish_writing() {
  if (!usable_) return false;
  session_.host().about(about_);
  const bool good = judge(session_.finish());
  usable_ = false;
  if (!good) return false;
  if (written_ > 0 && table_.is_empty()) {
    session_.host().error("output.empty", "plugin " + session_.format().plugin_name + " wrote nothing");
    reason_ = *session_.host().first_error();
    return false;
  }
  session_.close();  // it holds on to the sink
  if (sink_->complete()) return true;
  report_output();
  return false;
}

}  // namespace dragoman::hosting
