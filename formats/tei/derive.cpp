#include "derive.hpp"

#include <dragoman/text.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman::tei {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

bool begins_with_word(std::string_view text, std::string_view word) noexcept {
  if (text.size() < word.size()) return false;
  return std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == upper(b); });
}

struct facts {
  std::string subject, title, number, date, date_text, date_from, date_to, place, source_note, classification, precedence,
      reference, signature;
  std::vector<std::string> from, to, info, captions, refs, participants;
  bool editorial = false;
};

void add(std::vector<std::string>& list, std::string text) {
  if (!text.empty()) list.push_back(std::move(text));
}

// The first descendant that `is` says, in document order.
template <class Predicate>
tree_node find_below(tree_node top, Predicate&& is) {
  for (tree_node at = top.following(top, true); at; at = at.following(top, true))
    if (is(at)) return at;
  return {};
}

class document_facts {
public:
  document_facts(tree_node div, const tei_names& names) : div_(div), names_(names) {
    const auto first = [&](tree_node& kept, tree_node n, std::string_view name) {
      if (!kept && names_.is(n, name)) kept = n;
    };
    for (auto n = div.first_child(); n; n = n.next_sibling()) {
      switch (names_.initial_of(n)) {
        case 'h': first(head_, n, "head"); break;
        case 'o': first(opener_, n, "opener"); break;
        case 'd': first(dateline_, n, "dateline"); break;
        case 'c': first(closer_, n, "closer"); break;
        case 'p': first(paragraph_, n, "p"); break;
        case 'l':
          if (names_.is(n, "list")) lists_.push_back(n);
          break;
        case 'n':
          if (is_source(n, "note")) first(source_note_, n, "note");
          break;
        default: break;
      }
    }
  }

  facts find() {
    number();
    heading();
    lists();
    date();
    note();
    reference();
    const auto signed_by = names_.find(closer_, "signed/persName");
    f_.signature = signed_by ? collapsed_text_of(signed_by, "note") : std::string();
    if (f_.subject.empty()) f_.subject = f_.title;
    return std::move(f_);
  }

private:
  void number() {
    std::string_view n = trim(attribute_of(div_, "n"));
    while (!n.empty() && n.front() == '[') n.remove_prefix(1);
    while (!n.empty() && n.back() == ']') n.remove_suffix(1);
    f_.number = n;
  }
  void heading() {
    if (head_) {
      std::string title = collapsed_text_of(head_, "note");
      std::size_t digits = 0;
      while (digits < title.size() && is_digit(title[digits])) ++digits;
      if (digits > 0 && title.compare(digits, 2, ". ") == 0) title.erase(0, digits + 2);
      f_.title = std::move(title);
      tree_node from, to;
      find_below(head_, [&](tree_node n) {
        const char initial = names_.initial_of(n);
        if (initial == 'n' && !noted_ && is_source(n, "note")) noted_ = n;
        if ((initial != 'p' || !names_.is(n, "persName")) && (initial != 'g' || !names_.is(n, "gloss"))) return false;
        const std::string_view type = trim(attribute_of(n, "type"));
        if (type == "from" && !from) from = n;
        if (type == "to" && !to) to = n;
        return false;  // all of it is looked at
      });
      if (from) add(f_.from, collapsed_text_of(from, "note"));
      if (to) add(f_.to, collapsed_text_of(to, "note"));
    }
    f_.editorial = trim(attribute_of(div_, "subtype")) == "editorial-note" || f_.title == "Editorial Note";
  }
  // The types of lists are unreliable; what their heads say counts first.
  void lists() {
    const bool named_from = !f_.from.empty(), named_to = !f_.to.empty();
    for (const auto list : lists_) {
      const std::string_view type = trim(attribute_of(list, "type"));
      const tree_node head = names_.child(list, "head");
      const std::string says = head ? collapsed_text_of(head, "note") : std::string();
      const auto items = [&] {
        std::vector<std::string> found;
        for (auto item = list.first_child(); item; item = item.next_sibling())
          if (names_.is(item, "item")) add(found, collapsed_text_of(item, "note"));
        return found;
      };
      const auto take = [&](std::vector<std::string>& into) {
        for (auto& item : items()) into.push_back(std::move(item));
      };
      if (begins_with_word(says, "REF") || type == "references") take(f_.refs);
      else if (begins_with_word(says, "SUBJ") || (type == "subject" && says.empty())) join(f_.subject, items());
      else if (begins_with_word(says, "PARTICIPANTS") || type == "participants") take(f_.participants);
      else if (begins_with_word(says, "INFO")) take(f_.info);
      else if ((type == "from" || begins_with_word(says, "FM") || begins_with_word(says, "FROM")) && !named_from) take(f_.from);
      else if ((type == "to" || says == "TO" || begins_with_word(says, "ACTION")) && !named_to) take(f_.to);
    }
  }
  static void join(std::string& into, const std::vector<std::string>& items) {
    for (const auto& i : items) {
      if (!into.empty()) into += ' ';
      into += i;
    }
  }
  void date() {
    tree_node dateline = names_.child(opener_, "dateline");
    if (!dateline) dateline = dateline_;
    if (!dateline) dateline = names_.child(closer_, "dateline");
    if (dateline) {
      const auto place = find_below(dateline, [&](tree_node n) { return names_.is(n, "placeName"); });
      if (place) f_.place = collapsed_text_of(place, "note");
      const auto when = find_below(dateline, [&](tree_node n) { return names_.is(n, "date"); });
      if (when) {
        f_.date_text = collapsed_text_of(when, "note");
        f_.date = trim(attribute_of(when, "when"));
        for (const auto& [first, last] : {std::pair("from", "to"), std::pair("notBefore", "notAfter")}) {
          if (!f_.date.empty() || !f_.date_from.empty()) break;
          f_.date_from = trim(attribute_of(when, first));
          f_.date_to = trim(attribute_of(when, last));
        }
      }
      if (f_.date.empty() && f_.date_from.empty())
        if (const auto time = find_below(dateline, [&](tree_node n) { return names_.is(n, "time"); }))
          f_.date_from = trim(attribute_of(time, "from"));
    }
    // The bounds that every document of FRUS has today, whatever prefix its namespace has.
    for (auto a = div_.first_attribute(); a; a = a.next()) {
      const std::string_view name = a.name();
      const auto local = name.substr(name.find(':') == npos ? 0 : name.find(':') + 1);
      if (local == "doc-dateTime-min" && f_.date_from.empty()) f_.date_from = a.value();
      if (local == "doc-dateTime-max" && f_.date_to.empty()) f_.date_to = a.value();
    }
    if (f_.date.empty()) f_.date = f_.date_from;
  }
  void note() {
    tree_node note = noted_ ? noted_ : source_note_;
    if (!note) note = find_below(div_, [&](tree_node n) { return is_source(n, "seg"); });
    if (!note) return;
    f_.source_note = collapsed_text_of(note);
    using word = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<word, 6> levels{{{"Top Secret", "TOP SECRET"},
                                                 {"Secret", "SECRET"},
                                                 {"Confidential", "CONFIDENTIAL"},
                                                 {"Limited Official Use", "LIMITED OFFICIAL USE"},
                                                 {"Official Use Only", "OFFICIAL USE ONLY"},
                                                 {"Unclassified", "UNCLASSIFIED"}}};
    static constexpr std::array<word, 5> precedences{
        {{"Flash", "FLASH"}, {"Niact", "NIACT"}, {"Immediate", "IMMEDIATE"}, {"Priority", "PRIORITY"}, {"Routine", "ROUTINE"}}};
    static constexpr std::array<word, 6> captions{{{"Nodis", "NODIS"},
                                                   {"Exdis", "EXDIS"},
                                                   {"Limdis", "LIMDIS"},
                                                   {"Noforn", "NOFORN"},
                                                   {"Eyes Only", "EYES ONLY"},
                                                   {"No Distribution", "NODIS"}}};
    // The first of each table that is said, and all captions that are.
    std::size_t level = levels.size(), precedence = precedences.size();
    std::array<bool, captions.size()> has_caption{};
    for_each_remark(f_.source_note, [&](std::string_view remark) {
      const auto says = [&](const word& w) { return is_remark(w.first, remark); };
      level = std::min(level, static_cast<std::size_t>(std::find_if(levels.begin(), levels.end(), says) - levels.begin()));
      precedence = std::min(
          precedence, static_cast<std::size_t>(std::find_if(precedences.begin(), precedences.end(), says) - precedences.begin()));
      for (std::size_t i = 0; i < captions.size(); ++i) has_caption[i] |= says(captions[i]);
    });
    if (level < levels.size()) f_.classification = levels[level].second;
    if (precedence < precedences.size()) f_.precedence = precedences[precedence].second;
    for (std::size_t i = 0; i < captions.size(); ++i)
      if (has_caption[i]) f_.captions.emplace_back(captions[i].second);
  }
  // What stands after each full stop or semicolon that ends the citation, or a remark; only what may be one of the words, which
  // begin with a capital letter.
  template <class Take>
  static void for_each_remark(std::string_view note, Take&& take) {
    for (const char mark : {'.', ';'})
      for (auto at = note.find(mark); at != npos; at = note.find(mark, at + 1))
        if (at + 2 < note.size() && note[at + 1] == ' ' && note[at + 2] >= 'A' && note[at + 2] <= 'Z') take(note.substr(at + 2));
  }
  // Does the note say this as a remark of its own, up to the next mark?
  static bool is_remark(std::string_view word, std::string_view remark) noexcept {
    if (remark.front() != word.front() || remark.substr(0, word.size()) != word) return false;
    return remark.size() == word.size() || remark[word.size()] == '.' || remark[word.size()] == ';' || remark[word.size()] == ',';
  }
  void reference() {
    const std::string_view title = f_.title;
    if (title.substr(0, 9) == "Telegram ") {
      const auto end = title.find(' ', 9);
      if (end != npos && begins_with_word(title.substr(end + 1), "FROM") && is_digit(title[9]))
        f_.reference = title.substr(9, end - 9);
    }
    if (!f_.reference.empty() || !paragraph_) return;
    // Most paragraphs begin with a letter, which is seen without their text.
    const tree_node begin = paragraph_.first_child();
    if (is_text(begin) && !is_blank(begin.value()) && !is_digit(trim(begin.value()).front())) return;
    constexpr std::size_t enough = 8;  // a number, and a full stop
    const std::string first = collapsed_text_of(paragraph_, "note", enough);
    std::size_t digits = 0;
    while (digits < first.size() && is_digit(first[digits])) ++digits;
    if (digits >= 1 && digits <= 6 && digits < first.size() && first[digits] == '.') f_.reference = first.substr(0, digits);
  }

  bool is_source(tree_node n, std::string_view name) const noexcept {
    return names_.is(n, name) && trim(attribute_of(n, "type")) == "source";
  }

  tree_node div_;
  const tei_names& names_;
  tree_node head_, opener_, dateline_, closer_, paragraph_, source_note_;  // the first of its children each
  tree_node noted_;                                                        // the first source note in its head
  std::vector<tree_node> lists_;                                           // all of them
  facts f_;
};

void tell_texts(builder& out, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.list(name);
  for (const auto& t : texts) out.value({}, t);
  out.close();
}
void tell_records(builder& out, std::string_view name, std::string_view member, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.list(name);
  for (const auto& t : texts) out.map().value(member, t).close();
  out.close();
}

void tell_facts(builder& out, const facts& f) {
  out.map("meta");
  out.optional("subject", f.subject)
      .optional("date", f.date)
      .optional("date_text", f.date_text)
      .optional("precedence", f.precedence);
  if (!f.from.empty()) out.map("from").value("name", f.from.front()).close();
  tell_records(out, "to", "name", f.to);
  tell_records(out, "info", "name", f.info);
  out.optional("classification", f.classification);
  tell_texts(out, "captions", f.captions);
  tell_records(out, "refs", "text", f.refs);
  out.optional("signature", f.signature)
      .optional("source_note", f.source_note)
      .optional("place", f.place)
      .optional("number", f.number);
  if (f.title != f.subject) out.optional("x_title", f.title);
  out.optional("x_reference", f.reference).optional("x_date_from", f.date_from).optional("x_date_to", f.date_to);
  tell_texts(out, "x_participants", f.participants);
  if (f.editorial) out.leaf(node_type::literal, "x_editorial", "true");
  std::vector<std::string> guessed;
  if (!f.classification.empty()) guessed.emplace_back("classification");
  if (!f.precedence.empty()) guessed.emplace_back("precedence");
  if (!f.captions.empty()) guessed.emplace_back("captions");
  tell_texts(out, "x_guessed", guessed);
  out.close();
}

}  // namespace

void tell_derived_from_div(builder& out, pugi::xml_node div, const tei_names& names) {
  tell_facts(out, document_facts(div, names).find());
}

void tell_derived_from_header(builder& out, pugi::xml_node header, const tei_names& names) {
  facts f;
  if (const auto title = names.find(header, "fileDesc/titleStmt/title")) f.subject = f.title = collapsed_text_of(title, "note");
  for (const auto action : names.find(header, "profileDesc/correspDesc").children()) {
    if (!names.is(action, "correspAction")) continue;
    const std::string_view type = trim(attribute_of(action, "type"));
    for (const auto n : action.children()) {
      if ((names.is(n, "persName") || names.is(n, "orgName")) && type == "sent") add(f.from, collapsed_text_of(n, "note"));
      if ((names.is(n, "persName") || names.is(n, "orgName")) && type == "received")
        add(trim(attribute_of(action, "subtype")) == "cc" ? f.info : f.to, collapsed_text_of(n, "note"));
      if (names.is(n, "placeName") && type == "sent" && f.place.empty()) f.place = collapsed_text_of(n, "note");
      if (!names.is(n, "date") || type != "sent" || !f.date_text.empty() || !f.date.empty()) continue;
      f.date_text = collapsed_text_of(n, "note");
      f.date = trim(attribute_of(n, "when"));
      f.date_from = trim(n.attribute("from") ? attribute_of(n, "from") : attribute_of(n, "notBefore"));
      f.date_to = trim(n.attribute("to") ? attribute_of(n, "to") : attribute_of(n, "notAfter"));
      if (f.date.empty()) f.date = f.date_from;
    }
  }
  const auto statement = names.find(header, "fileDesc/sourceDesc/msDesc/msIdentifier");
  if (statement) f.source_note = collapsed_text_of(statement);
  tell_facts(out, f);
}

}  // namespace dragoman::tei
