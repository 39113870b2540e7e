// Runs a function in a process of its own, which may crash, hang or eat memory without harm to this one.
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace dragoman::hosting {

// What a child process is doing, readable by its parent after the child is gone.
class progress_note {
public:
  progress_note();
  progress_note(const progress_note&) = delete;
  progress_note& operator=(const progress_note&) = delete;
  ~progress_note();

  // Called in the child. Longer texts are cut. Any thread, one at a time.
  void say(std::string_view what) noexcept;
  std::string said() const;

private:
  static constexpr std::size_t room = 4096;
  char* text_;  // shared with the child, ends with NUL
};

struct child_limits {
  double seconds = 30;                        // of the clock on the wall
  std::size_t memory = std::size_t{4} << 30;  // octets of address space; not asked of instrumented builds
};

struct child_result {
  enum class end { returned, crashed, timed_out, stopped };  // stopped: somebody asked this program to stop
  end how = end::returned;
  std::string octets;   // what `work` returned
  std::string reason;   // how it crashed: "signal 11 (Segmentation fault)"
  std::string printed;  // what it wrote to standard output and error, its last 64 KiB
  double seconds = 0;
};

// Forks, runs `work` in the child, and takes what it returns. The child and all that it started are gone when this
// returns. Throws std::system_error when there can be no child. To be called while this process has one thread.
child_result run_in_child(const std::function<std::string()>& work, const child_limits& limits);

}  // namespace dragoman::hosting
