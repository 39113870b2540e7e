#include "reports/record.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/node.hpp>

#include <nlohmann/json.hpp>

namespace dragoman::hosting {
namespace {

using nlohmann::json;

level level_of(std::string_view name) {
  for (const level l : {level::note, level::warning, level::loss, level::error})
    if (name == name_of(l)) return l;
  throw std::runtime_error("no severity");
}

bool is_plain(std::string_view text) {
  return find_bad_text(text) == std::string_view::npos && text.find_first_of("\\\n\r\t\x7F") == std::string_view::npos;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  throw std::runtime_error("no octet");
}

json to_value(const problem_record& p) {
  json out{{"stage", p.stage}, {"code", p.what.code}, {"text", p.what.text}};
  if (p.what.line != 0) out["line"] = p.what.line;
  if (p.what.column != 0) out["column"] = p.what.column;
  if (p.what.offset >= 0) out["offset"] = p.what.offset;
  return out;
}

problem_record problem_of(const json& v) {
  problem_record p;
  p.stage = v.at("stage");
  p.what.code = v.at("code");
  p.what.text = v.at("text");
  p.what.line = v.value("line", 0u);
  p.what.column = v.value("column", 0u);
  p.what.offset = v.value("offset", std::int64_t{-1});
  return p;
}

}  // namespace

std::string escaped(std::string_view path) {
  if (is_plain(path)) return std::string(path);
  std::string out;
  for (const char c : path) {
    if (c >= ' ' && c < '\x7F' && c != '\\') out += c;
    else out += "\\x" + hexadecimal({&c, 1});
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (i + 3 >= text.size() || text[i + 1] != 'x') throw std::runtime_error("no octet");
    out += static_cast<char>(digit_of(text[i + 2]) * 16 + digit_of(text[i + 3]));
    i += 3;
  }
  return out;
}

std::string_view input_record::status() const {
  if (failed > 0) return "failed";
  if (converted == 0) return "skipped";
  for (const auto& [code, of_code] : codes)
    if (of_code.severity != level::note) return "warning";
  return "ok";
}

std::string to_json(const input_record& r, std::uint64_t seq) {
  json out{{"id", escaped(r.id)}, {"source", escaped(r.source)}, {"status", r.status()},
           {"bytes", r.bytes},    {"documents", r.converted},    {"failed", r.failed}};
  if (seq != 0) out["seq"] = seq;
  if (!r.sha256.empty()) out["sha256"] = r.sha256;
  if (!r.format.empty()) out["format"] = r.format;
  if (!r.reader.empty()) out["reader"] = r.reader;
  json& codes = out["codes"] = json::object();
  for (const auto& [code, told] : r.codes) codes[code] = {{"severity", name_of(told.severity)}, {"count", told.count}};
  json& problems = out["problems"] = json::array();
  for (const auto& p : r.problems) problems.push_back(to_value(p));
  json& outputs = out["outputs"] = json::array();
  for (const auto& o : r.outputs) outputs.push_back({{"path", escaped(o.path)}, {"bytes", o.bytes}, {"sha256", o.sha256}});
  if (!r.facets.empty()) out["facets"] = r.facets;
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

input_record record_of(std::string_view text) {
  const json v = json::parse(text);
  input_record r;
  r.id = unescaped(v.at("id").get<std::string>());
  r.source = unescaped(v.at("source").get<std::string>());
  r.bytes = v.at("bytes");
  r.sha256 = v.value("sha256", "");
  r.format = v.value("format", "");
  r.reader = v.value("reader", "");
  r.converted = v.at("documents");
  r.failed = v.at("failed");
  for (const auto& [code, told] : v.at("codes").items())
    r.codes[code] = {level_of(told.at("severity").get<std::string>()), told.at("count")};
  for (const auto& p : v.at("problems")) r.problems.push_back(problem_of(p));
  for (const auto& o : v.at("outputs"))
    r.outputs.push_back({unescaped(o.at("path").get<std::string>()), o.at("bytes"), o.at("sha256")});
  if (v.contains("facets")) r.facets = v.at("facets").get<decltype(r.facets)>();
  return r;
}

void count_facets(input_record& r, node document) {
  const node meta = document["meta"];
  const auto count = [&](const char* facet, std::string_view value) {
    ++r.facets[facet][value.empty() ? "unknown" : std::string(value)];
  };
  count("year", meta["date"].text().substr(0, 4));
  count("classification", meta["classification"].text());
  count("from", meta["from"]["name"].text());
}

}  // namespace dragoman::hosting
