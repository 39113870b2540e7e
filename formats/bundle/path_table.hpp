// formats/bundle/path_table.hpp - the paths of the files of a bag that is being made.
//
// A folder is kept once, and a name is octets in a block that stays where it is: some 20 octets a file and its name, in place of
// 80 for strings. Source: bundles.md 4. One thread at a time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragoman::bundle {

class path_table {
public:
  // Adds a file that has no path as yet; its number is the size before. Throws std::length_error beyond 4,294,967,294 files.
  void add();
  // `number` is of a file. A path that it had before stays in memory, unseen.
  void set(std::size_t number, std::string_view path);
  std::string at(std::size_t number) const;
  std::size_t size() const noexcept { return files_.size(); }
  // The numbers of all files, sorted by the octets of their paths.
  std::vector<std::uint32_t> in_order() const;

private:
  struct file {
    const char* name = nullptr;  // behind its folder
    std::uint32_t length = 0;    // of the name
    std::uint32_t folder = 0;    // number of one of folders_
  };
  std::uint32_t folder_of(std::string_view path);
  const char* keep(std::string_view name);
  bool is_before(const file& a, const file& b) const;

  std::deque<file> files_;
  std::unordered_map<std::string, std::uint32_t> folder_numbers_;  // with their last "/"
  std::vector<std::string_view> folders_{{}};                      // keys of folder_numbers_; the first is none
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;  // what is left of the last block
  std::size_t room_ = 0;
};

}  // namespace dragoman::bundle
