#include <csv/columns.hpp>

#include <dragoman/vocabulary.hpp>

#include <algorithm>

namespace dragoman::csv {
namespace {

constexpr std::string_view usual =
    "id,date,from.name,to.name,info.name,precedence,classification,captions,tags,subject,refs.id,signature";

// Words of the text, as a person counts them.
std::size_t count_words(node body) {
  std::size_t count = 0;
  for (const node top : body) {
    bool inside = false;
    for (const char c : plain_text(top)) {
      count += !inside && !is_space(c);
      inside = !is_space(c);
    }
  }
  return count;
}

}  // namespace

std::vector<std::string> all_columns() {
  std::vector<std::string> out{"id", "kind"};
  for (const auto& field : vocabulary::meta_fields) {
    if (field.members.empty()) out.emplace_back(field.name);
    for (const auto& member : field.members) out.push_back(std::string(field.name) + "." + std::string(member.name));
  }
  out.insert(out.end(), {"words", "input"});
  return out;
}

std::vector<std::string> columns_of(std::string_view option) {
  const auto known = all_columns();
  if (option == "all") return known;
  if (option == "usual") option = usual;
  std::vector<std::string> out;
  while (!option.empty()) {
    const auto end = std::min(option.find(','), option.size());
    const auto name = trim(option.substr(0, end));
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw unusable("csv.column", "there is no column \"" + std::string(name) + "\"");
    out.emplace_back(name);
    option.remove_prefix(std::min(end + 1, option.size()));
  }
  if (out.empty()) throw unusable("csv.column", "a table needs a column");
  return out;
}

std::string cell(const document_view& document, std::string_view column, std::string_view separator) {
  if (column == "id") return std::string(document.id());
  if (column == "kind") return std::string(document.kind());
  if (column == "words") return std::to_string(count_words(document.body()));
  if (column == "input") return document.origin() ? std::string(view(document.origin()->name)) : std::string();
  const auto dot = std::min(column.find('.'), column.size());
  const node field = document.meta()[column.substr(0, dot)];
  const auto member = column.substr(std::min(dot + 1, column.size()));
  const auto value_of = [&](node of) { return member.empty() ? of.text() : of[member].text(); };
  if (!field.is(node_type::list)) return std::string(value_of(field));
  std::string out;
  bool has_value = false;
  for (const node item : field) {
    if (item != field.first_child()) out += separator;
    out += value_of(item);
    has_value |= !value_of(item).empty();
  }
  return has_value ? out : std::string();
}

}  // namespace dragoman::csv
