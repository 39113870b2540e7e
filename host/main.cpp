#include "isolation/worker.hpp"
#include "program.hpp"

#include <string_view>

int main(int argc, char** argv) {
  using namespace dragoman::hosting;
  if (argc > 1 && std::string_view(argv[1]) == worker_word) return be_worker(argc, argv);
  return program(argc > 1 ? argv[1] : "").run(argc, argv);
}
