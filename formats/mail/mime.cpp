#include <mail/mime.hpp>

#include <dragoman/charset.hpp>

#include <algorithm>

namespace dragoman::mail {
namespace {

constexpr std::size_t deepest = 16;

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view value_of(const message& m, std::string_view name) {
  for (const auto& f : m.fields)
    if (is_field(f.name, name)) return f.value;
  return {};
}

// What stands between the lines "--boundary".
std::vector<std::string_view> cut(std::string_view body, std::string_view boundary) {
  std::vector<std::string_view> out;
  const std::string mark = "--" + std::string(boundary);
  std::size_t begin = npos;
  for (std::size_t line = 0; line <= body.size();) {
    const auto newline = std::min(body.find('\n', line), body.size());
    if (body.substr(line, mark.size()) == mark) {
      const auto rest = trim(body.substr(line + mark.size(), newline - line - mark.size()));
      if (rest.empty() || rest == "--") {
        // The line end before the mark belongs to the mark.
        auto end = line;
        if (begin != npos && end > begin && body[end - 1] == '\n') --end;
        if (begin != npos && end > begin && body[end - 1] == '\r') --end;
        if (begin != npos) out.push_back(body.substr(begin, end - begin));
        begin = rest.empty() ? std::min(newline + 1, body.size()) : npos;
        if (!rest.empty()) return out;
      }
    }
    if (newline == body.size()) break;
    line = newline + 1;
  }
  if (begin != npos) out.push_back(body.substr(begin));  // the last mark is missing
  return out;
}

void add(const message& m, std::size_t depth, std::vector<part>& out) {
  const auto type = parse_parameters(value_of(m, "Content-Type"));
  const auto boundary = type["boundary"];
  if (type.value.starts_with("multipart/") && !boundary.empty() && depth < deepest) {
    for (const auto piece : cut(m.body, boundary)) {
      // A part without fields begins with a blank line.
      add(parse_message(piece), depth + 1, out);
    }
    return;
  }
  const auto disposition = parse_parameters(value_of(m, "Content-Disposition"));
  out.push_back({type.value.empty() ? "text/plain" : type.value, std::string(type["charset"]),
                 lower_case(trim(value_of(m, "Content-Transfer-Encoding"))),
                 decode_words(disposition["filename"].empty() ? type["name"] : disposition["filename"]), m.body});
}

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::vector<part> parts_of(const message& whole) {
  std::vector<part> out;
  add(whole, 0, out);
  return out;
}

std::optional<std::string> decoded(const part& p) {
  if (p.encoding.empty() || p.encoding == "7bit" || p.encoding == "8bit" || p.encoding == "binary") return std::string(p.octets);
  if (p.encoding == "base64") return decode_base64(p.octets, true);
  if (p.encoding == "quoted-printable") return decode_quoted(p.octets, false);
  return std::nullopt;
}

std::optional<std::string> decode_quoted(std::string_view text, bool is_word) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_word && text[i] == '_') {
      out += ' ';
    } else if (text[i] != '=') {
      out += text[i];
    } else if (i + 2 < text.size() && hexadecimal(text[i + 1]) >= 0 && hexadecimal(text[i + 2]) >= 0) {
      out += static_cast<char>(hexadecimal(text[i + 1]) * 16 + hexadecimal(text[i + 2]));
      i += 2;
    } else if (const auto end = text.find_first_not_of(" \t\r", i + 1); !is_word && (end == npos || text[end] == '\n')) {
      i = end == npos ? text.size() : end;  // a soft line break
    } else {
      return std::nullopt;
    }
  }
  return out;
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = (c > 32 && c < 127 && c != '=') || ((c == ' ' || c == '\t') && !ends_line);
    if (column + (plain ? 1u : 3u) > 75) {
      out += "=\r\n";
      column = 0;
    }
    if (plain) {
      out += c;
      ++column;
    } else {
      out += '=';
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
      column += 3;
    }
  }
}

}  // namespace dragoman::mail
