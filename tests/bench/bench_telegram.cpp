// bench_telegram.cpp - from telegram text to its model, stage by stage, against the SHA-256 of the same octets.
//
//   bench_telegram --benchmark_filter=cablegate/7000
//
// Telegrams are generated, the same ones on every machine. A stage is measured with everything before it:
//   lines   line ends and the traits of each line
//   cut     the end of each telegram
//   parse   lines, heading, text: the parser's own model
//   tell    the reader's events, to nobody
//   model   the store built of them
//   sealed  the same with the digests of source and model
//   first   as model, each telegram being the first of its reader and store: one file each
// Each round digests the octets, too, telegram by telegram with OpenSSL: `of_sha256` is the speed of the stage divided by
// that of the digest, best round of each. Times are of the thread's processor, so that other work counts little.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dragoman/testing.hpp>
#include <string>
#include <string_view>
#include <telegram/telegram.hpp>
#include <telegram_generator.hpp>
#include <vector>

#include "null_sink.hpp"

namespace {

using namespace dragoman;
using dragoman::telegram::format;
using dragoman::testing::telegram_form;

struct corpus {
  std::vector<std::string> telegrams;
  std::string together;  // one file of all of them
};

corpus make_corpus(telegram_form form, std::size_t size) {
  corpus c;
  for (std::uint64_t seed = 0, total = 0; total < 1'000'000; ++seed) {
    auto octets = dragoman::testing::generate_telegram(seed, form, false, size > 2000 ? size * 3 / 4 : 0).octets;
    if (octets.size() < size / 2 || octets.size() > size * 2) continue;
    total += octets.size();
    c.together += octets + "\n";
    c.telegrams.push_back(std::move(octets));
  }
  return c;
}

template <class Each>
void read(std::string_view octets, const dgm_sink* sink, Each&& each) {
  static dragoman::testing::recording_host services(&format);
  services.diagnostics.clear();
  dragoman::testing::memory_input in(octets);
  void* session = nullptr;
  if (format.reader->open(services.table(), in.table(), &session) < 0) std::abort();
  while (format.reader->next(session, sink) == DGM_OK) each();
  format.reader->close(session);
}

void digest_all(const corpus& c) {
  char hex[64];
  for (const auto& octets : c.telegrams) sha256(octets, hex);
  benchmark::DoNotOptimize(hex);
}
void find_lines(const corpus& c) {
  static telegram::line_scanner lines;
  for (const auto& octets : c.telegrams) {
    lines.reset();
    lines.scan_all(octets);
    benchmark::DoNotOptimize(lines.lines().size());
  }
}
void cut_all(const corpus& c) {
  static telegram::cutter cut;
  for (const auto& octets : c.telegrams) {
    cut.reset();
    benchmark::DoNotOptimize(cut.cut(octets, true));
  }
}
void parse_all(const corpus& c) {
  static telegram::cutter cut;
  static telegram::parser parse;
  for (const auto& octets : c.telegrams) {
    cut.reset();
    const auto length = cut.cut(octets, true);
    telegram::reporter silent;
    benchmark::DoNotOptimize(
        parse.parse(std::string_view(octets).substr(0, length), cut.sections(), cut.scanner(), silent).body.size());
  }
}
void tell_all(const corpus& c) {
  read(c.together, &dragoman::testing::null_sink, [] {});
}
void build_all(const corpus& c, bool with_digests) {
  static document_builder store(sha256);
  read(c.together, store.sink(), [&] {
    const document made = store.finish();
    if (with_digests) made.make_digests();
    benchmark::DoNotOptimize(made.size());
  });
}
void build_each(const corpus& c) {
  for (const auto& octets : c.telegrams) {
    document_builder store(sha256);
    read(octets, store.sink(), [&] { benchmark::DoNotOptimize(store.finish().size()); });
  }
}

double seconds_of(auto&& work) {
  const auto now = [] {
    std::timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  };
  const double begin = now();
  work();
  return now() - begin;
}

template <class Stage>
void measure(benchmark::State& state, const corpus& c, Stage&& stage) {
  double best = 1e9, best_digest = 1e9;
  for ([[maybe_unused]] auto round : state) {
    best_digest = std::min(best_digest, seconds_of([&] { digest_all(c); }));
    const double took = seconds_of([&] { stage(c); });
    best = std::min(best, took);
    state.SetIterationTime(took);
  }
  std::size_t octets = 0;
  for (const auto& t : c.telegrams) octets += t.size();
  state.counters["MB/s"] = static_cast<double>(octets) / best * 1e-6;
  state.counters["us_each"] = best * 1e6 / static_cast<double>(c.telegrams.size());
  state.counters["sha256_MB/s"] = static_cast<double>(octets) / best_digest * 1e-6;
  state.counters["of_sha256"] = best_digest / best;
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  struct form {
    telegram_form which;
    const char* name;
  };
  constexpr std::array<form, 4> forms{{{telegram_form::cablegate, "cablegate"},
                                       {telegram_form::acp127, "acp127"},
                                       {telegram_form::markdown, "markdown"},
                                       {telegram_form::archive, "archive"}}};
  constexpr std::array<std::size_t, 3> sizes{2000, 7000, 30000};
  std::vector<corpus> corpora;
  corpora.reserve(forms.size() * sizes.size());
  for (const auto& f : forms)
    for (const auto size : sizes) {
      const corpus& c = corpora.emplace_back(make_corpus(f.which, size));
      const auto add = [&](const char* stage, auto work) {
        const std::string name = std::string(f.name) + "/" + std::to_string(size) + "/" + stage;
        benchmark::RegisterBenchmark(name.c_str(), [&c, work](benchmark::State& state) { measure(state, c, work); })
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
      };
      add("lines", find_lines);
      add("cut", cut_all);
      add("parse", parse_all);
      add("tell", tell_all);
      add("model", [](const corpus& all) { build_all(all, false); });
      add("sealed", [](const corpus& all) { build_all(all, true); });
      add("first", build_each);
    }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
