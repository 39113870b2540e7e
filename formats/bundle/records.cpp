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

void add_text(std::string& to, std::string_view text) {
  const auto stands_for_itself = [](char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), stands_for_itself)) to.append("\"").append(text).append("\"");
  else to += json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
}

// The members of a JSON object, which the caller gives in the order of their names.
class members {
public:
  explicit members(std::string& to) : to_(to) { to_ += '{'; }
  void close() { to_ += '}'; }

  std::string& name(std::string_view text) {
    to_.append(is_first_ ? "\"" : ",\"").append(text).append("\":");
    is_first_ = false;
    return to_;
  }
  void null(std::string_view member) { name(member) += "null"; }
  void text(std::string_view member, std::string_view value) { add_text(name(member), value); }
  template <class Number>
  void number(std::string_view member, Number value) {
    name(member) += std::to_string(value);
  }
  void text_or_null(std::string_view member, std::string_view value) {
    if (value.empty()) null(member);
    else text(member, value);
  }
  template <class T>
  void list(std::string_view member, const std::vector<T>& values) {
    name(member) += '[';
    for (const T& value : values) {
      if (&value != &values.front()) to_ += ',';
      add(to_, value);
    }
    to_ += ']';
  }

  static void add(std::string& to, const record_problem& p);
  static void add(std::string& to, const derivative& d);

private:
  std::string& to_;
  bool is_first_ = true;
};

void members::add(std::string& to, const record_problem& p) {
  members out(to);
  out.text("code", p.code);
  if (p.line == 0) out.null("line");
  else out.number("line", p.line);
  out.text("message", p.message);
  if (!p.stage.empty()) {
    if (p.offset < 0) out.null("offset");
    else out.number("offset", p.offset);
    out.text("stage", p.stage);
  }
  out.close();
}

void members::add(std::string& to, const derivative& d) {
  members out(to);
  out.number("bytes", d.bytes);
  out.text("event", d.event);
  out.text("format", d.format);
  out.text("path", d.path);
  out.text_or_null("puid", pronom_of(d.format).key);
  out.text("sha256", d.sha256);
  out.text("writer", d.writer);
  out.close();
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
  std::string line;
  members out(line);
  if (r.original) out.number("bytes", r.bytes);
  else out.null("bytes");
  out.list("derivatives", r.derivatives);
  if (r.error) members::add(out.name("error"), *r.error);
  else out.null("error");
  out.text_or_null("format", r.format);
  if (const json history = r.history.empty() ? json() : bounded_json(r.history); history.is_array())
    out.name("history") += history.dump(-1, ' ', false, json::error_handler_t::replace);
  if (r.id) out.text("id", *r.id);
  else out.null("id");
  if (r.offset) {
    out.number("length", r.length);
    out.number("offset", *r.offset);
  }
  if (r.original) out.text("original", *r.original);
  else out.null("original");
  out.text_or_null("puid", r.error && r.derivatives.empty() && !r.id ? "" : pronom_of(r.format).key);
  out.text_or_null("reader", r.reader);
  out.number("seq", r.seq);
  out.text_or_null("sha256", r.sha256);
  const bool readable = is_utf8(r.source_path);
  if (readable) out.text("source_path", r.source_path);
  const bool renamed = !r.original || *r.original != "data/originals/" + r.source_path;
  if (renamed || !readable) out.text("source_path_hex", hexadecimal(r.source_path));
  out.text("status", r.status());
  out.list("warnings", r.warnings);
  out.close();
  return line;
}

std::optional<record> from_json_line(std::string_view line) { return from_json(bounded_json(line)); }

std::optional<record> from_json(const json& in) {
  if (!in.is_object()) return std::nullopt;
  record r;
  r.seq = number_at<std::uint64_t>(in, "seq", 0);
  if (in.contains("id") && in["id"].is_string()) r.id = in["id"].get<std::string>();
  if (in.contains("original") && in["original"].is_string()) r.original = in["original"].get<std::string>();
  if (!r.original && !r.id && text_at(in, "status").empty()) return std::nullopt;
  r.is_skipped = text_at(in, "status") == "skipped";
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
