// chain.hpp - conversions through the modules that were built, and the checks that every round trip shares.
#pragma once
#include <dragoman/testing.hpp>

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "random_model.hpp"
#include "telegram_generator.hpp"

namespace dragoman::roundtrip {

// The formats that hold a document in one file without the host's help.
inline constexpr std::array<std::string_view, 4> plain_formats{"telegram", "tei", "json", "jsonl"};
inline constexpr std::array<std::string_view, 3> lossless_formats{"tei", "json", "jsonl"};

// A format by its id, out of the modules in the folder of plugins; a missing one ends the test program's run of it.
inline const dgm_format& format(std::string_view id) {
  static const auto all = [] {
    std::map<std::string, const dgm_format*, std::less<>> found;
    for (const auto& entry : std::filesystem::directory_iterator(DRAGOMAN_PLUGIN_DIR)) {
      if (entry.path().extension() != ".dgm") continue;
      void* module = dlopen(entry.path().c_str(), RTLD_NOW | RTLD_LOCAL);  // never closed, as the program does
      if (module == nullptr) continue;
      const auto* plugin = static_cast<const dgm_plugin*>(dlsym(module, "dgm_plugin_v1"));
      for (const auto* const* f = plugin->formats; *f != nullptr; ++f) found.emplace((*f)->id, *f);
    }
    return found;
  }();
  const auto it = all.find(id);
  if (it == all.end()) throw std::runtime_error("no module in " DRAGOMAN_PLUGIN_DIR " has the format " + std::string(id));
  return *it->second;
}

inline std::vector<const document*> pointers(const std::vector<document>& all) {
  std::vector<const document*> out;
  for (const document& d : all) out.push_back(&d);
  return out;
}

// Reads what was written by ourselves or generated: no error, no wrong event, nothing skipped.
inline std::vector<document> read(std::string_view id, std::string_view octets) {
  auto r = testing::read(format(id), octets);
  EXPECT_EQ(r.problem, "") << "wrong events of the reader of " << id;
  for (const auto& d : r.diagnostics) {
    if (d.level == severity::error)
      ADD_FAILURE() << "reading " << id << ": " << d.code << ": " << d.text << " at octet " << d.where.offset;
  }
  EXPECT_EQ(r.statuses.back(), DGM_END) << id;
  return std::move(r.documents);
}

inline std::string write(std::string_view id, const std::vector<document>& all) {
  auto w = testing::write(format(id), pointers(all));
  for (const auto status : w.statuses) EXPECT_GE(status, 0) << "writing " << id;
  for (const auto& d : w.diagnostics)
    if (d.level >= severity::loss) ADD_FAILURE() << "writing " << id << ": " << d.code << ": " << d.text;
  return std::move(w.octets);
}

// The octets after a chain of formats; the first is that of `octets`.
inline std::string convert(const std::vector<std::string_view>& chain, std::string octets) {
  for (std::size_t i = 0; i + 1 < chain.size() && !::testing::Test::HasFailure(); ++i)
    octets = write(chain[i + 1], read(chain[i], octets));
  return octets;
}

inline std::string title(const std::vector<std::string_view>& chain) {
  std::string out;
  for (const auto id : chain) out += (out.empty() ? "" : " > ") + std::string(id);
  return out;
}

// text -> chain -> text, octet for octet.
inline void expect_text_comes_back(std::string_view text, std::vector<std::string_view> between) {
  between.insert(between.begin(), "telegram");
  between.push_back("telegram");
  SCOPED_TRACE(title(between));
  const std::string back = convert(between, std::string(text));
  if (back == text) return;
  const auto at =
      static_cast<std::size_t>(std::mismatch(text.begin(), text.end(), back.begin(), back.end()).first - text.begin());
  ADD_FAILURE() << "octet " << at << " of " << text.size() << " differs (" << back.size() << " came back): ..."
                << ::testing::PrintToString(text.substr(at, 60)) << " became ..."
                << ::testing::PrintToString(back.substr(std::min(at, back.size()), 60));
}

inline document random_document(std::uint64_t seed, testing::flavour f) {
  document_builder d(sha256);
  builder out(d.sink());
  testing::tell_random_model(out, seed, f);
  return d.finish();
}

// A telegram of each form, clean and dirty in turn.
inline testing::generated_telegram telegram(std::uint64_t seed) {
  return testing::generate_telegram(seed, static_cast<testing::telegram_form>(seed % 3), seed / 3 % 2 == 1);
}

inline void expect_same_models(const std::vector<document>& before, const std::vector<document>& after) {
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto difference = first_difference(before[i].root(), after[i].root());
    EXPECT_EQ(difference, std::nullopt) << "first difference at " << difference.value_or("");
    EXPECT_EQ(before[i].flags(), after[i].flags());
  }
}

}  // namespace dragoman::roundtrip
