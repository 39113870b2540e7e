#include <csv/columns.hpp>
#include <csv/csv.hpp>

namespace dragoman::csv {

headings_writer::headings_writer(host services, output out)
    : host_(services), output_(out), columns_(columns_of(services.option("columns"))) {
  const auto delimiter = host_.option("delimiter");
  delimiter_ = delimiter == "tab" ? '\t' : delimiter == "semicolon" ? ';' : ',';
}

// A field is quoted when it must be.
void headings_writer::append(std::string& line, std::string_view field, bool is_first) const {
  if (!is_first) line += delimiter_;
  const bool plain = field.find_first_of("\"\r\n") == npos && field.find(delimiter_) == npos && trim(field) == field;
  if (plain) line += field;
  else append_quoted(line, field);
}

void headings_writer::begin() {
  if (began_) return;
  began_ = true;
  std::string line = host_.flag("byte-order-mark") ? "\xEF\xBB\xBF" : "";
  for (const auto& column : columns_) append(line, column, &column == &columns_.front());
  output_.write(line + "\r\n");
}

void headings_writer::write(const document_view& document) {
  if (!began_)
    host_.loss("csv.loss.text",
               "the table holds " + std::to_string(columns_.size()) + " columns of the heading of each document");
  begin();
  const auto separator = host_.option("separator");
  std::string line;
  for (const auto& column : columns_) {
    auto value = cell(document, column, separator);
    // A spreadsheet would run what begins like a formula.
    if (host_.flag("text-only") && !value.empty() && std::string_view("=+-@\t\r").find(value.front()) != npos)
      value.insert(0, 1, '\'');
    append(line, value, &column == &columns_.front());
  }
  output_.write(line + "\r\n");
}

void headings_writer::finish() { begin(); }

}  // namespace dragoman::csv
