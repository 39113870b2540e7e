// formats/csv/csv.hpp - tables: a row of heading fields a document, and the table of the published collection.
//
// `csv` is written for spreadsheets and cannot be read back: the text of documents is not in it. `cablegate-csv` is the form
// in which 251,287 telegrams were published: eight columns without a header line (number, date, id, origin, classification,
// references, heading, text), quotes and backslashes behind a backslash. Its heading and text together are a telegram, which
// the host reads as one (dragoman.nested/1); what the other columns say is kept beside it as x_cablegate.
#pragma once
#include <csv/records.hpp>

#include <dragoman/plugin.hpp>

#include <memory>
#include <string>
#include <vector>

namespace dragoman::csv {

extern const dgm_format headings_format;   // "csv"
extern const dgm_format cablegate_format;  // "cablegate-csv"

// RFC 4180, with a line of column names. [session-thread]
class headings_writer {
public:
  headings_writer(host services, output out);
  void write(const document_view& document);
  void finish();

private:
  void begin();
  void append(std::string& line, std::string_view field, bool is_first) const;
  host host_;
  output output_;
  std::vector<std::string> columns_;
  char delimiter_ = ',';
  bool began_ = false;
};

// A row is read at a time, so memory is bound by the longest one; a bad row costs that row. [session-thread]
class cablegate_reader {
public:
  cablegate_reader(host services, input in);
  ~cablegate_reader();
  cablegate_reader(cablegate_reader&&) noexcept;
  bool next(builder& out);
  static int probe(std::string_view head, bool at_end, std::string_view& reason) noexcept;
  static std::int64_t split(std::string_view head, bool at_end) noexcept;

private:
  struct row;
  bool open_row();
  host host_;
  row_source rows_;
  std::unique_ptr<row> row_;  // whose telegram is being read
};

// [session-thread]
class cablegate_writer {
public:
  cablegate_writer(host services, output out) : host_(services), output_(out) {}
  void write(const document_view& document);
  void finish() {}

private:
  std::string telegram(const document_view& document) const;
  host host_;
  output output_;
  std::uint64_t number_ = 0;  // of the row written last
};

}  // namespace dragoman::csv
