#include <mail/message.hpp>

#include <mail/mime.hpp>

#include <dragoman/charset.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace dragoman::mail {
namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Printable ASCII but the colon (RFC 5322 3.6.8 ftext).
bool is_field_name(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > 32 && c < 127 && c != ':'; });
}

}  // namespace

message parse_message(std::string_view octets) {
  message out;
  for (std::size_t at = 0; at < octets.size();) {
    const auto newline = std::min(octets.find('\n', at), octets.size());
    auto end = newline;
    if (end > at && octets[end - 1] == '\r') --end;
    const auto line = octets.substr(at, end - at);
    if (line.empty()) {
      out.body = octets.substr(std::min(newline + 1, octets.size()));
      break;
    }
    if ((line.front() == ' ' || line.front() == '\t') && !out.fields.empty()) {
      auto& before = out.fields.back();
      const auto more = trim(line);
      if (!before.value.empty() && !more.empty()) before.value += ' ';
      before.value += more;
      before.end = end;
    } else {
      const auto colon = line.find(':');
      auto name = line.substr(0, std::min(colon, line.size()));
      while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);  // RFC 5322 4.5, obsolete
      const bool is_one = colon != npos && is_field_name(name);
      out.fields.push_back(
          {is_one ? name : std::string_view(), std::string(is_one ? trim(line.substr(colon + 1)) : line), at, end});
    }
    at = newline + 1;
  }
  for (auto& f : out.fields) f.value = to_text(f.value, "", out.is_whole);
  return out;
}

bool is_field(std::string_view name, std::string_view wanted) noexcept {
  return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(), [](char a, char b) { return lower(a) == lower(b); });
}

std::string to_text(std::string_view octets, std::string_view charset_name, bool& is_whole) {
  const bool is_utf8 = find_bad_text(octets) == npos;
  const auto stated = find_charset(charset_name);
  const bool use_utf8 = is_utf8 && (!stated || *stated == charset::utf_8 || *stated == charset::us_ascii);
  if (use_utf8) return std::string(octets);
  const auto from = stated && *stated == charset::iso_8859_1 ? charset::iso_8859_1 : charset::windows_1252;
  const bool is_damaged_utf8 = stated && *stated == charset::utf_8;
  std::string out;
  for (std::size_t at = 0; at < octets.size();) {
    const auto octet = static_cast<unsigned char>(octets[at]);
    character c = is_damaged_utf8 ? decode_utf8(octets.substr(at, 4)) : character{character_of(octet, from), 1};
    if (c.length == 0 || c.code == no_character || !is_xml_character(c.code)) {
      c = {0xFFFD, std::max<std::size_t>(c.length, 1)};
      is_whole = false;
    }
    append_utf8(out, c.code);
    at += c.length;
  }
  return out;
}

std::string decode_words(std::string_view value) {
  std::string out;
  bool after_word = false;  // blanks between two encoded words are none (RFC 2047 6.2)
  bool ignored = true;
  for (std::size_t at = 0; at < value.size();) {
    const auto begin = value.find("=?", at);
    const auto charset_end = begin == npos ? npos : value.find('?', begin + 2);
    const auto text_begin =
        charset_end == npos || charset_end + 2 >= value.size() || value[charset_end + 2] != '?' ? npos : charset_end + 3;
    const auto text_end = text_begin == npos ? npos : value.find("?=", text_begin);
    if (text_end == npos) {
      out += value.substr(at);
      break;
    }
    const auto before = value.substr(at, begin - at);
    const auto encoded = value.substr(text_begin, text_end - text_begin);
    const char encoding = lower(value[charset_end + 1]);
    const auto octets = encoding == 'b' ? decode_base64(encoded) : encoding == 'q' ? decode_quoted(encoded, true) : std::nullopt;
    if (!octets) {
      out += value.substr(at, text_end + 2 - at);
      after_word = false;
    } else {
      if (!after_word || !is_blank(before)) out += before;
      out += to_text(*octets, value.substr(begin + 2, charset_end - begin - 2), ignored);
      after_word = true;
    }
    at = text_end + 2;
  }
  return out;
}

std::vector<mailbox> parse_mailboxes(std::string_view value) {
  std::vector<mailbox> out;
  std::string words, address;
  bool in_angles = false, has_angles = false;
  const auto finish = [&] {
    auto name = decode_words(trim(words));
    if (!has_angles && name.find('@') != npos && name.find(' ') == npos) std::swap(name, address);
    if (!name.empty() || !address.empty()) out.push_back({std::move(name), std::string(trim(address))});
    words.clear();
    address.clear();
    has_angles = in_angles = false;
  };
  std::size_t comment = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\' && i + 1 < value.size() && comment == 0) {
      (in_angles ? address : words) += value[++i];
    } else if (c == '\\') {
      ++i;
    } else if (c == '(') {
      ++comment;
    } else if (c == ')' && comment > 0) {
      --comment;
    } else if (comment > 0) {
      continue;
    } else if (c == '"') {
      for (++i; i < value.size() && value[i] != '"'; ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        (in_angles ? address : words) += value[i];
      }
    } else if (c == '<') {
      in_angles = has_angles = true;
    } else if (c == '>' && in_angles) {
      in_angles = false;
    } else if (in_angles) {
      address += c;
    } else if (c == ',' || c == ';') {
      finish();
    } else if (c == ':') {
      words.clear();  // the name of a group
    } else {
      words += c;
    }
  }
  finish();
  return out;
}

namespace {

constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};

std::optional<int> number(std::string_view& rest, std::size_t least, std::size_t most) {
  rest = trim(rest);
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits < least || digits > most) return std::nullopt;
  int out = 0;
  std::from_chars(rest.data(), rest.data() + digits, out);
  rest.remove_prefix(digits);
  return out;
}

bool take(std::string_view& rest, char c) {
  rest = trim(rest);
  if (rest.empty() || rest.front() != c) return false;
  rest.remove_prefix(1);
  return true;
}

// Minutes east of UTC; names of the obsolete zones, too (RFC 5322 4.3).
std::optional<int> zone(std::string_view rest) {
  rest = trim(rest);
  if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
    const int sign = rest.front() == '-' ? -1 : 1;
    rest.remove_prefix(1);
    const auto hhmm = number(rest, 4, 4);
    if (!hhmm || *hhmm % 100 > 59) return std::nullopt;
    return sign * (*hhmm / 100 * 60 + *hhmm % 100);
  }
  const auto word = rest.substr(0, rest.find_first_of(" ("));
  if (word == "UT" || word == "GMT" || word == "Z" || word == "UTC") return 0;
  struct named {
    std::string_view name;
    int hours;
  };
  for (const auto& z : {named{"EST", -5}, named{"EDT", -4}, named{"CST", -6}, named{"CDT", -5}, named{"MST", -7},
                        named{"MDT", -6}, named{"PST", -8}, named{"PDT", -7}})
    if (word == z.name) return z.hours * 60;
  return std::nullopt;
}

std::string two(unsigned n) { return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)}; }

}  // namespace

std::optional<std::string> iso_date(std::string_view rest) {
  if (const auto comma = rest.find(','); comma != npos) rest.remove_prefix(comma + 1);
  const auto day = number(rest, 1, 2);
  rest = trim(rest);
  if (!day || rest.size() < 3) return std::nullopt;
  std::string name(rest.substr(0, 3));
  std::transform(name.begin(), name.end(), name.begin(), lower);
  const auto month = std::find(months.begin(), months.end(), name);
  rest.remove_prefix(3);
  auto year = number(rest, 2, 4);
  const auto hour = number(rest, 1, 2);
  if (month == months.end() || !year || !hour || !take(rest, ':')) return std::nullopt;
  if (*year < 100) *year += *year < 50 ? 2000 : 1900;  // RFC 5322 4.3
  const auto minute = number(rest, 2, 2);
  auto second = std::optional<int>(0);
  if (take(rest, ':')) second = number(rest, 2, 2);
  const auto east = zone(rest);
  if (!minute || !second || !east || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const auto at = sys_days(date) + hours(*hour) + minutes(*minute - *east) + seconds(std::min(*second, 59));
  const auto midnight = floor<days>(at);
  const year_month_day utc(midnight);
  const auto of_day = static_cast<unsigned>((at - midnight) / 1s);
  const auto full_year = static_cast<unsigned>(static_cast<int>(utc.year()));
  return two(full_year / 100) + two(full_year % 100) + "-" + two(static_cast<unsigned>(utc.month())) + "-" +
         two(static_cast<unsigned>(utc.day())) + "T" + two(of_day / 3600) + ":" + two(of_day / 60 % 60) + ":" + two(of_day % 60) +
         "Z";
}

std::string mail_date(std::string_view iso) {
  const auto digits = [&](std::size_t at, std::size_t count) {
    int out = -1;
    const auto text = iso.substr(std::min(at, iso.size()), count);
    if (text.size() == count && text.find_first_not_of("0123456789") == npos)
      std::from_chars(text.data(), text.data() + count, out);
    return out;
  };
  const int year = digits(0, 4), month = digits(5, 2), day = digits(8, 2);
  const bool has_time = iso.size() >= 16 && iso[10] == 'T';
  const int hour = has_time ? digits(11, 2) : 0, minute = has_time ? digits(14, 2) : 0,
            second = iso.size() >= 19 ? digits(17, 2) : 0;
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || minute < 0 || second < 0) return std::string(iso);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::string(iso);
  constexpr std::array<std::string_view, 7> names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  std::string month_name(months[static_cast<std::size_t>(month - 1)]);
  month_name.front() = static_cast<char>(month_name.front() - 'a' + 'A');
  return std::string(names[std::chrono::weekday(std::chrono::sys_days(date)).c_encoding()]) + ", " + std::to_string(day) + " " +
         month_name + " " + std::string(iso.substr(0, 4)) + " " + two(static_cast<unsigned>(hour)) + ":" +
         two(static_cast<unsigned>(minute)) + ":" + two(static_cast<unsigned>(second)) + " +0000";
}

std::string_view parameters::operator[](std::string_view name) const noexcept {
  for (const auto& [key, value_of] : all)
    if (key == name) return value_of;
  return {};
}

parameters parse_parameters(std::string_view value) {
  parameters out;
  std::string piece, key;
  bool is_key = true;
  const auto finish = [&] {
    const auto text = std::string(trim(piece));
    if (key.empty() && out.value.empty() && out.all.empty()) {
      out.value = text;
      std::transform(out.value.begin(), out.value.end(), out.value.begin(), lower);
    } else if (!key.empty()) {
      out.all.emplace_back(key, text);
    }
    piece.clear();
    key.clear();
    is_key = true;
  };
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '"') {
      for (++i; i < value.size() && value[i] != '"'; ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        piece += value[i];
      }
    } else if (value[i] == ';') {
      finish();
    } else if (value[i] == '=' && is_key) {
      key = std::string(trim(piece));
      std::transform(key.begin(), key.end(), key.begin(), lower);
      piece.clear();
      is_key = false;
    } else {
      piece += value[i];
    }
  }
  finish();
  return out;
}

}  // namespace dragoman::mail
