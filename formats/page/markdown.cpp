// Markdown: CommonMark 0.31, with the tables and footnotes that GitHub and pandoc know.
#include <page/heading.hpp>
#include <page/losses.hpp>
#include <page/page.hpp>

#include <dragoman/treatment.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace dragoman::page {
namespace {

// Text as it stands in a line: characters that Markdown would take for its own are escaped.
std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : ' ';
    const bool is_reference = text[i] == '&' && (next == '#' || (next >= 'A' && next <= 'z'));
    if (is_reference || std::string_view("\\`*_[]<>~|$").find(text[i]) != npos) out += '\\';
    out += text[i];
  }
  return out;
}

// A line of text that would begin a block of another kind is escaped at its start: "1. " is a paragraph's number here.
std::string as_paragraph_line(std::string line) {
  const auto digits = std::min(line.find_first_not_of("0123456789"), line.size());
  if (digits > 0 && digits < line.size() && (line[digits] == '.' || line[digits] == ')')) line.insert(digits, 1, '\\');
  else if (!line.empty() && std::string_view("#+-=>").find(line.front()) != npos) line.insert(0, 1, '\\');
  return line;
}

// Words with a mark on both sides; blanks go outside, where Markdown wants them.
std::string marked(const std::string& words, std::string_view mark) {
  const auto inner = trim(words);
  if (inner.empty() || mark.empty()) return words;
  const auto begin = static_cast<std::size_t>(inner.data() - words.data());
  return words.substr(0, begin) + std::string(mark) + std::string(inner) + std::string(mark) + words.substr(begin + inner.size());
}

std::string_view mark_of(node e) {
  const auto name = local_name(e.name());
  if (name == "del") return "~~";
  if (name != "hi") return "";
  const auto rend = e.attr("rend");
  if (rend == "italic") return "*";
  return rend == "strong" || rend == "bold" ? "**" : "";
}

class markdown_page {
public:
  explicit markdown_page(std::string& out) : out_(out) {}

  void blocks(node parent, std::size_t level) {
    flow(
        parent, [&](const std::vector<node>& run) { paragraph(words_of(run)); },
        [&](node e, treatment as) { block(e, as, level); });
  }

  void footnotes() {
    for (std::size_t i = 0; i < notes_.size(); ++i)  // a note may hold notes
      paragraph_as_is("[^" + std::to_string(i + 1) + "]: " + collapse(words_of(children(notes_[i]))));
  }

  void paragraph(const std::string& words) {
    const auto text = collapse(words);
    if (text.empty()) return;
    std::string lines;
    for (std::size_t at = 0; at <= text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      if (!lines.empty()) lines += "\\\n";  // a break that counts
      lines += as_paragraph_line(text.substr(at, end - at));
      at = end + 1;
    }
    paragraph_as_is(lines);
  }

private:
  void block(node e, treatment as, std::size_t level) {
    switch (as) {
      case treatment::heading:
        paragraph_as_is(std::string(std::clamp<std::size_t>(level, 2, 6), '#') + " " + collapse(words_of(children(e)), ' '));
        break;
      case treatment::list: list(e, level); break;
      case treatment::table: table(e); break;
      case treatment::preformatted: preformatted(e); break;
      case treatment::furniture: gap(e); break;
      case treatment::group:
        local_name(e.name()) == "quote" ? quote(e, level) : blocks(e, level + (e.is_element("div") ? 1 : 0));
        break;
      default: blocks(e, level);
    }
  }

  // Blocks inside a list item or a quote are set in behind a prefix.
  template <class Write>
  void set_in(const std::string& first, const std::string& others, Write&& write) {
    std::string inner;
    markdown_page page(inner);
    page.notes_.swap(notes_);
    write(page);
    page.notes_.swap(notes_);
    std::string lines;
    for (std::size_t at = 0; at < inner.size();) {
      const auto end = std::min(inner.find('\n', at), inner.size());
      const auto line = inner.substr(at, end - at);
      if (!lines.empty()) lines += '\n';
      if (at == 0) lines += first + line;
      else lines += line.empty() ? std::string(trim(others)) : others + line;
      at = end + 1;
    }
    if (!lines.empty()) paragraph_as_is(lines);
  }
  void quote(node e, std::size_t level) {
    set_in("> ", "> ", [&](markdown_page& page) { page.blocks(e, level); });
  }
  void list(node e, std::size_t level) {
    std::string label;
    for (const node child : e) {
      if (!child.is(node_type::element)) continue;
      const auto as = treatment_of(child);
      if (as == treatment::label) {
        label = collapse(words_of(children(child)));
      } else if (as == treatment::item) {
        const bool is_bullet = label.empty() || label == "-" || label == "\\*" || label == "\xE2\x80\xA2" || label == "+";
        const auto shown = is_bullet ? std::string() : as_paragraph_line(label) + " ";
        set_in("- " + shown, "  ", [&](markdown_page& page) { page.blocks(child, level); });
        label.clear();
      } else {
        block(child, as, level);
      }
    }
    if (!label.empty()) paragraph(label);
  }
  void table(node e) {
    std::string rows;
    std::size_t width = 0;
    for (const node row : e) {
      if (treatment_of(row) != treatment::row) {
        if (row.is(node_type::element)) block(row, treatment_of(row), 3);  // its heading
        continue;
      }
      std::string line = "|";
      std::size_t cells = 0;
      for (const node cell : row)
        if (cell.is(node_type::element)) {
          line += " " + collapse(words_of(children(cell)), ' ') + " |";
          ++cells;
        }
      if (rows.empty()) {
        width = cells;
        line += "\n|";
        for (std::size_t i = 0; i < width; ++i) line += " --- |";
      }
      for (; cells < width; ++cells) line += " |";
      rows += (rows.empty() ? "" : "\n") + line;
    }
    if (!rows.empty()) paragraph_as_is(rows);
  }
  // Lines as they are, in a fence that is longer than any inside.
  void preformatted(node e) {
    const auto text = plain_text(e);
    std::size_t longest = 2, run = 0;
    for (const char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
    const std::string fence(longest + 1, '`');
    paragraph_as_is(fence + "\n" + text + (text.ends_with('\n') ? "" : "\n") + fence);
  }
  // What is missing is said; the other furniture is not shown (losses.hpp).
  void gap(node e) {
    if (e.is_element("gap")) paragraph_as_is("*" + missing(e) + "*");
    else if (e.is_element("milestone")) paragraph_as_is("---");
  }
  static std::string missing(node gap) {
    const auto words = collapsed_text(gap);
    return "\\[missing" + (words.empty() ? "" : ": " + escape(words)) + "\\]";
  }

  static std::vector<node> children(node e) { return {e.begin(), e.end()}; }

  std::string words_of(const std::vector<node>& run) {
    std::string out;
    for (const node n : run) out += words(n);
    return out;
  }
  std::string words(node n) {
    if (n.is(node_type::text)) return escape(n.text());
    if (!n.is(node_type::element)) return {};
    switch (treatment_of(n)) {
      case treatment::hidden: return {};
      case treatment::line_break: return "\v";  // until blanks are collapsed
      case treatment::furniture: return n.is_element("gap") ? " " + missing(n) + " " : std::string();
      case treatment::note: notes_.push_back(n); return "[^" + std::to_string(notes_.size()) + "]";
      default: break;
    }
    if (local_name(n.name()) == "choice") return words(preferred_reading(n));
    auto inner = words_of(children(n));
    if (const auto target = n.attr("target");
        n.is_element("ref") && (target.starts_with("https://") || target.starts_with("http://")))
      return "[" + inner + "](<" + std::string(target) + ">)";
    return marked(inner, mark_of(n));
  }
  // Runs of blanks as one; a break that counts as `line_break`.
  static std::string collapse(const std::string& words, char line_break = '\n') {
    std::string out;
    bool blank = true;
    append_collapsed(out, words, blank);
    if (!out.empty() && out.back() == ' ') out.pop_back();
    std::string lines;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i] == '\v') {
        while (!lines.empty() && lines.back() == ' ') lines.pop_back();
        lines += line_break;
        if (i + 1 < out.size() && out[i + 1] == ' ') ++i;
      } else {
        lines += out[i];
      }
    }
    while (!lines.empty() && is_space(lines.back())) lines.pop_back();
    return lines;
  }
  void paragraph_as_is(const std::string& text) {
    if (!out_.empty()) out_ += '\n';
    out_ += text;
    out_ += '\n';
  }

  std::string& out_;
  std::vector<node> notes_;
};

void heading_table(std::string& out, const document_view& document) {
  out += "\n| Field | Value |\n| --- | --- |\n";
  for (const auto& row : heading_rows(document)) {
    out += "| " + escape(row.name) + " |";
    for (const auto& value : row.values) out += (&value == &row.values.front() ? " " : "<br>") + escape(value);
    out += " |\n";
  }
}

nlohmann::ordered_json as_json(node value) {
  if (value.is(node_type::map)) {
    auto out = nlohmann::ordered_json::object();
    for (const node member : value) out[std::string(member.name())] = as_json(member);
    return out;
  }
  if (value.is(node_type::list)) {
    auto out = nlohmann::ordered_json::array();
    for (const node member : value) out.push_back(as_json(member));
    return out;
  }
  return std::string(value.text());
}

// A value in JSON is one in YAML, too.
std::string heading_yaml(const document_view& document) {
  std::string out = "---\n\"id\": " + as_json(document["id"]).dump() + "\n";
  for (const node field : document.meta()) out += nlohmann::json(field.name()).dump() + ": " + as_json(field).dump() + "\n";
  return out + "---\n";
}

}  // namespace

void markdown_writer::write(const document_view& document) {
  std::string out;
  const auto heading = host_.option("heading");
  if (heading == "yaml") out += heading_yaml(document);
  out += (out.empty() ? "# " : "\n# ") + escape(title_of(document)) + "\n";
  if (heading == "table") heading_table(out, document);
  markdown_page page(out);
  page.blocks(document.body(), 1);
  page.footnotes();
  report_losses(host_, document, true);
  if (!is_first_) output_.write("\n---\n\n");
  is_first_ = false;
  output_.write(out);
}

}  // namespace dragoman::page
