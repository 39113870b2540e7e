// tei_testing.hpp - for the tests of this folder: files, the tools of libxml2, and documents read and written.
#pragma once
#include "tei.hpp"

#include <gtest/gtest.h>
#include <dragoman/testing.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::tei::tests {

namespace fs = std::filesystem;

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

// A folder of its own for a test, gone afterwards.
class scratch_folder {
public:
  scratch_folder() {
    std::string name = (fs::temp_directory_path() / "dragoman-tei-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path_ = name;
  }
  ~scratch_folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  fs::path file(const std::string& name, std::string_view content) const {
    const fs::path p = path_ / name;
    std::ofstream(p, std::ios::binary) << content;
    return p;
  }
  fs::path path(const std::string& name) const { return path_ / name; }

private:
  fs::path path_;
};

inline bool has_tool(const char* name) {
  return std::system(("command -v " + std::string(name) + " >/dev/null 2>&1").c_str()) == 0;
}
// Runs a command; returns its exit code, and what it wrote (redirect standard error with "2>&1" to have it too).
inline int run(const std::string& command, std::string& output) {
  output.clear();
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return -1;
  char buffer[4096];
  while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, n);
  const int status = pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
inline std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

// Canonical XML (comments kept) of a text; "!" when it is none.
inline std::string c14n(const scratch_folder& folder, std::string_view xml) {
  std::string out;
  const auto in = folder.file("c14n.xml", xml);
  const int code = run("xmllint --nonet --c14n " + quoted(in) + " 2>/dev/null", out);
  return code == 0 ? out : "!" + out;
}

inline fs::path corpora() {
  const char* set = std::getenv("DRAGOMAN_CORPORA");
  return set != nullptr ? fs::path(set) : fs::path(DRAGOMAN_SOURCE_DIR) / ".." / "shared" / "corpora";
}

inline std::vector<const document*> pointers(const std::vector<document>& documents) {
  std::vector<const document*> all;
  for (const auto& d : documents) all.push_back(&d);
  return all;
}

inline testing::read_result read(std::string_view octets, std::string_view name = "test.xml") {
  return testing::read(format, octets, {}, name);
}
inline testing::write_result write(const std::vector<document>& documents) { return testing::write(format, pointers(documents)); }
inline testing::write_result write(const document& d) { return testing::write(format, {&d}); }

inline std::string messages(const std::vector<testing::diagnostic>& all) {
  std::string s;
  for (const auto& d : all) s += d.code + ": " + d.text + " @" + std::to_string(d.where.offset) + "\n";
  return s;
}

// The one document in `octets`; fails the test when there is another number.
inline document read_one(std::string_view octets) {
  auto result = read(octets);
  EXPECT_EQ(result.documents.size(), 1u) << messages(result.diagnostics) << result.problem;
  return result.documents.empty() ? document() : std::move(result.documents.front());
}

// A document told by `tell`.
template <class F>
document build(F&& tell) {
  document_builder store(sha256);
  builder out(store.sink());
  try {
    tell(out);
  } catch (const stop&) {
    ADD_FAILURE() << store.problem();
    return {};
  }
  return store.finish();
}

}  // namespace dragoman::tei::tests
