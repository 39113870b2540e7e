// Sessions in workers, many at a time: what the thread sanitizer looks at.
#include "isolation/isolation.hpp"

#include "plugins/loader.hpp"
#include "sessions/document_reader.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace {

using namespace dragoman::hosting;

class Isolation : public ::testing::Test {
protected:
  void SetUp() override { load_plugins({MOCK_MODULE}, {}, formats_); }

  worker_setting setting(worker_limits limits = {}) {
    return {DRAGOMAN_PROGRAM, limits, stop_, [this](finding f) {
              const std::lock_guard lock(mutex_);
              told_.push_back(std::move(f));
            }};
  }
  static std::shared_ptr<const origin> input_of(const std::string& text) {
    auto out = std::make_shared<origin>();
    out->name = out->display = "orders";
    out->content = octets::of_memory(text);
    return out;
  }
  // Has readers asked about all of them ahead of need.
  std::unique_ptr<reader_service::expectation> expect(const std::vector<std::shared_ptr<const origin>>& inputs) {
    std::vector<reader_service::coming> coming;
    for (const auto& i : inputs) coming.push_back({i->content, i->name, formats_.find("mock")});
    return formats_.service()->expect(coming);
  }
  // The ids of the documents in this text, and "!" for each that failed.
  std::string read(const std::string& text) { return read(input_of(text)); }
  std::string read(const std::shared_ptr<const origin>& from) {
    document_reader reader(*environment_, *formats_.find("mock"), from, [this](const origin&, const finding& f) {
      const std::lock_guard lock(mutex_);
      if (f.severity == level::warning) told_.push_back(f);
    });
    std::string out;
    for (bool more = true; more;) {
      const auto step = reader.next();
      more = step.more;
      for (std::size_t i = 0; i < step.failures.size(); ++i) out += "!";
      if (step.found) out += step.found.root()["id"].text();
    }
    return out;
  }

  registry formats_;
  option_set options_;
  std::atomic<bool> stop_ = false;
  std::unique_ptr<environment> environment_{new environment{formats_, options_, stop_}};
  std::mutex mutex_;
  std::vector<finding> told_;
};

TEST_F(Isolation, ManyThreadsHaveWorkersOfOnePlugin) {
  options_.complete(formats_);
  const isolation workers(formats_, isolate::third_party, setting());
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 8; ++i) {
        good += read("mock: fine a\nmock: fine b\n") == "ab";
        good += formats_.service()->probe("mock: fine a\n", true).scores.size() == 1;
      }
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(good, 48);
  EXPECT_TRUE(told_.empty());
}

TEST_F(Isolation, WorkersAreLostAndReplacedInManyThreads) {
  options_.complete(formats_);
  worker_limits limits;
  limits.documents = 2;
  limits.crashes = 1000;
  const isolation workers(formats_, isolate::third_party, setting(limits));
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 2; ++i) {
        good += read("mock: fine a\nmock: exit\nmock: fine b\n") == "a!";
        good += read("mock: fine c\n") == "c";
      }
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(good, 12);
}

TEST_F(Isolation, WhatNobodyCameForIsToldWhenAWorkerWasLostWithIt) {
  options_.complete(formats_);
  const isolation workers(formats_, isolate::third_party, setting());
  EXPECT_EQ(read("mock: fine a\n"), "a");  // so that it is known what a session is lent
  const auto before = input_of("mock: fine b\n"), unneeded = input_of("mock: crash\n"), behind = input_of("mock: fine c\n");
  {
    const auto expected = expect({before, unneeded, behind});
    EXPECT_EQ(read(before), "b");
    EXPECT_EQ(read(behind), "c");
  }
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_EQ(told_.front().code, "isolation.ahead");
  EXPECT_NE(told_.front().text.find("crashed while it was asked"), std::string::npos) << told_.front().text;
  {
    const auto expected = expect({before, unneeded, behind});  // needed now: an error of its own
    EXPECT_EQ(read(before), "b");
    EXPECT_EQ(read(unneeded), "!");
    EXPECT_EQ(read(behind), "c");
  }
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(Isolation, NonsenseAmongManyThatDoesNotComeAgainIsTold) {
  options_.complete(formats_);
  const isolation workers(formats_, isolate::third_party, setting());
  EXPECT_EQ(read("mock: fine a\n"), "a");
  const auto before = input_of("mock: fine b\n"), confusion = input_of("mock: confusion\n"), behind = input_of("mock: fine c\n");
  {
    const auto expected = expect({before, confusion, behind});
    EXPECT_EQ(read(before), "b");
    EXPECT_EQ(read(behind), "c");  // in the fresh worker the other one is not before it
  }
  ASSERT_EQ(told_.size(), 1u);
  // The nonsense comes before the answers that the worker holds back, and nobody knows whose it is; or, on a slow machine, behind.
  EXPECT_TRUE(told_.front().code == "isolation.ahead" || told_.front().code == "isolation.retried") << told_.front().code;
  EXPECT_NE(told_.front().text.find("confused its worker"), std::string::npos) << told_.front().text;
  {
    const auto expected = expect({before, confusion, behind});
    EXPECT_EQ(read(before), "b");
    EXPECT_EQ(read(confusion), "confusion");
    EXPECT_EQ(read(behind), "c");
  }
  ASSERT_EQ(told_.size(), 2u) << "confused once more, and this time with a document that it is known of";
  EXPECT_EQ(told_.back().code, "isolation.retried");
}

TEST_F(Isolation, TablesAreThePluginsOwnAgainAfterwards) {
  options_.complete(formats_);
  const auto* before = formats_.find("mock")->table;
  {
    const isolation workers(formats_, isolate::third_party, setting());
    EXPECT_NE(formats_.find("mock")->table, before);
    EXPECT_EQ(formats_.find("mock")->table->options, before->options);
    EXPECT_TRUE(formats_.service()->answers_for(*formats_.find("mock")));
  }
  EXPECT_EQ(formats_.find("mock")->table, before);
  EXPECT_EQ(formats_.service(), nullptr);
  EXPECT_EQ(read("mock: fine a\n"), "a");
}

TEST_F(Isolation, AProgramThatIsNoWorkerIsSaidToBe) {
  options_.complete(formats_);
  auto broken = setting();
  broken.program = "/nonexistent/dragoman";  // heard of at once, not when its time is over
  const auto begin = std::chrono::steady_clock::now();
  const isolation workers(formats_, isolate::third_party, std::move(broken));
  EXPECT_EQ(read("mock: fine a\n"), "!");
  const auto answers = formats_.service()->probe("mock: fine a\n", true);
  ASSERT_EQ(answers.troubles.size(), 1u);
  EXPECT_EQ(answers.troubles.front().code, "isolation.not-started");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST_F(Isolation, APluginThatFailsTooOftenIsNotAskedAnyMore) {
  options_.complete(formats_);
  worker_limits limits;
  limits.crashes = 2;
  const isolation workers(formats_, isolate::third_party, setting(limits));
  EXPECT_EQ(read("mock: exit\nmock: fine a\n"), "!");
  EXPECT_EQ(read("mock: exit\nmock: fine a\n"), "!") << "the same again counts once";
  EXPECT_EQ(read("mock: fine a\n"), "a");
  EXPECT_TRUE(told_.empty());
  for (const char* orders : {"mock: exit\n", "mock: exit\n\n"}) EXPECT_EQ(read(orders), "!");
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_EQ(told_.front().code, "isolation.disabled");
  EXPECT_EQ(read("mock: fine a\n"), "!");
  EXPECT_TRUE(formats_.service()->probe("mock: fine a\n", true).scores.empty());
}

}  // namespace
