// frame.hpp - what stands around the documents of a collection, on its way to the output.
//
// Source of the rules: tei.md 2.4. The frame is lent to the writer for one call, so it is kept as text, cut at its slots.
#pragma once
#include "names.hpp"
#include "xml_writer.hpp"

#include <dragoman/plugin.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragoman::tei {

// The document element of a collection of cables up to and with its header.
std::string corpus_start(std::string_view id);
inline constexpr std::string_view corpus_name = "teiCorpus";

struct frame_slot {
  std::string before;  // text up to the slot
  std::string id;
  bindings scope;
  bool in_corpus = false;  // holds a TEI; otherwise a div or the like
};

class frame_plan {
public:
  // Of the map "collection". A frame without slots has its documents at the end of its document element. Throws unusable
  // ("tei.name") at a name in its tree that cannot be written.
  explicit frame_plan(node collection);

  std::vector<frame_slot> slots;
  std::string rest;        // text after the last slot
  bindings open_scope;     // what is in scope where documents without a slot go
  bool is_corpus = false;  // these are TEI
  bool on_lines = true;    // and begin on a line of their own
  bool lost_markup_text = false, lost_doctype = false;

  // The first slot of that id from `from` on; slots.size() when there is none.
  std::size_t find(std::string_view id, std::size_t from) const;

private:
  void add_tree(xml_writer& out, node tree);
  void add_open_root(xml_writer& out, node root);
  std::unordered_multimap<std::string, std::size_t> by_id_;
};

}  // namespace dragoman::tei
