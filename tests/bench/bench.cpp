// bench.cpp - how fast each pair of formats is inside one thread, and where the time goes.
//
// Plugins are the real ones, loaded from the build; telegrams are generated, the same ones on every machine. A pair
// FROM/TO is measured in stages, each with everything before it, so that the share of a stage is a difference:
//   read    the reader tells its events to nobody
//   build   the store is built of them, without the original octets being digested or carried
//   digest  the same with source and model digests
//   write   the writer renders the documents to nobody; "/octets" pairs carry the source, "/render" pairs do not
// Counters: cables/s, bytes_per_second (of the input), and the share of each stage.
// Bundles need services that only the host has; scripts/bench.sh measures them with the program.
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <dragoman/testing.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <telegram_generator.hpp>
#include <vector>

#include "null_sink.hpp"

namespace {

using namespace dragoman;
using dragoman::testing::memory_input;
using dragoman::testing::recording_host;

constexpr std::size_t telegram_count = 500;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench: %s\n", why.c_str());
  std::exit(1);
}

// The formats of the plugins in the build, by id.
std::map<std::string_view, const dgm_format*> load_formats() {
  std::map<std::string_view, const dgm_format*> formats;
  for (const char* name : {"telegram", "tei", "json"}) {
    const std::string path = std::string(DRAGOMAN_PLUGIN_DIR "/") + name + ".dgm";
    void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    const auto* plugin = module ? static_cast<const dgm_plugin*>(dlsym(module, "dgm_plugin_v1")) : nullptr;
    if (plugin == nullptr) give_up("cannot load " + path);
    for (auto format = plugin->formats; *format; ++format) formats[(*format)->id] = *format;
  }
  return formats;
}

// Reads every document of one input; `each` is called after each, and gives the sink for the next.
template <class Each>
void read_all(const dgm_format& format, std::string_view octets, const dgm_sink* sink, Each&& each) {
  recording_host services(&format);
  memory_input in(octets);
  void* session = nullptr;
  if (format.reader->open(services.table(), in.table(), &session) < 0) give_up(std::string("cannot read ") + format.id);
  while (format.reader->next(session, sink) == DGM_OK) each();
  format.reader->close(session);
}

std::vector<document> read_documents(const dgm_format& format, const std::vector<std::string>& inputs, bool with_source) {
  std::vector<document> documents;
  document_builder builder(sha256);
  builder.drop_source(!with_source);
  for (const auto& octets : inputs) read_all(format, octets, builder.sink(), [&] { documents.push_back(builder.finish()); });
  return documents;
}

// An output that counts octets and keeps none.
struct counting_output {
  std::uint64_t octets = 0;
  const dgm_output table{sizeof(dgm_output),
                         this,
                         [](void* self, const void*, std::size_t length) noexcept {
                           static_cast<counting_output*>(self)->octets += length;
                           return dgm_status{DGM_OK};
                         },
                         {nullptr, 0}};
};

void write_one(const dgm_format& format, const document& d, const dgm_output* out) {
  recording_host services(&format);
  void* session = nullptr;
  if (format.writer->open(services.table(), out, &session) < 0) give_up(std::string("cannot write ") + format.id);
  const dgm_document lent = dragoman::testing::lend(d);
  if (format.writer->write(session, &lent) < 0 || format.writer->finish(session) < 0)
    give_up(std::string("cannot write ") + format.id);
  format.writer->close(session);
}

// The telegrams as files of that format, one document each.
std::vector<std::string> corpus_as(const dgm_format& telegram, const dgm_format& format, bool with_source) {
  constexpr std::array forms{dragoman::testing::telegram_form::cablegate, dragoman::testing::telegram_form::acp127,
                             dragoman::testing::telegram_form::markdown};
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < telegram_count; ++i)
    texts.push_back(dragoman::testing::generate_telegram(i, forms[i % forms.size()], false).octets);
  if (&format == &telegram) return texts;
  std::vector<std::string> files;
  for (const auto& d : read_documents(telegram, texts, with_source)) {
    dragoman::testing::memory_output out;
    write_one(format, d, out.table());
    files.push_back(std::move(out.octets));
  }
  return files;
}

double seconds_of(auto&& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void convert(benchmark::State& state, const dgm_format& from, const dgm_format& to, const std::vector<std::string>& inputs,
             bool with_source) {
  std::uint64_t octets = 0;
  for (const auto& input : inputs) octets += input.size();
  double read = 0, build = 0, digest = 0, write = 0;
  for ([[maybe_unused]] auto _ : state) {
    read += seconds_of([&] {
      for (const auto& input : inputs) read_all(from, input, &dragoman::testing::null_sink, [] {});
    });
    build += seconds_of([&] { benchmark::DoNotOptimize(read_documents(from, inputs, false)); });
    std::vector<document> documents;
    const double digested = seconds_of([&] { documents = read_documents(from, inputs, with_source); });
    counting_output out;
    const double written = seconds_of([&] {
      for (const auto& d : documents) write_one(to, d, &out.table);
    });
    digest += digested;
    write += written;
    state.SetIterationTime(digested + written);
    benchmark::DoNotOptimize(out.octets);
  }
  const auto rounds = static_cast<double>(state.iterations());
  const double all = digest + write;
  state.SetBytesProcessed(static_cast<std::int64_t>(octets) * static_cast<std::int64_t>(state.iterations()));
  state.counters["cables/s"] = static_cast<double>(inputs.size()) * rounds / all;
  state.counters["read%"] = 100 * read / all;
  state.counters["build%"] = 100 * std::max(0.0, build - read) / all;
  state.counters["digest%"] = 100 * std::max(0.0, digest - build) / all;
  state.counters["write%"] = 100 * write / all;
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const auto formats = load_formats();
  constexpr std::array<std::string_view, 4> order{"telegram", "tei", "json", "jsonl"};
  // By format, and whether the source is carried. Filled before anything is measured.
  std::map<std::pair<std::string_view, bool>, std::vector<std::string>> corpora;
  for (const auto id : order)
    for (const bool with_source : {true, false})
      corpora[{id, with_source}] = corpus_as(*formats.at("telegram"), *formats.at(id), with_source);
  for (const auto from : order)
    for (const auto to : order)
      for (const bool with_source : {true, false}) {
        const std::string name = std::string(from) + "/" + std::string(to) + (with_source ? "/octets" : "/render");
        benchmark::RegisterBenchmark(
            name.c_str(),
            [&, from, to, with_source](benchmark::State& state) {
              convert(state, *formats.at(from), *formats.at(to), corpora.at({from, with_source}), with_source);
            })
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
      }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
