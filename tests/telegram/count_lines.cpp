// count_lines FILE|FOLDER... - reads telegrams and counts their lines by owner: {"lines": 12, "unowned": 0, "twice": 0,
// "opaque": 1, "files": 1}. Each line has one owner (telegram.md 6.1), so "unowned" and "twice" are 0; exit code 1 if not.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <telegram/telegram.hpp>

namespace {

using namespace dragoman;

struct count {
  std::size_t files = 0, lines = 0, unowned = 0, twice = 0, opaque = 0;

  void add(std::string_view octets) {
    ++files;
    telegram::cutter cut;
    telegram::parser parser;
    telegram::reporter silent;
    for (std::size_t at = 0; at < octets.size();) {
      cut.reset();
      const auto length = cut.cut(octets.substr(at), true);
      parser.parse(octets.substr(at, length), cut.sections(), silent);
      twice += parser.claimed_twice();
      lines += parser.owners().size();
      for (const auto owner : parser.owners()) {
        unowned += owner == telegram::owner::none;
        opaque += owner == telegram::owner::opaque;
      }
      at += length;
    }
  }
};

bool add_file(count& total, const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string octets((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad() || !file.is_open()) {
    std::fprintf(stderr, "count_lines: cannot read %s\n", path.c_str());
    return false;
  }
  total.add(octets);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: count_lines FILE|FOLDER...\n", stderr);
    return 2;
  }
  count total;
  bool good = true;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      good &= add_file(total, argv[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i]))
      if (entry.is_regular_file()) good &= add_file(total, entry.path());
  }
  std::printf("{\"files\": %zu, \"lines\": %zu, \"unowned\": %zu, \"twice\": %zu, \"opaque\": %zu}\n", total.files, total.lines,
              total.unowned, total.twice, total.opaque);
  return !good ? 2 : total.unowned + total.twice != 0 ? 1 : 0;
}
