// reader.hpp - the reader session of TEI (tei.md 2.4, 4.3).
#pragma once
#include "carried.hpp"
#include "encoding.hpp"
#include "guard.hpp"
#include "paging.hpp"
#include "tree.hpp"

#include <dragoman/plugin.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::tei {

// Tells the documents of one input: one of a TEI; a frame and the documents of a volume or corpus. A corpus is parsed
// one TEI at a time. One thread at a time.
class reader {
public:
  reader(host services, input in) : services_(services), input_(in) {}
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  bool next(builder& out);

  // By evidence: the document element and its namespace.
  static int probe(std::string_view head, bool at_end, std::string_view& reason) noexcept;

private:
  enum class kind { single, volume, corpus };

  void start();
  bool scan_in_pages();
  void start_corpus();
  void start_volume();
  void parse_skeleton();
  std::unique_ptr<pugi::xml_document> parse_unit(const extent& unit, std::span<const std::string_view> left_out = {});
  std::span<const std::string_view> long_texts_of(std::size_t index) const noexcept;
  std::string file_stem() const;
  std::string unit_id(const extent& unit, std::size_t index);
  bool corpus_is_plain(pugi::xml_node skeleton);
  std::string_view text_of_unit(const extent& unit, std::size_t most = npos);
  void let_go(const extent& unit) noexcept;

  void tell_single(builder& out);
  void tell_frame(builder& out);
  bool begins_as(const std::string& start) const;
  void tell_tree(builder& out);
  bindings namespaces_of(pugi::xml_node div, std::size_t index);
  void tell_volume_document(builder& out, std::size_t index);
  void tell_unit(builder& out, std::size_t index);

  host services_;
  input input_;
  std::string storage_;
  std::unique_ptr<paged_text> pages_;  // of an input that the host has not in memory
  std::unique_ptr<source_text> source_;
  scan_result scanned_;
  std::unique_ptr<pugi::xml_document> file_;  // the whole, or of a collection all but its documents
  tei_names names_;
  kind kind_ = kind::single;
  bool started_ = false, done_ = false;
  std::size_t position_ = 0;  // what next() tells: 0 the frame, then the documents

  std::string frame_id_;
  std::vector<pugi::xml_node> documents_;  // their places
  pugi::xml_node scope_of_children_;       // of a volume: of this element's children is scope_
  bindings scope_;
  std::vector<std::string> ids_;  // of the slots; empty in a plain corpus
  std::vector<bindings> scopes_;  // of a corpus: what is in scope at each place, when there is more than one
  bool is_plain_corpus_ = false;
};

}  // namespace dragoman::tei
