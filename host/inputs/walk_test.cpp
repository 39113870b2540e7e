#include "inputs/walk.hpp"

#include "plugins/fake_formats.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include <optional>

namespace dragoman::hosting {
namespace {

// What a walk finds: names, and problems as "!code path".
std::string walked(const fake::folder& f, const std::vector<std::string>& arguments,
                   const std::vector<std::filesystem::path>& outputs = {}) {
  std::string out;
  const auto add = [&](const std::string& s) { out += (out.empty() ? "" : " ") + s; };
  input_walk walk(
      [&](const found_input& i) {
        add(i.name);
        return true;
      },
      [&](const std::string& path, const finding& found) {
        add("!" + found.code +
            (path.rfind(f.path(), 0) == 0 ? " " + path.substr(std::min(path.size(), f.path().size() + 1)) : " " + path));
      },
      outputs);
  for (const auto& a : arguments) walk.walk(a);
  return out;
}

TEST(Walk, GoesInTheOrderOfPaths) {
  fake::folder f;
  for (const char* name : {"in/b.txt", "in/a/z", "in/a.txt", "in/a-b", "in/B", "in/\xC3\xA9"}) f.write(name, "x");
  EXPECT_EQ(walked(f, {f.path("in")}), "B a-b a.txt a/z b.txt \xC3\xA9");
}

TEST(Walk, KnowsWhatIsAheadOfWhatItListed) {
  fake::folder f;
  for (const char* name : {"in/a", "in/b/x", "in/b/y", "in/c", "in/d"}) f.write(name, "x");
  std::string seen;
  std::optional<input_walk> walk;
  walk.emplace(
      [&](const found_input& i) {
        seen += i.name + " " + std::to_string(walk->ahead()) + (walk->is_all_listed() ? " " : "+ ");
        return true;
      },
      [](const std::string&, finding) {}, std::vector<std::filesystem::path>{},
      [](const std::string& name) { return name != "c"; });
  walk->walk(f.path("in"));
  EXPECT_EQ(seen, "a 1+ b/x 2 b/y 1 d 0 ");  // c is not wanted
}

TEST(Walk, ALinkToADirectoryIsInItsPlace) {
  fake::folder f;
  for (const char* name : {"in/a.txt", "in/a0", "there/x"}) f.write(name, "x");
  std::filesystem::create_directory_symlink("../there", f.path("in/a"));
  EXPECT_EQ(walked(f, {f.path("in")}), "a.txt a/x a0");
  EXPECT_EQ(walked(f, {f.path("in")}, {f.path("there")}), "a.txt !input.is-output in/a a0");
}

TEST(Walk, NamesAFileByItselfAndADirectorysFilesByTheirPath) {
  fake::folder f;
  f.write("in/deep/x.txt", "x");
  EXPECT_EQ(walked(f, {f.path("in/deep/x.txt"), f.path("in/"), "-"}), "x.txt deep/x.txt stdin");
}

TEST(Walk, SaysWhatItLeavesOut) {
  fake::folder f;
  f.write("in/.hidden", "x");
  f.write("in/seen", "x");
  ASSERT_EQ(::mkfifo(f.path("in/pipe").c_str(), 0600), 0);
  EXPECT_EQ(walked(f, {f.path("in")}), "!input.hidden in !input.special in/pipe seen");
  EXPECT_EQ(walked(f, {f.path("in")}, {f.path("in/seen")}),
            "!input.hidden in !input.special in/pipe !input.is-output in/seen !input.empty-directory in");
}

TEST(Walk, SurvivesLinksThatLeadNowhereOrRound) {
  fake::folder f;
  f.write("in/a", "x");
  std::filesystem::create_symlink("..", f.path("in/up"));
  std::filesystem::create_symlink("self", f.path("in/self"));
  std::filesystem::create_symlink("missing", f.path("in/dangling"));
  const auto found = walked(f, {f.path("in")});
  EXPECT_NE(found.find("!input.loop in/up/in"), std::string::npos) << found;
  EXPECT_NE(found.find("!input.loop in/self"), std::string::npos) << found;
  EXPECT_NE(found.find("!input.unreadable in/dangling"), std::string::npos) << found;
  EXPECT_EQ(found.substr(0, 1), "a");
}

TEST(Walk, AnOutputFolderInsideIsNotRead) {
  fake::folder f;
  f.write("in/a", "x");
  f.write("in/out/b", "x");
  EXPECT_EQ(walked(f, {f.path("in")}, {f.path("in/out/")}), "a !input.is-output in/out");
}

TEST(Walk, EmptyDirectoriesAndMissingFilesAreErrors) {
  fake::folder f;
  std::filesystem::create_directories(f.path("in/empty"));
  EXPECT_EQ(walked(f, {f.path("in")}), "!input.empty-directory in");
  EXPECT_EQ(walked(f, {f.path("missing")}), "!input.unreadable missing");
}

TEST(Walk, ReadsLists) {
  fake::folder f;
  f.write("in/a b.txt", "x");
  const auto list = f.write("list", f.path("in/a b.txt") + "\r\n\n" + f.path("in") + "\n" + f.path("missing"));
  EXPECT_EQ(walked(f, {"@" + list}), "a b.txt a b.txt !input.unreadable missing");
  EXPECT_EQ(walked(f, {"@" + f.write("none", "\n\n")}), "!input.empty @" + f.path("none"));
  EXPECT_EQ(walked(f, {"@" + f.path("nothing")}), "!input.unreadable @" + f.path("nothing"));
  EXPECT_EQ(walked(f, {"@" + f.path()}), "!input.unreadable @" + f.path());
}

TEST(Walk, ListedRelativePathsKeepTheirFolders) {
  fake::folder f;
  f.write("in/a.txt", "x");
  f.write("list", "./in/a.txt\nin/../in/a.txt\n../" + std::filesystem::path(f.path()).filename().string() + "/in/a.txt\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(f.path());
  const auto found = walked(f, {"@list"});
  std::filesystem::current_path(before);
  EXPECT_EQ(found, "in/a.txt in/a.txt a.txt");  // what leads outside has its own name only
}

}  // namespace
}  // namespace dragoman::hosting
