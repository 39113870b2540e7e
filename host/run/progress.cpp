#include "run/progress.hpp"

#include "run/stop.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace dragoman::hosting {
namespace {

using seconds = std::chrono::duration<double>;

// "40 s", "12 min", "3 h 20 min".
std::string time_left(double length) {
  const auto all = static_cast<std::uint64_t>(std::ceil(length));
  constexpr std::uint64_t minute = 60, hour = 60 * minute;
  if (all < 2 * minute) return fmt::format("{} s", all);
  if (all < 2 * hour) return fmt::format("{} min", all / minute);
  return fmt::format("{} h {} min", all / hour, all % hour / minute);
}

}  // namespace

progress_text::rates progress_text::measure(const run_gauge& now, duration since) {
  constexpr std::chrono::seconds memory(30);
  const sample last{since, now.done, now.documents};
  while (samples_.size() > 1 && samples_[1].since + memory <= since) samples_.pop_front();
  const sample& first = samples_.front();
  const double length = seconds(since - first.since).count();
  rates out;
  if (length > 0) {
    out.documents = static_cast<double>(last.documents - std::min(first.documents, last.documents)) / length;
    const double inputs = static_cast<double>(last.done - std::min(first.done, last.done)) / length;
    const std::size_t found = now.found;
    if (now.is_all_found && inputs > 0)
      out.seconds_left = static_cast<double>(found - std::min<std::size_t>(found, last.done)) / inputs;
  }
  samples_.push_back(last);
  return out;
}

std::string progress_text::line(const run_gauge& now, duration since) {
  const auto rate = measure(now, since);
  constexpr double mega = 1e6;
  std::string out = fmt::format("{}/{}{} inputs, {} documents, {:.0f}/s, {} failed", now.done.load(), now.found.load(),
                                now.is_all_found ? "" : "+", now.documents.load(), rate.documents, now.failed.load());
  if (!now.is_all_found) out += ", still looking for inputs";
  else if (rate.seconds_left >= 0) out += ", " + time_left(rate.seconds_left) + " left";
  return out + fmt::format(", {:.1f} MB", static_cast<double>(now.octets) / mega);
}

std::string progress_text::json(const run_gauge& now, duration since, bool is_end) {
  const auto rate = measure(now, since);
  const auto rounded = [](double value) { return std::round(value * 10) / 10; };
  nlohmann::ordered_json out{{"event", is_end ? "end" : "progress"},
                             {"inputs_done", now.done.load()},
                             {"inputs_found", now.found.load()},
                             {"all_found", now.is_all_found.load()},
                             {"documents", now.documents.load()},
                             {"failed", now.failed.load()},
                             {"octets", now.octets.load()},
                             {"seconds", rounded(seconds(since).count())},
                             {"documents_per_second", rounded(rate.documents)}};
  if (rate.seconds_left >= 0) out["seconds_left"] = rounded(rate.seconds_left);
  return out.dump();
}

progress_form progress::for_standard_error() {
  return reporter::is_for_people(stderr) ? progress_form::line : progress_form::plain;
}

progress::progress(progress_form form, reporter& to, const run_gauge& gauge) : form_(form), to_(to), gauge_(gauge) {
  if (form_ == progress_form::none) return;
  const no_signals guard;
  teller_ = std::thread([this] { work(); });
}

progress::~progress() {
  if (form_ == progress_form::none) return;
  {
    const std::lock_guard lock(mutex_);
    is_ended_ = true;
  }
  ended_.notify_one();
  teller_.join();
  if (form_ == progress_form::line) to_.status("");
  if (form_ == progress_form::json) tell(true);
}

void progress::tell(bool is_end) {
  const auto since = std::chrono::steady_clock::now() - begin_;
  switch (form_) {
    case progress_form::line: return to_.status("dragoman: " + text_.line(gauge_, since));
    case progress_form::plain: return to_.print_line("dragoman: " + text_.line(gauge_, since));
    case progress_form::json: return to_.print_line(text_.json(gauge_, since, is_end));
    case progress_form::none: return;
  }
}

void progress::work() {
  using std::chrono::milliseconds;
  const milliseconds interval = form_ == progress_form::line   ? milliseconds(250)
                                : form_ == progress_form::json ? milliseconds(1000)
                                                               : milliseconds(10000);
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, interval, [this] { return is_ended_; })) tell(false);
}

}  // namespace dragoman::hosting
