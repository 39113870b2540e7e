// formats/bundle/bag_check.hpp - the verdict on a bag, wherever its files lie.
//
// Source: bundles.md 6 "Validator rules"; RFC 8493 3. All findings are told, not the first only. One thread at a time.
#pragma once
#include "bagit.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::bundle {

// The files of a bag, by number; paths are relative to the bag's top folder, '/' between segments.
class bag_files {
public:
  virtual ~bag_files() = default;
  virtual std::size_t count() const = 0;
  virtual std::string_view path(std::size_t file) const = 0;
  virtual std::uint64_t size(std::size_t file) const = 0;
  // False for links, devices and other things that no bag may hold.
  virtual bool is_regular(std::size_t file) const = 0;
  virtual bool has_data_folder() const = 0;
  // Gives the octets of a file in pieces. Throws unusable when they cannot be had. Best called in order of number; from
  // several threads at the same time where is_parallel.
  virtual void read(std::size_t file, const std::function<void(std::string_view)>& take) const = 0;
  virtual bool is_parallel() const { return false; }

protected:
  bag_files() = default;
  bag_files(const bag_files&) = default;
  bag_files& operator=(const bag_files&) = default;
};

enum class check_level { structure, complete, full };

struct check_rules {
  check_level level = check_level::full;
  bool lenient = false;  // a file found under another case only, or an absent OS file, is a warning
  bool strict = false;   // warnings are errors
  unsigned threads = 1;  // that may read and digest
};

struct bag_verdict {
  bool valid = false;  // no error was found at the level asked for
  bagit_declaration declaration;
  std::vector<info_field> info;  // of bag-info.txt
};

// Reads what the level asks for and reports every finding.
bag_verdict check_bag(const bag_files& files, const check_rules& rules, const finding_function& report);

// True for files that operating systems leave behind: .DS_Store, Thumbs.db, desktop.ini.
bool is_system_file(std::string_view path);

}  // namespace dragoman::bundle
