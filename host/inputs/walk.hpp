// The INPUT arguments, one input after the other: files, directories in order, standard input, lists.
#pragma once
#include "display/diagnostics.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// One input of the run, not yet opened.
struct found_input {
  std::string path;  // to open; empty: standard input
  std::string name;  // as received: a file argument's own name, the path below a directory argument, a list's line
};

// Finds the inputs and hands them on as it goes. A directory's names are read before the first of them is handed on; memory
// is bound by the names in the directories around the one that is read, some ten octets beside each. A list is read line by
// line, as it comes.
class input_walk {
public:
  using take_input = std::function<bool(const found_input&)>;  // false: stop
  using take_problem = std::function<void(const std::string& path, finding)>;
  using wants = std::function<bool(const std::string& name)>;
  // `outputs` are files and folders that this run writes: they are not read. Of the others only those are handed on that are
  // `wanted`; nothing: all.
  input_walk(take_input input, take_problem problem, std::vector<std::filesystem::path> outputs, wants wanted = nullptr);

  // Walks one INPUT argument: a path, "-", or "@LIST". False when it was stopped.
  bool walk(const std::string& argument);

  // Wanted files that were listed and not handed on yet, and whether there are directories that were not listed.
  std::size_t ahead() const noexcept { return ahead_; }
  bool is_all_listed() const noexcept { return unlisted_ == 0; }

private:
  struct identity {
    unsigned long long device, number;
    auto operator<=>(const identity&) const = default;
  };
  bool path(const std::string& path, const std::string& name);
  bool directory(const std::string& path, const std::string& name, std::size_t& files);
  bool list(const std::string& file);
  bool take(const std::string& path, const std::string& name);
  bool is_wanted(const std::string& name) const { return !wanted_ || wanted_(name); }
  bool is_output(const std::string& path, std::string_view name, bool is_link) const;
  void problem(const std::string& path, level severity, const char* code, std::string text);

  take_input take_input_;
  take_problem take_problem_;
  std::vector<std::filesystem::path> outputs_;
  const wants wanted_;
  std::size_t ahead_ = 0, unlisted_ = 0;
  std::vector<identity> open_;  // directories around the one that is read
};

}  // namespace dragoman::hosting
