#include "inline.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "ascii.hpp"
#include "words.hpp"

namespace dragoman::telegram {
namespace {

constexpr std::size_t longest_mark = 64;

// Where a parenthesis or bracket opens, or the letters "ref" or "end" stand, at or after `from`: all that a mark in the
// text may begin with. Sixteen places a step; most paragraphs have none of them.
std::size_t find_mark(std::string_view text, std::size_t from) noexcept {
  std::size_t at = from;
#if defined(__SSE2__)
  constexpr std::size_t step = 16, needed = step + 2;
  const auto load = [&](std::size_t i) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i)); };
  const auto is = [](__m128i octets, char c) { return _mm_cmpeq_epi8(octets, _mm_set1_epi8(c)); };
  const auto both = [](__m128i a, __m128i b) { return _mm_and_si128(a, b); };
  const auto either = [](__m128i a, __m128i b) { return _mm_or_si128(a, b); };
  const __m128i small = _mm_set1_epi8(0x20);
  const auto marks = [&](std::size_t i) {
    const __m128i here = load(i), first = either(here, small), second = either(load(i + 1), small),
                  third = either(load(i + 2), small);
    const __m128i words = either(both(both(is(first, 'r'), is(second, 'e')), is(third, 'f')),
                                 both(both(is(first, 'e'), is(second, 'n')), is(third, 'd')));
    return static_cast<unsigned>(_mm_movemask_epi8(either(words, either(is(here, '('), is(here, '[')))));
  };
  for (; at + needed <= text.size(); at += step)
    if (const unsigned found = marks(at); found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
  if (at < text.size() && text.size() >= needed) {  // the last step again, without the places that were looked at
    const std::size_t last = text.size() - needed;
    const unsigned found = at - last < step ? marks(last) >> (at - last) : 0;
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
    at = std::max(at, text.size() - 2);  // before it no word of three letters begins any more
  }
#endif
  for (; at < text.size(); ++at) {
    switch (text[at]) {
      case '(':
      case '[': return at;
      case 'r':
      case 'R':
        if (starts_with(text.substr(at, 3), "ref")) return at;
        break;
      case 'e':
      case 'E':
        if (starts_with(text.substr(at, 3), "end")) return at;
        break;
      default: break;
    }
  }
  return text.size();
}

}  // namespace

std::size_t match_garble(std::string_view text) noexcept {
  if (text.size() < 8 || (text[0] != '(' && text[0] != '[')) return 0;
  std::size_t at = 1;
  const bool doubled = text[1] == text[0];
  if (doubled) ++at;
  if (!starts_with(text.substr(at), "garble")) return 0;
  const char close = text[0] == '(' ? ')' : ']';
  const auto end = text.substr(0, 48).find(close, at);
  if (end == npos) return 0;
  return doubled && end + 1 < text.size() && text[end + 1] == close ? end + 2 : end + 1;
}

std::size_t match_inline_reference(std::string_view text, char& letter) noexcept {
  if (!starts_with(text, "ref")) return 0;
  letter = 0;
  if (starts_with(text, "reftel")) return text.size() == 6 || !is_alnum(text[6]) ? 6 : 0;
  std::size_t at = 3;
  if (at < text.size() && (text[at] == 's' || text[at] == 'S')) ++at;
  const std::size_t gap = at;
  while (at < text.size() && is_space(text[at])) ++at;
  if (at == gap || at >= text.size()) return 0;
  if (text[at] == '(' && at + 2 < text.size() && text[at + 2] == ')' && is_upper(text[at + 1])) {
    letter = text[at + 1];
    return at + 3;
  }
  if (!is_upper(text[at]) || (at + 1 < text.size() && (is_alnum(text[at + 1]) || text[at + 1] == '\''))) return 0;
  letter = text[at];
  return at + 1;
}

marker_match match_marker(std::string_view text, bool tolerant) noexcept {
  constexpr char_set initials("SCNTPscntp");
  if (text.empty() || !initials.has(text[0])) return {};
  std::size_t length = 0;
  while (length < text.size() &&
         (is_letter(text[length]) || (text[length] == '-' && length + 1 < text.size() && is_letter(text[length + 1]))))
    ++length;
  constexpr std::size_t shortest = 4;
  if (length < shortest) return {};
  const auto word = text.substr(0, length);
  for (const auto& m : marker_words)
    if (same(word, m.word)) return {m.what, length, true};
  if (tolerant)
    for (const auto& m : marker_words)
      if (m.word.size() >= 7 && word.size() >= 6 && word.size() <= m.word.size() + 1 && upper(word[0]) == m.word[0] &&
          is_near(word, m.word))
        return {m.what, length, false};
  return {};
}

marker_match match_marker_end(std::string_view text) noexcept {
  if (!starts_with_word(text, "END")) return {};
  std::size_t at = 3;
  while (at < text.size() && is_space(text[at])) ++at;
  auto found = match_marker(text.substr(at), true);
  found.length += at;
  return found;
}

bool begins_part(std::string_view text) noexcept {
  if (starts_with_word(text, "MINIMIZE CONSIDERED")) return true;
  return starts_with_word(text, "BEGIN") && match_marker(trim(text.substr(5)), true).what != marker::none;
}

void inline_writer::begin_marked(marker what, const value& place, bool must_end) noexcept {
  auto& m = marked_[static_cast<std::size_t>(what)];
  m.may_end = true;
  m.open = must_end ? place : value{};
}

void inline_writer::end_markers() {
  for (const auto& m : marker_words)
    if (auto& open = marked_[static_cast<std::size_t>(m.what)].open; !open.empty()) {
      s_.report(code::marker_unbalanced, "\"" + std::string(open.text) + "\" begins something that does not end", open.begin,
                open.end);
      open = {};
    }
}

// `words` stand at `at` of what was added, behind `before`.
// Something may end at `at` of what was added.
void inline_writer::end_marked(std::string_view all, std::size_t at) {
  const auto words = all.substr(at, longest_mark), before = all.substr(0, at);
  const auto found = match_marker_end(words);
  if (found.what == marker::none) return;
  auto& m = marked_[static_cast<std::size_t>(found.what)];
  const auto name =
      std::find_if(marker_words.begin(), marker_words.end(), [&](const marker_word& w) { return w.what == found.what; })->word;
  // A comment or note may begin inside a text; of what else words end, the begin may be told in many ways.
  const bool may_begin_inside = found.what == marker::comment || found.what == marker::note;
  const bool has_begun =
      m.may_end || (may_begin_inside && find_word(before, name) != npos) || (!may_begin_inside && found.what != marker::summary);
  if (!found.is_exact || !has_begun) {
    const auto told = piece_;  // places are looked up in order; this one is ahead
    const auto [begin, end] = place(all, at, at + found.length);
    piece_ = told;
    const auto quoted = "\"" + std::string(words.substr(0, found.length)) + "\"";
    s_.report(code::marker_unbalanced, quoted + (found.is_exact ? " ends something that did not begin" : " is misspelt"), begin,
              end);
  }
  m = {};
}

inline_writer::inline_writer(stage& s) : s_(s) {
  const auto& refs = s_.out().refs;
  for (const auto& r : refs) {
    if (r.id.empty()) continue;
    const auto cable = s_.join("cable:", "", r.id.text);
    if (refs.size() == 1) only_target_ = cable;
    if (r.label.text.size() != 1 || !is_upper(r.label.text[0])) continue;
    auto& place = targets_[static_cast<std::size_t>(r.label.text[0] - 'A')];
    if (place.empty()) place = cable;
  }
}

std::string_view inline_writer::target(char letter) const noexcept {
  return letter == 0 ? only_target_ : targets_[static_cast<std::size_t>(letter - 'A')];
}

void inline_writer::begin() noexcept {
  pieces_.clear();
  piece_ = 0;
}

void inline_writer::add(std::size_t line, std::string_view words) {
  const auto [text, from, to] = s_.piece(line, words);
  const auto size = static_cast<std::uint32_t>(text.size());
  if (pieces_.empty()) {
    pieces_.push_back({text.data(), 0, size, from, to});
    return;
  }
  auto& last = pieces_.back();
  const char* behind = last.words + last.length;
  const bool is_line_behind = behind + 1 == text.data() && *behind == '\n';
  const bool is_rest_of_line = behind == text.data() && last.end == from;  // a line that was cut for nothing
  if ((is_line_behind || is_rest_of_line) && last.is_slice() && to - from == size) {
    last.length += size + is_line_behind;
    last.end = to;
  } else {
    pieces_.push_back({text.data(), last.at + last.length + 1, size, from, to});
  }
}

// All that was added, a newline between the pieces, and behind the last when more follows.
std::string_view inline_writer::joined(bool goes_on) const {
  const piece& last = pieces_.back();
  if (pieces_.size() == 1 && !goes_on) return {last.words, last.length};
  const std::size_t size = last.at + last.length + (goes_on ? 1 : 0);
  char* const all = s_.memory().allocate(size);
  for (const piece& p : pieces_) {
    if (p.at != 0) all[p.at - 1] = '\n';
    std::memcpy(all + p.at, p.words, p.length);
  }
  if (goes_on) all[size - 1] = '\n';
  return {all, size};
}

void inline_writer::flush(bool goes_on) {
  if (!pieces_.empty()) tell(joined(goes_on));
  begin();
}

std::pair<std::uint32_t, std::uint32_t> inline_writer::place(std::string_view words, std::size_t begin, std::size_t end) {
  const auto words_end = end - (words[end - 1] == '\n');                          // a line's end is not of the words before it
  if (const piece& all = pieces_.front(); pieces_.size() == 1 && all.is_slice())  // nearly always
    return {all.begin + static_cast<std::uint32_t>(begin), all.begin + static_cast<std::uint32_t>(words_end)};
  const auto find = [&](std::size_t at) {
    // A report may look far ahead: not piece by piece.
    const auto from = pieces_.begin() + static_cast<std::ptrdiff_t>(piece_);
    const auto behind = std::upper_bound(from, pieces_.end(), at, [](std::size_t where, const piece& p) { return where < p.at; });
    if (behind != from) piece_ = static_cast<std::size_t>(behind - pieces_.begin()) - 1;
    return pieces_[piece_];
  };
  const piece first = find(begin);
  const piece last =
      end - 1 >= pieces_.back().at ? pieces_[piece_ = pieces_.size() - 1] : find(end - 1);  // nearly always all of it
  const auto inside = [](const piece& p, std::size_t at) {
    return p.begin + std::min(static_cast<std::uint32_t>(at - p.at), p.length);
  };
  return {first.is_slice() ? inside(first, begin) : first.begin, last.is_slice() ? inside(last, words_end) : last.end};
}

void inline_writer::tell(std::string_view words) {
  auto& events = s_.out().body;
  const auto place_of = [&](std::string_view part) {
    const auto at = static_cast<std::size_t>(part.data() - words.data());
    return place(words, at, at + part.size());
  };
  const auto text = [&](std::string_view part) {
    if (part.empty()) return;
    const auto [b, e] = place_of(part);
    events.push_back({event::kind::text, {}, part, b, e});
  };
  const auto element = [&](std::string_view name, std::string_view key, std::string_view value, std::string_view part) {
    const auto [b, e] = place_of(part);
    events.push_back({event::kind::open, name, {}, b, e});
    events.push_back({event::kind::attribute, key, value, 0, 0});
    events.push_back({event::kind::text, {}, part, b, e});
    events.push_back({event::kind::close, {}, {}, 0, e});
  };
  constexpr auto shortest_end = std::string_view("END NOTE").size();
  std::size_t told = 0;
  for (std::size_t at = find_mark(words, 0); at < words.size(); at = find_mark(words, at + 1)) {
    const char c = words[at];
    const auto rest = words.substr(at, longest_mark);
    const bool word_begins = at == 0 || (at != told && !is_alnum(words[at - 1]));
    if (c == '(' || c == '[') {
      if (const auto length = match_garble(rest)) {
        text(words.substr(told, at - told));
        element("unclear", "reason", "garble", words.substr(at, length));
        told = at + length;
        at = told - 1;
      } else if (const auto aside = match_marker(words.substr(at + 1, 16), false); aside.what != marker::none) {
        begin_marked(aside.what, {}, false);  // "(NOTE: ... END NOTE.)"
      }
    } else if ((c == 'r' || c == 'R') && word_begins) {
      char letter = 0;
      if (const auto length = match_inline_reference(rest, letter)) {
        if (const auto id = target(letter); !id.empty()) {
          text(words.substr(told, at - told));
          element("ref", "target", id, words.substr(at, length));
          told = at + length;
          at = told - 1;
        }
      }
    } else if ((c == 'E' || c == 'e') && word_begins && rest.size() >= shortest_end && upper(rest[1]) == 'N') {
      end_marked(words, at);
    }
  }
  text(words.substr(told));
}

}  // namespace dragoman::telegram
