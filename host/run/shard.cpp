#include "run/shard.hpp"

#include "plugins/options.hpp"
#include "strings.hpp"

#include <dragoman/digest.hpp>

#include <charconv>
#include <cstdio>

namespace dragoman::hosting {
namespace {

constexpr std::size_t most = 1'000'000;

bool to_number(std::string_view text, std::size_t& out) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  return problem == std::errc() && end == text.data() + text.size();
}

}  // namespace

shard shard::of(std::string_view text) {
  const auto slash = text.find('/');
  shard s;
  if (slash == std::string_view::npos || !to_number(text.substr(0, slash), s.index) ||
      !to_number(text.substr(slash + 1), s.count) || s.count > most || s.index >= s.count)
    throw usage_error("--shard takes K/N, with K from 0 to N-1: " + printable(text));
  return s;
}

bool shard::takes(std::string_view source) const {
  std::size_t number = 0;
  const auto hex = sha256_hex(source);
  std::from_chars(hex.data(), hex.data() + 8, number, 16);
  return number % count == index;
}

std::string shard::file(const std::string& path, std::size_t suffix_length) const {
  char mark[64];
  std::snprintf(mark, sizeof mark, "-s%04zu-of-%04zu", index, count);
  return path.substr(0, path.size() - suffix_length) + mark + path.substr(path.size() - suffix_length);
}

std::optional<shard> shard_in(const std::string& path, std::string_view suffix) {
  if (!path.ends_with(suffix)) return std::nullopt;
  const std::string_view stem(path.data(), path.size() - suffix.size());
  const auto of = stem.rfind("-of-");
  const auto s = of == std::string_view::npos ? of : stem.rfind("-s", of);
  shard found;
  if (s == std::string_view::npos || !to_number(stem.substr(s + 2, of - s - 2), found.index) ||
      !to_number(stem.substr(of + 4), found.count) || found.index >= found.count)
    return std::nullopt;
  return found;
}

}  // namespace dragoman::hosting
