#include "paging.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace dragoman::tei {

paged_text::paged_text(const input& in) : in_(in), length_(static_cast<std::size_t>(in.length())) {
  if (length_ == 0) return;
  void* const place = ::mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) throw std::bad_alloc();
  octets_ = static_cast<char*>(place);
}

paged_text::~paged_text() {
  if (octets_ != nullptr) ::munmap(octets_, length_);
}

void paged_text::load(std::size_t begin, std::size_t end) {
  for (std::size_t b = begin / block; b * block < std::min(end, length_); ++b) {
    if (loaded_.count(b) != 0) continue;
    const std::size_t last = std::min((b + 1) * block, length_);
    for (std::size_t at = b * block; at < last;) {
      const std::size_t n = in_.read_at(at, octets_ + at, last - at);
      if (n == 0) throw stop{DGM_IO};  // it became shorter
      at += n;
    }
    loaded_.insert(b);
  }
}

void paged_text::let_go(std::size_t begin, std::size_t end) noexcept {
  if (begin >= end || (begin + block - 1) / block >= end / block) return;
  const auto first = loaded_.lower_bound((begin + block - 1) / block), last = loaded_.lower_bound(end / block);
  for (auto b = first; b != last; ++b) ::madvise(octets_ + *b * block, block, MADV_DONTNEED);
  loaded_.erase(first, last);
}

}  // namespace dragoman::tei
