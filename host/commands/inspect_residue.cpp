// dragoman inspect --residue
#include "commands/inspect.hpp"

#include "display/outline.hpp"
#include "strings.hpp"

#include <fmt/core.h>

namespace dragoman::hosting {
namespace {

class residue_lines final : public inspector {
public:
  residue_lines(program& p, bool& found_any) : p_(p), found_any_(found_any) {}

  void begin(const opened_input& input) override { where_ = input.where; }
  // What a reader says of what it understood is not asked for; that it failed is.
  void say(const origin& about, const finding& f) override {
    if (f.severity == level::error) p_.messages().report(scope_, about, f);
  }
  void take(document_reader::step step) override {
    if (!step.found || step.found.is_collection()) return;
    const node root = step.found.root();
    const source_lines lines(root, step.from->content, place_.in(step.from));
    std::string name = printable(step.from->display);
    if (!lines.is_in_input()) name += "#" + printable(root["id"].text());
    for (const auto& r : residue_of(root))
      for (const auto& line : lines_of(r, lines)) {
        found_any_ = true;
        fmt::print("{}:{} {}\n", name, line.number == 0 ? "" : std::to_string(line.number) + ":", printable(line.text));
      }
  }
  void refuse(const origin& where, const finding& why) override {
    std::fflush(stdout);
    p_.messages().report(scope_, where, why);
  }
  void end() override { p_.messages().end(scope_, where_->display); }

private:
  program& p_;
  bool& found_any_;
  reporter::scope scope_;
  std::shared_ptr<const origin> where_;
  reading_place place_;
};

}  // namespace

std::unique_ptr<inspector> inspect_residue(program& p, bool& found_any) { return std::make_unique<residue_lines>(p, found_any); }

}  // namespace dragoman::hosting
