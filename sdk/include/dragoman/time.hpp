// dragoman/time.hpp - moments as text.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace dragoman {

// Seconds since 1970-01-01T00:00:00Z, as dgm_run.started has them, as "2023-11-14T22:13:20Z" (RFC 3339; xsd:dateTime). Pure.
inline std::string utc_time(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds time{std::chrono::seconds{seconds}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace dragoman
