// writer.hpp - the writer session of TEI (tei.md 2.1, 2.4).
#pragma once
#include "frame.hpp"
#include "names.hpp"
#include "split.hpp"
#include "xml_writer.hpp"

#include <dragoman/plugin.hpp>

#include <memory>
#include <string>

namespace dragoman::tei {

// Writes one document as a TEI, several as a teiCorpus, and documents after their frame into its slots. Holds the first
// document back until it knows whether there are more. One thread at a time.
class writer {
public:
  writer(host services, output out) : services_(services), output_(out), out_(output_) {}
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  void write(const document_view& document);
  void finish();

private:
  void begin_frame(node collection);
  void refuse_frame(node collection);
  void begin_split(node collection);
  void write_split(node document);
  // Where a document goes: into a slot, or before the slot that is next when it has none; slots.size(): behind all of them.
  struct frame_place {
    std::size_t slot;
    bool fills, open_ended;
    bool in_corpus;
    const bindings* scope;  // the frame's
  };
  frame_place find_place(node document) const;
  // Is it only the body that is written, into a volume?
  bool goes_by_its_body(node document, const frame_place& place) const;
  void write_frame(const frame_place& place);
  void pass_frame(const frame_place& place, node document);
  void write_into_frame(node document);
  void write_body_into_frame(node document, const frame_place& place);
  void write_at_slot(node document, const frame_place& place);
  void write_element(xml_writer& out, node document, const bindings& scope);
  void hold(node document);
  std::string unique_xml_id(node document);
  void check_markup_text(const xml_writer& out);

  host services_;
  output output_;
  xml_writer out_;
  prefixes body_prefixes_;  // of the document at hand
  std::unique_ptr<frame_plan> frame_;
  std::unique_ptr<volume_wrapper> volume_;  // of the one document that this output is for (option "split")
  std::size_t next_slot_ = 0, empty_slots_ = 0;
  // The first document, as long as it is the only one.
  bool is_holding_ = false;
  std::string held_before_, held_, held_after_;
  bool held_has_doctype_ = false;
  used_names xml_ids_;
  bool said_markup_text_ = false;
};

}  // namespace dragoman::tei
