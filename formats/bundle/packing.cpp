#include "packing.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>

namespace dragoman::bundle {
namespace {

// Of a part: large enough to outweigh its beginning and end, small enough to be shared out.
constexpr std::uint64_t part_size = std::uint64_t{1} << 20;
constexpr std::size_t part_entries = 4096;

}  // namespace

packing::packing(std::size_t count, std::function<entry(std::size_t)> entry_at, bool deflate)
    : entry_at_(std::move(entry_at)), deflate_(deflate) {
  for (std::size_t i = 0; i < count; ++i) {
    if (parts_.empty() || parts_.back().size >= part_size || i - parts_.back().begin >= part_entries)
      parts_.push_back({i, i, 0, {}});
    ++parts_.back().end;
    parts_.back().size += entry_at_(i).part.size;
  }
  by_size_.resize(parts_.size());
  std::iota(by_size_.begin(), by_size_.end(), std::size_t{0});
  std::stable_sort(by_size_.begin(), by_size_.end(), [&](auto a, auto b) { return parts_[a].size > parts_[b].size; });
}

void pack_into(spool& zip, bool deflate, const std::function<void(zip_writer& to)>& add_entries) {
  spool_output to_spool(zip);
  try {
    const output out(to_spool.table());
    zip_writer writer(out, deflate);
    add_entries(writer);
    writer.finish();
  } catch (const stop&) {
    to_spool.check();
    throw;
  }
}

void packing::pack(std::size_t number) {
  part& mine = parts_[by_size_[number]];
  spool zip;
  pack_into(zip, deflate_, [&](zip_writer& to) {
    for (std::size_t i = mine.begin; i < mine.end; ++i) {
      const entry e = entry_at_(i);
      to.add(e.path, e.octets, e.part.offset, e.part.size);
    }
  });
  const std::lock_guard lock(mutex_);
  mine.packed = {packed_.size(), zip.size()};
  for_each_block(zip, [&](std::string_view octets) { packed_.append(octets); });
}

void packing::join(zip_joiner& to) const {
  for (const part& p : parts_) to.add(made_zip(part_source(packed_, p.packed.offset, p.packed.size)));
}

void work_side_by_side(const dgm_work* work, std::uint64_t number, const std::function<void(std::uint64_t)>& piece) {
  struct context {
    const std::function<void(std::uint64_t)>& piece;
    std::atomic<bool> has_failed = false;
    std::mutex mutex;
    std::uint64_t failed = 0;
    std::exception_ptr problem;
  } all{piece, {}, {}, {}, {}};
  const auto call = [](void* of, std::uint64_t n) noexcept {
    auto& c = *static_cast<context*>(of);
    if (c.has_failed) return;
    try {
      c.piece(n);
    } catch (...) {
      const std::lock_guard lock(c.mutex);
      if (!c.problem || n < c.failed) c.problem = std::current_exception(), c.failed = n;
      c.has_failed = true;
    }
  };
  if (work != nullptr) work->run(work->ctx, number, call, &all);
  else
    for (std::uint64_t n = 0; n < number; ++n) call(&all, n);
  if (all.problem) std::rethrow_exception(all.problem);
}

}  // namespace dragoman::bundle
