// Reads record jars: each record is a line "%%", lines "name: value", and paragraphs behind a blank line.
#pragma once
#include <dragoman/plugin.hpp>

class reader {
public:
  reader(dragoman::host host, dragoman::input input) : host_(host), all_(input.all(storage_, 1 << 28)), rest_(all_) {}

  // Tells the next record; false when there is none left.
  bool next(dragoman::builder& document) {
    host_.check_cancelled();
    if (rest_.empty()) return false;
    const auto record = rest_.substr(0, static_cast<std::size_t>(split(rest_, true)));
    const dragoman::place where{record.data() - all_.data(), static_cast<std::int64_t>(record.size())};
    rest_.remove_prefix(record.size());  // whatever is wrong with it, the next one may be fine
    if (!record.starts_with("%%\n")) throw dragoman::unusable("@NAME@.no-mark", "a record begins with a line %%", where);
    if (dragoman::find_bad_text(record) != dragoman::npos) throw dragoman::unusable("@NAME@.not-text", "it is not UTF-8", where);
    tell(document, record, where);
    return true;
  }

  // Where the first record ends, so that the host can read records in parallel.
  static std::int64_t split(std::string_view head, bool at_end) noexcept {
    const auto end = head.find("\n%%\n");
    return static_cast<std::int64_t>(end != head.npos ? end + 1 : at_end ? head.size() : 0);
  }

private:
  static void tell(dragoman::builder& document, std::string_view record, dragoman::place where) {
    std::string_view id, subject, date, from, rest = record.substr(3);
    std::vector<std::string_view> to, others;
    for (std::string_view line; !(line = dragoman::take_until(rest, "\n")).empty();) {
      const auto colon = line.find(": ");
      const auto name = line.substr(0, colon), value = colon == line.npos ? "" : line.substr(colon + 2);
      auto* field = name == "id" ? &id : name == "subject" ? &subject : name == "date" ? &date : name == "from" ? &from : nullptr;
      if (name == "to" && !value.empty()) to.push_back(value);
      else if (field != nullptr && field->empty() && !value.empty()) *field = value;
      else others.push_back(line);  // not understood, or once too often: kept as it stands
    }
    if (id.empty()) throw dragoman::unusable("@NAME@.no-id", "the record has no id", where);
    document.map("document").map("source").octets("octets", record).value("media_type", "text/x-@NAME@").value("charset", "utf-8").close();
    document.value("id", id).value("kind", "cable").map("meta").optional("subject", subject).optional("date_text", date);
    if (!from.empty()) document.map("from").value("name", from).close();
    if (!to.empty()) document.list("to");
    for (const auto name : to) document.map().value("name", name).close();
    if (!to.empty()) document.close();
    if (!others.empty()) document.list("x_@NAME@");
    for (const auto line : others) document.value({}, line);
    if (!others.empty()) document.close();
    document.close().list("body");
    while (!rest.empty())
      if (auto text = dragoman::take_until(rest, "\n\n"); text != "" && text != "\n") document.element("p").text(text.substr(0, text.find_last_not_of('\n') + 1)).close();
    document.close().close();
  }

  dragoman::host host_;
  std::string storage_;
  std::string_view all_, rest_;
};
