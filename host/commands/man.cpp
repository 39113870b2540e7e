// dragoman man
#include "display/help.hpp"
#include "program.hpp"

#include <cstdio>

namespace dragoman::hosting {

void add_man(program& p) {
  manual m;
  m.examples = {{"dragoman man | man -l -", "read it"}};
  p.command(
      "man", "Print the manual page", std::move(m),
      [&p] {
        std::fputs(man_page(p).c_str(), stdout);
        return int{all_well};
      },
      true);
}

}  // namespace dragoman::hosting
