#include "records.hpp"

#include "bounded_json.hpp"
#include "names.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/text.hpp>

#include <algorithm>
#include <array>

namespace dragoman::bundle {
namespace {

using json = nlohmann::json;

struct known_format {
  std::string_view id;
  pronom_format pronom;
};
// DROID signature file V118 (bundles.md 10). Only formats that we read or wrote are stated.
constexpr std::array<known_format, 6> known_formats{{
    {"telegram", {"x-fmt/111", "Plain Text File"}},
    {"tei", {"fmt/1476", "TEI P5 - Single Text File"}},
    {"json", {"fmt/817", "JSON Data Interchange Format"}},
    {"bundle", {"x-fmt/263", "ZIP Format"}},
    {"csv", {"x-fmt/18", "Comma Separated Values"}},
    {"html", {"fmt/471", "Hypertext Markup Language"}},
}};

json text_or_null(std::string_view text) { return text.empty() ? json() : json(std::string(text)); }
json line_or_null(std::uint32_t line) { return line == 0 ? json() : json(line); }

json to_json(const record_problem& p) {
  json out{{"code", p.code}, {"line", line_or_null(p.line)}, {"message", p.message}};
  if (p.stage.empty()) return out;
  out["stage"] = p.stage;
  out["offset"] = p.offset < 0 ? json() : json(p.offset);
  return out;
}

json to_json(const derivative& d) {
  return {{"bytes", d.bytes},
          {"event", d.event},
          {"format", d.format},
          {"path", d.path},
          {"puid", text_or_null(pronom_of(d.format).key)},
          {"sha256", d.sha256},
          {"writer", d.writer}};
}

std::string text_at(const json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}
template <class Number>
Number number_at(const json& object, const char* name, Number otherwise) {
  const auto it = object.find(name);
  return it != object.end() && it->is_number_integer() ? it->get<Number>() : otherwise;
}

record_problem problem_from(const json& object) {
  return {text_at(object, "stage"), text_at(object, "code"), text_at(object, "message"),
          number_at<std::uint32_t>(object, "line", 0), number_at<std::int64_t>(object, "offset", -1)};
}

// The octets of lower-case hexadecimal digits; empty when it is none.
std::string from_hexadecimal(std::string_view hex) {
  std::string out;
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return {};
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace

pronom_format pronom_of(std::string_view format) {
  const auto it = std::find_if(known_formats.begin(), known_formats.end(), [&](const auto& f) { return f.id == format; });
  return it == known_formats.end() ? pronom_format{} : it->pronom;
}
pronom_format pronom_by_key(std::string_view key) {
  const auto it = std::find_if(known_formats.begin(), known_formats.end(), [&](const auto& f) { return f.pronom.key == key; });
  return it == known_formats.end() ? pronom_format{} : it->pronom;
}

std::string to_json_line(const record& r) {
  json out{{"seq", r.seq},
           {"id", r.id ? json(*r.id) : json()},
           {"original", r.original ? json(*r.original) : json()},
           {"bytes", r.original ? json(r.bytes) : json()},
           {"sha256", text_or_null(r.sha256)},
           {"format", text_or_null(r.format)},
           {"puid", text_or_null(r.error && r.derivatives.empty() && !r.id ? "" : pronom_of(r.format).key)},
           {"reader", text_or_null(r.reader)},
           {"status", r.status()},
           {"error", r.error ? to_json(*r.error) : json()},
           {"warnings", json::array()},
           {"derivatives", json::array()}};
  const bool readable = is_utf8(r.source_path);
  if (readable) out["source_path"] = r.source_path;
  const bool renamed = !r.original || *r.original != "data/originals/" + r.source_path;
  if (renamed || !readable) out["source_path_hex"] = hexadecimal(r.source_path);
  if (r.offset) {
    out["offset"] = *r.offset;
    out["length"] = r.length;
  }
  if (json history = bounded_json(r.history); history.is_array()) out["history"] = std::move(history);
  for (const auto& w : r.warnings) out["warnings"].push_back(to_json(w));
  for (const auto& d : r.derivatives) out["derivatives"].push_back(to_json(d));
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<record> from_json_line(std::string_view line) {
  const json in = bounded_json(line);
  if (!in.is_object()) return std::nullopt;
  record r;
  r.seq = number_at<std::uint64_t>(in, "seq", 0);
  if (in.contains("id") && in["id"].is_string()) r.id = in["id"].get<std::string>();
  if (in.contains("original") && in["original"].is_string()) r.original = in["original"].get<std::string>();
  if (!r.original && !r.id && text_at(in, "status").empty()) return std::nullopt;
  r.sha256 = text_at(in, "sha256");
  r.bytes = number_at<std::uint64_t>(in, "bytes", 0);
  if (in.contains("offset") && in["offset"].is_number_unsigned()) r.offset = in["offset"].get<std::uint64_t>();
  r.length = number_at<std::uint64_t>(in, "length", 0);
  const std::string hex = text_at(in, "source_path_hex");
  r.source_path = hex.empty() ? text_at(in, "source_path") : from_hexadecimal(hex);
  r.format = text_at(in, "format");
  r.reader = text_at(in, "reader");
  if (in.contains("history") && in["history"].is_array())
    r.history = in["history"].dump(-1, ' ', false, json::error_handler_t::replace);
  if (in.contains("error") && in["error"].is_object()) r.error = problem_from(in["error"]);
  if (in.contains("warnings") && in["warnings"].is_array())
    for (const auto& w : in["warnings"]) r.warnings.push_back(problem_from(w));
  if (in.contains("derivatives") && in["derivatives"].is_array())
    for (const auto& d : in["derivatives"])
      r.derivatives.push_back({text_at(d, "path"), text_at(d, "format"), text_at(d, "writer"), text_at(d, "sha256"),
                               text_at(d, "event"), number_at<std::uint64_t>(d, "bytes", 0)});
  return r;
}

std::string to_failures_line(const record& r) {
  if (!r.error) return {};
  const std::string original = r.original ? *r.original : r.source_path;
  return std::to_string(r.seq) + ',' + csv_field(original) + ',' + csv_field(r.error->stage) + ',' + csv_field(r.error->code) +
         ',' + (r.error->line ? std::to_string(r.error->line) : std::string()) + ',' + csv_field(r.error->message) + "\r\n";
}

}  // namespace dragoman::bundle
