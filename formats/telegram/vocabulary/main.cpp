// vocabulary_compiler FOLDER OUTPUT: compiles the tables of FOLDER into vocabulary_tables.cpp and vocabulary_terms.hpp in the
// folder OUTPUT.
#include "compiler.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace {

void write(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error(path + ": error: cannot be written");
}

}  // namespace

int main(int argc, char** argv) {
  namespace terms = dragoman::telegram::terms;
  if (argc != 3) {
    std::fputs("usage: vocabulary_compiler FOLDER OUTPUT\n", stderr);
    return 2;
  }
  try {
    const std::string folder = argv[1];
    std::vector<terms::table> tables;
    for (const auto& what : terms::schemas()) {
      const auto path = folder + "/" + std::string(what.file) + ".tsv";
      std::ifstream file(path, std::ios::binary);
      if (!file) throw terms::bad_table(path, 1, "cannot be read");
      tables.push_back(terms::read_table(what, std::string(std::istreambuf_iterator<char>(file), {}), path));
    }
    const auto made = terms::compile(tables, folder);
    write(argv[2] + std::string("/vocabulary_tables.cpp"), made.source);
    write(argv[2] + std::string("/vocabulary_terms.hpp"), made.header);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
