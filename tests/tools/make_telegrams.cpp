// make_telegrams COUNT FOLDER [DIRTY%] - writes COUNT invented telegrams, the same ones on every machine, as FOLDER/0/0.txt, ....
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <telegram_generator.hpp>

namespace {

bool to_number(const char* text, std::size_t& number) {
  const char* end = text + std::strlen(text);
  const auto [stopped, problem] = std::from_chars(text, end, number);
  return problem == std::errc() && stopped == end;
}

}  // namespace

int main(int argc, char** argv) {
  using dragoman::testing::telegram_form;
  constexpr telegram_form forms[] = {telegram_form::cablegate, telegram_form::acp127, telegram_form::markdown};
  constexpr std::size_t files_a_folder = 1000;
  std::size_t count = 0, dirty = 0;
  if (argc < 3 || argc > 4 || !to_number(argv[1], count) || (argc == 4 && (!to_number(argv[3], dirty) || dirty > 100))) {
    std::fputs("usage: make_telegrams COUNT FOLDER [DIRTY%]\n", stderr);
    return 2;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto telegram = dragoman::testing::generate_telegram(i, forms[i % 3], i % 100 < dirty);
    const auto folder = std::filesystem::path(argv[2]) / std::to_string(i / files_a_folder);
    if (i % files_a_folder == 0) std::filesystem::create_directories(folder);
    const auto path = folder / (std::to_string(i) + ".txt");
    std::ofstream file(path, std::ios::binary);
    file << telegram.octets;
    if (!file.flush()) {
      std::fprintf(stderr, "make_telegrams: cannot write %s\n", path.c_str());
      return 1;
    }
  }
}
