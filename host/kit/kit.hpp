// The conformance kit: what `dragoman plugin check` asks of a plugin, one test a question.
#pragma once
#include "kit/subject.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace dragoman::hosting {

// A question that a plugin is asked. Each runs in a process of its own.
struct kit_test {
  const char* id;        // "reader.truncated"
  const char* sentence;  // what a good plugin does
  // Returns a remark for people, or nothing; throws test_failed or test_skipped.
  std::string (*run)(subject&);
};

// In order; by topic, each in a file of its own.
std::span<const kit_test> probe_tests();
std::span<const kit_test> reader_tests();
std::span<const kit_test> writer_tests();
std::span<const kit_test> whole_tests();

enum class test_status { passed, failed, crashed, timed_out, skipped };
const char* name_of(test_status s) noexcept;

struct test_result {
  std::string id, sentence;
  test_status status = test_status::passed;
  std::string detail;  // why, or a remark
  std::uint64_t cases = 0;
  double seconds = 0;
};

// Ids and sentences of all tests, in the order in which they are run.
std::vector<std::pair<std::string, std::string>> all_kit_tests();

struct check_choice {
  std::vector<std::string> only;  // ids, or the words before their dot; empty: all
  double seconds = 60;            // for one test
};

// Runs the tests that are chosen; `done` is told of each. Ends early when somebody asked to stop.
std::vector<test_result> check_plugin(const check_plan& plan, const check_choice& choice,
                                      const std::function<void(const test_result&)>& done);

}  // namespace dragoman::hosting
