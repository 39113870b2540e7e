// After the text: signature, end of message, footers, and the archive's attributes (telegram.md 2.12, 4.5).
#include <algorithm>
#include <string>

#include "ascii.hpp"
#include "grammar.hpp"
#include "stage.hpp"

namespace dragoman::telegram {
namespace {

// "Key: value" at column 1, the key of one to five words that begin with capitals (telegram.md 2.12).
std::size_t attribute_key(std::string_view text) noexcept {
  if (text.empty() || !is_upper(text[0])) return 0;
  const auto colon = text.substr(0, 48).find(':');
  if (colon == npos || (colon + 1 < text.size() && !is_blank_char(text[colon + 1]))) return 0;
  std::string_view rest = text.substr(0, colon);
  std::size_t words = 0;
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
    if (++words > 5) return 0;
    if (!is_letter(word[0]) || (is_lower(word[0]) && word != "on" && word != "of")) return 0;
    for (const char c : word)
      if (!is_letter(c)) return 0;
  }
  return colon;
}

bool is_absent(std::string_view text) noexcept { return text.empty() || same(text, "n/a"); }

bool is_class_word(std::string_view text) noexcept {
  class_line c;
  return parse_class_line(text, false, c) && c.number.empty() && c.section.total == 0 && c.captions.empty();
}

}  // namespace

std::size_t read_attributes(stage& s, std::size_t at, std::size_t end) {
  // The last such header counts; one inside a text would have text of the telegram behind it.
  std::size_t header = end;
  for (std::size_t i = at; i < end; ++i)
    if (s.text(i) == "Message Attributes") {
      header = i;
      break;
    }
  if (header == end) return end;
  s.claim(header, owner::attribute);
  auto& attributes = s.out().attributes;
  std::string joined;
  std::size_t first = end;
  std::size_t last = end;
  const auto flush = [&] {
    if (first == end) return;
    auto& pair = attributes.back();
    const auto text = joined.find('\n') == npos && last == first ? pair.text.text : s.memory().copy(joined);
    pair.text = {is_absent(text) ? std::string_view() : text, s.at(first).begin, s.at(last).end};
  };
  for (std::size_t i = header + 1; i < end; ++i) {
    if (s.is_empty(i)) {
      s.claim(i, owner::blank);
      continue;
    }
    s.claim(i, owner::attribute);
    const auto text = s.text(i);
    if (const auto colon = attribute_key(text); colon != 0) {
      flush();
      const auto words = trim(text.substr(colon + 1));
      attributes.push_back({s.piece(i, text.substr(0, colon)), s.piece(i, words)});
      joined.assign(words);
      first = last = i;
    } else if (first != end) {
      if (!joined.empty()) joined += '\n';
      joined += trim(text);
      last = i;
    } else {
      s.out().trailers.push_back(s.piece(i, trim(text)));
    }
  }
  flush();
  return header;
}

std::size_t read_ending(stage& s, std::size_t at, std::size_t end, heading& h, bool is_last) {
  const auto last_text = [&](std::size_t from) {
    while (from > at && s.is_empty(from - 1)) --from;
    return from;
  };
  // The end of message, when there is one: only blank lines, breaks and footers may stand behind it.
  std::size_t limit = last_text(end);
  std::size_t stop = limit;
  std::size_t others = 0;
  for (std::size_t i = limit; i > at && limit - i < 400; --i) {
    const auto text = trim(s.text(i - 1));
    if (is_end_of_message(text)) {
      stop = i - 1;
      break;
    }
    if (!text.empty() && ++others > 24) break;
  }
  const bool has_end = stop < limit;
  const bool archive = std::any_of(h.pages.begin(), h.pages.end(), [](const value& v) { return starts_with(v.text, "PAGE "); });
  if (has_end) {
    h.lines.end = s.piece(stop, trim(s.text(stop)));
    s.claim(stop, owner::ending);
    for (std::size_t i = stop + 1; i < end; ++i) {
      if (s.is_empty(i)) {
        s.claim(i, owner::blank);
      } else if (archive && is_class_word(trim(s.text(i)))) {
        s.claim(i, owner::page);  // at the foot of the page, or the head of the next
      } else {
        s.claim(i, owner::footer);
        s.out().trailers.push_back(s.piece(i, trim(s.text(i))));
      }
    }
  } else {
    for (std::size_t i = limit; i < end; ++i) s.claim(i, owner::blank);
  }
  // Before it, from the end: validation, break, footers, classification words of an archive.
  std::vector<value> footers;
  while (stop > at) {
    const auto text = trim(s.text(stop - 1));
    if (text.empty()) {
      s.claim(stop - 1, owner::blank);
    } else if (is_end_of_message(text)) {
      s.claim(stop - 1, owner::ending);
      if (h.lines.end.empty()) h.lines.end = s.piece(stop - 1, text);
    } else if (is_validation(text)) {
      s.claim(stop - 1, owner::ending);
      h.lines.validation = s.piece(stop - 1, text);
    } else if (same(text, "BT")) {
      s.claim(stop - 1, owner::break_line);
    } else if (is_footer(text)) {
      s.claim(stop - 1, owner::footer);
      footers.push_back(s.piece(stop - 1, text));
    } else if (archive && is_class_word(text)) {
      s.claim(stop - 1, owner::page);
    } else {
      break;
    }
    --stop;
  }
  s.out().trailers.insert(s.out().trailers.begin(), footers.rbegin(), footers.rend());
  if (!is_last || stop == at) return stop;
  // The signature: the last line of the text, or the last word of it.
  const auto words = trim(s.text(stop - 1));
  if (is_signature(words) && stop - 1 > at) {
    auto name = words;
    while (!name.empty() && (name.back() == '#' || name.back() == '.')) name.remove_suffix(1);
    s.out().signature = s.piece(stop - 1, name);
    s.claim(stop - 1, owner::signature);
    return stop - 1;
  }
  const auto word = last_word(words);
  const auto before = trim(words.substr(0, words.size() - word.size()));
  if (is_signature(word) && word.size() >= 4 && word.find('.') == npos && before.size() > 8 && (before.back() == '.' || before.back() == ')') &&
      (ends_with(before, "COMMENT.") || ends_with(before, "CONSIDERED.") || ends_with(before, "SUMMARY.") || !is_all_upper(before))) {
    s.report(code::signature_appended, "\"" + std::string(word) + "\"", s.at(stop - 1).begin, s.at(stop - 1).end);
    s.out().signature = s.piece(stop - 1, word);
    s.lines()[stop - 1].text = before;
  }
  return stop;
}

}  // namespace dragoman::telegram
