// dragoman inspect
#include "inspect.hpp"

#include "../outline.hpp"
#include "../stop.hpp"
#include "../strings.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace dragoman::hosting {
namespace {

constexpr std::size_t width = 80;

struct arguments {
  std::string input, from;
  bool json = false, trace = false;
};

manual text() {
  manual m;
  m.paragraphs = {
      "Shows the heading with the lines that each value came from, the outline of the body, and what no rule understood. "
      "Line numbers are those of the input where its text is in it, else of the original text that it carries.",
  };
  m.examples = {
      {"dragoman inspect cable.txt", "what was understood, and what was not"},
      {"dragoman inspect --json cable.txt | jq '.documents[0].opaque'", "the same for scripts"},
      {"dragoman inspect --trace cable.txt | less", "every event that the reader tells"},
  };
  return m;
}

// Styles of a terminal; empty elsewhere.
struct styles {
  const char *bold = "", *faint = "", *alarm = "", *plain = "";
  static styles of_stdout() {
    return reporter::wants_color(stdout) ? styles{"\033[1m", "\033[2m", "\033[1;31m", "\033[0m"} : styles{};
  }
};

class page {
public:
  page(const opened_input& input) : input_(input), style_(styles::of_stdout()) {}

  void title() const {
    fmt::print("{}{}{}: {}", style_.bold, printable(input_.where->display), style_.plain, input_.format->id());
    if (!input_.how.verdicts.empty()) {
      const auto& v = input_.how.verdicts.front();
      fmt::print(" ({} of 100: {})", v.score, v.reason);
    }
    fmt::print("\n");
  }

  void show(const document_reader::step& s, const std::vector<finding>& found) {
    const node root = s.found.root();
    if (s.found.is_collection()) {
      std::size_t slots = 0;
      walk(root["tree"], [&](node n) { slots += n.is(node_type::slot); }, [](node) {});
      fmt::print("\n{}collection {}{} ({}), {}\n", style_.bold, printable(root["id"].text()), style_.plain,
                 printable(root["kind"].text()), root["tree"].empty() ? "no tree" : counted(slots, "place for a document").c_str());
    } else {
      show_document(root, s);
    }
    show_findings(found);
  }

  void show_findings(std::vector<finding> found) const {
    if (found.empty()) return;
    std::stable_sort(found.begin(), found.end(), [](const finding& a, const finding& b) { return a.line < b.line; });
    fmt::print("\n  {}Said about it{}\n", style_.bold, style_.plain);
    for (const auto& f : found) {
      const bool is_bad = f.severity == level::error || f.severity == level::loss;
      std::string head = f.line == 0 ? "      " : fmt::format("{:>6}", f.line);
      fmt::print("{}  {}{}{}: {} [{}]\n", head, is_bad ? style_.alarm : "", name_of(f.severity), is_bad ? style_.plain : "",
                 wrapped(printable(f.text), width, "        "), f.code);
      show_line(f);
    }
  }

private:
  void show_document(node root, const document_reader::step& s) {
    const source_lines lines(root, s.from->content, at_);
    fmt::print("\n{}{}{} ({}{})\n", style_.bold, printable(root["id"].text()), style_.plain, printable(root["kind"].text()),
               s.pristine ? ", as its original says" : root["source"] ? ", edited since its original was read" : ", without an original");
    if (s.from != input_.where) fmt::print("  from {}\n", printable(s.from->name));
    const auto heading = heading_rows_of(root);
    const auto blocks = outline_of(root);
    if (!heading.empty()) fmt::print("\n  {}Heading{}\n", style_.bold, style_.plain);
    for (const auto& v : heading)
      if (v.name != "lines") row(lines, v.place, fmt::format("{:<15} ", v.name), v.text);
    if (!blocks.empty()) fmt::print("\n  {}Body{}\n", style_.bold, style_.plain);
    for (const auto& b : blocks) show_block(lines, b);
    show_residue(lines, heading_of(root), blocks);
  }

  // A line number, a label, and text cut to what the line has room for.
  void row(const source_lines& lines, const source_place& place, const std::string& label, std::string_view value) const {
    const auto line = place.known ? lines.locate(place.begin).line : 0;
    const std::string number = line == 0 ? "      " : fmt::format("{:>6}", line);
    std::string collapsed;
    bool blank = true;
    append_collapsed(collapsed, value, blank);
    const std::size_t room = width - std::min<std::size_t>(width - 10, 8 + columns(label));
    fmt::print("{}{}{}  {}{}\n", style_.faint, number, style_.plain, printable(label), shortened(printable(collapsed), room));
  }

  void show_block(const source_lines& lines, const block& b) const {
    using kind = block::kind;
    const std::string indent(b.depth * 2, ' ');
    switch (b.what) {
      case kind::heading: row(lines, b.place, indent + "== ", b.text); break;
      case kind::paragraph: {
        std::string label = b.number.empty() ? "     " : fmt::format("{:>3}. ", b.number);
        if (!b.mark.empty()) label += "(" + b.mark + ") ";
        if (b.is_joined) label += "[joined] ";
        row(lines, b.place, indent + label, b.text);
        break;
      }
      case kind::list: row(lines, b.place, indent + "     list of " + std::to_string(b.parts) + ": ", b.text); break;
      case kind::preformatted: row(lines, b.place, indent + "     as set, " + counted(b.parts, "line") + ": ", b.text); break;
      case kind::opaque: row(lines, b.place, indent + "  ?? ", b.text); break;
      case kind::page_break: row(lines, b.place, indent + "---- page " + b.number, {}); break;
      case kind::running_header: row(lines, b.place, indent + "---- header: ", b.text); break;
      case kind::rule: row(lines, b.place, indent + "---- " + b.text + " " + b.number, {}); break;
      case kind::gap: row(lines, b.place, indent + "---- missing: ", b.text); break;
      default: row(lines, b.place, indent + "     " + b.name + ": ", b.text);
    }
  }

  void show_residue(const source_lines& lines, const std::vector<heading_value>& heading, const std::vector<block>& blocks) const {
    bool any = false;
    const auto begin = [&] {
      if (!any) fmt::print("\n  {}Not understood, and kept{}\n", style_.bold, style_.plain);
      any = true;
    };
    for (const auto& v : heading) {
      if (v.path.rfind("lines/", 0) != 0 || v.path.find("/text") == std::string::npos) continue;
      begin();
      row(lines, v.place, "heading  ", v.text);
    }
    for (const auto& b : blocks) {
      if (b.what != block::kind::opaque) continue;
      begin();
      const auto first = b.place.known ? lines.locate(b.place.begin).line : 0;
      std::string_view rest = b.text;
      for (std::uint32_t i = 0; !rest.empty(); ++i) {
        const auto end = std::min(rest.find('\n'), rest.size());
        fmt::print("{}{}{}  {}\n", style_.faint, first == 0 ? "      " : fmt::format("{:>6}", first + i), style_.plain,
                   shortened(printable(rest.substr(0, end)), width - 8));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
  }

  // The line of the input that a finding is about, with a caret below.
  void show_line(const finding& f) const {
    if (f.line == 0 || f.column == 0 || f.offset < 0 || !input_.where->content) return;
    const auto& content = *input_.where->content;
    // Columns count characters; the line begins so many characters before the offset.
    const std::uint64_t back = std::min<std::uint64_t>(static_cast<std::uint64_t>(f.offset), std::uint64_t{f.column} * 4 + 8);
    std::string around(static_cast<std::size_t>(back) + 512, '\0');
    const auto n = content.read_at(static_cast<std::uint64_t>(f.offset) - back, around.data(), around.size());
    if (n <= 0) return;
    around.resize(static_cast<std::size_t>(n));
    const auto before = std::string_view(around).substr(0, static_cast<std::size_t>(back));
    const auto begin = before.find_last_of("\r\n") == npos ? 0 : before.find_last_of("\r\n") + 1;
    const auto end = std::min(around.find_first_of("\r\n", static_cast<std::size_t>(back)), around.size());
    auto left = printable(std::string_view(around).substr(begin, static_cast<std::size_t>(back) - begin));
    auto right = printable(std::string_view(around).substr(static_cast<std::size_t>(back), end - static_cast<std::size_t>(back)));
    constexpr std::size_t room = width - 8;
    if (columns(left) > room - 20) left = "..." + left.substr(left.size() - std::min(left.size(), room - 30));
    right = shortened(right, room - std::min(room - 4, columns(left)));
    const std::size_t marks = std::clamp<std::size_t>(static_cast<std::size_t>(std::max<std::int64_t>(f.length, 1)), 1, std::max<std::size_t>(columns(right), 1));
    fmt::print("        {}{}\n        {}{}{}{}\n", left, right, std::string(columns(left), ' '), style_.bold, std::string(marks, '^'), style_.plain);
  }

  const opened_input& input_;
  const styles style_;
  std::uint64_t at_ = 0;
};

int act(program& p, const arguments& a) {
  p.complete_options();
  const auto env = p.make_environment();
  const format_entry* as = a.from.empty() ? nullptr : &p.reader(a.from);
  const found_input found{a.input == "-" ? "" : a.input, a.input == "-" ? "stdin" : std::filesystem::path(a.input).filename().string()};
  const auto input = open_input(*env, found, origin_of(*env, found), as);
  if (stop_flag()) return was_stopped;
  if (input.format == nullptr) {
    reporter::scope scope;
    p.messages().report(scope, input.where->display, input.why.reason);
    return no_read_write;
  }
  if (a.trace) return inspect_events(*env, input);
  if (a.json) return inspect_as_json(*env, input);
  return inspect_for_people(p, *env, input);
}

}  // namespace

int inspect_for_people(program& p, environment& env, const opened_input& input) {
  std::vector<finding> found;
  document_reader reader(env, *input.format, input.where, [&](const origin& about, const finding& f) {
    found.push_back(f);
    locate(found.back(), about);
    if (&about != input.where.get()) found.back().offset = -1;  // an entry's; it is no place in the archive's octets
  });
  page out(input);
  out.title();
  std::size_t documents = 0, failures = 0;
  for (bool more = true; more && !env.stop;) {
    const auto step = reader.next();
    more = step.more;
    failures += step.failures.size();
    if (step.found) {
      documents += !step.found.is_collection();
      out.show(step, found);
    } else {
      out.show_findings(found);
    }
    found.clear();
  }
  std::fflush(stdout);
  if (env.stop) return was_stopped;
  if (documents + failures != 1) fmt::print("\n{}{}\n", counted(documents, "document"), failures == 0 ? "" : ", " + std::to_string(failures) + " failed");
  if (failures != 0) {
    std::fflush(stdout);
    p.messages().say(input.where->display + ": " + std::to_string(failures) + " of its documents cannot be read");
  }
  return failures == 0 ? all_well : documents == 0 ? no_read_write : some_failed;
}

void add_inspect(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command("inspect", "Show what was understood of an input, and what was not", text(), [&p, a] { return act(p, *a); });
  c.add_option("INPUT", a->input, "A file, or -")->required();
  c.add_option("-f,--from", a->from, "Its format, instead of looking at it")->type_name("FORMAT");
  p.add_format_options(c);
  auto* json = c.add_flag("--json", a->json, "As one JSON object, for scripts");
  c.add_flag("--trace", a->trace, "The events that the reader tells, one a line")->excludes(json);
}

}  // namespace dragoman::hosting
