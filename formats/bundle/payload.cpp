#include "payload.hpp"

#include <algorithm>
#include <numeric>

namespace dragoman::bundle {

std::size_t payload::item::commit() {
  const fixity f = digest_.finish();
  owner_.digests_.append({f.data(), f.size()});
  owner_.files_.push_back({{}, {begin_, size()}});
  committed_ = true;
  return owner_.files_.size() - 1;
}

fixity payload::digests(std::size_t number) const {
  fixity f{};
  digests_.read(number * f.size(), f.data(), f.size());
  return f;
}

std::vector<std::uint32_t> payload::in_order() const {
  std::vector<std::uint32_t> order(files_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return files_[a].path < files_[b].path; });
  return order;
}

}  // namespace dragoman::bundle
