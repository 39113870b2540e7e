// dragoman inspect of an archive that keeps records: the list, and one original beside what was made of it
#include "commands/inspect.hpp"

#include "inputs/unpacking.hpp"
#include "strings.hpp"

#include <dragoman/node.hpp>
#include <dragoman/text.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace dragoman::hosting {
namespace {

constexpr std::size_t width = 80;
constexpr std::size_t number_width = 5;                             // of a line, with a blank behind it
constexpr std::size_t side_width = (width - number_width - 3) / 2;  // " | " between the sides
constexpr std::size_t most_shown = std::size_t{1} << 20;            // octets of a file
constexpr const char* indent = "                ";

std::string padded(const std::string& text, std::size_t to) {
  const auto used = columns(text);
  return used < to ? text + std::string(to - used, ' ') : text;
}

// Lines of text as they may stand on a terminal in so many columns; `numbers` has the number of each, 0 for what goes on.
struct side {
  std::vector<std::string> lines;
  std::vector<std::size_t> numbers;
};

std::string without_tabs(std::string_view line) {
  std::string out;
  for (const char c : line) out += c == '\t' ? std::string(4, ' ') : std::string(1, c);
  return out;
}

side side_of(std::string_view text, std::size_t columns_there) {
  side out;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string line = printable(without_tabs(text.substr(0, end)));
    text.remove_prefix(std::min(end + (text.substr(end, 2) == "\r\n" ? 2 : 1), text.size()));
    std::string shown;
    std::size_t used = 0;
    bool begins = true;
    ++number;
    const auto put = [&] {
      out.lines.push_back(std::move(shown));
      out.numbers.push_back(begins ? number : 0);
      begins = false;
      shown.clear();
      used = 0;
    };
    for (std::size_t at = 0; at < line.size();) {
      const auto c = decode_utf8(std::string_view(line).substr(at));
      const auto length = std::max<std::size_t>(c.length, 1), wide = columns_of(c.code);
      if (used + wide > columns_there) put();
      shown += line.substr(at, length);
      used += wide;
      at += length;
    }
    put();
  }
  return out;
}

class records_page {
public:
  records_page(environment& env, unpacking& archive, const opened_input& input, const styles& style)
      : env_(env), archive_(archive), input_(input), style_(style), count_(archive.records()) {}

  bool has_any() const { return count_ > 0; }

  int list() {
    std::map<std::string, std::size_t> by_status;
    std::size_t unreadable = 0;
    fmt::print("{}: {}, {}\n\n", printable(input_.where->display), input_.format->id(), counted(count_, "record"));
    fmt::print("{:>6}  {:<8}{:<24}{}\n", "N", "STATUS", "ID", "MADE OF IT, AND THE ORIGINAL");
    for (std::size_t i = 0; i < count_ && !env_.stop; ++i) {
      const dgm_record* r = archive_.record(i);
      if (r == nullptr) {
        ++unreadable;
        continue;
      }
      ++by_status[printable(view(r->status))];
      std::string made;
      for (std::size_t f = r->has_original ? 1 : 0; f < r->file_count; ++f)
        made += (made.empty() ? "" : ", ") + printable(view(r->files[f].format));
      const std::string id = r->id.len != 0 ? printable(view(r->id)) : "-";
      fmt::print("{:>6}  {}{}{}\n", i + 1, padded(printable(view(r->status)), 8), padded(shortened(id, 23), 24),
                 shortened(padded(made.empty() ? "-" : made, 12) + "  " + printable(view(r->name)), width - 40));
      print_findings(*r);
    }
    fmt::print("\n");
    for (const auto& [status, times] : by_status) fmt::print("{:>6}  {}\n", times, status);
    fmt::print("BUNDLE N shows one: its original beside what was made of it\n");
    return env_.stop ? was_stopped : unreadable == 0 ? all_well : some_failed;
  }

  // The record of that number, id or name.
  int show(program& p, const std::string& wanted, const std::string& beside) {
    const auto found = find(wanted);
    if (!found) {
      p.messages().say("no record \"" + printable(wanted) + "\" is there; without it there is a list");
      return some_failed;
    }
    const dgm_record* r = archive_.record(*found);
    if (r == nullptr) return some_failed;
    fmt::print("{}{} {}{}\n", style_.bold, *found + 1, r->id.len != 0 ? printable(view(r->id)) : "(no document)", style_.plain);
    fmt::print("  {}, {}\n", printable(view(r->status)), printable(view(r->name)));
    print_findings(*r);
    const auto right = choose(*r, beside);
    if (!right && !beside.empty()) {
      p.messages().say("nothing was made of it in the format \"" + printable(beside) + "\"");
      return some_failed;
    }
    fmt::print("\n");
    const std::string left_text = r->has_original ? original_of(*r) : std::string();
    const std::string right_title =
        right ? printable(view(r->files[*right].format)) + ", " + path_of(r->files[*right].entry) : "nothing was made of it";
    const std::string right_text = right ? octets_of(r->files[*right].entry, 0, 0) : std::string();
    print_beside(r->has_original ? path_of(r->files[0].entry) : "no original is kept", left_text, right_title, right_text);
    return is_whole_ ? all_well : some_failed;
  }

private:
  void print_findings(const dgm_record& r) const {
    std::string_view rest = view(r.findings);
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      fmt::print("{}{}\n", indent, wrapped(printable(rest.substr(0, end)), width - std::string_view(indent).size(), indent));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  std::optional<std::size_t> find(const std::string& wanted) {
    std::size_t number = 0;
    const auto [end, problem] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
    if (problem == std::errc() && end == wanted.data() + wanted.size() && number >= 1 && number <= count_) return number - 1;
    for (std::size_t i = 0; i < count_ && !env_.stop; ++i)
      if (const dgm_record* r = archive_.record(i); r != nullptr && (view(r->id) == wanted || view(r->name) == wanted)) return i;
    return std::nullopt;
  }

  static std::optional<std::size_t> choose(const dgm_record& r, const std::string& format) {
    for (std::size_t f = r.has_original ? 1 : 0; f < r.file_count; ++f)
      if (format.empty() || view(r.files[f].format) == format) return f;
    return std::nullopt;
  }

  std::string path_of(std::size_t entry) const {
    dgm_entry e{};
    e.size = sizeof e;
    archive_.folder()->entry(archive_.folder()->ctx, entry, &e);
    return printable(view(e.path));
  }
  std::string original_of(const dgm_record& r) { return octets_of(r.files[0].entry, r.offset, r.length); }

  // A part of a file, or all of it (`length` 0), up to a bound.
  std::string octets_of(std::size_t entry, std::uint64_t offset, std::uint64_t length) {
    std::string octets;
    is_whole_ &= archive_.read(entry, offset, length == 0 ? most_shown : std::min<std::uint64_t>(length, most_shown), octets);
    return octets;
  }

  void print_beside(const std::string& left_title, const std::string& left, const std::string& right_title,
                    const std::string& right) const {
    const auto print_row = [](const std::string& number, const std::string& a, const std::string& b) {
      fmt::print("{}{} |{}{}\n", padded(number, number_width), padded(a, side_width), b.empty() ? "" : " ", b);
    };
    print_row("", shortened(left_title, side_width), shortened(right_title, side_width));
    print_row("", std::string(side_width, '-'), std::string(side_width, '-'));
    const side a = side_of(left, side_width), b = side_of(right, side_width);
    for (std::size_t i = 0; i < std::max(a.lines.size(), b.lines.size()); ++i) {
      const bool has_left = i < a.lines.size();
      print_row(has_left && a.numbers[i] != 0 ? fmt::format("{:>4} ", a.numbers[i]) : "", has_left ? a.lines[i] : "",
                i < b.lines.size() ? b.lines[i] : "");
    }
  }

  environment& env_;
  unpacking& archive_;
  const opened_input& input_;
  const styles& style_;
  const std::size_t count_;
  bool is_whole_ = true;  // every file that was read is what the archive says of it
};

}  // namespace

std::optional<int> inspect_records(program& p, environment& env, const opened_input& input, const std::string& record,
                                   const std::string& beside, const styles& style) {
  // What is said of an archive without records is said again by who reads it.
  std::vector<finding> said;
  bool is_ours = false;
  reporter::scope scope;
  unpacking archive(env, *input.format, input.where, [&](const origin& about, const finding& f) {
    if (is_ours) p.messages().report(scope, about, f);
    else said.push_back(f);
  });
  records_page page(env, archive, input, style);
  if (!page.has_any()) return std::nullopt;
  is_ours = true;
  for (const auto& f : said) p.messages().report(scope, *input.where, f);
  return record.empty() ? page.list() : page.show(p, record, beside);
}

}  // namespace dragoman::hosting
