// dragoman inspect --summary: what a collection holds and lacks. Bounded memory: counters by kind, and a few places each.
#include "commands/inspect.hpp"

#include "display/outline.hpp"
#include "strings.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace dragoman::hosting {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t width = 80;
constexpr std::size_t most_codes = 2000;  // a reader that makes codes up as it goes is not followed further

// What a telegram is expected to have (telegram.md 1), in the order of the model; "text" is a body.
constexpr std::array<std::string_view, 12> expected_fields{"subject", "date",           "precedence", "from",
                                                           "to",      "classification", "declassify", "tags",
                                                           "refs",    "classified_by",  "signature",  "text"};

struct example {
  std::string file;
  std::uint32_t line = 0, column = 0;
  std::string text;
};

struct code_count {
  level severity = level::note;
  std::uint64_t count = 0, documents = 0, last_document = 0;
  std::vector<example> examples;
};

struct field_count {
  std::uint64_t missing = 0;
  std::vector<example> examples;
};

std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t i = out.size(); i > 3; i -= 3) out.insert(i - 3, ",");
  return out;
}

std::string place_of(const example& e) {
  std::string out = e.file;
  if (e.line != 0) out += ":" + std::to_string(e.line);
  return out;
}

class summary final : public summary_inspector {
public:
  summary(program& p, const inspection& what) : p_(p), what_(what), style_(styles::of_stdout(what.color)) {}

  void begin(const opened_input&) override { ++inputs_; }

  void say(const origin& about, const finding& f) override {
    auto it = codes_.find(f.code);
    if (it == codes_.end()) it = codes_.try_emplace(codes_.size() < most_codes ? f.code : std::string("(other codes)")).first;
    auto& c = it->second;
    if (c.count++ == 0 || f.severity > c.severity) c.severity = f.severity;
    // The document that is being read is the one behind those that were counted.
    if (c.last_document != read_ + 1) ++c.documents;
    c.last_document = read_ + 1;
    if (c.examples.size() >= what_.examples) return;
    finding placed = f;
    locate(placed, about);
    c.examples.push_back({about.display, placed.line, placed.column, placed.text});
  }

  void take(document_reader::step step) override {
    failed_ += step.failures.size();
    ++read_;
    if (!step.found) return;
    if (step.found.is_collection()) {
      ++frames_;
      return;
    }
    ++documents_;
    const node root = step.found.root();
    ++formats_[{step.from->format, step.dialect}];
    const source_lines lines(root, step.from->content, place_.in(step.from));
    count_octets(root, lines);
    count_year(root["meta"]["date"].text());
    if (root["kind"].text() == "cable") count_fields(root, *step.from, lines);
  }

  void refuse(const origin& where, const finding& why) override {
    ++inputs_;
    ++unreadable_;
    ++read_;
    say(where, why);
  }
  void remark(const origin& where, const finding& f) override { say(where, f); }

  void print() const override {
    if (what_.json) return print_json();
    print_inputs();
    print_formats();
    print_understood();
    print_years();
    print_fields();
    print_codes();
  }

private:
  // -- counting -----------------------------------------------------------------------------------------------------

  // Share of the original text; documents without it say nothing about that.
  void count_octets(node root, const source_lines& lines) {
    if (lines.source().empty()) return;
    octets_ += lines.source().size();
    ++with_source_;
    const auto residues = residue_of(root);
    if (residues.empty()) return;
    ++with_residue_;
    not_understood_ += octets_of(residues);
    for (const auto& r : residues) {
      std::string_view rest = r.text;
      while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        residue_lines_ += !is_blank(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
  }

  void count_year(std::string_view date) {
    const auto year = date.substr(0, 4);
    const bool is_year = year.size() == 4 && std::all_of(year.begin(), year.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_year) ++undated_;
    else
      ++years_[static_cast<std::size_t>((year[0] - '0') * 1000 + (year[1] - '0') * 100 + (year[2] - '0') * 10 + (year[3] - '0'))];
  }

  void count_fields(node root, const origin& where, const source_lines& lines) {
    ++cables_;
    const node meta = root["meta"];
    for (std::size_t i = 0; i < expected_fields.size(); ++i) {
      const auto name = expected_fields[i];
      if (name == "text" ? !root["body"].empty() : static_cast<bool>(meta[name])) continue;
      auto& f = fields_[i];
      ++f.missing;
      if (f.examples.size() >= what_.examples) continue;
      f.examples.push_back({where.display, lines.is_in_input() ? lines.locate(0).line : 0, 0, std::string(root["id"].text())});
    }
  }

  // -- for people ---------------------------------------------------------------------------------------------------

  void title(const std::string& words) const { fmt::print("\n{}{}{}\n", style_.bold, words, style_.plain); }

  static std::string share(std::uint64_t part, std::uint64_t all) {
    if (all == 0) return "-";
    if (part == all) return "100 %";
    const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(all);
    return percent < 0.05 ? "< 0.1 %" : percent >= 99.95 ? "99.9 %" : fmt::format("{:.1f} %", percent);
  }

  void print_inputs() const {
    fmt::print("{}{}{} in {}", style_.bold, grouped(documents_) + (documents_ == 1 ? " document" : " documents"), style_.plain,
               grouped(inputs_) + (inputs_ == 1 ? " input" : " inputs"));
    if (frames_ != 0) fmt::print(", {} with a frame", grouped(frames_));
    if (unreadable_ != 0) fmt::print("; {}{} could not be read{}", style_.error, counted(unreadable_, "input"), style_.plain);
    if (failed_ != 0) fmt::print("; {}{} failed{}", style_.error, counted(failed_, "document"), style_.plain);
    fmt::print("\n");
  }

  void print_formats() const {
    if (formats_.empty()) return;
    title("Formats and dialects");
    std::vector<std::pair<std::pair<std::string, std::string>, std::uint64_t>> sorted(formats_.begin(), formats_.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const auto& [name, count] : sorted)
      fmt::print("{:>12}  {:>7}  {}{}{}\n", grouped(count), share(count, documents_), name.first, name.second.empty() ? "" : " ",
                 name.second);
  }

  void print_understood() const {
    if (with_source_ == 0) return;
    title("Understood");
    fmt::print("{:>12}% of {} octets of original text\n", percent_left(not_understood_, octets_) + " ", grouped(octets_));
    if (with_residue_ != 0)
      fmt::print("{:>12}  lines in {} not understood: --residue prints them\n", grouped(residue_lines_),
                 grouped(with_residue_) + (with_residue_ == 1 ? " document" : " documents"));
  }

  void print_years() const {
    if (documents_ == 0) return;
    title("Years");
    constexpr std::size_t columns = 4;
    std::size_t shown = 0;
    for (const auto& [year, count] : years_) {
      fmt::print("{}{:04}{:>9}", shown % columns == 0 ? "        " : "    ", year, grouped(count));
      if (++shown % columns == 0) fmt::print("\n");
    }
    if (shown % columns != 0) fmt::print("\n");
    if (undated_ != 0) fmt::print("{:>12}  without a date\n", grouped(undated_));
  }

  void print_fields() const {
    if (cables_ == 0) return;
    title("Missing in " + grouped(cables_) + (cables_ == 1 ? " cable" : " cables"));
    std::string whole;
    for (std::size_t i = 0; i < expected_fields.size(); ++i) {
      const auto& f = fields_[i];
      if (f.missing == 0) {
        whole += (whole.empty() ? "" : ", ") + std::string(expected_fields[i]);
        continue;
      }
      fmt::print("{:>12}  {:>7}  {}\n", grouped(f.missing), share(f.missing, cables_), expected_fields[i]);
      for (const auto& e : f.examples) print_example(place_of(e), e.text);
    }
    if (!whole.empty()) fmt::print("{:>12}           {}\n", "0", wrapped(whole, width, std::string(23, ' ')));
  }

  void print_codes() const {
    if (codes_.empty()) return;
    title("Diagnostics");
    for (const auto& [code, c] : sorted_codes()) {
      const std::string in =
          c->count == c->documents ? "" : " in " + grouped(c->documents) + (c->documents == 1 ? " document" : " documents");
      fmt::print("{:>12}  {}{}{} [{}]{}\n", grouped(c->count), style_.of(c->severity), name_of(c->severity), style_.plain,
                 printable(code), in);
      if (const auto* declared = p_.formats().declared(code))
        fmt::print("              {}\n", wrapped(printable(declared->meaning), width, std::string(14, ' ')));
      for (const auto& e : c->examples) print_example(place_of(e), e.text);
    }
  }

  // Its place whole, so that it can be copied; its words as far as there is room.
  void print_example(const std::string& place, const std::string& words) const {
    const std::string shown = printable(place);
    const std::size_t used = 16 + columns(shown) + 2;
    if (words.empty() || used + 20 > width) {
      fmt::print("                {}\n", shown);
      if (!words.empty())
        fmt::print("                  {}{}{}\n", style_.faint, shortened(printable(words), width - 18), style_.plain);
    } else {
      fmt::print("                {}  {}{}{}\n", shown, style_.faint, shortened(printable(words), width - used), style_.plain);
    }
  }

  // The worst first, then the most frequent.
  std::vector<std::pair<std::string_view, const code_count*>> sorted_codes() const {
    std::vector<std::pair<std::string_view, const code_count*>> out;
    for (const auto& [code, c] : codes_) out.emplace_back(code, &c);
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
      return a.second->severity != b.second->severity ? a.second->severity > b.second->severity
                                                      : a.second->count > b.second->count;
    });
    return out;
  }

  // -- for scripts --------------------------------------------------------------------------------------------------

  static ordered_json as_json(const std::vector<example>& examples, const char* words) {
    auto out = ordered_json::array();
    for (const auto& e : examples) {
      ordered_json row{{"file", e.file}};
      if (e.line != 0) row["line"] = e.line;
      if (e.column != 0) row["column"] = e.column;
      row[words] = e.text;
      out.push_back(std::move(row));
    }
    return out;
  }

  void print_json() const {
    ordered_json out{{"inputs", inputs_}, {"unreadable", unreadable_}, {"documents", documents_},
                     {"failed", failed_}, {"cables", cables_},         {"frames", frames_}};
    for (const char* list : {"formats", "years", "missing", "diagnostics"}) out[list] = ordered_json::array();
    for (const auto& [name, count] : formats_) {
      ordered_json row{{"format", name.first}};
      if (!name.second.empty()) row["dialect"] = name.second;
      row["documents"] = count;
      out["formats"].push_back(std::move(row));
    }
    out["original"] = {{"documents", with_source_},
                       {"octets", octets_},
                       {"octets_not_understood", not_understood_},
                       {"lines_not_understood", residue_lines_},
                       {"documents_not_understood", with_residue_}};
    for (const auto& [year, count] : years_) out["years"].push_back({{"year", year}, {"documents", count}});
    out["undated"] = undated_;
    for (std::size_t i = 0; i < expected_fields.size(); ++i)
      out["missing"].push_back(
          {{"field", expected_fields[i]}, {"documents", fields_[i].missing}, {"examples", as_json(fields_[i].examples, "id")}});
    for (const auto& [code, c] : sorted_codes())
      out["diagnostics"].push_back({{"code", code},
                                    {"severity", name_of(c->severity)},
                                    {"count", c->count},
                                    {"documents", c->documents},
                                    {"examples", as_json(c->examples, "text")}});
    fmt::print("{}\n", out.dump(1, ' ', false, ordered_json::error_handler_t::replace));
  }

  program& p_;
  const inspection& what_;
  const styles style_;
  reading_place place_;
  std::uint64_t inputs_ = 0, unreadable_ = 0, documents_ = 0, failed_ = 0, frames_ = 0, cables_ = 0, undated_ = 0, read_ = 0;
  std::uint64_t octets_ = 0, not_understood_ = 0, with_source_ = 0, with_residue_ = 0, residue_lines_ = 0;
  std::map<std::pair<std::string, std::string>, std::uint64_t> formats_;
  std::map<std::size_t, std::uint64_t> years_;
  std::array<field_count, expected_fields.size()> fields_;
  std::map<std::string, code_count, std::less<>> codes_;
};

}  // namespace

std::unique_ptr<summary_inspector> inspect_summary(program& p, const inspection& what) {
  return std::make_unique<summary>(p, what);
}

}  // namespace dragoman::hosting
