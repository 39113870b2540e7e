// Storage for text that is not a slice of the source: joined, decoded and repaired strings of one document.
#pragma once
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace dragoman::telegram {

// Hands out stable copies of text; all of it is freed, or kept for reuse, at once. One thread at a time.
class arena {
public:
  // A writable stretch of `size` octets, valid until clear().
  char* allocate(std::size_t size) {
    if (size > left_) grow(size);
    char* place = next_;
    next_ += size;
    left_ -= size;
    return place;
  }
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* place = allocate(text.size());
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }
  void clear() noexcept {
    if (blocks_.size() > 1) blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    if (blocks_.empty()) return;
    next_ = blocks_.back().data.get();
    left_ = blocks_.back().size;
  }

private:
  struct block {
    std::unique_ptr<char[]> data;
    std::size_t size;
  };
  void grow(std::size_t size) {
    std::size_t next_size = blocks_.empty() ? std::size_t{1} << 14 : blocks_.back().size * 2;
    if (next_size < size) next_size = size;
    blocks_.push_back({std::make_unique<char[]>(next_size), next_size});
    next_ = blocks_.back().data.get();
    left_ = next_size;
  }
  std::vector<block> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace dragoman::telegram
