// What the program tells people on stderr: findings about inputs, and its own errors.
#pragma once
#include "inputs/input.hpp"
#include "plugins/registry.hpp"

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace dragoman::hosting {

enum class level : std::int32_t { note = DGM_NOTE, warning = DGM_WARNING, loss = DGM_LOSS, error = DGM_ERROR };
const char* name_of(level l) noexcept;

// One diagnostic, kept.
struct finding {
  level severity = level::error;
  std::string code, text;
  std::int64_t offset = -1, length = 0;  // in the input of the session
  std::uint32_t line = 0, column = 0;    // from 1; 0 unknown
};
dgm_diag lent(const finding& f) noexcept;
// What a plugin reported, made safe to print. `d` has all members of the first release.
finding kept(const dgm_diag& d);
// Works line and column out from the offset, where that counts in the octets of `about`.
void locate(finding& f, const origin& about);

// Prints findings as "dragoman: error: FILE:LINE:COL: text [code]", with what to do next on a second line the first
// time that a code comes. Any thread.
class reporter {
public:
  struct settings {
    bool verbose = false;  // notes too
    bool quiet = false;    // errors and losses only
    bool color = false;
    std::FILE* stream = stderr;
    std::size_t repeats = 20;  // of one code in one scope
  };
  // One input, for which repeats of a code are counted.
  using scope = std::map<std::string, std::size_t, std::less<>>;

  reporter(const registry& formats, settings s) : formats_(formats), settings_(s) {}
  reporter(const reporter&) = delete;
  reporter& operator=(const reporter&) = delete;

  // A terminal that can be drawn on.
  static bool is_for_people(std::FILE* stream);
  // Colours on such a one that has not NO_COLOR set.
  static bool wants_color(std::FILE* stream);

  // Prints a finding about an input; `in` counts repeats. Its place is worked out only when it is printed.
  void report(scope& in, const origin& about, const finding& f);
  // The same about something else, which has a name (may be empty) and no lines.
  void report(scope& in, std::string_view name, const finding& f);
  // Says how many findings of each code were not printed, and begins the scope anew.
  void end(scope& in, std::string_view name);
  // A plain line "dragoman: text", unless quiet.
  void say(std::string_view text);

  // A line as it is, quiet or not.
  void print_line(std::string_view text);
  // A last line of the terminal that stays below all others and is drawn anew each time; empty: it goes.
  void status(std::string_view text);

  // How many there were of a severity, printed or not.
  std::size_t count(level l) const;

private:
  bool is_to_print(scope& in, const finding& f);
  void print(std::string_view name, const finding& f);
  void write(const std::string& line);

  const registry& formats_;
  const settings settings_;
  mutable std::mutex mutex_;
  std::string status_;
  bool has_status_ = false;  // on the terminal
  std::map<level, std::size_t> counts_;
  std::set<std::string, std::less<>> advised_;
};

}  // namespace dragoman::hosting
