#include "plugins/loader.hpp"

#include "plugins/fake_formats.hpp"
#include "plugins/module_check.hpp"
#include "plugins/quarantine.hpp"

#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdlib>

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

namespace fs = std::filesystem;

std::string module_octets() {
  std::ifstream in(LOADER_TEST_MODULE, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

registry loaded_from(const std::vector<fs::path>& places, const fs::path& state = {}) {
  registry r;
  load_plugins(places, state, r);
  return r;
}

TEST(Loader, LoadsFromPathsOfAnyName) {
  fake::folder f;
  f.write("mit Leerzeichen/\xC3\xBC\xD0\xB6 \xE6\xBC\xA2/none.dgm", module_octets());
  const auto r = loaded_from({f.path("mit Leerzeichen/\xC3\xBC\xD0\xB6 \xE6\xBC\xA2")});
  ASSERT_EQ(r.candidates().size(), 1u);
  EXPECT_EQ(r.candidates()[0].state, outcome::loaded) << r.candidates()[0].reason;
  EXPECT_TRUE(fs::path(r.candidates()[0].path).is_absolute());
  ASSERT_NE(r.find("none"), nullptr);
  EXPECT_EQ(r.find("none")->plugin_name, "org.example.none@1.0");
}

TEST(Loader, TakesASingleFileAndOtherFilesAreLeftAlone) {
  fake::folder f;
  f.write("none.dgm", module_octets());
  f.write("none.so", module_octets());
  EXPECT_EQ(loaded_from({f.path("none.dgm")}).candidates().size(), 1u);
  EXPECT_EQ(loaded_from({f.path()}).candidates().size(), 1u);
  EXPECT_EQ(loaded_from({f.path("missing")}).candidates().size(), 0u);
}

TEST(Loader, TheSameFileCountsOnceAndCopiesAreShadowed) {
  fake::folder f;
  f.write("a/none.dgm", module_octets());
  f.write("b/none.dgm", module_octets());
  fs::create_directory_symlink(f.path("a"), f.path("c"));
  const auto r = loaded_from({f.path("a"), f.path("c"), f.path("b")});
  ASSERT_EQ(r.candidates().size(), 2u);
  EXPECT_EQ(r.candidates()[1].state, outcome::shadowed);
  EXPECT_NE(r.candidates()[1].reason.find("a/none.dgm"), std::string::npos);
}

TEST(Loader, RefusesWhatIsNoModule) {
  fake::folder f;
  const auto whole = module_octets();
  f.write("empty.dgm", "");
  f.write("text.dgm", "This is no module.\n");
  f.write("magic.dgm",
          "\x7f"
          "ELF");
  f.write("cut.dgm", whole.substr(0, whole.size() / 2));
  f.write("none.dgm", whole);
  fs::create_directory(f.path("folder.dgm"));
  fs::create_symlink("nowhere", f.path("dangling.dgm"));
  ASSERT_EQ(::mkfifo(f.path("pipe.dgm").c_str(), 0600), 0);
  const auto r = loaded_from({f.path()});
  ASSERT_EQ(r.candidates().size(), 8u);
  for (const auto& c : r.candidates()) {
    const bool is_good = c.path.find("none.dgm") != std::string::npos;
    EXPECT_EQ(c.state, is_good ? outcome::loaded : outcome::refused) << c.path;
    EXPECT_EQ(c.reason.empty(), is_good);
  }
}

// Every cut and many changes of a module are looked at without harm; nothing is loaded here.
TEST(ModuleCheck, SurvivesAnyOctets) {
  fake::folder f;
  const auto whole = module_octets();
  EXPECT_EQ(check_module(LOADER_TEST_MODULE).refusal, "");
  for (std::size_t size = 0; size < whole.size(); size += size < 300 ? 1 : 997)
    EXPECT_NE(check_module(f.write("x.dgm", whole.substr(0, size))).refusal, "") << size;
  std::uint32_t seed = 1;
  for (int i = 0; i < 300; ++i) {
    auto spoilt = whole;
    for (int k = 0; k < 4; ++k) {
      seed = seed * 1664525 + 1013904223;
      const std::size_t at = k < 2 ? (seed >> 8) % 64 : (seed >> 8) % spoilt.size();  // half of them in the header
      spoilt[at] = static_cast<char>(seed >> 24);
    }
    check_module(f.write("x.dgm", spoilt));  // any answer will do
  }
}

TEST(SearchPath, NothingMeansNowhere) {
  ::setenv("XDG_DATA_HOME", "/data", 1);
  ::setenv("DRAGOMAN_PLUGIN_PATH", "/env::relative:", 1);
  const auto places = plugin_search_path({"/given:", ":"});
  ::unsetenv("DRAGOMAN_PLUGIN_PATH");
  ::unsetenv("XDG_DATA_HOME");
  ASSERT_GE(places.size(), 5u);
  EXPECT_EQ(places[0], "/given");
  EXPECT_EQ(places[1], "/env");
  EXPECT_EQ(places[2], fs::current_path() / "relative");
  EXPECT_EQ(places[3], "/data/dragoman/plugins");
  for (const auto& p : places) {
    EXPECT_TRUE(p.is_absolute());
    EXPECT_NE(p, fs::current_path());
  }
}

TEST(Quarantine, AMarkThatIsLeftOverKeepsAPluginOut) {
  fake::folder f;
  const auto plugin = f.write("none.dgm", module_octets());
  const auto state = f.path("state/quarantine.json");
  const auto child = ::fork();
  if (child == 0) {
    quarantine(state).about_to_load(fs::canonical(plugin));
    ::_exit(0);  // as if loading had killed it
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  auto r = loaded_from({plugin}, state);
  ASSERT_EQ(r.candidates().size(), 1u);
  EXPECT_EQ(r.candidates()[0].state, outcome::quarantined);
  EXPECT_NE(r.candidates()[0].reason.find("--retry"), std::string::npos);
  EXPECT_EQ(loaded_from({plugin}, state).candidates()[0].state, outcome::quarantined);  // and stays out

  EXPECT_EQ(quarantine(state).forget(), 1u);
  EXPECT_EQ(loaded_from({plugin}, state).candidates()[0].state, outcome::loaded);
}

TEST(Quarantine, AnotherBuildOfAPluginIsAnotherPlugin) {
  fake::folder f;
  const auto plugin = f.write("none.dgm", module_octets());
  const auto state = f.path("quarantine.json");
  const auto child = ::fork();
  if (child == 0) {
    quarantine(state).about_to_load(fs::canonical(plugin));
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  f.write("none.dgm", module_octets() + " ");
  EXPECT_EQ(loaded_from({plugin}, state).candidates()[0].state, outcome::loaded);
}

TEST(Quarantine, KnownPluginsCostNoWriteAndBadStateIsNoState) {
  fake::folder f;
  const auto plugin = f.write("none.dgm", module_octets());
  const auto state = f.write("quarantine.json", "{ this is no JSON");
  EXPECT_EQ(loaded_from({plugin}, state).candidates()[0].state, outcome::loaded);
  const auto written = fs::last_write_time(state);
  const auto text = f.read("quarantine.json");
  EXPECT_EQ(loaded_from({plugin}, state).candidates()[0].state, outcome::loaded);
  EXPECT_EQ(fs::last_write_time(state), written);
  EXPECT_EQ(f.read("quarantine.json"), text);
  f.write("quarantine.json", R"({"good": 7, "loading": {"x": 3, "y": {"process": "z"}}, "crashed": []})");
  EXPECT_EQ(loaded_from({plugin}, state).candidates()[0].state, outcome::loaded);
}

TEST(Quarantine, ForgetsGoodPluginsThatAreGone) {
  fake::folder f;
  const auto one = f.write("one.dgm", module_octets()), two = f.write("two.dgm", module_octets() + " ");
  const auto state = f.path("quarantine.json");
  loaded_from({one}, state);
  EXPECT_NE(f.read("quarantine.json").find("one.dgm"), std::string::npos);
  fs::remove(one);
  loaded_from({two}, state);
  EXPECT_EQ(f.read("quarantine.json").find("one.dgm"), std::string::npos);
  EXPECT_NE(f.read("quarantine.json").find("two.dgm"), std::string::npos);
}

TEST(Quarantine, GoesOnWithoutAPlaceToRemember) {
  fake::folder f;
  const auto plugin = f.write("none.dgm", module_octets());
  f.write("file", "x");
  EXPECT_EQ(loaded_from({plugin}, f.path("file/below/quarantine.json")).candidates()[0].state, outcome::loaded);
}

}  // namespace
}  // namespace dragoman::hosting
