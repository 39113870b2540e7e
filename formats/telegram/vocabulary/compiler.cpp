#include "compiler.hpp"

#include <dragoman/text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

namespace dragoman::telegram::terms {
namespace {

// Parts of a meaning, joined by "; ", empty ones left out.
std::string parts(std::initializer_list<std::string> list) {
  std::string out;
  for (const auto& part : list)
    if (!part.empty()) out += (out.empty() ? "" : "; ") + part;
  return out;
}
// "label text" when there is a text.
std::string labelled(std::string_view label, const std::string& text) { return text.empty() ? "" : std::string(label) + text; }
std::string known(const std::string& meaning) { return meaning.empty() ? "meaning not recovered" : meaning; }
std::string listed(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.replace(at, 1, ", ");
  return text;
}

std::string first_cell(const row& r) { return r.cells[0]; }

constexpr column precedence_columns[] = {{"prosign", true}, {"word", true},    {"rank", true, true}, {"state_use", true},
                                         {"aim"},           {"doubled", true}, {"source", true}};
std::string precedence_term(const row& r) { return r.cells[1]; }
std::string precedence_meaning(const row& r) {
  return parts({"prosign " + r.cells[0], labelled("aim: ", r.cells[4]), labelled("used by State: ", r.cells[3])});
}

constexpr column classification_columns[] = {
    {"form", true}, {"name", true}, {"level", true, true}, {"era", true}, {"security_letter", true}, {"note"}, {"source", true}};
std::string classification_meaning(const row& r) {
  return parts(
      {r.cells[1] + ", level " + r.cells[2] + " of 0 to 4", "used " + r.cells[3], "security letter " + r.cells[4], r.cells[5]});
}

constexpr column caption_columns[] = {{"caption", true}, {"kind", true}, {"expansion"}, {"note"}, {"combines"}, {"source", true}};
std::string caption_meaning(const row& r) { return parts({r.cells[1], r.cells[2], r.cells[3]}); }

constexpr column portion_columns[] = {{"mark", true},         {"level"}, {"controls"},
                                      {"count", false, true}, {"note"},  {"source", true}};
std::string portion_meaning(const row& r) {
  return parts({r.cells[1] + (r.cells[1].empty() || r.cells[2].empty() ? "" : ", ") + r.cells[2], r.cells[4]});
}

constexpr column order_columns[] = {{"number", true},  {"signed_on", true}, {"effective_on", true},
                                    {"superseded_by"}, {"line_form", true}, {"duration_codes"},
                                    {"reason_form"},   {"president", true}, {"source", true}};
std::string order_term(const row& r) { return "E.O. " + r.cells[0]; }
std::string order_meaning(const row& r) {
  return parts({"signed " + r.cells[1] + " (" + r.cells[7] + ")", "in force from " + r.cells[2],
                labelled("replaced by ", r.cells[3]), "on the line: " + r.cells[4], labelled("codes: ", listed(r.cells[5])),
                labelled("reasons: ", r.cells[6])});
}

constexpr column coded_columns[] = {{"code", true}, {"order", true}, {"meaning", true}, {"source", true}};
std::string coded_meaning(const row& r) {
  return r.cells[2] + (r.cells[1] == "any" ? " (any order)" : " (E.O. " + r.cells[1] + ")");
}
constexpr column reason_columns[] = {{"reason", true}, {"order", true}, {"meaning", true}, {"source", true}};

constexpr column subject_columns[] = {{"code", true},        {"meaning"},         {"field", true}, {"eras", true},
                                      {"retention_1973_79"}, {"meaning_1973_79"}, {"note"},        {"source", true}};
std::string subject_meaning(const row& r) {
  const auto& title = r.cells[1].empty() ? r.cells[5] : r.cells[1];
  return parts({known(title), r.cells[2], "used " + listed(r.cells[3]),
                r.cells[1].empty() ? "" : labelled("in 1973-79: ", r.cells[5]), labelled("kept 1973-79: ", r.cells[4])});
}

constexpr column geographic_columns[] = {{"code", true}, {"era", true},          {"meaning", true},
                                         {"kind", true}, {"count", false, true}, {"source", true}};
std::string geographic_meaning(const row& r) {
  return parts({r.cells[2], r.cells[3] + (r.cells[1] == "any" ? "" : " of " + r.cells[1])});
}

constexpr column tag_columns[] = {{"code", true}, {"meaning"}, {"source", true}};
std::string tag_meaning(const row& r) { return known(r.cells[1]); }

constexpr column prosign_columns[] = {{"prosign", true}, {"meaning"}, {"format_lines"}, {"source", true}};
std::string prosign_meaning(const row& r) {
  const bool is_number = !r.cells[2].empty() && r.cells[2][0] >= '0' && r.cells[2][0] <= '9';
  return parts({known(r.cells[1]), labelled(is_number ? "format line " : "", r.cells[2])});
}

constexpr column signal_columns[] = {
    {"signal", true}, {"meaning", true}, {"format_lines"}, {"certainty", true}, {"source", true}};
std::string signal_meaning(const row& r) {
  return parts({r.cells[1], labelled("seen in ", r.cells[2]), "meaning " + r.cells[3]});
}

constexpr column attribute_columns[] = {{"key", true}, {"type", true}, {"example"}, {"note"}, {"source", true}};
std::string attribute_meaning(const row& r) { return parts({r.cells[1], labelled("such as ", r.cells[2]), r.cells[3]}); }

constexpr column post_columns[] = {
    {"indicator", true}, {"plad_acp117"}, {"plad_observed"}, {"addressee_count", false, true}, {"originator_count", false, true},
    {"station"},         {"kind", true},  {"source", true}};
std::string post_meaning(const row& r) {
  const bool same_name = r.cells[1] == r.cells[2];
  return parts({r.cells[1].empty() ? "" : r.cells[1],
                same_name ? "" : labelled(r.cells[1].empty() ? "" : "in telegrams ", r.cells[2]),
                r.cells[1].empty() && r.cells[2].empty() ? "name not recovered" : "", labelled("station ", r.cells[5]),
                r.cells[6] == "other" ? "" : r.cells[6]});
}

constexpr column station_columns[] = {{"name", true},  {"line_form", true}, {"nara_code", true},    {"running_header", true},
                                      {"plad"},        {"indicator"},       {"count", false, true}, {"aliases"},
                                      {"source", true}};
std::string station_meaning(const row& r) {
  return parts({r.cells[4].empty() ? r.cells[1] : r.cells[4], labelled("routing indicator ", r.cells[5]),
                "NARA code " + r.cells[2], "running header " + r.cells[3], labelled("also ", listed(r.cells[7]))});
}

constexpr schema all_schemas[] = {
    {"precedences", "precedence", precedence_columns, 2, "precedence", precedence_term, precedence_meaning},
    {"classifications", "classification", classification_columns, 1, "classification", first_cell, classification_meaning},
    {"captions", "caption", caption_columns, 1, "caption", first_cell, caption_meaning},
    {"portion_marks", "portion_mark", portion_columns, 1, "portion mark", first_cell, portion_meaning},
    {"executive_orders", "executive_order", order_columns, 1, "executive order", order_term, order_meaning},
    {"exemptions", "exemption", coded_columns, 2, "exemption", first_cell, coded_meaning},
    {"reasons", "reason", reason_columns, 1, "classification reason", first_cell, coded_meaning},
    {"tags_subject", "subject_tag", subject_columns, 1, "subject tag", first_cell, subject_meaning},
    {"tags_geographic", "geographic_tag", geographic_columns, 2, "geographic tag", first_cell, geographic_meaning},
    {"tags_program", "program_tag", tag_columns, 1, "program tag", first_cell, tag_meaning},
    {"tags_organization", "organization_tag", tag_columns, 1, "organization tag", first_cell, tag_meaning},
    {"stations", "station", station_columns, 1, "station", first_cell, station_meaning},
    {"routing_posts", "routing_post", post_columns, 1, "routing indicator", first_cell, post_meaning},
    {"prosigns", "prosign", prosign_columns, 1, "prosign", first_cell, prosign_meaning},
    {"operating_signals", "operating_signal", signal_columns, 1, "operating signal", first_cell, signal_meaning},
    {"nara_attributes", "nara_attribute", attribute_columns, 1, "NARA attribute", first_cell, attribute_meaning},
};
constexpr std::size_t station_name = 0, station_line_form = 1, station_code = 2, station_header = 3, station_aliases = 7,
                      station_source = 8;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Letters and digits only, as capitals: how names of stations are compared (telegram.md 2.4).
std::string compact(std::string_view text) {
  std::string out;
  for (const char c : folded(text))
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) out += c;
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0;;) {
    const auto end = text.find(separator, at);
    out.push_back(text.substr(at, end == std::string_view::npos ? end : end - at));
    if (end == std::string_view::npos) return out;
    at = end + 1;
  }
}

std::vector<std::string> key_of(const schema& what, const row& r) {
  std::vector<std::string> key;
  for (std::size_t i = 0; i < what.keys; ++i) key.push_back(folded(r.cells[i]));
  return key;
}

void check_cell(const column& c, std::string_view cell, const std::string& path, std::size_t line) {
  const auto refuse = [&](const std::string& why) { throw bad_table(path, line, std::string(c.name) + " " + why); };
  if (cell.empty() && c.is_required) refuse("is empty");
  if (!cell.empty() && (cell.front() == ' ' || cell.back() == ' ')) refuse("\"" + std::string(cell) + "\" has blanks around it");
  if (find_bad_text(cell) != npos || cell.find('\r') != std::string_view::npos) refuse("is not text");
  const bool digits = std::all_of(cell.begin(), cell.end(), [](char d) { return d >= '0' && d <= '9'; });
  if (c.is_number && (!digits || cell.size() > 9)) refuse("\"" + std::string(cell) + "\" is not a number");
}

// All texts of the tables, each once, each with a NUL behind it.
class text_pool {
  std::map<std::string, std::size_t, std::less<>> places_;
  std::string source_;
  std::size_t size_ = 0;

public:
  std::size_t add(std::string_view text) {
    if (const auto found = places_.find(text); found != places_.end()) return found->second;
    const auto at = size_;
    places_.emplace(text, at);
    source_ += "    \"";
    for (const char c : text) {
      const auto octet = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        source_ += '\\';
        source_ += c;
      } else if (octet < 0x20 || octet >= 0x7f) {
        source_ += '\\';
        for (const int shift : {6, 3, 0}) source_ += static_cast<char>('0' + ((octet >> shift) & 7));
      } else {
        source_ += c;
      }
    }
    source_ += "\\0\"\n";
    size_ += text.size() + 1;
    return at;
  }
  std::string cell(std::string_view text) { return "{" + std::to_string(add(text)) + ", " + std::to_string(text.size()) + "}"; }
  std::string pointer(std::string_view text) { return "&detail::text[" + std::to_string(add(text)) + "]"; }
  const std::string& source() const { return source_; }
};

// The first eight octets of a key as a number that orders as they do.
std::string prefix_of(std::string_view key) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0u);
  return std::to_string(number) + "u";
}

// Keys in order with the prefixes by which they are searched: key_index of vocabulary.hpp.
std::string index_of(const std::string& name, const std::vector<std::string>& keys, text_pool& pool) {
  std::string prefixes, cells;
  for (const auto& key : keys) {
    prefixes += prefix_of(key) + ", ";
    cells += pool.cell(key) + ", ";
  }
  return "constexpr std::uint64_t " + name + "_prefixes[] = {" + prefixes + "};\nconstexpr cell " + name + "_keys[] = {" + cells +
         "};\nconstexpr auto " + name + "_places = places_of_first_octets(" + name + "_prefixes);\n";
}
std::string index_value(const std::string& name) {
  return "{" + name + "_prefixes, " + name + "_keys, std::size(" + name + "_keys), &" + name + "_places}";
}

std::string rows_of(const table& t, text_pool& pool) {
  std::string out = "constexpr " + std::string(t.what->type) + " " + std::string(t.what->file) + "_rows[] = {\n";
  for (const auto& r : t.rows) {
    out += "    {";
    for (std::size_t i = 0; i < r.cells.size(); ++i) {
      const auto& c = t.what->columns[i];
      out += "." + std::string(c.name) + " = ";
      out += c.is_number ? (r.cells[i].empty() ? "0" : std::to_string(std::stoul(r.cells[i]))) : pool.cell(r.cells[i]);
      out += ", ";
    }
    out += "},\n";
  }
  return out + "};\n";
}

// Keys of stations beside their names, in order: the row and whether the key is an alias.
struct station_key {
  std::string key;
  std::size_t row = 0;
  bool is_alias = false;
};

// Names, forms on the line and aliases. A station's own name wins over an alias; of two stations an alias is refused.
std::vector<station_key> station_names(const table& t, const std::string& folder) {
  std::map<std::string, station_key> names;
  for (const bool is_alias : {false, true})
    for (std::size_t i = 0; i < t.rows.size(); ++i) {
      const auto& r = t.rows[i];
      std::vector<std::string_view> forms{r.cells[station_name], r.cells[station_line_form]};
      if (is_alias) forms = split(r.cells[station_aliases], '|');
      for (const auto form : forms) {
        const auto key = compact(form);
        if (key.empty()) continue;
        const auto [old, is_new] = names.insert({key, {key, i, is_alias}});
        if (!is_new && old->second.row != i && old->second.is_alias == is_alias)
          throw bad_table(folder + "/stations.tsv", r.line,
                          "\"" + std::string(form) + "\" is " + t.rows[old->second.row].cells[station_name] + " already");
      }
    }
  std::vector<station_key> out;
  for (auto& [key, value] : names) out.push_back(value);
  return out;
}

std::vector<station_key> station_column(const table& t, std::size_t column_number) {
  std::vector<station_key> out;
  for (std::size_t i = 0; i < t.rows.size(); ++i) out.push_back({compact(t.rows[i].cells[column_number]), i, false});
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return out;
}

std::string station_index(const std::string& name, const std::vector<station_key>& list, text_pool& pool) {
  std::vector<std::string> keys;
  std::string rows, aliases;
  for (const auto& k : list) {
    keys.push_back(k.key);
    rows += std::to_string(k.row) + ", ";
    aliases += k.is_alias ? "true, " : "false, ";
  }
  auto out = index_of(name, keys, pool) + "constexpr std::uint16_t " + name + "_rows[] = {" + rows + "};\n";
  if (name == "station_names") out += "constexpr bool station_names_are_aliases[] = {" + aliases + "};\n";
  return out;
}

std::string terms_of(std::span<const table> tables, text_pool& pool, std::size_t& count) {
  std::string out;
  const auto add = [&](std::string_view term, std::string_view kind, std::string_view meaning, std::string_view source) {
    out += "    {" + pool.pointer(term) + ", " + pool.pointer(kind) + ", " + pool.pointer(meaning) + ", " + pool.pointer(source) +
           "},\n";
    ++count;
  };
  for (const auto& t : tables) {
    for (const auto& r : t.rows) add(t.what->term(r), t.what->kind, t.what->meaning(r), r.cells.back());
    if (t.what->file != "stations") continue;
    for (const auto& r : t.rows)
      for (const auto alias : split(r.cells[station_aliases], '|'))
        if (!alias.empty())
          add(alias, "station alias", "a form or misspelling of " + r.cells[station_name], r.cells[station_source]);
  }
  return out;
}

}  // namespace

bad_table::bad_table(std::string_view path, std::size_t line, const std::string& reason)
    : std::runtime_error(std::string(path) + ":" + std::to_string(line) + ": error: " + reason) {}

std::span<const schema> schemas() noexcept { return all_schemas; }

std::string folded(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), upper);
  return out;
}

table read_table(const schema& what, std::string_view content, const std::string& path) {
  table t{&what, {}};
  if (content.empty()) throw bad_table(path, 1, "the table is empty");
  auto lines = split(content, '\n');
  if (!lines.back().empty()) throw bad_table(path, lines.size(), "the last line does not end");
  lines.pop_back();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto cells = split(lines[i], '\t');
    if (cells.size() != what.columns.size())
      throw bad_table(path, i + 1, std::to_string(cells.size()) + " columns, not " + std::to_string(what.columns.size()));
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const auto& wanted = what.columns[c];
      if (i != 0) check_cell(wanted, cells[c], path, i + 1);
      else if (cells[c] != wanted.name)
        throw bad_table(path, 1,
                        "column " + std::to_string(c + 1) + " is \"" + std::string(cells[c]) + "\", not \"" +
                            std::string(wanted.name) + "\"");
    }
    if (i == 0) continue;
    t.rows.push_back({i + 1, {cells.begin(), cells.end()}});
    if (t.rows.size() < 2) continue;
    const auto before = key_of(what, t.rows[t.rows.size() - 2]), now = key_of(what, t.rows.back());
    if (now == before) throw bad_table(path, i + 1, "\"" + std::string(cells[0]) + "\" stands twice");
    if (now < before)
      throw bad_table(path, i + 1, "\"" + std::string(cells[0]) + "\" is not in order: it belongs above the line before");
  }
  if (t.rows.empty()) throw bad_table(path, 1, "the table has no rows");
  return t;
}

compiled compile(std::span<const table> tables, const std::string& folder) {
  text_pool pool;
  std::string body, tail;
  for (const auto& t : tables) {
    const std::string name(t.what->file);
    std::vector<std::string> keys;
    for (const auto& r : t.rows) keys.push_back(folded(r.cells[0]));
    body += rows_of(t, pool) + index_of(name, keys, pool);
    tail +=
        "constinit const table<" + std::string(t.what->type) + "> " + name + "{" + name + "_rows, " + index_value(name) + "};\n";
    if (name != "stations") continue;
    body += station_index("station_names", station_names(t, folder), pool);
    body += station_index("station_codes", station_column(t, station_code), pool);
    body += station_index("station_headers", station_column(t, station_header), pool);
    tail +=
        "namespace detail {\n"
        "constinit const station_index names{" +
        index_value("station_names") +
        ", station_names_rows, station_names_are_aliases};\n"
        "constinit const station_index codes{" +
        index_value("station_codes") +
        ", station_codes_rows, nullptr};\n"
        "constinit const station_index headers{" +
        index_value("station_headers") +
        ", station_headers_rows, nullptr};\n"
        "}\n";
  }
  std::size_t count = 0;
  const auto terms = terms_of(tables, pool, count);
  const std::string made = "// Made by vocabulary_compiler of formats/telegram/vocabulary/*.tsv. Do not edit.\n";
  const std::string begin = "namespace dragoman::telegram::terms {\n", end = "}  // namespace dragoman::telegram::terms\n";
  const std::string explained = "explained[" + std::to_string(count) + "]";
  return {
      made +
          "#include <telegram/vocabulary.hpp>\n\n#include <cstdint>\n#include <iterator>\n\n#include \"vocabulary_terms.hpp\"\n\n"
          "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n" +
          begin + "namespace detail {\nconstinit const char text[] =\n" + pool.source() + "    ;\n}\nnamespace {\n" + body +
          "}\n\n" + tail + "constinit const dgm_term " + explained + " = {\n" + terms + "};\n" + end,
      made + "#pragma once\n#include <dragoman/plugin.h>\n\n" + begin +
          "// Every row of every table for `dragoman explain`, and every alias of a station.\nextern const dgm_term " +
          explained + ";\n" + end};
}

}  // namespace dragoman::telegram::terms
