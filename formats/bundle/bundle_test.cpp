// The table of the format: every code that the sources report is declared, and none is declared in vain.
#include "bundle.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace dragoman::bundle {
namespace {

std::set<std::string> codes_in_sources() {
  std::set<std::string> out;
  for (const auto& e : std::filesystem::directory_iterator(DRAGOMAN_SOURCE_DIR "/formats/bundle")) {
    const auto name = e.path().filename().string();
    const bool is_source = name.ends_with(".cpp") || name.ends_with(".hpp");
    if (!is_source || name.find("_test") != std::string::npos || name == "bundle.cpp") continue;
    std::ifstream in(e.path());
    const std::string start = "\"bundle.";
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("//") || line.starts_with('#')) continue;
      for (auto at = line.find(start); at != std::string::npos; at = line.find(start, at + 1))
        out.insert(line.substr(at + 1, line.find('"', at + 1) - at - 1));
    }
  }
  return out;
}

TEST(BundleFormat, DeclaresEveryCodeAndNoOther) {
  std::set<std::string> declared;
  for (std::size_t i = 0; i < format.code_count; ++i) {
    const dgm_code& code = format.codes[i];
    EXPECT_TRUE(declared.insert(code.code).second) << code.code << " twice";
    EXPECT_FALSE(std::string(code.meaning).empty()) << code.code;
    EXPECT_TRUE(code.severity != DGM_ERROR || code.advice != nullptr) << code.code << " says not what to do";
  }
  EXPECT_EQ(declared, codes_in_sources());
}

}  // namespace
}  // namespace dragoman::bundle
