// Before the text: publication notices, distribution block, format lines 1 to 10 (telegram.md 2.1 to 2.3, 2.11).
#include <algorithm>
#include <string>

#include "ascii.hpp"
#include "grammar.hpp"
#include "identity.hpp"
#include "stage.hpp"

namespace dragoman::telegram {
namespace {

// FM, TO, INFO or XMT and nothing behind it?
bool is_one_word(std::string_view line) noexcept { return line.size() <= 4 && std::all_of(line.begin(), line.end(), is_letter); }

bool is_dash_counter(std::string_view text) noexcept {
  text = trim(text);
  return text.size() >= 16 && text.substr(0, 10) == "----------" && is_digit(text.back());
}

// "118204 171512Z /23", the counter's later form without its hyphens (telegram.md 5.7 no. 109).
bool is_bare_counter(std::string_view text) noexcept {
  if (text.size() > 24 || text.find('Z') == npos) return false;
  const auto number = last_word(text);
  if (number.size() < 2 || number[0] != '/' || !all_digits(number.substr(1))) return false;
  const auto parts = split_relay(text);
  return parts.time.size() + parts.serial.size() + number.size() + 2 == text.size() && !parts.time.empty() &&
         count_digits(parts.serial) >= 5;
}

bool is_copy_total(std::string_view text) noexcept {
  text = trim(text);
  return (text.size() >= 4 && text[0] == '/' && count_digits(text.substr(1)) == 3) || same(text, "( ISO )");
}

// "OCT-01", "EB-07": office and number of copies.
bool is_copies(std::string_view text) noexcept {
  std::string_view rest = text;
  std::size_t words = 0;
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest), ++words) {
    const auto dash = word.rfind('-');
    if (dash == npos || dash == 0 || !all_digits(word.substr(dash + 1))) return false;
  }
  return words > 0;
}

// What stands behind FM, TO, INFO or XMT; of "TO: SECSTATE WASHDC" without the colon.
std::string_view behind_word(std::string_view line, std::size_t length) noexcept {
  line = trim(line.substr(length));
  return !line.empty() && line[0] == ':' ? trim(line.substr(1)) : line;
}

// Reads the heading of one section, line by line. Blank lines mean nothing in it.
class heading_reader {
  stage& s_;
  heading& h_;
  bool is_first_;

public:
  heading_reader(stage& s, heading& h) : s_(s), h_(h), is_first_(&h == &s.out().first) {}

  std::size_t read(std::size_t at, std::size_t end) {
    at = read_lines(at, end);
    // Further lines of indicators make one list with the first.
    if (routing_.size() > h_.lines.routing.text.size()) h_.lines.routing.text = s_.memory().copy(routing_);
    return at;
  }

private:
  std::size_t read_lines(std::size_t at, std::size_t end) {
    while (at < end) {
      if (s_.is_empty(at)) {
        // Blank lines go with the heading only if the heading goes on behind them.
        std::size_t next = at;
        while (next < end && s_.is_empty(next)) ++next;
        if (next == end || !takes(next)) return at;
        s_.skip_blank(at, next);
        at = next;
        continue;
      }
      if (!takes(at)) {
        if (!goes_on_behind(at, end)) return at;
        s_.keep_unknown(h_, at, " stands in the heading");
        list_ = list::none;
      } else {
        line(at);
      }
      ++at;
    }
    return at;
  }
  // Is line `i` a stray one, with format lines close behind it?
  bool goes_on_behind(std::size_t i, std::size_t end) const {
    std::size_t words = 0;
    for (; i < end && words < 4; ++i) {
      if (s_.is_empty(i)) continue;
      const auto text = trim(s_.text(i));
      class_line classification;
      if (same(text, "BT") || parse_class_line(text, true, classification) || match_label(text).what != label::none ||
          match_paragraph(text).found)
        return false;
      if (words++ > 0 && is_keyword_line(text)) return true;
    }
    return false;
  }
  bool is_keyword_line(std::string_view text) const {
    date_time_group group;
    switch (kind_of_format_line(text)) {
      case format_line::calling:
      case format_line::security:
      case format_line::routing: return true;
      case format_line::date_time: return !has_date_ && parse_date_time(text, group) && group.precedence != 0;
      case format_line::from:
      case format_line::to:
      case format_line::info:
      case format_line::exempt: return !is_one_word(text) && is_all_upper(text);
      default: return false;
    }
  }

  enum class list : std::uint8_t { none, routing, to, info, exempt };
  list list_ = list::none;
  bool has_date_ = false;
  std::string routing_;  // FL2 with its further lines

  // Does line `i` belong to the heading?
  bool takes(std::size_t i) {
    const auto text = trim(s_.text(i));
    if (same(text, "BT")) return false;
    const auto kind = kind_of_format_line(text);
    const bool may_be_alone = kind != format_line::from && kind != format_line::to && kind != format_line::exempt;
    if (kind != format_line::none && !(kind == format_line::date_time && has_date_) && (may_be_alone || !is_one_word(text)))
      return true;
    date_time_group group;
    if (list_ == list::none || (kind == format_line::date_time && parse_date_time(text, group) && group.precedence != 0))
      return false;
    if (list_ == list::routing) return is_routing_more(text);
    // Further addressees: no classification, label or caption, and capitals.
    class_line classification;
    if (parse_class_line(text, true, classification)) return false;
    if (match_label(text).what != label::none || match_paragraph(text).found || match_caption(trim(text)) != 0) return false;
    page_header page;
    if (parse_page_header(text, page)) return true;
    return is_addressee(text);
  }

  // A further addressee stands in capitals: RI/PLAD, or a PLAD of a known type.
  static bool is_addressee(std::string_view text) noexcept {
    text = trim(text);
    if (!match_level(text, false).name.empty()) return false;  // a classification line that has words nobody knows
    if (text.empty() || text.size() > 120 || is_escaped_line(text) || is_passing(text) || is_correction(text)) return false;
    for (const char c : text)
      if (is_lower(c)) return false;
    const auto slash = text.find('/');
    std::string_view rest = text;
    const auto word = take_word(rest);
    if (slash != npos && slash >= 3 && slash <= 8 && is_routing_indicator(text.substr(0, slash))) return true;
    if (starts_with(text, "ZEN/")) return true;
    return is_routing_indicator(word) || is_addressee_type(word) || text.find(" COLLECTIVE") != npos ||
           text.find("MEMBER STATES") != npos || all_digits(last_word(text)) || text.find("//") != npos ||
           text.find(" WASHDC") != npos;
  }

  // Did another line say this before? The first one counts.
  bool is_said(format_line kind) const {
    const auto& lines = h_.lines;
    switch (kind) {
      case format_line::transmission_id: return !lines.id.empty();
      case format_line::routing: return !lines.routing.empty();
      case format_line::calling: return !lines.de.empty();
      case format_line::security: return !lines.security.empty();
      case format_line::from: return !h_.from.name.empty() || !h_.from.route.empty();
      case format_line::group_count: return !h_.group_count.empty();
      default: return false;
    }
  }

  void line(std::size_t i) {
    split_glued_class_line(i);
    split_glued_page(i);
    const auto text = trim(s_.text(i));
    page_header page;
    if (parse_page_header(text, page)) {
      s_.claim(i, owner::page);
      h_.pages.push_back(s_.piece(i, text));
      return;
    }
    const auto kind = kind_of_format_line(text);
    if (is_said(kind)) {
      s_.keep_unknown(h_, i, " says again what another line of the heading said");
      list_ = list::none;
      return;
    }
    s_.claim(i, owner::format_line);
    const auto before = list_;
    list_ = list::none;
    switch (kind) {
      case format_line::transmission_id: h_.lines.id = s_.piece(i, text); break;
      case format_line::routing:
        h_.lines.routing = s_.piece(i, text);
        routing_.assign(text);
        list_ = list::routing;
        break;
      case format_line::calling: h_.lines.de = s_.piece(i, trim(text.substr(2))); break;
      case format_line::security: h_.lines.security = s_.piece(i, text); break;
      case format_line::from:
        h_.from = {};
        read_party(i, behind_word(text, 2), h_.from, false);
        break;
      case format_line::to: addressees(list::to, i, behind_word(text, 2)); break;
      case format_line::info: addressees(list::info, i, behind_word(text, 4)); break;
      case format_line::exempt: addressees(list::exempt, i, behind_word(text, 3)); break;
      case format_line::group_count:
        h_.group_count = s_.piece(i, text);
        list_ = before;
        break;
      case format_line::date_time:
        if (!has_date_ && date_line(i, text)) break;
        addressees(before, i, text);
        break;
      case format_line::none:
        if (before == list::routing && is_routing_more(text)) {
          routing_ += ' ';
          routing_ += text;
          h_.lines.routing.end = s_.at(i).end;
          list_ = before;
        } else {
          addressees(before, i, text);
        }
        break;
    }
  }

  // "TO SECSTATE WASHDC 6310C O N F I D E N T I A L PORT ALTAIR 1284" (telegram.md 5.2 no. 24).
  void split_glued_class_line(std::size_t i) {
    const auto text = s_.text(i);
    if (text.size() < 24 || !is_digit(text.back())) return;
    if (!may_have_glued_level(text)) return;
    for (const auto word : word_list{"C O N F I D E N T I A L", "T O P  S E C R E T", "S E C R E T", "UNCLAS ",
                                     "LIMITED OFFICIAL USE", "CONFIDENTIAL ", "SECRET "}) {
      const auto at = text.find(word);
      if (at == npos || at == 0) continue;
      if (!is_digit(text[at - 1]) && !is_blank_char(text[at - 1])) continue;
      class_line classification;
      if (!parse_class_line(text.substr(at), false, classification) || classification.number.empty()) continue;
      if (!s_.may_split(i)) return;
      const auto glued = s_.piece(i, text.substr(at));
      s_.report(code::label_glued, "the classification line stood on a line of the heading", glued.begin, glued.end);
      s_.split_line(i, at);
      return;
    }
  }

  // Two letters behind a digit or blank tell nearly all lines apart from those.
  static bool may_have_glued_level(std::string_view text) noexcept {
    constexpr char_set firsts("CTSUL"), seconds(" OENI");
    for (std::size_t at = 1; at + 1 < text.size(); ++at)
      if (firsts.has(text[at]) && seconds.has(text[at + 1]) && (is_digit(text[at - 1]) || is_blank_char(text[at - 1])))
        return true;
    return false;
  }

  // "TO PAGE 02 PORT A 01284 171520Z": the archive's page began behind the word (telegram.md 5.2 no. 26).
  void split_glued_page(std::size_t i) {
    const auto text = s_.text(i);
    const auto at = text.substr(0, 12).find(" PAGE ");
    page_header page;
    if (at == npos || at > 5 || !parse_page_header(text.substr(at + 1), page) || !s_.may_split(i)) return;
    s_.split_line(i, at + 1);
  }

  bool date_line(std::size_t i, std::string_view text) {
    date_time_group group;
    if (!parse_date_time(text, group)) return false;
    has_date_ = true;
    const auto hint = s_.out().hinted_year;
    if (!group.has_year && hint != 0) set_year(group, hint);
    else if (group.has_year && hint % 100 == group.year % 100 && hint != 0)
      set_year(group, hint);  // four digits go before two (2.2)
    const auto indent = text.size() - trim_left(text).size();
    h_.precedence = s_.piece(i, text.substr(indent, 1));
    h_.precedence.text = precedence_of_prosign(group.precedence);
    h_.info_precedence = {};
    if (group.info_precedence != 0) {
      h_.info_precedence = s_.piece(i, text.substr(text.find(group.info_precedence, indent + 1), 1));
      h_.info_precedence.text = precedence_of_prosign(group.info_precedence);
    }
    h_.date_text = s_.piece(i, text.substr(group.begin, group.end - group.begin));
    h_.date = {};
    if (!group.tail.empty()) h_.signals = s_.piece(i, group.tail);
    if (group.has_year) {
      h_.has_year = true;
      h_.year = group.year;
    }
    char normal[20];
    if (const auto length = normal_date(group, normal); length != 0) {
      h_.date = {s_.memory().copy({normal, length}), h_.date_text.begin, h_.date_text.end};
      if (group.repaired)
        s_.report(code::dtg_repaired, "\"" + std::string(h_.date_text.text) + "\" read as " + std::string(normal, length),
                  h_.date_text.begin, h_.date_text.end);
    } else {
      s_.report(code::dtg_invalid, "\"" + std::string(h_.date_text.text) + "\" is not a date", h_.date_text.begin,
                h_.date_text.end);
    }
    return true;
  }

  void addressees(list which, std::size_t i, std::string_view text) {
    list_ = which;
    if (text.empty()) return;
    // An exempt member may stand behind its collective on one line (telegram.md 5.2 no. 29).
    if (which != list::exempt) {
      if (const auto exempt = text.find(" XMT "); exempt != npos) {
        addressees(which, i, trim(text.substr(0, exempt)));
        addressees(list::exempt, i, trim(text.substr(exempt + 5)));
        list_ = which;
        return;
      }
    }
    party p;
    read_party(i, text, p, true);
    (which == list::to ? h_.to : which == list::info ? h_.info : h_.exempt).push_back(p);
  }

  void read_party(std::size_t i, std::string_view text, party& p, bool is_addressee) {
    const auto place = s_.piece(i, text);
    p.begin = place.begin;
    p.end = place.end;
    split_party(text, p, is_addressee);
    if (!same(p.printed_precedence, p.precedence)) {
      const auto printed = s_.piece(i, p.printed_precedence);
      s_.report(code::prec_repaired, "\"" + std::string(p.printed_precedence) + "\" read as " + std::string(p.precedence),
                printed.begin, printed.end);
    }
  }

  // telegram.md 2.3
  static void split_party(std::string_view text, party& p, bool is_addressee) noexcept {
    text = trim(text);
    const auto slash = text.find('/');
    std::string_view rest = text;
    const auto word = take_word(rest);
    if (slash != npos && slash >= 3 && slash < text.size() && text.substr(slash, 2) != "//" &&
        (is_routing_indicator(text.substr(0, slash)) || text.substr(0, slash) == "ZEN")) {
      p.route = text.substr(0, slash);
      text = trim(text.substr(slash + 1));
    } else if (is_routing_indicator(word) && (starts_with(word, "RU") || starts_with(word, "RH")) && word.size() >= 5) {
      p.route = word;
      text = trim(rest);
    }
    if (!is_addressee) {
      p.name = text;
      return;
    }
    // PLAD //office// precedence number
    if (const auto open = text.find("//"); open != npos && open > 0) {
      const auto close = text.rfind("//");
      const auto inner = trim(close > open ? text.substr(open + 2, close - open - 2) : text.substr(open + 2));
      party behind = p;
      const bool is_office = close <= open || trim(take_number_and_precedence(text.substr(close + 2), behind)).empty();
      if (!inner.empty() && is_office) {  // with other words behind it, it is a part of the name
        p = behind;
        p.office = inner;
        p.name = trim(text.substr(0, open));
        if (p.number.empty() && p.precedence.empty()) p.name = take_number_and_precedence(p.name, p);
        return;
      }
    }
    p.name = take_number_and_precedence(text, p);
  }

  // Takes them off the end of `text`; returns what is left.
  static std::string_view take_number_and_precedence(std::string_view text, party& p) noexcept {
    text = trim(text);
    const auto number = last_word(text);
    if ((number.size() == 3 || number.size() == 4) && all_digits(number)) {
      p.number = number;
      text = trim(text.substr(0, text.size() - number.size()));
    }
    std::size_t length = 0;
    bool repaired = false;
    if (const auto precedence = precedence_at_end(text, length, repaired); !precedence.empty()) {
      p.precedence = precedence;
      p.printed_precedence = text.substr(text.size() - length);
      text = trim(text.substr(0, text.size() - length));
    }
    return text;
  }
};

// Words that say that there is nothing (telegram.md 6.5).
bool says_nothing(std::string_view text) noexcept {
  text = trim(text);
  for (const auto word : word_list{"", "None", "Unknown", "n/a", "No Action Addressee", "No Info Addressee"})
    if (same(text, word)) return true;
  return false;
}

// What stands before the format lines: remains of publication, print-outs and forms of a post, the archive's page header,
// the distribution block (telegram.md 2.11, 5.2 nos. 13 to 15, 30).
class preamble_reader {
public:
  preamble_reader(stage& s, heading& h) : s_(s), h_(h), is_first_(&h == &s.out().first) {}

  std::size_t read(std::size_t at, std::size_t end) {
    while ((at = s_.skip_blank(at, end)) < end) {
      const auto count = s_.count();
      const auto next = line(at, end);
      end += s_.count() - count;
      if (next == at) break;
      at = next;
    }
    return at;
  }

private:
  // Takes line `i`, and what belongs to it; returns `i` when the preamble is over.
  std::size_t line(std::size_t i, std::size_t end) {
    const auto text = trim(s_.text(i));
    if (is_transmission_id(text)) return i;
    if (is_partial_notice(text) && s_.out().notice.empty()) return notice(i, end);
    if (text == "Message Text") {
      s_.claim(i, owner::preamble);
      return i + 1;
    }
    page_header page;
    if (parse_page_header(text, page) || is_page_word(i, end)) {
      s_.claim(i, owner::page);
      h_.pages.push_back(s_.piece(i, text));
      return i + 1;
    }
    if (is_first_ && is_form_title(text)) return form(i, end);
    if (is_first_ && is_print_title(text)) return print_line(i, end);
    if (in_print_ && (same(text, "Cable") || same(text, "Text:") || is_rule(text))) return keep(i, text);
    if (is_first_ && print_queue(text) != 0) return print_line(i, end);
    if (distribution_line(i, end)) {
      s_.claim(i, owner::distribution);
      return i + 1;
    }
    if (in_print_ && transmission_follows(i, end)) return keep(i, text);
    if (begins_heading(i)) return i;
    if (!heading_follows(i, end)) return i;
    if (is_first_ && !is_escaped_line(text) && (is_print_remains(text) || has_id(i, text))) return keep(i, text);
    s_.keep_unknown(h_, i, " stands before the heading");
    return i + 1;
  }

  std::size_t keep(std::size_t i, std::string_view text) {
    s_.claim(i, owner::preamble);
    s_.out().preamble.push_back(s_.piece(i, text));
    return i + 1;
  }

  // An id as a word of a line above the heading: "07PORTALTAIR1284", "ID: 07PORTALTAIR1284, HARBOR DUES".
  bool has_id(std::size_t i, std::string_view text) {
    std::string_view rest = text;
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
      while (!word.empty() && (word.back() == ',' || word.back() == ':' || word.back() == ';' || word.back() == ')'))
        word.remove_suffix(1);
      if (!word.empty() && word.front() == '(') word.remove_prefix(1);
      if (!looks_like_id(word)) continue;
      const auto id = parse_id(word, {});
      if (!id.is_valid() && word.size() < text.size()) continue;
      s_.out().printed_ids.push_back(s_.piece(i, word));
      if (id.year != 0) s_.out().hinted_year = id.year;
      return true;
    }
    return false;
  }

  // -- Print-outs of a post's archive (no. 14) ----------------------------------------------------------------------
  // "CXALTAIR:", the queue that a copy was printed from: its length with the colon; 0: none.
  static std::size_t print_queue(std::string_view text) noexcept {
    if (text.size() < 5 || text.substr(0, 2) != "CX") return 0;
    const auto colon = text.find(':');
    return colon != npos && colon <= 16 && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), is_upper)
               ? colon + 1
               : 0;
  }
  std::size_t print_line(std::size_t i, std::size_t) {
    in_print_ = true;
    const auto text = trim(s_.text(i));
    if (const auto queue = print_queue(text); queue != 0 && queue < text.size() && s_.may_split(i)) {
      s_.split_line(i, static_cast<std::size_t>(text.data() - s_.text(i).data()) + queue);
      return keep(i, text.substr(0, queue));
    }
    return keep(i, text);
  }
  // Is line `i`, of a print-out, above the telegram's own format lines?
  bool transmission_follows(std::size_t i, std::size_t end) const {
    if (match_paragraph(s_.text(i)).found || is_routing(s_.text(i)) || is_calling(s_.text(i))) return false;
    for (std::size_t k = i + 1, words = 0; k < end && words < 25; ++k) {
      if (s_.is_empty(k)) continue;
      ++words;
      if (is_transmission_id(s_.text(k)) || is_calling(s_.text(k))) return true;
      if (match_label(s_.text(k)).what != label::none || match_paragraph(s_.text(k)).found) return false;
    }
    return false;
  }

  // -- Copies on a form of the post (no. 15) ------------------------------------------------------------------------
  static std::string_view form_key(std::string_view text) noexcept {
    for (const auto key :
         word_list{"To:", "Action:", "From:", "Info:", "TAGS:", "Captions:", "Subject:", "Ref:", "Reference:", "Classification:"})
      if (starts_with(text, key)) return key;
    return {};
  }
  static constexpr std::size_t longest_form = 40;  // lines
  // Takes the form from its title on: lines of known keys, what goes on with them, and the rule below.
  std::size_t form(std::size_t i, std::size_t end) {
    s_.out().form.is_present = true;
    form_date(i, trim(trim(s_.text(i)).substr(9)));
    keep(i, trim(s_.text(i)));
    value* going_on = nullptr;
    for (std::size_t lines = 0; ++i < end && lines < longest_form; ++lines) {
      if (s_.is_empty(i)) {
        std::size_t next = i;
        while (next < end && s_.is_empty(next)) ++next;
        if (next == end || (form_key(trim(s_.text(next))).empty() && !is_rule(s_.text(next)))) return i;
        i = s_.skip_blank(i, next);
        going_on = nullptr;
      }
      const auto text = trim(s_.text(i));
      if (is_rule(text)) return keep(i, text);
      const auto key = form_key(text);
      if (key.empty() && begins_heading(i)) return i;
      keep(i, text);
      if (!key.empty()) going_on = form_field(i, key, trim(text.substr(key.size())));
      else if (going_on != nullptr) *going_on = {s_.join(going_on->text, " ", text), going_on->begin, s_.at(i).end};
    }
    return i;
  }
  value* form_field(std::size_t i, std::string_view key, std::string_view text) {
    if (says_nothing(text)) return nullptr;
    auto& fields = s_.out().form;
    value* place = key == "TAGS:"       ? &fields.tags
                   : key == "Captions:" ? &fields.captions
                   : key == "Subject:"  ? &fields.subject
                                        : nullptr;
    if (place != nullptr) {
      *place = s_.piece(i, text);
    } else if (key == "From:") {
      // "AMEMBASSY PORT ALTAIR (PORT ALTAIR 1284 - UNKNOWN)"
      const auto open = text.find('(');
      fields.from = form_party(i, trim(text.substr(0, open)));
      if (open != npos) form_number(text.substr(open + 1));
    } else if (key == "To:" || key == "Info:") {
      (key == "To:" ? fields.to : fields.info).push_back(form_party(i, text));
    } else if (key == "Action:") {
      h_.copies.action = s_.piece(i, text);
      h_.copies.action.text = s_.join("ACTION:", " ", text);
      h_.copies.action.begin = s_.at(i).begin;  // with its key
    }
    return place;
  }
  party form_party(std::size_t i, std::string_view name) const {
    const auto where = s_.piece(i, name);
    party p;
    p.name = name;
    p.begin = where.begin;
    p.end = where.end;
    return p;
  }
  void form_number(std::string_view text) {
    text = trim(text.substr(0, std::min(text.find(" - "), text.find(')'))));
    auto& number = s_.out().form.number;
    if (parse_number_at_end(text, number)) return;
    auto digits = text.size();
    while (digits > 0 && is_digit(text[digits - 1])) --digits;
    if (digits > 0 && digits < text.size() && text.size() - digits <= 7 && text.find(' ') == npos)
      number = {text.substr(0, digits), text.substr(digits)};
  }
  // "June 3, 2007": the date where no date-time group follows.
  void form_date(std::size_t i, std::string_view text) {
    std::string_view rest = text;
    const auto month = month_of(take_word(rest));
    const auto day_text = take_word(rest);
    std::uint32_t day = 0, year = 0;
    if (month == 0 || !parse_number(day_text.substr(0, count_digits(day_text)), day) || !parse_number(trim(rest), year)) return;
    date_time_group group;
    group.day = day;
    group.month = month;
    set_year(group, year);
    char normal[20];
    if (normal_date(group, normal) == 0) return;
    auto& fields = s_.out().form;
    fields.date_text = s_.piece(i, text);
    fields.date = {s_.memory().copy({normal, 10}), fields.date_text.begin, fields.date_text.end};
    s_.out().hinted_year = year;
  }

  std::size_t notice(std::size_t i, std::size_t end) {
    std::string joined;
    const std::size_t first = i;
    for (; i < end && !s_.is_empty(i); ++i) {
      class_line classification;
      if (i > first && (begins_heading(i) || parse_class_line(s_.text(i), false, classification))) break;
      if (!joined.empty()) joined += ' ';
      joined += trim(s_.text(i));
      s_.claim(i, owner::preamble);
    }
    const auto text = i == first + 1 ? trim(s_.text(first)) : s_.memory().copy(joined);
    s_.out().notice = {text, s_.at(first).begin, s_.at(i - 1).end};
    return i;
  }

  // A classification word alone, next to a page header.
  bool is_page_word(std::size_t i, std::size_t end) const {
    class_line classification;
    if (!parse_class_line(s_.text(i), false, classification)) return false;
    if (!classification.number.empty() || classification.section.total != 0) return false;
    std::size_t next = i + 1;
    while (next < end && s_.is_empty(next)) ++next;
    page_header page;
    return next < end && parse_page_header(s_.text(next), page) && page.is_archive;
  }

  bool distribution_line(std::size_t i, std::size_t end) {
    auto text = trim(s_.text(i));
    auto& d = h_.copies;
    const auto set = [&](value& to, std::string_view part) {
      if (!to.empty()) return false;  // one line has a place
      to = s_.piece(i, trim(part));
      return in_block_ = true;
    };
    const auto offices = [&](std::string_view part) {
      for (auto word = take_word(part); !word.empty(); word = take_word(part)) d.info.push_back(s_.piece(i, word));
      return in_block_ = true;
    };
    for (const auto word : word_list{"ACTION", "ORIGIN"})
      if (starts_with_word(text, word) &&
          (is_copies(text.substr(word.size())) || (text.size() > 8 && text[6] == ':' && is_all_upper(text)))) {
        in_print_ |= text[6] == ':';
        return set(d.action, text);
      }
    if (is_dash_counter(text) || is_bare_counter(text)) {
      if (!h_.lines.relay.empty()) return false;  // one line of them has a place
      std::size_t dashes = text.find_first_not_of('-');
      h_.lines.relay = s_.piece(i, trim(text.substr(dashes)));
      return true;
    }
    if (all_digits(text) && text.size() <= 3) {
      std::size_t next = i + 1;
      while (next < end && s_.is_empty(next)) ++next;
      const bool block =
          next < end && (starts_with_word(trim(s_.text(next)), "ACTION") || starts_with_word(trim(s_.text(next)), "ORIGIN"));
      return block && set(d.number, text);
    }
    if (!in_block_) return false;
    if (in_print_ && starts_with(text, "INFO:")) return offices(text.substr(5));
    if (in_print_ && !d.info.empty() && d.notes.empty() && is_blank_char(s_.text(i)[0]) && is_all_upper(text) &&
        text.find(':') == npos)
      return offices(text);
    if (const auto slash = text.rfind(" /"); d.total.empty() && slash != npos && is_copy_total(trim(text.substr(slash)))) {
      set(d.total, text.substr(slash));  // behind the last offices instead of below them
      text = trim(text.substr(0, slash));
    }
    for (const auto word : word_list{"INFO", "NOTIFY"})
      if (starts_with_word(text, word) && is_copies(text.substr(word.size()))) return offices(text.substr(word.size()));
    if (is_copies(text)) return offices(text);
    if (is_copy_total(text)) return set(d.total, text);
    for (const auto word : word_list{"DRAFTED BY", "APPROVED BY", "EPPROVED", "CLEARED BY", "DESIRED DISTRIBUTION",
                                     "DISSEMINATION", "CHARGE:", "DRAFTED:", "APPROVED:", "CLEARED:"})
      if (starts_with(text, word)) {
        d.notes.push_back(s_.piece(i, text));
        return true;
      }
    return false;
  }

  bool begins_heading(std::size_t i) const {
    const auto text = trim(s_.text(i));
    class_line classification;
    switch (kind_of_format_line(text)) {
      case format_line::none:
      case format_line::group_count: break;
      case format_line::from:
      case format_line::to:
      case format_line::info:
      case format_line::exempt:
        if (!is_one_word(text) && is_all_upper(text)) return true;
        break;
      default: return true;
    }
    if (parse_class_line(text, true, classification)) return true;
    return match_label(text).what != label::none || match_paragraph(text).found || same(trim(text), "BT");
  }

  bool heading_follows(std::size_t i, std::size_t end) {
    if (heading_at_ > i && heading_at_ != npos) return true;
    std::size_t words = 0;
    for (std::size_t k = i + 1; k < end && words < 40; ++k) {
      if (s_.is_empty(k)) continue;
      ++words;
      if (match_paragraph(s_.text(k)).found) return false;
      if (begins_heading(k) && match_label(s_.text(k)).what == label::none) {
        heading_at_ = k;
        return true;
      }
    }
    return false;
  }

  stage& s_;
  heading& h_;
  bool is_first_;
  bool in_block_ = false;  // in the distribution block
  bool in_print_ = false;  // in a print-out of a post's archive
  std::size_t heading_at_ = npos;
};

// Fields of a form fill what the format lines leave open (telegram.md 5.2 no. 15).
void fill_from_form(const form_fields& form, heading& h) {
  if (h.date_text.empty()) {
    h.date = form.date;
    h.date_text = form.date_text;
  }
  if (h.from.name.empty() && h.from.route.empty()) h.from = form.from;
  if (h.to.empty()) h.to = form.to;
  if (h.info.empty()) h.info = form.info;
}

// "2901435" of "RUEHZQX #1284/01 2901435"
std::string_view filing_time(std::string_view calling) noexcept { return last_word(calling); }

// Looks at the lines of the heading together (telegram.md 2.2, 6.4).
void check_heading(stage& s, const heading& h) {
  std::int64_t delay = 0;
  if (!h.lines.de.empty() && !h.date.empty() && filing_delay(h.date.text, filing_time(h.lines.de.text), delay) &&
      (delay < -5 || delay > 24 * 60)) {
    const auto place = s.piece_of(h.lines.de, filing_time(h.lines.de.text));
    s.report(code::conflict_filing_time, "filed " + std::to_string(delay) + " minutes after " + std::string(h.date.text),
             place.begin, place.end);
  }
  if (!h.lines.routing.empty() && !h.precedence.empty()) {
    const auto routing = precedence_of_prosign(h.lines.routing.text[0]);
    if (routing != h.precedence.text) {
      const auto begin = h.lines.routing.begin;  // its doubled prosign, also where the text is a copy
      s.report(code::conflict_precedence,
               "the routing line says " + std::string(routing) + ", the date-time line " + std::string(h.precedence.text), begin,
               begin + 2);
    }
  }
  if (!h.from.name.empty() && h.to.empty() && !s.out().form.is_present)
    s.report(code::to_missing, "no line TO", h.from.begin, h.from.end);
}

}  // namespace

std::size_t read_preamble(stage& s, std::size_t at, std::size_t end, heading& h) { return preamble_reader(s, h).read(at, end); }

std::size_t read_heading(stage& s, std::size_t at, std::size_t end, heading& h) {
  at = heading_reader(s, h).read(at, end);
  if (s.out().form.is_present && &h == &s.out().first) fill_from_form(s.out().form, h);
  check_heading(s, h);
  return at;
}

}  // namespace dragoman::telegram
