// What holds for the places of a telegram's values, of every input: for tests, the case runner and the fuzzer (telegram.md
// 6.1; docs/formats/telegram.md, "Places").
//
//   1. Every span lies in the document. Every value of meta has one that is not empty; every element and text of the body
//      has one, an empty one only where something is missing (gap).
//   2. The spans of the body's texts do not overlap. Neither do they where a line had to be decoded (characters of another
//      charset, HTML, control characters taken out), except that all texts of such a line may have its whole span.
//   3. Each line of text, that is of a paragraph, heading, list, table, opaque block, running header or footer, is
//      covered: each of its letters lies in the span of a text of the body or of a value of meta. Of each other line, of the
//      heading, signature, ending or attributes, each word lies in the span of a value, or says only what the line is
//      ("TAGS:", "FM"). But a line of a later section may say again, word by word, what others have said.
//   4. A text of the body holds the letters and digits of its octets, in order; a text that is no label and no mark holds
//      its octets with white space collapsed. A value of meta that is kept as printed stands in its octets.
#pragma once
#include <dragoman/document.hpp>
#include <dragoman/node.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ascii.hpp"
#include "grammar.hpp"
#include "lines.hpp"
#include "model.hpp"
#include "parse.hpp"
#include "tell.hpp"

namespace dragoman::telegram {

class coverage {
public:
  coverage(std::string_view octets, const std::vector<line>& lines, const std::vector<owner>& owners)
      : octets_(octets), lines_(lines), owners_(owners), covered_(octets.size(), 0), decoded_(octets.size() + 1, 0) {
    for (const auto& l : lines)
      if (!is_slice(l) || (l.text.empty() && !is_blank(octets.substr(l.begin, l.end - l.begin))))
        std::fill(decoded_.begin() + l.begin, decoded_.begin() + std::max(l.begin, l.end), 1);
  }

  // What does not hold of the document told from these lines, one text each; at most a few.
  std::vector<std::string> check(node root) {
    if (place id; root["id"].source_span(id.begin, id.end) && id.end <= octets_.size()) cover(id);
    for (const node n : root["body"]) content(n, false);
    for (const node member : root["meta"]) value_of_meta(member, "meta." + std::string(member.name()));
    overlaps();
    lines_covered();
    return std::move(problems_);
  }

private:
  struct place {
    std::uint64_t begin = 0, end = 0;
  };
  struct told {
    place where;
    std::string words;
  };

  bool is_slice(const line& l) const {
    // A copy is no slice; std::less orders pointers of different arrays.
    const std::less<const char*> before;
    return l.text.empty() ||
           (!before(l.text.data(), octets_.data()) && !before(octets_.data() + octets_.size(), l.text.data() + l.text.size()));
  }
  void problem(std::string text) {
    if (problems_.size() < 8) problems_.push_back(std::move(text));
  }
  static std::string shown(std::string_view text) { return "\"" + std::string(text.substr(0, 60)) + "\""; }

  bool place_of(node n, place& p, const std::string& what) {
    std::uint64_t begin = 0, end = 0;
    if (!n.source_span(begin, end)) {
      problem(what + " has no span");
      return false;
    }
    if (begin > end || end > octets_.size()) {
      problem(what + " lies outside of the document");
      return false;
    }
    p = {static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
    return true;
  }
  bool has_decoded(const place& p) const {
    return std::find(decoded_.begin() + static_cast<std::ptrdiff_t>(p.begin),
                     decoded_.begin() + static_cast<std::ptrdiff_t>(p.end),
                     1) != decoded_.begin() + static_cast<std::ptrdiff_t>(p.end);
  }
  std::string_view octets_of(const place& p) const { return octets_.substr(p.begin, p.end - p.begin); }
  // The same without the running headers between the lines of a value.
  std::string value_of(const place& p) const {
    std::string out;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto begin = std::max<std::size_t>(p.begin, lines_[i].begin), end = std::min<std::size_t>(p.end, lines_[i].end);
      if (begin < end && owners_[i] != owner::page) out += std::string(octets_.substr(begin, end - begin)) + "\n";
    }
    return out;
  }
  // Octets without byte order marks in front of lines (telegram.md 2.0).
  static std::string without_marks(std::string_view text) { return without_fronts(text, false); }
  // And without what keeps a line from being something else (telegram.md 6.7).
  static std::string without_escapes(std::string_view text) { return without_fronts(text, true); }
  static std::string without_fronts(std::string_view text, bool escapes_too) {
    std::string out;
    bool at_start = true;  // of a line, or behind its blanks: a mark behind those is none
    for (char before = '\n'; !text.empty(); before = out.back()) {
      if ((before == '\n' || before == '\r') && text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
      if (escapes_too && at_start && is_escaped_line(text)) text.remove_prefix(escape.size());
      if (text.empty()) break;
      at_start = text[0] == '\n' || text[0] == '\r' || (at_start && is_space(text[0]));
      out += text[0];
      text.remove_prefix(1);
    }
    return out;
  }
  void cover(const place& p) {
    std::fill(covered_.begin() + static_cast<std::ptrdiff_t>(p.begin), covered_.begin() + static_cast<std::ptrdiff_t>(p.end), 1);
  }

  // Letters and digits, in capitals; other octets than ASCII count as letters.
  static std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text)
      if (is_alnum(c) || static_cast<unsigned char>(c) >= 0x80) out += upper(c);
    return out;
  }
  static std::string collapsed(std::string_view text) {
    std::string spaced(text), out;
    std::replace(spaced.begin(), spaced.end(), '\f', ' ');
    bool blank = true;
    append_collapsed(out, spaced, blank);
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  }

  // What the body's texts in this place say, in their order: a later section's heading may stand among them, or the section
  // that they go on in may stand before them in the file.
  std::string texts_in(const place& p) const {
    std::string out;
    for (const auto& t : texts_)
      if (p.begin <= t.where.begin && t.where.end <= p.end) out += t.words;
    return out;
  }
  bool stands_in(std::string_view value, const place& p) const {
    const auto is_in = [&](std::string_view words) { return plain(words).find(plain(value)) != npos; };
    return is_in(octets_of(p)) || is_in(value_of(p)) || is_in(texts_in(p));
  }

  // Values that are made of what is printed, not copied.
  static bool is_made(std::string_view path) {
    for (const auto name :
         word_list{"date", "precedence", "info_precedence", "classification", "order", "id", "n", "section", "x_number",
                   "x_section", "x_flags", "x_reasons", "x_id_station", "x_action", "x_level", "x_code", "x_subject_mark"}) {
      const auto last = path.substr(path.rfind('.') + 1);
      if (last == name || path.substr(0, 5 + name.size()) == "meta." + std::string(name)) return true;
    }
    return false;
  }
  void value_of_meta(node n, const std::string& path) {
    if (n.is(node_type::map) || n.is(node_type::list)) {
      for (const node member : n) value_of_meta(member, n.is(node_type::map) ? path + "." + std::string(member.name()) : path);
      return;
    }
    // What is said because it is not printed, or of the telegram as a whole, has no place.
    if (path == "meta.x_flags" || path == "meta.x_label_order" ||
        ((path == "meta.x_section" || path == "meta.x_number") && n.text() == "none"))
      return;
    place p;
    if (!place_of(n, p, path + " = " + shown(n.text()))) return;
    if (p.begin == p.end) problem(path + " = " + shown(n.text()) + " has an empty span");
    cover(p);
    if (has_decoded(p)) told_of_decoded_.push_back({p, words_of(n.text())});
    if (is_made(path) || has_decoded(p)) return;
    if (!stands_in(n.text(), p)) problem(path + " = " + shown(n.text()) + " does not stand in " + shown(octets_of(p)));
  }

  void content(node n, bool is_mark) {
    place p;
    if (n.is(node_type::element)) {
      if (place_of(n, p, "<" + std::string(n.name()) + ">") && p.begin == p.end && n.name() != "gap")
        problem("<" + std::string(n.name()) + "> has an empty span");
      for (const node child : n) content(child, n.name() == "label" || n.name() == "seg");
      return;
    }
    if (!place_of(n, p, "text " + shown(n.text()))) return;
    cover(p);
    texts_.push_back({p, std::string(n.text())});
    if (has_decoded(p)) return;
    const auto words = n.text(), printed = octets_of(p);
    const bool is_same = is_mark
                             ? plain(words) == plain(printed)
                             : collapsed(words) == collapsed(printed) || collapsed(words) == collapsed(without_marks(printed)) ||
                                   collapsed(words) == collapsed(without_escapes(printed));
    if (!is_same) problem("text " + shown(words) + " of the octets " + shown(printed));
  }
  void overlaps() {
    std::sort(texts_.begin(), texts_.end(), [](const told& a, const told& b) { return a.where.begin < b.where.begin; });
    for (std::size_t i = 1; i < texts_.size(); ++i) {
      const auto& a = texts_[i - 1].where;
      const auto& b = texts_[i].where;
      if (b.begin < a.end && !decoded_[b.begin]) problem("texts overlap: " + shown(octets_of(a)) + " and " + shown(octets_of(b)));
    }
  }

  enum class duty { none, said, covered };
  static duty duty_of(owner o) noexcept {
    switch (o) {
      case owner::none:
      case owner::blank:
      case owner::break_line:
      case owner::rule: return duty::none;
      case owner::paragraph:
      case owner::heading:
      case owner::list:
      case owner::preformatted:
      case owner::opaque:
      case owner::page:
      case owner::footer: return duty::covered;
      default: return duty::said;
    }
  }
  void lines_covered() {
    // Lines of headings whose words all are in values, or say what the line is; their words, for later sections to say again.
    std::vector<char> is_in_values(lines_.size(), 0);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (duty_of(owners_[i]) != duty::said || owners_[i] == owner::repeated) continue;
      is_in_values[i] = is_syntax(lines_[i].text) || has_only_labels(i);
      if (is_in_values[i]) append_words(said_, lines_[i].text);
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto& l = lines_[i];
      const auto what = duty_of(owners_[i]);
      if (what == duty::none || is_in_values[i] || is_syntax(l.text)) continue;
      const bool holds = what == duty::covered ? (is_slice(l) ? is_covered(l) : is_touched(l)) : says_again(l);
      if (!holds) problem("line " + std::to_string(i + 1) + " is not covered: " + shown(l.text));
    }
  }
  bool is_touched(const line& l) const {
    return std::any_of(covered_.begin() + l.begin, covered_.begin() + l.end, [](char c) { return c != 0; });
  }
  bool is_covered(const line& l) const {
    for (std::size_t at = l.begin; at < l.end; ++at)
      if (covered_[at] == 0 && is_letter(octets_[at])) return false;
    return true;
  }
  static bool is_word_part(char c) noexcept { return is_alnum(c) || static_cast<unsigned char>(c) >= 0x80; }
  static std::size_t word_length(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_word_part) - text.begin());
  }
  bool is_said(std::string_view text) const { return said_.find(words_of(text)) != npos; }

  // Are all words of a line of the heading in the spans of values, but for those that say what the line is? A line that had
  // to be decoded has one place: its values have that.
  bool has_only_labels(std::size_t i) const {
    const auto& l = lines_[i];
    if (!is_slice(l))
      return is_touched(l) || holds_label_words(owners_[i], std::string_view(l.text).substr(end_of_label(l.text)));
    const auto text = octets_.substr(l.begin, l.end - l.begin);
    const auto label = end_of_label(l.text);
    const auto labelled = label == 0 ? 0 : static_cast<std::size_t>(l.text.data() - octets_.data()) + label - l.begin;
    for (std::size_t at = 0; at < text.size();) {
      if (!is_word_part(text[at]) || covered_[l.begin + at] != 0) {
        ++at;
        continue;
      }
      auto word = text.substr(at, word_length(text.substr(at)));
      for (std::size_t k = 1; k < word.size(); ++k)
        if (covered_[l.begin + at + k] != 0) word = word.substr(0, k);
      if (at >= labelled && !is_label_word(owners_[i], word)) return false;
      at += word.size();
    }
    return true;
  }
  static bool holds_label_words(owner o, std::string_view text) {
    while (!text.empty()) {
      const auto length = word_length(text);
      if (length != 0 && !is_label_word(o, text.substr(0, length))) return false;
      text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return true;
  }
  static std::size_t end_of_label(std::string_view text) {
    for (const auto& l : {match_label(text), match_misprinted_label(text)})
      if (l.what != label::none) return l.value;
    return 0;
  }
  // Words that say what a line or a part of it is, and hold nothing themselves.
  static bool is_label_word(owner o, std::string_view word) {
    const auto is_any = [&](std::initializer_list<std::string_view> words) {
      return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return same(w, word); });
    };
    switch (o) {
      case owner::format_line: return is_any({"FM", "TO", "INFO", "XMT", "DE"});
      case owner::distribution: return is_any({"INFO", "NOTIFY"});
      case owner::class_line:
        return is_near(word, "SECTION") || is_any({"OF", "FINAL"}) || (word.size() <= 2 && all_digits(word));
      case owner::
          labelled:  // between the parts of references and of the authority; a label that stands twice; a pilcrow and its remains
        return is_any({"REF", "REFS", "REFTEL", "AND", "FOR", "PER", "REASON", "REASONS", "CLASSIFIED", "BY", "\xC2\xB6"}) ||
               word.size() == 1 || is_part_of_reasons(word);
      case owner::attribute: return is_any({"n", "a"});
      default: return false;
    }
  }
  // "REASONS" that a hyphen breaks at a line's end: "REASO-", "NS".
  static bool is_part_of_reasons(std::string_view word) {
    constexpr std::string_view whole = "REASONS";
    return word.size() > 1 && word.size() < whole.size() &&
           (same(word, whole.substr(0, word.size())) || same(word, whole.substr(whole.size() - word.size())));
  }
  // Does a line of a later section say, word by word, what other lines have said? Its classification line may print the
  // level otherwise, and has the number of its own section.
  bool says_again(const line& l) const {
    if (is_touched(l) && is_said(l.text)) return true;
    if (is_slice(l) && is_covered(l)) return true;  // all of it is in values of its own
    class_line c;
    if (parse_class_line(l.text, true, c)) {
      const bool is_told = !c.level.name.empty() && is_told_of_decoded(l, c.level.name);
      const bool has_level = is_told || c.level.name.empty() || is_said_level(c.level.name) ||
                             covered_[l.begin + (l.text.size() - trim_left(l.text).size())] != 0;
      const std::string number = std::string(c.number.station) + " " + std::string(c.number.serial);
      const bool has_number = c.number.empty() || is_said(number) || is_covered_at(c.number.serial) ||
                              is_told_of_decoded(l, number) || is_said_number(c.number);
      if (is_told || !c.number.empty() || c.section.total != 0)
        return has_level && has_number && is_said(c.captions) && is_said(c.captions_behind);
    }
    return is_said(std::string_view(l.text).substr(end_of_label(l.text)));
  }
  // A slice of the octets, in the span of a value.
  bool is_covered_at(std::string_view slice) const {
    const std::less<const char*> before;
    if (before(slice.data(), octets_.data()) || !before(slice.data(), octets_.data() + octets_.size())) return false;
    return covered_[static_cast<std::size_t>(slice.data() - octets_.data())] != 0;
  }
  // Does a value say these words that has the place of this line, which had to be decoded?
  bool is_told_of_decoded(const line& l, std::string_view words) const {
    return std::any_of(told_of_decoded_.begin(), told_of_decoded_.end(), [&](const told& t) {
      return t.where.begin <= l.begin && l.end <= t.where.end && t.words.find(words_of(words)) != npos;
    });
  }
  bool is_said_level(std::string_view level) const {
    return has_class_line([&](const class_line& c) { return c.level.name == level; });
  }
  bool is_said_number(const message_number& number) const {
    return has_class_line(
        [&](const class_line& c) { return c.number.station == number.station && c.number.serial == number.serial; });
  }
  // Of the first section.
  template <class Predicate>
  bool has_class_line(Predicate is_wanted) const {
    return std::any_of(lines_.begin(), lines_.end(), [&](const line& l) {
      class_line c;
      return owners_[static_cast<std::size_t>(&l - lines_.data())] == owner::class_line && parse_class_line(l.text, true, c) &&
             is_wanted(c);
    });
  }
  // A header of the archive; the end's number of a transmission, which is that of the telegram; a label without a value.
  static bool is_syntax(std::string_view text) {
    text = trim(text);
    if (plain(text).empty() && text.size() <= 2) return true;  // a lone comma of a list
    for (const auto& l : {match_label(text), match_misprinted_label(text)}) {
      if (l.what == label::none) continue;
      const auto value = plain(text.substr(l.value));
      if (value.empty() || value == "NONE" || value == "NA") return true;
    }
    for (const auto word : word_list{"FM", "TO", "INFO", "XMT"})
      if (same(text, word) || (text.size() == word.size() + 1 && text.back() == ':' && starts_with(text, word))) return true;
    return is_validation(text) || text == "Message Text" || text == "Message Attributes";
  }

  std::string_view octets_;
  const std::vector<line>& lines_;
  const std::vector<owner>& owners_;
  std::vector<char> covered_, decoded_;
  std::vector<told> texts_;
  std::vector<told> told_of_decoded_;  // values of meta of lines that had to be decoded
  std::string said_ = " ";             // the words of lines of headings that have values
  std::vector<std::string> problems_;
};

// What does not hold of the telegram that was parsed from `octets` last.
inline std::vector<std::string> check_spans(std::string_view octets, const parser& parsed, const telegram& t) {
  document_builder made([](std::string_view, char*) {});
  builder out(made.sink());
  tell_document(out, t);
  const auto told = made.finish();
  return coverage(octets, parsed.lines(), parsed.owners()).check(told.root());
}

}  // namespace dragoman::telegram
