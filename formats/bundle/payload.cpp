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
constexpr std::size_t most_waiting = std::size_t{1} << 20, part_size = std::size_t{1} << 16;

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
  if (stream_) owner_.append_row({stream_->digest.finish(), stream_->packer.finish(), begin_});
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
  std::vector<row> rows(waiting_.size());
  const std::string_view all = waiting_octets_;
  work_side_by_side(work_, parts.size(), [&](std::uint64_t number) {
    part& mine = parts[static_cast<std::size_t>(number)];
    fixity_digest digest;
    for (std::size_t i = mine.begin; i < mine.end; ++i) {
      const auto octets = all.substr(static_cast<std::size_t>(waiting_[i].offset), static_cast<std::size_t>(waiting_[i].size));
      digest.update(octets);
      rows[i] = {digest.finish(), pack(octets, deflate_, mine.packed)};
    }
  });
  std::uint64_t offset = packed_.size();
  for (row& r : rows) {
    r.offset = offset;
    append_row(r);
    offset += r.entry.packed;
  }
  for (const part& p : parts) packed_.append(p.packed);
  waiting_.clear();
  waiting_octets_.clear();
}

void payload::append_row(const row& r) {
  static_assert(std::is_trivially_copyable_v<row>);
  std::array<char, sizeof r> octets;
  std::memcpy(octets.data(), &r, sizeof r);
  rows_.append({octets.data(), octets.size()});
}

payload::row payload::row_at(std::size_t number) const {
  row r;
  std::array<char, sizeof r> octets;
  rows_.read(number * sizeof r, octets.data(), octets.size());
  std::memcpy(&r, octets.data(), sizeof r);
  return r;
}

void payload::add_to(zip_writer& zip, std::string_view path, std::size_t number) const {
  const row r = row_at(number);
  zip.add(path, r.entry, packed_, r.offset);
}

}  // namespace dragoman::bundle
