// plugin_fuzz.cpp - what dragoman_fuzz_plugin builds beside a plugin's own sources: libFuzzer's entry point.
//
// Every format that reads gets the octets; events that the contract forbids end the process, as every crash does.
#include <dragoman/testing.hpp>

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* octets, std::size_t length) {
  const std::string_view text(reinterpret_cast<const char*>(octets), length);
  for (auto* const* f = dgm_plugin_v1.formats; *f != nullptr; ++f) {
    if ((*f)->reader == nullptr) continue;
    if ((*f)->reader->probe != nullptr) {
      dgm_str reason{};
      (*f)->reader->probe(text.data(), text.size(), 1, &reason);
    }
    const auto r = dragoman::testing::read(**f, text);
    if (r.problem.empty()) continue;
    std::fprintf(stderr, "format %s: %s\n", (*f)->id, r.problem.c_str());
    std::abort();
  }
  return 0;
}
