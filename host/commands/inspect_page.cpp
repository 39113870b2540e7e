// dragoman inspect, for people
#include "commands/inspect.hpp"

#include "display/excerpt.hpp"
#include "display/outline.hpp"
#include "strings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace dragoman::hosting {
namespace {

constexpr std::size_t width = 80;
constexpr std::size_t margin = 8;           // a line number and two blanks
constexpr std::size_t most_of_a_code = 10;  // findings of one code on one page
constexpr std::size_t most_residue = 40;    // lines on one page
constexpr std::size_t most_of_a_value = 6;  // lines of one heading value

struct told_finding {
  finding said;
  excerpt shown;
};

// A document with what was said of it, held back until it is known whether others follow.
struct held_document {
  document_reader::step step;
  source_lines lines;
  std::vector<told_finding> remarks;
};

std::string collapsed(std::string_view text) {
  std::string out;
  bool blank = true;
  append_collapsed(out, text, blank);
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t i = out.size(); i > 3; i -= 3) out.insert(i - 3, ",");
  return out;
}

// "warnings: 2, notes: 1" as people say it.
std::string counted_remarks(const std::vector<told_finding>& remarks) {
  std::string out;
  for (const auto l : {level::error, level::loss, level::warning, level::note}) {
    const auto count = static_cast<std::size_t>(
        std::count_if(remarks.begin(), remarks.end(), [&](const told_finding& r) { return r.said.severity == l; }));
    if (count == 0) continue;
    const std::string word = std::string(name_of(l)) + (count == 1 ? "" : l == level::loss ? "es" : "s");
    out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + word;
  }
  return out;
}

class page final : public inspector {
public:
  page(program& p, const inspection& what) : p_(p), what_(what), style_(styles::of_stdout(what.color)) {}

  void begin(const opened_input& input) override {
    if (pages_++ != 0) fmt::print("\n");
    input_ = input.where;
    documents_ = failures_ = 0;
    is_list_ = is_done_ = has_residue_ = has_warnings_ = false;
    fmt::print("{}{}{}: {}", style_.bold, printable(input_->display), style_.plain, input.format->id());
    if (!input.how.verdicts.empty()) {
      const auto& v = input.how.verdicts.front();
      fmt::print(" ({} of 100: {})", v.score, v.reason());
    }
    fmt::print("\n");
  }

  void say(const origin& about, const finding& f) override {
    told_finding r{f, {}};
    if (!is_list_) {
      locate(r.said, about);
      if (r.said.line != 0 && f.offset >= 0 && about.content)
        r.shown = excerpt_at(*about.content, static_cast<std::uint64_t>(f.offset),
                             static_cast<std::uint64_t>(std::max<std::int64_t>(f.length, 0)), width - margin);
    }
    remarks_.push_back(std::move(r));
  }

  void take(document_reader::step step) override {
    failures_ += step.failures.size();
    if (!step.found) {
      show_failure();
      return;
    }
    if (step.found.is_collection()) {
      if (what_.document.empty()) show_frame(step.found.root());
      if (!what_.all && what_.document.empty()) begin_list();
      remarks_.clear();
      return;
    }
    ++documents_;
    source_lines lines(step.found.root(), step.from->content, place_.in(step.from));
    held_document d{std::move(step), std::move(lines), std::move(remarks_)};
    remarks_.clear();
    if (!what_.document.empty()) return show_if_wanted(d);
    if (what_.all) return show(d);
    if (is_list_) return list(d, documents_);
    if (documents_ == 1) {
      held_ = std::make_unique<held_document>(std::move(d));
      return;
    }
    begin_list();
    list(d, documents_);
  }

  void end() override {
    if (held_) show(*held_);
    held_.reset();
    if (is_list_) {
      if (has_residue_ || has_warnings_)
        fmt::print("\n  {}{}{}\n", has_residue_ ? "? has lines that no rule understood" : "",
                   has_residue_ && has_warnings_ ? "; " : "", has_warnings_ ? "! has warnings" : "");
      fmt::print("\n{}{}; --document N shows one\n", counted(documents_, "document"),
                 failures_ == 0 ? "" : ", " + std::to_string(failures_) + " failed");
    } else if (what_.all && documents_ + failures_ != 1) {
      fmt::print("\n{}{}\n", counted(documents_, "document"), failures_ == 0 ? "" : ", " + std::to_string(failures_) + " failed");
    }
    std::fflush(stdout);
    if (failures_ != 0) p_.messages().say(input_->display + ": " + counted(failures_, "document") + " in it cannot be read");
  }

  void refuse(const origin& where, const finding& why) override {
    std::fflush(stdout);
    reporter::scope scope;
    p_.messages().report(scope, where, why);
  }
  void remark(const origin& where, const finding& f) override { refuse(where, f); }
  bool is_done() const override { return is_done_; }
  bool has_found() const override { return what_.document.empty() || was_found_; }

private:
  // -- one document -------------------------------------------------------------------------------------------------

  void show_if_wanted(const held_document& d) {
    const auto id = d.step.found.root()["id"].text();
    if (id != what_.document && std::to_string(documents_) != what_.document) return;
    show(d);
    was_found_ = true;
    is_done_ = true;
  }

  void show(const held_document& d) {
    const node root = d.step.found.root();
    const auto heading = heading_rows_of(root);
    const auto blocks = outline_of(root);
    const auto residues = residue_of(root);
    std::vector<numbered_line> unknown;
    for (const auto& r : residues)
      for (auto& line : lines_of(r, d.lines)) unknown.push_back(std::move(line));
    fmt::print("\n{}{}{} ({}{}{})\n", style_.bold, printable(root["id"].text()), style_.plain, printable(root["kind"].text()),
               d.step.dialect.empty() ? "" : ", dialect " + d.step.dialect,
               d.step.pristine  ? ", as its original says"
               : root["source"] ? ", edited since its original was read"
                                : ", without an original");
    if (d.step.from != input_) fmt::print("  from {}\n", printable(d.step.from->name));
    show_digest(root, blocks, residues, unknown.size(), d.remarks);
    title("Heading", !heading.empty());
    for (const auto& v : heading) show_value(d.lines, v);
    title("Body", !blocks.empty());
    for (const auto& b : blocks) show_block(d.lines, b);
    show_residue(unknown);
    show_remarks(d.remarks);
  }

  void title(const char* words, bool is_needed) const {
    if (is_needed) fmt::print("\n  {}{}{}\n", style_.bold, words, style_.plain);
  }

  // How much was understood, and what there is, in a few lines.
  void show_digest(node root, const std::vector<block>& blocks, const std::vector<residue>& residues, std::size_t unknown,
                   const std::vector<told_finding>& remarks) const {
    std::vector<std::string> parts;
    if (const auto size = root["source"]["octets"].text().size(); size != 0)
      parts.push_back(percent_left(octets_of(residues), size) + " % of " + grouped(size) + " octets understood");
    if (unknown != 0) parts.push_back(counted(unknown, "line") + " not understood");
    if (auto said = counted_remarks(remarks); !said.empty()) parts.push_back(said);
    std::string first;
    for (const auto& p : parts) first += (first.empty() ? "" : "; ") + p;
    if (!first.empty()) fmt::print("  {}\n", wrapped(first, width, "  "));
    std::size_t paragraphs = 0, headings = 0, lists = 0, seams = 0;
    std::vector<std::pair<std::string, std::size_t>> marks;
    for (const auto& b : blocks) {
      paragraphs += b.what == block::kind::paragraph;
      headings += b.what == block::kind::heading;
      lists += b.what == block::kind::list;
      seams += b.seams.size();
      if (b.mark.empty()) continue;
      const auto known = std::find_if(marks.begin(), marks.end(), [&](const auto& m) { return m.first == b.mark; });
      if (known == marks.end()) marks.emplace_back(b.mark, 1);
      else ++known->second;
    }
    if (paragraphs + headings + lists == 0) return;
    std::string second = counted(paragraphs, "paragraph");
    if (headings != 0) second += ", " + counted(headings, "heading");
    if (lists != 0) second += ", " + counted(lists, "list");
    if (seams != 0) second += ", joined at " + counted(seams, "seam");
    for (std::size_t i = 0; i < marks.size(); ++i)
      second += (i == 0 ? "; marked (" : ", (") + marks[i].first + ") " + std::to_string(marks[i].second);
    fmt::print("  {}\n", wrapped(printable(second), width, "  "));
  }

  std::string number_of(const source_lines& lines, const source_place& place) const {
    const auto line = place.known ? lines.locate(place.begin).line : 0;
    return fmt::format("{}{}{}  ", style_.faint, line == 0 ? "      " : fmt::format("{:>6}", line), style_.plain);
  }

  void show_value(const source_lines& lines, const heading_row& v) const {
    constexpr std::size_t label = 16;
    const std::string indent(margin + label, ' ');
    std::string text = wrapped(printable(collapsed(v.text)), width, indent);
    std::size_t end = 0;
    for (std::size_t i = 0; i < most_of_a_value && end != npos; ++i) end = text.find('\n', end + 1);
    if (end != npos) text = text.substr(0, end) + "...";
    fmt::print("{}{:<{}}{}\n", number_of(lines, v.place), printable(v.name) + (v.name.size() < label ? "" : " "), label, text);
  }

  // A line number, a label, and as much text as the line has room for.
  void row(const source_lines& lines, const source_place& place, const std::string& label, std::string_view text) const {
    const std::string shown = printable(label);
    const std::size_t room = width - std::min(width - 10, margin + columns(shown));
    fmt::print("{}{}{}\n", number_of(lines, place), shown, shortened(printable(collapsed(text)), room));
  }

  void show_block(const source_lines& lines, const block& b) const {
    using kind = block::kind;
    const std::string indent(b.depth * 2, ' '), hanging = indent + "     ";
    switch (b.what) {
      case kind::heading: row(lines, b.place, indent + "== ", b.text); break;
      case kind::paragraph:
        row(lines, b.place,
            (b.number.empty() ? hanging : indent + fmt::format("{:>3}. ", b.number)) +
                (b.mark.empty() ? "" : "(" + b.mark + ") "),
            b.text);
        break;
      case kind::list: row(lines, b.place, hanging + "list of " + std::to_string(b.parts) + ": ", b.text); break;
      case kind::preformatted: row(lines, b.place, hanging + "as set, " + counted(b.parts, "line") + ": ", b.text); break;
      case kind::opaque: row(lines, b.place, hanging + "?? ", b.text); break;
      case kind::page_break: row(lines, b.place, indent + "-- page " + b.number, {}); break;
      case kind::running_header: row(lines, b.place, indent + "-- header: ", b.text); break;
      case kind::rule: row(lines, b.place, indent + "-- " + b.text + " " + b.number, {}); break;
      case kind::gap: row(lines, b.place, indent + "-- missing: ", b.text); break;
      default: row(lines, b.place, hanging + b.name + ": ", b.text);
    }
    for (const auto& s : b.seams) {
      const std::string over = s.is_gap          ? "a gap"
                               : !s.page.empty() ? "page break " + s.page
                               : s.text.empty()  ? "a blank line"
                                                 : "a running header";
      row(lines, s.place, hanging + "~~ joined over " + over + (s.text.empty() ? "" : ": "), s.text);
    }
  }

  void show_residue(const std::vector<numbered_line>& unknown) const {
    title("Not understood, and kept", !unknown.empty());
    for (std::size_t i = 0; i < std::min(unknown.size(), most_residue); ++i)
      fmt::print("{}{}{}  {}{}{}\n", style_.faint, unknown[i].number == 0 ? "      " : fmt::format("{:>6}", unknown[i].number),
                 style_.plain, style_.warning, shortened(printable(unknown[i].text), width - margin), style_.plain);
    if (unknown.size() > most_residue)
      fmt::print("        and {} more; --residue prints them all\n", counted(unknown.size() - most_residue, "line"));
  }

  // -- what was said ------------------------------------------------------------------------------------------------

  void show_remarks(const std::vector<told_finding>& remarks) const {
    if (remarks.empty()) return;
    title("Said about it", true);
    std::vector<const told_finding*> sorted;
    for (const auto& r : remarks) sorted.push_back(&r);
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
      return a->said.line != b->said.line ? a->said.line < b->said.line : a->said.column < b->said.column;
    });
    std::map<std::string_view, std::size_t> counts;
    for (const auto* r : sorted) {
      if (++counts[r->said.code] > most_of_a_code) continue;
      const auto& f = r->said;
      fmt::print("{}{}{}  {}{}{}: {}\n", style_.faint, f.line == 0 ? "      " : fmt::format("{:>6}", f.line), style_.plain,
                 style_.of(f.severity), name_of(f.severity), style_.plain,
                 wrapped(printable(f.text) + " [" + f.code + "]", width - columns(name_of(f.severity)) - 2, "        "));
      if (!r->shown.empty())
        fmt::print("        {}\n        {}{}{}\n", r->shown.line, style_.place, r->shown.marks, style_.plain);
    }
    for (const auto& [code, count] : counts)
      if (count > most_of_a_code) fmt::print("        and {} more [{}]\n", count - most_of_a_code, code);
  }

  // A step that brought no document.
  void show_failure() {
    if (remarks_.empty()) return;
    if (held_) begin_list();
    if (is_list_) {
      for (const auto& r : remarks_)
        if (r.said.severity == level::error)
          fmt::print("{}    - failed: {} [{}]{}\n", style_.error, shortened(printable(r.said.text), 50), r.said.code,
                     style_.plain);
    } else {
      show_remarks(remarks_);
    }
    remarks_.clear();
  }

  // -- several documents --------------------------------------------------------------------------------------------

  void show_frame(node root) const {
    std::size_t slots = 0;
    walk(
        root["tree"], [&](node n) { slots += n.is(node_type::slot); }, [](node) {});
    fmt::print("\n{}collection {}{} ({}), {}\n", style_.bold, printable(root["id"].text()), style_.plain,
               printable(root["kind"].text()),
               root["tree"].empty() ? std::string("no tree") : counted(slots, "document") + " in its tree");
    show_remarks(remarks_);
  }

  void begin_list() {
    is_list_ = true;
    fmt::print("\n  {}{:>5}  {:>6}  {:<10}  {:<16}  {}{}\n", style_.bold, "N", "LINE", "DATE", "ID", "SUBJECT", style_.plain);
    if (held_) list(*held_, 1);
    held_.reset();
  }

  // One line of the list.
  void list(const held_document& d, std::size_t number) {
    const node root = d.step.found.root(), meta = root["meta"];
    const bool is_residue = !residue_of(root).empty();
    const bool is_warned =
        std::any_of(d.remarks.begin(), d.remarks.end(), [](const auto& r) { return r.said.severity != level::note; });
    has_residue_ |= is_residue;
    has_warnings_ |= is_warned;
    const auto line = d.lines.is_in_input() && d.step.from == input_ ? d.lines.locate(0).line : 0;
    const auto cell = [](std::string_view text, std::size_t room) {
      auto out = shortened(printable(text), room);
      return out + std::string(room - std::min(room, columns(out)), ' ');
    };
    const auto subject = meta["subject"].text();
    fmt::print("{}{}{}{}{:>5}  {}{:>6}{}  {}  {}  {}\n", style_.warning, is_residue ? "?" : " ", is_warned ? "!" : " ",
               style_.plain, number, style_.faint, line == 0 ? std::string() : std::to_string(line), style_.plain,
               cell(meta["date"].text().substr(0, 10), 10), cell(root["id"].text(), 16),
               shortened(printable(collapsed(subject)), width - 47));
  }

  program& p_;
  const inspection& what_;
  const styles style_;
  std::shared_ptr<const origin> input_;
  reading_place place_;
  std::vector<told_finding> remarks_;
  std::unique_ptr<held_document> held_;  // the first one of an input
  std::size_t pages_ = 0, documents_ = 0, failures_ = 0;
  bool is_list_ = false, is_done_ = false, was_found_ = false, has_residue_ = false, has_warnings_ = false;
};

}  // namespace

std::unique_ptr<inspector> inspect_page(program& p, const inspection& what) { return std::make_unique<page>(p, what); }

}  // namespace dragoman::hosting
