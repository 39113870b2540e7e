#include "display/help.hpp"

#include "display/completions.hpp"

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

TEST(Help, PagesFitATerminalAndShowEveryOption) {
  program p("");
  for (const auto* c : commands(p)) {
    const auto page = help_page(p, *c);
    for (const auto& d : declarations(*c))
      for (const auto& name : d.names) EXPECT_NE(page.find(name), std::string::npos) << c->get_name() << " " << name;
    EXPECT_NE(page.find("Examples:"), std::string::npos) << c->get_name();
  }
  std::size_t line = 0;
  const auto page = help_page(p, p.app());
  for (const char ch : page) {
    line = ch == '\n' ? 0 : line + 1;
    EXPECT_LE(line, 80u);
  }
}

TEST(ManPage, HasEveryCommandAndNoStrayRequests) {
  program p("");
  const auto page = man_page(p);
  for (const auto* c : commands(p)) EXPECT_NE(page.find(".SS " + called(*c)), std::string::npos);
  EXPECT_EQ(page.find('\x1f'), std::string::npos);
}

TEST(Completions, KnowEveryCommandAndOption) {
  program p("");
  for (const auto& text : {bash_completions(p), zsh_completions(p), fish_completions(p)}) {
    for (const auto* c : commands(p)) EXPECT_NE(text.find(c->get_name()), std::string::npos);
    EXPECT_NE(text.find("completions --words writers"), std::string::npos);
    EXPECT_NE(text.find("dry-run"), std::string::npos);
  }
}

}  // namespace
}  // namespace dragoman::hosting
