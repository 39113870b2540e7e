// formats/json/emitter.hpp - JSON as text, written piece by piece with no tree in between.
#pragma once
#include <dragoman/plugin.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
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
  // The same of a name that needs no escape.
  void plain_name(std::string_view name) {
    item();
    char* to = room(name.size() + 4);
    *to++ = '"';
    std::memcpy(to, name.data(), name.size());
    to += name.size();
    *to++ = '"';
    *to++ = ':';
    if (indent_ != 0) *to++ = ' ';
    size_ = static_cast<std::size_t>(to - text_.get());
  }

  void string(std::string_view text);
  void literal(std::string_view token) { append(token); }
  void base64(std::string_view octets);

  void member(std::string_view key, std::string_view text) {
    name(key);
    string(text);
  }

  // Ends a text with a newline.
  void end_line() { append('\n'); }
  // Appends what is JSON already, with its lines moved in to the present level.
  void indented(std::string_view json);
  // Hands on what is there.
  void flush();
  // Gives away what is there.
  std::string take();

private:
  void begin(char bracket) {
    append(bracket);
    ++level_;
    first_ = true;
  }
  void end(char bracket) {
    --level_;
    if (!first_) new_line();
    append(bracket);
    first_ = false;
  }
  void new_line() {
    if (indent_ == 0) return;
    const std::size_t blanks = level_ * indent_;
    char* const to = room(1 + blanks);
    *to = '\n';
    std::memset(to + 1, ' ', blanks);
    size_ += 1 + blanks;
  }

  // Room for so many octets more, at the end of what is there.
  char* room(std::size_t more) {
    if (capacity_ - size_ < more) grow(more);
    return text_.get() + size_;
  }
  void grow(std::size_t more);
  void append(char c) {
    *room(1) = c;
    ++size_;
  }
  void append(std::string_view s) {
    char* const to = room(s.size());
    if (!s.empty()) std::memcpy(to, s.data(), s.size());
    size_ += s.size();
  }

  const output* out_;
  std::size_t indent_;
  std::size_t level_ = 0;
  bool first_ = true;  // nothing stands yet between the brackets that are open
  // What was not handed on yet. Not a std::string: room for a text whose escapes are not known is not filled beforehand.
  std::unique_ptr<char[]> text_;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace dragoman::json
