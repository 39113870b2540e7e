// Nodes read where they lie say the same as pugixml does.
#include "tree.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dragoman::tei {
namespace {

void expect_same(pugi::xml_node expected) {
  const tree_node n = expected;
  EXPECT_EQ(n.type(), expected.type());
  EXPECT_EQ(n.name(), expected.name());
  EXPECT_EQ(n.value(), expected.value());
  EXPECT_EQ(n.node(), expected);
  EXPECT_EQ(n.parent().node(), expected.parent());
  EXPECT_EQ(n.first_child().node(), expected.first_child());
  EXPECT_EQ(n.next_sibling().node(), expected.next_sibling());
  auto a = n.first_attribute();
  for (const auto b : expected.attributes()) {
    ASSERT_TRUE(a);
    EXPECT_EQ(a.name(), b.name());
    EXPECT_EQ(a.value(), b.value());
    EXPECT_EQ(attribute_of(expected, b.name()), b.value());
    a = a.next();
  }
  EXPECT_FALSE(a);
}

TEST(TreeNode, SaysWhatPugixmlSays) {
  const std::string text =
      "<?xml version=\"1.0\"?><!DOCTYPE a [<!ELEMENT a ANY>]><?go on?><!--before--><a b=\"1\" c='' long-name=\"&lt;&#10;\"> "
      "<b/>text &amp; more<![CDATA[<c>]]><d><e f=\"2\"/> tail</d><?stop?></a><!--after-->";
  const auto tree = parse_xml(text);
  std::size_t nodes = 0;
  struct walker final : pugi::xml_tree_walker {
    explicit walker(std::size_t& n) : count(n) {}
    std::size_t& count;
    bool for_each(pugi::xml_node& n) override {
      expect_same(n);
      ++count;
      return true;
    }
  } all(nodes);
  tree->traverse(all);
  EXPECT_EQ(nodes, 14u);
}

TEST(TreeNode, KnowsTheLibrary) { EXPECT_TRUE(tree_node::is_layout_of_library()); }

TEST(TreeNode, WalksBelowANodeAndNoFurther) {
  const auto tree = parse_xml("<a><b><c/>1</b><d>2</d></a>");
  const tree_node top = tree->document_element().child("b");
  std::string seen;
  for (tree_node at = top; at; at = at.following(top, true)) seen += std::string(at.name()) + std::string(at.value()) + ' ';
  EXPECT_EQ(seen, "b c 1 ");
  EXPECT_FALSE(top.following(top, false));
}

TEST(TreeNode, KnowsTheLengthOfATextWhereverItLies) {
  alignas(16) char room[96];
  for (std::size_t from = 0; from < 32; ++from)
    for (std::size_t length = 0; length < 48; ++length) {
      std::memset(room, 0, sizeof room);
      std::memset(room + from, 'x', length);
      EXPECT_EQ(length_of(room + from), length);
    }
}

TEST(TreeNode, ReferencesSayWhereATextLies) {
  const std::string room(200, 'x');
  for (std::size_t from = 0; from < 64; ++from)
    for (std::size_t length = reference_size + 1; from + length < room.size(); length += 7) {
      const std::string_view text = std::string_view(room).substr(from, length);
      ASSERT_TRUE(can_be_referred(text));
      char reference[reference_size];
      EXPECT_EQ(write_reference(reference, text), reference + reference_size);
      EXPECT_EQ(std::string_view(reference, reference_size).find_first_of(std::string_view("<&\r\n\t \0", 7)), npos);
      EXPECT_EQ(referred(reference).data(), text.data());
      EXPECT_EQ(referred(reference).size(), text.size());
    }
  EXPECT_FALSE(can_be_referred(std::string_view(room).substr(0, reference_size)));
}

// What is left out of the copy that is parsed is in the tree nevertheless, and nothing else changes.
TEST(TreeNode, TextsThatAreLeftOutStandInTheTree) {
  const std::string text =
      "<a>a text that is longer than a reference<b/>short<c>&lt;a text with a reference</c>\n     and one \t at the end</a>";
  const auto part = [&](std::string_view words) {
    EXPECT_NE(text.find(words), npos);
    return std::string_view(text).substr(text.find(words), words.size());
  };
  const std::vector<std::string_view> left_out{part("a text that is longer than a reference"),
                                               part("\n     and one \t at the end")};
  const auto tree = parse_xml(text, left_out), whole = parse_xml(text);
  EXPECT_EQ(text_of(tree->document_element()), text_of(whole->document_element()));
  EXPECT_EQ(collapsed_text_of(tree->document_element()), collapsed_text_of(whole->document_element()));
  EXPECT_EQ(serialize(tree->document_element(), false), serialize(whole->document_element(), false));
  EXPECT_EQ(tree_node(tree->document_element()).first_child().value().data(), left_out[0].data());
}

}  // namespace
}  // namespace dragoman::tei
