// Telegrams for tests: invented content, the forms and faults of the real ones (telegram.md 1 and 5), and what is known of
// each.
//
//   const auto t = generate_telegram(seed, telegram_form::markdown, true);   // t.octets, and what a reader must find
//
// Deterministic on every platform: the same seed gives the same octets. Clean telegrams have the variety of the rules
// (telegram.md 2 to 4) and no faults; dirty ones one to three of those named in `dirt`. One telegram of ten holds a trap: a
// wrapped line that begins like a paragraph and is none. Any thread.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telegram_words.hpp"

namespace dragoman::testing {

enum class telegram_form {
  cablegate,  // dialect C (telegram.md 1.2)
  acp127,     // dialect A, one transmission a section (1.1)
  markdown,   // dialect C as a scrape of its page, links and all (1.2)
  flattened,  // the same with its links flattened to their text (4.3)
  archive,    // dialect N, page headers and attributes (1.3)
};
inline constexpr std::array<telegram_form, 5> telegram_forms{
    telegram_form::cablegate, telegram_form::acp127, telegram_form::markdown, telegram_form::flattened, telegram_form::archive};
inline constexpr std::array<std::string_view, 5> telegram_form_names{"cablegate", "acp127", "markdown", "flattened", "archive"};

struct generated_party {
  std::string route, name, precedence, number;
};
struct generated_reference {
  std::string label, text, id;
};

struct generated_telegram {
  std::string octets;
  telegram_form form = telegram_form::cablegate;
  std::vector<std::string> dirt;  // names of the faults; empty: clean
  // What a reader must find. Empty where the text does not say it.
  std::string id, transmission_id, subject, date, precedence, info_precedence, classification, from, signature;
  std::string order, declassify_date;  // "E.O. 12958"
  std::string classifier_title, classifier_name, classifier_reason;
  std::vector<generated_party> to, info;
  std::vector<std::string> exempt, captions, passing, corrections, tags, headings;
  std::vector<generated_reference> refs;
  std::vector<std::string> paragraph_numbers;
  std::vector<std::string> marks;                               // of these paragraphs, "S NF"; empty: none
  std::vector<std::string> texts;                               // theirs, without number and mark, one blank between words
  std::vector<std::pair<std::string, std::string>> attributes;  // of the archive; empty value: n/a
  std::size_t items = 0;                                        // of lists
  std::size_t tables = 0;
  std::size_t sections = 1;  // that the classification line counts
  bool truncated = false;    // the text breaks off; what stands in it is not to be compared
};

namespace generator {

class random {
public:
  explicit random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ull + 0x2545F4914F6CDD1Dull) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
  }
  std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(next() % n); }
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
  bool chance(unsigned percent) { return next() % 100 < percent; }
  template <std::size_t N>
  std::string pick(const std::array<std::string_view, N>& list) {
    return std::string(list[below(N)]);
  }

private:
  std::uint64_t state_;
};

inline std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}
inline std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}
inline std::string padded(std::size_t n, int width) {
  char out[24];
  std::snprintf(out, sizeof out, "%0*zu", width, n);
  return out;
}
inline std::string without_blanks(std::string_view text) {
  std::string out(text);
  out.erase(std::remove(out.begin(), out.end(), ' '), out.end());
  return out;
}
inline void replace(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
}
inline std::string collapsed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t';
    if (!blank) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}
// Lines of at most `width`; a line feed in `text` breaks a line wherever it stands.
inline std::vector<std::string> wrap(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      lines.push_back(line);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
    if (end < text.size() && text[end] == '\n') {
      lines.push_back(line);
      line.clear();
    }
    at = end + 1;
  }
  lines.push_back(line);
  return lines;
}

class maker {
public:
  maker(std::uint64_t seed, telegram_form form, bool dirty, std::size_t least_text)
      : random_(seed * 16 + static_cast<std::uint64_t>(form) * 2 + (dirty ? 1 : 0)), form_(form), least_text_(least_text) {
    out_.form = form;
    has_trap_ = random_.chance(10);
    if (dirty)
      for (std::size_t i = 0, n = random_.between(1, 3); i < n; ++i) {
        const auto& f = faults[random_.below(faults.size())];
        if (fits_here(f) && !has(f.name)) out_.dirt.emplace_back(f.name);
      }
    if (has("no_header")) drop({"null_first", "date_first", "print_out", "class_glued"});
    if (has("windows1252")) drop({"latin1"});
    if (has("crlf")) drop({"cr", "mixed_ends"});
    if (has("class_glued")) drop({"class_lower"});
    if (has("cr")) drop({"mixed_ends"});
    if (has("no_signature")) drop({"signature_marks", "signature_appended"});
    if (has("subj_missing")) drop({"subj_glued", "subj_label", "subj_short"});
    if (has("tags_first")) drop({"eo_tags"});
  }

  generated_telegram make() {
    identity();
    parties();
    opening();
    body();
    assemble();
    return std::move(out_);
  }

private:
  // -- what this telegram is --
  bool has(std::string_view fault) const { return std::find(out_.dirt.begin(), out_.dirt.end(), fault) != out_.dirt.end(); }
  void drop(std::initializer_list<std::string_view> names_of_faults) {
    for (const auto name : names_of_faults)
      out_.dirt.erase(std::remove(out_.dirt.begin(), out_.dirt.end(), name), out_.dirt.end());
  }
  bool is_page() const { return form_ == telegram_form::markdown || form_ == telegram_form::flattened; }
  bool is_archive() const { return form_ == telegram_form::archive; }
  bool is_transmission() const { return form_ == telegram_form::acp127; }
  bool is_soft() const { return is_page() || has("long_line"); }  // a paragraph is one line
  bool is_classified() const { return class_name_ != "UNCLASSIFIED"; }
  bool fits_here(const fault& f) const {
    if (f.where == fits::modern && is_archive()) return false;
    return f.where != fits::wire || !is_page();
  }

  // -- identity and heading (telegram.md 1.4, 2.1 to 2.4) --
  void identity() {
    post_ = posts[random_.below(posts.size())];
    year_ = is_archive() ? random_.between(1973, 1979) : random_.between(1999, 2009);
    month_ = random_.between(1, 12);
    day_ = random_.between(1, 28);
    hour_ = random_.between(0, 23);
    minute_ = random_.between(0, 59);
    serial_ = random_.between(1, random_.chance(4) ? 99999 : 2999);
    sections_ = random_.chance(35) ? random_.between(2, 4) : 1;
    struct level {
      const char *name, *line, *mark, *security;
    };
    constexpr std::array<level, 3> modern{{{"UNCLASSIFIED", "UNCLAS", "U", "ZNR UUUUU ZZH"},
                                           {"CONFIDENTIAL", "C O N F I D E N T I A L", "C", "ZNY CCCCC ZZH"},
                                           {"SECRET", "S E C R E T", "S", "ZNY SSSSS ZZH"}}};
    constexpr std::array<level, 4> older{{{"UNCLASSIFIED", "UNCLAS", "U", ""},
                                          {"LIMITED OFFICIAL USE", "LIMITED OFFICIAL USE", "LOU", ""},
                                          {"CONFIDENTIAL", "C O N F I D E N T I A L", "C", ""},
                                          {"SECRET", "S E C R E T", "S", ""}}};
    const level l = is_archive() ? older[random_.below(4)] : modern[random_.below(3)];
    class_name_ = l.name;
    class_line_ = l.line;
    mark_ = l.mark;
    security_ = l.security;
    out_.classification = class_name_;
    if (has("class_fault")) class_line_ = fault_of_class();
    if (has("class_compact")) class_line_ = class_name_;

    const auto precedence = random_.below(3);
    prosign_ = "RPO"[precedence];
    constexpr std::array<const char*, 3> in_full{"ROUTINE", "PRIORITY", "IMMEDIATE"};
    out_.precedence = in_full[precedence];
    if (precedence > 0 && random_.chance(8)) {
      info_prosign_ = "RPO"[precedence - 1];
      out_.info_precedence = in_full[precedence - 1];
    }
    out_.id = padded(year_ % 100, 2) + without_blanks(post_.name) + std::to_string(serial_);
    out_.from = std::string(post_.kind) + " " + std::string(post_.name);
    char date[80];
    std::snprintf(date, sizeof date, "%04zu-%02zu-%02zuT%02zu:%02zu:00Z", year_, month_, day_, hour_, minute_);
    out_.date = date;
  }
  std::string fault_of_class() {
    if (class_name_ == "SECRET") return random_.pick(std::array<std::string_view, 2>{"SS E C R E T", "S E C RET"});
    if (class_name_ == "CONFIDENTIAL")
      return random_.pick(std::array<std::string_view, 3>{"C ONFIDENTIAL", "CC O N F I D E N T I A L", "CONF IDENTIAL"});
    return "UUNCLAS";
  }

  std::string addressee(const std::string& route, const std::string& name, bool numbered, std::vector<generated_party>& list) {
    generated_party p{is_archive() || random_.chance(4) ? "" : route, name, "", ""};
    std::string line = p.route.empty() ? name : p.route + (has("no_slash") ? " " : "/") + name;
    if (prosign_ != 'R' && random_.chance(80)) {
      p.precedence = out_.precedence;
      if (prosign_ == 'O' && random_.chance(5)) p.precedence = "NIACT IMMEDIATE";
      const bool typo = has("prec_typo") && p.precedence == "PRIORITY";
      line += " " + (typo ? "PIORITY" : p.precedence);
    }
    if (numbered) {
      p.number = padded(random_.between(1, 9999), 4);
      line += " " + p.number;
    }
    list.push_back(p);
    return line;
  }
  void parties() {
    addressees_.push_back("TO " + addressee("RUEHC", "SECSTATE WASHDC", true, out_.to));
    if (random_.chance(20)) addressees_.push_back(addressee("RUEKABC", "SECDEF WASHDC", random_.chance(50), out_.to));
    bool first = true;
    const auto info = [&](const std::string& line) {
      addressees_.push_back((first ? "INFO " : "") + line);
      first = false;
    };
    const bool with_collective = random_.chance(is_archive() ? 0 : 60);
    if (with_collective) {
      const auto collective = random_.pick(collectives);
      info(addressee(collective.substr(0, collective.find('/')), collective.substr(collective.find('/') + 1), false, out_.info));
    }
    for (std::size_t i = 0, n = random_.below(4); i < n; ++i) {
      const auto& p = posts[(random_.below(posts.size() / 2) * 2 + i) % posts.size()];
      info(addressee(std::string(p.route), std::string(p.kind) + " " + std::string(p.name), random_.chance(70), out_.info));
    }
    if (with_collective && random_.chance(10)) {
      addressees_.push_back("XMT AMEMBASSY LINDHAVEN");
      out_.exempt.push_back("AMEMBASSY LINDHAVEN");
    }
  }

  std::string date_time() const {
    constexpr std::array<const char*, 12> months{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                 "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    const std::string time = padded(day_, 2) + padded(hour_, 2) + padded(minute_, 2) + "Z";
    std::string month = months[month_ - 1];
    if (has("dtg_lower") || has("dtg_year4")) month = month.substr(0, 1) + lower(month.substr(1));
    const std::string year = has("dtg_year4") ? std::to_string(year_) : padded(year_ % 100, 2);
    std::string line(1, prosign_);
    if (info_prosign_ != 0) line += std::string(" ") + info_prosign_;
    line += has("dtg_nospace") ? " " + time + month + year : " " + time + " " + month + " " + year;
    if (has("dtg_signal")) line += " ZDK CTG RUEHLQH #9";
    return line;
  }
  std::size_t day_of_year() const {
    constexpr std::array<std::size_t, 12> before{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    return before[month_ - 1] + day_ + (month_ > 2 && year_ % 4 == 0 ? 1 : 0);
  }
  // The format lines of section `section`; the first one's facts are what the reader must find.
  std::vector<std::string> heading_lines(std::size_t section) {
    std::vector<std::string> lines;
    if (!has("no_vzczc")) {
      lines.push_back("VZCZC" + std::string(sections_ > 1 ? "XRO" : "XYZ") + padded((serial_ * 7 + section) % 10000, 4));
      if (section == 1) out_.transmission_id = lines.back();
    }
    lines.push_back(std::string(2, prosign_) + " RUEHWEB RUEHC");
    if (has("routing_lines")) lines.insert(lines.end(), {"RUEHDX RUEHOQD RUCNQXC", "RUEHKQ"});
    if (!is_transmission()) lines.push_back("");
    lines.push_back("DE " + std::string(post_.route) + " #" + padded(serial_ % 10000, 4) + "/" + padded(section, 2) + " " +
                    padded(day_of_year(), 3) + padded(hour_, 2) + padded(minute_, 2));
    lines.push_back(security_);
    lines.push_back(date_time());
    lines.push_back("FM " + out_.from);
    lines.insert(lines.end(), addressees_.begin(), addressees_.end());
    return lines;
  }
  // What the archive prints above each section: page header, distribution, relay line (telegram.md 1.3, 2.11).
  std::vector<std::string> archive_lines(std::size_t section) {
    std::vector<std::string> lines{class_name_,
                                   "",
                                   page_line(1, section),
                                   "",
                                   padded(random_.between(10, 99), 2),
                                   "ACTION EB-07",
                                   "INFO  OCT-01  ARA-06  ISO-00  COME-00  DOTE-00  L-03  FMC-01",
                                   "      /018 W"};
    const std::string dashes(21, '-');
    const bool is_old = year_ < 1976 || (year_ == 1976 && month_ < 12);
    const std::string relay = padded(random_.below(1000000), 6);
    const std::string time = padded(day_, 2) + padded(hour_, 2) + padded(minute_, 2) + "Z";
    lines.push_back("                     " + dashes +
                    (is_old               ? "     " + relay
                     : random_.chance(50) ? time + " " + relay + " /23"
                                          : relay + " " + time + " /23"));
    lines.push_back(date_time());
    lines.push_back("FM " + out_.from);
    lines.insert(lines.end(), addressees_.begin(), addressees_.end());
    return lines;
  }
  std::string page_line(std::size_t page, std::size_t section) const {
    std::string station(post_.name.substr(0, 6));
    station.resize(6, ' ');
    return "PAGE " + padded(page, 2) + "        " + station + "  " + padded(serial_, 5) +
           (sections_ > 1 ? "  " + padded(section, 2) + " OF " + padded(sections_, 2) : "") + "  " + padded(day_, 2) +
           padded(hour_, 2) + padded(minute_, 2) + "Z";
  }
  std::string class_line(std::size_t section) const {
    std::string line = class_line_;
    if (!class_caption_.empty()) line += " " + class_caption_;
    if (is_archive() && sections_ > 1) line += " SECTION " + std::to_string(section) + " OF " + std::to_string(sections_);
    else if (sections_ > 1)
      line += section == sections_ && section > 1 && serial_ % 3 == 0
                  ? " FINAL SECTION OF " + padded(sections_, 2)
                  : " SECTION " + padded(section, 2) + " OF " + padded(sections_, 2);
    line += " " + std::string(post_.name) + " " + (is_archive() ? std::to_string(serial_) : padded(serial_, 6));
    return has("class_lower") ? lower(line) : line;
  }

  // -- between classification line and text (telegram.md 2.5 to 2.10) --
  void line(std::string text) { open_.push_back(std::move(text)); }

  void opening() {
    captions();
    if (has("correction")) {
      line("C O R R E C T E D  C O P Y (ADDED TAG)");
      out_.corrections.push_back(open_.back());
      line("");
    }
    if (!is_archive() && random_.chance(45)) passing();
    const std::size_t order_at = open_.size();
    order();
    if (has("tags_first")) {
      std::vector<std::string> order_lines(open_.begin() + static_cast<std::ptrdiff_t>(order_at), open_.end());
      open_.resize(order_at);
      tags();
      open_.insert(open_.end(), order_lines.begin(), order_lines.end());
    } else {
      tags();
    }
    subject();
    references();
    if (is_classified() && !is_archive()) authority();
  }

  void captions() {
    if (is_classified() ? random_.chance(15) : random_.chance(35)) {
      class_caption_ = is_archive() ? "" : is_classified() ? "NOFORN" : "SENSITIVE";
      if (!class_caption_.empty()) out_.captions.push_back(class_caption_);
    }
    const auto caption = [&](const std::string& text) {
      out_.captions.push_back(text);
      line(text);
      line("");
    };
    if (is_archive()) {
      if (random_.chance(20)) caption(random_.pick(std::array<std::string_view, 3>{"EXDIS", "LIMDIS", "NODIS"}));
      return;
    }
    if (is_classified() && random_.chance(8)) caption(random_.pick(std::array<std::string_view, 3>{"NODIS", "EXDIS", "STADIS"}));
    if (random_.chance(85))
      for (std::size_t i = 0, n = has("dup_sipdis") ? 2 : 1; i < n; ++i) caption("SIPDIS");
  }

  void passing() {
    if (random_.chance(15)) {  // over two lines
      line("OSD PLEASE");
      line("PASS TO DASD HOLLOWMAN");
      out_.passing.push_back("OSD PLEASE PASS TO DASD HOLLOWMAN");
    } else if (random_.chance(15)) {
      line("DEPT FOR WHA/NI AND EB/TRA; ORMUNDE PASS TO PORT");
      line("CAPTAIN HOLLOWMAN");
      out_.passing.insert(out_.passing.end(), {"DEPT FOR WHA/NI AND EB/TRA", "ORMUNDE PASS TO PORT CAPTAIN HOLLOWMAN"});
    } else {
      out_.passing.push_back(random_.pick(instructions));
      line(out_.passing.back());
    }
    line("");
  }

  void order() {
    if (is_archive()) {
      constexpr std::array<std::string_view, 3> codes{"GDS", "XGDS-3", "XGDS1"};
      const std::string number = has("eo_number") ? random_.pick(std::array<std::string_view, 2>{"16652", "11653"}) : "11652";
      line((has("eo_spaced") ? "E. O. " : "E.O. ") + number + ": " +
           (is_classified() && mark_ != "LOU" ? random_.pick(codes) : "N/A"));
      out_.order = "E.O. 11652";
      return;
    }
    const std::string number =
        has("eo_number") ? random_.pick(std::array<std::string_view, 3>{"12598", "19523", "19528"}) : "12958";
    const std::string label = has("eo_spaced") ? random_.pick(std::array<std::string_view, 2>{"E. O. ", "EO"})
                              : has("eo_typo") ? "EO "
                                               : "E.O. ";
    std::string value = ": N/A";
    out_.order = "E.O. 12958";
    if (is_classified()) {
      value = has("eo_typo") ? ": DECL " : ": DECL: ";
      char date[64];
      switch (random_.below(12)) {
        case 0: value += "X1"; break;
        case 1: value += "1.6X1"; break;
        default:
          if (random_.chance(15)) std::snprintf(date, sizeof date, "%04zu-%02zu-%02zu", year_ + 10, month_, day_);
          else
            std::snprintf(date, sizeof date, random_.chance(10) ? "%zu/%zu/%04zu" : "%02zu/%02zu/%04zu", month_, day_,
                          year_ + 10);
          value += date;
          std::snprintf(date, sizeof date, "%04zu-%02zu-%02zu", year_ + 10, month_, day_);
          out_.declassify_date = date;
      }
    }
    line(label + number + value);
  }

  void tags() {
    std::string text, separator = is_archive() || random_.chance(50) ? ", " : " ";
    const std::size_t n = random_.between(1, 6), from = random_.below(tag_codes.size());
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < n; ++i) {
      const std::string tag(is_archive() ? old_tag_codes[(from + i * 3) % old_tag_codes.size()]
                                         : tag_codes[(from + i * 5) % tag_codes.size()]);
      out_.tags.push_back(tag);
      printed.push_back(form_ == telegram_form::markdown ? "[" + tag + "](#)" : tag);
    }
    if (has("tags_caption") && separator == ", ") {
      printed.push_back("SIPDIS");
      out_.captions.push_back("SIPDIS");
    }
    for (std::size_t i = 0; i < printed.size(); ++i) text += (i > 0 ? separator : "") + printed[i];
    if (is_archive() && random_.chance(25)) {  // a person, behind an organization
      text += " (OLDCASTLE, MAREN)";
      out_.tags.push_back("OLDCASTLE, MAREN");
    }
    if (has("tags_lower")) text = lower(text);
    std::string label = has("tags_nocolon") ? "TAGS " : "TAGS: ";
    if (has("tags_label")) label = random_.pick(std::array<std::string_view, 5>{"TAS: ", "TABS: ", "TGS: ", "TAG: ", "TAGS; "});
    if (has("eo_tags")) open_.back() += " TAGS: " + text;
    else line(label + text);
  }

  void subject() {
    if (has("subj_missing")) {
      line("");
      return;
    }
    std::string text = upper(phrase(random_.between(4, 12)));
    if (random_.chance(30)) text = upper(random_.pick(names)) + ": " + text;
    out_.subject = text;
    std::string label = has("subj_short") || is_archive() ? "SUBJ: " : "SUBJECT: ";
    if (has("subj_label")) label = random_.pick(std::array<std::string_view, 4>{"SUBJECT - ", "UBJECT: ", "SUBJT: ", "SUJ: "});
    for (auto& l : wrap(label + text, 60)) line(l);
    if (!has("subj_glued")) line("");
  }

  struct printed_reference {
    std::string text, id;
  };
  printed_reference reference() {
    const bool state = random_.chance(30);
    const std::string station = state ? "STATE" : std::string(posts[random_.below(posts.size())].name);
    const std::size_t year = year_ - (random_.chance(25) ? 1 : 0);
    std::size_t number = random_.between(1, 2999);
    const bool with_year = year != year_ || random_.chance(30) || has("refs_letter_o");
    if (!with_year && station == post_.name && number >= serial_) number = serial_ > 1 ? serial_ - 1 : 0;
    if (number == 0) number = 1;
    const bool own_later = !with_year && station == post_.name && number >= serial_;
    printed_reference r;
    r.id = padded((own_later ? year - 1 : year) % 100, 2) + without_blanks(station) + std::to_string(number);
    if (has("no_header") && !with_year) r.id.clear();
    const std::string serial = random_.chance(50) ? std::to_string(number) : padded(number, random_.chance(50) ? 5 : 6);
    const std::string yy = padded(year % 100, 2);
    if (!with_year) r.text = station + (random_.chance(6) ? " #" : " ") + serial;
    else if (has("refs_letter_o") && yy[0] == '0') r.text = "O" + yy.substr(1) + " " + station + " " + serial;
    else switch (random_.below(16)) {
        case 0: r.text = station + " " + serial + " (" + yy + ")"; break;
        case 1: r.text = "'" + yy + " " + station + " " + serial; break;
        case 2: r.text = std::to_string(year) + " " + station + " " + serial; break;
        case 3: r.text = station + " " + serial + "-" + yy; break;
        case 4: r.text = station + " " + serial + "/" + yy; break;
        default: r.text = yy + " " + station + " " + serial;
      }
    if (random_.chance(10)) r.text += " (NOTAL)";
    return r;
  }

  void references() {
    std::size_t n = random_.below(5);
    if (has("refs_letter_o")) n = std::max<std::size_t>(n, 1);
    std::string word = "REF: ";
    if (has("refs_plural"))
      word = random_.pick(std::array<std::string_view, 5>{"REFS: ", "REF(S): ", "REFTELS: ", "RETELS: ", "REFTEL: "});
    if (n == 0) {
      if (random_.chance(10)) line("REF: NONE"), line("");
      else if (has("subj_glued")) line("");
      return;
    }
    if (has("subj_glued")) {  // "DUESREF: A. ..."
      word = "REF: ";
      const std::string last = open_.back();
      open_.pop_back();
      word = last + word;
    }
    // "A. " as a rule; "(A) " and others now and then, one shape in a list.
    constexpr std::array<std::string_view, 6> shapes{"?. ", "(?) ", "?) ", "[?] ", "?.) ", "?: "};
    const std::string shape(is_archive()                      ? shapes[1]
                            : is_page() || random_.chance(75) ? shapes[0]
                                                              : shapes[random_.below(shapes.size())]);
    const bool one_line = (is_archive() || random_.chance(5)) && n == 2 && shape == shapes[1];
    for (std::size_t i = 0; i < n; ++i) {
      generated_reference r;
      if (n > 1) r.label = std::string(1, static_cast<char>('A' + i));
      if (n > 1 && random_.chance(5)) {
        r.text = random_.pick(other_references);
      } else {
        const auto made = reference();
        r.text = made.text;
        r.id = made.id;
      }
      out_.refs.push_back(r);
      std::string label = r.label.empty() ? "" : shape;
      replace(label, "?", r.label);
      if (i > 0 && one_line) {
        open_.back() += "; " + label + r.text;
        continue;
      }
      std::string lead = i == 0 ? word : "     ";
      if (i > 0 && is_page()) {
        lead.clear();
        label = form_ == telegram_form::flattened ? "1" + r.label + ". " : "[" + r.label + "](#). ";
        line("");
      } else if (i > 0 && form_ == telegram_form::cablegate && shape == shapes[0]) {
        label = "\xC2\xB6" + label;
      }
      line(lead + label + r.text);
    }
    line("");
  }

  void authority() {
    out_.classifier_title = random_.pick(titles);
    out_.classifier_name = random_.pick(first_names) + " " + random_.pick(names);
    out_.classifier_reason =
        random_.pick(std::array<std::string_view, 4>{"1.4 (b) and (d)", "1.4 (b, d)", "1.5 (b) and (d)", "1.4 (d)"});
    const bool upper_case = random_.chance(20);
    if (upper_case) {
      for (auto* part : {&out_.classifier_title, &out_.classifier_name, &out_.classifier_reason}) *part = upper(*part);
      out_.classifier_reason = lower(out_.classifier_reason);
    }
    const std::string before = has_trap_ ? "\n" : " ";  // the reason begins a line
    const std::string text = (upper_case ? "CLASSIFIED BY: " : "Classified By: ") + out_.classifier_title + " " +
                             out_.classifier_name + (random_.chance(30) ? ". Reasons:" : ", for reasons") + before +
                             out_.classifier_reason + ".";
    for (auto& l : wrap(text, 66)) line(l);
    line("");
  }

  // -- text (telegram.md 4) --
  std::string phrase(std::size_t n) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) out += ' ';
      out += words[random_.below(words.size())];
    }
    return out;
  }
  std::string sentence() {
    std::string out = phrase(random_.between(6, 18));
    out[0] = static_cast<char>(out[0] - 32);
    const auto middle = out.find(' ', out.size() / 2);
    if (middle != std::string::npos) {
      switch (random_.below(15)) {
        case 0: out.insert(middle, " --"); break;
        case 1: out.insert(middle, " on October " + std::to_string(random_.between(1, 28)) + "."); break;
        case 2: out.insert(middle, " (" + phrase(2) + ")"); break;
        case 3: out.insert(middle, " R&D"); break;
        case 4:
          out.insert(middle, !is_archive() && (has("latin1") || random_.chance(20)) ? " Jos\xC3\xA9 Mear" : " Orlo Mear");
          break;
        case 5:
          out.insert(middle, has("windows1252") ? " \xE2\x80\x9C" + phrase(3) + "\xE2\x80\x9D" : " \"" + phrase(3) + "\"");
          break;
        case 6: out.insert(middle, " under 1.4 (b) and (d)."); break;
        case 7:
          if (!out_.refs.empty() && !out_.refs[0].label.empty()) out.insert(middle, " (ref A)");
          break;
        case 8:
          if (random_.chance(20)) out.insert(middle, " (garble)");
          break;
        case 9:
          if (random_.chance(40)) out.insert(middle, " XXXXXXXXXXXX");  // a redaction
          break;
        case 10:
          if (random_.chance(20)) out.insert(middle, " (illegible) [...]");
          break;
        default: break;
      }
    }
    return out + ".";
  }
  // A line that begins like a paragraph, inside a sentence (telegram.md 4.1).
  std::string trap() {
    const std::string first = phrase(6), then = phrase(5);
    return random_.chance(60)
               ? "The " + first + " for reasons\n1.4 (b) and (d). The " + then + "."
               : "The " + first + " on October\n" + std::to_string(random_.between(12, 28)) + ". The " + then + ".";
  }

  void add_lines(const std::string& text) {
    for (auto& l : wrap(text, width_)) body_.push_back(l);
  }
  void end_block() {
    if (!body_.empty() && !body_.back().empty()) body_.push_back("");
  }

  // The mark of a paragraph as printed, and in its normal form.
  std::pair<std::string, std::string> portion() {
    if (is_archive() || (!is_classified() && class_caption_.empty())) return {};
    if (!is_classified()) return {"(SBU) ", "SBU"};
    if (!class_caption_.empty() && random_.chance(60)) return {"(" + mark_ + "/NF) ", mark_ + " NF"};
    if (random_.chance(80)) return {"(" + mark_ + ") ", mark_};
    return random_.chance(50) ? std::pair<std::string, std::string>{"(U) ", "U"}
                              : std::pair<std::string, std::string>{"(SBU) ", "SBU"};
  }
  std::string number_lead(std::size_t number, std::size_t index) {
    const std::string digits = std::to_string(number) + ". ";
    if (form_ == telegram_form::flattened) return index > 0 && random_.chance(20) ? digits : "1" + digits;
    if (form_ == telegram_form::markdown && linked_)  // a link flattened into the number, on some lines only
      return index > 0 && !has("para_gap") && !has("para_dup") && random_.chance(40) ? "1" + digits : "[1](#)" + digits;
    return form_ == telegram_form::cablegate || form_ == telegram_form::markdown ? "\xC2\xB6" + digits : digits;
  }

  void body() {
    width_ = is_soft() ? 100000 : is_transmission() ? 65 : is_archive() ? 60 : 69;
    linked_ = random_.chance(50);
    const std::size_t paragraphs = random_.between(1, sections_ > 1 ? 9 : 6);
    const std::size_t trapped = random_.below(paragraphs);
    std::size_t number = 0;
    for (std::size_t i = 0, written = 0; i < paragraphs || written < least_text_; ++i) {
      if (i >= 1 && random_.chance(35)) add_heading();
      if (!(has("para_dup") && i == 2)) ++number;
      if (has("para_gap") && i == 2) ++number;
      std::string text;
      for (std::size_t k = 0, n = random_.between(1, 6); k < n; ++k)
        text += (k ? (random_.chance(30) ? "  " : " ") : "") + sentence();
      if (has_trap_ && i == trapped && !is_soft()) text += " " + trap();
      written += text.size();
      if (i == 0 && random_.chance(70)) text = "SUMMARY: " + text + " END SUMMARY.";
      const bool listed = random_.chance(15);
      if (listed && random_.chance(50)) text.back() = ':';
      if (is_archive()) text = upper(text);
      const auto [printed, mark] = portion();
      out_.paragraph_numbers.push_back(std::to_string(number));
      out_.marks.push_back(mark);
      out_.texts.push_back(collapsed(text));
      if (has("html_entities")) replace(text, "&", "&amp;"), replace(text, "\"", "&quot;");
      if (has("control_chars") && random_.chance(40)) text.insert(text.size() / 2, 1, "\x01\x1A\x07\x08"[random_.below(4)]);
      const std::size_t first = body_.size();
      add_lines(number_lead(number, i) + printed + text);
      if (has("text_gap") && i == paragraphs / 2) open_gap(first);
      body_.push_back("");
      if (listed) add_list();
      if (random_.chance(4) && !is_soft()) add_table();
      if (has("quoted_header") && i == 1)
        body_.insert(body_.end(), {"Begin text of reftel:", "", "R 010101Z JAN 99", "FM AMEMBASSY TOVARNA",
                                   "TO RUEHC/SECSTATE WASHDC", "SUBJECT: QUOTED TELEGRAM", "", "End text.", ""});
    }
    if (has("no_signature")) return;
    out_.signature = random_.chance(8) ? random_.pick(double_names) : upper(random_.pick(names));
    if (random_.chance(6)) body_.insert(body_.end(), {"MINIMIZE CONSIDERED.", ""});
  }
  // A blank line inside a sentence: a running header that was lost (telegram.md 4.4).
  void open_gap(std::size_t first) {
    for (std::size_t k = first; k + 1 < body_.size(); ++k) {
      const char end = body_[k].back();
      const char next = body_[k + 1].empty() ? ' ' : body_[k + 1][0];
      if (body_[k].size() < 30 || !((end >= 'a' && end <= 'z') || (end >= 'A' && end <= 'Z')) ||
          !((next >= 'a' && next <= 'z') || (is_archive() && next >= 'A' && next <= 'Z')))
        continue;
      body_.insert(body_.begin() + static_cast<std::ptrdiff_t>(k) + 1, "");
      return;
    }
  }
  void add_heading() {
    std::string title = random_.pick(heading_titles);
    if (is_archive() || random_.chance(50)) title = upper(title);
    out_.headings.push_back(title);
    if (is_page() && random_.chance(70)) {
      body_.insert(body_.end(), {"#### " + title, "", "-----", ""});
      return;
    }
    const char stroke = random_.chance(5) ? '=' : '-';
    const std::size_t length = is_page() ? 5 : std::max<std::size_t>(3, title.size() - random_.below(3));
    body_.insert(body_.end(), {title, std::string(length, stroke), ""});
  }
  void add_list() {
    const std::size_t style = is_page() ? 0 : random_.below(6);
    const bool spaced = !is_page() && random_.chance(50);
    for (std::size_t i = 0, n = random_.between(2, 5); i < n; ++i) {
      constexpr std::array<std::string_view, 6> styles{"- ", "-- ", "- --", "a. ", "(1) ", "1) "};
      std::string mark(styles[style]);
      replace(mark, "a", std::string(1, static_cast<char>('a' + i)));
      replace(mark, "1", std::to_string(i + 1));
      std::string text = sentence();
      if (is_archive()) text = upper(text);
      if (style == 2) text = text.substr(0, 40);
      add_lines(mark + text);
      if (spaced) body_.push_back("");
      ++out_.items;
    }
    end_block();
  }
  void add_table() {
    ++out_.tables;
    for (std::size_t i = 0, n = random_.between(3, 6); i < n; ++i) {
      std::string row = "  " + upper(random_.pick(names));
      row.resize(22, ' ');
      body_.push_back(row + padded(random_.below(1000), 3) + "      " + std::to_string(random_.below(90)) + "." +
                      std::to_string(random_.below(10)));
    }
    body_.push_back("");
  }

  // -- sections and pages --
  bool may_break(const std::vector<std::string>& text, std::size_t i, const std::vector<std::string>& before) const {
    const auto& l = text[i];
    const auto begins = [](const std::string& line_, char c) { return !line_.empty() && line_[0] == c; };
    if (l.empty() || begins(l, '-') || begins(l, '#') || begins(l, ' ') || begins(l, '=') || before.empty()) return false;
    if (begins(before.back(), '-') || begins(before.back(), '#') || begins(before.back(), '=') || begins(before.back(), ' '))
      return false;
    return !(i + 1 < text.size() && (begins(text[i + 1], '-') || begins(text[i + 1], '=')));
  }
  // Running headers, page headers or further transmissions, at lines of the body.
  void break_sections(std::vector<std::string>& text) {
    const std::size_t part = std::max<std::size_t>(2, text.size() / sections_);
    std::vector<std::string> broken;
    std::size_t section = 2, taken = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (taken > part && section <= sections_ && may_break(text, i, broken)) {
        if (is_transmission() || is_archive()) {
          begin_transmission(broken, section);
        } else {
          const std::string header = std::string(post_.name.substr(0, 10)) + " " + padded(serial_, 8) + "  " +
                                     padded(section, 3) + " OF " + padded(sections_, 3);
          const auto cut = text[i].find(' ', text[i].size() / 2);
          if (is_page() && text[i].size() > 60 && cut != std::string::npos) {  // the scrape breaks the paragraph in two
            broken.insert(broken.end(), {text[i].substr(0, cut), "", header, ""});
            text[i] = text[i].substr(cut + 1);
          } else {
            broken.insert(broken.end(), {"", header, "", ""});
          }
        }
        ++section;
        taken = 0;
      }
      broken.push_back(text[i]);
      ++taken;
    }
    broken_sections_ = section - 1;
    text = std::move(broken);
  }
  void begin_transmission(std::vector<std::string>& broken, std::size_t section) {
    if (is_archive()) {
      broken.insert(broken.end(), {"", class_name_, "", "NNN"});
      for (auto& l : archive_lines(section)) broken.push_back(l);
      broken.insert(broken.end(), {class_line(section), ""});
      return;
    }
    broken.insert(broken.end(), {"BT", "#" + padded(serial_ % 10000, 4), "NNNN", ""});
    for (auto& l : heading_lines(section)) broken.push_back(l);
    broken.insert(broken.end(), {"BT", class_line(section), ""});
    for (auto& l : open_) broken.push_back(l);
  }
  // Pages of twenty lines, the classification above and below (telegram.md 4.4).
  void break_pages(std::vector<std::string>& text) {
    std::vector<std::string> broken;
    std::size_t page = 2, taken = 8;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (taken > 20 && may_break(text, i, broken)) {
        broken.insert(broken.end(), {class_name_, "", class_name_, "", page_line(page++, 1), ""});
        taken = 0;
      }
      broken.push_back(text[i]);
      ++taken;
    }
    text = std::move(broken);
  }

  // -- the whole --
  std::vector<std::string> before_text() {
    if (has("no_header")) {
      for (auto* text : {&out_.id, &out_.date, &out_.precedence, &out_.info_precedence, &out_.from}) text->clear();
      out_.to.clear();
      out_.info.clear();
      out_.exempt.clear();
      return {"This record is a partial extract of the original cable. The full text of the original cable is not available.",
              ""};
    }
    std::vector<std::string> lines;
    if (is_archive()) lines = {"Message Text", ""};
    for (auto& l : is_archive() ? archive_lines(1) : heading_lines(1)) lines.push_back(l);
    if (has("header_blank")) lines.insert(lines.end() - 2, "");
    if (has("null_first")) lines.insert(lines.begin(), "null");
    if (has("date_first")) lines.insert(lines.begin(), {"Thursday, 18 October 2007, 06:39", ""});
    if (has("print_out"))
      lines.insert(lines.begin(), {"Tamsin 10/17/2007 2:35:22 PM From DB/Inbox: Search Results", "", "Cable", "Text:", ""});
    if (is_page())
      for (auto& l : lines)
        if (!l.empty()) l += "  ";
    if (is_page()) lines.insert(lines.begin(), {"", ""});
    if (is_transmission()) lines.push_back("BT");
    else if (!is_archive()) lines.push_back("");
    return lines;
  }

  void assemble() {
    std::vector<std::string> lines = before_text();
    auto text = body_;
    if (sections_ > 1 && !has("no_header")) break_sections(text);
    else if (is_archive()) break_pages(text);
    if (has("class_glued") && !is_transmission() && !lines.empty() && lines.size() > 2 && is_numbered(lines[lines.size() - 2])) {
      auto& last = lines[lines.size() - 2];
      while (last.back() == ' ') last.pop_back();
      last += class_line(1);
    } else {
      lines.push_back(class_line(1));
    }
    lines.push_back("");
    lines.insert(lines.end(), open_.begin(), open_.end());
    if (has("tabs"))
      for (auto& l : text)
        if (const auto at = l.find(". "); at != std::string::npos && l[0] != '-' && l[0] != ' ') l[at + 1] = '\t';
    const std::size_t body_begin = lines.size();
    lines.insert(lines.end(), text.begin(), text.end());
    ending(lines);
    octets(lines, body_begin);
    out_.sections = sections_;
  }
  static bool is_numbered(std::string_view l) {
    while (!l.empty() && l.back() == ' ') l.remove_suffix(1);
    return !l.empty() && l.back() >= '0' && l.back() <= '9';
  }

  void ending(std::vector<std::string>& lines) {
    if (!out_.signature.empty()) {
      std::string printed = out_.signature;
      if (has("signature_marks")) printed += random_.pick(std::array<std::string_view, 2>{".", "##"});
      if (has("signature_appended") && lines.size() > 1 && lines.back().empty() && lines[lines.size() - 2].size() > 8 &&
          lines[lines.size() - 2].back() == '.' && out_.signature.find(' ') == std::string::npos &&
          lines[lines.size() - 2].find_first_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos) {
        lines.pop_back();
        lines.back() += " " + printed;
      } else {
        lines.push_back(printed);
      }
    }
    if (is_transmission()) lines.insert(lines.end(), {"BT", "#" + padded(serial_ % 10000, 4), "NNNN"});
    if (!is_archive()) return;
    lines.insert(lines.end(), {"", class_name_, "", "NNNN", ""});
    if (random_.chance(50))
      lines.insert(lines.end(), {"*** Current Handling Restrictions *** n/a", "*** Current Classification *** UNCLASSIFIED", ""});
    lines.insert(lines.end(), {"Message Attributes", ""});
    attributes(lines);
  }
  void attributes(std::vector<std::string>& lines) {
    const auto attribute = [&](std::string key, std::string printed) {
      lines.push_back(key + ": " + printed);
      out_.attributes.emplace_back(std::move(key), printed == "n/a" ? "" : std::move(printed));
    };
    const auto more = [&](const std::string& l) {
      lines.push_back(l);
      out_.attributes.back().second += "\n" + collapsed(l);
    };
    attribute("Automatic Decaptioning", "X");
    attribute("Capture Date", "01 JAN 1994");
    attribute("Channel Indicators", "n/a");
    attribute("Current Classification", "UNCLASSIFIED");
    attribute("Concepts", "HARBORS, TARIFFS,");
    more(random_.chance(50) ? "SHIPPING" : "  FOREIGN RELATIONS");
    attribute("Copy", "SINGLE");
    attribute(year_ == 1977 ? "Sent Date" : "Draft Date", padded(day_, 2) + " JAN " + std::to_string(year_));
    std::string code(post_.name.substr(0, 6));
    attribute("Document Number", std::to_string(year_) + without_blanks(code) + padded(serial_, 5));
    attribute("Document Source", "CORE");
    attribute("From", std::string(post_.name));
    attribute("Line Count", std::to_string(lines.size()));
    attribute("Locator", "TEXT ON-LINE, ON MICROFILM");
    attribute("Office", "ACTION EB");
    attribute("Original Classification", class_name_);
    attribute("Review Markings", "Tamsin R. Ledger");
    more("Declassified/Released");
    more("US Department of State");
    more("EO Systematic Review");
    more("06 JUL 2006");
    attribute("Status", "NATIVE");
    if (!out_.subject.empty()) attribute("Subject", out_.subject);
    attribute("To", "STATE");
    attribute("Type", "TE");
  }

  void octets(const std::vector<std::string>& lines, std::size_t body_begin) {
    std::string& octets = out_.octets;
    const bool trailing = has("trailing") || (form_ == telegram_form::cablegate && random_.chance(30));
    std::size_t feeds = has("formfeed") ? 3 : 0, text_begin = 0, text_end = 0;  // of the first transmission
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i == body_begin) text_begin = octets.size();
      if (i > body_begin && text_end == 0 && (lines[i] == "BT" || lines[i].substr(0, 3) == "NNN")) text_end = octets.size();
      octets += lines[i];
      if (lines[i].empty() && feeds > 0 && !octets.empty()) {
        octets += '\f';
        --feeds;
      }
      if (trailing && !lines[i].empty()) octets += ' ';
      // CR and LF in a row would be one line end.
      const bool behind_cr = lines[i].empty() && octets.size() > 1 && octets.back() == '\r';
      octets += has("crlf")         ? "\r\n"
                : has("cr")         ? "\r"
                : has("mixed_ends") ? std::array<const char*, 3>{behind_cr ? "\r" : "\n", "\r\n", "\r"}[i % 3]
                                    : "\n";
    }
    if (has("truncated")) {
      out_.truncated = true;
      const std::size_t to = text_end == 0 ? octets.size() : text_end;
      const std::size_t from = std::min(text_begin + 40, to);
      octets.resize(from + random_.below(to - from + 1));
    }
    if (has("latin1") || has("windows1252")) octets = to_windows1252(octets);
    else if (has("bom")) octets.insert(0, "\xEF\xBB\xBF");
  }
  // Also Latin-1, where there are no quotation marks.
  static std::string to_windows1252(const std::string& utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
      const auto c = static_cast<unsigned char>(utf8[i]);
      if (c >= 0xC2 && c <= 0xC3 && i + 1 < utf8.size()) {
        out += static_cast<char>(static_cast<unsigned char>(utf8[++i]) | (c == 0xC3 ? 0x40 : 0));
      } else if (utf8.compare(i, 2, "\xE2\x80") == 0 && i + 2 < utf8.size()) {
        out += static_cast<unsigned char>(utf8[i + 2]) == 0x9C ? '\x93' : '\x94';
        i += 2;
      } else {
        out += utf8[i];
      }
    }
    return out;
  }

  random random_;
  telegram_form form_;
  generated_telegram out_;
  post post_{};
  std::size_t year_ = 0, month_ = 0, day_ = 0, hour_ = 0, minute_ = 0, serial_ = 0, sections_ = 1, width_ = 69,
              broken_sections_ = 1;
  std::string class_name_, class_line_, mark_, security_, class_caption_;
  char prosign_ = 'R', info_prosign_ = 0;
  std::size_t least_text_ = 0;
  bool has_trap_ = false, linked_ = false;
  std::vector<std::string> addressees_, open_, body_;
};

}  // namespace generator

// `least_text`: as many paragraphs as make that many octets of text; 0: a few.
inline generated_telegram generate_telegram(std::uint64_t seed, telegram_form form, bool dirty, std::size_t least_text = 0) {
  return generator::maker(seed, form, dirty, least_text).make();
}

}  // namespace dragoman::testing
