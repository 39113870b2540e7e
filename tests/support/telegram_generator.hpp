// Telegrams for property tests: invented content, the forms and faults of the real ones (telegram.md 1 and 5).
//
//   const auto t = generate_telegram(seed, telegram_form::markdown, true);   // t.octets, and what a reader must find
//
// Deterministic on every platform: the same seed gives the same octets. Clean telegrams have no faults; dirty ones one to
// three of those named in `dirt`. Any thread.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::testing {

enum class telegram_form { cablegate, acp127, markdown };

struct generated_party {
  std::string route, name, precedence, number;
};
struct generated_reference {
  std::string label, text, id;
};

struct generated_telegram {
  std::string octets;
  std::vector<std::string> dirt;  // names of the faults; empty: clean
  // What a reader must find. Empty where the text does not say it.
  std::string id, subject, date, precedence, classification, from, signature, declassify_date;
  std::vector<generated_party> to, info;
  std::vector<std::string> captions, tags, headings;
  std::vector<generated_reference> refs;
  std::vector<std::string> paragraph_numbers;
  std::size_t items = 0;     // of lists
  std::size_t sections = 1;  // that the classification line counts
  bool truncated = false;    // the text breaks off; paragraphs, headings, items, signature are not to be compared
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
  std::string pick(const std::array<std::string_view, N>& list) { return std::string(list[below(N)]); }

private:
  std::uint64_t state_;
};

struct post {
  std::string_view route, kind, name;
};
inline constexpr std::array<post, 10> posts{{{"RUEHQX", "AMEMBASSY", "QUILMAR"}, {"RUEHDX", "AMEMBASSY", "TOVARNA"},
                                             {"RUEHZQX", "AMEMBASSY", "PORT ALTAIR"}, {"RUEHOQD", "AMCONSUL", "ORMUNDE"},
                                             {"RUEHLV", "AMEMBASSY", "LINDHAVEN"}, {"RUEHBQ", "USMISSION", "USBRENNA"},
                                             {"RUEHSN", "AMEMBASSY", "SAN VEREDO"}, {"RUEHKQ", "AMCONSUL", "KELDRA"},
                                             {"RUEHMW", "AMEMBASSY", "MARWICK"}, {"RUEHHV", "AMEMBASSY", "HALVERN"}}};
inline constexpr std::array<std::string_view, 3> collectives{"RUCNAAA/NORTHERN COAST COLLECTIVE", "RUCNBBB/RIVER BASIN COLLECTIVE",
                                                             "RUCNQXC/NORTHERN ISLES COLLECTIVE"};
inline constexpr std::array<std::string_view, 44> words{
    "harbor", "dues", "talks", "ministry", "tariff", "ferry", "strait", "winter", "council", "dredging", "lighthouse", "pilot", "cargo", "budget",
    "the", "of", "and", "with", "for", "from", "about", "after", "before", "under", "said", "asked", "agreed", "will", "resume", "lower", "delay",
    "a", "new", "second", "minor", "round", "offer", "clause", "annex", "review", "season", "clear", "public", "quiet"};
inline constexpr std::array<std::string_view, 8> names{"Quill", "Oldcastle", "Hollowman", "Ledger", "Wenmar", "Ronlan", "Brannock", "Mear"};
inline constexpr std::array<std::string_view, 8> first_names{"Tamsin", "Maren", "Xanda", "Orlo", "Petra", "Jory", "Sabine", "Ewan"};
inline constexpr std::array<std::string_view, 8> titles{"Ambassador", "DCM", "Economic Counselor", "Political Counselor", "Charge d'Affaires",
                                                        "Consul General", "Acting DCM", "Deputy Chief of Mission"};
inline constexpr std::array<std::string_view, 8> heading_titles{"Background", "The Offer", "Talks Resume", "Next Steps", "Ferries and Tugs",
                                                                "Comment", "Reaction of the Press", "Summary"};
inline constexpr std::array<std::string_view, 16> tag_codes{"PREL", "PGOV", "ECON", "ETRD", "EWWT", "ENRG", "PTER", "SNAR", "SENV", "KDEM", "KCRM", "UNSC",
                                                            "CVIS", "MARR", "QX", "XL"};
inline constexpr std::array<std::string_view, 24> faults{
    "no_vzczc",   "no_header",   "crlf",          "latin1",       "bom",         "html_entities", "control_chars", "formfeed",
    "tabs",       "trailing",    "long_line",     "tags_nocolon", "tags_lower",  "subj_short",    "refs_plural",   "class_compact",
    "eo_typo",    "dtg_nospace", "dtg_year4",     "dup_sipdis",   "no_signature", "para_gap",     "header_blank",  "quoted_header"};

inline std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}
inline std::string padded(std::size_t n, int width) {
  char out[24];
  std::snprintf(out, sizeof out, "%0*zu", width, n);
  return out;
}
inline std::vector<std::string> wrap(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      lines.push_back(line);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
    at = end + 1;
  }
  lines.push_back(line);
  return lines;
}

class maker {
public:
  maker(std::uint64_t seed, telegram_form form, bool dirty) : random_(seed * 8 + static_cast<std::uint64_t>(form) * 2 + (dirty ? 1 : 0)), form_(form) {
    if (dirty)
      for (std::size_t i = 0, n = random_.between(1, 3); i < n; ++i) {
        const std::string fault(faults[random_.below(faults.size())]);
        if (!has(fault)) out_.dirt.push_back(fault);
      }
  }

  generated_telegram make() {
    identity();
    heading();
    opening();
    body();
    assemble();
    return std::move(out_);
  }

private:
  bool has(std::string_view fault) const { return std::find(out_.dirt.begin(), out_.dirt.end(), fault) != out_.dirt.end(); }
  bool is_markdown() const { return form_ == telegram_form::markdown; }

  void identity() {
    post_ = posts[random_.below(posts.size())];
    year_ = random_.between(1999, 2009);
    month_ = random_.between(1, 12);
    day_ = random_.between(1, 28);
    hour_ = random_.between(0, 23);
    minute_ = random_.between(0, 59);
    serial_ = random_.between(1, 2999);
    sections_ = random_.chance(35) ? random_.between(2, 4) : 1;
    const auto level = random_.below(3);
    class_name_ = std::array<const char*, 3>{"UNCLASSIFIED", "CONFIDENTIAL", "SECRET"}[level];
    class_line_ = std::array<const char*, 3>{"UNCLAS", "C O N F I D E N T I A L", "S E C R E T"}[level];
    mark_ = std::array<const char*, 3>{"U", "C", "S"}[level];
    security_ = std::array<const char*, 3>{"ZNR UUUUU ZZH", "ZNY CCCCC ZZH", "ZNY SSSSS ZZH"}[level];
    const auto precedence = random_.below(3);
    prosign_ = "RPO"[precedence];
    out_.precedence = std::array<const char*, 3>{"ROUTINE", "PRIORITY", "IMMEDIATE"}[precedence];
    out_.classification = class_name_;
    std::string station(post_.name);
    station.erase(std::remove(station.begin(), station.end(), ' '), station.end());
    out_.id = padded(year_ % 100, 2) + station + std::to_string(serial_);
    out_.from = std::string(post_.kind) + " " + std::string(post_.name);
    char date[80];
    std::snprintf(date, sizeof date, "%04zu-%02zu-%02zuT%02zu:%02zu:00Z", year_, month_, day_, hour_, minute_);
    out_.date = date;
  }

  std::string addressee(const std::string& route, const std::string& name, bool numbered, std::vector<generated_party>& list) {
    generated_party p{route, name, "", ""};
    std::string line = route + "/" + name;
    if (prosign_ != 'R' && random_.chance(80)) {
      p.precedence = out_.precedence;
      line += " " + p.precedence;
    }
    if (numbered) {
      p.number = padded(random_.between(1, 9999), 4);
      line += " " + p.number;
    }
    list.push_back(p);
    return line;
  }

  // The heading of section `section`; the first one's facts are what the reader must find.
  std::vector<std::string> heading_lines(std::size_t section) {
    std::vector<std::string> lines;
    const std::string number = padded(serial_ % 10000, 4);
    if (!has("no_vzczc")) lines.push_back("VZCZC" + std::string(sections_ > 1 ? "XRO" : "XYZ") + padded((serial_ * 7 + section) % 10000, 4));
    lines.push_back(std::string(2, prosign_) + " RUEHWEB RUEHC");
    if (form_ != telegram_form::acp127) lines.push_back("");
    lines.push_back("DE " + std::string(post_.route) + " #" + number + "/" + padded(section, 2) + " " + padded(day_of_year(), 3) + padded(hour_, 2) + padded(minute_, 2));
    lines.push_back(security_);
    constexpr std::array<const char*, 12> months{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    const std::string time = padded(day_, 2) + padded(hour_, 2) + padded(minute_, 2) + "Z";
    const std::string month = months[month_ - 1];
    if (has("dtg_nospace")) lines.push_back(std::string(1, prosign_) + " " + time + month + padded(year_ % 100, 2));
    else if (has("dtg_year4")) lines.push_back(std::string(1, prosign_) + " " + time + " " + month.substr(0, 1) + static_cast<char>(month[1] + 32) + static_cast<char>(month[2] + 32) + " " + std::to_string(year_));
    else lines.push_back(std::string(1, prosign_) + " " + time + " " + month + " " + padded(year_ % 100, 2));
    lines.push_back("FM " + out_.from);
    lines.insert(lines.end(), addressees_.begin(), addressees_.end());
    return lines;
  }
  std::size_t day_of_year() const {
    constexpr std::array<std::size_t, 12> before{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    return before[month_ - 1] + day_ + (month_ > 2 && year_ % 4 == 0 ? 1 : 0);
  }

  void heading() {
    addressees_.push_back("TO " + addressee("RUEHC", "SECSTATE WASHDC", true, out_.to));
    if (random_.chance(20)) addressees_.push_back(addressee("RUEKABC", "SECDEF WASHDC", random_.chance(50), out_.to));
    bool first = true;
    const auto info = [&](const std::string& line) {
      addressees_.push_back((first ? "INFO " : "") + line);
      first = false;
    };
    if (random_.chance(60)) {
      const auto collective = std::string(collectives[random_.below(collectives.size())]);
      info(addressee(collective.substr(0, collective.find('/')), collective.substr(collective.find('/') + 1), false, out_.info));
    }
    for (std::size_t i = 0, n = random_.below(4); i < n; ++i) {
      const auto& p = posts[(random_.below(posts.size() / 2) * 2 + i) % posts.size()];
      info(addressee(std::string(p.route), std::string(p.kind) + " " + std::string(p.name), random_.chance(70), out_.info));
    }
    head_ = heading_lines(1);
    if (has("header_blank")) head_.insert(head_.begin() + static_cast<std::ptrdiff_t>(head_.size() / 2), "");
    if (has("no_header")) {
      head_ = {"This record is a partial extract of the original cable. The full text of the original cable is not available."};
      out_.id.clear();
      out_.date.clear();
      out_.precedence.clear();
      out_.from.clear();
      out_.to.clear();
      out_.info.clear();
    }
  }

  std::string class_line(std::size_t section) const {
    std::string line = has("class_compact") ? class_name_ : class_line_;
    if (!class_caption_.empty()) line += " " + class_caption_;
    if (sections_ > 1) line += " SECTION " + padded(section, 2) + " OF " + padded(sections_, 2);
    return line + " " + std::string(post_.name) + " " + padded(serial_, 6);
  }

  void opening() {
    if (class_name_ == "UNCLASSIFIED" ? random_.chance(35) : random_.chance(15)) {
      class_caption_ = class_name_ == "UNCLASSIFIED" ? "SENSITIVE" : "NOFORN";
      out_.captions.push_back(class_caption_);
    }
    if (random_.chance(85)) {
      for (std::size_t i = 0, n = has("dup_sipdis") ? 2 : 1; i < n; ++i) {
        out_.captions.push_back("SIPDIS");
        open_.insert(open_.end(), {"SIPDIS", ""});
      }
    }
    if (random_.chance(45)) open_.insert(open_.end(), {"DEPT FOR NCA/RB AND EB/IFD", ""});
    std::string order = "E.O. 12958: N/A";
    if (class_name_ != "UNCLASSIFIED") {
      char date[64];
      std::snprintf(date, sizeof date, "%02zu/%02zu/%04zu", month_, day_, year_ + 10);
      order = (has("eo_typo") ? "EO 12958: DECL " : "E.O. 12958: DECL: ") + std::string(date);
      std::snprintf(date, sizeof date, "%04zu-%02zu-%02zu", year_ + 10, month_, day_);
      out_.declassify_date = date;
    }
    open_.push_back(order);
    tags();
    std::string subject = upper(phrase(random_.between(4, 12)));
    if (random_.chance(30)) subject = upper(std::string(names[random_.below(names.size())])) + ": " + subject;
    out_.subject = subject;
    for (auto& line : wrap((has("subj_short") ? "SUBJ: " : "SUBJECT: ") + subject, 60)) open_.push_back(line);
    open_.push_back("");
    references();
    if (class_name_ != "UNCLASSIFIED") {
      const std::string text = "Classified By: " + random_.pick(titles) + " " + random_.pick(first_names) + " " + random_.pick(names) + ", for reasons " +
                               random_.pick(std::array<std::string_view, 4>{"1.4 (b) and (d)", "1.4 (b, d)", "1.5 (b) and (d)", "1.4 (d)"}) + ".";
      for (auto& line : wrap(text, 66)) open_.push_back(line);
      open_.push_back("");
    }
  }

  void tags() {
    std::string text;
    const std::string separator = random_.chance(50) ? ", " : " ";
    for (std::size_t i = 0, n = random_.between(1, 6), at = random_.below(tag_codes.size()); i < n; ++i) {
      const std::string tag(tag_codes[(at + i * 5) % tag_codes.size()]);
      out_.tags.push_back(tag);
      if (i > 0) text += separator;
      text += is_markdown() ? "[" + tag + "](#)" : tag;
    }
    if (has("tags_lower"))
      for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    open_.push_back((has("tags_nocolon") ? "TAGS " : "TAGS: ") + text);
  }

  void references() {
    const std::size_t n = random_.below(5);
    const std::string word = has("refs_plural") ? "REFS: " : "REF: ";
    for (std::size_t i = 0; i < n; ++i) {
      const bool state = random_.chance(30);
      const std::string station = state ? "STATE" : std::string(posts[random_.below(posts.size())].name);
      const std::size_t year = year_ - (random_.chance(25) ? 1 : 0);
      std::size_t number = random_.between(1, 2999);
      const bool with_year = year != year_ || random_.chance(30);
      if (!with_year && station == post_.name && number >= serial_) number = serial_ > 1 ? serial_ - 1 : 0;
      if (number == 0) number = 1;
      const bool own_later = !with_year && station == post_.name && number >= serial_;
      generated_reference r;
      if (n > 1) r.label = std::string(1, static_cast<char>('A' + i));
      r.text = (with_year ? padded(year % 100, 2) + " " : "") + station + " " + (random_.chance(50) ? std::to_string(number) : padded(number, 5));
      std::string glued = station;
      glued.erase(std::remove(glued.begin(), glued.end(), ' '), glued.end());
      r.id = padded((own_later ? year - 1 : year) % 100, 2) + glued + std::to_string(number);
      if (has("no_header") && !with_year) r.id.clear();
      std::string lead = i == 0 ? word : "     ";
      std::string label = r.label.empty() ? "" : r.label + ". ";
      if (i > 0 && is_markdown()) {
        lead.clear();
        label = "[" + r.label + "](#). ";
        open_.push_back("");
      } else if (i > 0 && form_ == telegram_form::cablegate && !r.label.empty() && pilcrows_) {
        label = "\xC2\xB6" + label;
      }
      open_.push_back(lead + label + r.text);
      out_.refs.push_back(r);
    }
    if (n > 0) open_.push_back("");
  }

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
      switch (random_.below(12)) {
        case 0: out.insert(middle, " --"); break;
        case 1: out.insert(middle, " on October " + std::to_string(random_.between(1, 28)) + "."); break;
        case 2: out.insert(middle, " (" + phrase(2) + ")"); break;
        case 3: out.insert(middle, " R&D"); break;
        case 4: out.insert(middle, has("latin1") || random_.chance(20) ? " Jos\xC3\xA9 Mear" : " Orlo Mear"); break;
        case 5: out.insert(middle, " \"" + phrase(3) + "\""); break;
        case 6: out.insert(middle, " under 1.4 (b) and (d)."); break;
        case 7:
          if (!out_.refs.empty() && !out_.refs[0].label.empty()) out.insert(middle, " (ref A)");
          break;
        case 8:
          if (random_.chance(20)) out.insert(middle, " (garble)");
          break;
        default: break;
      }
    }
    return out + ".";
  }

  void add_wrapped(const std::string& text) {
    for (auto& line : wrap(text, width_)) body_.push_back(line);
  }

  void body() {
    width_ = is_markdown() || has("long_line") ? 100000 : form_ == telegram_form::acp127 ? 65 : 69;
    const std::string pilcrow = form_ == telegram_form::acp127 || !pilcrows_ ? "" : is_markdown() && random_.chance(50) ? "[1](#)" : "\xC2\xB6";
    const std::size_t paragraphs = random_.between(1, sections_ > 1 ? 9 : 6);
    std::size_t number = 0;
    for (std::size_t i = 0; i < paragraphs; ++i) {
      if (i >= 1 && random_.chance(35)) add_heading();
      ++number;
      if (has("para_gap") && i == 2) ++number;
      std::string lead = pilcrow + std::to_string(number) + ". ";
      // A link flattened into the number, on some lines only.
      if (is_markdown() && pilcrow == "[1](#)" && i > 0 && !has("para_gap") && random_.chance(40)) lead = "1" + std::to_string(number) + ". ";
      if (class_name_ != "UNCLASSIFIED" || !class_caption_.empty()) lead += std::string("(") + (class_caption_ == "SENSITIVE" ? "SBU" : random_.chance(80) ? mark_ : "U") + ") ";
      std::string text;
      for (std::size_t k = 0, n = random_.between(1, 6); k < n; ++k) text += (k ? (random_.chance(30) ? "  " : " ") : "") + sentence();
      if (i == 0 && random_.chance(70)) text = "SUMMARY: " + text + " END SUMMARY.";
      if (has("html_entities")) replace(text, "&", "&amp;"), replace(text, "\"", "&quot;");
      if (has("control_chars") && random_.chance(40)) text.insert(text.size() / 2, 1, "\x01\x1A\x07\x08"[random_.below(4)]);
      out_.paragraph_numbers.push_back(std::to_string(number));
      add_wrapped(lead + text);
      body_.push_back("");
      if (random_.chance(15)) add_list();
      if (has("quoted_header") && i == 1)
        body_.insert(body_.end(), {"Begin text of reftel:", "", "R 010101Z JAN 99", "FM AMEMBASSY TOVARNA", "TO RUEHC/SECSTATE WASHDC", "SUBJECT: QUOTED TELEGRAM", "", "End text.", ""});
    }
    if (!has("no_signature")) out_.signature = upper(random_.pick(names));
  }
  static void replace(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
  }
  void add_heading() {
    std::string title = random_.pick(heading_titles);
    if (random_.chance(50)) title = upper(title);
    out_.headings.push_back(title);
    if (is_markdown() && random_.chance(70)) body_.insert(body_.end(), {"#### " + title, "", "-----", ""});
    else body_.insert(body_.end(), {title, std::string(is_markdown() ? 5 : std::max<std::size_t>(3, title.size() - random_.below(3)), '-'), ""});
  }
  void add_list() {
    const std::string mark = is_markdown() || random_.chance(50) ? "- " : "-- ";
    for (std::size_t i = 0, n = random_.between(2, 5); i < n; ++i) {
      add_wrapped(mark + sentence());
      if (!is_markdown() && random_.chance(50)) body_.push_back("");
      ++out_.items;
    }
    if (!body_.back().empty()) body_.push_back("");
  }

  // Running headers, or further transmissions, at lines of the body.
  void break_sections(std::vector<std::string>& text) {
    const std::size_t part = std::max<std::size_t>(2, text.size() / sections_);
    std::vector<std::string> broken;
    std::size_t section = 2, lines = 0;
    const auto may_break = [&](std::size_t i) {
      const auto& line = text[i];
      return lines > part && section <= sections_ && !line.empty() && line[0] != '-' && line[0] != '#' && !broken.empty() && broken.back().substr(0, 1) != "-" &&
             !(i + 1 < text.size() && !text[i + 1].empty() && text[i + 1][0] == '-') && !(broken.back().substr(0, 1) == "#");
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (may_break(i)) {
        if (form_ == telegram_form::acp127) {
          broken.insert(broken.end(), {"BT", "#" + padded(serial_ % 10000, 4), "NNNN", ""});
          for (auto& line : heading_lines(section)) broken.push_back(line);
          broken.insert(broken.end(), {"BT", class_line(section), ""});
          for (auto& line : open_) broken.push_back(line);
        } else {
          std::string name(post_.name.substr(0, 10));
          const std::string header = name + " " + padded(serial_, 8) + "  " + padded(section, 3) + " OF " + padded(sections_, 3);
          if (is_markdown() && text[i].size() > 60 && text[i].find(' ', text[i].size() / 2) != std::string::npos) {
            const auto cut = text[i].find(' ', text[i].size() / 2);
            broken.insert(broken.end(), {text[i].substr(0, cut), "", header, ""});
            text[i] = text[i].substr(cut + 1);
          } else {
            broken.insert(broken.end(), {"", header, "", ""});
          }
        }
        ++section;
        lines = 0;
      }
      broken.push_back(text[i]);
      ++lines;
    }
    broken_sections_ = section - 1;
    text = std::move(broken);
  }

  void assemble() {
    std::vector<std::string> lines;
    if (is_markdown()) {
      lines = {"", ""};
      for (auto& line : head_)
        if (!line.empty()) line += "  ";
    }
    lines.insert(lines.end(), head_.begin(), head_.end());
    lines.push_back(form_ == telegram_form::acp127 && !has("no_header") ? "BT" : "");
    const bool broken = sections_ > 1 && !has("no_header");
    auto text = body_;
    if (broken) break_sections(text);
    lines.push_back(class_line(1));
    lines.push_back("");
    lines.insert(lines.end(), open_.begin(), open_.end());
    if (has("tabs"))
      for (auto& line : text)
        if (const auto at = line.find(". "); at != std::string::npos && line[0] != '-') line[at + 1] = '\t';
    lines.insert(lines.end(), text.begin(), text.end());
    if (!out_.signature.empty()) lines.push_back(out_.signature);
    if (form_ == telegram_form::acp127) lines.insert(lines.end(), {"BT", "#" + padded(serial_ % 10000, 4), "NNNN"});
    std::string& octets = out_.octets;
    const bool trailing = has("trailing") || (form_ == telegram_form::cablegate && random_.chance(30));
    const std::string end = has("crlf") ? "\r\n" : "\n";
    std::size_t feeds = has("formfeed") ? 3 : 0;
    for (const auto& line : lines) {
      octets += line;
      if (line.empty() && feeds > 0 && !octets.empty()) {
        octets += '\f';
        --feeds;
      }
      if (trailing && !line.empty()) octets += ' ';
      octets += end;
    }
    if (has("latin1")) octets = to_latin1(octets);
    else if (has("bom")) octets.insert(0, "\xEF\xBB\xBF");
    out_.sections = sections_;
  }
  static std::string to_latin1(const std::string& utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
      const auto c = static_cast<unsigned char>(utf8[i]);
      if (c >= 0xC2 && c <= 0xC3 && i + 1 < utf8.size()) out += static_cast<char>(static_cast<unsigned char>(utf8[++i]) | (c == 0xC3 ? 0x40 : 0));
      else out += utf8[i];
    }
    return out;
  }

  random random_;
  telegram_form form_;
  generated_telegram out_;
  post post_{};
  std::size_t year_ = 0, month_ = 0, day_ = 0, hour_ = 0, minute_ = 0, serial_ = 0, sections_ = 1, width_ = 69, broken_sections_ = 1;
  std::string class_name_, class_line_, mark_, security_, class_caption_;
  char prosign_ = 'R';
  bool pilcrows_ = true;
  std::vector<std::string> addressees_, head_, open_, body_;
};

}  // namespace generator

inline generated_telegram generate_telegram(std::uint64_t seed, telegram_form form, bool dirty) {
  return generator::maker(seed, form, dirty).make();
}

}  // namespace dragoman::testing
