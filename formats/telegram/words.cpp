#include "words.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "ascii.hpp"
#include "vocabulary.hpp"

namespace dragoman::telegram {
namespace {

struct prosign {
  char letter;
  std::string_view name;
};
constexpr std::array<prosign, 6> prosigns{
    {{'Z', "FLASH"}, {'O', "IMMEDIATE"}, {'P', "PRIORITY"}, {'R', "ROUTINE"}, {'Y', "EMERGENCY"}, {'W', "FLASH OVERRIDE"}}};
constexpr std::array<std::string_view, 5> precedence_words{"NIACT IMMEDIATE", "IMMEDIATE", "PRIORITY", "ROUTINE", "FLASH"};

struct level {
  std::string_view letters;  // without blanks
  std::string_view name;
};
// Longer ones first where one begins with the other.
constexpr std::array<level, 10> levels{{
    {"TOPSECRET", "TOP SECRET"},
    {"SECRET", "SECRET"},
    {"CONFIDENTIAL", "CONFIDENTIAL"},
    {"RESTRICTED", "RESTRICTED"},
    {"LIMITEDOFFICIALUSE", "LIMITED OFFICIAL USE"},
    {"SENSITIVEBUTUNCLASSIFIED", "SENSITIVE BUT UNCLASSIFIED"},
    {"UNCLASSIFIED", "UNCLASSIFIED"},
    {"UNCLASSIFED", "UNCLASSIFIED"},
    {"UNCLAS", "UNCLASSIFIED"},
    {"LOU", "LIMITED OFFICIAL USE"},
}};

constexpr std::array<std::string_view, 62> title_words{"AMBASSADOR",
                                                       "AMB",
                                                       "CHARGE",
                                                       "CHARG\xC3\x89",
                                                       "CHARG\xC3\xA9",
                                                       "D'AFFAIRES",
                                                       "D\xE2\x80\x99"
                                                       "AFFAIRES",
                                                       "A.I.",
                                                       "AI",
                                                       "DEPUTY",
                                                       "CHIEF",
                                                       "OF",
                                                       "MISSION",
                                                       "POLITICAL",
                                                       "ECONOMIC",
                                                       "COUNSELOR",
                                                       "COUNSELLOR",
                                                       "COUNSEL",
                                                       "CONSUL",
                                                       "GENERAL",
                                                       "POLOFF",
                                                       "ECONOFF",
                                                       "DCM",
                                                       "ADCM",
                                                       "CDA",
                                                       "ACTING",
                                                       "MINISTER-COUNSELOR",
                                                       "MINISTER",
                                                       "OFFICER",
                                                       "PRINCIPAL",
                                                       "ASSISTANT",
                                                       "SECRETARY",
                                                       "DIRECTOR",
                                                       "SECTION",
                                                       "POL",
                                                       "ECON",
                                                       "POLCOUNS",
                                                       "ECONCOUNS",
                                                       "PUBLIC",
                                                       "AFFAIRS",
                                                       "MANAGEMENT",
                                                       "CONSULAR",
                                                       "POLITICAL-MILITARY",
                                                       "POL-MIL",
                                                       "LEGAL",
                                                       "ADVISER",
                                                       "ADVISOR",
                                                       "UNDER",
                                                       "FOR",
                                                       "THE",
                                                       "AND",
                                                       "TO",
                                                       "REGIONAL",
                                                       "SECURITY",
                                                       "RSO",
                                                       "ATTACHE",
                                                       "DEFENSE",
                                                       "EXECUTIVE",
                                                       "SPECIAL",
                                                       "ENVOY",
                                                       "PRM",
                                                       "REPRESENTATIVE"};

constexpr std::array<std::string_view, 18> addressee_types{"AMEMBASSY", "AMCONSUL", "USMISSION", "USLO", "USINT", "USOFFICE",
                                                           "SECSTATE",  "SECDEF",   "CDR",       "USEU", "USDEL", "JOINT",
                                                           "DEPT",      "DIA",      "CIA",       "NSC",  "WHITE", "CJCS"};

constexpr std::array<std::string_view, 22> marker_words{
    "SUMMARY",    "COMMENT",    "COMMENTS",     "NOTE",    "TEXT",      "POINTS",  "CONSIDERED", "UNCLASSIFIED",
    "UNCLAS",     "SECRET",     "CONFIDENTIAL", "PAPER",   "NON-PAPER", "REQUEST", "REQUESTED",  "INTRODUCTION",
    "BACKGROUND", "CONCLUSION", "QUOTE",        "UNQUOTE", "SIPDIS",    "END"};

// Matches the letters of `word` at the front of `text` with blanks between them allowed. Returns the length, 0 for none.
std::size_t match_spaced(std::string_view text, std::string_view word) noexcept {
  std::size_t at = 0;
  for (const char c : word) {
    while (at < text.size() && is_blank_char(text[at])) ++at;
    if (at >= text.size() || upper(text[at]) != c) return 0;
    ++at;
  }
  if (at < text.size() && (is_alnum(text[at]) || text[at] == '-' || text[at] == '\'')) return 0;
  return at;
}

// The letters of a level's front, as bits. Lines of a heading are asked again and again whether they begin with a level that
// is misspelt; nearly none has the letters.
constexpr std::uint32_t letter_bit(char capital) noexcept { return std::uint32_t{1} << (capital - 'A'); }
constexpr std::array<std::uint32_t, levels.size()> make_fronts() {
  std::array<std::uint32_t, levels.size()> fronts{};
  for (std::size_t i = 0; i < levels.size(); ++i)
    for (const char c : levels[i].letters.substr(0, 5)) fronts[i] |= letter_bit(c);
  return fronts;
}
constexpr auto level_fronts = make_fronts();

// The levels of six letters and more, a bit each, by their first letter and by their second.
struct levels_by_letter {
  std::array<std::uint32_t, 26> first{}, second{};
};
constexpr levels_by_letter make_levels_by_letter() {
  levels_by_letter found;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (levels[i].letters.size() < 6) continue;
    found.first[static_cast<std::size_t>(levels[i].letters[0] - 'A')] |= std::uint32_t{1} << i;
    found.second[static_cast<std::size_t>(levels[i].letters[1] - 'A')] |= std::uint32_t{1} << i;
  }
  return found;
}
constexpr auto level_letters = make_levels_by_letter();

// Those that a text of these first letters may misspell: one fault leaves the first letter, or moves it by one place.
std::uint32_t misspelt_levels(char a, char b) noexcept {
  const auto place = [](char letter) { return static_cast<std::size_t>(upper(letter) - 'A'); };
  return level_letters.first[place(a)] | level_letters.second[place(a)] | (is_letter(b) ? level_letters.first[place(b)] : 0);
}

constexpr std::array<std::uint32_t, 256> make_letter_bits() {
  std::array<std::uint32_t, 256> bits{};
  for (char c = 'A'; c <= 'Z'; ++c)
    bits[static_cast<unsigned char>(c)] = bits[static_cast<unsigned char>(lower(c))] = letter_bit(c);
  return bits;
}
constexpr auto letter_bits = make_letter_bits();

// Those of the first six letters of a text, without the blanks between them; 0 when they are not even five.
std::uint32_t letters_of_front(std::string_view text) noexcept {
  std::uint32_t letters = 0;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size() && count < 6; ++at) {
    const auto bit = letter_bits[static_cast<unsigned char>(text[at])];
    if (bit == 0 && !is_blank_char(text[at])) break;
    letters |= bit;
    count += bit != 0;
  }
  return count >= 5 ? letters : 0;
}

// The letters at the front of a text without the blanks between them, in capitals; no level has more.
struct front_letters {
  std::array<char, 28> letters{};
  std::array<std::size_t, 28> behind{};  // place in the text behind each
  std::size_t count = 0;
};
front_letters letters_at_front(std::string_view text) noexcept {
  front_letters out;
  for (std::size_t at = 0; at < text.size() && out.count < out.letters.size(); ++at) {
    if (is_blank_char(text[at])) continue;
    if (!is_letter(text[at])) break;
    out.letters[out.count] = upper(text[at]);
    out.behind[out.count++] = at + 1;
  }
  return out;
}

// Matches `word` at the front of a text with one letter added, lost or doubled, or two that changed places. Returns the length.
std::size_t match_faulty(std::string_view text, const front_letters& front, std::string_view word) noexcept {
  const std::string_view letters(front.letters.data(), front.count);
  std::size_t same_letters = 0;
  while (same_letters < word.size() && same_letters < letters.size() && letters[same_letters] == word[same_letters])
    ++same_letters;
  // Where they part: `in_text` letters stand for `in_word` letters; all others are the same, and no word goes on behind them.
  const auto ends = [&](std::size_t in_text, std::size_t in_word) -> std::size_t {
    const auto rest = word.substr(std::min(word.size(), same_letters + in_word));
    if (same_letters + in_word > word.size() ||
        letters.substr(std::min(letters.size(), same_letters + in_text), rest.size()) != rest)
      return 0;
    const auto count = same_letters + in_text + rest.size();
    if (count == 0 || count > letters.size()) return 0;
    const auto end = front.behind[count - 1];
    return end >= text.size() || !is_alnum(text[end]) ? end : 0;
  };
  if (same_letters == word.size()) return ends(0, 0);
  if (same_letters == letters.size()) return 0;
  if (const auto added = ends(1, 0)) return added;
  if (const auto lost = ends(0, 1)) return lost;
  const bool is_moved = same_letters + 1 < word.size() && same_letters + 1 < letters.size() &&
                        letters[same_letters] == word[same_letters + 1] && letters[same_letters + 1] == word[same_letters];
  return is_moved ? ends(2, 2) : 0;
}

// Are the letters of a level spaced out throughout, or not at all but between its words: no "C ONFIDENTIAL"?
bool is_evenly_spaced(std::string_view printed, std::string_view name) noexcept {
  std::size_t wide = 0, narrow = 0, at = 0;
  bool words_apart = true;
  for (std::size_t i = 0; i < name.size() && at < printed.size(); ++i) {
    if (name[i] == ' ') continue;
    const std::size_t before = at;
    while (at < printed.size() && is_blank_char(printed[at])) ++at;
    if (i > 0 && name[i - 1] == ' ') words_apart &= at > before;
    else if (i > 0) ++(at > before ? wide : narrow);
    ++at;
  }
  return (wide == 0 || narrow == 0) && words_apart;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) noexcept {
  return std::any_of(list.begin(), list.end(), [&](std::string_view w) { return same(w, word); });
}

}  // namespace

std::string_view precedence_of_prosign(char letter) noexcept {
  for (const auto& p : prosigns)
    if (p.letter == upper(letter)) return p.name;
  return {};
}
char prosign_of_precedence(std::string_view name) noexcept {
  if (same(name, "NIACT IMMEDIATE")) return 'O';
  for (const auto& p : prosigns)
    if (same(p.name, name)) return p.letter;
  return 0;
}

bool is_near(std::string_view a, std::string_view b) noexcept {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  // One fault leaves one end as it is.
  if (a.size() >= 4 && upper(a.front()) != upper(b.front()) && upper(a.back()) != upper(b.back())) return false;
  std::size_t front = 0;
  while (front < a.size() && upper(a[front]) == upper(b[front])) ++front;
  std::size_t back = 0;
  while (back < a.size() - front && upper(a[a.size() - 1 - back]) == upper(b[b.size() - 1 - back])) ++back;
  const std::size_t left_a = a.size() - front - back, left_b = b.size() - front - back;
  if (left_a <= 1 && left_b <= 1) return true;
  return left_a == 2 && left_b == 2 && upper(a[front]) == upper(b[front + 1]) && upper(a[front + 1]) == upper(b[front]);
}

std::string_view precedence_at_end(std::string_view text, std::size_t& length, bool& repaired) noexcept {
  repaired = false;
  for (const auto word : precedence_words)
    if (ends_with(text, word) && (text.size() == word.size() || is_space(text[text.size() - word.size() - 1]))) {
      length = word.size();
      return word;
    }
  auto last = last_word(text);
  length = last.size();
  if (!last.empty() && (last.back() == '.' || last.back() == ',')) last.remove_suffix(1);
  if (last.size() < 5) return {};
  for (const auto word : precedence_words) {
    if (word.find(' ') != npos || !is_near(last, word)) continue;
    if (word.size() < 7 && !same(last, word)) continue;
    repaired = true;
    // NIACT stands before IMMEDIATE only.
    const auto before = text.substr(0, text.size() - length);
    if (const auto niact = last_word(before); word == "IMMEDIATE" && is_near(niact, "NIACT")) {
      length = static_cast<std::size_t>(text.data() + text.size() - niact.data());
      return precedence_words[0];
    }
    return word;
  }
  return {};
}

unsigned month_of(std::string_view word) noexcept {
  static constexpr std::array<std::string_view, 12> names{"JANUARY", "FEBRUARY", "MARCH",     "APRIL",   "MAY",      "JUNE",
                                                          "JULY",    "AUGUST",   "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"};
  if (word.size() < 3) return 0;
  for (unsigned i = 0; i < names.size(); ++i)
    if (word.size() <= names[i].size() && same(word, names[i].substr(0, word.size()))) return i + 1;
  return same(word, "SEPT") ? 9 : 0;
}

level_match match_level(std::string_view text, bool tolerant) noexcept {
  if (text.empty() || !is_letter(text[0])) return {};
  constexpr char_set initials("TSCRLUtscrlu"), seconds("OEINoein");
  if (!tolerant && !initials.has(text[0])) return {};
  const auto second = std::find_if_not(text.begin() + 1, text.end(), is_blank_char);
  const bool begins_so = second != text.end() && initials.has(text[0]) && seconds.has(*second);
  if (begins_so)
    for (const auto& l : levels)
      if (const auto length = upper(text[0]) == l.letters[0] ? match_spaced(text, l.letters) : 0) {
        const auto name = l.name == "UNCLASSIFIED" || l.letters == "LOU" ? l.letters : l.name;
        return {l.name, length, !is_evenly_spaced(text.substr(0, length), name)};
      }
  if (!tolerant) return {};
  std::uint32_t likely = misspelt_levels(text[0], second != text.end() ? *second : '\0');
  const std::uint32_t letters = likely != 0 ? letters_of_front(text) : 0;
  if (letters == 0) return {};
  for (; likely != 0; likely &= likely - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(likely));
    const std::uint32_t missing = level_fronts[i] & ~letters;  // of the first five all but one are among six
    if ((missing & (missing - 1)) != 0) continue;
    if (const auto length = match_faulty(text, letters_at_front(text), levels[i].letters)) return {levels[i].name, length, true};
  }
  return {};
}

std::string_view printed_level(std::string_view name) noexcept {
  if (same(name, "CONFIDENTIAL")) return "C O N F I D E N T I A L";
  if (same(name, "SECRET")) return "S E C R E T";
  if (same(name, "TOP SECRET")) return "T O P  S E C R E T";
  if (same(name, "UNCLASSIFIED")) return "UNCLAS";
  return name;
}

std::size_t match_caption(std::string_view text) noexcept {
  if (starts_with(text, "REL TO ")) return text.size();
  if (starts_with(text, "TOSEC ") || starts_with(text, "SECTO ") || starts_with(text, "CODEL ") ||
      starts_with(text, "STAFFDEL ")) {
    std::string_view rest = text;
    take_word(rest);
    return take_word(rest).empty() || !trim(rest).empty() ? 0 : text.size();
  }
  if ((starts_with(text, "FOR ") || starts_with(text, "FROM ")) && ends_with(text, " ONLY")) return text.size();
  const auto* known = terms::find_caption_at(text);
  return known != nullptr ? known->caption.length : 0;
}

portion_mark match_portion(std::string_view text) noexcept {
  portion_mark mark;
  if (text.size() < 3 || text[0] != '(') return {};
  if (text[2] == ')') {  // nearly all marks
    constexpr std::string_view levels_of_one_letter = "UCS";
    const auto level = levels_of_one_letter.find(upper(text[1]));
    if (level == npos) return {};
    mark.level = levels_of_one_letter.substr(level, 1);
    mark.is_small = is_lower(text[1]);
    mark.length = 3;
    while (mark.length < text.size() && is_blank_char(text[mark.length])) ++mark.length;
    return mark;
  }
  constexpr std::size_t longest_mark = 48;
  const auto close = find_any(text.substr(0, longest_mark), char_set(")"));  // nearly always the fourth or fifth
  if (close == std::min(text.size(), longest_mark)) return {};
  std::string_view inside = trim(text.substr(1, close - 1));
  if (!inside.empty() && inside.back() == '.') inside.remove_suffix(1);
  // "C - ENTIRE TEXT": the mark covers the telegram. These words are no control.
  if (constexpr std::string_view covers_all = "ENTIRE TEXT"; ends_with(inside, covers_all) && inside.size() > covers_all.size()) {
    auto before = inside.substr(0, inside.size() - covers_all.size());
    while (!before.empty() && (is_space(before.back()) || before.back() == '-')) before.remove_suffix(1);
    if (before.size() + covers_all.size() < inside.size()) inside = before;
  }
  struct named {
    std::string_view printed, code;
  };
  static constexpr std::array<named, 12> names{{{"SBU", "SBU"},
                                                {"LOU", "LOU"},
                                                {"TS", "TS"},
                                                {"U", "U"},
                                                {"C", "C"},
                                                {"S", "S"},
                                                {"UNCLASSIFIED", "U"},
                                                {"CONFIDENTIAL", "C"},
                                                {"SECRET", "S"},
                                                {"TOP SECRET", "TS"},
                                                {"LIMITED OFFICIAL USE", "LOU"},
                                                {"UNCLAS", "U"}}};
  std::size_t level_length = 0;
  const char initial = inside.empty() ? '\0' : upper(inside[0]);
  for (const auto& n : names) {
    if (n.printed[0] != initial || !starts_with(inside, n.printed)) continue;
    const std::size_t end = n.printed.size();
    if (end < inside.size() && is_alnum(inside[end])) continue;
    mark.level = n.code;
    level_length = end;
    break;
  }
  if (mark.level.empty()) {
    // Separator lost or letters in the wrong place: (SNF), (CNF), (N/SF) (telegram.md 5.6 no. 81).
    static constexpr std::array<named, 5> faults{{{"SNF", "S"}, {"CNF", "C"}, {"N/SF", "S"}, {"SBUNF", "SBU"}, {"N/CF", "C"}}};
    for (const auto& f : faults)
      if (same(inside, f.printed)) {
        mark.level = f.code;
        mark.controls = "NF";
        mark.repaired = true;
      }
    if (mark.level.empty()) return {};
  } else {
    auto rest = inside.substr(level_length);
    const bool marked = !rest.empty();
    while (!rest.empty() && (rest[0] == '/' || rest[0] == '-' || is_space(rest[0]))) {
      if (rest[0] == '-') mark.repaired = true;
      rest.remove_prefix(1);
    }
    if (marked && rest.empty()) return {};
    // Only words that are controls: "(C is the third)" is text.
    std::string_view words = rest;
    for (std::string_view w = take_word(words); !w.empty(); w = take_word(words))
      if (!is_all_upper(w) && !starts_with(rest, "REL")) return {};
    if (marked && !is_letter(rest[0])) return {};
    mark.controls = rest;
  }
  mark.is_small = is_lower(inside[0]) && inside.size() == 1;
  mark.length = close + 1;
  while (mark.length < text.size() && is_blank_char(text[mark.length])) ++mark.length;
  return mark;
}

std::string normal_mark(const portion_mark& mark) {
  std::string out(mark.level);
  std::size_t at = 0;
  while (at < mark.controls.size()) {
    while (at < mark.controls.size() && (is_space(mark.controls[at]) || mark.controls[at] == '/')) ++at;
    const std::size_t begin = at;
    while (at < mark.controls.size() && !is_space(mark.controls[at]) && mark.controls[at] != '/') ++at;
    if (at == begin) break;
    auto word = mark.controls.substr(begin, at - begin);
    if (same(word, "NOFORN")) word = "NF";
    out += ' ';
    std::transform(word.begin(), word.end(), std::back_inserter(out), upper);
  }
  return out;
}

bool is_tag_shape(std::string_view word) noexcept {
  if (word.size() < 2 || word.size() > 6)
    return word.size() > 6 && word.size() <= 14 && word.find('-') != npos && is_all_upper(word);
  for (const char c : word)
    if (!is_alnum(c) && c != '-' && c != '&' && c != '\'') return false;
  return is_letter(word[0]);
}

bool is_code_shape(std::string_view word) noexcept {
  if (!std::all_of(word.begin(), word.end(), is_letter)) return false;
  return word.size() == 2 || (word.size() == 4 && char_set("ABCEKMOPST").has(upper(word[0])));
}

bool is_title_word(std::string_view word, bool offices) noexcept {
  while (!word.empty() && (word.back() == ',' || word.back() == ':')) word.remove_suffix(1);
  if (word.empty()) return false;
  if (is_one_of(word, title_words)) return true;
  if (word.find('/') != npos) return true;                                                                 // EUR/CARC, POL/ECON
  return offices && word.size() >= 2 && word.size() <= 5 && is_all_upper(word) && word.find('.') == npos;  // an office
}

bool is_addressee_type(std::string_view word) noexcept { return is_one_of(word, addressee_types); }

bool is_marker_word(std::string_view word) noexcept {
  while (!word.empty() && !is_alnum(word.back())) word.remove_suffix(1);
  return is_one_of(word, marker_words);
}

}  // namespace dragoman::telegram
