// The catalogue of irregularities (telegram.md 5): each file in irregularities/ is an input and what must become of it.
// Its README says how to read one.
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ascii.hpp"
#include "test_support.hpp"

namespace dragoman::telegram::test {
namespace {

using strings = std::vector<std::string>;

struct variant {
  std::string octets, name = "test";
  std::size_t begin = 0, end = 0;  // what the case shows of it
  strings expected, body, diagnostics;
  bool has_body = false;
};
struct irregularity_case {
  std::string number, file;
  std::vector<variant> variants;
};
void PrintTo(const irregularity_case& c, std::ostream* out) { *out << c.file; }

[[noreturn]] void refuse(const std::string& file, const std::string& why) { throw std::runtime_error(file + ": " + why); }

std::string unescaped(std::string_view text, const std::string& file) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      out += text[at];
      continue;
    }
    if (++at == text.size()) refuse(file, "a lone backslash at the end");
    unsigned octet = 0;
    switch (text[at]) {
      case 'r': out += '\r'; break;
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case '\\': out += '\\'; break;
      case '\n': break;
      case 'x':
        if (at + 2 >= text.size() || std::from_chars(&text[at + 1], &text[at + 3], octet, 16).ptr != &text[at + 3])
          refuse(file, "\\x without two digits");
        out += static_cast<char>(octet);
        at += 2;
        break;
      default: refuse(file, std::string("unknown escape \\") + text[at]);
    }
  }
  return out;
}

// The input of a variant whose header is `words` ("opening", "input, escaped", "input, named X").
void set_input(variant& v, std::string_view words, std::string text, const std::string& file) {
  const auto kind = words.substr(0, words.find(','));
  for (std::size_t comma = words.find(", "); comma != npos;) {
    const auto next = words.find(", ", comma + 2);
    const auto word = words.substr(comma + 2, next == npos ? npos : next - comma - 2);
    if (word == "escaped") text = unescaped(text, file);
    else if (starts_with(word, "named ")) v.name = word.substr(6);
    else refuse(file, "unknown word '" + std::string(word) + "'");
    comma = next;
  }
  v.octets = kind == "opening" ? with_opening(text) : kind == "text" ? with_body(text) : text;
  v.begin = kind == "input" ? 0 : v.octets.find(text);
  v.end = v.begin + text.size();
}

strings lines_of(const std::string& text) {
  strings out;
  std::istringstream in(text);
  for (std::string l; std::getline(in, l);)
    if (!trim(l).empty()) out.emplace_back(trim_right(l));
  return out;
}

irregularity_case load(const std::filesystem::path& path) {
  irregularity_case out;
  out.file = path.filename().string();
  out.number = out.file.substr(0, 3);
  std::ifstream in(path, std::ios::binary);
  std::string text, title, header, block;
  const auto finish_block = [&] {
    const bool is_input = starts_with(header, "input") || starts_with(header, "opening") || starts_with(header, "text");
    if (header.empty()) title = block;
    else if (is_input) set_input(out.variants.emplace_back(), header, block, out.file);
    else if (out.variants.empty()) refuse(out.file, "'" + header + "' before an input");
    else if (header == "expect") out.variants.back().expected = lines_of(block);
    else if (header == "diagnostics") out.variants.back().diagnostics = lines_of(block);
    else if (header == "body") {
      out.variants.back().body = lines_of(block);
      out.variants.back().has_body = true;
    } else refuse(out.file, "unknown block '" + header + "'");
  };
  while (std::getline(in, text)) {
    if (starts_with(text, "==== ")) {
      finish_block();
      header = trim(std::string_view(text).substr(5));
      block.clear();
    } else {
      block += text + '\n';
    }
  }
  finish_block();
  for (const std::string_view field : {"title: ", "source: ", "rule: "})
    if (title.find(field) == npos) refuse(out.file, "no '" + std::string(trim(field)) + "'");
  if (out.variants.empty()) refuse(out.file, "no input");
  for (const auto& v : out.variants)
    if (v.expected.empty() && !v.has_body && v.diagnostics.empty()) refuse(out.file, "an input without expectations");
  return out;
}

std::vector<irregularity_case> load_all() {
  std::vector<irregularity_case> out;
  for (const auto& entry : std::filesystem::directory_iterator(DRAGOMAN_SOURCE_DIR "/formats/telegram/irregularities"))
    if (entry.path().extension() == ".txt") out.push_back(load(entry.path()));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  return out;
}

// -- Values of the model ----------------------------------------------------------------------------------------------

std::string shown(node n) {
  std::string out;
  if (!n.is(node_type::list)) {
    if (n.is(node_type::map)) return "(a map)";
    for (const char c : n.text()) out += c == '\n' ? ' ' : c;
    return out;
  }
  for (const node member : n) out += (out.empty() ? "" : " | ") + shown(member);
  return out;
}

void expect_line(node root, std::string_view line) {
  const auto path = line.substr(0, line.find(' '));
  const auto rest = path.size() < line.size() ? line.substr(path.size() + 1) : std::string_view();
  const node found = at_path(root, path);
  if (rest == "absent") EXPECT_FALSE(found) << path << " = " << shown(found);
  else if (starts_with(rest, "count "))
    EXPECT_EQ(std::to_string(std::distance(found.begin(), found.end())), rest.substr(6)) << path;
  else if (starts_with(rest, "= ")) EXPECT_EQ(shown(found), rest.substr(2)) << path;
  else ADD_FAILURE() << "not an expectation: " << line;
}

// -- The body as lines of XML ----------------------------------------------------------------------------------------

bool is_block(node n) {
  constexpr std::array<std::string_view, 10> names{"div", "head", "p", "ab", "list", "item", "table", "row", "cell", "closer"};
  return n.is(node_type::element) && std::find(names.begin(), names.end(), n.name()) != names.end();
}
bool has_blocks(node n) { return std::any_of(n.begin(), n.end(), is_block); }

std::string start_tag(node n) {
  std::string out = "<" + std::string(n.name());
  for (std::size_t i = 0; i < n.attribute_count(); ++i) {
    const auto a = n.attribute_at(i);
    out += " " + std::string(a.name) + "=\"" + std::string(a.value) + "\"";
  }
  return out;
}

void append_inline(std::string& out, node n, bool keep_space) {
  if (n.is(node_type::text)) {
    if (keep_space) {
      for (const char c : n.text()) c == '\n' ? void(out += "&#10;") : void(out += c);
    } else {
      bool blank = !out.empty() && out.back() == ' ';
      append_collapsed(out, n.text(), blank);
    }
    return;
  }
  out += start_tag(n);
  if (n.empty()) {
    out += "/>";
    return;
  }
  out += ">";
  for (const node child : n) append_inline(out, child, keep_space);
  out += "</" + std::string(n.name()) + ">";
}

void append_blocks(strings& out, node parent, std::size_t depth) {
  for (const node child : parent) {
    std::string line(depth * 2, ' ');
    if (has_blocks(child)) {
      out.push_back(line + start_tag(child) + ">");
      append_blocks(out, child, depth + 1);
    } else {
      append_inline(line, child, child.is_element("ab"));
      if (!trim(line).empty()) out.emplace_back(trim_right(line));
    }
  }
}

// Does `pattern`, in which "..." stands for any lines, describe `lines`?
bool matches(const std::string* pattern, const std::string* pattern_end, const std::string* line, const std::string* end) {
  if (pattern == pattern_end) return line == end;
  if (trim(*pattern) == "...")
    return matches(pattern + 1, pattern_end, line, end) || (line != end && matches(pattern, pattern_end, line + 1, end));
  return line != end && *pattern == *line && matches(pattern + 1, pattern_end, line + 1, end);
}

std::string together(const strings& lines) {
  std::string out;
  for (const auto& l : lines) out += l + "\n";
  return out;
}

// -- Diagnostics -----------------------------------------------------------------------------------------------------

std::string place_of(const variant& v, std::int64_t offset) {
  if (offset < 0) return "";
  const auto at = static_cast<std::size_t>(offset);
  if (at < v.begin || at > v.end) return " -";
  std::size_t line = 1, column = 1;
  for (std::size_t i = v.begin; i < at; ++i) {
    const char c = v.octets[i];
    const bool is_end = c == '\n' || (c == '\r' && v.octets.substr(i + 1, 1) != "\n");
    if (is_end) ++line;
    column = is_end ? 1 : column + ((c & 0xC0) != 0x80);
  }
  return " " + std::to_string(line) + ":" + std::to_string(column);
}

strings reported(const variant& v, std::vector<testing::diagnostic> diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const auto& a, const auto& b) { return a.where.offset < b.where.offset; });
  strings out;
  for (const auto& d : diagnostics) out.push_back(d.code + place_of(v, d.where.offset));
  return out;
}

// -- The tests -------------------------------------------------------------------------------------------------------

class irregularity : public ::testing::TestWithParam<irregularity_case> {};

TEST_P(irregularity, is_read_as_stated) {
  std::size_t index = 0;
  for (const auto& v : GetParam().variants) {
    SCOPED_TRACE(GetParam().file + ", variant " + std::to_string(++index));
    const auto result = read_all(v.octets, v.name);
    ASSERT_FALSE(result.documents.empty());
    for (const auto& line : v.expected) {
      if (starts_with(line, "documents count ")) EXPECT_EQ(std::to_string(result.documents.size()), line.substr(16));
      else expect_line(result.documents[0].root(), line);
    }
    if (v.has_body) {
      strings body;
      append_blocks(body, result.documents[0].root()["body"], 0);
      EXPECT_TRUE(matches(v.body.data(), v.body.data() + v.body.size(), body.data(), body.data() + body.size()))
          << "expected\n"
          << together(v.body) << "found\n"
          << together(body);
    }
    EXPECT_EQ(together(reported(v, result.diagnostics)), together(v.diagnostics));
  }
}

// telegram.md 6.8, in both dialects.
TEST_P(irregularity, reads_back) {
  std::size_t index = 0;
  for (const auto& v : GetParam().variants) {
    ++index;
    const auto result = testing::read(format, v.octets, {}, v.name);
    for (const auto& d : result.documents)
      for (const char* dialect : {"cablegate", "acp127"}) {
        SCOPED_TRACE(GetParam().file + ", variant " + std::to_string(index) + ", " + dialect);
        const auto written = render_anew(d.root(), {{"dialect", dialect}});
        const bool said = std::any_of(written.diagnostics.begin(), written.diagnostics.end(),
                                      [](const auto& w) { return w.level == severity::loss; });
        if (said) continue;
        const auto again = testing::read(format, written.octets, {}, v.name);
        ASSERT_EQ(again.documents.size(), 1u) << written.octets;
        const auto form = std::string_view(dialect) == "acp127" ? without_end : canonical;
        EXPECT_EQ(difference(form(d.root()), form(again.documents[0].root())), "") << written.octets;
      }
  }
}

std::string name_of_test(const ::testing::TestParamInfo<irregularity_case>& of) {
  std::string name = "no_" + of.param.file.substr(0, of.param.file.rfind('.'));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(cases, irregularity, ::testing::ValuesIn(load_all()), name_of_test);

}  // namespace
}  // namespace dragoman::telegram::test
