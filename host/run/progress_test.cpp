#include "run/progress.hpp"

#include "plugins/fake_formats.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace dragoman::hosting {
namespace {

using namespace std::chrono_literals;

TEST(Progress, TheTotalIsALeastOneUntilAllIsFound) {
  run_gauge now;
  progress_text text;
  now.found = 40;
  now.done = now.documents = 10;
  EXPECT_EQ(text.line(now, 2s), "10/40+ inputs, 10 documents, 5/s, 0 failed, still looking for inputs, 0.0 MB");
  now.is_all_found = true;
  now.done = now.documents = 20;
  now.failed = 3;
  now.octets = 1'260'000;
  EXPECT_EQ(text.line(now, 4s), "20/40 inputs, 20 documents, 5/s, 3 failed, 4 s left, 1.3 MB");
}

TEST(Progress, TheRateIsThatOfTheLastHalfMinute) {
  run_gauge now;
  progress_text text;
  now.is_all_found = true;
  now.found = 400'000;
  now.done = now.documents = 100'000;  // by an earlier run
  EXPECT_EQ(text.line(now, 1s), "100000/400000 inputs, 100000 documents, 100000/s, 0 failed, 3 s left, 0.0 MB");
  now.done = now.documents = 100'300;
  text.line(now, 31s);
  now.done = now.documents = 100'600;
  EXPECT_EQ(text.line(now, 61s), "100600/400000 inputs, 100600 documents, 10/s, 0 failed, 8 h 19 min left, 0.0 MB");
}

TEST(Progress, NothingDoneIsNoTimeLeft) {
  run_gauge now;
  now.found = 1;
  now.is_all_found = true;
  EXPECT_EQ(progress_text().line(now, 5s), "0/1 inputs, 0 documents, 0/s, 0 failed, 0.0 MB");
  EXPECT_EQ(progress_text().line(now, 0s), "0/1 inputs, 0 documents, 0/s, 0 failed, 0.0 MB");
}

TEST(Progress, ScriptsGetNumbers) {
  run_gauge now;
  progress_text text;
  now.found = 4;
  now.done = 2;
  now.documents = 5;
  now.failed = 1;
  now.octets = 77;
  EXPECT_EQ(
      text.json(now, 500ms, false),
      R"({"event":"progress","inputs_done":2,"inputs_found":4,"all_found":false,"documents":5,"failed":1,"octets":77,"seconds":0.5,"documents_per_second":10.0})");
  now.is_all_found = true;
  EXPECT_EQ(
      text.json(now, 1s, true),
      R"({"event":"end","inputs_done":2,"inputs_found":4,"all_found":true,"documents":5,"failed":1,"octets":77,"seconds":1.0,"documents_per_second":5.0,"seconds_left":1.0})");
}

TEST(Parallel, ProgressIsToldWhileOthersCountAndSpeak) {
  fake::world w;
  run_gauge now;
  {
    const progress shown(progress_form::line, *w.messages, now);
    for (int i = 0; i < 60; ++i) {
      ++now.done;
      ++now.documents;
      w.messages->print_line("a line of its own");
      std::this_thread::sleep_for(10ms);
    }
  }
  const auto said = w.said();
  EXPECT_NE(said.find(" inputs, "), std::string::npos) << said;
  EXPECT_NE(said.find("\r\033[Ka line of its own\ndragoman: "), std::string::npos) << said;
  EXPECT_EQ(said.substr(said.size() - 4), "\r\033[K") << said;  // nothing of it stays
}

}  // namespace
}  // namespace dragoman::hosting
