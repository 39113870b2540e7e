// The INPUT arguments, one input after the other: files, directories in order, standard input, lists.
#pragma once
#include "display/diagnostics.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace dragoman::hosting {

// One input of the run, not yet opened.
struct found_input {
  std::string path;  // to open; empty: standard input
  std::string name;  // as received: a file argument's own name, the path below a directory argument, a list's line
};

// Finds the inputs and hands them on as it goes; memory is bound by the largest directory.
class input_walk {
public:
  using take_input = std::function<bool(const found_input&)>;               // false: stop
  using take_problem = std::function<void(const std::string& path, finding)>;
  // `outputs` are files and folders that this run writes: they are not read.
  input_walk(take_input input, take_problem problem, std::vector<std::filesystem::path> outputs);

  // Walks one INPUT argument: a path, "-", or "@LIST". False when it was stopped.
  bool walk(const std::string& argument);

private:
  struct identity {
    unsigned long long device, number;
    auto operator<=>(const identity&) const = default;
  };
  bool path(const std::string& path, const std::string& name);
  bool directory(const std::string& path, const std::string& name, std::size_t& files);
  bool list(const std::string& file);
  bool is_output(const std::string& path) const;
  void problem(const std::string& path, level severity, const char* code, std::string text);

  take_input take_input_;
  take_problem take_problem_;
  std::vector<std::filesystem::path> outputs_;
  std::vector<identity> open_;  // directories around the one that is read
};

}  // namespace dragoman::hosting
