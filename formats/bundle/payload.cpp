#include "payload.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <type_traits>

namespace dragoman::bundle {
namespace {

// Of a file that waits. A larger one is packed while it comes.
constexpr std::size_t largest_waiting = std::size_t{1} << 21;
// So many wait, and of them so many are a piece of work: enough to outweigh its beginning and end.
constexpr std::size_t most_waiting = std::size_t{1} << 20, part_size = std::size_t{1} << 17;

// Rows of a spool.
template <class Row>
void append_row(spool& to, const Row& row) {
  static_assert(std::is_trivially_copyable_v<Row>);
  std::array<char, sizeof(Row)> octets;
  std::memcpy(octets.data(), &row, sizeof row);
  to.append({octets.data(), octets.size()});
}
template <class Row>
Row row_at(const spool& from, std::size_t number) {
  std::array<char, sizeof(Row)> octets;
  from.read(number * sizeof(Row), octets.data(), octets.size());
  Row row;
  std::memcpy(&row, octets.data(), sizeof row);
  return row;
}

}  // namespace

payload::item::~item() {
  if (committed_) return;
  owner_.digest_.finish();  // the next one begins anew
  if (stream_) owner_.packed_.truncate(begin_);
  else owner_.waiting_octets_.resize(static_cast<std::size_t>(begin_));
}

void payload::item::append(std::string_view octets) {
  owner_.digest_.update(octets);
  size_ += octets.size();
  if (!stream_ && size_ > largest_waiting) begin_stream();
  if (stream_) stream_->append(octets);
  else owner_.waiting_octets_ += octets;
}

// What came so far is packed, behind those that came before.
void payload::item::begin_stream() {
  const std::string before = owner_.waiting_octets_.substr(static_cast<std::size_t>(begin_));
  owner_.waiting_octets_.resize(static_cast<std::size_t>(begin_));
  owner_.complete();
  const std::uint64_t begin = owner_.packed_.size();
  stream_.emplace(owner_.packed_, owner_.deflate_);
  begin_ = begin;
  stream_->append(before);
}

std::size_t payload::item::commit() {
  append_row(owner_.facts_, facts{owner_.digest_.finish(), size_});
  owner_.total_ += size_;
  owner_.paths_.emplace_back();
  committed_ = true;
  if (stream_) append_row(owner_.places_, place{stream_->finish(), begin_});
  else owner_.waiting_.push_back({begin_, size_});
  if (owner_.waiting_octets_.size() >= most_waiting) owner_.complete();
  return owner_.paths_.size() - 1;
}

void payload::complete() {
  struct part {
    std::size_t begin, end;  // of waiting_
    std::string packed = {};
  };
  std::vector<part> parts;
  for (std::size_t i = 0, octets = 0; i < waiting_.size(); ++i) {
    if (parts.empty() || octets >= part_size) parts.push_back({i, i}), octets = 0;
    ++parts.back().end;
    octets += static_cast<std::size_t>(waiting_[i].size);
  }
  std::vector<packed_entry> entries(waiting_.size());
  const std::string_view all = waiting_octets_;
  work_side_by_side(work_, parts.size(), [&](std::uint64_t number) {
    part& mine = parts[static_cast<std::size_t>(number)];
    for (std::size_t i = mine.begin; i < mine.end; ++i) {
      const auto octets = all.substr(static_cast<std::size_t>(waiting_[i].offset), static_cast<std::size_t>(waiting_[i].size));
      entries[i] = pack(octets, deflate_, mine.packed);
    }
  });
  std::uint64_t offset = packed_.size();
  for (const packed_entry& entry : entries) {
    append_row(places_, place{entry, offset});
    offset += entry.packed;
  }
  for (const part& p : parts) packed_.append(p.packed);
  waiting_.clear();
  waiting_octets_.clear();
}

payload::facts payload::facts_of(std::size_t number) const { return row_at<facts>(facts_, number); }

void payload::add_to(zip_writer& zip, std::string_view path, std::size_t number) const {
  const auto p = row_at<place>(places_, number);
  zip.add(path, p.entry, packed_, p.offset);
}

std::vector<std::uint32_t> payload::in_order() const {
  std::vector<std::uint32_t> order(paths_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return paths_[a] < paths_[b]; });
  return order;
}

}  // namespace dragoman::bundle
