// Which format is this? By content: magic, then probe; the suffix only breaks ties (docs/design.md 5, "INPUT").
#pragma once
#include "display/diagnostics.hpp"
#include "plugins/registry.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

constexpr std::size_t head_size = std::size_t{64} << 10;  // octets that readers judge by
constexpr int sure_enough = 40;                           // a lower score is not trusted

// What a reader says of an input. The reason is put into words when somebody asks, which hardly any input makes necessary.
struct verdict {
  const format_entry* format;
  bool suffix_matches;
  int score = 0;                     // 0..100
  const dgm_magic* magic = nullptr;  // that the input has, where no probe knows better
  std::string_view said = {};        // the constant sentence of its probe
  std::string answered = {};         // the same from another process
  std::string reason() const;
};

struct identification {
  const format_entry* format = nullptr;  // the winner; null when there is none
  std::vector<verdict> verdicts;         // of every reader, surest first
  finding problem;                       // why there is no winner
  std::vector<finding> remarks;          // what else went wrong while readers were asked
};

// `name` is only looked at for its suffix. Calls plugins' probes; any thread.
identification identify(const registry& formats, std::string_view head, bool at_end, std::string_view name);

}  // namespace dragoman::hosting
