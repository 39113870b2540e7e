#include <json/index.hpp>

#include <dragoman/text.hpp>

#include <algorithm>
#include <cstring>

namespace dragoman::json {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Value of four hexadecimal digits at `at`, or -1.
int hexadecimal4(std::string_view octets, std::size_t at) noexcept {
  if (octets.size() < at + 4) return -1;
  int code = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const char c = octets[i];
    const int digit = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    code = code << 4 | digit;
  }
  return code;
}
constexpr bool is_high_surrogate(int code) noexcept { return code >= 0xD800 && code <= 0xDBFF; }
constexpr bool is_low_surrogate(int code) noexcept { return code >= 0xDC00 && code <= 0xDFFF; }

// First octet from `at` on that is not plain ASCII inside a string: '"', '\', below U+0020 or above U+007F.
std::size_t skip_plain(std::string_view octets, std::size_t at) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101ull, high = 0x8080808080808080ull;
  while (octets.size() - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, octets.data() + at, 8);
    const std::uint64_t stops = word | (word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones);
    if (stops & high) break;
    at += 8;
  }
  while (at < octets.size()) {
    const char c = octets[at];
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x80) break;
    ++at;
  }
  return at;
}

// Resolves the escapes of a string's characters, which an index has checked.
void unescape(std::string_view raw, std::string& out) {
  out.clear();
  out.reserve(raw.size());
  while (true) {
    const std::size_t backslash = raw.find('\\');
    out.append(raw.substr(0, backslash));
    if (backslash == npos) return;
    const char c = raw[backslash + 1];
    raw.remove_prefix(backslash + 2);
    switch (c) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        auto code = static_cast<std::uint32_t>(hexadecimal4(raw, 0));
        raw.remove_prefix(4);
        if (is_high_surrogate(static_cast<int>(code))) {
          code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<std::uint32_t>(hexadecimal4(raw, 2)) - 0xDC00);
          raw.remove_prefix(6);
        }
        append_utf8(out, code);
        break;
      }
      default: out += c;
    }
  }
}

}  // namespace

// -- value ------------------------------------------------------------------------------------------------------
value_type value::type() const noexcept {
  switch (index_->octets_[index_->entries_[entry_].at]) {
    case '{': return value_type::object;
    case '[': return value_type::array;
    case '"': return value_type::string;
    case 't':
    case 'f':
    case 'n': return value_type::literal;
    default: return value_type::number;
  }
}

std::size_t value::offset() const noexcept { return index_->entries_[entry_].at; }

std::string_view value::raw() const noexcept {
  const auto& e = index_->entries_[entry_];
  return index_->octets_.substr(e.at, (e.link & ~index::has_escapes) - e.at);
}

std::string_view value::text(std::string& storage) const {
  const std::string_view token = raw();
  const std::string_view characters = token.substr(1, token.size() - 2);
  if ((index_->entries_[entry_].link & index::has_escapes) == 0) return characters;
  unescape(characters, storage);
  return storage;
}

range<member_iterator> value::members() const noexcept { return {{index_, entry_ + 1}, {index_, index_->after(entry_)}}; }
range<item_iterator> value::items() const noexcept { return {{index_, entry_ + 1}, {index_, index_->after(entry_)}}; }

// -- index ------------------------------------------------------------------------------------------------------
void index::build(std::string_view octets, std::size_t depth) {
  octets_ = octets;
  entries_.clear();
  open_.clear();
  depth_ = depth;
  at_ = octets.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  step next = step::value;
  while (next != step::done) {
    skip_space();
    next = next == step::value ? read_value() : next == step::name ? read_name() : read_after_value();
  }
  skip_space();
  if (at_ < octets_.size()) unexpected("nothing more after the value");
}

index::step index::read_value() {
  if (at_ >= octets_.size()) unexpected("a value");
  switch (octets_[at_]) {
    case '{': return open(step::name);
    case '[': return open(step::value);
    case '"': {
      bool escapes = false;
      const std::size_t end = read_string(at_, escapes);
      add(at_, end, escapes ? has_escapes : 0);
      return step::after_value;
    }
    case 't':
    case 'f':
    case 'n':
      for (const std::string_view word : {"true", "false", "null"}) {
        if (octets_.substr(at_, word.size()) != word) continue;
        add(at_, at_ + word.size());
        return step::after_value;
      }
      unexpected("a value");
    default:
      if (octets_[at_] != '-' && !is_digit(octets_[at_])) unexpected("a value");
      add(at_, read_number(at_));
      return step::after_value;
  }
}

index::step index::open(step first) {
  if (open_.size() >= depth_) throw problem{"json.depth", "nested too deeply", at_};
  const char closing = octets_[at_] == '{' ? '}' : ']';
  open_.push_back(static_cast<std::uint32_t>(entries_.size()));
  entries_.push_back({static_cast<std::uint32_t>(at_++), 0});
  skip_space();
  if (next_is(closing)) return close();
  return first;
}

index::step index::close() {
  const std::uint32_t container = open_.back();
  open_.pop_back();
  entries_[container].link = static_cast<std::uint32_t>(entries_.size());
  if (octets_[at_++] == '}') check_names(container);
  return step::after_value;
}

index::step index::read_name() {
  if (!next_is('"')) unexpected("a name in double quotes");
  bool escapes = false;
  const std::size_t end = read_string(at_, escapes);
  add(at_, end, escapes ? has_escapes : 0);
  skip_space();
  if (!next_is(':')) unexpected("\":\" after the name");
  ++at_;
  return step::value;
}

index::step index::read_after_value() {
  if (open_.empty()) return step::done;
  const bool in_object = octets_[entries_[open_.back()].at] == '{';
  if (next_is(',')) {
    ++at_;
    return in_object ? step::name : step::value;
  }
  if (!next_is(in_object ? '}' : ']')) unexpected(in_object ? "\",\" or \"}\"" : "\",\" or \"]\"");
  return close();
}

// Checks a string from its opening quote on; the end is after its closing quote.
std::size_t index::read_string(std::size_t at, bool& escapes) const {
  const std::size_t begin = at++;
  while (true) {
    at = skip_plain(octets_, at);
    if (at >= octets_.size())
      throw problem{"json.syntax", "the text ends inside a string that begins at octet " + std::to_string(begin), at};
    const auto c = static_cast<unsigned char>(octets_[at]);
    if (c == '"') return at + 1;
    if (c == '\\') {
      escapes = true;
      at = read_escape(at);
    } else if (c < 0x20) {
      throw problem{"json.syntax", "a control character in a string must be escaped", at};
    } else {
      const std::size_t length = decode_utf8(octets_.substr(at, 4)).length;
      if (length == 0) throw problem{"json.utf8", "this is not UTF-8", at};
      at += length;
    }
  }
}

std::size_t index::read_escape(std::size_t at) const {
  const char c = at + 1 < octets_.size() ? octets_[at + 1] : '\0';
  if (c != '\0' && std::strchr("\"\\/bfnrt", c) != nullptr) return at + 2;
  if (c != 'u') throw problem{"json.syntax", "unknown escape in a string", at};
  const int code = hexadecimal4(octets_, at + 2);
  if (code < 0) throw problem{"json.syntax", "\\u needs four hexadecimal digits", at};
  if (is_low_surrogate(code)) throw problem{"json.surrogate", "a low surrogate without the high one before it", at};
  if (!is_high_surrogate(code)) return at + 6;
  if (octets_.substr(std::min(at + 6, octets_.size()), 2) != "\\u" || !is_low_surrogate(hexadecimal4(octets_, at + 8)))
    throw problem{"json.surrogate", "a high surrogate without the low one after it", at};
  return at + 12;
}

std::size_t index::read_number(std::size_t at) const {
  const std::size_t begin = at;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < octets_.size() && is_digit(octets_[at])) ++at;
    if (at == first) throw problem{"json.syntax", "a digit is missing in a number", at};
  };
  const auto take = [&](std::string_view set) {
    const bool found = at < octets_.size() && set.find(octets_[at]) != npos;
    if (found) ++at;
    return found;
  };
  take("-");
  const std::size_t integer = at;
  digits();
  if (octets_[integer] == '0' && at > integer + 1) throw problem{"json.syntax", "a number begins with a needless 0", begin};
  if (take(".")) digits();
  if (take("eE")) {
    take("+-");
    digits();
  }
  return at;
}

void index::add(std::size_t begin, std::size_t end, std::uint32_t flags) {
  entries_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end) | flags});
  at_ = end;
}

// I-JSON (RFC 7493 section 2.3): names of one object differ, after escapes are resolved.
void index::check_names(std::uint32_t object) {
  names_.clear();
  unescaped_.clear();
  for (const member m : value(this, object).members()) {
    std::string storage;
    std::string_view name = m.name.text(storage);
    if (!storage.empty()) name = unescaped_.emplace_back(std::move(storage));
    names_.emplace_back(name, m.name.offset());
  }
  constexpr std::size_t few = 16;
  const auto refuse = [](const auto& second) {
    throw problem{"json.duplicate-key", "this name stands twice in one object", second.second};
  };
  if (names_.size() <= few) {
    for (std::size_t i = 1; i < names_.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (names_[i].first == names_[j].first) refuse(names_[i]);
    return;
  }
  std::sort(names_.begin(), names_.end());
  const auto twin =
      std::adjacent_find(names_.begin(), names_.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twin != names_.end()) refuse(*(twin + 1));
}

void index::skip_space() noexcept {
  while (at_ < octets_.size() && is_space(octets_[at_])) ++at_;
}

void index::unexpected(const char* wanted) const {
  if (at_ >= octets_.size()) throw problem{"json.syntax", std::string("the text ends where ") + wanted + " should be", at_};
  const character c = decode_utf8(octets_.substr(at_, 4));
  std::string found = "an octet that is not text";
  if (c.length != 0 && is_xml_character(c.code) && !is_space(octets_[at_]))
    found = "\"" + std::string(octets_.substr(at_, c.length)) + "\"";
  throw problem{"json.syntax", std::string("expected ") + wanted + ", found " + found, at_};
}

std::string index::pointer(std::size_t offset) const {
  std::string path;
  std::uint32_t at = 0;
  while (at < entries_.size() && is_container(at) && entries_[at].at <= offset) {
    const bool in_object = octets_[entries_[at].at] == '{';
    const std::uint32_t end = after(at);
    std::uint32_t found = 0;
    std::size_t position = 0, found_position = 0;
    for (std::uint32_t e = at + 1; e < end && entries_[e].at <= offset; ++position) {
      found = e;
      found_position = position;
      if (in_object && ++e >= end) break;
      e = after(e);
    }
    if (found == 0) break;
    path += '/';
    if (in_object) {
      const std::string_view name = value(this, found).raw();
      for (const char c : name.substr(1, name.size() - 2)) {
        if (c == '~') path += "~0";
        else if (c == '/') path += "~1";
        else path += c;
      }
      ++found;
    } else {
      path += std::to_string(found_position);
    }
    at = found;
  }
  constexpr std::size_t longest = 200, half = longest / 2;
  if (path.size() <= longest) return path;
  std::size_t head = half, tail = path.size() - half;
  while (head > 0 && (path[head] & 0xC0) == 0x80) --head;
  while (tail < path.size() && (path[tail] & 0xC0) == 0x80) ++tail;
  return path.substr(0, head) + "..." + path.substr(tail);
}

bool is_scalar(std::string_view token) {
  index one;
  try {
    one.build(token, 0);
  } catch (const problem&) {
    return false;
  }
  return (one.root().is(value_type::number) || one.root().is(value_type::literal)) && one.root().raw() == token;
}

}  // namespace dragoman::json
