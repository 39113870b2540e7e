#include "inputs/walk.hpp"

#include "strings.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>

namespace dragoman::hosting {
namespace {

constexpr std::size_t deepest_directory = 512;

struct entry {
  std::string name;
  bool is_directory;
};

// In the order that the sorted list of all paths has: a directory counts as its name with a slash.
bool path_order(const entry& a, const entry& b) {
  const auto key = [](const entry& e, std::size_t i) {
    return i < e.name.size() ? static_cast<unsigned char>(e.name[i]) : (e.is_directory && i == e.name.size() ? '/' : 0);
  };
  for (std::size_t i = 0;; ++i) {
    const int x = key(a, i), y = key(b, i);
    if (x != y) return x < y;
    if (x == 0) return false;
  }
}

// How a file outside of any directory argument is called.
std::string name_alone(const std::string& path) {
  const auto name = std::filesystem::path(path).filename().string();
  return name.empty() ? path : name;
}

// A line of a list as a relative path that stays inside: without "." and "..", else the file's name alone.
std::string listed_name(const std::string& line) {
  const auto path = std::filesystem::path(line).lexically_normal();
  if (path.is_absolute() || path.empty() || *path.begin() == "..") return name_alone(line);
  return path.string();
}

}  // namespace

input_walk::input_walk(take_input input, take_problem problem, std::vector<std::filesystem::path> outputs)
    : take_input_(std::move(input)), take_problem_(std::move(problem)) {
  for (const auto& o : outputs) {
    std::error_code ignored;
    if (auto real = std::filesystem::weakly_canonical(std::filesystem::absolute(o, ignored), ignored); !ignored && !real.empty()) {
      if (!real.has_filename()) real = real.parent_path();  // "out/" and "out" are one
      outputs_.push_back(std::move(real));
    }
  }
}

bool input_walk::walk(const std::string& argument) {
  if (argument == "-") return take_input_({"", "stdin"});
  if (argument.size() > 1 && argument.front() == '@') return list(argument.substr(1));
  return path(argument, "");
}

void input_walk::problem(const std::string& path, level severity, const char* code, std::string text) {
  take_problem_(path, {severity, code, std::move(text)});
}

bool input_walk::is_output(const std::string& path) const {
  std::error_code ignored;
  const auto real = std::filesystem::canonical(path, ignored);
  return !ignored && std::find(outputs_.begin(), outputs_.end(), real) != outputs_.end();
}

// A file or directory that was named. `name` is how it is received, when that is not its own name.
bool input_walk::path(const std::string& path, const std::string& name) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    problem(path, level::error, errno == ELOOP ? "input.loop" : "input.unreadable",
            errno == ELOOP ? std::string("symbolic links lead in a circle") : std::string("cannot be read: ") + std::strerror(errno));
    return true;
  }
  if (!S_ISDIR(info.st_mode)) return take_input_({path, name.empty() ? name_alone(path) : name});
  std::size_t files = 0;
  if (!directory(path, name, files)) return false;
  if (files == 0) problem(path, level::error, "input.empty-directory", "no files to read in this directory");
  return true;
}

// `files` counts what was found, readable or not.
bool input_walk::directory(const std::string& path, const std::string& name, std::size_t& files) {
  struct stat info {};
  std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
  if (!dir || ::fstat(::dirfd(dir.get()), &info) != 0) {
    ++files;
    problem(path, level::error, "input.unreadable", std::string("cannot be read: ") + std::strerror(errno));
    return true;
  }
  const identity here{info.st_dev, info.st_ino};
  if (std::find(open_.begin(), open_.end(), here) != open_.end() || open_.size() >= deepest_directory) {
    ++files;
    problem(path, level::error, "input.loop", "a symbolic link leads back to a directory around it");
    return true;
  }
  std::vector<entry> entries;
  std::size_t hidden = 0;
  for (errno = 0; const dirent* e = ::readdir(dir.get()); errno = 0) {
    const std::string_view found = e->d_name;
    if (found == "." || found == "..") continue;
    if (found.front() == '.') {
      ++hidden;
      continue;
    }
    struct stat target {};
    const bool is_directory = ::fstatat(::dirfd(dir.get()), e->d_name, &target, 0) == 0 && S_ISDIR(target.st_mode);
    entries.push_back({std::string(found), is_directory});
  }
  if (errno != 0) {
    ++files;
    problem(path, level::error, "input.unreadable", std::string("cannot be listed: ") + std::strerror(errno));
  }
  dir.reset();
  if (hidden != 0) problem(path, level::note, "input.hidden", counted(hidden, "hidden name") + " left out");
  std::sort(entries.begin(), entries.end(), path_order);
  open_.push_back(here);
  bool go_on = true;
  for (const auto& e : entries) {
    const std::string below = path + (path.back() == '/' ? "" : "/") + e.name;
    const std::string below_name = name.empty() ? e.name : name + "/" + e.name;
    if (is_output(below)) {
      problem(below, level::note, "input.is-output", "left out, because this run writes it");
      continue;
    }
    struct stat target {};
    if (e.is_directory) {
      go_on = directory(below, below_name, files);
    } else if (::stat(below.c_str(), &target) != 0) {
      ++files;
      const bool loop = errno == ELOOP;
      problem(below, level::error, loop ? "input.loop" : "input.unreadable",
              loop ? std::string("symbolic links lead in a circle") : std::string("cannot be read: ") + std::strerror(errno));
    } else if (!S_ISREG(target.st_mode)) {
      problem(below, level::warning, "input.special", "not a file: left out");
    } else {
      ++files;
      go_on = take_input_({below, below_name});
    }
    if (!go_on) break;
  }
  open_.pop_back();
  return go_on;
}

// One path a line; blank lines do not count. "-" as the list is standard input.
bool input_walk::list(const std::string& file) {
  std::ifstream from_file;
  if (file != "-") from_file.open(file, std::ios::binary);
  std::istream& in = file == "-" ? std::cin : from_file;
  std::error_code ignored;
  if (!in || (file != "-" && std::filesystem::is_directory(file, ignored))) {
    problem("@" + file, level::error, "input.unreadable", std::string("the list cannot be read: ") + std::strerror(errno ? errno : EISDIR));
    return true;
  }
  std::string line;
  std::size_t count = 0;
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    ++count;
    const bool is_folder = std::filesystem::is_directory(line, ignored);
    if (!path(line, is_folder ? "" : listed_name(line))) return false;
  }
  if (count == 0) problem("@" + file, level::error, "input.empty", "the list names no file");
  return true;
}

}  // namespace dragoman::hosting
