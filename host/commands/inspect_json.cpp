// dragoman inspect --json (its shape: docs/inspect.md)
#include "commands/inspect.hpp"

#include "display/outline.hpp"
#include "strings.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace dragoman::hosting {
namespace {

using nlohmann::ordered_json;

std::string printed(const ordered_json& value) { return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

void add_place(ordered_json& to, const source_lines& lines, const source_place& place) {
  if (!place.known) return;
  if (const auto at = lines.locate(place.begin); at.line != 0) {
    to["line"] = at.line;
    if (at.column != 0) to["column"] = at.column;
  }
  to["offset"] = lines.begin() + place.begin;
  to["length"] = place.end - place.begin;
}

ordered_json as_json(const heading_value& v, const source_lines& lines) {
  ordered_json out{{"path", v.path}, {"text", v.text}};
  add_place(out, lines, v.place);
  return out;
}

ordered_json as_json(const seam& s, const source_lines& lines) {
  auto out = ordered_json::object();
  if (!s.page.empty()) out["page"] = s.page;
  if (!s.text.empty()) out["text"] = s.text;
  if (s.is_gap) out["gap"] = true;
  add_place(out, lines, s.place);
  return out;
}

ordered_json as_json(const block& b, const source_lines& lines) {
  ordered_json out{{"what", name_of(b.what)}, {"element", b.name}, {"depth", b.depth}};
  if (!b.number.empty()) out["n"] = b.number;
  if (!b.mark.empty()) out["mark"] = b.mark;
  if (b.parts != 0) out["parts"] = b.parts;
  out["text"] = b.text;
  add_place(out, lines, b.place);
  for (const auto& s : b.seams) out["seams"].push_back(as_json(s, lines));
  return out;
}

// Written as it goes, so that a collection of any size is shown in bounded memory.
class json_form final : public inspector {
public:
  explicit json_form(program& p) : p_(p) {}

  void begin(const opened_input& input) override {
    input_ = input.where;
    failures_ = shown_ = 0;
    ordered_json head{{"input", input_->display}, {"format", input_->format}, {"reader", input_->reader}};
    if (!input.how.verdicts.empty()) {
      head["score"] = input.how.verdicts.front().score;
      head["reason"] = input.how.verdicts.front().reason();
    }
    std::string opening = printed(head);
    opening.pop_back();
    fmt::print("{},\"documents\":[", opening);
  }

  void say(const origin& about, const finding& f) override { said_.push_back(as_json(about, f)); }

  void take(document_reader::step step) override {
    failures_ += step.failures.size();
    if (step.found) {
      fmt::print("{}\n{}", shown_++ == 0 ? "" : ",", printed(as_json(step)));
    } else {
      for (auto& f : said_) rest_.push_back(std::move(f));
    }
    said_ = ordered_json::array();
  }

  void refuse(const origin& where, const finding& why) override {
    ordered_json out{{"input", where.display}, {"documents", ordered_json::array()}, {"failed", 1}};
    out["diagnostics"].push_back(as_json(where, why));
    fmt::print("{}\n", printed(out));
    std::fflush(stdout);
    reporter::scope scope;
    p_.messages().report(scope, where, why);
  }

  void end() override {
    fmt::print("\n],\"failed\":{},\"diagnostics\":{}}}\n", failures_, printed(rest_));
    rest_ = ordered_json::array();
  }

private:
  ordered_json as_json(const origin& about, finding f) const {
    locate(f, about);
    ordered_json out{{"severity", name_of(f.severity)}, {"code", f.code}, {"text", f.text}};
    if (input_ && about.serial != input_->serial) out["input"] = about.display;
    if (f.line != 0) out["line"] = f.line;
    if (f.column != 0) out["column"] = f.column;
    if (f.offset >= 0) out["offset"] = f.offset;
    if (f.length > 0) out["length"] = f.length;
    return out;
  }

  ordered_json as_json(const document_reader::step& s) {
    const node root = s.found.root();
    ordered_json out{{"id", root["id"].text()}, {"kind", root["kind"].text()}};
    if (s.found.is_collection()) {
      out["collection"] = true;
      out["diagnostics"] = std::move(said_);
      return out;
    }
    const source_lines lines(root, s.from->content, place_.in(s.from));
    if (!s.dialect.empty()) out["dialect"] = s.dialect;
    out["from"] = s.from->name;
    out["pristine"] = s.pristine;
    const auto residues = residue_of(root);
    if (const auto size = lines.source().size(); size != 0)
      out["source"] = {{"in_input", lines.is_in_input()},
                       {"offset", lines.begin()},
                       {"octets", size},
                       {"not_understood", octets_of(residues)}};
    for (const char* list : {"heading", "outline", "residue"}) out[list] = ordered_json::array();
    for (const auto& v : heading_of(root))
      if (v.path.rfind("lines/", 0) != 0) out["heading"].push_back(hosting::as_json(v, lines));
    for (const auto& b : outline_of(root)) out["outline"].push_back(hosting::as_json(b, lines));
    for (const auto& r : residues)
      for (const auto& line : lines_of(r, lines)) {
        ordered_json row{{"part", r.is_heading ? "heading" : "body"}};
        if (line.number != 0) row["line"] = line.number;
        row["text"] = line.text;
        out["residue"].push_back(std::move(row));
      }
    out["diagnostics"] = std::move(said_);
    return out;
  }

  program& p_;
  std::shared_ptr<const origin> input_;
  reading_place place_;
  ordered_json said_ = ordered_json::array(), rest_ = ordered_json::array();
  std::size_t failures_ = 0, shown_ = 0;
};

}  // namespace

std::unique_ptr<inspector> inspect_json(program& p) { return std::make_unique<json_form>(p); }

}  // namespace dragoman::hosting
