// What the first octets of an input say: JSON of ours or not, one text or lines. Pure, no allocation.
#include <json/json.hpp>

#include <dragoman/text.hpp>

#include <bit>

namespace dragoman::json {
namespace {

struct head_facts {
  bool is_object = false;
  bool is_ours = false;  // "format" says so
  bool is_collection = false;
  bool has_documents = false;  // a member "documents"
  bool many_lines = false;     // a newline stands inside the first value
  bool is_complete = false;    // the first value ends in the head
  std::string_view rest;       // what follows it
};

// Where a string ends that begins before `at`: at its quote, or behind the end of the head.
std::size_t end_of_string(std::string_view head, std::size_t at) noexcept {
  while (at < head.size()) {
#if defined(__SSE2__)
    if (at + 16 <= head.size()) {
      const __m128i octets = detail::sixteen_octets(head, at);
      const unsigned stops = detail::where_equal(octets, '"') | detail::where_equal(octets, '\\');
      at += stops != 0 ? static_cast<unsigned>(std::countr_zero(stops)) : 16u;
      if (stops == 0) continue;
    }
#endif
    if (head[at] == '"') return at;
    at += head[at] == '\\' ? 2 : 1;
  }
  return at;
}

// Looks at the members of the first object, without judging its syntax. No further than it takes to know what it is.
head_facts look(std::string_view head) noexcept {
  head_facts facts;
  if (head.substr(0, 3) == "\xEF\xBB\xBF") head.remove_prefix(3);
  while (!head.empty() && is_space(head.front())) head.remove_prefix(1);
  facts.is_object = !head.empty() && head.front() == '{';
  if (!facts.is_object) return facts;
  std::size_t depth = 0;
  bool in_name = true;
  std::string_view name;
  for (std::size_t at = 0; at < head.size(); ++at) {
    switch (head[at]) {
      case '\n': facts.many_lines = true; break;
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']':
        if (--depth > 0) break;
        facts.is_complete = true;
        facts.rest = head.substr(at + 1);
        return facts;
      case ':':
        if (depth == 1) in_name = false;
        break;
      case ',':
        if (depth == 1) in_name = true;
        break;
      case '"': {
        const std::size_t begin = at + 1;
        at = end_of_string(head, begin);
        if (at >= head.size()) return facts;
        if (depth != 1) break;
        const std::string_view text = head.substr(begin, at - begin);
        if (in_name) {
          name = text;
          facts.has_documents |= text == "documents";
        } else if (name == "format") {
          facts.is_collection = text == "dragoman.collection";
          facts.is_ours = facts.is_collection || text == "dragoman.document";
        }
        break;
      }
      default: break;
    }
    if (facts.is_ours && facts.many_lines) return facts;
  }
  return facts;
}

enum class shape { one_text, lines, either };

shape shape_of(const head_facts& facts, bool at_end) noexcept {
  if (facts.many_lines) return shape::one_text;
  if (!facts.is_complete) return shape::either;
  std::string_view rest = facts.rest;
  while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
  if (!rest.empty()) return shape::lines;
  if (facts.is_collection && at_end) return facts.has_documents ? shape::one_text : shape::lines;
  return shape::either;
}

constexpr int sure = 95, tied = 90, unlikely = 5;

int score(std::string_view head, bool at_end, shape wanted, std::string_view& reason) noexcept {
  const head_facts facts = look(head);
  if (!facts.is_object) return 0;
  if (!facts.is_ours) {
    reason = "an object of JSON, but \"format\" does not say dragoman";
    return unlikely;
  }
  const shape found = shape_of(facts, at_end);
  if (found == shape::either) {
    reason = "a dragoman object on one line: JSON, or JSON Lines with one document";
    return tied;
  }
  reason = found == shape::lines ? "dragoman objects, one a line" : "one dragoman object";
  return found == wanted ? sure : unlikely;
}

}  // namespace

int reader::probe(std::string_view head, bool at_end, std::string_view& reason) noexcept {
  return score(head, at_end, shape::one_text, reason);
}

int lines_reader::probe(std::string_view head, bool at_end, std::string_view& reason) noexcept {
  return score(head, at_end, shape::lines, reason);
}

// A frame and its documents belong to one session, so a file that begins with a frame is not split.
std::int64_t lines_reader::split(std::string_view head, bool at_end) noexcept {
  std::size_t begin = 0;
  while (begin < head.size() && is_space(head[begin])) ++begin;
  const std::size_t newline = head.find('\n', begin);
  if (newline == npos && !at_end) return 0;
  const std::size_t end = newline == npos ? head.size() : newline + 1;
  if (end == 0 || look(head.substr(begin, end - begin)).is_collection) return -1;
  return static_cast<std::int64_t>(end);
}

}  // namespace dragoman::json
