// formats/json/json.hpp - documents and collections as JSON, and as JSON Lines.
//
// Two formats over one form of a document (tei.md 5.2): `json`, a file with one document or with a collection and its
// documents inside, and `jsonl`, one document a line, led by the frame of the collection when there is one (tei.md 5.3).
// Both hold every document of the model; what they write is described by cable.schema.json. A member "$schema" is
// accepted as the hint for editors that it is and is no part of the document, so it is not written again.
#pragma once
#include <json/emitter.hpp>
#include <json/index.hpp>
#include <json/lines.hpp>

#include <dragoman/plugin.hpp>

#include <optional>
#include <string>

namespace dragoman::json {

extern const dgm_format document_format;  // "json"
extern const dgm_format lines_format;     // "jsonl"

// How far a text may be nested: an element takes an object and an array of content in it.
inline constexpr std::size_t maximum_brackets = 2 * 520 + 8;

// Reads a file that is one JSON text. A session holds the whole file, and eight octets for each value in it; each call
// of next tells one document, or first the frame. [session-thread]
class reader {
public:
  reader(host services, input in) : host_(services), input_(in) {}
  bool next(builder& out);
  static int probe(std::string_view head, bool at_end, std::string_view& reason) noexcept;

private:
  void open();
  host host_;
  input input_;
  index index_;
  std::string storage_;                            // the file, when the host does not have it in memory
  value frame_;                                    // to be told before the documents
  std::optional<range<item_iterator>> documents_;  // of a collection, those still to be told
  value single_;                                   // the only document, still to be told
  bool opened_ = false;
};

// Reads JSON Lines: a line is read, indexed and told by itself, so memory is bound by the longest line, and a bad line
// costs that line. White lines are passed over; LF and CR LF end a line. [session-thread]
class lines_reader {
public:
  lines_reader(host services, input in);
  bool next(builder& out);
  static int probe(std::string_view head, bool at_end, std::string_view& reason) noexcept;
  static std::int64_t split(std::string_view head, bool at_end) noexcept;

private:
  void tell(const line& from, builder& out);
  host host_;
  line_source lines_;
  index index_;
  bool first_ = true;  // no line but white ones yet
};

// Writes one JSON text. The first document is held back, as text, until it is known whether a second one comes: one
// document is written by itself, several, or any with a frame, as a collection. [session-thread]
class writer {
public:
  writer(host services, output out);
  void write(const document_view& document);
  void finish();

private:
  void begin_collection(const document_view* frame);
  host host_;
  output output_;
  std::size_t indent_;
  emitter emitter_;
  std::string first_;  // the document held back
  bool in_collection_ = false;
};

// Writes JSON Lines; nothing is held back. [session-thread]
class lines_writer {
public:
  lines_writer(host services, output out) : host_(services), output_(out), emitter_(0, &output_) {}
  void write(const document_view& document);
  void finish() {}

private:
  host host_;
  output output_;
  emitter emitter_;
  bool first_ = true;
};

}  // namespace dragoman::json
