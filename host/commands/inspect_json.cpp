// dragoman inspect --json
#include "inspect.hpp"

#include "../outline.hpp"
#include "../strings.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace dragoman::hosting {
namespace {

using nlohmann::ordered_json;

void add_place(ordered_json& to, const source_lines& lines, const source_place& place) {
  if (!place.known) return;
  if (const auto at = lines.locate(place.begin); at.line != 0) to["line"] = at.line;
  to["begin"] = place.begin;
  to["end"] = place.end;
}

ordered_json as_json(const finding& f) {
  ordered_json out{{"severity", name_of(f.severity)}, {"code", f.code}, {"text", f.text}};
  if (f.line != 0) out["line"] = f.line;
  if (f.column != 0) out["column"] = f.column;
  if (f.offset >= 0) out["offset"] = f.offset;
  if (f.length > 0) out["length"] = f.length;
  return out;
}

ordered_json as_json(const std::vector<finding>& found) {
  auto out = ordered_json::array();
  for (const auto& f : found) out.push_back(as_json(f));
  return out;
}

ordered_json as_json(const heading_value& v, const source_lines& lines) {
  ordered_json out{{"path", v.path}, {"text", v.text}};
  add_place(out, lines, v.place);
  return out;
}

ordered_json as_json(const block& b, const source_lines& lines) {
  ordered_json out{{"what", name_of(b.what)}, {"element", b.name}, {"depth", b.depth}};
  if (!b.number.empty()) out["n"] = b.number;
  if (!b.mark.empty()) out["mark"] = b.mark;
  if (b.parts != 0) out["parts"] = b.parts;
  if (b.is_joined) out["joined"] = true;
  out["text"] = b.text;
  add_place(out, lines, b.place);
  return out;
}

ordered_json as_json(const document_reader::step& s, const std::vector<finding>& found, std::uint64_t& at) {
  const node root = s.found.root();
  ordered_json out{{"id", root["id"].text()}, {"kind", root["kind"].text()}};
  if (s.found.is_collection()) {
    out["collection"] = true;
    out["diagnostics"] = as_json(found);
    return out;
  }
  const source_lines lines(root, s.from->content, at);
  out["from"] = s.from->name;
  out["pristine"] = s.pristine;
  for (const char* list : {"heading", "outline", "opaque"}) out[list] = ordered_json::array();
  for (const auto& v : heading_of(root)) {
    const bool is_residue = v.path.rfind("lines/", 0) == 0;
    if (!is_residue) out["heading"].push_back(as_json(v, lines));
    else if (v.path.find("/text") != std::string::npos) out["opaque"].push_back(as_json(v, lines));
  }
  for (const auto& b : outline_of(root)) {
    auto row = as_json(b, lines);
    if (b.what == block::kind::opaque) out["opaque"].push_back(row);
    out["outline"].push_back(std::move(row));
  }
  out["diagnostics"] = as_json(found);
  return out;
}

std::string printed(const ordered_json& value) { return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

}  // namespace

// Written as it goes, so that a collection of any size is shown in bounded memory.
int inspect_as_json(environment& env, const opened_input& input) {
  std::vector<finding> found, rest;
  document_reader reader(env, *input.format, input.where, [&](const origin& about, const finding& f) {
    found.push_back(f);
    locate(found.back(), about);
  });
  ordered_json head{{"input", input.where->display}, {"format", input.where->format}, {"reader", input.where->reader}};
  if (!input.how.verdicts.empty()) {
    head["score"] = input.how.verdicts.front().score;
    head["reason"] = input.how.verdicts.front().reason;
  }
  std::string opening = printed(head);
  opening.pop_back();
  fmt::print("{},\"documents\":[", opening);
  std::size_t documents = 0, failures = 0, shown = 0;
  std::uint64_t at = 0;
  for (bool more = true; more && !env.stop;) {
    const auto step = reader.next();
    more = step.more;
    failures += step.failures.size();
    if (step.found) {
      documents += !step.found.is_collection();
      fmt::print("{}\n{}", shown++ == 0 ? "" : ",", printed(as_json(step, found, at)));
    } else {
      rest.insert(rest.end(), found.begin(), found.end());
    }
    found.clear();
  }
  fmt::print("\n],\"failed\":{},\"diagnostics\":{}}}\n", failures, printed(as_json(rest)));
  if (env.stop) return was_stopped;
  return failures == 0 ? all_well : documents == 0 ? no_read_write : some_failed;
}

}  // namespace dragoman::hosting
