// The classification authority: who classified, in which office, for which reasons (telegram.md 2.10).
#include <algorithm>
#include <string>
#include <vector>

#include "ascii.hpp"
#include "opening.hpp"
#include "stage.hpp"
#include "words.hpp"

namespace dragoman::telegram {
namespace {

// "REASON" or "REASONS", also broken by a hyphen at a line's end: its length.
std::size_t match_reason_word(std::string_view text) noexcept {
  constexpr std::string_view word = "REASON";
  std::size_t at = 0;
  bool broken = false;
  for (std::size_t i = 0; i < word.size(); ++i, ++at) {
    if (i > 1 && !broken && at < text.size() && text[at] == '-') broken = true, ++at;
    if (at >= text.size() || upper(text[at]) != word[i]) return 0;
  }
  return at < text.size() && upper(text[at]) == 'S' ? at + 1 : at;
}

// "and" or "or", also cut in two by a blank or a line's end, "an d": its length; 0 when `text` begins with neither.
std::size_t match_conjunction(std::string_view text) noexcept {
  for (const std::string_view word : {"AND", "OR"}) {
    std::size_t at = 0, matched = 0;
    bool is_cut = false;
    while (matched < word.size() && at < text.size()) {
      if (upper(text[at]) == word[matched]) ++matched;
      else if (matched > 0 && is_space(text[at]) && !is_cut) is_cut = true;
      else break;
      ++at;
    }
    if (matched == word.size() && (at == text.size() || !is_letter(text[at]))) return at;
  }
  return 0;
}

// Where "1.4 (b) and (d)" ends that `text` begins with: behind the last number or letter that is a reason.
std::size_t reason_end(std::string_view text) noexcept {
  std::size_t end = 3, at = 3;
  char before = '1';  // the last character that is no blank; 'n' for a number or "and"
  while (at < text.size()) {
    const char c = text[at];
    if (c == '1' && at + 2 < text.size() && char_set(".,/").has(text[at + 1]) && is_digit(text[at + 2])) {
      at += 3;
      end = at;
      before = '1';
    } else if (const auto conjunction = match_conjunction(text.substr(at)); conjunction != 0) {
      at += conjunction;
      before = 'n';
    } else if (is_letter(c)) {
      std::size_t stop = at;
      while (stop < text.size() && is_letter(text[stop])) ++stop;
      // The line may break off behind it.
      const bool in_parentheses = stop == text.size() || char_set(")/,").has(text[stop]);
      if (stop == at + 1 && lower(c) <= 'h' && (before == '(' ? in_parentheses : char_set("1n,/&").has(before))) {
        end = stop < text.size() && text[stop] == ')' ? stop + 1 : stop;
        before = ')';
        at = end;
      } else {
        break;
      }
    } else if (char_set("(),/&;").has(c)) {
      before = c == ';' ? ',' : c;
      ++at;
    } else if (is_space(c)) {
      ++at;
    } else {
      break;
    }
  }
  return end;
}

}  // namespace

authority_parts split_authority(std::string_view text) noexcept {
  authority_parts parts;
  text = trim(text);
  // "Classified By: Classified by DCM"
  if (starts_with(text, "Classified by")) text = trim(text.substr(13));
  // The reason: from the word, or from the section number.
  std::size_t reason = npos, reason_length = 0;
  for (std::size_t at = 0; at < text.size() && reason == npos; ++at) {
    if (upper(text[at]) != 'R' || (at > 0 && is_alnum(text[at - 1]))) continue;
    reason_length = match_reason_word(text.substr(at));
    if (reason_length != 0) reason = at;
  }
  std::size_t number = npos;
  for (std::size_t i = reason == npos ? 0 : reason; i + 2 < text.size(); ++i)
    if (text[i] == '1' && (text[i + 1] == '.' || text[i + 1] == ',' || text[i + 1] == '/') && is_digit(text[i + 2]) &&
        (i == 0 || !is_alnum(text[i - 1]))) {
      number = i;
      break;
    }
  std::size_t person_end = std::min({reason, number, text.size()});
  if (number != npos) {
    const auto end = number + reason_end(text.substr(number));
    auto rest = text.substr(end);
    while (!rest.empty() && (is_space(rest[0]) || char_set(".,;").has(rest[0]))) rest.remove_prefix(1);
    parts.rest = rest;
    // "reasons under Section 1.4 (b)": words before the number are part of it.
    std::size_t begin = reason == npos ? number : reason + reason_length;
    while (begin < number && (is_space(text[begin]) || char_set(":.,;-(").has(text[begin]))) ++begin;
    auto r = trim(text.substr(begin, end - begin));
    while (!r.empty() && (r.back() == '.' || r.back() == ',' || r.back() == ';')) r = trim(r.substr(0, r.size() - 1));
    parts.reason = r;
  } else if (reason != npos) {
    auto r = text.substr(reason + reason_length);
    while (!r.empty() && (is_space(r[0]) || r[0] == ':')) r.remove_prefix(1);
    while (!r.empty() && (r.back() == '.' || is_space(r.back()))) r.remove_suffix(1);
    parts.reason = r;
    if (r.empty()) person_end = text.size();
  }
  auto person = trim(text.substr(0, person_end));
  const auto strip = [&](std::string_view word) {
    if (ends_with(person, word) && (person.size() == word.size() || is_space(person[person.size() - word.size() - 1]) ||
                                    person[person.size() - word.size() - 1] == ','))
      person = trim(person.substr(0, person.size() - word.size()));
  };
  const auto strip_marks = [&] {
    while (!person.empty() && (person.back() == ',' || person.back() == ';' || person.back() == '.' || person.back() == ':' ||
                               person.back() == '-')) {
      // An initial keeps its point.
      if (person.back() == '.' && person.size() >= 2 && is_upper(person[person.size() - 2]) &&
          (person.size() == 2 || !is_alnum(person[person.size() - 3])))
        break;
      person = trim(person.substr(0, person.size() - 1));
    }
  };
  if (!parts.reason.empty()) {
    strip_marks();
    strip("for");
    strip("per");
  }
  strip_marks();
  if (person.empty()) return parts;
  // Title words in front, then the name; or "Name, Title". Among capitals a short word may be a name as well as an office.
  const bool may_be_offices = !is_all_upper(person);
  std::string_view rest = person;
  std::size_t title_end = 0;
  for (;;) {
    std::string_view probe = rest;
    const auto word = take_word(probe);
    if (word.empty() || !is_title_word(word, may_be_offices)) break;
    rest = probe;
    title_end = static_cast<std::size_t>(word.data() + word.size() - person.data());
  }
  if (title_end > 0) {
    auto title = person.substr(0, title_end);
    while (!title.empty() && (title.back() == ',' || title.back() == ':')) title.remove_suffix(1);
    parts.title = title;
    parts.name = trim(person.substr(title_end));
    return parts;
  }
  const auto comma = person.find(',');
  std::string_view after = comma == npos ? std::string_view() : trim(person.substr(comma + 1));
  std::string_view probe = after;
  if (comma != npos && is_title_word(take_word(probe), may_be_offices)) {
    parts.name = trim(person.substr(0, comma));
    parts.title = after;
  } else {
    parts.name = person;
  }
  return parts;
}

// The reasons in normal form, "1.4(b)", each letter by itself; whether they are printed in an odd form (5.6 no. 76). Odd is
// what is not "1.4 (b) and (d)", "1.4 (b), (d)", "1.4(b)(d)", and what has words before the number.
std::vector<std::string> normal_reasons(std::string_view text, bool& odd) {
  std::vector<std::string> out;
  std::string section;
  odd = false;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '1' && at + 2 < text.size() && is_digit(text[at + 2]) &&
        (text[at + 1] == '.' || text[at + 1] == ',' || text[at + 1] == '/')) {
      odd |= text[at + 1] != '.';
      section = std::string("1.") + text[at + 2];
      at += 3;
    } else if (section.empty()) {
      odd = true;
      ++at;
    } else if (const auto conjunction = match_conjunction(text.substr(at)); conjunction != 0) {
      odd |= text.substr(at, conjunction).find_first_of(" \n") != npos;
      at += conjunction;
    } else if (is_letter(c)) {
      std::size_t end = at;
      while (end < text.size() && is_letter(text[end])) ++end;
      if (end == at + 1 && lower(c) >= 'a' && lower(c) <= 'h') {
        odd |= at == 0 || text[at - 1] != '(' || end >= text.size() || text[end] != ')';
        out.push_back(section + '(' + lower(c) + ')');
      } else {
        odd = false;
        return {};
      }
      at = end;
    } else if (char_set(" \n(),/&;.-").has(c)) {
      ++at;
    } else {
      odd = false;
      return {};
    }
  }
  return out;
}

void read_authority(stage& s, const value& v) {
  auto& a = s.out().classified_by;
  const auto parts = split_authority(v.text);
  a.title = s.piece_of(v, parts.title);
  a.name = s.piece_of(v, parts.name);
  a.rest = s.piece_of(v, parts.rest);
  a.reason = s.piece_of(v, parts.reason);
  read_reasons(s);
}

void read_reasons(stage& s) {
  auto& a = s.out().classified_by;
  bool odd = false;
  const auto reasons = normal_reasons(a.reason.text, odd);
  if (!odd || reasons.empty()) return;
  std::string together;
  for (const auto& r : reasons) {
    a.reasons.push_back({s.memory().copy(r), a.reason.begin, a.reason.end});
    together += (together.empty() ? "" : ", ") + r;
  }
  s.report(code::reason_repaired, "\"" + std::string(a.reason.text.substr(0, 60)) + "\" read as " + together, a.reason.begin,
           a.reason.end);
}

}  // namespace dragoman::telegram
