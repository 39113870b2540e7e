// Between heading and paragraphs: classification line, captions, passing instructions, and the labelled lines E.O., TAGS,
// SUBJECT, REF and classification authority (telegram.md 2.4 to 2.10).
#include <algorithm>
#include <array>
#include <string>

#include "ascii.hpp"
#include "gathered.hpp"
#include "grammar.hpp"
#include "opening.hpp"
#include "references.hpp"
#include "stage.hpp"
#include "tags.hpp"

namespace dragoman::telegram {
namespace {

// Labelled lines in the order in which they should stand (telegram.md 1).
constexpr std::array<label, 5> usual_order{label::order, label::tags, label::subject, label::refs, label::classified};
constexpr std::array<std::string_view, 5> names_of_labels{"declassify", "tags", "subject", "refs", "classified_by"};

class opening_reader {
public:
  opening_reader(stage& s, heading& h, bool is_first) : s_(s), h_(h), is_first_(is_first) {}

  std::size_t read(std::size_t at, std::size_t end) {
    end_ = end;
    last_label_ = find_last_label(at);
    while ((at = s_.skip_blank(at, end_)) < end_) {
      const auto next = line(at);
      if (next == at) break;
      at = next;
    }
    if (is_first_) keep_order();
    return at;
  }

private:
  // Where the labelled lines end: the last one before the first paragraph. Text between them that no rule knows is a line
  // of the heading, text behind them is the body. Of SUBJECT and TAGS only the first counts (telegram.md 5.4 no. 58).
  std::size_t find_last_label(std::size_t at) const {
    std::size_t last = at, others = 0;
    bool has_subject = false, has_tags = false;
    for (std::size_t i = at; i < end_ && others < 60; ++i) {
      if (s_.is_empty(i)) continue;
      const auto text = s_.text(i);
      const auto what = label_of(text, has_tags, has_subject).what;
      const bool again = (what == label::subject && has_subject) || (what == label::tags && has_tags);
      if (what != label::none && !again && (is_first_ || first_has(what))) {
        has_subject |= what == label::subject;
        has_tags |= what == label::tags;
        last = i + 1;
        others = 0;
        continue;
      }
      const auto p = match_paragraph(text);
      if (p.found && (p.pilcrow || p.mark.length != 0 || p.number == 1)) break;
      if (!markdown_heading(text).empty()) break;
      ++others;
    }
    return last;
  }

  // The label of a line of the heading: one as it should be, one that is misprinted, TAGS without any. Misprints count only
  // where the line has what belongs there.
  labelled label_of(std::string_view text, bool has_tags, bool has_subject) const {
    if (const auto l = match_label(text); l.what != label::none) return l;
    if (const auto l = match_misprinted_label(text); l.what != label::none) {
      if (l.what == label::tags ? !has_tags && holds_only_tags(text.substr(l.value), false)
                                : l.what != label::subject || !has_subject)
        return l;
    }
    // TAGS that have lost their label (telegram.md 5.4 no. 46).
    if (!has_tags && !has_subject && holds_only_tags(text, true))
      return {label::tags, text.size() - trim_left(text).size(), true};
    return {};
  }

  // Has the first section such a line, so that a later one may repeat it?
  bool first_has(label what) const {
    const auto& out = s_.out();
    switch (what) {
      case label::order: return !out.declassify.empty();
      case label::tags: return !out.tags.empty();
      case label::subject: return !out.subject.empty();
      case label::refs: return out.has_reference_line;
      default: return !out.classified_by.empty() || !out.derived_from.empty() || !out.declassify_on.empty();
    }
  }

  // Takes line `i` and what belongs to it; returns `i` when the text begins there.
  std::size_t line(std::size_t i) {
    const auto text = trim(s_.text(i));
    if (same(text, "BT")) {
      s_.claim(i, owner::break_line);
      return i + 1;
    }
    page_header page;
    if (parse_page_header(text, page)) {
      take_page(i);
      return i + 1;
    }
    if (i < last_label_) {
      const labelled l = label_of(s_.text(i), seen_[1], seen_[2]);
      if (l.what != label::none) return labelled_lines(i, l);
    }
    class_line classification;
    if (!has_class_ && labels_ == 0 && parse_class_line(text, true, classification)) return take_class_line(i, classification);
    if (match_paragraph(s_.text(i)).found) return i;
    if (labels_ == 0 && is_correction(text)) return correction(i);
    if (!is_first_ && !has_class_ && class_line_follows(i)) {
      s_.keep_unknown(h_, i, " stands in the heading of a later section");
      return i + 1;
    }
    if (captions(i, text)) return i + 1;
    if (labels_ == 0 && is_passing(text) &&
        (i < last_label_ || addresses_department(text) || (!is_first_ && is_said_again(text))))
      return passing(i);
    if (!is_first_ || i >= last_label_) return i;
    s_.keep_unknown(h_, i, {});
    return i + 1;
  }
  void take_page(std::size_t i) {
    s_.claim(i, owner::page);
    h_.pages.push_back(s_.piece(i, trim(s_.text(i))));
  }

  bool class_line_follows(std::size_t i) {
    if (class_at_ != npos) return i < class_at_;
    std::size_t words = 0;
    for (class_at_ = i + 1; class_at_ < end_ && words < 12; ++class_at_) {
      class_line classification;
      if (parse_class_line(s_.text(class_at_), true, classification) && classification.section.total != 0) return true;
      words += !s_.is_empty(class_at_);
    }
    class_at_ = 0;  // there is none
    return false;
  }

  // -- What a later section repeats (telegram.md 4.4) ---------------------------------------------------------------
  // Did the first section say this, word by word, among its captions, instructions and corrections?
  bool is_said_again(std::string_view text) const {
    constexpr std::size_t longest_line = 400;
    return text.size() <= longest_line && s_.said().words.find(words_of(text)) != npos;
  }
  // Lines [begin, end) of a later section, which it claimed as `repeated`: kept, and reported, unless the first said so.
  void compare_lines(std::size_t begin, std::size_t end) {
    if (is_first_) return;
    for (std::size_t i = begin; i < end; ++i)
      if (s_.owner_of(i) == owner::repeated && !is_said_again(s_.text(i))) return keep_different(begin, end);
  }
  // Without labelled lines behind it, only a sure word begins an instruction.
  static bool addresses_department(std::string_view text) noexcept {
    std::string_view rest = text;
    const auto word = take_word(rest);
    return same(word, "DEPT") || same(word, "STATE") || same(word, "DEPARTMENT");
  }

  std::size_t take_class_line(std::size_t i, const class_line& classification) {
    has_class_ = true;
    s_.claim(i, is_first_ ? owner::class_line : owner::repeated);
    const auto whole = trim(s_.text(i));  // a line without its level has a place, too
    const auto printed = s_.piece(i, classification.level.name.empty() ? whole : whole.substr(0, classification.level.length));
    h_.classification = {classification.level.name, printed.begin, printed.end};
    h_.section = classification.section;
    h_.section_place = s_.piece_of(s_.piece(i, whole), classification.section_words);
    h_.number = classification.number;
    if (const auto& [station, serial] = h_.number; !h_.number.empty())
      h_.number_place = s_.piece(i, {station.data(), static_cast<std::size_t>(serial.data() + serial.size() - station.data())});
    if (classification.level.repaired)
      s_.report(code::class_repaired, "read as " + std::string(classification.level.name), h_.classification.begin,
                h_.classification.end);
    for (const auto captions : {classification.captions, classification.captions_behind}) {
      if (is_first_) {
        each_caption(i, captions);
      } else if (!is_said_again(captions)) {
        keep_different(i, i + 1);
        break;
      }
    }
    return i + 1;
  }

  // Captions of a line, or of the classification line, one by one.
  void each_caption(std::size_t i, std::string_view text) {
    while (!text.empty()) {
      while (!text.empty() && (is_space(text[0]) || text[0] == '/' || text[0] == ',' || text[0] == ';')) text.remove_prefix(1);
      const auto length = match_caption(text);
      if (length == 0) return;
      auto caption = s_.piece(i, text.substr(0, length));
      if (!is_all_upper(caption.text)) caption.text = s_.upper_copy(caption.text);
      s_.out().captions.push_back(caption);
      text.remove_prefix(length);
    }
  }
  bool captions(std::size_t i, std::string_view text) {
    // A level repeated with a control, "SECRET//NOFORN", is a caption as it stands.
    class_line classification;
    const bool level_and_control =
        parse_class_line(text, false, classification) && classification.number.empty() && classification.section.total == 0;
    if (!level_and_control) {
      auto rest = text;
      while (!rest.empty()) {
        const auto length = match_caption(rest);
        if (length == 0) return false;
        rest.remove_prefix(length);
        while (!rest.empty() && (is_space(rest[0]) || rest[0] == '/' || rest[0] == ',' || rest[0] == ';' || rest[0] == '.'))
          rest.remove_prefix(1);
      }
    }
    s_.claim(i, is_first_ ? owner::caption : owner::repeated);
    compare_lines(i, i + 1);
    if (!is_first_) return true;
    if (level_and_control) s_.out().captions.push_back(s_.piece(i, text));
    else each_caption(i, text);
    return true;
  }

  // An instruction, and the lines that go on with it (telegram.md 2.5, 5.3 no. 37); a semicolon parts several.
  std::size_t passing(std::size_t i) {
    const auto first = i;
    gathered text(s_);
    text.add(i, trim(s_.text(i)), "");
    s_.claim(i, is_first_ ? owner::passing : owner::repeated);
    for (++i; i < end_; ++i) {
      std::size_t next = i;
      if (s_.is_empty(i)) {  // a scrape has blank lines everywhere
        if (!is_unfinished(text.so_far())) break;
        while (next < end_ && s_.is_empty(next)) ++next;
        if (next >= last_label_) break;
      }
      if (is_passing(s_.text(next)) || ends_continuation(next) || match_caption(trim(s_.text(next))) != 0 ||
          is_correction(s_.text(next)))
        break;
      i = s_.skip_blank(i, next);
      text.add(i, trim(s_.text(i)), " ");
      s_.claim(i, is_first_ ? owner::passing : owner::repeated);
    }
    compare_lines(first, i);
    if (!is_first_) return i;
    text.finish();
    for (auto rest = text.text(); !rest.empty();) {
      std::size_t cut = rest.find(';');
      while (cut != npos && !is_passing(rest.substr(cut + 1, 200))) cut = rest.find(';', cut + 1);
      if (const auto part = trim(rest.substr(0, cut)); !part.empty()) s_.out().passing.push_back(text.piece(part));
      rest.remove_prefix(cut == npos ? rest.size() : cut + 1);
    }
    return i;
  }
  // Does a line that ends like this go on?
  static bool is_unfinished(std::string_view text) noexcept {
    if (text.empty() || text.back() == ',') return true;
    const auto word = last_word(text);
    for (const auto open : word_list{"TO", "FOR", "AND", "PASS", "PLEASE", "ALSO"})
      if (same(word, open)) return true;
    return false;
  }

  // "C O R R E C T E D  C O P Y (ADDED TAG)"; the reason may go on until its parenthesis closes (telegram.md 5.3 no. 38).
  std::size_t correction(std::size_t i) {
    gathered text(s_);
    const auto open = [&] {
      return std::count(text.so_far().begin(), text.so_far().end(), '(') >
             std::count(text.so_far().begin(), text.so_far().end(), ')');
    };
    std::size_t next = i;
    do {
      text.add(next, trim(s_.text(next)), " ");
      s_.claim(next, is_first_ ? owner::correction : owner::repeated);
      ++next;
    } while (next < end_ && next < i + 4 && open() && !s_.is_empty(next) && !ends_continuation(next));
    text.finish();
    if (is_first_) s_.out().corrections.push_back(text.piece(text.text()));
    compare_lines(i, next);
    return next;
  }

  // -- Values of labelled lines -------------------------------------------------------------------------------------
  // Does line `i` go on with the value of the labelled line above it? "for / reasons 1.4 (b)" is no line of its own.
  bool goes_on(label what, std::size_t i, std::string_view so_far) const {
    if (what == label::classified && match_label(s_.text(i)).what == label::reason) return true;
    if (ends_continuation(i) || (i < last_label_ && label_of(s_.text(i), seen_[1], seen_[2]).what != label::none)) return false;
    if (what == label::tags) return goes_on_with_tags(s_.text(i), !so_far.empty() && so_far.back() == ',');
    return what != label::subject || !is_caption_line(trim(s_.text(i)));
  }
  // Does line `i` end the value of the labelled line above it?
  bool ends_continuation(std::size_t i) const {
    const auto text = s_.text(i);
    if (match_label(text).what != label::none) return true;
    const auto p = match_paragraph(text);
    if (p.found && (p.pilcrow || p.mark.length != 0 || p.number == 1)) return true;
    if (same(trim(text), "BT") || !markdown_heading(text).empty()) return true;
    class_line classification;
    return is_page(i) || (parse_class_line(text, false, classification) && !classification.number.empty());
  }
  bool is_page(std::size_t i) const {
    page_header page;
    return parse_page_header(s_.text(i), page);
  }
  static bool is_caption_line(std::string_view text) noexcept { return !text.empty() && match_caption(text) == text.size(); }

  // The next line of the value, line `i` or one behind blank lines and running headers; npos: there is none.
  std::size_t next_of_value(label what, std::size_t i, std::string_view so_far) const {
    if (i < end_ && !s_.is_empty(i) && goes_on(what, i, so_far)) return i;
    const std::size_t end = what == label::refs ? end_ : std::min(end_, last_label_);
    bool behind_header = false;
    std::size_t next = i;
    for (; next < end && (s_.is_empty(next) || is_page(next)); ++next) behind_header |= !s_.is_empty(next);
    if (next == i || next >= end) return npos;
    if (what == label::refs) return !ends_continuation(next) && goes_on_with_item(trim(s_.text(next)), so_far) ? next : npos;
    const bool may_go_on = behind_header || (what == label::tags && !so_far.empty() && so_far.back() == ',');
    return may_go_on && goes_on(what, next, so_far) ? next : npos;
  }
  // Behind a blank line only a label of the same kind goes on with a list of references: "(d). The dues" may be text. Or
  // the rest of an item that lacks its number (telegram.md 2.9). A later section repeats what the first has, and no more.
  bool goes_on_with_item(std::string_view text, std::string_view so_far) const {
    std::size_t end = 0;
    const auto label = match_item_label(text, end);
    if (!label.empty())
      return (first_item_ == 0 || is_upper(label[0]) == is_upper(first_item_)) &&
             (is_first_ || item_lines_ < s_.out().refs.size());
    const auto open = so_far.substr(so_far.rfind('\n') + 1);
    const auto tail = open.substr(open.size() - std::min<std::size_t>(open.size(), 60));
    return is_first_ && !tail.empty() && !is_digit(tail.back()) && is_all_upper(text) && text.size() < 60 &&
           !parse_target(text).serial.empty() &&
           !parse_target(std::string(last_word(tail)) + " " + std::string(text)).serial.empty();
  }

  // Takes the lines of a value; returns the first line behind them.
  std::size_t gather(std::size_t i, const labelled& l, gathered& out) {
    first_item_ = 0;
    item_lines_ = 0;
    std::size_t behind = i;
    for (std::size_t next = i, from = l.value; next != npos; from = 0) {
      for (; behind < next; ++behind) {
        if (s_.is_empty(behind)) s_.claim(behind, owner::blank);
        else take_page(behind);
      }
      const bool is_cut = split_glued_label(next, from, l.what);
      s_.claim(next, is_first_ ? owner::labelled : owner::repeated);
      add_line(out, next, trim(s_.text(next).substr(from)), l.what);
      behind = next + 1;
      next = is_cut ? npos : next_of_value(l.what, behind, out.so_far());
    }
    out.finish();
    return behind;
  }
  // Lines are joined by one blank; a broken word keeps its hyphen and gets none (telegram.md 2.8). Lines of references stay
  // lines. A backslash at the end of a subject's line is one of markdown's (5.4 no. 57).
  void add_line(gathered& out, std::size_t i, std::string_view text, label what) {
    if (what == label::refs) {
      std::size_t end = 0;
      const auto label = match_item_label(text, end);
      item_lines_ += !label.empty();
      if (first_item_ == 0 && !label.empty()) first_item_ = label[0];
      out.add(i, text, "\n");
      return;
    }
    if (what == label::subject && !text.empty() && text.back() == '\\') {
      s_.report(code::text_escape, "a backslash at the end of the line", s_.piece(i, text.substr(text.size() - 1)).begin,
                s_.piece(i, text.substr(text.size() - 1)).end);
      while (!text.empty() && (text.back() == '\\' || is_space(text.back()))) text.remove_suffix(1);
    }
    const auto before = out.so_far();
    const bool broken =
        before.size() > 1 && before.back() == '-' && is_letter(before[before.size() - 2]) && !text.empty() && is_letter(text[0]);
    out.add(i, text, broken || before.empty() ? "" : " ");
  }

  // Two labelled lines on one: "N/A TAGS: PREL", "DUESREF: A." (telegram.md 5.3 no. 45, 5.4 no. 55).
  bool split_glued_label(std::size_t i, std::size_t from, label what) {
    const auto text = s_.text(i);
    if (what != label::order && text.find(':', from) == npos) return false;  // each has one, but "TAGS " behind an order
    constexpr char_set initials("TSRCtsrc");
    for (std::size_t at = from + 1; at < text.size(); ++at) {
      if (!initials.has(text[at]) || !may_begin_label(text, at) || !begins_glued_label(text, at, what)) continue;
      if (!s_.may_split(i)) return false;
      const auto place = s_.piece(i, text.substr(at, 1));
      s_.report(code::label_glued,
                "\"" + std::string(text.substr(at, text.find(':', at) - at + 1)) + "\" stood inside another line", place.begin,
                place.end);
      s_.split_line(i, at);
      ++end_;
      last_label_ = std::max(last_label_ + 1, i + 2);
      return true;
    }
    return false;
  }
  // TAGS, SUBJECT, REF, CLASSIFIED: two letters tell nearly all other words apart.
  static bool may_begin_label(std::string_view text, std::size_t at) noexcept {
    const char second = at + 1 < text.size() ? upper(text[at + 1]) : '\0';
    switch (upper(text[at])) {
      case 'T': return second == 'A';
      case 'S': return second == 'U';
      case 'R': return second == 'E';
      case 'C': return second == 'L';
      default: return false;
    }
  }
  static bool begins_glued_label(std::string_view text, std::size_t at, label what) noexcept {
    const auto rest = text.substr(at);
    const char before = text[at - 1];
    const auto is_any = [&](std::initializer_list<std::string_view> words) {
      return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return starts_with(rest, w); });
    };
    const bool before_tags = what == label::order, before_subject = before_tags || what == label::tags;
    const bool before_refs = what == label::tags || what == label::subject;
    if (before_tags && is_any({"TAGS:", "TAGS "})) return is_blank_char(before) || is_alnum(before);
    if (before_subject && is_any({"SUBJECT:", "SUBJ:"})) return is_blank_char(before) || is_alnum(before);
    if (before_refs && is_any({"REF:", "REFS:", "REF(S):", "REFTEL:", "REFTELS:"})) {
      if (is_alnum(before)) return text[at] == 'R' && what == label::subject;
      const auto value = trim(rest.substr(rest.find(':') + 1, 80));
      std::size_t end = 0;
      return !match_item_label(value, end).empty() ||
             !parse_target(value.substr(0, find_any(value, char_set(",;(")))).serial.empty();
    }
    return (before_refs || what == label::refs) && text[at] == 'C' && is_any({"CLASSIFIED BY:"});
  }

  // -- One labelled line --------------------------------------------------------------------------------------------
  // Did an earlier line say what this label says? Only the first counts (telegram.md 5.4 no. 58), and nothing is lost:
  // the other is a line that no rule understood. References go on.
  bool is_said(label what) const {
    const auto& out = s_.out();
    switch (what) {
      case label::order: return !out.declassify.empty();
      case label::tags: return !out.tags.empty();
      case label::subject: return !out.subject.empty();
      case label::classified: return !out.classified_by.empty();
      case label::reason: return !out.classified_by.reason.empty();
      case label::declassify_on: return !out.declassify_on.empty();
      case label::derived: return !out.derived_from.empty();
      default: return false;
    }
  }
  // A running header among the TAGS (telegram.md 5.4 no. 52). True: a line from `i` on was cut in two.
  bool cut_furniture(std::size_t i) {
    const auto before = s_.count();
    split_glued_furniture(s_, i, last_label_);
    const auto more = s_.count() - before;
    end_ += more;
    last_label_ += more;
    return more != 0;
  }
  std::size_t labelled_lines(std::size_t i, const labelled& l) {
    if (is_first_ && is_said(l.what)) {
      s_.keep_unknown(h_, i, " says again what another line of the heading said");
      return i + 1;
    }
    if (labels_ == 0 && is_first_ && cut_furniture(i)) return line(i);  // what is left of it may have another label, or none
    ++labels_;
    note_order(l.what);
    if (l.repaired) {
      const auto text = s_.text(i);
      const auto label = trim(text.substr(0, l.value == 0 ? std::min<std::size_t>(text.size(), 12) : l.value));
      const auto place = s_.piece(i, trim(text).substr(0, std::max<std::size_t>(label.size(), 1)));
      s_.report(code::label_repaired, "\"" + std::string(label) + "\"", place.begin, place.end);
    }
    gathered value(s_);
    const auto behind = gather(i, l, value);
    auto& out = s_.out();
    if (auto& printed = s_.said().values[static_cast<std::size_t>(l.what)]; !is_first_) {
      auto& count = repeated_[static_cast<std::size_t>(l.what)];  // the next line of this label
      const bool is_same =
          count < printed.size() && (printed[count] == value.text() || words_of(printed[count]) == words_of(value.text()));
      if (is_same) ++count;
      else keep_different(i, behind);
      return behind;
    } else if (s_.said().has_later) {
      printed.push_back(value.text());
    }
    const auto whole = value.piece(value.text());
    switch (l.what) {
      case label::order: read_order(value); break;
      case label::tags: read_tags(s_, value, out); break;
      case label::subject: read_subject(whole); break;
      case label::refs:
        out.has_reference_line = true;
        split_references(s_, value, h_.has_year ? h_.year : 0, out.refs);
        break;
      case label::classified: read_authority(s_, whole); break;
      case label::reason:
        out.classified_by.reason = value.piece(without_points(value.text()));
        read_reasons(s_);
        break;
      case label::declassify_on: out.declassify_on = whole; break;
      case label::derived: out.derived_from = whole; break;
      case label::none: break;
    }
    return behind;
  }
  static std::size_t place_of(label what) noexcept {
    return static_cast<std::size_t>(std::find(usual_order.begin(), usual_order.end(), what) - usual_order.begin());
  }
  // What a later section says otherwise than the first is reported, and its lines are kept (telegram.md 4.4).
  void keep_different(std::size_t begin, std::size_t end) {
    s_.report(code::conflict_heading,
              "\"" + std::string(trim(s_.text(begin)).substr(0, 60)) + "\" differs from the first section", s_.at(begin).begin,
              s_.at(end - 1).end);
    for (std::size_t i = begin; i < end; ++i) {
      if (s_.owner_of(i) != owner::repeated) continue;
      s_.reclaim(i, owner::opaque);
      h_.unknown.push_back({0, s_.piece(i, trim(s_.text(i)))});
    }
  }
  static std::string_view without_points(std::string_view text) noexcept {
    while (!text.empty() && (text.back() == '.' || is_space(text.back()))) text.remove_suffix(1);
    return text;
  }

  // The order of the labelled lines, where it is another than it should be: the writer keeps it (telegram.md 5.3 no. 45).
  void note_order(label what) {
    const auto place = place_of(what);
    if (place == usual_order.size() || seen_[place]) return;
    seen_[place] = true;
    order_[ordered_++] = place;
  }
  void keep_order() {
    auto& out = s_.out();
    const std::array<bool, 5> is_there{!out.declassify.empty(), !out.tags.empty(), !out.subject.empty(), !out.refs.empty(),
                                       !out.classified_by.empty()};
    const auto end = std::remove_if(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(ordered_),
                                    [&](std::size_t place) { return !is_there[place]; });
    if (std::is_sorted(order_.begin(), end)) return;
    std::string names;
    for (auto place = order_.begin(); place != end; ++place)
      names += (names.empty() ? "" : " ") + std::string(names_of_labels[*place]);
    out.label_order = s_.memory().copy(names);
  }

  void read_order(const gathered& line) {
    auto& out = s_.out();
    const auto whole = out.declassify = line.piece(line.text());
    const auto d = read_declassification(line.text(), h_.has_year ? h_.year : 0);
    const auto said_at = [&](std::string_view meant, std::string_view printed) {
      const auto place = printed.empty() ? whole : line.piece(printed);
      return meant.empty() ? value{} : value{meant, place.begin, place.end};
    };
    out.order = said_at(d.order.empty() ? d.order : s_.join("E.O. ", "", d.order), d.number);
    if (!d.order.empty() && d.number_repaired) {
      const auto place = line.piece(d.number);
      s_.report(code::eo_repaired, std::string(d.number) + " read as " + std::string(d.order), place.begin, place.end);
    }
    if (d.order.empty() && !d.number.empty()) {
      const auto place = line.piece(d.number);
      s_.report(code::eo_unknown, "\"" + std::string(d.number) + "\" is no executive order on classification", place.begin,
                place.end);
    }
    auto& is = out.declassification;
    is.action = said_at(d.action, {});
    is.level = said_at(d.level, d.printed_level);
    if (!d.date.empty()) is.date = said_at(s_.memory().copy({d.iso_date, 10}), d.date);
    is.event = line.piece(d.event);
    is.code = said_at(d.code, d.printed_code);
    is.exemption = line.piece(d.exemption);
    if (d.word_repaired) {
      const auto place = line.piece(d.repaired_word);
      s_.report(code::eo_repaired, "\"" + std::string(d.repaired_word) + "\"", place.begin, place.end);
    }
  }

  // The subject stays as it is; its mark and notices are read out of it (telegram.md 2.8, 5.4 no. 54).
  void read_subject(const value& subject) {
    auto& out = s_.out();
    if (subject.empty()) return;
    out.subject = subject;
    if (const auto mark = find_subject_mark(subject.text); mark.length != 0)
      out.subject_mark = {s_.memory().copy(normal_mark(mark)), subject.begin, subject.end};
    const auto read_out = [&](std::string_view words, std::vector<value>& into) {
      const auto at = find_word(subject.text, words);
      if (at == npos) return;
      const auto part = subject.text.substr(at, words.size());
      const auto is_said = [&](const value& v) {
        return same(v.text, part) || (&into == &out.corrections && is_correction(v.text));
      };
      if (std::none_of(into.begin(), into.end(), is_said)) into.push_back(s_.piece_of(subject, part));
    };
    read_out("(CORRECTED COPY)", out.corrections);
    read_out("OFFICIAL INFORMAL", out.captions);
  }

  stage& s_;
  heading& h_;
  bool is_first_;
  bool has_class_ = false;
  std::size_t end_ = 0;         // of the lines that are read; grows when a line is cut in two
  std::size_t last_label_ = 0;  // behind the last labelled line
  std::size_t labels_ = 0;
  std::array<bool, 5> seen_{};  // in the order of usual_order
  std::array<std::size_t, 5> order_{};
  std::size_t ordered_ = 0;
  std::size_t class_at_ = npos;            // where the classification line of a later section stands; npos: not looked for yet
  std::array<std::size_t, 9> repeated_{};  // how many lines of each label a later section has said again
  char first_item_ = 0;                    // first label of the references, as printed
  std::size_t item_lines_ = 0;             // lines of them that begin with a label
};

}  // namespace

portion_mark find_subject_mark(std::string_view subject) noexcept {
  if (const auto mark = match_portion(subject); mark.length != 0) return mark;
  if (subject.empty() || subject.back() != ')') return {};
  const auto open = subject.rfind('(');
  return open == npos || open == 0 ? portion_mark{} : match_portion(subject.substr(open));
}

std::size_t read_opening(stage& s, std::size_t at, std::size_t end, heading& h, bool is_first) {
  return opening_reader(s, h, is_first).read(at, end);
}

}  // namespace dragoman::telegram
