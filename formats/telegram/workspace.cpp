#include "workspace.hpp"

#include <array>
#include <mutex>
#include <utility>

namespace dragoman::telegram {
namespace {

constexpr std::size_t most_spare = 32;                          // as many as there are threads, by and large
constexpr std::size_t largest_document = std::size_t{1} << 18;  // of which a workspace is kept

struct shelf {
  std::mutex guard;
  std::array<std::unique_ptr<workspace>, most_spare> spare;
  std::size_t count = 0;
};
shelf& spare_workspaces() {
  static shelf all;
  return all;
}

}  // namespace

lent_workspace::lent_workspace() {
  {
    auto& all = spare_workspaces();
    const std::lock_guard lock(all.guard);
    if (all.count > 0) lent_ = std::move(all.spare[--all.count]);
  }
  if (!lent_) lent_ = std::make_unique<workspace>();
  lent_->cut.reset();
}

lent_workspace::~lent_workspace() {
  if (largest_ > largest_document) return;
  auto& all = spare_workspaces();
  const std::lock_guard lock(all.guard);
  if (all.count < most_spare) all.spare[all.count++] = std::move(lent_);
}

}  // namespace dragoman::telegram
