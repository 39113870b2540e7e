// reader.hpp - the reader session of TEI (tei.md 2.4, 4.3).
#pragma once
#include "carried.hpp"
#include "encoding.hpp"
#include "guard.hpp"
#include "paging.hpp"
#include "tree.hpp"

#include <dragoman/plugin.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::tei {

// Tells the documents of one input: one of a TEI; a frame and the documents of a volume or corpus, each of which is parsed by
// itself. One thread at a time; parts share what the whole has found out and do not change it.
class reader {
public:
  reader(host services, input in) : services_(services), input_(in) {}
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  bool next(builder& out);

  // Some documents of a collection each, and the first the frame. Not of one that is larger than memory should be.
  std::uint64_t parts() noexcept;
  reader part(std::uint64_t number, host services) const { return reader(*this, number, services); }

  // By evidence: the document element and its namespace.
  static int probe(std::string_view head, bool at_end, std::string_view& reason) noexcept;

private:
  enum class kind { single, volume, corpus };

  reader(const reader& whole, std::uint64_t number, host services);
  void start_once();
  void start();
  bool scan_in_pages();
  void start_corpus();
  void start_volume();
  void parse_skeleton();
  std::unique_ptr<pugi::xml_document> parse_unit(const extent& unit, std::span<const std::string_view> left_out = {}) const;
  std::span<const std::string_view> long_texts_of(std::size_t index) const noexcept;
  std::string file_stem() const;
  std::string unit_id(const extent& unit, std::size_t index) const;
  bool corpus_is_plain(pugi::xml_node skeleton);
  std::string_view text_of_unit(const extent& unit, std::size_t most = npos) const;
  void let_go(const extent& unit) const noexcept;

  // What is in scope at the place of the last document, which is mostly that of the next one, too.
  struct surrounding_scope {
    pugi::xml_node of_children;  // of this element
    bindings scope;
  };
  void tell_single(builder& out);
  void tell_frame(builder& out) const;
  bool begins_as(const std::string& start) const;
  void tell_tree(builder& out) const;
  bindings namespaces_of(pugi::xml_node div, std::size_t index, surrounding_scope& around) const;
  void tell_volume_document(builder& out, std::size_t index, surrounding_scope& around) const;
  void tell_unit(builder& out, std::size_t index, host services) const;

  host services_;
  input input_;
  const reader* const whole_ = nullptr;  // of which it tells a part
  std::string storage_;
  std::unique_ptr<paged_text> pages_;  // of an input that the host has not in memory
  std::unique_ptr<source_text> source_;
  scan_result scanned_;
  std::unique_ptr<pugi::xml_document> file_;  // the whole, or of a collection all but its documents
  tei_names names_;
  kind kind_ = kind::single;
  bool started_ = false, done_ = false;
  std::exception_ptr problem_;                  // that start() ended with
  std::size_t position_ = 0, behind_last_ = 0;  // what next() tells: 0 the frame, then the documents
  std::vector<std::size_t> parts_;              // the position that each begins with
  surrounding_scope around_;

  std::string frame_id_;
  std::vector<pugi::xml_node> documents_;  // their places
  std::vector<std::string> ids_;           // of the slots; empty in a plain corpus
  bool is_plain_corpus_ = false;
};

}  // namespace dragoman::tei
