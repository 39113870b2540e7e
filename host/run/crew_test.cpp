#include "run/crew.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>

namespace dragoman::hosting {
namespace {

const auto always = [] { return true; };

finding numbered(int n) { return {level::note, "n", std::to_string(n)}; }

// Hears everything in one line.
struct ear final : receiver {
  void report(const origin&, const finding& f) override { heard += f.text + " "; }
  void failed(failure f) override { heard += "!" + f.reason.text + " "; }
  void document(document_reader::step) override { heard += "d "; }
  void written(written_documents&&) override { heard += "w "; }
  void file(finished_file) override { heard += "f "; }
  std::string heard;
};

// Says its number, `times` times, and then so do `children` of its, one after the other.
class counting final : public task {
public:
  counting(ear& to, int number, int times, int children = 0) : to_(to), number_(number), times_(times), children_(children) {}
  void begin() override { to_.heard += "("; }
  void end() override { to_.heard += ") "; }
  std::shared_ptr<void> look_ahead(const std::vector<task*>& run) override {
    if (run.size() < 2) ADD_FAILURE() << "there is nothing ahead of one";
    if (number_ % 3 == 0) throw std::bad_alloc();
    return nullptr;
  }
  void run(receiver& to, const hand_on& next) override {
    if (children_ > 0) next(std::make_unique<counting>(to_, number_ + 1000, times_, children_ - 1));
    for (int i = 0; i < times_; ++i) to.report(origin(), numbered(number_));
    if (number_ == 13) throw std::runtime_error("unlucky");
  }

private:
  ear& to_;
  const int number_, times_, children_;
};

std::string heard_of(unsigned threads, int tasks, int times, int children, std::size_t together = 1) {
  ear to;
  crew workers(threads, to, always, together);
  for (int i = 100; i < 100 + tasks; ++i) workers.add(std::make_unique<counting>(to, i, times, children));
  workers.finish();
  return to.heard;
}

TEST(Crew, HandsOverInTheOrderOfTasks) {
  ear expected;
  for (int i = 100; i < 400; ++i) run_here(std::make_unique<counting>(expected, i, 3, 2), expected, [] { return true; });
  EXPECT_EQ(expected.heard.substr(0, 43), "(100 100 100 ) (1100 1100 1100 ) (2100 2100");
  for (const unsigned threads : {1u, 2u, 5u}) {
    EXPECT_EQ(heard_of(threads, 300, 3, 2), expected.heard) << threads;
    EXPECT_EQ(heard_of(threads, 300, 3, 2, 16), expected.heard) << threads << ", many together";
  }
}

TEST(Crew, TasksThatAThreadTakesTogetherAreRunOneByOne) {
  ear expected;
  for (int i = 100; i < 400; ++i) run_here(std::make_unique<counting>(expected, i, 3), expected, always);
  for (const unsigned threads : {1u, 2u, 5u}) EXPECT_EQ(heard_of(threads, 300, 3, 0, 16), expected.heard) << threads;
}

TEST(Crew, ATaskThatMakesMuchWaitsUntilItIsTaken) {
  // More than may wait, of every task; no task but the first may go on to its end before its turn.
  const auto heard = heard_of(3, 12, 4000, 0);
  EXPECT_EQ(heard.size(), 12u * (4000 * 4 + 3));
}

TEST(Crew, NothingIsDoneForNobody) { EXPECT_EQ(heard_of(4, 0, 1, 0), ""); }

TEST(Crew, ThrowsWhatATaskThrew) {
  ear to;
  crew workers(2, to, always);
  for (const int n : {1, 13, 2}) workers.add(std::make_unique<counting>(to, n, 1));
  EXPECT_THROW(workers.finish(), std::runtime_error);
  EXPECT_EQ(to.heard, "(1 ) (13 ");
}

TEST(Crew, EndsEarlyWhenSomebodySaysSo) {
  ear to;
  crew workers(2, to, [&] { return to.heard.empty(); });
  for (int i = 100; workers.add(std::make_unique<counting>(to, i, 100'000)); ++i) {
  }
  workers.finish();
  EXPECT_EQ(to.heard.substr(0, 5), "(100 ");
  EXPECT_EQ(to.heard.find("(101"), std::string::npos);
}

TEST(Crew, BeginsFewTasksBeforeTheTurnOfThoseThatHoldMuch) {
  struct tally {
    std::atomic<int> begun = 0;
    int taken = 0, most = 0;  // begun and not taken
  };
  struct heavy final : task {
    explicit heavy(tally& t) : counts(t) {}
    void begin() override {}
    void end() override {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // in which the other thread may begin too many
      counts.most = std::max(counts.most, counts.begun - counts.taken++);
    }
    void run(receiver& to, const hand_on&) override {
      ++counts.begun;
      to.holds(std::size_t{100} << 20);
    }
    tally& counts;
  };
  tally counts;
  ear to;
  crew workers(2, to, always);
  for (int i = 0; i < 10; ++i) workers.add(std::make_unique<heavy>(counts));
  workers.finish();
  EXPECT_EQ(counts.begun, 10);
  EXPECT_LE(counts.most, 2);  // at most one by each thread
}

}  // namespace
}  // namespace dragoman::hosting
