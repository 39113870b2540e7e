#include "outputs/naming.hpp"

#include "plugins/options.hpp"
#include "strings.hpp"

#include <algorithm>

namespace dragoman::hosting {
namespace {

constexpr std::size_t longest_segment = 200;  // octets; leaves room for a number and suffixes

// Characters that some file system or shell of an archive cannot stand.
bool is_unsafe(std::string_view c) {
  constexpr std::string_view unsafe = "/\\:*?\"<>|";
  const auto octet = static_cast<unsigned char>(c.front());
  return octet < 0x20 || octet == 0x7F || unsafe.find(c.front()) != std::string_view::npos;
}

std::string digits(std::string_view date, std::size_t from, std::size_t count) {
  if (date.size() < from + count) return {};
  const auto part = date.substr(from, count);
  return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; }) ? std::string(part) : std::string();
}

}  // namespace

std::string safe_segment(std::string_view text) {
  std::string out;
  while (!text.empty() && out.size() < longest_segment) {
    const character c = decode_utf8(text);
    const std::size_t length = std::max<std::size_t>(c.length, 1);
    if (out.size() + length > longest_segment) break;
    if (c.length == 0 || is_unsafe(text) || (c.code >= 0x80 && c.code < 0xA0)) out += '_';
    else out += text.substr(0, length);
    text.remove_prefix(length);
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '.')) out.pop_back();
  std::size_t begin = 0;
  while (begin < out.size() && (out[begin] == ' ' || out[begin] == '.')) ++begin;
  out.erase(0, begin);
  if (!out.empty() && out.front() == '-') out.front() = '_';  // no name that looks like an option
  return out.empty() ? "unknown" : out;
}

std::string safe_path(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    if (!segment.empty() && segment != "." && segment != "..") out += (out.empty() ? "" : "/") + safe_segment(segment);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

const std::vector<name_template::field>& name_template::fields() {
  static const std::vector<field> all{
      {"id", "id of the document"},
      {"kind", "cable or document"},
      {"year", "year of its date, four digits"},
      {"month", "month of its date, two digits"},
      {"day", "day of its date, two digits"},
      {"from", "name of its originator"},
      {"classification", "its classification"},
      {"path", "folders of the input below INPUT"},
      {"stem", "name of the input without its suffix"},
      {"n", "number of the document in its input, from 1"},
  };
  return all;
}

name_template::name_template(std::string_view text) {
  std::vector<std::string_view> names;
  for (const auto& f : fields()) names.push_back(f.name);
  const std::string all(text);
  while (!text.empty()) {
    const auto brace = std::min(text.find_first_of("{}"), text.size());
    if (brace > 0) parts_.push_back({std::string(text.substr(0, brace)), {}});
    text.remove_prefix(brace);
    if (text.empty()) break;
    const auto end = text.find('}');
    if (text.front() == '}' || end == npos)
      throw usage_error("--name \"" + printable(all) + "\": a brace has no partner; fields are written as {id}");
    const auto name = text.substr(1, end - 1);
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end())
      throw usage_error("--name \"" + printable(all) + "\": no field \"" + printable(name) + "\"" + did_you_mean(name, names) +
                        " ('dragoman convert --help' lists them)");
    parts_.push_back({{}, *it});
    text.remove_prefix(end + 1);
  }
  if (parts_.empty()) throw usage_error("--name is empty; try --name '{id}'");
}

std::string name_template::expand(node document, const name_fields& input) const {
  const node meta = document["meta"];
  const auto date = meta["date"].text();
  const auto value = [&](std::string_view wanted) -> std::string {
    if (wanted == "id") return safe_segment(document["id"].text());
    if (wanted == "kind") return safe_segment(document["kind"].text());
    if (wanted == "year") return safe_segment(digits(date, 0, 4));
    if (wanted == "month") return safe_segment(digits(date, 5, 2));
    if (wanted == "day") return safe_segment(digits(date, 8, 2));
    if (wanted == "from") return safe_segment(meta["from"]["name"].text());
    if (wanted == "classification") return safe_segment(meta["classification"].text());
    if (wanted == "path") return safe_path(input.path);
    if (wanted == "stem") return safe_segment(input.stem);
    return std::to_string(input.n);
  };
  std::string out;
  for (const auto& p : parts_) out += p.field.empty() ? p.literal : value(p.field);
  out = safe_path(out);
  return out.empty() ? "unknown" : out;
}

bool name_template::counts_documents() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const part& p) { return p.field == "n"; });
}

namespace {

std::uint64_t hash_of(std::string_view name) noexcept {
  const std::uint64_t hash = std::hash<std::string_view>()(name);
  return hash == 0 ? 1 : hash;
}

}  // namespace

std::size_t given_names::slot_of(std::uint64_t hash) const noexcept {
  std::size_t slot = hash & (taken_.size() - 1);
  while (taken_[slot] != 0 && taken_[slot] != hash) slot = (slot + 1) & (taken_.size() - 1);
  return slot;
}

bool given_names::has(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return !taken_.empty() && taken_[slot_of(hash_of(name))] != 0;
}

void given_names::clear() {
  const std::lock_guard lock(mutex_);
  taken_.clear();
  asked_.clear();
  count_ = 0;
}

// False when it is there already.
bool given_names::add(std::uint64_t hash) {
  if ((count_ + 1) * 4 > taken_.size() * 3) {
    std::vector<std::uint64_t> old(std::max<std::size_t>(64, taken_.size() * 2));
    old.swap(taken_);
    for (const auto h : old)
      if (h != 0) taken_[slot_of(h)] = h;
  }
  auto& slot = taken_[slot_of(hash)];
  if (slot != 0) return false;
  slot = hash;
  ++count_;
  return true;
}

std::string given_names::take(const std::string& stem, const std::string& suffix, bool& renamed) {
  const std::lock_guard lock(mutex_);
  std::string name = stem + suffix;
  const auto hash = hash_of(name);
  renamed = !add(hash);
  if (!renamed) return name;
  auto& count = asked_.try_emplace(hash, 1).first->second;
  do name = stem + "~" + std::to_string(++count) + suffix;
  while (!add(hash_of(name)));
  return name;
}

}  // namespace dragoman::hosting
