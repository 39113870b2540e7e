#include "reports/html.hpp"
#include "reports/run_report.hpp"
#include "strings.hpp"

#include <dragoman/digest.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

namespace dragoman::hosting {
namespace {

constexpr std::size_t most_failures = 1'000;  // named
constexpr std::size_t most_of_code = 20;      // inputs named for each code
constexpr std::size_t most_bars = 25;         // of one chart; the rest is one bar
constexpr std::size_t most_values = 10'000;   // told apart, of a facet

constexpr std::string_view style = R"(
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1.5rem; }
figure { margin: 0; }
figcaption { font-weight: 600; }
svg { width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg rect { fill: var(--bar); }
)";

using bars = std::vector<std::pair<std::string, std::size_t>>;

// The largest ones, and what is left as one.
bars largest(const std::map<std::string, std::size_t>& counts) {
  bars all(counts.begin(), counts.end());
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (all.size() <= most_bars) return all;
  std::size_t rest = 0;
  for (std::size_t i = most_bars; i < all.size(); ++i) rest += all[i].second;
  const auto others = all.size() - most_bars;
  all.resize(most_bars);
  all.emplace_back(counted(others, "other"), rest);
  return all;
}

// A chart of horizontal bars, each with its name and number as text, so that nothing is said by form or colour alone.
std::string chart(std::string_view id, std::string_view title, const bars& all) {
  constexpr int row = 22, name_width = 190, bar_width = 240, width = 500;
  if (all.empty()) return {};
  std::size_t most = 1;
  for (const auto& [name, count] : all) most = std::max(most, count);
  std::string out = fmt::format(
      "<figure>\n<figcaption id=\"{0}\">{1}</figcaption>\n<svg viewBox=\"0 0 {2} {3}\" role=\"group\" aria-labelledby=\"{0}\">\n",
      id, html(title), width, static_cast<int>(all.size()) * row + 4);
  int y = 2;
  for (const auto& [name, count] : all) {
    const auto length = std::max<std::size_t>(1, count * bar_width / most);
    out += fmt::format(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/><text x=\"{}\" "
        "y=\"{}\">{}</text>\n",
        name_width - 8, y + 15, html(shortened(name, 28)), name_width, y + 3, length, row - 6,
        static_cast<std::size_t>(name_width) + length + 6, y + 15, count);
    y += row;
  }
  return out + "</svg>\n</figure>\n";
}

std::string place_of(const finding& f) {
  if (f.line == 0) return {};
  return ":" + std::to_string(f.line) + (f.column != 0 ? ":" + std::to_string(f.column) : "");
}

class page final : public run_report {
public:
  page(std::unique_ptr<byte_sink> file, std::string samples) : run_report(std::move(file)), samples_(std::move(samples)) {}

private:
  struct code_facts {
    level severity = level::note;
    std::size_t count = 0, inputs = 0;
    std::vector<std::string> first;  // inputs
  };

  void take(const input_record& r, std::uint64_t) override {
    ++by_status_[std::string(r.status())];
    documents_ += r.converted;
    lost_ += r.failed;
    bytes_ += r.bytes;
    for (const auto& [facet, values] : r.facets)
      for (const auto& [value, count] : values) {
        auto& counts = facets_[facet];
        counts[counts.count(value) != 0 || counts.size() < most_values ? value : "(others)"] += count;
      }
    for (const auto& [code, told] : r.codes) {
      auto& facts = codes_[code];
      facts.severity = std::max(facts.severity, told.severity);
      facts.count += told.count;
      ++facts.inputs;
      if (facts.first.size() < most_of_code) facts.first.push_back(escaped(r.id));
    }
    if (r.failed == 0) return;
    for (const auto& p : r.problems)
      if (failures_.size() < most_failures) failures_.emplace_back(escaped(r.id), p);
  }

  void complete(std::uint64_t count) override {
    out().write(html_begin("Report of a run: " + counted(count, "input"), style));
    write_totals(count);
    write_failures();
    write_charts();
    write_codes();
    write_samples();
    out().write(html_end);
  }

  void write_totals(std::uint64_t count) {
    const auto row = [&](std::string_view name, std::uint64_t n, std::string_view meaning) {
      out().write(fmt::format("<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td>{}</td></tr>\n", name, n, meaning));
    };
    out().write("<h2>Totals</h2>\n<table>\n<caption>Every input found is in one of the four lines.</caption>\n");
    row("ok", by_status_["ok"], "inputs without any remark");
    row("warning", by_status_["warning"], "inputs with warnings or losses, converted");
    row("failed", by_status_["failed"], "inputs of which something failed");
    row("skipped", by_status_["skipped"], "inputs without a document");
    row("inputs", count, fmt::format("together, {} octets", bytes_));
    row("documents", documents_, "that are in an output");
    row("lost", lost_, "documents or inputs that are not");
    out().write("</table>\n");
  }

  void write_failures() {
    out().write("<h2>Failures</h2>\n");
    if (failures_.empty()) {
      out().write("<p>None.</p>\n");
      return;
    }
    const bool are_all = failures_.size() < most_failures;
    out().write(
        fmt::format("<table>\n<caption>{}{}</caption>\n"
                    "<tr><th scope=\"col\">input</th><th scope=\"col\">stage</th><th scope=\"col\">code</th><th "
                    "scope=\"col\">what</th></tr>\n",
                    are_all ? "" : "The first ",
                    counted(failures_.size(), "failure") + (are_all ? "." : "; the report as .jsonl or .csv has every input.")));
    for (const auto& [id, p] : failures_)
      out().write(fmt::format("<tr><td class=\"bad\">{}{}</td><td>{}</td><td><code>{}</code></td><td>{}</td></tr>\n", html(id),
                              place_of(p.what), html(p.stage), html(p.what.code), html(p.what.text)));
    out().write("</table>\n");
  }

  void write_charts() {
    bars years(facets_["year"].begin(), facets_["year"].end());  // in their order
    if (years.size() > 2 * most_bars) years = largest(facets_["year"]);
    std::map<std::string, std::size_t> codes;
    for (const auto& [code, facts] : codes_) codes[code] = facts.count;
    const auto all = chart("by-year", "Documents by year", years) +
                     chart("by-classification", "Documents by classification", largest(facets_["classification"])) +
                     chart("by-origin", "Documents by origin", largest(facets_["from"])) +
                     chart("by-code", "Remarks by code", largest(codes));
    if (!all.empty()) out().write("<h2>Charts</h2>\n<div class=\"charts\">\n" + all + "</div>\n");
  }

  void write_codes() {
    if (codes_.empty()) return;
    out().write("<h2>Remarks by code</h2>\n");
    for (const auto& [code, facts] : codes_) {
      out().write(fmt::format("<details>\n<summary><code>{}</code> {}, {} in {}</summary>\n<ul>\n", html(code),
                              name_of(facts.severity), counted(facts.count, "time"), counted(facts.inputs, "input")));
      for (const auto& id : facts.first) out().write("<li>" + html(id) + "</li>\n");
      if (facts.inputs > facts.first.size())
        out().write(fmt::format("<li>and {} more</li>\n", facts.inputs - facts.first.size()));
      out().write("</ul>\n</details>\n");
    }
  }

  void write_samples() {
    const auto all = drawn().drawn();
    if (drawn().wish().count == 0) return;
    out().write(
        fmt::format("<h2 id=\"samples\">Spot checks</h2>\n<p>{} drawn of {} by the seed {}: the original beside what was made of "
                    "it.</p>\n<ul>\n",
                    all.size(), counted(documents_, "document"), html(printable(drawn().wish().seed))));
    for (const auto& d : all)
      out().write(fmt::format("<li><a href=\"{}\">{}</a>{}, {}</li>\n", html(link_to(d)), html(escaped(d.id)),
                              d.of > 1 ? fmt::format(", document {} of {}", d.number, d.of) : "", d.status));
    out().write("</ul>\n");
  }

  // Names of folders may hold what has a meaning in an address.
  std::string link_to(const spot_sample::document& d) const {
    std::string out;
    for (const char c : samples_) {
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-._~").find(c) != std::string_view::npos)
        out += c;
      else out += "%" + hexadecimal({&c, 1});
    }
    return out + "/" + d.page;
  }

  const std::string samples_;  // the folder of the pages, beside the report
  std::map<std::string, std::size_t> by_status_;
  std::uint64_t documents_ = 0, lost_ = 0, bytes_ = 0;
  std::map<std::string, std::map<std::string, std::size_t>> facets_;
  std::map<std::string, code_facts> codes_;
  std::vector<std::pair<std::string, problem_record>> failures_;
};

}  // namespace

std::unique_ptr<run_report> html_report(std::unique_ptr<byte_sink> file, std::string samples) {
  return std::make_unique<page>(std::move(file), std::move(samples));
}

}  // namespace dragoman::hosting
