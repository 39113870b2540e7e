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

// The names in one directory, in the order that the sorted list of all paths has: a directory counts as its name with a
// slash. They are one text, so that a million of them takes little more memory than their octets.
class name_list {
public:
  // `is_plain_file`: the directory itself says so.
  void add(std::string_view name, bool is_directory, bool is_plain_file) {
    begins_.push_back(text_.size());
    text_.insert(text_.end(), name.begin(), name.end());
    if (is_directory) text_.push_back('/');
    text_.push_back('\0');
    text_.push_back(is_plain_file ? 'f' : '?');
  }
  void sort() {
    std::sort(begins_.begin(), begins_.end(),
              [this](std::size_t a, std::size_t b) { return std::strcmp(&text_[a], &text_[b]) < 0; });
  }
  std::size_t size() const { return begins_.size(); }
  // With a slash at its end: a directory.
  std::string_view operator[](std::size_t i) const { return &text_[begins_[i]]; }
  bool is_plain_file(std::size_t i) const { return text_[begins_[i] + (*this)[i].size() + 1] == 'f'; }

private:
  std::vector<char> text_;
  std::vector<std::size_t> begins_;
};

bool leads_to_directory(int around, const dirent& e) {
  if (e.d_type != DT_UNKNOWN && e.d_type != DT_LNK) return e.d_type == DT_DIR;
  struct stat target {};
  return ::fstatat(around, e.d_name, &target, 0) == 0 && S_ISDIR(target.st_mode);
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

input_walk::input_walk(take_input input, take_problem problem, std::vector<std::filesystem::path> outputs, wants wanted)
    : take_input_(std::move(input)), take_problem_(std::move(problem)), wanted_(std::move(wanted)) {
  for (const auto& o : outputs) {
    std::error_code ignored;
    if (auto real = std::filesystem::weakly_canonical(std::filesystem::absolute(o, ignored), ignored);
        !ignored && !real.empty()) {
      if (!real.has_filename()) real = real.parent_path();  // "out/" and "out" are one
      outputs_.push_back(std::move(real));
    }
  }
}

bool input_walk::walk(const std::string& argument) {
  if (argument == "-") return take("", "stdin");
  if (argument.size() > 1 && argument.front() == '@') return list(argument.substr(1));
  return path(argument, "");
}

bool input_walk::take(const std::string& path, const std::string& name) { return !is_wanted(name) || take_input_({path, name}); }

void input_walk::problem(const std::string& path, level severity, const char* code, std::string text) {
  take_problem_(path, {severity, code, std::move(text)});
}

// Asked of every file: a real path is looked for only where it could be one of ours.
bool input_walk::is_output(const std::string& path, std::string_view name, bool is_link) const {
  const auto has_its_name = [&](const auto& o) { return o.filename() == name; };
  if (!is_link && std::none_of(outputs_.begin(), outputs_.end(), has_its_name)) return false;
  std::error_code ignored;
  const auto real = std::filesystem::canonical(path, ignored);
  return !ignored && std::find(outputs_.begin(), outputs_.end(), real) != outputs_.end();
}

// A file or directory that was named. `name` is how it is received, when that is not its own name.
bool input_walk::path(const std::string& path, const std::string& name) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    problem(
        path, level::error, errno == ELOOP ? "input.loop" : "input.unreadable",
        errno == ELOOP ? std::string("symbolic links lead in a circle") : std::string("cannot be read: ") + std::strerror(errno));
    return true;
  }
  if (!S_ISDIR(info.st_mode)) return take(path, name.empty() ? name_alone(path) : name);
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
  const auto name_below = [&](std::string_view own) { return (name.empty() ? "" : name + "/") + std::string(own); };
  name_list entries;
  std::size_t hidden = 0;
  for (errno = 0; const dirent* e = ::readdir(dir.get()); errno = 0) {
    const std::string_view found = e->d_name;
    if (found == "." || found == "..") continue;
    if (found.front() == '.') ++hidden;
    else if (leads_to_directory(::dirfd(dir.get()), *e)) ++unlisted_, entries.add(found, true, false);
    else ahead_ += is_wanted(name_below(found)), entries.add(found, false, e->d_type == DT_REG);
  }
  if (errno != 0) {
    ++files;
    problem(path, level::error, "input.unreadable", std::string("cannot be listed: ") + std::strerror(errno));
  }
  dir.reset();  // one directory is open at a time, however deep
  if (hidden != 0) problem(path, level::note, "input.hidden", counted(hidden, "hidden name") + " left out");
  entries.sort();
  open_.push_back(here);
  bool go_on = true;
  for (std::size_t i = 0; i < entries.size() && go_on; ++i) {
    std::string_view own = entries[i];
    const bool is_directory = own.back() == '/';
    if (is_directory) own.remove_suffix(1);
    const std::string below = path + (path.back() == '/' ? "" : "/") + std::string(own);
    const std::string received = name_below(own);
    if (is_directory) --unlisted_;
    else ahead_ -= is_wanted(received);
    struct stat target {};
    target.st_mode = S_IFREG;
    bool is_there = entries.is_plain_file(i) || ::lstat(below.c_str(), &target) == 0;
    const bool is_link = is_there && S_ISLNK(target.st_mode);
    if (is_there && is_output(below, own, is_link)) {
      problem(below, level::note, "input.is-output", "left out, because this run writes it");
      continue;
    }
    if (is_link) is_there = ::stat(below.c_str(), &target) == 0;
    if (is_directory) {
      go_on = directory(below, received, files);
    } else if (!is_there) {
      ++files;
      const bool loop = errno == ELOOP;
      problem(below, level::error, loop ? "input.loop" : "input.unreadable",
              loop ? std::string("symbolic links lead in a circle") : std::string("cannot be read: ") + std::strerror(errno));
    } else if (!S_ISREG(target.st_mode)) {
      problem(below, level::warning, "input.special", "not a file: left out");
    } else {
      ++files;
      go_on = take(below, received);
    }
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
    problem("@" + file, level::error, "input.unreadable",
            std::string("the list cannot be read: ") + std::strerror(errno ? errno : EISDIR));
    return true;
  }
  ++unlisted_;
  std::string line;
  std::size_t count = 0;
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    ++count;
    const bool is_folder = std::filesystem::is_directory(line, ignored);
    if (!path(line, is_folder ? "" : listed_name(line))) return false;
  }
  --unlisted_;
  if (count == 0) problem("@" + file, level::error, "input.empty", "the list names no file");
  return true;
}

}  // namespace dragoman::hosting
