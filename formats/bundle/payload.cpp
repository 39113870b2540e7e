#include "payload.hpp"

#include <algorithm>
#include <type_traits>

namespace dragoman::bundle {
namespace {

// Of a file that waits. A larger one is packed while it comes.
constexpr std::size_t largest_waiting = std::size_t{1} << 21;
// So many wait, and of them so many are a piece of work: enough to outweigh its beginning, and few, since at the end some threads
// wait for the last one.
constexpr std::size_t most_waiting = std::size_t{1} << 20, part_size = std::size_t{1} << 14;

}  // namespace

payload::item::~item() {
  if (committed_) return;
  if (stream_) owner_.packed_.truncate(begin_);
  else owner_.waiting_octets_.resize(static_cast<std::size_t>(begin_));
}

void payload::item::stream::append(std::string_view octets) {
  digest.update(octets);
  packer.append(octets);
}

void payload::item::append(std::string_view octets) {
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
  stream_.emplace(owner_);
  begin_ = begin;
  stream_->append(before);
}

std::size_t payload::item::commit() {
  owner_.total_ += size_;
  owner_.paths_.add();
  committed_ = true;
  if (stream_) owner_.append_rows({{stream_->digest.finish(), stream_->packer.finish(), begin_}});
  else owner_.waiting_.push_back({begin_, size_});
  if (owner_.waiting_octets_.size() >= most_waiting) owner_.complete();
  return owner_.paths_.size() - 1;
}

// Each part is packed into the room where its files would stand as they are: packed, they are not longer.
void payload::complete() {
  struct part {
    std::size_t begin, end;  // of waiting_
    std::size_t packed = 0;
  };
  std::vector<part> parts;
  for (std::size_t i = 0, octets = 0; i < waiting_.size(); ++i) {
    if (parts.empty() || octets >= part_size) parts.push_back({i, i}), octets = 0;
    ++parts.back().end;
    octets += static_cast<std::size_t>(waiting_[i].size);
  }
  const std::string_view all = waiting_octets_;
  if (room_size_ < all.size()) room_ = std::make_unique_for_overwrite<char[]>(room_size_ = all.size());
  const auto room_of = [&](const part& p) { return room_.get() + waiting_[p.begin].offset; };
  std::vector<row> rows(waiting_.size());
  work_side_by_side(work_, parts.size(), [&](std::uint64_t number) {
    part& mine = parts[static_cast<std::size_t>(number)];
    fixity_digest digest;
    for (std::size_t i = mine.begin; i < mine.end; ++i) {
      const auto octets = all.substr(static_cast<std::size_t>(waiting_[i].offset), static_cast<std::size_t>(waiting_[i].size));
      digest.update(octets);
      rows[i] = {digest.finish(), pack(octets, deflate_, room_of(mine) + mine.packed)};
      mine.packed += static_cast<std::size_t>(rows[i].entry.packed);
    }
  });
  std::uint64_t offset = packed_.size();
  for (row& r : rows) {
    r.offset = offset;
    offset += r.entry.packed;
  }
  append_rows(rows);
  for (const part& p : parts) packed_.append({room_of(p), p.packed});
  waiting_.clear();
  waiting_octets_.clear();
}

void payload::append_rows(const std::vector<row>& rows) {
  static_assert(std::is_trivially_copyable_v<row>);
  rows_.append({reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(row)});
}

const payload::row& payload::lookup::row_at(std::size_t number) {
  if (number < begin_ || number - begin_ >= rows_.size()) {
    constexpr std::size_t together = 32;
    begin_ = number / together * together;
    rows_.resize(std::min(together, of_.count() - begin_));
    of_.rows_.read(begin_ * sizeof(row), reinterpret_cast<char*>(rows_.data()), rows_.size() * sizeof(row));
  }
  return rows_[number - begin_];
}

void payload::lookup::add_to(zip_writer& zip, std::string_view path, std::size_t number) {
  const row& r = row_at(number);
  zip.add(path, r.entry, of_.packed_, r.offset);
}

}  // namespace dragoman::bundle
