#include "inline.hpp"

#include <algorithm>
#include <bit>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "ascii.hpp"
#include "words.hpp"

namespace dragoman::telegram {
namespace {

// Where a parenthesis or bracket opens, or the letters "ref" or "end" stand, at or after `from`: all that a mark in the
// text may begin with. Sixteen places a step; most paragraphs have none of them.
std::size_t find_mark(std::string_view text, std::size_t from) noexcept {
  std::size_t at = from;
#if defined(__SSE2__)
  const auto load = [&](std::size_t i) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i)); };
  const auto is = [](__m128i octets, char c) { return _mm_cmpeq_epi8(octets, _mm_set1_epi8(c)); };
  const auto both = [](__m128i a, __m128i b) { return _mm_and_si128(a, b); };
  const auto either = [](__m128i a, __m128i b) { return _mm_or_si128(a, b); };
  const __m128i small = _mm_set1_epi8(0x20);
  for (; at + 18 <= text.size(); at += 16) {
    const __m128i here = load(at), first = either(here, small), second = either(load(at + 1), small), third = either(load(at + 2), small);
    const __m128i words = either(both(both(is(first, 'r'), is(second, 'e')), is(third, 'f')), both(both(is(first, 'e'), is(second, 'n')), is(third, 'd')));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(either(words, either(is(here, '('), is(here, '[')))));
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
  }
#endif
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '(' || c == '[') return at;
    if (starts_with(text.substr(at, 3), "ref") || starts_with(text.substr(at, 3), "end")) return at;
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

std::size_t match_summary_end(std::string_view text, bool& exact) noexcept {
  if (!starts_with_word(text, "END")) return 0;
  std::size_t at = 3;
  while (at < text.size() && is_space(text[at])) ++at;
  std::size_t end = at;
  while (end < text.size() && is_letter(text[end])) ++end;
  const auto word = text.substr(at, end - at);
  exact = same(word, "SUMMARY");
  return exact || (word.size() >= 6 && is_near(word, "SUMMARY")) ? end : 0;
}

void inline_writer::begin_summary(std::uint32_t begin, std::uint32_t end, bool by_heading) noexcept {
  may_end_summary_ = true;
  summary_ = {};
  if (by_heading) return;
  summary_.begin = begin;
  summary_.end = end;
}

// `words` stand at `at` of what was added.
void inline_writer::end_summary(std::string_view words, std::size_t at) {
  bool exact = false;
  const auto length = match_summary_end(words, exact);
  if (length == 0) return;
  if (!exact || !may_end_summary_) {
    const auto told = piece_;  // places are looked up in order; this one is ahead
    const auto [begin, end] = place(at, at + length);
    piece_ = told;
    s_.report(code::marker_unbalanced, exact ? "a summary ends that did not begin" : "\"" + std::string(words.substr(0, length)) + "\" is misspelt", begin, end);
  }
  may_end_summary_ = false;
  summary_ = {};
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
  slice_ = {};
  joined_.clear();
  pieces_.clear();
  piece_ = 0;
  is_joined_ = false;
}

void inline_writer::add(std::size_t line, std::string_view words) {
  if (pieces_.empty()) {
    slice_ = words;
  } else if (const char* behind = slice_.data() + slice_.size(); !is_joined_ && behind + 1 == words.data() && *behind == '\n') {
    slice_ = {slice_.data(), slice_.size() + 1 + words.size()};
  } else {
    if (!is_joined_) joined_.assign(slice_);
    is_joined_ = true;
    joined_ += '\n';
    joined_ += words;
  }
  pieces_.push_back({(is_joined_ ? joined_.size() : slice_.size()) - words.size(), s_.piece(line, words)});
}

void inline_writer::flush(bool goes_on) {
  if (!pieces_.empty()) {
    if (goes_on) {
      if (!is_joined_) joined_.assign(slice_);
      is_joined_ = true;
      joined_ += '\n';
    }
    tell(is_joined_ ? s_.memory().copy(joined_) : slice_);
  }
  begin();
}

// The octets of a part [begin, end) of what was added. Parts are told in order.
std::pair<std::uint32_t, std::uint32_t> inline_writer::place(std::size_t begin, std::size_t end) {
  const auto find = [&](std::size_t at) {
    // A report may look far ahead: not piece by piece.
    const auto from = pieces_.begin() + static_cast<std::ptrdiff_t>(piece_);
    const auto behind = std::upper_bound(from, pieces_.end(), at, [](std::size_t where, const piece& p) { return where < p.at; });
    if (behind != from) piece_ = static_cast<std::size_t>(behind - pieces_.begin()) - 1;
    return pieces_[piece_];
  };
  // Where the words are a slice, each of their parts knows its own octets.
  const auto is_slice = [](const piece& p) { return p.words.end - p.words.begin == p.words.text.size(); };
  const piece first = find(begin);
  const piece last = find(end - 1);
  const auto inside = [](const piece& p, std::size_t at) { return p.words.begin + static_cast<std::uint32_t>(std::min(at - p.at, p.words.text.size())); };
  return {is_slice(first) ? inside(first, begin) : first.words.begin, is_slice(last) ? inside(last, end) : last.words.end};
}

void inline_writer::tell(std::string_view words) {
  auto& events = s_.out().body;
  const auto place_of = [&](std::string_view part) {
    const auto at = static_cast<std::size_t>(part.data() - words.data());
    return place(at, at + part.size());
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
  std::size_t told = 0;
  for (std::size_t at = find_mark(words, 0); at < words.size(); at = find_mark(words, at + 1)) {
    const char c = words[at];
    const auto rest = words.substr(at, 64);
    const bool word_begins = at == 0 || (at != told && !is_alnum(words[at - 1]));
    if (c == '(' || c == '[') {
      if (const auto length = match_garble(rest)) {
        text(words.substr(told, at - told));
        element("unclear", "reason", "garble", words.substr(at, length));
        told = at + length;
        at = told - 1;
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
    } else if ((c == 'E' || c == 'e') && word_begins && rest.size() >= 10 && upper(rest[1]) == 'N') {
      end_summary(rest, at);
    }
  }
  text(words.substr(told));
}

}  // namespace dragoman::telegram
