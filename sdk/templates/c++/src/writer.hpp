// Writes record jars, one record a document.
#pragma once
#include <dragoman/plugin.hpp>

class writer {
public:
  writer(dragoman::host host, dragoman::output output) : host_(host), output_(output) {}

  void write(const dragoman::document_view& document) {
    const auto source = document.source(), meta = document.meta();
    if (document.pristine() && source["media_type"].text() == "text/x-@NAME@") return put(source["octets"].text());  // the original
    std::string record = "%%\n" + field("id", document.id()) + field("subject", meta["subject"].text()) +
                         field("date", meta["date_text"].text()) + field("from", meta["from"]["name"].text());
    for (auto party : meta["to"]) record += field("to", party["name"].text());
    for (auto line : meta["x_@NAME@"]) record += field("", line.text());
    for (auto part : document.body()) {
      const auto text = dragoman::one_line(dragoman::plain_text(part));
      if (text.empty() || text == "%%") host_.loss("@NAME@.loss", "a paragraph that is empty or a mark");
      else record += "\n" + text + "\n";
    }
    static constexpr const char* written[] = {"id", "meta/subject", "meta/date_text", "meta/from/name", "meta/to/name", "meta/x_@NAME@", "p", nullptr};
    dragoman::report_unwritten(host_, document, "@NAME@.loss", written);
    put(record);
  }
  void finish() {}

private:
  std::string field(std::string_view name, std::string_view value) const {
    const auto text = dragoman::one_line(value);
    if (text != value) host_.loss("@NAME@.loss", "line breaks and repeated blanks in " + std::string(name));
    return text.empty() ? "" : std::string(name) + (name.empty() ? "" : ": ") + text + "\n";
  }
  void put(std::string_view record) {
    output_.write(std::exchange(ends_line_, record.ends_with('\n')) ? "" : "\n");
    output_.write(record);
  }
  dragoman::host host_;
  dragoman::output output_;
  bool ends_line_ = true;
};
