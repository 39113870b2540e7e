#include "kit/kit.hpp"

#include "plugins/loader.hpp"
#include "plugins/module_check.hpp"
#include "run/stop.hpp"
#include "strings.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace dragoman::hosting {
namespace {

using json = nlohmann::json;

constexpr double longest_load = 0.1;  // seconds
constexpr int load_attempts = 3;      // the machine may have been busy

constexpr const char* exports_id = "module.exports";
constexpr const char* loads_id = "module.description";
constexpr const char* fast_id = "module.load-time";
constexpr const char* silent_id = "module.silent";

// What a child tells its parent.
std::string pack(test_status status, const std::string& detail, std::uint64_t cases) {
  const json told{{"status", static_cast<int>(status)}, {"detail", detail}, {"cases", cases}};
  return told.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string run_test(const kit_test& t, const check_plan& plan, progress_note& note) {
  std::uint64_t cases = 0;
  try {
    subject s(plan, note);
    try {
      const auto remark = t.run(s);
      return pack(test_status::passed, remark, s.cases());
    } catch (...) {
      cases = s.cases();
      throw;
    }
  } catch (const test_failed& e) {
    return pack(test_status::failed, e.what(), cases);
  } catch (const test_skipped& e) {
    return pack(test_status::skipped, e.what(), cases);
  }
}

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return printable(text.substr(text.rfind('\n') + 1));
}

// What a child's end says of a test.
void judge(const child_result& c, const progress_note& note, double seconds, test_result& out) {
  out.seconds = c.seconds;
  const std::string at = note.said().empty() ? "" : ", while " + printable(note.said());
  if (c.how == child_result::end::timed_out) {
    out.status = test_status::timed_out;
    out.detail = "no end after " + std::to_string(static_cast<int>(seconds)) + " seconds" + at;
    return;
  }
  const auto told = json::parse(c.octets, nullptr, false);
  if (c.how == child_result::end::crashed || !told.is_object()) {
    out.status = test_status::crashed;
    out.detail = (c.reason.empty() ? "it ended the process" : c.reason) + at;
    if (!c.printed.empty()) out.detail += "; last words: " + last_line(c.printed);
    return;
  }
  out.status = static_cast<test_status>(told.at("status").get<int>());
  out.detail = told.at("detail").get<std::string>();
  out.cases = told.at("cases").get<std::uint64_t>();
}

class runner {
public:
  runner(const check_plan& plan, const check_choice& choice, const std::function<void(const test_result&)>& done)
      : plan_(plan), choice_(choice), done_(done) {}

  std::vector<test_result> run() {
    test(exports_id, [&](test_result& r) { exports(r); });
    bool loads = true;
    if (!is_manifest()) loads = loads_at_all();
    test(loads_id, [&](test_result& r) { describe(r); });
    // What cannot be loaded was not looked at, and has passed nothing.
    const auto if_loaded = [&](test_result& r, const auto& ask) {
      if (loads) return ask();
      r.status = test_status::skipped;
      r.detail = "it cannot be loaded";
    };
    test(fast_id, [&](test_result& r) { if_loaded(r, [&] { time_load(r); }); });
    for (const auto& list : {probe_tests(), reader_tests(), writer_tests(), whole_tests()})
      for (const auto& t : list)
        test(t.id, [&](test_result& r) {
          if_loaded(r, [&] { in_child(r, [&](progress_note& note) { return run_test(t, plan_, note); }); });
        });
    test(silent_id, [&](test_result& r) {
      if_loaded(r, [&] {
        if (printed_.empty()) return;
        r.status = test_status::failed;
        r.detail = "it prints: " + last_line(printed_);
      });
    });
    return std::move(results_);
  }

private:
  bool is_chosen(const std::string& id) const {
    const auto names = [&](const std::string& o) { return o == id || id.starts_with(o + "."); };
    return choice_.only.empty() || std::any_of(choice_.only.begin(), choice_.only.end(), names);
  }
  bool is_manifest() const { return plan_.plugin.extension() == ".json"; }

  template <class F>
  void test(const std::string& id, F&& run) {
    if (!is_chosen(id) || stop_flag()) return;
    test_result r;
    r.id = id;
    for (const auto& [known, sentence] : all_kit_tests())
      if (known == id) r.sentence = sentence;
    run(r);
    if (stop_flag()) return;
    done_(r);
    results_.push_back(std::move(r));
  }

  template <class F>
  void in_child(test_result& r, F&& work) {
    progress_note note;
    child_limits limits;
    limits.seconds = choice_.seconds;
    const auto c = run_in_child([&] { return work(note); }, limits);
    judge(c, note, choice_.seconds, r);
    if (r.status == test_status::passed || r.status == test_status::failed) printed_ += c.printed;
  }

  void exports(test_result& r) {
    if (is_manifest()) {
      r.status = test_status::skipped;
      r.detail = "it is a manifest";
      return;
    }
    const auto v = check_module(plan_.plugin);
    r.detail = v.refusal.empty() ? v.remark : v.refusal;
    if (!r.detail.empty()) r.status = test_status::failed;
  }

  void load_once(test_result& r) {
    in_child(r, [&](progress_note& note) {
      note.say("it is loaded");
      registry formats;
      load_plugins({plan_.plugin}, {}, formats);
      const auto& found = formats.candidates();
      const bool loaded = !found.empty() && found.front().state == outcome::loaded;
      return pack(loaded ? test_status::passed : test_status::failed,
                  loaded          ? ""
                  : found.empty() ? "no such file"
                                  : found.front().reason,
                  1);
    });
  }

  bool loads_at_all() {
    test_result r;
    load_once(r);
    return r.status == test_status::passed;
  }

  void describe(test_result& r) { load_once(r); }

  void time_load(test_result& r) {
    double best = 0;
    for (int i = 0; i < load_attempts; ++i) {
      load_once(r);
      if (r.status == test_status::crashed || r.status == test_status::timed_out) return;
      best = i == 0 ? r.seconds : std::min(best, r.seconds);
      if (best < longest_load) break;
    }
    char text[64];
    std::snprintf(text, sizeof text, "%.0f ms", best * 1000);
    r.status = best < longest_load ? test_status::passed : test_status::failed;
    r.detail = best < longest_load ? "" : "it took " + std::string(text);
  }

  const check_plan& plan_;
  const check_choice& choice_;
  const std::function<void(const test_result&)>& done_;
  std::vector<test_result> results_;
  std::string printed_;
};

}  // namespace

const char* name_of(test_status s) noexcept {
  switch (s) {
    case test_status::passed: return "passed";
    case test_status::failed: return "failed";
    case test_status::crashed: return "crashed";
    case test_status::timed_out: return "timed out";
    default: return "skipped";
  }
}

std::vector<std::pair<std::string, std::string>> all_kit_tests() {
  std::vector<std::pair<std::string, std::string>> out{
      {exports_id, "The module exports dgm_plugin_v1 and nothing else."},
      {loads_id,
       "It loads, and its tables are as the contract asks: sizes, ids, options with help and valid defaults, codes with "
       "meanings."},
      {fast_id, "Loading it and reading its description takes less than 100 ms."},
  };
  for (const auto& list : {probe_tests(), reader_tests(), writer_tests(), whole_tests()})
    for (const auto& t : list) out.emplace_back(t.id, t.sentence);
  out.emplace_back(silent_id, "It prints nothing in any of these tests: the terminal is the host's.");
  return out;
}

std::vector<test_result> check_plugin(const check_plan& plan, const check_choice& choice,
                                      const std::function<void(const test_result&)>& done) {
  return runner(plan, choice, done).run();
}

}  // namespace dragoman::hosting
