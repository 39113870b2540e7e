#include "header.hpp"

#include "encoding.hpp"
#include "names.hpp"
#include "xeno.hpp"

#include <dragoman/text.hpp>
#include <dragoman/vocabulary.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <unordered_map>

namespace dragoman::tei {
namespace {

// -- values that TEI writes differently --------------------------------------------------------------------------

bool all_digits(std::string_view s) noexcept {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}
int number_of(std::string_view digits) noexcept {
  int n = 0;
  for (const char c : digits) n = n * 10 + (c - '0');
  return n;
}
// YYYY-MM-DD, or that with Thh:mm:ss and an optional zone: what @when and @notBefore take (W3C XML Schema).
bool is_iso_date(std::string_view s) noexcept {
  const auto part = [&](std::size_t at, std::size_t length, int low, int high) {
    const auto digits = s.size() >= at + length ? s.substr(at, length) : std::string_view();
    return all_digits(digits) && number_of(digits) >= low && number_of(digits) <= high;
  };
  if (s.size() < 10 || s[4] != '-' || s[7] != '-' || !part(0, 4, 1, 9999) || !part(5, 2, 1, 12) || !part(8, 2, 1, 31))
    return false;
  const int year = number_of(s.substr(0, 4)), month = number_of(s.substr(5, 2)), day = number_of(s.substr(8, 2));
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int days = month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  if (day > days) return false;
  if (s.size() == 10) return true;
  if (s.size() < 19 || s[10] != 'T' || s[13] != ':' || s[16] != ':' || !part(11, 2, 0, 23) || !part(14, 2, 0, 59) ||
      !part(17, 2, 0, 59))
    return false;
  const std::string_view zone = s.substr(19);
  if (zone.empty() || zone == "Z") return true;
  return zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':' && part(20, 2, 0, 13) && part(23, 2, 0, 59);
}

enum class codec { plain, iso_date, executive_order, cable_reference };

constexpr std::string_view order_prefix = "E.O. ";
constexpr std::string_view order_code = "eo-";
constexpr std::string_view reference_scheme = "cable:";

bool can_encode(codec c, std::string_view s) noexcept {
  if (s.empty()) return false;
  if (c == codec::iso_date) return is_iso_date(s);
  if (c != codec::executive_order) return true;
  const auto is_plain = [](char x) {
    return (x >= '0' && x <= '9') || (x >= 'A' && x <= 'Z') || (x >= 'a' && x <= 'z') || x == '-' || x == '.';
  };
  const auto rest = s.substr(std::min(order_prefix.size(), s.size()));
  return s.substr(0, order_prefix.size()) == order_prefix && !rest.empty() && std::all_of(rest.begin(), rest.end(), is_plain);
}

std::string encode(codec c, std::string_view s) {
  if (c == codec::executive_order) return std::string(order_code) + std::string(s.substr(order_prefix.size()));
  if (c != codec::cable_reference) return std::string(s);
  std::string out(reference_scheme);
  for (const char x : s) {
    const bool plain = (x >= '0' && x <= '9') || (x >= 'A' && x <= 'Z') || (x >= 'a' && x <= 'z') || x == '-' || x == '.' ||
                       x == '_' || x == '~';
    if (plain) {
      out += x;
      continue;
    }
    constexpr char digits[] = "0123456789ABCDEF";
    const auto octet = static_cast<unsigned char>(x);
    out += '%';
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

// Empty when it is not of this codec's making.
std::string decode(codec c, std::string_view s) {
  if (c == codec::executive_order)
    return s.substr(0, order_code.size()) == order_code ? std::string(order_prefix) + std::string(s.substr(order_code.size()))
                                                        : std::string();
  if (c != codec::cable_reference) return std::string(s);
  if (s.substr(0, reference_scheme.size()) != reference_scheme) return {};
  std::string out;
  const auto value = [](char x) {
    return x >= '0' && x <= '9' ? x - '0' : x >= 'A' && x <= 'F' ? x - 'A' + 10 : x >= 'a' && x <= 'f' ? x - 'a' + 10 : -1;
  };
  for (std::size_t i = reference_scheme.size(); i < s.size(); ++i) {
    if (s[i] == '%' && i + 2 < s.size() && value(s[i + 1]) >= 0 && value(s[i + 2]) >= 0) {
      out += static_cast<char>(value(s[i + 1]) * 16 + value(s[i + 2]));
      i += 2;
    } else {
      out += s[i];
    }
  }
  return find_bad_text(out) == npos ? out : std::string();
}

// -- the table ---------------------------------------------------------------------------------------------------

// Where a member of a record stands: in a child element (by name and @type), or in the record's own element; as its
// text, or as an attribute. Parts of one element follow one another, attributes before text.
struct part {
  std::string_view member, element, type, attribute;
  codec code = codec::plain;
};
constexpr std::array<part, 5> party_parts{{{"route", "orgName", "", "key"},
                                           {"name", "orgName", "", ""},
                                           {"precedence", "note", "precedence", ""},
                                           {"number", "idno", "number", ""},
                                           {"office", "note", "office", ""}}};
constexpr std::array<part, 5> transmission_parts{{{"id", "idno", "transmission", ""},
                                                  {"de", "idno", "de", ""},
                                                  {"routing", "note", "routing", ""},
                                                  {"security", "note", "security", ""},
                                                  {"end", "note", "end", ""}}};
constexpr std::array<part, 3> authority_parts{
    {{"title", "roleName", "", ""}, {"name", "persName", "", ""}, {"reason", "note", "reason", ""}}};
constexpr std::array<part, 3> declassify_parts{
    {{"date", "", "", "notBefore", codec::iso_date}, {"order", "", "", "subtype", codec::executive_order}, {"text", "", "", ""}}};
constexpr std::array<part, 3> reference_parts{
    {{"label", "", "", "n"}, {"id", "", "", "target", codec::cable_reference}, {"text", "", "", ""}}};
constexpr std::array<part, 2> line_parts{{{"n", "", "", "n"}, {"text", "", "", ""}}};

constexpr std::string_view correspondence = "profileDesc/correspDesc";
constexpr std::string_view classes = "profileDesc/textClass";
constexpr std::string_view events = "fileDesc/sourceDesc/msDesc/additional/adminInfo/custodialHist";
constexpr std::string_view classification_scheme = "urn:x-dragoman:classification";
constexpr std::string_view precedence_scheme = "urn:x-dragoman:precedence";

// Where a field stands: the element below the container whose attribute has the value; lists are many of them. `item`
// is the element of each text of a list inside it, "" when each text has the element of its own.
struct field_place {
  std::string_view field, container, element, attribute, value;
  std::string_view opening;  // attributes as they are written
  std::span<const part> parts = {};
  std::string_view item = {};
  std::string_view separator = {};  // between the children
};
constexpr std::array<field_place, 13> places{{
    {"from", correspondence, "correspAction", "type", "sent", "", party_parts},
    {"transmission", correspondence, "correspAction", "type", "transmitted", " type=\"transmitted\"", transmission_parts},
    {"to", correspondence, "correspAction", "subtype", "action", " type=\"received\" subtype=\"action\"", party_parts},
    {"info", correspondence, "correspAction", "subtype", "info", " type=\"received\" subtype=\"info\"", party_parts},
    {"exempt", correspondence, "correspAction", "type", "exempt", " type=\"exempt\"", party_parts},
    {"refs", "profileDesc/correspDesc/correspContext", "ref", "type", "reference", " type=\"reference\"", reference_parts},
    {"passing", correspondence, "note", "type", "passing", " type=\"passing\""},
    {"corrections", correspondence, "note", "type", "correction", " type=\"correction\""},
    {"lines", correspondence, "note", "type", "line", " type=\"line\"", line_parts},
    {"captions", classes, "keywords", "scheme", "urn:x-dragoman:captions", " scheme=\"urn:x-dragoman:captions\"", {}, "term"},
    {"tags", classes, "keywords", "scheme", "urn:x-dragoman:tags", " scheme=\"urn:x-dragoman:tags\"", {}, "term"},
    {"classified_by", events, "custEvent", "type", "classified", " type=\"classified\"", authority_parts, {}, " "},
    {"declassify", events, "custEvent", "type", "declassify", " type=\"declassify\"", declassify_parts},
}};
const field_place* place_of(std::string_view field) noexcept {
  const auto p = std::find_if(places.begin(), places.end(), [&](const auto& x) { return x.field == field; });
  return p == places.end() ? nullptr : &*p;
}

// -- what the table can hold --------------------------------------------------------------------------------------

bool can_hold(node value, codec c) noexcept { return value.is(node_type::text) && can_encode(c, value.text()); }

const part* part_of(std::span<const part> parts, std::string_view member) noexcept {
  const auto p = std::find_if(parts.begin(), parts.end(), [&](const part& x) { return x.member == member; });
  return p == parts.end() ? nullptr : &*p;
}
bool can_hold_member(node member, std::span<const part> parts) noexcept {
  const part* p = part_of(parts, member.name());
  return p != nullptr && can_hold(member, p->code);
}
// A record has a place when at least one of its members has; the others go to xenoData.
bool can_hold_record(node record, std::span<const part> parts) noexcept {
  if (!record.is(node_type::map)) return false;
  for (node m : record)
    if (can_hold_member(m, parts)) return true;
  return false;
}
template <class Predicate>
bool all_members(node list, Predicate&& holds) {
  if (!list.is(node_type::list) || list.empty()) return false;
  for (node m : list)
    if (!holds(m)) return false;
  return true;
}
bool can_hold_field(node value) {
  const auto* f = vocabulary::find(vocabulary::meta_fields, value.name());
  if (f == nullptr) return false;
  const field_place* p = place_of(f->name);
  switch (f->form) {
    case vocabulary::shape::text:
      return f->tei != "(computed)" && can_hold(value, f->name == "date" ? codec::iso_date : codec::plain);
    case vocabulary::shape::texts: return all_members(value, [](node m) { return can_hold(m, codec::plain); });
    case vocabulary::shape::record: return can_hold_record(value, p->parts);
    case vocabulary::shape::records: return all_members(value, [&](node m) { return can_hold_record(m, p->parts); });
  }
  return false;
}
// The field, when the table has a place for it; else nothing.
node held(node document, std::string_view field) {
  const node value = document["meta"][field];
  return value && can_hold_field(value) ? value : node();
}

void append_rest_of_record(std::string& out, node record, std::span<const part> parts) {
  json_object object(out);
  for (node m : record)
    if (!can_hold_member(m, parts)) append_json(object.member(m.name()), m);
  object.close();
}
bool has_rest(node record, std::span<const part> parts) {
  for (node m : record)
    if (!can_hold_member(m, parts)) return true;
  return false;
}

std::string rest_of_meta(node meta) {
  std::string out;
  json_object object(out);
  for (node value : meta) {
    if (!can_hold_field(value)) {
      append_json(object.member(value.name()), value);
      continue;
    }
    const field_place* p = place_of(value.name());
    if (p == nullptr || p->parts.empty()) continue;
    if (value.is(node_type::map)) {
      if (has_rest(value, p->parts)) append_rest_of_record(object.member(value.name()), value, p->parts);
      continue;
    }
    std::string list;
    json_object items(list);
    std::size_t index = 0;
    for (node record : value) {
      if (has_rest(record, p->parts)) append_rest_of_record(items.member(std::to_string(index)), record, p->parts);
      ++index;
    }
    items.close();
    if (!list.empty()) object.member(value.name()) += list;
  }
  object.close();
  return out;
}

// -- source -------------------------------------------------------------------------------------------------------

struct source_part {
  std::string_view member, element, type;
};
constexpr std::array<source_part, 5> source_parts{{{"sha256", "idno", "sha-256"},
                                                   {"model_sha256", "idno", "model-sha-256"},
                                                   {"media_type", "note", "media-type"},
                                                   {"charset", "note", "charset"},
                                                   {"name", "idno", "name"}}};

bool can_hold_source(node member) {
  if (member.is(node_type::octets)) return member.name() == "octets";
  if (!member.is(node_type::text) || member.text().empty()) return false;
  if (member.name() == "size") return all_digits(member.text());
  return std::any_of(source_parts.begin(), source_parts.end(), [&](const auto& p) { return p.member == member.name(); });
}

void write_octets_bibl(xml_writer& out, node source) {
  const auto write = [&](const source_part& p) {
    const node value = source[p.member];
    if (value && can_hold_source(value))
      out.raw("<").raw(p.element).attribute("type", p.type).raw(">").text(value.text()).raw("</").raw(p.element).raw(">");
  };
  out.raw("<bibl type=\"octets\">");
  write(source_parts[0]);
  write(source_parts[1]);
  const node octets = source["octets"];
  const std::string size = octets                            ? std::to_string(octets.text().size())
                           : can_hold_source(source["size"]) ? std::string(source["size"].text())
                                                             : std::string();
  if (!size.empty()) out.raw("<extent><measure unit=\"octets\"").attribute("quantity", size).raw("/></extent>");
  for (std::size_t i = 2; i < source_parts.size(); ++i) write(source_parts[i]);
  out.raw("</bibl>");
}

// -- writing -------------------------------------------------------------------------------------------------------

void write_element(xml_writer& out, std::string_view name, std::string_view opening, std::string_view text) {
  out.raw("<").raw(name).raw(opening).raw(">").text(text).raw("</").raw(name).raw(">");
}

// The children of a record's element.
void write_parts(xml_writer& out, node record, std::span<const part> parts, std::string_view separator) {
  bool first = true;
  for (std::size_t i = 0; i < parts.size();) {
    std::size_t end = i;
    while (end < parts.size() && parts[end].element == parts[i].element && parts[end].type == parts[i].type) ++end;
    const auto group = parts.subspan(i, end - i);
    i = end;
    const bool is_there =
        std::any_of(group.begin(), group.end(), [&](const part& p) { return can_hold(record[p.member], p.code); });
    if (!is_there || group[0].element.empty()) continue;
    if (!first) out.raw(separator);
    first = false;
    out.raw("<").raw(group[0].element);
    if (!group[0].type.empty()) out.attribute("type", group[0].type);
    std::string_view text;
    for (const part& p : group) {
      const node value = record[p.member];
      if (!can_hold(value, p.code)) continue;
      if (p.attribute.empty()) text = value.text();
      else out.attribute(p.attribute, encode(p.code, value.text()));
    }
    if (text.empty()) out.raw("/>");
    else out.raw(">").text(text).raw("</").raw(group[0].element).raw(">");
  }
}

void write_record(xml_writer& out, const field_place& p, node record) {
  out.raw("<").raw(p.element).raw(p.opening);
  std::string_view text;
  bool has_children = false;
  for (const part& x : p.parts) {
    const node value = record[x.member];
    if (!can_hold(value, x.code)) continue;
    if (!x.element.empty()) has_children = true;
    else if (x.attribute.empty()) text = value.text();
    else out.attribute(x.attribute, encode(x.code, value.text()));
  }
  if (text.empty() && !has_children) {
    out.raw("/>");
    return;
  }
  out.raw(">").text(text);
  write_parts(out, record, p.parts, p.separator);
  out.raw("</").raw(p.element).raw(">");
}

// Every child that a field has in the header.
void write_field(outline& out, node document, std::string_view field) {
  const node value = held(document, field);
  const field_place& p = *place_of(field);
  if (!value) return;
  if (value.is(node_type::map)) {
    out.child([&](xml_writer& w) { write_record(w, p, value); });
  } else if (!p.item.empty()) {
    out.child([&](xml_writer& w) {
      w.raw("<").raw(p.element).raw(p.opening).raw(">");
      for (node item : value) write_element(w, p.item, "", item.text());
      w.raw("</").raw(p.element).raw(">");
    });
  } else {
    for (node item : value)
      out.child([&](xml_writer& w) {
        if (item.is(node_type::map)) write_record(w, p, item);
        else write_element(w, p.element, p.opening, item.text());
      });
  }
}

// <date when="...">as printed</date>, or "" when neither is known.
std::string make_date(node document, std::string_view prefix) {
  const node when = held(document, "date"), printed = held(document, "date_text");
  if (!when && !printed) return {};
  xml_writer out;
  out.raw("<").raw(prefix).raw("date");
  if (when) out.attribute("when", when.text());
  if (!printed) return out.raw("/>").take();
  return out.raw(">").text(printed.text()).raw("</").raw(prefix).raw("date>").take();
}

// Members of carrier.tei that are written as what they are.
bool has_place_in_tei(node document, std::string_view member) {
  constexpr std::array<std::string_view, 6> authored{"doctype", "before", "after", "header", "omitted", "attributes"};
  constexpr std::array<std::string_view, 6> carried{"doctype", "before", "after", "tree", "mark", "id"};
  const auto& names = is_carried(document) ? carried : authored;
  return std::find(names.begin(), names.end(), member) != names.end();
}

bool is_cable(node document) { return document["kind"].text() == "cable"; }
std::string_view id_type(node document) { return is_cable(document) ? " type=\"cable\"" : " type=\"document\""; }

void write_file_description(outline& out, node document) {
  const std::string_view id = document["id"].text();
  out.open("fileDesc");
  out.open("titleStmt");
  const node subject = is_cable(document) ? held(document, "subject") : node();
  out.child([&](xml_writer& w) { write_element(w, "title", subject ? "" : " type=\"none\"", subject ? subject.text() : id); });
  if (const node name = held(document, "from")["name"]; is_cable(document) && can_hold(name, codec::plain))
    out.child([&](xml_writer& w) { w.raw("<author><orgName>").text(name.text()).raw("</orgName></author>"); });
  out.close();
  out.open("publicationStmt");
  out.child([](xml_writer& w) { w.raw("<authority>dragoman</authority>"); });
  out.child([&](xml_writer& w) { write_element(w, "idno", id_type(document), id); });
  out.close();
  out.open("sourceDesc");
  if (const node source = document["source"]) out.child([&](xml_writer& w) { write_octets_bibl(w, source); });
  out.open("msDesc");
  out.child([&](xml_writer& w) {
    w.raw("<msIdentifier>");
    write_element(w, "idno", id_type(document), id);
    w.raw("</msIdentifier>");
  });
  if (is_cable(document)) {
    out.child([](xml_writer& w) { w.raw("<physDesc><objectDesc form=\"telegram\"/></physDesc>"); });
    if (held(document, "classified_by") || held(document, "declassify")) {
      out.open("additional", {}, true);
      out.open("adminInfo", {}, true);
      out.open("custodialHist");
      write_field(out, document, "classified_by");
      write_field(out, document, "declassify");
      out.close();
      out.close();
      out.close();
    }
  }
  out.close();
  out.close();
  out.close();
}

void write_encoding_description(outline& out) {
  out.open("encodingDesc");
  out.child([](xml_writer& w) {
    w.raw("<appInfo><application ident=\"dragoman\" version=\"1.0\"><label>dragoman</label></application></appInfo>");
  });
  out.open("listPrefixDef");
  out.child([](xml_writer& w) {
    w.raw(
        "<prefixDef ident=\"cable\" matchPattern=\"(.+)\" replacementPattern=\"#c$1\"><p>Message reference of a "
        "cable.</p></prefixDef>");
  });
  out.child([](xml_writer& w) {
    w.raw(
        "<prefixDef ident=\"octet\" matchPattern=\"([0-9A-F]{2})\" replacementPattern=\"urn:x-dragoman:octet:$1\">"
        "<p>An octet that XML cannot carry as a character.</p></prefixDef>");
  });
  out.close();
  out.close();
}

void write_class_code(outline& out, node value, std::string_view scheme, std::string_view n) {
  if (!value) return;
  out.child([&](xml_writer& w) {
    w.raw("<classCode").attribute("scheme", scheme);
    if (!n.empty()) w.attribute("n", n);
    w.raw(">").text(value.text()).raw("</classCode>");
  });
}

void write_text_class(outline& out, node document) {
  const node classification = held(document, "classification"), action = held(document, "precedence"),
             info = held(document, "info_precedence");
  if (!classification && !action && !info && !held(document, "captions") && !held(document, "tags")) return;
  out.open("textClass");
  write_class_code(out, classification, classification_scheme, "");
  write_class_code(out, action, precedence_scheme, info ? "action" : "");
  write_class_code(out, info, precedence_scheme, "info");
  write_field(out, document, "captions");
  write_field(out, document, "tags");
  out.close();
}

void write_sent(outline& out, node document) {
  const node from = held(document, "from"), signature = held(document, "signature");
  const std::string date = make_date(document, "");
  if (!from && !signature && date.empty()) return;
  out.child([&](xml_writer& w) {
    w.raw("<correspAction type=\"sent\">");
    if (from) write_parts(w, from, party_parts, "");
    if (signature) write_element(w, "persName", "", signature.text());
    w.raw(date).raw("</correspAction>");
  });
}

void write_correspondence(outline& out, node document) {
  constexpr std::array<std::string_view, 8> fields{"from",   "transmission", "to",      "info",
                                                   "exempt", "refs",         "passing", "corrections"};
  const bool is_needed = std::any_of(fields.begin(), fields.end(), [&](auto f) { return bool(held(document, f)); }) ||
                         held(document, "lines") || held(document, "signature") || held(document, "date") ||
                         held(document, "date_text");
  if (!is_needed) return;
  out.open("correspDesc");
  write_sent(out, document);
  for (const std::string_view field : {"transmission", "to", "info", "exempt"}) write_field(out, document, field);
  if (held(document, "refs")) {
    out.open("correspContext", {}, true);
    write_field(out, document, "refs");
    out.close();
  }
  for (const std::string_view field : {"passing", "corrections", "lines"}) write_field(out, document, field);
  out.close();
}

// -- reading -------------------------------------------------------------------------------------------------------

std::string part_value(pugi::xml_node element, const tei_names& names, const part& p) {
  if (!p.element.empty())
    element = p.type.empty() ? names.child(element, p.element) : names.child(element, p.element, "type", p.type);
  if (!element) return {};
  if (p.attribute.empty()) return decode(p.code, text_of(element));
  return decode(p.code, element.attribute(std::string(p.attribute).c_str()).value());
}

// The members of a record, from its element and from the rest.
void tell_record(builder& out, pugi::xml_node element, const tei_names& names, std::span<const part> parts, node rest) {
  std::vector<std::string_view> told;
  for (const part& p : parts) {
    const std::string value = part_value(element, names, p);
    if (value.empty()) continue;
    out.value(p.member, value);
    told.push_back(p.member);
  }
  if (rest.is(node_type::map))
    for (node m : rest)
      if (std::find(told.begin(), told.end(), m.name()) == told.end()) out.copy(m);
}

bool has_any_part(pugi::xml_node element, const tei_names& names, std::span<const part> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](const part& p) { return !part_value(element, names, p).empty(); });
}

// Tells a field that stands in the table; false when the header has nothing of it.
bool tell_field(builder& out, const vocabulary::field& f, const field_place& p, pugi::xml_node header, const tei_names& names,
                node rest) {
  std::vector<pugi::xml_node> elements;
  const std::string attribute(p.attribute);
  for (const auto n : names.find(header, p.container).children())
    if (names.is(n, p.element) && attribute_of(n, attribute.c_str()) == p.value) elements.push_back(n);
  if (elements.empty()) return false;
  if (f.form == vocabulary::shape::record) {
    if (!has_any_part(elements.front(), names, p.parts)) return false;
    out.map(f.name);
    tell_record(out, elements.front(), names, p.parts, rest);
    out.close();
    return true;
  }
  std::vector<std::string> texts;
  if (f.form == vocabulary::shape::texts) {
    for (const auto e : elements) {
      if (p.item.empty()) texts.push_back(text_of(e));
      else
        for (const auto item : e.children())
          if (names.is(item, p.item)) texts.push_back(text_of(item));
    }
    std::erase(texts, std::string());
    if (texts.empty()) return false;
    out.list(f.name);
    for (const auto& t : texts) out.value({}, t);
    out.close();
    return true;
  }
  std::unordered_map<std::string_view, node> rests;
  if (rest.is(node_type::map))
    for (node m : rest) rests.emplace(m.name(), m);
  out.list(f.name);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    out.map();
    const auto found = rests.find(std::to_string(i));
    tell_record(out, elements[i], names, p.parts, found == rests.end() ? node() : found->second);
    out.close();
  }
  out.close();
  return true;
}

// The text fields that are not in the table.
std::string text_field(std::string_view field, pugi::xml_node header, const tei_names& names) {
  const auto text_or_nothing = [](pugi::xml_node n) { return n ? text_of(n) : std::string(); };
  if (field == "subject") {
    const auto title = names.find(header, "fileDesc/titleStmt/title");
    return attribute_of(title, "type") == "none" ? std::string() : text_or_nothing(title);
  }
  if (field == "date" || field == "date_text") {
    auto date = names.find(header, "profileDesc/creation/date");
    if (!date) date = names.child(names.child(names.find(header, correspondence), "correspAction", "type", "sent"), "date");
    return field == "date" ? std::string(attribute_of(date, "when")) : text_or_nothing(date);
  }
  if (field == "signature")
    return text_or_nothing(
        names.child(names.child(names.find(header, correspondence), "correspAction", "type", "sent"), "persName"));
  const bool of_info = field == "info_precedence";
  const std::string_view scheme = field == "classification" ? classification_scheme : precedence_scheme;
  if (field == "classification" || field == "precedence" || of_info)
    for (const auto n : names.find(header, classes).children())
      if (names.is(n, "classCode") && attribute_of(n, "scheme") == scheme && (attribute_of(n, "n") == "info") == of_info)
        return text_of(n);
  return {};
}

}  // namespace

std::string xml_id_of(std::string_view id) {
  std::string out = "c";
  while (!id.empty()) {
    const character c = decode_utf8(id);
    const auto is_plain = [](std::uint32_t x) {
      return (x >= '0' && x <= '9') || (x >= 'A' && x <= 'Z') || (x >= 'a' && x <= 'z') || x == '.' || x == '_' || x == '-';
    };
    out += is_plain(c.code) ? static_cast<char>(c.code) : '_';
    id.remove_prefix(c.length ? c.length : 1);
  }
  return out;
}

std::string read_id(pugi::xml_node header, const tei_names& names) {
  const auto statement = names.find(header, "fileDesc/publicationStmt");
  for (const std::string_view type : {"cable", "document"})
    if (const auto idno = names.child(statement, "idno", "type", type)) return text_of(idno);
  return {};
}

void tell_meta(builder& out, pugi::xml_node header, const tei_names& names, node rest) {
  std::vector<std::string_view> told;
  out.map("meta");
  for (const auto& f : vocabulary::meta_fields) {
    if (f.tei == "(computed)") continue;
    bool found = false;
    if (const field_place* p = place_of(f.name)) {
      found = tell_field(out, f, *p, header, names, rest[f.name]);
    } else {
      const std::string value = text_field(f.name, header, names);
      found = !value.empty();
      if (found) out.value(f.name, value);
    }
    if (found) told.push_back(f.name);
  }
  if (rest.is(node_type::map))
    for (node m : rest)
      if (std::find(told.begin(), told.end(), m.name()) == told.end()) out.copy(m);
  out.close();
}

pugi::xml_node octets_bibl(pugi::xml_node header, const tei_names& names) {
  return names.child(names.find(header, "fileDesc/sourceDesc"), "bibl", "type", "octets");
}

void tell_source_facts(builder& out, pugi::xml_node bibl, const tei_names& names, node rest) {
  std::vector<std::string_view> told;
  const auto tell_fact = [&](std::string_view member, const std::string& value) {
    if (value.empty()) return;
    out.value(member, value);
    told.push_back(member);
  };
  for (const auto& p : source_parts)
    if (const auto n = names.child(bibl, p.element, "type", p.type)) tell_fact(p.member, text_of(n));
  if (const auto measure = names.child(names.child(bibl, "extent"), "measure", "unit", "octets"))
    tell_fact("size", std::string(attribute_of(measure, "quantity")));
  if (rest.is(node_type::map))
    for (node m : rest)
      if (m.name() != "octets" && std::find(told.begin(), told.end(), m.name()) == told.end()) out.copy(m);
}

std::string rest_of(node document, bool keeps_source) {
  std::string out;
  json_object object(out);
  constexpr std::array<std::string_view, 7> known{"id", "kind", "namespaces", "body", "meta", "source", "carrier"};
  for (node m : document)
    if (std::find(known.begin(), known.end(), m.name()) == known.end()) append_json(object.member(m.name()), m);
  if (is_cable(document))
    if (const std::string rest = rest_of_meta(document["meta"]); !rest.empty()) object.member("meta") += rest;
  std::string nested;
  json_object source(nested);
  for (node m : document["source"])
    if (!keeps_source || !can_hold_source(m)) append_json(source.member(m.name()), m);
  source.close();
  if (!nested.empty()) object.member("source") += nested;
  nested.clear();
  json_object carrier(nested);
  for (node m : document["carrier"]) {
    if (m.name() != "tei") {
      append_json(carrier.member(m.name()), m);
      continue;
    }
    std::string others;
    json_object unknown(others);
    for (node x : m)
      if (!has_place_in_tei(document, x.name())) append_json(unknown.member(x.name()), x);
    unknown.close();
    if (!others.empty()) carrier.member("tei") += others;
  }
  carrier.close();
  if (!nested.empty()) object.member("carrier") += nested;
  object.close();
  return out;
}

void write_header(outline& out, node document) {
  out.open("teiHeader");
  write_file_description(out, document);
  write_encoding_description(out);
  if (is_cable(document)) {
    out.open("profileDesc");
    if (const std::string date = make_date(document, ""); !date.empty())
      out.child([&](xml_writer& w) { w.raw("<creation>").raw(date).raw("</creation>"); });
    out.child([](xml_writer& w) { w.raw("<langUsage><language ident=\"en\">English</language></langUsage>"); });
    write_text_class(out, document);
    write_correspondence(out, document);
    out.close();
  }
  if (const std::string rest = rest_of(document); !rest.empty())
    out.child([&](xml_writer& w) { write_element(w, "xenoData", " type=\"dragoman\"", rest); });
  out.close();
}

std::string make_head(node document, std::string_view prefix) {
  const node subject = held(document, "subject");
  if (!subject) return {};
  xml_writer out;
  return out.raw("<").raw(prefix).raw("head>").text(subject.text()).raw("</").raw(prefix).raw("head>").take();
}

std::string make_opener(node document, std::string_view prefix) {
  xml_writer out;
  out.raw("<")
      .raw(prefix)
      .raw("opener><")
      .raw(prefix)
      .raw("idno type=\"cable\">")
      .text(document["id"].text())
      .raw("</")
      .raw(prefix)
      .raw("idno>");
  if (const std::string date = make_date(document, prefix); !date.empty())
    out.raw(" <").raw(prefix).raw("dateline>").raw(date).raw("</").raw(prefix).raw("dateline>");
  return out.raw("</").raw(prefix).raw("opener>").take();
}

std::string make_closer(node document, std::string_view prefix) {
  const node signature = held(document, "signature");
  if (!signature) return {};
  xml_writer out;
  const auto tag = [&](std::string_view slash, std::string_view name) { out.raw("<").raw(slash).raw(prefix).raw(name).raw(">"); };
  tag("", "closer"), tag("", "signed"), tag("", "persName");
  out.text(signature.text());
  tag("/", "persName"), tag("/", "signed"), tag("/", "closer");
  return out.take();
}

}  // namespace dragoman::tei
