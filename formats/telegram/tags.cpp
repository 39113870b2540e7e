#include "tags.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "ascii.hpp"
#include "grammar.hpp"
#include "vocabulary.hpp"

namespace dragoman::telegram {
namespace {

constexpr std::size_t longest_code = 64;    // of codes that are glued together
constexpr std::size_t longest_group = 200;  // in parentheses

bool is_separator(char c) noexcept { return is_space(c) || c == ',' || c == ';'; }

bool is_known(std::string_view word) noexcept {
  return word.size() <= longest_code && terms::kind_of_tag(word) != terms::tag_kind::unknown;
}
// A subject or program: the codes of four letters, which no word of a text looks like.
bool is_known_subject(std::string_view word) noexcept {
  if (word.size() != 4) return false;
  const auto kind = terms::kind_of_tag(word);
  return kind == terms::tag_kind::subject || kind == terms::tag_kind::program;
}
// No family name is so short.
bool is_country_shape(std::string_view word) noexcept { return word.size() <= 2; }
// Could this be a code that no list knows? "A subject code not in the list but built like one stays a tag."
bool is_code(std::string_view word) noexcept { return is_known(word) || is_code_shape(word); }

// -- Codes that are glued together (telegram.md 5.4 no. 48) ----------------------------------------------------------

// Cuts a word into known codes of four letters and two: the lengths of the parts, from the front; none when it is not made
// of such codes, a subject or program among them.
struct cuts {
  std::array<unsigned char, longest_code / 2> lengths{};
  std::size_t count = 0;
};
cuts cut_glued(std::string_view word) noexcept {
  cuts out;
  if (word.size() <= 4 || word.size() > longest_code || !std::all_of(word.begin(), word.end(), is_letter)) return out;
  // From the back: how the rest behind each letter is cut; longer codes first.
  std::array<unsigned char, longest_code + 1> first{};  // length of the code that begins there; 0: none
  std::array<bool, longest_code + 1> has_subject{};
  const auto size = word.size();
  for (std::size_t at = size; at-- > 0;) {
    for (const auto length : std::array<unsigned char, 2>{4, 2}) {
      if (at + length > size || (at + length < size && first[at + length] == 0)) continue;
      const auto part = word.substr(at, length);
      if (length == 4 ? !is_known_subject(part) : terms::kind_of_tag(part) != terms::tag_kind::geographic) continue;
      first[at] = length;
      has_subject[at] = length == 4 || has_subject[at + length];
      break;
    }
  }
  if (first[0] == 0 || !has_subject[0]) return out;
  for (std::size_t at = 0; at < size; at += first[at]) out.lengths[out.count++] = first[at];
  return out;
}

// -- What an unknown code may mean (telegram.md 5.4 no. 49) -----------------------------------------------------------

// Geographic codes that drafters take for others stand in the list with what they mean: "... (drafter error for RS)".
std::string_view meant_by_error(const terms::geographic_tag& tag) noexcept {
  const std::string_view meaning = tag.meaning;
  const auto at = meaning.find(" error for ");
  if (tag.kind.view() != "error" || at == npos) return {};
  const auto rest = meaning.substr(at, meaning.find_first_of(";)", at) - at);
  return last_word(rest);
}
void append_near(std::string& out, std::string_view code, std::string_view word) {
  if (!is_near(code, word) || out.size() > 20) return;
  out += (out.empty() ? "" : ", ") + std::string(code);
}
std::string suggestion_for(std::string_view word, bool is_known) {
  if (word.size() == 2)
    if (const auto* tag = terms::tags_geographic.find(word)) return std::string(meant_by_error(*tag));
  std::string out;
  if (word.size() < 4 || word.size() > 5 || is_known || !std::all_of(word.begin(), word.end(), is_letter)) return out;
  for (const auto& tag : terms::tags_subject) append_near(out, tag.code, word);
  for (const auto& tag : terms::tags_program) append_near(out, tag.code, word);
  return out;
}

// -- The line -------------------------------------------------------------------------------------------------------

class tag_reader {
public:
  tag_reader(stage& s, const gathered& line, telegram& out) : s_(s), line_(line), out_(out) {}

  void read() {
    if (keep_prose()) return;
    std::string_view rest = line_.text(), inner;
    while (!rest.empty()) {
      if (is_separator(rest[0])) {
        rest.remove_prefix(1);
      } else if (const auto link = match_link(rest, inner)) {  // of a markdown scrape
        segment(inner, {});
        // Where it leads is kept, as words in parentheses; "(#)" leads nowhere.
        rest.remove_prefix(match_empty_link(rest, inner) != 0 ? link : inner.size() + 2);
      } else if (const auto group = group_length(rest)) {
        parenthesised(rest.substr(1, group - 2));
        rest.remove_prefix(group);
      } else {
        const auto end = find_any(rest, char_set(",;(["), 1);
        const auto words = trim(rest.substr(0, end));
        // Only a comma parts two names.
        const bool by_comma = end < rest.size() && rest[end] == ',';
        const auto used = segment(words, by_comma ? rest.substr(end + 1) : std::string_view());
        rest.remove_prefix(by_comma ? end + 1 + used : end);
      }
    }
    if (lower_case_)
      s_.report(code::tags_case, "tags in small letters", line_.piece(line_.text()).begin, line_.piece(line_.text()).end);
  }

private:
  // Prose where TAGS should be is kept as one value (telegram.md 6.3).
  bool keep_prose() {
    std::string_view rest = line_.text();
    std::size_t words = 0;
    bool small = false;
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest), ++words) {
      while (!word.empty() && (is_separator(word.back()) || word.back() == '.')) word.remove_suffix(1);
      if (is_known(word) || words > 200) return false;
      small |= !word.empty() && !is_all_upper(word);
    }
    if (words < 4 || !small || line_.text().find('[') != npos) return false;
    const auto whole = line_.piece(line_.text());
    s_.report(code::tags_unknown, "words, and no tag among them", whole.begin, whole.end);
    out_.tags.push_back(whole);
    return true;
  }

  // Length of a group in parentheses at the front; 0 when there is none.
  static std::size_t group_length(std::string_view text) noexcept {
    if (text[0] != '(') return 0;
    std::size_t depth = 0;
    for (std::size_t i = 0; i < std::min(text.size(), longest_group); ++i) {
      if (text[i] == '(') ++depth;
      else if (text[i] == ')' && --depth == 0) return i + 1;
    }
    return 0;
  }
  // "(OLDCASTLE, MAREN)": names of persons; other words as they are (telegram.md 5.4 no. 51).
  void parenthesised(std::string_view inside) {
    after_visitor_ = false;
    while (!inside.empty()) {
      const auto end = std::min(inside.find(';'), inside.size());
      const auto part = trim(inside.substr(0, end));
      const auto comma = part.find(',');
      if (comma != npos && part.find(',', comma + 1) == npos) name(part.substr(0, comma), part.substr(comma + 1));
      else if (is_known(part) || (is_tag_shape(part) && is_all_upper(part))) tag(part);
      else words(part);
      inside.remove_prefix(std::min(end + 1, inside.size()));
    }
  }

  // Words between separators: codes in front, then words that are one tag together, until a subject of the list comes.
  // `behind` is what follows a comma; returns how much of it was the rest of a name.
  std::size_t segment(std::string_view text, std::string_view behind) {
    std::string_view rest = text;
    std::size_t used = 0;
    while (!(rest = trim_left(rest)).empty()) {
      std::string_view probe = rest;
      const auto word = take_word(probe);
      const bool is_name = after_visitor_ && !is_country_shape(word) && !is_known(word) && cut_glued(word).count == 0;
      if (!is_name && stands_as_code(word, probe)) {
        tag(word);
        rest = probe;
        continue;
      }
      // A run of words, up to the next subject or to codes at the end.
      auto end = rest.substr(0, word.size());
      std::size_t count = 1, words_to_end = 1;
      for (auto next = take_word(probe); !next.empty() && !is_known_subject(next); next = take_word(probe)) {
        ++count;
        if (is_known(next)) continue;
        words_to_end = count;
        end = {rest.data(), static_cast<std::size_t>(next.data() + next.size() - rest.data())};
      }
      rest.remove_prefix(end.size());
      used = run(end, words_to_end, trim(rest).empty() ? behind : std::string_view());
    }
    return used;
  }
  // Is a word a code of its own, or the first of a text ("DUES IN PORT ALTAIR", "PORT CALLS")? One that no list knows is a
  // code if the word behind it could be one, too.
  static bool stands_as_code(std::string_view word, std::string_view behind) noexcept {
    if (is_known(word) || cut_glued(word).count != 0) return true;
    const auto next = take_word(behind);
    return is_code_shape(word) && (next.empty() || is_code(next) || cut_glued(next).count != 0);
  }

  std::size_t run(std::string_view text, std::size_t count, std::string_view behind) {
    if (after_visitor_ && !is_country_shape(text.substr(0, text.find(' '))) && std::all_of(text.begin(), text.end(), [](char c) {
          return is_letter(c) || c == ' ' || c == '.' || c == '-' || c == '\'' || static_cast<unsigned char>(c) >= 0x80;
        })) {
      // "OVIP LEDGER TAMSIN", "OVIP, LEDGER, TAMSIN" (telegram.md 5.4 no. 51).
      if (count == 1) {
        const auto end = find_any(behind, char_set(",;("));
        const auto first = trim(behind.substr(0, end));
        std::string_view words = first;
        if (const auto word = take_word(words); !word.empty() && !is_known(word) && trim(words).size() <= 2) {
          name(text, first);
          return end;
        }
      } else if (count <= 3) {
        std::string_view first = text;
        const auto last = take_word(first);
        name(last, first);
        return 0;
      }
    }
    after_visitor_ = false;
    if (count == 1 && is_tag_shape(text)) tag(text);
    else words(text);
    return 0;
  }

  void name(std::string_view last, std::string_view first) {
    last = trim(last);
    first = trim(first);
    const auto place = line_.piece({last.data(), static_cast<std::size_t>(first.data() + first.size() - last.data())});
    if (last.empty() || first.empty()) return words(last.empty() ? first : last);
    out_.tags.push_back({s_.join(last, ", ", first), place.begin, place.end});
  }
  void words(std::string_view text) {
    text = trim(text);
    if (text.empty()) return;
    if (match_caption(text) == text.size()) caption(text);
    else out_.tags.push_back(line_.piece(text));
  }

  // A caption among the TAGS (telegram.md 5.4 no. 52).
  void caption(std::string_view text) {
    auto place = line_.piece(text);
    if (!is_all_upper(text)) place.text = s_.upper_copy(text);
    out_.captions.push_back(place);
  }

  void tag(std::string_view word) {
    const auto place = line_.piece(word);
    if (match_caption(word) == word.size()) return caption(word);
    if (!is_all_upper(word)) {
      lower_case_ = true;
      word = s_.upper_copy(word);
    }
    const bool is_listed = is_known(word);
    if (!is_listed) {
      if (const auto parts = cut_glued(word); parts.count != 0) {
        std::size_t at = 0;
        for (std::size_t i = 0; i < parts.count; at += parts.lengths[i++]) {
          const auto part = line_.piece(std::string_view(place.text).substr(at, parts.lengths[i]));
          out_.tags.push_back({word.substr(at, parts.lengths[i]), part.begin, part.end});
        }
        s_.report(code::tags_glued, "\"" + std::string(word) + "\" is " + std::to_string(parts.count) + " tags", place.begin,
                  place.end);
        after_visitor_ = false;
        return;
      }
    }
    if (const auto meant = suggestion_for(word, is_listed); !meant.empty())
      s_.report(code::tags_unknown, "\"" + std::string(word) + "\", perhaps " + meant, place.begin, place.end);
    out_.tags.push_back({word, place.begin, place.end});
    after_visitor_ = word == "OVIP";
  }

  stage& s_;
  const gathered& line_;
  telegram& out_;
  bool lower_case_ = false;
  bool after_visitor_ = false;  // OVIP, prominent visitors, stands before: names may follow
};

// "(OLDCASTLE, MAREN)" at the front: its length; 0 when there is none.
std::size_t person_length(std::string_view text) noexcept {
  if (text.front() != '(') return 0;
  const auto end = text.substr(0, longest_group).find(')');
  if (end == npos) return 0;
  const auto inside = text.substr(1, end - 1);
  return is_all_upper(inside) && inside.find(',') != npos ? end + 1 : 0;
}

}  // namespace

void read_tags(stage& s, const gathered& line, telegram& out) { tag_reader(s, line, out).read(); }

bool holds_only_tags(std::string_view text, bool is_strict) noexcept {
  std::size_t count = 0;
  bool has_subject = false, has_known = false, has_shape = true;  // of countries and subjects
  std::string_view inner;
  for (std::size_t at = 0; at < text.size();) {
    if (is_separator(text[at])) {
      ++at;
      continue;
    }
    if (const auto person = person_length(text.substr(at)); person != 0) {
      at += person;
      continue;
    }
    auto word = text.substr(at, find_any(text, char_set(" \t,;"), at) - at);
    const auto link = match_link(text.substr(at), inner);
    at += link != 0 ? link : word.size();
    if (link != 0) word = inner;
    if (is_strict ? !is_all_upper(word) || !is_known(word) : !is_code(word)) return false;
    has_subject |= is_known_subject(word);
    has_known |= is_known(word);
    has_shape &= (word.size() == 2 || word.size() == 4) && is_all_upper(word);
    ++count;
  }
  return is_strict ? count >= 2 && has_subject : has_known || (count > 0 && has_shape);
}

bool goes_on_with_tags(std::string_view text, bool after_comma) noexcept {
  std::string_view rest = trim(text), inner;
  bool any = false;
  while (!rest.empty()) {
    if (const auto link = match_link(rest, inner)) {
      rest.remove_prefix(link);
    } else if (rest[0] == '(' && rest.find(')') != npos) {
      rest.remove_prefix(rest.find(')') + 1);
    } else {
      const auto end = find_any(rest, char_set(" \t,;"));
      const auto word = rest.substr(0, end);
      if (!word.empty() && (!is_tag_shape(word) || !(after_comma || is_all_upper(word)))) return false;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    any = true;
    rest = trim_left(rest);
  }
  return any;
}

}  // namespace dragoman::telegram
