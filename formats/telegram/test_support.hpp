// For the tests of this folder: reading one telegram, looking into it, and the invariants that hold for every input.
#pragma once
#include <gtest/gtest.h>
#include <dragoman/testing.hpp>
#include <dragoman/vocabulary.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "coverage.hpp"
#include "telegram.hpp"

namespace dragoman::telegram::test {

// Each line has one owner, and no two stages claimed one (telegram.md 6.1).
inline void expect_accounted(std::string_view octets) {
  for (std::size_t at = 0; at < octets.size();) {
    cutter cut;
    const auto length = cut.cut(octets.substr(at), true);
    ASSERT_GT(length, 0u);
    parser parser;
    reporter silent;
    const auto& t = parser.parse(octets.substr(at, length), cut.sections(), silent);
    EXPECT_EQ(parser.claimed_twice(), 0u);
    ASSERT_EQ(parser.owners().size(), parser.lines().size());
    for (std::size_t i = 0; i < parser.owners().size(); ++i)
      EXPECT_NE(parser.owners()[i], owner::none) << "line " << i + 1 << ": " << parser.lines()[i].text;
    for (const auto& problem : check_spans(octets.substr(at, length), parser, t)) ADD_FAILURE() << problem;
    at += length;
  }
}

inline std::vector<const document*> pointers(const std::vector<document>& documents) {
  std::vector<const document*> out;
  for (const auto& d : documents) out.push_back(&d);
  return out;
}

// What is read from `octets`; checks what holds for every input.
inline testing::read_result read_all(std::string_view octets, std::string_view name = "test") {
  expect_accounted(octets);
  auto result = testing::read(format, octets, {}, name);
  EXPECT_EQ(result.problem, "");
  std::string together;
  for (const auto& d : result.documents) {
    together += d.root()["source"]["octets"].text();
    for (const auto& problem : vocabulary::check(d.root())) ADD_FAILURE() << problem;
    EXPECT_TRUE(d.flags() & document_pristine);
  }
  EXPECT_EQ(together, octets);
  EXPECT_EQ(testing::write(format, pointers(result.documents)).octets, octets);
  return result;
}
// One telegram, kept with its diagnostics.
class one {
public:
  explicit one(std::string_view octets) : result_(read_all(octets)) { EXPECT_EQ(result_.documents.size(), 1u); }
  node root() const { return result_.documents.empty() ? node() : result_.documents[0].root(); }
  node meta() const { return root()["meta"]; }
  node body() const { return root()["body"]; }
  std::string text(std::string_view field) const { return std::string(meta()[field].text()); }
  bool has(std::string_view code) const { return result_.has(code); }
  const std::vector<testing::diagnostic>& diagnostics() const { return result_.diagnostics; }
  std::vector<std::string> texts(std::string_view field) const {
    std::vector<std::string> out;
    for (const node n : meta()[field]) out.emplace_back(n.text());
    return out;
  }
  // "A|STATE 98765|09STATE98765" of each reference.
  std::vector<std::string> refs() const {
    std::vector<std::string> out;
    for (const node r : meta()["refs"])
      out.push_back(std::string(r["label"].text()) + "|" + std::string(r["text"].text()) + "|" + std::string(r["id"].text()));
    return out;
  }
  // "route/name precedence number" of each party.
  std::vector<std::string> parties(std::string_view field) const {
    std::vector<std::string> out;
    for (const node p : meta()[field]) {
      std::string line(p["route"].text());
      line +=
          "|" + std::string(p["name"].text()) + "|" + std::string(p["precedence"].text()) + "|" + std::string(p["number"].text());
      if (p["office"]) line += "|" + std::string(p["office"].text());
      out.push_back(line);
    }
    return out;
  }
  // All elements of a name, in document order.
  std::vector<node> all(std::string_view name) const {
    std::vector<node> out;
    walk(
        body(),
        [&](node n) {
          if (n.is_element(name)) out.push_back(n);
        },
        [](node) {});
    return out;
  }
  std::vector<std::string> words(std::string_view name) const {
    std::vector<std::string> out;
    for (const node n : all(name)) out.push_back(collapsed_text(n));
    return out;
  }
  std::vector<std::string> numbers() const {
    std::vector<std::string> out;
    for (const node p : all("p")) out.emplace_back(p.attr("n"));
    return out;
  }

private:
  testing::read_result result_;
};

// The node at a path into the model, "meta.refs[0].id"; none where there is none.
inline node at_path(node top, std::string_view path) {
  while (!path.empty() && top) {
    if (path[0] == '[') {
      std::size_t index = 0;
      const auto end = std::from_chars(path.data() + 1, path.data() + path.size(), index).ptr;
      top = top.first_child();
      while (top && index-- > 0) top = top.next();
      path.remove_prefix(static_cast<std::size_t>(end - path.data()) + 1);
    } else {
      if (path[0] == '.') path.remove_prefix(1);
      const auto end = path.find_first_of(".[");
      top = top[path.substr(0, end)];
      path = end == npos ? std::string_view() : path.substr(end);
    }
  }
  return top;
}

// A telegram with heading and labelled lines as usual, and this text.
inline std::string with_body(std::string_view body) {
  return "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\n"
         "TO RUEHC/SECSTATE WASHDC 0092\n\nC O N F I D E N T I A L QUILMAR 000123\n\nSIPDIS\n\nE.O. 12958: DECL: 12/09/2019\n"
         "TAGS: PREL, QX\nSUBJECT: HARBOR DUES\n\nREF: A. STATE 98765\n     B. 08 TOVARNA 1122\n\n" +
         std::string(body);
}
// The same, with these lines between the classification line and the text.
inline std::string with_opening(std::string_view opening) {
  return "VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\n"
         "TO RUEHC/SECSTATE WASHDC 0092\n\nC O N F I D E N T I A L QUILMAR 000123\n\n" +
         std::string(opening) + "\n1. (C) The dues stay.\nHALVERN\n";
}

// The canonical text of a document, as if it had been edited.
inline testing::write_result render_anew(node root, testing::recording_host::option_values options = {}) {
  const auto bare = testing::without_source(root);
  return testing::write(format, {&bare}, std::move(options));
}
inline std::string canonical(node root) { return canonical_form(root); }

// Where two canonical forms part, for people; empty when they do not.
inline std::string difference(const std::string& a, const std::string& b) {
  if (a == b) return {};
  std::size_t at = 0;
  while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
  const std::size_t from = at > 60 ? at - 60 : 0;
  return a.substr(from, 160) + "\n  against\n" + b.substr(from, 160);
}

// In the form of transmission each ends in NNNN, which a model need not have said.
inline std::string without_end(node root) {
  document_builder made(sha256);
  builder out(made.sink());
  out.map("document").value("id", root["id"].text()).value("kind", "cable").map("meta");
  const auto transmission = [&](node parts) {
    for (const node part : parts)
      if (part.name() != "end") out.copy(part);
    out.close();
  };
  for (const node m : root["meta"]) {
    if (m.name() == "transmission") {
      out.map("transmission");
      transmission(m);
    } else if (m.name() == "x_transmissions") {
      out.list("x_transmissions");
      for (const node later : m) {
        out.map();
        transmission(later);
      }
      out.close();
    } else {
      out.copy(m);
    }
  }
  out.close().copy(root["body"]).close();
  return canonical_form(made.finish().root());
}

}  // namespace dragoman::telegram::test
