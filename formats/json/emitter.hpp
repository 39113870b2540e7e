// formats/json/emitter.hpp - JSON as text, written piece by piece with no tree in between.
#pragma once
#include <dragoman/plugin.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace dragoman::json {

// Writes one JSON text at a time. Strings must be UTF-8; they are escaped as little as JSON allows, in the spelling of
// RFC 8785, and all else stands as it is. Values follow a name in an object, or item() in an array. One thread.
class emitter {
public:
  // `indent`: blanks a level, with each member and item on a line of its own; 0: no white space at all. With `out`,
  // text is handed on whenever some has gathered; without, it stays until it is taken.
  explicit emitter(std::size_t indent, const output* out = nullptr) : out_(out), indent_(indent) {}
  emitter(const emitter&) = delete;
  emitter& operator=(const emitter&) = delete;

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }
  // Begins the next member, or the next item.
  void name(std::string_view name);
  void item();

  void string(std::string_view text);
  void literal(std::string_view token) { text_ += token; }
  void base64(std::string_view octets);

  void member(std::string_view key, std::string_view text) {
    name(key);
    string(text);
  }

  // Ends a text with a newline.
  void end_line() { text_ += '\n'; }
  // Appends what is JSON already, with its lines moved in to the present level.
  void indented(std::string_view json);
  // Hands on what is there.
  void flush();
  // Gives away what is there.
  std::string take();

private:
  void begin(char bracket);
  void end(char bracket);
  void new_line();
  const output* out_;
  std::size_t indent_;
  std::size_t level_ = 0;
  bool first_ = true;  // nothing stands yet between the brackets that are open
  std::string text_;
};

}  // namespace dragoman::json
