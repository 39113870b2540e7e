#include <json/json.hpp>
#include <json/render.hpp>

#include <utility>

namespace dragoman::json {
namespace {
void lose_frame(const host& services) {
  services.loss("json.second-frame", "one JSON output has room for one frame, at its begin; this one was left out");
}
}  // namespace

// -- one JSON text ----------------------------------------------------------------------------------------------
writer::writer(host services, output out)
    : host_(services), output_(out), indent_(static_cast<std::size_t>(services.integer("indent"))), emitter_(indent_, &output_) {}

void writer::write(const document_view& document) {
  if (document.is_collection()) {
    if (in_collection_ || !first_.empty()) lose_frame(host_);
    else begin_collection(&document);
    return;
  }
  if (!in_collection_ && first_.empty()) {
    emitter alone(indent_);
    render_document(host_, alone, document);
    first_ = alone.take();
    return;
  }
  if (!in_collection_) {
    begin_collection(nullptr);
    emitter_.item();
    emitter_.indented(first_);
    first_.clear();
  }
  emitter_.item();
  render_document(host_, emitter_, document);
}

void writer::begin_collection(const document_view* frame) {
  in_collection_ = true;
  render_frame_members(host_, emitter_, frame);
  emitter_.name("documents");
  emitter_.begin_array();
}

void writer::finish() {
  if (!in_collection_ && !first_.empty()) {
    first_ += '\n';
    output_.write(first_);
    return;
  }
  if (!in_collection_) begin_collection(nullptr);
  emitter_.end_array();
  emitter_.end_object();
  emitter_.end_line();
  emitter_.flush();
}

// -- JSON Lines -------------------------------------------------------------------------------------------------
void lines_writer::write(const document_view& document) {
  const bool is_first = std::exchange(first_, false);
  if (!document.is_collection()) {
    render_document(host_, emitter_, document);
  } else if (is_first) {
    render_frame_members(host_, emitter_, &document);
    emitter_.end_object();
  } else {
    lose_frame(host_);
    return;
  }
  emitter_.end_line();
  emitter_.flush();
}

}  // namespace dragoman::json
