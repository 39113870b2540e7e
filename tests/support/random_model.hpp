// random_model.hpp - random documents for property tests: read(write(m)) == m, whatever m is.
//
// Deterministic: the same seed and flavour tell the same document on every machine. Everything told is legal for the
// builder; "profile" is also legal for the cable profile (docs/tei.md, vocabulary.hpp) and, written as TEI, valid
// against tei_all; "wild" is whatever the model can hold and XML can express.
#pragma once
#include <dragoman/plugin.hpp>
#include <dragoman/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::testing {

enum class flavour {
  profile,   // kind cable; meta and body as dragoman's own readers make them
  wild,      // kind cable; the same meta with any text, foreign elements, comments, PIs, mixed content
  document,  // kind document without meta (which would be computed); wild body
};

// A small generator of our own (splitmix64): the distributions of <random> differ between libraries.
class random_source {
public:
  explicit random_source(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(next() % bound); }
  bool one_in(std::size_t n) noexcept { return below(n) == 0; }
  template <std::size_t N>
  std::string_view pick(const std::array<std::string_view, N>& words) noexcept {
    return words[below(N)];
  }

private:
  std::uint64_t state_;
};

namespace detail {

class model_teller {
public:
  model_teller(builder& out, std::uint64_t seed, flavour f)
      : out_(out), random_(seed * 3 + static_cast<std::uint64_t>(f)), flavour_(f) {}

  void tell() {
    out_.map("document");
    const std::string octets = make_octets();
    if (random_.below(4) != 0) tell_source(octets);
    out_.value("id", make_id());
    out_.value("kind", flavour_ == flavour::document ? "document" : "cable");
    if (is_wild() && random_.one_in(3)) {
      out_.map("namespaces").value("ext", "urn:example:extension").close();
      has_prefix_ = true;
    }
    if (flavour_ != flavour::document) tell_meta();
    out_.list("body");
    if (is_wild()) tell_wild_content(0, false);
    else tell_body();
    out_.close();
    if (random_.one_in(3)) tell_carrier();
    if (random_.one_in(3)) tell_open_value("x_origin", 0);
    out_.close();
  }

private:
  bool is_wild() const noexcept { return flavour_ != flavour::profile; }

  // -- text -----------------------------------------------------------------------------------------------------
  std::string_view word() {
    static constexpr std::array<std::string_view, 24> words{"harbor",       "DUES",
                                                            "talks",        "\xC3\x89tienne",
                                                            "A&B",          "<none>",
                                                            "\"quoted\"",   "it's",
                                                            "1.2",          "x;y",
                                                            "50%",          "caf\xC3\xA9",
                                                            "\xE6\xB8\xAF", "\xF0\x9F\x9A\xA2",
                                                            "a/b",          "END",
                                                            "--",           "]]>",
                                                            "N/A",          "Quilmar",
                                                            "Tovarna",      "#7",
                                                            "{brace}",      "\\back"};
    return random_.pick(words);
  }
  // A line of words; neither empty nor with blanks at its ends.
  std::string line(std::size_t most = 6) {
    std::string s(word());
    for (std::size_t n = random_.below(most); n > 0; --n) {
      s += random_.one_in(9) ? "  " : " ";
      s += word();
    }
    return s;
  }
  // What a value of a field may be.
  std::string value_text() {
    if (!is_wild() || !random_.one_in(6)) return line();
    return odd_text();
  }
  // Text that formats stumble over; never empty.
  std::string odd_text() {
    static constexpr std::array<std::string_view, 16> pieces{
        " ",     "\t",    "\n",   "\r",       "\r\n",         "  ",           "]]>",
        "&amp;", "&#13;", "<!--", "\xC2\x85", "\xE2\x80\xA8", "\xEF\xBF\xBD", "\xF4\x8F\xBF\xBD",
        "'\"",   "\x7F"};
    std::string s;
    for (std::size_t n = 1 + random_.below(4); n > 0; --n)
      s += random_.one_in(3) ? std::string(word()) : std::string(random_.pick(pieces));
    return s;
  }
  std::string digits(std::size_t count) {
    std::string s;
    while (s.size() < count) s += static_cast<char>('0' + random_.below(10));
    return s;
  }
  std::string make_id() {
    static constexpr std::array<std::string_view, 6> posts{"QUILMAR",  "TOVARNA",       "USUNZENDA",
                                                           "NEW PORT", "R\xC3\x89MONT", "A:B/C"};
    return digits(2) + std::string(random_.pick(posts)) + digits(1 + random_.below(5));
  }
  std::string route() { return random_.one_in(2) ? "RUEHQX" : "RUCN" + digits(2); }
  std::string date_time() {
    std::string s = "19" + std::to_string(10 + random_.below(90)) + "-0" + std::to_string(1 + random_.below(9)) + "-" +
                    std::to_string(10 + random_.below(18));
    if (!random_.one_in(3))
      s += "T" + std::to_string(10 + random_.below(14)) + ":" + std::to_string(10 + random_.below(50)) + ":00Z";
    return s;
  }
  std::string_view level() {
    static constexpr std::array<std::string_view, 4> levels{"UNCLASSIFIED", "CONFIDENTIAL", "SECRET", "CONFIDENTIAL//NOFORN"};
    return random_.pick(levels);
  }
  std::string_view precedence() {
    static constexpr std::array<std::string_view, 4> all{"ROUTINE", "PRIORITY", "IMMEDIATE", "NIACT IMMEDIATE"};
    return random_.pick(all);
  }

  // -- source ---------------------------------------------------------------------------------------------------
  std::string make_octets() {
    std::string s;
    const std::size_t kind = random_.below(6);
    if (kind == 0) {  // any octets at all
      for (std::size_t n = random_.below(200); n > 0; --n) s += static_cast<char>(random_.below(256));
      return s;
    }
    static constexpr std::array<std::string_view, 5> ends{"\n", "\r\n", "\r", "\n", "\r\r\n"};
    const std::string_view usual = random_.pick(ends);
    for (std::size_t n = random_.below(40); n > 0; --n) {
      s += random_.one_in(4) ? std::string() : line();
      if (random_.one_in(5)) s += random_.one_in(2) ? "  " : "\t";
      if (random_.one_in(30)) s += static_cast<char>(random_.below(256));
      s += random_.one_in(12) ? random_.pick(ends) : usual;
    }
    if (random_.one_in(4)) s += line();
    if (random_.one_in(4)) s += '\x07';
    return s;
  }
  void tell_source(const std::string& octets) {
    static constexpr std::array<std::string_view, 6> charsets{"utf-8",      "utf-8",    "windows-1252",
                                                              "iso-8859-1", "us-ascii", "x-unknown"};
    out_.map("source").octets("octets", octets);
    out_.value("media_type", random_.one_in(8) ? "application/octet-stream" : "text/plain");
    out_.value("charset", random_.pick(charsets));
    if (random_.one_in(3)) out_.value("name", "box 1/" + digits(3) + " R&D.txt");
    out_.close();
  }

  // -- meta -----------------------------------------------------------------------------------------------------
  void tell_meta() {
    out_.map("meta");
    for (const auto& f : vocabulary::meta_fields)
      if (f.tei != "(computed)" && random_.below(3) != 0) tell_field(f);
    if (random_.one_in(3)) tell_open_value("x_distribution", 0);
    out_.close();
  }
  void tell_field(const vocabulary::field& f) {
    const auto count = [&] { return 1 + random_.below(4); };
    switch (f.form) {
      case vocabulary::shape::text: out_.value(f.name, field_text(f.name)); break;
      case vocabulary::shape::texts:
        out_.list(f.name);
        for (std::size_t n = count(); n > 0; --n) out_.value({}, value_text());
        out_.close();
        break;
      case vocabulary::shape::record:
        out_.map(f.name);
        tell_members(f);
        out_.close();
        break;
      case vocabulary::shape::records:
        out_.list(f.name);
        for (std::size_t n = count(); n > 0; --n) {
          out_.map();
          tell_members(f);
          out_.close();
        }
        out_.close();
        break;
    }
  }
  // A record always has its main member ("name" or "text"), and any of the others.
  void tell_members(const vocabulary::field& f) {
    const bool is_party = &f.members[0] == &vocabulary::party_members[0];
    for (const auto& m : f.members) {
      const bool main = (m.name == "name" && is_party) || m.name == "text" || m.name == "n";
      if (main || random_.one_in(2)) out_.value(m.name, member_text(f.name, m.name));
      else if (f.name == "transmission" && m.name == "id") out_.value(m.name, "VZCZ" + digits(4));
      else if (f.name == "classified_by" && m.name == "name") out_.value(m.name, line(2));
    }
    if (is_party && random_.one_in(5)) tell_open_value("x_note", 0);
  }
  std::string field_text(std::string_view name) {
    if (name == "date") return date_time();
    if (name == "precedence" || name == "info_precedence") return std::string(precedence());
    if (name == "classification") return std::string(level());
    return value_text();
  }
  std::string member_text(std::string_view, std::string_view name) {
    if (name == "date") return date_time().substr(0, 10);
    if (name == "order") return random_.one_in(4) ? "EXECUTIVE ORDER 7" : "E.O. 1" + digits(4);
    if (name == "precedence") return std::string(precedence());
    if (name == "route") return route();
    if (name == "n") return std::to_string(1 + random_.below(99));
    if (name == "label") return std::string(1, static_cast<char>('A' + random_.below(26)));
    if (name == "number") return digits(4);
    if (name == "id") return make_id();
    return value_text();
  }
  // A value under x_: any JSON shape.
  void tell_open_value(std::string_view name, std::size_t depth) {
    static constexpr std::array<std::string_view, 8> literals{
        "0", "-12", "3.5e10", "true", "false", "null", "18446744073709551616", "1.50"};
    switch (depth > 3 ? 0 : random_.below(4)) {
      case 0: out_.value(name, is_wild() ? odd_text() : line()); break;
      case 1: out_.leaf(node_type::literal, name, random_.pick(literals)); break;
      case 2:
        out_.list(name);
        for (std::size_t n = 1 + random_.below(3); n > 0; --n) tell_open_value({}, depth + 1);
        out_.close();
        break;
      default:
        out_.map(name);
        tell_open_value("type", depth + 1);
        if (random_.one_in(2)) tell_open_value("two words", depth + 1);
        out_.close();
    }
  }
  void tell_carrier() {
    out_.map("carrier").map("telegram");
    out_.value("layout", line());
    out_.list("widths").value({}, "69").value({}, "72").close();
    out_.close().close();
  }

  // -- a body of the profile ------------------------------------------------------------------------------------
  void tell_body() {
    std::size_t number = 1;
    for (std::size_t n = 1 + random_.below(3); n > 0; --n) tell_block(number);
    for (std::size_t n = random_.below(4); n > 0; --n) {
      out_.element("div").attr("type", "section");
      if (random_.one_in(4)) out_.attr("subtype", "comment");
      out_.element("head");
      if (random_.one_in(2)) out_.attr("rend", "ruled");
      out_.text(line()).close();
      for (std::size_t m = 1 + random_.below(4); m > 0; --m) tell_block(number);
      out_.close();
    }
    if (number > 1 && random_.one_in(3)) out_.element("trailer").text(line()).close();
  }
  void tell_block(std::size_t& number) {
    switch (random_.below(8)) {
      case 0:
        out_.element("list").attr("rend", "bulleted");
        for (std::size_t n = 1 + random_.below(3); n > 0; --n) {
          out_.element("label").text("--").close();
          out_.element("item").text(line()).close();
        }
        out_.close();
        break;
      case 1:
        out_.element("ab").attr("type", random_.one_in(2) ? "preformatted" : "opaque").attr("xml:space", "preserve");
        out_.text("   " + line() + "\n\t" + line() + "  ").close();
        break;
      case 2:
        out_.element("pb").attr("n", std::to_string(number)).close();
        out_.element("fw").attr("type", "header").text(line()).close();
        break;
      case 3: out_.element("milestone").attr("unit", "rule").attr("n", "-----").close(); break;
      case 4:
        out_.element("table");
        for (std::size_t n = 1 + random_.below(3); n > 0; --n) {
          out_.element("row");
          for (std::size_t m = 1 + random_.below(3); m > 0; --m) out_.element("cell").text(line(2)).close();
          out_.close();
        }
        out_.close();
        break;
      default: {
        out_.element("p");
        if (!random_.one_in(4)) {
          const std::string n = std::to_string(number++);
          out_.attr("n", n).element("label").text(n + ". ").close();
          out_.element("seg").attr("type", "portion").attr("subtype", "C").text("(C) ").close();
        }
        out_.text(line() + "\n" + line());
        if (random_.one_in(3)) {
          out_.text(" (").element("ref").attr("target", "cable:09QUILMAR1").text("ref A").close().text(").");
        }
        if (random_.one_in(4)) {
          out_.text(" ").element("unclear").attr("reason", "garble").text("(garble)").close();
          out_.text(" ").element("hi").attr("rend", "italic").text(line(2)).close();
        }
        out_.close();
      }
    }
  }

  // -- any content ----------------------------------------------------------------------------------------------
  void tell_wild_content(std::size_t depth, bool told_text) {
    static constexpr std::array<std::string_view, 14> names{
        "p",       "div",    "list", "item", "table", "row", "cell", "head", "closer", "opener", "uh-oh", "\xC3\xA9l\xC3\xA9ment",
        "surface", "trailer"};
    bool last_was_text = told_text;
    for (std::size_t n = random_.below(depth == 0 ? 7 : 5); n > 0; --n) {
      switch (random_.below(depth > 6 ? 3 : 6)) {
        case 0:
        case 1:
          if (!last_was_text) out_.text(random_.one_in(3) ? odd_text() : line());
          last_was_text = true;
          break;
        case 2:
          if (random_.one_in(2)) out_.leaf(node_type::comment, {}, random_.one_in(4) ? "" : " a - comment & <such> ");
          else out_.leaf(node_type::pi, "keep", random_.one_in(3) ? "" : "it=\"1\" & <so>");
          last_was_text = false;
          break;
        default: {
          const std::size_t kind = random_.below(8);
          if (kind == 0) {
            out_.element("q:thing").attr("xmlns:q", "urn:example:q" + digits(1)).attr("q:odd", odd_text());
          } else if (kind == 1) {
            out_.element("math").attr("xmlns", "http://www.w3.org/1998/Math/MathML");
          } else if (kind == 2 && has_prefix_) {
            out_.element("ext:note").attr("ext:level", digits(1));
          } else {
            out_.element(random_.pick(names));
          }
          if (random_.one_in(3)) out_.attr("n", odd_text());
          if (random_.one_in(4)) out_.attr("rend", line());
          if (random_.one_in(8)) out_.attr("xml:space", "preserve");
          tell_wild_content(depth + 1, false);
          out_.close();
          last_was_text = false;
        }
      }
    }
  }

  builder& out_;
  random_source random_;
  flavour flavour_;
  bool has_prefix_ = false;
};

}  // namespace detail

// Tells one whole document, from open to close.
inline void tell_random_model(builder& out, std::uint64_t seed, flavour f) { detail::model_teller(out, seed, f).tell(); }

}  // namespace dragoman::testing
