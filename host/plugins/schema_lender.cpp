#include "plugins/schema_lender.hpp"

#include <algorithm>
#include <filesystem>

namespace dragoman::hosting {
namespace {

namespace fs = std::filesystem;

bool is_below(const fs::path& folder, const fs::path& file) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

}  // namespace

std::string folder_of(const std::string& path) {
  if (path.empty()) return {};
  const auto folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

schema_lender::schema_lender(std::string named, std::shared_ptr<const octets> content, std::string beside)
    : named_(std::move(named)),
      named_content_(std::move(content)),
      folder_(named_.empty() ? std::move(beside) : folder_of(named_)) {}

const dgm_input* schema_lender::lend(std::string_view name) noexcept {
  try {
    if (const auto known = files_.find(name); known != files_.end()) return known->second.table->table();
    if (name.empty()) {
      gave_named_ = named_content_ != nullptr;
      return gave_named_ ? keep({}, named_content_) : nullptr;
    }
    const std::string path = path_inside(name);
    if (path.empty()) return nullptr;
    std::string problem;
    auto content = octets::of_file(path, problem);
    return content ? keep(std::string(name), std::move(content)) : nullptr;
  } catch (const std::exception&) {  // out of memory, or a name that the file system does not take
    return nullptr;
  }
}

const dgm_input* schema_lender::keep(std::string name, std::shared_ptr<const octets> content) {
  std::string_view all;
  if (!content->contents(all)) return nullptr;  // larger than any schema
  lent_file& f = files_[name];
  f.name = name.empty() ? fs::path(named_).filename().string() : std::move(name);
  f.content = std::move(content);
  f.table = std::make_unique<input_table>(*f.content, f.name);
  return f.table->table();
}

// Where a relative name leads to; empty when that is no file, or outside of the folder.
std::string schema_lender::path_inside(std::string_view name) const {
  if (folder_.empty() || fs::path(name).is_absolute()) return {};
  std::error_code problem;
  const auto folder = fs::canonical(folder_, problem);
  if (problem) return {};
  const auto file = fs::canonical(folder / fs::path(name), problem);
  if (problem || !is_below(folder, file) || !fs::is_regular_file(file, problem)) return {};
  return file.string();
}

}  // namespace dragoman::hosting
