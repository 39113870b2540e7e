#include "path_table.hpp"

#include "number_map.hpp"

#include <algorithm>
#include <numeric>

namespace dragoman::bundle {
namespace {
constexpr std::size_t block_size = std::size_t{1} << 16;
}  // namespace

void path_table::add() {
  checked_number(files_.size());
  files_.emplace_back();
}

void path_table::set(std::size_t number, std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);  // all of it where there is no folder
  files_[number] = {keep(name), static_cast<std::uint32_t>(name.size()), folder_of(path.substr(0, path.size() - name.size()))};
}

std::string path_table::at(std::size_t number) const {
  const file& f = files_[number];
  return std::string(folders_[f.folder]).append(f.name, f.length);
}

std::uint32_t path_table::folder_of(std::string_view path) {
  if (path.empty()) return 0;
  const auto [place, is_new] = folder_numbers_.try_emplace(std::string(path), static_cast<std::uint32_t>(folders_.size()));
  if (is_new) folders_.push_back(place->first);
  return place->second;
}

const char* path_table::keep(std::string_view name) {
  if (name.size() > room_) {
    room_ = std::max(block_size, name.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
    free_ = blocks_.back().get();
  }
  char* const kept = free_;
  std::copy(name.begin(), name.end(), kept);
  free_ += name.size();
  room_ -= name.size();
  return kept;
}

// As the whole paths are: a name has no "/", so it is never the beginning of what a longer folder goes on with.
bool path_table::is_before(const file& a, const file& b) const {
  const std::string_view name_a(a.name, a.length), name_b(b.name, b.length);
  if (a.folder == b.folder) return name_a < name_b;
  const std::string_view folder_a = folders_[a.folder], folder_b = folders_[b.folder];
  if (folder_b.starts_with(folder_a)) return name_a < folder_b.substr(folder_a.size());
  if (folder_a.starts_with(folder_b)) return folder_a.substr(folder_b.size()) < name_b;
  return folder_a < folder_b;
}

std::vector<std::uint32_t> path_table::in_order() const {
  std::vector<std::uint32_t> order(files_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return is_before(files_[a], files_[b]); });
  return order;
}

}  // namespace dragoman::bundle
