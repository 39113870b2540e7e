// HTML: one page that needs nothing else, for every browser and for screen readers.
#include <page/heading.hpp>
#include <page/losses.hpp>
#include <page/original.hpp>
#include <page/page.hpp>

#include <dragoman/treatment.hpp>

#include <algorithm>

namespace dragoman::page {
namespace {

constexpr std::string_view style = R"(
:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}
body{margin:0 auto;padding:1rem;max-width:100rem}
a.skip{position:absolute;left:-99rem}a.skip:focus{left:1rem}
h1{line-height:1.2}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}
dt{font-weight:600}dd{margin:0;grid-column:2;overflow-wrap:anywhere}
.pages{display:grid;gap:2rem}@media(min-width:70rem){.pages.two{grid-template-columns:1fr 1fr}}
.original ol{font:.85rem/1.4 ui-monospace,monospace;padding-left:3.5em;overflow-x:auto}
.original li{white-space:pre}.original li::marker{opacity:.6}li.furniture{opacity:.6}li.opaque,pre.opaque{outline:1px dashed}
li:target,p:target{outline:2px solid}
mark{background:rgba(255,190,0,.4);color:inherit}mark a{color:inherit}
.seam,.furniture,.at{font-size:.75rem;opacity:.75}.at{margin-right:.5em}
.octet{outline:1px dotted}pre{overflow-x:auto}
ul.labelled{list-style:none;padding-left:1.5em}ul.labelled .label{margin-right:.5em}
.smallcaps{font-variant:small-caps}.center{text-align:center}
td{border:1px solid;padding:.2em .5em;vertical-align:top}table{border-collapse:collapse}
@media print{a.skip{display:none}.pages.two{grid-template-columns:1fr 1fr}}
)";

std::string_view name_of(std::int32_t severity) {
  switch (severity) {
    case DGM_NOTE: return "note";
    case DGM_WARNING: return "warning";
    case DGM_LOSS: return "loss";
    default: return "error";
  }
}

// One document as an article. `prefix` keeps its ids apart from those of the others in the page.
class html_article {
public:
  html_article(std::string& out, const document_view& document, const original* beside, std::string prefix)
      : out_(out), document_(document), beside_(beside), prefix_(std::move(prefix)) {}

  void write() {
    out_ += "<article aria-labelledby=\"" + prefix_ + "T\">\n<h1 id=\"" + prefix_ + "T\">";
    text(title_of(document_));
    out_ += "</h1>\n";
    heading();
    out_ += beside_ ? "<div class=\"pages two\">\n" : "<div class=\"pages\">\n";
    out_ += "<section class=\"transcription\" aria-label=\"Transcription\">\n<h2>Transcription</h2>\n";
    blocks(document_.body(), 2);
    footnotes();
    out_ += "</section>\n";
    if (beside_) {
      out_ += "<section class=\"original\" aria-label=\"Original\">\n<h2>Original</h2>\n<ol>\n";
      beside_->append_html(out_, document_, prefix_);
      out_ += "</ol>\n</section>\n";
    }
    out_ += "</div>\n";
    findings();
    out_ += "</article>\n";
  }

private:
  void text(std::string_view words) { append_escaped(out_, words); }
  void tagged(std::string_view tag, std::string_view words) {
    out_ += "<" + std::string(tag) + ">";
    text(words);
    out_ += "</" + std::string(tag) + ">";
  }

  void heading() {
    out_ += "<dl>\n";
    for (const auto& row : heading_rows(document_)) {
      tagged("dt", row.name);
      for (const auto& value : row.values) tagged("dd", value);
      out_ += '\n';
    }
    out_ += "</dl>\n";
  }

  // What was noticed, in full; the marks in original and transcription lead here.
  void findings() {
    const auto all = document_.findings();
    if (all.empty()) return;
    out_ += "<section aria-label=\"Noticed\">\n<h2>Noticed while reading</h2>\n<ol>\n";
    for (std::size_t i = 0; i < all.size(); ++i) {
      out_ += "<li id=\"" + prefix_ + "F" + std::to_string(i + 1) + "\"><strong>";
      out_ += name_of(all[i].severity);
      out_ += "</strong>";
      if (all[i].line > 0) out_ += " in line " + std::to_string(all[i].line) + " of the input";
      out_ += ": ";
      text(view(all[i].text));
      out_ += " <code>";
      text(view(all[i].code));
      out_ += "</code>";
      if (beside_)
        for (const auto& m : beside_->marks())
          if (m.finding == i) {
            out_ += ' ';
            line_link(m.begin, "line ");
          }
      out_ += "</li>\n";
    }
    out_ += "</ol>\n</section>\n";
  }

  void line_link(std::uint64_t offset, std::string_view before = {}) {
    const auto number = std::to_string(beside_->line_at(offset));
    out_ += "<a class=\"at\" href=\"#" + prefix_ + "L" + number + "\" aria-label=\"line " + number + " of the original\">";
    text(before);
    out_ += number + "</a>";
  }
  // Where a block stands in the original, and what was noticed in it.
  void place(node e) {
    std::uint64_t begin = 0, end = 0;
    if (beside_ == nullptr || !e.source_span(begin, end) || beside_->lines().empty()) return;
    line_link(begin);
    for (auto m = beside_->first_mark(begin); m != beside_->marks().end() && m->begin < end; ++m) {
      const auto number = std::to_string(m->finding + 1);
      out_ +=
          "<mark><a href=\"#" + prefix_ + "F" + number + "\" aria-label=\"noticed: " + number + "\">" + number + "</a></mark> ";
    }
  }

  void blocks(node parent, int level) {
    bool is_first = true;
    flow(
        parent,
        [&](const std::vector<node>& run) {
          open_paragraph(parent);
          if (is_first) place(parent);
          is_first = false;
          for (const node n : run) words(n);
          out_ += "</p>\n";
        },
        [&](node e, treatment as) { block(e, as, level); });
  }
  void open_paragraph(node of) {
    const auto name = local_name(of.name());
    const bool is_plain = name == "p" || name.empty() || name == "body";
    const bool is_centred = of.attr("rend") == "center" || of.attr("rend") == "sectiontitleital";
    if (is_plain && !is_centred) {
      out_ += "<p>";
      return;
    }
    out_ += "<p class=\"";
    text(is_centred ? std::string_view("center") : name);
    out_ += "\">";
  }
  void wrapped(std::string_view open, std::string_view close, node e, int level) {
    out_ += open;
    out_ += '\n';
    blocks(e, level);
    out_ += close;
    out_ += '\n';
  }
  void block(node e, treatment as, int level) {
    switch (as) {
      case treatment::heading: {
        const auto tag = "h" + std::to_string(std::clamp(level, 3, 6));
        out_ += "<" + tag + ">";
        place(e);
        for (const node n : e) words(n);
        out_ += "</" + tag + ">\n";
        break;
      }
      case treatment::list: list(e, level); break;
      case treatment::table: table(e, level); break;
      case treatment::preformatted:
        out_ += e.attr("type") == "opaque" ? "<pre class=\"opaque\">" : "<pre>";
        place(e);
        text(plain_text(e));
        out_ += "</pre>\n";
        break;
      case treatment::furniture:
        if (e.is_element("milestone") && e.attr("unit") == "rule") {
          out_ += "<hr>\n";
        } else {
          out_ += "<p class=\"furniture\">";
          text(shown(e));
          out_ += "</p>\n";
        }
        break;
      case treatment::group:
        if (const auto name = local_name(e.name()); name == "div") wrapped("<section>", "</section>", e, level + 1);
        else if (name == "text" || name == "body") blocks(e, level);
        else if (local_name(e.name()) == "quote") wrapped("<blockquote>", "</blockquote>", e, level);
        else wrapped("<div>", "</div>", e, level);
        break;
      default: blocks(e, level);
    }
  }

  void list(node e, int level) {
    bool is_open = false, has_item = false;
    const auto begin = [&] {
      if (!is_open) out_ += "<ul class=\"labelled\">\n";
      is_open = true;
      if (!has_item) out_ += "<li>";
      has_item = true;
    };
    const auto end_item = [&] {
      if (has_item) out_ += "</li>\n";
      has_item = false;
    };
    for (const node child : e) {
      if (!child.is(node_type::element)) continue;
      const auto as = treatment_of(child);
      if (as == treatment::label) {
        end_item();
        begin();
        out_ += "<span class=\"label\">";
        for (const node n : child) words(n);
        out_ += "</span>";
      } else if (as == treatment::item) {
        begin();
        blocks(child, level);
        end_item();
      } else {
        end_item();
        if (is_open) out_ += "</ul>\n";
        is_open = false;
        block(child, as, level);
      }
    }
    end_item();
    if (is_open) out_ += "</ul>\n";
  }
  void table(node e, int level) {
    bool is_open = false;
    const auto close = [&] {
      if (is_open) out_ += "</table>\n";
      is_open = false;
    };
    for (const node row : e) {
      if (!row.is(node_type::element)) continue;
      if (const auto as = treatment_of(row); as != treatment::row) {
        close();
        block(row, as, level);
        continue;
      }
      if (!is_open) out_ += "<table>\n";
      is_open = true;
      out_ += "<tr>";
      for (const node cell : row)
        if (cell.is(node_type::element)) {
          out_ += "<td>";
          for (const node n : cell) words(n);
          out_ += "</td>";
        }
      out_ += "</tr>\n";
    }
    close();
  }

  // What stands for a page break, a running header or a gap.
  static std::string shown(node e) {
    const auto said = collapsed_text(e);
    if (e.is_element("gap")) return "[missing" + (said.empty() ? "" : ": " + said) + "]";
    if (!said.empty()) return "[" + said + "]";
    const auto unit = e.attr("unit");
    return "[" +
           std::string(e.is_element("pb") ? "page"
                       : unit.empty()     ? local_name(e.name())
                                          : unit) +
           (e.attr("n").empty() ? "" : " " + std::string(e.attr("n"))) + "]";
  }

  void words(node n) {
    if (n.is(node_type::text)) {
      text(n.text());
      return;
    }
    if (!n.is(node_type::element)) return;
    switch (treatment_of(n)) {
      case treatment::hidden: return;
      case treatment::line_break: out_ += "<br>"; return;
      case treatment::furniture:
        out_ += " <span class=\"seam\">";
        text(shown(n));
        out_ += "</span> ";
        return;
      case treatment::note: {
        notes_.push_back(n);
        const auto number = std::to_string(notes_.size());
        out_ += "<sup><a id=\"" + prefix_ + "R" + number + "\" href=\"#" + prefix_ + "N" + number + "\">" + number + "</a></sup>";
        return;
      }
      default: break;
    }
    const auto tag = tag_of(n);
    out_ += tag.open;
    if (local_name(n.name()) == "choice") words(preferred_reading(n));
    else
      for (const node child : n) words(child);
    out_ += tag.close;
  }
  struct tags {
    std::string open;
    std::string_view close;
  };
  static tags tag_of(node n) {
    const auto name = local_name(n.name());
    if (name == "del") return {"<del>", "</del>"};
    if (name == "unclear") return {"<mark title=\"unclear\">", "</mark>"};
    if (const auto target = n.attr("target");
        name == "ref" && (target.starts_with("https://") || target.starts_with("http://"))) {
      std::string open = "<a href=\"";
      append_escaped(open, target);
      return {open + "\">", "</a>"};
    }
    if (name == "ref" && n.attr("target").starts_with("cable:")) {
      std::string open = "<cite title=\"";
      append_escaped(open, n.attr("target").substr(6));
      return {open + "\">", "</cite>"};
    }
    if (name == "choice") {  // the other readings
      std::string open = "<span title=\"";
      for (const node reading : n)
        if (reading.is(node_type::element) && reading != preferred_reading(n)) append_escaped(open, collapsed_text(reading));
      return {open + "\">", "</span>"};
    }
    if (name != "hi") return {};
    const auto rend = n.attr("rend");
    if (rend == "italic") return {"<em>", "</em>"};
    if (rend == "strong" || rend == "bold") return {"<strong>", "</strong>"};
    if (rend == "underline") return {"<u>", "</u>"};
    if (rend == "sub") return {"<sub>", "</sub>"};
    if (rend == "superscript") return {"<sup>", "</sup>"};
    if (rend == "smallcaps") return {"<span class=\"smallcaps\">", "</span>"};
    return {};
  }

  void footnotes() {
    if (notes_.empty()) return;
    out_ += "<section aria-label=\"Notes\">\n<ol>\n";
    for (std::size_t i = 0; i < notes_.size(); ++i) {  // a note may hold notes
      const auto number = std::to_string(i + 1);
      out_ += "<li id=\"" + prefix_ + "N" + number + "\">";
      blocks(notes_[i], 6);
      out_ += "<a href=\"#" + prefix_ + "R" + number + "\" aria-label=\"back to note " + number + "\">&#8617;</a></li>\n";
    }
    out_ += "</ol>\n</section>\n";
  }

  std::string& out_;
  const document_view& document_;
  const original* const beside_;
  const std::string prefix_;
  std::vector<node> notes_;
};

std::string page_start(std::string_view title, std::string_view language) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"";
  append_escaped(out, language);
  out +=
      "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>";
  append_escaped(out, title);
  out += "</title>\n<style>";
  out += style;
  return out + "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the text</a>\n<main id=\"main\">\n";
}

}  // namespace

void html_writer::write(const document_view& document) {
  std::string out;
  if (count_ == 0) out = page_start(std::string(document.id()) + ": " + title_of(document), host_.option("language"));
  ++count_;
  const auto place = places_.find(document);
  const bool has_original = host_.flag("original") && !document.source()["octets"].text().empty();
  const auto beside = has_original ? std::optional<original>(std::in_place, document, place) : std::nullopt;
  html_article(out, document, beside ? &*beside : nullptr, "d" + std::to_string(count_)).write();
  report_losses(host_, document, false);
  output_.write(out);
}

void html_writer::finish() {
  if (count_ > 0) output_.write("</main>\n</body>\n</html>\n");
}

}  // namespace dragoman::page
