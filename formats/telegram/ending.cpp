// After the text: signature, end of message, footers (telegram.md 4.5).
#include <algorithm>
#include <string>

#include "ascii.hpp"
#include "grammar.hpp"
#include "stage.hpp"

namespace dragoman::telegram {
namespace {

bool is_class_word(std::string_view text) noexcept {
  class_line c;
  return parse_class_line(text, false, c) && c.number.empty() && c.section.total == 0 && c.captions.empty();
}

bool is_stamp(std::string_view text) { return find_review_stamp(text).first == 0; }

// A remark of the communications centre, which stands only below a signature.
bool is_capital_note(std::string_view text) noexcept {
  return is_all_upper(text) && ((text.front() == '(' && text.back() == ')') || starts_with_word(text, "NOTE"));
}

class ending_reader {
public:
  ending_reader(stage& s, std::size_t at, heading& h) : s_(s), at_(at), h_(h) {
    archive_ = !s.out().attributes.empty() ||
               std::any_of(h.pages.begin(), h.pages.end(), [](const value& v) { return starts_with(v.text, "PAGE "); });
  }

  std::size_t read(std::size_t end) {
    const std::size_t stop = find_end_of_message(end);
    std::vector<value> behind;
    for (std::size_t i = stop; i < end; ++i) line_behind(i, behind);
    const std::size_t text_end = read_upwards(stop);
    auto& trailers = s_.out().trailers;
    trailers.insert(trailers.end(), footers_.rbegin(), footers_.rend());
    trailers.insert(trailers.end(), behind.begin(), behind.end());
    return text_end;
  }

private:
  std::string_view words(std::size_t i) const { return trim(s_.text(i)); }

  // The end of message, when there is one: only blank lines, breaks and footers may stand behind it.
  std::size_t find_end_of_message(std::size_t end) const {
    std::size_t limit = end;
    while (limit > at_ && s_.is_empty(limit - 1)) --limit;
    std::size_t others = 0;
    for (std::size_t i = limit; i > at_ && limit - i < 400; --i) {
      if (is_end_of_message(words(i - 1))) return i - 1;
      if (!words(i - 1).empty() && ++others > 24) break;
    }
    return limit;
  }
  // The end of message and what stands behind it.
  void line_behind(std::size_t i, std::vector<value>& footers) {
    const auto text = words(i);
    if (text.empty()) {
      s_.claim(i, owner::blank);
    } else if (h_.lines.end.empty() && is_end_of_message(text)) {
      h_.lines.end = s_.piece(i, text);
      s_.claim(i, owner::ending);
    } else if (is_stamp(text) || (archive_ && is_class_word(text))) {
      s_.claim(i, owner::page);  // at the foot of the page, or the head of the next
    } else {
      s_.claim(i, owner::footer);
      footers.push_back(s_.piece(i, text));
    }
  }
  // From the end marker upwards: validation, break, footers, classification words of an archive. What may be a footer or
  // text, a classification word or a note in capitals, is a footer only below a signature.
  std::size_t read_upwards(std::size_t stop) {
    for (; stop > at_; --stop) {
      const std::size_t i = stop - 1;
      const auto text = words(i);
      if (text.empty()) {
        s_.claim(i, owner::blank);
      } else if (is_end_of_message(text) && h_.lines.end.empty()) {
        s_.claim(i, owner::ending);
        h_.lines.end = s_.piece(i, text);
      } else if (is_validation(text) && h_.lines.validation.empty()) {
        s_.claim(i, owner::ending);
        h_.lines.validation = s_.piece(i, text);
      } else if (same(text, "BT")) {
        s_.claim(i, owner::break_line);
      } else if (is_footer(text) || is_end_of_message(text) || is_validation(text) || stands_below_signature(i)) {
        s_.claim(i, owner::footer);
        footers_.push_back(s_.piece(i, text));
      } else if (is_stamp(text) || (archive_ && is_class_word(text))) {
        s_.claim(i, owner::page);
      } else {
        break;
      }
    }
    return stop;
  }
  bool may_be_footer(std::string_view text) const noexcept { return (!archive_ && is_class_word(text)) || is_capital_note(text); }
  bool stands_below_signature(std::size_t i) const {
    if (!may_be_footer(words(i))) return false;
    for (std::size_t looked = 0; i > at_ && looked < 12; --i, ++looked) {
      const auto above = words(i - 1);
      if (above.empty() || may_be_footer(above) || is_footer(above)) continue;
      return !match_signature(above).empty() && i - 1 > at_;
    }
    return false;
  }

  stage& s_;
  std::size_t at_;
  heading& h_;
  bool archive_ = false;
  std::vector<value> footers_;  // from the end upwards
};

// Does a text that goes up to this line end with it, so that the next line may be a signature?
bool ends_text(std::string_view text) noexcept { return is_terminated(text) || is_marker_word(last_word(text)); }

}  // namespace

std::size_t read_ending(stage& s, std::size_t at, std::size_t end, heading& h) { return ending_reader(s, at, h).read(end); }

// The signature: the last line of the text, or the last word of it. It may stand on two lines: two names, or the place
// above the name.
std::size_t read_signature(stage& s, std::size_t at, std::size_t end) {
  if (end == at) return end;
  const auto words = [&](std::size_t i) { return trim(s.text(i)); };
  auto& out = s.out();
  std::size_t last = end - 1;
  const auto above_is_open = [&](std::size_t i) { return i > at && !s.is_empty(i - 1) && !ends_text(words(i - 1)); };
  if (const auto name = match_signature(words(last)); !name.empty() && last > at) {
    // Behind a full line in capitals without a full stop, the last word of a text in capitals is text.
    const auto above = words(last - 1);
    const bool is_full = above.size() + name.size() >= 50;
    const bool is_text = above_is_open(last) && (!is_all_upper(name) || (is_all_upper(above) && is_full));
    const bool two_names = is_all_upper(name) && above.find(' ') == npos && above.size() > 2 && match_signature(above) == above;
    const bool place_above = !out.first.number.empty() && same(above, out.first.number.station);
    std::size_t first = last;
    if ((two_names || place_above) && last - 1 > at && !above_is_open(last - 1)) --first;
    if (first < last || !is_text) {
      for (std::size_t i = first; i <= last; ++i) s.claim(i, owner::signature);
      const auto literal = first == last ? words(last) : s.join(above, "\n", words(last));
      const auto begin = s.piece(first, words(first)).begin, stop = s.piece(last, words(last)).end;
      out.signature = {first < last && two_names && !place_above ? s.join(above, " ", name) : name, begin, stop};
      if (place_above && first < last) out.signature = s.piece(last, name);
      if (!same_words(out.signature.text, literal)) out.signature_text = {literal, begin, stop};
      return first;
    }
  }
  const auto text = words(last);
  const auto word = last_word(text);
  const auto name = match_signature(word);
  const auto before = trim(text.substr(0, text.size() - word.size()));
  if (is_all_upper(name) && name.size() >= 4 && name.find('.') == npos && before.size() > 8 &&
      (before.back() == '.' || before.back() == ')') &&
      (ends_with(before, "COMMENT.") || ends_with(before, "CONSIDERED.") || ends_with(before, "SUMMARY.") ||
       !is_all_upper(before)) &&
      s.may_split(last)) {
    const auto place = s.piece(last, word);
    s.report(code::signature_appended, "\"" + std::string(word) + "\"", place.begin, place.end);
    out.signature = s.piece(last, name);
    if (name.size() != word.size()) out.signature_text = place;
    // The name gets a line of its own.
    s.split_line(last, static_cast<std::size_t>(word.data() - s.text(last).data()));
    s.claim(last + 1, owner::signature);
    return last + 1;
  }
  return end;
}

}  // namespace dragoman::telegram
