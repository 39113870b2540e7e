#include "reports/sample.hpp"

#include "reports/html.hpp"
#include "strings.hpp"

#include <dragoman/digest.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

namespace dragoman::hosting {
namespace {

constexpr std::size_t name_length = 16;  // of pages, digits of their keys
constexpr std::string_view suffix = ".html";

constexpr std::string_view style = R"(
main { max-width: none; }
body { max-width: none; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); gap: 1rem; }
section { min-width: 0; }
pre { border: 1px solid var(--rule); padding: .5rem; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; line-height: 1.4; }
pre.lines span { display: block; padding-left: 4rem; text-indent: -4rem; min-height: 1.4em; }
pre.lines span::before { counter-increment: line; content: counter(line); display: inline-block; width: 3.2rem; padding-right: .8rem; text-indent: 0; text-align: right; color: var(--soft); }
pre.lines mark { background: var(--mark); color: inherit; }
)";

// The text for people: what no page may hold is spelled out, line ends stay.
std::string shown(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\t\n"), text.size());
    out += printable(text.substr(0, end));
    if (end < text.size()) out += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return html(out);
}

std::string numbered(std::string_view text, std::size_t first, const std::set<std::size_t>& marked) {
  std::string out = fmt::format("<pre class=\"lines\" style=\"counter-reset: line {}\">", first - 1);
  for (std::size_t line = first; !text.empty(); ++line) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    const bool is_marked = marked.count(line) != 0;
    out += fmt::format("<span id=\"L{}\">{}{}{}</span>", line, is_marked ? "<mark>" : "", shown(text.substr(0, end)),
                       is_marked ? "</mark>" : "");
    text.remove_prefix(std::min(end + (text.substr(end, 2) == "\r\n" ? 2 : 1), text.size()));
  }
  return out + "</pre>\n";
}

std::string findings_of(const sample_page& page) {
  if (page.findings.empty()) return "<p>The reader has nothing to say about it.</p>\n";
  std::string out =
      "<table>\n<caption>What the reader says about it.</caption>\n"
      "<tr><th scope=\"col\">line</th><th scope=\"col\">severity</th><th scope=\"col\">code</th><th "
      "scope=\"col\">what</th></tr>\n";
  for (const auto& f : page.findings)
    out += fmt::format("<tr><td>{}</td><td>{}</td><td><code>{}</code></td><td>{}</td></tr>\n",
                       f.line == 0 ? "" : fmt::format("<a href=\"#L{0}\">{0}</a>", f.line), name_of(f.severity), html(f.code),
                       html(f.text));
  return out + "</table>\n";
}

// The name of a page, as they are all called.
bool is_page_name(std::string_view name) {
  return name.size() == name_length + suffix.size() && name.ends_with(suffix) &&
         name.find_first_not_of("0123456789abcdef") == name_length;
}

}  // namespace

void spot_sample::consider(const input_record& r) {
  if (wish_.count == 0) return;
  for (std::size_t number = 1; number <= r.converted; ++number) {
    auto key = sha256_hex(wish_.seed + "\n" + r.sha256 + "\n" + r.source + "\n" + std::to_string(number));
    if (least_.size() == wish_.count && std::prev(least_.end())->first <= key) continue;
    const bool has_own = r.outputs.size() == r.converted;
    document d{
        key.substr(0, name_length) + std::string(suffix), r.id, r.source, r.sha256, r.format, r.status(), number, r.converted,
        has_own ? r.outputs[number - 1].path : ""};
    least_.emplace(std::move(key), std::move(d));
    if (least_.size() > wish_.count) least_.erase(std::prev(least_.end()));
  }
}

std::vector<spot_sample::document> spot_sample::drawn() const {
  std::vector<document> out;
  for (const auto& [key, d] : least_) out.push_back(d);
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return std::tie(a.id, a.number) < std::tie(b.id, b.number); });
  return out;
}

void remove_other_pages(const std::string& folder, const std::vector<spot_sample::document>& drawn) {
  std::error_code problem;
  for (auto at = std::filesystem::directory_iterator(folder, problem); !problem && at != std::filesystem::directory_iterator();
       at.increment(problem)) {
    const auto name = at->path().filename().string();
    if (!is_page_name(name) || std::any_of(drawn.begin(), drawn.end(), [&](const auto& d) { return d.page == name; })) continue;
    std::error_code ignored;
    std::filesystem::remove(at->path(), ignored);
  }
}

std::string sample_folder(const std::string& report) {
  return std::filesystem::path(report).replace_extension(".samples").string();
}

std::string html_of(const sample_page& page) {
  const auto& what = page.what;
  const std::string title = escaped(what.source) + (what.of > 1 ? fmt::format(", document {} of {}", what.number, what.of) : "");
  std::string out = html_begin("Spot check: " + title, style);
  out +=
      fmt::format("<p>{}, read as {}; SHA-256 of the input <code>{}</code></p>\n", what.status, html(what.format), what.sha256);
  if (!page.problem.empty()) out += "<p class=\"bad\">" + html(page.problem) + "</p>\n";
  out += findings_of(page);
  std::set<std::size_t> marked;
  for (const auto& f : page.findings) marked.insert(f.line);
  out += "<div class=\"sides\">\n<section aria-label=\"original\">\n<h2>Original</h2>\n" +
         numbered(page.original, page.first_line, marked) + "</section>\n";
  for (const auto& d : page.derivatives)
    out += fmt::format("<section aria-label=\"derivative\">\n<h2>{}</h2>\n<pre>{}</pre>\n</section>\n", html(d.title),
                       shown(d.text));
  out += "</div>\n";
  return out + std::string(html_end);
}

}  // namespace dragoman::hosting
