#include "bagit.hpp"

#include "names.hpp"

#include <dragoman/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace dragoman::bundle {
namespace {

constexpr std::size_t longest_manifest_line = std::size_t{8} << 10;
constexpr std::string_view utf8_bom = "\xEF\xBB\xBF";

bool is_blank_char(char c) { return c == ' ' || c == '\t'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}
std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank_char(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank_char(text.back())) text.remove_suffix(1);
  return text;
}
bool is_hexadecimal(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
finding error(std::string_view code, std::string text, std::string path) {
  return {severity::error, std::string(code), std::move(text), std::move(path), {}, {}, {}};
}
finding warning(std::string_view code, std::string text, std::string path) {
  return {severity::warning, std::string(code), std::move(text), std::move(path), {}, {}, {}};
}

constexpr std::array<std::pair<std::string_view, tag_encoding>, 9> encodings{{{"UTF-8", tag_encoding::utf8},
                                                                              {"UTF-16", tag_encoding::utf16},
                                                                              {"UTF-16BE", tag_encoding::utf16be},
                                                                              {"UTF-16LE", tag_encoding::utf16le},
                                                                              {"ISO-8859-1", tag_encoding::latin1},
                                                                              {"LATIN1", tag_encoding::latin1},
                                                                              {"US-ASCII", tag_encoding::ascii},
                                                                              {"ASCII", tag_encoding::ascii},
                                                                              {"UTF8", tag_encoding::utf8}}};

constexpr std::array<std::pair<std::string_view, int>, 6> versions{
    {{"0.93", 93}, {"0.94", 94}, {"0.95", 95}, {"0.96", 96}, {"0.97", 97}, {"1.0", 100}}};

constexpr std::array<digest_algorithm, 6> algorithms{{{"md5", "MD5", 16, true},
                                                      {"sha1", "SHA1", 20, true},
                                                      {"sha224", "SHA224", 28, false},
                                                      {"sha256", "SHA256", 32, false},
                                                      {"sha384", "SHA384", 48, false},
                                                      {"sha512", "SHA512", 64, false}}};

std::optional<std::string> decode_utf16(std::string_view octets, bool big) {
  if (octets.size() % 2 != 0) return std::nullopt;
  std::string out;
  const auto unit = [&](std::size_t at) {
    const auto a = static_cast<unsigned char>(octets[at]), b = static_cast<unsigned char>(octets[at + 1]);
    return static_cast<std::uint32_t>(big ? a << 8 | b : b << 8 | a);
  };
  for (std::size_t at = 0; at < octets.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (code >= 0xDC00 && code <= 0xDFFF) return std::nullopt;
    if (code >= 0xD800 && code <= 0xDBFF) {
      const std::uint32_t low = at + 2 < octets.size() ? unit(at + 2) : 0;
      if (low < 0xDC00 || low > 0xDFFF) return std::nullopt;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      at += 2;
    }
    append_utf8(out, code);
  }
  return out;
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    lines.push_back(text.substr(0, end));
    const std::size_t mark = end == text.size() ? 0 : text.substr(end, 2) == "\r\n" ? 2 : 1;
    text.remove_prefix(end + mark);
  }
  return lines;
}

std::optional<bagit_declaration> read_bagit_txt(std::string_view octets, const finding_function& report) {
  const std::string path = "bagit.txt";
  const auto fail = [&](std::string_view code, std::string text) { report(error(code, std::move(text), path)); };
  if (octets.starts_with(utf8_bom)) {
    fail("bundle.bagit-bom", "bagit.txt begins with a byte order mark");
    octets.remove_prefix(utf8_bom.size());
  }
  if (!is_utf8(octets)) {
    fail("bundle.bagit-syntax", "bagit.txt is not UTF-8");
    return std::nullopt;
  }
  auto lines = lines_of(octets);
  while (!lines.empty() && trim_blanks(lines.back()).empty()) lines.pop_back();
  if (lines.size() != 2) fail("bundle.bagit-syntax", "bagit.txt does not have two lines but " + std::to_string(lines.size()));
  if (lines.size() < 2) return std::nullopt;

  bagit_declaration bag;
  std::string_view values[2];
  constexpr std::string_view labels[2] = {"BagIt-Version", "Tag-File-Character-Encoding"};
  bool blank_before_colon = false;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto colon = lines[i].find(':');
    const auto label = lines[i].substr(0, std::min(colon, lines[i].size()));
    if (colon == npos || trim_blanks(label) != labels[i]) {
      fail("bundle.bagit-syntax",
           "line " + std::to_string(i + 1) + " of bagit.txt is not \"" + std::string(labels[i]) + ": ...\"");
      return std::nullopt;
    }
    blank_before_colon |= label != labels[i];
    values[i] = trim_blanks(lines[i].substr(colon + 1));
  }
  const auto version = std::find_if(versions.begin(), versions.end(), [&](const auto& v) { return v.first == values[0]; });
  if (version == versions.end()) {
    const auto dot = values[0].find('.');
    const auto digits = [](std::string_view s) { return !s.empty() && std::all_of(s.begin(), s.end(), is_digit); };
    const bool is_number = dot != npos && digits(values[0].substr(0, dot)) && digits(values[0].substr(dot + 1));
    fail(is_number ? "bundle.bagit-version" : "bundle.bagit-syntax", "unknown BagIt version " + quoted(values[0]));
    return std::nullopt;
  }
  bag.version = version->second;
  if (bag.is_version_1() && blank_before_colon) fail("bundle.bagit-syntax", "a blank stands before a colon in bagit.txt");
  const auto encoding =
      std::find_if(encodings.begin(), encodings.end(), [&](const auto& e) { return same_word(e.first, values[1]); });
  if (encoding == encodings.end()) {
    fail("bundle.bagit-encoding", "unknown character encoding " + quoted(values[1]));
    return std::nullopt;
  }
  bag.encoding = encoding->second;
  return bag;
}

std::vector<info_field> read_bag_info(std::string_view utf8, const std::string& path, const bagit_declaration& bag,
                                      const finding_function& report) {
  std::vector<info_field> fields;
  std::uint64_t number = 0;
  for (const auto line : lines_of(utf8)) {
    ++number;
    const auto fail = [&](const char* text) {
      report(error("bundle.info-syntax", "line " + std::to_string(number) + " of " + path + ": " + text, path));
    };
    if (trim_blanks(line).empty()) continue;
    if (is_blank_char(line.front())) {
      if (fields.empty()) fail("a continuation without anything to continue");
      else fields.back().value += " " + std::string(trim_blanks(line));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == npos) {
      fail("no colon");
      continue;
    }
    const auto label = line.substr(0, colon);
    if (bag.is_version_1() && !label.empty() && is_blank_char(label.back())) fail("a blank before the colon");
    if (trim_blanks(label).empty()) fail("no label before the colon");
    fields.push_back({std::string(trim_blanks(label)), std::string(trim_blanks(line.substr(colon + 1)))});
  }
  return fields;
}

std::optional<std::string> info_value(const std::vector<info_field>& fields, std::string_view label) {
  for (const auto& f : fields)
    if (same_word(f.label, label)) return f.value;
  return std::nullopt;
}

std::optional<payload_oxum> read_oxum(std::string_view value) {
  payload_oxum oxum;
  const char* end = value.data() + value.size();
  const auto octets = std::from_chars(value.data(), end, oxum.octets);
  if (octets.ec != std::errc() || octets.ptr == end || *octets.ptr != '.') return std::nullopt;
  const auto files = std::from_chars(octets.ptr + 1, end, oxum.files);
  if (files.ec != std::errc() || files.ptr != end) return std::nullopt;
  return oxum;
}

const digest_algorithm* find_algorithm(std::string_view name) {
  std::string plain;
  for (const char c : name)
    if (c != '-' && c != '_') plain += lower(c);
  const auto it = std::find_if(algorithms.begin(), algorithms.end(), [&](const auto& a) { return a.name == plain; });
  return it == algorithms.end() ? nullptr : &*it;
}

std::optional<std::string> decode_tag_file(std::string_view octets, tag_encoding encoding, bool& had_bom) {
  had_bom = false;
  switch (encoding) {
    case tag_encoding::utf8:
      had_bom = octets.starts_with(utf8_bom);
      if (had_bom) octets.remove_prefix(utf8_bom.size());
      if (!is_utf8(octets)) return std::nullopt;
      return std::string(octets);
    case tag_encoding::ascii:
      if (std::any_of(octets.begin(), octets.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return std::nullopt;
      return std::string(octets);
    case tag_encoding::latin1: {
      std::string out;
      for (const char c : octets) append_utf8(out, static_cast<unsigned char>(c));
      return out;
    }
    case tag_encoding::utf16be: return decode_utf16(octets.starts_with("\xFE\xFF") ? octets.substr(2) : octets, true);
    case tag_encoding::utf16le: return decode_utf16(octets.starts_with("\xFF\xFE") ? octets.substr(2) : octets, false);
    case tag_encoding::utf16:
      if (octets.empty()) return std::string();
      if (octets.starts_with("\xFE\xFF")) return decode_utf16(octets.substr(2), true);
      if (octets.starts_with("\xFF\xFE")) return decode_utf16(octets.substr(2), false);
      return std::nullopt;
  }
  return std::nullopt;
}

void manifest_parser::feed(std::string_view utf8) {
  while (!utf8.empty()) {
    if (after_cr_ && utf8.front() == '\n') {
      after_cr_ = false;
      utf8.remove_prefix(1);
      continue;
    }
    after_cr_ = false;
    const auto end = std::min(utf8.find_first_of("\r\n"), utf8.size());
    if (rest_.size() + end > longest_manifest_line) too_long_ = true;
    else if (!too_long_) rest_.append(utf8.substr(0, end));
    if (end == utf8.size()) return;
    after_cr_ = utf8[end] == '\r';
    utf8.remove_prefix(end + 1);
    end_line();
  }
}

void manifest_parser::finish() {
  if (!rest_.empty() || too_long_) end_line();
}

void manifest_parser::end_line() {
  ++number_;
  if (too_long_)
    report_(error("bundle.limit-line",
                  "line " + std::to_string(number_) + " of " + path_ + " has more than " + std::to_string(longest_manifest_line) +
                      " octets",
                  path_));
  else if (!trim_blanks(rest_).empty()) read_line(rest_);
  rest_.clear();
  too_long_ = false;
}

void manifest_parser::read_line(std::string_view text) {
  const auto fail = [&](const char* what) {
    finding f = error("bundle.manifest-syntax", "line " + std::to_string(number_) + " of " + path_ + ": " + what, path_);
    f.algorithm = algorithm_.name;
    report_(std::move(f));
  };
  const auto hex_end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_hexadecimal) - text.begin());
  const auto path_begin = text.find_first_not_of(" \t", hex_end);
  if (hex_end == 0 || path_begin == hex_end || path_begin == npos) return fail("not a digest, blanks and a path");
  if (hex_end != algorithm_.octets * 2) return fail("the digest has the wrong length");
  auto path = text.substr(path_begin);
  if (path.size() > 1 && path.front() == '*') {
    path.remove_prefix(1);
    if (!warned_star_) report_(warning("bundle.star", path_ + " marks paths with an asterisk", path_));
    warned_star_ = true;
  }
  on_line_({text.substr(0, hex_end), path, number_});
}

std::optional<fetch_line> read_fetch_line(std::string_view text) {
  const auto url_end = text.find_first_of(" \t");
  if (url_end == npos || url_end == 0) return std::nullopt;
  const auto length_begin = text.find_first_not_of(" \t", url_end);
  if (length_begin == npos) return std::nullopt;
  const auto length_end = text.find_first_of(" \t", length_begin);
  if (length_end == npos) return std::nullopt;
  const auto path_begin = text.find_first_not_of(" \t", length_end);
  if (path_begin == npos) return std::nullopt;
  const auto length = text.substr(length_begin, length_end - length_begin);
  if (length != "-" && !std::all_of(length.begin(), length.end(), is_digit)) return std::nullopt;
  return fetch_line{text.substr(0, url_end), text.substr(path_begin)};
}

bool is_unsafe_bag_path(std::string_view path) {
  if (path.empty() || path.find('\0') != npos) return true;
  if (path[0] == '/' || path[0] == '~' || path.starts_with("\\")) return true;
  const bool is_letter = lower(path[0]) >= 'a' && lower(path[0]) <= 'z';
  if (is_letter && path.size() > 1 && path[1] == ':') return true;
  if (path[0] == '%') {
    const auto end = path.find('%', 1);
    if (end != npos && end > 1 && end + 1 < path.size() && path[end + 1] == '\\') return true;
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find_first_of("/\\", begin), path.size());
    if (path.substr(begin, end - begin) == "..") return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace dragoman::bundle
