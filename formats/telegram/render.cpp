#include "render.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <vector>

#include "ascii.hpp"
#include "codes.hpp"
#include "grammar.hpp"
#include "html.hpp"
#include "inline.hpp"
#include "lines.hpp"
#include "numbering.hpp"
#include "opening.hpp"
#include "wrap.hpp"

namespace dragoman::telegram {
namespace {

using strings = std::vector<std::string>;

std::string collapse(std::string_view text) {
  std::string out;
  bool blank = true;
  append_collapsed(out, text, blank);
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::uint32_t number_of(std::string_view digits) noexcept {
  std::uint32_t n = 0;
  parse_number(digits, n);
  return n;
}

// Blanks of marks and numbers at which no line ends.
std::string fixed(std::string_view text) {
  std::string out = collapse(text);
  std::replace(out.begin(), out.end(), ' ', fixed_blank);
  return out;
}

bool never(std::string_view) noexcept { return false; }
bool begins_item(std::string_view line) noexcept {
  std::size_t end = 0;
  return begins_something(line) || !match_item_label(line, end).empty();
}
bool begins_instruction(std::string_view line) noexcept {
  return begins_something(line) || is_passing(line) || match_caption(line) != 0 || is_correction(line);
}
bool is_no_tag(std::string_view) noexcept { return false; }

// What of a document cannot be said in telegram text; told once for each kind, with a count.
class losses {
public:
  void add(code c, std::string_view what) {
    ++counts_[{c, std::string(what)}];
    is_body_lossy_ = true;
  }
  // A field of meta.
  void add_field(code c, std::string_view name, std::string_view what = {}) {
    ++counts_[{c, "meta." + std::string(name) + (what.empty() ? "" : ": ") + std::string(what)}];
    fields_.emplace(name);
  }
  bool is_body_lossy() const noexcept { return is_body_lossy_; }
  const std::set<std::string, std::less<>>& fields() const noexcept { return fields_; }
  std::vector<loss> list() const {
    std::vector<loss> out;
    for (const auto& [what, count] : counts_)
      out.push_back({what.first, what.second + (count > 1 ? ", " + std::to_string(count) + " times" : "")});
    return out;
  }

private:
  std::map<std::pair<code, std::string>, std::size_t> counts_;
  std::set<std::string, std::less<>> fields_;
  bool is_body_lossy_ = false;
};

// -- Text inside paragraphs ----------------------------------------------------------------------------------------

// A paragraph's content as runs of text, cut where a running header or a section seam stands in it.
struct run {
  std::string text;
  std::vector<node> breaks;  // pb, fw, milestone, gap behind it
};

class inline_renderer {
public:
  explicit inline_renderer(losses& lost) : lost_(lost) {}

  std::vector<run> runs(node element) {
    runs_.assign(1, {});
    content(element);
    return std::move(runs_);
  }

private:
  void content(node element) {
    for (const node child : element) {
      if (child.is(node_type::text)) runs_.back().text += child.text();
      else if (child.is(node_type::element)) inner(child);
      else
        lost_.add(code::loss_text,
                  child.is(node_type::comment) ? "a comment in the text" : "a processing instruction in the text");
    }
  }
  void inner(node e) {
    const auto name = e.name();
    const bool says_nothing =
        (name == "pb" && !e.next().is_element("fw")) || (name == "gap" && e.attr("unit") != "section" && !is_gap_of_words(e));
    if (says_nothing) {  // it may stand inside a word, which goes on
      lost_.add(code::loss_markup, name == "pb" ? "a page break (pb) without a running header" : "element gap");
    } else if (name == "pb" || name == "fw" || name == "milestone" || name == "gap") {
      runs_.back().breaks.push_back(e);
      // Text that follows begins a new run.
      if (const node next = e.next(); !next || !is_break(next)) runs_.emplace_back();
    } else if (name == "label" || name == "seg") {
      const auto words = plain_text(e);
      const bool spaced = !words.empty() && is_space(words.back());
      runs_.back().text += fixed(words) + (spaced ? std::string(1, fixed_blank) : "");
    } else if (name == "ref" || name == "unclear") {
      runs_.back().text += fixed(plain_text(e));
    } else if (name == "lb") {
      runs_.back().text += '\n';
      lost_.add(code::loss_markup, "line break (lb)");
    } else {
      lost_.add(code::loss_markup, "element " + std::string(name) + " in running text");
      const bool aside = name == "note";
      if (aside) runs_.back().text += " [";
      content(e);
      if (aside) runs_.back().text += "] ";
    }
  }

public:
  // A blank line says it, where words are missing in a sentence (telegram.md 4.4).
  static bool is_gap_of_words(node n) { return n.is_element("gap") && n.attr("unit") == "word" && n.attr("reason") == "missing"; }

private:
  static bool is_break(node n) {
    return n.is(node_type::element) && (n.name() == "pb" || n.name() == "fw" || n.name() == "milestone" || n.name() == "gap");
  }

  losses& lost_;
  std::vector<run> runs_;
};

// -- The document --------------------------------------------------------------------------------------------------

class renderer {
public:
  renderer(const document_view& document, const rendering_options& options, losses& lost)
      : document_(document), options_(options), lost_(lost), meta_(document.meta()) {}

  std::string render() {
    if (document_.kind() == "document") {
      edited_document();
    } else {
      section_total_ = count_sections(document_.body());
      opening();
      body();
      if (options_.section_lines != 0) cut_sections();
      ending();
    }
    // Letters of a text that lost a control character, or was no file's beginning: a reader would take them for a PDF's.
    if (!binary_name(out_).empty()) out_.insert(0, "\n");
    return std::move(out_);
  }
  bool is_cut() const noexcept { return is_cut_; }
  bool is_uncut() const noexcept { return is_uncut_; }

private:
  const document_view& document_;
  const rendering_options& options_;
  losses& lost_;
  node meta_;
  std::string out_;
  bool blank_ = true;             // the last one was blank, or there is none
  bool is_transmission_ = false;  // with BT, number and NNNN
  std::uint32_t section_total_ = 0;
  std::string number_;                                // "PORT ALTAIR 001284"
  node transmission_;                                 // of the section being written
  std::multimap<std::uint32_t, node> transmissions_;  // of the later sections

  std::size_t width() const noexcept { return options_.wrap; }
  std::string_view field(std::string_view name) const { return meta_[name].text(); }

  // -- lines --------------------------------------------------------------------------------------------------------
  // Writes a line. An ampersand that the reader would take for an entity is written as one, and what it would take for a tag.
  void put(std::string_view text) {
    constexpr char_set of_html("&<");
    std::size_t from = 0;
    for (std::size_t at = find_any(text, of_html); at < text.size(); ++at) {
      if (!of_html.has(text[at])) continue;
      std::uint32_t ignored = 0;
      const bool is_entity = text[at] == '&';
      if (is_entity ? decode_entity(text, at, ignored) == 0 : match_tag(text.substr(at)).length == 0) continue;
      out_.append(text, from, at - from);
      out_ += is_entity ? "&amp;" : "&lt;";
      from = at + 1;
    }
    out_.append(text, from, npos);
    out_ += '\n';
    blank_ = text.empty();
  }
  void put(const strings& lines) {
    for (const auto& l : lines) put(l);
  }
  void gap() {
    if (!blank_) put("");
  }

  // -- heading ------------------------------------------------------------------------------------------------------
  // One value of the heading: its lines, and whether a line that no rule knows may stand before it.
  struct part {
    strings lines;
    bool gap_before = false;
    bool is_open = true;
    bool is_format = false;                                            // among the format lines, where blank lines say nothing
    bool is_counted = true;                                            // among the lines of the heading (meta.lines.n)
    enum : std::uint8_t { other, class_line, repeated } kind = other;  // repeated: at the head of later sections, too
  };
  std::vector<part> parts_;

  void opening() {
    for (const node line : meta_["x_preamble"]) format_line(std::string(line.text()));
    if (!meta_["x_attributes"].empty()) parts_.push_back({{"Message Text"}, false, true, true, false});
    if (const auto notice = field("x_notice"); !notice.empty()) parts_.push_back({{collapse(notice)}, true, true, false, true});
    transmission_ = meta_["transmission"];
    const auto before = parts_.size();
    heading_lines(transmission_, meta_, meta_, "x_");
    const bool has_heading = !parts_.empty();
    if (has_heading && before > 0 && parts_.size() > before) parts_[before].gap_before = true;
    is_transmission_ = options_.is_transmission && (has_heading || !field("classification").empty());
    if (has_heading && is_transmission_) parts_.push_back({{"BT"}, false, true, true, false});

    number_ = std::string(field("x_number"));
    if (number_.empty()) number_ = number_of_id(document_.id(), meta_["from"]["name"].text());
    // Without a level, the line is still there when it has a section and a number (telegram.md 5.3 no. 33).
    const bool has_level = !field("classification").empty(), has_section = read_section(field("x_section")).total != 0;
    if (number_ == "none" || !(has_level || has_section)) number_.clear();  // only a classification line says it
    if (has_level || (has_section && !number_.empty())) {
      auto section = expected_section(section_total_);
      if (const auto said = field("x_section"); !said.empty()) section = read_section(said);
      parts_.push_back({{class_line(section)}, has_heading && !is_transmission_});
      parts_.back().kind = part::class_line;
    }
    list_parts("captions");
    list_parts("corrections");
    passing();
    labelled();
    place();
    gap();
    unsayable();
  }

  static section_mark read_section(std::string_view words) noexcept {
    if (words == "none") return {};
    const auto of = words.find(" OF ");
    if (of == npos) return {};
    return {number_of(words.substr(0, of)), number_of(words.substr(of + 4))};
  }
  static std::string two_digits(std::size_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }
  std::string class_line(const section_mark& section, bool is_final = false) const {
    return class_line(field("classification"), number_, section, is_final);
  }
  static std::string class_line(std::string_view level, std::string_view number, const section_mark& section,
                                bool is_final = false) {
    std::string out(printed_level(level));
    if (section.total != 0) {
      if (!out.empty()) out += ' ';
      out += (is_final ? "FINAL SECTION OF " : "SECTION " + two_digits(section.number) + " OF ") + two_digits(section.total);
    }
    if (!number.empty()) out.append(1, ' ').append(number);
    return out;
  }

  // Format lines of a transmission, with what else stands before the text; `facts` holds parties and date.
  void heading_lines(node transmission, node facts, node fallback, std::string_view prefix) {
    const auto name = [&](std::string_view field_name) { return std::string(prefix) + std::string(field_name); };
    for (const node page : facts[name("pages")]) format_line(std::string(page.text()));
    copies(facts[name("distribution")] ? facts[name("distribution")] : fallback["x_distribution"]);
    const auto relay = transmission[prefix.empty() ? "relay" : "x_relay"].text();
    if (!relay.empty()) format_line(std::string(21, ' ') + std::string(21, '-') + "     " + std::string(relay));
    format_lines(transmission, transmission["de"].text(), facts, fallback);
    if (const auto count = facts[name("group_count")].text(); !count.empty()) format_line(std::string(count));
  }
  void format_lines(node transmission, std::string_view de, node facts, node fallback) {
    const auto line = [&](std::string_view before, std::string_view text) {
      if (!text.empty()) format_line(std::string(before) + std::string(text));
    };
    line("", transmission["id"].text());
    if (const auto routing = transmission["routing"].text(); !routing.empty()) format_text(routing, "", 0);
    line("DE ", de);
    line("", transmission["security"].text());
    date_line(facts, fallback);
    const node from = facts["from"] ? facts["from"] : fallback["from"];
    line("FM ", party_line(from));
    parties("TO ", facts["to"] ? facts["to"] : fallback["to"]);
    parties("INFO ", facts["info"] ? facts["info"] : fallback["info"]);
    parties("XMT ", facts["exempt"]);
  }
  void format_line(std::string text, bool is_open = true) { parts_.push_back({{std::move(text)}, false, is_open, true, true}); }
  void format_text(std::string_view text, std::string_view first, std::size_t indent) {
    parts_.push_back({{}, false, true, true, true});
    wrap_text(text, width(), first, indent, never, parts_.back().lines);
  }
  void copies(node d) {
    if (!d) return;
    for (const std::string_view member : {"number", "action"})
      if (const auto text = d[member].text(); !text.empty()) format_line(std::string(text));
    std::string info;
    for (const node office : d["info"]) info += (info.empty() ? "" : "  ") + std::string(office.text());
    // A post's print-out gives no numbers of copies (telegram.md 5.2 no. 14).
    const bool is_print = d["action"].text().substr(0, 7) == "ACTION:";
    if (!info.empty()) format_text(info, is_print ? "INFO: " : "INFO  ", 6);
    if (const auto total = d["total"].text(); !total.empty()) format_line("      " + std::string(total));
    for (const node note : d["notes"]) format_line(std::string(note.text()));
  }
  void date_line(node facts, node fallback) {
    const auto either = [&](std::string_view member) { return facts[member] ? facts[member].text() : fallback[member].text(); };
    std::string out;
    if (const char prosign = prosign_of_precedence(either("precedence"))) out += prosign;
    if (const char prosign = prosign_of_precedence(either("info_precedence")))
      out += std::string(out.empty() ? "" : " ") + prosign;
    std::string date(either("date_text"));
    if (date.empty()) date = group_of_date(either("date"));
    if (date.empty()) {
      if (!out.empty()) lost_.add_field(code::loss_meta, "precedence", "without a date");
      return;
    }
    out += (out.empty() ? "" : " ") + date;
    date_time_group group;
    if (!parse_date_time(out, group) && meta_["x_preamble"]) return;  // the form above the heading says it
    const bool is_first = facts.raw() == meta_.raw();
    for (const node signal : facts[is_first ? "x_signals" : "date_signals"]) out += " " + std::string(signal.text());
    format_line(std::move(out));
  }
  // "171435Z OCT 07" of an ISO date with a time.
  static std::string group_of_date(std::string_view date) {
    constexpr std::array<std::string_view, 12> months{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    if (date.size() < 16 || date[4] != '-' || date[10] != 'T') return {};
    const auto month = number_of(date.substr(5, 2));
    if (month < 1 || month > 12) return {};
    return std::string(date.substr(8, 2)) + std::string(date.substr(11, 2)) + std::string(date.substr(14, 2)) + "Z " +
           std::string(months[month - 1]) + " " + std::string(date.substr(2, 2));
  }
  static std::string party_line(node p) {
    std::string out(p["route"].text());
    const auto add = [&](std::string_view between, std::string_view text) {
      if (text.empty()) return;
      if (!out.empty()) out += between;
      out += text;
    };
    add("/", p["name"].text());
    if (const auto office = p["office"].text(); !office.empty()) out += "//" + std::string(office) + "//";
    add(" ", p["x_precedence"] ? p["x_precedence"].text() : p["precedence"].text());
    add(" ", p["number"].text());
    return out;
  }
  void parties(std::string_view word, node list) {
    bool first = true;
    for (const node p : list) {
      format_line((first ? std::string(word) : std::string()) + party_line(p), first);
      first = false;
    }
  }

  void list_parts(std::string_view name) {
    bool first = true;
    for (const node entry : meta_[name]) {
      parts_.push_back({{std::string(entry.text())}, first});
      if (name == "captions") parts_.back().kind = part::repeated;
      first = false;
    }
  }
  void passing() {
    bool first = true;
    for (const node entry : meta_["passing"]) {
      parts_.push_back({{}, first});
      wrap_text(entry.text(), width(), "", 0, begins_instruction, parts_.back().lines);
      first = false;
    }
  }

  void labelled() {
    const auto begin = parts_.size();
    const auto add = [&](std::string_view label, std::string_view text, bool gap_before, line_guard guard = begins_something) {
      if (text.empty()) return;
      parts_.push_back({{}, gap_before});
      wrap_text(text, width(), label, 0, guard, parts_.back().lines);
      if (label.empty() || label == "TAGS: " || label == "SUBJECT: ") parts_.back().kind = part::repeated;
    };
    const auto is_first = [&] { return parts_.size() == begin; };
    // The usual order, unless the telegram had another (telegram.md 5.3 no. 45).
    const auto line = [&](std::string_view name) {
      if (name == "declassify") {
        add("", order_line(), is_first());
        add("Declassify on: ", field("x_declassify_on"), false);
      } else if (name == "tags") {
        std::string tags;
        for (const node tag : meta_["tags"]) tags += (tags.empty() ? "" : ", ") + printed_tag(tag.text());
        add("TAGS: ", tags, is_first(), is_no_tag);
      } else if (name == "subject") {
        add("SUBJECT: ", unbroken(field("subject")), is_first());
      } else if (name == "refs") {
        references();
      } else if (name == "classified_by") {
        authority();
      }
    };
    std::string_view said = field("x_label_order"), rest = said;
    for (auto name = take_word(rest); !name.empty(); name = take_word(rest)) line(name);
    for (const std::string_view name : {"declassify", "tags", "subject", "refs", "classified_by"})
      if (find_word(said, name) == npos) line(name);
    add("Derived From: ", field("x_derived_from"), true);
  }
  // The E.O. line as printed, else made of what it says (telegram.md 2.6).
  std::string order_line() const {
    const node d = meta_["declassify"];
    if (!d || !d["text"].text().empty()) return std::string(d["text"].text());
    const auto said = [&](std::string_view name) { return std::string(d[name].text()); };
    std::string out = (said("order").empty() ? "E.O. 12958" : said("order")) + ":";
    if (said("x_action") == "NONE") return out + " N/A";
    std::string value = said("date");
    for (const auto& other : {said("x_code"), said("x_exemption"), said("x_event")})
      if (!other.empty()) value += (value.empty() ? "" : ", ") + other;
    if (said("x_action") == "DOWNGRADE") return out + " DNG: " + (said("x_level").empty() ? "" : said("x_level") + " ") + value;
    return out + (value.empty() ? " N/A" : " DECL: " + value);
  }
  // No line ends behind a word's own hyphen: the reader would join it without a blank.
  static std::string unbroken(std::string_view text) {
    std::string out(text);
    for (std::size_t i = 1; i + 1 < out.size(); ++i)
      if (out[i] == ' ' && out[i - 1] == '-' && is_letter(out[i + 1])) out[i] = fixed_blank;
    return out;
  }
  static std::string printed_tag(std::string_view tag) {
    if (is_tag_shape(tag) && is_all_upper(tag)) return std::string(tag);
    return fixed("(" + std::string(tag) + ")");
  }
  void references() {
    part p{{}, true};
    bool first = true;
    for (const node r : meta_["refs"]) {
      const auto label = r["label"].text();
      std::string lead = first ? "REF: " : "     ";
      if (!label.empty()) lead += std::string(label) + ". ";
      if (label.empty() && !first) {
        // An item without a label goes on the line of the one before, behind a semicolon.
        p.lines.back() += "; " + collapse(r["text"].text());
      } else {
        wrap_text(r["text"].text(), width(), lead, first && label.empty() ? 5 : 8, begins_item, p.lines);
      }
      first = false;
    }
    if (!p.lines.empty()) parts_.push_back(std::move(p));
  }
  void authority() {
    const node a = meta_["classified_by"];
    if (!a || is_said_in_text(a)) return;
    const auto title = a["title"].text(), name = a["name"].text(), reason = a["reason"].text(), rest = field("x_authority_note");
    const auto join = [](std::string_view x, std::string_view between, std::string_view y) {
      return x.empty() ? std::string(y) : y.empty() ? std::string(x) : std::string(x) + std::string(between) + std::string(y);
    };
    const std::array<std::string, 2> persons{join(title, " ", name), join(name, ", ", title)};
    std::string best;
    for (const std::string_view point : {".", ""})  // of reasons that break off, "1.4 (b", it would be a part
      for (const auto& person : persons)
        for (const std::string_view word : {", for reasons ", ", reason: ", " "}) {
          auto text =
              person.empty() ? (reason.empty() ? std::string() : "Reason: " + std::string(reason)) : join(person, word, reason);
          text += rest.empty() ? std::string(point) : (is_lower(rest.front()) ? " " : ". ") + std::string(rest);
          const auto read = split_authority(text);
          const bool is_same = read.title == title && read.name == name && read.reason == reason && read.rest == rest;
          if (best.empty() || is_same) best = text;
          if (is_same) {
            add_authority(best);
            return;
          }
        }
    add_authority(best);
  }
  // The reader finds an authority that a paragraph says (telegram.md 2.10).
  bool is_said_in_text(node authority) const {
    bool said = false;
    walk(
        document_.body(),
        [&](node n) {
          if (said || !n.is_element("p")) return;
          std::string words;
          for (const node child : n)
            if (child.is(node_type::text)) words += child.text();
          words = collapse(words);
          const auto l = match_label(words);
          if (l.what != label::classified) return;
          const auto read = split_authority(std::string_view(words).substr(l.value));
          said = read.title == authority["title"].text() && read.name == authority["name"].text() &&
                 read.reason == authority["reason"].text() && read.rest == field("x_authority_note");
        },
        [](node) {});
    return said;
  }
  void add_authority(const std::string& text) {
    part p{{}, true};
    wrap_text(
        text, width(), "Classified By: ", 0,
        [](std::string_view line) { return begins_something(line) && match_label(line).what != label::reason; }, p.lines);
    parts_.push_back(std::move(p));
  }

  // A line that no rule understood where it stood, so that none does where it comes to stand.
  static std::string unknown_line(std::string_view words) {
    std::string text = words.find_first_of("\r\n") == npos ? std::string(trim(words)) : collapse(words);
    if (looks_like_heading(text) || std::none_of(text.begin(), text.end(), is_lower)) text.insert(0, escape);
    return text;
  }
  static bool looks_like_heading(std::string_view text) noexcept {
    const bool has_keyword = std::any_of(format_words.begin(), format_words.end(),
                                         [&](std::string_view word) { return starts_with_word(text, word); });
    return has_keyword || begins_something(text) || match_caption(text) != 0 || is_passing(text) || is_correction(text);
  }
  static constexpr std::array<std::string_view, 8> format_words{"FM", "TO", "INFO", "XMT", "GR", "ACTION", "ORIGIN", "NOTIFY"};

  // Writes the parts of the heading, and each line that no rule understood behind as many of them as its number says.
  void place() {
    node unknown = meta_["lines"].first_child();
    std::uint32_t count = 0;  // lines of the heading written, as meta.lines.n counts them
    bool after_unknown = false, is_behind_all = false;
    const auto put_unknown = [&](bool among_format_lines) {
      if (!among_format_lines && !after_unknown) gap();
      const auto text = unknown["text"].text();
      put(is_behind_all && repeats_label(text) ? std::string(text) : unknown_line(text));
      after_unknown = true;
      ++count;
      unknown = unknown.next();
    };
    for (const auto& p : parts_) {
      while (p.is_open && unknown && number_of(unknown["n"].text()) <= count + 1) put_unknown(p.is_format);
      if (p.gap_before || (after_unknown && !p.is_format)) gap();
      if (p.kind == part::class_line) class_begin_ = out_.size();
      if (p.kind == part::repeated) repeated_.push_back(p);
      put(p.lines);
      after_unknown = false;
      count += p.is_counted;
    }
    is_behind_all = true;
    while (unknown) put_unknown(false);
  }
  // Does the line say again what a labelled line of the heading says? It is known by that: behind the last of them, one set in
  // would be text.
  bool repeats_label(std::string_view text) const {
    switch (match_label(text).what) {
      case label::order: return !meta_["declassify"]["text"].text().empty();
      case label::classified: return static_cast<bool>(meta_["classified_by"]);
      case label::reason: return static_cast<bool>(meta_["classified_by"]["reason"]);
      case label::declassify_on: return !field("x_declassify_on").empty();
      case label::derived: return !field("x_derived_from").empty();
      default: return false;
    }
  }

  // Fields of the heading that no line of a telegram says.
  void unsayable() {
    for (const node m : meta_) {
      const auto name = m.name();
      for (const std::string_view known : {"source_note", "place", "number"})
        if (name == known) lost_.add_field(code::loss_meta, name);
      if (name.substr(0, 2) != "x_") continue;
      constexpr std::array<std::string_view, 20> ours{
          "x_subject_mark", "x_label_order",   "x_reasons", "x_authority_note", "x_signature",     "x_lost",      "x_flags",
          "x_id",           "x_preamble",      "x_notice",  "x_signals",        "x_group_count",   "x_number",    "x_section",
          "x_derived_from", "x_declassify_on", "x_pages",   "x_distribution",   "x_transmissions", "x_attributes"};
      if (std::find(ours.begin(), ours.end(), name) == ours.end()) lost_.add_field(code::loss_meta, name);
    }
  }

  // -- body ---------------------------------------------------------------------------------------------------------
  // How many sections running headers and seams say that there are.
  static std::uint32_t count_sections(node top) {
    std::uint32_t total = 0;
    walk(
        top,
        [&](node n) {
          page_header page;
          if (n.is_element("fw") && parse_page_header(collapse(plain_text(n)), page)) total = std::max(total, page.total);
          if (n.is_element("milestone") && n.attr("unit") == "section") total = std::max(total, number_of(n.attr("n")));
        },
        [](node) {});
    return total;
  }

  std::uint32_t section_ = 1;
  bool after_cut_ = false;  // a running header stands behind what could be the first part of a heading
  bool could_be_cut_ = false;
  strings trailers_;

  void body() { blocks(document_.body()); }

  void blocks(node parent) {
    for (const node child : parent) {
      if (child.is(node_type::text)) {
        if (!is_blank(child.text())) {
          lost_.add(code::loss_markup, "text outside a paragraph");
          paragraph_text({{std::string(child.text()), {}}}, "", false);
        }
      } else if (child.is(node_type::element)) {
        block(child);
      } else if (child.is(node_type::comment) || child.is(node_type::pi)) {
        lost_.add(code::loss_text, child.is(node_type::comment) ? "a comment" : "a processing instruction");
      }
    }
  }

  void block(node e) {
    const auto name = e.name();
    if (name == "p") {
      paragraph(e);
      is_first_block_ = false;
      return;
    }
    if (name != "list") last_block_ = {};
    if (name == "div") {
      blocks(e);
    } else if (name == "head") {
      heading(e);
    } else if (name == "list") {
      list(e);
    } else if (name == "ab") {
      verbatim(e);
    } else if (name == "pb" || name == "fw" || name == "milestone" || name == "gap") {
      page_break(e);
    } else if (name == "trailer") {
      trailers_.push_back(collapse(plain_text(e)));
    } else if (name == "row") {
      lost_.add(code::loss_markup, "element row");
      std::string text;
      for (const node cell : e)
        if (cell.is(node_type::element)) text += (text.empty() ? "" : " | ") + collapsed_text(cell);
      paragraph_text({{text, {}}}, "", false);
    } else if (has_blocks(e)) {
      lost_.add(code::loss_markup, "element " + std::string(name));
      blocks(e);
    } else {
      lost_.add(code::loss_markup, "element " + std::string(name));
      paragraph(e);
    }
    is_first_block_ = false;
  }
  static bool has_blocks(node e) {
    for (const node child : e)
      if (child.is(node_type::element))
        for (const std::string_view name :
             {"p", "list", "div", "table", "row", "head", "ab", "dateline", "signed", "item", "quote", "closer", "opener"})
          if (child.name() == name) return true;
    return false;
  }

  void paragraph(node e) {
    inline_renderer inner(lost_);
    auto runs = inner.runs(e);
    const bool numbered = e.first_child().is_element("label");
    const bool marked = numbered || e.first_child().is_element("seg");
    if (e.has_attribute("n") && !numbered) {
      // The number alone says it: an edited document.
      runs.front().text.insert(0, std::string(e.attr("n")) + "." + fixed_blank);
    }
    // A label that is not its number, "14." of a flattened link for 4, would be read as it stands behind a pilcrow.
    const auto label = plain_text(e.first_child());
    const bool plain = numbered && std::string_view(label).substr(0, count_digits(label)) == e.attr("n");
    paragraph_text(runs, plain && options_.pilcrow ? "\xC2\xB6" : "", marked || e.has_attribute("n"), e.next());
  }

  void paragraph_text(const std::vector<run>& runs, std::string_view before, bool is_marked, node next = {}) {
    gap();
    bool first = true;
    for (const auto& r : runs) {
      if (!first) gap();
      strings lines;
      wrap_text(squeeze(r.text), width(), first ? before : std::string_view(), 0, begins_something, lines);
      if (!(lines.size() == 1 && lines[0].empty())) {
        if (!first || !is_marked) {
          // What begins like something else is set in by a blank; the reader takes it off again.
          const bool is_misleading = first && looks_like_other(lines[0], lines.size() == 1 && runs.size() == 1, next);
          if (is_misleading || begins_something(lines[0]) || (!first && begins_part(lines[0]))) lines[0].insert(0, escape);
        }
        if (&r == &runs.back()) keep_from_signature(lines, next);
        for (std::size_t i = 0; i < lines.size(); ++i) {
          const bool is_paragraph = i == 0 && first && is_marked;
          if (is_paragraph || (i > 0 && !is_escaped_line(lines[i]))) seams_.push_back({out_.size(), is_paragraph});
          put(lines[i]);
        }
      }
      for (const node b : r.breaks) page_break(b);
      first = false;
    }
    const auto words = collapse(runs.size() == 1 ? runs.front().text : std::string());
    could_be_cut_ = !is_marked && words.size() <= longest_heading / 2 && is_heading_text(words) && !is_terminated(words);
    after_cut_ = false;
    open_text(runs, false, is_marked);
  }
  // The text of the block that was written last, as long as a reader might go on with it behind a blank line.
  struct {
    bool is_open = false, is_item = false, is_marked = false;
    std::string words;
  } last_block_;
  void open_text(const std::vector<run>& runs, bool is_item, bool is_marked) {
    last_block_ = {true, is_item, is_marked, {}};
    for (const auto& r : runs) last_block_.words += collapse(r.text) + ' ';
    last_block_.words.pop_back();
  }
  // Would a reader take this first line of an unmarked paragraph for something else, or for more of the text before it?
  bool looks_like_other(std::string_view line, bool is_alone, node next) const {
    if (line.empty()) return false;
    if (last_block_.is_open && !is_terminated(last_block_.words)) {
      const bool is_cut =
          !last_block_.is_item && last_block_.words.back() != ',' && (last_block_.is_marked || last_block_.words.size() >= 48);
      if (is_lower(line[0]) || is_cut) return true;
    }
    if (is_first_block_ && looks_like_heading(line)) return true;
    return is_alone && begins_numbered(next) && is_lone_heading_text(line) && line.size() <= longest_lone_heading;
  }
  bool is_first_block_ = true;
  // A last line in capitals would be the signature.
  void keep_from_signature(strings& lines, node next) const {
    auto& line = lines.back();
    if (next || !field("signature").empty() || is_escaped_line(line)) return;
    if (!match_signature(line).empty()) {
      line.insert(0, escape);
      return;
    }
    const auto word = last_word(line);
    const auto before = trim(std::string_view(line).substr(0, line.size() - word.size()));
    if (match_signature(word).empty() || before.empty() || (before.back() != '.' && before.back() != ')')) return;
    auto last = std::string(escape) + std::string(word);
    line.resize(static_cast<std::size_t>(before.data() - line.data()) + before.size());
    lines.push_back(std::move(last));
  }
  // Three blanks and more would look like a table.
  static std::string squeeze(std::string_view text) {
    std::string out;
    std::size_t blanks = 0;
    for (const char c : text) {
      blanks = c == ' ' || c == '\t' ? blanks + 1 : 0;
      if (blanks <= 2) out += c;
    }
    return out;
  }

  // -- headings -----------------------------------------------------------------------------------------------------
  void heading(node e) {
    gap();
    inline_renderer inner(lost_);
    const auto runs = inner.runs(e);
    const bool ruled = e.attr("rend") == "ruled";
    const auto rule = e.attr("n");  // when it is not as long as the heading
    if (runs.size() > 1) {          // cut by a running header
      put("#### " + collapse_fixed(runs.front().text));
      for (const node b : runs.front().breaks) page_break(b);
      std::string rest;
      for (std::size_t i = 1; i < runs.size(); ++i) rest += (rest.empty() ? "" : " ") + collapse_fixed(runs[i].text);
      gap();
      put(rest);
      put(rule.empty() ? std::string_view("-----") : rule);
      forget_cut();
      return;
    }
    const auto words = collapse_fixed(runs.front().text);
    const auto plain = [&] {
      if (after_cut_ || !is_heading_text(words) || match_paragraph(words).found || !markdown_heading(words).empty() ||
          is_rule(words))
        return false;
      if (is_system_noise(words) || !framed_heading(words).empty()) return false;
      return ruled || (is_lone_heading_text(words) && words.size() <= longest_lone_heading && !begins_something(words) &&
                       begins_numbered(e.next()));
    };
    if (plain()) {
      put(words);
      if (ruled) put(rule.empty() ? std::string(usual_rule_length(words), '-') : std::string(rule));
    } else {
      put("#### " + words);
      if (ruled) {
        gap();
        put(rule.empty() ? std::string_view("-----") : rule);
      }
    }
    forget_cut();
    could_be_cut_ = !ruled;
  }
  static std::string collapse_fixed(std::string text) {
    std::replace(text.begin(), text.end(), fixed_blank, ' ');
    return collapse(text);
  }
  void forget_cut() { after_cut_ = could_be_cut_ = false; }
  static bool begins_numbered(node next) {
    return next.is_element("p") && (next.first_child().is_element("label") || next.first_child().is_element("seg"));
  }

  // -- lists --------------------------------------------------------------------------------------------------------
  void list(node e) {
    gap();
    forget_cut();
    std::string label;
    bool first = true, needs_gap = false;
    for (const node child : e) {
      if (child.is(node_type::text)) {
        if (!is_blank(child.text())) {
          lost_.add(code::loss_markup, "text in a list");
          paragraph_text({{std::string(child.text()), {}}}, "", false);
        }
      } else if (child.is_element("label")) {
        label = collapse(plain_text(child));
      } else if (child.is_element("item")) {
        if (label.empty()) {
          label = "-";
          lost_.add(code::loss_markup, "an item without a label");
        }
        if (needs_gap) gap();
        item(child, label, first && !is_first_of_roman(label, child.next()));
        needs_gap = !is_sentence_end(trim(last_line()));
        first = false;
        label.clear();
      } else if (child.is(node_type::element)) {
        if (child.name() != "pb" && child.name() != "fw" && child.name() != "milestone" && child.name() != "gap")
          lost_.add(code::loss_markup, "element " + std::string(child.name()) + " in a list");
        block(child);
        needs_gap = true;
      } else {
        lost_.add(code::loss_text, "a comment in a list");
      }
    }
  }
  static bool is_first_of_roman(const std::string& label, node next) {
    return next.is_element("label") && is_letter_of_one(match_list(label + " x")) &&
           is_roman_two(match_list(plain_text(next) + " x"));
  }
  // `needs_mark`: a pilcrow says that a list begins here, unless its label does.
  void item(node e, const std::string& label, bool needs_mark) {
    inline_renderer inner(lost_);
    if (has_blocks(e)) {
      lost_.add(code::loss_markup, "an item with paragraphs or lists");
      put(label);
      blocks(e);
      return;
    }
    const auto runs = inner.runs(e);
    bool first = true;
    for (const auto& r : runs) {
      if (!first) gap();
      strings lines;
      std::string lead = first ? label + " " : std::string();
      // A list that does not begin with its first letter shows that it is one by a pilcrow.
      if (first && needs_mark && is_letter(label[0]) && match_list(lead + "x").ordinal != 1) lead.insert(0, "\xC2\xB6");
      wrap_text(squeeze(r.text), width(), lead, 0, begins_something, lines);
      if (!first && (begins_something(lines[0]) || begins_part(lines[0]))) lines[0].insert(0, escape);
      put(lines);
      for (const node b : r.breaks) page_break(b);
      first = false;
    }
    open_text(runs, true, false);
  }
  std::string_view last_line() const noexcept {
    auto text = std::string_view(out_);
    if (!text.empty()) text.remove_suffix(1);
    const auto begin = text.rfind('\n');
    return begin == npos ? text : text.substr(begin + 1);
  }

  // -- verbatim blocks, page breaks, seams --------------------------------------------------------------------------
  void verbatim(node e) {
    gap();
    forget_cut();
    const auto text = plain_text(e);
    for (std::size_t at = 0; at <= text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      put(trim_right(std::string_view(text).substr(at, end - at)));
      at = end + 1;
    }
  }

  void page_break(node e) {
    after_cut_ |= could_be_cut_;
    const auto name = e.name();
    if (name == "pb") {
      // Said by the header that follows it.
      page_header page;
      const node header = e.next();
      if (!header.is_element("fw") || !parse_page_header(collapse(plain_text(header)), page) || page.page != e.attr("n"))
        lost_.add(code::loss_markup, "a page break (pb) without a running header");
    } else if (name == "fw") {
      gap();
      put(collapse(plain_text(e)));
      put("");
    } else if (name == "gap") {
      if (inline_renderer::is_gap_of_words(e)) return gap();
      if (e.attr("reason") == "missing" && e.attr("unit") == "section") return;  // said by the next section's number
      lost_.add(code::loss_markup, "element gap");
    } else if (e.attr("unit") == "section") {
      seam(number_of(e.attr("n")));
    } else {
      gap();
      put(e.attr("n").empty() ? std::string_view("-----") : e.attr("n"));
      gap();
    }
  }

  // The end of one transmission and the heading of the next.
  void seam(std::uint32_t number) {
    if (number < 2 || number_.empty()) {
      lost_.add(code::loss_structure, "a section of a telegram without a number");
      return;
    }
    // A section that stands twice stands again behind all others (telegram.md 4.4): the text is over.
    if (number <= section_) signature();
    end_of_transmission();
    if (section_ == 1 && number > 1 && transmissions_.empty())
      for (const node t : meta_["x_transmissions"]) transmissions_.emplace(number_of(t["section"].text()), t);
    const auto found = transmissions_.find(number);
    const node next = found == transmissions_.end() ? node() : found->second;
    if (found != transmissions_.end()) transmissions_.erase(found);
    transmission_ = next;
    gap();
    const auto has = [&](std::string_view member) { return static_cast<bool>(next[member]); };
    const bool full = is_transmission_ || has("id") || has("de") || has("routing") || has("security") || has("date_text") ||
                      has("from") || has("date_signals") || has("group_count") || has("lines") || has("to") || has("info") ||
                      has("pages") || has("distribution") || has("relay");
    if (full) {
      parts_.clear();
      heading_lines(next, next, meta_, "");
      for (const auto& p : parts_) put(p.lines);
      for (const node line : next["lines"]) put(unknown_line(line.text()));
      if (is_transmission_) put("BT");
    }
    const auto level = has("classification") ? next["classification"].text() : field("classification");
    const auto printed_number = has("number") ? next["number"].text() : std::string_view(number_);
    const auto total = has("total") ? number_of(next["total"].text())
                                    : std::max({section_total_, number, read_section(field("x_section")).total});
    put(class_line(level, printed_number, {number, total}));
    gap();
    section_ = std::max(section_, number);
  }

  // -- sections that the model does not have (4.4; A127 208) --------------------------------------------------------
  // Where the text may be cut: before a numbered paragraph, or before a line inside a paragraph that a reader joins again.
  struct seam_place {
    std::size_t offset = 0;
    bool is_paragraph = false;
  };
  std::vector<seam_place> seams_;
  std::vector<part> repeated_;
  std::size_t class_begin_ = npos;  // of the classification line in the text
  bool is_cut_ = false, is_uncut_ = false;

  void cut_sections() {
    if (class_begin_ == npos || has_sections(document_.body())) return;
    const auto cuts = choose_cuts();
    if (cuts.empty()) return;
    // Sections are known by the number that they share.
    is_cut_ = number_.find(' ') != npos && document_.id().substr(0, 2) != "x-";
    is_uncut_ = !is_cut_;
    if (is_uncut_) return;
    const auto total = static_cast<std::uint32_t>(cuts.size() + 1);
    const std::string whole = std::move(out_);
    out_ = whole.substr(0, class_begin_);
    put(class_line({1, total}));
    std::size_t from = whole.find('\n', class_begin_) + 1;
    const auto copy_until = [&](std::size_t to) {
      out_.append(whole, from, to - from);
      while (out_.size() > 1 && out_.back() == '\n' && out_[out_.size() - 2] == '\n') out_.pop_back();
      from = to;
      blank_ = false;
    };
    for (std::uint32_t k = 2; k <= total; ++k) {
      copy_until(cuts[k - 2]);
      end_of_transmission();
      gap();
      parts_.clear();
      format_lines(transmission_, de_of_section(transmission_["de"].text(), k), meta_, meta_);
      for (const auto& p : parts_) put(p.lines);
      if (is_transmission_) put("BT");
      else if (!parts_.empty()) gap();
      put(class_line({k, total}, is_transmission_ && k == total));
      gap();
      for (const auto& p : repeated_) {
        if (p.gap_before) gap();
        put(p.lines);
      }
      gap();
    }
    copy_until(whole.size());
  }
  static bool has_sections(node top) {
    bool found = false;
    walk(
        top, [&](node n) { found |= n.is_element("milestone") && n.attr("unit") == "section"; }, [](node) {});
    return found;
  }
  // "RUEHZQX #1284/02 2901435"
  static std::string de_of_section(std::string_view de, std::uint32_t section) {
    const auto serial = de.find('#');
    if (serial == npos) return std::string(de);
    const auto end = serial + 1 + count_digits(de.substr(serial + 1));
    auto rest = de.substr(end);
    if (!rest.empty() && rest[0] == '/') rest = rest.substr(1 + count_digits(rest.substr(1)));
    return std::string(de.substr(0, end)) + "/" + two_digits(section) + std::string(rest);
  }
  // Each section as long as it may be, but it ends before a paragraph where one begins in its last quarter.
  std::vector<std::size_t> choose_cuts() const {
    std::size_t head = 3;  // lines that a later section repeats
    for (const auto& p : repeated_) head += p.lines.size() + p.gap_before;
    const auto lines_between = [&](std::size_t begin, std::size_t end) {
      const auto at = [&](std::size_t offset) { return out_.begin() + static_cast<std::ptrdiff_t>(offset); };
      return static_cast<std::size_t>(std::count(at(begin), at(end), '\n'));
    };
    std::vector<std::size_t> line_of;  // of each place, from the classification line
    for (const auto& place : seams_) {
      const bool is_first = line_of.empty();
      line_of.push_back((is_first ? 0 : line_of.back()) +
                        lines_between(is_first ? class_begin_ : seams_[line_of.size() - 1].offset, place.offset));
    }
    const std::size_t total = lines_between(class_begin_, out_.size());
    std::vector<std::size_t> cuts;
    std::size_t begin = 0, room = options_.section_lines, next = 0;
    while (total - begin > room) {
      std::size_t best = npos;
      for (std::size_t i = next; i < seams_.size() && (line_of[i] - begin <= room || best == npos); ++i) {
        const bool is_good = best != npos && seams_[best].is_paragraph && line_of[best] - begin >= room - room / 4;
        if (!is_good || seams_[i].is_paragraph) best = i;
      }
      if (best == npos) break;
      cuts.push_back(seams_[best].offset);
      begin = line_of[best];
      next = best + 1;
      room = options_.section_lines > head ? options_.section_lines - head : 1;
    }
    return cuts;
  }

  void end_of_transmission() {
    const bool first = transmission_ && transmission_.raw() == meta_["transmission"].raw();
    auto validation = std::string(transmission_[first ? "x_validation" : "validation"].text());
    std::string end(transmission_["end"].text());
    if (is_transmission_) {
      put("BT");
      message_number n;
      if (validation.empty() && parse_number_at_end(number_, n)) validation = validation_of(n.serial);
      if (end.empty()) end = "NNNN";
    }
    if (!validation.empty()) put(validation);
    if (!end.empty()) {
      if (!is_transmission_) gap();
      put(end);
    }
  }

  template <class F>
  static void for_each_line(std::string_view text, F&& f) {
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      f(text.substr(at, end - at));
      at = end + 1;
    }
  }
  bool is_signed_ = false;
  void signature() {
    const auto name = field("signature"), literal = field("x_signature");
    if (name.empty() || is_signed_) return;
    is_signed_ = true;
    gap();
    for_each_line(literal.empty() ? name : literal, [&](std::string_view line) { put(collapse(line)); });
  }

  void ending() {
    for_each_line(field("x_lost"), [&](std::string_view line) { put(line); });
    signature();
    end_of_transmission();
    if (!trailers_.empty()) {
      gap();
      put(trailers_);
    }
    if (const node attributes = meta_["x_attributes"]; !attributes.empty()) {
      gap();
      put("Message Attributes");
      put("");
      for (const node a : attributes) {
        const auto value = a["value"].text();
        const auto key = std::string(a["key"].text());
        std::size_t at = 0;
        bool first = true;
        do {
          const auto end = std::min(value.find('\n', at), value.size());
          const auto line = value.substr(at, end - at);
          put(first ? key + ": " + (value.empty() ? "n/a" : std::string(line)) : std::string(line));
          first = false;
          at = end + 1;
        } while (at <= value.size() && !value.empty());
      }
    }
  }

  // -- documents of other kinds (FRUS) ------------------------------------------------------------------------------
  void edited_document() {
    lost_.add(code::loss_structure, "a document that is no telegram; rendered for reading");
    blocks(document_.body());
    put(trailers_);
  }
};

}  // namespace

rendering render(const document_view& document, const rendering_options& options) {
  losses lost;
  renderer r(document, options, lost);
  rendering out;
  out.text = r.render();
  out.is_cut = r.is_cut();
  out.is_uncut = r.is_uncut();
  out.losses = lost.list();
  out.lossy_fields = lost.fields();
  out.is_body_lossy = lost.is_body_lossy();
  return out;
}

}  // namespace dragoman::telegram
