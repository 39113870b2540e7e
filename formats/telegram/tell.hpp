// A parsed telegram told as events, to the host's builder or to a fingerprint (design.md 3; vocabulary.hpp).
#pragma once
#include <dragoman/plugin.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "ascii.hpp"
#include "grammar.hpp"
#include "identity.hpp"
#include "model.hpp"
#include "numbering.hpp"

namespace dragoman::telegram {

// A sink of the same events that hashes what they mean: names, and text without white space, which does not count. Two
// models that are semantically equal have the same fingerprint. FNV-1a, 64 bits.
class fingerprint {
public:
  fingerprint& map(std::string_view name = {}) { return mark('{', name); }
  fingerprint& list(std::string_view name = {}) { return mark('[', name); }
  fingerprint& element(std::string_view name) { return mark('<', name); }
  fingerprint& attr(std::string_view name, std::string_view value) { return mark('@', name).mark('=', value); }
  fingerprint& text(std::string_view words) {
    add(words);
    return *this;
  }
  fingerprint& close() { return mark('>', {}); }
  fingerprint& span(std::uint64_t, std::uint64_t) { return *this; }
  fingerprint& value(std::string_view name, std::string_view words) { return mark('"', name).mark('=', words); }
  // "x-" and 12 hexadecimal digits: an id for a telegram without a number.
  std::string id() const {
    constexpr char digits[] = "0123456789abcdef";
    std::string out = "x-";
    for (int shift = 60; shift > 12; shift -= 4) out += digits[hash_ >> shift & 15];
    return out;
  }

private:
  fingerprint& mark(char kind, std::string_view name) {
    octet(static_cast<unsigned char>(kind));
    add(name);
    return *this;
  }
  void add(std::string_view words) {
    for (const char c : words)
      if (!is_space(c)) octet(static_cast<unsigned char>(c));
  }
  void octet(unsigned char c) { hash_ = (hash_ ^ c) * 0x100000001b3ull; }
  std::uint64_t hash_ = 0xcbf29ce484222325ull;
};

namespace detail {

template <class Sink>
class teller {
public:
  teller(Sink& sink, const telegram& t) : sink_(sink), t_(t) {}

  void meta() {
    sink_.map("meta");
    text("subject", t_.subject);
    text("date", t_.first.date);
    text("date_text", t_.first.date_text);
    text("precedence", t_.first.precedence);
    text("info_precedence", t_.first.info_precedence);
    if (!t_.first.from.name.empty() || !t_.first.from.route.empty()) one_party("from", t_.first.from);
    parties("to", t_.first.to);
    parties("info", t_.first.info);
    parties("exempt", t_.first.exempt);
    text("classification", t_.first.classification);
    texts("captions", t_.captions);
    texts("passing", t_.passing);
    texts("corrections", t_.corrections);
    declassify();
    texts("tags", t_.tags);
    references();
    authority();
    text("signature", t_.signature);
    text("x_signature", t_.signature_text);
    text("x_lost", t_.lost);
    first_transmission();
    unknown_lines();
    flag_list();
    printed_id();
    texts("x_preamble", t_.preamble);
    text("x_notice", t_.notice);
    signals("x_signals", t_.first.signals, t_.first.signals.text);
    text("x_group_count", t_.first.group_count);
    plain("x_number", t_.printed_number, t_.first.number_place.begin, t_.first.number_place.end);
    plain("x_section", t_.printed_section, t_.first.section_place.begin, t_.first.section_place.end);
    text("x_derived_from", t_.derived_from);
    text("x_declassify_on", t_.declassify_on);
    text("x_subject_mark", t_.subject_mark);
    plain("x_label_order", t_.label_order);
    texts("x_pages", t_.first.pages);
    copies("x_distribution", t_.first.copies);
    further_transmissions();
    attributes();
    sink_.close();
  }

  void body() {
    sink_.list("body");
    // Text told in pieces is one node of the model; its span begins with the first piece.
    bool after_text = false;
    std::uint32_t begin = 0, end = 0;
    for (const auto& e : t_.body) {
      switch (e.what) {
        case event::kind::open:
          sink_.element(e.name);
          sink_.span(e.begin, e.end);  // also that of a gap before the first octet
          break;
        case event::kind::attribute: sink_.attr(e.name, e.text); break;
        case event::kind::text:
          if (e.text.empty()) break;
          sink_.text(e.text);
          if (!after_text || begin == end) begin = e.begin;
          end = std::max(after_text ? end : e.end, e.end);
          span(begin, end);
          break;
        case event::kind::close: sink_.close(); break;
      }
      after_text = e.what == event::kind::text;
    }
    for (const auto& line : t_.trailers) {
      sink_.element("trailer");
      span(line.begin, line.end);
      sink_.text(line.text);
      span(line.begin, line.end);
      sink_.close();
    }
    sink_.close();
  }

private:
  void span(std::uint32_t begin, std::uint32_t end) {
    if (end > 0 && end >= begin) sink_.span(begin, end);  // an empty one is a place where something is missing
  }
  // A text that is a slice of the octets knows its place; another has that of what it was read from.
  void place(std::string_view words, std::uint32_t begin, std::uint32_t end) {
    const auto at = static_cast<std::size_t>(words.data() - t_.octets.data());
    if (at < t_.octets.size() && words.size() <= t_.octets.size() - at)
      span(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + words.size()));
    else span(begin, end);
  }
  void plain(std::string_view name, std::string_view words, std::uint32_t begin = 0, std::uint32_t end = 0) {
    if (words.empty()) return;
    sink_.value(name, words);
    place(words, begin, end);
  }
  void text(std::string_view name, const value& v) {
    if (v.empty()) return;
    sink_.value(name, v.text);
    span(v.begin, v.end);
  }
  void texts(std::string_view name, const std::vector<value>& values) {
    if (values.empty()) return;
    sink_.list(name);
    for (const auto& v : values) text({}, v);
    sink_.close();
  }
  void one_party(std::string_view name, const party& p) {
    sink_.map(name);
    span(p.begin, p.end);
    plain("name", p.name, p.begin, p.end);
    plain("route", p.route, p.begin, p.end);
    if (!p.precedence.empty()) {
      sink_.value("precedence", p.precedence);  // in full and in capitals; where it is printed
      place(p.printed_precedence, p.begin, p.end);
    }
    plain("number", p.number, p.begin, p.end);
    plain("office", p.office, p.begin, p.end);
    if (!same(p.printed_precedence, p.precedence)) plain("x_precedence", p.printed_precedence, p.begin, p.end);
    sink_.close();
  }
  void parties(std::string_view name, const std::vector<party>& all) {
    if (all.empty()) return;
    sink_.list(name);
    for (const auto& p : all) one_party({}, p);
    sink_.close();
  }
  void declassify() {
    if (t_.declassify.empty()) return;
    sink_.map("declassify");
    text("text", t_.declassify);
    text("order", t_.order);
    const auto& d = t_.declassification;
    text("x_action", d.action);
    text("x_level", d.level);
    text("date", d.date);
    text("x_event", d.event);
    text("x_code", d.code);
    text("x_exemption", d.exemption);
    sink_.close();
  }
  void references() {
    if (t_.refs.empty()) return;
    sink_.list("refs");
    for (const auto& r : t_.refs) {
      sink_.map();
      span(r.begin, r.end);
      text("label", r.label);
      text("text", r.text);
      text("id", r.id);
      text("x_qualifier", r.qualifier);
      sink_.close();
    }
    sink_.close();
  }
  void authority() {
    const auto& a = t_.classified_by;
    if (a.empty()) return;
    sink_.map("classified_by");
    text("title", a.title);
    text("name", a.name);
    text("reason", a.reason);
    sink_.close();
    texts("x_reasons", a.reasons);
    text("x_authority_note", a.rest);
  }
  void transmission_lines(const transmission& lines) {
    text("id", lines.id);
    text("routing", lines.routing);
    text("de", lines.de);
    text("security", lines.security);
    text("end", lines.end);
    security_signals(lines.security);
  }
  // The operating signals of FL4; not told when there is only the usual one (telegram.md 3.5).
  void security_signals(const value& security) {
    std::string_view rest = security.text;
    take_word(rest);
    take_word(rest);
    rest = trim(rest);
    if (rest != "ZZH") signals("x_signals", security, rest);
  }
  // The signals of `rest`, a part of `line`, each with what belongs to it.
  void signals(std::string_view name, const value& line, std::string_view rest) {
    if (rest.empty()) return;
    sink_.list(name);
    while (!rest.empty()) {
      std::string_view more = rest;
      auto end = take_word(more).size();
      for (auto word = take_word(more); !word.empty() && (!is_signal(word) || word == "SVC"); word = take_word(more))
        end = static_cast<std::size_t>(word.data() + word.size() - rest.data());
      plain({}, rest.substr(0, end), line.begin, line.end);
      rest = trim(rest.substr(end));
    }
    sink_.close();
  }
  void first_transmission() {
    const auto& lines = t_.first.lines;
    if (lines.empty() || (lines.id.empty() && lines.routing.empty() && lines.de.empty() && lines.security.empty() &&
                          lines.end.empty() && lines.relay.empty() && !odd_validation(t_.first)))
      return;
    sink_.map("transmission");
    transmission_lines(lines);
    if (odd_validation(t_.first)) text("x_validation", lines.validation);
    relay("x_", lines.relay);
    sink_.close();
  }
  // The relay line, and of its later form the time and serial (telegram.md 2.11).
  void relay(const std::string& prefix, const value& line) {
    text(prefix + "relay", line);
    const auto parts = split_relay(line.text);
    if (parts.time.empty()) return;
    text(prefix + "relay_time", {parts.time, line.begin, line.end});
    text(prefix + "relay_serial", {parts.serial, line.begin, line.end});
  }
  // A validation line that the reference number does not give.
  bool odd_validation(const heading& h) const {
    return !h.lines.validation.empty() && (h.number.empty() || h.lines.validation.text != validation_of(h.number.serial));
  }
  void flag_list() {
    if (t_.flags == 0) return;
    struct row {
      flag_set flag;
      std::string_view name;
    };
    constexpr std::array<row, 7> rows{{{flags::partial, "partial"},
                                       {flags::repeat, "repeat"},
                                       {flags::duplicate, "duplicate"},
                                       {flags::correction, "correction"},
                                       {flags::corrected, "corrected"},
                                       {flags::cancelled, "cancelled"},
                                       {flags::placeholder, "placeholder"}}};
    sink_.list("x_flags");
    for (const auto& r : rows)
      if ((t_.flags & r.flag) != 0) sink_.value({}, r.name);
    sink_.close();
  }
  void printed_id() {
    if (t_.id_text.empty()) return;
    sink_.map("x_id");
    text("text", t_.id_text);
    plain("second", t_.id_second, t_.id_text.begin, t_.id_text.end);
    plain("suffix", t_.id_suffix, t_.id_text.begin, t_.id_text.end);
    sink_.close();
  }
  void unknown_lines() {
    if (t_.first.unknown.empty()) return;
    sink_.list("lines");
    for (const auto& l : t_.first.unknown) {
      sink_.map();
      sink_.value("n", std::to_string(l.number));
      span(l.text.begin, l.text.end);
      text("text", l.text);
      sink_.close();
    }
    sink_.close();
  }
  void copies(std::string_view name, const distribution& d) {
    if (d.empty()) return;
    sink_.map(name);
    text("number", d.number);
    text("action", d.action);
    texts("info", d.info);
    text("total", d.total);
    texts("notes", d.notes);
    sink_.close();
  }
  static bool same_parties(const std::vector<party>& a, const std::vector<party>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const party& x, const party& y) { return is_same_addressee(x, y) && x.number == y.number; });
  }
  static bool same_copies(const distribution& a, const distribution& b) {
    const auto equal = [](const std::vector<value>& x, const std::vector<value>& y) {
      if (x.size() != y.size()) return false;
      for (std::size_t i = 0; i < x.size(); ++i)
        if (x[i].text != y[i].text) return false;
      return true;
    };
    return a.number.text == b.number.text && a.action.text == b.action.text && a.total.text == b.total.text &&
           equal(a.info, b.info) && equal(a.notes, b.notes);
  }
  // The transmissions of later sections: their format lines, and of the rest what differs from the first.
  void further_transmissions() {
    if (t_.further.empty()) return;
    sink_.list("x_transmissions");
    for (std::size_t i = 0; i < t_.further.size(); ++i) {
      const auto& h = t_.further[i];
      const auto number = h.section.number != 0 ? h.section.number : static_cast<std::uint32_t>(i + 2);
      sink_.map();
      sink_.value("section", std::to_string(number));
      span(h.place.begin, h.place.end);
      transmission_lines(h.lines);
      if (odd_validation(h)) text("validation", h.lines.validation);
      relay("", h.lines.relay);
      if (h.date_text.text != t_.first.date_text.text) text("date_text", h.date_text);
      if (!h.date_text.empty() && h.precedence.text != t_.first.precedence.text) text("precedence", h.precedence);
      if (!h.date_text.empty() && h.info_precedence.text != t_.first.info_precedence.text)
        text("info_precedence", h.info_precedence);
      if (!same_words(h.signals.text, t_.first.signals.text)) signals("date_signals", h.signals, h.signals.text);
      if (h.group_count.text != t_.first.group_count.text) text("group_count", h.group_count);
      if (h.classification.text != t_.first.classification.text) text("classification", h.classification);
      if (!h.number.empty() && normal_number(h.number) != normal_number(t_.first.number)) text("number", h.number_place);
      if (h.section.total != t_.first.section.total && h.section.total != 0) {
        sink_.value("total", std::to_string(h.section.total));
        span(h.section_place.begin, h.section_place.end);
      }
      if (!h.from.name.empty() && h.from.name != t_.first.from.name) one_party("from", h.from);
      if (!h.to.empty() && !same_parties(h.to, t_.first.to)) parties("to", h.to);
      if (!h.info.empty() && !same_parties(h.info, t_.first.info)) parties("info", h.info);
      if (!h.exempt.empty() && !same_parties(h.exempt, t_.first.exempt)) parties("exempt", h.exempt);
      if (!h.unknown.empty()) {
        sink_.list("lines");
        for (const auto& l : h.unknown) text({}, l.text);
        sink_.close();
      }
      texts("pages", h.pages);
      if (!same_copies(h.copies, t_.first.copies)) copies("distribution", h.copies);
      sink_.close();
    }
    sink_.close();
  }
  void attributes() {
    if (t_.attributes.empty()) return;
    sink_.list("x_attributes");
    for (const auto& a : t_.attributes) {
      sink_.map();
      span(a.key.begin, a.text.end);
      text("key", a.key);
      text("value", a.text);
      text("date", a.date);
      sink_.close();
    }
    sink_.close();
  }

  Sink& sink_;
  const telegram& t_;
};

}  // namespace detail

template <class Sink>
void tell_meta(Sink& sink, const telegram& t) {
  detail::teller<Sink>(sink, t).meta();
}
template <class Sink>
void tell_body(Sink& sink, const telegram& t) {
  detail::teller<Sink>(sink, t).body();
}

// The id of a telegram: its reference number, or one made of what it says; the same however it was sent.
inline std::string id_of(const telegram& t) {
  if (!t.id.empty()) return std::string(t.id.text);
  fingerprint hash;
  hash.value("subject", t.subject.text).value("date", t.first.date_text.text);
  tell_body(hash, t);
  return hash.id();
}

// The telegram in the open map of its document: all but the source.
inline void tell_telegram(builder& out, const telegram& t) {
  out.value("id", id_of(t));
  if (t.id.end > t.id.begin) out.span(t.id.begin, t.id.end);
  out.value("kind", "cable");
  tell_meta(out, t);
  tell_body(out, t);
}
// The whole document, without a source.
inline void tell_document(builder& out, const telegram& t) {
  out.map("document");
  tell_telegram(out, t);
  out.close();
}

}  // namespace dragoman::telegram
