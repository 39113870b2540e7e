// dragoman/vocabulary.hpp - the vocabulary that dragoman itself produces, written down once.
//
// From these tables come the checker below, the JSON reader's judgement of keys, the order in which meta is written,
// and the reference page docs/model.md (generated, and compared by a test). Sources: design.md 3, tei.md 2.1 and 2.6,
// telegram.md. Constant data; any thread.
#pragma once
#include <dragoman/node.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::vocabulary {

// The shape of a value of meta.
enum class shape {
  text,     // one string
  texts,    // list of strings
  record,   // map; members in `members`
  records,  // list of such maps
};

struct field {
  std::string_view name;
  shape form;
  std::string_view meaning;
  std::string_view tei;                 // where TEI keeps it (tei.md 2.1)
  std::span<const field> members = {};  // of record and records
};

inline constexpr std::array<field, 5> party_members{{
    {"route", shape::text, "Routing indicator", "orgName/@key"},
    {"name", shape::text, "Plain language address designator (PLAD), without the office", "orgName"},
    {"precedence", shape::text, "Precedence for this addressee, in full", "note[@type=precedence]"},
    {"number", shape::text, "Message continuity number for this addressee; a string, leading zeros count", "idno[@type=number]"},
    {"office", shape::text, "Office or attention indicator after the PLAD, as printed", "note[@type=office]"},
}};
inline constexpr std::array<field, 3> declassify_members{{
    {"text", shape::text, "The E.O. line as printed", "text of the event"},
    {"order", shape::text, "The executive order, \"E.O. 12958\"", "@subtype as eo-12958"},
    {"date", shape::text, "ISO 8601 date of declassification, when one is given", "@notBefore"},
}};
inline constexpr std::array<field, 3> reference_members{{
    {"label", shape::text, "Letter of the item, \"A\"", "@n"},
    {"text", shape::text, "The item as printed, without its label", "text of the ref"},
    {"id", shape::text, "Message reference number it resolves to, canonical", "@target as cable:ID"},
}};
inline constexpr std::array<field, 3> authority_members{{
    {"title", shape::text, "Office of the classification authority", "roleName"},
    {"name", shape::text, "Name of the classification authority", "persName"},
    {"reason", shape::text, "Reasons for classification as printed, \"1.4 (b) and (d)\"", "note[@type=reason]"},
}};
inline constexpr std::array<field, 5> transmission_members{{
    {"id", shape::text, "Transmission identifier, format line 1", "idno[@type=transmission]"},
    {"routing", shape::text, "Precedence and called routing indicators, format line 2", "note[@type=routing]"},
    {"de", shape::text, "Calling station, station serial number, filing time, format line 3 without DE", "idno[@type=de]"},
    {"security", shape::text, "Security warning and operating signals, format line 4", "note[@type=security]"},
    {"end", shape::text, "End of message marker, format line 16", "note[@type=end]"},
}};
inline constexpr std::array<field, 2> line_members{{
    {"n", shape::text, "Its place among the lines of the heading, from 1; blank and continuation lines do not count", "@n"},
    {"text", shape::text, "The line as printed", "text of the note"},
}};

// The heading of a telegram, in the order in which meta is written.
inline constexpr std::array<field, 23> meta_fields{{
    {"subject", shape::text, "Subject, continuation lines joined by one blank", "titleStmt/title"},
    {"date", shape::text, "Date of release, ISO 8601", "creation/date/@when"},
    {"date_text", shape::text, "Date-time group as printed", "creation/date"},
    {"precedence", shape::text, "Action precedence, in full", "classCode[@scheme=urn:x-dragoman:precedence]"},
    {"info_precedence", shape::text, "Information precedence, when the heading has two", "second classCode of that scheme"},
    {"from", shape::record, "Originator", "correspAction[@type=sent]/orgName, titleStmt/author", party_members},
    {"to", shape::records, "Action addressees", "correspAction[@type=received][@subtype=action]", party_members},
    {"info", shape::records, "Information addressees", "correspAction[@type=received][@subtype=info]", party_members},
    {"exempt", shape::records, "Exempt addressees (XMT)", "correspAction[@type=exempt]", party_members},
    {"classification", shape::text, "Level in full, \"UNCLASSIFIED\"", "classCode[@scheme=urn:x-dragoman:classification]"},
    {"captions", shape::texts, "Captions and handling restrictions, in order, repeats kept",
     "keywords[@scheme=urn:x-dragoman:captions]/term"},
    {"passing", shape::texts, "Passing instructions and attention indicators", "correspDesc/note[@type=passing]"},
    {"corrections", shape::texts, "Correction notices as printed", "correspDesc/note[@type=correction]"},
    {"declassify", shape::record, "Executive order line", "custEvent[@type=declassify]", declassify_members},
    {"tags", shape::texts, "TAGS, in order", "keywords[@scheme=urn:x-dragoman:tags]/term"},
    {"refs", shape::records, "References", "correspContext/ref[@type=reference]", reference_members},
    {"classified_by", shape::record, "Classification authority", "custEvent[@type=classified]", authority_members},
    {"signature", shape::text, "Signature", "correspAction[@type=sent]/persName"},
    {"source_note", shape::text, "Archival citation of an edited document", "(computed)"},
    {"transmission", shape::record, "Format lines of the first transmission", "correspAction[@type=transmitted]",
     transmission_members},
    {"lines", shape::records, "Lines of the heading that no rule understood, at their place", "correspDesc/note[@type=line]",
     line_members},
    {"place", shape::text, "Place of origin of an edited document", "(computed)"},
    {"number", shape::text, "Number of an edited document in its volume", "(computed)"},
}};

inline const field* find(std::span<const field> fields, std::string_view name) noexcept {
  const auto f = std::find_if(fields.begin(), fields.end(), [&](const field& x) { return x.name == name; });
  return f == fields.end() ? nullptr : &*f;
}

// True for names that anybody may add to a document, meta, or a party.
constexpr bool is_open_name(std::string_view name) noexcept { return name.substr(0, 2) == "x_"; }

struct element {
  std::string_view name;
  std::string_view attributes;  // names, separated by blanks
  std::string_view content;     // names of elements, separated by blanks; "#text" for text
  std::string_view meaning;
};

inline constexpr std::string_view inline_content =
    "#text label seg ref unclear hi pb fw lb note gap milestone persName orgName placeName date";

// The elements of a cable's body. Others may stand there too (foreign elements pass through); these are ours.
inline constexpr std::array<element, 27> elements{{
    {"p", "n", inline_content, "Paragraph; @n the number as it is meant, absent when unnumbered"},
    {"label", "", "#text", "What was printed as number or list mark, with the blank after a number inside"},
    {"seg", "type subtype n", "#text",
     "Portion mark: @type portion, @subtype the level's letter, @n with its controls; literal text"},
    {"div", "type subtype n", "head p list ab pb fw milestone gap note quote table div",
     "Section: from a heading up to the next; @type section, @subtype summary, comment or action; or missing (design.md 8)"},
    {"head", "rend n", inline_content,
     "Heading; @rend ruled when a rule stood below it, @n its characters when it is not as long as the heading"},
    {"list", "rend", "label item pb fw milestone gap", "List of label and item pairs; @rend bulleted or numbered"},
    {"item", "", "#text label seg ref unclear hi pb fw lb note gap milestone persName orgName placeName date p list",
     "Item of a list"},
    {"ab", "type xml:space", "#text",
     "@type preformatted: lines set with blanks; @type opaque: lines that no rule understood, at their place"},
    {"pb", "n", "", "Page or section break of a running header; @n the number that begins"},
    {"fw", "type", "#text",
     "Running header, literal; @type header, mark for a classification word beside a page header, or review for a stamp of "
     "review"},
    {"milestone", "unit n", "", "@unit rule: a rule alone, its characters in @n; @unit section: begin of section @n"},
    {"gap", "reason unit quantity", "desc", "Lost words or sections; @reason missing"},
    {"desc", "", "#text", "Description of a gap"},
    {"ref", "target type n", "#text hi", "Reference to another cable; @target cable:ID"},
    {"unclear", "reason", "#text", "Garbled text, literal; @reason garble"},
    {"hi", "rend", inline_content, "Emphasis"},
    {"lb", "", "", "A line break that matters"},
    {"note", "type", "#text p hi ref", "Note by an editor; @type annotation"},
    {"quote", "", "p", "Quoted text"},
    {"table", "", "row", "A true table"},
    {"row", "", "cell", "Row of a table"},
    {"cell", "", "#text hi ref", "Cell of a table"},
    {"trailer", "", "#text", "Footer line after the signature, one each"},
    {"persName", "", "#text", "Name of a person"},
    {"orgName", "", "#text", "Name of an organization"},
    {"placeName", "", "#text", "Name of a place"},
    {"date", "when", "#text", "Date"},
}};

inline const element* find_element(std::string_view name) noexcept {
  const auto e = std::find_if(elements.begin(), elements.end(), [&](const element& x) { return x.name == name; });
  return e == elements.end() ? nullptr : &*e;
}

// True when `word` is one of the blank-separated words of `list`.
constexpr bool has_word(std::string_view list, std::string_view word) noexcept {
  while (!list.empty()) {
    const auto end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

namespace detail {
inline void check_record(node map, std::span<const field> fields, const std::string& path, std::vector<std::string>& out);

inline void check_value(node value, const field& f, const std::string& path, std::vector<std::string>& out) {
  const auto expect = [&](node n, node_type t, const char* what, const std::string& where) {
    if (!n.is(t)) out.push_back(where + ": not " + what);
    return n.is(t);
  };
  switch (f.form) {
    case shape::text:
      if (expect(value, node_type::text, "a text", path) && value.text().empty()) out.push_back(path + ": empty");
      break;
    case shape::record:
      if (expect(value, node_type::map, "a map", path)) check_record(value, f.members, path, out);
      break;
    case shape::texts:
    case shape::records: {
      if (!expect(value, node_type::list, "a list", path)) break;
      std::size_t i = 0;
      for (node item : value) {
        const std::string where = path + "/" + std::to_string(i++);
        if (f.form == shape::texts) {
          if (expect(item, node_type::text, "a text", where) && item.text().empty()) out.push_back(where + ": empty");
        } else if (expect(item, node_type::map, "a map", where)) {
          check_record(item, f.members, where, out);
        }
      }
    }
  }
}
inline void check_record(node map, std::span<const field> fields, const std::string& path, std::vector<std::string>& out) {
  for (node member : map) {
    const std::string where = path + "/" + std::string(member.name());
    if (is_open_name(member.name())) continue;
    if (const field* f = find(fields, member.name())) check_value(member, *f, where, out);
    else out.push_back(where + ": unknown member");
  }
}
}  // namespace detail

// What in a cable is not of this vocabulary, one line each with its path; empty when all is. Foreign elements in the
// body are reported too: the answer judges what dragoman's own readers make, not what may pass through.
inline std::vector<std::string> check(node document) {
  std::vector<std::string> out;
  detail::check_record(document["meta"], meta_fields, "/meta", out);
  for (node top : document["body"]) {
    if (top.is(node_type::text)) {
      out.push_back("/body: text outside an element");
      continue;
    }
    std::vector<std::string_view> path;
    walk(
        top,
        [&](node n) {
          const auto where = [&] {
            std::string s = "/body";
            for (const auto p : path) s += "/" + std::string(p);
            return s;
          };
          if (n.is(node_type::text)) {
            if (const auto* parent = find_element(path.back()); parent && !has_word(parent->content, "#text"))
              out.push_back(where() + ": text is not allowed here");
            return;
          }
          if (!n.is(node_type::element)) return;
          const element* e = find_element(n.name());
          if (!path.empty())
            if (const auto* parent = find_element(path.back()); parent && !has_word(parent->content, n.name()))
              out.push_back(where() + ": " + std::string(n.name()) + " is not allowed here");
          path.push_back(n.name());
          if (e == nullptr) {
            out.push_back(where() + ": unknown element");
            return;
          }
          for (std::size_t i = 0; i < n.attribute_count(); ++i)
            if (!has_word(e->attributes, n.attribute_at(i).name))
              out.push_back(where() + "@" + std::string(n.attribute_at(i).name) + ": unknown attribute");
        },
        [&](node n) {
          if (n.is(node_type::element)) path.pop_back();
        });
  }
  return out;
}

}  // namespace dragoman::vocabulary
