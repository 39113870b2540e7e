// What is left of HTML in a published telegram: character references and a few tags (telegram.md 2.0 "HTML remains", 4.3).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dragoman::telegram {

// Where a decodable character reference ends that begins at text[at] == '&', and what it stands for; 0 when it is none.
std::size_t decode_entity(std::string_view text, std::size_t at, std::uint32_t& character) noexcept;

// What a tag does to the text around it.
enum class tag_kind : std::uint8_t {
  inside,     // a word goes on around it: <b>, <a>, <span>
  line_end,   // <br>
  block,      // begins or ends lines: <pre>, <div>, <hr>
  paragraph,  // has a blank line before or behind it: <p>
};
struct html_tag {
  std::size_t length = 0;  // 0: none
  std::string_view name;
  tag_kind kind = tag_kind::inside;
  bool is_end = false;
};

// The tag that begins at text[0] == '<'. Only elements of published pages are tags, in small letters, alone or with
// attributes that have values: "<DEPT>", "< 5", "<name@host>" and "<i think>" are text.
html_tag match_tag(std::string_view text) noexcept;

// The text without the tags at its ends and the blanks beside them; the same when it has none.
std::string_view without_outer_tags(std::string_view text) noexcept;

// Finds the tags of one telegram. The beginning of an element that has an end counts only where the end stands behind it:
// "<i> first, <ii> second" is text. One thread at a time; the octets must outlive it.
class tag_finder {
public:
  explicit tag_finder(std::string_view octets) noexcept : octets_(octets) {}
  // The tag at octets[at], in a line that ends at `end`.
  html_tag tag_at(std::size_t at, std::size_t end);
  // Is there any in the line [begin, end)?
  bool has_tag(std::size_t begin, std::size_t end);

private:
  std::string_view octets_;
  std::array<std::optional<std::size_t>, 16> last_ends_;  // of each element: where its last end tag stands; npos: nowhere
};

}  // namespace dragoman::telegram
