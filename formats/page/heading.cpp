#include <page/heading.hpp>

#include <dragoman/vocabulary.hpp>

namespace dragoman::page {
namespace {

// "classified_by" as "Classified by"; some have a name of the trade.
std::string spoken(std::string_view name) {
  if (name == "date_text") return "Date-time group";
  if (name == "tags") return "TAGS";
  if (name == "refs") return "References";
  std::string out(name.starts_with("x_") ? name.substr(2) : name);
  for (char& c : out)
    if (c == '_') c = ' ';
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out;
}

void add(std::string& line, std::string_view before, std::string_view text, std::string_view after = {}) {
  if (text.empty()) return;
  if (!line.empty()) line += ' ';
  line.append(before).append(text).append(after);
}

// An addressee: "RUEHC SECSTATE WASHDC (INL) PRIORITY 0092", as in a heading.
std::string party(node p) {
  std::string line;
  add(line, "", p["route"].text());
  add(line, "", p["name"].text());
  add(line, "(", p["office"].text(), ")");
  add(line, "", p["precedence"].text());
  add(line, "", p["number"].text());
  return line;
}

std::string reference(node r) {
  std::string line;
  add(line, "", r["label"].text(), ".");
  add(line, "", r["text"].text());
  if (r["id"].text() != r["text"].text()) add(line, "(", r["id"].text(), ")");
  return line;
}

// "text: E.O. 12958: DECL: 12/09/2019; order: E.O. 12958"
std::string members(node map) {
  std::string line;
  for (const node member : map) {
    if (!line.empty()) line += "; ";
    line += std::string(member.name()) + ": " + collapsed_text(member);
  }
  return line;
}

bool is_party(std::string_view name) { return name == "from" || name == "to" || name == "info" || name == "exempt"; }

std::string one(std::string_view field, node value) {
  if (!value.is(node_type::map)) return collapsed_text(value);
  if (is_party(field)) return party(value);
  if (field == "refs") return reference(value);
  return members(value);
}

std::vector<std::string> values_of(node field) {
  std::vector<std::string> out;
  if (!field.is(node_type::list)) return {one(field.name(), field)};
  if (!field.first_child().is(node_type::map)) {  // words: in one line
    std::string line;
    for (const node item : field) line += (line.empty() ? "" : ", ") + collapsed_text(item);
    return {line};
  }
  for (const node item : field) out.push_back(one(field.name(), item));
  return out;
}

}  // namespace

std::vector<heading_row> heading_rows(const document_view& document) {
  std::vector<heading_row> out{{"Id", {std::string(document.id())}}};
  const node meta = document.meta();
  for (const auto& field : vocabulary::meta_fields)
    if (const node value = meta[field.name]; value && field.name != "subject")
      out.push_back({spoken(field.name), values_of(value)});
  for (const node field : meta)
    if (vocabulary::find(vocabulary::meta_fields, field.name()) == nullptr)
      out.push_back({spoken(field.name()), values_of(field)});
  return out;
}

std::string title_of(const document_view& document) {
  auto subject = collapsed_text(document.meta()["subject"]);
  return subject.empty() ? std::string(document.id()) : subject;
}

}  // namespace dragoman::page
