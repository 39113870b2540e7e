#include "inline.hpp"

#include <algorithm>

#include "ascii.hpp"
#include "words.hpp"

namespace dragoman::telegram {

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

void inline_writer::end_summary(std::string_view words, std::uint32_t begin, std::uint32_t end) {
  bool exact = false;
  const auto length = match_summary_end(words, exact);
  if (length == 0) return;
  if (!exact || !may_end_summary_)
    s_.report(code::marker_unbalanced, exact ? "a summary ends that did not begin" : "\"" + std::string(words.substr(0, length)) + "\" is misspelt", begin, end);
  may_end_summary_ = false;
  summary_ = {};
}

inline_writer::inline_writer(stage& s) : s_(s) {
  const auto& refs = s_.out().refs;
  for (const auto& r : refs) {
    if (r.id.empty()) continue;
    const auto cable = s_.join("cable:", "", r.id);
    if (refs.size() == 1) only_target_ = cable;
    if (r.label.size() != 1 || !is_upper(r.label[0])) continue;
    auto& place = targets_[static_cast<std::size_t>(r.label[0] - 'A')];
    if (place.empty()) place = cable;
  }
}

std::string_view inline_writer::target(char letter) const noexcept {
  return letter == 0 ? only_target_ : targets_[static_cast<std::size_t>(letter - 'A')];
}

void inline_writer::begin() noexcept {
  slice_ = {};
  joined_.clear();
  is_joined_ = has_text_ = after_break_ = false;
}

void inline_writer::add(std::size_t line, std::string_view words) {
  const auto place = s_.piece(line, words);
  if (!has_text_) {
    slice_ = words;
    has_text_ = true;
    begin_ = place.begin;
    end_ = place.end;
    return;
  }
  end_ = place.end;
  if (!is_joined_) {
    const char* behind = slice_.data() + slice_.size();
    if (behind + 1 == words.data() && *behind == '\n') {
      slice_ = {slice_.data(), slice_.size() + 1 + words.size()};
      return;
    }
    joined_.assign(slice_);
    is_joined_ = true;
  }
  joined_ += '\n';
  joined_ += words;
}

void inline_writer::flush(bool goes_on) {
  if (has_text_) {
    if (goes_on) {
      if (!is_joined_) joined_.assign(slice_);
      is_joined_ = true;
      joined_ += '\n';
    }
    tell(is_joined_ ? s_.memory().copy(joined_) : slice_, begin_, end_);
  }
  begin();
}

void inline_writer::tell(std::string_view words, std::uint32_t begin, std::uint32_t end) {
  auto& events = s_.out().body;
  const auto place = [&](std::string_view part) {
    // Where the words are one slice, each part knows its own octets.
    const bool whole = end - begin == words.size();
    const auto from = begin + static_cast<std::uint32_t>(part.data() - words.data());
    return whole ? std::pair{from, from + static_cast<std::uint32_t>(part.size())} : std::pair{begin, end};
  };
  const auto text = [&](std::string_view part) {
    if (part.empty()) return;
    const auto [b, e] = place(part);
    events.push_back({event::kind::text, {}, part, b, e});
  };
  const auto element = [&](std::string_view name, std::string_view key, std::string_view value, std::string_view part) {
    const auto [b, e] = place(part);
    events.push_back({event::kind::open, name, {}, b, e});
    events.push_back({event::kind::attribute, key, value, 0, 0});
    events.push_back({event::kind::text, {}, part, b, e});
    events.push_back({event::kind::close, {}, {}, 0, 0});
  };
  std::size_t told = 0;
  bool word_begins = true;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const char c = words[at];
    const auto rest = words.substr(at, 64);
    if (c == '(' || c == '[') {
      if (const auto length = match_garble(rest)) {
        text(words.substr(told, at - told));
        element("unclear", "reason", "garble", words.substr(at, length));
        told = at + length;
        at = told - 1;
        word_begins = false;
        continue;
      }
    } else if ((c == 'r' || c == 'R') && word_begins) {
      char letter = 0;
      if (const auto length = match_inline_reference(rest, letter)) {
        if (const auto id = target(letter); !id.empty()) {
          text(words.substr(told, at - told));
          element("ref", "target", id, words.substr(at, length));
          told = at + length;
          at = told - 1;
          word_begins = false;
          continue;
        }
      }
    } else if ((c == 'E' || c == 'e') && word_begins && rest.size() >= 10 && upper(rest[1]) == 'N') {
      const auto [b, e] = place(rest.substr(0, 3));
      end_summary(rest, b, e);
    }
    word_begins = !is_alnum(c);
  }
  text(words.substr(told));
}

}  // namespace dragoman::telegram
