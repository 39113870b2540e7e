// The attributes of a record of the archive, behind the text (telegram.md 2.12, 5.7).
#include <algorithm>
#include <string>

#include "ascii.hpp"
#include "grammar.hpp"
#include "identity.hpp"
#include "opening.hpp"
#include "stage.hpp"
#include "vocabulary.hpp"

namespace dragoman::telegram {
namespace {

// Keys are compared with their case, unlike keywords: "to: the Governor" goes on with a value.
bool is_known_key(std::string_view key) noexcept {
  const auto* known = terms::nara_attributes.find(key);
  return known != nullptr && known->key.view() == key;
}

// "Key: value" at column 1, the key a known one: where its colon is; npos for other lines, which go on with the value above.
std::size_t find_key_end(std::string_view text) noexcept {
  const auto colon = text.substr(0, 48).find(':');
  return colon != npos && is_known_key(trim_right(text.substr(0, colon))) ? colon : npos;
}

bool is_absent(std::string_view text) noexcept { return text.empty() || same(text, "n/a"); }

// An ISO date of "17 OCT 1975", "26-Jul-2001 10:12:00 am" or "17/10/1975", tried in this order; 01 JAN 1960 stands for none.
bool read_date(std::string_view text, char out[10]) noexcept {
  const auto digits = count_digits(text);
  std::uint32_t day = 0, month = 0, year = 0;
  if (digits == 0 || digits > 2 || digits >= text.size() || !parse_number(text.substr(0, digits), day)) return false;
  const char separator = text[digits];
  if (separator != ' ' && separator != '-' && separator != '/') return false;
  auto rest = text.substr(digits + 1);
  std::size_t length = 0;
  if (separator == '/') {
    length = count_digits(rest);
    if (length > 2 || !parse_number(rest.substr(0, length), month)) return false;
  } else {
    while (length < rest.size() && is_letter(rest[length])) ++length;
    month = month_of(rest.substr(0, length));
  }
  if (month < 1 || month > 12 || length >= rest.size() || rest[length] != separator) return false;
  rest = rest.substr(length + 1);
  if (count_digits(rest) != 4 || !parse_number(rest.substr(0, 4), year)) return false;
  if (!is_date(year, month, day) || (year == 1960 && month == 1 && day == 1)) return false;
  const auto put = [&](char* place, std::uint32_t v, int width) {
    for (int i = width - 1; i >= 0; --i, v /= 10) place[i] = static_cast<char>('0' + v % 10);
  };
  put(out, year, 4);
  put(out + 5, month, 2);
  put(out + 8, day, 2);
  out[4] = out[7] = '-';
  return true;
}

class attribute_reader {
public:
  explicit attribute_reader(stage& s) : s_(s) {}

  void read(std::size_t at, std::size_t end) {
    for (std::size_t i = at; i < end; ++i) {
      if (s_.is_empty(i)) {
        s_.claim(i, owner::blank);
        continue;
      }
      const auto text = s_.text(i);
      if (const auto colon = find_key_end(text); colon != npos) {
        finish();
        s_.claim(i, owner::attribute);
        const auto words = trim(text.substr(colon + 1));
        s_.out().attributes.push_back({s_.piece(i, trim_right(text.substr(0, colon))), s_.piece(i, words), {}});
        joined_.clear();
      } else if (s_.out().attributes.empty()) {
        s_.claim(i, owner::footer);
        s_.out().trailers.push_back(s_.piece(i, trim(text)));
      } else {
        s_.claim(i, owner::attribute);
        go_on(i, trim(text));
      }
    }
    finish();
  }

private:
  void go_on(std::size_t i, std::string_view words) {
    auto& value = s_.out().attributes.back().text;
    if (joined_.empty()) joined_ = value.text;
    const bool is_first = joined_.empty();
    if (!joined_.empty()) joined_ += '\n';
    joined_ += words;
    const auto place = s_.piece(i, words);
    if (is_first) value.begin = place.begin;
    value.end = place.end;
  }
  void finish() {
    auto& all = s_.out().attributes;
    if (all.empty()) return;
    auto& a = all.back();
    if (!joined_.empty()) a.text.text = s_.memory().copy(joined_);
    if (is_absent(a.text.text)) a.text.text = {};
    char date[10];
    if (ends_with(a.key.text, " Date") && read_date(a.text.text, date))
      a.date = {s_.memory().copy({date, 10}), a.text.begin, a.text.end};
  }

  stage& s_;
  std::string joined_;  // the value, when it has several lines
};

const attribute_pair* find(const telegram& t, std::string_view key) noexcept {
  const auto a =
      std::find_if(t.attributes.begin(), t.attributes.end(), [&](const attribute_pair& p) { return p.key.text == key; });
  return a == t.attributes.end() || a->text.empty() ? nullptr : &*a;
}

// Letters and digits of a text in capitals: what two copies of it have in common.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (is_alnum(c) || static_cast<unsigned char>(c) >= 0x80) out += upper(c);
  return out;
}

class attribute_checker {
public:
  explicit attribute_checker(stage& s) : s_(s), t_(s.out()) {}

  void check() {
    classification();
    date();
    if (const auto* a = find(t_, "Subject"); a != nullptr && !t_.subject.empty())
      compare(*a, t_.subject.text, code::conflict_subject);
    if (const auto* a = find(t_, "TAGS"); a != nullptr && !t_.tags.empty()) {
      std::string tags;
      for (const auto& tag : t_.tags) tags.append(tags.empty() ? "" : ", ").append(tag.text);
      compare(*a, tags, code::conflict_tags);
    }
    if (const auto* a = find(t_, "From"); a != nullptr && !t_.first.from.name.empty()) {
      // A station's name, not an addressee: the end of it.
      const auto from = plain(t_.first.from.name), station = plain(a->text.text);
      if (!ends_with(from, station) && !starts_with(from, "SEC" + station)) conflict(code::conflict_from, *a, t_.first.from.name);
    }
    if (const auto* a = find(t_, "To"); a != nullptr && !t_.first.to.empty()) addressees(*a);
    if (const auto* a = find(t_, "Reference"); a != nullptr && t_.has_reference_line) references(*a);
  }

private:
  // Names of stations, or of addressees cut short, parted by commas, semicolons or lines: each is one of the text's.
  void addressees(const attribute_pair& a) {
    std::string names;
    for (const auto& p : t_.first.to) names += plain(p.name) + ' ';
    bool is_known = true;
    for_each_part(a.text.text, ",;\n", [&](std::string_view part) {
      const auto name = plain(part);
      const bool is_department = name == "STATE" || name == "SECSTATE";
      is_known &= names.find(is_department ? "SECSTATE" : name) != npos;
    });
    if (!is_known) conflict(code::conflict_to, a, t_.first.to.front().name);
  }
  // The same numbers, in whatever order; with what the attribute does not resolve nothing is compared.
  void references(const attribute_pair& a) {
    std::vector<std::string> theirs, ours;
    bool is_resolved = true;
    for_each_part(a.text.text, ",;\n", [&](std::string_view part) {
      const auto target = parse_target(part);
      is_resolved &= !target.serial.empty() && !target.station.empty();
      theirs.push_back(reference_key(target.station, target.serial));
    });
    std::string text;
    for (const auto& r : t_.refs) {
      is_resolved &= !r.id.empty();
      if (r.id.empty()) continue;
      const auto digits = r.id.text.find_last_not_of("0123456789") + 1;
      ours.push_back(reference_key(r.id.text.substr(2, digits - 2), r.id.text.substr(digits)));
      text += (text.empty() ? "" : ", ") + std::string(r.id.text);
    }
    std::sort(theirs.begin(), theirs.end());
    std::sort(ours.begin(), ours.end());
    if (is_resolved && theirs != ours) conflict(code::conflict_refs, a, text);
  }
  // By the station's usual name, as an id has it.
  static std::string reference_key(std::string_view station, std::string_view serial) {
    const auto known = station_names().find(station);
    return plain(known.name.empty() ? station : known.name) + ' ' + std::string(without_zeros(serial));
  }
  template <class F>
  static void for_each_part(std::string_view text, std::string_view separators, F&& f) {
    while (!text.empty()) {
      const auto end = std::min(text.find_first_of(separators), text.size());
      if (const auto part = trim(text.substr(0, end)); !plain(part).empty()) f(part);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  void conflict(code c, const attribute_pair& a, std::string_view text) {
    s_.report(c,
              "the attribute says \"" + std::string(a.text.text.substr(0, 80)) + "\", the text \"" +
                  std::string(text.substr(0, 80)) + "\"",
              a.text.begin, a.text.end);
  }
  void compare(const attribute_pair& a, std::string_view text, code c) {
    if (plain(a.text.text) != plain(text)) conflict(c, a, text);
  }
  void classification() {
    for (const auto key : word_list{"Original Classification", "Current Classification"}) {
      const auto* a = find(t_, key);
      if (a == nullptr) continue;
      const auto level = match_level(a->text.text, false);
      if (level.name.empty() || level.length != a->text.text.size())
        s_.report(code::class_unknown, "\"" + std::string(a->text.text.substr(0, 60)) + "\" is no classification", a->text.begin,
                  a->text.end);
      else if (key[0] == 'O' && !t_.first.classification.empty() && level.name != t_.first.classification.text)
        conflict(code::conflict_classification, *a, t_.first.classification.text);
    }
  }
  void date() {
    for (const auto key : word_list{"Draft Date", "Sent Date"})
      if (const auto* a = find(t_, key);
          a != nullptr && !a->date.empty() && !t_.first.date.empty() && a->date.text != t_.first.date.text.substr(0, 10))
        conflict(code::conflict_date, *a, t_.first.date_text.text);
  }

  stage& s_;
  const telegram& t_;
};

}  // namespace

std::size_t read_attributes(stage& s, std::size_t at, std::size_t end) {
  // Words in a text are no header: it has a key below it.
  const auto is_header = [&](std::size_t i) {
    if (!s.at(i).may_be(may_be_archive_heading) || s.text(i) != "Message Attributes") return false;
    for (++i; i < end && s.is_empty(i); ++i) {
    }
    return i < end && find_key_end(s.text(i)) != npos;
  };
  std::size_t header = at;
  while (header < end && !is_header(header)) ++header;
  if (header == end) return end;
  s.claim(header, owner::attribute);
  attribute_reader(s).read(header + 1, end);
  return header;
}

// The words are known, or the attributes say so: four lines in all, or a place other than the archive's own texts.
bool is_text_lost(const stage& s, const std::vector<body_section>& sections) {
  const auto& t = s.out();
  if (sections.size() != 1 || t.attributes.empty()) return false;
  const auto& section = sections.front();
  std::size_t lines = 0;
  bool is_known = false;
  for (std::size_t i = section.begin; i < section.end; ++i) {
    if (s.is_empty(i)) continue;
    if (++lines > 4 || match_paragraph(s.text(i)).found) return false;
    is_known |= find_word(s.text(i), "ERROR READING TEXT") != npos || find_word(s.text(i), "EXPAND ERROR ENCOUNTERED") != npos;
  }
  if (lines == 0 || is_known) return lines != 0;
  if (!t.first.number.empty() || !t.first.date_text.empty()) return false;
  const auto* locator = find(t, "Locator");
  const auto* count = find(t, "Line Count");
  return (locator != nullptr && find_word(locator->text.text, "TEXT ON-LINE") == npos) ||
         (count != nullptr && count->text.text == "4");
}

void keep_lost_text(stage& s, const body_section& section) {
  std::string words;
  std::size_t first = npos, last = 0;
  for (std::size_t i = section.begin; i < section.end; ++i) {
    if (s.is_empty(i)) {
      s.claim(i, owner::blank);
      continue;
    }
    s.claim(i, owner::opaque);
    if (!words.empty()) words += '\n';
    words += trim(s.text(i));
    first = std::min(first, i);
    last = i;
  }
  // Classification words at the foot of its page, which the body would have told.
  for (std::size_t i = section.end; i < section.stop; ++i)
    if (s.owner_of(i) == owner::page && !s.is_empty(i)) s.out().first.pages.push_back(s.piece(i, trim(s.text(i))));
  s.out().lost = {s.memory().copy(words), s.at(first).begin, s.at(last).end};
  s.report(code::text_lost, "\"" + words.substr(0, 60) + "\"", s.at(first).begin, s.at(last).end);
}

void check_attributes(stage& s) {
  if (!s.out().attributes.empty()) attribute_checker(s).check();
}

}  // namespace dragoman::telegram
