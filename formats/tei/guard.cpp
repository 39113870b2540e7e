#include "guard.hpp"

#include "header.hpp"
#include "tree_node.hpp"

#include <dragoman/equality.hpp>
#include <dragoman/text.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <deque>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dragoman::tei {
namespace {

enum character_class : std::uint8_t { name_start = 1, name_part = 2, blank = 4, plain_text_octet = 8, plain_value_octet = 16 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> t{};
  for (std::size_t c = 0; c < 256; ++c) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == ':';
    const bool more = (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (letter || c >= 0x80) t[c] |= name_start | name_part;
    if (more) t[c] |= name_part;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') t[c] |= blank;
    const bool visible = (c >= 0x20 && c < 0x80) || (t[c] & blank);
    if (visible && c != '<' && c != '&' && c != '>' && c != '\t' && c != '\r') t[c] |= plain_text_octet;
    if (visible && c != '<' && c != '&' && c != '"' && c != '\'') t[c] |= plain_value_octet;
  }
  return t;
}
constexpr auto classes = make_classes();
bool has_class(char c, character_class k) noexcept { return (classes[static_cast<unsigned char>(c)] & k) != 0; }

#if defined(__SSE2__)
constexpr std::ptrdiff_t step = 16;  // octets
inline __m128i load(const char* at) noexcept { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }
inline __m128i is(__m128i octets, char c) noexcept { return _mm_cmpeq_epi8(octets, _mm_set1_epi8(c)); }
inline __m128i any(__m128i a, __m128i b) noexcept { return _mm_or_si128(a, b); }
// From `first` on so many more.
inline __m128i is_from(__m128i octets, char first, char more) noexcept {
  const __m128i above = _mm_sub_epi8(octets, _mm_set1_epi8(first));
  return _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(more)), above);
}
inline unsigned mask_of(__m128i chosen) noexcept { return static_cast<unsigned>(_mm_movemask_epi8(chosen)); }
// Control characters that are no blanks, and octets beyond ASCII.
inline __m128i is_strange(__m128i octets) noexcept {
  const __m128i below = _mm_cmplt_epi8(octets, _mm_set1_epi8(0x20));  // as numbers with a sign: 0x80 and above, too
  return _mm_andnot_si128(any(is(octets, '\n'), any(is(octets, '\t'), is(octets, '\r'))), below);
}
#endif

// The first octet that is not of this class: plain text, or the plain value of an attribute. Tabs and CRs are no plain text: most
// files have none, and every step would have to look for them.
inline const char* skip_plain_text(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
  for (; end - at >= step; at += step) {
    const __m128i octets = load(at);
    const __m128i strange = _mm_andnot_si128(is(octets, '\n'), _mm_cmplt_epi8(octets, _mm_set1_epi8(0x20)));
    static_assert(('<' | 2) == '>');
    const __m128i angle = is(_mm_or_si128(octets, _mm_set1_epi8(2)), '>');
    const unsigned stops = mask_of(any(any(strange, angle), is(octets, '&')));
    if (stops != 0) return at + std::countr_zero(stops);
  }
#endif
  while (at != end && has_class(*at, plain_text_octet)) ++at;
  return at;
}
inline const char* skip_plain_value(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
  for (; end - at >= step; at += step) {
    const __m128i octets = load(at);
    const __m128i quotes = any(is(octets, '"'), is(octets, '\''));
    const unsigned stops = mask_of(any(any(is_strange(octets), quotes), any(is(octets, '&'), is(octets, '<'))));
    if (stops != 0) return at + std::countr_zero(stops);
  }
#endif
  while (at != end && has_class(*at, plain_value_octet)) ++at;
  return at;
}
#if defined(__SSE2__)
// Passes what of the sixteen octets at `at` is of a name; what of it is beyond ASCII, or a colon, is told.
inline const char* skip_name_once(const char* at, bool& ascii, bool& has_colon) noexcept {
  const __m128i octets = load(at);
  const __m128i letters = is_from(_mm_or_si128(octets, _mm_set1_epi8(0x20)), 'a', 'z' - 'a');
  const __m128i others = _mm_andnot_si128(is(octets, '/'), is_from(octets, '-', ':' - '-'));
  const unsigned beyond = mask_of(octets);
  const unsigned parts = mask_of(any(any(letters, others), is(octets, '_'))) | beyond;
  const auto length = std::countr_one(parts);
  const unsigned inside = (1u << length) - 1;
  ascii &= (beyond & inside) == 0;
  has_colon |= (mask_of(is(octets, ':')) & inside) != 0;
  return at + length;
}
#endif
// The first octet that no name has.
inline const char* skip_name(const char* at, const char* end, bool& ascii, bool& has_colon) noexcept {
#if defined(__SSE2__)
  while (end - at >= step) {
    const char* const behind = skip_name_once(at, ascii, has_colon);
    if (behind - at < step) return behind;
    at = behind;
  }
#endif
  for (; at != end && has_class(*at, name_part); ++at) {
    ascii &= static_cast<unsigned char>(*at) < 0x80;
    has_colon |= *at == ':';
  }
  return at;
}
// The octets of the name at `at` if it is as nearly all are: ASCII, shorter than a step, and not near the end. Else 0.
inline std::size_t length_of_short_name(const char* at, const char* end, bool& has_colon) noexcept {
  constexpr std::ptrdiff_t longer = 16;
  if (end - at < longer || !has_class(*at, name_start)) return 0;
  bool is_ascii = true;
  has_colon = false;
  const char* const behind = skip_name(at, at + longer, is_ascii, has_colon);
  return is_ascii && behind - at < longer ? static_cast<std::size_t>(behind - at) : 0;
}

constexpr std::string_view xml_uri = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view xmlns_uri = "http://www.w3.org/2000/xmlns/";

class scanner {
public:
  scanner(const source_text& source, const scan_limits& limits)
      : source_(source),
        limits_(limits),
        begin_(source.text().data()),
        at_(begin_),
        end_(begin_ + source.text().size()),
        last_(end_) {}
  scanner(const source_text& source, const scan_limits& limits, paged_text& pages, std::size_t most_resident)
      : scanner(source, limits) {
    pages_ = &pages;
    most_resident_ = most_resident;
    end_ = begin_;
  }

  scan_result run() {
    piece([this] { declaration(); });
    while (at_ < last_) {
      bool is_root = false;
      piece([&] { is_root = outside(); });
      if (is_root) content();
    }
    if (!seen_root_) fail("there is no element");
    if (!result_.units.empty()) result_.skeleton.append(begin_ + result_.units.back().end, last_);
    return std::move(result_);
  }

private:
  struct open_element {
    std::string_view name;
    const char* begin = nullptr;
    std::size_t bindings = 0;  // how many were in scope outside
    bool is_corpus = false, is_unit = false;
    bool holds_documents = false;  // the text of a volume, and what is in it
  };
  struct binding {
    std::string_view prefix, uri;
  };
  struct attribute_place {
    std::string_view name, value;
    const char* begin = nullptr;
  };

  // -- a text in pages --------------------------------------------------------------------------------------------
  // Passes a piece, of which some octets are there. When it fails, and what is there ends near by, more is loaded and it
  // begins anew: a piece changes nothing before it is passed. One that goes on ends where what is there ends.
  template <class Pass>
  void piece(Pass&& pass, bool may_go_on = false) {
    for (const char* const from = at_; end_ != last_; at_ = from) {
      if (static_cast<std::size_t>(end_ - at_) >= octets_ahead) {
        try {
          pass();
          if (at_ != end_ || !may_go_on) return;
        } catch (const unusable&) {
          if (end_ - at_ >= longest_look) throw;
        }
      }
      load_more(from);
    }
    pass();
  }
  // From `from` on at least twice of what is there.
  void load_more(const char* from) {
    if (pages_->resident() > most_resident_)
      fail_as("tei.limit.input", "more than " + std::to_string(most_resident_) + " octets that are of one TEI, or of none", from);
    const std::size_t begin = offset(end_), size = offset(last_);
    const std::size_t end = std::min(size, begin + std::max(static_cast<std::size_t>(end_ - from), 4 * octets_ahead));
    pages_->load(source_.mark() + begin, source_.mark() + end);
    end_ = begin_ + end;
  }

  // -- errors ---------------------------------------------------------------------------------------------------
  std::size_t offset(const char* p) const noexcept { return static_cast<std::size_t>(p - begin_); }
  [[noreturn]] void fail_as(const char* code, const std::string& what, const char* where, std::size_t length = 0) const {
    throw unusable(code, what, source_.at(offset(where), length));
  }
  [[noreturn]] void fail(const std::string& what, const char* where, std::size_t length = 0) const {
    fail_as("tei.ill-formed", what, where, length);
  }
  [[noreturn]] void fail(const std::string& what) const { fail(what, at_); }
  static std::string quoted(std::string_view s) { return "\"" + std::string(s.substr(0, 80)) + "\""; }

  // -- small steps ----------------------------------------------------------------------------------------------
  bool looks_at(std::string_view s) const noexcept {
    return static_cast<std::size_t>(end_ - at_) >= s.size() && std::memcmp(at_, s.data(), s.size()) == 0;
  }
  bool take(std::string_view s) noexcept {
    if (!looks_at(s)) return false;
    at_ += s.size();
    return true;
  }
  bool take(char c) noexcept {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool blanks() noexcept {
    if (at_<end_&& static_cast<unsigned char>(*at_)> ' ') return false;
    const char* from = at_;
    while (at_ < end_ && has_class(*at_, blank)) ++at_;
    return at_ != from;
  }
  void need_blanks(const char* where) {
    if (!blanks()) fail(std::string("white space is missing ") + where);
  }
  void need(char c, const char* what) {
    if (!take(c)) fail(std::string("'") + c + "' is missing " + what);
  }
  std::string_view name(const char* of) {
    bool has_colon = false;
    return name(of, has_colon);
  }
  std::string_view name(const char* of, bool& has_colon) {
    const char* from = at_;
    bool ascii = true;
    at_ = skip_name(at_, end_, ascii, has_colon);
    const std::string_view n(from, static_cast<std::size_t>(at_ - from));
    if (n.size() > limits_.name)
      fail_as("tei.limit.name", "a name longer than " + std::to_string(limits_.name) + " octets", from);
    if (n.empty() || !has_class(n.front(), name_start) || (!ascii && !is_xml_name(n)))
      fail(std::string("the name of ") + of + " is missing or is not an XML name", from);
    return n;
  }
  // The character at `at_`, which is not ASCII or is a control character: passes it, or refuses it.
  void character_at() {
    // Of two octets all, of three nearly all are characters of XML.
    const auto octet = [&](int i) { return static_cast<unsigned char>(at_[i]); };
    const auto goes_on = [&](int i) { return (octet(i) & 0xC0) == 0x80; };
    if (end_ - at_ >= 3 && octet(0) >= 0xE1 && octet(0) <= 0xEC && goes_on(1) && goes_on(2)) {
      at_ += 3;
      return;
    }
    if (end_ - at_ >= 2 && octet(0) >= 0xC2 && octet(0) <= 0xDF && goes_on(1)) {
      at_ += 2;
      return;
    }
    const character c = decode_utf8({at_, std::min<std::size_t>(4, static_cast<std::size_t>(end_ - at_))});
    if (c.length == 0) fail_as("tei.encoding", "this is not UTF-8", at_, 1);
    if (!is_xml_character(c.code)) fail("a character that XML 1.0 forbids (U+" + hexadecimal(c.code) + ")", at_, c.length);
    at_ += c.length;
  }
  static std::string hexadecimal(std::uint32_t code) {
    std::string s;
    for (int shift = 20; shift >= 0; shift -= 4)
      if (const auto digit = code >> shift & 15; digit || !s.empty() || shift < 16) s += "0123456789ABCDEF"[digit];
    return s;
  }
  // Any characters up to and with `stop`; returns what stood before it.
  std::string_view through(std::string_view stop, const char* what) {
    const char* from = at_;
    while (at_ < end_) {
      if (*at_ == stop.front() && looks_at(stop)) {
        const std::string_view inside(from, static_cast<std::size_t>(at_ - from));
        at_ += stop.size();
        return inside;
      }
      const auto c = static_cast<unsigned char>(*at_);
      if (c >= 0x80 || (c < 0x20 && !has_class(*at_, blank))) character_at();
      else ++at_;
    }
    fail(std::string(what) + " does not end", from);
  }
  void check_run(const char* from) const {
    if (static_cast<std::size_t>(at_ - from) > limits_.text) refuse_run(from);
  }
  [[noreturn]] void refuse_run(const char* from) const {
    fail_as("tei.limit.text", "a run of text longer than " + std::to_string(limits_.text) + " octets", from);
  }

  // -- XML declaration, prolog, epilog --------------------------------------------------------------------------
  void declaration() {
    if (!looks_at("<?xml") || end_ - at_ < 6 || !has_class(at_[5], blank)) return;
    at_ += 5;
    need_blanks("after \"<?xml\"");
    if (!take("version")) fail("the XML declaration does not begin with its version");
    const char* where = at_;
    const std::string_view version = pseudo_value();
    if (version == "1.1")
      fail_as("tei.xml-version", "XML 1.1 is not supported: it changes line ends and allows control characters", where);
    if (version != "1.0") fail_as("tei.xml-version", "XML version " + quoted(version) + " is not supported", where);
    bool spaced = blanks();
    if (looks_at("encoding")) {
      if (!spaced) fail("white space is missing in the XML declaration");
      at_ += 8;
      where = at_;
      const std::string_view encoding_name = pseudo_value();
      const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
      if (encoding_name.empty() || !is_letter(encoding_name.front()) ||
          !std::all_of(encoding_name.begin(), encoding_name.end(),
                       [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'; }))
        fail("the name of the encoding is not one", where);
      spaced = blanks();
    }
    if (looks_at("standalone")) {
      if (!spaced) fail("white space is missing in the XML declaration");
      at_ += 10;
      where = at_;
      const std::string_view value = pseudo_value();
      if (value != "yes" && value != "no") fail("standalone is \"yes\" or \"no\"", where);
      blanks();
    }
    if (!take("?>")) fail("the XML declaration is malformed");
  }
  std::string_view pseudo_value() {
    blanks();
    need('=', "in the XML declaration");
    blanks();
    return literal("a value of the XML declaration");
  }
  // A quoted string of characters without its own quote; no references are looked for.
  std::string_view literal(const char* what) {
    if (at_ == end_ || (*at_ != '"' && *at_ != '\'')) fail(std::string(what) + " needs quotes");
    const char quote[2] = {*at_++, 0};
    return through(quote, what);
  }

  // True when it has passed the start tag of the document element.
  bool outside() {
    if (blanks()) return false;
    if (!looks_at("<")) fail(seen_root_ ? "text after the document element" : "text before the document element");
    if (looks_at("<!--")) return comment(), false;
    if (looks_at("<?")) return instruction(), false;
    if (looks_at("<!DOCTYPE")) {
      if (seen_root_) fail("a DOCTYPE after the document element");
      if (result_.doctype.end != 0) fail("a second DOCTYPE");
      return doctype(), false;
    }
    if (looks_at("<![")) fail("a CDATA section outside the document element");
    if (seen_root_) fail("more than one document element");
    const std::size_t begin = offset(at_);
    start_tag();
    result_.root.begin = begin;
    return seen_root_ = true;
  }

  void comment() {
    const char* from = at_;
    at_ += 4;
    through("--", "a comment");
    if (!take('>')) fail("\"--\" inside a comment", from);
    check_run(from);
  }
  void instruction() {
    const char* from = at_;
    at_ += 2;
    const std::string_view target = name("a processing instruction");
    if (target.size() == 3 && same_ascii(target, "xml"))
      fail(target == "xml" ? "an XML declaration that does not stand at the start"
                           : "a processing instruction cannot be named " + quoted(target),
           from);
    if (take("?>")) return;
    need_blanks("after the name of a processing instruction");
    through("?>", "a processing instruction");
    check_run(from);
  }

  // -- document type declaration --------------------------------------------------------------------------------
  void doctype() {
    const char* from = at_;
    at_ += 9;
    need_blanks("after \"<!DOCTYPE\"");
    name("the document type");
    bool external = false;
    if (blanks()) external = external_id(true);
    blanks();
    if (take('[')) {
      subset(external);
      blanks();
    }
    need('>', "at the end of the DOCTYPE");
    result_.doctype = {offset(from), offset(at_)};
  }
  // SYSTEM literal or PUBLIC literal literal; nothing of it is ever fetched. Returns false when there is none.
  bool external_id(bool system_needed) {
    if (take("SYSTEM")) {
      need_blanks("after SYSTEM");
      literal("a system identifier");
      return true;
    }
    if (!take("PUBLIC")) return false;
    need_blanks("after PUBLIC");
    const char* where = at_;
    for (const char c : literal("a public identifier"))
      if (!has_class(c, name_part) && std::string_view(" \r\n'()+,/=?;!*#@$%").find(c) == npos)
        fail("a character that no public identifier can have", where);
    const bool spaced = blanks();
    if (at_ < end_ && (*at_ == '"' || *at_ == '\'')) {
      if (!spaced) fail("white space is missing after the public identifier");
      literal("a system identifier");
    } else if (system_needed) {
      fail("the system identifier is missing");
    }
    return true;
  }
  struct parameter_entity {
    std::string_view name;
    bool says_something;  // has a replacement text of its own that is more than white space
  };
  void subset(bool external) {
    std::vector<parameter_entity> entities;
    while (true) {
      blanks();
      if (at_ == end_) fail("the DOCTYPE does not end");
      if (take(']')) return;
      if (looks_at("<!--")) comment();
      else if (looks_at("<?")) instruction();
      else if (*at_ == '%') external = parameter_reference(entities, external);
      else if (take("<!ENTITY")) entity(entities);
      else if (take("<!ATTLIST")) attribute_list();
      else if (take("<!ELEMENT")) element_declaration();
      else if (take("<!NOTATION")) notation();
      else fail("this cannot stand in a DOCTYPE");
    }
  }
  // Its replacement could declare attribute defaults: refused when it has one of its own; what is external is not read
  // by anybody who does not validate.
  bool parameter_reference(const std::vector<parameter_entity>& entities, bool external) {
    const char* from = at_++;
    const std::string_view n = name("a parameter entity");
    need(';', "after the name of a parameter entity");
    const auto found = std::find_if(entities.begin(), entities.end(), [&](const auto& e) { return e.name == n; });
    if (found == entities.end() && !external) fail("the parameter entity " + quoted(n) + " is not declared", from);
    if (found != entities.end() && found->says_something)
      fail_as("tei.entity", "the parameter entity " + quoted(n) + " is not expanded: its declarations would be lost", from);
    return true;
  }
  void entity(std::vector<parameter_entity>& entities) {
    need_blanks("after \"<!ENTITY\"");
    bool parameter = false;
    if (take('%')) {
      parameter = true;
      need_blanks("after '%'");
    }
    const std::string_view n = name("an entity");
    need_blanks("after the name of an entity");
    bool says_something = false;
    if (at_ < end_ && (*at_ == '"' || *at_ == '\'')) {
      const char* where = at_;
      const std::string_view value = literal("the value of an entity");
      check_entity_value(value, where + 1);
      says_something = !is_blank(value);
    } else if (!external_id(true)) {
      fail("an entity needs a value or an external identifier");
    } else if (!parameter && blanks() && take("NDATA")) {
      need_blanks("after NDATA");
      name("a notation");
    }
    blanks();
    need('>', "at the end of an entity declaration");
    if (parameter) entities.push_back({n, says_something});
  }
  void check_entity_value(std::string_view value, const char* where) {
    const char* const resume = at_;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '%') fail("'%' in the value of an entity", where + i);
      if (value[i] != '&') continue;
      at_ = where + i;
      reference(true);
      i = static_cast<std::size_t>(at_ - where) - 1;
    }
    at_ = resume;
  }
  void element_declaration() {
    need_blanks("after \"<!ELEMENT\"");
    name("an element");
    need_blanks("after the name of an element");
    if (!take("EMPTY") && !take("ANY")) content_model();
    blanks();
    need('>', "at the end of an element declaration");
  }
  // A content model: groups of names with one kind of separator each. The open groups' separators are kept in a list.
  void content_model() {
    if (!looks_at("(")) fail("a content model is missing");
    std::vector<char> separators;
    do {
      blanks();
      if (take('(')) {
        if (separators.size() >= limits_.depth) fail_as("tei.limit.depth", "a content model nested too deeply", at_);
        separators.push_back(0);
        continue;
      }
      if (!take("#PCDATA")) name("an element");
      occurrence();
      blanks();
      while (!separators.empty() && take(')')) {
        separators.pop_back();
        occurrence();
        blanks();
      }
      if (separators.empty()) return;
      if (at_ == end_ || (*at_ != ',' && *at_ != '|') || (separators.back() != 0 && separators.back() != *at_))
        fail("a content model is malformed");
      separators.back() = *at_++;
    } while (true);
  }
  void occurrence() noexcept {
    if (at_ < end_ && (*at_ == '?' || *at_ == '*' || *at_ == '+')) ++at_;
  }
  void attribute_list() {
    need_blanks("after \"<!ATTLIST\"");
    name("an element");
    while (true) {
      const bool spaced = blanks();
      if (take('>')) return;
      if (!spaced) fail("white space is missing in an attribute list");
      name("an attribute");
      need_blanks("after the name of an attribute");
      attribute_type();
      need_blanks("after the type of an attribute");
      if (take("#REQUIRED") || take("#IMPLIED")) continue;
      if (take("#FIXED")) need_blanks("after #FIXED");
      const char* where = at_;
      literal("the default of an attribute");
      fail_as("tei.attribute-default", "the DOCTYPE gives an attribute a default value; it would be lost", where);
    }
  }
  void attribute_type() {
    for (const std::string_view type : {"CDATA", "IDREFS", "IDREF", "ID", "ENTITIES", "ENTITY", "NMTOKENS", "NMTOKEN"})
      if (take(type)) return;
    if (take("NOTATION")) need_blanks("after NOTATION");
    need('(', "before the values of an attribute");
    do {
      blanks();
      const char* from = at_;
      while (at_ < end_ && has_class(*at_, name_part)) ++at_;
      if (at_ == from) fail("a value of an attribute is missing");
      blanks();
    } while (take('|'));
    need(')', "after the values of an attribute");
  }
  void notation() {
    need_blanks("after \"<!NOTATION\"");
    name("a notation");
    need_blanks("after the name of a notation");
    if (!external_id(false)) fail("a notation needs an identifier");
    blanks();
    need('>', "at the end of a notation");
  }

  // -- content --------------------------------------------------------------------------------------------------
  // Everything from behind the start tag of the document element to its end tag.
  void content() {
    while (!open_.empty()) {
      piece([this] { text(); }, true);
      if (at_ == last_) fail("the element " + quoted(open_.back().name) + " does not end", open_.back().begin);
      piece([this] { markup(); });
    }
    result_.root.end = offset(at_);
  }
  void markup() {
    if (end_ - at_ < 2) fail("'<' stands alone");
    if (at_[1] == '/') end_tag();
    else if (at_[1] == '?') instruction();
    else if (at_[1] != '!') start_tag();
    else if (looks_at("<!--")) comment();
    else if (looks_at("<![CDATA[")) character_data();
    else fail("\"<!\" begins neither a comment nor a CDATA section");
  }
  void character_data() {
    const char* from = at_;
    at_ += 9;
    through("]]>", "a CDATA section");
    check_run(from);
  }

  void text() {
    const char* from = at_;
    bool is_as_read = true;  // nothing in it is changed when it is read
    while ((at_ = skip_plain_text(at_, end_)) != end_ && *at_ != '<') {
      switch (*at_) {
        case '&':
          reference(false);
          is_as_read = false;
          break;
        case '>':
          if (at_ - from >= 2 && at_[-1] == ']' && at_[-2] == ']') fail("\"]]>\" in text", at_ - 2);
          ++at_;
          break;
        case '\r':
          ++at_;
          is_as_read = false;
          break;
        case '\t': ++at_; break;
        default: character_at();
      }
    }
    check_run(from);
    const std::string_view run(from, static_cast<std::size_t>(at_ - from));
    if (is_as_read && in_document_ && pages_ == nullptr && can_be_referred(run)) result_.long_texts.push_back(run);
  }
  // A character reference, or one of the five entities. `declared` allows any name (the value of an entity).
  void reference(bool declared) {
    const char* from = at_++;
    if (take('#')) {
      const bool hex = take('x');
      std::uint32_t code = 0;
      const char* digits = at_;
      for (; at_ < end_ && *at_ != ';'; ++at_) {
        const char c = *at_;
        const int digit = c >= '0' && c <= '9'          ? c - '0'
                          : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : hex && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                        : -1;
        if (digit < 0) fail("a character reference is malformed", from);
        code = std::min<std::uint32_t>(code * (hex ? 16u : 10u) + static_cast<std::uint32_t>(digit), 0x110000u);
      }
      if (at_ == digits || at_ == end_) fail("a character reference is malformed", from);
      ++at_;
      if (!is_xml_character(code))
        fail("a reference to a character that XML 1.0 forbids", from, static_cast<std::size_t>(at_ - from));
      return;
    }
    if (at_ == end_ || !has_class(*at_, name_start)) fail("'&' that begins no reference (write &amp;)", from);
    const std::string_view n = name("an entity");
    if (!take(';')) fail("';' is missing after the entity " + quoted(n), from);
    if (declared || n == "amp" || n == "lt" || n == "gt" || n == "quot" || n == "apos") return;
    fail_as("tei.entity", "the entity " + quoted(n) + " is not expanded; only amp, lt, gt, quot and apos are read", from,
            static_cast<std::size_t>(at_ - from));
  }

  // -- tags -----------------------------------------------------------------------------------------------------
  void start_tag() {
    const char* from = at_;
    bool has_prefix = false, declares = false;
    attributes_.clear();
    std::string_view n;
    const char* const behind = plain_tag(n);
    if (behind == nullptr) {
      at_ = from + 1;
      n = name("an element", has_prefix);
    }
    if (open_.size() >= limits_.depth)
      fail_as("tei.limit.depth", "elements nested deeper than " + std::to_string(limits_.depth), from);
    if (behind == nullptr) attributes(has_prefix, declares);
    else at_ = behind;
    const bool empty = take('/');
    need('>', "at the end of a tag");
    check_unique_names(from);
    const std::size_t bindings_outside = bindings_.size();
    if (declares) declare_namespaces();
    if (has_prefix) check_prefixes(n, from);
    const bool may_be_unit = open_.empty() || open_.back().is_corpus;
    const bool may_be_document = !may_be_unit && (open_.back().holds_documents || is_text_of_volume(n));
    // Made where it stays: an element that is copied is waited for.
    open_element& e = open_.emplace_back();
    e.name = n;
    e.begin = from;
    e.bindings = bindings_outside;
    if (may_be_unit) recognise(e);
    else if (may_be_document) recognise_document(e, declares);
    if (in_document_ && (has_prefix || declares)) note_prefixes(n, declares);
    if (e.is_corpus) kept_ = offset(at_);
    if (empty) close();
  }
  // Looks at the start tag at `at_` as nearly all are written: short names without prefix, few attributes with one blank before
  // each, plain values in double quotes. Where it ends, before "/" or ">", or null: it must be looked at with care.
  const char* plain_tag(std::string_view& element) {
    constexpr std::size_t few = 8;  // attributes
    const char* at = at_ + 1;
    bool has_colon = false;
    element = {at, length_of_short_name(at, end_, has_colon)};
    if (element.empty() || has_colon || element.size() > limits_.name) return nullptr;
    for (at += element.size(); at != end_ && *at == ' ';) {
      const char* const from = ++at;
      const std::string_view n(at, length_of_short_name(at, end_, has_colon));
      if (n.empty() || n.size() > limits_.name) return nullptr;
      if (has_colon ? n != "xml:id" : n.front() == 'x' && n.substr(0, 5) == "xmlns") return nullptr;
      const char* const value = from + n.size() + 2;
      if (end_ - value < 2 || value[-2] != '=' || value[-1] != '"') return nullptr;
      at = skip_plain_value(value, end_);
      const auto length = static_cast<std::size_t>(at - value);
      if (at == end_ || *at != '"' || length > limits_.text || attributes_.size() >= std::min(few, limits_.attributes))
        return nullptr;
      attribute_place& a = attributes_.emplace_back();
      a.name = n;
      a.value = {value, length};
      a.begin = from;
      ++at;
    }
    return at != end_ && (*at == '>' || *at == '/') ? at : nullptr;
  }
  // All of the start tag behind its name, but its end.
  void attributes(bool& has_prefix, bool& declares) {
    attributes_.clear();
    bool spaced = blanks();
    while (at_ < end_ && *at_ != '>' && *at_ != '/') {
      if (!spaced) fail("white space is missing before an attribute");
      attribute(has_prefix, declares);
      spaced = blanks();
    }
  }
  // `has_prefix` is not said of xml:id, which needs no look.
  void attribute(bool& has_prefix, bool& declares) {
    const char* from = at_;
    bool has_colon = false;
    const std::string_view n = name("an attribute", has_colon);
    declares |= n.front() == 'x' && n.substr(0, 5) == "xmlns";
    has_prefix |= has_colon && n != "xml:id";
    if (!take("=\"")) {
      blanks();
      need('=', "after the name of an attribute");
      blanks();
    } else {
      --at_;
    }
    if (at_ == end_ || (*at_ != '"' && *at_ != '\'')) fail("the value of an attribute needs quotes");
    const char quote = *at_++;
    const char* value = at_;
    while (true) {
      at_ = skip_plain_value(at_, end_);
      if (at_ == end_) fail("the value of an attribute does not end", from);
      if (*at_ == quote) break;
      if (*at_ == '"' || *at_ == '\'') ++at_;
      else if (*at_ == '<') fail("'<' in the value of an attribute");
      else if (*at_ == '&') reference(false);
      else character_at();
    }
    if (attributes_.size() >= limits_.attributes)
      fail_as("tei.limit.attributes", "an element with more than " + std::to_string(limits_.attributes) + " attributes", from);
    attributes_.push_back({n, {value, static_cast<std::size_t>(at_ - value)}, from});
    ++at_;
    check_run(value);
  }
  void check_unique_names(const char* from) {
    check_unique(from, [](const attribute_place& a) { return a.name; });
  }
  template <class Key>
  void check_unique(const char* from, Key key) {
    if (attributes_.size() < 2) return;
    if (attributes_.size() <= 8) {
      for (std::size_t i = 1; i < attributes_.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
          if (key(attributes_[i]) == key(attributes_[j]))
            fail("the attribute " + quoted(attributes_[i].name) + " stands twice", attributes_[i].begin);
      return;
    }
    std::vector<decltype(key(attributes_[0]))> keys;
    for (const auto& a : attributes_) keys.push_back(key(a));
    std::sort(keys.begin(), keys.end());
    if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) fail("an attribute stands twice", from);
  }
  void end_tag() {
    const char* const from = at_;
    const char* const at = from + 2;
    const std::string_view expected = open_.back().name;
    const auto differs = [&] { fail("this end tag does not match <" + std::string(expected.substr(0, 80)) + ">", from); };
    if (static_cast<std::size_t>(end_ - at) < expected.size() || !is_same(at, expected)) differs();
    at_ = at + expected.size();
    if (!take('>')) {
      blanks();
      if (!take('>')) differs();
    }
    close();
  }
  // Does this name stand at `at`, where as many octets are? Most are shorter than a step, and looked at without a branch.
  bool is_same(const char* at, std::string_view name) const noexcept {
#if defined(__SSE2__)
    if (name.size() <= step && end_ - at >= step) {  // the name itself stands before
      const unsigned same = mask_of(_mm_cmpeq_epi8(load(at), load(name.data())));
      return (~same & ((1u << name.size()) - 1)) == 0;
    }
#endif
    return std::memcmp(at, name.data(), name.size()) == 0;
  }
  void close() {
    const open_element& e = open_.back();
    if (e.is_unit) add_unit({offset(e.begin), offset(at_)});
    bindings_.resize(e.bindings);
    open_.pop_back();
  }

  void add_unit(const extent& unit) {
    result_.skeleton.append(begin_ + (result_.units.empty() ? 0 : result_.units.back().end), begin_ + unit.begin);
    result_.places.push_back(result_.skeleton.size());
    result_.skeleton += "<slot/>";
    result_.units.push_back(unit);
    // It need not stay. What is before has names of open elements in it.
    if (pages_ != nullptr) pages_->let_go(source_.mark() + (in_document_ ? unit.begin : kept_), source_.mark() + unit.end);
    in_document_ = false;
  }

  // -- namespaces -----------------------------------------------------------------------------------------------
  void declare_namespaces() {
    for (const auto& a : attributes_) {
      if (a.name.substr(0, 5) != "xmlns") continue;
      if (a.name.size() > 5 && a.name[5] != ':') continue;
      const std::string_view prefix = a.name.size() > 6 ? a.name.substr(6) : std::string_view();
      const bool is_plain = a.value.find_first_of("&\t\n\r") == npos;  // else it is kept for the whole scan
      const std::string_view uri = is_plain ? a.value : std::string_view(values_.emplace_back(plain_value(a.value)));
      const auto wrong = [&](const char* what) { fail_as("tei.namespace", what, a.begin); };
      if (a.name.size() == 6 || prefix.find(':') != npos || (!prefix.empty() && !is_xml_name(prefix)))
        wrong("a namespace prefix is malformed");
      if (prefix == "xmlns" || uri == xmlns_uri) wrong("the prefix xmlns cannot be declared");
      if ((prefix == "xml") != (uri == xml_uri)) wrong("the prefix xml and its namespace belong together");
      if (!prefix.empty() && uri.empty()) wrong("a prefix cannot be taken back in XML 1.0");
      bindings_.push_back({prefix, uri});
    }
  }
  // The value of an attribute as it is meant.
  static std::string plain_value(std::string_view raw) {
    std::string out;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\r' && i + 1 < raw.size() && raw[i + 1] == '\n') continue;  // one line end
      if (raw[i] != '&') {
        out += is_space(raw[i]) ? ' ' : raw[i];
        continue;
      }
      const std::size_t end = raw.find(';', i);
      const std::string_view r = raw.substr(i + 1, end - i - 1);
      if (r == "amp") out += '&';
      else if (r == "lt") out += '<';
      else if (r == "gt") out += '>';
      else if (r == "quot") out += '"';
      else if (r == "apos") out += '\'';
      else {
        const bool hex = r[1] == 'x';
        std::uint32_t code = 0;
        std::from_chars(r.data() + (hex ? 2 : 1), r.data() + r.size(), code, hex ? 16 : 10);
        append_utf8(out, code);
      }
      i = end;
    }
    return out;
  }
  // URI of a prefix ("" = the default namespace); null when it is not bound.
  const std::string_view* find_namespace(std::string_view prefix) const noexcept {
    static constexpr std::string_view xml = xml_uri;
    if (prefix == "xml") return &xml;
    for (auto b = bindings_.rbegin(); b != bindings_.rend(); ++b)
      if (b->prefix == prefix) return &b->uri;
    return nullptr;
  }
  std::string_view need_namespace(std::string_view qualified, const char* where) const {
    const auto colon = qualified.find(':');
    if (colon == 0 || qualified.find(':', colon + 1) != npos || !is_xml_name(qualified.substr(colon + 1)))
      fail_as("tei.namespace", quoted(qualified) + " is not a name with a prefix", where);
    const auto* uri = find_namespace(qualified.substr(0, colon));
    if (uri == nullptr) fail_as("tei.namespace", "the prefix " + quoted(qualified.substr(0, colon)) + " is not declared", where);
    return *uri;
  }
  void check_prefixes(std::string_view element, const char* from) {
    if (element.find(':') != npos) need_namespace(element, from + 1);
    std::size_t prefixed = 0;
    for (const auto& a : attributes_) {
      if (a.name.find(':') == npos || a.name.substr(0, 6) == "xmlns:") continue;
      need_namespace(a.name, a.begin);
      ++prefixed;
    }
    if (prefixed < 2) return;
    check_unique(from, [this](const attribute_place& a) {  // equal by namespace, though not by prefix
      const auto colon = a.name.find(':');
      if (colon == npos || a.name.substr(0, 6) == "xmlns:") return std::pair<std::string_view, std::string_view>(a.name, {});
      return std::pair<std::string_view, std::string_view>(a.name.substr(colon + 1), *find_namespace(a.name.substr(0, colon)));
    });
  }
  void note_prefixes(std::string_view element, bool declares) {
    scanned_document& document = result_.documents.back();
    document.declares |= declares;
    const auto note = [&](std::string_view name) {
      const auto colon = name.find(':');
      const std::string_view prefix = name.substr(0, colon);
      if (colon == npos || prefix == "xml" || prefix == "xmlns") return;
      auto& known = document.prefixes;
      if (std::find(known.begin(), known.end(), prefix) == known.end()) known.emplace_back(prefix);
    };
    note(element);
    for (const auto& a : attributes_) note(a.name);
  }
  // Is this, the element that was opened last, the document element, or a TEI document of a corpus?
  void recognise(open_element& e) {
    const auto colon = e.name.find(':');
    const auto local = colon == npos ? e.name : e.name.substr(colon + 1);
    const auto* uri = find_namespace(colon == npos ? std::string_view() : e.name.substr(0, colon));
    const bool in_tei = uri != nullptr && *uri == tei_namespace;
    const bool is_root = open_.size() == 1;
    if (is_root) {
      result_.root_name = local;
      if (uri != nullptr) result_.root_namespace = *uri;
    }
    e.is_corpus = in_tei && local == "teiCorpus";
    e.is_unit = in_tei && local == "TEI" && !is_root;
    if (!is_root || !in_tei || local != "TEI") return;
    const std::string type = value_of("type");
    if (type == cable_type || type == document_type) return;
    const std::string prefix(e.name.substr(0, e.name.size() - local.size()));
    text_name_ = prefix + "text";
    div_name_ = prefix + "div";
    declaration_name_ = prefix.empty() ? "xmlns" : "xmlns:" + prefix.substr(0, prefix.size() - 1);
  }
  // The first text directly in a TEI.
  bool is_text_of_volume(std::string_view name) noexcept {
    if (open_.size() != 1 || text_name_.empty() || name != text_name_) return false;
    text_name_.clear();
    return true;
  }
  // Is this a document of a volume, or may it hold some? Not where names like ours mean something else.
  void recognise_document(open_element& e, bool declares) {
    if (declares && has_attribute(declaration_name_) && value_of(declaration_name_) != tei_namespace) return;
    e.is_unit = e.name == div_name_ && trim(value_of("type")) == "document";
    e.holds_documents = !e.is_unit;
    if (!e.is_unit) return;
    in_document_ = true;
    result_.documents.push_back({value_of("xml:id"), {}, false, result_.long_texts.size()});
  }
  // Of the start tag at hand.
  bool has_attribute(std::string_view name) const noexcept {
    return std::any_of(attributes_.begin(), attributes_.end(), [&](const auto& a) { return a.name == name; });
  }
  std::string value_of(std::string_view attribute) const {
    for (const auto& a : attributes_)
      if (a.name == attribute) return plain_value(a.value);
    return {};
  }

  const source_text& source_;
  const scan_limits& limits_;
  static constexpr std::size_t octets_ahead = std::size_t{1} << 16;
  static constexpr std::ptrdiff_t longest_look = 16;

  const char *begin_, *at_, *end_;  // what is there ends at end_
  const char* last_;
  paged_text* pages_ = nullptr;
  std::size_t kept_ = 0, most_resident_ = 0;
  scan_result result_;
  std::vector<open_element> open_;
  std::vector<binding> bindings_;
  std::vector<attribute_place> attributes_;
  std::deque<std::string> values_;
  bool seen_root_ = false;
  std::string text_name_, div_name_, declaration_name_;  // of a volume, as its document element writes names
  bool in_document_ = false;                             // the last one of result_.documents
};

}  // namespace

scan_result scan(const source_text& source, const scan_limits& limits) { return scanner(source, limits).run(); }
scan_result scan(const source_text& source, paged_text& pages, std::size_t most_resident, const scan_limits& limits) {
  return scanner(source, limits, pages, most_resident).run();
}

}  // namespace dragoman::tei
