// bench_formats.cpp - TEI and JSON against the libraries that read and write the same files.
//
//   bench_formats FILE.xml... [--rounds N]      volumes of TEI; none: a corpus of generated telegrams
//
// All measurements of a round follow one another, and the best round of each counts, in time of the thread's processor: so
// ratios hold on a machine that does other things, too. "model" is the store with all nodes, without digests.
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dragoman/testing.hpp>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <telegram_generator.hpp>
#include <vector>
#ifdef HAS_SIMDJSON
#include <simdjson.h>
#endif

#include "null_sink.hpp"

namespace {

volatile std::size_t benchmark_sink;  // takes results, so that nothing is optimised away

using namespace dragoman;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench_formats: %s\n", why.c_str());
  std::exit(1);
}

const dgm_format& format(const char* module_name, std::string_view id) {
  void* module = dlopen((std::string(DRAGOMAN_PLUGIN_DIR "/") + module_name + ".dgm").c_str(), RTLD_NOW | RTLD_LOCAL);
  const auto* plugin = module ? static_cast<const dgm_plugin*>(dlsym(module, "dgm_plugin_v1")) : nullptr;
  if (plugin == nullptr) give_up(std::string("cannot load ") + module_name);
  for (auto f = plugin->formats; *f; ++f)
    if ((*f)->id == id) return **f;
  give_up(std::string("no format ") + std::string(id));
}

std::string file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) give_up(std::string("cannot read ") + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

double processor_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

void read_events(const dgm_format& f, std::string_view octets) {
  testing::recording_host services(&f);
  testing::memory_input in(octets);
  void* session = nullptr;
  if (f.reader->open(services.table(), in.table(), &session) < 0) give_up("cannot read");
  while (f.reader->next(session, &testing::null_sink) == DGM_OK) {
  }
  f.reader->close(session);
}

std::vector<document> read_models(const dgm_format& f, std::string_view octets) {
  testing::recording_host services(&f);
  testing::memory_input in(octets);
  document_builder builder(sha256);
  std::vector<document> all;
  void* session = nullptr;
  if (f.reader->open(services.table(), in.table(), &session) < 0) give_up("cannot read");
  while (f.reader->next(session, builder.sink()) == DGM_OK) all.push_back(builder.finish());
  f.reader->close(session);
  return all;
}

// Takes octets as an output does that writes them somewhere: looks at them, keeps none.
struct counter {
  std::size_t octets = 0;
  const dgm_output table{sizeof(dgm_output),
                         this,
                         [](void* self, const void*, std::size_t length) noexcept {
                           static_cast<counter*>(self)->octets += length;
                           return dgm_status{DGM_OK};
                         },
                         {nullptr, 0}};
};

std::size_t write_all(const dgm_format& f, const std::vector<document>& all,
                      const testing::recording_host::option_values& options) {
  testing::recording_host services(&f, options);
  counter out;
  void* session = nullptr;
  if (f.writer->open(services.table(), &out.table, &session) < 0) give_up("cannot write");
  for (const auto& d : all) {
    const auto lent = testing::lend(d);
    if (f.writer->write(session, &lent) < 0) give_up("cannot write");
  }
  f.writer->finish(session);
  f.writer->close(session);
  return out.octets;
}

std::string written(const dgm_format& f, const std::vector<document>& all, testing::recording_host::option_values options) {
  std::vector<const document*> pointers;
  for (const auto& d : all) pointers.push_back(&d);
  return testing::write(f, pointers, std::move(options)).octets;
}

struct measurement {
  std::string name;
  std::size_t octets;
  std::function<void()> work;
  double best = 1e9;
  double speed() const { return static_cast<double>(octets) / best / 1e6; }
};

// Runs all of them in turn; prints speeds and ratios to the one named first.
void compare(const char* title, std::vector<measurement> all, int rounds) {
  for (int i = 0; i < rounds; ++i)
    for (auto& m : all) {
      const double begin = processor_seconds();
      m.work();
      m.best = std::min(m.best, processor_seconds() - begin);
    }
  std::printf("%s\n", title);
  for (const auto& m : all) std::printf("  %-44s %7.0f MB/s  %6.2f\n", m.name.c_str(), m.speed(), all[0].best / m.best);
  std::fflush(stdout);
}

struct pugi_counter final : pugi::xml_writer {
  std::size_t octets = 0;
  void write(const void*, std::size_t size) override { octets += size; }
};

void bench(const std::string& name, const std::string& xml, int rounds) {
  const dgm_format &tei = format("tei", "tei"), &json = format("json", "json"), &lines = format("json", "jsonl");
  const auto models = read_models(tei, xml);
  if (models.empty()) give_up(name + " cannot be read");

  pugi::xml_document tree;
  tree.load_buffer(xml.data(), xml.size(), pugi::parse_full | pugi::parse_ws_pcdata);
  compare((name + ": reading TEI, against the bare parse of pugixml").c_str(),
          {{"pugixml parse", xml.size(),
            [&] {
              pugi::xml_document d;
              d.load_buffer(xml.data(), xml.size(), pugi::parse_full | pugi::parse_ws_pcdata);
            }},
           {"dragoman, events", xml.size(), [&] { read_events(tei, xml); }},
           {"dragoman, model", xml.size(), [&] { read_models(tei, xml); }}},
          rounds);
  compare((name + ": writing TEI, against pugixml").c_str(),
          {{"pugixml save", xml.size(),
            [&] {
              pugi_counter out;
              tree.save(out, "", pugi::format_raw);
            }},
           {"dragoman", xml.size(), [&] { write_all(tei, models, {}); }}},
          rounds);

  const std::string compact = written(json, models, {{"indent", "0"}}), indented = written(json, models, {{"indent", "1"}}),
                    jsonl = written(lines, models, {});
  const auto dom = nlohmann::ordered_json::parse(compact);
#ifdef HAS_SIMDJSON
  const simdjson::padded_string padded(compact);
  simdjson::dom::parser simd;
#endif
  compare((name + ": reading JSON, against nlohmann/json").c_str(),
          {{"nlohmann parse", compact.size(), [&] { benchmark_sink = nlohmann::json::parse(compact).size(); }},
           {"nlohmann accept (checks only)", compact.size(), [&] { benchmark_sink = nlohmann::json::accept(compact); }},
#ifdef HAS_SIMDJSON
           {"simdjson parse (DOM)", compact.size(),
            [&] {
              if (simd.parse(padded).error()) give_up("simdjson");
            }},
#endif
           {"dragoman, events", compact.size(), [&] { read_events(json, compact); }},
           {"dragoman, model", compact.size(), [&] { read_models(json, compact); }},
           {"dragoman, lines, model", jsonl.size(), [&] { read_models(lines, jsonl); }}},
          rounds);
  compare((name + ": writing JSON, against nlohmann/json").c_str(),
          {{"nlohmann dump", compact.size(), [&] { (void)dom.dump(); }},
           {"nlohmann dump(1)", indented.size(), [&] { (void)dom.dump(1); }},
           {"dragoman, indent 0", compact.size(),
            [&] {
              write_all(json, models, {{"indent", "0"}});
            }},
           {"dragoman, indent 1", indented.size(),
            [&] {
              write_all(json, models, {{"indent", "1"}});
            }},
           {"dragoman, lines", jsonl.size(), [&] { write_all(lines, models, {}); }}},
          rounds);
#ifndef HAS_SIMDJSON
  std::printf("  simdjson is not installed (libsimdjson-dev), so it is not compared\n");
#endif
}

// Telegrams as a corpus of TEI, with their octets.
std::string generated_corpus() {
  const dgm_format &telegram = format("telegram", "telegram"), &tei = format("tei", "tei");
  std::vector<document> all;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    auto read =
        read_models(telegram, testing::generate_telegram(seed, static_cast<testing::telegram_form>(seed % 3), false).octets);
    for (auto& d : read) {
      d.make_digests();
      all.push_back(std::move(d));
    }
  }
  return written(tei, all, {});
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 15;
  std::vector<const char*> files;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) rounds = std::max(1, std::atoi(argv[++i]));
    else files.push_back(argv[i]);
  }
  for (const char* path : files) {
    const std::string_view name(path);
    bench(std::string(name.substr(name.rfind('/') + 1)), file(path), rounds);
  }
  if (files.empty()) bench("500 generated telegrams", generated_corpus(), rounds);
}
