#include "reports/html.hpp"

#include <fmt/format.h>
#include <dragoman/text.hpp>

namespace dragoman::hosting {
namespace {

constexpr std::string_view common = R"(
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fff; --soft: #5a5a5a; --rule: #c8c8c8; --bar: #2f6690; --bad: #a4161a; --mark: #fff3bf; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #161616; --soft: #a8a8a8; --rule: #444; --bar: #7fb2d9; --bad: #ff8a80; --mark: #4a3f00; } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 72rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
code { font-size: .9em; }
a { color: var(--bar); }
.bad { color: var(--bad); font-weight: 600; }
)";

}  // namespace

std::string html(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

std::string html_begin(std::string_view title, std::string_view style) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}{2}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
      html(title), common, style);
}

}  // namespace dragoman::hosting
