// A writer in a worker that is asked about documents ahead of need.
#include "isolation/isolation.hpp"

#include "plugins/loader.hpp"
#include "sessions/channel.hpp"
#include "sessions/document_reader.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>

namespace {

using namespace dragoman::hosting;

class IsolatedWriter : public ::testing::Test {
protected:
  class memory final : public byte_sink {
  public:
    explicit memory(std::string& to) : to_(to) {}
    bool write(std::string_view octets) noexcept override {
      to_ += octets;
      return true;
    }

  private:
    std::string& to_;
  };

  void begin(const std::string& orders, worker_limits limits = {}) {
    load_plugins({MOCK_MODULE}, {}, formats_);
    for (const char* o : {"mock.fail=unwritable", "mock.how=abort"}) options_.set(formats_, o);
    options_.complete(formats_);
    const auto listen = [this](const origin&, const finding& f) { told_.push_back(f); };
    auto from = std::make_shared<origin>();
    from->name = from->display = "orders";
    from->content = octets::of_memory(orders);
    document_reader reader(environment_, *formats_.find("mock"), from, listen);
    for (bool more = true; more;) {
      auto step = reader.next();
      more = step.more;
      if (step.found) steps_.push_back(std::move(step));
    }
    workers_.emplace(formats_, isolate::third_party, worker_setting{DRAGOMAN_PROGRAM, limits, stop_, nullptr});
    out_.emplace(environment_, *formats_.find("mock"), std::make_unique<memory>(octets_), "out", listen);
    ASSERT_TRUE(out_->open());
    ASSERT_TRUE(out_->write(steps_[0]));
  }
  std::string codes() const {
    std::string all;
    for (const auto& f : told_) all += f.code + " ";
    return all;
  }

  registry formats_;
  option_set options_;
  std::atomic<bool> stop_ = false;
  environment environment_{formats_, options_, stop_};
  std::deque<document_reader::step> steps_;
  std::vector<finding> told_;
  std::string octets_;
  std::optional<isolation> workers_;
  std::optional<channel> out_;
};

TEST_F(IsolatedWriter, AnswersAreThoseToWhatIsWrittenWhateverWasExpected) {
  begin("mock: fine a\nmock: fine b\nmock: fine c\nmock: fine d\nmock: fine e\n");
  out_->expect({&steps_[1], &steps_[2], &steps_[3], &steps_[4]});
  EXPECT_TRUE(out_->write(steps_[1]));
  EXPECT_TRUE(out_->write(steps_[3]));  // c is passed over
  out_->expect({});                     // and so is e
  EXPECT_TRUE(out_->write(steps_[2]));
  out_->expect({&steps_[1], &steps_[4]});
  EXPECT_TRUE(out_->write(steps_[0]));  // as if nothing had been expected
  EXPECT_TRUE(out_->write(steps_[4]));
  EXPECT_TRUE(out_->finish());
  EXPECT_EQ(octets_, "wrote a\nwrote b\nwrote d\nwrote c\nwrote a\nwrote e\nfinished\n");
  EXPECT_EQ(codes(), "");
}

TEST_F(IsolatedWriter, ACrashAmongManyCostsTheDocumentThatItHappenedWith) {
  begin("mock: fine a\nmock: fine b\nmock: fine c\nmock: fine unwritable\nmock: fine d\nmock: fine e\n");
  out_->expect({&steps_[1], &steps_[2], &steps_[3], &steps_[4], &steps_[5]});
  EXPECT_TRUE(out_->write(steps_[1]));
  EXPECT_TRUE(out_->write(steps_[2]));
  EXPECT_EQ(codes(), "");
  EXPECT_FALSE(out_->write(steps_[3]));
  EXPECT_EQ(codes(), "isolation.crashed ");
  EXPECT_TRUE(out_->is_usable());
  EXPECT_TRUE(out_->write(steps_[4]));
  EXPECT_TRUE(out_->write(steps_[5]));
  EXPECT_TRUE(out_->finish());
  EXPECT_EQ(octets_, "wrote a\nwrote b\nwrote c\nwrote d\nwrote e\nfinished\n");
  EXPECT_EQ(codes(), "isolation.crashed ");
}

}  // namespace
