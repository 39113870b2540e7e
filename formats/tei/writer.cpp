#include "writer.hpp"

#include "carried.hpp"
#include "header.hpp"
#include "profile.hpp"

#include <dragoman/equality.hpp>

namespace dragoman::tei {
namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

// Comments and processing instructions before the document element, each with a line end; those after it, each with one
// before.
void write_before(xml_writer& out, node document) {
  for (node n : document["carrier"]["tei"]["before"]) out.copy(n).raw("\n");
}
void write_after(xml_writer& out, node document) {
  for (node n : document["carrier"]["tei"]["after"]) out.raw("\n").copy(n);
}

}  // namespace

void writer::write(const document_view& document) {
  services_.check_cancelled();
  const node root = document.root();
  if (frame_ && !document.is_collection())
    if (const frame_place place = find_place(root); goes_by_its_body(root, place)) return write_body_into_frame(root, place);
  const bool begins_frame = document.is_collection() && !services_.flag("split");
  if (begins_frame && !frame_ && !is_holding_) return begin_frame(root);
  body_prefixes_ = check_names(root);
  if (begins_frame) return refuse_frame(root);
  if (document.is_collection()) return begin_split(root);
  if (volume_ && !is_holding_) return write_split(root);
  if (frame_) return write_into_frame(root);
  if (!is_holding_) return hold(root);
  // A second document without a frame: the two, and what follows, become a corpus.
  is_holding_ = false;
  if (held_has_doctype_) services_.loss("tei.doctype-dropped", "a DOCTYPE has no place inside a teiCorpus");
  out_.raw(declaration).raw(corpus_start({})).raw("\n").raw(held_);
  held_.clear();
  frame_plan plan{node()};
  frame_ = std::make_unique<frame_plan>(std::move(plan));
  frame_->slots[0].before.clear();
  write_into_frame(root);
}

void writer::hold(node document) {
  xml_writer out;
  if (!write_doctype(out, document["carrier"]["tei"]))
    services_.loss("tei.doctype-dropped", "the DOCTYPE that the carrier has is none");
  write_before(out, document);
  held_before_ = out.take();
  held_has_doctype_ = bool(document["carrier"]["tei"]["doctype"]);
  write_element(out, document, {});
  held_ = out.take();
  write_after(out, document);
  held_after_ = out.take();
  check_markup_text(out);
  is_holding_ = true;
}

void writer::write_element(xml_writer& out, node document, const bindings& scope) {
  if (!is_carried(document)) {
    write_profile(out, services_, document, unique_xml_id(document));
    return;
  }
  if (const node id = document["carrier"]["tei"]["id"]; id && id.text() != document["id"].text())
    services_.loss("tei.id-kept", "the TEI that was read keeps its own id, not \"" + std::string(document["id"].text()) + "\"");
  if (!write_carried(out, document, body_prefixes_, scope))
    services_.loss("tei.body-dropped",
                   "the TEI that was read has no place left for the body of \"" + std::string(document["id"].text()) + "\"");
}

std::string writer::unique_xml_id(node document) {
  const std::string id = xml_id_of(document["id"].text());
  return make_unique_name(id, xml_ids_);
}

void writer::refuse_frame(node collection) {
  services_.loss("tei.second-frame", "one TEI file has one frame; the documents of the collection \"" +
                                         std::string(collection["id"].text()) + "\" are written without theirs");
}

void writer::begin_frame(node collection) {
  check_names_beside(collection, "tree");
  frame_ = std::make_unique<frame_plan>(collection);
  for (node m : collection)
    if (m.name() != "id" && m.name() != "kind" && m.name() != "carrier" && (m.name() != "tree" || !root_of_tree(m, "")))
      services_.loss("tei.frame-member", "a collection in TEI has no place for its member \"" + std::string(m.name()) + "\"");
  if (frame_->lost_doctype) services_.loss("tei.doctype-dropped", "the DOCTYPE that the carrier has is none");
  if (frame_->lost_markup_text)
    services_.loss("tei.markup-text",
                   "a CR in a comment or processing instruction, or blanks before its data, cannot be kept in XML");
}

void writer::begin_split(node collection) {
  volume_ = std::make_unique<volume_wrapper>(collection);
  if (!volume_->is_volume()) volume_.reset();
}

void writer::write_split(node document) {
  if (document["kind"].text() == "cable" || is_carried(document)) return hold(document);  // it has a TEI of its own
  if (!rest_of(document, false).empty())
    services_.loss("tei.only-body", "of the document \"" + std::string(document["id"].text()) + "\" only the body is written");
  xml_writer out;
  volume_->write(out, document, body_prefixes_);
  held_ = out.take();
  check_markup_text(out);
  is_holding_ = true;
}

writer::frame_place writer::find_place(node document) const {
  const auto& slots = frame_->slots;
  const bool open_ended = slots.size() == 1 && slots[0].id.empty();
  const std::size_t found = open_ended ? 0 : frame_->find(document["id"].text(), next_slot_);
  const bool fills = found < slots.size();
  const std::size_t slot = fills ? found : next_slot_;
  if (slot == slots.size()) return {slot, false, false, frame_->is_corpus, &frame_->open_scope};
  return {slot, fills, open_ended, slots[slot].in_corpus, &slots[slot].scope};
}

bool writer::goes_by_its_body(node document, const frame_place& place) const {
  return !place.in_corpus && document["kind"].text() != "cable";
}

void writer::write_frame(const frame_place& place) {
  const auto& slots = frame_->slots;
  for (std::size_t i = next_slot_; i <= place.slot && i < slots.size(); ++i) out_.raw(slots[i].before);
  if (place.open_ended && frame_->on_lines) out_.raw("\n");
}

void writer::pass_frame(const frame_place& place, node document) {
  if (!place.fills)
    services_.warning("tei.no-slot", "the frame has no place left for the document \"" + std::string(document["id"].text()) +
                                         "\"; it is written before the next one");
  if (place.slot < frame_->slots.size()) frame_->slots[place.slot].before.clear();
  empty_slots_ += place.slot - next_slot_;
  next_slot_ = place.fills && !place.open_ended ? place.slot + 1 : place.slot;
}

void writer::write_into_frame(node document) {
  const frame_place place = find_place(document);
  write_frame(place);
  pass_frame(place, document);
  write_at_slot(document, place);
}

// Its names are looked at as it is written; when one cannot be, all is as if nothing had been.
void writer::write_body_into_frame(node document, const frame_place& place) {
  check_names_beside(document, "body");
  const auto before = out_.hold();
  try {
    write_frame(place);
    write_unchecked_body(out_, document, *place.scope);
  } catch (...) {
    out_.take_back(before);
    out_.release();
    throw;
  }
  pass_frame(place, document);
  if (is_carried(document) || !rest_of(document, false).empty())
    services_.loss("tei.only-body",
                   "of the document \"" + std::string(document["id"].text()) + "\" only the body has a place in a volume");
  check_markup_text(out_);
  out_.release();
}

// What is no mere body.
void writer::write_at_slot(node document, const frame_place& place) {
  if (place.in_corpus) {
    if (document["carrier"]["tei"]["doctype"]) services_.loss("tei.doctype-dropped", "a DOCTYPE has no place inside a teiCorpus");
    write_element(out_, document, *place.scope);
  } else {
    services_.loss("tei.cable-in-volume", "the heading of the cable \"" + std::string(document["id"].text()) +
                                              "\" has no place in a volume; its text is written");
    write_cable_div(out_, document, unique_xml_id(document), 0);
  }
  check_markup_text(out_);
}

void writer::check_markup_text(const xml_writer& out) {
  if (!out.lost_markup_text() || said_markup_text_) return;
  said_markup_text_ = true;
  services_.loss("tei.markup-text",
                 "a CR in a comment or processing instruction, or blanks before its data, cannot be kept in XML");
}

void writer::finish() {
  if (frame_) {
    for (; next_slot_ < frame_->slots.size(); ++next_slot_) {
      const auto& slot = frame_->slots[next_slot_];
      if (!slot.id.empty()) ++empty_slots_;
      out_.raw(slot.before);
    }
    out_.raw(frame_->rest);
    if (empty_slots_ != 0)
      services_.note("tei.slots-empty",
                     std::to_string(empty_slots_) + " documents of the collection were not given; their places are empty");
  } else if (is_holding_) {
    out_.raw(declaration).raw(held_before_).raw(held_).raw(held_after_).raw("\n");
  } else {
    services_.warning("tei.empty", "there was no document; the corpus that is written has none");
    out_.raw(declaration).raw(corpus_start({})).raw("\n</").raw(corpus_name).raw(">\n");
  }
  out_.flush();
}

}  // namespace dragoman::tei
